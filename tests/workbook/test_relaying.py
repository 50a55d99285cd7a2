"""Sheets without a key column: whole rows come and go with the data, and what people put there stays beside its own."""

from __future__ import annotations

import copy
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from desk import Desk, built
from living_samples import clean, opened
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from exporters.workbook.locating import results
from tests.workbook.books import template

GDP = {"id": "zhongzhou.gdp-growth", "place": "zhongzhou", "value": 3}


def sheets(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def merges(sheet: Any) -> set[str]:
    return {str(one) for one in sheet.merged_cells.ranges}


def row(sheet: Any, text: str, column: int = 1) -> int:
    return next(cell.row for line in sheet.iter_rows() for cell in line[column - 1 : column] if cell.value == text)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A pack whose one sheet lists each district's targets, with a merged cell, a bold line and a sum for each."""
    cells = {
        "A1": "{% for d in districts %}", "A2": "{{ d.name }}", "B2": "{{ d.targets|length }} targets",
        "A3": "{% for t in d.targets %}{{ t.short }}", "B3": "{{ t.number }}", "C3": "{{ t.number_unit }}",
        "D3": "{{ t.phrase }}{% endfor %}", "A4": "Sum of {{ d.short }}", "B4": "=SUM(B2:B3)", "A5": "{% endfor %}",
        "A7": "All", "B7": "=COUNT(B2:B4)",
    }  # fmt: skip

    def finish(book: Any) -> None:
        book["List"].merge_cells("B2:C2")
        book["List"]["A2"].font = Font(bold=True)

    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": cells}, finish))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)
    return desk


def moved(desk: Desk) -> None:
    """Give the last district its first target, and take one from the first."""
    desk.data["targets"].append({**copy.deepcopy(desk.target("dongyu.gdp-growth")), **GDP, "group": ""})
    del desk.data["targets"][-1]["group"]
    desk.data["targets"] = [one for one in desk.data["targets"] if one["id"] != "dongyu.gdp-growth-stretch"]
    desk.data["observations"] = [one for one in desk.data["observations"] if "stretch" not in one["target"]]
    next(one for one in desk.data["places"] if one["id"] == "zhongzhou")["coverage"] = "full"


def test_rows_come_and_go_whole(desk: Desk):
    def edit(book: Any) -> None:
        sheet = book["List"]
        sheet.cell(row(sheet, "Industrial investment"), 6).value = "ours beside"
        sheet.cell(row(sheet, "Key projects under way"), 2).value = 77
        mine = book.create_sheet("Mine")
        mine["A1"] = f"=List!B{row(sheet, 'Retail sales')}"
        mine["A2"] = f"=SUM(List!B{row(sheet, 'Xilan District') + 1}:B{row(sheet, 'Sum of Xilan') - 1})"

    desk.edit(edit)
    moved(desk)
    built(desk)
    clean(desk.content)
    book, fresh = sheets(desk.content), sheets(desk.fresh())["List"]
    sheet = book["List"]
    assert merges(sheet) == merges(fresh)
    assert sheet.cell(row(sheet, "Industrial investment"), 6).value == "ours beside"
    assert book["Mine"]["A1"].value == f"=List!B{row(fresh, 'Retail sales')}"
    assert (
        book["Mine"]["A2"].value == f"=SUM(List!B{row(fresh, 'Xilan District') + 1}:B{row(fresh, 'Sum of Xilan') - 1})"
    )
    typed = row(fresh, "Key projects under way")
    for line in fresh.iter_rows():
        for cell in line:
            twin = sheet[cell.coordinate]
            assert twin.value == (77 if (cell.row, cell.column) == (typed, 2) else cell.value), cell.coordinate
            assert twin.font.b == cell.font.b, cell.coordinate
    assert not results(opened(desk.content))
    before = desk.content
    built(desk)
    assert desk.content == before


def test_a_row_that_goes_with_what_somebody_wrote_in_it_is_told(desk: Desk):
    desk.edit(lambda book: book["List"].cell(row(book["List"], "GDP") + 1, 5).__setattr__("value", "ask the bureau"))
    moved(desk)
    for _ in range(2):
        outcome = built(desk, 3)
        (told,) = [one for one in outcome.manifest.conflicts if "ask the bureau" in one["theirs"]]
    assert "7.5%" in told["theirs"]
    desk.resolve(told["key"], "data")
    built(desk)


def test_a_formula_that_somebody_wrote_in_a_row_that_goes_is_told(desk: Desk):
    at = row(sheets(desk.content)["List"], "GDP") + 1
    desk.edit(lambda book: book["List"].cell(at, 5).__setattr__("value", f"=B{at}*100"))
    moved(desk)
    (told,) = built(desk, 3).manifest.conflicts
    assert "7.5%" in told["theirs"]
    assert told["theirs"].endswith(f" =B{at}*100")


def test_a_row_that_a_formula_names_alone_is_emptied(desk: Desk):
    def edit(book: Any) -> None:
        book.create_sheet("Mine")["A1"] = f"=List!B{row(book['List'], 'GDP') + 1}"

    desk.edit(edit)
    moved(desk)
    built(desk, 3)
    book = sheets(desk.content)
    there = book["Mine"]["A1"].value.rpartition("!")[2]
    assert book["List"][there].value is None
    assert "Fixed investment" in [line[0].value for line in book["List"].iter_rows()]


def test_a_row_that_has_a_link_goes_with_it(tmp_path: Path):
    """Editors give each cell its own, where the template has one for all rows."""
    cells = {"A1": "{% for d in districts %}{{ d.name }}", "B1": "{{ d.short }}{% endfor %}", "A3": "End"}

    def finish(book: Any) -> None:
        book["List"]["A1"].hyperlink = "https://example.org/"

    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": cells}, finish))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)
    desk.edit(lambda book: book["List"].__setitem__("E1", "ours"))
    linked = {cell.coordinate for line in sheets(desk.content)["List"].iter_rows() for cell in line if cell.hyperlink}
    desk.drop("zhongzhou")
    built(desk)
    clean(desk.content)
    sheet, fresh = sheets(desk.content)["List"], sheets(desk.fresh())["List"]
    assert [line[:2] for line in sheet.iter_rows(values_only=True)] == [*fresh.iter_rows(max_col=2, values_only=True)]
    assert {cell.coordinate for line in sheet.iter_rows() for cell in line if cell.hyperlink} == linked - {"A5"}


def test_rows_that_only_formulas_of_the_template_name_go(tmp_path: Path):
    """A district of no targets has one empty row that the sums name alone; a cursor rests where its rows go."""
    cells = {
        "A1": "Targets", "A2": "{% for d in districts %}{{ d.short }}",
        "A3": "{% for t in d.targets %}{{ t.short }}", "B3": "{{ t.number }}{% endfor %}",
        "A4": "Sum of {{ d.short }}", "B4": "=SUM(B3:B3)", "C4": "{% endfor %}", "A5": "All", "B5": "=SUM(B3:B3)",
    }  # fmt: skip
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": cells}))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)

    def edit(book: Any) -> None:
        sheet = book["List"]
        (cursor,) = sheet.sheet_view.selection
        cursor.activeCell = cursor.sqref = f"A{row(sheet, 'Zhongzhou')}"
        sheet.cell(row(sheet, "Retail sales"), 6).value = "ours"

    desk.edit(edit)
    desk.drop("zhongzhou")
    built(desk)
    clean(desk.content)
    sheet, fresh = sheets(desk.content)["List"], sheets(desk.fresh())["List"]
    assert [[cell.value for cell in line[:3]] for line in sheet.iter_rows()] == [
        [cell.value for cell in line] for line in fresh.iter_rows()
    ]
    assert sheet.cell(row(sheet, "Retail sales"), 6).value == "ours"
    (cursor,) = sheet.sheet_view.selection
    assert cursor.sqref == cursor.activeCell == f"A{row(sheet, 'All')}"


def test_names_and_charts_follow_when_the_first_district_goes_or_comes(tmp_path: Path):
    cells = {
        "A1": "{% for d in districts %}{{ d.short }}", "A2": "{% for t in d.targets %}{{ t.short }}",
        "B2": "{{ t.number }}{% endfor %}", "C2": "{% endfor %}", "A4": "Sum", "B4": "=SUM(numbers)",
    }  # fmt: skip

    def finish(book: Any) -> None:
        chart = BarChart()
        chart.add_data(Reference(book["List"], range_string="List!$B$2:$B$2"))
        book["List"].add_chart(chart, "H1")
        book.defined_names["numbers"] = DefinedName("numbers", attr_text="List!$B$2:$B$2")

    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": cells}, finish))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)
    desk.edit(lambda book: book["List"].cell(row(book["List"], "Retail sales"), 6).__setattr__("value", "ours"))
    whole = copy.deepcopy(desk.data)
    for data in (None, whole):
        if data is None:
            desk.drop("dongyu")
        else:
            desk.data = data
        built(desk)
        clean(desk.content)
        book, fresh = sheets(desk.content), sheets(desk.fresh())
        assert book.defined_names["numbers"].attr_text == fresh.defined_names["numbers"].attr_text
        assert not results(opened(desk.content))


def test_a_conflict_stays_with_its_row(desk: Desk):
    desk.edit(lambda book: book["List"].cell(row(book["List"], "Key projects under way"), 2).__setattr__("value", 77))
    desk.target("xilan.key-projects-count")["value"] = 39
    built(desk, 3)
    moved(desk)
    outcome = built(desk, 3)
    (conflict,) = outcome.manifest.conflicts
    at = row(sheets(desk.content)["List"], "Key projects under way")
    assert (conflict["key"], conflict["theirs"], conflict["ours"]) == (f"List!B{at}", "77", "39")
    desk.resolve(conflict["key"], "data")
    built(desk)
    assert sheets(desk.content)["List"].cell(at, 2).value == 39


def test_a_table_without_keys_follows_too(tmp_path: Path):
    cells = {
        "A3": "Place", "B3": "Indicator", "C3": "Number", "D3": "Ours",
        "A4": "{% for t in targets %}{{ t.place.short }}", "B4": "{{ t.short }}", "C4": "{{ t.number }}",
        "D4": "{% endfor %}", "A6": "Sum", "C6": "=SUM(C4:C4)",
    }  # fmt: skip

    def finish(book: Any) -> None:
        book["List"].add_table(Table(displayName="all", ref="A3:D4"))

    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "targets.xlsx").write_bytes(template({"List": cells}, finish))
    desk = Desk(tmp_path, "sample-progress", str(tmp_path / "own"), "en")
    built(desk)

    def edit(book: Any) -> None:
        sheet = book["List"]
        sheet.cell(row(sheet, "Projects started", 2), 4).value = "on time"
        sheet.cell(row(sheet, "Projects started", 2), 3).value = 61

    desk.edit(edit)
    desk.target("dongyu.fai-level")["value"] = 455
    moved(desk)
    built(desk)
    clean(desk.content)
    sheet, fresh = sheets(desk.content)["List"], sheets(desk.fresh())["List"]
    typed = row(fresh, "Projects started", 2)
    assert sheet.tables["all"].ref == fresh.tables["all"].ref
    for line in fresh.iter_rows():
        for cell in line:
            told = {3: 61, 4: "on time"}.get(cell.column, cell.value) if cell.row == typed else cell.value
            assert sheet[cell.coordinate].value == told, cell.coordinate
    assert [one.key for one in desk.status().plan.kept if one.key.startswith("List!")] == [f"List!C{typed}"]


