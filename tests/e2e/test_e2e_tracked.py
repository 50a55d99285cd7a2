"""Of a tracked delivery a person accepts some changes in LibreOffice and rejects the others; then the data moves on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from msgspec.structs import replace

from exporters.runs.pack import Pack
from exporters.runs.verifying import verify
from tests.e2e import changes
from tests.e2e.edited import Edited
from tests.editors import LibreOffice, dispatch

pytestmark = [pytest.mark.office, pytest.mark.slow]
KEY = "dongyu.gdp-growth.text"


def moved(data: changes.Data) -> None:
    changes.target(data, "dongyu.gdp-growth")["value"] = 8


def further(data: changes.Data) -> None:
    changes.target(data, "dongyu.gdp-growth")["value"] = 9


def every_other(document) -> int:
    """Go from change to change: accept what was deleted and what came in its place, reject the next two, and so on."""
    cursor, step = document.CurrentController.ViewCursor, 0
    while document.Redlines.createEnumeration().hasMoreElements():
        cursor.gotoStart(False)
        dispatch(document, ".uno:NextTrackedChange")
        dispatch(document, ".uno:RejectTrackedChange" if step // 2 % 2 else ".uno:AcceptTrackedChange")
        step += 1
        if step > 1000:
            raise RuntimeError("a change stays")
    return step


def shown(path: Path) -> Counter[str]:
    """Return what the places of a figure say, and how many say it."""
    document, found = docx.Document(path), Counter[str]()
    for control in document.element.iter(qn("w:sdt")):
        alias = control.find(f"{qn('w:sdtPr')}/{qn('w:alias')}")
        if alias is not None and alias.get(qn("w:val")) == KEY:
            found["".join(one.text or "" for one in control.iter(qn("w:t")))] += 1
    return found


def test_what_was_accepted_follows_and_what_was_rejected_is_told(office: LibreOffice, edited: Edited):
    places = shown(edited / "word")["7%以上"]
    replace(edited, request=replace(edited.request, track_changes=True)).rebuilt(moved)
    assert office.edit(edited / "word", every_other) > 10
    before = (edited / "word").read_bytes()
    assert edited.rebuilt(moved).manifest.conflicts == ()
    assert (edited / "word").read_bytes() == before
    outcome = edited.rebuilt(further)
    told = [one for one in outcome.manifest.conflicts if one["key"] == KEY]
    assert {(one["base"], one["theirs"], one["ours"]) for one in told} == {("8%以上", "7%以上", "9%以上")}
    found = shown(edited / "word")
    assert found == {"9%以上": places - len(told), "7%以上": len(told)} and len(told) < places
    wrong = [one for one in verify(Pack.open(edited.folder)).findings if one.key == KEY and one.kind == "changed"]
    assert len(wrong) == len(told)


def test_statements_are_counted_where_libreoffice_dropped_the_controls(office: LibreOffice, edited: Edited):
    office.resave(edited / "word")
    tracked = replace(edited, request=replace(edited.request, track_changes=True, only=("word",)))
    outcome = tracked.rebuilt(moved)
    assert outcome.results["briefing.docx"] == "merged" and not shown(edited / "word")
    assert outcome.manifest.files["briefing.docx"].statements == outcome.manifest.counts["targets"]
