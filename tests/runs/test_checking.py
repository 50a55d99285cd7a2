"""`briefpack check` on templates of all three formats: each rule told at its place, nothing told of the shipped ones."""

from __future__ import annotations

import io
import json
import re
import struct
import zlib

import pytest
from click.testing import CliRunner

from exporters.cli.app import app
from exporters.runs.checking import check

LOOP = ["{% for d in districts %}", "{{ d.name }}", "{% endfor %}"]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\x11\x22\x33")) + _chunk(b"IEND", b"")
)  # fmt: skip


def faults(folder, only, dataset=None, lang="en"):
    return check(dataset, str(folder), lang, (only,))


def told(folder, only, code, **more):
    return [(one.where, one.message) for one in faults(folder, only, **more) if one.code == code]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("templates", ["standard", "gbt9704"])
@pytest.mark.parametrize("dataset", ["guangzhou-2023", "sample-progress"])
def test_the_shipped_templates_are_clean(dataset, templates, lang):
    found = check(dataset, templates, lang, ("word", "deck", "workbook"))
    # What a box cannot hold is cut by rule, and stands in the notes: advice.
    assert [fault for fault in found if fault.code != "text-cut"] == []


def test_what_the_cache_keeps_changes_nothing_that_is_told(tmp_path):
    asked = (None, "standard", "zh", ("workbook",))
    first, again = (check(*asked, tmp_path) for _ in range(2))
    assert first == again == check(*asked)
    assert list(tmp_path.glob("*.code"))


# --- Word ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def document(tmp_path):
    import docx

    made = docx.Document()

    def save(*paragraphs: str):
        for text in paragraphs:
            made.add_paragraph(text)
        made.save(tmp_path / "briefing.docx")
        return tmp_path

    save.document = made
    return save


@pytest.mark.parametrize(
    ("paragraphs", "message"),
    [
        (["{{ city.nmae }}"], "a place has no “nmae”"),
        (["{{ ctiy.name }}"], "unknown name “ctiy”"),
        (["{{ city.name|dahs }}"], "unknown filter “dahs”"),
        (["{% if city is nice %}a{% endif %}"], "unknown test “nice”"),
        (["{% for x in pack.title %}{{ x }}{% endfor %}"], "“pack.title” is no list"),
        (["{% for x in city %}{{ x }}{% endfor %}"], "“city” is no list"),
        (["{{ pack.title|map(attribute='x')|list|length }}"], "the filter “map” takes a list; “pack.title” is none"),
        (["{{ districts.name }}"], "“name” is asked of a list"),
        (["{{ pack.title.x }}"], "“x” is asked of a plain value"),
        (["{% for d in districts %}{{ d.name }}{% endfor %}", "{{ d.name }}"], "unknown name “d”"),
        (["{% for d in districts %}", "{{ d.name }}"], "is not closed"),
        (["{{ city.name }}", "{% endfor %}"], "endfor"),
        (["{{ city.name"], "is not closed"),
        (["{% for d in districts %}", "{% if d.leader %}", "{% endfor %}", "{% endif %}"], "endfor"),
        (["{% fro d in districts %}"], "unknown tag"),
        (["{{ }}"], "the tag {{ }} is empty"),
        (["{{ city.name city }}"], "“name” and “city” stand side by side"),
    ],
)  # fmt: skip
def test_a_wrong_tag_is_an_error(document, paragraphs, message):
    found = [one for one in faults(document(*paragraphs), "word") if one.severity == "error"]
    assert found
    assert any(message in one.message for one in found), [one.message for one in found]
    assert all(re.match(r"paragraph \d", one.where) and one.file.endswith("briefing.docx") for one in found)


def test_wrong_names_are_told_beside_a_broken_structure(document):
    folder = document("{% for d in districts %}", "{{ d.nmae }} {{ pack.titel }}", "{% if d.leader %}")
    messages = [one.message for one in faults(folder, "word") if one.severity == "error"]
    assert any("not closed" in one for one in messages)
    assert {"a place has no “nmae”", "a pack has no “titel”"} <= set(messages)


