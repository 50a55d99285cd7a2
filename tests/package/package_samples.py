"""Sound Office files made with the usual libraries, and ways to damage one thing in them."""

from __future__ import annotations

import io
import re
from functools import cache

from exporters.package import ContentTypes, Package, PackageWriter, Relationships

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_FOOTNOTES = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:footnotes {W}>'
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:id="1"><w:p><w:r><w:t>Source</w:t></w:r></w:p></w:footnote></w:footnotes>'
)
_CALC_CHAIN = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="C2" i="1"/></calcChain>'
)


def rebuilt(
    data: bytes, *, changed: dict[str, bytes] | None = None, removed: tuple[str, ...] = (), raw: bool = True
) -> bytes:
    """Return a package with parts changed, added or removed, and all others carried along."""
    changed = dict(changed or {})
    package = Package.open(data)
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        for name in package.names():
            if name in removed:
                continue
            if name in changed:
                writer.add(name, changed.pop(name))
            elif raw:
                writer.add_raw(package.raw(name))
            else:
                writer.add(name, package.read(name))
        for name, content in changed.items():
            writer.add(name, content)
    return out.getvalue()


def damaged(data: bytes, part: str, pattern: str, new: str, count: int = 1) -> bytes:
    """Return a package in which the first *count* matches of *pattern* in *part* are replaced."""
    text = Package.open(data).read(part).decode()
    result, done = re.subn(pattern, new, text, count=count, flags=re.DOTALL)
    assert done, f"{pattern!r} does not occur in {part}: {text[:2000]}"
    return rebuilt(data, changed={part: result.encode()})


def related(data: bytes, source: str, part: str, rel_type: str, content_type: str, content: bytes) -> bytes:
    """Return a package with one more part, its relationship from *source*, and its content type."""
    from exporters.package.relationships import relative_target, rels_name

    package = Package.open(data)
    relationships, _ = package.relationships(source).adding(rel_type, relative_target(source, part))
    return rebuilt(
        data,
        changed={
            part: content,
            rels_name(source): relationships.xml(),
            "[Content_Types].xml": package.content_types.with_override(part, content_type).xml(),
        },
    )


def external(data: bytes, source: str, rel_type: str, target: str) -> bytes:
    from exporters.package.relationships import rels_name

    relationships, _ = Package.open(data).relationships(source).adding(rel_type, target, external=True)
    return rebuilt(data, changed={rels_name(source): relationships.xml()})


@cache
def word() -> bytes:
    import docx
    from docx.oxml import parse_xml

    from exporters.package import ct, rt

    document = docx.Document()
    document.core_properties.author = ""
    heading = document.add_heading("Targets", 1)
    heading._p.insert(1, parse_xml(f'<w:bookmarkStart {W} w:id="7" w:name="_Toc1"/>'))
    heading._p.append(parse_xml(f'<w:bookmarkEnd {W} w:id="7"/>'))
    second = document.add_paragraph("Second")
    second._p.insert(0, parse_xml(f'<w:bookmarkStart {W} w:id="8" w:name="two"/>'))
    second._p.append(parse_xml(f'<w:bookmarkEnd {W} w:id="8"/>'))
    for number in (11, 12):
        document.add_paragraph()._p.append(
            parse_xml(
                f'<w:sdt {W}><w:sdtPr><w:id w:val="{number}"/><w:text/></w:sdtPr>'
                "<w:sdtContent><w:r><w:t>6%</w:t></w:r></w:sdtContent></w:sdt>"
            )
        )
    field = document.add_paragraph()
    for mark in ("begin", "separate", "end"):
        field.add_run()._r.append(parse_xml(f'<w:fldChar {W} w:fldCharType="{mark}"/>'))
    document.add_paragraph("item", style="List Bullet")
    document.add_paragraph("with a note").add_run()._r.append(parse_xml(f'<w:footnoteReference {W} w:id="1"/>'))
    document.add_table(3, 4)
    out = io.BytesIO()
    document.save(out)
    return related(
        out.getvalue(),
        "word/document.xml",
        "word/footnotes.xml",
        rt.FOOTNOTES,
        ct.WORD_FOOTNOTES,
        _FOOTNOTES.encode(),
    )


@cache
def deck() -> bytes:
    import pptx
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    presentation = pptx.Presentation()
    for number in range(3):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = f"District {number}"
        data = CategoryChartData()
        data.categories = ["2022", "2023"]
        data.add_series("GDP", (4.1, 6))
        data.add_series("Rate", (1, 2))
        side = Inches(3)
        slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, side, side, side, side, data)
        table = slide.shapes.add_table(2, 3, 0, 0, side, side).table
        table.cell(0, 0).merge(table.cell(0, 1))
        slide.notes_slide.notes_text_frame.text = "note"
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


@cache
def workbook() -> bytes:
    import openpyxl
    from openpyxl.formatting.rule import CellIsRule
    from openpyxl.styles import Font, PatternFill
    from openpyxl.workbook.defined_name import DefinedName
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.table import Table

    from exporters.package import ct, rt

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "目标"
    for row in (["Place", "Value", "Double"], ["Nansha", 6, "=B2*2"], ["Panyu", 7, "=SUM(B2:B3)"], ["Sum", 1, 2]):
        sheet.append(row)
    sheet["B2"].font = Font(bold=True)
    sheet.add_table(Table(displayName="Targets", ref="A1:C4"))
    sheet.append([])
    sheet["A8"], sheet["B8"] = "Head", "Tail"
    sheet.append(["x", "y"])
    sheet.add_table(Table(displayName="Other", ref="A8:B9"))
    sheet.merge_cells("E1:F2")
    sheet.merge_cells("E4:F5")
    choice = DataValidation(type="list", formula1='"a,b,c"')
    choice.add("D2:D9")
    sheet.add_data_validation(choice)
    red = PatternFill(bgColor="FFEE1111")
    sheet.conditional_formatting.add("B2:B9", CellIsRule(operator="lessThan", formula=["5"], fill=red))
    book.create_sheet("Second")["A1"] = "='目标'!B2"
    book.create_sheet("Third").sheet_state = "hidden"
    book.defined_names["Rate"] = DefinedName("Rate", attr_text="目标!$B$2")
    book.defined_names["Growth"] = DefinedName("Growth", attr_text="目标!$B$3")
    out = io.BytesIO()
    book.save(out)
    return related(
        out.getvalue(), "xl/workbook.xml", "xl/calcChain.xml", rt.CALC_CHAIN, ct.CALC_CHAIN, _CALC_CHAIN.encode()
    )


def content_types(data: bytes) -> ContentTypes:
    return Package.open(data).content_types


def relationships(data: bytes, part: str) -> Relationships:
    return Package.open(data).relationships(part)
