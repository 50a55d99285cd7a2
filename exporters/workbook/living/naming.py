"""What groups and cells of a workbook are known by when people rename sheets and insert rows and columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exporters.workbook.living.book import Book, Table
from exporters.workbook.references import letters, parse_cell
from exporters.workbook.sheetnames import SHEET_KEY, TURN

CELLS = "cells:"
"""Begins the id of the group of a sheet's cells outside tables."""
ROWS = "rows:"
"""Begins the id of the group of a sheet's rows with keys outside tables."""
SHEET = "sheet:"
"""Begins the id of the group that stands for a repeated sheet as a whole."""
CHARTS = "charts:"
"""Begins the id of the group of a sheet's charts."""
_PLACE = re.compile(r"([-+=])([0-9]+) (.*)", re.DOTALL)
_BESIDE = re.compile(r"([<>])([0-9]+)")
_NONE: frozenset[int] = frozenset()
_FAMILY = re.compile(rf"([0-9]+{TURN}).*(/[0-9]+)", re.DOTALL)


class Naming:
    """What the sheets of a workbook and the groups of its tables are known by.

    A sheet that the template repeats is known by its hidden name (``SHEET_KEY``) and its tables by their place on it;
    any other sheet by its bound table, else by its hidden name, else by its own, and tables by their names.
    """

    def __init__(self, book: Book) -> None:
        hidden = _sheet_keys(book)
        self.keys = {part: key for part, key in hidden.items() if TURN in key}
        """What repeated sheets are known by, by part."""
        self.sheets: dict[str, str] = {}
        self.tables: dict[str, str] = {}
        for entry in book.entries:
            bound = [table for table in book.areas if table.sheet == entry.part and table.key_column]
            key = self.keys.get(entry.part, "")
            own = next((table.name for table in bound if table.name), "")
            name = self.sheets[entry.part] = key or own or hidden.get(entry.part) or entry.name
            tables = sorted((one for one in bound if not one.is_range), key=lambda one: (one.area.top, one.area.left))
            for number, table in enumerate(tables, 1):
                self.tables[table.part] = f"{key}/{number}" if key else table.name or ROWS + name
            self.tables |= {one.part: ROWS + name for one in bound if one.is_range}


def _sheet_keys(book: Book) -> dict[str, str]:
    """Return the texts of the sheets' hidden names, by their parts."""
    listed = sheet_parts(book)
    found: dict[str, str] = {}
    for holder in book.root.all("definedNames"):
        for one in holder.all("definedName"):
            local, text = one.get("localSheetId"), one.text.strip()
            if one.get("name") == SHEET_KEY and local.isdecimal() and int(local) < len(listed) and len(text) > 2:
                found[listed[int(local)]] = text[1:-1].replace('""', '"')
    return found


def sheet_parts(book: Book) -> list[str]:
    """Return the parts of all sheets in order; empty for a chart sheet."""
    known = {entry.sheet_id: entry.part for entry in book.entries}
    return [known.get(one.get("sheetId"), "") for holder in book.root.all("sheets") for one in holder.all("sheet")]


def family(group: str) -> str:
    """Return what the tables of all turns of a repeated sheet have in common: ``3:/1`` for ``3:haizhu/1``."""
    return _FAMILY.sub(r"\1\2", group)


class Places:
    """Names for the cells around the tables of one sheet that hold when rows and columns are inserted elsewhere."""

    def __init__(self, tables: Sequence[Table], naming: Naming) -> None:
        self._areas = [table.area for table in tables if not table.is_range]
        self._bound = sorted((table for table in tables if table.key_column), key=lambda table: table.area.top)
        self._labels = {table.part: "" if table.is_range else naming.tables[table.part] for table in self._bound}
        self._headers = {table.part: {one.number: one.name for one in table.columns} for table in self._bound}

    def covered(self, row: int) -> frozenset[int]:
        """Return the columns of a row that lie in a table."""
        columns = [range(one.left, one.right + 1) for one in self._areas if one.top <= row <= one.bottom]
        return frozenset().union(*columns) if columns else _NONE

    def name(self, column: int, row: int) -> str:
        """Return a cell's name: steps above or below the nearest bound table, and the header over or under it."""
        if not self._bound:
            return f"{letters(column)}{row}"
        table = next((one for one in reversed(self._bound) if one.area.top <= row), self._bound[0])
        area = table.area
        if row < area.top:
            down = f"-{area.top - row}"
        else:
            down = f"+{row - area.bottom}" if row > area.bottom else f"={row - area.top}"
        header = self._headers[table.part].get(column)
        if header is None:
            header = f"<{area.left - column}" if column < area.left else f">{column - area.right}"
        return f"{self._labels[table.part]}{down} {header}"

    def find(self, name: str) -> tuple[int, int] | None:
        """Return (column, row) of the cell that :meth:`name` calls *name*; None where there is none now."""
        if not self._bound:
            return parse_cell(name)
        for table in self._bound:
            label = self._labels[table.part]
            found = _PLACE.fullmatch(name.removeprefix(label)) if name.startswith(label) else None
            if found is None:
                continue
            area, step = table.area, int(found[2])
            row = {"-": area.top - step, "+": area.bottom + step, "=": area.top + step}[found[1]]
            beside = _BESIDE.fullmatch(found[3])
            number = next((number for number, one in self._headers[table.part].items() if one == found[3]), 0)
            if not number and beside is not None:
                number = area.left - int(beside[2]) if beside[1] == "<" else area.right + int(beside[2])
            return (number, row) if number > 0 and row > 0 else None
        return None
