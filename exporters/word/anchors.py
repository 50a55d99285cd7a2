"""The bookmark around a value's control: it carries the key through editors that drop the control's alias.

LibreOffice 7.4 writes the text of a plain-text control several times over where it holds Chinese (measured), so the
control is a rich one. That loses its alias at the first save; the bookmark around it stays, whatever is typed inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import quote, unquote

PREFIX = "_bv"
PROPERTY = "briefpack-values"
"""The custom properties (numbered) that give the keys, and ends of keys, that bookmarks cannot spell out."""
# A bookmark's name may have 40 characters: "_bv", its id of eight digits, "_", and the key.
LONGEST_SPELT = 28
_DIGITS = 16
"""Hexadecimal digits of a whole key's digest."""
_MARK = 10
"""Hexadecimal digits of the digest of what stands behind a key's first dot."""
GAP = "___"
"""What stands between a key's beginning and that digest; no key is spelt so."""
LONGEST_FIELD = LONGEST_SPELT - _DIGITS - 1
LONGEST_ALIAS = 64
"""So many characters does Word allow in a control's alias."""
_LONGEST_PROPERTY = 16_000
_PARTING = re.compile(r"[%\s]")
PLAIN = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*").fullmatch
"""Matches keys that bookmarks can spell, if they are short enough."""
# LibreOffice copies copies (in notes) and cuts the name at 40 characters.
_COPY = re.compile(r"(?:_Copy_\d+)+$")
_CUT_COPY = re.compile(r"(?:_Copy_\d+)*_(?:C(?:o(?:p(?:y(?:_\d*)?)?)?)?)?$")
_LONGEST = 40


@lru_cache(maxsize=65_536)
def spelt(key: str) -> str:
    """Return a value's key (record and field) as bookmarks spell it: letters, digits and ``_`` alone.

    Where that is too long or cannot be, a digest stands for what is behind the place, for the record, or for the whole.
    """
    record, field = _parts(key)
    room = LONGEST_SPELT - len(field)
    text = spelling(record)
    return (text if text and len(text) <= room else abridged(record, room)[0]) + field


def abridged(key: str, room: int) -> tuple[str, str, str]:
    """Return what stands in *room* characters for a key that bookmarks cannot spell, its digest, and of what that is.

    The beginning of a key is its place. What follows is what thousands of places have in common, so that a document
    needs few digests; they stand for whole keys where the beginning is too long.
    """
    place, dot, ending = key.partition(".")
    start = spelling(place) + GAP
    if dot and len(GAP) < len(start) <= room - _MARK:
        mark = _digest(ending, _MARK)
        return start + mark, mark, ending
    digest = _digest(key, _DIGITS)
    return "_" + digest, digest, key


def shortened(key: str) -> tuple[str, str]:
    """Return a control's alias for a key that is longer than Word allows, and the digest in it."""
    digest = _digest(key, _MARK)
    return f"{key[: LONGEST_ALIAS - _MARK - 1]}~{digest}", digest


def spelling(record: str) -> str:
    """Return a record's key in letters, digits and ``_``; empty for a key that cannot be said so."""
    return record.replace("-", "__").replace(".", "_") if PLAIN(record) else ""


def spelt_field(field: str) -> str:
    """Return what stands behind a record's key (``.text``) as bookmarks spell it; empty where they cannot."""
    if PLAIN(field[1:]) and len(field) <= LONGEST_FIELD:
        return field.replace("-", "__").replace(".", "_")
    return ""


def _parts(key: str) -> tuple[str, str]:
    """Return a value's key as what a digest may stand for, and the field as it is spelt where bookmarks can."""
    record, dot, field = key.rpartition(".")
    field = spelt_field(dot + field) if record and "|" not in key else ""
    return (record, field) if field else (key, "")


def _digest(text: str, digits: int) -> str:
    return blake2b(text.encode(), digest_size=digits // 2).hexdigest()


def value_bookmark(key: str, number: int) -> str:
    """Return the name of a value's bookmark; *number* is its id, and unique in the document."""
    return f"{PREFIX}{number}_{spelt(key)}"


def plain_name(name: str) -> str:
    """Return a bookmark's name without what an editor added to a copy."""
    if len(name) >= _LONGEST:
        return _CUT_COPY.sub("", name)
    return _COPY.sub("", name) if "_Copy" in name else name


def value_key(name: str, digests: Mapping[str, str]) -> str | None:
    """Return the key of a value by its bookmark's name; None for other bookmarks and unknown digests."""
    if not name.startswith(PREFIX):
        return None
    spelling = plain_name(name)[len(PREFIX) :].partition("_")[2]
    start, gap, rest = spelling.partition(GAP)
    if gap and start:
        known = digests.get(rest[:_MARK])
        return f"{_read(start)}.{known}{_read(rest[_MARK:])}" if known else None
    if not spelling.startswith("_"):
        return _read(spelling) or None
    known = digests.get(spelling[1 : _DIGITS + 1])
    return known + _read(spelling[_DIGITS + 1 :]) if known else None


def _read(spelling: str) -> str:
    return spelling.replace("__", "-").replace("_", ".")


def digests_of(key: str) -> dict[str, str]:
    """Return the digest that a bookmark spells in place of *key* or of a part of it, with what it stands for."""
    record, field = _parts(key)
    room = LONGEST_SPELT - len(field)
    if 0 < len(spelling(record)) <= room:
        return {}
    _, digest, meaning = abridged(record, room)
    return {digest: meaning}


def digest_properties(digests: Mapping[str, str]) -> dict[str, str]:
    """Return the custom properties that tell the keys of *digests*."""
    values: list[str] = []
    lines: list[str] = []
    room = _LONGEST_PROPERTY
    for mark in sorted(digests):
        line = f"{mark}={_PARTING.sub(lambda found: quote(found[0]), digests[mark])}"
        if len(line) > room and lines:
            values.append("\n".join(lines))
            lines.clear()
            room = _LONGEST_PROPERTY
        lines.append(line)
        room -= len(line) + 1
    if lines:
        values.append("\n".join(lines))
    return {f"{PROPERTY}-{number}": value for number, value in enumerate(values, 1)}


def read_digests(properties: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the keys by digest that the custom properties tell."""
    return dict(_pairs(properties))


def _pairs(properties: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, value in properties:
        if name.startswith(PROPERTY):
            for line in value.split():
                mark, equals, key = line.partition("=")
                if equals:
                    yield mark, unquote(key)
