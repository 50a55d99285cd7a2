"""The TEXT function for the number formats that briefings use."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from exporters.workbook.formula.values import UnknownError, day_of, general

_NUMBER = re.compile(r"(?P<before>(?:\"[^\"]*\"|[^#0,.%\"])*)(?P<body>[#0,]+(?:\.[#0]+)?)(?P<percent>%?)(?P<after>.*)")
_DAY = re.compile(r"yyyy|yy|mm|m|dd|d|\"[^\"]*\"|[-/.年月日 ]", re.IGNORECASE)


def formatted(value: float, code: str) -> str:
    """Return *value* in a number format; raise UnknownError for formats beyond the simple ones."""
    if code.lower() in {"general", "@", ""}:
        return general(value) if code else ""
    if re.search(r"[ymd]", code, re.IGNORECASE):
        return _day(value, code)
    positive, *others = code.split(";")
    if len(others) > 2 or "[" in code:
        raise UnknownError(code)
    if value < 0 and others:
        return _number(-value, others[0])
    if value == 0 and len(others) == 2:
        return _number(value, others[1])
    return _number(value, positive)


def _number(value: float, code: str) -> str:
    found = _NUMBER.fullmatch(code)
    if found is None:
        raise UnknownError(code)
    whole, _, part = found["body"].partition(".")
    exact = Decimal(repr(value))
    if found["percent"]:
        exact = exact.scaleb(2)
    rounded = exact.quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP)
    digits, _, decimals = f"{abs(rounded):f}".partition(".")
    least = whole.count("0")
    digits = digits.lstrip("0").rjust(least, "0")
    decimals = decimals.rstrip("0").ljust(part.count("0"), "0") if "#" in part else decimals
    if "," in whole and digits:
        digits = f"{int(digits):,}".rjust(least, "0")
    body = digits + ("." + decimals if decimals or part else "")
    minus = "-" if rounded < 0 else ""
    return minus + _plain(found["before"]) + body + found["percent"] + _plain(found["after"])


def _plain(text: str) -> str:
    if re.search(r"[*_\\?E]", text):
        raise UnknownError(text)
    return text.replace('"', "")


def _day(value: float, code: str) -> str:
    if "".join(_DAY.findall(code)) != code or value < 61:
        raise UnknownError(code)
    day = day_of(value)
    shown = {
        "yyyy": f"{day.year:04d}", "yy": f"{day.year % 100:02d}", "mm": f"{day.month:02d}", "m": str(day.month),
        "dd": f"{day.day:02d}", "d": str(day.day),
    }  # fmt: skip
    return "".join(shown.get(piece.lower(), piece.replace('"', "")) for piece in _DAY.findall(code))
