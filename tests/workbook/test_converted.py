"""Tables that people converted to plain cells, and rows that they took out: nothing bound is taken for lost."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
from desk import NAME, Desk, Grid, rows
from living_samples import opened

from exporters.runs.pack import Pack
from exporters.runs.verifying import verify
from exporters.workbook.locating import results
from tests.e2e import changes


def test_a_table_converted_to_a_range_is_known_by_its_keys_and_headers(tmp_path: Path):
    desk = Desk(tmp_path, "sample-progress")
    desk.build()

    def convert(book: Any) -> None:
        grid = Grid(book)
        grid.cell("dongyu.gdp-growth", "备注").value = "已核对"
        del grid.sheet.tables["targets"]

    desk.edit(convert)
    changes.target(desk.data, "dongyu.gdp-growth")["value"] = 9
    changes.district(desk.data)
    keys = ("dongyu.fai-growth", "dongyu.fai-level")
    desk.data["targets"] = [one for one in desk.data["targets"] if one["id"] not in keys]
    desk.data["observations"] = [one for one in desk.data["observations"] if one["target"] not in keys]
    assert desk.build().exit_code == 0
    assert [(one.base, one.theirs) for one in desk.status().plan.kept] == [("", "已核对")]
    assert not results(opened(desk.content))
    found, wanted = (openpyxl.load_workbook(io.BytesIO(one))["目标"] for one in (desk.content, desk.fresh()))
    now, fresh = ([[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)] for sheet in (found, wanted))
    assert [row[0] for row in now] == [row[0] for row in fresh]
    assert sum(one != other for one, other in zip(now, fresh, strict=True)) == 1
    assert desk.build().results == {NAME: "unchanged"}


def test_many_rows_taken_out_of_a_small_table_are_no_lost_anchors(tmp_path: Path):
    """Fourteen of 31 rows are more than a fifth of what is bound: their table, its keys and the other rows stand."""
    desk = Desk(tmp_path, "sample-progress")
    desk.build()
    gone = list(rows(desk.content))[:14]

    def take_out(book: Any) -> None:
        grid = Grid(book)
        for key in gone:
            grid.sheet.delete_rows(grid.row(key))
        grid.table.ref = grid.table.autoFilter.ref = (
            f"A{grid.head}:{grid.table.ref.partition(':')[2][:-2]}{grid.bottom - 14}"
        )

    desk.edit(take_out)
    changes.target(desk.data, "beilu.gdp-growth")["value"] = 9
    assert desk.build().results == {NAME: "merged"}
    assert rows(desk.content).keys().isdisjoint(gone)


def test_a_copied_sheet_keeps_what_it_said_and_stands_in_nobodys_way(tmp_path: Path):
    """Editors call the table on a copied sheet by the name of the first and a number."""
    desk = Desk(tmp_path, "sample-progress")
    desk.build()

    def copied(book: Any) -> None:
        grid = Grid(book)
        sheet = book.copy_worksheet(grid.sheet)
        sheet.title = "目标备份"
        sheet.add_table(openpyxl.worksheet.table.Table(displayName="targets2", ref=grid.table.ref))

    desk.edit(copied)
    changes.target(desk.data, "beilu.gdp-growth")["value"] = 9
    assert desk.build().exit_code == 0
    book = openpyxl.load_workbook(desk.file)
    found = [Grid(book, name).cell("beilu.gdp-growth", "目标值").value for name in ("targets", "targets2")]
    assert found == [0.09, 0.05]
    assert not desk.status().plan.conflicts
    assert not [one for one in desk.status().plan.kept if one.reason != "added"]
    pulled = desk.pull()
    assert not pulled.faults and not pulled.edits
    assert not [one for one in verify(Pack.open(desk.pack)).findings if one.kind == "changed"]
    assert desk.build().results == {NAME: "unchanged"}


def test_a_table_under_another_name_is_the_same_table(tmp_path: Path):
    desk = Desk(tmp_path, "sample-progress")
    desk.build()

    def renamed(book: Any) -> None:
        table = Grid(book).table
        sheet = Grid(book).sheet
        del sheet.tables["targets"]
        table.name = table.displayName = "目标表"
        sheet.add_table(table)

    desk.edit(renamed)
    changes.target(desk.data, "beilu.gdp-growth")["value"] = 9
    changes.add(desk.data, "beilu.gdp-growth", id="beilu.fai-growth", indicator="FAI")
    assert desk.build().exit_code == 0
    assert not desk.status().plan.kept
    grid = Grid(openpyxl.load_workbook(desk.file), "目标表")
    assert grid.cell("beilu.gdp-growth", "目标值").value == 0.09
    assert grid.cell("beilu.fai-growth", "区域").value == "北麓"
    assert not [one for one in verify(Pack.open(desk.pack)).findings if one.error]
    assert desk.build().results == {NAME: "unchanged"}


def test_a_table_whose_keys_were_emptied_is_refused_by_its_place(tmp_path: Path):
    desk = Desk(tmp_path, "sample-progress")
    desk.build()

    def emptied(book: Any) -> None:
        grid = Grid(book)
        for row in range(grid.head + 1, grid.bottom + 1):
            grid.sheet.cell(row, 1).value = None

    desk.edit(emptied)
    before = desk.content
    changes.target(desk.data, "beilu.gdp-growth")["value"] = 9
    (fault,) = desk.build().refused
    assert (fault.code, fault.where) == ("anchors", "sheet 目标, cell B5")
    assert desk.status().fault == fault
    assert desk.content == before
