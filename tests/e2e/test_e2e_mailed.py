"""A figure typed into a copy by mail, which the data has moved since: one conflict of that value, as if typed in time."""

from __future__ import annotations

import shutil
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from msgspec.structs import replace

from exporters.runs.build import Outcome, execute
from exporters.runs.planning import plan
from exporters.runs.settling import resolve
from tests.e2e import changes
from tests.e2e.changes import Data
from tests.e2e.edited import Edited

STANDARD = Path(__file__).parents[2] / "templates" / "standard"
KEY = "xilan.retail-level.text"


@pytest.fixture
def edited(edited: Edited) -> Edited:
    return replace(edited, request=replace(edited.request, only=("word",)))


def moved(value: int):
    def change(data: Data) -> None:
        changes.target(data, "xilan.retail-level")["value"] = value

    return change


def typed(path: Path, old: str, new: str) -> None:
    """Type over the first cell that says *old*."""
    document = docx.Document(str(path))
    cell = next(
        one
        for one in document.element.body.iter(qn("w:tc"))
        if "".join(text.text or "" for text in one.iter(qn("w:t"))) == old
    )
    first, *others = cell.iter(qn("w:t"))
    first.text = new
    for one in others:
        one.text = ""
    document.save(str(path))


def with_copy(edited: Edited, copy: Path) -> Outcome:
    file = str(edited.folder.with_suffix(".json"))
    return execute(plan(replace(edited.request, dataset=file, out=edited.folder, epoch=0, copies=(copy,))))


def said(edited: Edited) -> str:
    root = docx.Document(str(edited / "word")).element.body
    return "\n".join("".join(one.text or "" for one in cell.iter(qn("w:t"))) for cell in root.iter(qn("w:tc")))


def conflicts(outcome: Outcome) -> list[tuple[str, str, str, str]]:
    return [(one["key"], one["base"], one["theirs"], one["ours"]) for one in outcome.manifest.conflicts]


@pytest.mark.parametrize("other_template", [False, True])
def test_it_is_open_with_what_it_was_and_says_until_it_is_settled(edited: Edited, tmp_path: Path, other_template: bool):
    mailed = Path(shutil.copy(edited / "word", tmp_path / "mailed.docx"))
    typed(mailed, "突破520亿元", "突破530亿元")
    if other_template:
        templates = Path(shutil.copytree(STANDARD, tmp_path / "standard"))
        document = docx.Document(str(templates / "zh" / "briefing.docx"))
        document.add_paragraph("新的{{ pack.target_count }}项")
        document.save(str(templates / "zh" / "briefing.docx"))
        edited = replace(edited, request=replace(edited.request, templates=str(templates)))
    for value in (550, 560):
        edited.rebuilt(moved(value))
    outcome = with_copy(edited, mailed)
    assert conflicts(outcome) == [(KEY, "突破520亿元", "突破530亿元", "突破560亿元")]
    assert "突破530亿元" in said(edited)
    assert conflicts(edited.rebuilt(moved(570))) == [(KEY, "突破520亿元", "突破530亿元", "突破570亿元")]
    folder = Path(shutil.copytree(edited.folder, tmp_path / "other" / "pack"))
    resolve(edited.folder, KEY, "data")
    assert "突破530亿元" not in said(edited) and edited.rebuilt(moved(580)).exit_code == 0
    assert "突破580亿元" in said(edited)
    edited = replace(edited, folder=folder)
    resolve(edited.folder, KEY, "mine")
    assert "突破530亿元" in said(edited) and edited.rebuilt(moved(570)).exit_code == 0


def test_what_somebody_typed_into_the_file_too_stays(edited: Edited, tmp_path: Path):
    mailed = Path(shutil.copy(edited / "word", tmp_path / "mailed.docx"))
    typed(mailed, "突破520亿元", "突破530亿元")
    typed(edited / "word", "突破520亿元", "突破540亿元")
    edited.rebuilt(moved(560))
    outcome = with_copy(edited, mailed)
    assert "突破540亿元" in said(edited) and "突破530亿元" not in said(edited)
    assert any("突破530亿元" in one["theirs"] for one in outcome.manifest.conflicts)
