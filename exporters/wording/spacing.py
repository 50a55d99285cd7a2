"""Where two texts meet: a Chinese sentence types no spaces, and words in Latin letters must still stand apart."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_ENDS = frozenset("%‰)].,;:!?")
_BEGINS = frozenset("([$€£+-")


def apart(before: str, text: str) -> str:
    """Return *text*, with a space in front where *before* ends and it begins in Latin letters or digits.

    Beside a Han character there is none: Office itself sets Latin letters off from Chinese ones.
    """
    return f" {text}" if before and text and _meets(before[-1], text[0]) else text


@lru_cache(maxsize=16_384)
def _meets(last: str, first: str) -> bool:
    return _narrow(last, _ENDS) and _narrow(first, _BEGINS)


def _narrow(sign: str, marks: frozenset[str]) -> bool:
    return sign in marks or (sign.isalnum() and unicodedata.east_asian_width(sign) not in "WF")
