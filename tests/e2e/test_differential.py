"""A pack that people edited and built again says what a fresh build of the new data says, apart from their edits.

The edits here touch nothing that the data fills, so the two may differ in nothing else.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from lxml import etree

from exporters.package import Package
from exporters.registry import EXPORTERS
from exporters.runs.planning import Request
from exporters.workbook.living.book import Book
from tests.e2e import changes
from tests.e2e.edited import FILES, SAMPLE, build
from tests.runs.seeding import rewrite

OURS = "（注）"
"""What was typed."""

QUICK = (
    "figure", "no_actuals", "new_indicator", "district", "many_statements", "no_district", "no_growth", "new_source",
    "codes", "other_rank",
)  # fmt: skip
OTHERS = (
    "between", "clause", "expression", "figures_behind", "flag", "initiative", "level", "milestone", "modality",
    "no_city", "no_initiatives", "no_leader", "no_office", "no_statement", "note", "other_coverage", "period", "renamed_district",
    "renamed_indicator", "reported", "source_of_district", "sources_turned", "codes", "stretch", "title", "two_sources", "unit",
)  # fmt: skip
EDITIONS = (("standard", "en"), ("gbt9704", "zh"))
Packs = Callable[[str, str], tuple[Path, Request]]


def edit(folder: Path) -> None:
    """Type a paragraph into the briefing, a box onto a slide, and a cell into the last sheet."""
    rewrite(
        folder / FILES["word"],
        "word/document.xml",
        lambda text: text.replace("<w:body>", f"<w:body><w:p><w:r><w:t>{OURS}</w:t></w:r></w:p>", 1),
    )
    box = (
        '<p:sp><p:nvSpPr><p:cNvPr id="990" name="Typed"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody>'
        f"<a:bodyPr/><a:p><a:r><a:t>{OURS}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree>"
    )
    rewrite(folder / FILES["deck"], "ppt/slides/slide2.xml", lambda text: text.replace("</p:spTree>", box, 1))
    package = zipfile.ZipFile(folder / FILES["workbook"])
    last = max(name for name in package.namelist() if name.startswith("xl/worksheets/sheet"))
    cell = f'<row r="900"><c r="AD900" t="inlineStr"><is><t>{OURS}</t></is></c></row></sheetData>'
    rewrite(folder / FILES["workbook"], last, lambda text: text.replace("</sheetData>", cell, 1))


def said(folder: Path, kind: str) -> list[str]:
    """Return all that a file says, in order."""
    package = Package.open((folder / FILES[kind]).read_bytes(), name=FILES[kind])
    if kind == "workbook":
        book = Book(package)
        found = [
            f"{entry.name}!{cell.address} {book.text(cell)} {book.sheet(entry.part).formula(cell)}"
            for entry in book.entries
            for cell in sorted(book.sheet(entry.part).cells(), key=lambda one: (one.row, one.column))
            if not cell.blank
        ]
    else:
        found = list(EXPORTERS[kind].room().lines(package))
    beside: list[str] = []
    for name in package.names():
        if name.endswith(".xml"):
            root = etree.fromstring(package.read(name))
            texts = (one.get("descr") for one in root.iter("{*}docPr", "{*}cNvPr"))
            beside += (f"alternative text: {text}" for text in texts if text)
            if "/charts/chart" in name:
                beside.append("chart: " + " | ".join(one.text or "" for one in root.iter("{*}v")))
    found += sorted(beside)
    return [line for line in found if OURS not in line]


def differences(merged: list[str], fresh: list[str]) -> list[str]:
    import difflib

    return [line for line in difflib.ndiff(merged, fresh) if line[0] in "-+"]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Packs:
    """Return what gives the edited pack of an edition."""
    known: dict[tuple[str, str], Path] = {}

    def pack(templates: str, lang: str) -> tuple[Path, Request]:
        request = Request(templates=templates, lang=lang, cache=cache)
        found = known.get((templates, lang))
        if found is None:
            found = known[templates, lang] = tmp_path_factory.mktemp("edited") / "pack"
            build(yaml.safe_load(SAMPLE), found, request)
            edit(found)
        return found, request

    return pack


@pytest.mark.parametrize("name", QUICK)
def test_edited_and_fresh_packs_say_the_same(name: str, packs: Packs, tmp_path: Path):
    compare(name, *packs("standard", "zh"), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "name"), list(enumerate(OTHERS)))
def test_so_do_those_of_other_editions(number: int, name: str, packs: Packs, tmp_path: Path):
    compare(name, *packs(*EDITIONS[number % len(EDITIONS)]), tmp_path)


def compare(name: str, pack: Path, request: Request, folder: Path) -> None:
    """Change the data, build into the edited pack and afresh, and compare."""
    shutil.copytree(pack, folder / "merged")
    data = yaml.safe_load(SAMPLE)
    getattr(changes, name)(data)
    outcome = build(data, folder / "merged", request)
    assert "order" not in {fault.code for fault in outcome.warnings}
    build(data, folder / "fresh", request)
    for kind in FILES:
        assert not differences(said(folder / "merged", kind), said(folder / "fresh", kind)), kind
