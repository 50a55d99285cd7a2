"""Lists that keep a person's order where the data has another: whose their rows are is known by what these say."""

from __future__ import annotations

import copy
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, built

from exporters.workbook.living.alignment import pairs_of
from tests.workbook.books import template
from tests.workbook.ranking import RATES, SHARE, ranked, rates, rerank, row, said, sheets, sort_by_name


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return ranked(tmp_path)


def torn(desk: Desk, *typed: tuple[str, str, int, Any]) -> Any:
    """Let a formula keep some rows together, and type over cells of rows, each given by its place and label."""

    def edit(book: Any) -> None:
        sheet = book["List"]
        book.create_sheet("Mine")["A1"] = "=SUM(List!C3:C5)"
        for place, label, column, value in typed:
            sheet.cell(rows[place, label], column).value = value

    sheet = sheets(desk.content)["List"]
    rows = {(line[0].value, line[1].value): line[0].row for line in sheet.iter_rows(max_row=row(sheet, "Sum"))}
    desk.edit(edit)
    rerank(desk)
    return sheets(desk.content)["List"]


def test_a_retyped_row_that_keeps_its_place_is_known_for_its_own(desk: Desk):
    before = said(torn(desk, ("Beilu", SHARE, 2, "R&D"), ("Dongyu", "Fixed-asset investment", 2, "our words")), 2)[:15]
    outcome = built(desk)
    assert [fault.code for fault in outcome.warnings] == ["order"]
    for share in (0.3, 0.31):
        desk.target("beilu.rd-share-ratio")["value"] = share * 100
        built(desk)
        sheet = sheets(desk.content)["List"]
        assert said(sheet, 2)[:15] == before
        assert sheet.cell(row(sheet, "Beilu", "R&D"), 3).value == share
        assert sheet.cell(row(sheet, "Dongyu", "our words"), 3).value == 0.0001


def test_a_conflict_of_a_row_that_keeps_its_place_is_settled_there(desk: Desk):
    fixed = ("Dongyu", "Fixed-asset investment")
    torn(desk, ("Beilu", SHARE, 3, 77), (*fixed, 2, "our words"), (*fixed, 3, 88))
    outcome = built(desk, 3)
    told = {one["ours"]: (one["key"], one["theirs"]) for one in outcome.manifest.conflicts}
    assert told["0.3"][1] == "77"
    assert told["0.0001"][1] == ""
    desk.resolve(told["0.3"][0], "data")
    built(desk, 3)
    sheet = sheets(desk.content)["List"]
    assert sheet.cell(row(sheet, "Beilu", SHARE), 3).value == 0.3
    assert sheet.cell(row(sheet, "Dongyu", "our words"), 3).value == 88


def test_a_new_record_stands_in_a_list_that_keeps_its_order(desk: Desk):
    """A formula over the end of one district's list and the beginning of the next keeps the districts in order."""

    def edit(book: Any) -> None:
        at = row(book["List"], "Nanting District")
        book.create_sheet("Mine")["A1"] = f"=COUNTA(List!B{at - 2}:B{at + 2})"

    desk.edit(edit)
    retail = {**copy.deepcopy(desk.target("xilan.retail-growth")), "id": "dongyu.retail-growth", "place": "dongyu"}
    desk.data["targets"].append({**retail, "value": 6.5})
    desk.data["targets"][-1].pop("group", None)
    city, *districts = desk.data["places"]
    desk.data["places"] = [city, *districts[::-1]]
    assert [fault.code for fault in built(desk).warnings] == ["order"]
    sheet = sheets(desk.content)["List"]
    lines = {
        (line[0], line[1]) for line in said(sheet, 2)[row(sheet, "Dongyu District") : row(sheet, "Nanting District")]
    }
    assert ("Total retail sales of consumer goods", "at least 6.5%") in lines
    fresh = sheets(desk.fresh())["List"]
    assert sorted(map(str, said(sheet, 2))) == sorted(map(str, said(fresh, 2)))


def test_rows_that_say_the_same_keep_their_place_with_the_data_s_words(tmp_path: Path):
    cells = {
        "A1": f"{{% for t in {RATES} %}}{{{{ t.place.short }}}}", "B1": "{{ t.number * 0 }}{% endfor %}", "A3": "End",
    }  # fmt: skip
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": cells}))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)
    desk.edit(lambda book: book.create_sheet("Mine").__setitem__("A1", "=SUM(List!B2:B4)"))
    rerank(desk)
    assert [fault.code for fault in built(desk).warnings] == ["order"]
    assert said(sheets(desk.content)["List"], 2) == said(sheets(desk.fresh())["List"], 2)


def test_a_sorted_list_is_known_by_what_its_retyped_rows_still_say(desk: Desk):
    def edit(book: Any) -> None:
        sheet = book["List"]
        sort_by_name(sheet)
        sheet.cell(row(sheet, "Beilu", SHARE), 3).value = 77
        sheet.cell(row(sheet, "Dongyu", "Fixed-asset investment"), 3).value = 88

    desk.edit(edit)
    rerank(desk)
    conflicts = {(one["theirs"], one["ours"]) for one in built(desk, 3).manifest.conflicts}
    assert conflicts == {("77", "0.3"), ("88", "0.0001")}


def test_a_list_of_a_person_s_own_beside_some_rows_is_not_scrambled(desk: Desk):
    steps = ["Our steps", "1 collect", "2 check", "3 print", "4 send"]

    def edit(book: Any) -> None:
        for number, step in enumerate(steps, 3):
            book["List"].cell(number, 9).value = step

    desk.edit(edit)
    before = said(sheets(desk.content)["List"], 2)[:15]
    rerank(desk)
    assert [fault.code for fault in built(desk).warnings] == ["order"]
    sheet = sheets(desk.content)["List"]
    assert [sheet.cell(number, 9).value for number in range(3, 8)] == steps
    assert said(sheet, 2)[:15] == before
    assert rates(sheet) == rates(sheets(desk.fresh())["List"])


def test_many_rows_that_say_the_same_cost_little_memory():
    rows = {number: Counter[Any]({"Indicator": 2, "Target": 2}) for number in range(1, 1001)}
    tracemalloc.start()
    try:
        assert len(pairs_of(rows, dict(rows))) == 1000
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
