"""Rows that leave a sheet because the data dropped their record and nobody touched them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator
from functools import cached_property

from exporters.package import ct
from exporters.workbook.living.book import Book, Table
from exporters.workbook.living.shapes import shaped, shaped_in
from exporters.workbook.living.spans import parse, utf8
from exporters.workbook.references import parse_range

_AREAS = ("ref", "sqref")
_NAMING_NOTHING = frozenset(("mergeCell", "selection"))


class Leaving:
    """Decides for each such row whether it goes, or only what stands in it.

    A row that something else names alone (a formula of somebody's, a small chart in a cell, a condition) stays,
    emptied, so that what names it does not break; so does the last row of a table, which Excel wants. *led* are
    parts of charts, and cells (``part!A1``), that name no row of their own: the new render says where they lead.
    """

    def __init__(self, book: Book, led: Container[str] = ()) -> None:
        self._book, self._led = book, led
        self._wanted: dict[str, set[int]] = defaultdict(set)

    def add(self, part: str, row: int) -> None:
        self._wanted[part].add(row)

    def rows(self) -> dict[str, set[int]]:
        """Return the rows that go, by sheet."""
        return {part: gone for part, found in self._wanted.items() if (gone := found - self._staying[part])}

    def emptied(self) -> Iterator[tuple[int, int, str]]:
        """Yield (column, row, sheet) of the cells that are emptied."""
        for part, found in self._wanted.items():
            for row in sorted(found & self._staying[part]):
                table = self._table(part, row)
                if table is not None:
                    yield from ((column.number, row, part) for column in table.columns)

    def _table(self, part: str, row: int) -> Table | None:
        return next((one for one in self._book.areas if one.sheet == part and one.top <= row <= one.bottom), None)

    @cached_property
    def _staying(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for part, rows in self._wanted.items():
            for table in self._book.areas:
                if table.sheet == part and rows >= set(range(table.top, table.bottom + 1)):
                    found[part].add(table.bottom)
        if self._wanted:
            parts = {entry.name.casefold(): entry.part for entry in self._book.entries}
            for sheet, top, bottom in self._named():
                part = parts.get(sheet, "")
                leaving = self._wanted.get(part, set())
                if bottom - top < len(leaving) and leaving.issuperset(range(top, bottom + 1)):
                    found[part].update(range(top, bottom + 1))
        return found

    def _named(self) -> Iterator[tuple[str, int, int]]:
        """Yield (sheet without case, top, bottom) of what anything but the rows themselves refers to."""
        rows = {row for found in self._wanted.values() for row in found}
        for entry in self._book.entries:
            sheet, own = self._book.sheet(entry.part), self._wanted.get(entry.part, set())
            name = entry.name.casefold()
            for cell, _ in sheet.formulas():
                if cell.row not in own:
                    found = [*_references(sheet.formula(cell), name, rows, cell.row)]
                    if found and f"{entry.part}!{cell.address}" not in self._led:
                        yield from found
            for span in sheet.root.walk():
                if span.name in _NAMING_NOTHING:
                    continue
                texts = [span.get(one) for one in _AREAS] + [span.text if span.name == "sqref" else ""]
                for area in " ".join(texts).split():
                    if (range_ := parse_range(area)) is not None:
                        yield name, range_.top, range_.bottom
        for holder in self._book.root.all("definedNames"):
            for one in holder.all("definedName"):
                yield from _references(one.text, "", rows)
        package = self._book.package
        for part in package.names():
            if package.content_types.of(part) == ct.CHART and part not in self._led:
                for span in parse(utf8(package.read(part))).walk():
                    if span.name == "f":
                        yield from _references(span.text, "", rows)


def _references(formula: str, sheet: str, rows: set[int], row: int = 0) -> Iterator[tuple[str, int, int]]:
    shape, numbers = shaped_in(formula, row) if row else shaped(formula)
    if rows.isdisjoint(numbers):
        return
    for reference in shape.references:
        if reference.rows:
            _, top, _, bottom = reference.area(numbers)
            yield reference.sheet or sheet, top, bottom
