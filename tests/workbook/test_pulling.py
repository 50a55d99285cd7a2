"""What was typed into a workbook never goes over what the data has got since, and never makes the data wrong."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from click.testing import CliRunner
from desk import Grid

from exporters.cli.app import app
from exporters.errors import RefusedError
from exporters.load import load
from exporters.runs import pulling
from exporters.runs.build import execute
from exporters.runs.inputs import find_dataset
from exporters.runs.planning import Request, plan

GDP, LEVEL, FAI = "yunting.gdp-growth", "yunting.gdp-level", "yunting.fai-growth"
JUNE, JULY = dt.date(2026, 6, 30), dt.date(2026, 7, 10)
SEEN = "yunting.gdp-growth.26h1, target: yunting.gdp-growth, date: 2026-06-30, value: 5.8"
VALUE, DAY = "实际值", "实际日期"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    shutil.copy(str(find_dataset("sample-progress")), folder / "d.yaml")
    build(folder)
    return folder


def build(folder: Path) -> None:
    data, cache = str(folder / "d.yaml"), folder / "cache"
    execute(plan(Request(data, folder / "p", "standard", "zh", ("workbook",), epoch=0, cache=cache)))


@pytest.fixture
def office(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand beside the data ``d.yaml`` and its pack ``p``."""
    shutil.copy(built / "d.yaml", tmp_path)
    shutil.copytree(built / "p", tmp_path / "p")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(key: str, **cells: Any) -> None:
    book = openpyxl.load_workbook("p/targets.xlsx")
    grid = Grid(book)
    for header, value in cells.items():
        grid.cell(key, header).value = value
    book.save("p/targets.xlsx")


def data(old: str = "", new: str = "") -> str:
    """Edit the data file, and return its text."""
    text = Path("d.yaml").read_text("utf-8")
    assert old in text
    Path("d.yaml").write_text(text.replace(old, new), "utf-8")
    return text.replace(old, new)


def pulled(file: str = "d.yaml") -> pulling.Pulled:
    return pulling.pull(Path(file), Path("p"))


def edits(found: pulling.Pulled) -> list[tuple[str, Any, str]]:
    return [(one.record, one.field[0], str(one.value)) for one in found.edits]


def test_a_corrected_actual_value_is_the_one_that_the_pack_showed(office: Path) -> None:
    data(f"  - {{id: {SEEN}", f"  - {{id: {GDP}.26q3, target: {GDP}, date: {JULY}, value: 6.1}}\n  - {{id: {SEEN}")
    typed(GDP, **{VALUE: 0.059})
    found = pulled()
    assert (edits(found), found.faults) == ([(f"{GDP}.26h1", "value", "5.9")], ())


@pytest.mark.parametrize("cells", [{VALUE: 0.059}, {VALUE: 0.059, DAY: JUNE}, {"备注": "初步核算", VALUE: 0.059}])
def test_an_actual_value_that_the_data_has_moved_stands(office: Path, cells: dict[str, Any]) -> None:
    data(SEEN, SEEN.replace("5.8", "6.3"))
    typed(GDP, **cells)
    found = pulled()
    assert "the data has moved to “0.063” since" in str(*found.faults)
    assert (f"{GDP}.26h1", "value", "5.9") not in edits(found)


def test_what_the_data_has_got_of_the_day_typed_stands(office: Path) -> None:
    data(f"  - {{id: {SEEN}", f"  - {{id: {GDP}.26q3, target: {GDP}, date: {JULY}, value: 6.1}}\n  - {{id: {SEEN}")
    typed(GDP, **{VALUE: 0.062, DAY: JULY})
    found = pulled()
    assert (edits(found), "the data has moved to “0.061”" in str(*found.faults)) == ([], True)


def test_an_actual_value_that_the_data_has_lost_is_said(office: Path) -> None:
    data(SEEN, SEEN.replace("2026-06-30", "2026-06-29"))
    typed(GDP, **{VALUE: 0.059})
    found = pulled()
    assert (edits(found), "has lost its actual value of 2026-06-30" in str(*found.faults)) == ([], True)


def test_a_day_moved_alone_is_told_as_what_it_is(office: Path) -> None:
    typed(GDP, **{DAY: JULY})
    found = pulled()
    assert (edits(found), "still that of 2026-06-30" in str(*found.faults)) == ([], True)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1E+400", "1E+999999"])
def test_what_is_no_number_of_a_dataset_is_never_written(office: Path, number: str) -> None:
    typed(LEVEL, **{VALUE: number})
    found = pulled()
    assert found.content == found.before
    assert len(found.faults) == 1
    assert found.edits == ()


def test_edits_that_make_the_data_wrong_are_refused_with_what_would_be_wrong(office: Path) -> None:
    typed(GDP, 上限=0.01)
    before = data()
    done = CliRunner().invoke(app, ["pull", "d.yaml", "p", "--json"])
    told = json.loads(done.output)
    assert (done.exit_code, told["written"], told["edits"], told["patch"]) == (1, False, 0, "")
    assert "upper" in told["faults"][0]["message"]
    assert "column 上限" in told["faults"][0]["where"]
    assert data() == before
    # What was typed elsewhere is taken all the same.
    typed(FAI, **{VALUE: 0.09, DAY: JUNE})
    found = pulled()
    assert (edits(found), len(found.faults)) == ([(f"{FAI}.26h1", "value", "9")], 1)


