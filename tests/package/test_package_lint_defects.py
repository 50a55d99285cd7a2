"""One defect each in files full of features: told by its code, at its place."""

from __future__ import annotations

import library_files
import pytest
from package_samples import damaged, related

from exporters.package import Package, ct, lint, rt

SHEET = "xl/worksheets/sheet1.xml"
SECOND = "xl/worksheets/sheet2.xml"
STYLES = "xl/styles.xml"
BOOK = "xl/workbook.xml"
DOC = "word/document.xml"
DECK = "ppt/presentation.xml"
SLIDE = "ppt/slides/slide1.xml"
DATA = "sheet Data 'one' x"

BOOK_DEFECTS = [
    ("bad-number-format", STYLES, r"&quot;none&quot;", "&quot;none", "number format 164"),
    ("bad-number-format", STYLES, r"\[Red\]", "[Red", "number format 164"),
    ("bad-number-format", STYLES, r";@", ";@;0", "number format 164"),
    ("colour-index", STYLES, r'<color theme="1"/>', '<color theme="12"/>', ""),
    ("style-index", STYLES, r'(<cellStyleXfs.*?fontId=)"0"', r'\1"77"', "base of a style 0"),
    ("duplicate-style-name", STYLES, r"(<cellStyle [^>]*/>)", r"\1\1", ""),
    ("unknown-view", SHEET, r'workbookViewId="0"', 'workbookViewId="1"', DATA),
    ("bad-cell-address", SHEET, r'topLeftCell="B2"', 'topLeftCell="2B"', DATA),
    ("bad-range", SHEET, r'(<selection [^>]*sqref=)"B1"', r'\1"B"', DATA),
    ("bad-range", SHEET, r'<dimension ref="[^"]*"', '<dimension ref="A1:I0"', DATA),
    ("bad-size", SHEET, r'ht="39.75"', 'ht="500"', f"{DATA}, row 4"),
    ("bad-size", SHEET, r'width="30[^"]*"', 'width="256"', f"{DATA}, column 1"),
    ("bad-outline", SHEET, r'outlineLevel="2"', 'outlineLevel="9"', f"{DATA}, row 4"),
    ("column-order", SHEET, r'max="16384"', 'max="16385"', DATA),
    ("bad-page-break", SHEET, r'<brk id="20"', '<brk id="1048999"', DATA),
    ("header-too-long", SHEET, r"h{200}", "h" * 256, DATA),
    ("validation-too-long", SHEET, r"t{32}", "t" * 33, f"{DATA}, validation of G1"),
    ("validation-too-long", SHEET, r"m{255}", "m" * 256, f"{DATA}, validation of G1"),
    ("bad-range", SHEET, r'ref="E3:E4"', 'ref="E3:"', f"{DATA}, cell E3"),
    ("bad-value", SHEET, r't="b"><v>1', 't="b"><v>yes', f"{DATA}, cell F1"),
    ("bad-value", SHEET, r"<v>#DIV/0!</v>", "<v>#DIV</v>", f"{DATA}, cell F2"),
    ("empty-link", SHEET, r'(<hyperlink ref="F4") location="[^"]*"', r"\1", f"{DATA}, cell F4"),
    ("unknown-anchor", SHEET, r'location="\'?二\'?!', 'location="三!', f"{DATA}, cell F4"),
    ("link-too-long", "xl/worksheets/_rels/sheet1.xml.rels", r"a\?b=c", "a?" + "b" * 2100, f"{DATA}, cell F3"),
    ("bad-range", SHEET, r'<autoFilter ref="A1:C9"', '<autoFilter ref="A0:C9"', DATA),
    ("formula-unknown-sheet", SHEET, r"<xm:f>[^<]*!", "<xm:f>Nowhere!", f"{DATA}, sparkline"),
    ("formula-unknown-workbook", SHEET, r"<f>SUM\(B2:B9\)", "<f>SUM([1]Sheet1!B2:B9)", f"{DATA}, cell E2"),
    ("unknown-author", "xl/comments1.xml", r'authorId="1"', 'authorId="2"', f"{DATA}, note at B3"),
    ("duplicate-note", "xl/comments1.xml", r'ref="B3"', 'ref="B2"', f"{DATA}, note at B2"),
    ("notes-without-shapes", SHEET, r"<legacyDrawing [^>]*/>", "", DATA),
    ("bad-anchor", "xl/drawings/drawing1.xml", r"(<xdr:to><xdr:col>)\d+", r"\g<1>2", f"{DATA}, shape 'Picture 1'"),
    ("duplicate-shape-id", "xl/drawings/drawing1.xml", r'<xdr:cNvPr id="3"', '<xdr:cNvPr id="2"', DATA),
    ("table-header", SECOND, r'<c r="B1"[^>]*>.*?</c>', '<c r="B1"><v>7</v></c>', "sheet 二, table Goals, cell B1"),
    ("table-totals", "xl/tables/table1.xml", r'totalsRowLabel="Total"', 'totalsRowLabel="Sum"', "sheet 二, table Goals, cell A6"),
    ("filter-over-table", SECOND, r"</sheetData>", '</sheetData><autoFilter ref="A1:C3"/>', "sheet 二"),
    ("wrong-picture", "[Content_Types].xml", r'ContentType="image/png"', 'ContentType="image/gif"', "part xl/media/image1.png"),
    ("duplicate-defined-name", BOOK, r'name="Local"', 'name="Goals"', "part xl/workbook.xml"),
    ("chart-cache-differs", "xl/charts/chart1.xml", r"<c:v>1\.5</c:v>", "<c:v>1.6</c:v>", "shape 'Chart"),
]  # fmt: skip