def test_what_an_older_copy_says_goes_to_its_own_row(desk: Desk, tmp_path: Path):
    mailed = tmp_path / "mailed.xlsx"
    book = sheets(desk.content)
    sheet = book["List"]
    sheet.cell(row(sheet, "10 estates", 4), 3).value = "blocks"
    book.create_sheet("Theirs")["A1"] = f"=List!B{row(sheet, '10 estates', 4)}"
    book.save(mailed)
    moved(desk)
    built(desk)
    desk.edit(lambda book: book["List"].insert_rows(1))
    for _ in range(2):
        outcome = desk.build(copies=(mailed,))
        assert outcome.exit_code == 0, outcome.manifest.conflicts
        book = sheets(desk.content)
        at = row(book["List"], "10 estates", 4)
        assert book["List"].cell(at, 3).value == "blocks"
        assert book["List"].cell(at + 1, 3).value == "estates"
        assert book["Theirs"]["A1"].value == f"=List!B{at}"


def test_under_a_new_template_what_was_typed_goes_to_its_own_row(desk: Desk, tmp_path: Path):
    def edit(book: Any) -> None:
        sheet = book["List"]
        sheet.cell(row(sheet, "10 estates", 4), 3).value = "blocks"
        sheet.cell(row(sheet, "Xilan District") + 1, 3).value = "per cent"

    desk.edit(edit)
    changed = sheets((tmp_path / "own" / "targets.xlsx").read_bytes())
    changed["List"]["A7"] = "All of them"
    changed["List"]["A2"].font = Font(italic=True)
    changed.save(tmp_path / "own" / "targets.xlsx")
    moved(desk)
    assert not desk.diff().plan.conflicts
    built(desk)
    sheet, fresh = sheets(desk.content)["List"], sheets(desk.fresh())["List"]
    typed = {(row(fresh, "10 estates", 4), 3): "blocks", (row(fresh, "Xilan District") + 1, 3): "per cent"}
    for line in fresh.iter_rows():
        for cell in line:
            assert sheet[cell.coordinate].value == typed.get((cell.row, cell.column), cell.value), cell.coordinate


