"""A section or a table that somebody deleted whole and whose data moved: one conflict, settled whole, either way."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from msgspec.structs import replace

from exporters.runs.build import Outcome
from exporters.runs.settling import resolve
from tests.e2e import changes
from tests.e2e.changes import Data
from tests.e2e.edited import Edited

STANDARD = Path(__file__).parents[2] / "templates" / "standard"


@pytest.fixture
def edited(edited: Edited) -> Edited:
    return replace(edited, request=replace(edited.request, only=("word",)))


def moved(data: Data) -> None:
    """Move two rows of one district, and let another one come."""
    changes.target(data, "xilan.retail-level")["value"] = 560
    changes.target(data, "xilan.gdp-growth")["value"] = 6.5
    indicator = changes.target(data, "dongyu.fai-growth")["indicator"]
    changes.add(data, "xilan.retail-level", id="xilan.fai-level", indicator=indicator, value=111)


def words(element: Any) -> str:
    return "".join(one.text or "" for one in element.iter(qn("w:t")))


def level(element: Any) -> str:
    found = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return found.get(qn("w:val")) if found is not None and found.get(qn("w:val")).startswith("Heading") else ""


def section(body: Any) -> list[Any]:
    """Return the blocks of the district's section: its heading, and all up to the next one."""
    blocks = list(body)
    start = next(at for at, one in enumerate(blocks) if level(one) and "西澜" in words(one))
    stop = next(at for at in range(start + 1, len(blocks)) if level(blocks[at]) or blocks[at].tag == qn("w:sectPr"))
    return blocks[start:stop]


def table(body: Any) -> list[Any]:
    return [next(one for one in section(body) if one.tag == qn("w:tbl"))]


def delete(edited: Edited, chosen: Callable[[Any], list[Any]]) -> None:
    document = docx.Document(str(edited / "word"))
    for one in chosen(document.element.body):
        one.getparent().remove(one)
    document.save(str(edited / "word"))


def lines(edited: Edited) -> list[str]:
    body = docx.Document(str(edited / "word")).element.body
    cells = [words(one) for one in body.iter(qn("w:tc"))]
    return sorted([*cells, *(words(one) for one in body if one.tag == qn("w:p") and words(one))])


def open_keys(outcome: Outcome) -> list[str]:
    return [one["key"] for one in outcome.manifest.conflicts]


@pytest.mark.parametrize("chosen", [section, table])
def test_it_is_one_conflict_until_it_is_settled(edited: Edited, tmp_path: Path, chosen: Callable[[Any], list[Any]]):
    fresh = Edited(tmp_path / "fresh", edited.request)
    fresh.rebuilt(moved)
    delete(edited, chosen)
    before = lines(edited)
    assert edited.rebuilt().exit_code == 0
    [key] = open_keys(edited.rebuilt(moved))
    assert open_keys(edited.rebuilt(moved, changes.figure)) == [key]
    assert open_keys(edited.rebuilt(moved)) == [key]
    assert len(lines(edited)) == len(before)
    other = Edited(Path(shutil.copytree(edited.folder, tmp_path / "other" / "pack")), edited.request)
    resolve(edited.folder, key, "data")
    assert edited.rebuilt(moved).exit_code == 0 and lines(edited) == lines(fresh)
    resolve(other.folder, key, "mine")
    assert other.rebuilt(moved).exit_code == 0 and len(lines(other)) == len(before)


def test_a_new_template_keeps_it_one(edited: Edited, tmp_path: Path):
    delete(edited, section)
    [key] = open_keys(edited.rebuilt(moved))
    templates = Path(shutil.copytree(STANDARD, tmp_path / "standard"))
    document = docx.Document(str(templates / "zh" / "briefing.docx"))
    document.add_paragraph("新的{{ pack.target_count }}项")
    document.save(str(templates / "zh" / "briefing.docx"))
    newer = replace(edited, request=replace(edited.request, templates=str(templates)))
    assert open_keys(newer.rebuilt(moved)) == [key]
    resolve(newer.folder, key, "data")
    assert newer.rebuilt(moved).exit_code == 0 and any("西澜区提出" in one for one in lines(newer))


@pytest.mark.parametrize("chosen", [section, table])
def test_what_is_put_back_as_it_was_follows_the_data(
    edited: Edited, tmp_path: Path, chosen: Callable[[Any], list[Any]]
):
    fresh = Edited(tmp_path / "fresh", edited.request)
    fresh.rebuilt(moved)
    body = docx.Document(str(edited / "word")).element.body
    kept, after = chosen(body), words(chosen(body)[-1].getnext())
    delete(edited, chosen)
    assert edited.rebuilt(moved).exit_code == 3
    document = docx.Document(str(edited / "word"))
    behind = next(one for one in document.element.body if words(one) == after)
    for one in kept:
        behind.addprevious(one)
    document.save(str(edited / "word"))
    assert edited.rebuilt(moved).exit_code == 0
    assert lines(edited) == lines(fresh)
