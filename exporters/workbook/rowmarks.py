"""Whose a row of a sheet is that a loop made: what two renders of a sheet know it by, wherever the data puts it.

Rows with their record's key in a hidden column say it there. Any other row of a loop bears a mark, an attribute of this
program's own that offices pass over and drop (ISO/IEC 29500-3, 7.2): it is read from renders only, which stand as they
were made.
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Sequence
from decimal import Decimal
from hashlib import blake2s
from typing import Any

from exporters.binding.tags import Tag

SPACE = "urn:briefpack:workbook"
PREFIX = "bp"
MARK = f"{PREFIX}:of"
"""The attribute of a row: its loop, then the ids of the records of all loops around it."""
_LONGEST = 40
_UNSAFE = re.compile(r"[^\w.-]")
_PLAIN = (str, int, Decimal, dt.date)


def labels(tags: Sequence[Tag]) -> list[str]:
    """Return what each of a sheet's loops is known by: what it goes through, and which of several it is."""
    bodies = [" ".join(tag.body.partition(" in ")[2].split()) for tag in tags]
    return [f"{zlib.crc32(one.encode()):08x}.{bodies[:at].count(one)}" for at, one in enumerate(bodies)]


def same_of(label: str) -> str:
    """Return what all loops have in common that go through the same."""
    return label.partition(".")[0]


def names_in(tag: Tag) -> str:
    """Return the names that a loop gives its records: ``d`` of ``for d in districts``."""
    return tag.body.removeprefix("for").partition(" in ")[0].strip()


def record_of(values: Sequence[Any], loop: int) -> str:
    """Return the token of a layout that says whose turn of a loop begins; without an id where that is no record's."""
    parts = (part for one in values for part in (one if isinstance(one, tuple) else (one,)))
    # A group is known by what it has in common; its members are none of it.
    ids = [_id(part) for part in parts if not isinstance(part, list)]
    return f"k{loop}:{'.'.join(ids) if all(ids) else ''},"


def _id(value: Any) -> str:
    key = getattr(value, "key", value)
    if not isinstance(key, _PLAIN):
        return ""
    text = str(key)
    safe = _UNSAFE.sub("_", text)
    return safe if safe == text and len(text) <= _LONGEST else blake2s(text.encode(), digest_size=8).hexdigest()


def marked(mark: str) -> bytes:
    """Return the attribute of a row that bears a mark."""
    return f' {MARK}="{mark}"'.encode()


class Marks:
    """Gathers the marks of a sheet's rows from its layout. *within* gives the loops around each unit (none for one that
    bears no mark), *names* what each loop is known by."""

    def __init__(self, within: Sequence[Sequence[int]], names: Sequence[str]) -> None:
        self._within, self._names = within, names
        self._ids: dict[int, str] = {}
        self.found: list[str] = []

    def turn(self, token: str) -> None:
        loop, _, record = token[1:].partition(":")
        self._ids[int(loop)] = record

    def add(self, unit: int) -> None:
        loops = self._within[unit] if self._within else ()
        ids = [self._ids[loop] for loop in loops]
        self.found.append(f"{self._names[loops[-1]]}:{'/'.join(ids)}" if ids and all(ids) else "")
