"""A person's spreadsheet takes a figure for text: the pack's formulas would go on without it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from exporters.package import lint
from tests.e2e import changes
from tests.e2e.changes import Data
from tests.e2e.edited import Edited


def more(data: Data) -> None:
    changes.target(data, "yunting.gdp-level")["value"] = 7777


def cell(book: openpyxl.Workbook, key: str, header: str):
    sheet = book["目标"]
    heads = next(row for row in sheet.iter_rows() if any(one.value == "目标值" for one in row))
    columns = {one.value: one.column for one in heads}
    rows = {sheet.cell(number, columns["键"]).value: number for number in range(1, sheet.max_row + 1)}
    return sheet.cell(rows[key], columns[header])


def typed(path: Path, key: str, header: str, text: str, code: str = "") -> None:
    book = openpyxl.load_workbook(path)
    found = cell(book, key, header)
    found.value = text
    found.number_format = code or found.number_format
    book.save(path)


def now(path: Path, key: str, header: str):
    return cell(openpyxl.load_workbook(path), key, header)


@pytest.mark.parametrize(
    ("key", "header", "text", "number"),
    [
        ("dongyu.fai-level", "目标值", "3,456", 3456),
        ("dongyu.fai-level", "目标值", "420", 420),
        ("dongyu.gdp-growth", "目标值", "７.５％", 0.075),
        ("dongyu.gdp-growth", "实际值", "7.2 %", 0.072),
        ("dongyu.fai-level", "实际值", " 123.5", 123.5),
    ],
)
@pytest.mark.parametrize("code", ["", "@"])
@pytest.mark.parametrize("change", [(), (more,)], ids=["data rests", "data moves"])
def test_a_figure_typed_as_text_is_written_as_the_number_it_is(edited: Edited, key, header, text, number, code, change):
    path = edited / "workbook"
    typed(path, key, header, text, code)
    edited.rebuilt(*change)
    found = now(path, key, header)
    assert (found.data_type, found.value) == ("n", number)
    assert found.number_format != "@"


@pytest.mark.parametrize(
    ("key", "header", "text"),
    [
        ("dongyu.gdp-growth", "目标值", "7.5"),
        ("dongyu.fai-level", "目标值", "420亿元"),
        ("dongyu.fai-level", "目标值", "12%"),
        ("dongyu.fai-level", "备注", "2023"),
        ("dongyu.fai-level", "实际日期", "45107"),
    ],
)
def test_what_may_be_no_number_or_another_stays_text(edited: Edited, key, header, text):
    path = edited / "workbook"
    typed(path, key, header, text)
    edited.rebuilt(more)
    found = now(path, key, header)
    assert (found.data_type, found.value) == ("s", text)


def test_the_file_is_sound(edited: Edited):
    path = edited / "workbook"
    typed(path, "dongyu.fai-level", "目标值", "3,456", "@")
    known = {str(one) for one in lint(path)}
    edited.rebuilt()
    assert {str(one) for one in lint(path)} <= known
