"""Workbooks as datasets: written here or by openpyxl, with sheet and cell in what is said."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from load_samples import GUANGZHOU, PROGRESS, SMALL, said, written
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook

from exporters.load import dump, load
from exporters.package import lint


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.xlsx"
    dump(load(written(tmp_path, SMALL)), path)
    return path


def edited(path: Path, sheet: str, cell: str, value: Any, style: str = "") -> Path:
    """Change one cell as a person does, by another program."""
    book = load_workbook(path)
    book[sheet][cell] = value
    if style:
        book[sheet][cell].number_format = style
    book.save(path)
    return path


def test_a_written_workbook_reads_back_equal(small: Path, tmp_path: Path) -> None:
    assert load(small) == load(tmp_path / "small.yaml")


def test_another_program_can_save_it(small: Path, tmp_path: Path) -> None:
    load_workbook(small).save(small)
    assert load(small) == load(tmp_path / "small.yaml")
    dump(load(GUANGZHOU), tmp_path / "g.xlsx")
    load_workbook(tmp_path / "g.xlsx").save(tmp_path / "h.xlsx")
    assert load(tmp_path / "h.xlsx") == load(GUANGZHOU)


def test_the_same_data_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    dump(load(small), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == small.read_bytes()


def test_every_list_has_its_sheet_with_the_columns_it_needs(small: Path) -> None:
    book = load_workbook(small)
    assert book.sheetnames[0] == "dataset"
    assert [cell.value for cell in book["observations"][1]] == ["id", "target", "date", "value"]


def test_days_and_codes_typed_as_numbers(small: Path) -> None:
    edited(small, "dataset", "E2", dt.datetime(2026, 2, 1), "yyyy-mm-dd")
    assert load_workbook(small)["dataset"]["E1"].value == "period.start"
    edited(small, "places", "D3", 440100)
    dataset = load(small)
    assert dataset.period.start == dt.date(2026, 2, 1)
    assert dataset.places[1].code == "440100"


def test_truth_values_that_libreoffice_wrote_as_formulas(tmp_path: Path) -> None:
    path = tmp_path / "progress.xlsx"
    dump(load(PROGRESS), path)
    book = load_workbook(path)
    truths = [cell for row in book["indicators"].iter_rows() for cell in row if isinstance(cell.value, bool)]
    for cell in truths:
        cell.value = f"={str(cell.value).upper()}()"
    book.save(path)
    assert truths
    assert load(path) == load(PROGRESS)


def test_a_number_that_excel_stores_binary_comes_back_as_typed(small: Path) -> None:
    path = edited(small, "targets", "F2", 8.1)
    assert str(load(path).targets[0].value) == "8.1"


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "style", "message"),
    [
        (
            "targets",
            "F2",
            "=6+1",
            "",
            "sheet 'targets', cell F2: the cell holds a formula (=6+1) (paste it as a value)",
        ),
        (
            "targets",
            "F2",
            "6,500",
            "",
            "sheet 'targets', cell F2: value: '6,500' is not a number such as 6.5 (leave the thousands separators out)",
        ),
        (
            "targets",
            "F2",
            0.065,
            "0.0%",
            "sheet 'targets', cell F2: the cell is formatted as a percentage and holds 0.065 "
            "(type the number alone, without %, and give the unit PERCENT)",
        ),
        (
            "targets",
            "F2",
            123456789012345678,
            "",
            "sheet 'targets', cell F2: value has 16 significant digits; Excel keeps "
            "15, so it would lose precision (round it, or state it in a larger unit)",
        ),
        ("targets", "G2", "PERCEN", "", "sheet 'targets', cell G2: unknown unit 'PERCEN' (did you mean 'PERCENT'?)"),
        ("targets", "F1", "valeu", "", "sheet 'targets', cell F1: unknown column 'valeu' (did you mean 'value'?)"),
        ("targets", "B2", None, "", "sheet 'targets', cell B2: a target needs 'place'"),
        (
            "places",
            "A3",
            "town",
            "",
            "sheet 'places', cell A3: id 'town' is used twice (the first is on sheet 'places', cell A2)",
        ),
        (
            "targets",
            "Z2",
            "stray",
            "",
            "sheet 'targets', cell Z2: a value stands in a column without a name (name it in row 1)",
        ),
        ("targets", "F2", "#DIV/0!", "", "sheet 'targets', cell F2: the cell holds the error #DIV/0!"),
    ],
)
def test_a_fault_is_said_with_its_cell(
    small: Path, sheet: str, cell: str, value: Any, style: str, message: str
) -> None:
    heads = [found.value for found in load_workbook(small)["targets"][1]][:7]
    assert heads == ["id", "place", "indicator", "measure", "comparator", "value", "unit"]
    assert message in said(edited(small, sheet, cell, value, style))


def test_sheets(small: Path) -> None:
    book = load_workbook(small)
    book.create_sheet("_notes")["A1"] = "mine"
    book.save(small)
    load(small)
    book["targets"].title = "target"
    book.save(small)
    assert "sheet 'target': this sheet is no part of a dataset (did you mean 'targets'?)" in said(small)


def test_text_that_looks_like_a_formula_or_an_escape_stays_text(tmp_path: Path) -> None:
    for number, text in enumerate(["=1+1", "+8", "-x", "@cmd", "_x0041_", "_x005F_", " two  spaces ", "a\nb\tc", "'x"]):
        source = written(tmp_path, SMALL.replace("name: 小城", f"name: {Decimal(number)}"))
        dataset = load(source)
        place = replace(dataset.places[0], name=replace(dataset.places[0].name, zh=text))
        dataset = replace(dataset, places=(place, *dataset.places[1:]))
        for suffix in (".xlsx", ".json", ".yaml"):
            dump(dataset, tmp_path / f"out{suffix}")
            assert load(tmp_path / f"out{suffix}").places[0].name.zh == text, suffix
        cell = load_workbook(tmp_path / "out.xlsx")["places"]["B2"]
        assert cell.data_type != "f"


def test_what_is_no_workbook(tmp_path: Path) -> None:
    assert len(said(written(tmp_path, b"PK nothing", "x.xlsx"))) == 1
    assert len(said(written(tmp_path, SMALL, "y.xlsx"))) == 1
    path = tmp_path / "empty.xlsx"
    Workbook().save(path)
    assert any("sheet 'Sheet'" in message for message in said(path))


@pytest.mark.parametrize("source", [GUANGZHOU, PROGRESS], ids=["guangzhou", "progress"])
def test_the_package_is_sound(tmp_path: Path, source: Path) -> None:
    dump(load(source), tmp_path / "data.xlsx")
    assert lint(tmp_path / "data.xlsx") == []


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_saves_it_without_loss(tmp_path: Path) -> None:
    path = tmp_path / "data.xlsx"
    dump(load(GUANGZHOU), path)
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx", "--outdir"]
    subprocess.run([*command, str(tmp_path / "out"), str(path)], check=True, capture_output=True, timeout=180)
    assert load(tmp_path / "out" / "data.xlsx") == load(GUANGZHOU)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('<row r="2"', '<row r="x"', "has a row 'x'"),
        ('<row r="2"', '<row r="1"', "has a row '1' behind row 1"),
        ('<row r="2"', '<row r="-2"', "has a row '-2'"),
        ('r="B2"', 'r="A2"', "stands behind another of its row, or twice"),
    ],
)
def test_rows_and_cells_stand_once_and_in_order(small: Path, old: str, new: str, told: str) -> None:
    """Excel would repair such a file, and show something else than what is read here."""
    with zipfile.ZipFile(small) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = next(name for name in parts if name.startswith("xl/worksheets/sheet"))
    assert old.encode() in parts[sheet]
    parts[sheet] = parts[sheet].replace(old.encode(), new.encode(), 1)
    with zipfile.ZipFile(small, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    assert any(told in line for line in said(small))
