"""Text of a finished document that does not fit, and colours that come from the theme: what `briefpack check` sees."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.shared import Mm, Pt

from exporters.package import Package
from exporters.package.themes import with_lightness
from exporters.runs.rules import contrast
from exporters.word import outline, overflows

LONG = "聚焦万亿制造计划，全力做大工业投资，重点引进行业领军企业，推动设立一批区域总部、研发中心和生产基地，并建成投产"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def saved(document: Any) -> Package:
    out = io.BytesIO()
    document.save(out)
    return Package.open(out.getvalue(), name="a.docx")


def told(document: Any) -> list[tuple[str, str]]:
    return [(fault.where, fault.message) for fault in overflows(saved(document))]


def table(text: str, *, height: float = 0, rule: Any = None, wide: float = 30, rows: int = 1) -> Any:
    document = Document()
    made = document.add_table(rows, 1)
    for row in made.rows:
        row.cells[0].width = Mm(wide)
        row.cells[0].text = text
        if height:
            row.height, row.height_rule = Pt(height), rule
    return document


def test_a_row_of_exact_height_cuts_what_it_cannot_hold() -> None:
    document = table(LONG, height=20, rule=WD_ROW_HEIGHT_RULE.EXACTLY, rows=3)
    [(where, message)] = told(document)
    assert where == "table 1, row 1, cell 1 of the pack"
    assert re.match(r"“聚焦万亿制造.*…” needs \d+ points of the row's exact height of 20; so on 2 more", message)


@pytest.mark.parametrize(
    "document",
    [
        table(LONG, height=20, rule=WD_ROW_HEIGHT_RULE.AT_LEAST),
        table(LONG, height=200, rule=WD_ROW_HEIGHT_RULE.EXACTLY),
        table("短", height=20, rule=WD_ROW_HEIGHT_RULE.EXACTLY),
        table("12,345.6", wide=30),
        table(LONG, wide=12),
    ],
)
def test_what_fits_or_may_grow_is_not_told(document: Any) -> None:
    assert told(document) == []


def test_a_number_wider_than_its_cell_is_told() -> None:
    [(where, message)] = told(table("123,456,789.0", wide=14))
    assert where == "table 1, row 1, cell 1 of the pack"
    assert message == "the number 123,456,789.0 is wider than its cell and will be broken"


@pytest.mark.parametrize(("text", "body", "found"), [
    (LONG, "", True), ("短", "", False), (LONG, "<a:spAutoFit/>", False), (LONG, "<a:normAutofit/>", True)])  # fmt: skip
def test_a_text_box_of_a_fixed_size(text: str, body: str, found: bool) -> None:
    document = Document()
    document.add_paragraph()._p.append(parse_xml(
        f'<w:r {NAMESPACES}><w:drawing><wp:inline><wp:extent cx="1800000" cy="360000"/><wp:docPr id="7" name="Box"/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        '<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1800000" cy="360000"/></a:xfrm></wps:spPr><wps:txbx>'
        f"<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></wps:txbx><wps:bodyPr>{body}</wps:bodyPr>"
        "</wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"))  # fmt: skip
    messages = [message for _, message in told(document)]
    assert bool(messages) == found
    assert all("points of the text box's 21" in message for message in messages)


def test_lines_lower_than_their_letters() -> None:
    document = Document()
    paragraph = document.add_paragraph("高")
    paragraph.runs[0].font.size = Pt(22)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph.paragraph_format.line_spacing = Pt(12)
    document.add_paragraph("x" * 3)
    [(where, message)] = told(document)
    assert where == "paragraph 1 of the pack"
    assert message == "“高” is 22 points high in lines of exactly 12: it is cut off"


# --- colours ----------------------------------------------------------------------------------------------------------


def coloured(attributes: str, shade: str = "") -> Package:
    document = Document()
    document.add_paragraph().add_run("text")
    out = io.BytesIO()
    document.save(out)
    source = zipfile.ZipFile(io.BytesIO(out.getvalue()))
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                run = f"<w:r><w:rPr><w:color {attributes}/>{shade}</w:rPr><w:t>text</w:t></w:r>"
                data = re.sub(rb"<w:r><w:t>text</w:t></w:r>", run.encode(), data)
            target.writestr(name, data)
    return Package.open(changed.getvalue())


@pytest.mark.parametrize(("attributes", "shade", "colour", "ground"), [
    ('w:val="FF0000"', "", "FF0000", "FFFFFF"),
    ('w:val="FF0000" w:themeColor="accent1"', "", "4F81BD", "FFFFFF"),
    ('w:val="auto" w:themeColor="background1" w:themeShade="BF"', "", "BFBFBF", "FFFFFF"),
    ('w:val="FF0000" w:themeColor="text1" w:themeTint="80"', "", "7F7F7F", "FFFFFF"),
    ('w:val="000000"', '<w:shd w:val="clear" w:fill="auto" w:themeFill="text2"/>', "000000", "1F497D"),
    ('w:val="FF0000" w:themeColor="nonsense"', "", "", "FFFFFF"),
])  # fmt: skip
def test_colours_of_the_theme(attributes: str, shade: str, colour: str, ground: str) -> None:
    [run] = outline(coloured(attributes, shade)).runs
    assert (run.colour, run.background) == (colour, ground)


def test_pale_text_of_the_theme_is_told() -> None:
    [fault] = contrast.contrasts(outline(coloured('w:val="auto" w:themeColor="background1" w:themeShade="BF"')), "zh")
    assert (fault.code, fault.where) == ("low-contrast", "paragraph 1")


def test_lightness() -> None:
    assert with_lightness("4F81BD", 1.0) == "4F81BD"
    assert with_lightness("000000", 0.5, 0.5) == "808080"
    assert with_lightness("FFFFFF", 0.0) == "000000"
