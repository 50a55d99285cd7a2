"""What people take out of its place goes on following the data."""

from __future__ import annotations

import copy

import docx
import openpyxl
import pptx
from docx.oxml.ns import qn

from tests.e2e import changes
from tests.e2e.edited import Edited, said


def cell_of(document, text: str):
    """Return the first paragraph of the table cell that begins so."""
    found = (one for table in document.element.iter(qn("w:tc")) for one in table.iter(qn("w:p")))
    return next(one for one in found if "".join(t.text or "" for t in one.iter(qn("w:t"))).startswith(text))


def test_values_of_a_cell_copied_into_the_text_follow(edited: Edited):
    document = docx.Document(edited / "word")
    cell = copy.deepcopy(cell_of(document, "超420亿元"))
    place = next(one for one in document.paragraphs if said(one).startswith("主要举措"))
    place._p.addnext(cell)
    document.save(edited / "word")

    def more(data: changes.Data) -> None:
        changes.target(data, "dongyu.fai-level")["value"] = 430

    outcome = edited.rebuilt(more)
    assert outcome.exit_code == 0
    texts = [said(one) for one in docx.Document(edited / "word").paragraphs]
    assert any(text.startswith("超430亿元") for text in texts)
    assert not any(text.startswith("超420亿元") for text in texts)


def test_values_of_a_table_turned_into_text_follow(edited: Edited):
    document = docx.Document(edited / "word")
    cell = cell_of(document, "超420亿元")
    table = next(cell.iterancestors(qn("w:tbl")))
    paragraphs = list(table.iter(qn("w:p")))
    for one in paragraphs:
        table.addprevious(one)
    table.getparent().remove(table)
    document.save(edited / "word")
    edited.rebuilt(changes.figure)
    texts = [said(one) for one in docx.Document(edited / "word").paragraphs]
    assert not any(text.startswith("7%以上") for text in texts)


# --- tables whose rows begin alike -----------------------------------------------------------------------------------


def progress(path) -> list:
    """Return the tables of actual values: their first column says the district, many times over."""
    shapes = (one for slide in pptx.Presentation(path).slides for one in slide.shapes if one.has_table)
    return [one for one in shapes if one.name.startswith("pack.progress")]


def rows(path) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for one in progress(path) for row in list(one.table.rows)[1:]]


def edit_rows(path, edit) -> None:
    deck = pptx.Presentation(path)
    for slide in deck.slides:
        for one in slide.shapes:
            if one.has_table and one.name.startswith("pack.progress"):
                edit(one.table._tbl)
                deck.save(path)
                return


def growing(data: changes.Data) -> None:
    """Move the actual values of a row below."""
    for one in data["observations"]:
        if one["target"] == "yunting.fai-growth":
            one["value"] = 7.5


def test_a_deleted_row_takes_no_other_with_it(edited: Edited):
    edit_rows(edited / "deck", lambda table: table.remove(table.tr_lst[1]))
    before = rows(edited / "deck")
    outcome = edited.rebuilt(growing)
    now = rows(edited / "deck")
    assert sorted(row[:2] for row in now) == sorted(row[:2] for row in before)
    assert next(row for row in now if row[:2] == ["云汀", "固投增速"])[3] == "7.5%"
    assert not [one for one in outcome.manifest.conflicts if one["file"] == "deck.pptx"]


def test_a_row_of_one_s_own_moves_no_names(edited: Edited):
    def add(table) -> None:
        row = copy.deepcopy(table.tr_lst[1])
        for cell, text in zip(row.iter("{*}t"), ["云汀", "自加指标", "自10", "自9", "90%", "自"], strict=False):
            cell.text = text
        table.tr_lst[0].addnext(row)

    edit_rows(edited / "deck", add)
    before = rows(edited / "deck")
    outcome = edited.rebuilt(growing)
    now = rows(edited / "deck")
    assert sorted(row[:2] for row in now) == sorted(row[:2] for row in before)
    assert now[0] == before[0]
    assert next(row for row in now if row[:2] == ["云汀", "固投增速"])[3] == "7.5%"
    assert not [one for one in outcome.manifest.conflicts if one["file"] == "deck.pptx"]


def test_of_two_rows_that_are_called_alike_one_goes(edited: Edited):
    """Two statements on one indicator of a district: without the first, the second is still the second."""

    def take_out(table) -> None:
        names = [[cell.text for cell in row.tc_lst][:2] for row in table.tr_lst]
        table.remove(table.tr_lst[names.index(["东屿", "GDP增速"])])

    edit_rows(edited / "deck", take_out)
    left = [row for row in rows(edited / "deck") if row[:2] == ["东屿", "GDP增速"]]
    assert len(left) == 1

    edited.rebuilt(changes.figure)
    now = [row for row in rows(edited / "deck") if row[:2] == ["东屿", "GDP增速"]]
    assert [row[2] for row in now] == ["9%以上"]


def test_new_records_behind_the_last_one_are_counted_above_a_row_of_one_s_own(edited: Edited):
    path = edited / "workbook"
    book = openpyxl.load_workbook(path)
    table = book["目标"].tables["targets"]
    last = book["目标"].max_row
    book["目标"].cell(last + 1, 1).value, book["目标"].cell(last + 1, 7).value = "自己的一行", 5
    table.ref = table.autoFilter.ref = f"A4:AA{last + 1}"
    book.save(path)
    at = f"$A$5:$A${last}"
    assert at in book["总览"]["B11"].value

    def grown(data: changes.Data) -> None:
        changes.add(data, "xilan.gdp-growth", id="zhongzhou.gdp-growth", place="zhongzhou", value=13)
        changes.place(data, "zhongzhou")["coverage"] = "full"

    edited.rebuilt(grown)
    book = openpyxl.load_workbook(path)
    assert [book["目标"].cell(last + one, 1).value for one in (1, 2)] == ["zhongzhou.gdp-growth", "自己的一行"]
    assert f"$A$5:$A${last + 1}" in book["总览"]["B11"].value
