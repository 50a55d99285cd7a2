"""A workbook with a ranking, whose rows have no keys."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
from desk import Desk, built
from openpyxl.chart import BarChart, Reference

from tests.workbook.books import template

SHARE = "R&D spending as a share of gross regional product"
RATES = "targets|selectattr('number_unit','eq','%')|sort(attribute='number', reverse=true)"
CELLS = {
    "A1": "Ranking", "B1": "Per cent",
    "A2": f"{{% for t in {RATES} %}}{{{{ t.place.short }}}}",
    "B2": "{{ t.label }}", "C2": "{{ t.number }}", "D2": "=C2*100", "E2": "{% endfor %}",
    "A4": "Sum", "C4": "=SUM(C2:C2)",
    "A6": "{% for d in districts %}", "A7": "{{ d.name }}", "A8": "{% for t in d.targets %}{{ t.label }}",
    "B8": "{{ t.text }}{% endfor %}", "A10": "{% endfor %}", "A11": "End",
}  # fmt: skip


def sheets(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def row(sheet: Any, *texts: str) -> int:
    """Return the row that begins with these texts."""
    lines = ((line[0].row, [cell.value for cell in line[: len(texts)]]) for line in sheet.iter_rows())
    return next(number for number, said in lines if said == [*texts])


def said(sheet: Any, width: int = 4) -> list[list[Any]]:
    return [[cell.value for cell in line[:width]] for line in sheet.iter_rows()]


def rates(sheet: Any) -> list[tuple[Any, ...]]:
    """Return what the rows of the ranking say, in no order."""
    return sorted((*tuple(line[:2]), str(line[2])) for line in said(sheet)[1 : row(sheet, "Sum") - 2])


def ranked(tmp_path: Path) -> Desk:
    """Build a pack with a ranking of rates, which a chart and a sum are over, and a list of each district's targets."""

    def finish(book: Any) -> None:
        chart = BarChart()
        chart.add_data(Reference(book["List"], range_string="List!$C$2:$C$2"))
        book["List"].add_chart(chart, "J1")

    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": CELLS}, finish))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)
    return desk


def rerank(desk: Desk) -> None:
    """Put what was last into first place and the second into the last."""
    desk.target("beilu.rd-share-ratio")["value"] = 30
    desk.target("dongyu.fai-growth")["value"] = 0.01


def sort_by_name(sheet: Any) -> None:
    """Sort the ranking as a person does: what its first three columns say, the formulas stay."""
    lines = sorted(
        [cell.value for cell in line[:3]] for line in sheet.iter_rows(min_row=2, max_row=row(sheet, "Sum") - 2)
    )
    for number, line in enumerate(lines, 2):
        for column, value in enumerate(line, 1):
            sheet.cell(number, column).value = value
