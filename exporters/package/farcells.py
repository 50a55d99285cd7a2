"""Worksheets whose cells lie so far apart that walking their rectangle would never end."""

from __future__ import annotations

import re

from exporters.package.limits import Limits

#: How every office suite writes a cell; the literal start makes the search fast.
_USUAL_CELL = re.compile(rb'<c r="([A-Z]{1,4})(\d{1,9})"')
_ANY_CELL = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Za-z]{1,4})(\d{1,9})""")
_SPACES = (b"\n", b"\t", b"\r")
_MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*["']([A-Za-z]{1,4})(\d{1,9}):([A-Za-z]{1,4})(\d{1,9})"""
)
_DIMENSION = re.compile(rb"""<(?:\w+:)?dimension\s[^>]*?:([A-Za-z]{1,4})(\d{1,9})["']""")


def column_number(letters: bytes) -> int:
    """Return the number of a column: A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def sheet_fault(data: bytes, limits: Limits) -> str:
    """Return what is wrong with the extent of a worksheet part's cells; empty where nothing is.

    Rows that hold a height and no cells do not count: office suites write them at the sheet's very end, and then state
    that the sheet reaches down to them.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", errors="replace").encode()
    cells = data.count(b"<c ") + data.count(b":c ")
    found = _USUAL_CELL.findall(data)
    if len(found) != cells or any(space in data and b"c" + space in data for space in _SPACES):
        found = _ANY_CELL.findall(data)
    columns = max(map(column_number, {cell[0] for cell in found}), default=0)
    rows = max(map(int, {cell[1] for cell in found}), default=0)
    stated = _DIMENSION.search(data, 0, 4096)
    if stated:
        columns = max(columns, column_number(stated[1]))
        if data.rfind(b'row r="' + stated[2] + b'"') < 0:
            rows = max(rows, int(stated[2]))
    if rows > limits.rows or columns > limits.columns:
        return (
            f"its cells reach row {rows:,} and column {columns:,}; "
            f"at most {limits.rows:,} and {limits.columns:,} are accepted"
        )
    if rows * columns > limits.sparse_area + 20 * cells:
        return (
            f"its {cells:,} cells lie scattered over {rows:,} rows and {columns:,} columns; "
            f"at most {limits.sparse_area:,} empty cells are accepted"
        )
    merged = 0
    for left, top, right, bottom in _MERGED.findall(data) if b"mergeCell" in data else ():
        wide = abs(column_number(right) - column_number(left)) + 1
        merged += wide * (abs(int(bottom) - int(top)) + 1)
    if merged > limits.merged_area:
        return f"its merged ranges cover {merged:,} cells; at most {limits.merged_area:,} are accepted"
    return ""
