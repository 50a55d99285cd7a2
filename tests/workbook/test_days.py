"""Days whose cells a person formatted otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import Desk, Grid, rows
from openpyxl.utils.datetime import to_excel


@pytest.mark.parametrize("code", ["General", "@"])
def test_days_that_a_person_formatted_as_numbers_are_no_edits(tmp_path: Path, code: str):
    desk = Desk(tmp_path, "sample-progress")
    desk.build()

    def edit(book: Any) -> None:
        grid = Grid(book)
        for row in range(grid.head + 1, grid.bottom + 1):
            cell = grid.sheet.cell(row, grid.columns["实际日期"])
            if cell.value is not None:
                cell.value, cell.number_format = int(to_excel(cell.value)), code

    desk.edit(edit)
    found = next(one for one in desk.data["observations"] if one["target"] == "nanting.gdp-growth")
    found["date"] = "2026-07-15"
    assert desk.build().exit_code == 0
    status = desk.status()
    assert status.plan.kept == () and desk.pull().edits == ()
    assert rows(desk.content)["nanting.gdp-growth"]["实际日期"] == "2026-07-15"
    grid = Grid(openpyxl.load_workbook(desk.file))
    assert grid.cell("dongyu.gdp-growth", "实际日期").number_format == code

    # A number that is another day, or none, is an edit.
    desk.edit(lambda book: setattr(Grid(book).cell("dongyu.gdp-growth", "实际日期"), "value", 46100))
    assert [one.theirs for one in desk.status().plan.kept] == ["46100"]
