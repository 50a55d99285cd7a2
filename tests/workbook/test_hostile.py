"""What people do to a workbook between two builds, and worse: each time what they did stands and the rest follows.

Edits by openpyxl, which loses what formulas had given, and by hand in the XML, as Excel would write them.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import Desk, Grid, built, rows, sheet_of, sheet_part, verified, without
from living_samples import opened, part

from exporters.workbook.living.book import Book

pytestmark = pytest.mark.slow
GDP, FAI = "liwan.gdp-growth", "liwan.fai-growth"
WORDS = {
    "zh": {"actual": "实际值", "day": "实际日期", "note": "备注", "value": "目标值", "sign": "关系"},
    "en": {"actual": "Actual", "day": "As of", "note": "Remarks", "value": "Target", "sign": "Sign"},
}
PACKS = [
    ("guangzhou-2023", "standard", "zh"), ("guangzhou-2023", "gbt9704", "en"), ("sample-progress", "standard", "zh"),
]  # fmt: skip


@pytest.fixture(params=PACKS, ids="-".join)
def any_desk(request: Any, desks: Callable[..., Desk], tmp_path: Path) -> Desk:
    return desks(tmp_path, *request.param)


def table_part(desk: Desk) -> str:
    return next(table.part for table in Book(opened(desk.content)).tables if table.name == "targets")


# --- in every pack ---------------------------------------------------------------------------------------------------


def test_typed_values_stand_and_all_else_follows(any_desk: Desk):
    desk, words = any_desk, WORDS[any_desk.request.lang]
    targets = [one for one in desk.data["targets"] if one.get("value") is not None]
    first, second, moved = (one["id"] for one in targets[:3])

    def edit(book: Any) -> None:
        grid = Grid(book)
        grid.cell(first, words["note"]).value = "已核对 checked"
        grid.cell(second, words["note"]).value = "تمت المراجعة"

    desk.edit(edit)
    desk.target(moved)["value"] = float(desk.target(moved)["value"]) + 1
    built(desk)
    verified(desk, {(first, words["note"]): "已核对 checked", (second, words["note"]): "تمت المراجعة"})


def test_a_district_gone_and_back(any_desk: Desk):
    desk, words = any_desk, WORDS[any_desk.request.lang]
    whole = copy.deepcopy(desk.data)
    place = next(one["place"] for one in reversed(desk.data["targets"]) if one["place"] != desk.data["city"])
    key = next(one["id"] for one in desk.data["targets"] if one["place"] == place)
    desk.drop(place)
    built(desk)
    desk.edit(lambda book: None)
    desk.data = whole
    built(desk)
    assert key in rows(verified(desk))
    assert words["value"] in rows(desk.content)[key]


def test_five_cycles(any_desk: Desk):
    desk, words = any_desk, WORDS[any_desk.request.lang]
    keys = [one["id"] for one in desk.data["targets"] if one.get("value") is not None]
    typed: dict[tuple[str, str], str] = {}
    for cycle in range(5):
        desk.edit(lambda book, cycle=cycle: setattr(Grid(book).cell(keys[cycle], words["note"]), "value", f"轮{cycle}"))
        typed[keys[cycle], words["note"]] = f"轮{cycle}"
        desk.target(keys[-1])["value"] = 20 + cycle
        built(desk)
    verified(desk, typed)


# --- the table -------------------------------------------------------------------------------------------------------


def test_renamed_headers_still_name_their_columns(desk: Desk):
    whole = without(desk, FAI)

    def edit(book: Any) -> None:
        grid = Grid(book)
        for old, new in (("备注", "批注"), ("口径", "统计口径"), ("目标值", "目标数"), ("实际值", "完成数")):
            grid.sheet.cell(grid.head, grid.columns[old]).value = new
            next(one for one in grid.table.tableColumns if one.name == old).name = new

    desk.edit(edit)
    assert {one.theirs for one in desk.status().plan.kept if one.reason == "added"} >= {"批注", "统计口径"}
    assert {one.reason for one in desk.status().plan.kept} == {"added"}
    desk.data["targets"] = whole
    desk.target(GDP)["value"] = 7.5
    built(desk)
    found = rows(desk.content)
    assert (found[GDP]["目标数"], found[FAI]["统计口径"]) == ("0.075", rows(desk.fresh())[FAI]["口径"])
    assert {one.reason for one in desk.status().plan.kept} == {"added"}


def test_another_column_in_the_place_of_a_deleted_one_is_not_taken_for_it(desk: Desk):
    def edit(book: Any) -> None:
        grid = Grid(book)
        grid.sheet.cell(grid.head, grid.columns["原文数字"]).value = "我的列"
        next(one for one in grid.table.tableColumns if one.name == "原文数字").name = "我的列"
        for row in range(grid.head + 1, grid.bottom + 1):
            grid.sheet.cell(row, grid.columns["原文数字"]).value = f"我的{row}"

    desk.edit(edit)
    desk.target(GDP)["value"] = 7.5
    desk.build()
    assert all(row["我的列"].startswith("我的") for row in rows(desk.content).values())


def test_a_totals_row_switched_on_keeps_new_rows_above_it(desk: Desk):
    whole = without(desk, GDP, desk.data["targets"][-1]["id"])
    sheet, table = sheet_part(desk, "目标"), table_part(desk)
    last = int(re.search(r'ref="A4:AA(\d+)"', part(desk.content, table))[1])
    total = (
        f'<row r="{last + 1}"><c r="C{last + 1}" t="inlineStr"><is><t>汇总</t></is></c>'
        f'<c r="I{last + 1}"><f>SUBTOTAL(109,U5:U{last})</f><v>0</v></c></row></sheetData>'
    )
    more = f'ref="A4:AA{last + 1}" totalsRowCount="1"'
    desk.xml({
        table: lambda old: old.replace(f'ref="A4:AA{last}"', more, 1).replace('totalsRowShown="0"', ""),
        sheet: lambda old: old.replace("</sheetData>", total),
    })  # fmt: skip
    desk.data["targets"] = whole
    built(desk)
    content = verified(desk)
    assert f'ref="A4:AA{last + 3}"' in part(content, table)
    assert f"SUBTOTAL(109,U5:U{last + 2})" in part(content, sheet)


def test_a_table_converted_to_a_range_is_followed(desk: Desk):
    cell = Grid(openpyxl.load_workbook(desk.file)).cell(GDP, "目标值").coordinate
    title = sheet_of(openpyxl.load_workbook(desk.file)).title
    desk.edit(lambda book: sheet_of(book).tables.clear())
    desk.target(GDP)["value"] = 7.5
    built(desk)
    assert openpyxl.load_workbook(desk.file)[title][cell].value == pytest.approx(0.075)


def test_a_row_copied_within_the_table_follows_in_both_places(desk: Desk):
    def edit(book: Any) -> None:
        grid = Grid(book)
        source, below = grid.row(GDP), grid.bottom + 1
        for column in range(1, grid.right + 1):
            value = grid.sheet.cell(source, column).value
            if str(value).startswith("="):
                value = openpyxl.formula.translate.Translator(value, f"A{source}").translate_formula(f"A{below}")
            grid.sheet.cell(below, column).value = value
        grid.table.ref = grid.table.autoFilter.ref = f"A4:AA{below}"

    desk.edit(edit)
    desk.target(GDP)["value"] = 7.5
    built(desk)
    verified(desk)
    grid = Grid(openpyxl.load_workbook(desk.file))
    found = [row for row in range(5, grid.bottom + 1) if grid.sheet.cell(row, 1).value == GDP]
    assert [grid.sheet.cell(row, grid.columns["目标值"]).value for row in found] == [0.075, 0.075]


def test_a_deleted_row_stays_deleted_and_moved_data_is_a_conflict(desk: Desk):
    def edit(book: Any) -> None:
        grid = Grid(book)
        grid.sheet.delete_rows(grid.row(GDP))
        grid.table.ref = grid.table.autoFilter.ref = f"A4:AA{grid.bottom - 1}"

    desk.edit(edit)
    assert {(one.key, one.reason) for one in desk.status().plan.kept if one.key == GDP} == {(GDP, "deleted")}
    desk.target(GDP)["value"] = 7.5
    assert [one["key"] for one in built(desk, 3).manifest.conflicts] == [GDP]
    assert GDP not in rows(desk.content)
    desk.resolve(GDP, "mine")
    built(desk)
    assert GDP not in rows(desk.content)


def test_a_key_typed_over_is_another_row(desk: Desk):
    def edit(book: Any) -> None:
        grid = Grid(book)
        grid.sheet.column_dimensions["A"].hidden = False
        grid.cell(GDP, "键").value = "my.own"

    desk.edit(edit)
    desk.target(GDP)["value"] = 7.5
    assert [one["key"] for one in built(desk, 3).manifest.conflicts] == [GDP]
    assert rows(desk.content)["my.own"]["目标值"] == "0.065"


def test_filtered_rows_stay_hidden_and_a_new_one_is_seen(desk: Desk):
    whole = without(desk, GDP)
    sheet, table = sheet_part(desk, "目标"), table_part(desk)
    chosen = '<filterColumn colId="2"><filters><filter val="海珠"/></filters></filterColumn>'

    def hidden(old: str) -> str:
        return re.sub(r'<row r="(\d+)"', lambda one: one[0] + (' hidden="1"' if 5 <= int(one[1]) <= 20 else ""), old)

    desk.xml({
        table: lambda old: re.sub(r'<autoFilter ref="([^"]*)"[^>]*?/>', rf'<autoFilter ref="\1">{chosen}</autoFilter>', old),
        sheet: hidden,
    })  # fmt: skip
    desk.data["targets"] = whole
    built(desk)
    content = verified(desk)
    assert chosen in part(content, table)
    assert part(content, sheet).count('hidden="1"') >= 16
    grid = Grid(openpyxl.load_workbook(desk.file))
    assert not grid.sheet.row_dimensions[grid.row(GDP)].hidden


# --- what is typed into it -------------------------------------------------------------------------------------------


def test_texts_in_cells_of_numbers_are_figures_where_they_are_plain_and_stand_else(desk: Desk):
    percent = [
        one["id"] for one in desk.data["targets"] if one.get("unit") == "PERCENT" and one["place"] != "guangzhou"
    ]
    typed = dict(zip(percent, ["7.5%", "７．５％", "约 8%", "2023-06-30", "7,5", "－", 7.5], strict=False))

    def edit(book: Any) -> None:
        grid = Grid(book)
        for key, value in typed.items():
            grid.cell(key, "实际值").value = value
            grid.cell(key, "实际日期").value = dt.date(2023, 6, 30)

    desk.edit(edit)
    cells = {Grid(openpyxl.load_workbook(desk.file)).cell(key, "实际值").coordinate for key in percent[2:7]}
    desk.target(GDP)["value"] = 7.5
    built(desk)
    days = {(key, "实际日期"): "2023-06-30" for key in typed}
    figures = {percent[0]: "0.075", percent[1]: "0.075"}
    verified(desk, {(key, "实际值"): str(value) for key, value in (typed | figures).items()} | days)
    found = desk.pull(write=True)
    assert {re.search(r"sheet 目标, cell (\w+),", str(fault))[1] for fault in found.faults} == cells
    assert [(one.record["target"], str(one.record["value"]), str(one.record["date"])) for one in found.edits] == [
        (percent[0], "7.5", "2023-06-30"),
        (percent[1], "7.5", "2023-06-30"),
    ]
    assert not built(desk).manifest.conflicts


def test_remarks_in_any_script_and_shape_stand(desk: Desk):
    texts = [
        "已核对，见《纪要》",
        "تمت المراجعة",
        "проверено",
        "ตรวจแล้ว",
        "😀👩‍👩‍👧",
        'a<b & "c"',
        "第一行\n第二行",
        "  空格  ",
        "'=1+1",
        "x" * 32_000,
    ]
    keys = [one["id"] for one in desk.data["targets"]][: len(texts)]

    def edit(book: Any) -> None:
        grid = Grid(book)
        for key, text in zip(keys, texts, strict=True):
            grid.cell(key, "备注").value = text

    desk.edit(edit)
    desk.target(GDP)["value"] = 7.5
    built(desk)
    verified(desk, {(key, "备注"): text for key, text in zip(keys, texts, strict=True)})


def test_a_formula_over_a_value_stands_and_is_worked_out(desk: Desk):
    def edit(book: Any) -> None:
        grid = Grid(book)
        other = grid.cell(FAI, "目标值").coordinate
        grid.cell(GDP, "目标值").value = f"={other}*2"

    desk.edit(edit)
    shown = rows(desk.content)[GDP]["目标值"]
    desk.target(FAI)["value"] = 17.5
    built(desk)
    verified(desk, {(GDP, "目标值"): shown})
    assert Grid(openpyxl.load_workbook(desk.file, data_only=True)).cell(GDP, "目标值").value == pytest.approx(0.35)
    assert [str(fault).count("it is not a number") for fault in desk.pull().faults] == [1]


def test_a_value_changed_on_both_sides_is_told_with_its_cell_until_it_is_settled(desk: Desk):
    desk.edit(lambda book: setattr(Grid(book).cell(GDP, "目标值"), "value", 0.09))
    cell = Grid(openpyxl.load_workbook(desk.file)).cell(GDP, "目标值").coordinate
    status = desk.status()
    assert [(one.theirs, status.places[one.at]) for one in status.plan.kept] == [("0.09", f"sheet 目标, cell {cell}")]
    desk.target(GDP)["value"] = 7.5
    told = desk.diff()
    assert [(one.base, one.theirs, one.ours, told.places[one.at]) for one in told.plan.conflicts] == [
        ("0.065", "0.09", "0.075", f"sheet 目标, cell {cell}")
    ]
    built(desk, 3)
    content = desk.content
    built(desk, 3)
    assert desk.content == content
    desk.resolve(f"{GDP}.目标值", "data")
    built(desk)
    verified(desk)


def test_signs_values_and_actual_values_come_back_into_the_data(desk: Desk):
    def edit(book: Any) -> None:
        grid = Grid(book)
        grid.cell(GDP, "目标值").value, grid.cell(GDP, "关系").value = 0.081, "≤"
        grid.cell(GDP, "强度用词").value = "力争"
        grid.cell(FAI, "实际值").value, grid.cell(FAI, "备注").value = 0.05, "据快报"
        grid.cell(FAI, "实际日期").value = dt.date(2023, 6, 30)

    desk.edit(edit)
    found = desk.pull(write=True)
    assert not found.faults
    assert (float(desk.target(GDP)["value"]), desk.target(GDP)["comparator"]) == (8.1, "lte")
    assert [(one["target"], float(one["value"]), one["note"]["zh"]) for one in desk.data["observations"]] == [
        (FAI, 5.0, "据快报")
    ]
    built(desk)
    again = desk.content
    assert desk.build().results == {"targets.xlsx": "unchanged"}
    assert desk.content == again
    assert not [one for one in desk.status().plan.kept if one.key.startswith(FAI)]


# --- the data and the template ---------------------------------------------------------------------------------------


def test_districts_renamed_and_in_another_order(desk: Desk):
    desk.edit(lambda book: None)
    places = desk.data["places"]
    places[1], places[3] = places[3], places[1]
    next(one for one in places if one["id"] == "haizhu")["name"] = {"zh": "新海珠区", "en": "New Haizhu"}
    built(desk)
    verified(desk)


def test_an_indicator_gone(desk: Desk):
    desk.edit(lambda book: None)
    gone = desk.target(FAI)["indicator"]
    desk.data["targets"] = [one for one in desk.data["targets"] if one["indicator"] != gone]
    built(desk)
    verified(desk)


def test_another_language_takes_typed_values_along(desk: Desk):
    def edit(book: Any) -> None:
        grid = Grid(book)
        grid.cell(GDP, "实际值").value, grid.cell(GDP, "备注").value = 0.05, "已核对"

    desk.edit(edit)
    desk.build(lang="en")
    found = rows(desk.content)[GDP]
    assert (found["Actual"], found["Remarks"]) == ("0.05", "已核对")
