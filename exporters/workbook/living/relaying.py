"""Rows outside keyed tables that new data puts into a sheet or takes out of it: they come and go as whole rows, so that
what people wrote beside them, formats, merged cells and formulas over them stay with what they belong to."""

from __future__ import annotations

import io
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence

from msgspec import Struct, field

from exporters.package import EditedPackage, Package, rt
from exporters.snapshot import Item
from exporters.workbook.formula.tokens import tokens
from exporters.workbook.living.alignment import Alignment, Signs, longest, pairs_of, signs_of
from exporters.workbook.living.book import KEPT, RANGE, Book, Table, readable
from exporters.workbook.living.caches import renew
from exporters.workbook.living.cellxml import NOTHING
from exporters.workbook.living.charting import chart_items
from exporters.workbook.living.leaving import Leaving
from exporters.workbook.living.naming import CELLS, Naming
from exporters.workbook.living.notes import SheetNotes, notes_by_row
from exporters.workbook.living.packing import Changes
from exporters.workbook.living.pointing import Pointing
from exporters.workbook.living.related import Related, defined
from exporters.workbook.living.shapes import shaped
from exporters.workbook.living.shifting import Insertion, Shift, Shifts
from exporters.workbook.living.writing import NewCell, NewRow, SheetEdit
from exporters.workbook.references import LAST_COLUMN, LAST_ROW, Range, parse_range

_Form = tuple[tuple[int, int, bool], ...]
"""What rows of one row of the template have in common: their columns, formats, and which of them are worked out."""
_MOST = 40_000
_NONE = (LAST_ROW + 1, LAST_ROW + 1)
"""Rows that no range takes in."""


class Relaid(Struct, frozen=True):
    """An edited file laid out as the new render is."""

    package: EditedPackage
    renamed: Callable[[str], str]
    """What a cell's item is called by now."""
    told: tuple[str, ...]
    """What people wrote in rows that are gone."""


def relaid(package: EditedPackage, ours: Package, *, restyled: bool = False) -> Relaid | None:
    """Return an edited workbook, and what it was edited from, with the rows outside keyed tables that *ours* has; None
    where they have them. *restyled*: it comes of another template, whose formats are numbered otherwise."""
    with readable(package):
        book = KEPT.find(package) or Book(package)
        origin = book.origin
        assert origin is not None
        new = KEPT.find(ours) or Book(ours, origin)
        steps = _all_steps(origin, new, styled=not restyled)
        if not steps:
            return None
        here = {base: part for part, base in reversed(book.twins.items())}
        told: list[str] = []
        before, now = _Laying(origin), _Laying(book, _Led(origin, book))
        for part, own in steps.items():
            before.take(part, own, None)
            if part in here:
                told += now.told(here[part], part, own)
                now.take(here[part], own, book.alignments.get(here[part]))
        now.named = _named(origin, book, new, {base: here[base] for base in steps if base in here})
        base = before.written()
        shifts = {part: Shift(before.insertions[part].values(), own.gone) for part, own in steps.items()}
        edited = EditedPackage(now.written(emptying=True), base, mended=package.mended)
        return Relaid(edited, _Renaming(origin, Book(base), shifts), tuple(dict.fromkeys(told)))


# --- what the new render has more and less ---------------------------------------------------------------------------


class _New(Struct, frozen=True):
    """A row that is new behind row ``after``: ``like`` is a row of the same row of the template, 0 where there is none,
    ``stretch`` the rows of that one around it; all by their numbers in the base."""

    after: int
    like: int
    stretch: tuple[int, int]
    height: str


class _Steps(Struct):
    new: list[_New] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)


def _all_steps(base: Book, ours: Book, *, styled: bool) -> dict[str, _Steps]:
    there = {name: part for part, name in Naming.of(ours).sheets.items()}
    found: dict[str, _Steps] = {}
    for part, name in Naming.of(base).sheets.items():
        if name in there and (steps := _steps(_Rows(base, part, styled), _Rows(ours, there[name], styled))):
            found[part] = steps
    return found


class _Rows:
    """The rows of a sheet of a render: stretches of them between its tables and rows with keys."""

    def __init__(self, book: Book, part: str, styled: bool) -> None:
        self.book, self.part, self.sheet, self._styled = book, part, book.sheet(part), styled
        areas = sorted((one.area.top, one.area.bottom) for one in book.areas if one.sheet == part and one.key_column)
        last = max((number for number, row in self.sheet.rows.items() if row.cells), default=0)
        ends = [(0, 0), *areas, (max(last, areas[-1][1] if areas else 0) + 1,) * 2]
        self.stretches = [range(bottom + 1, top) for (_, bottom), (top, _) in itertools.pairwise(ends)]

    def form(self, number: int) -> _Form:
        row = self.sheet.rows.get(number)
        cells = (row.cells[one] for one in sorted(row.cells)) if row is not None else ()
        return tuple((cell.column, cell.style * self._styled, cell.formula is not None) for cell in cells)

    def signs(self, rows: range) -> dict[int, Signs]:
        found = {
            number: signs_of(self.book, self.part, self.sheet.rows[number])
            for number in rows
            if number in self.sheet.rows
        }
        return {number: signs for number, signs in found.items() if signs}

    def names(self, rows: set[int], stretch: range) -> set[tuple[_Form, str]]:
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


