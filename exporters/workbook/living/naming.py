"""What groups and cells of a workbook are known by when people rename sheets and insert rows and columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exporters.workbook.living.book import SheetEntry, Table
from exporters.workbook.living.sheet import Sheet
from exporters.workbook.references import letters, parse_cell

CELLS = "cells:"
"""Begins the id of the group of a sheet's cells outside tables."""
ROWS = "rows:"
"""Begins the id of the group of a sheet's rows with keys outside tables."""
CHARTS = "charts:"
"""Begins the id of the group of a sheet's charts."""
_PLACE = re.compile(r"([-+=])([0-9]+) (.*)", re.DOTALL)
_BESIDE = re.compile(r"([<>])([0-9]+)")
_NONE: frozenset[int] = frozenset()


def identity(sheet: Sheet, entry: SheetEntry, tables: Sequence[Table]) -> str:
    """Return what a sheet is known by when people rename it: its code name, else its bound table, else its name."""
    properties = sheet.root.child("sheetPr")
    code = properties.get("codeName") if properties is not None else ""
    return code or next((table.name for table in tables if table.key_column and table.name), entry.name)


class Places:
    """Names for the cells around the tables of one sheet that hold when rows and columns are inserted elsewhere."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._areas = [table.area for table in tables if not table.is_range]
        self._bound = sorted((table for table in tables if table.key_column), key=lambda table: table.area.top)
        self._headers = {table.name: {one.number: one.name for one in table.columns} for table in self._bound}

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
        header = self._headers[table.name].get(column)
        if header is None:
            header = f"<{area.left - column}" if column < area.left else f">{column - area.right}"
        return f"{table.name}{down} {header}"

    def find(self, name: str) -> tuple[int, int] | None:
        """Return (column, row) of the cell that :meth:`name` calls *name*; None where there is none now."""
        if not self._bound:
            return parse_cell(name)
        for table in self._bound:
            found = _PLACE.fullmatch(name.removeprefix(table.name)) if name.startswith(table.name) else None
            if found is None:
                continue
            area, step = table.area, int(found[2])
            row = {"-": area.top - step, "+": area.bottom + step, "=": area.top + step}[found[1]]
            beside = _BESIDE.fullmatch(found[3])
            number = next((number for number, one in self._headers[table.name].items() if one == found[3]), 0)
            if not number and beside is not None:
                number = area.left - int(beside[2]) if beside[1] == "<" else area.right + int(beside[2])
            return (number, row) if number > 0 and row > 0 else None
        return None
