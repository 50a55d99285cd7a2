"""Rows that leave a sheet because the data dropped their record and nobody touched them, and who names them."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence, Set
from functools import cached_property

from exporters.package import Package, ct
from exporters.snapshot import Item, Plan, RemoveItem
from exporters.workbook.living.book import KEPT, Book, Table
from exporters.workbook.living.charting import chart_items
from exporters.workbook.living.naming import Naming
from exporters.workbook.living.pointing import Pointing
from exporters.workbook.living.shapes import shaped, shaped_in
from exporters.workbook.living.spans import parse, utf8
from exporters.workbook.references import parse_range

_AREAS = ("ref", "sqref")
_NAMING_NOTHING = frozenset(("mergeCell", "selection", "hyperlink"))
_SHOWN = 3
"""So many texts tell which row is meant."""


class Leaving:
    """Decides for each such row whether it goes, or only what stands in it.

    A row that something else names alone (a formula of somebody's, a small chart in a cell, a condition) stays,
    emptied, so that what names it does not break; so does the last row of a table, which Excel wants. *led* are
    parts of charts, and cells (``part!A1``), that name no row of their own: the new render says where they lead.
    """

    def __init__(self, book: Book, led: Container[str] = ()) -> None:
        self._book, self._led = book, led
        self._wanted: dict[str, set[int]] = defaultdict(set)
        self._replaced: dict[str, dict[int, range]] = defaultdict(dict)

    def add(self, part: str, row: int) -> None:
        self._wanted[part].add(row)

    def replace(self, part: str, row: int, whole: range) -> None:
        """Let another record's row stand in the place of one of a *whole* list."""
        self._replaced[part][row] = whole

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

    def told(self) -> Iterator[str]:
        """Yield the formulas that say nothing, or something of another record, from now on: each with its place and
        what the row said that it names. What is over a whole list is over whatever records this has."""
        for part, top, bottom, by in (one for one in self._found if one[-1]):
            replaced = self._replaced.get(part, {})
            parted = (row for row in sorted(replaced) if top <= row <= bottom
                      and (top == bottom or not (top <= replaced[row][0] and replaced[row][-1] <= bottom)))  # fmt: skip
            number = top if self._all_leave(part, top, bottom) else next(parted, 0)
            if number:
                row = self._book.sheet(part).rows.get(number)
                texts = (self._book.text(cell) for cell in row.cells.values()) if row is not None else ()
                yield f"{by} ({' '.join([text for text in texts if text][:_SHOWN])})"

    def _table(self, part: str, row: int) -> Table | None:
        return next((one for one in self._book.areas if one.sheet == part and one.top <= row <= one.bottom), None)

    @cached_property
    def _staying(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for part, rows in self._wanted.items():
            for table in self._book.areas:
                if table.sheet == part and rows >= set(range(table.top, table.bottom + 1)):
                    found[part].add(table.bottom)
        for part, top, bottom, _ in self._found:
            if self._all_leave(part, top, bottom):
                found[part].update(range(top, bottom + 1))
        return found

    def _own(self, part: str) -> set[int]:
        return self._wanted.get(part, set()) | self._replaced.get(part, {}).keys()

    def _all_leave(self, part: str, top: int, bottom: int) -> bool:
        wanted = self._wanted.get(part, set())
        return bottom - top < len(wanted) and wanted.issuperset(range(top, bottom + 1))

    @cached_property
    def _found(self) -> list[tuple[str, int, int, str]]:
        """The rows that something else names: the part of their sheet, the first, the last, and the formula with its
        place, if it is one."""
        parts = {entry.name.casefold(): entry.part for entry in self._book.entries}
        named = self._named() if any((*self._wanted.values(), *self._replaced.values())) else ()
        found = ((parts.get(sheet, ""), top, bottom, by) for sheet, top, bottom, by in named)
        return list(dict.fromkeys(found))

    def _named(self) -> Iterator[tuple[str, int, int, str]]:
        """Yield (sheet without case, top, bottom, formula with its place) of what anything but the rows themselves
        refers to."""
        for entry in self._book.entries:
            sheet, own = self._book.sheet(entry.part), self._own(entry.part)
            name = entry.name.casefold()
            for cell, _ in sheet.formulas():
                if cell.row not in own:
                    found = [*self._references(sheet.formula(cell), name, cell.row)]
                    if found and f"{entry.part}!{cell.address}" not in self._led:
                        by = f"{entry.name}!{cell.address}: ={sheet.formula(cell)}"
                        yield from ((*one, by) for one in found)
            for span in sheet.root.walk():
                if span.name in _NAMING_NOTHING:
                    continue
                texts = [span.get(one) for one in _AREAS] + [span.text if span.name == "sqref" else ""]
                for area in " ".join(texts).split():
                    if (range_ := parse_range(area)) is not None:
                        yield name, range_.top, range_.bottom, ""
        for holder in self._book.root.all("definedNames"):
            for one in holder.all("definedName"):
                yield from ((*named, "") for named in self._references(one.text, ""))
        package = self._book.package
        for part in package.names():
            if package.content_types.of(part) == ct.CHART and part not in self._led:
                for span in parse(utf8(package.read(part))).walk():
                    if span.name == "f":
                        yield from ((*named, "") for named in self._references(span.text, ""))

    def _references(self, formula: str, sheet: str, row: int = 0) -> Iterator[tuple[str, int, int]]:
        shape, numbers = shaped_in(formula, row) if row else shaped(formula)
        going, replaced_rows = self._all
        if going.isdisjoint(numbers):
            at = bisect_left(replaced_rows, min(numbers, default=0))
            if at == len(replaced_rows) or replaced_rows[at] > max(numbers, default=0):
                return
        for reference in shape.references:
            if reference.rows:
                _, top, _, bottom = reference.area(numbers)
                name = reference.sheet or sheet
                wanted, replaced = self._rows.get(name, (frozenset[int](), ()))
                at = bisect_left(replaced, top)
                if top in wanted or (replaced[at : at + 1] and replaced[at] <= bottom):
                    yield name, top, bottom

    @cached_property
    def _all(self) -> tuple[Set[int], Sequence[int]]:
        """The rows that go and, in order, those that are replaced, of all sheets."""
        return set().union(*self._wanted.values()), sorted(set().union(*self._replaced.values()))

    @cached_property
    def _rows(self) -> dict[str, tuple[Set[int], Sequence[int]]]:
        """The rows that go and, in order, those that are replaced, by the names of their sheets without case."""
        return {
            entry.name.casefold(): (self._wanted.get(entry.part, set()), sorted(self._replaced.get(entry.part, ())))
            for entry in self._book.entries
        }


class Led(Container[str]):
    """The charts (by their parts) and cells with formulas (``part!A1``) of an edited workbook that lead where those of
    the template led. Looked up one by one: to name what all formulas lead to costs more than laying the sheets out."""

    def __init__(self, origin: Book, book: Book) -> None:
        self._origin, self._book = origin, book
        self._before, self._now = Naming.of(origin), Naming.of(book)
        self._leads = Pointing(origin, self._before), Pointing(book, self._now)
        self._parts = {name: part for part, name in self._before.sheets.items()}

    @cached_property
    def _charts(self) -> set[str]:
        before, now = self._led(self._origin, 0), self._led(self._book, 1)
        known = before.keys() & now.keys()
        return {now[name].at for name in known if before[name].slots[0].text == now[name].slots[0].text}

    def _led(self, book: Book, side: int) -> dict[str, Item]:
        names, leads = (self._before, self._now)[side].sheets, self._leads[side]
        items = (chart_items(book, entry, names[entry.part], leads) for entry in book.entries)
        return {item.id: item for item in itertools.chain.from_iterable(items)}

    def __contains__(self, at: object) -> bool:
        part, _, address = str(at).rpartition("!")
        area = parse_range(address)
        if not part or area is None:
            return at in self._charts
        base = self._parts.get(self._now.sheets[part], "")
        place = self._before.places(base).of_home(self._now.places(part).home(area.left, area.top)) if base else None
        known = self._origin.sheet(base).cell(*place) if place is not None else None
        cell = self._book.sheet(part).cell(area.left, area.top)
        if cell is None or known is None or known.formula is None:
            return False
        texts = self._origin.sheet(base).formula(known), self._book.sheet(part).formula(cell)
        return self._leads[0].formula(texts[0], base) == self._leads[1].formula(texts[1], part)


def stranded(package: Package, plan: Plan) -> list[str]:
    """Return the formulas of people's that name rows which a plan takes out of an edited workbook's tables, as
    :meth:`Leaving.told` does."""
    book = KEPT.find(package) or Book(package)
    if book.origin is None:
        return []
    leaving = Leaving(book, Led(book.origin, book))
    for one in plan.edits:
        part, _, number = one.at.rpartition("!") if isinstance(one, RemoveItem) else ("", "", "")
        if number.isdecimal():
            leaving.add(part, int(number))
    return [*dict.fromkeys(leaving.told())]
