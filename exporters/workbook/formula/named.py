"""What names and structured references in a formula stand for, as addresses (ECMA-376 part 1, clause 18.17.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from exporters.workbook.formula.tokens import Token, tokens
from exporters.workbook.references import letters, quoted_sheet

if TYPE_CHECKING:
    from exporters.workbook.living.book import Table

_STRUCTURED = re.compile(r"([^\[]*)\[(.*)\]", re.DOTALL)
_THIS_ROW = re.compile(r"\[#This Row\],\s*\[(.+)\]|@\[?([^\[\]]+)\]?")


def definitions(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return by name (without case) the definitions that mean the same in every cell.

    Those that look at other cells than from elsewhere, and those over other names' ranges in several pieces, are
    left out.
    """
    return {name.casefold(): text for name, text in named if text and all(map(_is_steady, tokens(text)))}


def _is_steady(token: Token) -> bool:
    if token.kind == "ref":
        return bool(token.sheet) and "[" not in token.sheet and all("$" in end for end in _ends(token.area))
    return token.kind not in {"name", "unknown"} or token.text.upper() in {"TRUE", "FALSE"}


def _ends(area: str) -> list[str]:
    """Return the columns and rows of an address, each with its dollar sign if it has one."""
    return re.findall(r"\$?[A-Za-z]+|\$?\d+", area)


def structured(text: str) -> tuple[str, str, bool] | None:
    """Return (table, column, whether of this row alone) of a reference to one column; None for any other.

    The table is empty in a reference within the table.
    """
    found = _STRUCTURED.fullmatch(text)
    if found is None:
        return None
    row = _THIS_ROW.fullmatch(found[2])
    if row is not None:
        return found[1], row[1] or row[2], True
    return found[1], found[2].removeprefix("[").removesuffix("]"), False


def area_of(
    text: str, tables: Mapping[str, Table], sheet: str, row: int, name_of: Callable[[str], str] = str
) -> str | None:
    """Return what a structured reference in a *row* of *sheet* stands for: the rows of a column, of a whole table, or
    the cell of its own row; None where it is not known.

    *tables* go by their names without case, *name_of* gives what the sheet of a table is called.
    """
    found = structured(text)
    if found is None:
        return None
    name, wanted, alone = found
    if name:
        table = tables.get(name.casefold())
    else:
        own = (one for one in tables.values() if name_of(one.sheet).casefold() == sheet.casefold())
        table = next((one for one in own if one.area.top <= row <= one.area.bottom), None)
    called = name_of(table.sheet) if table is not None else ""
    if table is None or not called or (alone and called.casefold() != sheet.casefold()):
        return None
    column = next((one for one in table.columns if one.name.casefold() == wanted.casefold()), None)
    if column is not None:
        left = right = letters(column.number)
    elif wanted.casefold() in {"", "#data"} and not alone:
        left, right = letters(table.area.left), letters(table.area.right)
    else:
        return None
    prefix = quoted_sheet(called) + "!"
    return f"{prefix}${left}{row}" if alone else f"{prefix}${left}${table.top}:${right}${table.bottom}"
