"""Pieces of WordprocessingML that python-docx has no call for: fields, notes, contents, charts, exact tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

NS = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NS.items())
HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
EMU_PER_POINT = 12700


def twips(points: float) -> int:
    return round(points * 20)


@dataclass(frozen=True)
class Run:
    """Text with a character style or direct properties (XML inside w:rPr)."""

    text: str
    properties: str = ""

    def xml(self) -> str:
        rpr = f"<w:rPr>{self.properties}</w:rPr>" if self.properties else ""
        pieces = []
        for number, line in enumerate(self.text.split("\t")):
            tab = "<w:tab/>" if number else ""
            text = f'<w:t xml:space="preserve">{escape(line)}</w:t>' if line else ""
            pieces.append(tab + text)
        return f"<w:r>{rpr}{''.join(pieces)}</w:r>"


def bold(text: str) -> Run:
    return Run(text, "<w:b/>")


def styled(text: str, style: str) -> Run:
    return Run(text, f'<w:rStyle w:val="{style}"/>')


@dataclass(frozen=True)
class Raw:
    """XML of runs."""

    text: str

    def xml(self) -> str:
        return self.text


def field(code: str, result: str, properties: str = "") -> Raw:
    """A complex field with its cached result."""
    rpr = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return Raw(
        f'<w:r>{rpr}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{rpr}<w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
        f'<w:r>{rpr}<w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r>{rpr}<w:t>{escape(result)}</w:t></w:r><w:r>{rpr}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def footnote(number: int) -> Raw:
    return Raw(f'<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteReference w:id="{number}"/></w:r>')


class Bookmark:
    """Numbers bookmarks over a document."""

    def __init__(self) -> None:
        self._last = 0

    def around(self, name: str, inner: str) -> Raw:
        self._last += 1
        start = f'<w:bookmarkStart w:id="{self._last}" w:name="{name}"/>'
        return Raw(f'{start}{inner}<w:bookmarkEnd w:id="{self._last}"/>')


Content = str | Run | Raw | Sequence["str | Run | Raw"]


def runs(content: Content) -> str:
    if isinstance(content, str):
        return Run(content).xml()
    if isinstance(content, (Run, Raw)):
        return content.xml()
    return "".join(runs(one) for one in content)


def paragraph(content: Content, style: str = "", properties: str = "") -> str:
    inner = (f'<w:pStyle w:val="{style}"/>' if style else "") + properties
    ppr = f"<w:pPr>{inner}</w:pPr>" if inner else ""
    return f"<w:p>{ppr}{runs(content)}</w:p>"


@dataclass(frozen=True)
class Cell:
    content: Content
    style: str = ""
    properties: str = ""
    """XML inside w:tcPr, after the width."""
    more: str = ""
    """Further paragraphs."""


def row(
    cells: Iterable[Cell], widths: Sequence[float], height: float, *, head: bool = False, keep: bool = False
) -> str:
    """A table row; *keep* holds it on the page of what follows."""
    header = "<w:tblHeader/>" if head else ""
    made = []
    for cell, width in zip(cells, widths, strict=True):
        tcw = f'<w:tcW w:w="{twips(width)}" w:type="dxa"/>'
        body = paragraph(cell.content, cell.style, "<w:keepNext/>" if keep else "") + cell.more
        made.append(f"<w:tc><w:tcPr>{tcw}{cell.properties}</w:tcPr>{body}</w:tc>")
    trpr = f'<w:trPr><w:cantSplit/><w:trHeight w:val="{twips(height)}"/>{header}</w:trPr>'
    return f"<w:tr>{trpr}{''.join(made)}</w:tr>"


def table(rows: Iterable[str], widths: Sequence[float], style: str, description: str, *, heads: str = "row") -> str:
    """A table whose first row or column heads it; one that only arranges a page has neither."""
    row_first, column_first = heads == "row", heads == "column"
    look = 0x0600 | 0x0020 * row_first | 0x0080 * column_first
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(map(twips, widths))}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="{look:04X}" w:firstRow="{int(row_first)}" w:lastRow="0" '
        f'w:firstColumn="{int(column_first)}" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(description)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def contents(code: str, entries: Sequence[tuple[str, str, str]]) -> str:
    """A TOC field as Word writes it: (style, text, page) of each entry; the bookmarks are Word's concern."""
    made = []
    for number, (style, text, page) in enumerate(entries):
        begin = end = ""
        if number == 0:
            begin = (
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
                f'<w:r><w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
                '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            )
        if number == len(entries) - 1:
            end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        made.append(paragraph([Raw(begin), Run(f"{text}\t{page}"), Raw(end)], style))
    return "".join(made)


def add(document: Document, xml: str) -> None:
    """Append body elements before the last section's properties."""
    body = document.element.body
    root = parse_xml(f"<w:body {DECLARED}>{xml}</w:body>")
    for element in list(root):
        body.insert(len(body) - 1, element)


def add_part(document: Document, name: str, content_type: str, data: bytes, rel_type: str) -> str:
    """Add a part related to the document; return the relationship's id."""
    part = Part(PackURI(name), content_type, data, document.part.package)
    return str(document.part.relate_to(part, rel_type))


def footnotes_xml(notes: Sequence[str]) -> bytes:
    """The footnotes part: the two separators, then notes 1, 2 ... given as XML of their runs."""
    separators = "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteSeparator"/></w:pPr>'
        f"<w:r><w:{mark}/></w:r></w:p></w:footnote>"
        for kind, number, mark in (
            ("separator", -1, "separator"),
            ("continuationSeparator", 0, "continuationSeparator"),
        )
    )
    mark = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
    made = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>{mark}{runs(" ")}{note}</w:p>'
        "</w:footnote>"
        for number, note in enumerate(notes, 1)
    )
    return f"{HEADER}<w:footnotes {DECLARED}>{separators}{made}</w:footnotes>".encode()