@pytest.mark.parametrize(
    ("paragraphs", "count"),
    [
        ([LOOP[0], "{{ d.leader.name }}", LOOP[2]], 1),
        (["{% for d in districts %}{{ d.target.gdp_growth.text }}{% endfor %}"], 1),
        ([LOOP[0], "{% if d.leader %}{{ d.leader.name }}{% endif %}", LOOP[2]], 0),
        ([LOOP[0], "{% if d.name and d.leader %}{{ d.leader.name }}{% endif %}", LOOP[2]], 0),
        ([LOOP[0], "{% if d.name or d.leader %}{{ d.leader.name }}{% endif %}", LOOP[2]], 1),
        ([LOOP[0], "{% if not d.leader %}none{% else %}{{ d.leader.name }}{% endif %}", LOOP[2]], 0),
        ([LOOP[0], "{% if d.leader is not none %}{{ d.leader.name }}{% endif %}", LOOP[2]], 0),
        ([LOOP[0], "{% if d.leader.name %}{{ d.leader.title }}{% endif %}", LOOP[2]], 0),
        ([LOOP[0], "{% if d.name %}{{ d.leader.name }}{% endif %}", LOOP[2]], 1),
        ([LOOP[0], "{{ d.leader.name|dash }}", LOOP[2]], 0),
        ([LOOP[0], "{{ d.leader.name|default('none', true) }}", LOOP[2]], 0),
        ([LOOP[0], "{{ d.leader.name if d.leader else '-' }}", LOOP[2]], 0),
        (["{% for d in districts|selectattr('leader') %}{{ d.leader.name }}{% endfor %}"], 0),
        (["{% for d in districts if d.leader %}{{ d.leader.name }}{% endfor %}"], 0),
        (["{{ city.leader.name }}"], 1),
    ],
)  # fmt: skip
def test_a_value_that_can_be_missing_needs_an_if(document, paragraphs, count):
    assert len(told(document(*paragraphs), "word", "may-be-missing")) == count


def test_it_is_told_for_whom_a_value_is_missing(document):
    folder = document(LOOP[0], "{{ d.leader.name }}", LOOP[2])
    (found,) = [one for one in faults(folder, "word", lang="zh") if one.code == "may-be-missing"]
    assert found.where == "paragraph 2"
    assert found.message.endswith("it is missing for 番禺区, 花都区, 从化区")
    assert (found.excerpt, found.mark) == ("{{ d.leader.name }}", "{{ d.leader.name }}")
    # Where the data has it for all, nothing is told.
    assert told(document("{{ districts[0].leader.name }}"), "word", "may-be-missing")[1:] == []


def test_the_look_of_a_document(document):
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    made = document.document
    made.add_paragraph().add_run("pale").font.color.rgb = RGBColor(0xCC, 0xCC, 0xCC)
    made.add_picture(io.BytesIO(PNG))
    made.add_table(5, 2)
    made.add_paragraph("中文")
    for lang in made.styles.element.iter(qn("w:lang")):
        lang.getparent().remove(lang)
        break
    found = {one.code: one.where for one in faults(document(), "word", lang="zh")}
    assert found == {
        "low-contrast": "paragraph 1", "no-alternative-text": "paragraph 2, picture 'Picture 1'",
        "no-header-row": "table 1", "no-east-asian-font": "paragraph 3", "no-language": "document",
    }  # fmt: skip


def test_a_marked_table_a_described_picture_and_a_set_font_are_well(document):
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = document.document
    made.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
    for fonts in made.styles.element.iter(qn("w:rFonts")):
        fonts.attrib.pop(qn("w:eastAsiaTheme"), None)
    made.add_picture(io.BytesIO(PNG))
    next(made.element.body.iter(qn("wp:docPr"))).set("descr", "a dot")
    row = made.add_table(5, 2).rows[0]
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    assert faults(document("中文 {{ city.name }}"), "word", lang="zh") == []


@pytest.mark.parametrize(("row", "column", "well"), [("1", "1", False), ("0", "1", True), ("0", "0", False)])
def test_a_table_that_its_first_column_heads_needs_no_header_row(document, row, column, well):
    from docx.oxml.ns import qn

    look = document.document.add_table(5, 2)._tbl.tblPr.find(qn("w:tblLook"))
    look.set(qn("w:firstRow"), row)
    look.set(qn("w:firstColumn"), column)
    assert ("no-header-row" not in {one.code for one in faults(document(), "word")}) is well


