"""What a cell can hold when formulas look at it: a number (float), text, true/false, an error, nothing (None)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

_DAY = re.compile(r"\s*([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})\s*")
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+(?:,[0-9]{3})*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*(%?)\s*")
_EPOCH = dt.date(1899, 12, 30)
_SIGNIFICANT = 15


class Error(Struct, frozen=True):
    """An error value such as ``#N/A``."""

    code: str


NA, VALUE, REF, DIV0, NUM, NAME = (Error(code) for code in ("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?"))
Scalar = float | str | bool | Error | None


class UnknownError(Exception):
    """The value cannot be worked out here; Excel will, when it opens the file."""


class Area:
    """A rectangle of values, column by column, with what has been looked up in it (columns never change)."""

    __slots__ = ("columns", "height", "indexes", "left", "positions", "shown", "top")

    def __init__(self, columns: Sequence[Sequence[Scalar]], left: int = 1, top: int = 1) -> None:
        self.columns = columns
        self.height = len(columns[0]) if columns else 0
        self.left, self.top = left, top
        self.indexes: dict[object, object] = {}
        self.positions: dict[object, int] | None = None
        self.shown: tuple[Area, Area] | None = None
        """What subtotals count: without those in it and without rows that a filter hides, or without any hidden row;
        None where that is all of it."""

    @property
    def width(self) -> int:
        return len(self.columns)

    def __iter__(self) -> Iterator[Scalar]:
        """Go through all values, row by row."""
        if len(self.columns) == 1:
            yield from self.columns[0]
            return
        for row in range(self.height):
            for column in self.columns:
                yield column[row]

    def line(self) -> Sequence[Scalar]:
        """Return the values of a single column or row, else all."""
        return self.columns[0] if len(self.columns) == 1 else list(self)

    def numbers(self) -> list[float]:
        """Return its numbers; texts, true/false and empty cells are passed over, an error is raised as a value."""
        found = self.indexes.get("numbers")
        if found is None:
            found = [value for value in self if type(value) is float]
            error = next((value for value in self if type(value) is Error), None)
            if error is not None:
                raise ErrorValueError(error)
            self.indexes["numbers"] = found
        assert isinstance(found, list)
        return found


class ErrorValueError(Exception):
    """Carries an error value out of a function."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.code)
        self.error = error


Value = Scalar | Area


def number(value: Scalar) -> float:
    """Return a value as a number; raise its error, or #VALUE! for text that is no number."""
    if type(value) is float:
        return value
    if value is None:
        return 0.0
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, Error):
        raise ErrorValueError(value)
    found = number_in(str(value))
    if found is None:
        raise ErrorValueError(VALUE)
    return found


def number_in(text: str) -> float | None:
    """Return the number that a text spells (``12``, ``1,200``, ``6.5%``, a day as ``2023-06-30``), or None."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return _day_in(text)
    value = float(text.replace(",", "").replace("%", "").strip())
    return value / 100 if found[1] else value


def _day_in(text: str) -> float | None:
    found = _DAY.fullmatch(text)
    try:
        return serial(dt.date(*map(int, found.groups()))) if found is not None else None
    except ValueError:
        return None


def text(value: Scalar) -> str:
    """Return a value as text, numbers as the General format shows them."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Error):
        raise ErrorValueError(value)
    return general(float(value))


def general(value: float) -> str:
    """Return a number as the General format writes it: up to 15 digits, an exponent only where it must."""
    if value == 0:
        return "0"
    shown = f"{value:.{_SIGNIFICANT}g}"
    mantissa, _, exponent = shown.partition("e")
    if not exponent:
        return mantissa
    power = int(exponent)
    if 0 < power < 20 or -5 <= power < 0:
        return f"{value:.{max(_SIGNIFICANT - 1 - power, 0)}f}".rstrip("0").rstrip(".") if power < 0 else f"{value:.0f}"
    return f"{mantissa}E{'+' if power > 0 else '-'}{abs(power):02d}"


def truth(value: Scalar) -> bool:
    """Return a value as a condition."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        folded = value.upper()
        if folded in {"TRUE", "FALSE"}:
            return folded == "TRUE"
        raise ErrorValueError(VALUE)
    return number(value) != 0


def folded(value: Scalar) -> object:
    """Return what two values have in common when ``=`` calls them equal."""
    if type(value) is str:
        return value.casefold()
    if isinstance(value, bool):
        return (value,)
    return value


def ordering(value: Scalar) -> tuple[int, float | str]:
    """Return a key that orders values as Excel does: numbers, then texts, then false and true."""
    if isinstance(value, bool):
        return 2, float(value)
    if isinstance(value, str):
        return 1, value.casefold()
    return 0, number(value)


def serial(day: dt.date, date_1904: bool = False) -> float | None:
    """Return the number that stands for a day (or a moment); None for days before March 1900, which Excel miscounts."""
    moment = day if isinstance(day, dt.datetime) else None
    whole = dt.date(day.year, day.month, day.day)
    days = float((whole - _EPOCH).days)
    if days < 61:
        return None
    if moment is not None:
        days += (moment.hour * 3600 + moment.minute * 60 + moment.second) / 86400
    return days - 1462 if date_1904 else days


def day_of(value: float) -> dt.date:
    """Return the day that a number stands for (1900 date system)."""
    return _EPOCH + dt.timedelta(days=int(value))


def intersection(area: Area, context: Any) -> Scalar:
    """Return the cell of an area that stands in the formula's own row or column."""
    if area.width == 1 and area.height == 1:
        return area.columns[0][0]
    row: int = context.row
    column: int = context.column
    if area.width == 1 and area.top <= row < area.top + area.height:
        return area.columns[0][row - area.top]
    if area.height == 1 and area.left <= column < area.left + area.width:
        return area.columns[column - area.left][0]
    raise ErrorValueError(VALUE)
