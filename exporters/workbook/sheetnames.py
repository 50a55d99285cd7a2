"""Names of sheets that Excel accepts."""

from __future__ import annotations

import re

_ILLEGAL = re.compile(r"[\\/?*\[\]:]")
_LONGEST = 31


def legal_name(name: str, taken: set[str]) -> str:
    """Return *name* as a legal sheet name that is not in *taken* (folded names), and add it there.

    Characters that Excel refuses become ``-``; what is longer than 31 characters is cut; a second one of the same
    name gets ``(2)``.
    """
    found = _ILLEGAL.sub("-", " ".join(name.split())).strip("'") or "-"
    found = _cut(found, _LONGEST).strip("'") or "-"
    if found.casefold() == "history":
        found += "-"
    chosen, number = found, 1
    while chosen.casefold() in taken:
        number += 1
        ending = f" ({number})"
        chosen = _cut(found, _LONGEST - len(ending)) + ending
    taken.add(chosen.casefold())
    return chosen


def _cut(text: str, most: int) -> str:
    """Return at most so many UTF-16 units of *text*."""
    while len(text.encode("utf-16-le", "surrogatepass")) // 2 > most:
        text = text[:-1]
    return text.rstrip()
