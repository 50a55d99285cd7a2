"""Rows outside keyed tables that new data puts into a sheet, takes out of it or puts elsewhere: they come, go and move
whole, so that what people wrote beside them, formats, merged cells and formulas over them stay with what they belong
to."""

from __future__ import annotations

import io
import itertools
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct, field

from exporters.package import EditedPackage, Package, rt
from exporters.workbook.formula.tokens import tokens
from exporters.workbook.living.alignment import Alignment, said_in
from exporters.workbook.living.arranging import Turns
from exporters.workbook.living.book import KEPT, RANGE, Book, Table, readable
from exporters.workbook.living.caches import renew
from exporters.workbook.living.cellxml import NOTHING
from exporters.workbook.living.leaving import Leaving, Led
from exporters.workbook.living.naming import CELLS, Naming
from exporters.workbook.living.notes import SheetNotes, notes_by_row
from exporters.workbook.living.packing import Changes
from exporters.workbook.living.placing import content_like
from exporters.workbook.living.related import Related, defined
from exporters.workbook.living.rowpairs import Pairs, Rows
from exporters.workbook.living.shifting import Insertion, Shift, Shifts
from exporters.workbook.living.turning import turned
from exporters.workbook.living.writing import NewCell, NewRow, SheetEdit
from exporters.workbook.references import LAST_COLUMN, LAST_ROW, Range

_Sheet = tuple[str, Rows, list[tuple[Pairs, range, range]]]
"""A sheet of a base, its rows in a new render, and the stretches of both."""
_NONE = (LAST_ROW + 1, LAST_ROW + 1)
"""Rows that no range takes in."""


class Relaid(Struct, frozen=True):
    """An edited file laid out as the new render is."""

    package: EditedPackage
    """The file as it was where it is laid out so."""
    opened: tuple[Book, ...]
    """What it, its base and the new render were opened as: while this is held they are not opened again."""
    renamed: Callable[[str], str] = str
    """What a cell's item is called by now."""
    told: tuple[str, ...] = ()
    """What people wrote in rows that are gone, and what names these."""
    disordered: bool = False
    """Whether people's rows keep an order that the data does not have any more."""


def relaid(package: EditedPackage, ours: Package, *, restyled: bool = False) -> Relaid:
    """Return an edited workbook, and what it was edited from, with the rows outside keyed tables that *ours* has, in
    its order. *restyled*: it comes of another template, whose formats are numbered otherwise."""
    with readable(package):
        book = KEPT.keep(KEPT.find(package) or Book(package))
        origin = book.origin
        assert origin is not None
        new = KEPT.keep(KEPT.find(ours) or Book(ours, origin))
        found = [*_pairs(origin, new, styled=not restyled)]
        turn = turned(book, [(part, one) for part, _, own in found for pairs, _, _ in own for one in pairs.turned()])
        if turn.book is not book:
            assert turn.book.origin is not None
            found = [*_pairs(turn.book.origin, new, styled=not restyled)]
        for part, _, stretches in found:
            for pairs, _, _ in stretches:
                pairs.hold([range(top, bottom + 1) for sheet, top, bottom in turn.held if sheet == part])
        laid = _Laid(turn.book, new, found)
        if turn.book is book and not laid.steps:
            return Relaid(package, (book, new), told=laid.told, disordered=turn.disordered)
        edited = laid.written(turn.moved)
        base = KEPT.keep(Book(edited.base, origin))
        renaming = _Renaming(origin, base, turn.shifts, laid.shifts)
        return Relaid(edited, (book, base, new), renaming, laid.told, turn.disordered)


def _pairs(base: Book, ours: Book, *, styled: bool) -> Iterator[_Sheet]:
    """Yield the sheets of *base* of which *ours* says something else: the part, the rows of *ours*, and the stretches
    of both."""
    there = {name: part for part, name in Naming.of(ours).sheets.items()}
    for part, name in Naming.of(base).sheets.items():
        if name not in there or base.sheet(part).data == ours.sheet(there[name]).data:
            continue
        one, other = Rows(base, part, styled), Rows(ours, there[name], styled)
        if len(one.stretches) == len(other.stretches):
            both = zip(one.stretches, other.stretches, strict=True)
            yield part, other, [(Pairs(one, other, *stretch), *stretch) for stretch in both]