@pytest.mark.parametrize("text", ["{ city.name }}", "｛｛ city.name ｝｝", "city.name %}", "{｛ city.name }}"])
def test_what_only_looks_like_a_tag(document, text):
    ((where, message),) = told(document("{{ city.name }}", text), "word", "stray-braces")
    assert where == "paragraph 2"
    assert message.endswith("looks like a tag and is none")


def test_braces_of_other_kinds_are_text(document):
    assert told(document('{"a": {"b": 1}}'.replace("}}", "} }"), "{{ city.name }} {x}"), "word", "stray-braces") == []


def test_a_tag_in_a_tracked_deletion(document):
    from docx.oxml import parse_xml

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    run = "<w:r><w:delText>{{ city.name }}</w:delText></w:r>"
    document.document.add_paragraph("x")._p.append(parse_xml(f'<w:del {space} w:id="3" w:author="A">{run}</w:del>'))
    assert [where for where, _ in told(document(), "word", "deleted-tag")] == ["paragraph 1"]


# --- decks -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def deck(tmp_path):
    import pptx

    made = pptx.Presentation()

    def save():
        made.save(tmp_path / "deck.pptx")
        return tmp_path

    save.deck = made
    return save


def _box(slide, text, name="Box", wide=2.0, high=0.5):
    from pptx.util import Inches

    shape = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(wide), Inches(high))
    shape.name, shape.text_frame.word_wrap, shape.text_frame.text = name, True, text
    return shape


def _chart(slide, category, value=1):
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    data = CategoryChartData()
    data.categories = [category]
    data.add_series("Growth", (value,))
    side = Inches(2)
    return slide.shapes.add_chart(XL_CHART_TYPE.PIE, side, side, side, side, data)


def test_the_slides_of_a_loop_need_a_title_and_a_chart_its_numbers(deck):
    slide = deck.deck.slides.add_slide(deck.deck.slide_layouts[6])
    _box(slide, "{%slide for d in districts %}{{ d.name }}{%slide endfor %}")
    _chart(slide, "A").name = "Growth"
    found = {one.code: (one.where, one.message) for one in faults(deck(), "deck")}
    assert found["no-title"] == ("slide 1", "the slides of this loop have no title")
    assert found["chart-not-bound"][0] == found["no-alternative-text"][0] == "slide 1, shape 'Growth'"


def test_the_tag_that_is_wrong_is_underlined_whatever_paragraph_of_the_shape_it_stands_in(deck):
    slide = deck.deck.slides.add_slide(deck.deck.slide_layouts[5])
    slide.shapes.title.text = "Districts"
    _box(slide, "{{ city.name }}\nText\n{{ city.nmae }}", wide=4)
    (fault,) = (one for one in faults(deck(), "deck") if one.severity == "error")
    assert fault.mark == "{{ city.nmae }}"


def test_names_of_decks_are_known_beside_a_broken_structure(deck):
    slide = deck.deck.slides.add_slide(deck.deck.slide_layouts[5])
    slide.shapes.title.text = "{%slide for d in districts %}{{ slide_count }} {{ slide_cuont }}"
    assert [one.message for one in faults(deck(), "deck") if one.code == "unknown-name"] == [
        "unknown name “slide_cuont”"
    ]


def test_a_value_in_a_box_of_its_own_that_an_if_stands_around(deck):
    slide = deck.deck.slides.add_slide(deck.deck.slide_layouts[5])
    slide.shapes.title.text = "{%slide for d in districts %}{{ d.name }}{%slide endfor %}"
    box = _box(slide, "{% if d.leader %}{{ d.leader.name }}{% else %}none{% endif %}")
    assert told(deck(), "deck", "may-be-missing") == []
    box.text_frame.text = "{{ d.leader.name }}"
    assert len(told(deck(), "deck", "may-be-missing")) == 1


