"""Formulas of the new render, written for the workbook as people arranged it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from exporters.workbook.formula.tokens import Token
from exporters.workbook.living.book import Book, SheetEntry, Table
from exporters.workbook.living.cells import Cell
from exporters.workbook.living.formulas import from_header, references, with_references
from exporters.workbook.living.naming import Naming
from exporters.workbook.living.pointing import Pointing, inside
from exporters.workbook.references import Range, letters, parse_range, quoted_sheet

_END = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]+)")


class Translation:
    """From the addresses of one workbook to those of another with the same tables.

    *pairs* gives the parts of sheets that are one although they are known by different names.
    """

    def __init__(self, source: Book, target: Book, pairs: Mapping[str, str] = {}) -> None:
        self._source, self._target = source, target
        self._source_names = Naming.of(source)
        names = self._target_names = Naming.of(target)
        self._here, self._there = Pointing(source, self._source_names), Pointing(target, names)
        self.names_here, self.names_there = self._source_names.sheets, names.sheets
        named = {names.sheets[entry.part]: entry for entry in target.entries}
        parts = {entry.part: entry for entry in target.entries}
        self._entries = {part: named[name] for part, name in self._source_names.sheets.items() if name in named}
        self._entries |= {part: parts[other] for part, other in pairs.items() if other in parts}
        self._tables = {names.tables[table.part]: table for table in target.areas if table.key_column}
        self._keys: dict[str, dict[str, int]] = {}

    def refit(self, source: Cell, part: str, cell: Cell | None, into: str) -> str:
        """Return the formula of *source* (a cell of the sheet *part* of the new render) for a cell of the sheet *into*.

        A reference of that cell that leads to what the new one leads to stays as it is written.
        """
        own: dict[str, str] = {}
        if cell is not None and cell.formula is not None:
            held = references(self._target.sheet(into).formula(cell))
            own = {self._there.name(token, into): token.text for token in held}
        formula = self._source.sheet(part).formula(source)
        asked = references(formula)
        return with_references(
            formula, [own.get(self._here.name(token, part)) or self._reference(token, part) for token in asked]
        )

    def formula(self, text: str) -> str:
        """Return a formula of no sheet's own (a chart's) with its references translated."""
        return with_references(text, [self._reference(token, "") for token in references(text)])

    def own_row(self, formula: str, part: str, table: Table, row: int) -> str:
        """Return a formula written by header (see ``by_header``) for *row* of a table of the other workbook."""
        return from_header(
            with_references(formula, [self._reference(one, part) for one in references(formula)]), table, row
        )

    def _reference(self, token: Token, part: str) -> str:
        entry = self._entry(token.sheet, part)
        theirs = self._entries.get(entry.part) if entry is not None else None
        area = parse_range(token.area)
        if entry is None or theirs is None or area is None:
            return token.text
        prefix = f"{quoted_sheet(theirs.name)}!" if token.sheet else ""
        ends = [_END.fullmatch(end) for end in token.area.split(":")]
        moved = self._area(entry, area)
        if any(end is None for end in ends):
            return prefix + token.area
        corners = ((moved.left, moved.top), (moved.right, moved.bottom))
        texts = [
            f"{end[1]}{letters(column)}{end[3]}{row}"
            for end, (column, row) in zip(ends, corners, strict=False)
            if end is not None
        ]
        return prefix + ":".join(texts)

    def _entry(self, sheet: str, part: str) -> SheetEntry | None:
        wanted = sheet.casefold()
        return next(
            (one for one in self._source.entries if (one.name.casefold() == wanted if sheet else one.part == part)),
            None,
        )

    def _area(self, entry: SheetEntry, area: Range) -> Range:
        for table in self._source.areas:
            if table.sheet != entry.part or not inside(area, table.area):
                continue
            twin = self._tables.get(self._source_names.tables.get(table.part, ""))
            if twin is None:
                continue
            left, right = self._column(table, twin, area.left), self._column(table, twin, area.right)
            top, bottom = self._row(table, twin, area.top), self._row(table, twin, area.bottom)
            if area.top <= table.top and area.bottom == table.bottom and area.top < area.bottom:
                bottom = twin.bottom
            if area.top == table.top and area.bottom > area.top:
                top = twin.top
            if left and right and top and bottom:
                return Range(min(left, right), min(top, bottom), max(left, right), max(top, bottom))
        return self._beside(entry, area)

    def _beside(self, entry: SheetEntry, area: Range) -> Range:
        """Return where cells outside tables stand, counted from the tables of their sheet."""
        here = self._source_names.places(entry.part)
        there = self._target_names.places(self._entries[entry.part].part)
        step = int(area.left < area.right or area.top < area.bottom)
        corners = [
            there.find(here.name(area.left, area.top), step),
            there.find(here.name(area.right, area.bottom), -step),
        ]
        if any(corner is None for corner in corners):
            return area
        (left, top), (right, bottom) = (corner for corner in corners if corner is not None)
        return Range(min(left, right), min(top, bottom), max(left, right), max(top, bottom))

    def _column(self, table: Table, twin: Table, number: int) -> int:
        column = next((one for one in table.columns if one.number == number), None)
        found = twin.twin(column, table) if column is not None else None
        return found.number if found is not None else 0

    def _row(self, table: Table, twin: Table, row: int) -> int:
        if row < table.top:
            return twin.top - (table.top - row)
        key = self._source.text(self._source.sheet(table.sheet).cell(table.key_column, row)).strip()
        return self._rows(twin).get(key, 0) if key else 0

    def _rows(self, table: Table) -> dict[str, int]:
        found = self._keys.get(table.part)
        if found is None:
            sheet = self._target.sheet(table.sheet)
            rows = range(table.top, table.bottom + 1)
            texts = {row: self._target.text(sheet.cell(table.key_column, row)).strip() for row in rows}
            found = self._keys[table.part] = {text: row for row, text in texts.items() if text}
        return found
