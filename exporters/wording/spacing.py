"""Where two texts meet: a Chinese sentence types no spaces, and words in Latin letters must still stand apart."""

from __future__ import annotations

import unicodedata

_ENDS = frozenset("%‰)].,;:!?")
_BEGINS = frozenset("([$€£+-")


def apart(before: str, text: str) -> str:
    """Return *text*, with a space in front where *before* ends and it begins in Latin letters or digits.

    Beside a Han character there is none: Office itself sets Latin letters off from Chinese ones.
    """
    if before and text and _narrow(before[-1], _ENDS) and _narrow(text[0], _BEGINS):
        return f" {text}"
    return text


def _narrow(sign: str, marks: frozenset[str]) -> bool:
    return sign in marks or (sign.isalnum() and unicodedata.east_asian_width(sign) not in "WF")