def test_text_that_its_box_cannot_hold(deck):
    slide = deck.deck.slides.add_slide(deck.deck.slide_layouts[5])
    slide.shapes.title.text = "Districts"
    _box(slide, "{% for d in districts %}{{ d.name }}, {% endfor %}", "Names", wide=1, high=0.3)
    _box(slide, "{{ city.name }}", "City", wide=3, high=1)
    ((where, message),) = told(deck(), "deck", "text-overflow")
    assert re.search(r"slide 1 of the pack, shape '.*names'|shape 'Names'", where, re.IGNORECASE)
    assert "points of the box's" in message


def test_a_table_beyond_the_slide_and_without_header(deck):
    from pptx.util import Inches

    slide = deck.deck.slides.add_slide(deck.deck.slide_layouts[5])
    slide.shapes.title.text = "Districts"
    frame = slide.shapes.add_table(2, 1, Inches(1), Inches(5), Inches(1), Inches(1))
    frame.name, frame.table.first_row = "List", False
    frame.table.cell(0, 0).text = "Name"
    frame.table.cell(1, 0).text = "{% tr for d in districts %}{{ d.name }}{% tr endfor %}"
    found = {one.code: one.message for one in faults(deck(), "deck")}
    assert "no-header-row" in found
    assert "beyond the slide" in found["text-overflow"]


def test_contrast_and_fonts_of_a_deck(deck):
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    slide = deck.deck.slides.add_slide(deck.deck.slide_layouts[5])
    slide.shapes.title.text = "Districts"
    shape = _box(slide, "pale", "Pale")
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor(0xFF, 0xFF, 0xFF)
    run = shape.text_frame.paragraphs[0].runs[0]
    run.font.color.rgb, run.font.size = RGBColor(0x99, 0x99, 0x99), Pt(12)
    _box(slide, "中文", "Chinese")
    found = {(one.code, one.where) for one in faults(deck(), "deck")}
    assert ("low-contrast", "slide 1, shape 'Pale'") in found
    assert ("no-east-asian-font", "slide 1, shape 'Chinese'") in found


# --- workbooks -------------------------------------------------------------------------------------------------------


@pytest.fixture
def book(tmp_path):
    import openpyxl

    made = openpyxl.Workbook()

    def save():
        made.save(tmp_path / "targets.xlsx")
        return tmp_path

    save.sheet = made.active
    return save


def test_a_workbook_s_values_colours_and_charts(book):
    from openpyxl.chart import BarChart
    from openpyxl.styles import Font, PatternFill

    sheet = book.sheet
    sheet["A1"], sheet["B1"] = "{% for d in districts %}{{ d.name }}", "{{ d.leader.name }}{% endfor %}"
    sheet["D1"] = "pale"
    sheet["D1"].font, sheet["D1"].fill = Font(color="FF888888"), PatternFill("solid", fgColor="FF999999")
    sheet.add_chart(BarChart(), "F2")
    found = {one.code: one.where for one in faults(book(), "workbook")}
    assert found["may-be-missing"] == "sheet Sheet, cell B1"
    assert found["low-contrast"] == "sheet Sheet, cell D1"
    assert found["no-alternative-text"] == found["chart-not-bound"] == "sheet Sheet, chart 'Chart 1'"


def test_a_blank_in_a_list_says_that_nothing_is_known(book):
    from openpyxl.worksheet.table import Table

    sheet = book.sheet
    sheet.append(["Name", "Leader"])
    sheet.append(["{% for d in districts %}{{ d.name }}", "{{ d.leader.name }}{% endfor %}"])
    sheet.add_table(Table(displayName="Leaders", ref="A1:B2"))
    assert faults(book(), "workbook") == []


def test_a_number_that_its_column_cannot_show(book):
    from openpyxl import styles

    sheet = book.sheet
    sheet["A1"] = "{{ city.targets[0].value * 1000000 }}"
    sheet["A1"].number_format = "#,##0.00"
    sheet.column_dimensions["A"].width = 5
    ((where, message),) = told(book(), "workbook", "number-too-wide")
    assert (where, message.endswith("it will show ####")) == ("sheet Sheet of the pack, cell A1", True)
    sheet["A1"].alignment = styles.Alignment(shrink_to_fit=True)
    assert not told(book(), "workbook", "number-too-wide")


