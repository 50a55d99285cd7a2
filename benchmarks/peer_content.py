"""What an Office file says, read without any of the tools that are compared: paragraphs, cells, charts' numbers."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

from lxml import etree

_DATA = re.compile(r"word/document|xl/worksheets/sheet|ppt/slides/slide|ppt/notesSlides/|ppt/charts/chart")


def said(path: Path) -> Counter[str]:
    """Return how often the file says what: a paragraph with text, a cell with its address, a point of a chart."""
    found: Counter[str] = Counter()
    with ZipFile(path) as package:
        names = package.namelist()
        strings = _strings(package.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
        for name in names:
            if not _DATA.match(name) or not name.endswith(".xml"):
                continue
            root = etree.fromstring(package.read(name), etree.XMLParser(huge_tree=True))
            if name.startswith("xl/"):
                sheet = int(re.search(r"\d+", name)[0])  # type: ignore[index]
                found.update(f"{sheet}!{cell}" for cell in _cells(root, strings))
            elif name.startswith("ppt/charts/"):
                found.update(f"chart {_plain(value.text or '')}" for value in root.iter("{*}v"))
            else:
                texts = ("".join(text.text or "" for text in one.iter("{*}t")) for one in root.iter("{*}p"))
                found.update(text for text in texts if text.strip())
    return found


def _strings(data: bytes) -> list[str]:
    return ["".join(text.text or "" for text in one.iter("{*}t")) for one in etree.fromstring(data)]


def _cells(root: etree._Element, strings: list[str]) -> list[str]:
    found = []
    for cell in root.iter("{*}c"):
        formula, value = cell.find("{*}f"), cell.findtext("{*}v") or ""
        if cell.get("t") == "s":
            value = strings[int(value)]
        elif cell.get("t") == "inlineStr":
            value = "".join(text.text or "" for text in cell.iter("{*}t"))
        shown = (formula.text or "") if formula is not None else ""
        if value or shown:
            found.append(f"{cell.get('r')} {shown} {_plain(value)}")
    return found


def _plain(value: str) -> str:
    try:
        return f"{float(value):.12g}"
    except ValueError:
        return value
