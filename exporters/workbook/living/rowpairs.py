"""Which rows outside keyed tables of two renders of a sheet are each other, and in which order they stand.

Rows that a loop made are known by its record (``rowmarks``), wherever it stands by now. All others, and those of
renders and loops without such marks, are told apart by what they say, and between what is certain by the template's
row.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Container, Hashable, Iterator, Mapping, Sequence

from exporters.workbook.living.alignment import Signs, longest, pairs_of, signs_of
from exporters.workbook.living.book import Book
from exporters.workbook.rowmarks import MARK, same_of

Form = tuple[tuple[int, int, bool], ...]
"""What rows of one row of the template have in common: their columns, formats, and which of them are worked out."""
Pair = tuple[int, int]
"""A row of the first render and the same of the second."""
_MOST = 40_000


class Rows:
    """The rows of a sheet of a render: stretches of them between its tables and rows with keys."""

    def __init__(self, book: Book, part: str, styled: bool) -> None:
        self.book, self.part, self.sheet, self.styled = book, part, book.sheet(part), styled
        areas = sorted((one.area.top, one.area.bottom) for one in book.areas if one.sheet == part and one.key_column)
        last = max((number for number, row in self.sheet.rows.items() if row.cells or self.mark(number)), default=0)
        ends = [(0, 0), *areas, (max(last, areas[-1][1] if areas else 0) + 1,) * 2]
        self.stretches = [range(bottom + 1, top) for (_, bottom), (top, _) in itertools.pairwise(ends)]

    def mark(self, number: int) -> str:
        row = self.sheet.rows.get(number)
        return row.attributes.get(MARK, "") if row is not None else ""

    def loop(self, number: int) -> str:
        """Return what the loop that made a row is known by."""
        return self.mark(number).partition(":")[0]

    def list_of(self, number: int) -> str:
        """Return what the rows of a loop have in common that one turn of the loops around it made."""
        mark, _, _ = self.mark(number).rpartition("/")
        return mark or self.loop(number)

    def lone(self) -> set[str]:
        """Return what the loops are known by that alone go through what they go through."""
        loops = {*map(self.loop, self.sheet.rows)} - {""}
        counted = Counter(map(same_of, loops))
        return {loop for loop in loops if counted[same_of(loop)] == 1}

    def form(self, number: int) -> Form:
        row = self.sheet.rows.get(number)
        cells = (row.cells[one] for one in sorted(row.cells)) if row is not None else ()
        return tuple((cell.column, cell.style * self.styled, cell.formula is not None) for cell in cells)

    def signs(self, rows: Sequence[int]) -> dict[int, Signs]:
        found = {
            number: signs_of(self.book, self.part, self.sheet.rows[number])
            for number in rows
            if number in self.sheet.rows
        }
        return {number: signs for number, signs in found.items() if signs}

    def names(self, rows: set[int], stretch: Sequence[int]) -> set[tuple[Form, str]]:
        """Return by their forms what some *rows* of a stretch begin with and no other of that form there does."""
        if not rows:
            return set()
        named = {number: (self.form(number), self._first(number)) for number in stretch if number in self.sheet.rows}
        counted = Counter(named.values())
        return {one for number in rows if (one := named.get(number, ((), "")))[1] and counted[one] == 1}

    def _first(self, number: int) -> str:
        cells = self.sheet.rows[number].cells
        texts = (self.book.text(cells[one]) for one in sorted(cells) if cells[one].kind != "n")
        return next((text for text in texts if text), "")


class Pairs:
    """The rows of one stretch of two renders. ``same`` are each other, in the order of the first; ``replaced`` stand
    where another record's row of the same loop stood."""

    def __init__(self, base: Rows, ours: Rows, first: range, second: range) -> None:
        loops = {*map(base.loop, first)} & {*map(ours.loop, second)} - {""}
        if not base.styled:
            # Another template: which of several loops over the same is which, their number does not tell.
            loops &= base.lone() & ours.lone()
        marked = [
            [number for number in one if rows.loop(number) in loops] for rows, one in ((base, first), (ours, second))
        ]
        before, now = _between(base, first, loops), _between(ours, second, loops)
        rest = (_by_content(base, ours, before[place], now[place]) for place in before if place in now)
        self.same = sorted((*_by_mark(base, ours, *marked), *itertools.chain.from_iterable(rest)))
        self._sides, self._marked = (base, ours), [set(one) for one in marked]
        self._ends = (first.start - 1, second.start - 1), (first.stop, second.stop)

    def turned(self) -> Iterator[list[list[int]]]:
        """Yield what the second render has in another order: rows of the first, in stretches that stay together, as
        these are to follow each other."""
        wanted = {row: at for at, (_, row) in enumerate(sorted((other, one) for one, other in self.same))}
        old, start, furthest = [one for one, _ in self.same], 0, 0
        for at, row in enumerate(old):
            furthest = max(furthest, wanted[row])
            if furthest > at:
                continue
            part, start = old[start : at + 1], at + 1
            heads = [0, *(at for at in range(1, len(part)) if wanted[part[at]] != wanted[part[at - 1]] + 1)]
            stretches = [part[one:end] for one, end in itertools.pairwise((*heads, len(part)))]
            if len(stretches) > 1:
                yield sorted(stretches, key=lambda one: wanted[one[0]])

    def hold(self, places: Sequence[range]) -> None:
        """Let rows at some *places* of the first render be those that stand there in the second, if of one form."""
        (base, ours), same = self._sides, self.same
        for place in places:
            held = [pair for pair in same if pair[0] in place]
            pairs = zip((one for one, _ in held), sorted(other for _, other in held), strict=True)
            alike = [pair for pair in pairs if base.form(pair[0]) == ours.form(pair[1])]
            same = sorted({*same} - {*held} | {*alike})
        self.same = same

    def in_order(self) -> tuple[list[Pair], list[Pair]]:
        """Return which rows are each other in one order of both, and which were replaced where they stand."""
        same = longest(self.same)
        (base, ours), replaced = self._sides, list[Pair]()
        for (one, other), (end, stop) in itertools.pairwise((self._ends[0], *same, self._ends[1])):
            left = [number for number in range(one + 1, end) if number in self._marked[0]]
            right = [number for number in range(other + 1, stop) if number in self._marked[1]]
            forms = [[(rows.loop(row), rows.form(row)) for row in found]
                     for rows, found in ((base, left), (ours, right))]  # fmt: skip
            found = ((left[at], right[there]) for at, there in _common(*forms))
            replaced += (pair for pair in found if base.loop(pair[0]) == ours.loop(pair[1]))
        return same, replaced

    def wholes(self, replaced: Sequence[Pair]) -> Mapping[int, range]:
        """Return the lists of the first render that *replaced* rows are of, from the first row to the last: those of
        all turns around them where the row in their place is of another turn."""
        (base, ours), ends = self._sides, dict[str, range]()
        for row in sorted(self._marked[0]):
            for name in {base.list_of(row), base.loop(row)}:
                ends[name] = range(ends[name][0] if name in ends else row, row + 1)
        alike = {one: base.list_of(one) == ours.list_of(other) for one, other in replaced}
        return {one: ends[base.list_of(one) if alike[one] else base.loop(one)] for one, _ in replaced}


