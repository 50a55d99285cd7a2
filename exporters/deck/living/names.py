"""How bound shapes and slides are known again by their names, whatever an editor made of these."""

from __future__ import annotations

import re
from functools import lru_cache

#: Begins every line that a rebuild writes into speaker notes; such a line is no part of the notes' text.
MARK = "[briefpack]"
#: Begins the line on a slide that the data no longer holds; the slide's id follows, which every editor keeps there.
STALE_SLIDE = f"{MARK} stale slide"

_KEY = re.compile(r"[^\W_][\w-]*(?:\.[\w|()-]+)+(?:~\d+)?")
# LibreOffice numbers copies: it takes the digits at the end off and adds a space and a number.
_COPY = re.compile(r"(?P<stem>.*\S) \d+")
_CUT = ("~", "-")


@lru_cache(maxsize=1 << 14)
def key_of(name: str) -> str:
    """Return the key that a shape or slide is named by; empty where the name is none."""
    if _KEY.fullmatch(name):
        return name
    copy = _COPY.fullmatch(name)
    if copy and not copy["stem"].endswith(_CUT) and _KEY.fullmatch(copy["stem"]):
        return copy["stem"]
    return ""


def may_be_bound(name: str) -> bool:
    """Whether a shape that is no placeholder may have had a key: LibreOffice's copies lose the digits at the end."""
    copy = _COPY.fullmatch(name)
    return copy is not None and copy["stem"].endswith(_CUT) and "." in copy["stem"]