def _steps(base: _Rows, ours: _Rows) -> _Steps | None:
    if len(base.stretches) != len(ours.stretches):
        return None
    if base.sheet.data == ours.sheet.data:
        return None
    found = _Steps()
    for first, second in zip(base.stretches, ours.stretches, strict=True):
        twins = {other: one for one, other in _twins(base, ours, first, second)}
        found.gone |= {*first} - {*twins.values()}
        after = first.start - 1
        for number in second:
            after = twins.get(number, after)
            if number not in twins:
                found.new.append(_new(ours, second, twins, number, after))
    return found if found.new or found.gone else None


def _new(ours: _Rows, rows: range, twins: dict[int, int], number: int, after: int) -> _New:
    form, alike = ours.form(number), [number]
    for step in (-1, 1):
        other = number + step
        while other in rows and form and ours.form(other) == form:
            alike.append(other)
            other += step
    known = sorted(twins[one] for one in alike if one in twins)
    near = min((one for one in alike if one in twins), key=lambda one: abs(one - number), default=0)
    stretch = (known[0], known[-1]) if known else _NONE
    row = ours.sheet.rows.get(number)
    return _New(after, twins.get(near, 0), stretch, row.attributes.get("ht", "") if row is not None else "")


def _twins(base: _Rows, ours: _Rows, first: range, second: range) -> Iterator[tuple[int, int]]:
    """Yield the rows of two renders that are each other: by what they say, between those by the row of the template."""
    certain = longest(pairs_of(base.signs(first), ours.signs(second)))
    before, now = (
        base.names({*first} - {one for one, _ in certain}, first),
        ours.names({*second} - {one for _, one in certain}, second),
    )
    # What only changed places, as in a ranking, is written over where it stands.
    moved = {form for form, name in before & now}
    certain = [pair for pair in certain if base.form(pair[0]) not in moved]
    yield from certain
    ends = [(first.start - 1, second.start - 1), *certain, (first.stop, second.stop)]
    for (one, other), (end, stop) in itertools.pairwise(ends):
        left = [base.form(number) for number in range(one + 1, end)]
        right = [ours.form(number) for number in range(other + 1, stop)]
        for at, there in _common(left, right):
            yield one + 1 + at, other + 1 + there


def _common(left: Sequence[_Form], right: Sequence[_Form]) -> list[tuple[int, int]]:
    """Return the longest common sequence, by places."""
    if len(left) == len(right) or len(left) * len(right) > _MOST:
        return list(zip(range(len(left)), range(len(right)), strict=False))
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for one in range(len(left) - 1, -1, -1):
        for other in range(len(right) - 1, -1, -1):
            both = best[one + 1][other + 1] + 1 if left[one] == right[other] else 0
            best[one][other] = max(both, best[one + 1][other], best[one][other + 1])
    found: list[tuple[int, int]] = []
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


# --- the same in a file ----------------------------------------------------------------------------------------------


class _Led(Container[str]):
    """The charts (by their parts) and cells with formulas (``part!A1``) of an edited workbook that lead where those of
    the template led. Looked up one by one: to name what all formulas lead to costs more than laying the sheets out."""

    def __init__(self, origin: Book, book: Book) -> None:
        self._origin, self._book = origin, book
        self._before, self._now = Naming.of(origin), Naming.of(book)
        self._leads = Pointing(origin, self._before), Pointing(book, self._now)
        self._parts = {name: part for part, name in self._before.sheets.items()}
        before, now = self._led(origin, 0), self._led(book, 1)
        known = before.keys() & now.keys()
        self._charts = {now[name].at for name in known if before[name].slots[0].text == now[name].slots[0].text}

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