def test_a_column_that_somebody_hides_holds_no_keys(desk: Desk):
    """Units are written as keys are: in small letters."""
    desk.edit(lambda book: book["List"].column_dimensions["C"].__setattr__("hidden", True))
    assert not desk.status().plan.kept
    moved(desk)
    built(desk)
    said = [[cell.value for cell in line] for line in sheets(desk.content)["List"].iter_rows()]
    assert said == [[cell.value for cell in line] for line in sheets(desk.fresh())["List"].iter_rows()]


def test_what_a_copy_lays_over_cells_is_told(desk: Desk, tmp_path: Path):
    mailed = tmp_path / "mailed.xlsx"
    book = sheets(desk.content)
    sheet = book["List"]
    sheet["A2"].hyperlink = "https://example.org/plan"
    sheet.add_data_validation(DataValidation(type="list", formula1='"yes,no"', sqref="E3:E9"))
    red = PatternFill("solid", bgColor="FFFF0000")
    sheet.conditional_formatting.add("B3:B9", CellIsRule(operator="lessThan", formula=["5"], fill=red))
    sheet.oddFooter.center.text = "internal"
    book.save(mailed)
    told = {
        "List: link at A2 to https://example.org/plan", 'List: choices or limits at E3:E9: "yes,no"',
        "List: conditional format at B3:B9: 5", "List: header or footer: &Cinternal",
    }  # fmt: skip
    for _ in range(2):
        assert {one["theirs"] for one in desk.build(copies=(mailed,)).manifest.conflicts} == told
    for one in desk.build().manifest.conflicts:
        desk.resolve(one["key"], "mine")
    built(desk)
