"""The data sheet of a chart's instances: what follows from the sequence of its rows alone is worked out once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from exporters.charts.marks import NUMBER, SLOT
from exporters.charts.references import Range, column_letters

_NUMERIC = re.compile(r"^-?[0-9]+(?:\.[0-9]+)?$")
_SPACED = re.compile(r"^\s|\s$|\n")
#: The kinds of what a bound cell shows.
NUMERIC, TEXT, SPACED, EMPTY = "ntse"
_BOUND = {"v": True, "t": False}
"""Whether bound cells of a kind show numbers where their text looks like one."""
#: How many texts are remembered.
_REMEMBERED = 4096


class Value(NamedTuple):
    """What a cell shows: XML text, and whether it is a number."""

    text: str
    number: bool


class _Column(NamedTuple):
    letters: str
    style: str
    kind: str
    constant: Value


class RowPlan(Struct, frozen=True):
    attributes: str
    cells: tuple[tuple[int, _Column], ...]


class Area(NamedTuple):
    area: Range
    role: str
    form: str
    code: str
    prefix: str


class _Cell(NamedTuple):
    start: str
    """``<c r="B2" s="1"``"""
    kind: str
    constant: Value
    column: int


class Reference(NamedTuple):
    """An area of the chart's XML with the rows that it has in one layout."""

    plan: Area
    formula: str
    lines: list[list[int]]
    """The numbers of the cells in each of its columns (of a row: all in one), -1 for one that is not there."""


class Layout:
    """What follows from the sequence of template rows that an instance's data sheet has, whatever they hold."""

    def __init__(
        self,
        plans: dict[int, RowPlan],
        gaps: dict[int, int],
        areas: Sequence[Area],
        origins: Iterable[int],
        readings: Sequence[Reading],
    ) -> None:
        self._places: list[tuple[int, int]] = []
        """(template row, row) of each row that is there, in order."""
        self.cells: dict[tuple[int, int], int] = {}
        """(column, row) of each cell and its number."""
        self._rows: list[tuple[str, list[_Cell]]] = []
        number = seen = 0
        for origin in origins:
            number += 1
            if origin > seen:
                number += sum(gap for row, gap in gaps.items() if seen < row <= origin) if gaps else 0
                seen = origin
            self._places.append((origin, number))
            cells: list[_Cell] = []
            for column, (letters, style, kind, constant) in plans[origin].cells:
                cells.append(_Cell(f'<c r="{letters}{number}"{style}', kind, constant, column))
                self.cells[column, number] = len(self.cells)
            self._rows.append((f'<row r="{number}"{plans[origin].attributes}>', cells))
        self.last = number or 1
        # How the texts of bound cells are read, in order.
        self.readings = [
            readings[_BOUND[cell.kind]] for _, cells in self._rows for cell in cells if cell.kind in _BOUND
        ]
        self.references = [self._reference(area) for area in areas]

    def fill(self, kinds: str) -> tuple[list[Value | None], list[str], int]:
        """Return the values by the cells' numbers, the rows' XML, and the last column that holds anything.

        *kinds* are those of the bound cells' values; the number of each stands for its text, in slots.
        """
        values: list[Value | None] = []
        rows: list[str] = []
        width = 1
        bound = 0
        for start, cells in self._rows:
            rows.append(start)
            for opening, kind, constant, column in cells:
                text, number = constant
                spaced = _SPACED.search(text) is not None
                if kind in _BOUND:
                    own = kinds[bound]
                    text = f"{SLOT}{bound}{SLOT}" if own != EMPTY else ""
                    number, spaced = own == NUMERIC, own == SPACED
                    bound += 1
                values.append(Value(text, number) if text else None)
                if not text:
                    continue
                if number:
                    rows.append(f"{opening}><v>{text}</v></c>")
                elif kind in {"b", "e"}:
                    rows.append(f'{opening} t="{kind}"><v>{text}</v></c>')
                else:
                    space = ' xml:space="preserve"' if spaced else ""
                    rows.append(f'{opening} t="inlineStr"><is><t{space}>{text}</t></is></c>')
                width = max(width, column)
            rows.append("</row>")
        return values, rows, width

    def span(self, top: int, bottom: int) -> tuple[int, int]:
        """Return the first and last row that come from the template's rows *top* to *bottom*; one row where none do."""
        numbers = [number for origin, number in self._places if top <= origin <= bottom]
        if numbers:
            return numbers[0], numbers[-1]
        above = [number for origin, number in self._places if origin < top]
        first = above[-1] + 1 if above else top
        return first, first

    def _reference(self, plan: Area) -> Reference:
        area = plan.area
        top, bottom = self.span(area.top, area.bottom)
        columns, rows = range(area.first, area.last + 1), range(top, bottom + 1)
        lines = [[self.cells.get((column, row), -1) for row in rows] for column in columns]
        if plan.form != "multiLvlStrRef" and len(lines) > 1:
            lines = [[line[0] for line in lines]]
        return Reference(plan, _formula(area, top, bottom), lines)


def row_plan(row: Any) -> RowPlan:
    attributes, cells = row
    return RowPlan(
        attributes,
        tuple(
            (column, _Column(column_letters(column), f' s="{style}"' if style else "", kind, Value(text, kind == "n")))
            for column, style, kind, text in cells
        ),
    )


def row_gaps(numbers: Sequence[int]) -> dict[int, int]:
    """Return how many rows that the template's file does not hold stand above each row."""
    before = 0
    found = {}
    for number in numbers:
        found[number] = number - before - 1
        before = number
    return found


class Reading(dict[bytes, tuple[str, bytes]]):
    """What bound cells show, as the stream gives it in UTF-8: its kind, and its text; worked out once."""

    def __init__(self, *, numeric: bool) -> None:
        self._numeric = numeric

    def __missing__(self, given: bytes) -> tuple[str, bytes]:
        if len(self) >= _REMEMBERED:
            self.clear()
        shown = given.decode()
        text = shown.replace(NUMBER, "")
        if shown.rfind(NUMBER) == 0 or (self._numeric and _NUMERIC.match(text)):
            kind = NUMERIC if text else EMPTY
        else:
            kind = SPACED if _SPACED.search(text) else TEXT if text else EMPTY
        found = self[given] = kind, text.encode()
        return found


def _formula(area: Range, top: int, bottom: int) -> str:
    sheet = area.sheet.replace("&", "&amp;").replace("<", "&lt;") + "!" if area.sheet else ""
    first, last = column_letters(area.first), column_letters(area.last)
    start = f"{sheet}${first}${top}"
    return start if (first, top) == (last, bottom) else f"{start}:${last}${bottom}"
