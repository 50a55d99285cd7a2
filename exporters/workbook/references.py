"""Cell addresses as letters and numbers. Columns and rows count from 1."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})")
_PLAIN_SHEET = re.compile(r"[^\W\d][\w.]*")
_LOOKS_LIKE_CELL = re.compile(r"(?i)[a-z]{1,3}[0-9]{1,7}|r[0-9]*c[0-9]*|r|c|true|false")


class Range(NamedTuple):
    """A rectangle of cells; all four sides belong to it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def text(self) -> str:
        """The range as A1 text; one cell without a colon."""
        first = f"{letters(self.left)}{self.top}"
        if self.left == self.right and self.top == self.bottom:
            return first
        return f"{first}:{letters(self.right)}{self.bottom}"


@lru_cache(maxsize=1024)
def letters(column: int) -> str:
    """Return the letters of a column: 28 is ``AB``."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@lru_cache(maxsize=1024)
def column_number(text: str) -> int:
    """Return the number of a column's letters."""
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


def parse_cell(text: str) -> tuple[int, int] | None:
    """Return (column, row) of an address such as ``$B$5``; None where it is no cell of a sheet."""
    found = _CELL.fullmatch(text)
    if found is None:
        return None
    column, row = column_number(found[2]), int(found[4])
    return (column, row) if column <= LAST_COLUMN and row <= LAST_ROW else None


def parse_range(text: str) -> Range | None:
    """Return the range of ``B5`` or ``B5:D9``, or of whole columns or rows; None where it is none."""
    first, _, last = text.partition(":")
    start, end = parse_cell(first), parse_cell(last or first)
    if start is not None and end is not None:
        left, right = sorted((start[0], end[0]))
        top, bottom = sorted((start[1], end[1]))
        return Range(left, top, right, bottom)
    first, last = first.replace("$", ""), last.replace("$", "")
    if first.isdecimal() and last.isdecimal():
        return Range(1, int(first), LAST_COLUMN, int(last))
    if first.isascii() and last.isascii() and first.isalpha() and last.isalpha() and max(len(first), len(last)) <= 3:
        return Range(column_number(first), 1, column_number(last), LAST_ROW)
    return None


def quoted_sheet(name: str) -> str:
    """Return a sheet's name as a formula writes it before the exclamation mark."""
    if _PLAIN_SHEET.fullmatch(name) and not _LOOKS_LIKE_CELL.fullmatch(name):
        return name
    return "'" + name.replace("'", "''") + "'"
