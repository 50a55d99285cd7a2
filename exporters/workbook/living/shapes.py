"""Formulas by shape: those that differ in row numbers only are read once, however many thousand rows hold them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import Struct

from exporters.workbook.formula.parse import Formula, parse
from exporters.workbook.formula.tokens import Token, tokens
from exporters.workbook.references import LAST_ROW, parse_range

_ADDRESS = re.compile(r"(?<![\w.])(\$?[A-Za-z]{1,3}\$?)([0-9]+)(?![\w(.!])")
_END = re.compile(r"(\$?[A-Za-z]{0,3})(\$?)([0-9]*)")
_LOGICAL = frozenset({"TRUE", "FALSE"})
"""Constants that LibreOffice writes as functions without arguments."""
REFERENCE = "#"
"""Stands for each reference in a formula's skeleton."""


class Reference(Struct, frozen=True, eq=False):
    """A reference of a shape. ``rows`` are the places of its rows among the formula's row numbers (two for a range);
    none for whole columns and rows, and for what stays as it is written."""

    token: Token
    rows: tuple[int, ...]
    columns: tuple[int, int]
    ends: tuple[tuple[str, str], ...]
    """Column letters and dollar sign of each end, as written."""
    sheet: str
    """The sheet that it names, without case; empty for the formula's own."""
    prefix: str
    """The sheet as it is written, with its exclamation mark."""

    @property
    def is_plain(self) -> bool:
        """Whether it leads to cells of this workbook: the evaluator counts only such references."""
        return self.token.area != "#REF!" and "[" not in self.token.sheet and ":" not in self.token.sheet

    def written(self, numbers: Sequence[int]) -> str:
        """Return the reference as it stands in the formula with those row numbers."""
        if not self.rows:
            return self.token.text
        return self.with_rows(numbers[self.rows[0]], numbers[self.rows[-1]])

    def with_rows(self, first: int | str, last: int | str) -> str:
        """Return the reference with other rows; all else stays as it is written."""
        (letters, fixed), (other, other_fixed) = self.ends[0], self.ends[-1]
        if len(self.ends) == 1 and first == last:
            return f"{self.prefix}{letters}{fixed}{first}"
        return f"{self.prefix}{letters}{fixed}{first}:{other}{other_fixed}{last}"

    def area(self, numbers: Sequence[int]) -> tuple[int, int, int, int]:
        """Return (left, top, right, bottom)."""
        left, right = self.columns
        if not self.rows:
            found = parse_range(self.token.area)
            return (*found,) if found is not None else (left, 1, right, LAST_ROW)
        one, other = numbers[self.rows[0]], numbers[self.rows[-1]]
        return (left, one, right, other) if one <= other else (left, other, right, one)


class Shape(Struct, frozen=True):
    """What formulas of one shape have in common; ``pieces`` are texts and references in order."""

    pieces: tuple[str | Reference, ...]
    references: tuple[Reference, ...]
    names: tuple[Token, ...]
    bones: tuple[str, ...]
    """The pieces in one spelling, with :data:`REFERENCE` for each reference."""
    skeleton: str
    parsed: Formula

    def written(self, write: Callable[[Reference], str]) -> str:
        """Return the formula with its references written by *write*."""
        return "".join(piece if isinstance(piece, str) else write(piece) for piece in self.pieces)

    def named(self, write: Callable[[Reference], str]) -> str:
        """Return the formula in one spelling with its references written by *write*."""
        pairs = zip(self.pieces, self.bones, strict=True)
        return "".join(bone if isinstance(piece, str) else write(piece) for piece, bone in pairs)


