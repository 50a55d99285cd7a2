"""Rows inserted into a sheet, and what that does to every reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exporters.workbook.formula.tokens import Token, tokens
from exporters.workbook.living.book import Table
from exporters.workbook.references import LAST_ROW

_END = re.compile(r"(\$?[A-Za-z]{0,3})(\$?)([0-9]*)")


@dataclass(frozen=True, slots=True)
class Insertion:
    """``count`` new rows behind row ``after``, which belong to ``table``."""

    after: int
    count: int
    table: Table


class Shift:
    """The insertions into one sheet, in order; all row numbers given are those of before."""

    def __init__(self, insertions: Iterable[Insertion] = ()) -> None:
        self.insertions = sorted(insertions, key=lambda one: one.after)

    def __bool__(self) -> bool:
        return bool(self.insertions)

    def row(self, number: int) -> int:
        """Return where a row stands afterwards."""
        return number + sum(one.count for one in self.insertions if one.after < number)

    def rows(self, top: int, bottom: int, *, single: bool = True) -> tuple[int, int]:
        """Return where a range of rows stands afterwards: it grows with rows inside it, and one that covers all rows
        of the table goes on covering them. ``single`` says whether that holds for a range of one row too."""
        if bottom >= LAST_ROW and top == 1:
            return top, bottom
        first, last = self.row(top), self.row(bottom)
        if top == bottom and not single:
            return first, last
        for one in self.insertions:
            whole = top <= one.table.top and bottom >= one.table.bottom
            # Rows with keys outside tables stand in stretches: a range of several that ends with the last goes on.
            if not whole and not (one.table.is_range and top < bottom == one.table.bottom):
                continue
            if one.after == bottom:
                last += one.count
            elif one.after == top - 1 and top == one.table.top:
                first -= one.count
        return first, min(last, LAST_ROW)


class Shifts:
    """The shifts of a workbook's sheets, by the sheets' names."""

    def __init__(self, by_name: Mapping[str, Shift]) -> None:
        self._by_name = {name.casefold(): shift for name, shift in by_name.items() if shift}

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def of(self, sheet: str) -> Shift:
        return self._by_name.get(sheet.casefold(), _NONE)

    def formula(self, text: str, sheet: str, cell_row: int = 0) -> str:
        """Return a formula of *sheet* with its references moved; ``cell_row`` is the row of its cell, whose own cells
        stay single."""
        if not self._by_name or not any(character.isdecimal() for character in text):
            return text
        return "".join(self._moved(token, sheet, cell_row) for token in tokens(text))

    def _moved(self, token: Token, sheet: str, cell_row: int) -> str:
        if token.kind != "ref" or "[" in token.sheet or ":" in token.sheet:
            return token.text
        shift = self.of(token.sheet or sheet)
        if not shift:
            return token.text
        own = bool(cell_row) and token.sheet.casefold() in {"", sheet.casefold()}
        inside = own and any(one.table.top <= cell_row <= one.table.bottom for one in shift.insertions)
        area = moved_area(token.area, shift, single=":" in token.area and not inside)
        return token.text[: len(token.text) - len(token.area)] + area

    def rule(self, text: str, sheet: str, down: int) -> str:
        """Return the formula of a rule (validation, conditional format), whose rows without ``$`` are counted from the
        top of the rule's range, which moves *down*."""
        return "".join(self._ruled(token, sheet, down) if token.kind == "ref" else token.text for token in tokens(text))

    def _ruled(self, token: Token, sheet: str, down: int) -> str:
        if "[" in token.sheet or ":" in token.sheet:
            return token.text
        ends = [_END.fullmatch(end) for end in token.area.split(":")]
        if any(end is None for end in ends) or all(end is not None and (end[2] or not end[3]) for end in ends):
            return self._moved(token, sheet, 0)
        shift = self.of(token.sheet or sheet)
        moved = [
            f"{end[1]}{end[2]}{shift.row(int(end[3])) if end[2] else int(end[3]) + down}" if end[3] else end[0]
            for end in ends
            if end is not None
        ]
        return token.text[: len(token.text) - len(token.area)] + ":".join(moved)

    def ranges(self, text: str, sheet: str) -> str:
        """Return ranges separated by spaces (sqref), moved."""
        shift = self.of(sheet)
        return " ".join(moved_area(one, shift) for one in text.split()) if shift else text


_NONE = Shift()


def moved_area(area: str, shift: Shift, *, single: bool = True) -> str:
    """Return ``A1``, ``$A$1:B2``, ``3:5`` or ``A:B`` as it is after *shift*; dollar signs stay."""
    first, colon, last = area.partition(":")
    start, end = _END.fullmatch(first), _END.fullmatch(last or first)
    if start is None or end is None or not start[3] or not end[3]:
        return area
    one, other = int(start[3]), int(end[3])
    top, bottom = shift.rows(min(one, other), max(one, other), single=single)
    if one > other:
        top, bottom = bottom, top
    if not colon and top == bottom:
        return f"{start[1]}{start[2]}{top}"
    return f"{start[1]}{start[2]}{top}:{end[1]}{end[2]}{bottom}"
