"""A package written again with some parts changed or added; all others are carried over packed as they are."""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct, field

from exporters.package import PackageWriter, Relationship, Relationships, relative_target, zip_time
from exporters.package.content_types import NAME as CONTENT_TYPES
from exporters.package.relationships import rels_name

if TYPE_CHECKING:
    from exporters.package import Package, RawPart

_PACKED = (".xlsx", ".png", ".jpeg", ".jpg", ".mp4")


class Changes(Struct, dict=True):
    """What happens to a package's parts. Parts are named without a leading slash."""

    package: Package
    _parts: dict[str, bytes] = field(default_factory=dict)
    _carried: dict[str, RawPart] = field(default_factory=dict)
    _types: dict[str, str] = field(default_factory=dict)
    _defaults: dict[str, str] = field(default_factory=dict)
    _relationships: dict[str, Relationships] = field(default_factory=dict)
    _dropped: set[str] = field(default_factory=set)

    def drop(self, part: str) -> None:
        """Leave a part out, with what only it leads to; another may come under its name."""
        self._dropped.add(part)
        self._relationships[part] = Relationships(part)
        for name in _targets(self.package, part):
            if name not in self._dropped and self._sources.get(name, set()) <= self._dropped:
                self.drop(name)

    @cached_property
    def _sources(self) -> dict[str, set[str]]:
        """The parts that lead to each part of the package."""
        found: dict[str, set[str]] = {}
        for part in ("", *self.package.names()):
            for name in _targets(self.package, part):
                found.setdefault(name, set()).add(part)
        return found

    def set(self, part: str, data: bytes) -> None:
        """Change a part, or add one whose content type is given elsewhere."""
        self._parts[part] = data

    def add(self, part: str, data: bytes, content_type: str) -> None:
        """Add a part of XML with a content type of its own."""
        self._parts[part] = data
        self._types[part] = content_type

    def carry(self, package: Package, source: str, part: str) -> None:
        """Add a part of another package as it is, under the name *part*."""
        self._carried[part] = package.raw(source)
        extension = posixpath.splitext(part)[1][1:]
        kind = package.content_types.of(source) or ""
        default = package.content_types.defaults.get(extension)
        if source in package.content_types.overrides or default is None:
            self._types[part] = kind
        elif self.package.content_types.of(part) != kind:
            known = {one.lower() for one in self.package.content_types.defaults}
            if extension.lower() in known:
                self._types[part] = kind
            else:
                self._defaults[extension] = kind

    @property
    def is_any(self) -> bool:
        """Whether anything changes."""
        return bool(self._parts or self._carried or self._dropped)

    def __contains__(self, part: str) -> bool:
        here = part in self.package and part not in self._dropped
        return here or part in self._parts or part in self._carried

    def relationships(self, source: str) -> Relationships:
        """Return a part's relationships as they are by now."""
        found = self._relationships.get(source)
        return found if found is not None else self.package.relationships(source)

    def link(self, source: str, part: str, rel_type: str) -> str:
        """Relate *part* to *source* (empty: the package) and return the relationship's id."""
        found, rel_id = self.relationships(source).adding(rel_type, relative_target(source, part))
        self._relationships[source] = found
        return rel_id

    def link_out(self, source: str, target: str, rel_type: str) -> str:
        """Relate what lies outside the package to *source* and return the relationship's id."""
        found, rel_id = self.relationships(source).adding(rel_type, target, external=True)
        self._relationships[source] = found
        return rel_id

    def link_as(self, source: str, item: Relationship) -> None:
        """Add a relationship with the id that it has."""
        self._relationships[source] = Relationships(source, (*self.relationships(source).items, item))

    def unlink(self, source: str, part: str) -> frozenset[str]:
        """Take out the relationships of *source* that lead to *part* and return their ids."""
        found = self.relationships(source)
        gone = frozenset(item.id for item in found if not item.external and found.target(item) == part)
        if gone:
            self._relationships[source] = Relationships(source, (item for item in found if item.id not in gone))
        return gone

    def free_name(self, like: str) -> str:
        """Return a name that no part has: *like* with another number."""
        stem, suffix = posixpath.splitext(like)
        stem = stem.rstrip("0123456789")
        number = 1
        while f"{stem}{number}{suffix}" in self:
            number += 1
        return f"{stem}{number}{suffix}"

    def write(self, out: BinaryIO, epoch: int | None) -> None:
        gone = {part for part in self._dropped if part not in self}
        left = gone | {rels_name(part) for part in self._dropped} | self._carried.keys()
        for source, found in self._relationships.items():
            if len(found):
                self._parts[rels_name(source)] = found.xml()
        # LibreOffice lists the parts with relationships too.
        gone |= {name for name in left if name not in self._parts and name not in self._carried}
        if self._types or self._defaults or gone:
            types = self.package.content_types.without(gone)
            for extension, kind in self._defaults.items():
                types = types.with_default(extension, kind)
            for part, kind in self._types.items():
                types = types.with_override(part, kind)
            self._parts[CONTENT_TYPES] = types.xml()
        with PackageWriter(out, date_time=zip_time(epoch)) as writer:
            for name in self.package.names():
                if name in self._parts:
                    self._write(writer, name)
                elif name not in left and not name.endswith("/"):
                    writer.add_raw(self.package.raw(name))
            for name in self._parts:
                if name not in writer:
                    self._write(writer, name)
            for name, raw in self._carried.items():
                writer.add_raw(raw, name)

    def _write(self, writer: PackageWriter, name: str) -> None:
        data = self._parts[name]
        if name.lower().endswith(_PACKED):
            writer.add_stored(name, data)
        else:
            writer.add(name, data)


def _targets(package: Package, part: str) -> list[str]:
    """Return the parts of the package that *part* leads to."""
    own = package.relationships(part)
    return [package.stored_name(name) for item in own if not item.external and (name := own.target(item)) in package]
