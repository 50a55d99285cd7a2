"""What stands in merged cells when the rows that they begin with go, or new ones come between theirs."""

from __future__ import annotations

from collections.abc import Container, Iterator

from exporters.workbook.formula.parse import shared
from exporters.workbook.living.book import Book, Table
from exporters.workbook.living.cells import Cell
from exporters.workbook.living.cellxml import Content
from exporters.workbook.living.merged import merges, next_head
from exporters.workbook.living.naming import Naming
from exporters.workbook.living.placing import TableRows, content_like
from exporters.workbook.references import Range


class Handing:
    """Knows what a record says in the edited workbook, where it was generated, and in the new render."""

    def __init__(self, book: Book, ours: Book) -> None:
        self._book, self._ours = book, ours

    def on(self, part: str, gone: Container[int]) -> Iterator[tuple[int, int, Content, int]]:
        """Yield (column, row, content, style) of the cells that begin what is merged once the rows are *gone*.

        Each says what its own record does; what a person wrote, for all of the rows, is handed on.
        """
        sheet = self._book.sheet(part)
        for area in merges(sheet):
            row = next_head(area, gone)
            head, cell = sheet.cell(area.left, area.top), sheet.cell(area.left, row)
            if row not in {0, area.top} and head is not None and not head.blank and (cell is None or cell.blank):
                yield area.left, row, self._content(part, head, row), head.style

    def _content(self, part: str, head: Cell, row: int) -> Content:
        if head.formula is not None:
            return Content(formula=shared(self._book.sheet(part).formula(head), row - head.row, 0))
        if self.is_generated(part, head):
            for book in self._books:
                own = self._twin(book, part, head.column, row)
                if own is not None and not own.blank:
                    return content_like(book, own, self._book)
        return content_like(self._book, head, self._book)

    def is_generated(self, part: str, cell: Cell) -> bool:
        """Whether a cell says what it was generated with."""
        books = [self._book.origin] if self._book.origin is not None else []
        found = ((book, self._twin(book, part, cell.column, cell.row)) for book in books)
        return any(twin is not None and book.text(twin) == self._book.text(cell) for book, twin in found)

    def behind(self, rows: TableRows, after: int, source: int) -> int:
        """Return the row, *after* or further down, that the record in row *source* of the new render can stand behind:
        between merged rows only where it says what they say, or it would not be seen."""
        for area in sorted(merges(rows.sheet), key=lambda one: one.top):
            inside = rows.table.top <= area.top <= after < area.bottom <= rows.table.bottom
            if inside and not self._joins(area, rows, source):
                after = area.bottom
        return after

    def _joins(self, area: Range, rows: TableRows, source: int) -> bool:
        part, ours, new = rows.sheet.part, self._ours.sheet(rows.ours_table.sheet), {}
        for column in rows.table.columns:
            twin = rows.ours_table.twin(column, rows.table)
            if twin is not None and area.left <= column.number <= area.right:
                new[column.number] = self._ours.text_at(ours, twin.number, source)
        head = rows.sheet.cell(area.left, area.top)
        if head is None or head.formula is not None:
            return False
        now = self._twin(self._ours, part, head.column, head.row) if self.is_generated(part, head) else None
        said = self._ours.text(now) if now is not None else self._book.text(head)
        return said != "" and said == new.pop(area.left, "") and not any(new.values())

    @property
    def _books(self) -> list[Book]:
        return [self._ours, *([self._book.origin] if self._book.origin is not None else [])]

    def _twin(self, book: Book, part: str, column: int, row: int) -> Cell | None:
        """Return the cell of another edition that says what one in a table of the edited workbook does."""
        table = self._table(part, row)
        own = next((one for one in table.columns if one.number == column), None) if table is not None else None
        if table is None or own is None:
            return None
        naming, name = Naming.of(book), Naming.of(self._book).tables.get(table.part)
        other = next((one for one in book.areas if name and naming.tables.get(one.part) == name), None)
        twin = other.twin(own, table) if other is not None else None
        there = naming.records(other).get(Naming.of(self._book).record(table, row), 0) if other is not None else 0
        return book.sheet(other.sheet).cell(twin.number, there) if other is not None and twin is not None else None

    def _table(self, part: str, row: int) -> Table | None:
        return next((one for one in self._book.areas if one.sheet == part and one.top <= row <= one.bottom), None)
