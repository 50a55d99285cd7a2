"""Somebody merges cells of neighbouring rows of the briefing; then the data has a row between them, or drops one."""

from __future__ import annotations

from itertools import dropwhile, takewhile

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import _Cell
from msgspec.structs import replace

from exporters.package import lint
from exporters.runs.review import status
from exporters.runs.settling import resolve
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


OWN = "三项合并说明"


def merge(edited: Edited, column: int, text: str = "", left: int = 1) -> None:
    """Merge cells of the first four rows as Word does: what is in them goes into the first, with the name of the row
    where it stands in it; then so many of the paragraphs are *left*, or a *text* in place of the first."""
    document = docx.Document(str(edited / "word"))
    cells = [row[column]._tc for row in rows(document)[:4]]
    for number, cell in enumerate(cells):
        cell.get_or_add_tcPr()._add_vMerge().val = "continue" if number else "restart"
        for paragraph in cell.p_lst if number else ():
            cell.remove(paragraph)
            if number < left:
                cells[0].append(paragraph)
        if number:
            cell.add_p()
    if text:
        paragraph = cells[0].p_lst[0]
        for one in [*paragraph.iter(qn("w:sdt")), *paragraph.iter(qn("w:r"))]:
            if one.getparent() is not None and not any(up.tag == qn("w:sdt") for up in one.iterancestors()):
                one.getparent().remove(one)
        paragraph.add_r().text = text
    document.save(str(edited / "word"))


def found(edited: Edited) -> list[list[str]]:
    """Return what the rows of the district say in their first, second, fourth and last cell."""
    document = docx.Document(str(edited / "word"))
    table = next(one for one in document.tables if one.cell(0, 0).text == "地区")
    cells = ([said(_Cell(cell, table)) for cell in row._tr.tc_lst] for row in table.rows)
    begun = dropwhile(lambda row: row[0][:2] not in {"东屿", "东岛", OWN[:2]}, cells)
    own = takewhile(lambda row: row[0][:2] in {"东屿", "东岛", OWN[:2], ""}, begun)
    return [[row[0], row[1], row[3], row[-1]] for row in own]


def kept(edited: Edited) -> list[tuple[str, str]]:
    files = {file.file: file for file in status(edited.folder).files}
    return [(one.base, one.theirs) for one in files["briefing.docx"].plan.kept]


def without(*starts: str):
    return lambda data: changes.keep(data, lambda one: not one["id"].startswith(starts))


FAI = ["固定资产投资", "268.3亿元", "进度正常"]


@pytest.mark.parametrize("left", [1, 4])
def test_one_name_over_rows_is_no_deletion_and_goes_on_with_the_rows_that_are_left(edited: Edited, left: int):
    merge(edited, 0, left=left)
    assert kept(edited) == []
    # A row in the middle goes although its name was lost with the cell, and with it all that it says.
    assert edited.rebuilt(without("dongyu.fai-growth")).exit_code == 0
    assert [row[1] for row in found(edited)][:3] == ["地区生产总值增速", "地区生产总值增速", "固定资产投资"]
    gone = without("dongyu.fai-growth")
    assert edited.rebuilt(changes.renamed_district, changes.figures_behind, gone).exit_code == 0
    assert found(edited)[2] == ["", "固定资产投资", "-50亿元", "落后"]
    assert [row[0] for row in found(edited)[1:4]] == ["", "", "东岛"] and kept(edited) == []


def test_the_next_row_says_its_own_where_the_first_goes(edited: Edited):
    merge(edited, 0)
    merge(edited, 3)
    assert kept(edited) == [("268.3亿元", ""), ("15.1%", "")]
    edited.rebuilt(without("dongyu.gdp-growth"))
    assert found(edited)[:2] == [["东屿", *FAI], ["", "固定资产投资增速", "", "已达到"]]
    assert edited.rebuilt(changes.renamed_district, without("dongyu.gdp-growth")).exit_code == 0
    assert found(edited)[0] == ["东岛", *FAI] and lint(edited / "word") == []


def test_words_over_rows_are_handed_on(edited: Edited):
    merge(edited, 0, OWN)
    gone = without("dongyu.gdp-growth")
    assert [one["reason"] for one in edited.rebuilt(gone).manifest.conflicts] == ["changed-dropped"]
    assert found(edited)[0][0] == OWN and found(edited)[1] == ["", *FAI]
    (open_now,) = {one["key"] for one in status(edited.folder).manifest.conflicts}
    resolve(edited.folder, open_now, "data")
    assert edited.rebuilt(gone).exit_code == 0
    assert found(edited)[0] == [OWN, *FAI]
