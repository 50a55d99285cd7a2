"""Elements with so many attributes that reading them takes hours: lxml looks for each from the first on."""

from __future__ import annotations

import re

MOST = 500
"""Attributes of one element, declarations of namespaces included; Office writes about 60 at most."""
#: Every start tag with more attributes is longer: a name, an equals sign and two quotes for each, and a space.
_STEP = MOST * 5
_START_TAG = re.compile(rb"""<[^"'<>]*(?:"[^"]*"[^"'<>]*|'[^']*'[^"'<>]*)*""")
_VALUE = re.compile(rb""""[^"]*"|'[^']*'""")


def many_attributes(data: bytes) -> bool:
    """Return whether an element of some XML has more than ``MOST`` attributes; costs next to nothing where none has."""
    at = 0
    while len(data) - at > _STEP:
        begin = data.rfind(b"<", at, at + _STEP)
        if begin < 0:
            at += _STEP  # text, or inside a long value
            continue
        following = data.find(b"<", begin + 1)
        if following < 0 or following - begin > _STEP:
            tag = _START_TAG.match(data, begin)
            if tag is not None and len(_VALUE.findall(tag[0])) > MOST:
                return True
            following = max(following, tag.end() if tag is not None else 0)
        at = max(following, begin + 1)
    return False
