"""Rows put into a sheet and taken out, and what that does to every reference."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from msgspec import Struct

from exporters.package.xmltext import plain
from exporters.workbook.formula.tokens import Token, tokens
from exporters.workbook.living.book import Table
from exporters.workbook.living.shapes import OWN, Reference, Shape, in_references, shaped, shaped_in
from exporters.workbook.references import LAST_ROW, parse_range

_END = re.compile(r"(\$?[A-Za-z]{0,3})(\$?)([0-9]*)")


class Insertion(Struct, frozen=True):
    """``count`` new rows behind row ``after``, which belong to ``table``."""

    after: int
    count: int
    table: Table


class Shift:
    """The rows put into one sheet and taken out of it; all row numbers given are those of before."""

    scrolls = True
    """Whether what a window shows first, its cursor and the extent of the sheet move too."""

    def __init__(self, insertions: Iterable[Insertion] = (), gone: Iterable[int] = ()) -> None:
        self._gone = sorted(gone)
        self.gone = frozenset(self._gone)
        self.insertions = sorted(insertions, key=lambda one: one.after)
        self._behind = [one.after for one in self.insertions]
        self._sums = [0, *accumulate(one.count for one in self.insertions)]
        self._at = {one.after: one for one in self.insertions}
        self._known: dict[tuple[int, int, bool], tuple[int, int]] = {}

    def __bool__(self) -> bool:
        return bool(self.insertions or self._gone)

    def row(self, number: int) -> int:
        """Return where a row stands afterwards; for one that goes, where the row before it stands."""
        return number + self._sums[bisect_left(self._behind, number)] - bisect_right(self._gone, number)

    def rows(self, top: int, bottom: int, *, single: bool = True) -> tuple[int, int]:
        """Return where a range of rows stands afterwards: it grows with rows inside it, and one that covers all rows
        of the table goes on covering them. ``single`` says whether that holds for a range of one row too."""
        known = self._known.get((top, bottom, single))
        if known is None:
            known = self._known[top, bottom, single] = self._rows(top, bottom, single)
        return known

    def _rows(self, top: int, bottom: int, single: bool) -> tuple[int, int]:
        if bottom >= LAST_ROW and top == 1:
            return top, bottom
        first, last = self.row(top) + (top in self.gone), self.row(bottom)
        if top == bottom and not single:
            return first, max(first, last)
        at_end, at_start = self._at.get(bottom), self._at.get(top - 1)
        if at_end is not None and _covers(at_end.table, top, bottom):
            last += at_end.count
        if at_start is not None and top == at_start.table.top and _covers(at_start.table, top, bottom):
            first -= at_start.count
        return first, min(max(first, last), LAST_ROW)

    def frame(self, top: int, bottom: int) -> tuple[int, int]:
        """Return where what floats over these rows stands afterwards."""
        return max(self.row(top), 1), max(self.row(bottom), 1)

    def takes(self, area: str) -> bool:
        """Whether all rows of an area go."""
        found = parse_range(area) if self.gone else None
        return found is not None and all(row in self.gone for row in range(found.top, found.bottom + 1))

    def inside(self, row: int) -> bool:
        """Whether a row is one of a table's that gets new rows."""
        return any(one.table.top <= row <= one.table.bottom for one in self.insertions)


def _covers(table: Table, top: int, bottom: int) -> bool:
    whole = top <= table.top and bottom >= table.bottom
    # A range over several rows with keys outside tables that ends with the last of them goes on.
    return whole or (table.is_range and top < bottom == table.bottom)


class _Model(Struct, frozen=True):
    """A moved formula with :data:`OWN` for its own row; ``others_move`` says whether more than that moves in it."""

    text: str
    others_move: bool


