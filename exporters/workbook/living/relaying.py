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
from exporters.snapshot import Item
from exporters.workbook.formula.tokens import tokens
from exporters.workbook.living.alignment import Alignment
from exporters.workbook.living.arranging import Turn, Turns, turn_rows
from exporters.workbook.living.book import KEPT, RANGE, Book, Table, readable
from exporters.workbook.living.caches import renew
from exporters.workbook.living.cells import Row
from exporters.workbook.living.cellxml import NOTHING
from exporters.workbook.living.charting import chart_items
from exporters.workbook.living.leaving import Leaving
from exporters.workbook.living.naming import CELLS, Naming
from exporters.workbook.living.notes import SheetNotes, notes_by_row
from exporters.workbook.living.packing import Changes
from exporters.workbook.living.pointing import Pointing
from exporters.workbook.living.related import Related, defined
from exporters.workbook.living.rowpairs import Pairs, Rows
from exporters.workbook.living.shapes import shaped
from exporters.workbook.living.shifting import Insertion, Shift, Shifts
from exporters.workbook.living.writing import NewCell, NewRow, SheetEdit
from exporters.workbook.references import LAST_COLUMN, LAST_ROW, Range, parse_range

_Sheet = tuple[str, Rows, list[tuple[Pairs, range, range]]]
"""A sheet of a base, its rows in a new render, and the stretches of both."""
_Place = tuple[str, int, int]
"""A sheet of a base, and the first and the last of some of its rows."""
_NONE = (LAST_ROW + 1, LAST_ROW + 1)
"""Rows that no range takes in."""
_LIST = 3
"""So many cells one under another are a list."""


class Relaid(Struct, frozen=True):
    """An edited file laid out as the new render is."""

    package: EditedPackage
    renamed: Callable[[str], str]
    """What a cell's item is called by now."""
    told: tuple[str, ...]
    """What people wrote in rows that are gone."""
    disordered: bool = False
    """Whether people's rows keep an order that the data does not have any more."""
    moved: Mapping[str, set[tuple[int, int]]] | None = None
    """The cells that moved, by the parts of their sheets; what depends on them is not worked out anew yet."""


def relaid(package: EditedPackage, ours: Package, *, restyled: bool = False) -> Relaid | None:
    """Return an edited workbook, and what it was edited from, with the rows outside keyed tables that *ours* has, in
    its order; None where they have them. *restyled*: it comes of another template, whose formats are numbered
    otherwise."""
    with readable(package):
        book = KEPT.find(package) or Book(package)
        assert book.origin is not None
        new = KEPT.find(ours) or Book(ours, book.origin)
        found, held = [*_pairs(book.origin, new, styled=not restyled)], set[_Place]()
        turned = _turned(book, found, held)
        if turned.moved is not None:
            book = Book(turned.package, book)
            assert book.origin is not None
            found = [*_pairs(book.origin, new, styled=not restyled)]
        for part, _, stretches in found:
            for pairs, _, _ in stretches:
                pairs.hold([range(top, bottom + 1) for sheet, top, bottom in held if sheet == part])
        return _laid_out(book, new, turned, found)


def _here(book: Book) -> dict[str, str]:
    """Return the parts of an edited workbook's sheets by those of what it was edited from."""
    return {base: part for part, base in reversed(book.twins.items())}


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


# --- what the new render has elsewhere -------------------------------------------------------------------------------


def _turned(book: Book, sheets: Sequence[_Sheet], held: set[_Place]) -> Relaid:
    """Return an edited workbook, and what it was edited from, with rows in the order of a new render; what a person
    rearranged, or what would be torn apart, keeps its own. Where its rows could not be told any more, what they were
    edited from keeps it too: *held*, which is added to."""
    origin, here = book.origin, _here(book)
    assert origin is not None
    wanted = [(part, turned) for part, _, found in sheets for pairs, _, _ in found for turned in pairs.turned()]
    turns = {id(turn): (turn, turned) for part, turned in wanted if (turn := _turn(part, turned, None)) is not None
             and (part, turn.top, turn.bottom) not in held}  # fmt: skip
    out, package = io.BytesIO(), book.package
    assert isinstance(package, EditedPackage)
    done, _ = turn_rows(origin, [turn for turn, _ in turns.values()], out, None, renewing=False)
    if not done:
        return Relaid(package, str, (), bool(held))
    base = Package.written(out.getvalue(), name=origin.package.file)
    made = [turns[id(turn)] for turn in done if turn.sheet in here]
    parts = {turn.sheet: here[turn.sheet] for turn, _ in made}
    own = [_turn(parts[turn.sheet], turned, book.alignments.get(parts[turn.sheet])) for turn, turned in made]
    own = [
        None if there is None or _has_list(book, there, turn) else there
        for (turn, _), there in zip(made, own, strict=True)
    ]
    out = io.BytesIO()
    kept, edits = turn_rows(book, [turn for turn in own if turn is not None], out, None, renewing=False)
    edited = EditedPackage(
        Package.written(out.getvalue(), name=package.file) if kept else package, base, mended=package.mended
    )
    apart = [turn for (turn, _), there in zip(made, own, strict=True) if there is None or there not in kept]
    if apart:
        now = Book(edited, book)
        lost = {(turn.sheet, turn.top, turn.bottom) for turn in apart if not _is_known(book, now, turn, kept)}
        if lost:
            held |= lost
            return _turned(book, sheets, held)
    shifts = {part: Turns([turn for turn in done if turn.sheet == part]) for part in {turn.sheet for turn in done}}
    renaming = _Renaming(origin, Book(base, origin), shifts)
    moved = {edit.entry.part: edit.touched for edit in edits}
    return Relaid(edited, renaming, (), bool(apart or held), moved)


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
    origin, part = book.origin, _here(book)[turn.sheet]
    assert origin is not None
    before, after = book.alignments.get(part), now.alignments.get(part)
    there = Turns([one for one in kept if one.sheet == part])
    for row in range(turn.top, turn.bottom + 1):
        if not (was := _said(origin, turn.sheet, row)):
            continue
        old = before.rows.theirs(row) if before is not None else row
        new = after.rows.theirs(turn.row(row)) if after is not None else turn.row(row)
        if new != there.row(old) and (new or was == _said(book, part, old)):
            return False
    return True


