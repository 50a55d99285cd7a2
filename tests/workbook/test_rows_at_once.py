"""Rows of one kind are written many at a time: what comes out must not show it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from exporters.errors import TemplateError
from exporters.workbook import rowflow
from exporters.workbook.cellbody import Bodies
from exporters.workbook.rowcells import ValueCells
from exporters.workbook.rowformulas import Rows
from tests.workbook.books import parts, rendered, scope, template, values

ROOT = Path(__file__).resolve().parents[2]


def _made(*given: Any) -> list[str]:
    cells = ValueCells(0, "A1", Bodies([0], False), "", "", "", "")
    return [cell.decode() for cell in cells.made(given)]


@pytest.mark.parametrize("name", ["guangzhou-2023", "sample-progress"])
def test_it_does_not_matter_how_many_rows_are_written_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = (ROOT / "templates/standard/zh/targets.xlsx").read_bytes()
    whole = parts(rendered(data, scope(name)))
    for count in (1, 7):
        monkeypatch.setattr(rowflow, "ENOUGH", count)
        assert parts(rendered(data, scope(name))) == whole


@pytest.mark.parametrize("name", ["guangzhou-2023", "sample-progress"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_formulas_worked_out_at_once_give_what_they_give_row_by_row(
    name: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (ROOT / "templates/standard" / lang / "targets.xlsx").read_bytes()
    whole = parts(rendered(data, scope(name, lang)))
    monkeypatch.setattr(Rows, "_at_once", lambda *_: ())
    monkeypatch.setattr(Rows, "_alike", lambda *_: ())
    assert parts(rendered(data, scope(name, lang))) == whole


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ('IFERROR(INDEX(D$1:D$3,MATCH(A{n},C$1:C$3,0)),"-")', ["one", "-", "-", "two", "-"]),
        ('IFERROR(INDEX(D$1:D$3,MATCH(A{n}&"",C$1:C$3,0)),"-")', ["one", "-", "-", "two", "-"]),
        ('IFERROR(INDEX(D$1:D$3,MATCH(A{n}&"*",C$1:C$3,0)),B{n})', ["one", "b", "c", "two", "one"]),
        ('A{n}&"|"&B{n}', ["X|a", "y|b", "1|c", "z|d", "|e"]),
    ],
)
def test_look_ups_and_joined_texts(formula: str, wanted: list[str]) -> None:
    cells: dict[str, Any] = {"C1": "x", "D1": "one", "C2": "Z", "D2": "two", "C3": "q", "D3": "{{ 'a' }}"}
    for number, (one, other) in enumerate([("X", "a"), ("y", "b"), (1, "c"), ("z", "d"), ("", "e")], 4):
        cells |= {f"A{number}": f"{{{{ {one!r} }}}}", f"B{number}": f"{{{{ {other!r} }}}}"}
        cells[f"E{number}"] = "=" + formula.format(n=number)
    assert [cell.value for cell in values(rendered(template({"一": cells})))["一"]["E"][3:8]] == wanted


def test_a_formula_sees_the_rows_before_it() -> None:
    book = rendered(template({"一": {
        "A1": "{% for d in districts %}{{ d.short }}",
        "A2": "{% for t in d.targets %}{{ t.key }}", "B2": "{% endfor %}",
        "A3": "=COUNTA(A2:A2)", "B3": "{{ d.targets|length }}",
        "A4": "共", "B4": "=A3", "C4": "{% endfor %}",
    }}))  # fmt: skip
    rows = [[cell.value for cell in row] for row in values(book)["一"].iter_rows()]
    counted = [(row[0], row[1]) for row in rows if type(row[0]) is int and row[1] is not None]
    assert len(counted) == 11 and all(one == other for one, other in counted)
    assert len({one for one, _ in counted}) > 3


def test_equal_numbers_keep_digits_of_their_own() -> None:
    found = _made(Decimal("120"), Decimal("120.0"), None, Decimal("120.00"))
    assert found == ["><v>120</v></c>", "><v>120.0</v></c>", "/>", "><v>120.00</v></c>"]


@pytest.mark.parametrize(
    "given",
    [
        ("甲", "", "A & B", " 乙", "=1", "_x000D_", "行\n行"), ("甲", "", "乙"), (Decimal(1), True, 1, 1.0, None),
        (Decimal("12345678901234567890"), Decimal(5)), (1, 2, None), ("甲", None, Decimal("6.5")), (0, False, "0"),
        (10**15, 3), ("<", ">"), ("甲" * 20_000, "乙"),
    ],
)  # fmt: skip
def test_cells_made_at_once_are_those_made_one_by_one(given: tuple[Any, ...]) -> None:
    assert _made(*given) == [_made(one)[0] for one in given]
    assert _made(*given) == [Bodies([0], False).cell(one, "", "") for one in given]


def test_a_value_that_no_cell_holds_is_named_with_its_cell() -> None:
    cells = {"A1": "{% for d in districts %}{{ d.short }}", "B1": "{{ d.code }}{% endfor %}", "C1": "{{ d.leader }}"}
    with pytest.raises(TemplateError) as caught:
        rendered(template({"一": cells}))
    assert "C1" in caught.value.faults[0].where


def test_a_list_in_a_cell_is_named_with_its_cell() -> None:
    with pytest.raises(TemplateError, match=r"cell B1.*: a list stands where a text is expected"):
        rendered(template({"一": {"A1": "{% for d in districts %}{{ d.short }}", "B1": "{{ d.targets }}{% endfor %}"}}))


def test_a_sheet_for_each_district_says_what_its_own_rows_say() -> None:
    book = rendered(template({"{{ d.short }}": {
        "A1": "{%sheet for d in districts %}{{ d.name }}",
        "A2": "{% for t in d.targets %}{{ t.key }}", "B2": "{{ t.number }}", "C2": "{{ t.kind }}", "D2": "{{ t.measure }}",
        "E2": "{{ t.comparator }}", "F2": "{{ t.period }}", "G2": "=A2&1", "H2": "{% endfor %}",
        "A3": "=COUNTA(A2:A2)", "B3": "{%sheet endfor %}",
    }}))  # fmt: skip
    views = {view.short: view for view in scope().districts}
    sheets = values(book)
    assert len(sheets.sheetnames) == len(views)
    for name, view in views.items():
        rows = [[cell.value for cell in row] for row in sheets[name].iter_rows()]
        assert rows[0][0] == view.name
        assert [(row[0], row[2], row[6]) for row in rows if row[6]] == [
            (target.key, target.kind, target.key + "1") for target in view.targets
        ]
        assert not view.targets or rows[-1][0] == len(view.targets)
