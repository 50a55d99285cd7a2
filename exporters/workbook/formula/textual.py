"""Functions over texts and days, and questions about values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from exporters.workbook.formula.criteria import wildcard
from exporters.workbook.formula.numeric import scalar
from exporters.workbook.formula.textformat import formatted
from exporters.workbook.formula.values import (
    NA,
    NUM,
    VALUE,
    Area,
    Error,
    ErrorValueError,
    Scalar,
    Value,
    day_of,
    number,
    number_in,
    serial,
    text,
    truth,
)


def _text(value: Value) -> str:
    return text(scalar(value))


def _length(value: Value) -> int:
    found = int(number(scalar(value)))
    if found < 0:
        raise ErrorValueError(VALUE)
    return found


def _left(value: Value, length: Value = 1.0) -> str:
    return _text(value)[: _length(length)]


def _right(value: Value, length: Value = 1.0) -> str:
    found, size = _text(value), _length(length)
    return found[-size:] if size else ""


def _mid(value: Value, start: Value, length: Value) -> str:
    first = _length(start)
    if first < 1:
        raise ErrorValueError(VALUE)
    return _text(value)[first - 1 : first - 1 + _length(length)]


def _concat(*values: Value) -> str:
    return "".join(text(one) for value in values for one in (value if isinstance(value, Area) else (value,)))


def _textjoin(between: Value, skip: Value, *values: Value) -> str:
    words = [text(one) for value in values for one in (value if isinstance(value, Area) else (value,))]
    return _text(between).join(word for word in words if word or not truth(scalar(skip)))


def _substitute(value: Value, old: Value, new: Value, which: Value | None = None) -> str:
    found, sought, put = _text(value), _text(old), _text(new)
    if not sought:
        return found
    if which is None:
        return found.replace(sought, put)
    pieces = found.split(sought)
    at = _length(which)
    if not 1 <= at < len(pieces):
        return found
    return sought.join(pieces[:at]) + put + sought.join(pieces[at:])


def _find(sought: Value, value: Value, start: Value = 1.0) -> float:
    at = _text(value).find(_text(sought), _length(start) - 1)
    if at < 0:
        raise ErrorValueError(VALUE)
    return float(at + 1)


def _search(sought: Value, value: Value, start: Value = 1.0) -> float:
    pattern = wildcard(_text(sought)) or re.compile(re.escape(_text(sought)), re.IGNORECASE)
    found = pattern.search(_text(value), _length(start) - 1)
    if found is None:
        raise ErrorValueError(VALUE)
    return float(found.start() + 1)


def _rept(value: Value, times: Value) -> str:
    found = _text(value) * min(_length(times), 32_768)
    if len(found) > 32_767:
        raise ErrorValueError(VALUE)
    return found


def _char(code: Value) -> str:
    found = int(number(scalar(code)))
    # Excel's code page; the other control characters cannot stand in a workbook.
    if found in {9, 10, 13} or 32 <= found <= 255:
        return bytes((found,)).decode("cp1252", "replace")
    raise ErrorValueError(VALUE)


def _value(value: Value) -> float:
    one = scalar(value)
    found = number_in(one) if isinstance(one, str) else number(one)
    if found is None:
        raise ErrorValueError(VALUE)
    return found


def _formatted(value: Value, code: Value) -> str:
    one = scalar(value)
    if isinstance(one, str):
        return one
    return formatted(number(one), _text(code))


def _date(year: Value, month: Value, day: Value) -> float:
    whole, months, days = (int(number(scalar(part))) for part in (year, month, day))
    whole += 1900 if whole < 1900 else 0
    whole, months = whole + (months - 1) // 12, (months - 1) % 12 + 1
    if not 1900 <= whole <= 9999:
        raise ErrorValueError(NUM)
    found = serial(dt.date(whole, months, 1))
    if found is None:
        raise ErrorValueError(NUM)
    return found + days - 1


def _day_part(part: str) -> Callable[[Value], float]:
    def of(value: Value) -> float:
        found = number(scalar(value))
        if found < 61:
            raise ErrorValueError(NUM)
        return float(getattr(day_of(found), part))

    return of


def _is(test: Callable[[Scalar], bool]) -> Callable[[Value], bool]:
    return lambda value: test(scalar(value))


def _link(target: Value, friendly: Value | None = None) -> Scalar:
    return scalar(target if friendly is None else friendly)


def _na() -> Error:
    return NA


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "LEFT": _left, "RIGHT": _right, "MID": _mid, "LEN": lambda value: float(len(_text(value).encode("utf-16-le")) // 2),
    "CONCAT": _concat, "CONCATENATE": _concat, "TEXTJOIN": _textjoin, "SUBSTITUTE": _substitute, "FIND": _find,
    "SEARCH": _search, "REPT": _rept, "CHAR": _char, "VALUE": _value, "TEXT": _formatted,
    "UPPER": lambda value: _text(value).upper(),
    "LOWER": lambda value: _text(value).lower(), "TRIM": lambda value: " ".join(_text(value).split(" ")).strip()
    if "  " not in _text(value) else re.sub(" +", " ", _text(value)).strip(" "),
    "EXACT": lambda one, other: _text(one) == _text(other), "T": lambda value: one
    if isinstance(one := scalar(value), str) else "", "DATE": _date, "YEAR": _day_part("year"),
    "MONTH": _day_part("month"), "DAY": _day_part("day"), "NA": _na, "HYPERLINK": _link,
    "ISTEXT": _is(lambda value: isinstance(value, str)), "ISNONTEXT": _is(lambda value: not isinstance(value, str)),
    "ISLOGICAL": _is(lambda value: isinstance(value, bool)), "ISBLANK": _is(lambda value: value is None),
    "ISNUMBER": _is(lambda value: type(value) is float),
}  # fmt: skip
