"""Formulas worked out as Excel does, where LibreOffice differs or where only the tree can tell."""

from __future__ import annotations

from typing import Any

import pytest

from exporters.package import Package
from exporters.workbook import compile as compile_template
from exporters.workbook.formula.evaluate import build, result, unknown_functions
from exporters.workbook.formula.named import definitions, structured
from exporters.workbook.formula.parse import parse, shared
from exporters.workbook.formula.tokens import tokens
from exporters.workbook.formula.values import Area, Error, UnknownError, general
from exporters.workbook.living.caches import defined_names
from exporters.workbook.living.spans import parse as living_parse
from tests.workbook.books import formulas, rendered, template, values


class Cell:
    row, column = 3, 2


def worked_out(formula: str, *areas: Area) -> Any:
    tree = parse(formula).tree
    return result(build(tree, [lambda _, area=area: area for area in areas], lambda _: lambda __: None), Cell())


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('"a"&1.5&TRUE', "a1.5TRUE"), ('TRUE>"z"', True), ("1+1=2", True), ('SUM(1,"4",TRUE)', 6.0), ("-2^2", 4.0),
        ("2^3^2", 64.0), ("10%%", 0.001), ('IF(FALSE,1)', False), ("{1,2;3,4}", Error("#VALUE!")), ("ROUND(1.005,2)", 1.01),
        ("1/0", Error("#DIV/0!")), ('"x"*1', Error("#VALUE!")), ('LEN("😀")', 2.0), ("SUMPRODUCT({1,2},{3,4})", 11.0),
        ('IFERROR(VALUE("x"),"?")', "?"), ('TEXT(1234567.891,"#,##0.00")', "1,234,567.89"), ("0.1+0.2=0.3", True),
    ],
)  # fmt: skip
def test_values(formula: str, value: Any) -> None:
    assert worked_out(formula) == value


@pytest.mark.parametrize(
    "formula", ["TODAY()", 'INDIRECT("A1")', "SUM(名)", "OFFSET(A1,1,1)", "MATCH(1)", "T[x]", "A1:INDEX(B1,1)"]
)
def test_what_is_not_worked_out_is_known(formula: str) -> None:
    with pytest.raises(UnknownError):
        worked_out(formula, Area([[1.0]]), Area([[1.0]]))


@pytest.mark.parametrize(("number", "shown"), [
    (0.1 + 0.2, "0.3"), (1e15, "1E+15"), (1e20, "1E+20"), (1.5e21, "1.5E+21"), (0.00001, "1E-05"), (123456.0, "123456"),
    (-0.5, "-0.5"), (1 / 3, "0.333333333333333"), (0.0, "0"),
])  # fmt: skip
def test_numbers_as_text(number: float, shown: str) -> None:
    assert general(number) == shown or (number in {1e15, 1e20, 0.00001} and general(number) in {
        "1000000000000000", "100000000000000000000", "0.00001"})  # fmt: skip


def test_a_look_up_reads_its_column_once() -> None:
    class Counting(list[Any]):
        reads = 0

        def __iter__(self) -> Any:
            Counting.reads += 1
            return super().__iter__()

    area = Area([Counting(["a", "b", "c"])])
    node = build(parse('MATCH("c",A1:A3,0)').tree, [lambda _: area], lambda _: lambda __: None)
    assert [result(node, Cell()) for _ in range(50)] == [3.0] * 50
    assert Counting.reads == 1


def test_tokens_know_what_refers() -> None:
    found = [
        token.text for token in tokens("SUM('a b'!A1:B2,LOG10(C3),名!x,\"A1\",T[A1],5:6,A:B)") if token.kind == "ref"
    ]
    assert found == ["'a b'!A1:B2", "C3", "5:6", "A:B"]


def test_shared_formulas_become_their_own() -> None:
    assert shared("A1+$A1+A$1+'x y'!B2:C3+A:A+5:5", 2, 1) == "B3+$A3+B$1+'x y'!C4:D5+B:B+7:7"


def test_unknown_functions_are_named() -> None:
    assert set(unknown_functions(parse("IF(TODAY()>1,XIRR(A1,B1),名)").tree)) == {"TODAY()", "XIRR()", "名"}


