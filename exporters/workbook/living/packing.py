"""A package written again with some parts changed, added or left out; all others are carried over packed."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct, field

from exporters.package import PackageWriter, relative_target, zip_time
from exporters.package.content_types import NAME as CONTENT_TYPES
from exporters.package.relationships import rels_name
from exporters.workbook.living.spans import Span, Splices, escaped, parse, prefix_of, utf8

if TYPE_CHECKING:
    from exporters.package.reader import Package

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"


class Changes(Struct):
    """What happens to a package's parts."""

    package: Package
    parts: dict[str, bytes] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    _types: dict[str, str] = field(default_factory=dict)
    _defaults: dict[str, str] = field(default_factory=dict)
    _links: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    _cut: dict[str, set[str]] = field(default_factory=dict)

    def set(self, part: str, data: bytes) -> None:
        """Change a part that is there."""
        self.parts[part] = data

    def add(self, part: str, data: bytes, content_type: str = "", default: str = "") -> None:
        """Add a part with a content type of its own, or with one for its extension (``default``)."""
        self.parts[part] = data
        if content_type:
            self._types[part] = content_type
        elif default:
            self._defaults[part.rpartition(".")[2]] = default

    def link(self, source: str, part: str, rel_type: str) -> str:
        """Relate *part* to *source* (empty: the package) and return the relationship's id."""
        taken = {item.id for item in self.package.relationships(source)}
        links = self._links.setdefault(source, [])
        taken |= {rel_id for rel_id, _, _ in links}
        number = 1
        while f"rId{number}" in taken:
            number += 1
        links.append((f"rId{number}", rel_type, relative_target(source, part)))
        return f"rId{number}"

    def drop(self, part: str, source: str) -> None:
        """Leave out a part that *source* relates to."""
        self.dropped.add(part)
        relationships = self.package.relationships(source)
        gone = {item.id for item in relationships if not item.external and relationships.target(item) == part}
        self._cut.setdefault(source, set()).update(gone)

    def free_name(self, pattern: str) -> str:
        """Return the first name of ``folder/name{}.xml`` that no part has."""
        number = 1
        while (name := pattern.format(number)) in self.package or name in self.parts:
            number += 1
        return name

    def write(self, out: BinaryIO, epoch: int | None) -> None:
        for source in {**self._links, **self._cut}:
            name = rels_name(source)
            self.parts[name] = self._relationships(source, name)
        if self._types or self._defaults or self.dropped:
            self.parts[CONTENT_TYPES] = self._content_types()
        names = self.package.names()
        with PackageWriter(out, date_time=zip_time(epoch)) as writer:
            for name in names:
                if name in self.dropped:
                    continue
                if name in self.parts:
                    writer.add(name, self.parts[name])
                else:
                    writer.add_raw(self.package.raw(name))
            for name in self.parts:
                if name not in writer:
                    writer.add(name, self.parts[name])

    def _relationships(self, source: str, name: str) -> bytes:
        links = self._links.get(source, [])
        if name not in self.package:
            empty = (
                f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_RELATIONSHIPS}"/>'
            )
            data = empty.encode()
        else:
            data = utf8(self.package.read(name))
        root = parse(data)
        splices, prefix = Splices(data), prefix_of(data, root)
        for one in root.all("Relationship"):
            if one.get("Id") in self._cut.get(source, ()):
                splices.replace(one.start, one.end, b"")
        if links:
            xml = "".join(
                f'<{prefix}Relationship Id="{rel_id}" Type="{escaped(rel_type)}" Target="{escaped(target)}"/>'
                for rel_id, rel_type, target in links
            )
            splices.append(root, xml)
        return splices.result()

    def _content_types(self) -> bytes:
        data = utf8(self.package.read(CONTENT_TYPES))
        root = parse(data)
        splices, prefix = Splices(data), prefix_of(data, root)
        known = self.package.content_types
        gone = {part.casefold() for part in self.dropped}
        for one in root.all("Override"):
            if one.get("PartName").removeprefix("/").casefold() in gone:
                splices.replace(one.start, one.end, b"")
        defaults = "".join(
            f'<{prefix}Default Extension="{escaped(extension)}" ContentType="{escaped(content_type)}"/>'
            for extension, content_type in self._defaults.items()
            if extension.lower() not in {one.lower() for one in known.defaults}
        )
        overrides = "".join(
            f'<{prefix}Override PartName="/{escaped(part)}" ContentType="{escaped(content_type)}"/>'
            for part, content_type in self._types.items()
        )
        first = next(root.all("Override"), None)
        _insert(splices, root, first, defaults)
        if overrides:
            splices.append(root, overrides)
        return splices.result()


def _insert(splices: Splices, root: Span, before: Span | None, xml: str) -> None:
    if xml and before is not None:
        splices.insert(before.start, xml)
    elif xml:
        splices.append(root, xml)
