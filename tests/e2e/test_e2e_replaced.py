"""A person replaces a word or a sign in a whole file: spreadsheets reach into hidden columns and into formulas, too."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import openpyxl
import pptx
import pytest
import yaml
from docx.oxml.ns import qn
from openpyxl.cell import MergedCell

from exporters.merge import canonical
from exporters.package import Package
from exporters.registry import EXPORTERS
from exporters.runs.pack import Pack
from exporters.runs.verifying import verify
from tests.e2e import changes
from tests.e2e.changes import Data
from tests.e2e.edited import SAMPLE, Edited, build


def replaced(path: Path, *words: tuple[str, str]) -> int:
    book, count = openpyxl.load_workbook(path), 0
    for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
        if isinstance(cell.value, str) and not isinstance(cell, MergedCell):
            text = cell.value
            for old, new in words:
                text = text.replace(old, new)
            count += text != cell.value
            cell.value = text
    book.save(path)
    return count


def texts(path: Path) -> dict[str, set[str]]:
    return {
        sheet.title: {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
        for sheet in openpyxl.load_workbook(path)
    }


def more(data: Data) -> None:
    changes.target(data, "xilan.retail-level")["value"] = 599
    changes.target(data, "yunting.gdp-level")["value"] = 7777


@pytest.mark.parametrize(
    "words",
    [
        (("retail", "SALES"),),
        (("retail", "retail trade"), ("GDP", "GNP"), ("gdp", "gnp")),
        (("t", "T"),),
    ],
    ids=["a part of ids", "ids and what formulas look up", "a letter of nearly all"],
)
def test_values_go_on_following(edited: Edited, words: tuple[tuple[str, str], ...]):
    path = edited / "workbook"
    before = texts(path)["目标"]
    keys = {text for text in before if "." in text and text.islower() and not text.startswith("=")}
    assert any("retail" in key for key in keys)
    assert replaced(path, *words) > 3
    outcome = edited.rebuilt(more)
    assert [one for one in outcome.manifest.conflicts if one["file"] == "targets.xlsx"] == []
    now = texts(path)
    assert keys <= now["目标"]
    assert {"599", "7777"} <= now["目标"] and "GDP|growth_yoy" in now["对比"]
    formulas = [text for sheet in now.values() for text in sheet if text.startswith("=")]
    assert not any(f".{new}" in text for text in formulas for _, new in words)


def test_a_row_of_ones_own_is_not_taken_for_one_that_was_deleted(edited: Edited):
    path = edited / "workbook"
    book = openpyxl.load_workbook(path)
    sheet = book["目标"]
    row = next(cell.row for cell in sheet["A"] if cell.value == "xilan.retail-level")
    for cell in sheet[row]:
        if not isinstance(cell, MergedCell):
            cell.value = "xilan.sales-level" if cell.column == 1 else f"自己的{cell.column}"
    book.save(path)
    edited.rebuilt()
    assert "xilan.sales-level" in texts(path)["目标"]


def spelled(path: Path) -> None:
    """Write the characters that openpyxl writes as references as Excel and LibreOffice do."""
    with ZipFile(path) as kept:
        parts = {name: kept.read(name) for name in kept.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as out:
        for name, data in parts.items():
            out.writestr(name, re.sub(r"&#(\d{3,});", lambda found: chr(int(found[1])), data.decode()).encode())


def test_nothing_but_ids_is_put_right(edited: Edited):
    """Where a row is deleted, other counts in hidden rows and words typed into folded columns are no altered ids."""
    path = edited / "workbook"
    book = openpyxl.load_workbook(path)
    sheet = book["目标"]
    headers = {cell.value: cell.column for cell in sheet[4]}
    period, remark = sheet.cell(6, headers["期限"]), sheet.cell(7, headers["备注"])
    period.value, remark.value = f"{period.value}度", 10
    assert sheet.column_dimensions[period.column_letter].hidden and book["对比"].row_dimensions[4].hidden
    book["对比"]["F4"] = 10
    sheet.delete_rows(9)
    book.save(path)
    spelled(path)
    edited.rebuilt(more)
    sheet = openpyxl.load_workbook(path)["目标"]
    assert (sheet[period.coordinate].value, sheet[remark.coordinate].value) == ("全年度", 10)


@pytest.mark.parametrize("kind", ["word", "deck"])
def test_signs_of_another_width_are_nobodys_edit(edited: Edited, kind: str, tmp_path: Path):
    path = edited / kind
    package = docx.Document(path) if kind == "word" else pptx.Presentation(path)
    roots = [package.element] if kind == "word" else [slide.element for slide in package.slides]
    texts = [
        one for root in roots for one in root.iter(qn("w:t"), qn("a:t")) if one.text and {"%", "6"} & set(one.text)
    ]
    for one in texts:
        one.text = one.text.replace("%", "％").replace("6", "６")
    package.save(path)
    assert len(texts) > 20
    assert verify(Pack.open(edited.folder)).findings == ()
    outcome = edited.rebuilt(more)
    assert outcome.manifest.conflicts == () and verify(Pack.open(edited.folder)).findings == ()
    data = yaml.safe_load(SAMPLE)
    more(data)
    build(data, tmp_path / "fresh", edited.request)
    here, fresh = (EXPORTERS[kind].room().lines(Package.open(file)) for file in (path, tmp_path / "fresh" / path.name))
    assert [canonical(line) for line in here] == [canonical(line) for line in fresh]
    assert sum("％" in line for line in here) > 10
