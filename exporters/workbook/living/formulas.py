"""Formulas of a sheet as a person sees them: followers of shared formulas written out, columns by their headers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exporters.workbook.formula.parse import shared
from exporters.workbook.formula.tokens import Token, tokens
from exporters.workbook.living.book import Table
from exporters.workbook.living.cells import Cell
from exporters.workbook.living.sheet import Sheet
from exporters.workbook.references import letters, parse_cell

FORMULA = "="
_OWN_ROW = re.compile(r"\[@\{([^}]*)\}\]")


class FormulaTexts:
    """The formulas of one sheet, whole."""

    def __init__(self, sheet: Sheet) -> None:
        self._masters: dict[str, tuple[Cell, str]] = {}
        for cell in sheet.cells():
            formula = cell.formula
            if formula is not None and formula.kind == "shared" and formula.text:
                self._masters.setdefault(formula.attributes.get("si", ""), (cell, formula.text))

    def of(self, cell: Cell) -> str:
        """Return a cell's formula without its equals sign; empty where it has none."""
        formula = cell.formula
        if formula is None:
            return ""
        if formula.text or formula.kind != "shared":
            return formula.text
        master = self._masters.get(formula.attributes.get("si", ""))
        if master is None:
            return ""
        first, text = master
        return shared(text, cell.row - first.row, cell.column - first.column)


def references(formula: str) -> list[Token]:
    """Return the references of a formula, in order."""
    return [token for token in tokens(formula) if token.kind == "ref"]


def with_references(formula: str, texts: Sequence[str]) -> str:
    """Return a formula with its references replaced by *texts*, in order."""
    waiting = iter(texts)
    return "".join(next(waiting) if token.kind == "ref" else token.text for token in tokens(formula))


def by_header(formula: str, table: Table, row: int) -> str:
    """Return a formula with the cells of its own row in the table written as ``[@{header}]``: sorting and inserted
    columns leave that as it is."""
    names = {column.number: column.name for column in table.columns}
    pieces: list[str] = []
    for token in tokens(formula):
        found = parse_cell(token.area) if token.kind == "ref" and not token.sheet else None
        named = names.get(found[0]) if found is not None and found[1] == row else None
        pieces.append(token.text if named is None or "}" in named else f"[@{{{named}}}]")
    return "".join(pieces)


def from_header(formula: str, table: Table, row: int) -> str:
    """Return a formula written by :func:`by_header` with addresses again."""
    numbers = {column.name: column.number for column in table.columns}

    def address(found: re.Match[str]) -> str:
        number = numbers.get(found[1])
        return f"{letters(number)}{row}" if number is not None else "#REF!"

    return _OWN_ROW.sub(address, formula)
