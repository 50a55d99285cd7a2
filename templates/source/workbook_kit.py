"""Looks of the workbook templates, and what openpyxl leaves undone in the finished file."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.chart.trendline import Trendline
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.drawing.text import Font as DrawingFont
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

INK, NIGHT, ACCENT = "1D2733", "17304A", "B3282D"
GREY, RULE, MUTED, PALE, WHITE = "8A97A6", "C9D0D8", "5B6775", "F3F4F6", "FFFFFF"
FILL_IN = "FBF6F0"
GREEN, AMBER, RED = "2E7D4F", "9A6700", "B3282D"
GREEN_PALE, AMBER_PALE, RED_PALE = "E3F1E8", "FCF0D9", "F8E3E2"


class Looks:
    """Fonts, fills and borders in one place."""

    def __init__(self, font: str) -> None:
        self.name = font

    def font(self, size: float = 10, color: str = INK, bold: bool = False) -> Font:
        return Font(name=self.name, size=size, color=color, bold=bold)

    @staticmethod
    def mark(color: str, bold: bool = False) -> Font:
        """The font of a conditional format, which may change colour and weight only."""
        return Font(color=color, bold=bold or None)


def fill(color: str) -> PatternFill:
    return PatternFill("solid", start_color=color, end_color=color)


def line(color: str = RULE, style: str = "thin") -> Side:
    return Side(style=style, color=color)


UNDER = Border(bottom=line())
UNDER_NIGHT = Border(bottom=line(NIGHT, "medium"))
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
LEFT_PLAIN = Alignment(horizontal="left", vertical="center")
INDENTED = Alignment(horizontal="left", vertical="center", indent=1)
INDENTED_WRAP = Alignment(horizontal="left", vertical="center", indent=1, wrap_text=True)
# A number that its column cannot hold is made smaller; without this Excel shows #### for it.
RIGHT = Alignment(horizontal="right", vertical="center", shrink_to_fit=True)
RIGHT_WRAP = Alignment(horizontal="right", vertical="center", wrap_text=True)
CENTER = Alignment(horizontal="center", vertical="center", wrap_text=True)
TOP_LEFT = Alignment(horizontal="left", vertical="top", wrap_text=True)


def page(sheet: Worksheet, titles: str, header: str, footer: str, landscape: bool = True, pages: int = 0) -> None:
    """A4, one page wide and *pages* high (0: as many as it takes), with running header and footer."""
    setup = sheet.page_setup
    setup.paperSize = 9
    setup.orientation = "landscape" if landscape else "portrait"
    setup.fitToWidth, setup.fitToHeight = 1, pages
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.25
    margins.top, margins.bottom = 0.6, 0.55
    margins.header = margins.footer = 0.3
    sheet.print_options.horizontalCentered = True
    if titles:
        sheet.print_title_rows = titles
    sheet.oddHeader.left.text, sheet.oddHeader.left.size = header, 10
    sheet.oddFooter.left.text, sheet.oddFooter.left.size = sheet.title, 10
    sheet.oddFooter.right.text, sheet.oddFooter.right.size = footer, 10


def _text(size: int, color: str, font: str, bold: bool = False) -> RichText:
    face = CharacterProperties(
        sz=size * 100, b=bold, solidFill=color, latin=DrawingFont(typeface=font), ea=DrawingFont(typeface=font)
    )
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=face), endParaRPr=face)])


def ranked_columns(sheet: Worksheet, first: int, last: int, font: str, leader_first: bool) -> BarChart:
    """Columns of a sorted list (values in C from row *first*, name with value in E), the city's value (D) as a dashed line.

    The value stands under its column: above it, the line would run through one that is a little lower.
    """
    bars = BarChart()
    bars.type, bars.grouping, bars.gapWidth = "col", "clustered", 60
    bars.add_data(Reference(sheet, min_col=3, min_row=first - 1, max_row=last), titles_from_data=True)
    bars.set_categories(Reference(sheet, min_col=5, min_row=first, max_row=last))
    series = bars.series[0]
    series.graphicalProperties = GraphicalProperties(solidFill=GREY)
    if leader_first:
        leader = DataPoint(idx=0, invertIfNegative=False, spPr=GraphicalProperties(solidFill=ACCENT))
        leader.graphicalProperties.line.noFill = True
        series.data_points.append(leader)
    series.graphicalProperties.line.noFill = True
    series.invertIfNegative = False
    city = LineChart()
    city.add_data(Reference(sheet, min_col=4, min_row=first - 1, max_row=last), titles_from_data=True)
    city.set_categories(Reference(sheet, min_col=5, min_row=first, max_row=last))
    row = city.series[0]
    row.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True, w=19050))
    # Drawn from edge to edge: a line of points would begin and end in the middle of the outer columns.
    dashed = GraphicalProperties(ln=LineProperties(solidFill=NIGHT, w=19050, prstDash="dash"))
    row.trendline = Trendline(
        spPr=dashed, trendlineType="linear", forward=0.5, backward=0.5, dispRSqr=False, dispEq=False
    )
    row.marker.symbol = "none"
    row.smooth = False
    bars += city
    bars.y_axis.delete = True
    bars.y_axis.majorGridlines = None
    bars.y_axis.scaling.min = 0
    bars.y_axis.number_format = "0%"
    bars.x_axis.delete = False
    bars.x_axis.txPr = _text(10, INK, font)
    bars.x_axis.majorTickMark = "none"
    bars.x_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=RULE, w=9525))
    bars.x_axis.number_format = "General"
    bars.legend = None
    bars.layout = Layout(manualLayout=ManualLayout(layoutTarget="inner", x=0.02, y=0.06, w=0.96, h=0.74))
    bars.graphical_properties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    bars.roundedCorners = False
    return bars


def finished(data: bytes, alternatives: list[tuple[str, str]]) -> bytes:
    """Return the saved workbook with names and alternative texts on its charts, and without what openpyxl adds."""
    out = BytesIO()
    charts = iter(alternatives)
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/drawings/drawing"):
                content = _described(content.decode(), charts).encode()
            elif name == "xl/styles.xml":
                content = _ordered_fonts(content)
            elif name == "docProps/core.xml":
                content = _fixed_times(content.decode()).encode()
            target.writestr(name, content)
    return out.getvalue()


def _described(xml: str, charts) -> str:  # type: ignore[no-untyped-def]
    from lxml import etree

    root = etree.fromstring(xml.encode())
    for item in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}cNvPr"):
        name, text = next(charts)
        item.set("name", name)
        item.set("descr", text)
    return '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + etree.tostring(root, encoding="unicode")


_FONT_ORDER = [
    "b",
    "i",
    "strike",
    "condense",
    "extend",
    "outline",
    "shadow",
    "u",
    "vertAlign",
    "sz",
    "color",
    "name",
    "family",
    "charset",
    "scheme",
]
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _ordered_fonts(data: bytes) -> bytes:
    """Fonts' properties in the order of the schema (ECMA-376 part 1, 18.8.22); openpyxl writes the name first."""
    from lxml import etree

    root = etree.fromstring(data)
    for font in root.iter(f"{_MAIN}font"):
        font[:] = sorted(font, key=lambda item: _FONT_ORDER.index(item.tag.removeprefix(_MAIN)))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


def _fixed_times(xml: str) -> str:
    return re.sub(r"(<dcterms:(created|modified)[^>]*>)[^<]*", r"\g<1>2024-01-01T00:00:00Z", xml)