class _Renaming:
    """What the items of a base's cells are called once its rows have changed places, and others came and went."""

    def __init__(self, origin: Book, base: Book, turns: Mapping[str, Turns], shifts: Mapping[str, Shift]) -> None:
        before, now = Naming.of(origin), Naming.of(base)
        self._sheets = {
            f"{CELLS}{before.sheets[part]}!": (before.places(part), now.places(part), turns.get(part), shifts.get(part))
            for part in turns.keys() | shifts.keys()
        }

    def __call__(self, item: str) -> str:
        for start, (before, now, *shifts) in self._sheets.items():
            if item.startswith(start) and (place := before.of_home(item.removeprefix(start))) is not None:
                column, row = place
                for shift in shifts:
                    row = shift.row(row) if shift is not None else row
                return start + now.home(column, row)
        return item


# --- what the new render has more and less ---------------------------------------------------------------------------


class _Laid:
    """An edited workbook, and what it was edited from, with as many rows as a new render has."""

    def __init__(self, book: Book, new: Book, sheets: Sequence[_Sheet]) -> None:
        origin, here = book.origin, book.here
        assert origin is not None
        self._package, self._before, self._now = book.package, _Laying(origin), _Laying(book, Led(origin, book))
        steps = {part: _steps(rows, pairs) for part, rows, pairs in sheets}
        told: list[str] = []
        for part, own in steps.items():
            if part in here:
                own.replace({row for row in own.replaced if any(self._now.told(here[part], part, (row,)))})
        self.steps = {part: own for part, own in steps.items() if own.new or own.gone}
        # Where a person's order crosses the data's, an empty row would not be known again by its place.
        known = ((part, rows, book.alignments.get(here.get(part, ""))) for part, rows, _ in sheets)
        filled = {part: rows for part, rows, one in known if one is not None and one.rows.is_crossed}
        for part, own in self.steps.items():
            self._before.take(part, own, None, filled.get(part))
            if part in here:
                told += self._now.told(here[part], part, sorted(own.gone))
                self._now.take(here[part], own, book.alignments.get(here[part]), filled.get(part))
        replaced = (
            (here[part], row, own.wholes[row])
            for part, own in steps.items()
            if part in here
            for row in own.replaced
        )
        self.told = tuple(dict.fromkeys((*told, *self._now.stranded(replaced))))
        """What people wrote in rows that are gone, and what names these."""
        self.shifts = {
            part: Shift(self._before.insertions[part].values(), own.gone) for part, own in self.steps.items()
        }
        """How the rows of the origin's sheets moved, by their parts."""
        if self.steps:
            self._now.named = _named(origin, book, new, {base: here[base] for base in self.steps if base in here})

    def written(self, moved: Mapping[str, set[tuple[int, int]]]) -> EditedPackage:
        """Return the workbook; what depends on cells that *moved* before is worked out anew."""
        mended = isinstance(self._package, EditedPackage) and self._package.mended
        return EditedPackage(self._now.written(emptying=True, moved=moved), self._before.written(), mended=mended)


class _New(Struct, frozen=True):
    """A row that is new behind row ``after``: ``like`` is a row of the same row of the template, 0 where there is none,
    ``stretch`` the rows of that one around it; all by their numbers in the base. ``number`` is its own."""

    number: int
    after: int
    like: int
    stretch: tuple[int, int]
    height: str


class _Steps(Struct):
    new: list[_New] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    replaced: dict[int, Callable[[], _New]] = field(default_factory=dict)
    """Rows in whose place another record's stand, and what makes these."""
    wholes: dict[int, range] = field(default_factory=dict)
    """The lists that these are of, from the first row to the last."""

    def replace(self, rows: set[int]) -> None:
        """Let those of *rows* go; all others are written over where they stand."""
        self.gone |= rows
        self.new = sorted((*self.new, *(self.replaced[row]() for row in rows)), key=lambda one: one.number)


def _steps(ours: Rows, stretches: Sequence[tuple[Pairs, range, range]]) -> _Steps:
    found = _Steps()
    for pairs, first, second in stretches:
        same, replaced = pairs.in_order()
        twins = {other: one for one, other in (*same, *replaced)}
        runs = _Runs(ours, second, twins)
        found.gone |= {*first} - {*twins.values()}
        found.replaced |= {one: partial(runs.new, other, one) for one, other in replaced}
        found.wholes |= pairs.wholes(replaced)
        after = first.start - 1
        for number in second:
            after = twins.get(number, after)
            if number not in twins:
                found.new.append(runs.new(number, after))
    return found