def test_a_formula_for_the_office_is_left_to_it_with_a_warning() -> None:
    data = template({"一": {"A1": "{{ pack.target_count }}", "A2": "=A1+TODAY()", "A3": "=A2+1"}})
    compiled = compile_template(Package.open(data), "t.xlsx")
    assert [(one["severity"], one["where"]) for one in compiled.meta["warnings"]] == [("warning", "sheet 一, cell A2")]
    out = rendered(data)
    assert [cell.value for cell in values(out)["一"]["A"]] == [73, None, None]
    assert formulas(out).calculation.fullCalcOnLoad


def test_a_formula_that_refers_to_itself_has_no_value() -> None:
    sheet = values(rendered(template({"一": {"A1": "{{ city.short }}", "B1": "=B2", "B2": "=B1"}})))["一"]
    assert sheet["B1"].value is None


def test_values_stand_in_formulas_texts() -> None:
    data = rendered(template({"一": {"A1": '="{{ city.short }}共"&{{ 1 }}' if False else '="{{ city.short }}""x"""&"!"',
                                     "B1": "{{ city.code }}"}}))  # fmt: skip
    assert formulas(data)["一"]["A1"].value == '="广州""x"""&"!"'
    assert values(data)["一"]["A1"].value == '广州"x"!'


@pytest.mark.parametrize(
    ("formula", "cell", "value"),
    [
        ("MAX(A1:A1)", "", 0.0), ("MAX(A1)", "x", 0.0), ("SUM(A1,2)", "7", 2.0), ("SUM(A1,2)", 5.0, 7.0), ("MIN(A1)", True, 0.0),
        ("COUNT(A1)", "3", 0.0), ("COUNTA(A1)", None, 0.0), ("COUNTA(A1)", "", 1.0), ("AVERAGE(A1)", "", Error("#DIV/0!")),
        ("MEDIAN(A1:A1)", 4.0, 4.0), ("LARGE(A1,1)", "", Error("#NUM!")), ("RANK(2,A1)", 2.0, 1.0), ("OR(A1,FALSE)", "x", False),
        ("SUBTOTAL(9,A1)", "x", 0.0), ("SUM(A1)", Error("#N/A"), Error("#N/A")), ("ABS(A1)", "", Error("#VALUE!")),
    ],
)  # fmt: skip
def test_of_a_single_cell_functions_over_cells_take_numbers_alone(formula: str, cell: Any, value: Any) -> None:
    tree = parse(formula).tree
    assert result(build(tree, [lambda _: cell], lambda _: lambda __: None), Cell()) == value


def test_the_name_of_a_sheet_may_begin_with_a_digit_and_stand_without_quotes() -> None:
    """LibreOffice leaves the quotes out; numbers, ranges of rows and comparisons are read as ever."""
    found = [(one.kind, one.text) for one in tokens("SUM(2026目标!$G$5:$G$9)+2026!A1*1.5E3-2026目标!税率+2*B2<5")]
    assert found == [
        ("function", "SUM("), ("ref", "2026目标!$G$5:$G$9"), ("close", ")"), ("operator", "+"), ("ref", "2026!A1"),
        ("operator", "*"), ("number", "1.5E3"), ("operator", "-"), ("name", "2026目标!税率"), ("operator", "+"),
        ("number", "2"), ("operator", "*"), ("ref", "B2"), ("operator", "<"), ("number", "5"),
    ]  # fmt: skip


def test_names_stand_for_what_means_the_same_in_every_cell():
    names = [("Total", "SUM(S!$B$2:$B$9)"), ("moves", "S!B2"), ("bare", "$B$2"), ("of", "Total+1"), ("On", "TRUE")]
    assert definitions(names) == {"total": "SUM(S!$B$2:$B$9)", "on": "TRUE"}
    root = b'<w><definedNames><definedName name="N">S!$B$2*2</definedName></definedNames></w>'
    assert defined_names(living_parse(root)) == {"n": "(S!$B$2*2)"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("T[a b]", ("T", "a b", False)),
        ("T[[#This Row],[a]]", ("T", "a", True)),
        ("[@a]", ("", "a", True)),
        ("T[]", ("T", "", False)),
    ],
)
def test_structured_references_to_one_column(text, meant):
    assert structured(text) == meant
