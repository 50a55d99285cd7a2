"""Charts as an office makes them: through python-pptx, and with the workbook that PowerPoint itself writes."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from openpyxl.worksheet.table import Table
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from exporters.binding.program import Program, Weaver
from exporters.charts import FILTERS, ChartMaker, ChartParts, compile_chart
from exporters.errors import Fault
from exporters.package import Package

PART = "ppt/charts/chart1.xml"
LOOP = [
    ["{{ name }}", "{{ first }}", "全市"],
    ["{% for t in targets %}{{ t.short }}", "{{ t.value }}", "{{ t.city }}{% endfor %}"],
]


def workbook(rows: list[list[Any]], table: str = "", sheet: str = "Sheet1") -> bytes:
    """A data sheet with shared strings, and with the table that PowerPoint puts over it."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(row)
    if table:
        page.add_table(Table(displayName="Table1", ref=table))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def deck(
    rows: list[list[Any]], *, title: str = "", points: int = 1, book: bytes | None = None, tint: int = -1
) -> bytes:
    """A presentation of one chart whose caches cover *points* rows and whose data sheet holds *rows*."""
    prs = Presentation()
    slide = prs.slides.add_slide(prs.slide_layouts[6])
    data = CategoryChartData()
    data.categories = [f"c{i}" for i in range(points)]
    for number in range(len(rows[0]) - 1):
        data.add_series(f"s{number}", [1.5] * points)
    box = (Inches(1), Inches(1), Inches(6), Inches(4))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *box, data).chart
    if title:
        chart.has_title = True
        chart.chart_title.text_frame.text = title
    if tint >= 0:
        fill = chart.plots[0].series[0].points[tint].format.fill
        fill.solid()
        fill.fore_color.rgb = __import__("pptx.dml.color", fromlist=["RGBColor"]).RGBColor(0xC0, 0, 0)
    out = chart.part.chart_workbook
    out.update_from_xlsx_blob(book or workbook(rows))
    stream = io.BytesIO()
    prs.save(stream)
    return stream.getvalue()


def compiled(data: bytes) -> tuple[Package, Program | None, dict[str, Any], list[Fault]]:
    package = Package.open(data, name="deck.pptx")
    weaver, faults = Weaver(), []
    part = next(name for name in package.names() if name.startswith("ppt/charts/chart") and name.endswith(".xml"))
    found = compile_chart(package, part, weaver, faults, "slide 1, shape 'Chart 1'")
    if found is None:
        return package, None, {}, faults
    return package, weaver.program(weaver.weave(found.source)), found.meta, faults


def made(data: bytes, **names: Any) -> ChartParts:
    package, program, meta, faults = compiled(data)
    assert faults == []
    assert program is not None
    return ChartMaker(meta, package).make("".join(program.bind(FILTERS).stream(names)).encode())


def sheet_of(parts: ChartParts) -> list[list[Any]]:
    page = openpyxl.load_workbook(io.BytesIO(parts.workbook)).worksheets[0]
    return [list(row) for row in page.iter_rows(values_only=True)]
