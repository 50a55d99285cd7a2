"""Formulas of people's that name a record alone: where the data has it no more, this is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import Desk, Grid, built

from tests.workbook.books import template
from tests.workbook.ranking import CELLS, RATES, SHARE, row

FIRST = {
    "A1": f"{{% for t in ({RATES})[:3] %}}{{{{ t.place.short }}}}", "B1": "{{ t.label }}",
    "C1": "{{ t.number }}{% endfor %}", "A3": "End", "B3": "=C1*2",
}  # fmt: skip


def drop(desk: Desk, key: str) -> None:
    desk.data["targets"].remove(desk.target(key))
    desk.data["observations"] = [one for one in desk.data["observations"] if one["target"] != key]


def outrank(desk: Desk) -> None:
    """Put another target into the first place, and the second out of the first three."""
    desk.target("nanting.industrial-investment-growth")["value"] = 20
    next(one for one in desk.data["targets"] if one["id"] == "dongyu.fai-growth")["value"] = 0.01


@pytest.mark.parametrize(
    ("cells", "named", "change", "told"),
    [
        (FIRST, 2, outrank, "Mine!A1: =List!C2 (Dongyu Fixed-asset investment 0.12)"),
        (CELLS, ("Beilu", SHARE), lambda desk: drop(desk, "beilu.rd-share-ratio"), f"Mine!A1: =List!C14 (Beilu {SHARE} 0.032)"),
    ],
    ids=["replaced", "dropped"],
)  # fmt: skip
def test_a_formula_that_named_a_row_without_a_key(
    tmp_path: Path, cells: dict[str, str], named: Any, change: Callable[[Desk], None], told: str
):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": cells}))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)

    def edit(book: Any) -> None:
        at = named if isinstance(named, int) else row(book["List"], *named)
        mine = book.create_sheet("Mine")
        mine["A1"], mine["A2"] = f"=List!C{at}", "=SUM(List!C1:C3)"

    desk.edit(edit)
    change(desk)
    settled(desk, told)


def test_a_formula_over_some_of_a_list(tmp_path: Path):
    """What is over the whole list is over whatever stands there."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": FIRST}))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)

    def edit(book: Any) -> None:
        mine = book.create_sheet("Mine")
        for at, area in enumerate(("C1:C2", "C1:C3", "C1:C9", "B1:C3"), 1):
            mine[f"A{at}"] = f"=SUM(List!{area})"

    desk.edit(edit)
    drop(desk, "dongyu.fai-growth")
    desk.target("xilan.gdp-growth")["value"] = 12
    settled(desk, "Mine!A1: =SUM(List!C1:C2) (Dongyu Fixed-asset investment 0.12)")


def test_a_formula_that_named_a_row_of_a_table(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.build()
    grid = Grid(openpyxl.load_workbook(desk.file))
    at = next(line[0].row for line in grid.sheet.iter_rows() if any(cell.value == "haizhu.gdp-growth" for cell in line))
    desk.edit(lambda book: book.create_sheet("Mine").__setitem__("A1", f"={grid.sheet.title}!G{at}"))
    desk.drop("haizhu")
    settled(desk, f"Mine!A1: ={grid.sheet.title}!G{at} (haizhu.gdp-growth haizhu|GDP|growth_yoy 海珠)")


def settled(desk: Desk, told: str) -> None:
    """Whether a build tells just this, until somebody settles it."""
    assert [one.theirs for one in desk.diff().plan.conflicts] == [told]
    for _ in range(2):
        outcome = desk.build()
        assert [(one["reason"], one["theirs"]) for one in outcome.manifest.conflicts] == [("not-carried", told)]
        assert outcome.exit_code == 3
    desk.resolve(outcome.manifest.conflicts[0]["key"], "mine")
    before = desk.content
    assert desk.build().exit_code == 0
    assert desk.content == before
