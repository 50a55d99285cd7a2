"""Cell addresses and ranges as numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from exporters.package.check.probe import S

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384


class Range(NamedTuple):
    """A rectangle of cells, both ends included; the first column and row are 1."""

    left: int
    top: int
    right: int
    bottom: int

    def overlaps(self, other: Range) -> bool:
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )

    def holds(self, column: int, row: int) -> bool:
        return self.left <= column <= self.right and self.top <= row <= self.bottom


@lru_cache(maxsize=LAST_COLUMN)
def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def parse_cell(text: str) -> tuple[int, int] | None:
    """Return (column, row) of an address such as ``B5``; None where it is no cell of a sheet."""
    match = _CELL.fullmatch(text)
    if match is None:
        return None
    column, row = _column(match[1]), int(match[2])
    return (column, row) if column <= LAST_COLUMN and row <= LAST_ROW else None


def parse_range(text: str) -> Range | None:
    """Return the rectangle of ``B5`` or ``B5:D9``; None where it is none or its corners are swapped."""
    first, colon, last = text.partition(":")
    start = parse_cell(first)
    end = parse_cell(last) if colon else start
    if start is None or end is None or end[0] < start[0] or end[1] < start[1]:
        return None
    return Range(start[0], start[1], end[0], end[1])


def cell_name(column: int, row: int) -> str:
    """Return the address of a cell."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def item_text(item: etree._Element) -> str:
    """Return the text of a string item; phonetic runs are not part of it."""
    plain = item.find(f"{S}t")
    if plain is not None:
        return plain.text or ""
    return "".join(run.findtext(f"{S}t") or "" for run in item.iterfind(f"{S}r"))


def overlapping(ranges: list[Range]) -> list[tuple[Range, Range]]:
    """Return the pairs of overlapping rectangles."""
    pairs: list[tuple[Range, Range]] = []
    open_ranges: list[Range] = []
    for current in sorted(ranges, key=lambda item: (item.top, item.left)):
        open_ranges = [item for item in open_ranges if item.bottom >= current.top]
        pairs += ((item, current) for item in open_ranges if item.overlaps(current))
        open_ranges.append(current)
    return pairs
