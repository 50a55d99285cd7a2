"""Rows and columns that people put into a sheet or took out of it, found by what stands in all others.

A row is compared with those of the render that the sheet was edited from: by its texts, and by its formulas without
their references. What is alike in more than one way stays unknown: a cell must never be taken for its neighbour.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from exporters.workbook.living.shapes import shaped, shaped_in
from exporters.workbook.references import LAST_COLUMN, LAST_ROW

if TYPE_CHECKING:
    from exporters.workbook.living.book import Book
    from exporters.workbook.living.cells import Cell, Row

Signs = Counter[Hashable]
"""What tells a row or a column from others."""
_ENOUGH = 0.5
_DIGITS = 9
# Beyond so many pairs of rows that could be each other none is taken for another.
_MOST = 40_000
_FEW = 30
"""What more rows say tells none of them from others."""


class Axis:
    """The rows (or the columns) of an edited sheet and those of its base, both by number."""

    def __init__(self, base: Mapping[int, Signs], theirs: Mapping[int, Signs], last: int) -> None:
        self._last = last
        self._used = set(base), set(theirs)
        pairs = pairs_of(base, theirs)
        self._there = dict(pairs)
        self._here = {number: one for one, number in pairs}
        self._chain = [(0, 0), *longest(pairs)]
        self._crossed = _crossed(pairs, self._chain)

    @property
    def is_plain(self) -> bool:
        """Whether every row stands where it stood."""
        return all(one == other for one, other in self._there.items())

    @property
    def is_crossed(self) -> bool:
        """Whether some rows changed places."""
        return bool(self._crossed)

    @property
    def used(self) -> set[int]:
        """The rows of the base that hold anything."""
        return self._used[0]

    def base(self, number: int) -> int:
        """Return the number in the base of a row of the edited sheet; 0 where a person put it in."""
        return self._other(number, 1)

    def theirs(self, number: int) -> int:
        """Return the number in the edited sheet of a row of the base; 0 where it is gone."""
        return self._other(number, 0)

    def gone(self) -> list[int]:
        """Return the empty rows of the base that are gone."""
        last = max(self._used[0], default=0)
        return [one for one in range(1, last) if one not in self._used[0] and not self.theirs(one)]

    def near(self, number: int, step: int) -> int:
        """Return :meth:`theirs`; of a row that is gone, that of the next one in the direction of *step*."""
        found = self.theirs(number)
        while step and not found and 0 < number <= max(self._used[0], default=0):
            number += step
            found = self.theirs(number) if number > 0 else 1
        return found

    def _other(self, number: int, side: int) -> int:
        known = (self._there, self._here)[side].get(number)
        if known is not None or number >= self._last:
            return known if known is not None else number
        at = bisect_left(self._chain, number, key=lambda pair: pair[side])
        before, behind = self._chain[at - 1], self._chain[at] if at < len(self._chain) else None
        found = before[1 - side] + number - before[side]
        if at in self._crossed and (number in self._used[side] or found in self._used[1 - side]):
            return 0
        if behind is None or behind[0] - before[0] == behind[1] - before[1]:
            used = number in self._used[side] and found in self._used[1 - side] and behind is None
            return 0 if used or found in (self._here, self._there)[side] else found
        if number in self._used[side]:
            return 0
        empty, there = (self._empty(one, before[one] + 1, behind[one]) for one in (side, 1 - side))
        return next((other for one, other in zip(empty, there, strict=False) if one == number), 0)

    def _empty(self, side: int, first: int, end: int) -> list[int]:
        return [number for number in range(first, end) if number not in self._used[side]]


def pairs_of(base: Mapping[int, Signs], theirs: Mapping[int, Signs]) -> list[tuple[int, int]]:
    """Return the rows of two sheets that are each other, as far as that is certain."""
    certain = sorted(_certain(base, theirs))
    known = sorted((*certain, *_likest(base, theirs, certain)))
    if len(longest(known)) < len(known):
        certain = known
    found = list(certain)
    ends = [(0, 0), *longest(certain), (LAST_ROW + 1, LAST_ROW + 1)]
    crossed = _crossed(certain, ends)
    taken = {one for one, _ in certain}, {other for _, other in certain}
    ours, others = sorted(base.keys() - taken[0]), sorted(theirs.keys() - taken[1])
    for at, ((top, there), (bottom, end)) in enumerate(itertools.pairwise(ends), 1):
        rows = ours[bisect_left(ours, top + 1) : bisect_left(ours, bottom)]
        near = others[bisect_left(others, there + 1) : bisect_left(others, end)]
        if rows and near and at not in crossed:
            found += _gap(rows, near, base, theirs, even=bottom - top == end - there)
    return sorted(found)


def _crossed(pairs: Sequence[tuple[int, int]], chain: Sequence[tuple[int, int]]) -> set[int]:
    """Return between which links of a chain of *pairs* others changed places, by the places of the later links: there
    no row is known by where it stands."""
    links, found = {*chain}, set[int]()
    for pair in pairs:
        if pair not in links:
            ends = [bisect_left(chain, pair[side], key=lambda link: link[side]) for side in (0, 1)]
            found.update(range(min(ends), max(ends) + 1))
    return found


def _likest(
    base: Mapping[int, Signs], theirs: Mapping[int, Signs], certain: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the rows, of those that are not *certain*, that are more like each other than any others, by what few rows
    say."""
    taken = {one for one, _ in certain}, {other for _, other in certain}
    left = [{number: signs for number, signs in numbered.items() if number not in known and signs}
            for numbered, known in zip((base, theirs), taken, strict=True)]  # fmt: skip
    having: list[dict[Hashable, list[int]]] = [defaultdict(list), defaultdict(list)]
    for holders, rows in zip(having, left, strict=True):
        for number, signs in rows.items():
            for sign in signs:
                holders[sign].append(number)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for sign, ours in having[0].items():
        others = having[1].get(sign, [])
        if max(len(ours), len(others)) <= _FEW:
            for one, other in itertools.product(ours, others):
                shared[one, other] += min(base[one][sign], theirs[other][sign])
    best: list[dict[int, list[int]]] = [defaultdict(list), defaultdict(list)]
    for pair, count in shared.items():
        for side in (0, 1):
            best[side][pair[side]].append(count)
    most = [
        {number: max(counts) if counts.count(max(counts)) == 1 else 0 for number, counts in found.items()}
        for found in best
    ]
    return [
        (one, other)
        for (one, other), count in shared.items()
        if count == most[0][one] == most[1][other] and _likeness(base[one], theirs[other]) >= _ENOUGH
    ]