def test_a_formula_that_comes_to_an_error(book):
    book.sheet.append(["{{ pack.title }}", "=1/0", "=NA()"])
    ((where, message),) = told(book(), "workbook", "error-value")
    assert (where, message) == ("sheet Sheet of the pack, cell B1", "the formula comes to #DIV/0!")


def test_what_is_wrong_between_the_parts_of_the_finished_file(book):
    from openpyxl.chart import BarChart, Reference

    book.sheet["A1"] = "{{ pack.title }}"
    other = book.sheet.parent.create_sheet("Old")
    other["A1"] = 1
    chart = BarChart()
    chart.add_data(Reference(other, min_col=1, min_row=1))
    book.sheet.add_chart(chart)
    book.sheet.parent.remove(other)
    ((where, message),) = told(book(), "workbook", "formula-unknown-sheet")
    assert (where.endswith("sheet Sheet, shape 'Chart 1'"), "no sheet 'Old'" in message) == (True, True)


def test_a_chart_over_a_sheet_that_its_workbook_lacks(deck):
    slide = deck.deck.slides.add_slide(deck.deck.slide_layouts[5])
    slide.shapes.title.text = "{{ pack.title }}"
    chart = _chart(slide, "a")._element.chart_rId
    part = slide.part.related_part(chart)
    for formula in part._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/chart}f"):
        formula.text = formula.text.replace("Sheet1", "Gone")
    assert "no sheet 'Gone'" in told(deck(), "deck", "chart-unknown-sheet")[0][1]


def test_a_tag_where_none_is_filled_in(book):
    book.sheet["A1"], book.sheet["A1"].number_format = "{{ city.targets[0].value }}", '0" {{ city.short }}"'
    (found,) = told(book(), "workbook", "unfilled")
    assert found == ("xl/styles.xml", "the tag {{ city.short }} is not filled in")


def test_an_indicator_that_the_data_lacks_may_not_be_meant(book):
    book.sheet["A1"] = "{{ indicator.GPD.label }} {{ indicator.GDP.label }}"
    (fault,) = [one for one in faults(book(), "workbook") if one.code == "unknown-code"]
    assert (fault.severity, fault.hint) == ("warning", "did you mean 'GDP'?")
    assert fault.message == "the data has no indicator “GPD”: it prints nothing"


# --- the command -----------------------------------------------------------------------------------------------------


def test_warnings_end_the_command_well_unless_it_is_strict(document):
    folder = document(LOOP[0], "{{ d.leader.name }}", LOOP[2])
    arguments = ["check", "--templates", str(folder), "--only", "word", "--lang", "en"]
    run = CliRunner()
    plain, strict = run.invoke(app, arguments), run.invoke(app, [*arguments, "--strict"])
    assert (plain.exit_code, strict.exit_code) == (0, 1)
    lines = plain.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "warning: " in line)
    assert lines[at + 1].strip() == "{{ d.leader.name }}"
    assert lines[at + 2].strip() == "^" * len("{{ d.leader.name }}")
    assert lines[-1] == "1 warning"


def test_an_underline_stands_under_wide_characters(document):
    folder = document("广州 {{ pack.titel }} 与 {{ pack.date }}")
    result = CliRunner().invoke(app, ["check", "--templates", str(folder), "--only", "word"])
    lines = result.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "titel" in line and "error" not in line)
    assert lines[at + 1] == " " * (6 + 5) + "^" * len("{{ pack.titel }}")
    assert result.exit_code == 1


def test_json_and_sarif_know_three_severities(document):
    folder = document("{{ pack.titel }}", LOOP[0], "{{ d.leader.name }}", LOOP[2])
    arguments = ["check", "--templates", str(folder), "--only", "word", "--lang", "en"]
    found = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert {one["severity"] for one in found["faults"]} == {"error", "warning"}
    assert found["faults"][0]["mark"] == "{{ pack.titel }}"
    run = json.loads(CliRunner().invoke(app, [*arguments, "--sarif"]).stdout)["runs"][0]
    assert {one["level"] for one in run["results"]} <= {"error", "warning", "note"}
    assert run["results"][0]["properties"] == {"excerpt": "{{ pack.titel }}", "tag": "{{ pack.titel }}"}
