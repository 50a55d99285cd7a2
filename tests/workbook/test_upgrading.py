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
    sheet["A1"], sheet["A2"], sheet["A3"] = (
        "自己的表格文字",
        f"=AVERAGE('目标'!G{grid.head + 1}:G{grid.bottom})",
        "='说明'!B2",
    )
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


def beside(book: Any) -> None:
    """A column of one's own, cells beside rows of the table and one over what was generated, all with formulas."""
    grid = Grid(book)
    row, own = grid.row(HAIZHU), grid.right + 1
    grid.sheet.cell(grid.head, own).value, grid.sheet.cell(row, own).value = "我的列", f"=G{row}*2"
    grid.table.ref = grid.table.autoFilter.ref = f"A{grid.head}:{openpyxl.utils.get_column_letter(own)}{grid.bottom}"
    grid.table.tableColumns.append(TableColumn(id=own, name="我的列"))
    grid.sheet.cell(row, own + 2).value, grid.sheet.cell(row, own + 3).value = "旁边的字", f"=G{row}*100"
    book["总览"]["B6"] = "=B8*3"


@pytest.mark.parametrize("renamed", ["column", "table"])
def test_formulas_go_along_where_the_template_calls_things_otherwise(tmp_path: Path, renamed: str):
    templates = tmp_path / "templates"
    shutil.copytree(STANDARD, templates)
    desk = Desk(tmp_path, templates=str(templates))
    desk.build()
    desk.edit(beside)
    book = openpyxl.load_workbook(templates / "zh" / NAME)
    sheet = sheet_of(book)
    table = sheet.tables["targets"]
    if renamed == "table":
        del sheet.tables["targets"]
        table.name = table.displayName = "goals"
        sheet.add_table(table)
    else:
        column = next(one for one in table.tableColumns if one.name == "目标值")
        left, top, *_ = openpyxl.utils.range_boundaries(table.ref)
        sheet.cell(top, left + table.tableColumns.index(column)).value = column.name = "今年的目标"
    book.save(templates / "zh" / NAME)
    assert desk.build().results == {NAME: "merged"}

    sheet = sheet_of(openpyxl.load_workbook(desk.file), {"table": "goals", "column": "targets"}[renamed])
    told = {one.theirs for one in desk.status().plan.conflicts}
    row = next(cell.row for cell in sheet["A"] if cell.value == HAIZHU)
    _, _, right, _ = openpyxl.utils.range_boundaries(next(iter(sheet.tables.values())).ref)
    if renamed == "column":
        assert [sheet.cell(row, right + step).value for step in (0, 2, 3)] == [f"=G{row}*2", "旁边的字", f"=G{row}*100"]
        assert openpyxl.load_workbook(desk.file)["总览"]["B6"].value.endswith("B8*3") and not told
    else:
        # Which table of the new template it is, nothing says: all of it is told, and no formula of the template's.
        own = {f"目标!AB{row}: =G{row}*2", f"目标!AE{row}: =G{row}*100"}
        assert told == {"我的列", "旁边的字", "=总览!B8*3", *own}