def _certain(base: Mapping[int, Signs], theirs: Mapping[int, Signs]) -> Iterator[tuple[int, int]]:
    """Yield the rows that are each other wherever they stand: those that say the same, then those that do but for the
    results of their formulas, then those of which one says all that the other does, and more."""
    left, right = dict(base), dict(theirs)
    for signs_of_row in (_all, _written, None):
        if not left or not right:
            return
        found = _exactly(left, right, signs_of_row) if signs_of_row is not None else _with_more(left, right)
        for one, other in found:
            yield one, other
            del left[one], right[other]


def _all(signs: Signs) -> frozenset[Hashable]:
    return frozenset(signs.items())


def _written(signs: Signs) -> frozenset[Hashable]:
    """Return the signs of a row without the results of its formulas."""
    return frozenset((sign, count) for sign, count in signs.items() if not _is_result(sign))


def _is_result(sign: Hashable) -> bool:
    return isinstance(sign, tuple) and len(sign) == 3 and sign[0] == "="


def _exactly(
    base: Mapping[int, Signs], theirs: Mapping[int, Signs], signs_of_row: Callable[[Signs], frozenset[Hashable]]
) -> list[tuple[int, int]]:
    first, second = _unique(base, signs_of_row), _unique(theirs, signs_of_row)
    return [(number, second[signs]) for signs, number in first.items() if signs and signs in second]


