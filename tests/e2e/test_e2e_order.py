"""The data puts its districts into another order: edited files follow, and what people wrote goes along."""

from __future__ import annotations

import copy
from pathlib import Path

import docx
import openpyxl
import pptx
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from openpyxl.comments import Comment

from exporters.runs.build import Outcome
from tests.e2e import changes
from tests.e2e.edited import Edited, said, typed_behind

ORDER = ["东屿区", "南汀区", "西澜区", "北麓区", "中洲区"]


def told(outcome: Outcome) -> set[str]:
    return {Path(str(fault.file)).name for fault in outcome.warnings if fault.code == "order"}


# --- Word ------------------------------------------------------------------------------------------------------------


def texts(path: Path) -> list[str]:
    return [said(one) for one in docx.Document(path).paragraphs]


def headings(path: Path) -> list[str]:
    return [one[3:] for one in texts(path) if one.startswith("（") and one[3:] in ORDER]


def find(document, text: str) -> Paragraph:
    return next(one for one in document.paragraphs if said(one).startswith("（") and said(one).endswith(text))


def test_sections_move_with_what_people_wrote_in_and_behind_them(edited: Edited):
    path = edited / "word"
    document = docx.Document(path)
    typed_behind(find(document, "东屿区"), "东屿的导语")
    last = next(one for one in document.paragraphs if said(one).startswith("原文语句：地区生产总值增长6%"))
    typed_behind(last, "南汀的按语")
    document.add_comment(find(document, "西澜区").runs[0], "核对西澜", author="Li")
    document.save(path)
    outcome = edited.rebuilt(changes.codes)
    assert "briefing.docx" not in told(outcome)
    assert headings(path) == ORDER[::-1]
    lines = texts(path)
    assert lines[lines.index("东屿的导语") - 1] == "（五）东屿区"
    assert lines[lines.index("南汀的按语") - 1].startswith("原文语句：地区生产总值增长6%")
    assert lines[lines.index("南汀的按语") + 1] == "（五）东屿区"
    assert lines.index("附：数据说明") > lines.index("东屿的导语")
    marked = [one for one in docx.Document(path).paragraphs if one._p.find(qn("w:commentRangeStart")) is not None]
    assert [said(one) for one in marked] == ["（三）西澜区"]


def test_sections_that_a_person_moved_stay_and_are_told(edited: Edited):
    path = edited / "word"
    document = docx.Document(path)
    first, second = find(document, "东屿区")._p, find(document, "南汀区")._p
    third = find(document, "西澜区")._p
    for one in list(second.getparent())[second.getparent().index(second) : third.getparent().index(third)]:
        first.addprevious(one)
    document.save(path)
    outcome = edited.rebuilt(changes.codes)
    assert "briefing.docx" in told(outcome)
    assert headings(path)[:2] == ["南汀区", "东屿区"]


def test_a_layout_that_changes_inside_a_section_keeps_the_order(edited: Edited):
    """A landscape page begins in one section and ends in another: moved, other pages would lie on their side."""
    path = edited / "word"
    document = docx.Document(path)
    section = copy.deepcopy(document.sections[0]._sectPr)
    find(document, "南汀区")._p.get_or_add_pPr().append(section)
    document.save(path)
    outcome = edited.rebuilt(changes.codes)
    assert "briefing.docx" in told(outcome)
    assert headings(path) == ORDER


# --- the deck --------------------------------------------------------------------------------------------------------


def titles(deck) -> list[str]:
    return [slide.shapes.title.text_frame.text if slide.shapes.title is not None else "" for slide in deck.slides]


def slide_of(deck, name: str) -> int:
    return next(at for at, title in enumerate(titles(deck)) if title.startswith(name))


