"""What refers to rows from other parts: tables, drawings, charts, names, pivot sources, replies to notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from exporters.package import ct, rt
from exporters.workbook.living.book import Book
from exporters.workbook.living.shifting import Shift, Shifts, moved_area
from exporters.workbook.living.spans import Span, Splices, parse, utf8

_CHART_EX = "application/vnd.ms-office.chartex+xml"
_THREADED = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
_ANCHORS = frozenset(("oneCellAnchor", "twoCellAnchor"))
_TABLE_FORMULAS = frozenset(("calculatedColumnFormula", "totalsRowFormula"))


class Related(Struct, frozen=True):
    """Moves what other parts say of rows."""

    book: Book
    shifts: Shifts
    named: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """What names, as :func:`defined` knows them, stand for instead of what they would after the moves."""

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Yield (part, new bytes) of every part that changes."""
        if not self.shifts:
            return
        changed = [self._names(), *self._charts()]
        for entry in self.book.entries:
            shift = self.shifts.of(entry.name)
            changed += self._tables(entry.part, entry.name)
            changed += self._drawings(entry.part, shift)
            if shift:
                changed += self._linked(entry.part, _THREADED, "threadedComment", shift)
                changed += self._linked(entry.part, rt.PIVOT_TABLE, "location", shift)
        changed += self._pivot_sources()
        yield from ((part, splices.result()) for part, splices in changed if splices)

    def _open(self, part: str) -> tuple[Span, Splices] | None:
        data = utf8(self.book.package.read(part))
        try:
            return parse(data), Splices(data)
        except ValueError:
            # A part that is no XML cannot be shown by Excel either; it is carried as it is.
            return None

    def _names(self) -> tuple[str, Splices]:
        splices = Splices(self.book.data)
        for key, one in defined(self.book).items():
            moved = self.named.get(key) or self.shifts.formula(one.text, "")
            if moved != one.text:
                splices.text(one, moved)
        return self.book.part, splices

    def _charts(self) -> Iterator[tuple[str, Splices]]:
        types = self.book.package.content_types
        for name in self.book.package.names():
            if types.of(name) in {ct.CHART, _CHART_EX} and (opened := self._open(name)) is not None:
                root, splices = opened
                for one in root.walk():
                    if one.name == "f" and one.text:
                        moved = self.shifts.formula(one.text, "")
                        if moved != one.text:
                            splices.text(one, moved)
                yield name, splices

    def _tables(self, sheet: str, name: str) -> Iterator[tuple[str, Splices]]:
        shift = self.shifts.of(name)
        for part in self.book.targets(sheet, rt.TABLE):
            opened = self._open(part)
            if opened is None:
                continue
            root, splices = opened
            for one in root.walk():
                if one.name in _TABLE_FORMULAS:
                    moved = self.shifts.formula(one.text, name)
                    if moved != one.text:
                        splices.text(one, moved)
                elif shift and one.get("ref"):
                    moved = moved_area(one.get("ref"), shift)
                    if moved != one.get("ref"):
                        splices.attribute(one, "ref", moved)
            yield part, splices

    def _drawings(self, sheet: str, shift: Shift) -> Iterator[tuple[str, Splices]]:
        for part in self.book.targets(sheet, rt.DRAWING):
            opened = self._open(part)
            if opened is None:
                continue
            root, splices = opened
            for one in root.walk():
                link = one.get("textlink")
                if link:
                    moved = self.shifts.formula(link, "")
                    if moved != link:
                        splices.attribute(one, "textlink", moved)
                if shift and one.name in _ANCHORS and one.get("editAs") != "absolute":
                    rows = [row for end in ("from", "to") if (row := _row_of(one, end)) is not None]
                    if rows:
                        numbers = [int(row.text) + 1 for row in rows]
                        for row, number in zip(rows, shift.frame(numbers[0], numbers[-1]), strict=False):
                            if str(number - 1) != row.text.strip():
                                splices.text(row, str(number - 1))
            yield part, splices

    def _linked(self, sheet: str, rel_type: str, element: str, shift: Shift) -> Iterator[tuple[str, Splices]]:
        for part in self.book.targets(sheet, rel_type):
            opened = self._open(part)
            if opened is None:
                continue
            root, splices = opened
            for one in root.walk():
                if one.name == element and one.get("ref"):
                    splices.attribute(one, "ref", moved_area(one.get("ref"), shift))
            yield part, splices

    def _pivot_sources(self) -> Iterator[tuple[str, Splices]]:
        for part in self.book.targets(self.book.part, rt.PIVOT_CACHE):
            opened = self._open(part)
            if opened is None:
                continue
            root, splices = opened
            for one in root.walk():
                shift = self.shifts.of(one.get("sheet"))
                if one.name == "worksheetSource" and one.get("ref") and shift:
                    splices.attribute(one, "ref", moved_area(one.get("ref"), shift))
            yield part, splices


def _row_of(anchor: Span, end: str) -> Span | None:
    """Return the row that a floating thing begins or ends in."""
    place = anchor.child(end)
    row = place.child("row") if place is not None else None
    return row if row is not None and row.text.strip().isdecimal() else None


def defined(book: Book) -> dict[tuple[str, str], Span]:
    """Return what a workbook's names stand for, by name (without case) and the part of the sheet they belong to."""
    listed = book.listed
    found: dict[tuple[str, str], Span] = {}
    for holder in book.root.all("definedNames"):
        for one in holder.all("definedName"):
            local = one.get("localSheetId")
            part = listed[int(local)] if local.isdecimal() and int(local) < len(listed) else local
            found[one.get("name").casefold(), part] = one
    return found