WORD_DEFECTS = [
    ("duplicate-header", DOC, r'(<w:headerReference [^>]*w:type="default"[^>]*/>)', r"\1\1", ""),
    ("nested-link", DOC, r"(<w:r><w:t>one</w:t></w:r>)", r"<w:hyperlink><w:hyperlink>\1</w:hyperlink></w:hyperlink>", "paragraph 2 'one'"),
    ("deleted-text", DOC, r"(<w:r><w:t>one</w:t></w:r>)", r'<w:del w:id="90" w:author="A">\1</w:del>', "paragraph 2 'one'"),
    ("bad-size", DOC, r'<wp:extent cx="', '<wp:extent cx="-', "paragraph 4"),
    ("range-unbalanced", DOC, r"(<w:r><w:t>one)", r'<w:permStart w:id="5"/>\1', ""),
    ("style-circle", "word/styles.xml", r'(w:styleId="Heading1">.*?<w:basedOn w:val=)"Normal"', r'\1"Heading1"', "style Heading1"),
    ("unknown-footnote", "word/settings.xml", r"(</w:settings>)", r'<w:footnotePr><w:footnote w:id="-1"/></w:footnotePr>\1', ""),
    ("story-without-paragraph", "header", r"<w:p>.*</w:p>", "", ""),
    ("unknown-list-level", DOC, r'(<w:pStyle w:val="ListNumber"/>)', r'\1<w:numPr><w:ilvl w:val="9"/></w:numPr>', "paragraph 2 'one'"),
    ("bad-date", "docProps/core.xml", r"(<dcterms:created[^>]*>)[^<]*", r"\g<1>1 February 2023", "created"),
    ("cell-without-paragraph", DOC, r"(<w:tbl>(?:(?!<w:tbl>).)*</w:tbl>)<w:p(?: [^>]*)?/></w:tc>", r"\1</w:tc>", "table 1, row 3, cell 3"),
]  # fmt: skip

DECK_DEFECTS = [
    ("bad-link", "ppt/slides/_rels/slide1.xml.rels", r'Type="[^"]*/slide" Target="slide3.xml"', 'Type="x" Target="../presProps.xml"', "slide 1, shape 'Rectangle"),
    ("bad-cell-span", "ppt/slides/slide2.xml", r' rowSpan="2" gridSpan="3"| gridSpan="3" rowSpan="2"', ' gridSpan="3"', "slide 2, shape 'Table"),
    ("bad-cell-span", "ppt/slides/slide2.xml", r'( gridSpan=)"3"', r'\1"5"', "slide 2, shape 'Table"),
    ("unknown-shape", SLIDE, r"<a:stCxn id=\"\d+\"", '<a:stCxn id="99"', "slide 1, shape 'Connector"),
    ("layout-of-another-master", "ppt/slideMasters/_rels/slideMaster1.xml.rels", r'<Relationship [^>]*slideLayout7.xml"/>', "", "part ppt/slideLayouts/slideLayout7.xml"),
    ("master-not-listed", DECK, r"<p:sldMasterIdLst>.*?</p:sldMasterIdLst>", "", ""),
    ("no-notes-master", "ppt/_rels/presentation.xml.rels", r"<Relationship [^>]*notesMaster[^>]*/>", "", ""),
    ("shared-theme", "ppt/notesMasters/_rels/notesMaster1.xml.rels", r"theme\d.xml", "theme1.xml", "part ppt/notesMasters"),
    ("slide-in-two-sections", DECK, r"</p:presentation>", '<p14:sectionLst xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"><p14:section><p14:sldIdLst><p14:sldId id="256"/><p14:sldId id="256"/></p14:sldIdLst></p14:section></p14:sectionLst></p:presentation>', ""),
    ("duplicate-animation-id", SLIDE, r"</p:sld>", '<p:timing><p:cTn id="1"/><p:cTn id="1"/></p:timing></p:sld>', "slide 1"),
    ("chart-cache-differs", "chart", r"<c:v>1.5</c:v>", "<c:v>15</c:v>", "slide 4, shape 'Chart"),
]  # fmt: skip


