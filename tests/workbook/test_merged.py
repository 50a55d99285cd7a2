"""Somebody merges cells of neighbouring rows; then the data drops, adds and moves records under them."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest
from desk import NAME, Desk, Grid

from exporters.package import lint
from exporters.runs.settling import resolve
from tests.e2e import changes
from tests.editors import LibreOffice

FIRST, SECOND, THIRD = ROWS = ("dongyu.fai-level", "dongyu.fai-growth", "dongyu.industrial-va-growth")
OWN = "三项合并说明"


@pytest.fixture
def desk(tmp_path) -> Desk:
    made = Desk(tmp_path, "sample-progress")
    made.build()
    return made


def merge(desk: Desk, header: str, text: str | None = None, rows: tuple[str, ...] = ROWS) -> None:
    """Merge cells as Excel does: the first one keeps its text, the others lose theirs."""

    def change(book) -> None:
        grid = Grid(book)
        # Nobody can merge cells of a table in Excel before it is a range.
        del grid.sheet.tables["targets"]
        column = grid.columns.get(header, grid.right + 1)
        first, last = grid.row(rows[0]), grid.row(rows[-1])
        if text is not None:
            grid.sheet.cell(first, column).value = text
        for row in range(first + 1, last + 1):
            grid.sheet.cell(row, column).value = None
        grid.sheet.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)

    desk.edit(change)


def drop(desk: Desk, *keys: str) -> None:
    changes.keep(desk.data, lambda one: one["id"] not in keys)


def built(desk: Desk) -> list[tuple[str, str]]:
    """Build twice; return what is open."""
    outcome = desk.build()
    assert outcome.results == {NAME: "merged"} and desk.build().results == {NAME: "unchanged"}
    assert lint(desk.file) == []
    return [(one["key"], one["reason"]) for one in outcome.manifest.conflicts]


def cells(desk: Desk, header: str) -> tuple[Any, int]:
    """Return the sheet of targets, and the column with a header: without one the first behind the data's."""
    sheet = openpyxl.load_workbook(desk.file)["目标"]
    return sheet, next((cell.column for cell in sheet[4] if cell.value == header), 28)


def merged(desk: Desk, header: str) -> list[tuple[list[str], object]]:
    """Return what is merged in a column: the keys of its rows, and what it shows."""
    sheet, column = cells(desk, header)
    areas = [one for one in sheet.merged_cells.ranges if one.min_col <= column <= one.max_col]
    return [
        (
            [sheet.cell(row, 1).value for row in range(one.min_row, one.max_row + 1)],
            sheet.cell(one.min_row, column).value,
        )
        for one in areas
    ]


def said(desk: Desk, key: str, header: str) -> object:
    sheet, column = cells(desk, header)
    return next(sheet.cell(row, column).value for row in range(5, 40) if sheet.cell(row, 1).value == key)


def keys(desk: Desk) -> set[str | None]:
    sheet, _ = cells(desk, "")
    return {row[0].value for row in sheet.iter_rows(min_row=5)}


def edits(desk: Desk) -> list[tuple[str, str, str]]:
    return [(one.key, one.base, one.theirs) for one in desk.status().plan.kept]


@pytest.mark.parametrize(
    ("gone", "left"), [((FIRST,), [SECOND, THIRD]), ((SECOND,), [FIRST, THIRD]), ((THIRD,), [FIRST, SECOND])]
)
def test_one_name_over_rows_stays_over_those_that_are_left(desk, gone, left):
    merge(desk, "区域")
    assert edits(desk) == []
    drop(desk, *gone)
    assert built(desk) == []
    assert merged(desk, "区域") == [(left, "东屿")]
    changes.renamed_district(desk.data)
    assert built(desk) == [] and merged(desk, "区域") == [(left, "东岛")] and edits(desk) == []


