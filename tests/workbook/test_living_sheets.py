"""Sheets that the template repeats: new ones land beside their neighbours, dropped ones are marked."""

from __future__ import annotations

import io
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import living_samples as samples
import openpyxl
import pytest
from living_samples import dataset, loaded, opened, part, regenerate, snapshot
from msgspec.structs import replace
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table
from test_living_pack import without
from test_living_values import replaced

from exporters.merge import merge
from exporters.workbook.locating import results

sys.path.insert(0, str(Path(__file__).parents[1]))
from editors import LibreOffice, office

assert office


@cache
def template() -> bytes:
    """总览 sums up, then a sheet for each district that has targets: a table, a chart, a rule, a name; 尾 comes last."""
    book = openpyxl.Workbook()
    front = book.active
    front.title = "总览"
    front["A1"], front["A2"], front["B2"] = "{{ pack.title }}", "系数", 10
    sheet = book.create_sheet("{{ d.short }}")
    sheet["B1"] = "{%sheet for d in districts if d.targets %}{{ d.name }}目标"
    sheet["E1"] = "=SUM(D4:D4)*总览!$B$2"
    for column, name in enumerate(["key", "指标", "口径", "目标值", "实际值", "完成率"], 1):
        sheet.cell(3, column, name).font = Font(bold=True)
    tags = ["{% for t in d.targets %}{{ t.key }}", "{{ t.label }}", "{{ t.measure }}", "{{ t.number }}", None,
            '=IF(E4="","",E4/D4)']  # fmt: skip
    for column, tag in enumerate(tags, 1):
        sheet.cell(4, column, tag)
    sheet["F4"].number_format = "0.0%"
    sheet["A5"] = "{% endfor %}"
    sheet["B7"] = "说明"
    sheet.column_dimensions["A"].hidden = True
    sheet.add_table(Table(displayName="liste", ref="A3:F4"))
    red = PatternFill("solid", bgColor="FFFF0000")
    sheet.conditional_formatting.add("D4", FormulaRule(formula=["D4>总览!$B$2"], fill=red))
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=3, max_row=4), titles_from_data=True)
    sheet.add_chart(chart, "H2")
    sheet.defined_names["Werte"] = DefinedName("Werte", attr_text="'{{ d.short }}'!$D$4:$D$4")
    end = book.create_sheet("尾")
    end["A1"] = "完"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def render(data: Any) -> bytes:
    return samples.render(data, source=template())


def sheets(data: bytes) -> list[str]:
    return loaded(data).sheetnames


def retitled(data: bytes, old: str, new: str) -> bytes:
    """Rename a sheet as Excel does: in the list of sheets and in every reference."""
    package = opened(data)
    changes = {
        name: package.read(name).decode().replace(f"{old}!", f"{new}!").replace(f"'{old}'!", f"'{new}'!")
        for name in package.names()
        if name.endswith(".xml")
    }
    changes["xl/workbook.xml"] = changes["xl/workbook.xml"].replace(f'name="{old}"', f'name="{new}"')
    return replaced(data, changes)


