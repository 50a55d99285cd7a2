"""Where a template's rows have gone: from the order of units that the data gives to addresses in the written sheet."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from exporters.errors import Fault, TemplateError
from exporters.workbook.references import LAST_ROW
from exporters.workbook.rowmarks import Marks

Bounds = tuple[int, int]
EVERYWHERE: Bounds = (1, LAST_ROW)


class Layout:
    """The rows of one written sheet. ``order`` lists its units from top to bottom; a unit that had to stay without
    data, as an empty row, is there as its complement (``~unit``)."""

    def __init__(
        self,
        order: Sequence[int],
        turns: dict[int, list[Bounds]],
        heights: Sequence[int],
        starts: Sequence[int],
        last: int,
        place: str,
    ) -> None:
        self.order = order
        self._heights, self._template, self._last = heights, starts, last
        self._rows = [array("I") for _ in heights]
        self._turns = turns
        self._spans: dict[tuple[int, int, Bounds], Bounds | None] = {}
        self._joined: dict[tuple[int, int], list[Bounds]] = {}
        row = 1
        rows = self._rows
        for unit in order:
            unit = _plain(unit)
            rows[unit].append(row)
            row += heights[unit]
        self.total = row - 1
        if self.total > LAST_ROW:
            message = f"the sheet would have {self.total:,} rows; Excel takes {LAST_ROW:,}"
            raise TemplateError(Fault("too-many-rows", message, where=place))
        self.moved = list(order) != list(range(len(heights)))

    def units(self, top: int, bottom: int) -> range:
        """Return the units that stand in the template's rows from *top* to *bottom*."""
        first = bisect_right(self._template, top) - 1
        if first < 0 or self._template[first] + self._heights[first] - 1 < top:
            first += 1
        return range(first, bisect_right(self._template, bottom))

    def span(self, top: int, bottom: int, within: Bounds = EVERYWHERE) -> Bounds | None:
        """Return the first and last written row of the template's rows *top* to *bottom*; None where none is left."""
        key = (top, bottom, within)
        if key not in self._spans:
            found = self._span(top, bottom, within)
            if within != EVERYWHERE:
                return found
            self._spans[key] = found
        return self._spans[key]

    def _span(self, top: int, bottom: int, within: Bounds) -> Bounds | None:
        first, last = LAST_ROW + 1, 0
        for unit in self.units(top, bottom):
            rows = self._rows[unit]
            low = bisect_left(rows, within[0])
            high = bisect_right(rows, within[1]) - 1
            if low > high:
                continue
            start, height = self._template[unit], self._heights[unit]
            first = min(first, rows[low] + max(top - start, 0))
            last = max(last, rows[high] + min(bottom - start, height - 1))
        if bottom > self._last:
            # Rows below all content keep their distance to it.
            by = self.total - self._last
            first = min(first, max(top, self._last + 1) + by)
            last = min(max(last, bottom + by), LAST_ROW)
        return (first, last) if first <= last else None

    def instances(self, row: int) -> Iterable[int]:
        """Yield the written rows of a template row."""
        found = self.units(row, row)
        if not found:
            if row > self._last:
                yield row + self.total - self._last
            return
        unit = found[0]
        for start in self._rows[unit]:
            yield start + row - self._template[unit]

    def turn(self, loop: int, row: int) -> Bounds:
        """Return the rows of the turn of a loop in which a written row stands."""
        turns = self._turns.get(loop, [])
        at = bisect_right(turns, (row, LAST_ROW)) - 1
        return turns[at] if at >= 0 else EVERYWHERE

    def at(self, row: int) -> int:
        """Return the written row where something anchored at a template row belongs, even if the row is gone."""
        found = self.span(row, row)
        if found is not None:
            return found[0]
        later = [rows[0] for rows, start in zip(self._rows, self._template, strict=True) if start > row and rows]
        return later[0] if later else self.total + 1

    def ranges(self, top: int, bottom: int) -> list[Bounds]:
        """Return the stretches of written rows that the template's rows *top* to *bottom* became."""
        known = self._joined.get((top, bottom))
        if known is None:
            known = self._joined[top, bottom] = self._ranges(top, bottom)
        return known

    def _ranges(self, top: int, bottom: int) -> list[Bounds]:
        within = self.units(top, bottom)
        if not within:
            found = self.span(top, bottom)
            return [found] if found is not None else []
        if len(within) > 1 or bottom > self._last:
            found = self.span(top, bottom)
            if found is None:
                return []
            inside = self._covered(within, found)
            return [found] if inside else self._stretches(within, top, bottom)
        return self._stretches(within, top, bottom)

    def _covered(self, within: range, found: Bounds) -> bool:
        """Return whether no other row came to stand between rows that stood together."""
        held = sum(len(self._rows[unit]) * self._heights[unit] for unit in within)
        return held >= found[1] - found[0] + 1 or all(len(self._rows[unit]) <= 1 for unit in within)

    def _stretches(self, within: range, top: int, bottom: int) -> list[Bounds]:
        pieces: list[Bounds] = []
        for unit in within:
            start, height = self._template[unit], self._heights[unit]
            low, high = max(top - start, 0), min(bottom - start, height - 1)
            pieces += [(row + low, row + high) for row in self._rows[unit]]
        pieces.sort()
        joined: list[list[int]] = []
        for first, last in pieces:
            if joined and first <= joined[-1][1] + 1:
                joined[-1][1] = max(joined[-1][1], last)
            else:
                joined.append([first, last])
        return [(first, last) for first, last in joined]