def _told(data: bytes, code: str, where: str, name: str) -> None:
    assert lint(data, name), "nothing is told"
    found = [fault for fault in lint(data, name) if fault.code == code]
    assert found, [str(fault) for fault in lint(data, name)]
    assert any(where in fault.where for fault in found), [fault.where for fault in found]


def _name(defect: tuple[str, ...]) -> str:
    return f"{defect[0]}-{defect[3]!s:.20}"


@pytest.mark.parametrize("defect", BOOK_DEFECTS, ids=_name)
def test_a_damaged_workbook_is_told_at_its_place(defect):
    code, part, pattern, new, where = defect
    _told(damaged(library_files.xlsxwriter_book(), part, pattern, new), code, where, "book.xlsx")


@pytest.mark.parametrize("defect", WORD_DEFECTS, ids=_name)
def test_a_damaged_document_is_told_at_its_place(defect):
    code, part, pattern, new, where = defect
    data = library_files.docx_document()
    if part == "header":
        part = next(name for name in Package.open(data).names() if b">head<" in Package.open(data).read(name))
    _told(damaged(data, part, pattern, new), code, where, "document.docx")


@pytest.mark.parametrize("defect", DECK_DEFECTS, ids=_name)
def test_a_damaged_deck_is_told_at_its_place(defect):
    code, part, pattern, new, where = defect
    data = library_files.pptx_deck()
    if part == "chart":
        package = Package.open(data)
        part = next(name for name in package.names() if "charts/chart" in name and b"<c:v>1.5<" in package.read(name))
    _told(damaged(data, part, pattern, new), code, where, "deck.pptx")


def test_a_picture_of_nothing_and_a_second_part_of_properties():
    data = related(
        library_files.docx_document(), "", "docProps/more.xml", rt.CORE_PROPERTIES, ct.CORE_PROPERTIES, b"<a/>"
    )
    _told(data, "duplicate-properties", "part docProps/", "document.docx")
    data = related(library_files.docx_document(), DOC, "word/media/none.png", rt.IMAGE, "image/png", b"")
    _told(data, "empty-picture", "part word/media/none.png", "document.docx")


def test_own_properties_are_numbered_from_2_and_each_but_once():
    xml = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties">'
        '<property pid="1" name="a"/><property pid="3" name="b"/><property pid="3" name="B"/></Properties>'
    )
    data = related(
        library_files.pptx_deck(), "", "docProps/custom.xml", rt.CUSTOM_PROPERTIES, ct.CUSTOM_PROPERTIES, xml.encode()
    )
    messages = [fault.message for fault in lint(data, "deck.pptx")]
    assert messages == [
        "its number is 1; they start with 2",
        "two properties have the number 3",
        "two properties have the name 'b'",
    ]


def test_a_pivot_table_without_its_cache():
    xml = b'<pivotTableDefinition xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" name="P" cacheId="4"/>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotTable+xml"
    data = related(library_files.openpyxl_book(), SHEET, "xl/pivotTables/pivotTable1.xml", rt.PIVOT_TABLE, kind, xml)
    _told(data, "unknown-pivot-cache", "sheet Sheet, pivot table P", "book.xlsx")


def test_the_cells_of_a_template_s_chart_are_no_values():
    import io

    import pptx
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    deck = pptx.Presentation()
    data = CategoryChartData()
    data.categories = ["{% for t in districts %}{{ t.name }}{% endfor %}"]
    data.add_series("Growth", (1,))
    side = Inches(2)
    deck.slides.add_slide(deck.slide_layouts[6]).shapes.add_chart(XL_CHART_TYPE.PIE, side, side, side, side, data)
    out = io.BytesIO()
    deck.save(out)
    name = next(name for name in Package.open(out.getvalue()).names() if name.startswith("ppt/charts/chart"))
    changed = damaged(out.getvalue(), name, r"\{% for t in districts %\}", "")
    assert lint(changed, "deck.pptx") == []