def edited(data: bytes) -> bytes:
    """Return a render that a person worked on: renamed sheets, a row above the factor, actual values, other looks."""
    for old, new in (("天河", "天河新"), ("总览", "首页")):
        data = retitled(data, old, new)
    book = loaded(data)
    sheet = book["南沙"]
    sheet["E4"].value = 3
    sheet["E4"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["B9"] = "手写"
    book.create_sheet("我的", 0)["A1"] = "=首页!B2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("place", ["haizhu", "yuexiu", "nansha"])
def test_a_new_district_gets_its_sheet_beside_its_neighbours(place: str):
    ours = render(dataset())
    if place == "nansha":
        base = render(without(place))
        theirs = base
    else:
        base = render(without(place))
        theirs = edited(base)
    result, plan = regenerate(base, theirs, ours)
    assert not plan.conflicts
    order = sheets(ours)
    new = next(name for name in order if name not in sheets(base))
    names = [{"天河新": "天河", "首页": "总览"}.get(name, name) for name in sheets(result) if name != "我的"]
    assert names == order
    assert not results(opened(result))
    before, after = loaded(ours)[new], loaded(result)[new]
    for row in before.iter_rows():
        for cell in row:
            twin = after[cell.coordinate]
            wanted = (
                cell.value.replace("总览", "首页") if isinstance(cell.value, str) and place != "nansha" else cell.value
            )
            assert twin.value == (wanted if str(cell.value).startswith("=") else cell.value)
            assert (twin.font.b, twin.fill.fgColor.rgb, twin.number_format) == (
                cell.font.b,
                cell.fill.fgColor.rgb,
                cell.number_format,
            )
    tables = [name for sheet in loaded(result) for name in sheet.tables]
    assert len(tables) == len({name.casefold() for name in tables}) == len(order) - 2
    (rule,) = [one for rules in after.conditional_formatting for one in rules.rules]
    assert rule.dxf.fill.bgColor.rgb == "FFFF0000"
    assert rule.formula == ["D4>首页!$B$2" if place != "nansha" else "D4>总览!$B$2"]
    (chart,) = after._charts
    assert f"{new}!$D$4:" in chart.series[0].val.numRef.f.replace("'", "")
    assert after.defined_names["Werte"].attr_text.replace("'", "").startswith(f"{new}!$D$4:$D$")
    for name in opened(theirs).names():
        # openpyxl loses what formulas had given; those sheets get their results back.
        folders = ("xl/tables/", "xl/charts/", "xl/drawings/", *(("xl/worksheets/",) if theirs is base else ()))
        if name.startswith(folders):
            assert opened(theirs).read(name) == opened(result).read(name), name


def test_a_sheet_of_that_name_by_hand_is_left_alone():
    base = render(without("haizhu"))
    book = loaded(base)
    book.create_sheet("海珠")["A1"] = "我的"
    out = io.BytesIO()
    book.save(out)
    result, _ = regenerate(base, out.getvalue(), render(dataset()))
    found = loaded(result)
    assert found["海珠"]["A1"].value == "我的"
    assert found["海珠 (2)"]["B1"].value == "海珠区目标"
    assert "海珠 (2)" in found["海珠 (2)"]._charts[0].series[0].val.numRef.f


def test_rows_of_a_repeated_sheet_follow_the_data():
    data = dataset()
    key = next(one.id for one in data.targets if one.place == "haizhu")
    base = render(samples.changed(data, drop=(key,)))
    result, plan = regenerate(base, edited(base), render(data))
    assert not plan.conflicts
    assert loaded(result)["海珠"]["A4"].value == key


def test_a_district_gone_marks_its_sheet_once_and_coming_back_takes_the_mark_away():
    base, ours = render(dataset()), render(without("haizhu"))
    result, plan = regenerate(base, base, ours)
    assert not plan.conflicts
    assert sheets(result) == sheets(base)
    notes = [
        (cell.coordinate, cell.comment.text)
        for row in loaded(result)["海珠"].iter_rows()
        for cell in row
        if cell.comment
    ]
    assert [place for place, _ in notes] == ["A1"]
    assert notes[0][1].startswith("briefpack")
    assert part(result, "xl/worksheets/sheet1.xml") == part(base, "xl/worksheets/sheet1.xml")
    back, _ = regenerate(ours, result, render(dataset()))
    assert not [cell for row in loaded(back)["海珠"].iter_rows() for cell in row if cell.comment]


def test_a_deleted_sheet_stays_deleted_and_moved_data_is_a_conflict():
    base = render(dataset())
    book = loaded(base)
    del book["增城"]
    out = io.BytesIO()
    book.save(out)
    key = next(one.id for one in dataset().targets if one.place == "zengcheng" and one.value is not None)
    plan = merge(snapshot(base), snapshot(out.getvalue()), snapshot(base))
    assert not plan.conflicts
    assert any(one.reason == "deleted" for one in plan.kept)
    plan = merge(snapshot(base), snapshot(out.getvalue()), snapshot(render(samples.changed(dataset(), {key: "99"}))))
    assert {one.reason for one in plan.conflicts} == {"deleted-changed"}
    assert not plan.lost_too_much


def renamed(document, name, new):
    document.Sheets.getByName(name).Name = new
    document.Sheets.moveByName(new, 0)


@pytest.mark.office
@pytest.mark.slow
def test_sheets_renamed_and_moved_in_an_office_are_known_again(office: LibreOffice, tmp_path: Path):
    base = render(without("haizhu"))
    file = tmp_path / "targets.xlsx"
    file.write_bytes(base)
    office.edit(file, renamed, "天河", "第一")
    office.resave(file)
    key = next(one.id for one in dataset().targets if one.place == "tianhe" and one.value is not None)
    result, plan = regenerate(base, file.read_bytes(), render(samples.changed(dataset(), {key: "99"})))
    assert not plan.conflicts
    found = loaded(result)
    assert found.sheetnames[0] == "第一"
    assert 99 in [cell.value for cell in found["第一"]["D"]]
    assert found["海珠"]["B1"].value == "海珠区目标"
    assert found.sheetnames.index("海珠") == found.sheetnames.index("越秀") + 1
    assert re.search(r"_bp_sheet", part(result, "xl/workbook.xml"))


def test_a_tab_follows_the_name_that_the_data_gives_it_unless_a_person_called_it_otherwise():
    base = render(dataset())
    book = loaded(retitled(base, "天河", "天河新"))
    book.create_sheet("我的", 0)["A1"] = "=SUM(南沙!D4:D5)+海珠!D4"
    out = io.BytesIO()
    book.save(out)
    data = dataset()
    names = {"nansha": "南'沙 A", "haizhu": "海珠", "tianhe": "天河区"}
    places = tuple(
        replace(one, short=replace(one.short, zh=names[one.id])) if one.id in names else one for one in data.places
    )
    ours = render(replace(data, places=places))
    result, plan = regenerate(base, out.getvalue(), ours)
    assert [(one.base, one.theirs, one.ours) for one in plan.conflicts] == [("天河", "天河新", "天河区")]
    found = loaded(result)
    assert "南'沙 A" in found.sheetnames and "天河新" in found.sheetnames and "南沙" not in found.sheetnames
    assert found["我的"]["A1"].value == "=SUM('南''沙 A'!D4:D5)+海珠!D4"
    assert found["南'沙 A"].defined_names["Werte"].attr_text.startswith("'南''沙 A'!")
    assert "'南''沙 A'!" in found["南'沙 A"]._charts[0].series[0].val.numRef.f
    again, plan = regenerate(ours, result, ours)
    assert not plan.conflicts and sheets(again) == sheets(result)
