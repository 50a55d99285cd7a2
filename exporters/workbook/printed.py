"""Every text and number of a workbook with its place in a person's words; what formulas give is left out."""

from __future__ import annotations

from collections.abc import Iterator

from exporters.package import Package, rt
from exporters.package.properties import worded
from exporters.snapshot import Text
from exporters.workbook.living.book import Book, SheetEntry, readable
from exporters.workbook.living.charting import frames
from exporters.workbook.living.margins import words_of
from exporters.workbook.living.notes import is_ours
from exporters.workbook.living.spans import Span, parse, utf8
from exporters.workbook.references import letters

_ANCHORS = frozenset(("twoCellAnchor", "oneCellAnchor", "absoluteAnchor"))


def texts(package: Package) -> list[Text]:
    """Return every line: sheet names, cells, headers and footers, people's notes, shapes, chart titles, properties."""
    found: list[Text] = []
    with readable(package):
        book = Book(package)
        for entry in book.entries:
            found.append(Text("name of a sheet", entry.name))
            found += _cells(book, entry)
            found += _margins(book, entry)
            found += _notes(book, entry)
            found += _shapes(book, entry)
    found += (Text(f"document property {name}", text) for name, text in worded(package))
    return [one for one in found if one.text.strip()]


def _cells(book: Book, entry: SheetEntry) -> Iterator[Text]:
    for cell in book.sheet(entry.part).cells():
        if cell.formula is None and not cell.blank:
            yield Text(f"sheet {entry.name}, cell {letters(cell.column)}{cell.row}", book.text(cell))


def _margins(book: Book, entry: SheetEntry) -> Iterator[Text]:
    data = book.package.read(entry.part)
    start = data.rfind(b"<headerFooter")
    end = data.find(b"</headerFooter>", start)
    if start >= 0 and end >= 0:
        for one in parse(utf8(data[start:end] + b"</headerFooter>")).walk():
            if one.text.strip():
                yield Text(f"sheet {entry.name}, {one.name}", words_of(one.text))


def _notes(book: Book, entry: SheetEntry) -> Iterator[Text]:
    part = book.target(entry.part, rt.COMMENTS)
    for one in parse(utf8(book.package.read(part))).walk() if part else ():
        if one.name == "comment" and not is_ours(_words(one)):
            yield Text(f"sheet {entry.name}, note at {one.get('ref')}", _words(one))


def _shapes(book: Book, entry: SheetEntry) -> Iterator[Text]:
    part = book.target(entry.part, rt.DRAWING)
    for anchor in parse(utf8(book.package.read(part))).walk() if part else ():
        if anchor.name not in _ANCHORS:
            continue
        for one in anchor.walk():
            name = one.get("name")
            if one.name == "cNvPr":
                place = f"sheet {entry.name}, alternative text of {name}"
                yield from (Text(place, one.get(key)) for key in ("title", "descr") if one.get(key))
            elif one.name == "p":
                yield Text(f"sheet {entry.name}, text box", _words(one))
    for number, frame in enumerate(frames(book, entry.part), 1):
        for one in parse(utf8(book.package.read(frame.chart))).walk():
            if one.name == "rich":
                yield Text(f"sheet {entry.name}, chart {number}, title", _words(one))


def _words(span: Span) -> str:
    return "".join(piece.text for piece in span.walk() if piece.name == "t")
