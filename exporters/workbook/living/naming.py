"""What groups and cells of a workbook are known by when people rename sheets and insert rows and columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exporters.workbook.living.book import OWN, Book, Table
from exporters.workbook.references import letters, parse_cell
from exporters.workbook.sheetnames import TURN

if TYPE_CHECKING:
    from exporters.workbook.living.alignment import Alignment

CELLS = "cells:"
"""Begins the id of the group of a sheet's cells outside tables."""
ROWS = "rows:"
"""Begins the id of the group of a sheet's rows with keys outside tables."""
SHEET = "sheet:"
"""Begins the id of the group that stands for a repeated sheet as a whole."""
CHARTS = "charts:"
"""Begins the id of the group of a sheet's charts."""
_PLACE = re.compile(r"([-+=])([0-9]+) (.*)", re.DOTALL)
_HOME = re.compile(r"@(\S+) (.*)", re.DOTALL)
_BESIDE = re.compile(r"([<>])([0-9]+)")
_NONE: frozenset[int] = frozenset()
_FAMILY = re.compile(rf"([0-9]+{TURN}).*(/[0-9]+)", re.DOTALL)


class Naming:
    """What the sheets of a workbook and the groups of its tables are known by.

    A sheet that the template repeats is known by its hidden name (``SHEET_KEY``) and its tables by their place on it;
    any other sheet by its bound table, else by its hidden name, else by its own, and tables by their names.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        hidden = book.sheet_keys
        self.keys = {part: key for part, key in hidden.items() if TURN in key}
        """What repeated sheets are known by, by part."""
        self.sheets: dict[str, str] = {}
        self.tables: dict[str, str] = {}
        self._places: dict[str, Places] = {}
        self._records: dict[str, dict[str, int]] = {}
        for entry in book.entries:
            bound = [table for table in book.areas if table.sheet == entry.part and table.key_column]
            key = self.keys.get(entry.part, "")
            own = next((table.name for table in bound if table.name), "")
            name = self.sheets[entry.part] = key or own or hidden.get(entry.part) or entry.name
            tables = sorted((one for one in bound if not one.is_range), key=lambda one: (one.area.top, one.area.left))
            for number, table in enumerate(tables, 1):
                self.tables[table.part] = f"{key}/{number}" if key else table.name or ROWS + name
            self.tables |= {one.part: ROWS + name for one in bound if one.is_range}

    @classmethod
    def of(cls, book: Book) -> Naming:
        """Return the naming of a workbook, made once."""
        if book.naming is None:
            book.naming = cls(book)
        return book.naming

    def records(self, table: Table) -> dict[str, int]:
        """Return the rows of a table's records, by their ids; of several with one id the first."""
        found = self._records.get(table.part)
        if found is None:
            rows = range(table.bottom, table.top - 1, -1)
            found = self._records[table.part] = {key: row for row in rows if (key := self.record(table, row))}
        return found

    def record(self, table: Table, row: int) -> str:
        """Return the id of the record in a row of a table."""
        return self._book.text_at(self._book.sheet(table.sheet), table.key_column, row).strip()

    def headers(self, table: Table) -> dict[int, str]:
        """Return the headers of a table's columns as they were before people renamed any, by their numbers."""
        found = {one.number: one.name for one in table.columns}
        areas = self._book.origin.areas if self._book.origin is not None else ()
        base = next((one for one in areas if table.name and one.name == table.name), None)
        twins = ((table.twin(old, base), old) for old in base.columns) if base is not None else ()
        return found | {column.number: old.name for column, old in twins if column is not None}

    def places(self, part: str) -> Places:
        """Return the names for the cells of a sheet outside its tables, by where they stood before people put rows
        and columns in."""
        found = self._places.get(part)
        if found is None:
            tables = [table for table in self._book.areas if table.sheet == part]
            known, origin = self._book.alignments.get(part), self._book.origin
            if known is None or origin is None:
                found = Places(tables, self)
            else:
                found = MovedPlaces(tables, self, known, Naming.of(origin).places(known.part))
            self._places[part] = found
        return found


def family(group: str) -> str:
    """Return what the tables of all turns of a repeated sheet have in common: ``3:/1`` for ``3:haizhu/1``."""
    return _FAMILY.sub(r"\1\2", group)


