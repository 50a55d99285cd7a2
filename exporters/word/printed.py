"""Every line of a Word document with its place in a person's words."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from exporters.package import Package, rt
from exporters.package.properties import worded
from exporters.snapshot import Text
from exporters.word.living.atoms import NOTE_MARKS, Kind, Walker, is_fallback, text_of
from exporters.word.living.document import Document
from exporters.word.living.found import BODY
from exporters.word.names import WP, W
from exporters.word.xmlparts import Element

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_SHOWN = 24


def texts(package: Package) -> list[Text]:
    """Return every line of the document: the body, headers and footers, notes, alternative texts, properties."""
    document = Document(package)
    found = list(_stories(document))
    found += _notes(document)
    for root in document.roots.values():
        found += _drawings(root)
    found += _charts(document)
    found += (Text(f"document property {name}", text) for name, text in worded(package))
    return [one for one in found if one.text.strip()]


def _stories(document: Document) -> Iterator[Text]:
    for group, story in document.stories:
        yield from _paragraphs(document, story.root, "" if group == BODY else "header or footer, ")


def _notes(document: Document) -> Iterator[Text]:
    numbers: dict[str, int] = {}
    for mark in document.body.root.iter(*NOTE_MARKS):
        kind = NOTE_MARKS[str(mark.tag)]
        note = document.notes.get((kind, mark.get(f"{W}id", "")))
        if note is not None:
            numbers[kind] = numbers.get(kind, 0) + 1
            yield from _paragraphs(document, note, f"{kind.removesuffix('s')} {numbers[kind]}, ")


def _paragraphs(document: Document, root: Element, prefix: str) -> Iterator[Text]:
    walker = Walker(document.digests)
    tables = {table: number for number, table in enumerate(root.iter(f"{W}tbl"), 1)}
    for paragraph in root.iter(f"{W}p"):
        if is_fallback(paragraph):
            continue
        # What a field shows is every editor's to work out: numbers of pages, captions, the table of contents.
        atoms = [atom for atom in walker.paragraph(paragraph) if atom.kind is not Kind.FIELD]
        lines = [] if walker.in_contents else text_of(atoms).split("\n")
        if any(line.strip() for line in lines):
            place = prefix + _place(paragraph, lines, tables)
            yield from (Text(place, line) for line in lines)


def _place(paragraph: Element, lines: list[str], tables: dict[Element, int]) -> str:
    cell = next((one for one in paragraph.iterancestors(f"{W}tc", f"{W}txbxContent")), None)
    if cell is not None and cell.tag == f"{W}tc":
        row = next(cell.iterancestors(f"{W}tr"), None)
        table = next(cell.iterancestors(f"{W}tbl"), None)
        if row is not None and table is not None:
            down = 1 + sum(1 for _ in row.itersiblings(f"{W}tr", preceding=True))
            right = 1 + sum(1 for _ in cell.itersiblings(f"{W}tc", preceding=True))
            return f"table {tables.get(table, 1)}, row {down}, cell {right}"
    text = " ".join(" ".join(lines).split())
    words = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return f"{'text box, ' if cell is not None else ''}paragraph “{words}”"


def _drawings(root: Element) -> Iterator[Text]:
    for properties in root.iter(f"{WP}docPr"):
        for name in ("title", "descr"):
            if properties.get(name) and not is_fallback(properties):
                yield Text(f"alternative text of {properties.get('name', 'a drawing')}", properties.get(name, ""))


def _charts(document: Document) -> Iterator[Text]:
    for item in document.relationships.of_type(rt.CHART):
        name = document.relationships.target(item)
        if name not in document.package:
            continue
        root = etree.fromstring(document.package.read(name), etree.XMLParser(resolve_entities=False, no_network=True))
        for body in root.iter(f"{_C}rich"):
            for paragraph in body.iter(f"{_A}p"):
                yield Text("chart title", "".join(text.text or "" for text in paragraph.iter(f"{_A}t")))
