"""Somebody merges cells of neighbouring rows of the briefing; then the data has a row between them."""

from __future__ import annotations

from dataclasses import replace

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import _Cell

from exporters.package import lint
from tests.e2e import changes
from tests.e2e.edited import Edited

NEW = ["社会消费品零售总额增速", "3%以上", "7.4%", "246.7%", "已达到"]


def moved(data: changes.Data) -> None:
    changes.add(data, "dongyu.gdp-growth", id="dongyu.more", place="dongyu", indicator="RETAIL_SALES", value=3)
    targets = data["targets"]
    targets.insert(targets.index(changes.target(data, "dongyu.gdp-growth")) + 3, targets.pop())
    known = next(one for one in data["observations"] if one["target"] == "dongyu.gdp-growth")
    data["observations"].append({**known, "id": "dongyu.more-actual", "target": "dongyu.more"})


def rows(document: Document) -> list[list[_Cell]]:
    """Return the cells of the rows of a district in the list of statements with actual values."""
    table = next(one for one in document.tables if one.cell(0, 0).text == "地区")
    found = [[_Cell(cell, table) for cell in row._tr.tc_lst] for row in table.rows]
    return [row for row in found if (said(row[1]) and row[0]._tc.vMerge == "continue") or said(row[0]) == "东屿"]


def said(cell: _Cell) -> str:
    return "".join(one.text or "" for one in cell._tc.iter(qn("w:t")))


@pytest.mark.parametrize("track", [False, True])
@pytest.mark.parametrize(("column", "first", "place"), [(0, 0, 3), (5, 1, 6), (5, 2, 6)])
def test_a_new_row_joins_cells_that_say_what_it_says_and_hides_nothing(
    edited: Edited, column: int, first: int, place: int, track: bool
):
    path = edited / "word"
    document = docx.Document(str(path))
    before = rows(document)
    head = before[first][column].merge(before[-1][column])
    if column == 0:
        for again in head._tc.p_lst[1:]:
            head._tc.remove(again)
    document.save(str(path))
    replace(edited, request=replace(edited.request, track_changes=track)).rebuilt(moved)
    after = rows(docx.Document(str(path)))
    assert [said(row[1]) for row in after].index("社会消费品零售总额增速") == place
    assert len(after) == 7 and [said(one) for one in after[place]][1:] == NEW
    assert [row[column]._tc.vMerge == "continue" for row in after].count(True) == 5 - first + (column == 0)
    assert lint(path) == []


def dropped(data: changes.Data) -> None:
    changes.keep(data, lambda one: not one["id"].startswith(("dongyu.gdp-growth", "dongyu.fai-level")))


def test_the_rows_that_stay_begin_what_was_merged_with_a_dropped_one(edited: Edited):
    path = edited / "word"
    document = docx.Document(str(path))
    for number, row in enumerate(rows(document)):
        row[0]._tc.get_or_add_tcPr()._add_vMerge().val = "continue" if number else "restart"
    document.save(str(path))
    edited.rebuilt(dropped)
    left = [row[0] for row in rows(docx.Document(str(path)))]
    assert [cell._tc.vMerge for cell in left] == ["restart", "continue", "continue"]
    assert said(left[0]) == "东屿" and lint(path) == []
