"""Checks of Excel tables: names, ranges, and header cells that say what the table's columns say."""

from __future__ import annotations

import re

from msgspec import Struct

from exporters.package import rt
from exporters.package.check.book import Book, Cells
from exporters.package.check.cells import LAST_COLUMN, LAST_ROW, Range, cell_name, overlapping, parse_range
from exporters.package.check.formulas import formula_faults
from exporters.package.check.probe import Probe, S, duplicates, integer
from exporters.package.xstrings import unspelled

_NAME = re.compile(r"[^\W\d][\w.]*|\\[\w.]*")
_LOOKS_LIKE_CELL = re.compile(r"(?i)[a-z]{1,3}\d{1,7}|r\d*c\d*|r|c")


class Table(Struct, frozen=True):
    """A table part, the sheet part that lists it, and its range (None where that is none)."""

    part: str
    sheet: str
    name: str
    number: str
    columns: tuple[str, ...]
    range: Range | None
    header_rows: int
    totals_rows: int


def _plain(text: str) -> str:
    """Resolve the escapes of control characters: a line break in a header is written ``_x000a_``."""
    return unspelled(text)


def read_tables(probe: Probe, sheets: list[str]) -> list[Table]:
    tables: list[Table] = []
    for sheet in sheets:
        for part in probe.targets(sheet, rt.TABLE):
            root = probe.tree(part)
            if root is None:
                continue
            columns = tuple(_plain(item.get("name", "")) for item in root.iterfind(f"{S}tableColumns/{S}tableColumn"))
            tables.append(
                Table(
                    part,
                    sheet,
                    root.get("displayName", ""),
                    root.get("id", ""),
                    columns,
                    parse_range(root.get("ref", "")),
                    integer(root.get("headerRowCount", "1")) or 0,
                    integer(root.get("totalsRowCount", "0")) or 0,
                )
            )
    return tables


def check_names(probe: Probe, tables: list[Table]) -> None:
    """Check what must be unique over all tables of the workbook."""
    for name in duplicates(table.name.casefold() for table in tables):
        where = [table.part for table in tables if table.name.casefold() == name]
        probe.add("duplicate-table-name", f"two tables have the name '{name}'", where[-1])
    for number in duplicates(table.number for table in tables):
        where = [table.part for table in tables if table.number == number]
        probe.add("duplicate-table-id", f"two tables have the id {number}", where[-1])
    for part in duplicates(table.part for table in tables):
        probe.add("shared-table", "two sheets list the same table", part)
    for table in tables:
        if not _NAME.fullmatch(table.name) or _LOOKS_LIKE_CELL.fullmatch(table.name) or len(table.name) > 255:
            probe.add("bad-table-name", f"'{table.name}' is no legal name of a table", table.part)


def check_sheet_tables(probe: Probe, sheet: str, cells: Cells, tables: list[Table], book: Book) -> None:
    for table in tables:
        _check_table(probe, sheet, cells, table, book)
    ranges = {table.range: table for table in tables if table.range is not None}
    for first, second in overlapping(list(ranges)):
        probe.add(
            "overlapping-tables",
            f"tables '{ranges[first].name}' and '{ranges[second].name}' overlap",
            ranges[second].part,
            f"sheet {sheet}",
        )
    if len(ranges) < sum(table.range is not None for table in tables):
        probe.add("overlapping-tables", "two tables have the same range", tables[-1].part, f"sheet {sheet}")
    for table in tables:
        if cells.filtered is not None and table.range is not None and table.range.overlaps(cells.filtered):
            message = f"the sheet's own filter lies over table '{table.name}'"
            probe.add("filter-over-table", message, table.part, f"sheet {sheet}")
    for merged in cells.merged:
        for table in tables:
            if table.range is not None and table.range.overlaps(merged):
                probe.add(
                    "merge-in-table",
                    f"merged cells at {cell_name(*merged[:2])} lie in table '{table.name}'",
                    table.part,
                    f"sheet {sheet}",
                )


def _check_table(probe: Probe, sheet: str, cells: Cells, table: Table, book: Book) -> None:
    place = f"sheet {sheet}, table {table.name}"
    root = probe.tree(table.part)
    area = table.range
    if root is None:
        return
    if area is None or area.right > LAST_COLUMN or area.bottom > LAST_ROW:
        probe.add("bad-range", f"'{root.get('ref')}' is no range of a sheet", table.part, place)
        return
    if area.right - area.left + 1 != len(table.columns):
        probe.add(
            "table-columns",
            f"the table has {len(table.columns)} columns on {area.right - area.left + 1} columns of the sheet",
            table.part,
            place,
        )
    if area.bottom - area.top + 1 <= table.header_rows + table.totals_rows:
        probe.add("table-without-rows", "the table has no row of data", table.part, place)
    for name in duplicates(column.casefold() for column in table.columns):
        probe.add("duplicate-column", f"two columns have the name '{name}'", table.part, place)
    ids = [item.get("id", "") for item in root.iterfind(f"{S}tableColumns/{S}tableColumn")]
    for number in duplicates(ids):
        probe.add("duplicate-column", f"two columns have the id {number}", table.part, place)
    if table.header_rows:
        for offset, column in enumerate(table.columns):
            told = cells.texts.get((area.left + offset, area.top), "")
            where = f"{place}, cell {cell_name(area.left + offset, area.top)}"
            if (area.left + offset, area.top) in cells.typed:
                probe.add("table-header", f"the header '{told}' is a number; it has to be text", table.part, where)
            elif _plain(told) != column:
                message = f"the column is named '{column}' and its cell says '{told}'"
                probe.add("table-header", message, table.part, where)
    if table.totals_rows:
        for offset, item in enumerate(root.iterfind(f"{S}tableColumns/{S}tableColumn")):
            label = _plain(item.get("totalsRowLabel", ""))
            told = cells.texts.get((area.left + offset, area.bottom), "")
            if label and label != _plain(told):
                message = f"the total's label is '{label}' and its cell says '{told}'"
                where = f"{place}, cell {cell_name(area.left + offset, area.bottom)}"
                probe.add("table-totals", message, table.part, where)
    auto = root.find(f"{S}autoFilter")
    if auto is not None:
        held = parse_range(auto.get("ref", ""))
        expected = area._replace(bottom=area.bottom - table.totals_rows)
        if held != expected:
            message = f"the filter covers '{auto.get('ref')}', not the table"
            # LibreOffice lets the filter cover the row of totals.
            probe.add("table-filter", message, table.part, place, severity="warning" if held == area else "error")
    for name in ("calculatedColumnFormula", "totalsRowFormula"):
        for formula in root.iter(f"{S}{name}"):
            for code, message in formula_faults(formula.text or "", book.names):
                probe.add(code, message, table.part, place)
    for item in root.iter():
        for key in item.attrib:
            index = integer(item.get(key)) if str(key).endswith("DxfId") else None
            if index is not None and not 0 <= index < (book.differentials or 0):
                probe.add("dxf-index", f"it names differential format {index}", table.part, place)
