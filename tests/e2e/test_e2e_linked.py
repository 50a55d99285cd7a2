"""A colleague's formula takes a value from another workbook: it is carried as it is, and told."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from exporters.errors import PackageError
from exporters.runs.build import execute
from exporters.runs.pack import Pack
from exporters.runs.planning import Request, plan
from exporters.runs.review import status
from exporters.runs.verifying import verify
from tests.e2e import changes
from tests.e2e.edited import Edited

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PART = "xl/externalLinks/externalLink1.xml"
# As Excel 2021 writes them.
ADDED = {
    PART: f'<externalLink xmlns="{MAIN}" xmlns:r="{RELS}"><externalBook r:id="rId1"><sheetNames><sheetName val="目标"/>'
    '</sheetNames><sheetDataSet><sheetData sheetId="0"><row r="30"><cell r="A30"><v>40</v></cell></row></sheetData>'
    "</sheetDataSet></externalBook></externalLink>",
    "xl/externalLinks/_rels/externalLink1.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/'
    f'2006/relationships"><Relationship Id="rId1" Type="{RELS}/externalLinkPath" '
    'Target="file:///\\\\server\\share\\other.xlsx" TargetMode="External"/></Relationships>',
}
FORMULAS = {"A1": "=[1]目标!A30", "A2": "='[1]目标'!$A$30+SUM([1]目标!A30:A31)", "A3": "=目标!G30+[1]目标!A30"}


def moved(data: changes.Data) -> None:
    """Two rows above the thirtieth go."""
    changes.keep(data, lambda one: not one["id"].startswith("nanting.industrial-investment"))


def linked(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    own = book.create_sheet("我的")
    for cell, formula in FORMULAS.items():
        own[cell] = formula
    book.save(path)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    named = {
        "xl/workbook.xml": (
            "</sheets>",
            f'</sheets><externalReferences><externalReference xmlns:r="{RELS}" r:id="rId99"/></externalReferences>',
        ),
        "xl/_rels/workbook.xml.rels": (
            "</Relationships>",
            f'<Relationship Id="rId99" Type="{RELS}/externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>',
        ),
        "[Content_Types].xml": (
            "</Types>",
            f'<Override PartName="/{PART}" ContentType="application/vnd.openxmlformats-officedocument.'
            'spreadsheetml.externalLink+xml"/></Types>',
        ),
    }
    for name, (old, new) in named.items():
        assert old.encode() in parts[name]
        parts[name] = parts[name].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w") as package:
        for name, content in (parts | {name: text.encode() for name, text in ADDED.items()}).items():
            package.writestr(name, content)


def asked(edited: Edited, **changed) -> Request:
    file = str(edited.folder.with_suffix(".json"))
    return replace(Request(file, edited.folder, "standard", "zh", cache=edited.request.cache, epoch=0), **changed)


def test_it_is_carried_byte_for_byte_and_told(edited: Edited):
    linked(edited / "workbook")
    outcome = edited.rebuilt(moved)
    assert outcome.exit_code == 0 and outcome.results["targets.xlsx"] == "merged"
    with zipfile.ZipFile(edited / "workbook") as package:
        assert {name: package.read(name).decode() for name in ADDED} == ADDED
        assert "externalReference " in package.read("xl/workbook.xml").decode()
    book = openpyxl.load_workbook(edited / "workbook")
    found = {cell: book["我的"][cell].value for cell in FORMULAS}
    # Rows of this workbook moved, those of the other did not.
    assert found == FORMULAS | {"A3": "=目标!G28+[1]目标!A30"}
    (told,) = outcome.warnings
    assert told.code == "linked-book" and re.search(r"other\.xlsx.*nothing is fetched", told.message)
    assert [one.code for file in status(edited.folder).files for one in file.warnings] == ["linked-book"]
    assert verify(Pack.open(edited.folder)).proven


def test_where_it_would_lead_nowhere_it_is_refused(edited: Edited, tmp_path: Path):
    copy = tmp_path / "copy.xlsx"
    shutil.copy(edited / "workbook", copy)
    linked(copy)
    edited.rebuilt(moved)
    with pytest.raises(PackageError, match="outside the file"):
        execute(plan(asked(edited, copies=(copy,))))
    linked(edited / "workbook")
    before = (edited / "workbook").read_bytes()
    outcome = execute(plan(asked(edited, lang="en")))
    assert (outcome.exit_code, outcome.results["targets.xlsx"]) == (4, "refused")
    assert any("break the link" in one.hint for one in outcome.refused)
    assert (edited / "workbook").read_bytes() == before
