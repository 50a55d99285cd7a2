"""Names of sheets that Excel accepts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_ILLEGAL = re.compile(r"[\\/?*\[\]:]|_(?=x[0-9A-Fa-f]{4}_)")
"""Also the sign before what Excel would read as a spelled character (``_x000D_``)."""
_LONGEST = 31
SHEET_KEY = "_bp_sheet"
"""The sheet's own hidden name whose text tells what sheet of the template it came of, and for which records: offices
carry it along when people rename, move and save the sheet."""
TURN = ":"
"""Stands in the text of that name where the template repeats the sheet; no sheet's name can hold it."""


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


def record_ids(values: Sequence[Any]) -> str:
    """Return the ids of the records that a sheet is repeated for; of what is no record, its text."""
    found = (one if isinstance(one, tuple) else (one,) for one in values)
    return "/".join(str(getattr(one, "key", one)) for turn in found for one in turn)


def free_key(sheet: str, records: str, taken: set[str]) -> str:
    """Return the key of a written sheet: the template's sheet and the records; a second one alike gets ``(2)``."""
    key = start = f"{sheet}{TURN}{records}"
    number = 1
    while key in taken:
        number += 1
        key = f"{start} ({number})"
    taken.add(key)
    return key