class Shifts:
    """The shifts of a workbook's sheets, by the sheets' names."""

    def __init__(self, by_name: Mapping[str, Shift]) -> None:
        self._by_name = {name.casefold(): shift for name, shift in by_name.items() if shift}
        self._known: dict[tuple[str, str], _Model] = {}
        """Formulas without their own row, by their sheets."""

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def reach(self, sheet: str, data: bytes) -> bool:
        """Whether a sheet, or what its formulas may name, has rows that move; *data* is its part."""
        if not self._by_name or self.of(sheet):
            return bool(self._by_name)
        text = plain(data).casefold()
        return any(name.replace("'", "''") in text for name in self._by_name)

    def of(self, sheet: str) -> Shift:
        return self._by_name.get(sheet.casefold(), _NONE)

    def formula(self, text: str, sheet: str, cell_row: int = 0) -> str:
        """Return a formula of *sheet* with its references moved; ``cell_row`` is the row of its cell, whose own cells
        stay single."""
        if not self._by_name:
            return text
        own, home = sheet.casefold(), self.of(sheet)
        follows = cell_row > 0 and cell_row not in home.gone
        key = own, text.replace(str(cell_row), OWN)
        known = self._known.get(key) if follows else None
        if known is not None:
            row = home.row(cell_row)
            return known.text.replace(OWN, str(row)) if known.others_move or row != cell_row else text
        shape, numbers = shaped_in(text, cell_row) if cell_row else shaped(text)
        moved: dict[Reference, str] = {}
        for reference in shape.references:
            name = reference.sheet or own
            shift = self._by_name.get(name)
            if shift is None:
                continue
            if not reference.rows:
                token = reference.token
                moved[reference] = reference.prefix + moved_area(token.area, shift)
                continue
            first, last = numbers[reference.rows[0]], numbers[reference.rows[-1]]
            single = len(reference.rows) > 1 and not (cell_row > 0 and name == own and shift.inside(cell_row))
            low, high = (first, last) if first <= last else (last, first)
            top, bottom = shift.rows(low, high, single=single)
            if (top, bottom) != (low, high):
                moved[reference] = reference.with_rows(*((top, bottom) if first <= last else (bottom, top)))
        if follows and in_references(key[1], numbers, cell_row):
            self._remember(key, shape, numbers, moved, cell_row)
        if not moved:
            return text
        return shape.written(lambda reference: moved.get(reference) or reference.written(numbers))

    def _remember(
        self, key: tuple[str, str], shape: Shape, numbers: Sequence[int], moved: Mapping[Reference, str], row: int
    ) -> None:
        """Remember how a formula moves, for all that differ from it in nothing but their own row: where that stands in
        single cells of their own sheet alone, and no range of it may grow."""
        own: set[Reference] = set()
        for one in shape.references:
            at_home, single = (one.sheet or key[0]) == key[0], len(one.rows) == 1
            if row in [numbers[place] for place in one.rows]:
                own.add(one)
                if not (at_home and single):
                    return
            elif at_home and len(one.rows) > 1:
                return
        text = shape.written(
            lambda one: one.with_rows(OWN, OWN) if one in own else moved.get(one) or one.written(numbers)
        )
        self._known[key] = _Model(text, not own.issuperset(moved))

    def rule(self, text: str, sheet: str, down: int) -> str:
        """Return the formula of a rule (validation, conditional format), whose rows without ``$`` are counted from the
        top of the rule's range, which moves *down*."""
        return "".join(self._ruled(token, sheet, down) if token.kind == "ref" else token.text for token in tokens(text))

    def _ruled(self, token: Token, sheet: str, down: int) -> str:
        if "[" in token.sheet or ":" in token.sheet:
            return token.text
        ends = [_END.fullmatch(end) for end in token.area.split(":")]
        if any(end is None for end in ends) or all(end is not None and (end[2] or not end[3]) for end in ends):
            return self.formula(token.text, sheet)
        shift = self.of(token.sheet or sheet)
        moved = [
            f"{end[1]}{end[2]}{shift.row(int(end[3])) if end[2] else int(end[3]) + down}" if end[3] else end[0]
            for end in ends
            if end is not None
        ]
        return token.text[: len(token.text) - len(token.area)] + ":".join(moved)

    def ranges(self, text: str, sheet: str, *, single: bool = True) -> str:
        """Return ranges separated by spaces (sqref), moved; ``single`` as in :meth:`Shift.rows`."""
        shift = self.of(sheet)
        if not shift:
            return text
        return " ".join(moved_area(one, shift, single=single) for one in text.split() if not shift.takes(one))


_NONE = Shift()


def moved_area(area: str, shift: Shift, *, single: bool = True) -> str:
    """Return ``A1``, ``$A$1:B2``, ``3:5`` or ``A:B`` as it is after *shift*; dollar signs stay."""
    first, colon, last = area.partition(":")
    start, end = _END.fullmatch(first), _END.fullmatch(last or first)
    if start is None or end is None or not start[3] or not end[3]:
        return area
    one, other = int(start[3]), int(end[3])
    top, bottom = shift.rows(min(one, other), max(one, other), single=single)
    if one > other:
        top, bottom = bottom, top
    if not colon and top == bottom:
        return f"{start[1]}{start[2]}{top}"
    return f"{start[1]}{start[2]}{top}:{end[1]}{end[2]}{bottom}"