@pytest.mark.parametrize("column", ["备注", "依据原文", "自己的列"])
def test_words_over_rows_are_handed_on(desk, column):
    """In a column to be filled in, in one of the data's, and in one of a person's own beside the table."""
    merge(desk, column, OWN)
    drop(desk, SECOND)
    assert built(desk) == [] and merged(desk, column) == [([FIRST, THIRD], OWN)]
    drop(desk, FIRST)
    # What a person wrote stands in the row: it stays, and is told, until they settle it.
    assert built(desk) == [(FIRST, "changed-dropped")] and merged(desk, column) == [([FIRST, THIRD], OWN)]
    resolve(desk.pack, FIRST, "data")
    assert desk.build().manifest.conflicts == ()
    assert merged(desk, column) == [] and said(desk, THIRD, column) == OWN
    drop(desk, THIRD)
    assert built(desk) == [(THIRD, "changed-dropped")] and said(desk, THIRD, column) == OWN


def test_all_rows_under_a_name_go_with_what_merged_them(desk):
    merge(desk, "区域")
    drop(desk, *ROWS)
    assert built(desk) == [] and merged(desk, "区域") == []
    assert keys(desk).isdisjoint({*ROWS, None})


def test_a_number_never_stands_for_another_record(desk):
    merge(desk, "目标值")
    assert [key for key, _, _ in edits(desk)] == [f"{SECOND}.目标值", f"{THIRD}.目标值"]
    changes.target(desk.data, SECOND)["value"] = 13
    assert built(desk) == [(f"{SECOND}.目标值", "both-changed")]
    # A note on a cell that is merged into another one would not be seen.
    noted = [cell.coordinate for row in cells(desk, "")[0].iter_rows() for cell in row if cell.comment]
    assert noted == ["H19"]
    drop(desk, FIRST)
    assert desk.build().exit_code == 3 and desk.build().exit_code == 0
    assert merged(desk, "目标值") == [([SECOND, THIRD], 0.13)]


@pytest.mark.parametrize(("column", "rows"), [("区域", 4), ("备注", 3), ("目标值", 3), ("自己的列", 3)])
def test_a_new_record_joins_what_says_the_same_and_hides_nothing(desk, column, rows):
    merge(desk, column, None if column in {"区域", "目标值"} else OWN)
    changes.add(desk.data, SECOND, id="dongyu.new", place="dongyu", indicator="FAI", value=77)
    targets = desk.data["targets"]
    targets.insert(targets.index(changes.target(desk.data, SECOND)), targets.pop())
    assert built(desk) == []
    ((over, _),) = merged(desk, column)
    assert len(over) == rows and ("dongyu.new" in over) == (column == "区域")
    assert said(desk, "dongyu.new", "目标值") == 0.77


def test_cells_merged_sideways_are_no_hindrance(desk):
    def change(book) -> None:
        grid = Grid(book)
        row = grid.row(FIRST)
        grid.sheet.merge_cells(
            start_row=row, end_row=row, start_column=grid.columns["上限"], end_column=grid.columns["单位"]
        )

    desk.edit(change)
    changes.target(desk.data, SECOND)["value"] = 13
    desk.build()
    drop(desk, FIRST)
    assert desk.build().exit_code == 0
    assert merged(desk, "上限") == [] and FIRST not in keys(desk)


def over_rows(document, address: str, text: str) -> None:
    cells = document.Sheets.getByName("目标").getCellRangeByName(address)
    for row in range(1, cells.Rows.Count):
        cells.getCellByPosition(0, row).String = ""
    if text:
        cells.getCellByPosition(0, 0).String = text
    cells.merge(True)


@pytest.mark.office
@pytest.mark.slow
def test_merged_in_libreoffice(office: LibreOffice, desk):
    office.edit(desk.file, over_rows, "C18:C20", "")
    office.edit(desk.file, over_rows, "Y19:Y21", OWN)
    drop(desk, FIRST)
    assert desk.build().exit_code == 0
    assert merged(desk, "区域") == [([SECOND, THIRD], "东屿")]
    office.resave(desk.file)
    drop(desk, SECOND)
    assert [one["key"] for one in desk.build().manifest.conflicts] == [SECOND]
    resolve(desk.pack, SECOND, "data")
    assert merged(desk, "备注") == [([THIRD, "dongyu.projects-started-count"], OWN)] and merged(desk, "区域") == []
    assert said(desk, THIRD, "区域") == "东屿"