def _by_mark(base: Rows, ours: Rows, first: Sequence[int], second: Sequence[int]) -> Iterator[Pair]:
    """Yield the rows of the same turns of loops; of several of one turn, those of the same row of the template."""
    before, now = _marked(base, first), _marked(ours, second)
    for mark in before.keys() & now.keys():
        left, right = before[mark], now[mark]
        forms = [base.form(row) for row in left], [ours.form(row) for row in right]
        yield from ((left[at], right[there]) for at, there in _common(*forms))


def _marked(rows: Rows, numbers: Sequence[int]) -> Mapping[str, list[int]]:
    found = defaultdict[str, list[int]](list)
    for number in numbers:
        found[rows.mark(number)].append(number)
    return found


def _between(rows: Rows, numbers: range, loops: Container[str]) -> Mapping[tuple[str, str], list[int]]:
    """Return the rows that none of some *loops* made, by the loops that they stand between."""
    found = defaultdict[tuple[str, str], list[int]](list)
    run: list[int] = []
    before = ""
    for number in numbers:
        loop = rows.loop(number)
        if loop not in loops:
            run.append(number)
            continue
        if run:
            found[before, loop] += run
            run = []
        before = loop
    found[before, ""] += run
    return found


def _by_content(base: Rows, ours: Rows, first: Sequence[int], second: Sequence[int]) -> Iterator[Pair]:
    """Yield the rows that are each other by what they say, between those by the row of the template."""
    if not first or not second:
        return
    certain = longest(pairs_of(base.signs(first), ours.signs(second)))
    before, now = (
        base.names({*first} - {one for one, _ in certain}, first),
        ours.names({*second} - {one for _, one in certain}, second),
    )
    # What only changed places, as in a ranking, is written over where it stands.
    moved = {form for form, name in before & now}
    certain = [pair for pair in certain if base.form(pair[0]) not in moved]
    yield from certain
    ends = [(first[0] - 1, second[0] - 1), *certain, (first[-1] + 1, second[-1] + 1)]
    for (one, other), (end, stop) in itertools.pairwise(ends):
        left = first[bisect_right(first, one) : bisect_left(first, end)]
        right = second[bisect_right(second, other) : bisect_left(second, stop)]
        forms = [base.form(row) for row in left], [ours.form(row) for row in right]
        yield from ((left[at], right[there]) for at, there in _common(*forms))


def _common(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Pair]:
    """Return the longest common sequence, by places."""
    if len(left) == len(right) or len(left) * len(right) > _MOST:
        return list(zip(range(len(left)), range(len(right)), strict=False))
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for one in range(len(left) - 1, -1, -1):
        for other in range(len(right) - 1, -1, -1):
            both = best[one + 1][other + 1] + 1 if left[one] == right[other] else 0
            best[one][other] = max(both, best[one + 1][other], best[one][other + 1])
    found: list[Pair] = []
    one = other = 0
    while one < len(left) and other < len(right):
        if left[one] == right[other] and best[one][other] == best[one + 1][other + 1] + 1:
            found.append((one, other))
            one, other = one + 1, other + 1
        elif best[one + 1][other] >= best[one][other + 1]:
            one += 1
        else:
            other += 1
    return found
