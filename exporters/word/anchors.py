"""The bookmark around a value's control: it carries the key through editors that drop the control's alias.

LibreOffice 7.4 writes the text of a plain-text control several times over where it holds Chinese (measured), so the
control is a rich one. That loses its alias at the first save; the bookmark around it stays, whatever is typed inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b

PREFIX = "_bv"
PROPERTY = "briefpack-values"
"""The custom properties (numbered) that give the keys of values whose bookmarks cannot spell them out."""
# A bookmark's name may have 40 characters: "_bv", six hexadecimal digits, "_", and the key.
LONGEST_SPELT = 30
_LONGEST_PROPERTY = 16_000
PLAIN = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*").fullmatch
"""Matches keys that bookmarks can spell, if they are short enough."""
_COPY = re.compile(r"(?:_Copy_\d+)+$")
# LibreOffice copies copies (in notes) and cuts the name at 40 characters.
_CUT_COPY = re.compile(r"(?:_Copy_\d+)*(?:_C?o?p?y?_?\d*)$")


@lru_cache(maxsize=65_536)
def spelt(key: str) -> str:
    """Return the key as bookmarks spell it: letters, digits and ``_`` alone; a digest where that cannot be."""
    if PLAIN(key):
        text = key.replace("-", "__").replace(".", "_")
        if len(text) <= LONGEST_SPELT:
            return text
    return "_" + blake2b(key.encode(), digest_size=8).hexdigest()


def value_bookmark(key: str, number: int) -> str:
    """Return the name of a value's bookmark; *number* is unique in the document."""
    return f"{PREFIX}{number:x}_{spelt(key)}"


def plain_name(name: str) -> str:
    """Return a bookmark's name without what an editor added to a copy."""
    if "_Copy" not in name:
        return name
    return (_CUT_COPY if len(name) >= 40 else _COPY).sub("", name)


def value_key(name: str, digests: Mapping[str, str]) -> str | None:
    """Return the key of a value by its bookmark's name; None for other bookmarks and unknown digests."""
    if not name.startswith(PREFIX):
        return None
    spelling = plain_name(name)[len(PREFIX) :].partition("_")[2]
    if spelling.startswith("_"):
        return digests.get(spelling[1:])
    return spelling.replace("__", "-").replace("_", ".") or None


def digest_of(key: str) -> str:
    """Return what stands for a key that bookmarks cannot spell; empty where they can."""
    text = spelt(key)
    return text[1:] if text.startswith("_") else ""


def digest_properties(digests: Mapping[str, str]) -> dict[str, str]:
    """Return the custom properties that tell the keys of *digests*."""
    pieces: list[str] = [""]
    for mark, key in sorted(digests.items()):
        line = f"{mark}={key.replace('%', '%25').replace(' ', '%20')}"
        if len(pieces[-1]) + len(line) > _LONGEST_PROPERTY:
            pieces.append("")
        pieces[-1] += ("\n" if pieces[-1] else "") + line
    return {f"{PROPERTY}-{number}": piece for number, piece in enumerate(pieces, 1) if piece}


def read_digests(properties: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the keys by digest that the custom properties tell."""
    return dict(_pairs(properties))


def _pairs(properties: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, value in properties:
        if name.startswith(PROPERTY):
            for line in value.split():
                mark, equals, key = line.partition("=")
                if equals:
                    yield mark, key.replace("%20", " ").replace("%25", "%")
