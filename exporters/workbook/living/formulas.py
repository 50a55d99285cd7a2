"""Formulas of a sheet as a person sees them: followers of shared formulas written out, columns by their headers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exporters.workbook.formula.parse import shared
from exporters.workbook.formula.tokens import Token, tokens
from exporters.workbook.living.book import Table
from exporters.workbook.living.sheet import Cell, Sheet
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


_ADDRESS = re.compile(r"(?<![\w.])(\$?[A-Za-z]{1,3}\$?)[0-9]+(?![\w.(])")
REFERENCE = "#"
"""Stands for each reference in a formula's skeleton."""


class Skeletons:
    """Formulas without their addresses: equal wherever rows and columns have moved to, different in what they do."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, formula: str) -> str:
        """Return a formula's skeleton."""
        parts = formula.split('"')
        parts[::2] = [_ADDRESS.sub(r"\1", part) for part in parts[::2]]
        key = '"'.join(parts)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = "".join(map(_bone, tokens(formula)))
        return found


def _bone(token: Token) -> str:
    if token.kind == "space":
        return ""
    if token.kind == "ref":
        return REFERENCE
    if token.kind in {"function", "name"}:
        return token.text.upper().removeprefix("_XLFN.").removeprefix("_XLWS.")
    return repr(float(token.text)) if token.kind == "number" else token.text


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
