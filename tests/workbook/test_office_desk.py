"""The shipped workbook as LibreOffice saves it after a person's edits, then built again with other data."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, Grid, rows, verified
from python_calamine import CalamineWorkbook

from tests.editors import LibreOffice, properties

pytestmark = [pytest.mark.office, pytest.mark.slow]
SHEET, HEAD, GDP, FAI, GONE = "目标", 3, "liwan.gdp-growth", "tianhe.fai-level", "yuexiu.fai-level"


def moved(desk: Desk) -> None:
    """Move a value and give a district its first target, so that a row comes into the table."""
    desk.target(GDP)["value"] = 7.5
    new = {**desk.target("nansha.gdp-growth"), "id": "panyu.gdp-growth", "place": "panyu", "value": 8}
    new.pop("ref")
    desk.data["targets"].append(new)
    next(one for one in desk.data["places"] if one["id"] == "panyu")["coverage"] = "full"


def remark(document, key, text):
    sheet = document.Sheets.getByName("目标")
    row = next(row for row in range(4, 200) if sheet.getCellByPosition(0, row).String == key)
    column = next(column for column in range(40) if sheet.getCellByPosition(column, 3).String == "备注")
    sheet.getCellByPosition(column, row).String = text


def sort_by_two(document):
    from com.sun.star.table import TableSortField

    first, second = TableSortField(), TableSortField()
    first.Field, first.IsAscending, second.Field, second.IsAscending = 2, True, 6, False
    fields = uno.Any("[]com.sun.star.table.TableSortField", (first, second))  # noqa: F821
    area = document.Sheets.getByName("目标").getCellRangeByName("A5:Y77")
    area.sort(properties(SortFields=fields, ContainsHeader=False))
    return [document.Sheets.getByName("目标").getCellByPosition(0, row).String for row in range(4, 8)]


def move_last_column(document):
    sheet = document.Sheets.getByName("目标")
    sheet.Columns.insertByIndex(3, 1)
    source = sheet.getCellRangeByPosition(25, 3, 25, 100).RangeAddress
    sheet.moveRange(sheet.getCellByPosition(3, 3).CellAddress, source)
    sheet.Columns.removeByIndex(25, 1)
    return sheet.getCellByPosition(3, 3).String


def delete_row(document, key):
    sheet = document.Sheets.getByName("目标")
    row = next(row for row in range(4, 200) if sheet.getCellByPosition(0, row).String == key)
    sheet.Rows.removeByIndex(row, 1)


def errors(document):
    """Work everything out anew and return the cells that say an error, and all values of the first sheet."""
    document.calculateAll()
    wrong = []
    for sheet in document.Sheets:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        if cursor.RangeAddress.EndRow > 1000:
            continue
        area = sheet.getCellRangeByPosition(0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow)
        for number, line in enumerate(area.getFormulaArray()):
            for column, formula in enumerate(line):
                cell = sheet.getCellByPosition(column, number)
                if formula.startswith("=") and cell.getError() and "NA()" not in formula:
                    wrong.append((sheet.Name, cell.AbsoluteName, formula))
    return wrong


def recalculated(document):
    """Work everything out anew and return what each sheet then holds, row by row."""
    document.calculateAll()
    found = {}
    for sheet in document.Sheets:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        address = cursor.RangeAddress
        area = sheet.getCellRangeByPosition(0, 0, address.EndColumn, min(address.EndRow, 400))
        found[sheet.Name] = [[one if isinstance(one, (int, float, str)) else None for one in row]
                             for row in area.getDataArray()]  # fmt: skip
    return found


def test_kept_results_are_those_of_libreoffice_and_calamine_reads_them(office: LibreOffice, desk: Desk) -> None:
    """Actual values typed in one editor, new data: totals, matrices and charts' cells hold what the office works out."""

    def fill(book: Any) -> None:
        grid = Grid(book)
        for number, key in enumerate((GDP, FAI, "nansha.fai-growth", "huangpu.fai-level")):
            grid.cell(key, "实际值").value = (0.07, 400, 0.31, 900)[number]
            grid.cell(key, "实际日期").value = dt.date(2023, 6, 30)

    desk.edit(fill)
    moved(desk)
    assert desk.build().exit_code == 0
    wanted = office.look(desk.file, recalculated)
    book = CalamineWorkbook.from_path(str(desk.file))
    compared = 0
    for name, rows_of in wanted.items():
        kept = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for number, (row, own) in enumerate(zip(rows_of, kept, strict=False)):
            for column, (one, other) in enumerate(zip(row, own, strict=False)):
                if isinstance(one, float) and isinstance(other, float):
                    assert other == pytest.approx(one, abs=1e-9), (name, number, column)
                    compared += 1
                elif isinstance(one, str) and isinstance(other, str) and not other.startswith("#"):
                    assert other == one, (name, number, column)
                    compared += 1
    assert compared > 1000


def test_sorted_by_two_columns_and_saved_twice(office: LibreOffice, desk: Desk) -> None:
    office.edit(desk.file, remark, FAI, "已核对")
    order = office.edit(desk.file, sort_by_two)
    office.resave(desk.file)
    moved(desk)
    desk.build()
    verified(desk, {(FAI, "备注"): "已核对"})
    assert list(rows(desk.content))[:4] == order
    assert office.look(desk.file, errors) == []


def test_a_moved_column(office: LibreOffice, desk: Desk) -> None:
    assert office.edit(desk.file, move_last_column) == "备注"
    office.edit(desk.file, remark, FAI, "已核对")
    moved(desk)
    desk.build()
    found = rows(verified(desk, {(FAI, "备注"): "已核对"}))
    assert list(found[FAI]).index("备注") < list(found[FAI]).index("指标")
    assert "panyu.gdp-growth" in found


def test_through_ods_and_back(office: LibreOffice, desk: Desk, tmp_path: Path) -> None:
    office.edit(desk.file, remark, FAI, "已核对", to=tmp_path / "other.ods")
    office.resave(tmp_path / "other.ods", to=desk.file)
    moved(desk)
    desk.build()
    assert "panyu.gdp-growth" in rows(verified(desk, {(FAI, "备注"): "已核对"}))


def test_a_row_deleted(office: LibreOffice, desk: Desk) -> None:
    """LibreOffice then writes an empty row at the very end of the sheet, and a range down to it."""
    office.edit(desk.file, delete_row, GONE)
    moved(desk)
    assert desk.build().exit_code == 0
    assert "panyu.gdp-growth" in rows(verified(desk, gone=frozenset({GONE})))
    assert office.look(desk.file, errors) == []
