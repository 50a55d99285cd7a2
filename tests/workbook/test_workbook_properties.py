"""Laws: any text comes back equal through outside readers, numbers are exact, formulas are their text again."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from exporters.model.text import forbidden_character
from exporters.package import lint
from exporters.workbook.cellbody import Bodies
from exporters.workbook.formula.parse import parse, shared
from exporters.workbook.formula.tokens import tokens
from exporters.workbook.sheetnames import legal_name
from tests.workbook.books import formulas, rendered, scope, template, values

TEXTS = st.text(min_size=1, max_size=60).filter(lambda text: forbidden_character(text) is None)
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Titled:
    """The shipped names with other texts under ``targets``: lists of plain values are what a template can show, too."""

    def __init__(self, shown: list[object]) -> None:
        self._shown = shown

    def names(self) -> dict[str, object]:
        return {**scope().names(), "strengths": self._shown}


ONE = {"一": {"A1": "{% for w in strengths %}{{ w }}", "B1": "前{{ w }}后", "C1": '="<"&A1&">"', "D1": "{% endfor %}"}}
DATA = template(ONE)


def decoded(text: str) -> str:
    """Excel reads ``_x005F_`` as an underscore (ST_Xstring, ECMA-376 part 1, 22.9.2.19); openpyxl leaves that to us."""
    return unescape(text)


@SLOW
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_any_text_comes_back_equal(texts: list[str]) -> None:
    data = rendered(DATA, Titled(list(texts)))  # type: ignore[arg-type]
    sheet = values(data)["一"]
    for row, text in enumerate(texts, 1):
        assert decoded(sheet[f"A{row}"].value) == text
        assert decoded(sheet[f"B{row}"].value) == f"前{text}后"
        assert decoded(sheet[f"C{row}"].value) == f"<{text}>"
    assert lint(data) == []


@SLOW
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_any_text_comes_back_equal_through_calamine(texts: list[str]) -> None:
    calamine = pytest.importorskip(
        "python_calamine", reason="python-calamine is not installed (pip install python-calamine)"
    )
    data = rendered(DATA, Titled(list(texts)))  # type: ignore[arg-type]
    rows = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("一").to_python()
    assert [row[0] for row in rows] == texts
    assert [row[1] for row in rows] == [f"前{text}后" for text in texts]


@SLOW
@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=3),
                min_size=1, max_size=8))  # fmt: skip
def test_numbers_are_exact(numbers: list[Decimal]) -> None:
    sheet = values(rendered(DATA, Titled(list(numbers))))["一"]  # type: ignore[arg-type]
    assert [Decimal(str(sheet[f"A{row}"].value)) for row in range(1, len(numbers) + 1)] == numbers


@given(st.dates(min_value=dt.date(1901, 1, 1), max_value=dt.date(9999, 12, 31)))
@SLOW
def test_days_come_back(day: dt.date) -> None:
    sheet = values(rendered(DATA, Titled([day])))["一"]  # type: ignore[arg-type]
    assert sheet["A1"].value.date() == day


def test_numbers_that_a_spreadsheet_would_round_stay_text() -> None:
    sheet = values(rendered(DATA, Titled([Decimal("123456789012345678"), 12345678901234567890])))["一"]  # type: ignore[arg-type]
    assert [sheet["A1"].value, sheet["A2"].value] == ["123456789012345678", "12345678901234567890"]


def test_true_and_one_stay_apart() -> None:
    alone = template({"一": {"A1": "{% for w in strengths %}{{ w }}", "B1": "{% endfor %}"}})
    sheet = values(rendered(alone, Titled([1, True, Decimal(1), False, 0, Decimal(0)])))["一"]  # type: ignore[arg-type]
    assert [type(sheet[f"A{row}"].value) for row in range(1, 7)] == [int, bool, int, bool, int, int]


def test_a_text_beyond_the_limit_is_refused() -> None:
    from exporters.errors import TemplateError

    with pytest.raises(TemplateError) as error:
        rendered(DATA, Titled(["长" * 32_768]))  # type: ignore[arg-type]
    assert "32,767" in str(error.value)
    assert "sheet 一, cell A1" in str(error.value)


@given(st.text(max_size=80))
def test_names_of_sheets_are_always_legal(text: str) -> None:
    name = legal_name(text, {"history", "a"})
    assert 1 <= len(name.encode("utf-16-le", "surrogatepass")) // 2 <= 31
    assert not set(name) & set("\\/?*[]:")
    assert name[0] != "'" != name[-1]


def test_a_sheet_s_name_spells_no_character() -> None:
    assert legal_name("a_x000D_", set()) == "a-x000D_"


_WORDS = st.sampled_from([
    "A1", "$B$2", "目标!A3:B4", "'a b'!C:C", "5:7", "SUM(", "IF(", "(", ")", ",", "+", "&", "<=", '"x""y"', "1.5", "TRUE", "%",
    "{1,2;3,4}", "T[a]", "名", " ", "#REF!", "-",
])  # fmt: skip


@given(st.lists(_WORDS, max_size=12))
def test_a_formula_is_its_tokens(words: list[str]) -> None:
    text = "".join(words)
    assert "".join(token.text for token in tokens(text)) == text
    assert shared(text, 0, 0) == text
    parse(text)


def test_every_kind_of_body_is_an_end_of_a_cell() -> None:
    bodies = Bodies([0, 14], False)
    for value in ("x", "", None, 1, True, 1.5, Decimal("1.50"), dt.date(2023, 1, 1), dt.date(1900, 1, 1)):
        assert bodies.cell(value, "", "").endswith(("</c>", "/>"))
    assert bodies.twins == {(0, "day"): 2}


def test_formulas_survive_a_second_rendering() -> None:
    once = rendered(DATA, Titled(["a", "b"]))  # type: ignore[arg-type]
    again = rendered(once, Titled([]))  # type: ignore[arg-type]
    assert [cell.value for cell in formulas(again)["一"]["C"]] == [cell.value for cell in formulas(once)["一"]["C"]]
