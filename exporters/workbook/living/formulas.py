"""Formulas with their references taken out, replaced, and written by the headers of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exporters.workbook.formula.tokens import Token, tokens
from exporters.workbook.living.book import Table
from exporters.workbook.references import letters, parse_cell

FORMULA = "="
_OWN_ROW = re.compile(r"\[@\{([^}]*)\}\]")


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
