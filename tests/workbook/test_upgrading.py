"""A template changed under an edited workbook: typed values go along, what has no place there is told with its text."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import NAME, Desk, Grid, rows, sheet_of
from openpyxl.comments import Comment
from openpyxl.worksheet.table import TableColumn

GDP, HAIZHU = "nansha.gdp-growth", "haizhu.gdp-growth"
STANDARD = Path(__file__).parents[2] / "templates" / "standard"


def edit(book: Any) -> None:
    grid = Grid(book)
    grid.cell(GDP, "备注").value, grid.cell(GDP, "实际值").value = "重要", 0.08
    grid.cell(HAIZHU, "目标值").value = 0.2
    grid.cell(GDP, "指标").comment = Comment("单元批注", "王五")
    own = grid.right + 1
    grid.sheet.cell(grid.head, own).value, grid.sheet.cell(grid.row(GDP), own).value = "我的列", "列中文字"
    grid.table.ref = grid.table.autoFilter.ref = f"A{grid.head}:{openpyxl.utils.get_column_letter(own)}{grid.bottom}"
    grid.table.tableColumns.append(TableColumn(id=own, name="我的列"))
    book.create_sheet("我的表")["A1"] = "自己的表格文字"


def upgrade(book: Any, more: bool) -> None:
    sheet = sheet_of(book)
    table = sheet.tables["targets"]
    last = openpyxl.utils.range_boundaries(table.ref)
    for column in table.tableColumns:
        if column.name == "备注":
            sheet.cell(last[1], last[0] + table.tableColumns.index(column)).value = column.name = "备注说明"
    if more:
        sheet.cell(last[1], last[2] + 1).value = "负责人"
        table.tableColumns.append(TableColumn(id=last[2] + 1, name="负责人"))
        table.ref = table.autoFilter.ref = f"A{last[1]}:{openpyxl.utils.get_column_letter(last[2] + 1)}{last[3]}"
    del book["说明"]
    book.create_sheet("新表", 1)["B2"] = "{{ pack.title }}"


@pytest.mark.parametrize("more", [False, True])
def test_typed_values_go_along_and_all_else_is_told(tmp_path: Path, more: bool):
    """Also where the template has a new column (*more*)."""
    templates = tmp_path / "templates"
    shutil.copytree(STANDARD, templates)
    desk = Desk(tmp_path, templates=str(templates))
    desk.build()
    desk.edit(edit)
    template = templates / "zh" / NAME
    book = openpyxl.load_workbook(template)
    upgrade(book, more)
    book.save(template)
    desk.target("baiyun.gdp-growth")["value"] = 9
    assert desk.build().results == {NAME: "merged"}

    found = rows(desk.content)
    assert (found[GDP]["备注说明"], found[GDP]["实际值"]) == ("重要", "0.08")
    assert (found[HAIZHU]["目标值"], found["baiyun.gdp-growth"]["目标值"]) == ("0.2", "0.09")
    assert openpyxl.load_workbook(desk.file).sheetnames == ["总览", "新表", "目标", "对比", "举措", "来源"]
    told = desk.status().plan.conflicts
    assert {one.reason for one in told} == {"not-carried"}
    assert {one.theirs for one in told} == {"我的列", "列中文字", "单元批注", "自己的表格文字"}
    before = desk.content
    assert desk.build().results == {NAME: "unchanged"}
    assert desk.content == before