def read_order(
    text: str,
    needed: Sequence[Sequence[int]],
    heights: Sequence[int],
    needed_in: Mapping[int, Sequence[Sequence[int]]] | None = None,
    marks: Marks | None = None,
) -> tuple[list[int], dict[int, list[Bounds]], dict[int, str]]:
    """Return the order of units, the turns of loops and the marks of rows from what a layout program gave.

    A stretch of *needed* units (first, last) of which none came keeps its first as an empty row; so does one of a
    turn of a loop, by the loop's number in *needed_in* (first, last, unit whose formula looks at them).
    """
    tokens = text.split(",")
    tokens.pop()
    marks = marks or Marks((), ())
    if "b" not in text and "k" not in text:
        order = [int(token) for token in tokens]
        return with_blanks(order, needed), {}, {}
    order = []
    starts: dict[int, list[int]] = {}
    places: dict[int, list[tuple[int, int]]] = {}
    for token in tokens:
        if token[0] == "b":
            starts.setdefault(int(token[1:]), []).append(len(order))
        elif token[0] == "k":
            marks.turn(token)
        elif token[0] == "e":
            loop = int(token[1:])
            start = starts[loop].pop()
            for stretch in (needed_in or {}).get(loop, ()):
                _keep_in_turn(order, start, stretch, places, marks.found)
            places.setdefault(loop, []).append((start, len(order)))
        else:
            order.append(int(token))
            marks.add(order[-1])
    blanks = with_blanks(order, needed)
    rows = _row_starts(blanks, order, heights)
    turns = {
        loop: sorted((rows[first], rows[last] - 1) for first, last in found if last > first)
        for loop, found in places.items()
    }
    marked = {
        row: mark
        for unit, start, mark in zip(order, rows, marks.found, strict=False)
        for row in (range(start, start + heights[_plain(unit)]) if mark else ())
    }
    return blanks, turns, marked


def _keep_in_turn(
    order: list[int], start: int, stretch: Sequence[int], places: dict[int, list[tuple[int, int]]], marks: list[str]
) -> None:
    """Put an empty row into the turn that begins at *start* where none of a stretch's rows came."""
    first, last, by = stretch
    turn = [_plain(unit) for unit in order[start:]]
    if by not in turn or any(first <= unit <= last for unit in turn):
        return
    at = start + 1 + max((number for number, unit in enumerate(turn) if unit < first), default=-1)
    order.insert(at, ~first)
    marks.insert(at, marks[start + turn.index(by)])
    for found in places.values():
        number = len(found) - 1
        while number >= 0 and found[number][1] > at:
            begin, end = found[number]
            found[number] = (begin + (begin >= at), end + 1)
            number -= 1


def _row_starts(blanks: Sequence[int], order: Sequence[int], heights: Sequence[int]) -> list[int]:
    """Return the written row at which each place of *order* starts, and the row after the last."""
    rows: list[int] = []
    row = 1
    for unit in blanks:
        if len(rows) < len(order) and unit == order[len(rows)]:
            rows.append(row)
        row += heights[_plain(unit)]
    rows.append(row)
    assert len(rows) == len(order) + 1
    return rows


def with_blanks(order: list[int], needed: Sequence[Sequence[int]]) -> list[int]:
    """Return *order* with an empty row for each stretch of *needed* units of which none is there."""
    present = {_plain(unit) for unit in order} if needed else set()
    for first, last in needed:
        if present.isdisjoint(range(first, last + 1)):
            before = (number for number, unit in enumerate(order) if _plain(unit) < first)
            at = max(before, default=-1)
            order = [*order[: at + 1], ~first, *order[at + 1 :]]
            present.add(first)
    return order


def _plain(unit: int) -> int:
    """Return the number of a unit, also of one that is there as an empty row."""
    return unit if unit >= 0 else ~unit
