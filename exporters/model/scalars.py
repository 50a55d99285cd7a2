"""Single values as people type them: days, numbers and switches, read strictly so that nothing is guessed."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any

from .forms import After, Before

# A spreadsheet keeps 15 significant digits (IEEE 754 double); more would not come back equal.
MAX_DIGITS = 15

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _number_advice(text: str) -> str:
    if not text.isascii() and any(character.isdigit() and not character.isascii() for character in text):
        return "; type its digits in half width"
    if text.endswith(("%", "％")):
        return "; write the number alone and PERCENT as its unit"
    if re.fullmatch(r"[+-]?[0-9]{1,3}([,_ ][0-9]{3})+(\.[0-9]+)?", text):
        return "; leave the thousands separators out"
    return ""


def _plain_number(value: Any) -> Any:
    if isinstance(value, bool) or (isinstance(value, str) and not _NUMBER.fullmatch(value)):
        if isinstance(value, str) and value.strip("+-.").casefold() in {"nan", "inf", "infinity"}:
            raise ValueError("must be a finite number")
        shown = str(value).lower() if isinstance(value, bool) else repr(value)
        raise ValueError(f"{shown} is not a number such as 6.5{_number_advice(str(value))}")
    return value


def _exact(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError("must be a finite number")
    digits = value.as_tuple().digits
    significant = len("".join(map(str, digits)).strip("0")) if any(digits) else 1
    if abs(value.adjusted()) > 100:
        raise ValueError("is too large or too small for a spreadsheet")
    if significant > MAX_DIGITS:
        raise ValueError(f"has {significant} significant digits; Excel keeps {MAX_DIGITS}, so it would lose precision")
    return value


def _plain_whole(value: Any) -> Any:
    if isinstance(value, bool) or (isinstance(value, str) and not _WHOLE.fullmatch(value)):
        raise ValueError(f"{value!r} is not a whole number such as 12")
    return value


def _plain_day(value: Any) -> Any:
    # Without this a day typed as 20230128 would be taken for seconds since 1970.
    if type(value) is dt.date or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError(f"{value!r} is not a day such as 2023-01-28")


def _plain_switch(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError(f"{value!r} is neither true nor false")


Number = Annotated[Decimal, Before(_plain_number), After(_exact)]
PLAIN_WHOLE = Before(_plain_whole)
Day = Annotated[dt.date, Before(_plain_day)]
Switch = Annotated[bool, Before(_plain_switch)]
