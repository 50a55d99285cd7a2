"""The invented sample as a pack that people edit: built once, copied for each test, built again with other data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import yaml
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from msgspec import Struct

from exporters.runs.build import Outcome, execute
from exporters.runs.inputs import find_dataset
from exporters.runs.planning import Request, plan
from tests.e2e.changes import Data

SAMPLE = Path(str(find_dataset("sample-progress"))).read_text("utf-8")
FILES = {"word": "briefing.docx", "deck": "deck.pptx", "workbook": "targets.xlsx"}


def build(data: Data, out: Path, request: Request) -> Outcome:
    file = out.with_suffix(".json")
    file.write_text(json.dumps(data, default=str, ensure_ascii=False), "utf-8")
    only = request.only
    return execute(
        plan(
            Request(
                str(file),
                out,
                request.templates,
                request.lang,
                only,
                cache=request.cache,
                epoch=0,
                track_changes=request.track_changes,
            )
        )
    )


class Edited(Struct, frozen=True):
    """A pack in a folder of its own."""

    folder: Path
    request: Request

    def __truediv__(self, kind: str) -> Path:
        return self.folder / FILES[kind]

    def rebuilt(self, *changed: Callable[[Data], None]) -> Outcome:
        """Build with changed data; a second build finds nothing to do."""
        data = yaml.safe_load(SAMPLE)
        for change in changed:
            change(data)
        outcome = build(data, self.folder, self.request)
        again = build(data, self.folder, self.request)
        assert set(again.results.values()) == {"unchanged"}
        return outcome


def said(paragraph: Paragraph) -> str:
    """Return all words of a paragraph, those in content controls too."""
    return "".join(one.text or "" for one in paragraph._p.iter(qn("w:t")))


def typed_behind(paragraph: Paragraph, text: str) -> None:
    made = OxmlElement("w:p")
    paragraph._p.addnext(made)
    Paragraph(made, paragraph._parent).add_run(text)