def _turn(part: str, turned: Sequence[Sequence[int]], known: Alignment | None) -> Turn | None:
    """Return how stretches of rows, given by their numbers in a base as they are to follow each other, change places in
    a sheet; None where a person rearranged them."""
    rows = known.rows if known is not None else None
    there = {one[0]: [row for number in one if (row := rows.theirs(number) if rows is not None else number)]
             for one in sorted(turned, key=min)}  # fmt: skip
    heads = [head for head, found in there.items() if found]
    flat = [row for head in heads for row in there[head]]
    if not flat or flat != sorted(flat):
        return None
    first, last = min(there), max(max(one) for one in turned)
    if rows is not None and not all(first <= (rows.base(row) or first) <= last for row in range(flat[0], flat[-1] + 1)):
        return None
    tops = [there[head][0] for head in heads]
    bounds = [*zip(tops, [*(top - 1 for top in tops[1:]), flat[-1]], strict=True)]
    return Turn.of(part, bounds, [heads.index(one[0]) for one in turned if one[0] in heads])


# --- what the new render has more and less ---------------------------------------------------------------------------


def _laid_out(book: Book, new: Book, there: Relaid, sheets: Iterable[_Sheet]) -> Relaid | None:
    """Return an edited workbook, and what it was edited from, with as many rows as a new render has."""
    origin, here = book.origin, _here(book)
    assert origin is not None
    found = ((part, _steps(rows, pairs)) for part, rows, pairs in sheets)
    steps = {part: own for part, own in found if own.new or own.gone or own.replaced}
    before, now = _Laying(origin), _Laying(book, _Led(origin, book))
    for part, own in steps.items():
        if part in here:
            own.replace({row for row in own.replaced if any(now.told(here[part], part, (row,)))})
    steps = {part: own for part, own in steps.items() if own.new or own.gone}
    if not steps and there.moved is None and not there.disordered:
        return None
    told: list[str] = []
    for part, own in steps.items():
        before.take(part, own, None)
        if part in here:
            told += now.told(here[part], part, sorted(own.gone))
            now.take(here[part], own, book.alignments.get(here[part]))
    now.named = _named(origin, book, new, {base: here[base] for base in steps if base in here})
    base = before.written()
    shifts = {part: Shift(before.insertions[part].values(), own.gone) for part, own in steps.items()}
    edited = EditedPackage(now.written(emptying=True, moved=there.moved or {}), base, mended=there.package.mended)
    renaming = _Renaming(origin, Book(base, origin), shifts)
    return Relaid(edited, lambda item: renaming(there.renamed(item)), tuple(dict.fromkeys(told)), there.disordered)


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

    def told(self, part: str, base: str, numbers: Iterable[int]) -> Iterator[str]:
        """Yield what people wrote in rows of a base, each with all that its row says."""
        book, origin = self._book, self._book.origin
        assert origin is not None
        known, notes = book.alignments.get(part), notes_by_row(book, part)
        for number in numbers:
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


def _said(book: Book, part: str, row: int) -> dict[int, str]:
    sheet = book.sheet(part)
    cells = sheet.rows[row].cells.values() if row in sheet.rows else ()
    found = ((one.column, shaped(sheet.formula(one))[0].skeleton if one.formula else book.text(one)) for one in cells)
    return {column: text for column, text in found if text}


class _Renaming:
    """What the items of a base's cells are called once its rows have moved."""

    def __init__(self, origin: Book, base: Book, shifts: Mapping[str, Shift]) -> None:
        before, now = Naming.of(origin), Naming.of(base)
        self._sheets = {f"{CELLS}{before.sheets[part]}!": (before.places(part), now.places(part), shift)
                        for part, shift in shifts.items()}  # fmt: skip

    def __call__(self, item: str) -> str:
        for start, (before, now, shift) in self._sheets.items():
            if item.startswith(start) and (place := before.of_home(item.removeprefix(start))) is not None:
                return start + now.home(place[0], shift.row(place[1]))
        return item