@lru_cache(maxsize=1 << 16)
def shaped(formula: str) -> tuple[Shape, tuple[int, ...]]:
    """Return a formula's shape and its row numbers."""
    numbers: list[int] = []
    parts = formula.split('"')
    for place in range(0, len(parts), 2):
        split = _ADDRESS.split(parts[place])
        if len(split) > 1:
            numbers += map(int, split[2::3])
            del split[2::3]
            parts[place] = "".join(split)
    known = _SHAPES.get(key := '"'.join(parts))
    if known is None:
        known = _shape(formula)
        if sum(len(one.rows) for one in known.references) != len(numbers):
            # Something that looks like an address is none (in a sheet's name, say): no other formula shares this shape.
            return _alone(formula)
        if len(_SHAPES) >= _MOST:
            _SHAPES.clear()
        _SHAPES[key] = known
    return known, tuple(numbers)


@lru_cache(maxsize=1 << 16)
def shaped_in(formula: str, row: int) -> tuple[Shape, tuple[int, ...]]:
    """Return a formula's shape and its row numbers; one that differs from another one only in its own *row* is not
    read again."""
    key = formula.replace(str(row), OWN)
    known = _IN_ROWS.get(key)
    if known is not None:
        shape, places = known
        return shape, tuple([row if place < 0 else place for place in places])
    shape, numbers = found = shaped(formula)
    if in_references(key, numbers, row):
        if len(_IN_ROWS) >= _MOST:
            _IN_ROWS.clear()
        _IN_ROWS[key] = shape, tuple(-1 if number == row else number for number in numbers)
    return found


OWN = "\0"
"""Stands for the own row of a formula."""
_WITHIN = re.compile(f"[0-9]{OWN}|{OWN}[0-9]")


def in_references(key: str, numbers: Sequence[int], row: int) -> bool:
    """Whether the own *row* of a formula, cut out of *key*, stood in its references alone, which have these numbers."""
    return key.count(OWN) == numbers.count(row) and not _WITHIN.search(key)


_IN_ROWS: dict[str, tuple[Shape, tuple[int, ...]]] = {}
_SHAPES: dict[str, Shape] = {}
_MOST = 4096


def _alone(formula: str) -> tuple[Shape, tuple[int, ...]]:
    numbers = tuple(
        int(end[3])
        for token in tokens(formula)
        if token.kind == "ref"
        for end in map(_END.fullmatch, token.area.split(":"))
        if end is not None and end[1].strip("$") and end[3]
    )
    return _shape(formula), numbers


def _shape(formula: str) -> Shape:
    pieces: list[str | Reference] = []
    bones: list[str] = []
    names: list[Token] = []
    count = 0
    for token in tokens(formula):
        if token.kind == "ref":
            reference = _reference(token, count)
            count += len(reference.rows)
            pieces.append(reference)
            bones.append(REFERENCE)
            continue
        pieces.append(token.text)
        bones.append(_bone(token))
        if token.kind == "name":
            names.append(token)
    references = tuple(piece for piece in pieces if isinstance(piece, Reference))
    return Shape(tuple(pieces), references, tuple(names), tuple(bones), "".join(bones), parse(formula))


def _reference(token: Token, first: int) -> Reference:
    ends = [found for end in token.area.split(":") if (found := _END.fullmatch(end)) is not None]
    area = parse_range(token.area)
    cells = len(ends) == len(token.area.split(":")) and all(end[1].strip("$") and end[3] for end in ends)
    rows = tuple(range(first, first + len(ends))) if cells else ()
    columns = (area.left, area.right) if area is not None else (1, 1)
    prefix = token.text[: len(token.text) - len(token.area)]
    return Reference(token, rows, columns, tuple((end[1], end[2]) for end in ends), token.sheet.casefold(), prefix)


def _bone(token: Token) -> str:
    if token.kind == "space":
        return ""
    if token.kind == "name" and token.text.upper() in _LOGICAL:
        return token.text.upper() + "()"
    if token.kind in {"function", "name"}:
        return token.text.upper().removeprefix("_XLFN.").removeprefix("_XLWS.")
    return repr(float(token.text)).removesuffix(".0") if token.kind == "number" else token.text
