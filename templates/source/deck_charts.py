"""Native charts for the deck's template: the chart's XML and the small workbook behind it, tags and all."""

from __future__ import annotations

import io
from dataclasses import dataclass

from deck_design import ACCENT, GREY, INK, MUTED, RULE

from exporters.package import PackageWriter

_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True)
class Series:
    """A column of the data sheet: its header and cell as typed, and how it is drawn."""

    header: str
    cell: str
    colour: str
    label: str = ""
    """A number format for the labels at its marks; empty for none."""
    label_colour: str = INK
    line: bool = False
    named: bool = False
    """Whether its labels are its name instead of its values."""
    leader: str = ""
    """The colour of the first mark, where it is another one."""


def _fill(colour: str) -> str:
    return f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>'


def _text(size: float, colour: str, bold: bool = False, wrap: str = "square") -> str:
    fonts = '<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/>'
    style = f'<a:defRPr sz="{round(size * 100)}" b="{int(bold)}">{_fill(colour)}{fonts}</a:defRPr>'
    body = f'<a:bodyPr rot="0" vert="horz" wrap="{wrap}"/><a:lstStyle/><a:p><a:pPr>{style}</a:pPr><a:endParaRPr lang="en-GB"/></a:p>'
    return f"<c:txPr>{body}</c:txPr>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _labels(one: Series, size: float) -> str:
    position = '<c:dLblPos val="t"/>' if one.line else '<c:dLblPos val="outEnd"/>'
    code = _escaped(one.label or "General").replace('"', "&quot;")
    shown = int(bool(one.label)), int(one.named)
    if not any(shown):
        return ""
    text = _text(size, one.label_colour, one.named, wrap="none")
    return (
        f'<c:dLbls><c:numFmt formatCode="{code}" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
        f"{text}{position}"
        f'<c:showLegendKey val="0"/><c:showVal val="{shown[0] if not one.named else 0}"/><c:showCatName val="0"/>'
        f'<c:showSerName val="{shown[1]}"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    )


def _series(number: int, one: Series, category: str, size: float) -> str:
    column = chr(ord("B") + number)
    name = f'<c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>'
    name += f"{_escaped(one.header)}</c:v></c:pt></c:strCache></c:strRef></c:tx>"
    if one.line:
        shape = '<c:spPr><a:ln w="22225"><a:noFill/></a:ln></c:spPr>'
        shape += '<c:marker><c:symbol val="none"/></c:marker>'
    else:
        shape = f'<c:spPr>{_fill(one.colour)}</c:spPr><c:invertIfNegative val="0"/>'
        if one.leader:
            shape += (
                '<c:dPt><c:idx val="0"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>'
                f"<c:spPr>{_fill(one.leader)}</c:spPr></c:dPt>"
            )
    labels = _labels(one, size)
    cats = (
        '<c:cat><c:strRef><c:f>Sheet1!$A$2:$A$2</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0">'
        f"<c:v>{_escaped(category)}"
        "</c:v></c:pt></c:strCache></c:strRef></c:cat>"
    )
    values = (
        f"<c:val><c:numRef><c:f>Sheet1!${column}$2:${column}$2</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        '<c:ptCount val="1"/><c:pt idx="0"><c:v>10</c:v></c:pt></c:numCache></c:numRef></c:val>'
    )
    trend = _across(one.colour) if one.line and not one.named else ""
    smooth = '<c:smooth val="0"/>' if one.line else ""
    return f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>{name}{shape}{labels}{trend}{cats}{values}{smooth}</c:ser>'


def _across(colour: str) -> str:
    """A level drawn from edge to edge: a line of points would begin and end in the middle of the outer columns."""
    return (
        f'<c:trendline><c:spPr><a:ln w="22225" cap="rnd">{_fill(colour)}<a:prstDash val="sysDash"/></a:ln></c:spPr>'
        '<c:trendlineType val="linear"/><c:forward val="0.5"/><c:backward val="0.5"/><c:dispRSqr val="0"/>'
        '<c:dispEq val="0"/></c:trendline>'
    )


def chart_xml(
    series: list[Series], category: str, *, horizontal: bool, size: float, gap: int = 60, overlap: int = 0
) -> str:
    """Return a bar chart (with lines where a series asks for one) without legend, gridlines or value axis."""
    bars = [(n, one) for n, one in enumerate(series) if not one.line]
    lines = [(n, one) for n, one in enumerate(series) if one.line]
    direction = "bar" if horizontal else "col"
    plots = (
        f'<c:barChart><c:barDir val="{direction}"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{"".join(_series(n, one, category, size) for n, one in bars)}<c:gapWidth val="{gap}"/>'
        f'<c:overlap val="{overlap}"/><c:axId val="111111111"/><c:axId val="222222222"/></c:barChart>'
    )
    if lines:
        plots += (
            '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
            f'{"".join(_series(n, one, category, size) for n, one in lines)}<c:marker val="1"/>'
            '<c:axId val="111111111"/><c:axId val="222222222"/></c:lineChart>'
        )
    order, side, across = ("maxMin", "l", "t") if horizontal else ("minMax", "b", "l")
    axes = (
        f'<c:catAx><c:axId val="111111111"/><c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{side}"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="low"/><c:spPr><a:ln w="9525">{_fill(RULE)}</a:ln></c:spPr>'
        f'{_text(size, INK)}<c:crossAx val="222222222"/><c:crosses val="autoZero"/><c:auto val="0"/>'
        '<c:lblAlgn val="ctr"/>'
        '<c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="222222222"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        f'<c:delete val="1"/><c:axPos val="{across}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        '<c:crossAx val="111111111"/><c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
    )
    return (
        f'<c:chartSpace xmlns:c="{_CHART}" xmlns:a="{_MAIN}" xmlns:r="{_REL}"><c:date1904 val="0"/>'
        '<c:roundedCorners val="0"/>'
        f'<c:chart><c:autoTitleDeleted val="1"/><c:plotArea>{_layout(horizontal)}{plots}{axes}<c:spPr>'
        "<a:noFill/></c:spPr></c:plotArea>"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{_text(size, INK)}"
        '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _layout(horizontal: bool) -> str:
    """Leave room for labels behind the longest bar; a column chart lays itself out."""
    if not horizontal:
        return "<c:layout/>"
    places = "".join(
        f'<c:{name} val="{value}"/>' for name, value in (("x", 0.45), ("y", 0.02), ("w", 0.27), ("h", 0.96))
    )
    return (
        '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
        f"{places}</c:manualLayout></c:layout>"
    )


def data_sheet(series: list[Series], category: str, loop: str) -> bytes:
    """Return the workbook behind a chart: headers in row 1, the loop over its rows in row 2."""
    cells = [f"{{% {loop} %}}{category}", *(one.cell for one in series)]
    cells[-1] += "{% endfor %}"
    rows = [["", *(one.header for one in series)], cells]
    sheet = "".join(
        f'<row r="{number}">'
        + "".join(_cell(f"{chr(65 + at)}{number}", text) for at, text in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    package = "http://schemas.openxmlformats.org/package/2006"
    overrides = {
        "/xl/workbook.xml": f"{office}.sheet.main+xml",
        "/xl/worksheets/sheet1.xml": f"{office}.worksheet+xml",
        "/xl/styles.xml": f"{office}.styles+xml",
    }
    types = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{head}<workbook xmlns="{_SHEET}" xmlns:r="{_REL}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{_REL}/styles" '
        'Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'{head}<styleSheet xmlns="{_SHEET}"><fonts count="1"><font><sz val="11"/><name val="Arial"/>'
        '</font>'
        '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
        '<patternFill patternType="gray125"/>'
        '</fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{_SHEET}"><dimension ref="A1"/>'
        f'<sheetData>{sheet}</sheetData>'
        "</worksheet>",
    }  # fmt: skip
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        for name, text in parts.items():
            writer.add(name, text.encode())
    return out.getvalue()


def _cell(name: str, text: str) -> str:
    if not text:
        return ""
    return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'


__all__ = ["ACCENT", "GREY", "MUTED", "Series", "chart_xml", "data_sheet"]
