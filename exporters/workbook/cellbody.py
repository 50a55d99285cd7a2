"""A value -> the XML of a cell behind its address and style, and the value that formulas see."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from math import isnan
from types import NoneType
from typing import Any

from markupsafe import Markup

from exporters.binding.missing import worded
from exporters.binding.views import Absent
from exporters.package.xmltext import unescaped
from exporters.package.xstrings import spelled
from exporters.workbook.formula.values import Error, Scalar, serial

MAX_TEXT = 32_767
_MAX_DIGITS = 15
_TAGS = re.compile(r"<[^>]*>")
_DIGITS = frozenset("0123456789")
EMPTY = "/>"


def escape(text: str) -> str:
    """Escape text for element content."""
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def too_long(text: str) -> None:
    """Raise ValueError for a text that a cell cannot hold."""
    units = len(text) if len(text) > MAX_TEXT else len(text.encode("utf-16-le")) // 2
    if units > MAX_TEXT:
        raise ValueError(f"the text has {units:,} characters; a cell of Excel holds {MAX_TEXT:,}")


def text_body(text: str, run: str = "") -> str:
    """Return a text cell; *run* is the format of its characters, if they have one of their own."""
    if len(text) * 2 > MAX_TEXT:
        too_long(text)
    before, after = around_text(run, ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else "")
    return before + escape(spelled(text)) + after


def around_text(run: str, space: str = "") -> tuple[str, str]:
    """Return what stands before and behind the text of a cell."""
    if run:
        return f' t="inlineStr"><is><r>{run}<t{space}>', "</t></r></is></c>"
    return f' t="inlineStr"><is><t{space}>', "</t></is></c>"


def decimal_body(value: Decimal) -> str:
    text = str(value)
    if len(text) <= _MAX_DIGITS and text[-1] in _DIGITS:
        return f"><v>{text}</v></c>"
    if len(text) > _MAX_DIGITS and len(value.as_tuple().digits) > _MAX_DIGITS and float(value) != value:
        # A spreadsheet keeps 15 digits; as text the number stays what it is.
        return text_body(f"{value:f}")
    if not value.is_finite():
        raise ValueError(f"{text} is no number")
    return f"><v>{text}</v></c>"


def int_body(value: int) -> str:
    return f"><v>{value}</v></c>" if abs(value) < 10**_MAX_DIGITS else text_body(str(value))


def float_body(value: float) -> str:
    if isnan(value) or value in {float("inf"), float("-inf")}:
        raise ValueError(f"{value} is no number")
    return f"><v>{number_text(value)}</v></c>"


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


class Bodies:
    """Makes cell bodies, and the styles that text like a formula and days in plain cells need.

    ``formats`` are the number formats of the workbook's cell styles.
    """

    def __init__(self, formats: Sequence[int], date_1904: bool) -> None:
        self._formats, self._date_1904 = formats, date_1904
        self.twins: dict[tuple[int, str], int] = {}
        """(style, kind) -> the new style's number, in the order in which they came up."""

    def cell(self, value: Any, style: str, run: str) -> str:
        """Return what follows a cell's address for *value*: style, type and value. *run* is its characters' format."""
        shown = f' s="{style}"' if style else ""
        kind = type(value)
        if kind is str:
            if not value:
                return shown + EMPTY
            if value[0] in "=+-@":
                shown = self._twin(style, "quote")
            return shown + text_body(value, run)
        if kind is Decimal:
            return shown + decimal_body(value)
        if value is None or isinstance(value, Absent):
            return shown + EMPTY
        if kind is bool:
            return f'{shown} t="b"><v>{int(value)}</v></c>'
        if isinstance(value, int):
            return shown + int_body(value)
        if isinstance(value, float):
            return shown + float_body(value)
        if isinstance(value, dt.date):
            return self._day(value, style, shown)
        return self.cell(unescaped(value) if isinstance(value, Markup) else worded(value), style, run)

    def _day(self, value: dt.date, style: str, shown: str) -> str:
        number = serial(value, self._date_1904)
        if number is None:
            return shown + text_body(value.isoformat())
        at = int(style or 0)
        if at < len(self._formats) and self._formats[at] == 0:
            shown = self._twin(style, "day")
        return shown + float_body(number)

    def _twin(self, style: str, kind: str) -> str:
        """Return the attribute of a style like *style* that was made for a kind of value."""
        number = self.twins.setdefault((int(style or 0), kind), len(self._formats) + len(self.twins))
        return f' s="{number}"'

    def all_seen(self, values: Sequence[Any]) -> Sequence[Scalar]:
        """Return what formulas see of many values."""
        kinds = set(map(type, values))
        if kinds == {str}:
            return [value or None for value in values]
        if kinds == {Decimal}:
            return list(map(float, values))
        return values if kinds == {NoneType} else list(map(self.seen, values))

    def seen(self, value: Any) -> Scalar:
        """Return what formulas see of a value that was written."""
        kind = type(value)
        if kind is str:
            return value or None
        if kind is Decimal:
            return float(value)
        if value is None or isinstance(value, Absent):
            return None
        if kind is bool:
            return bool(value)
        if isinstance(value, int | float):
            return float(value)
        if isinstance(value, dt.date):
            number = serial(value, self._date_1904)
            return value.isoformat() if number is None else number
        return plain_text(value) if isinstance(value, Markup) else worded(value)


def plain_text(value: str) -> str | None:
    """Return the text of a cell that was put together as XML."""
    return unescaped(_TAGS.sub("", value)) or None


def mixed_body(value: str, rich: bool) -> str:
    """Return the cell of a text that was put together from several pieces (already escaped)."""
    if not value:
        return EMPTY
    if len(value) * 2 > MAX_TEXT:
        too_long(plain_text(value) or "")
    shown = spelled(value)
    if rich:
        return f' t="inlineStr"><is>{shown}</is></c>'
    return f' t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def result_body(value: Scalar, formula: str) -> str:
    """Return a formula's cell with its value; *formula* is its ``f`` element."""
    kind, shown = result_parts(value)
    return f"{kind}>{formula}{shown}"


def result_parts(value: Scalar) -> tuple[str, str]:
    """Return the type attribute of a formula's cell and what follows its formula."""
    if type(value) is float:
        return "", f"<v>{number_text(value)}</v></c>"
    if type(value) is str:
        return ' t="str"', f"<v>{escape(spelled(value))}</v></c>"
    if isinstance(value, bool):
        return ' t="b"', f"<v>{int(value)}</v></c>"
    if isinstance(value, Error):
        return ' t="e"', f"<v>{value.code}</v></c>"
    return "", "</c>"
