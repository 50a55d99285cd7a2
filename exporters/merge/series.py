"""Series that a person put into a chart, beside those of the data."""

from __future__ import annotations

import json
import re
from typing import Any

_FIGURES = re.compile(r"[\d.,%‰]+")
_Series = dict[str, list[str | None]]


def with_own_series(base: str, theirs: str, ours: str) -> str:
    """Return the chart of *ours* with the series that a person added to the one of *base*, all as canonical JSON.

    Empty where theirs differs in more than that, or where the categories, which own values go by, are others by now:
    only the figures within their names may have moved.
    """
    before, now, new = (_series(text) for text in (base, theirs, ours))
    known = [_name(one) for one in (*before, *new)]
    own = [one for one in now if _name(one) not in known]
    names = [_name(one) for one in own]
    rest = [one for one in now if one not in own]
    if not own or rest != before or not all(names) or len(set(names)) < len(names) or not _have_one_axis(before, new):
        return ""
    kept = [{**one, "cat": new[0]["cat"]} if "cat" in one else one for one in own]
    if any("val" not in one or len(one["val"]) > len(new[0]["cat"]) for one in kept):
        return ""
    return json.dumps([*new, *kept], ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _series(text: str) -> list[_Series]:
    try:
        found: Any = json.loads(text) if text.startswith("[{") else []
    except ValueError:
        return []
    return list(found)


def _name(series: _Series) -> str:
    return "".join(piece or "" for piece in series.get("tx", ()))


def _have_one_axis(before: list[_Series], now: list[_Series]) -> bool:
    """Whether two charts tell of the same categories, in one order."""
    if not before or not now:
        return False
    old, new = before[0].get("cat"), now[0].get("cat")
    if not old or not new or any(one.get("cat") != old for one in before) or any(one.get("cat") != new for one in now):
        return False
    words = [[_FIGURES.sub("#", name or "") for name in names] for names in (old, new)]
    return words[0] == words[1] and (old == new or len(set(words[0])) == len(words[0]))
