"""Cell references as charts and tables write them: ``Sheet1!$B$2:$B$5``, ``'各 区'!$A$1``."""

from __future__ import annotations

import re
from typing import NamedTuple

_RANGE = re.compile(
    r"^(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<sheet>[^'!]+))!)?"
    r"\$?(?P<first>[A-Za-z]{1,3})\$?(?P<top>[0-9]{1,7})(?::\$?(?P<last>[A-Za-z]{1,3})\$?(?P<bottom>[0-9]{1,7}))?$"
)


class Range(NamedTuple):
    """A rectangle of cells; rows and columns count from 1 and belong to it at both ends."""

    sheet: str
    """The sheet as it is written in the reference, quotation marks included; empty where none is named."""
    first: int
    top: int
    last: int
    bottom: int

    @property
    def sheet_name(self) -> str:
        return self.sheet[1:-1].replace("''", "'") if self.sheet.startswith("'") else self.sheet

    def holds(self, column: int, row: int) -> bool:
        """Whether a cell lies in the rectangle."""
        return self.first <= column <= self.last and self.top <= row <= self.bottom


def column_number(letters: str) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return a column's letters: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def parse_range(text: str) -> Range | None:
    """Return the rectangle that a reference names; None for names, unions and formulas."""
    found = _RANGE.match(text.strip())
    if found is None:
        return None
    sheet = f"'{found['quoted']}'" if found["quoted"] else found["sheet"] or ""
    first, top = column_number(found["first"]), int(found["top"])
    last = column_number(found["last"]) if found["last"] else first
    bottom = int(found["bottom"]) if found["bottom"] else top
    return Range(sheet, min(first, last), min(top, bottom), max(first, last), max(top, bottom))


def split_cell(name: str) -> tuple[int, int]:
    """Return (column, row) of a cell's name: ``B12`` is (2, 12)."""
    letters = name.rstrip("0123456789")
    return column_number(letters), int(name[len(letters) :])