def add_footnotes(document: Document, notes: Sequence[str]) -> None:
    add_part(document, "/word/footnotes.xml", CT.WML_FOOTNOTES, footnotes_xml(notes), RT.FOOTNOTES)


def inline_chart(rel_id: str, width: float, height: float, name: str, description: str) -> Raw:
    """A run that holds a chart in the line; width and height in points."""
    return Raw(
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{round(width * EMU_PER_POINT)}" cy="{round(height * EMU_PER_POINT)}"/>'
        '<wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr id="1" name={quoteattr(name)} descr={quoteattr(description)}/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{NS["c"]}"><c:chart r:id="{rel_id}"/></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def workbook(rows: Sequence[Sequence[Any]], widths: Sequence[float]) -> bytes:
    """The data sheet of a chart: one sheet named Sheet1."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet1"
    for line in rows:
        sheet.append(list(line))
    for number, width in enumerate(widths):
        sheet.column_dimensions["ABCDEFGH"[number]].width = width
    out = BytesIO()
    book.save(out)
    return _undated(out.getvalue())


def _undated(data: bytes) -> bytes:
    """Take openpyxl's clock times out of the core properties."""
    import re
    import zipfile

    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2023-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def add_chart(document: Document, chart_xml: str, book: bytes) -> str:
    """Add a chart part with its embedded workbook; return the relationship's id."""
    chart = Part(PackURI("/word/charts/chart1.xml"), CT.DML_CHART, b"", document.part.package)
    sheet = Part(
        PackURI("/word/embeddings/Microsoft_Excel_Sheet1.xlsx"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        book,
        document.part.package,
    )
    book_id = chart.relate_to(sheet, RT.PACKAGE)
    chart._blob = (HEADER + chart_xml.replace("BOOK_ID", book_id)).encode()
    return str(document.part.relate_to(chart, RT.CHART))
