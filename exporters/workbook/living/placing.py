"""New records in a table people edited: which rows they get, and what their cells look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct, field

from exporters.workbook.living.book import Book, Column, Table
from exporters.workbook.living.cells import Cell, Row
from exporters.workbook.living.cellxml import NOTHING, Content
from exporters.workbook.living.formulas import by_header
from exporters.workbook.living.sheet import Sheet
from exporters.workbook.living.texts import Run, runs_of
from exporters.workbook.living.translating import Translation
from exporters.workbook.living.writing import NewCell, NewRow


def content_like(ours: Book, cell: Cell | None, book: Book) -> Content:
    """Return what a cell of another workbook holds, to be put into *book*; formats of characters come along."""
    if cell is None or cell.blank:
        return Content()
    if cell.kind == "s" and cell.value and cell.value.isdecimal():
        runs = runs_of(ours.string_items[int(cell.value)], ours.strings_data)
        return Content("inlineStr", runs=tuple(runs))
    if cell.kind in {"inlineStr", "str", "d"}:
        return Content("inlineStr", runs=(Run(ours.text(cell)),))
    # Workbooks that count days from 1904 hold other numbers for them.
    day = book.serial(ours.text(cell)) if cell.kind == "n" and ours.epoch != book.epoch else ""
    return Content(cell.kind, day or cell.value or "")


class TableRows(Struct, dict=True):
    """One table of the edited workbook and the same of the new render."""

    book: Book
    table: Table
    ours: Book
    ours_table: Table
    translation: Translation
    _styles: dict[int, Counter[int]] = field(default_factory=dict)
    _models: dict[int, Cell | None] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)
    _last: int = -1

    @property
    def sheet(self) -> Sheet:
        return self.book.sheet(self.table.sheet)

    def blank_row(self) -> int:
        """The one row of a table without records; 0 where it has records."""
        if self.table.top != self.table.bottom:
            return 0
        cells = (self.sheet.cell(column.number, self.table.top) for column in self.table.columns)
        return self.table.top if all(cell is None or cell.blank for cell in cells) else 0

    def new_row(self, source: int, like: int) -> NewRow:
        """Return the row for the record in row *source* of the new render, to stand beside row *like*."""
        ours = self.ours.sheet(self.ours_table.sheet)
        source_row = ours.rows.get(source)
        height = source_row.attributes.get("ht", "") if source_row is not None else ""
        cells = [cell for column in self.table.columns if (cell := self._cell(column, ours, source, like)) is not None]
        return NewRow(self.sheet.rows.get(like), height, cells)

    def neighbours(self, source: int) -> tuple[int, int]:
        """Return the rows of the edited table whose records stand right before and right behind row *source* of the
        new render, past other new rows; 0 where there is none."""
        found: list[int] = []
        for step in (-1, 1):
            row, key = source + step, self._key(source + step)
            while key and key not in self.rows_by_key:
                row += step
                key = self._key(row)
            found.append(self.rows_by_key.get(key, 0))
        return found[0], found[1]

    def _key(self, row: int) -> str:
        if not self.ours_table.top <= row <= self.ours_table.bottom:
            return ""
        sheet = self.ours.sheet(self.ours_table.sheet)
        return self.ours.text(sheet.cell(self.ours_table.key_column, row)).strip()

    @property
    def rows_by_key(self) -> Mapping[str, int]:
        """The last row of each record."""
        if not self._rows:
            for row in range(self.table.top, self.table.bottom + 1):
                key = self.book.text_at(self.sheet, self.table.key_column, row).strip()
                if key:
                    self._rows[key] = row
        return self._rows

    @property
    def last_record(self) -> int:
        """The last row that is the first one of a record of the new render; 0 without any."""
        if self._last < 0:
            left, self._last = self.ours.keys_of(self.ours_table), 0
            for row in range(self.table.top, self.table.bottom + 1):
                key = self.book.text_at(self.sheet, self.table.key_column, row).strip()
                if key in left:
                    left.remove(key)
                    self._last = row
        return self._last

    def stretch(self, after: int) -> tuple[int, int]:
        """Return the first and the last of the rows with keys that stand without a gap around the place behind row
        *after*."""
        top, bottom, key = after + 1, after, self.table.key_column
        while self.book.text_at(self.sheet, key, top - 1).strip():
            top -= 1
        while self.book.text_at(self.sheet, key, bottom + 1).strip():
            bottom += 1
        return top, bottom

    def contents(self, source: int, row: int) -> Mapping[int, tuple[Content, int]]:
        """Return content and style by column for the record of *source*, to fill the empty row *row*."""
        ours = self.ours.sheet(self.ours_table.sheet)
        made = [self._cell(column, ours, source, row) for column in self.table.columns]
        return {one.column: (one.content, one.style) for one in made if one is not None and one.content != NOTHING}

    def _cell(self, column: Column, ours: Sheet, source: int, like: int) -> NewCell | None:
        twin = self.ours_table.twin(column, self.table)
        if twin is None:
            # A column that a person added: empty, unless Excel itself fills it.
            style = self.style(column.number, like)
            model = self.model(column.number, like) if column.formula else None
            return NewCell(column.number, style, like=model) if style or model is not None else None
        cell = ours.cell(twin.number, source)
        style = self.style(column.number, like, self.ours.styles.format(cell.style).code if cell is not None else "")
        if cell is None or cell.formula is None:
            return NewCell(column.number, style, content_like(self.ours, cell, self.book))
        model = self.model(column.number, like)
        if model is not None:
            return NewCell(column.number, style, like=model)
        formula = by_header(ours.formula(cell), self.ours_table, source)
        own = self.translation.own_row(formula, ours.part, self.table, like)
        # Where no row of the column has a formula any more, a person took them out; a table without rows has none yet.
        return NewCell(column.number, style, Content(formula=own) if self.blank_row() else NOTHING)

    @cached_property
    def _alike(self) -> Sequence[tuple[Row, int]]:
        """The rows of the table, one of each form, and how many have it."""
        rows = [row for row in self.sheet.rows.values() if self.table.top <= row.number <= self.table.bottom]
        forms = {id(getattr(row.cells, "form", row)): row for row in rows}
        counts = Counter(id(getattr(row.cells, "form", row)) for row in rows)
        return [(row, counts[form]) for form, row in forms.items()]

    def model(self, column: int, like: int) -> Cell | None:
        """Return a cell whose formula a new row of the column goes on with: that of row *like*, else the first."""
        own = self.sheet.cell(column, like)
        if own is not None and own.formula is not None:
            return own
        if column not in self._models:
            cells = (self.sheet.cell(column, row) for row in range(self.table.top, self.table.bottom + 1))
            self._models[column] = next((one for one in cells if one is not None and one.formula is not None), None)
        return self._models[column]

    def style(self, column: int, like: int, code: str = "") -> int:
        """Return the cell format that most rows of the column have and that shows numbers as *code* does.

        What a person coloured is one row's; what most rows have is the column's.
        """
        counts = self._styles.get(column)
        if counts is None:
            counts = self._styles[column] = Counter()
            for row, count in self._alike:
                if (found := row.style(column)) is not None:
                    counts[found] += count
        styles = self.book.styles
        own = self.sheet.cell(column, like)
        fitting = {style: count for style, count in counts.items() if not code or styles.format(style).code == code}
        if fitting:
            most = max(fitting.values())
            if own is not None and fitting.get(own.style) == most:
                return own.style
            return min(style for style, count in fitting.items() if count == most)
        base = max(counts, key=lambda style: (counts[style], -style), default=own.style if own is not None else 0)
        return styles.with_format(base, code) if code else base
