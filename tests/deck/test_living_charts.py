"""Charts and tables of living decks: a person's colours, titles, cells and columns stay while the data moves."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from living_decks import (
    MARK,
    cells_of,
    content_of,
    data,
    edited,
    merged,
    notes_of,
    numbers_of,
    render,
    sdk_faults,
    shape_of,
    slide_of,
    table_of,
    with_column,
)
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.util import Emu

from exporters.charts.data import in_words

CHART, TARGETS = "d00001.growth-chart", "d00001.targets"
RED = RGBColor(0xC0, 0, 0)


def test_a_recoloured_chart_keeps_its_looks_and_takes_the_data(base: bytes, ours: bytes, tmp_path: Path) -> None:
    def edit(prs: Any) -> None:
        chart = shape_of(prs, CHART).chart
        series = chart.plots[0].series[0]
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = RED
        series.points[2].format.fill.solid()
        series.points[2].format.fill.fore_color.rgb = RGBColor(0, 0, 0xC0)
        chart.font.size = Emu(177800)

    result = merged(base, edited(base, edit), ours)
    prs = content_of(result)
    names, values = numbers_of(prs, CHART)
    assert values[0] == 11.5
    assert [row[1] for row in cells_of(prs, CHART)[1:]] == values
    assert [row[0] for row in cells_of(prs, CHART)[1:]] == names
    series = shape_of(prs, CHART).chart.plots[0].series[0]
    assert series.format.fill.fore_color.rgb == RED
    assert series.points[2].format.fill.fore_color.rgb == RGBColor(0, 0, 0xC0)
    assert shape_of(prs, CHART).chart.font.size == 177800
    assert sdk_faults(result.content or b"", tmp_path) == ""


def test_a_chart_edited_by_hand_and_moved_by_the_data_is_a_conflict(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        chart = shape_of(prs, CHART).chart
        names, values = numbers_of(prs, CHART)
        new = CategoryChartData()
        new.categories = names
        new.add_series("宁丰1", [1.0, *values[1:]])
        chart.replace_data(new)

    result = merged(base, edited(base, edit), ours)
    assert CHART in [one.key for one in result.plan.conflicts]
    assert numbers_of(content_of(result), CHART)[1][0] == 1.0
    assert f"{MARK} conflict {CHART}: yours “" in notes_of(slide_of(content_of(result), CHART))
    kept = merged(base, edited(base, edit), render(data(d00002_gdp_growth="9"), 2))
    assert numbers_of(content_of(kept), CHART)[1][0] == 1.0


@pytest.mark.parametrize("typed", [{"D1": "来源", "D2": "统计局"}, {"B2": 99.5}, {"A40": "宁丰1"}])
def test_what_is_typed_into_the_data_sheet_alone_stays_and_is_told(
    typed: dict[str, Any], base: bytes, ours: bytes
) -> None:
    def edit(prs: Any) -> None:
        part = shape_of(prs, CHART).chart.part.chart_workbook.xlsx_part
        book = openpyxl.load_workbook(io.BytesIO(part.blob))
        for cell, value in typed.items():
            book.active[cell] = value
        out = io.BytesIO()
        book.save(out)
        part._blob = out.getvalue()

    theirs = edited(base, edit)
    told = ", ".join(f"{cell} {value}" for cell, value in typed.items())
    plan = merged(base, theirs, base).plan
    assert [(one.key, in_words(one.theirs).partition("; ")[0]) for one in plan.kept] == [
        (CHART, f"its data sheet: {told}")
    ]
    result = merged(base, theirs, ours)
    assert [one.key for one in result.plan.conflicts] == [CHART]
    prs = content_of(result)
    assert numbers_of(prs, CHART) == numbers_of(Presentation(io.BytesIO(theirs)), CHART)
    blob = shape_of(prs, CHART).chart.part.chart_workbook.xlsx_part.blob
    sheet = openpyxl.load_workbook(io.BytesIO(blob)).active
    assert {cell: sheet[cell].value for cell in typed} == typed


def test_a_data_sheet_that_an_office_only_saved_anew_is_no_edit(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        part = shape_of(prs, CHART).chart.part.chart_workbook.xlsx_part
        out = io.BytesIO()
        openpyxl.load_workbook(io.BytesIO(part.blob)).save(out)
        part._blob = out.getvalue()

    result = merged(base, edited(base, edit), ours)
    assert not result.plan.conflicts
    assert numbers_of(content_of(result), CHART)[1][0] == 11.5


def test_a_chart_title_of_their_own(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        shape_of(prs, CHART).chart.chart_title.text_frame.text = "我的标题"

    result = content_of(merged(base, edited(base, edit), ours))
    assert shape_of(result, CHART).chart.chart_title.text_frame.text == "我的标题"
    assert numbers_of(result, CHART)[1][0] == 11.5


def test_cells_of_a_table_update_and_stay(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        table = shape_of(prs, TARGETS).table
        table.cell(2, 2).text = "我改的原文"
        cell = table.cell(1, 1)
        cell.fill.solid()
        cell.fill.fore_color.rgb = RED

    result = content_of(merged(base, edited(base, edit), ours))
    rows = table_of(result, TARGETS)
    assert rows[1][1:] == ["11.5%以上", "增长11.5%以上"]
    assert rows[2][2] == "我改的原文"
    assert shape_of(result, TARGETS).table.cell(1, 1).fill.fore_color.rgb == RED


def test_a_column_put_in_by_hand_stays_while_rows_come_and_go(base: bytes) -> None:
    theirs = edited(base, with_column)
    result = merged(base, theirs, render(data(4, d00002_gdp_growth="9"), 2))
    rows = table_of(content_of(result), "pack.all")
    assert [row[1] for row in rows] == ["批注", "甲", "乙", "丙", ""]
    assert rows[2][2] == "9%以上"
    assert len(rows[4]) == 3
    assert rows[4][0].endswith("4区")
    # A remark beside what the data drops keeps its row.
    fewer = merged(base, theirs, render(data(drop="d00002"), 2))
    assert [row[1] for row in table_of(content_of(fewer), "pack.all")] == ["批注", "甲", "乙", "丙"]
    assert "pack.all/高阳2区" in [one.key for one in fewer.plan.conflicts]


def test_a_row_edited_by_hand_is_not_removed(base: bytes) -> None:
    def edit(prs: Any) -> None:
        shape_of(prs, "pack.all").table.cell(2, 1).text = "我的数"

    result = merged(base, edited(base, edit), render(data(drop="d00002"), 2))
    assert [row[1] for row in table_of(content_of(result), "pack.all")][2] == "我的数"
    assert "changed-dropped" in [one.reason for one in result.plan.conflicts]


def test_a_row_known_by_its_neighbours_when_its_name_is_retyped(base: bytes) -> None:
    def edit(prs: Any) -> None:
        shape_of(prs, "pack.all").table.cell(2, 0).text = "第二区"
        shape_of(prs, "pack.all").table.cell(0, 1).text = "GDP增速"

    result = merged(base, edited(base, edit), render(data(d00002_gdp_growth="9"), 2))
    rows = table_of(content_of(result), "pack.all")
    assert rows[2] == ["第二区", "9%以上"]
    assert rows[0] == ["区", "GDP增速"]
    assert len(rows) == 4


def own_series(prs: Any) -> None:
    chart = shape_of(prs, CHART).chart
    names, values = numbers_of(prs, CHART)
    new = CategoryChartData()
    new.categories = names
    new.add_series(chart.plots[0].series[0].name, values)
    new.add_series("我的系列", [5.5] * len(names))
    chart.replace_data(new)


def test_a_series_of_ones_own_stays_while_the_others_follow_the_data(base: bytes, ours: bytes, tmp_path: Path) -> None:
    result = merged(base, edited(base, own_series), ours)
    assert result.plan.conflicts == ()
    prs = content_of(result)
    first, own = shape_of(prs, CHART).chart.plots[0].series
    assert (first.values[0], own._element.findtext("{*}tx/{*}v"), set(own.values)) == (11.5, "我的系列", {5.5})
    # The workbook behind it is the data's: nothing of one's own may lead there.
    assert [one.tag.rpartition("}")[2] for one in own._element.find("{*}val")] == ["numLit"]
    assert sdk_faults(result.content or b"", tmp_path) == ""

    again = merged(ours, result.content or b"", render(data(d00001_gdp_growth="12.5"), 3))
    first, own = shape_of(content_of(again), CHART).chart.plots[0].series
    assert (first.values[0], set(own.values), again.plan.conflicts) == (12.5, {5.5}, ())
    kept = merged(ours, result.content or b"", ours)
    assert kept.plan.edits == () and kept.plan.conflicts == ()
