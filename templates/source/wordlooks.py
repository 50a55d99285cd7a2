"""How the two Word template sets look: pages, fonts, sizes, colours. Lengths are points unless named otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field

MM = 72 / 25.4


@dataclass(frozen=True)
class Face:
    """A style's characters and lines: size and exact line height, fonts, colour, weight."""

    size: float
    line: float
    latin: str
    east_asian: str
    color: str = "000000"
    bold: bool = False
    spacing: float = 0.0
    before: float = 0.0
    after: float = 0.0
    more: str = ""
    """Further XML of the paragraph properties, in schema order before w:spacing."""
    align: str = ""
    indent: str = ""
    """XML attributes of w:ind."""

    def paragraph(self) -> str:
        indent = f"<w:ind {self.indent}/>" if self.indent else ""
        align = f'<w:jc w:val="{self.align}"/>' if self.align else ""
        return (
            f'{self.more}<w:spacing w:before="{round(self.before * 20)}" w:after="{round(self.after * 20)}" '
            f'w:line="{round(self.line * 20)}" w:lineRule="exact"/>{indent}{align}'
        )

    def run(self) -> str:
        weight = "<w:b/><w:bCs/>" if self.bold else '<w:b w:val="0"/><w:bCs w:val="0"/>'
        spacing = f'<w:spacing w:val="{round(self.spacing * 20)}"/>' if self.spacing else ""
        return (
            f'<w:rFonts w:ascii="{self.latin}" w:hAnsi="{self.latin}" w:eastAsia="{self.east_asian}" '
            f'w:cs="{self.latin}"/>{weight}<w:color w:val="{self.color}"/>{spacing}'
            f'<w:sz w:val="{round(self.size * 2)}"/><w:szCs w:val="{round(self.size * 2)}"/>'
        )


@dataclass(frozen=True)
class Look:
    """One template set in one language."""

    name: str
    margins: tuple[float, float, float, float]
    """Top, right, bottom, left in mm."""
    footer_mm: float
    header: bool
    faces: dict[str, Face] = field(default_factory=dict)
    accent: str = "1F4E79"
    grey: str = "595959"
    pale: str = "EEF2F6"
    line_color: str = "BFC7D0"
    bar: str = "A9B8C9"
    first_bar: str = "1F4E79"
    reference: str = "C55A11"
    row_height: float = 20.0
    cell_padding: float = 3.0
    chart_height: float = 190.0
    chart_font: str = ""
    chart_size: float = 9.0
    contents_tab: float = 0.0

    @property
    def width(self) -> float:
        """The width of the text area of an A4 page."""
        return (210 - self.margins[1] - self.margins[3]) * MM


KEEP = "<w:keepNext/><w:keepLines/>"


def standard(lang: str) -> Look:
    """A modern report."""
    latin, ea = ("Arial", "微软雅黑") if lang == "zh" else ("Calibri", "微软雅黑")
    accent, grey, dark, line_color = "1F4E79", "595959", "222B35", "BFC7D0"

    def face(size: float, line: float, **more: object) -> Face:
        options: dict[str, object] = {"color": dark, **more}
        return Face(size, line, latin, ea, **options)  # type: ignore[arg-type]

    body, line, small, cell = 10.5, 18.0 if lang == "zh" else 16.5, 9.5, 10.0
    justify = "both" if lang == "zh" else "left"
    faces = {
        "Normal": face(body, line, after=6, align=justify),
        "Kicker": face(
            small,
            14,
            color=accent,
            bold=True,
            spacing=1.0 if lang == "zh" else 0.5,
            after=6,
            more=f'<w:pBdr><w:top w:val="single" w:sz="24" w:space="10" w:color="{accent}"/></w:pBdr>',
        ),
        "Title": face(22, 32, bold=True, after=2),
        "Subtitle": face(12, 18, color=grey, after=2),
        "Byline": face(small, 14, color=grey, after=12),
        "Heading1": face(15, 22, color=accent, bold=True, before=14, after=8, more=KEEP),
        "Heading2": face(
            12.5,
            20,
            bold=True,
            before=16,
            after=3,
            more=KEEP + f'<w:pBdr><w:top w:val="single" w:sz="4" w:space="6" w:color="{line_color}"/></w:pBdr>',
        ),
        "KeyMessage": face(body, line, after=4, indent='w:left="284" w:hanging="284"', align=justify),
        "Leader": face(small, 14, color=grey, after=5, more="<w:keepNext/>"),
        "Label": face(body, 18, bold=True, before=8, after=4, more=KEEP),
        "TableLabel": face(cell, 14, color=accent, bold=True),
        "Caption": face(small, 14, color=grey, bold=True, before=8, after=4, more=KEEP),
        "FigureCaption": face(small, 14, color=grey, bold=True, before=2, after=8),
        "Figure": face(body, 12, after=0, more="<w:keepNext/>"),
        "Note": face(small, 14, color=grey, before=4, after=8),
        "TableHead": face(cell, 14, color=accent, bold=True, more="<w:keepNext/>"),
        "TableText": face(cell, 14),
        "TableFigure": face(cell, 14, align="center"),
        "TableHeadFigure": face(cell, 14, color=accent, bold=True, align="center", more="<w:keepNext/>"),
        "TableSub": face(cell, 14, color=grey, indent='w:left="180"'),
        "KeyLabel": face(small, 14, color=grey, before=4),
        "KeyFigure": face(17 if lang == "zh" else 16, 24, color=accent, bold=True),
        "KeyNote": face(small, 14, color=grey, after=2),
        "FootnoteText": face(8.5, 12, color=grey),
        "FootnoteSeparator": face(8.5, 6.2),
        "TOCHeading": face(15, 22, color=accent, bold=True, before=12, after=4, more=KEEP),
        "TOC1": face(body, line - 2, bold=True, before=3),
        "TOC2": face(body, line - 2.5, indent='w:left="220"'),
        "Header": face(8.5, 12, color=grey),
        "Footer": face(8.5, 12, color=grey, align="right"),
        "SourceItem": face(body, line, after=4, indent='w:left="425" w:hanging="425"'),
    }
    return Look(
        "standard", (25, 23, 22, 23), 11, True, faces, accent, grey, chart_font=latin, row_height=20.0,
        chart_height=180.0,
    )  # fmt: skip


