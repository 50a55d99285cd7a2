"""An edited workbook as the merge sees it.

Bound tables are known by their name and their hidden ``key`` column, rows by their key, columns by their header; so
sorting, filters, inserted rows and columns, renamed sheets and new formats change nothing here. Cells outside tables
are known by their place beside the table of their sheet, or by sheet and address where it has none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from exporters.package.custom import read_properties
from exporters.package.described import described
from exporters.snapshot import MARK, Group, Item, Slot, SlotKind, Snapshot, Unmade
from exporters.workbook.living.book import KEPT, RANGE, Book, SheetEntry, Table, readable
from exporters.workbook.living.cells import Cell, Row, style_of
from exporters.workbook.living.charting import chart_items
from exporters.workbook.living.days import Days, days_on
from exporters.workbook.living.formulas import FORMULA, by_header
from exporters.workbook.living.margins import MARGINS, margins
from exporters.workbook.living.merged import covered
from exporters.workbook.living.naming import CELLS, CHARTS, SHEET, Naming, Places
from exporters.workbook.living.notes import is_ours, notes_by_row
from exporters.workbook.living.pointing import Pointing
from exporters.workbook.living.rowforms import Form, RowCells, Texts
from exporters.workbook.living.shapes import OWN, in_references, shaped, shaped_in
from exporters.workbook.living.sheet import Sheet
from exporters.workbook.living.tabs import TAB
from exporters.workbook.references import LAST_COLUMN, letters

if TYPE_CHECKING:
    from exporters.package.reader import Package

FORMAT = "workbook"
STAMP = "briefpack"
NOTES = "+"
"""Stands for the notes on a row in the key of a slot; begins that of a cell beside its table."""
_LONGEST_VALUE = 15
_OWN = OWN.encode()
_EMPTY = -LAST_COLUMN - 1
_Source = tuple[Texts, int]
"""How texts of a column are read, and which one of a row it shows: :data:`_EMPTY` for none, less than nothing where the
cell of that column has to be asked."""
GONE = "—"
"""What a cell says whose empty row a person took out: what the data puts there by now is told, not lost."""
_SENTENCE = re.compile(r"[。！？；\n]|[.!?;]\s")


def read(package: Package) -> Snapshot:
    """Return what the workbook holds; raise PackageError where it is damaged.

    Handles are ``part!A1`` (a cell), ``part!7`` (a row) and parts (tables).
    """
    with readable(package):
        book = KEPT.find(package) or Book(package, KEPT.any())
        return KEPT.hold(book, snapshot(book))


def snapshot(book: Book) -> Snapshot:
    """Return what an opened workbook holds."""
    groups: list[Group] = []
    reader = _Reader(book)
    for entry in book.entries:
        groups += (group for group in reader.groups(entry) if group.items or group.keeps)
    groups.append(described(book.package))
    return Snapshot(FORMAT, tuple(groups), (), read_properties(book.package).get(STAMP, ""))


class _RowSlots(Unmade):
    """The slots of a row of a table: what the columns say, and what people put beside them."""

    __slots__ = ("_handles", "_number")

    def __init__(
        self,
        start: str,
        names: tuple[str, ...],
        texts: tuple[str, ...],
        others: tuple[tuple[str, str], ...],
        handles: Sequence[str],
        number: int,
    ) -> None:
        super().__init__((start, names, texts, others))
        self._handles, self._number = handles, number

    @property
    def anchors(self) -> int:
        return len(set(self.said[1]))

    @property
    def keys(self) -> list[str]:
        start, names, _, others = self.said
        return [start + name for name in (*names, *(name for name, _ in others))]

    def _make(self) -> Sequence[Slot]:
        start, names, texts, others = self.said
        bound = [
            Slot(start + name, text, f"{handle}{self._number}", kind_of(text))
            for name, text, handle in zip(names, texts, self._handles, strict=True)
        ]
        return (*bound, *(Slot(start + name, text, "", SlotKind.FOREIGN) for name, text in others))


class _Reader:
    def __init__(self, book: Book) -> None:
        self._book = book
        self._naming = Naming.of(book)
        self._pointing = Pointing(book, self._naming)
        self._skeletons: dict[bytes, str] = {}
        """What formulas say that differ in their own row only, by how they are written without it."""

    def groups(self, entry: SheetEntry) -> Iterator[Group]:
        """Yield the bound tables of a sheet, its rows with keys, and its other cells."""
        book = self._book
        sheet = book.sheet(entry.part)
        areas = [area for area in book.areas if area.sheet == entry.part]
        name = self._naming.sheets[entry.part]
        keyed: set[int] = set()
        repeated = entry.part in self._naming.keys
        if repeated:
            whole = Slot(SHEET + name, "", entry.part, SlotKind.FOREIGN)
            yield Group(SHEET + name, entry.part, (Item(SHEET + name, entry.part, (whole,)),), keeps=True)
        for area in areas:
            if not area.key_column or (not repeated and book.is_copy(area)):
                continue
            group = self._naming.tables[area.part]
            items = tuple(self._rows(sheet, area, group, [one for one in areas if one is not area]))
            if area.is_range:
                keyed = {int(item.at.rpartition("!")[2]) for item in items}
            yield Group(group, area.part, items, keeps=True)
        cells = self._cells(sheet, CELLS + name, keyed)
        yield Group(CELLS + name, entry.part, (*self._tab(entry, name), *cells))
        yield Group(MARGINS + name, entry.part, tuple(margins(sheet, name)))
        charts = tuple(chart_items(book, entry, CHARTS + name, self._pointing))
        yield Group(CHARTS + name, entry.part + RANGE, charts)

    def _tab(self, entry: SheetEntry, name: str) -> Iterator[Item]:
        """Yield the name of a sheet that is known by something else."""
        if entry.part in self._book.sheet_keys or name != entry.name:
            slot = Slot(f"{name}!{TAB}", entry.name, f"{entry.part}!{TAB}", SlotKind.NAME)
            yield Item(f"{CELLS}{name}!{TAB}", slot.at, (slot,))

    def _rows(self, sheet: Sheet, table: Table, group: str, others: Sequence[Table]) -> Iterator[Item]:
        book = self._book
        columns = [column for column in table.columns if column.number != table.key_column]
        rows = [
            (key, sheet.rows[number])
            for number in range(table.top, table.bottom + 1)
            if number in sheet.rows and (key := book.text_at(sheet, table.key_column, number).strip())
        ]
        # In a column that is worked out as a whole the formulas differ from row to row in their addresses only. A
        # single formula among values is something a person did, and is shown as it is.
        counted = Counter(number for _, row in rows for number in row.formulas)
        whole = {number for number, count in counted.items() if count * 2 > len(rows)}
        names = tuple(column.name for column in columns)
        handles = tuple(f"{sheet.part}!{letters(column.number)}" for column in columns)
        notes = notes_by_row(book, sheet.part)
        plans: dict[int, list[_Source]] = {}
        left, right = table.area.left, table.area.right
        own, taken = set(range(left, right + 1)), Places(others, self._naming).covered
        merged, places = covered(sheet, table), {column.number: place for place, column in enumerate(columns)}
        starts = {row.number: f"{group}!{key}!" if table.is_range else f"{key}." for key, row in rows}
        days = Days(book, table, columns)
        for key, row in rows:
            cells, number = row.cells, row.number
            form = cells.form if isinstance(cells, RowCells) else None
            plan = plans.get(id(form))
            if plan is None:
                plan = [self._source(form, cells, column.number) for column in columns]
                if form is not None:
                    plans[id(form)] = plan
            raw = cells.raw if isinstance(cells, RowCells) else ()
            said = [
                texts[raw[at]] if at >= 0 else "" if at == _EMPTY else self._said(sheet, table, row, -at, whole)
                for texts, at in plan
            ]
            days.restore(key, said)
            for column, (head_column, head_row) in merged.get(number, {}).items():
                if column in places and not said[places[column]]:
                    head = starts.get(head_row, "") + names[places[head_column]] if head_column in places else ""
                    said[places[column]] = f"{MARK}{head}{MARK}"
            more = [(NOTES, notes[number])] if number in notes else []
            if cells and (min(cells) < left or max(cells) > right):
                beside = cells.keys() - taken(number) - own
                more += self._beside(sheet, table, [cells[one] for one in sorted(beside)])
            slots = _RowSlots(starts[number], names, tuple(said), tuple(more), handles, number)
            yield Item(key, f"{sheet.part}!{number}", slots, removable=True)

    def _source(self, form: Form | None, cells: Mapping[int, Cell], column: int) -> _Source:
        """Return where the text of a column stands in rows of one form."""
        found = form.get(column) if form is not None else None
        texts = self._book.known.inlines
        if found is not None and found.formula is None:
            if found.kind == "inlineStr" and found.inline_at >= 0:
                return texts, found.inline_at
            if found.kind == "n" and found.value_at >= 0:
                return self._book.numbers(style_of(found.attributes)), found.value_at
            if max(found.value_at, found.inline_at) < 0 and found.value is None and found.inline is None:
                return texts, _EMPTY
        return texts, -column if column in cells else _EMPTY

    def _said(self, sheet: Sheet, table: Table, row: Row, column: int, whole: Container[int]) -> str:
        """Return what a cell of a table says: its text, or its formula."""
        written = row.cells.formula(column) if column in whole and isinstance(row.cells, RowCells) else b""
        key = written.replace(b"%d" % row.number, _OWN)
        if key in self._skeletons:
            return self._skeletons[key]
        cell = row.cells[column]
        if cell.formula is None:
            return self._book.text(cell)
        formula = sheet.formula(cell)
        if column not in whole:
            return FORMULA + by_header(formula, table, row.number)
        shape, numbers = shaped_in(formula, row.number)
        told = FORMULA + (shape.skeleton or by_header(formula, table, row.number))
        own = formula.replace(str(row.number), OWN)
        if written and b"&#" not in written and in_references(own, numbers, row.number):
            self._skeletons[key] = told
        return told

    def _beside(self, sheet: Sheet, table: Table, cells: Sequence[Cell]) -> Iterator[tuple[str, str]]:
        """Yield what stands in a row beside its table, and where: it would go with the row."""
        for cell in cells:
            if not cell.blank:
                step = cell.column - (table.area.right if cell.column > table.area.right else table.area.left)
                own = self._book.text(cell) if cell.formula is None else shaped(sheet.formula(cell))[0].skeleton
                yield f"{NOTES}{step}", own

    def _cells(self, sheet: Sheet, name: str, keyed: set[int]) -> Iterator[Item]:
        places, formula = self._naming.places(sheet.part), self._pointing.formula
        for row in sheet.rows.values():
            if row.number in keyed:
                continue
            covered = places.covered(row.number)
            for cell in (row.cells[column] for column in row.cells if column not in covered):
                if cell.blank:
                    continue
                plain = cell.formula is None
                value = self._book.text(cell) if plain else FORMULA + formula(sheet.formula(cell), sheet.part)
                if not value:
                    continue
                place = places.home(cell.column, cell.row)
                slot = Slot(
                    f"{name.removeprefix(CELLS)}!{place}", value, f"{sheet.part}!{cell.address}", kind_of(value)
                )
                yield Item(f"{name}!{place}", slot.at, (slot,))
        for place in places.gone():
            yield Item(f"{name}!{place}", "", (Slot(f"{name.removeprefix(CELLS)}!{place}", GONE, ""),))


def kind_of(text: str) -> SlotKind:
    """Return how a text is merged: whole sentences by the sentence."""
    if text.startswith(MARK):
        return SlotKind.COVERED
    if len(text) > _LONGEST_VALUE and text[0] != FORMULA and _SENTENCE.search(text):
        return SlotKind.PROSE
    return SlotKind.VALUE


def lines(package: Package) -> list[str]:
    """Return every text and number that people see, cell by cell, then people's notes, and text boxes; formulas are
    left out."""
    book = Book(package)
    found: list[str] = []
    for entry in book.entries:
        sheet, days = book.sheet(entry.part), days_on(book, entry.part)
        for row in sheet.rows.values():
            plain = (cell for cell in row.cells.values() if cell.formula is None and not cell.blank)
            found += (days.get((cell.column, cell.row)) or book.text(cell) for cell in plain)
        found += _notes(book, entry.part)
    return found


def _notes(book: Book, part: str) -> Iterator[str]:
    from exporters.package import rt
    from exporters.workbook.living.spans import parse, utf8

    for rel_type, holder in ((rt.COMMENTS, "comment"), (rt.DRAWING, "p")):
        target = book.target(part, rel_type)
        if target:
            for one in parse(utf8(book.package.read(target))).walk():
                if one.name == holder:
                    text = "".join(piece.text for piece in one.walk() if piece.name == "t")
                    if text and not is_ours(text):
                        yield text
