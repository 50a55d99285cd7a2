"""Rows of tables in another order, each with all that people wrote in it; what refers to a row follows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from exporters.package import ct, rt
from exporters.snapshot import Arrangement
from exporters.workbook.living.book import KEPT, Book, Table, readable
from exporters.workbook.living.caches import renew
from exporters.workbook.living.cells import Row
from exporters.workbook.living.notes import SheetNotes
from exporters.workbook.living.packing import Changes
from exporters.workbook.living.related import Related
from exporters.workbook.living.sheet import read_sheet
from exporters.workbook.living.shifting import Shift, Shifts
from exporters.workbook.living.spans import Span, Splices, parse, utf8
from exporters.workbook.living.writing import SheetEdit
from exporters.workbook.references import LAST_ROW, parse_range

if TYPE_CHECKING:
    from exporters.package.reader import Package


def arrange(
    target: Package, wanted: Sequence[Arrangement], ours: Package, out: BinaryIO, *, epoch: int | None = None
) -> bool:
    """Write *target* with its stretches in the order that is *wanted*; return whether any of them moved.

    Sheets keep their order. So does a sheet of which something else (a formula over some of the rows, a merged cell,
    another table) would be torn apart.
    """
    with readable(target):
        book = KEPT.find(target) or Book(target)
        turns = [turn for one in wanted if one.group and (turn := _turn(book, one)) is not None]
        return bool(turn_rows(book, turns, out, epoch)[0])


def turn_rows(
    book: Book, turns: list[Turn], out: BinaryIO, epoch: int | None, *, renewing: bool = True
) -> tuple[list[Turn], list[SheetEdit]]:
    """Write a workbook with those of *turns* made by which nothing is torn apart; return them, and what was done to its
    sheets. *renewing*: what is worked out is worked out anew."""
    for turn in turns:
        rows = book.sheet(turn.sheet).rows
        turn.fit([row for row in range(turn.top, turn.bottom + 1) if row in rows and _is_held(rows[row])])
    while turns:
        changes, edits = _changed(book, turns)
        if not any(turn.torn for turn in turns):
            if renewing:
                renew(book, changes, edits)
            changes.write(out, epoch)
            return turns, edits
        turns = [turn for turn in turns if not turn.torn]
    return [], []


def _is_held(row: Row) -> bool:
    return any(not cell.blank for cell in row.cells.values())


class _Stretch(Struct, frozen=True):
    top: int
    bottom: int
    down: int
    """By how many rows it moves."""


class Turn(Shift):
    """Stretches of rows of one sheet that change places. ``torn`` says whether a range was met that holds some of them
    and would not do so any more."""

    @classmethod
    def of(cls, sheet: str, bounds: Sequence[tuple[int, int]], order: Sequence[int]) -> Turn:
        """Return stretches that follow each other as they stand, to follow each other in another *order*."""
        stretches: dict[int, _Stretch] = {}
        at = bounds[0][0]
        for number in order:
            top, bottom = bounds[number]
            stretches[number] = _Stretch(top, bottom, at - top)
            at += bottom - top + 1
        return cls(sheet, [stretches[number] for number in sorted(stretches)])

    def __init__(self, sheet: str, stretches: Sequence[_Stretch]) -> None:
        super().__init__()
        self.sheet, self._stretches = sheet, stretches
        self.top, self.bottom = stretches[0].top, stretches[-1].bottom
        self._down = {row: one.down for one in stretches for row in range(one.top, one.bottom + 1)}
        self._held = self._then = (self.top, self.bottom)
        self.torn = False

    def fit(self, held: Sequence[int]) -> None:
        """Learn which of the rows hold something: a range over all of these holds all that moves."""
        if held:
            then = [self.row(row) for row in held]
            self._held, self._then = (min(held), max(held)), (min(then), max(then))

    def __bool__(self) -> bool:
        return True

    def row(self, number: int) -> int:
        return number + self._down.get(number, 0)

    def rows(self, top: int, bottom: int, *, single: bool = True) -> tuple[int, int]:
        """Return where a range stands afterwards; what holds none or all of the rows that move stays."""
        if bottom < self.top or top > self.bottom or (top <= self.top and bottom >= self.bottom):
            return top, bottom
        if top == bottom or any(one.top <= top and bottom <= one.bottom for one in self._stretches):
            return self.row(top), self.row(bottom)
        if top <= self._held[0] and bottom >= self._held[1]:
            return min(top, self._then[0]), max(bottom, self._then[1])
        self.torn = True
        return top, bottom

    def frame(self, top: int, bottom: int) -> tuple[int, int]:
        """Return where what floats over rows stands afterwards: with them, or where it stood."""
        inside = any(one.top <= top and bottom <= one.bottom for one in self._stretches)
        down = self._down[top] if inside else 0
        return top + down, bottom + down

    def inside(self, row: int) -> bool:
        return row in self._down


class Turns(Shift):
    """Several of them on one sheet."""

    scrolls = False

    def __init__(self, turns: Sequence[Turn]) -> None:
        super().__init__()
        self._turns = turns

    def __bool__(self) -> bool:
        return True

    def row(self, number: int) -> int:
        return next((one.row(number) for one in self._turns if one.inside(number)), number)

    def rows(self, top: int, bottom: int, *, single: bool = True) -> tuple[int, int]:
        for one in self._turns:
            top, bottom = one.rows(top, bottom)
        return top, bottom

    def frame(self, top: int, bottom: int) -> tuple[int, int]:
        return next((one.frame(top, bottom) for one in self._turns if one.inside(top)), (top, bottom))

    def inside(self, row: int) -> bool:
        return any(one.inside(row) for one in self._turns)


def _turn(book: Book, wanted: Arrangement) -> Turn | None:
    """Return which rows change places; None where they cannot be told from what stands beside or between them."""
    table = next((one for one in book.areas if one.part == wanted.group), None)
    found = [[int(at.rpartition("!")[2]) for at in stretch] for stretch in wanted.stretches]
    if table is None or not table.key_column or not all(one == sorted(one) for one in found):
        return None
    tops = [stretch[0] for stretch in found]
    bottom = found[-1][-1]
    behind = [row for row in range(bottom + 1, table.bottom + 1) if _key(book, table, row)]
    bottom = behind[0] - 1 if behind and not table.is_range else bottom
    bottoms = [*(top - 1 for top in tops[1:]), bottom]
    if tops != sorted(tops) or not _is_alone(book, table, tops[0], bottom):
        return None
    spans = zip(found, tops, bottoms, strict=True)
    if table.is_range and any(rows != list(range(top, stop + 1)) for rows, top, stop in spans):
        # What stands between them may be the template's own.
        return None
    return Turn.of(table.sheet, [*zip(tops, bottoms, strict=True)], wanted.order)


def _key(book: Book, table: Table, row: int) -> str:
    return book.text(book.sheet(table.sheet).cell(table.key_column, row)).strip()


def _is_alone(book: Book, table: Table, top: int, bottom: int) -> bool:
    """Whether nothing but the table stands in some rows of its sheet."""
    columns = range(table.area.left, table.area.right + 1)
    rows = (row for number, row in book.sheet(table.sheet).rows.items() if top <= number <= bottom)
    return bottom < LAST_ROW and all(
        cell.column in columns or cell.blank for row in rows for cell in row.cells.values()
    )


def _changed(book: Book, turns: Sequence[Turn]) -> tuple[Changes, list[SheetEdit]]:
    entries = {entry.part: entry for entry in book.entries}
    by_sheet = {part: [turn for turn in turns if turn.sheet == part] for part in {turn.sheet for turn in turns}}
    moved = {entries[part].name: Turns(own) for part, own in by_sheet.items()}
    shifts, changes = Shifts(moved), Changes(book.package)
    for part, data in Related(book, shifts).parts():
        changes.set(part, data)
    for part, data in _points(book, changes, {name.casefold(): one for name, one in moved.items()}):
        changes.set(part, data)
    for part in by_sheet:
        notes = SheetNotes.of(book, part, shifts.of(entries[part].name))
        if notes.part:
            changes.set(notes.part, notes.comments())
        if notes.vml_part:
            changes.set(notes.vml_part, notes.drawing())
    edits = [SheetEdit(book, entry) for entry in book.entries]
    for edit in edits:
        data = edit.write(shifts)
        if edit.entry.part in by_sheet:
            data = _in_order(edit.entry.part, data)
            rows = edit.sheet.rows.values()
            shift = moved[edit.entry.name]
            edit.touched |= {
                (column, shift.row(row.number)) for row in rows if shift.inside(row.number) for column in row.cells
            }
        if data != edit.sheet.data:
            changes.set(edit.entry.part, data)
    chain = book.target(book.part, rt.CALC_CHAIN)
    if chain:
        changes.drop(chain, book.part)
    return changes, edits


def _in_order(part: str, data: bytes) -> bytes:
    """Return a sheet whose rows stand by their numbers again, and within its extent."""
    sheet = read_sheet(part, data)
    splices = Splices(data)
    rows = sorted(sheet.rows.values(), key=lambda one: one.start)
    for place, row in zip(rows, sorted(rows, key=lambda one: one.number), strict=True):
        if place is not row:
            splices.replace(place.start, place.end, data[row.start : row.end])
    extent = sheet.root.child("dimension")
    area = parse_range(extent.get("ref")) if extent is not None else None
    last = max((row.number for row in rows if row.cells), default=0)
    if extent is not None and area is not None and last > area.bottom:
        splices.attribute(extent, "ref", area._replace(bottom=last).text)
    return splices.result()


def _points(book: Book, changes: Changes, moved: Mapping[str, Turns]) -> Iterator[tuple[str, bytes]]:
    """Yield the charts in which the look of a point, or of its label, follows its row.

    What the template gave a look stays by its place, as in every render: the first of a ranking is the first of it.
    """
    base = book.origin or book
    own = {
        (rows[0], mark.get("val"))
        for part in _charts(base)
        for series, rows in _shown(utf8(base.package.read(part)))
        for mark in _marks(series)
    }
    for part in _charts(book):
        data = changes.parts.get(part) or utf8(book.package.read(part))
        splices = Splices(data)
        for series, rows in _shown(data):
            shift = moved.get(rows[0])
            for mark in _marks(series) if shift is not None else ():
                row = rows[1] + int(mark.get("val"))
                if shift is not None and shift.inside(row) and (rows[0], mark.get("val")) not in own:
                    splices.attribute(mark, "val", str(shift.row(row) - rows[1]))
        if splices:
            yield part, splices.result()


def _charts(book: Book) -> Iterator[str]:
    return (part for part in book.package.names() if book.package.content_types.of(part) == ct.CHART)


def _shown(data: bytes) -> Iterator[tuple[Span, tuple[str, int]]]:
    """Yield the series of a chart that show rows of a sheet, with these."""
    try:
        root = parse(data)
    except ValueError:
        return
    for series in (one for one in root.walk() if one.name == "ser"):
        if (rows := _rows_shown(series)) is not None:
            yield series, rows


def _marks(series: Span) -> Iterable[Span]:
    """Return what says of which point a look is."""
    labels = series.child("dLbls")
    points = [*series.all("dPt"), *(labels.all("dLbl") if labels is not None else ())]
    found = (one.child("idx") for one in points)
    return [one for one in found if one is not None and one.get("val").isdecimal()]


def _rows_shown(series: Span) -> tuple[str, int] | None:
    """Return the sheet (without case) and the first row of the values of a series."""
    values = series.child("val") or series.child("yVal")
    formula = next((one for one in values.walk() if one.name == "f"), None) if values is not None else None
    sheet, _, area = formula.text.rpartition("!") if formula is not None else ("", "", "")
    found = parse_range(area)
    return (sheet.strip("'").replace("''", "'").casefold(), found.top) if found is not None and sheet else None
