"""Which field of its record each column of a bound table shows, as the template says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exporters.binding.expressions import key_of
from exporters.binding.tags import scan
from exporters.workbook.living.book import Book, Table
from exporters.workbook.sheetnames import TURN

if TYPE_CHECKING:
    from exporters.package.reader import Package


def columns(template: Package) -> dict[str, dict[str, str]]:
    """Return table name -> header -> field path (``ratio``, ``actual.value``) of every column that shows one field.

    Tables of repeated sheets are there under the name of their family too (see ``naming.family``).
    """
    book = Book(template)
    found = {table.name: _fields(book, table) for table in book.tables if table.key_column}
    for entry in book.entries:
        tables = [table for table in book.tables if table.sheet == entry.part and table.key_column]
        tables.sort(key=lambda one: (one.area.top, one.area.left))
        found |= {f"{entry.sheet_id}{TURN}/{n}": found[table.name] for n, table in enumerate(tables, 1)}
    return found


def _fields(book: Book, table: Table) -> dict[str, str]:
    sheet = book.sheet(table.sheet)
    found: dict[str, str] = {}
    for column in table.columns:
        for row in range(table.top, table.bottom + 1):
            field = _field(book.text(sheet.cell(column.number, row)))
            if field:
                found[column.name] = field
                break
    return found


def _field(text: str) -> str:
    """Return the field path that a cell's only value shows, seen from the loop's own record."""
    values = [tag for tag in scan(text, "", []) if tag.kind == "value"]
    key = key_of(values[0].body) if len(values) == 1 else None
    if key is None or key[0].startswith("("):
        return ""
    owner, field = key
    return ".".join([*owner.split(".")[1:], field])