def _named(origin: Book, book: Book, new: Book, parts: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Return what names that nobody touched stand for in the new render: those that lead to nothing but sheets of
    *parts* (by their parts in *origin*) without keys, whose rows stand where the template has them."""
    keyed = {one.sheet for one in origin.areas if one.key_column}
    plain = {base for base, part in parts.items() if base not in keyed and book.alignments.get(part) is None}
    sheets = {entry.name.casefold() for entry in origin.entries if entry.part in plain}
    twins = {name: part for part, name in Naming.of(new).sheets.items()}
    names, now, there = Naming.of(origin).sheets, defined(book), defined(new)
    found: dict[tuple[str, str], str] = {}
    for (name, part), one in defined(origin).items():
        own, other = (name, parts.get(part, "")), (name, twins.get(names.get(part, ""), ""))
        if own not in now or other not in there or now[own].text != one.text:
            continue
        text = there[other].text
        leads = {token.sheet.casefold() for each in (one.text, text) for token in tokens(each) if token.kind == "ref"}
        if leads and leads <= sheets:
            found[own] = text
    return found


class _Laying:
    """Puts rows into the sheets of one workbook and takes rows out."""

    def __init__(self, book: Book, led: Container[str] = ()) -> None:
        self._book = book
        self._edits = {entry.part: SheetEdit(book, entry) for entry in book.entries}
        self._leaving = Leaving(book, led)
        self._gone: dict[str, set[int]] = defaultdict(set)
        self.insertions: dict[str, dict[int, Insertion]] = defaultdict(dict)
        self.named: Mapping[tuple[str, str], str] = {}
        """What names stand for where no row stays emptied, as :class:`Related` takes them."""

    def take(self, part: str, steps: _Steps, alignment: Alignment | None) -> None:
        rows = alignment.rows if alignment is not None else None
        edit, known = self._edits[part], self.insertions[part]
        for one in steps.new:
            after, like = one.after, one.like
            top, bottom = one.stretch
            if rows is not None:
                after, like = rows.near(after, -1) if after else 0, rows.theirs(like) if like else 0
                top, bottom = (rows.near(top, 1), rows.near(bottom, -1)) if one.stretch != _NONE else _NONE
            row = edit.sheet.rows.get(like)
            cells = [NewCell(cell.column, cell.style) for cell in row.cells.values()] if row is not None else []
            edit.rows[after].append(NewRow(row, "" if row is not None else one.height, cells))
            count = known[after].count + 1 if after in known else 1
            table = known[after].table if after in known else None
            if table is None or (table.top, table.bottom) == _NONE:
                area = Range(1, top, LAST_COLUMN, bottom)
                table = Table(part + RANGE, part, "", area, top, bottom, ())
            known[after] = Insertion(after, count, table)
        for number in steps.gone:
            if there := rows.theirs(number) if rows is not None else number:
                self._gone[part].add(there)
                self._leaving.add(part, there)

    def told(self, part: str, base: str, steps: _Steps) -> Iterator[str]:
        """Yield what people wrote in rows that go, each with all that its row says."""
        book, origin = self._book, self._book.origin
        assert origin is not None
        known, notes = book.alignments.get(part), notes_by_row(book, part)
        for number in sorted(steps.gone):
            row = known.rows.theirs(number) if known is not None else number
            said = _said(book, part, row)
            was = _said(origin, base, number)
            if known is not None and known.columns is not None:
                was = {known.columns.theirs(column): text for column, text in was.items()}
            more = [notes[row]] if row in notes else []
            if row and (said.keys() - was.keys() or more or any(was[one] != text for one, text in said.items())):
                sheet = book.sheet(part)
                texts = [text for column in sorted(said) if (text := book.text(sheet.cell(column, row)))]
                yield " ".join((*texts, *more))

    def written(self, *, emptying: bool = False) -> Package:
        """Return the workbook. *emptying*: rows that something else names alone stay, emptied, and what is worked out
        is worked out anew."""
        book = self._book
        gone = self._leaving.rows() if emptying else self._gone
        for part, rows in self._gone.items():
            for row in rows - gone.get(part, set()):
                self._edits[part].contents.update(
                    {(column, row): NOTHING for column in book.sheet(part).rows[row].cells}
                )
        names = {entry.part: entry.name for entry in book.entries}
        parts = {**self.insertions, **gone}
        shifts = Shifts({names[one]: Shift(self.insertions[one].values(), gone.get(one, ())) for one in parts})
        changes = Changes(book.package)
        named = self.named if all(rows == gone.get(part) for part, rows in self._gone.items()) else {}
        for part, data in Related(book, shifts, named).parts():
            changes.set(part, data)
        for part in parts:
            notes = SheetNotes.of(book, part, shifts.of(names[part]))
            if notes.part:
                changes.set(notes.part, notes.comments())
            if notes.vml_part:
                changes.set(notes.vml_part, notes.drawing())
        for part, edit in self._edits.items():
            if (data := edit.write(shifts)) != edit.sheet.data:
                changes.set(part, data)
        if chain := book.target(book.part, rt.CALC_CHAIN):
            changes.drop(chain, book.part)
        if emptying:
            renew(book, changes, self._edits.values())
        out = io.BytesIO()
        changes.write(out, None)
        return Package.written(out.getvalue(), name=book.package.file)


def _said(book: Book, part: str, row: int) -> dict[int, str]:
    sheet = book.sheet(part)
    cells = sheet.rows[row].cells.values() if row in sheet.rows else ()
    found = ((one.column, shaped(sheet.formula(one))[0].skeleton if one.formula else book.text(one)) for one in cells)
    return {column: text for column, text in found if text}


class _Renaming:
    """What the items of a base's cells are called once its rows have moved."""

    def __init__(self, origin: Book, base: Book, shifts: dict[str, Shift]) -> None:
        before, now = Naming.of(origin), Naming.of(base)
        self._sheets = {f"{CELLS}{before.sheets[part]}!": (before.places(part), now.places(part), shift)
                        for part, shift in shifts.items()}  # fmt: skip

    def __call__(self, item: str) -> str:
        for start, (before, now, shift) in self._sheets.items():
            if item.startswith(start) and (place := before.of_home(item.removeprefix(start))) is not None:
                return start + now.home(place[0], shift.row(place[1]))
        return item