def test_slides_move_with_what_people_put_on_and_behind_them(edited: Edited):
    path = edited / "deck"
    deck = pptx.Presentation(path)
    own = deck.slides.add_slide(deck.slides[slide_of(deck, "南汀")].slide_layout)
    own.shapes.title.text_frame.text = "南汀的一页"
    at = slide_of(deck, "南汀")
    listing = deck.slides._sldIdLst
    listing.insert(at + 1, listing[-1])
    box = deck.slides[at].shapes.add_textbox(0, 0, 900000, 300000)
    box.text_frame.text = "南汀的框"
    deck.save(path)
    before = [title[:2] for title in titles(deck) if title[:2] in {one[:2] for one in ORDER}]
    outcome = edited.rebuilt(changes.codes)
    assert "deck.pptx" not in told(outcome)
    deck = pptx.Presentation(path)
    now = [title[:2] for title in titles(deck) if title[:2] in {one[:2] for one in ORDER}]
    assert now != before
    at = slide_of(deck, "南汀的一页")
    assert titles(deck)[at - 1].startswith("南汀") and titles(deck)[at + 1].startswith("东屿")
    boxes = [
        slide.shapes.title.text_frame.text[:2]
        for slide in deck.slides
        for one in slide.shapes
        if one.has_text_frame and one.text_frame.text == "南汀的框"
    ]
    assert boxes == ["南汀"]


# --- the workbook ----------------------------------------------------------------------------------------------------


def row_of(sheet, name: str) -> int:
    return next(row for row in range(8, 15) if sheet.cell(row, 2).value == name)


def edit_book(path: Path, own: str = "对比!D11") -> None:
    """Colour and comment a district's row, and refer to it from a sheet of one's own."""
    book = openpyxl.load_workbook(path)
    sheet = book["对比"]
    row = row_of(sheet, "南汀")
    sheet.cell(row, 2).fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    sheet.cell(row, 2).comment = Comment("核对南汀", "Li")
    sheet.row_dimensions[row].height = 33
    mine = book.create_sheet("我的")
    mine["A1"] = f"={own}*2"
    mine["A2"] = "=SUM(对比!D10:D14)"
    book.save(path)


def test_rows_move_with_what_people_did_to_them_and_formulas_follow(edited: Edited):
    path = edited / "workbook"
    edit_book(path)
    outcome = edited.rebuilt(changes.codes)
    assert "targets.xlsx" not in told(outcome)
    book = openpyxl.load_workbook(path)
    sheet = book["对比"]
    assert [sheet.cell(row, 2).value for row in range(10, 15)] == [one[:2] for one in ORDER[::-1]]
    row = row_of(sheet, "南汀")
    assert row == 13
    assert sheet.cell(row, 2).fill.fgColor.rgb == "00FFFF00"
    assert sheet.cell(row, 2).comment.text == "核对南汀"
    assert sheet.row_dimensions[row].height == 33
    assert [book["我的"][cell].value for cell in ("A1", "A2")] == ["=对比!D13*2", "=SUM(对比!D10:D14)"]


def test_rows_that_a_formula_names_in_part_keep_their_order_and_are_told(edited: Edited):
    path = edited / "workbook"
    edit_book(path, own="SUM(对比!D10:D12)")
    outcome = edited.rebuilt(changes.codes)
    assert "targets.xlsx" in told(outcome)
    book = openpyxl.load_workbook(path)
    assert row_of(book["对比"], "南汀") == 11
    assert book["我的"]["A1"].value == "=SUM(对比!D10:D12)*2"


def test_rows_that_a_person_sorted_stay_and_are_told(edited: Edited):
    path = edited / "workbook"
    book = openpyxl.load_workbook(path)
    sheet = book["来源"]
    for column in range(1, 10):
        one, other = sheet.cell(4, column), sheet.cell(5, column)
        one.value, other.value = other.value, one.value
    book.save(path)
    assert "targets.xlsx" not in told(edited.rebuilt(changes.sources_turned))
    assert openpyxl.load_workbook(path)["来源"]["A4"].value == "half-year"
