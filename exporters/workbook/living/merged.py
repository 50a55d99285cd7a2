"""The merged cells of a sheet."""

from __future__ import annotations

from collections.abc import Container

from exporters.workbook.living.book import Table
from exporters.workbook.living.sheet import Sheet
from exporters.workbook.references import Range, parse_range


def merges(sheet: Sheet) -> list[Range]:
    """Return the merged ranges of a sheet."""
    found = (parse_range(one.get("ref")) for holder in sheet.root.all("mergeCells") for one in holder.all("mergeCell"))
    return [area for area in found if area is not None]


def covered(sheet: Sheet, table: Table) -> dict[int, dict[int, tuple[int, int]]]:
    """Return the cells of a table that are merged into another one, by row and column: each with the column and row of
    that one."""
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for area in merges(sheet):
        for row in range(max(area.top, table.top), min(area.bottom, table.bottom) + 1):
            for column in range(area.left, area.right + 1):
                if (column, row) != (area.left, area.top):
                    found.setdefault(row, {})[column] = area.left, area.top
    return found


def next_head(area: Range, gone: Container[int]) -> int:
    """Return the row that begins a merged range once the rows that are *gone* are; 0 where nothing is left of it."""
    return next((row for row in range(area.top, area.bottom + 1) if row not in gone), 0)
