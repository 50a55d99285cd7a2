"""The grain of one value."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# A range with any of the signs that are typed for it, and with one per cent sign for both of its ends.
_RANGE = re.compile(r"(?<=[\d%‰])\s*(?:[—–~-]|至|到|\bto\b)[—–~-]*\s*(?=\d)")
_ONE_SIGN = re.compile(r"(?<=\d)%(?=—\d+(?:\.\d+)?%)")
_SPACES = re.compile(r"\s+")
_WIDE = re.compile(r"[\uff10-\uff19]|(?<=\d)\uff0e(?=\d)|(?<=\d)\uff05")
_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?$")


class Merged(Struct, frozen=True):
    """The text that the file shall hold, and whether a person must look."""

    text: str
    conflict: bool = False


# In Chinese a blank beside a figure says nothing: 2600 亿元, 11 % 以上.
_BESIDE_CHINESE = re.compile(r"(?<=[\u3000-\u9fff%‰]) | (?=[\u3000-\u9fff%‰])")


@lru_cache(maxsize=1 << 12)
def canonical(text: str) -> str:
    """Return *text* so that spellings of one value are equal: width, spaces, grouping, trailing zeros (1,200.0), signs
    of ranges (6%-7%, 6—7%), and what is a percentage in words and its ratio in a sheet (7.5%, 0.075)."""
    plain = _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    if " " in plain:
        plain = _BESIDE_CHINESE.sub("", plain)
    plain = spanned(_GROUPING.sub("", plain))
    if plain.endswith("%") and _NUMBER.match(plain[:-1]):
        plain = f"{Decimal(plain[:-1]).scaleb(-2):f}"
    if _NUMBER.match(plain):
        sign = "-" if plain.startswith("-") else ""
        whole, _, part = plain.lstrip("+-").partition(".")
        part = part.rstrip("0")
        plain = f"{sign}{whole.lstrip('0') or '0'}{'.' + part if part else ''}"
        plain = "0" if plain == "-0" else plain
    return plain


def spanned(text: str) -> str:
    """Return *text* with one sign for the ranges in it: 5%-6%, 5~6% and 5%至6% become 5—6%."""
    return _ONE_SIGN.sub("", _RANGE.sub("—", text))


def narrow(text: str) -> str:
    """Return *text* with the wide digits, points and percent signs of its figures as plain ones (７．５％, 7.5%)."""
    if not _WIDE.search(text):
        return text
    return _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def merge_value(base: str, theirs: str, ours: str) -> Merged:
    """Merge one value: theirs stays unless nobody touched it; it is a conflict when all three differ."""
    first, second, third = canonical(base), canonical(theirs), canonical(ours)
    if third in {first, second}:
        # Equal in meaning is not equal in spelling: an untouched value still takes the new spelling.
        return Merged(ours if theirs == base else theirs)
    if second == first:
        return Merged(ours)
    return Merged(theirs, conflict=True)
