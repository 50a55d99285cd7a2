"""A package written again with some parts changed or added; all others are carried over packed as they are."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from exporters.package import PackageWriter, Relationship, Relationships, relative_target, zip_time
from exporters.package.content_types import NAME as CONTENT_TYPES
from exporters.package.relationships import rels_name

if TYPE_CHECKING:
    from exporters.package import Package, RawPart

_PACKED = (".xlsx", ".png", ".jpeg", ".jpg", ".mp4")


@dataclass(slots=True)
class Changes:
    """What happens to a package's parts. Parts are named without a leading slash."""

    package: Package
    _parts: dict[str, bytes] = field(default_factory=dict)
    _carried: dict[str, RawPart] = field(default_factory=dict)
    _types: dict[str, str] = field(default_factory=dict)
    _defaults: dict[str, str] = field(default_factory=dict)
    _relationships: dict[str, Relationships] = field(default_factory=dict)

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

    def __contains__(self, part: str) -> bool:
        return part in self.package or part in self._parts or part in self._carried

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

    def free_name(self, like: str) -> str:
        """Return a name that no part has: *like* with another number."""
        stem, suffix = posixpath.splitext(like)
        stem = stem.rstrip("0123456789")
        number = 1
        while f"{stem}{number}{suffix}" in self:
            number += 1
        return f"{stem}{number}{suffix}"

    def write(self, out: BinaryIO, epoch: int | None) -> None:
        for source, found in self._relationships.items():
            self._parts[rels_name(source)] = found.xml()
        if self._types or self._defaults:
            types = self.package.content_types
            for extension, kind in self._defaults.items():
                types = types.with_default(extension, kind)
            for part, kind in self._types.items():
                types = types.with_override(part, kind)
            self._parts[CONTENT_TYPES] = types.xml()
        with PackageWriter(out, date_time=zip_time(epoch)) as writer:
            for name in self.package.names():
                if name in self._parts:
                    self._write(writer, name)
                elif not name.endswith("/"):
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