def test_a_second_pull_finds_nothing_to_do(office: Path) -> None:
    typed(GDP, 目标值=0.05, 备注="初步核算", **{VALUE: 0.059})
    typed(FAI, 强度用词="力争", **{VALUE: 0.09, DAY: JULY})
    first = pulled()
    assert len(first.edits) == 5
    pulling.write(first)
    again = pulled()
    assert (again.edits, again.faults, again.patch()) == ((), (), "")


@pytest.mark.parametrize(("number", "wanted"), [("0E+2", 0), (0.2, 20)])
def test_numbers_are_written_as_every_reader_of_yaml_takes_them(office: Path, number: Any, wanted: int) -> None:
    typed(FAI, 目标值=number)
    pulling.write(pulled())
    found = yaml.safe_load(data())
    assert [one["value"] for one in found["targets"] if one["id"] == FAI] == [wanted]


def test_a_sign_for_a_range_is_refused_as_that(office: Path) -> None:
    typed(GDP, 关系="≥")
    assert "the target is a range" in str(*pulled().faults)


def test_a_link_stays_one_and_the_file_its_mode(office: Path) -> None:
    Path("d.yaml").rename("real.yaml")
    Path("real.yaml").chmod(0o600)
    Path("d.yaml").symlink_to("real.yaml")
    typed(GDP, **{VALUE: 0.059})
    pulling.write(pulled())
    assert Path("d.yaml").is_symlink()
    assert "value: 5.9" in Path("real.yaml").read_text("utf-8")
    assert Path("real.yaml").stat().st_mode & 0o777 == 0o600


def test_a_save_between_reading_and_writing_stands(office: Path) -> None:
    typed(GDP, **{VALUE: 0.059})
    found = pulled()
    text = data("briefpack: 1\n", "# a colleague's line\nbriefpack: 1\n")
    with pytest.raises(RefusedError, match="saved the file meanwhile"):
        pulling.write(found)
    assert data() == text
    assert sorted(one.name for one in office.iterdir()) == ["d.yaml", "p"]


def test_a_suffix_may_be_in_capitals(office: Path) -> None:
    CliRunner().invoke(app, ["convert", "d.yaml", "d.xlsx"])
    Path("d.xlsx").rename("D.XLSX")
    typed(GDP, **{VALUE: 0.059})
    done = CliRunner().invoke(app, ["pull", "D.XLSX", "p"])
    assert done.exit_code == 0, done.output
    assert re.search(rf"{GDP}\.26h1\.value = 5\.9\n1 edit made in D\.XLSX", done.output)
    assert str(next(one for one in load(Path("D.XLSX")).observations if one.id == f"{GDP}.26h1").value) == "5.9"


