"""Rows by form: those that differ in their number and their texts only are taken apart once, however many there are.

A cell of such a row is made when somebody asks for it; most never are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

from msgspec import Struct, field

from exporters.package.xmltext import plain
from exporters.package.xstrings import unspelled
from exporters.workbook.living.cells import Cell, Formula


class CellForm(Struct, frozen=True):
    """A cell of a form. Texts go by their number in the row, -1 for none; places and lengths are without texts and
    without the row's number, and count from where the cells of the row begin."""

    column: int
    attributes: dict[str, str]
    start: int
    length: int
    first: int
    """How many texts stand before it, and ``last`` before its end."""
    last: int
    value_at: int
    value: str | None
    """What it is where it is none of the texts, and so is ``inline``."""
    inline_at: int
    inline: str | None
    formula: tuple[int, int, int, dict[str, str]] | None
    """Where it begins in the cell, its length, its text, its attributes."""
    place: int
    """How many cells stand before it: each has the row's number in its address."""
    kind: str


class Form(dict[int, CellForm]):
    """The cells of a row, by column."""

    @cached_property
    def formulas(self) -> Sequence[int]:
        """The columns of the cells with formulas."""
        return tuple(one.column for one in self.values() if one.formula is not None)


class Texts(dict[bytes, str]):
    """What bytes stand for, *read* in some way; most words of a workbook stand in it many times."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[str], str] = str) -> None:
        self._read = read

    def __missing__(self, raw: bytes) -> str:
        found = self[raw] = self._read(plain(raw))
        return found


class RowCells(Mapping[int, Cell]):
    """The cells of a row, each made when it is asked for."""

    __slots__ = ("_at", "_lengths", "_made", "_number", "_texts", "form", "raw")

    def __init__(self, form: Form, at: int, number: int, raw: Sequence[bytes], texts: Texts) -> None:
        self.form, self.raw = form, raw
        self._at, self._number, self._texts = at, number, texts
        self._made: dict[int, Cell] = {}
        self._lengths: list[int] = []

    def __len__(self) -> int:
        return len(self.form)

    def __iter__(self) -> Iterator[int]:
        return iter(self.form)

    def __contains__(self, column: object) -> bool:
        return column in self.form

    def __getitem__(self, column: int) -> Cell:
        found = self._made.get(column)
        if found is None:
            found = self._made[column] = self._cell(self.form[column])
        return found

    def get(self, column: int, default: object = None) -> Cell | None:  # type: ignore[override]
        return self[column] if column in self.form else None

    def text(self, column: int) -> tuple[str, str] | None:
        """Return the kind of a cell and the text that it holds, without making it; None where the cell has to tell."""
        one = self.form.get(column)
        if one is None or one.formula is not None or one.kind == "str":
            return None
        if one.kind == "inlineStr":
            return (one.kind, unspelled(self._texts[self.raw[one.inline_at]])) if one.inline_at >= 0 else None
        return (one.kind, self._texts[self.raw[one.value_at]]) if one.value_at >= 0 else None

    def formula(self, column: int) -> bytes:
        """Return the formula of a cell as it is written; empty where it has none, or shares that of another cell."""
        one = self.form[column].formula
        return self.raw[one[2]] if one is not None and one[2] >= 0 and "t" not in one[3] else b""

    def _cell(self, one: CellForm) -> Cell:
        if not self._lengths:
            self._lengths = [0, *accumulate(map(len, self.raw))]
        lengths, digits = self._lengths, len(str(self._number))
        start = self._at + one.start + one.place * digits + lengths[one.first]
        end = start + one.length + digits + lengths[one.last] - lengths[one.first]
        value, inline, formula = one.value, one.inline, None
        if one.value_at >= 0:
            value = self._texts[self.raw[one.value_at]]
            value = unspelled(value) if one.kind == "str" else value
        if one.inline_at >= 0:
            inline = unspelled(self._texts[self.raw[one.inline_at]])
        if one.formula is not None:
            begin, length, text, attributes = one.formula
            words = self.raw[text] if text >= 0 else b""
            begin += start + digits
            formula = Formula(plain(words), attributes, begin, begin + length + len(words))
        return Cell(one.column, self._number, one.attributes, start, end, value, inline, formula)


_ATTRIBUTE = re.compile(rb' ([\w:]+)="([^"]*)"')


class Attributes(dict[bytes, dict[str, str]]):
    """The attributes of elements, by how they are written; nobody changes them."""

    def __missing__(self, raw: bytes) -> dict[str, str]:
        found = self[raw] = {name.decode(): plain(value) for name, value in _ATTRIBUTE.findall(raw)}
        return found


class Known(Struct):
    """What has been read of some sheets: the cells of rows, by the rows' bytes, and the forms of rows."""

    rows: dict[bytes, RowCells] = field(default_factory=dict)
    forms: dict[bytes, Form] = field(default_factory=dict)
    attributes: Attributes = field(default_factory=Attributes)
    texts: Texts = field(default_factory=Texts)
    inlines: Texts = field(default_factory=lambda: Texts(unspelled))
    """The texts of cells that hold theirs themselves."""
