"""Templates that an office saved in LibreOffice say what they said before, in every part."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from exporters import resources
from tests.e2e.conftest import Shell

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
pytestmark = [pytest.mark.office, pytest.mark.slow]


def paragraphs(file: Path, part: str) -> list[str]:
    """Return what a part says; its table of contents not: a footnote separator of LibreOffice is higher in Word."""
    with zipfile.ZipFile(file) as package:
        root = etree.fromstring(package.read(part))
    said = ("".join(text.text or "" for text in one.iter(f"{W}t")) for one in root.iter(f"{W}p") if not contents(one))
    return [text.strip() for text in said if text.strip()]


def contents(paragraph: etree._Element) -> bool:
    return any("PAGEREF" in (field.text or "") for field in paragraph.iter(f"{W}instrText"))


def points(file: Path) -> list[str]:
    with zipfile.ZipFile(file) as package:
        (chart,) = (name for name in package.namelist() if re.search(r"charts/chart\d+\.xml$", name))
        return re.findall(r"<c:v>([^<]*)</c:v>", package.read(chart).decode())


def cells(file: Path) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(file, data_only=True)
    return {
        sheet.title: [tuple("" if cell is None else cell for cell in row) for row in sheet.values] for sheet in book
    }


@pytest.mark.parametrize(("templates", "lang"), [("standard", "zh"), ("gbt9704", "en")])
def test_a_set_that_was_saved_in_libreoffice(shell: Shell, office, templates: str, lang: str):
    source, saved = resources.folder("templates") / templates / lang, shell.folder / "saved"
    shutil.copytree(source, saved)
    for name in ("briefing.docx", "targets.xlsx"):
        office.resave(saved / name)
    for folder, chosen in (("as-shipped", templates), ("as-saved", str(saved))):
        done = shell("build", "--templates", chosen, "--lang", lang, "--only", "word,workbook", "--out", folder)
        assert done.returncode == 0, done.stderr
    shipped, again = shell.folder / "as-shipped", shell.folder / "as-saved"
    for part in ("word/document.xml", "word/footnotes.xml"):
        assert paragraphs(again / "briefing.docx", part) == paragraphs(shipped / "briefing.docx", part)
    assert points(again / "briefing.docx") == points(shipped / "briefing.docx")
    assert cells(again / "targets.xlsx") == cells(shipped / "targets.xlsx")
    assert shell("verify", "as-saved").returncode == 0
