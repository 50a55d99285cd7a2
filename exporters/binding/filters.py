"""Filters for template authors, beside those of Jinja2 that are kept."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from exporters import wording
from exporters.binding.missing import MISSING, worded

_DIGITS = "零一二三四五六七八九"


def number(value: Any, places: int | None = None) -> str:
    """A number without an exponent; with ``places``, rounded half to even to so many decimals."""
    if value is None or value == "":
        return ""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-min(max(places, 0), 12)), ROUND_HALF_EVEN)
    return wording.plain(exact)


def percent(value: Any, places: int | None = None) -> str:
    """A number of per cent with its sign: ``6.5`` becomes ``6.5%``."""
    found = number(value, places)
    return found + "%" if found else ""


def dash(value: Any, mark: str = "—") -> Any:
    """The value, or a dash where it is missing or empty."""
    return value if value or value == 0 else mark


def chinese(value: int) -> str:
    """A whole number from 0 to 99 as a Chinese numeral: ``12`` becomes ``十二``."""
    if not 0 <= value <= 99:
        return str(value)
    tens, ones = divmod(value, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def listed(values: Iterable[Any], lang: str = "zh") -> str:
    """Words in a row: ``荔湾、越秀``; with ``lang='en'``, ``Liwan, Yuexiu and Haizhu``."""
    words = [worded(value) for value in values if value.__class__ not in MISSING]
    if lang == "zh" or len(words) < 2:
        return "、".join(words) if lang == "zh" else "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def day(value: dt.date | None, lang: str = "zh") -> str:
    """A date in words."""
    return wording.date(value, lang) if value else ""  # type: ignore[arg-type]


def sign(value: Any) -> str:
    """A number with its sign: ``+1.5``, ``-0.3``."""
    found = number(value)
    return found if not found or found.startswith("-") else "+" + found


def clip(value: Any, columns: int) -> str:
    """Text cut with … to so many columns; a Han character takes two, and so does … among them."""
    text = worded(value)
    if 2 * len(text) <= columns:
        return text
    wide = [2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text]
    if sum(wide) <= columns:
        return text
    kept, room = 0, columns - max(wide)
    while wide[kept] <= room:
        room -= wide[kept]
        kept += 1
    return text[:kept].rstrip() + "…"


def after(value: Any, *before: Any) -> Any:
    """The value, with a space in front where the last text of those before it would run into it: both are Latin
    letters or digits. Between Chinese and Latin there is none."""
    if value.__class__ is str and "一" <= value < "\ua000":
        return value
    if not value and value != 0:
        return value
    for text in reversed(before):
        if text or text == 0:
            # Most are texts already.
            words = value if value.__class__ is str else worded(value)
            return wording.apart(text if text.__class__ is str else worded(text), words)
    return worded(value)


def inline(value: Any) -> str:
    """A name as it stands inside an English sentence: ``Retail sales`` becomes ``retail sales``, ``GDP`` stays."""
    text = worded(value) if value else ""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


FILTERS: dict[str, Callable[..., Any]] = {
    "number": number,
    "percent": percent,
    "dash": dash,
    "chinese": chinese,
    "clip": clip,
    "listed": listed,
    "day": day,
    "sign": sign,
    "after": after,
    "inline": inline,
}
