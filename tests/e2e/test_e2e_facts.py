"""The three files against the dataset, read by programs that had no part in writing them."""

from __future__ import annotations

import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from exporters.binding.scope import Scope
from exporters.load import load
from exporters.runs.inputs import find_dataset


@pytest.fixture(scope="module")
def scope() -> Scope:
    return Scope(load(find_dataset(None)))


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def briefing(pack: Path) -> str:
    if shutil.which("pandoc") is None:
        pytest.skip("pandoc is not installed")
    command = ["pandoc", "--to=plain", "--wrap=none", str(pack / "briefing.docx")]
    return squeezed(subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout)


@pytest.fixture(scope="module")
def slides(pack: Path) -> list[tuple[str, str, str]]:
    """Return the title, the text and the notes of each slide, as python-pptx reads them."""
    from pptx import Presentation

    found = []
    for slide in Presentation(str(pack / "deck.pptx")).slides:
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        title = slide.shapes.title.text_frame.text if slide.shapes.title is not None else ""
        notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        found.append((title, squeezed(" ".join(texts)), squeezed(notes.text if notes else "")))
    return found


def test_the_briefing_says_every_figure(briefing, scope):
    missing = [view.key for view in scope.names()["targets"] if squeezed(view.text) not in briefing]
    assert missing == []


def test_the_briefing_names_every_district_and_leader(briefing, scope):
    assert [view.key for view in scope.districts if view.name not in briefing] == []
    leaders = [view.leader.name for view in scope.districts if view.leader]
    assert [name for name in leaders if squeezed(name) not in briefing] == []


def test_the_workbook_holds_every_target_with_its_number(pack, scope):
    book = CalamineWorkbook.from_path(str(pack / "targets.xlsx"))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    by_key = {cell: row for row in rows for cell in row if isinstance(cell, str) and cell}
    for view in scope.names()["targets"]:
        row = by_key.get(view.key)
        assert row is not None, view.key
        assert view.text in row, view.key
        if view.value is not None:
            assert any(isinstance(cell, float) and same_number(cell, view.ratio) for cell in row), view.key


def same_number(cell: float, ratio: Decimal) -> bool:
    """Whether a cell holds *ratio*, perhaps in another unit of the same kind (10,000 亿 for 1 万亿)."""
    return any(abs(cell - float(ratio.scaleb(power))) <= 1e-9 * abs(cell) for power in range(-8, 9))


def test_each_district_has_exactly_one_slide_whose_notes_hold_all_its_figures(slides, scope):
    for view in scope.districts:
        own = [slide for slide in slides if slide[0].startswith(view.short)]
        assert len(own) == 1, view.name
        _, text, notes = own[0]
        assert view.short in text
        assert [one.key for one in view.targets if squeezed(one.text) not in notes] == []
        assert [one.key for one in view.targets if squeezed(one.clause) not in notes] == []


def test_the_slide_of_a_district_shows_its_strongest_figure(slides, scope):
    for view in scope.districts:
        if view.top:
            figure = squeezed((view.top[0].growth or view.top[0].base).text)
            assert any(title.startswith(view.short) and figure in text for title, text, _ in slides), view.name
