"""Formulas moved with their rows: what was learnt from one row moves the next one as it would move by itself."""

from __future__ import annotations

import pytest

from exporters.workbook.living.book import Table
from exporters.workbook.living.shifting import Insertion, Shift, Shifts
from exporters.workbook.references import Range

ROWS = range(3, 40)
FORMULAS = (
    'IF(U{0}="","",U{0}/G{0})',
    "SUM(G{0}:H{0})",
    "SUM(G$5:G$30)+G{0}",
    "G{0}+{0}",
    "LOG10(G{0})+G1{0}",
    'COUNTIF(B!$C$5:$C$30,$B{0})&"G{0}"',
    "INDEX(B!$G:$G,MATCH($A{0},B!$B$10:$B$12,0))",
    "B!A{0}+A{0}",
    "A{0}",
    "$A$20+A$21",
    "'B'!A25",
)


def shifts() -> Shifts:
    table = Table("t", "a", "T", Range(1, 4, 9, 30), 5, 30, ())
    return Shifts({"A": Shift([Insertion(12, 3, table)], [20, 21]), "B": Shift([Insertion(30, 1, table)], [7])})


@pytest.mark.parametrize("sheet", ["A", "B", "C"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_each_row_moves_as_if_it_were_the_only_one(formula: str, sheet: str) -> None:
    known = shifts()
    for row in ROWS:
        text = formula.format(row)
        assert known.formula(text, sheet, row) == shifts().formula(text, sheet, row)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Xi'an", "'Xi''an'!C5"),
        ("Xi'an", "&apos;Xi&apos;&apos;an&apos;!C5"),
        ("Xi'an", "&#39;Xi&#39;&#x27;an&#39;!C5"),
        ('The "best"', "'The \"best\"'!C5"),
        ('The "best"', "&apos;The &quot;best&quot;&apos;!C5"),
        ("R&D", "'R&amp;D'!C5"),
        ("R&D", "<![CDATA['R&D'!C5]]>"),
        ("Growth > 5", "'Growth > 5'!C5"),
        ("Growth > 5", "&apos;growth &gt; 5&apos;!C5"),
    ],
)
def test_a_sheet_is_reached_however_its_formula_is_escaped(name: str, written: str) -> None:
    known = Shifts({name: Shift(gone=[3])})
    assert known.reach("Mine", f"<c><f>{written}</f></c>".encode())
    assert not known.reach("Mine", b"<c><f>Other!C5&amp;&quot;&apos;&quot;</f></c>")