def gbt9704(lang: str) -> Look:
    """GB/T 9704-2012: A4, margins 37/26/35/28 mm, 22 lines of 28 characters, 小标宋 / 黑体 / 楷体 / 仿宋."""
    latin = "Times New Roman"
    song, fang, kai, hei = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体"
    line = 28.95
    tight = -0.25 if lang == "zh" else 0.0

    def face(size: float, height: float, ea: str = fang, **more: object) -> Face:
        options: dict[str, object] = {"spacing": tight if size == 16 else 0.0, **more}
        return Face(size, height, latin, ea, **options)  # type: ignore[arg-type]

    indent = 'w:firstLineChars="200" w:firstLine="630"' if lang == "zh" else 'w:firstLine="630"'
    body = {"indent": indent, "align": "both" if lang == "zh" else "left"}
    flush = {"align": "both" if lang == "zh" else "left"}
    faces = {
        "Normal": face(16, line, **body),
        "Kicker": face(16, line, kai, align="center"),
        "Title": face(22, 34, song, align="center", before=0, after=line / 2, bold=lang == "en"),
        "Subtitle": face(16, line, kai, align="center"),
        "Byline": face(16, line, kai, align="center", after=line / 2),
        "Heading1": face(16, line, hei, more=KEEP, bold=lang == "en", **body),
        "Heading2": face(16, line, kai, more=KEEP, bold=lang == "en", **body),
        "KeyMessage": face(16, line, **body),
        "Leader": face(16, line, more="<w:keepNext/>", **body),
        "Label": face(12, 20, hei, align="center", before=4, after=4, more=KEEP, bold=lang == "en"),
        "TableLabel": face(10.5, 15, hei, bold=lang == "en"),
        "Caption": face(12, 20, hei, align="center", before=4, after=4, more=KEEP, bold=lang == "en"),
        "FigureCaption": face(12, 20, hei, align="center", before=2, after=4, bold=lang == "en"),
        "Figure": face(12, 16, align="center", more="<w:keepNext/>"),
        "Note": face(12, 18, before=4, after=6, **flush),
        "TableHead": face(10.5, 15, hei, more="<w:keepNext/>", bold=lang == "en"),
        "TableText": face(10.5, 15),
        "TableFigure": face(10.5, 15, align="center"),
        "TableHeadFigure": face(10.5, 15, hei, align="center", more="<w:keepNext/>", bold=lang == "en"),
        "TableSub": face(10.5, 15, indent='w:left="180"'),
        "FootnoteText": face(10.5, 14),
        "FootnoteSeparator": face(10.5, 6.2),
        "TOCHeading": face(
            16,
            line,
            hei,
            align="center",
            after=line / 2,
            more="<w:keepNext/><w:keepLines/><w:pageBreakBefore/>",
            bold=lang == "en",
        ),
        "TOC1": face(16, line, hei if lang == "zh" else fang),
        "TOC2": face(16, line, indent='w:left="320"'),
        "Header": face(9, 12),
        "Footer": face(14, 14, "宋体", align="right", indent='w:right="280"'),
        "SourceItem": face(16, line, indent=indent, align="left"),
    }
    return Look(
        "gbt9704", (37, 26, 35, 28), 25.3, False, faces, "000000", "000000", "F2F2F2", "7F7F7F", "A6A6A6", "404040", "000000",
        row_height=21.0, cell_padding=3.0, chart_height=215.0, chart_font=latin, chart_size=10.5,
    )  # fmt: skip
