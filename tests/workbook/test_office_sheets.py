"""Sheets that people renamed, took out or put rows into in LibreOffice, built again with other data."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk import NAME, Desk
from living_samples import opened

from exporters.workbook.living.book import Book
from exporters.workbook.locating import results
from tests.e2e import changes
from tests.editors import LibreOffice

_LONG = re.compile(r"\d+\.\d{10,}")
pytestmark = [pytest.mark.office, pytest.mark.slow]


@pytest.fixture
def desk(desks: Callable[..., Desk], tmp_path: Path) -> Desk:
    return desks(tmp_path, "sample-progress")


def said(content: bytes) -> dict[str, list[list[str]]]:
    """Return what people read on each sheet, row by row, results of formulas among it; empty rows are left out.

    Offices keep a digit less of a result than it has.
    """
    book = Book(opened(content))
    found: dict[str, list[list[str]]] = {}
    for entry in book.entries:
        rows = (
            [_LONG.sub(lambda one: f"{float(one[0]):.9g}", book.text(cell)) for cell in row.cells.values()]
            for row in book.sheet(entry.part).rows.values()
        )
        found[entry.name] = [texts for row in rows if (texts := [text for text in row if text])]
    return found


def rename(document: Any, old: str, new: str) -> None:
    document.Sheets.getByName(old).Name = new


def test_a_sheet_whose_name_begins_with_a_digit_is_followed(office: LibreOffice, desk: Desk) -> None:
    office.edit(desk.file, rename, "目标", "2026目标")
    desk.target("yunting.gdp-level")["value"] = 4300
    desk.target("dongyu.gdp-growth")["value"] = 9
    outcome = desk.build()
    assert outcome.exit_code == 0
    assert not desk.status().plan.kept
    now, fresh = said(desk.content), said(desk.fresh())
    assert now["总览"] == fresh["总览"] and now["2026目标"] == fresh["目标"]
    assert not results(opened(desk.content))


MINE = "我写的"


def put_in(document: Any, text: str) -> None:
    """Put a row with a word into each sheet, above a table or in the middle, and a column into the first."""
    for name, row in (("总览", 37), ("总览", 11), ("总览", 1), ("目标", 1), ("对比", 4), ("说明", 9)):
        sheet = document.Sheets.getByName(name)
        sheet.Rows.insertByIndex(row, 1)
        sheet.getCellByPosition(2, row).String = text
    sheet = document.Sheets.getByName("总览")
    sheet.Columns.insertByIndex(3, 1)
    sheet.getCellByPosition(3, 6).String = text


def without_mine(content: bytes) -> dict[str, list[list[str]]]:
    rows = {name: [[text for text in row if text != MINE] for row in rows] for name, rows in said(content).items()}
    return {name: [row for row in rows_of if row] for name, rows_of in rows.items()}


@pytest.mark.parametrize("change", ["district", "no_district", "new_indicator"])
def test_rows_and_columns_put_into_any_sheet_stay_and_all_else_is_what_the_data_says(
    office: LibreOffice, desk: Desk, change: str
) -> None:
    office.edit(desk.file, put_in, MINE)
    getattr(changes, change)(desk.data)
    assert desk.build().exit_code == 0
    plan = desk.status().plan
    assert not plan.conflicts and [(one.theirs, one.reason) for one in plan.kept] == [(MINE, "added")]
    assert without_mine(desk.content) == said(desk.fresh())
    assert str(said(desk.content)).count(MINE) == 7
    assert not results(opened(desk.content))
    assert desk.build().results == {NAME: "unchanged"}


def take_out(document: Any, name: str, row: int) -> str:
    sheet = document.Sheets.getByName(name)
    text = sheet.getCellByPosition(1, row).String
    sheet.Rows.removeByIndex(row, 1)
    return text


def test_a_row_taken_out_of_the_front_sheet_stays_out(office: LibreOffice, desk: Desk) -> None:
    text = office.edit(desk.file, take_out, "总览", 2)
    changes.target(desk.data, "dongyu.gdp-growth")["value"] = 9
    assert desk.build().exit_code == 0
    assert [one.base for one in desk.status().plan.kept] == [text]
    fresh = said(desk.fresh())
    fresh["总览"].remove([text])
    assert said(desk.content) == fresh


def delete_sheet(document: Any, name: str) -> None:
    document.Sheets.removeByName(name)


def test_deleting_one_sheet_takes_no_rows_of_another(office: LibreOffice, desk: Desk) -> None:
    """LibreOffice then drops the tables of the sheets beside it too: their rows still have their keys and headers."""
    office.edit(desk.file, delete_sheet, "对比")
    assert not any(table.name == "targets" for table in Book(opened(desk.content)).tables)
    changes.target(desk.data, "dongyu.gdp-growth")["value"] = 9
    changes.district(desk.data)
    assert desk.build().exit_code == 3
    assert {one.key for one in desk.status().plan.conflicts} <= {"cells:对比", "rows:对比", "margins:对比"}
    assert said(desk.content)["目标"] == said(desk.fresh())["目标"]


def test_rows_of_the_data_stand_beside_an_empty_row_that_a_person_took_out(office: LibreOffice, desk: Desk) -> None:
    assert office.edit(desk.file, take_out, "总览", 44) == ""
    changes.figure(desk.data)
    assert desk.build().exit_code == 0
    changes.district(desk.data)
    assert not desk.diff().plan.conflicts
    assert desk.build().exit_code == 0
    assert said(desk.content)["总览"] == said(desk.fresh())["总览"]
    assert desk.build().results == {"targets.xlsx": "unchanged"}
