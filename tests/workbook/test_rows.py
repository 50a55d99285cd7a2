"""Tags typed in cells: values, loops over cells, rows and sheets, conditions, and the messages for what is wrong."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from exporters.errors import TemplateError
from exporters.package import lint
from tests.workbook.books import column, formulas, parts, rendered, scope, template, values

DISTRICTS = ["荔湾", "越秀", "海珠", "天河", "白云", "黄埔", "番禺", "花都", "南沙", "从化", "增城"]


def test_a_cell_that_is_one_value_becomes_a_typed_cell() -> None:
    book = rendered(template({"一": {
        "A1": "{{ pack.target_count }}", "B1": "{{ targets[4].ratio }}", "C1": "{{ targets[0].period_start }}",
        "D1": "{{ pack.title }}", "E1": " {{ city.name }} ", "F1": "{{ comparisons[0].is_rate }}", "G1": "{{ city.code }}",
    }}))  # fmt: skip
    sheet = values(book)["一"]
    assert [cell.value for cell in sheet[1]] == [
        73, 0.06, dt.datetime(2023, 1, 1), "广州2023年高质量发展目标", "广州市", True, "440100"
    ]  # fmt: skip
    assert [cell.data_type for cell in sheet[1]] == ["n", "n", "d", "s", "s", "b", "s"]


def test_a_cell_keeps_its_own_number_format() -> None:
    data = template({"一": {"A1": "{{ targets[4].ratio }}", "B1": "{{ targets[0].period_start }}"}},
                    lambda book: setattr(book["一"]["A1"], "number_format", "0.0%"))  # fmt: skip
    sheet = values(rendered(data))["一"]
    assert sheet["A1"].number_format == "0.0%"
    assert sheet["B1"].is_date


def test_mixed_text_is_text() -> None:
    sheet = values(rendered(template({"一": {"A1": "共{{ pack.target_count }}项，{{ city.short }}"}})))["一"]
    assert sheet["A1"].value == "共73项，广州"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5%", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_text_like_a_formula_stays_text(text: str) -> None:
    quoted = text.replace('"', '\\"')
    book = rendered(template({"一": {"A1": '{{ "' + quoted + '" }}'}}))
    cell = formulas(book)["一"]["A1"]
    assert cell.value == text
    assert cell.data_type != "f"
    formats = re.findall(b"<xf [^>]*>", re.search(b"<cellXfs.*?</cellXfs>", parts(book)["xl/styles.xml"])[0])
    assert b'quotePrefix="1"' in formats[-1]
    assert not lint(book)


def test_what_is_missing_leaves_an_empty_cell() -> None:
    sheet = values(rendered(template({"一": {"A1": "{{ districts[6].leader.name }}", "B1": "末"}})))["一"]
    assert sheet["A1"].value is None
    assert sheet["B1"].value == "末"


def test_a_loop_in_one_row_repeats_the_row() -> None:
    sheet = values(rendered(template({"一": {
        "A1": "区", "A2": "{% for d in districts %}{{ d.short }}", "B2": "{{ d.code }}", "C2": "{% endfor %}", "A3": "末行",
    }})))["一"]  # fmt: skip
    assert column(sheet, "A") == ["区", *DISTRICTS, "末行"]
    assert sheet["B2"].value == "440103"


def test_a_loop_in_rows_of_its_own_repeats_the_rows_between() -> None:
    sheet = values(rendered(template({"一": {
        "A1": "{% for d in districts[:2] %}", "A2": "{{ d.short }}", "A3": "——", "A4": "{% endfor %}", "A5": "末",
    }})))["一"]  # fmt: skip
    assert column(sheet, "A") == ["荔湾", "——", "越秀", "——", "末"]


def test_a_loop_can_begin_in_one_row_and_end_in_another() -> None:
    sheet = values(rendered(template({"一": {
        "A1": "{% for d in districts[:2] %}{{ d.short }}", "A2": "{{ d.code }}{% endfor %}",
    }})))["一"]  # fmt: skip
    assert column(sheet, "A") == ["荔湾", "440103", "越秀", "440104"]


def test_loops_nest() -> None:
    sheet = values(rendered(template({"一": {
        "A1": "{% for d in covered[:2] %}", "A2": "{{ d.short }}", "A3": "{% for t in d.targets[:2] %}{{ t.label }}",
        "B3": "{{ t.text }}{% endfor %}", "A4": "{% endfor %}",
    }})))["一"]  # fmt: skip
    assert column(sheet, "A") == ["越秀", "地区生产总值", "固定资产投资", "海珠", "地区生产总值", "地区生产总值"]


def test_conditions_choose_rows() -> None:
    sheet = values(rendered(template({"一": {
        "A1": "{% for d in districts %}", "A2": '{% if d.coverage == "none" %}', "A3": "无：{{ d.short }}",
        "A4": "{% else %}", "A5": "有：{{ d.short }}", "A6": "{% endif %}", "A7": "{% endfor %}",
    }})))["一"]  # fmt: skip
    assert column(sheet, "A")[:7] == [
        "有：荔湾",
        "有：越秀",
        "有：海珠",
        "有：天河",
        "有：白云",
        "有：黄埔",
        "无：番禺",
    ]


def test_else_may_lead_a_row_with_values() -> None:
    sheet = values(rendered(template({"一": {
        "A1": '{% for d in districts %}{% if d.coverage == "none" %}{{ d.short }}', "B1": "无",
        "A2": "{% else %}{{ d.short }}", "B2": "有", "C2": "{% endif %}{% endfor %}",
    }})))["一"]  # fmt: skip
    assert column(sheet, "A") == DISTRICTS
    assert column(sheet, "B")[5:8] == ["有", "无", "无"]


def test_a_loop_within_one_cell_stays_in_it() -> None:
    text = "{% for d in districts[:3] %}{{ d.short }}{% if not loop.last %}、{% endif %}{% endfor %}"
    sheet = values(rendered(template({"一": {"A1": text, "A2": "末"}})))["一"]
    assert column(sheet, "A") == ["荔湾、越秀、海珠", "末"]


def test_notes_of_the_author_vanish() -> None:
    sheet = values(rendered(template({"一": {"A1": "{# 给编辑看 #}", "A2": "{# 也是 #}{{ city.short }}"}})))["一"]
    assert column(sheet, "A") == ["广州"]


def test_set_names_a_value_for_the_rows_below() -> None:
    sheet = values(rendered(template({"一": {"A1": "{% set d = districts[1] %}", "A2": "{{ d.short }}"}})))["一"]
    assert column(sheet, "A") == ["越秀"]


def test_tags_across_runs_keep_the_format_of_their_first_character() -> None:
    bold, red = InlineFont(b=True), InlineFont(color="FFFF0000")
    rich = CellRichText("全市", TextBlock(bold, "{{ city."), TextBlock(red, "short }}"), TextBlock(red, "！"))
    cell = formulas(rendered(template({"一": {"A1": rich}})))["一"]["A1"]
    assert str(cell.value) == "全市广州！"
    assert next((block.text, bool(block.font.b)) for block in cell.value if isinstance(block, TextBlock)) == (
        "广州",
        True,
    )


def test_the_sheet_is_repeated_with_its_name() -> None:
    book = rendered(template({
        "{{ d.short }}": {"A1": "{%sheet for d in districts[:3] %}", "A2": "{{ d.name }}", "A3": '=A2&"！"'},
        "末": {"A1": 1},
    }))  # fmt: skip
    assert values(book).sheetnames == ["荔湾", "越秀", "海珠", "末"]
    assert values(book)["越秀"]["A1"].value == "越秀区"
    assert values(book)["越秀"]["A2"].value == "越秀区！"
    assert not lint(book)


def test_a_sheet_may_be_left_out() -> None:
    book = rendered(template({
        "待核": {"A1": "{%sheet if flagged %}", "A2": "有"}, "空": {"A1": "{%sheet if not flagged %}"}, "末": {"A1": 1},
    }))  # fmt: skip
    assert values(book).sheetnames == ["待核", "末"]
    assert not lint(book)


def test_names_of_sheets_are_made_legal_and_unique() -> None:
    book = rendered(template({
        "{{ t.period }}": {"A1": "{%sheet for t in targets[:3] %}{{ t.key }}"},
        "{{ city.target.gdp_growth.comparison }}": {"A1": 1}, "{{ pack.note }}": {"A1": 2},
    }))  # fmt: skip
    names = values(book).sheetnames
    assert names[:4] == ["全年", "全年 (2)", "全年 (3)", "guangzhou|GDP|growth_yoy"]
    assert 20 < len(names[4]) <= 31
    assert not lint(book)


def test_headers_names_and_properties_are_bound() -> None:
    def finish(book):
        book["一"].oddHeader.left.text = "{{ pack.title }}"
        book["一"].oddFooter.center.text = "A&&B {{ city.short }}"
        book.properties.title = "{{ pack.title }}"
        book.properties.language = "{{ pack.locale }}"

    book = values(rendered(template({"一": {"A1": 1}}, finish)))
    assert book["一"].oddHeader.left.text == "广州2023年高质量发展目标"
    assert book.properties.title == "广州2023年高质量发展目标"
    assert book.properties.language == "zh-CN"


@pytest.mark.parametrize(
    ("cells", "code", "place"),
    [
        ({"B5": "{{ pack.titel }}"}, "unknown-name", "sheet 目标, cell B5"),
        ({"B5": "{{ pack.title"}, "unclosed-tag", "sheet 目标, cell B5"),
        ({"B5": "{% for d in districts %}{{ d.short }}"}, "unclosed", "sheet 目标, cell B5"),
        ({"C2": "{% endfor %}{{ city.short }}"}, "unopened", "sheet 目标, cell C2"),
        ({"A1": "{% if city %}{{ city.short }}", "B1": "{% endfor %}"}, "crossing", "sheet 目标, cell B1"),
        (
            {"A1": "{% if city %}{{ city.short }}", "B1": "{% else %}", "C1": "{% endif %}"},
            "crossing",
            "sheet 目标, cell B1",
        ),
        ({"D4": "{% fro d in districts %}"}, "unknown-tag", "sheet 目标, cell D4"),
        ({"A1": "{%slide for d in districts %}"}, "level", "sheet 目标, cell A1"),
        ({"A1": "=1+{{ pack.target_count }}"}, "level", "sheet 目标, cell A1"),
        ({"A1": "{{ pack.title|uper }}"}, "unknown-filter", "sheet 目标, cell A1"),
    ],
)
def test_faults_name_the_cell(cells: dict[str, str], code: str, place: str) -> None:
    with pytest.raises(TemplateError) as error:
        rendered(template({"目标": cells}))
    fault = error.value.faults[0]
    assert (fault.code, fault.where, fault.file) == (code, place, "template.xlsx")


def test_all_faults_come_at_once() -> None:
    with pytest.raises(TemplateError) as error:
        rendered(template({"一": {"A1": "{{ pack.titel }}", "A2": "{{ citty }}"}, "二": {"C3": "{{ pack.x }}"}}))
    assert [fault.where for fault in error.value.faults] == [
        "sheet 一, cell A1",
        "sheet 一, cell A2",
        "sheet 二, cell C3",
    ]


def test_no_tag_is_left_in_any_part() -> None:
    book = rendered(template({"一": {"A1": "{{ pack.title }}", "B1": "x", "A2": "{% for d in districts %}", "A3": "{{ d.short }}",
                                     "A4": "{% endfor %}"}}))  # fmt: skip
    assert [name for name, content in parts(book).items() if b"{{" in content or b"{%" in content] == []


def test_equal_input_gives_equal_bytes() -> None:
    data = template({"一": {"A1": "{% for t in targets %}{{ t.key }}", "B1": "{{ t.number }}{% endfor %}"}})
    assert rendered(data, epoch=1_700_000_000) == rendered(data, scope(), epoch=1_700_000_000)


def test_custom_properties_are_always_there() -> None:
    book = rendered(template({"一": {"A1": 1}}), properties={"briefpack": "a:1:b & c"})
    found = values(book).custom_doc_props
    assert found["briefpack"].value == "a:1:b & c"
    again = rendered(book, properties={"briefpack": "neu"})
    assert [prop.value for prop in values(again).custom_doc_props.props] == ["neu"]
