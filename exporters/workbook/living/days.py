"""Days in columns that a person formatted otherwise: the number of a day is the day that was generated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exporters.workbook.living.book import Book, Column, Table
from exporters.workbook.living.cells import Cell
from exporters.workbook.living.naming import Naming
from exporters.workbook.living.styles import DATE


class Days:
    """The columns of a table whose numbers were days when it was generated."""

    def __init__(self, book: Book, table: Table, columns: Sequence[Column]) -> None:
        self._book, self._origin = book, book.origin
        self._columns: list[tuple[int, int]] = []
        self._base = self._twin(table) if self._origin is not None else None
        if self._origin is not None and self._base is not None:
            for place, column in enumerate(columns):
                twin = self._base.twin(column, table)
                first = next(self._filled(twin), None) if twin is not None else None
                if twin is not None and first is not None and self._origin.styles.format(first.style).kind == DATE:
                    self._columns.append((place, twin.number))

    def restore(self, key: str, said: list[str]) -> None:
        """Write days for their numbers into the texts of the row of a record, where they are those of the base."""
        for place, column in self._columns:
            said[place] = self._meant(key, column, said[place])

    def cells(self, table: Table, columns: Sequence[Column]) -> Iterator[tuple[tuple[int, int], str]]:
        """Yield column and row of the cells that hold such a number, and the day."""
        sheet = self._book.sheet(table.sheet)
        for place, number in self._columns:
            column = columns[place].number
            for row in range(table.top, table.bottom + 1):
                text = self._book.text_at(sheet, column, row)
                meant = self._meant(Naming.of(self._book).record(table, row), number, text)
                if meant != text:
                    yield (column, row), meant

    def _meant(self, key: str, column: int, text: str) -> str:
        if not text.isdecimal() or self._origin is None or self._base is None:
            return text
        row = Naming.of(self._origin).records(self._base).get(key, 0)
        day = self._origin.text_at(self._origin.sheet(self._base.sheet), column, row)
        return day if day and self._book.serial(day) == text else text

    def _twin(self, table: Table) -> Table | None:
        assert self._origin is not None
        name, names = Naming.of(self._book).tables.get(table.part), Naming.of(self._origin).tables
        return next((one for one in self._origin.areas if name and names.get(one.part) == name), None)

    def _filled(self, column: Column) -> Iterator[Cell]:
        assert self._origin is not None and self._base is not None
        sheet = self._origin.sheet(self._base.sheet)
        cells = (sheet.cell(column.number, row) for row in range(self._base.top, self._base.bottom + 1))
        return (cell for cell in cells if cell is not None and not cell.blank and cell.kind == "n")


def days_on(book: Book, part: str) -> dict[tuple[int, int], str]:
    """Return the days that stand as numbers in the bound tables of a sheet, by column and row."""
    tables = [one for one in book.areas if one.sheet == part and one.key_column] if book.origin is not None else []
    return {at: day for one in tables for at, day in Days(book, one, one.columns).cells(one, one.columns)}