class Places:
    """Names for the cells around the tables of one sheet that hold when rows and columns are inserted elsewhere."""

    def __init__(self, tables: Sequence[Table], naming: Naming) -> None:
        self._naming = naming
        self._areas = [table.area for table in tables if table.key_column and not table.is_range]
        self._bound = sorted((table for table in tables if table.key_column), key=lambda table: table.area.top)
        self._labels = {table.part: "" if table.is_range else naming.tables[table.part] for table in self._bound}
        self._headers = {table.part: naming.headers(table) for table in self._bound}

    def covered(self, row: int) -> frozenset[int]:
        """Return the columns of a row that lie in a table with keys."""
        columns = [range(one.left, one.right + 1) for one in self._areas if one.top <= row <= one.bottom]
        return frozenset().union(*columns) if columns else _NONE

    def name(self, column: int, row: int) -> str:
        """Return a cell's name: steps above or below the nearest bound table, and the header over or under it."""
        if not self._bound:
            return f"{letters(column)}{row}"
        table = self._nearest(row)
        return f"{self._labels[table.part]}{_steps(table, row)} {self._beside(table, column)}"

    def home(self, column: int, row: int) -> str:
        """Return the name of what stands in a cell: beside the row of a record it goes by the record, wherever that
        row goes; elsewhere :meth:`name`."""
        name = self.name(column, row)
        for table in self._bound:
            label = self._labels[table.part]
            if label and table.top <= row <= table.bottom and (place := _PLACE.fullmatch(name.removeprefix(label))):
                key = self._naming.record(table, row)
                return f"{label}@{key} {place[3]}" if self._naming.records(table).get(key) == row else name
        return name

    def of_home(self, name: str) -> tuple[int, int] | None:
        """Return (column, row) of the cell that :meth:`home` calls *name*; None where there is none now."""
        for table in self._bound:
            label = self._labels[table.part]
            if label and name.startswith(label) and (found := _HOME.fullmatch(name.removeprefix(label))):
                row, place = self._naming.records(table).get(found[1], 0), self.find(f"{label}=0 {found[2]}")
                return (place[0], row) if place is not None and row else None
        return self.find(name)

    def find(self, name: str, step: int = 0) -> tuple[int, int] | None:
        """Return (column, row) of the cell that :meth:`name` calls *name*; None where there is none now, unless *step*
        says in which direction to take the next one."""
        if not self._bound:
            return parse_cell(name)
        for table in self._bound:
            label = self._labels[table.part]
            found = _PLACE.fullmatch(name.removeprefix(label)) if name.startswith(label) else None
            if found is None:
                continue
            row, number = _row(table, found[1], int(found[2])), self._column(table, found[3])
            return (number, row) if number > 0 and row > 0 else None
        return None

    def gone(self) -> list[str]:
        return []

    def _nearest(self, row: int) -> Table:
        return next((one for one in reversed(self._bound) if one.area.top <= row), self._bound[0])

    def _beside(self, table: Table, column: int) -> str:
        header = self._headers[table.part].get(column)
        if header is None:
            area = table.area
            header = f"<{area.left - column}" if column < area.left else f">{column - area.right}"
        return header

    def _column(self, table: Table, name: str) -> int:
        beside = _BESIDE.fullmatch(name)
        number = next((number for number, one in self._headers[table.part].items() if one == name), 0)
        if not number and beside is not None:
            number = table.area.left - int(beside[2]) if beside[1] == "<" else table.area.right + int(beside[2])
        return number


class MovedPlaces(Places):
    """Places of a sheet that people put rows or columns into: its cells go by the names that they had in the base."""

    def __init__(self, tables: Sequence[Table], naming: Naming, alignment: Alignment, base: Places) -> None:
        super().__init__(tables, naming)
        self._rows, self._columns, self._base = alignment.rows, alignment.columns, base
        self._twins = {self._labels[one.part]: one for one in self._bound}

    def name(self, column: int, row: int) -> str:
        if self._columns is not None:
            there = self._columns.base(column), self._rows.base(row)
            return self._base.name(*there) if all(there) else f"{OWN}{letters(column)}{row}"
        if any(one.area.top <= row <= one.area.bottom for one in self._bound):
            return super().name(column, row)
        number = self._rows.base(row)
        nearest = self._base._nearest(number)
        label = self._base._labels[nearest.part]
        if not number or label not in self._twins:
            return f"{OWN}{letters(column)}{row}"
        return f"{label}{_steps(nearest, number)} {self._beside(self._twins[label], column)}"

    def gone(self) -> list[str]:
        """Return the names of cells in empty rows that a person took out: new data would have no place there."""
        columns = self._columns.used if self._columns is not None else ()
        return [self._base.name(column, row) for row in self._rows.gone() for column in columns]

    def find(self, name: str, step: int = 0) -> tuple[int, int] | None:
        if self._columns is not None:
            there = self._base.find(name)
            found = (
                (self._columns.near(there[0], step), self._rows.near(there[1], step)) if there is not None else (0, 0)
            )
            return found if all(found) else None
        for label, table in self._twins.items():
            place = _PLACE.fullmatch(name.removeprefix(label)) if name.startswith(label) else None
            if place is None:
                continue
            if place[1] == "=":
                return super().find(name)
            nearest = next(one for one in self._base._bound if self._base._labels[one.part] == label)
            row, number = _row(nearest, place[1], int(place[2])), self._column(table, place[3])
            row = self._rows.near(row, step) if row > 0 else 0
            return (number, row) if number > 0 and row > 0 else None
        return None


def _steps(table: Table, row: int) -> str:
    """Return how far a row lies above, below, or in a table."""
    area = table.area
    if row < area.top:
        return f"-{area.top - row}"
    return f"+{row - area.bottom}" if row > area.bottom else f"={row - area.top}"


def _row(table: Table, where: str, steps: int) -> int:
    area = table.area
    return {"-": area.top - steps, "+": area.bottom + steps, "=": area.top + steps}[where]
