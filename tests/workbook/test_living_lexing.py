"""Rows read by their forms are the rows read event by event."""

from __future__ import annotations

import pytest
from living_excel import as_excel
from living_samples import dataset, opened, render

from exporters.workbook.living import sheet as sheets
from exporters.workbook.living.lexing import lex
from exporters.workbook.living.rowforms import Known
from exporters.workbook.living.shapes import shaped, shaped_in
from exporters.workbook.living.sheet import read_sheet

HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def both(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    quick = read_sheet("x", data)
    monkeypatch.setattr(sheets, "lex", lambda *_: None)
    slow = read_sheet("x", data)
    for cell in (*quick.cells(), *slow.cells()):
        cell.attributes = {name: value for name, value in cell.attributes.items() if name != "r"}
    return quick, slow


@pytest.mark.parametrize("make", [render, lambda data: as_excel(render(data))])
def test_real_sheets(make, monkeypatch: pytest.MonkeyPatch):
    package = opened(make(dataset()))
    for name in package.names():
        if name.startswith("xl/worksheets/sheet"):
            data = package.read(name)
            assert lex(data, data.index(b"<sheetData>") + 11, data.rindex(b"</sheetData>"), Known()) is not None
            quick, slow = both(data, monkeypatch)
            assert quick == slow
            monkeypatch.undo()


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="2"/></row><row r="3"/>',
        b'<row r="1"><c r="A1" t="str"><f>"a&amp;lt;"&amp;B1</f><v>&#38;lt; &#x4E2D;\r\n</v></c></row>',
        b'<row r="1"><c r="A1" t="str"><f t="shared" ref="A1:A2" si="0">B1</f><v></v></c>'
        b'<c r="B1"><f ca="1"/><v/></c></row>',
        b'<row r="1"><c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t>a</t></r><r><t xml:space="preserve"> b</t></r>'
        b"</is></c></row>",
        b'<row r="1">\n <c r="A1"><v>1</v></c>\n</row>',
        b'<row><c><v>1</v></c><c r="D1"><v>2</v></c></row><row r="7"><c r="A7"><v><![CDATA[<c r="A1">]]></v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v><extLst><ext uri="x"><v>2</v></ext></extLst></c></row>',
        b'<row r="1"><!-- <c r="A1"><v>1</v></c> --><c r="B1"><v>2</v></c></row>',
        b'<row r="1"><c r="A2"><v>1</v></c></row>',
        b"".join(
            b'<row r="%d"><c r="A%d" s="%d" t="str"><f>LOG10(B%d)</f><v>_x0041_%d</v></c><c r="B%d" t="inlineStr">'
            b'<is><t>"%d" &gt; %d"</t></is></c><c r="C%d" s="7"/></row>' % (n, n, n % 3 + 6, n, n, n, n, n, n)
            for n in range(1, 12)
        ),
        b"",
    ],
)
def test_forms_known_and_unknown(rows: bytes, monkeypatch: pytest.MonkeyPatch):
    quick, slow = both(HEAD + b"<sheetData>" + rows + b"</sheetData><mergeCells/></worksheet>", monkeypatch)
    assert quick == slow


def test_broken_xml_is_broken_either_way():
    with pytest.raises(ValueError, match="not well-formed"):
        read_sheet("x", HEAD + b'<sheetData><row r="1"><c r="A1"><v>&nope;</v></c></row></sheetData></worksheet>')


def test_rows_of_one_form_make_only_the_cells_that_are_asked_for():
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d"/></row>' % (n, n, n * n, n) for n in range(8, 12))
    known = Known()
    sheet = read_sheet("x", HEAD + b"<sheetData>" + rows + b"</sheetData></worksheet>", known)
    assert len(known.forms) == 1
    assert [sheet.cell(1, row).value for row in sheet.rows] == ["64", "81", "100", "121"]
    assert sheet.cell(3, 9) is None and sheet.cell(2, 9).blank and sheet.rows[9].style(2) == 0


def test_formulas_that_differ_in_their_row_alone_share_a_shape():
    for row, formula in ((8, "G185+G8"), (7, "G175+G7"), (10, "LOG10(A10)"), (11, "LOG10(A11)"), (5, "A5*5+Sheet5!B5")):
        assert shaped_in(formula, row) == shaped(formula)
        assert shaped_in(formula, row) == shaped(formula)
    first, _ = shaped_in("SUM($A$5:$A$90)+B12", 12)
    assert shaped_in("SUM($A$5:$A$90)+B13", 13) == (first, (5, 90, 13))


def test_rows_that_two_parts_share_are_read_once_wherever_they_stand():
    rows = [b'<row r="%d"><c r="A%d"><f>B%d</f><v>7</v></c></row>' % (n, n, n) for n in (1, 2, 3)]
    first, second = (HEAD + b"<sheetData>" + b"".join(some) + b"</sheetData></worksheet>" for some in (rows, rows[1:]))
    known = Known()
    one, other = read_sheet("x", first, known), read_sheet("x", second, known)
    assert other == read_sheet("x", second)
    assert [other.cell(1, row) is one.cell(1, row) for row in (2, 3)] == [True, True]
    for sheet in (one, other):
        cell = sheet.cell(1, 3)
        at = sheet.base(cell)
        assert sheet.data[at + cell.start : at + cell.end] == b'<c r="A3"><f>B3</f><v>7</v></c>'
        assert sheet.data[at + cell.formula.start : at + cell.formula.end] == b"<f>B3</f>"


def test_constants_are_one_formula_with_and_without_brackets():
    """LibreOffice 7.4 writes ``FALSE()`` where Excel writes ``FALSE``."""
    excel = 'IFERROR(VLOOKUP("a",A4:F9,4,FALSE),true)'
    office = 'IFERROR(VLOOKUP("a",A4:F9,4,FALSE()),TRUE())'

    assert shaped(excel)[0].skeleton == shaped(office)[0].skeleton
    assert shaped(excel)[0].skeleton != shaped(excel.replace("FALSE", "TRUE"))[0].skeleton