def _unique(rows: Mapping[int, Signs], signs_of_row: Callable[[Signs], frozenset[Hashable]]) -> dict[Hashable, int]:
    found: dict[Hashable, list[int]] = defaultdict(list)
    for number, signs in rows.items():
        found[signs_of_row(signs)].append(number)
    return {signs: numbers[0] for signs, numbers in found.items() if len(numbers) == 1}


def _with_more(base: Mapping[int, Signs], theirs: Mapping[int, Signs]) -> list[tuple[int, int]]:
    having: dict[Hashable, set[int]] = defaultdict(set)
    for number, signs in theirs.items():
        for sign in _written(signs):
            having[sign].add(number)
    saying: dict[frozenset[Hashable], list[int]] = defaultdict(list)
    for number, signs in base.items():
        saying[_written(signs)].append(number)
    counted, found = Counter[int](), list[tuple[int, int]]()
    for said, numbers in saying.items():
        if said:
            holders = set.intersection(*sorted((having.get(one, set()) for one in said), key=len))
            counted.update(dict.fromkeys(holders, len(numbers)))
            found += ((numbers[0], other) for other in holders if len(holders) == len(numbers) == 1)
    return [(one, other) for one, other in found if counted[other] == 1]


def longest(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs (sorted by the first number) that rise in both numbers."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, other) in enumerate(pairs):
        at = bisect_left(ends, other)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [other]
        last[at : at + 1] = [number]
    found: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _gap(
    rows: Sequence[int], known: Sequence[int], base: Mapping[int, Signs], theirs: Mapping[int, Signs], *, even: bool
) -> list[tuple[int, int]]:
    """Pair what is alike between two certain neighbours; what is left over there is paired where it is as many."""
    straight = list(zip(rows, known, strict=False))
    if (
        even
        and len(rows) == len(known)
        and all(_likeness(base[one], theirs[other]) >= _ENOUGH for one, other in straight)
    ):
        return straight
    if len(rows) * len(known) > _MOST:
        return []
    scores = [[_likeness(base[one], theirs[other]) for other in known] for one in rows]
    early = _aligned(scores)
    late = {
        (len(rows) - 1 - one, len(known) - 1 - other) for one, other in _aligned([row[::-1] for row in scores[::-1]])
    }
    certain = sorted(early & late)
    found = [(rows[one], known[other]) for one, other in certain]
    if early != late or even:
        return found
    ends = [(-1, -1), *certain, (len(rows), len(known))]
    for (one, other), (end, stop) in itertools.pairwise(ends):
        if end - one == stop - other:
            found += zip(rows[one + 1 : end], known[other + 1 : stop], strict=True)
    return found


def _aligned(scores: Sequence[Sequence[float]]) -> set[tuple[int, int]]:
    """Return the pairs of the alignment that is most alike, the first of several."""
    height, width = len(scores), len(scores[0])
    best = [[0.0] * (width + 1) for _ in range(height + 1)]
    for one in range(height - 1, -1, -1):
        for other in range(width - 1, -1, -1):
            score = scores[one][other]
            both = best[one + 1][other + 1] + score if score >= _ENOUGH else 0.0
            best[one][other] = max(best[one + 1][other], best[one][other + 1], both)
    found: set[tuple[int, int]] = set()
    one = other = 0
    while one < height and other < width:
        score = scores[one][other]
        if score >= _ENOUGH and abs(best[one + 1][other + 1] + score - best[one][other]) < 1e-9:
            found.add((one, other))
            one, other = one + 1, other + 1
        elif best[one][other + 1] >= best[one + 1][other]:
            other += 1
        else:
            one += 1
    return found


def _likeness(first: Signs, second: Signs) -> float:
    return 2 * (first & second).total() / (first.total() + second.total())


class Alignment(Struct, frozen=True):
    """Where the rows and columns of a sheet of the base stand by now; ``columns`` is None where tables tell."""

    part: str
    """The sheet of the base."""
    rows: Axis
    columns: Axis | None

    def theirs(self, column: int, row: int) -> tuple[int, int]:
        """Return where a cell of the base stands; column or row are 0 where they are gone."""
        return self.columns.theirs(column) if self.columns is not None else column, self.rows.theirs(row)


def align(book: Book, part: str, origin: Book, base: str) -> Alignment | None:
    """Return how the sheet *part* of an edited workbook is aligned with the sheet *base* of its *origin*; None where
    all rows and columns outside tables stand where they stood."""
    if book.package.read(part) == origin.package.read(base):
        return None
    there, here = _Grid(book, part), _Grid(origin, base)
    if there.rows == here.rows:
        return None
    rows = Axis(here.rows, there.rows, LAST_ROW)
    if here.tables and there.tables:
        return Alignment(base, rows, None)
    columns = Axis(here.columns(rows.base, own=True), there.columns(rows.base, own=False), LAST_COLUMN)
    return None if rows.is_plain and columns.is_plain else Alignment(base, rows, columns)


class _Grid:
    """What stands on a sheet outside its tables with keys; of these, only where they begin and end."""

    def __init__(self, book: Book, part: str) -> None:
        known = book.tables + book.converted
        tables = sorted((one for one in known if one.sheet == part), key=lambda one: one.area[1::-1])
        self.tables = [one for one in tables if one.key_column]
        self.rows: dict[int, Signs] = {}
        self._cells: list[tuple[Cell, Signs]] = []
        areas, sheet = [one.area for one in self.tables], book.sheet(part)
        for row in sheet.rows.values():
            if any(one.top <= row.number <= one.bottom for one in areas):
                continue
            signs: Signs = Counter()
            for cell, own in _told(book, part, row):
                self._cells.append((cell, own))
                signs += own
            if signs:
                self.rows[row.number] = signs
        for number, table in enumerate(self.tables):
            for end in (table.area.top, table.area.bottom):
                signs = self.rows.setdefault(end, Counter())
                signs["table", number, end == table.area.top] += 1

    def columns(self, base: Callable[[int], int], *, own: bool) -> dict[int, Signs]:
        """Return what stands in each column, by the row of the base; *own* says that this is the base."""
        found: dict[int, Signs] = defaultdict(Counter)
        for cell, signs in self._cells:
            row = cell.row if own else base(cell.row)
            if row:
                found[cell.column].update({(row, sign): count for sign, count in signs.items()})
        return dict(found)


def signs_of(book: Book, part: str, row: Row) -> Signs:
    """Return what tells a row of a sheet from others."""
    return sum((own for _, own in _told(book, part, row)), Counter())


def said_in(book: Book, part: str, row: int) -> dict[int, str]:
    """Return what a row of a sheet says, by columns: texts, and formulas without their references."""
    sheet = book.sheet(part)
    cells = sheet.rows[row].cells.values() if row in sheet.rows else ()
    found = ((one.column, shaped(sheet.formula(one))[0].skeleton if one.formula else book.text(one)) for one in cells)
    return {column: text for column, text in found if text}


def _told(book: Book, part: str, row: Row) -> Iterator[tuple[Cell, Signs]]:
    for cell in row.cells.values():
        if not cell.blank and (own := _signs(book, part, cell)):
            yield cell, own


def _signs(book: Book, part: str, cell: Cell) -> Signs:
    text = book.text(cell)
    if cell.kind == "n" and len(text) > _DIGITS and not book.serial(text):
        # An office keeps a digit less of a result than it has.
        text = f"{float(text):.{_DIGITS}g}"
    if cell.formula is None:
        return Counter({text: 2}) if text else Counter()
    skeleton = shaped_in(book.sheet(part).formula(cell), cell.row)[0].skeleton
    return Counter({("=", skeleton): 1, ("=", skeleton, text): 1})
