"""A person makes a table of the workbook smaller or larger, or looks at it through a pivot table; then the data moves."""

from __future__ import annotations

import zipfile
from copy import copy
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.table import TableColumn

from tests.e2e import changes
from tests.e2e.edited import Edited
from tests.editors import LibreOffice

DROPPED = "nanting.industrial-investment"


def moved(data: changes.Data) -> None:
    changes.target(data, "dongyu.gdp-growth")["value"] = 8
    changes.target(data, "beilu.gdp-growth")["value"] = 6.5
    next(one for one in data["observations"] if one["target"] == "dongyu.gdp-growth")["value"] = 7.7
    changes.add(data, "nanting.gdp-growth", id="dongyu.more", place="dongyu", indicator="FDI", value=3)
    changes.keep(data, lambda one: not one["id"].startswith(DROPPED))


def fitted(sheet, rows: int = 0, columns: int = 0) -> None:
    """Let the table end so many rows and columns later."""
    table = sheet.tables["targets"]
    left, top, right, bottom = range_boundaries(table.ref)
    end = f"{get_column_letter(right + columns)}{bottom + rows}"
    table.ref = table.autoFilter.ref = f"{get_column_letter(left)}{top}:{end}"


def column_out(sheet) -> None:
    fitted(sheet, columns=-1)
    table = sheet.tables["targets"]
    _, top, right, bottom = range_boundaries(table.ref)
    gone = next(cell.column for cell in sheet[top] if cell.value == "强度用词")
    table.tableColumns[:] = [one for one in table.tableColumns if one.name != "强度用词"]
    for row in sheet.iter_rows(min_row=top, max_row=bottom, min_col=gone, max_col=right + 1):
        for cell, behind in pairwise(row):
            cell.value, cell._style = behind.value, copy(behind._style)
        row[-1].value = None


def column_in(sheet) -> None:
    fitted(sheet, columns=1)
    table = sheet.tables["targets"]
    _, top, right, bottom = range_boundaries(table.ref)
    table.tableColumns.append(TableColumn(id=99, name="我的列"))
    for row in range(top, bottom + 1):
        sheet.cell(row, right).value = "我的列"


def rows_in(sheet) -> None:
    bottom = range_boundaries(sheet.tables["targets"].ref)[3]
    fitted(sheet, rows=2)
    sheet.cell(bottom + 1, 3).value = "我的行"


def rows_out(sheet) -> None:
    fitted(sheet, rows=-3)


def columns_out(sheet) -> None:
    fitted(sheet, columns=-7)
    del sheet.tables["targets"].tableColumns[-7:]


@pytest.mark.parametrize("edit", [column_out, columns_out, column_in, rows_in, rows_out])
def test_a_table_fitted_by_hand_goes_on_following(edited: Edited, edit):
    book = openpyxl.load_workbook(edited / "workbook")
    sheet = book["目标"]
    edit(sheet)
    width = range_boundaries(sheet.tables["targets"].ref)[2]
    book.save(edited / "workbook")
    assert edited.rebuilt(moved).manifest.conflicts == ()
    sheet = openpyxl.load_workbook(edited / "workbook")["目标"]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=4)}
    figure, actual = ([cell.value for cell in rows["键"]].index(name) for name in ("目标值", "实际值"))
    found = [rows[key][figure].value for key in ("dongyu.gdp-growth", "dongyu.more", "beilu.gdp-growth")]
    # The last of them, and the actual value, stand beside a table that was made smaller.
    assert found == [0.08, 0.03, 0.065] and rows["dongyu.gdp-growth"][actual].value == 0.077
    assert not any(str(key).startswith(DROPPED) for key in rows)
    texts = [cell.value for row in rows.values() for cell in row]
    assert ("强度用词" in texts, "我的行" in texts) == (edit is not column_out, edit is rows_in)
    assert range_boundaries(sheet.tables["targets"].ref)[2] == width


def pivot(document) -> None:
    """Count the figures of each district on a sheet of one's own."""
    from com.sun.star.sheet.DataPilotFieldOrientation import DATA, ROW
    from com.sun.star.sheet.GeneralFunction import COUNT
    from com.sun.star.table import CellAddress

    document.Sheets.insertNewByName("透视", document.Sheets.Count)
    sheet = document.Sheets.getByName("透视")
    pilots = sheet.DataPilotTables
    made = pilots.createDataPilotDescriptor()
    made.setSourceRange(document.Sheets.getByName("目标").getCellRangeByName("C4:AA35").RangeAddress)
    made.DataPilotFields.getByName("区域").Orientation = ROW
    field = made.DataPilotFields.getByName("目标值")
    field.Orientation, field.Function = DATA, COUNT
    place = CellAddress()
    place.Sheet = sheet.RangeAddress.Sheet
    pilots.insertNewByName("我的透视", place, made)


def counted(document) -> dict[str, str]:
    sheet = document.Sheets.getByName("透视")
    sheet.DataPilotTables.getByIndex(0).refresh()
    return {sheet.getCellByPosition(0, row).String: sheet.getCellByPosition(1, row).String for row in range(9)}


def source(path: Path) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read("xl/pivotCache/pivotCacheDefinition1.xml").decode()


@pytest.mark.office
@pytest.mark.slow
def test_a_pivot_table_counts_what_the_data_says_by_now(office: LibreOffice, edited: Edited):
    office.edit(edited / "workbook", pivot)
    before = office.edit(edited / "workbook", counted)
    assert edited.rebuilt(moved).exit_code == 0
    found = source(edited / "workbook")
    assert 'ref="C4:AA34"' in found and 'refreshOnLoad="1"' in found
    now = office.edit(edited / "workbook", counted)
    assert (before["东屿"], before["南汀"], now["东屿"], now["南汀"]) == ("6", "7", "7", "5")
    assert edited.rebuilt(moved).exit_code == 0
