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
"""The custom properties (numbered) that give the keys that bookmarks cannot spell out."""
# A bookmark's name may have 40 characters: "_bv", six hexadecimal digits, "_", and the key.
LONGEST_SPELT = 30
_DIGITS = 16
"""Hexadecimal digits of a digest."""
LONGEST_FIELD = LONGEST_SPELT - _DIGITS - 1
_LONGEST_PROPERTY = 16_000
PLAIN = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*").fullmatch
"""Matches keys that bookmarks can spell, if they are short enough."""
_COPY = re.compile(r"(?:_Copy_\d+)+$")
# LibreOffice copies copies (in notes) and cuts the name at 40 characters.
_CUT_COPY = re.compile(r"(?:_Copy_\d+)*(?:_C?o?p?y?_?\d*)$")


@lru_cache(maxsize=65_536)
def spelt(key: str) -> str:
    """Return a value's key (record and field) as bookmarks spell it: letters, digits and ``_`` alone.

    Where that is too long or cannot be, a digest stands for the record, or for the whole key if that is no help.
    """
    record, field = _parts(key)
    if record:
        text = spelt_record(record, LONGEST_SPELT - len(field))
        if len(text) + len(field) <= LONGEST_SPELT:
            return text + field
    return "_" + digest_of(key)


def spelt_record(record: str, room: int) -> str:
    """Return a record's key as bookmarks spell it in *room* characters, or ``_`` and its digest."""
    text = spelling(record)
    return text if text and len(text) <= room else "_" + digest_of(record)


def spelling(record: str) -> str:
    """Return a record's key in letters, digits and ``_``; empty for a key that cannot be said so."""
    return record.replace("-", "__").replace(".", "_") if PLAIN(record) else ""


def spelt_field(field: str) -> str:
    """Return what stands behind a record's key (``.text``) as bookmarks spell it; empty where they cannot."""
    if PLAIN(field[1:]) and len(field) <= LONGEST_FIELD:
        return field.replace("-", "__").replace(".", "_")
    return ""


def _parts(key: str) -> tuple[str, str]:
    """Return a value's key as record and spelt field; nothing where a bookmark cannot spell the field."""
    record, dot, field = key.partition("|")[0].rpartition(".")
    return (record, spelt_field(dot + field)) if record and "|" not in key and spelt_field(dot + field) else ("", "")


def digest_of(key: str) -> str:
    """Return what stands in a bookmark for a key that it cannot spell."""
    return blake2b(key.encode(), digest_size=8).hexdigest()


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
    if not spelling.startswith("_"):
        return spelling.replace("__", "-").replace("_", ".") or None
    digest, field = spelling[1 : _DIGITS + 1], spelling[_DIGITS + 1 :]
    known = digests.get(digest)
    return known + field.replace("__", "-").replace("_", ".") if known else None


def digests_of(key: str) -> dict[str, str]:
    """Return the digest that a bookmark spells in place of *key* or of its record, with what it stands for."""
    if not spelt(key).startswith("_"):
        return {}
    digest = spelt(key)[1 : _DIGITS + 1]
    record = _parts(key)[0]
    return {digest: record if record and digest_of(record) == digest else key}


def digest_properties(digests: Mapping[str, str]) -> dict[str, str]:
    """Return the custom properties that tell the keys of *digests*."""
    values: list[str] = []
    lines: list[str] = []
    room = _LONGEST_PROPERTY
    for mark in sorted(digests):
        line = f"{mark}={digests[mark].replace('%', '%25').replace(' ', '%20')}"
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
                    yield mark, key.replace("%20", " ").replace("%25", "%")
