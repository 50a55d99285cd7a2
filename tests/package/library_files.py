"""Sound files with much in them, as the usual libraries write them."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\x11\x22\x33")) + _chunk(b"IEND", b"")
)  # fmt: skip


@cache
def xlsxwriter_book() -> bytes:
    """Tables with totals, all kinds of rules, sparklines, notes, pictures, charts, names, outlines, a filter."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet, second = book.add_worksheet("Data 'one' x"), book.add_worksheet("二")
    odd = book.add_format({"num_format": '[Red][<0]-0.0"%";[Blue]0.00\\ _);"none";@', "font_color": "#112233"})
    sheet.write_row(0, 0, ["Place", "Value", "Share"])
    for row in range(1, 9):
        sheet.write_row(row, 0, [f"P{row}", row * 1.5, row / 10], odd)
    sheet.write_formula("E2", "=SUM(B2:B9)", value=54)
    sheet.write_array_formula("E3:E4", "{=B2:B3*2}", value=3)
    sheet.write_dynamic_array_formula("E6", "=_xlfn._xlws.SORT(B2:B4)")
    sheet.write_boolean("F1", True)
    sheet.write_formula("F2", "=1/0", value="#DIV/0!")
    sheet.write_url("F3", "https://example.org/a?b=c#d", tip="there")
    sheet.write_url("F4", "internal:'二'!A1")
    sheet.write_rich_string("F5", "a", odd, "b", "c")
    sheet.write_comment("B2", "seen", {"author": "A"})
    sheet.write_comment("B3", "seen too", {"author": "B"})
    sheet.insert_image("J1", "x.png", {"image_data": io.BytesIO(PNG)})
    sheet.insert_textbox("J20", "text")
    sheet.merge_range("H1:I2", "merged")
    sheet.autofilter("A1:C9")
    sheet.filter_column("A", "x != P1")
    sheet.data_validation("G1", {"validate": "list", "source": ["x" * 100, "y" * 100], "input_title": "t" * 32,
                                 "input_message": "m" * 255})  # fmt: skip
    sheet.conditional_format("B2:B9", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("C2:C9", {"type": "icon_set", "icon_style": "3_arrows"})
    sheet.conditional_format("B2:C9", {"type": "cell", "criteria": ">", "value": 5, "format": odd})
    sheet.conditional_format("A2:A9", {"type": "text", "criteria": "begins with", "value": "P", "format": odd})
    sheet.add_sparkline("G2", {"range": "B2:B9", "markers": True})
    sheet.set_column("A:A", 30, None, {"level": 1})
    sheet.set_column("B:XFD", 9)
    sheet.set_row(3, 40, None, {"level": 2, "collapsed": True})
    sheet.freeze_panes(1, 1)
    sheet.set_header("&C" + "h" * 200)
    sheet.set_h_pagebreaks([20, 40])
    sheet.repeat_rows(0)
    sheet.print_area("A1:C9")
    second.add_table("A1:C6", {"name": "Goals", "total_row": True, "data": [["a\nb", 1, 2]] * 4, "columns": [
        {"header": "Name\nof it", "total_string": "Total"}, {"header": "Value", "total_function": "sum"},
        {"header": "Double", "formula": "=[@Value]*2"}]})  # fmt: skip
    second.add_table("E1:F4", {"header_row": False})
    for kind in ("column", "pie", "scatter", "radar", "area", "doughnut"):
        chart = book.add_chart({"type": kind})
        for column in (1, 2) if kind not in {"pie", "doughnut"} else (1,):
            chart.add_series(
                {"categories": ["Data 'one' x", 1, 0, 8, 0], "values": ["Data 'one' x", 1, column, 8, column]}
            )
        second.insert_chart("H2", chart)
    line = book.add_chart({"type": "line"})
    line.add_series({"values": ["Data 'one' x", 1, 2, 8, 2], "y2_axis": True})
    bars = book.add_chart({"type": "column"})
    bars.add_series({"values": ["Data 'one' x", 1, 1, 8, 1]})
    bars.combine(line)
    book.add_chartsheet("Sheet of a chart").set_chart(bars)
    book.define_name("Growth", "='二'!$B$2")
    book.define_name("'二'!Local", "='二'!$B$3")
    book.add_worksheet("hidden").hide()
    second.activate()
    book.close()
    return out.getvalue()


@cache
def openpyxl_book() -> bytes:
    from datetime import date

    import openpyxl
    from openpyxl.chart import BarChart, LineChart, Reference
    from openpyxl.comments import Comment
    from openpyxl.drawing.image import Image
    from openpyxl.formatting.rule import ColorScaleRule, FormulaRule
    from openpyxl.styles import Color, Font, NamedStyle
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.table import Table

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Place", "Value", "Day"])
    for number in range(1, 8):
        sheet.append([f"P{number}", number, date(2023, 1, number)])
    sheet["E1"] = "=SUM(B2:B8)"
    sheet["E2"] = True
    sheet["E3"] = "#N/A"
    sheet["E4"].hyperlink = "https://example.org"
    sheet["A2"].comment = Comment("look", "A")
    sheet["A3"].font = Font(color=Color(theme=3, tint=0.4))
    sheet["A4"].font = Font(color=Color(indexed=64))
    sheet["B2"].number_format = '#,##0.0_);[Red]\\(#,##0.0\\);"-"??'
    book.add_named_style(NamedStyle("own"))
    sheet["A5"].style = "own"
    sheet.add_table(Table(displayName="T", ref="A1:C8"))
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.row_dimensions[3].height = 30
    sheet.column_dimensions["A"].width = 40
    sheet.column_dimensions.group("E", "G", hidden=True)
    choice = DataValidation("list", formula1="$A$2:$A$8")
    choice.add("G1:G9")
    sheet.add_data_validation(choice)
    sheet.conditional_formatting.add("B2:B8", ColorScaleRule("min", None, "FFFFFF", "max", None, "FF0000"))
    sheet.conditional_formatting.add("A2:A8", FormulaRule(formula=["$B2>3"], font=Font(bold=True)))
    sheet.add_image(Image(io.BytesIO(PNG)), "H1")
    for kind in (BarChart, LineChart):
        chart = kind()
        chart.add_data(Reference(sheet, 2, 1, 2, 8), titles_from_data=True)
        chart.set_categories(Reference(sheet, 1, 2, 1, 8))
        sheet.add_chart(chart, "J2")
    book.create_chartsheet("C").add_chart(BarChart())
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def docx_document() -> bytes:
    import docx
    from docx.enum.section import WD_SECTION
    from docx.shared import Cm

    document = docx.Document()
    document.add_heading("Targets", 0)
    document.add_paragraph("one", style="List Number")
    run = document.add_paragraph("two", style="List Bullet").add_run("bold")
    document.add_comment(run, "why?", "A", "A")
    document.add_picture(io.BytesIO(PNG), Cm(2))
    document.add_picture(io.BytesIO(PNG), Cm(2))
    table = document.add_table(4, 4, style="Table Grid")
    table.cell(0, 0).merge(table.cell(1, 1))
    table.cell(2, 0).merge(table.cell(3, 0))
    table.cell(2, 2).add_table(2, 2)
    section = document.add_section(WD_SECTION.CONTINUOUS)
    section.different_first_page_header_footer = True
    section.header.is_linked_to_previous = False
    section.header.paragraphs[0].text = "head"
    section.first_page_footer.paragraphs[0].text = "foot"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@cache
def pptx_deck() -> bytes:
    import pptx
    from pptx.chart.data import CategoryChartData, XyChartData
    from pptx.enum.chart import XL_CHART_TYPE as KINDS
    from pptx.util import Inches

    deck = pptx.Presentation()
    one = Inches(1)
    for layout in deck.slide_layouts:
        deck.slides.add_slide(layout)
    slide = deck.slides[0]
    slide.notes_slide.notes_text_frame.text = "notes"
    slide.shapes.add_picture(io.BytesIO(PNG), one, one)
    group = slide.shapes.add_group_shape()
    first, second = group.shapes.add_shape(1, one, one, one, one), group.shapes.add_shape(9, 0, 0, one, one)
    line = slide.shapes.add_connector(1, 0, 0, one, one)
    line.begin_connect(first, 0)
    line.end_connect(second, 1)
    first.click_action.target_slide = deck.slides[2]
    first.text_frame.text = "a"
    first.text_frame.paragraphs[0].runs[0].hyperlink.address = "https://example.org"
    table = deck.slides[1].shapes.add_table(4, 4, one, one, one, one).table
    table.cell(0, 0).merge(table.cell(1, 2))
    table.cell(2, 3).merge(table.cell(3, 3))
    data = CategoryChartData()
    data.categories = ["a", "b", "c"]
    data.add_series("s", (1, None, 3))
    data.add_series("t", (1.5, 2, 3))
    for kind in (KINDS.COLUMN_CLUSTERED, KINDS.LINE, KINDS.PIE, KINDS.RADAR, KINDS.AREA, KINDS.DOUGHNUT):
        deck.slides[3].shapes.add_chart(kind, one, one, one, one, data)
    points = XyChartData()
    points.add_series("s").add_data_point(1, 2)
    deck.slides[3].shapes.add_chart(KINDS.XY_SCATTER, one, one, one, one, points)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()
