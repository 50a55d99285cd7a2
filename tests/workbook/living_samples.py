"""A small workbook template, packs rendered from it, and what the tests ask of the results."""

from __future__ import annotations

import io
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from msgspec.structs import replace
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo

from exporters import workbook
from exporters.binding.scope import Scope
from exporters.load import load
from exporters.merge import merge
from exporters.model import Dataset
from exporters.package import Package, lint
from exporters.snapshot import Plan, Snapshot
from exporters.workbook.living.patching import patch
from exporters.workbook.living.reading import read

DATA = Path(__file__).parents[2] / "data" / "guangzhou-2023.yaml"
HEADERS = ["key", "区", "指标", "口径", "目标值", "力度", "实际值", "完成率", "备注"]
TOP = 5
"""The first row of records."""


@cache
def template() -> bytes:
    """总览 with formulas and a chart, 目标 with the table, 对比 with formulas over it."""
    book = openpyxl.Workbook()
    front = book.active
    front.title = "总览"
    front["A1"] = "{{ pack.title }}目标总览"
    front["A3"], front["B3"] = "目标合计", "=SUM(目标!E5:E5)"
    front["A4"], front["B4"] = "实际合计", "=SUM(目标!$G$5:$G$5)"
    front["A5"], front["B5"] = "条数", "=COUNTA(目标!A5:A5)"
    sheet = book.create_sheet("目标")
    sheet["B1"] = "{{ pack.title }}目标台账"
    sheet["B2"] = "共{{ districts|length }}个区，数据为{{ pack.period }}。实际值由各区填写。"
    for column, name in enumerate(HEADERS, 1):
        sheet.cell(TOP - 1, column, name).font = Font(bold=True)
    tags = [
        "{% for d in districts %}{% for t in d.targets %}{{ t.key }}",
        "{{ d.name }}", "{{ t.label }}", "{{ t.measure }}", "{{ t.ratio }}", "{{ t.word }}", None,
        '=IF(G5="","",G5/E5)', "{{ t.note }}{% endfor %}{% endfor %}",
    ]  # fmt: skip
    for column, tag in enumerate(tags, 1):
        sheet.cell(TOP, column, tag)
    sheet["E5"].number_format = "0.00"
    sheet["H5"].number_format = "0.0%"
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = "C5"
    table = Table(displayName="Targets", ref=f"A{TOP - 1}:I{TOP}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
    sheet.add_table(table)
    rule = DataValidation(type="decimal", operator="greaterThan", formula1="0", sqref="G5", allow_blank=True)
    sheet.add_data_validation(rule)
    red = PatternFill("solid", bgColor="FFFF0000")
    sheet.conditional_formatting.add("H5", CellIsRule(operator="lessThan", formula=["0.5"], fill=red))
    sheet.conditional_formatting.add("B5:C5", FormulaRule(formula=['$G5<>""'], fill=red))
    sheet.cell(TOP + 3, 2, "说明：百分数按小数存放。")
    compare = book.create_sheet("对比")
    compare["A1"], compare["B1"] = "区", "合计"
    compare["A2"] = "{% for d in districts %}{{ d.name }}"
    compare["B2"] = "=SUMIFS(目标!$E$5:$E$5,目标!$B$5:$B$5,A2)"
    compare["C2"] = "{% endfor %}"
    chart = BarChart()
    chart.add_data(Reference(compare, min_col=2, min_row=2, max_row=2), titles_from_data=False)
    chart.set_categories(Reference(compare, min_col=1, min_row=2, max_row=2))
    front.add_chart(chart, "D3")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def dataset() -> Dataset:
    return load(DATA)


def changed(data: Dataset, values: dict[str, str] | None = None, drop: tuple[str, ...] = ()) -> Dataset:
    """Return the dataset with other values for some targets, and some targets left out."""
    values = values or {}
    targets = tuple(
        replace(one, value=Decimal(values[one.id])) if one.id in values else one
        for one in data.targets
        if one.id not in drop
    )
    return replace(data, targets=targets)


@cache
def compiled_template(source: bytes) -> tuple[Package, Any]:
    package = Package.open(source, name="targets.xlsx")
    return package, workbook.compile(package, "targets.xlsx")


def render(data: Dataset, stamp: str = "test:1:00", source: bytes | None = None) -> bytes:
    package, compiled = compiled_template(source or template())
    out = io.BytesIO()
    workbook.render(compiled, package, Scope(data), out, properties={"briefpack": stamp})
    return out.getvalue()


def opened(data: bytes) -> Package:
    return Package.open(data, name="targets.xlsx")


def snapshot(data: bytes) -> Snapshot:
    return read(opened(data))


def regenerate(base: bytes, theirs: bytes, ours: bytes, **more: Any) -> tuple[bytes, Plan]:
    """Merge and patch; the result passes the checker, and a second run finds nothing to do."""
    plan = merge(snapshot(base), snapshot(theirs), snapshot(ours), **more)
    assert not plan.lost_too_much, (plan.vanished, plan.anchors)
    out = io.BytesIO()
    patch(opened(theirs), plan, opened(ours), out, properties={"briefpack": "test:2:11"})
    result = out.getvalue()
    clean(result)
    again = merge(snapshot(ours), snapshot(result), snapshot(ours))
    assert not again.edits, again.edits[:3]
    return result, plan


def clean(data: bytes) -> None:
    faults = [str(fault) for fault in lint(data)]
    assert not faults, "\n".join(faults[:10])


def values(data: bytes, table: str = "Targets") -> dict[str, dict[str, str]]:
    """Return what the rows of the table hold, by key and header."""
    group = next(one for one in snapshot(data).groups if one.id == table)
    return {item.id: {slot.key[len(item.id) + 1 :]: slot.text for slot in item.slots} for item in group.items}


def part(data: bytes, name: str) -> str:
    return opened(data).read(name).decode()


def loaded(data: bytes, cached: bool = False) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=cached)
