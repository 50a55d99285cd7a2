"""The checker on sound files, and on files with one defect each."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from package_samples import damaged, deck, rebuilt, word, workbook

from exporters.package import Package, lint

DOC = "word/document.xml"
SLIDE = "ppt/slides/slide1.xml"
DECK = "ppt/presentation.xml"
CHART = "ppt/charts/"
SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
TABLE = "xl/tables/table1.xml"
STYLES = "xl/styles.xml"
MAKERS = {"docx": word, "pptx": deck, "xlsx": workbook}


def chart_part() -> str:
    return next(name for name in Package.open(deck()).names() if name.startswith(CHART) and name.endswith(".xml"))


@pytest.mark.parametrize("kind", MAKERS)
def test_a_sound_file_has_no_fault(kind: str) -> None:
    assert lint(MAKERS[kind](), f"good.{kind}") == []


WORD_DEFECTS = [
    ("cell-without-paragraph", DOC, r"(<w:tc>.*?</w:tcPr>)<w:p(?: [^>]*)?/>", r"\1"),
    ("row-without-cells", DOC, r"(<w:tr\b[^>]*>).*?</w:tr>", r"\1</w:tr>"),
    ("ragged-table", DOC, r"<w:tc>.*?</w:tc>", ""),
    ("ragged-table", DOC, r"<w:tcW ([^>]*)/>", r'<w:tcW \1/><w:gridSpan w:val="2"/>'),
    ("ragged-table", DOC, r"<w:gridCol [^>]*/>", ""),
    ("table-without-grid", DOC, r"<w:tblGrid>.*?</w:tblGrid>", ""),
    ("merge-without-start", DOC, r"<w:tcW ([^>]*)/>", r"<w:tcW \1/><w:vMerge/>"),
    ("duplicate-bookmark-id", DOC, r'(bookmark\w+) w:id="8"', r'\1 w:id="7"'),
    ("duplicate-bookmark-name", DOC, r'w:name="two"', 'w:name="_TOC1"'),
    ("bookmark-unbalanced", DOC, r'<w:bookmarkEnd w:id="8"/>', ""),
    ("bad-bookmark-name", DOC, r'w:name="two"', f'w:name="{"b" * 41}"'),
    ("duplicate-control-id", DOC, r'<w:id w:val="12"/>', '<w:id w:val="11"/>'),
    ("unknown-footnote", DOC, r'<w:footnoteReference w:id="1"/>', '<w:footnoteReference w:id="5"/>'),
    ("duplicate-footnote-id", "word/footnotes.xml", r'w:id="-1"', 'w:id="1"'),
    ("unknown-comment", DOC, r"<w:footnoteReference ", '<w:commentReference w:id="3"/><w:footnoteReference '),
    ("comment-unbalanced", DOC, r"<w:tbl>", '<w:commentRangeStart w:id="3"/><w:tbl>'),
    ("field-unbalanced", DOC, r'<w:fldChar w:fldCharType="end"/>', ""),
    ("unknown-style", DOC, r'<w:pStyle w:val="Heading1"/>', '<w:pStyle w:val="Heading0"/>'),
    ("unknown-numbering", "word/styles.xml", r'<w:numId w:val="\d+"/>', '<w:numId w:val="991"/>'),
    ("unknown-anchor", DOC, r"<w:tbl>", '<w:p><w:hyperlink w:anchor="nowhere"/></w:p><w:tbl>'),
    ("unknown-relationship-id", DOC, r"<w:sectPr", '<w:p><w:hyperlink r:id="rId99"/></w:p><w:sectPr'),
    ("section-not-last", DOC, r"</w:sectPr>", "</w:sectPr><w:p/>"),
    ("undeclared-prefix", DOC, r'mc:Ignorable="', 'mc:Ignorable="w99 '),
    ("broken-xml", DOC, r"</w:body>", ""),
    ("missing-target", "word/_rels/document.xml.rels", r'Target="styles.xml"', 'Target="stiles.xml"'),
    ("duplicate-relationship-id", "word/_rels/document.xml.rels", r'Id="rId2"', 'Id="rId1"'),
    ("bad-relationship-id", "word/_rels/document.xml.rels", r'Id="rId2"', 'Id="2"'),
    ("wrong-target-type", "word/_rels/document.xml.rels", r'Target="styles.xml"', 'Target="settings.xml"'),
    ("orphan-part", "word/_rels/document.xml.rels", r"<Relationship [^>]*footnotes.xml[^>]*/>", ""),
    ("no-content-type", "[Content_Types].xml", r'<Default Extension="xml"[^>]*/>', ""),
    (
        "override-without-part",
        "[Content_Types].xml",
        r"</Types>",
        '<Override PartName="/a.xml" ContentType="x"/></Types>',
    ),
    ("duplicate-content-type", "[Content_Types].xml", r"(<Override .*?/>)", r"\1\1"),
]

DECK_DEFECTS = [
    ("bad-slide-id", DECK, r'id="256"', 'id="255"'),
    ("duplicate-slide-id", DECK, r'id="257"', 'id="256"'),
    ("slide-listed-twice", DECK, r'(<p:sldId [^>]*r:id=")(\w+)("/><p:sldId [^>]*r:id=")\w+"', r'\1\2\3\2"'),
    ("slide-not-listed", DECK, r"<p:sldId [^>]*/>", ""),
    ("bad-layout-id", "ppt/slideMasters/slideMaster1.xml", r'<p:sldLayoutId id="\d+"', '<p:sldLayoutId id="300"'),
    (
        "duplicate-layout-id",
        "ppt/slideMasters/slideMaster1.xml",
        r'<p:sldLayoutId id="(\d+)"([^>]*)/>\s*<p:sldLayoutId id="\d+"',
        r'<p:sldLayoutId id="\1"\2/><p:sldLayoutId id="\1"',
    ),
    ("layout-not-listed", "ppt/slideMasters/slideMaster1.xml", r"<p:sldLayoutId [^>]*/>", ""),
    ("no-layout", "ppt/slides/_rels/slide1.xml.rels", r"<Relationship [^>]*slideLayout[^>]*/>", ""),
    ("no-master", "ppt/slideLayouts/_rels/slideLayout1.xml.rels", r"<Relationship [^>]*slideMaster[^>]*/>", ""),
    ("no-notes-master", "ppt/notesSlides/_rels/notesSlide1.xml.rels", r"<Relationship [^>]*notesMaster[^>]*/>", ""),
    ("shared-notes", "ppt/slides/_rels/slide2.xml.rels", r"notesSlide2\.xml", "notesSlide1.xml"),
    ("notes-of-another-slide", "ppt/notesSlides/_rels/notesSlide1.xml.rels", r"slide1\.xml", "slide2.xml"),
    ("duplicate-shape-id", SLIDE, r'<p:cNvPr id="\d+" name="Chart', '<p:cNvPr id="2" name="Chart'),
    ("ragged-table", SLIDE, r"<a:tc>.*?</a:tc>", ""),
    ("bad-cell-span", SLIDE, r' hMerge="1"', ""),
    ("cell-without-text", SLIDE, r"<a:tc>\s*<a:txBody>.*?</a:txBody>", "<a:tc>"),
    ("text-without-paragraph", SLIDE, r"<a:p>\s*<a:r>.*?</a:p>", ""),
    ("unknown-relationship-id", SLIDE, r'(<c:chart [^>]*r:id=")\w+"', r'\1rId77"'),
    ("unknown-axis", "chart", r'(</c:ser><c:.*?|</c:ser>.*?)<c:axId val="-?\d+"/>', r'\1<c:axId val="5"/>'),
    ("unknown-axis", "chart", r'<c:crossAx val="-?\d+"/>', '<c:crossAx val="5"/>'),
    ("cache-index", "chart", r'<c:ptCount val="2"/>', '<c:ptCount val="1"/>'),
    ("cache-index", "chart", r'<c:pt idx="1">', '<c:pt idx="0">'),
    ("cache-count", "chart", r'<c:ptCount val="2"/>', ""),
    ("duplicate-series-idx", "chart", r'<c:idx val="1"/>', '<c:idx val="0"/>'),
    ("duplicate-series-order", "chart", r'<c:order val="1"/>', '<c:order val="0"/>'),
    ("formula-parentheses", "chart", r"<c:f>", "<c:f>("),
    ("chart-unknown-sheet", "chart", r"<c:f>Sheet1!", "<c:f>Sheet9!"),
    ("chart-cache-differs", "chart", r"<c:v>6</c:v>", "<c:v>6.5</c:v>"),
    ("chart-cache-differs", "chart", r"<c:v>Rate</c:v>", "<c:v>Rates</c:v>"),
    ("chart-cache-size", "chart", r"\$A\$3</c:f>", "$A$4</c:f>"),
]

BOOK_DEFECTS = [
    ("table-header", TABLE, r'name="Value"', 'name="Worth"'),
    ("overlapping-tables", "xl/tables/table2.xml", r'ref="A8:B9"', 'ref="A4:B5"'),
    ("duplicate-table-name", "xl/tables/table2.xml", r'displayName="Other"', 'displayName="TARGETS"'),
    ("bad-table-name", TABLE, r'displayName="Targets"', 'displayName="A1"'),
    ("duplicate-table-id", "xl/tables/table2.xml", r' id="2"', ' id="1"'),
    ("table-columns", TABLE, r"<tableColumn [^>]*/></tableColumns>", "</tableColumns>"),
    ("table-without-rows", TABLE, r'ref="A1:C4"', 'ref="A1:C1"'),
    ("bad-range", TABLE, r'ref="A1:C4"', 'ref="A1:C1048577"'),
    ("table-filter", TABLE, r'(<autoFilter ref=)"A1:C4"', r'\1"A1:C3"'),
    ("merge-in-table", SHEET, r'ref="E1:F2"', 'ref="C2:D2"'),
    ("overlapping-merges", SHEET, r'ref="E4:F5"', 'ref="F2:G3"'),
    ("bad-range", SHEET, r'ref="E4:F5"', 'ref="E4"'),
    ("style-index", SHEET, r'<c r="B2" s="1"', '<c r="B2" s="99"'),
    ("style-index", STYLES, r'fontId="1"', 'fontId="9"'),
    ("dxf-index", SHEET, r'dxfId="0"', 'dxfId="3"'),
    ("shared-string-index", SHEET, r'<c r="A1" t="inlineStr">.*?</c>', '<c r="A1" t="s"><v>0</v></c>'),
    ("bad-number", SHEET, r'(<c r="B3"[^>]*><v>)7', r"\g<1>NaN"),
    ("validation-too-long", SHEET, r'"a,b,c"', '"' + "a," * 130 + '"'),
    ("duplicate-sheet-name", BOOK, r'name="Second"', 'name="THIRD"'),
    ("bad-sheet-name", BOOK, r'name="Third"', f'name="{"t" * 32}"'),
    ("bad-sheet-name", BOOK, r'name="Third"', 'name="Th:rd"'),
    ("duplicate-sheet-id", BOOK, r'sheetId="2"', 'sheetId="1"'),
    ("no-visible-sheet", BOOK, r'state="visible"', 'state="hidden"'),
    ("bad-active-tab", BOOK, r'activeTab="0"', 'activeTab="3"'),
    ("bad-active-tab", BOOK, r'activeTab="0"', 'activeTab="2"'),
    ("duplicate-defined-name", BOOK, r'name="Growth"', 'name="RATE"'),
    ("bad-defined-name", BOOK, r'name="Growth"', 'name="B2"'),
    ("bad-name-scope", BOOK, r'name="Growth"', 'name="Growth" localSheetId="8"'),
    ("formula-unknown-sheet", BOOK, r"目标!\$B\$3", "Nowhere!$B$3"),
    ("calc-chain", "xl/calcChain.xml", r'r="C2"', 'r="A2"'),
    ("cell-order", SHEET, r'<c r="B3"', '<c r="D3"'),
    ("cell-order", SHEET, r'<c r="B3"', '<c r="B4"'),
    ("duplicate-cell", SHEET, r'(<c r="B3".*?</c>)', r"\1\1"),
    ("row-order", SHEET, r'<row r="2"', '<row r="1"'),
    ("bad-cell-address", SHEET, r'<c r="B3"', '<c r="3B"'),
    ("formula-parentheses", SHEET, r"SUM\(B2:B3\)", "SUM(B2:B3"),
    ("formula-parentheses", SHEET, r"SUM\(B2:B3\)", "SUM(B2:B3))"),
    ("formula-quotes", SHEET, r"B2\*2", 'B2&amp;"x'),
    ("formula-operator", SHEET, r"B2\*2", "B2*"),
    ("formula-operator", SHEET, r"B2\*2", "B2*/2"),
    ("formula-separator", SHEET, r"SUM\(B2:B3\)", "SUM(B2;B3)"),
    ("formula-full-width", SHEET, r"SUM\(B2:B3\)", "SUM（B2,B3)"),
    ("formula-lost-reference", SHEET, r"B2\*2", "#REF!*2"),
    ("formula-unknown-table", SHEET, r"B2\*2", "SUM(Goals[Value])"),
    ("formula-unknown-column", SHEET, r"B2\*2", "SUM(Targets[Worth])"),
    ("formula-unknown-sheet", "xl/worksheets/sheet2.xml", r"'[^']*'!B2", "'目的'!B2"),
    ("formula-prefix", SHEET, r"B2\*2", "XLOOKUP(A2,A1:A4,B1:B4)"),
    ("formula-equals-sign", SHEET, r"B2\*2", "=B2*2"),
    ("formula-empty", SHEET, r"<f>B2\*2</f>", "<f></f>"),
]


def _codes(data: bytes) -> set[str]:
    return {fault.code for fault in lint(data, "damaged")}


def _name(defect: tuple[str, ...]) -> str:
    return f"{defect[0]}-{defect[3]!s:.20}"


@pytest.mark.parametrize("defect", WORD_DEFECTS, ids=_name)
def test_a_damaged_document_is_told(defect: tuple[str, str, str, str]) -> None:
    code, part, pattern, new = defect
    assert code in _codes(damaged(word(), part, pattern, new, count=2 if code == "duplicate-bookmark-id" else 1))


@pytest.mark.parametrize("defect", DECK_DEFECTS, ids=_name)
def test_a_damaged_deck_is_told(defect: tuple[str, str, str, str]) -> None:
    code, part, pattern, new = defect
    assert code in _codes(damaged(deck(), chart_part() if part == "chart" else part, pattern, new))


@pytest.mark.parametrize("defect", BOOK_DEFECTS, ids=_name)
def test_a_damaged_workbook_is_told(defect: tuple[str, str, str, str]) -> None:
    code, part, pattern, new = defect
    count = 2 if code == "no-visible-sheet" else 1
    assert code in _codes(damaged(workbook(), part, pattern, new, count=count))


def test_a_fault_names_file_part_and_place() -> None:
    (fault,) = lint(damaged(workbook(), SHEET, r"B2\*2", "B2*"), "targets.xlsx")
    assert str(fault) == f"targets.xlsx, part {SHEET}, sheet 目标, cell C2: the formula ends with an operator"


def test_an_embedded_workbook_is_checked_too() -> None:
    name = next(name for name in Package.open(deck()).names() if name.endswith(".xlsx"))
    inside = Package.open(deck()).read(name)
    broken = damaged(inside, SHEET, r'<row r="1"', '<row r="9"')
    faults = lint(rebuilt(deck(), changed={name: broken}), "deck.pptx")
    assert "row-order" in {fault.code for fault in faults}
    assert faults[0].file == f"deck.pptx!{name}"


def test_an_orphan_can_be_allowed() -> None:
    data = rebuilt(word(), changed={"word/spare.xml": b"<spare/>"})
    assert _codes(data) == {"orphan-part"}
    assert lint(data, allowed_orphans=frozenset({"word/spare.xml"})) == []


def test_a_removed_part_is_missed() -> None:
    assert {"missing-target", "override-without-part"} <= _codes(rebuilt(word(), removed=("word/styles.xml",)))


def test_what_the_guard_refuses_is_told_as_faults() -> None:
    (fault,) = lint(b"no zip at all", "notes.docx")
    assert fault.code == "not-a-package"
    assert fault.file == "notes.docx"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(MAKERS)), st.data())
def test_odd_attribute_values_never_end_in_a_traceback(kind: str, data: st.DataObject) -> None:
    package = Package.open(MAKERS[kind]())
    part = data.draw(st.sampled_from([name for name in package.names() if name.endswith((".xml", ".rels"))]))
    text = package.read(part).decode()
    values = list(re.finditer(r'="([^"]*)"', text))
    chosen = data.draw(st.sampled_from(values))
    odd = data.draw(
        st.sampled_from(["", "-1", "x", "99999999999999999999", "\u5e7f\u5dde", "A1:", "../..", "/", "1.5"])
    )
    changed = text[: chosen.start(1)] + odd + text[chosen.end(1) :]
    lint(rebuilt(MAKERS[kind](), changed={part: changed.encode()}))
