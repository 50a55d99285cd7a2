"""A template changed under an edited workbook: what people typed and added goes along, what has no place is told."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import NAME, Desk, Grid, rows, sheet_of
from openpyxl.chart import BarChart, Reference
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
    for row in range(grid.head + 1, grid.bottom + 1):
        if row != grid.row(GDP):
            grid.sheet.cell(row, own).value = f"=G{row}*7"
    grid.sheet.cell(grid.bottom + 2, 7).value = f"=SUM(G{grid.head + 1}:G{grid.bottom})+8"
    sheet = book.create_sheet("我的表")
    sheet["A1"], sheet["A2"], sheet["A3"] = "自己的表格文字", f"=AVERAGE('目标'!G{grid.head + 1}:G{grid.bottom})", "='说明'!B2"
    sheet["B1"].comment = Comment("自己表的批注", "王五")
    book["来源"].title = "出处"
    charts = BarChart(), BarChart()
    for chart, place in zip(charts, (sheet, book["总览"]), strict=True):
        chart.add_data(Reference(grid.sheet, min_col=7, min_row=grid.head, max_row=grid.bottom))
        chart.title = "自己的图"
        place.add_chart(chart, "Q4")


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
    book = openpyxl.load_workbook(desk.file)
    assert book.sheetnames == ["总览", "新表", "目标", "对比", "举措", "出处", "我的表"]
    grid = Grid(book)
    assert found[GDP]["我的列"] == "列中文字"
    value, row = openpyxl.utils.get_column_letter(grid.columns["目标值"]), grid.row(HAIZHU)
    assert grid.cell(HAIZHU, "我的列").value == f"={value}{row}*7"
    whole = f"{value}{grid.head + 1}:{value}{grid.bottom}"
    assert grid.sheet.cell(grid.bottom + 2, grid.columns["目标值"]).value == f"=SUM({whole})+8"
    own = book["我的表"]
    assert (own["A1"].value, own["A2"].value.replace("'", "")) == ("自己的表格文字", f"=AVERAGE(目标!{whole})")
    assert own["B1"].comment.text == "自己表的批注" and len(own._charts) == 1
    told = desk.status().plan.conflicts
    assert {one.reason for one in told} == {"not-carried"}
    # What has no place in the new one: a note on a cell, a chart among the template's own, a formula over a lost sheet.
    assert {one.theirs for one in told} == {"单元批注", "总览: chart 自己的图", "='说明'!B2"}
    before = desk.content
    assert desk.build().results == {NAME: "unchanged"}
    assert desk.content == before