def test_actual_values_of_a_target_with_a_long_id_have_an_id_each(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(str(find_dataset("sample-progress")), "d.yaml")
    key = FAI + "-of-all-districts-and-towns"
    data(f"{FAI}.26h1", "fai.26h1")
    data(FAI, key)
    build(tmp_path)
    for day in (JULY, dt.date(2026, 9, 30)):
        typed(key, **{VALUE: 0.09, DAY: day})
        pulling.write(pulled())
    found = [one.date for one in load(Path("d.yaml")).observations if one.target == key]
    assert found == [JUNE, JULY, dt.date(2026, 9, 30)]


NANTING, XILAN = "nanting.gdp-growth", "xilan.gdp-growth"


def row_of(grid: Grid, key: str) -> list[Any]:
    """Return the visible cells of a row: all but the two hidden ones that say whose row it is."""
    hidden = {grid.columns["键"], grid.columns["对照键"]}
    return [
        grid.sheet.cell(grid.row(key), column) for column in range(grid.left, grid.right + 1) if column not in hidden
    ]


def test_rows_exchanged_without_their_hidden_keys_are_told_and_not_taken(office: Path) -> None:
    book = openpyxl.load_workbook("p/targets.xlsx")
    grid = Grid(book)
    for one, other in zip(row_of(grid, NANTING), row_of(grid, XILAN), strict=True):
        one.value, other.value = other.value, one.value
    grid.cell(GDP, VALUE).value = 0.059
    book.save("p/targets.xlsx")
    found = pulled()
    assert edits(found) == [(f"{GDP}.26h1", "value", "5.9")]
    assert [fault.code for fault in found.faults] == ["misnamed-row"]
    assert all(said in str(*found.faults) for said in (f"key {NANTING} says 西澜", f"key {XILAN} says 南汀"))


def test_status_diff_and_build_tell_of_rows_exchanged_without_their_keys(office: Path) -> None:
    book = openpyxl.load_workbook("p/targets.xlsx")
    grid = Grid(book)
    for one, other in zip(row_of(grid, NANTING), row_of(grid, XILAN), strict=True):
        one.value, other.value = other.value, one.value
    book.save("p/targets.xlsx")
    for command in (["status", "p"], ["diff", "d.yaml", "p"], ["build", "d.yaml", "--out", "p", "--only", "workbook"]):
        done = CliRunner().invoke(app, command)
        assert (done.exit_code, f"the row with the key {NANTING} says 西澜" in done.output) == (0, True), command


def test_a_key_pasted_over_another_is_told_and_nothing_taken(office: Path) -> None:
    typed("dongyu.gdp-growth", 键=NANTING)
    found = pulled()
    assert (edits(found), [fault.code for fault in found.faults]) == ([], ["misnamed-row"])


def test_a_name_in_a_row_of_targets_is_no_edit_of_the_district(office: Path) -> None:
    typed(NANTING, 区域="南汀新区")
    found = pulled()
    assert (edits(found), "the row is not its own" in str(*found.faults)) == ([], True)


def test_a_copied_row_that_says_another_number_is_refused_with_both_places(office: Path) -> None:
    book = openpyxl.load_workbook("p/targets.xlsx")
    grid = Grid(book)
    for column in range(grid.left, grid.right + 1):
        grid.sheet.cell(grid.bottom + 1, column).value = grid.sheet.cell(grid.row(NANTING), column).value
    grid.sheet.cell(grid.bottom + 1, grid.columns["目标值"]).value = 0.2
    grid.table.ref = grid.table.ref.replace(str(grid.bottom), str(grid.bottom + 1))
    book.save("p/targets.xlsx")
    found = pulled()
    assert (edits(found), len(found.faults)) == ([], 1)
    assert all(said in str(*found.faults) for said in ("typed differently", "“0.06”", "“0.2”"))


def test_what_a_build_notes_in_a_cell_is_no_number_of_a_person(office: Path) -> None:
    key = "dongyu.gdp-growth"
    typed(key, 目标值=0.09)
    old = "comparator_word: {zh: 以上, en: at least}\n    value: 7\n"
    data(old, old.replace("7", "8"))
    told = CliRunner().invoke(app, ["build", "d.yaml", "--out", "p", "--only", "workbook"])
    assert (told.exit_code, "yours “0.09”" in told.output) == (3, True), told.output
    said = CliRunner().invoke(app, ["verify", "p"]).output
    assert (f"{key}.目标值" in said, "note at" in said) == (True, False)


def test_two_targets_whose_long_ids_begin_alike_get_an_id_each(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(str(find_dataset("sample-progress")), "d.yaml")
    first, second = (f"yunting.a-name-as-long-as-they-can-be-{end}" for end in ("level", "growth"))
    for old, new in ((f"{LEVEL}.26h1", "level.26h1"), (f"{FAI}.26h1", "fai.26h1"), (LEVEL, first), (FAI, second)):
        data(old, new)
    build(tmp_path)
    typed(first, **{VALUE: 2100, DAY: JULY})
    typed(second, **{VALUE: 0.09, DAY: JULY})
    typed(GDP, **{VALUE: 0.059})
    found = pulled()
    assert (len(found.edits), found.faults) == (3, ())
    pulling.write(found)
    assert [one.value for one in load(Path("d.yaml")).observations if one.date == JULY] == [2100, 9]


def test_an_actual_value_without_a_source_is_noted(office: Path) -> None:
    data(f"{SEEN}, source: half-year", SEEN)
    CliRunner().invoke(app, ["build", "d.yaml", "--out", "p", "--only", "workbook"])
    done = CliRunner().invoke(app, ["verify", "p"])
    notes = [line for line in done.output.splitlines() if "no source is known" in line]
    assert (done.exit_code, notes) == (0, [f"note  {GDP}.26h1 no source is known for this actual value"])


def test_a_workbook_saved_without_results_is_told_once_and_proves_nothing_wrong(office: Path) -> None:
    typed(GDP)
    done = CliRunner().invoke(app, ["verify", "p"])
    assert (done.exit_code, done.output.count("targets.xlsx"), "without the results" in done.output) == (0, 1, True)


def test_an_actual_value_that_the_pack_knew_and_did_not_show_can_be_corrected(office: Path) -> None:
    """The target is stated in words, or a later value stands in its row."""
    typed("yunting.income-growth", **{VALUE: 0.056, DAY: JUNE})
    later = f"  - {{id: {GDP}.26q3, target: {GDP}, date: {JULY}, value: 6.1}}\n"
    data(f"  - {{id: {SEEN}", f"{later}  - {{id: {SEEN}")
    build(office)
    typed(GDP, **{VALUE: 0.057, DAY: JUNE})
    found = pulled()
    assert sorted(edits(found)) == [(f"{GDP}.26h1", "value", "5.7"), ("yunting.income-growth.26h1", "value", "5.6")]
    assert found.faults == ()
    data("income-growth, date: 2026-06-30, value: 5.9", "income-growth, date: 2026-06-30, value: 6")
    assert "the data has moved to" in str(*pulled().faults)
