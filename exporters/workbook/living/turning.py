"""Rows outside keyed tables that new data has in another order: they move whole, so that what people wrote beside them,
formats, merged cells and formulas over them stay with what they belong to."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from exporters.package import EditedPackage, Package
from exporters.workbook.living.alignment import Alignment, said_in
from exporters.workbook.living.arranging import Turn, Turns, turn_rows
from exporters.workbook.living.book import KEPT, Book
from exporters.workbook.living.cells import Row

Wanted = Sequence[Sequence[int]]
"""Rows of a sheet of a base, in stretches that stay together, as these are to follow each other."""
Place = tuple[str, int, int]
"""A sheet of a base, and the first and the last of some of its rows."""
_LIST = 3
"""So many cells one under another are a list."""


class Turned(Struct, frozen=True):
    """An edited workbook, and what it was edited from (its origin), with rows in the order of a new render."""

    book: Book
    shifts: Mapping[str, Turns]
    """How the rows of the origin's sheets moved, by their parts."""
    held: frozenset[Place]
    """Where the origin keeps its order too, since the rows of the file could not be told any more."""
    disordered: bool = False
    """Whether people's rows keep an order that the data does not have any more."""
    moved: Mapping[str, set[tuple[int, int]]] = {}
    """The cells that moved, by the parts of their sheets; what depends on them is not worked out anew yet."""


def turned(book: Book, wanted: Sequence[tuple[str, Wanted]], held: frozenset[Place] = frozenset()) -> Turned:
    """Return an edited workbook with rows of sheets of its origin (by their parts) as they are *wanted*; what a person
    rearranged, or what would be torn apart, keeps its own order, and so do rows that are *held*."""
    origin, here, package = book.origin, book.here, book.package
    assert origin is not None and isinstance(package, EditedPackage)
    turns = {id(turn): (turn, rows) for part, rows in wanted if (turn := _turn(part, rows, None)) is not None
             and (part, turn.top, turn.bottom) not in held}  # fmt: skip
    out = io.BytesIO()
    done, _ = turn_rows(origin, [turn for turn, _ in turns.values()], out, None, renewing=False)
    if not done:
        return Turned(book, {}, held, bool(held))
    base = Package.written(out.getvalue(), name=origin.package.file)
    made = [turns[id(turn)] for turn in done if turn.sheet in here]
    parts = {turn.sheet: here[turn.sheet] for turn, _ in made}
    own = [_turn(parts[turn.sheet], rows, book.alignments.get(parts[turn.sheet])) for turn, rows in made]
    own = [
        None if there is None or _has_list(book, there, turn) else there
        for (turn, _), there in zip(made, own, strict=True)
    ]
    out = io.BytesIO()
    kept, edits = turn_rows(book, [turn for turn in own if turn is not None], out, None, renewing=False)
    written = Package.written(out.getvalue(), name=package.file) if kept else package
    now = KEPT.keep(Book(EditedPackage(written, base, mended=package.mended), book))
    apart = [turn for (turn, _), there in zip(made, own, strict=True) if there is None or there not in kept]
    lost = {(turn.sheet, turn.top, turn.bottom) for turn in apart if not _is_known(book, now, turn, kept)}
    if lost:
        return turned(book, wanted, held | lost)
    shifts = {part: Turns([turn for turn in done if turn.sheet == part]) for part in {turn.sheet for turn in done}}
    moved = {edit.entry.part: edit.touched for edit in edits}
    return Turned(now, shifts, held, bool(apart or held), moved)


def _has_list(book: Book, turn: Turn, base: Turn) -> bool:
    """Whether a person wrote a list beside some of the rows that change places: at least three cells one under another,
    behind an empty column. What stands beside all rows is said of each."""
    assert book.origin is not None
    known, rows = book.alignments.get(turn.sheet), book.sheet(turn.sheet).rows
    was = book.origin.sheet(base.sheet).rows
    last = max((column for row in range(base.top, base.bottom + 1) for column in _filled(was.get(row))), default=0)
    last = known.columns.near(last, -1) if known is not None and known.columns is not None else last
    written = {number: _filled(row) for number, row in rows.items()}
    first = min((column for row in range(turn.top, turn.bottom + 1) for column in written.get(row, ())), default=0)
    top, bottom = _run(turn.top, turn.bottom, lambda row: first in written.get(row, ()))
    for column in {one for row in range(turn.top, turn.bottom + 1) for one in written.get(row, ()) if one > last + 1}:
        found = {row for row, columns in written.items() if column in columns and column - 1 not in columns}
        own = {row for row in found if rows[row].cells[column].formula is None}
        for row in own & {*range(turn.top, turn.bottom + 1)}:
            start, end = _run(row, row, own.__contains__)
            if end - start >= _LIST - 1 and (start > top + 1 or end < bottom):
                return True
    return False


def _filled(row: Row | None) -> set[int]:
    """Return the columns of a row in which anything stands."""
    cells = row.cells.values() if row is not None else ()
    return {cell.column for cell in cells if not cell.blank}


def _run(top: int, bottom: int, holds: Callable[[int], bool]) -> tuple[int, int]:
    """Return some rows with those right above and below of which the same holds."""
    while holds(top - 1):
        top -= 1
    while holds(bottom + 1):
        bottom += 1
    return top, bottom


def _is_known(book: Book, now: Book, turn: Turn, kept: Sequence[Turn]) -> bool:
    """Whether the rows that change places in what a workbook was edited from, and not in it, are known for what they
    were before, but for those that say something else and are taken for none."""
    origin, part = book.origin, book.here[turn.sheet]
    assert origin is not None
    before, after = book.alignments.get(part), now.alignments.get(part)
    there = Turns([one for one in kept if one.sheet == part])
    for row in range(turn.top, turn.bottom + 1):
        if not (was := said_in(origin, turn.sheet, row)):
            continue
        old = before.rows.theirs(row) if before is not None else row
        new = after.rows.theirs(turn.row(row)) if after is not None else turn.row(row)
        if new != there.row(old) and (new or was == said_in(book, part, old)):
            return False
    return True


def _turn(part: str, wanted: Wanted, known: Alignment | None) -> Turn | None:
    """Return how stretches of rows, given by their numbers in a base as they are to follow each other, change places in
    a sheet; None where a person rearranged them."""
    rows = known.rows if known is not None else None
    there = {one[0]: [row for number in one if (row := rows.theirs(number) if rows is not None else number)]
             for one in sorted(wanted, key=min)}  # fmt: skip
    heads = [head for head, found in there.items() if found]
    flat = [row for head in heads for row in there[head]]
    if not flat or flat != sorted(flat):
        return None
    first, last = min(there), max(max(one) for one in wanted)
    if rows is not None and not all(first <= (rows.base(row) or first) <= last for row in range(flat[0], flat[-1] + 1)):
        return None
    tops = [there[head][0] for head in heads]
    bounds = [*zip(tops, [*(top - 1 for top in tops[1:]), flat[-1]], strict=True)]
    return Turn.of(part, bounds, [heads.index(one[0]) for one in wanted if one[0] in heads])
