"""Relationships between parts (ECMA-376 part 2, clause 6.5)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from exporters.package.xmltext import attribute, read_elements

_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_NAMESPACE}">'
TAIL = "</Relationships>"

_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/"
_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


class Relationship(Struct, frozen=True):
    """One relationship; ``target`` as written in the file, ``external`` when it lies outside the package."""

    id: str
    type: str
    target: str
    external: bool = False

    def xml(self) -> str:
        mode = ' TargetMode="External"' if self.external else ""
        return (
            f'<Relationship Id="{attribute(self.id)}" Type="{attribute(self.type)}" '
            f'Target="{attribute(self.target)}"{mode}/>'
        )


def transitional(rel_type: str) -> str:
    """Return the transitional form of a relationship type, so that strict packages need no second case."""
    return _TRANSITIONAL + rel_type[len(_STRICT) :] if rel_type.startswith(_STRICT) else rel_type


class Relationships:
    """The relationships of one part (``source``; the empty name is the package itself), in file order."""

    __slots__ = ("_by_id", "items", "source")

    def __init__(self, source: str, items: Iterable[Relationship] = ()) -> None:
        self.source = source
        self.items: tuple[Relationship, ...] = tuple(items)
        self._by_id = {item.id: item for item in self.items}

    @classmethod
    def parse(cls, source: str, data: bytes) -> Relationships:
        """Read a .rels part. Raises ValueError where it is not XML or holds a DTD."""
        return cls(
            source,
            (
                Relationship(
                    at.get("Id", ""), at.get("Type", ""), at.get("Target", ""), at.get("TargetMode") == "External"
                )
                for name, at in read_elements(data)
                if name == f"{_NAMESPACE} Relationship"
            ),
        )

    def __iter__(self) -> Iterator[Relationship]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, rel_id: str) -> bool:
        return rel_id in self._by_id

    def __getitem__(self, rel_id: str) -> Relationship:
        return self._by_id[rel_id]

    def of_type(self, rel_type: str) -> tuple[Relationship, ...]:
        """Return those of a type; strict types count as their transitional twins."""
        wanted = transitional(rel_type)
        return tuple(item for item in self.items if transitional(item.type) == wanted)

    def target(self, item: Relationship | str) -> str:
        """Return the part name that a relationship (or the one with that id) leads to."""
        found = self._by_id[item] if isinstance(item, str) else item
        return resolve_target(self.source, found.target)

    def target_of_type(self, rel_type: str) -> str | None:
        """Return the part that the first internal relationship of a type leads to."""
        return next((self.target(item) for item in self.of_type(rel_type) if not item.external), None)

    def next_id(self) -> str:
        """Return an unused id: one more than the largest ``rIdN``."""
        numbers = [int(item.id[3:]) for item in self.items if item.id[:3] == "rId" and item.id[3:].isdecimal()]
        return f"rId{max(numbers, default=0) + 1}"

    def adding(self, rel_type: str, target: str, *, external: bool = False) -> tuple[Relationships, str]:
        """Return these and one more, with its new id; an equal relationship is used again."""
        for item in self.items:
            if (item.type, item.target, item.external) == (rel_type, target, external):
                return self, item.id
        rel_id = self.next_id()
        return Relationships(self.source, (*self.items, Relationship(rel_id, rel_type, target, external))), rel_id

    def xml(self) -> bytes:
        return "".join((HEAD, *(item.xml() for item in self.items), TAIL)).encode()


def rels_name(part: str) -> str:
    """Return the name of the part that holds the relationships of *part* (the empty name: the package's)."""
    folder, _, base = part.rpartition("/")
    return f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels"


def source_name(rels: str) -> str:
    """Return the part whose relationships the part *rels* holds; the opposite of :func:`rels_name`."""
    folder, _, base = rels.rpartition("/")
    parent = folder.removesuffix("_rels").removesuffix("/")
    base = base.removesuffix(".rels")
    return f"{parent}/{base}" if parent else base


@lru_cache(maxsize=1 << 12)
def resolve_target(source: str, target: str) -> str:
    """Return the part name, without a leading slash, that *target* names from within *source*.

    Fragments are dropped; a bare fragment is the source itself. A target that climbs out of the package comes
    back with its leading ``..``, which no part has.
    """
    path = target.partition("#")[0]
    if not path:
        return source
    if path[0] == "/":
        return posixpath.normpath(path).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


def relative_target(source: str, part: str) -> str:
    """Return the target to write in *source*'s relationships so that it leads to *part*."""
    here = source.split("/")[:-1]
    there = part.split("/")
    common = 0
    while common < min(len(here), len(there) - 1) and here[common] == there[common]:
        common += 1
    return "../" * (len(here) - common) + "/".join(there[common:])
