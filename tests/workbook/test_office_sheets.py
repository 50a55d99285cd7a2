"""Sheets that people renamed, took out or put rows into in LibreOffice, built again with other data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from living_samples import opened

from exporters.workbook.living.book import Book
from exporters.workbook.locating import results
from tests.editors import LibreOffice

_LONG = re.compile(r"\d+\.\d{10,}")
pytestmark = [pytest.mark.office, pytest.mark.slow]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(tmp_path, "sample-progress")
    found.build()
    return found


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
