"""Rows that come and go take everything with them: formulas, merges, tables, rules, names, charts, notes, breaks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table

from exporters.package import lint
from tests.workbook.books import column, formulas, parts, rendered, replaced, template, values

DISTRICTS = ["荔湾", "越秀", "海珠", "天河", "白云", "黄埔", "番禺", "花都", "南沙", "从化", "增城"]
# Eleven districts in rows 3 to 13; what stood in row 5 stands in row 15.
LOOP = {"A1": "区", "B1": "项数", "A2": "{% for d in districts %}", "A3": "{{ d.short }}", "B3": "{{ d.targets|length }}",
        "A4": "{% endfor %}", "A5": "末"}  # fmt: skip


def grown(
    cells: dict[str, Any] | None = None, finish: Any = None, more: dict[str, dict[str, Any]] | None = None
) -> bytes:
    data = rendered(template({"目标": {**LOOP, **(cells or {})}, **(more or {})}, finish))
    assert lint(data) == []
    return data


def test_formulas_grow_and_move() -> None:
    book = grown({"C1": "=SUM(B2:B4)", "B5": "=SUM(B3:B3)", "C5": "=B5/2", "D5": "=A5", "D1": "=SUM(B3)"})
    sheet = formulas(book)["目标"]
    assert sheet["C1"].value == "=SUM(B2:B12)"
    assert sheet["B13"].value == "=SUM(B2:B12)"
    assert sheet["C13"].value == "=B13/2"
    assert sheet["D1"].value == "=SUM(B2:B12)"
    assert [values(book)["目标"][at].value for at in ("C1", "B13", "C13", "D13", "D1")] == [68, 68, 34, "末", 68]


def test_formulas_in_repeated_rows_stay_in_their_row() -> None:
    book = grown({"C3": "=B3*2", "D3": "=B3/SUM(B$3:B$3)", "E3": '=IF($B3>0,"有","无")', "F3": "=$A$1&A3"})
    sheet = formulas(book)["目标"]
    assert [cell.value for cell in sheet[5]][2:] == ["=B5*2", "=B5/SUM(B$2:B$12)", '=IF($B5>0,"有","无")', "=$A$1&A5"]
    found = [cell.value for cell in values(book)["目标"][5]]
    assert found[:3] == ["天河", 15, 30]
    assert found[3] == pytest.approx(15 / 68)
    assert found[4:] == ["有", "区天河"]


def test_formulas_of_other_sheets_follow() -> None:
    more = {"总览": {"A1": "=SUM(目标!B3:B3)", "A2": "=COUNTA(目标!$A$2:$A$4)", "A3": "=INDEX(目标!B3:B3,MATCH(\"南沙\",目标!A3:A3,0))",
                   "A4": "=目标!A5", "A5": "=SUM(目标!B:B)"}}  # fmt: skip
    book = grown(more=more)
    assert column(formulas(book)["总览"], "A") == [
        "=SUM(目标!B2:B12)", "=COUNTA(目标!$A$2:$A$12)", '=INDEX(目标!B2:B12,MATCH("南沙",目标!A2:A12,0))', "=目标!A13",
        "=SUM(目标!B:B)",
    ]  # fmt: skip
    assert column(values(book)["总览"], "A") == [68, 11, 4, "末", 68]


def test_within_a_turn_of_a_loop_formulas_look_at_their_own_turn() -> None:
    book = rendered(template({"一": {
        "A1": "{% for d in covered %}", "A2": "{{ d.short }}", "B2": "=SUM(B4:B4)", "A3": "{% for t in d.targets %}",
        "A4": "{{ t.label }}", "B4": 1, "C4": "=B4/B2", "A5": "{% endfor %}", "A6": "小计", "B6": "=SUM(B3:B5)",
        "A7": "{% endfor %}", "A8": "总计", "B8": "=SUM(B6)",
    }}))  # fmt: skip
    sheet, shown = formulas(book)["一"], values(book)["一"]
    assert [shown[f"A{row}"].value for row in (1, 9, 10, 29)] == ["越秀", "小计", "海珠", "小计"]
    assert sheet["B1"].value == "=SUM(B2:B8)"
    assert sheet["C2"].value == "=B2/B1"
    assert sheet["B9"].value == "=SUM(B2:B8)"
    assert sheet["B10"].value == "=SUM(B11:B28)"
    assert shown["B1"].value == shown["B9"].value == 7
    assert shown["C2"].value == pytest.approx(1 / 7)
    assert sheet[f"B{shown.max_row}"].value.startswith("=SUM(B9,B29,B46,")
    assert shown[f"B{shown.max_row}"].value == 55
    assert lint(book) == []


def test_a_turn_whose_inner_loop_ran_over_nothing_keeps_an_empty_row_for_its_formulas() -> None:
    book = rendered(template({"目标": {
        "A1": "{% for d in districts %}{{ d.short }}",
        "A2": "{% for t in d.targets %}{{ t.label }}", "B2": "{{ t.value }}{% endfor %}",
        "A3": "{% if d.leader %}", "A4": "半", "B4": "=COUNT(B2:B2)/2", "A5": "{% endif %}",
        "A6": "计", "B6": "=SUM(B2:B2)", "C6": "=COUNT(B2:B2)", "D6": "{% endfor %}",
        "A7": "共", "B7": "=SUM(B2:B2)",
    }}))  # fmt: skip
    assert lint(book) == []
    rows = [[cell.value for cell in row[:3]] for row in values(book)["目标"].iter_rows()]
    assert rows[:6] == [
        ["荔湾", None, None], ["地区生产总值", 6.5, None], ["固定资产投资", 20, None],
        ["工业增加值占地区生产总值比重", 30, None], ["半", 1.5, None], ["计", 56.5, 3],
    ]  # fmt: skip
    at = [row[0] for row in rows].index("番禺")
    assert rows[at + 1 : at + 4] == [[None, None, None], ["计", 0, 0], ["花都", None, None]]
    assert rows[-1][1] == sum(row[1] for row in rows if row[0] == "计")


def test_merges_move_and_repeat() -> None:
    def finish(book: Any) -> None:
        for area in ("A5:C5", "C3:D3", "E3:E5"):
            book["目标"].merge_cells(area)

    areas = sorted(map(str, formulas(grown(finish=finish))["目标"].merged_cells.ranges))
    assert "A13:C13" in areas
    assert [area for area in areas if area.startswith("C")] == sorted(f"C{row}:D{row}" for row in range(2, 13))
    assert "E2:E13" in areas


def test_tables_grow_with_their_filter() -> None:
    def finish(book: Any) -> None:
        book["目标"].add_table(Table(displayName="districts", ref="A1:B4"))

    table = formulas(grown(finish=finish))["目标"].tables["districts"]
    assert (table.ref, table.autoFilter.ref) == ("A1:B12", "A1:B12")


def test_a_table_without_rows_keeps_an_empty_one() -> None:
    def finish(book: Any) -> None:
        book["一"].add_table(Table(displayName="none", ref="A1:B2"))

    data = rendered(template({"一": {"A1": "甲", "B1": "乙", "A2": "{% for t in observed %}{{ t.key }}",
                                     "B2": "{{ t.text }}{% endfor %}", "A3": "=COUNTA(A2:A2)"}}, finish))  # fmt: skip
    assert lint(data) == []
    sheet = values(data)["一"]
    assert formulas(data)["一"].tables["none"].ref == "A1:B2"
    assert (sheet["A2"].value, sheet["A3"].value) == (None, 0)


def test_rules_move_with_their_formulas() -> None:
    def finish(book: Any) -> None:
        sheet = book["目标"]
        red = PatternFill(bgColor="FFFF0000")
        sheet.conditional_formatting.add("B3", FormulaRule(formula=["AND($B3>0,$A3<>$A$5)"], fill=red))
        sheet.conditional_formatting.add("A5:B5", FormulaRule(formula=["$A5=B$1"], fill=red))
        rule = DataValidation(type="list", formula1="$A$3:$A$3")
        rule.add("B3:B5")
        sheet.add_data_validation(rule)
        sheet["A5"].hyperlink = "#目标!A3"

    sheet = formulas(grown(finish=finish))["目标"]
    rules = {str(area.sqref): area.rules[0].formula for area in sheet.conditional_formatting}
    assert rules == {"B2:B12": ["AND($B2>0,$A2<>$A$13)"], "A13:B13": ["$A13=B$1"]}
    validation = sheet.data_validations.dataValidation[0]
    assert (str(validation.sqref), validation.formula1) == ("B2:B13", "$A$2:$A$12")
    assert sheet["A13"].hyperlink is not None


def test_names_print_ranges_and_breaks_move() -> None:
    def finish(book: Any) -> None:
        sheet = book["目标"]
        book.defined_names["区名"] = DefinedName("区名", attr_text="目标!$A$3:$A$3")
        sheet.print_area = "A1:B5"
        sheet.print_title_rows = "1:1"
        sheet.row_breaks.append(Break(id=5))
        sheet.freeze_panes = "A2"

    data = grown({"C1": "=COUNTA(区名)"}, finish=finish)
    book = formulas(data)
    assert book.defined_names["区名"].attr_text == "目标!$A$2:$A$12"
    assert book["目标"].print_area.replace("'", "") == "目标!$A$1:$B$13"
    assert book["目标"].print_title_rows == "$1:$1"
    assert [item.id for item in book["目标"].row_breaks.brk] == [13]
    assert book["目标"].freeze_panes == "A2"


def test_formulas_over_names_and_tables_hold_their_values() -> None:
    def finish(book: Any) -> None:
        named = {
            "total": "SUM(目标!$B$2:$B$2)",
            "rate": "0.5",
            "first": "目标!$B$2",
            "col": "T[项数]",
            "moves": "目标!B2",
            "a": "a+1",
        }
        book.defined_names |= {name: DefinedName(name, attr_text=text) for name, text in named.items()}
        book["目标"].add_table(Table(displayName="T", ref="A1:C2"))

    cells = {
        "A1": "区", "B1": "项数", "C1": "份额", "A2": "{% for d in districts %}{{ d.short }}", "B2": "{{ d.targets|length }}",
        "C2": "=T[[#This Row],[项数]]/SUM(T[项数])", "D2": "{% endfor %}", "F1": "=first*1",
    }  # fmt: skip
    asked = ["total", "total*rate", "SUM(first)", "SUM(col)", "SUM(T[项数])", 'VLOOKUP("越秀",T[],2,0)', "moves", "a"]
    cells |= {f"B{number}": f"={text}" for number, text in enumerate(asked, 4)}
    book = rendered(template({"目标": cells}, finish))
    assert lint(book) == []
    shown = values(book)["目标"]
    assert column(shown, "B")[13:] == [68, 34, 3, 68, 68, 7, None, None]
    assert shown["C2"].value == pytest.approx(3 / 68) and shown["C12"].value == pytest.approx(6 / 68)
    assert shown["F1"].value == 3
    assert formulas(book)["目标"]["B14"].value == "=total"


def test_charts_follow_and_hold_their_values() -> None:
    def finish(book: Any) -> None:
        chart = BarChart()
        chart.title = "{{ city.short }}各区"
        chart.add_data(Reference(book["目标"], min_col=2, min_row=1, max_row=3), titles_from_data=True)
        chart.set_categories(Reference(book["目标"], min_col=1, min_row=3, max_row=3))
        book["图"].add_chart(chart, "B2")
        below = BarChart()
        below.add_data(Reference(book["目标"], min_col=2, min_row=3, max_row=3))
        book["目标"].add_chart(below, "D5")

    data = grown(finish=finish, more={"图": {"A1": "图"}})
    found = parts(data)
    charts = [found[f"xl/charts/chart{number}.xml"].decode() for number in (1, 2)]
    chart = next(text for text in charts if "广州" in text)
    assert "各区" in chart
    assert re.findall(r"<f>([^<]*)</f>", chart) == ["目标!B1", "目标!$A$2:$A$12", "目标!$B$2:$B$12"]
    assert re.findall(r"<v>([^<]*)</v>", chart) == [
        "项数",
        *DISTRICTS,
        *["3", "7", "18", "15", "4", "11", "0", "0", "4", "0", "6"],
    ]
    anchors = [
        re.findall(r"<(?:xdr:)?row>(\d+)<", found[f"xl/drawings/drawing{number}.xml"].decode()) for number in (1, 2)
    ]
    assert ["12", "1"] in ([rows[0] for rows in anchors], [rows[0] for rows in reversed(anchors)])


def test_notes_move_and_speak() -> None:
    def finish(book: Any) -> None:
        book["目标"]["A5"].comment = Comment("共{{ pack.target_count }}项", "编者")

    sheet = formulas(grown(finish=finish))["目标"]
    assert sheet["A13"].comment.text == "共73项"
    assert sheet["A5"].comment is None


SPARK = (
    '<extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:sparklineGroups '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:sparklineGroup><x14:sparklines>'
    "<x14:sparkline><xm:f>目标!B3:C3</xm:f><xm:sqref>D3</xm:sqref></x14:sparkline></x14:sparklines>"
    "</x14:sparklineGroup></x14:sparklineGroups></ext></extLst>"
)


def test_sparklines_come_once_for_each_row() -> None:
    data = template({"目标": {**LOOP, "C3": "=B3*2"}})
    data = replaced(
        data, {"xl/worksheets/sheet1.xml": lambda old: old.replace(b"</worksheet>", SPARK.encode() + b"</worksheet>")}
    )
    sheet = parts(rendered(data))["xl/worksheets/sheet1.xml"].decode()
    assert re.findall(r"<xm:f[^>]*>([^<]*)<", sheet)[:3] == ["目标!B2:C2", "目标!B3:C3", "目标!B4:C4"]
    assert len(re.findall(r"<x14:sparkline>", sheet)) == 11


def test_rows_without_content_keep_their_place() -> None:
    sheet = values(grown({"A20": "远", "B20": "=B3"}))["目标"]
    assert sheet["A28"].value == "远"


def test_row_heights_go_with_their_rows() -> None:
    def finish(book: Any) -> None:
        book["目标"].row_dimensions[5].height = 40
        book["目标"].row_dimensions[3].height = 22

    sheet = formulas(grown(finish=finish))["目标"]
    assert sheet.row_dimensions[13].height == 40
    assert {sheet.row_dimensions[row].height for row in range(2, 13)} == {22}


def test_formulas_of_a_repeated_sheet_stay_in_their_copy() -> None:
    data = rendered(template({
        "{{ d.short }}": {"A1": "{%sheet for d in covered %}", "A2": "=COUNTA(A4:A4)", "A3": "{% for t in d.targets %}",
                          "A4": "{{ t.label }}", "A5": "{% endfor %}"},
    }))  # fmt: skip
    book = values(data)
    assert {name: book[name]["A1"].value for name in book.sheetnames} == {
        "越秀": 7,
        "海珠": 18,
        "天河": 15,
        "黄埔": 11,
        "南沙": 4,
    }
    assert lint(data) == []


def test_a_repeated_sheet_takes_its_tables_and_charts_along() -> None:
    def finish(book: Any) -> None:
        sheet = book["{{ d.short }}"]
        sheet.add_table(Table(displayName="liste", ref="A2:B3"))
        chart = BarChart()
        chart.title = "{{ d.name }}"
        chart.add_data(Reference(sheet, min_col=2, min_row=2, max_row=3), titles_from_data=True)
        sheet.add_chart(chart, "D2")

    data = rendered(template({"{{ d.short }}": {
        "A1": "{%sheet for d in covered %}{{ d.name }}", "A2": "指标", "B2": "值", "A3": "{% for t in d.targets %}{{ t.label }}",
        "B3": "{{ t.number }}{% endfor %}",
    }}, finish))  # fmt: skip
    assert lint(data) == []
    book = formulas(data)
    assert [list(book[name].tables) for name in book.sheetnames] == [
        ["liste"],
        ["liste_2"],
        ["liste_3"],
        ["liste_4"],
        ["liste_5"],
    ]
    charts = [content.decode() for name, content in parts(data).items() if name.startswith("xl/charts/chart")]
    assert len(charts) == 5
    assert {re.search("越秀区|海珠区|天河区|黄埔区|南沙区", chart)[0] for chart in charts} == {
        "越秀区",
        "海珠区",
        "天河区",
        "黄埔区",
        "南沙区",
    }


def test_values_that_wait_for_later_sheets_are_there_in_the_end() -> None:
    data = rendered(template({
        "一": {"A1": "{% for d in districts %}{{ d.short }}", "B1": "=SUM(二!A1:A1)/100", "C1": "=B1*2", "D1": "{% endfor %}"},
        "二": {"A1": "{% for d in districts %}{{ d.targets|length }}", "B1": "=一!C1{% endfor %}" if False else "=A1",
               "C1": "{% endfor %}", "A2": "=SUM(一!C1:C1)"},
    }))  # fmt: skip
    book = values(data)
    assert book["一"]["B5"].value == pytest.approx(0.68)
    assert book["一"]["C11"].value == pytest.approx(1.36)
    assert book["二"]["A12"].value == pytest.approx(11 * 1.36)


def test_a_frozen_pane_keeps_what_stood_above_it() -> None:
    def finish(book: Any) -> None:
        book["一"].freeze_panes = "B4"

    sheet = formulas(rendered(template({"一": {
        "A1": "{% set first = districts[0] %}", "A2": "{{ first.short }}", "A3": "头", "A4": "{% for d in districts %}{{ d.short }}",
        "B4": "{% endfor %}",
    }}, finish)))["一"]  # fmt: skip
    assert sheet.freeze_panes == "B3"