class _Runs:
    """The rows of a stretch of a render by the row of the template that they are of, and which of them the base has
    (``twins``, by their numbers here)."""

    def __init__(self, ours: Rows, rows: range, twins: Mapping[int, int]) -> None:
        self._ours, self._twins = ours, twins
        self._known: dict[int, list[int]] = {}
        for form, alike in itertools.groupby(rows, ours.form):
            run = [*alike]
            for numbers in [run] if form else [[number] for number in run]:
                known = [number for number in numbers if number in twins]
                self._known |= dict.fromkeys(numbers, known)

    def new(self, number: int, after: int) -> _New:
        """Return the row of that *number* as one that is new behind a row of the base."""
        known, twins = self._known[number], self._twins
        at = bisect_right(known, number)
        near = min(known[max(at - 1, 0) : at + 1], key=lambda one: abs(one - number), default=0)
        stretch = (twins[known[0]], twins[known[-1]]) if known else _NONE
        row = self._ours.sheet.rows.get(number)
        return _New(number, after, twins.get(near, 0), stretch, row.attributes.get("ht", "") if row is not None else "")


# --- the same in a file ----------------------------------------------------------------------------------------------


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

    def take(self, part: str, steps: _Steps, alignment: Alignment | None, filled: Rows | None) -> None:
        """Let rows come and go; new ones say what those of *filled* do."""
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
            if filled is not None:
                columns = alignment.columns if alignment is not None else None
                for cell in cells:
                    column = columns.base(cell.column) if columns is not None else cell.column
                    own = filled.sheet.cell(column, one.number)
                    if own is not None and own.formula is None:
                        cell.content = content_like(filled.book, own, self._book)
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

    def told(self, part: str, base: str, numbers: Iterable[int]) -> Iterator[str]:
        """Yield what people wrote in rows of a base, each with all that its row says."""
        book, origin = self._book, self._book.origin
        assert origin is not None
        known, notes = book.alignments.get(part), notes_by_row(book, part)
        for number in numbers:
            row = known.rows.theirs(number) if known is not None else number
            said = said_in(book, part, row)
            was = said_in(origin, base, number)
            if known is not None and known.columns is not None:
                was = {known.columns.theirs(column): text for column, text in was.items()}
            more = [notes[row]] if row in notes else []
            if row and (said.keys() - was.keys() or more or any(was[one] != text for one, text in said.items())):
                sheet = book.sheet(part)
                cells = {column: sheet.cell(column, row) for column in sorted(said)}
                texts = [
                    f"={sheet.formula(cell)}" if cell and cell.formula and said[column] != was.get(column)
                    else book.text(cell) for column, cell in cells.items()
                ]  # fmt: skip
                yield " ".join((*filter(None, texts), *more))

    def stranded(self, replaced: Iterable[tuple[str, int, range]]) -> Iterator[str]:
        """Yield the formulas that name a row alone which is gone, or one of a base in whose place another record's
        stands by now (*replaced*: its sheet, and the list that it is of) but not all of its list."""
        for part, number, whole in replaced:
            known = self._book.alignments.get(part)
            rows = known.rows if known is not None else None
            if there := rows.theirs(number) if rows is not None else number:
                top, bottom = whole[0], whole[-1]
                ends = (rows.near(top, 1), rows.near(bottom, -1)) if rows is not None else (top, bottom)
                self._leaving.replace(part, there, range(ends[0], ends[1] + 1))
        return self._leaving.told()

    def written(self, *, emptying: bool = False, moved: Mapping[str, set[tuple[int, int]]] = {}) -> Package:
        """Return the workbook. *emptying*: rows that something else names alone stay, emptied, and what is worked out
        is worked out anew, also where it depends on cells that *moved* before."""
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
            shift = shifts.of(names[part])
            edit.touched |= {(column, shift.row(row)) for column, row in moved.get(part, ())}
            if (data := edit.write(shifts)) != edit.sheet.data:
                changes.set(part, data)
        if chain := book.target(book.part, rt.CALC_CHAIN):
            changes.drop(chain, book.part)
        if emptying:
            renew(book, changes, self._edits.values())
        out = io.BytesIO()
        changes.write(out, None)
        return Package.written(out.getvalue(), name=book.package.file)
