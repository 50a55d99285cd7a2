"""An edited workbook as the merge sees it.

Bound tables are known by their name and their hidden ``key`` column, rows by their key, columns by their header; so
sorting, filters, inserted rows and columns, renamed sheets and new formats change nothing here. Cells outside tables
are known by their place beside the table of their sheet, or by sheet and address where it has none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from exporters.package.custom import read_properties
from exporters.package.described import described
from exporters.snapshot import Group, Item, Slot, SlotKind, Snapshot
from exporters.workbook.living.book import KEPT, RANGE, Book, SheetEntry, Table, readable
from exporters.workbook.living.cells import Cell, style_of
from exporters.workbook.living.charting import chart_items
from exporters.workbook.living.formulas import FORMULA, by_header
from exporters.workbook.living.margins import MARGINS, margins
from exporters.workbook.living.naming import CELLS, CHARTS, SHEET, Naming, Places
from exporters.workbook.living.notes import is_ours, notes_by_row
from exporters.workbook.living.pointing import Pointing
from exporters.workbook.living.rowforms import Form, RowCells, Texts
from exporters.workbook.living.shapes import shaped, shaped_in
from exporters.workbook.living.sheet import Sheet
from exporters.workbook.living.tabs import TAB
from exporters.workbook.references import letters

if TYPE_CHECKING:
    from exporters.package.reader import Package

FORMAT = "workbook"
STAMP = "briefpack"
NOTES = "+"
"""Stands for the notes on a row in the key of a slot; begins that of a cell beside its table."""
_LONGEST_VALUE = 15
_EMPTY, _BY_CELL = -1, -2
_Source = tuple[str, int, str, bool, Texts, int]
"""Name, number and address of a column, whether it is worked out as a whole, how texts of it are read, and which one of
a row it shows: :data:`_EMPTY` for none, :data:`_BY_CELL` where the cell has to be asked."""
GONE = "—"
"""What a cell says whose empty row a person took out: what the data puts there by now is told, not lost."""
_SENTENCE = re.compile(r"[。！？；\n]|[.!?;]\s")


def read(package: Package) -> Snapshot:
    """Return what the workbook holds; raise PackageError where it is damaged.

    Handles are ``part!A1`` (a cell), ``part!7`` (a row) and parts (tables).
    """
    with readable(package):
        book = Book(package, KEPT.any())
        return KEPT.hold(book, snapshot(book), book.size)


def snapshot(book: Book) -> Snapshot:
    """Return what an opened workbook holds."""
    groups: list[Group] = []
    reader = _Reader(book)
    for entry in book.entries:
        groups += (group for group in reader.groups(entry) if group.items or group.keeps)
    groups.append(described(book.package))
    return Snapshot(FORMAT, tuple(groups), (), read_properties(book.package).get(STAMP, ""))


class _Reader:
    def __init__(self, book: Book) -> None:
        self._book = book
        self._naming = Naming.of(book)
        self._pointing = Pointing(book, self._naming)

    def groups(self, entry: SheetEntry) -> Iterator[Group]:
        """Yield the bound tables of a sheet, its rows with keys, and its other cells."""
        book = self._book
        sheet = book.sheet(entry.part)
        areas = [area for area in book.areas if area.sheet == entry.part]
        name = self._naming.sheets[entry.part]
        keyed: set[int] = set()
        if entry.part in self._naming.keys:
            whole = Slot(SHEET + name, "", entry.part, SlotKind.FOREIGN)
            yield Group(SHEET + name, entry.part, (Item(SHEET + name, entry.part, (whole,)),), keeps=True)
        for area in areas:
            if not area.key_column:
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
            if number in sheet.rows and (key := book.text(sheet.cell(table.key_column, number)).strip())
        ]
        # In a column that is worked out as a whole the formulas differ from row to row in their addresses only. A
        # single formula among values is something a person did, and is shown as it is.
        counted = Counter(number for _, row in rows for number in row.formulas)
        whole = {number for number, count in counted.items() if count * 2 > len(rows)}
        places = [
            (column.name, column.number, f"{sheet.part}!{letters(column.number)}", column.number in whole)
            for column in columns
        ]
        notes = notes_by_row(book, sheet.part)
        plans: dict[int, list[_Source]] = {}
        left, right = table.area.left, table.area.right
        own, covered = set(range(left, right + 1)), Places(others, self._naming).covered
        for key, row in rows:
            slots: list[Slot] = []
            start = key + "." if not table.is_range else f"{group}!{key}!"
            cells, shown = row.cells, str(row.number)
            form = cells.form if isinstance(cells, RowCells) else None
            plan = plans.get(id(form))
            if plan is None:
                plan = [self._source(form, cells, *place) for place in places]
                if form is not None:
                    plans[id(form)] = plan
            raw = cells.raw if isinstance(cells, RowCells) else ()
            for name, number, at, is_formula, texts, index in plan:
                value, kind = "", SlotKind.VALUE
                if index >= 0:
                    value = texts[raw[index]]
                elif index == _BY_CELL:
                    cell = cells[number]
                    if cell.formula is None:
                        value = book.text(cell)
                    else:
                        formula, here = sheet.formula(cell), row.number
                        whole_column = shaped_in(formula, here)[0].skeleton if is_formula else ""
                        value = whole_column or by_header(formula, table, here)
                        slots.append(Slot(start + name, FORMULA + value, at + shown))
                        continue
                if len(value) > _LONGEST_VALUE:
                    kind = kind_of(value)
                slots.append(Slot(start + name, value, at + shown, kind))
            if row.number in notes:
                slots.append(Slot(start + NOTES, notes[row.number], "", SlotKind.FOREIGN))
            if cells and (min(cells) < left or max(cells) > right):
                beside = cells.keys() - covered(row.number) - own
                slots += self._beside(sheet, table, start, [cells[one] for one in sorted(beside)])
            yield Item(key, f"{sheet.part}!{shown}", tuple(slots), removable=True)

    def _source(
        self, form: Form | None, cells: Mapping[int, Cell], name: str, number: int, at: str, is_formula: bool
    ) -> _Source:
        """Return where the text of a column stands in rows of one form."""
        found = form.get(number) if form is not None else None
        index = _BY_CELL if number in cells else _EMPTY
        texts = self._book.known.inlines
        if found is not None and found.formula is None:
            if found.kind == "inlineStr" and found.inline_at >= 0:
                index = found.inline_at
            elif found.kind == "n" and found.value_at >= 0:
                index, texts = found.value_at, self._book.numbers(style_of(found.attributes))
            elif max(found.value_at, found.inline_at) < 0 and found.value is None and found.inline is None:
                index = _EMPTY
        return name, number, at, is_formula, texts, index

    def _beside(self, sheet: Sheet, table: Table, start: str, cells: Sequence[Cell]) -> Iterator[Slot]:
        """Yield what stands in a row beside its table: it would go with the row."""
        for cell in cells:
            if not cell.blank:
                step = cell.column - (table.area.right if cell.column > table.area.right else table.area.left)
                own = self._book.text(cell) if cell.formula is None else shaped(sheet.formula(cell))[0].skeleton
                yield Slot(f"{start}{NOTES}{step}", own, "", SlotKind.FOREIGN)

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
                place = places.name(cell.column, cell.row)
                slot = Slot(
                    f"{name.removeprefix(CELLS)}!{place}", value, f"{sheet.part}!{cell.address}", kind_of(value)
                )
                yield Item(f"{name}!{place}", slot.at, (slot,))
        for place in places.gone():
            yield Item(f"{name}!{place}", "", (Slot(f"{name.removeprefix(CELLS)}!{place}", GONE, ""),))


def kind_of(text: str) -> SlotKind:
    """Return how a text is merged: whole sentences by the sentence."""
    if len(text) > _LONGEST_VALUE and text[0] != FORMULA and _SENTENCE.search(text):
        return SlotKind.PROSE
    return SlotKind.VALUE


def lines(package: Package) -> list[str]:
    """Return every text and number that people see, cell by cell, then people's notes, and text boxes; formulas are
    left out."""
    book = Book(package)
    found: list[str] = []
    for entry in book.entries:
        sheet = book.sheet(entry.part)
        for row in sheet.rows.values():
            found += (book.text(cell) for cell in row.cells.values() if cell.formula is None and not cell.blank)
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
