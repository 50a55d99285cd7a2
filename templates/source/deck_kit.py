"""Shapes for the deck's slides: text boxes, tables, groups, charts, each named and with its language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deck_charts import Series, chart_xml, data_sheet
from deck_design import ACCENT, INK, MUTED, RULE, emu, fill
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
NS = f'xmlns:a="{A}"'
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Run:
    """Text with a size in points, a weight and a theme colour; None leaves what the shape inherits."""

    text: str
    size: float | None = None
    bold: bool | None = None
    colour: str | None = None

    def xml(self, lang: str) -> str:
        size = f' sz="{round(self.size * 100)}"' if self.size else ""
        weight = "" if self.bold is None else f' b="{int(self.bold)}"'
        colour = fill(self.colour) if self.colour else ""
        properties = f'lang="{lang}"{size}{weight}>{colour}</a:rPr>'
        text = self.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        # A vertical tab is a line break within the paragraph, as in PowerPoint's own text.
        return f"<a:br><a:rPr {properties}</a:br>".join(
            f"<a:r><a:rPr {properties}<a:t>{line}</a:t></a:r>" for line in text.split("\v")
        )


Para = str | Run | Sequence[Run]


@dataclass(frozen=True)
class P:
    """A paragraph of runs at a level (0 plain, 1 with a bullet), or aligned otherwise than the shape."""

    runs: Para
    level: int = 0
    align: str = ""
    line: int = 0
    before: float = 0

    def xml(self, lang: str) -> str:
        runs = [self.runs] if isinstance(self.runs, (str, Run)) else list(self.runs)
        text = "".join((Run(one) if isinstance(one, str) else one).xml(lang) for one in runs)
        at = (f' lvl="{self.level}"' if self.level else "") + (f' algn="{self.align}"' if self.align else "")
        room = f'<a:lnSpc><a:spcPct val="{self.line * 1000}"/></a:lnSpc>' if self.line else ""
        room += f'<a:spcBef><a:spcPts val="{round(self.before * 100)}"/></a:spcBef>' if self.before else ""
        properties = f"<a:pPr{at}>{room}</a:pPr>" if at or room else ""
        return f"<a:p {NS}>{properties}{text}</a:p>"


class Canvas:
    """One slide, or a group on it, to put shapes on."""

    def __init__(self, slide: Any, lang: str) -> None:
        self.slide, self.lang, self._shapes = slide, lang, slide.shapes

    def fill(self, index: int | None, name: str, *paragraphs: P | Para) -> Any:
        """Write into a placeholder (None: the title) and name it."""
        shape = self.slide.shapes.title if index is None else self._placeholder(index)
        shape.name = name
        self._write(shape, paragraphs)
        return shape

    def _placeholder(self, index: int) -> Any:
        return next(one for one in self.slide.placeholders if one.placeholder_format.idx == index)

    def drop(self, index: int) -> None:
        element = self._placeholder(index)._element
        element.getparent().remove(element)

    def _write(self, shape: Any, paragraphs: Sequence[P | Para]) -> None:
        body = shape._element.txBody
        for old in body.findall(qn("a:p")):
            body.remove(old)
        for one in paragraphs:
            body.append(parse_xml((one if isinstance(one, P) else P(one)).xml(self.lang)))

    def text(
        self,
        name: str,
        box: Box,
        *paragraphs: P | Para,
        size: float = 16,
        bold: bool = False,
        colour: str = INK,
        anchor: str = "t",
        fit: str = "noAutofit",
        line: int = 100,
        align: str = "l",
        descr: str = "",
    ) -> Any:
        """A text box of one style."""
        shape = self._shapes.add_textbox(*(emu(value) for value in box))
        shape.name = name
        if descr:
            shape._element.nvSpPr.cNvPr.set("descr", descr)
        body = shape._element.txBody
        body.remove(body.find(qn("a:bodyPr")))
        body.insert(
            0,
            parse_xml(
                f'<a:bodyPr {NS} wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:{fit}/>'
                "</a:bodyPr>"
            ),
        )
        whole = P("", align=align if align != "l" else "", line=line if line != 100 else 0)
        self._write(shape, [_styled(one, whole, size, bold, colour) for one in paragraphs])
        return shape

    def rule(self, box: Box, colour: str = RULE) -> None:
        """A thin block: a rule that needs no line style. It is decoration, and says so."""
        shape = self._shapes.add_shape(1, *(emu(value) for value in box))
        shape.name = f"Rule {shape.shape_id}"
        element = shape._element
        properties = element.spPr
        for child in list(properties)[2:]:
            properties.remove(child)
        properties.append(parse_xml(fill(colour).replace("<a:solidFill>", f"<a:solidFill {NS}>")))
        properties.append(parse_xml(f"<a:ln {NS}><a:noFill/></a:ln>"))
        style = element.find(qn("p:style"))
        if style is not None:
            element.remove(style)
        element.remove(element.txBody)
        _decorative(element.nvSpPr.cNvPr)

    def group(self, name: str, condition: str = "") -> Canvas:
        """A group of shapes, shown only where *condition* holds."""
        found = self._shapes.add_group_shape()
        found.name = name
        if condition:
            found._element.nvGrpSpPr.cNvPr.set("descr", f"{{%shape if {condition} %}}{{%shape endif %}}")
        inner = Canvas(self.slide, self.lang)
        inner._shapes = found.shapes
        return inner

    def chart(
        self,
        name: str,
        box: Box,
        series: list[Series],
        category: str,
        loop: str,
        descr: str,
        *,
        horizontal: bool,
        size: float = 14,
        gap: int = 60,
        overlap: int = 0,
    ) -> Any:
        """A native chart whose data sheet holds the tags."""
        sample = CategoryChartData()
        sample.categories = ["-"]
        for one in series:
            sample.add_series(one.header, [1])
        frame = self.slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *(emu(value) for value in box), sample)
        frame.name = name
        frame._element.nvGraphicFramePr.cNvPr.set("descr", descr)
        part = frame.chart.part
        part.chart_workbook.xlsx_part._blob = data_sheet(series, category, loop)
        part._element = parse_xml(
            chart_xml(series, category, horizontal=horizontal, size=size, gap=gap, overlap=overlap)
        )
        return frame

    def table(
        self,
        name: str,
        box: Box,
        widths: Sequence[float],
        header: Sequence[str],
        loop: str,
        row: Sequence[Para],
        *,
        height: float = 0.44,
        descr: str = "",
        right: Sequence[int] = (),
    ) -> Any:
        """A table with a header row and one row that *loop* repeats; rules instead of boxes."""
        frame = self.slide.shapes.add_table(2, len(widths), *(emu(value) for value in box))
        frame.name = name
        frame._element.nvGraphicFramePr.cNvPr.set("descr", descr)
        table = frame.table
        self._plain(table, widths, height)
        cells: list[Para] = list(row)
        cells[0] = [Run(f"{{%tr {loop} %}}"), *_runs(cells[0])]
        cells[-1] = [*_runs(cells[-1]), Run("{%tr endfor %}")]
        for at, text in enumerate(header):
            self._cell(table.cell(0, at), Run(text, 16, True, MUTED), MUTED, "r" if at in right else "l")
        for at, runs in enumerate(cells):
            self._cell(table.cell(1, at), runs, RULE, "r" if at in right else "l")
        return frame

    def static_table(
        self, name: str, box: Box, widths: Sequence[float], rows: Sequence[Sequence[str]], *, height: float, descr: str
    ) -> None:
        """A table of fixed words: a header row, and the first column bold."""
        frame = self.slide.shapes.add_table(len(rows), len(widths), *(emu(value) for value in box))
        frame.name = name
        frame._element.nvGraphicFramePr.cNvPr.set("descr", descr)
        self._plain(frame.table, widths, height)
        for down, row in enumerate(rows):
            for across, text in enumerate(row):
                run = Run(text, 16, down == 0 or across == 0, MUTED if down == 0 else INK)
                self._cell(frame.table.cell(down, across), run, RULE if down else MUTED, "l")

    def _plain(self, table: Any, widths: Sequence[float], height: float) -> None:
        properties = table._tbl.tblPr
        properties.attrib.clear()
        properties.set("firstRow", "1")
        for child in list(properties):
            properties.remove(child)
        etree.SubElement(properties, qn("a:tableStyleId")).text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
        for column, width in zip(table.columns, widths, strict=True):
            column.width = emu(width)
        for line in table.rows:
            line.height = emu(height)

    def _cell(self, cell: Any, text: Para, rule: str, align: str) -> None:
        element = cell._tc
        body = element.txBody
        for old in body.findall(qn("a:p")):
            body.remove(old)
        runs = [Run(one.text, one.size or 16, one.bold, one.colour or INK) for one in _runs(text)]
        body.append(parse_xml(P(runs, align=align if align != "l" else "").xml(self.lang)))
        old = element.find(qn("a:tcPr"))
        if old is not None:
            element.remove(old)
        margin = 274320 if align == "r" else 91440
        lines = "".join(f'<a:ln{side} w="0"><a:noFill/></a:ln{side}>' for side in "LRT")
        element.append(
            parse_xml(
                f'<a:tcPr {NS} marL="0" marR="{margin}" marT="45720" marB="45720" anchor="ctr">{lines}'
                f'<a:lnB w="9525">{fill(rule)}</a:lnB><a:noFill/></a:tcPr>'
            )
        )

    def page(self, layout_index: int = 12) -> None:
        """Put the page number over the number of slides into a placeholder of its own."""
        field = (
            f'<a:p {NS}><a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
            f'<a:rPr lang="{self.lang}"/>'
            f'<a:t>1</a:t></a:fld><a:r><a:rPr lang="{self.lang}"/><a:t> / {{{{ slide_count }}}}</a:t></a:r></a:p>'
        )
        number = max(int(one.get("id")) for one in self.slide.shapes._spTree.iter(qn("p:cNvPr"))) + 1
        self.slide.shapes._spTree.append(
            parse_xml(
                f'<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" {NS}><p:nvSpPr>'
                f'<p:cNvPr id="{number}" name="Page"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr>'
                f'<p:ph type="sldNum" sz="quarter" idx="{layout_index}"/></p:nvPr></p:nvSpPr><p:spPr/>'
                f"<p:txBody><a:bodyPr/><a:lstStyle/>{field}</p:txBody></p:sp>"
            )
        )

    def tags(self, *tags: str) -> None:
        """Slide tags, in a box above the slide that goes when the deck is made."""
        shape = self._shapes.add_textbox(emu(0), emu(-0.6), emu(13.3), emu(0.5))
        shape.name = "Slide tags"
        self._write(shape, [Run("".join(tags), 14, None, MUTED)])
        # First in the tree: its loop is known to every shape below.
        self.slide.shapes._spTree.insert(2, shape._element)

    def notes(self, *paragraphs: str) -> None:
        frame = self.slide.notes_slide.notes_text_frame
        body = frame._txBody
        for old in body.findall(qn("a:p")):
            body.remove(old)
        for one in paragraphs:
            body.append(parse_xml(P(one).xml(self.lang)))


def _styled(text: P | Para, whole: P, size: float, bold: bool, colour: str) -> P:
    """Return a paragraph with what its box gives all of them; the ink is every text's own colour."""
    one = text if isinstance(text, P) else P(text)
    shade = None if colour == INK else colour
    runs = [
        Run(run.text, run.size or size, (bold or None) if run.bold is None else run.bold, run.colour or shade)
        for run in _runs(one.runs)
    ]
    return P(runs, one.level, one.align or whole.align, one.line or whole.line, one.before)


def _runs(text: Para) -> list[Run]:
    if isinstance(text, str):
        return [Run(text)]
    return [text] if isinstance(text, Run) else list(text)


def _decorative(mark: Any) -> None:
    mark.append(
        parse_xml(
            f'<a:extLst {NS}><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}"><adec:decorative '
            'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
        )
    )


__all__ = ["ACCENT", "Box", "Canvas", "P", "Run"]
