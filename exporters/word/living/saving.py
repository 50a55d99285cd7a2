"""The patched package: what changed is written anew, everything else is carried byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import BinaryIO

from exporters.package import Package, PackageWriter, Relationships, ct, rt, zip_time
from exporters.package.custom import CUSTOM, custom_part, with_properties
from exporters.package.relationships import rels_name
from exporters.word.living.document import Document
from exporters.word.living.lifting import Luggage
from exporters.word.names import W15
from exporters.word.xmlparts import Element, serialised

_TYPES_PART = "[Content_Types].xml"


def save(
    target: Document,
    changed: Iterable[Element],
    luggage: Luggage,
    properties: Mapping[str, str | None],
    out: BinaryIO,
    epoch: int | None,
    texts: Mapping[Element, bytes] = {},
) -> None:
    """Write the document. *changed* are the roots of changed parts, *texts* what some of them are written as; a
    property of None is taken out."""
    package = target.package
    parts = dict(luggage.parts)
    roots = set(changed)
    for name, root in target.roots.items():
        if root in roots or name in parts:
            parts[name] = texts[root] if root in texts else written(root)
    if luggage.relationships is not target.relationships:
        parts[rels_name(target.main)] = luggage.relationships.xml()
    _set_properties(package, properties, parts, luggage)
    if luggage.types is not package.content_types:
        parts[_TYPES_PART] = luggage.types.xml()
    with PackageWriter(out, date_time=zip_time(epoch)) as writer:
        for name in package.names():
            if name.endswith("/"):
                continue
            data = parts.pop(name, None)
            if data is None:
                writer.add_raw(package.raw(name))
            else:
                writer.add(name, data)
        for name, data in parts.items():
            writer.add(name, data)


def written(root: Element) -> bytes:
    """Return the text of a changed part."""
    return serialised(root, controls=next(root.iter(f"{W15}appearance"), None) is not None)


def _set_properties(
    package: Package, properties: Mapping[str, str | None], parts: dict[str, bytes], luggage: Luggage
) -> None:
    if part := custom_part(package):
        data = package.read(part)
        made = with_properties(data, properties)
        if made != data:
            parts[part] = made
    elif any(value is not None for value in properties.values()):
        parts[CUSTOM] = with_properties(b"", properties)
        own, _ = package.relationships().adding(rt.CUSTOM_PROPERTIES, CUSTOM)
        parts["_rels/.rels"] = Relationships("", own.items).xml()
        luggage.types = luggage.types.with_override(CUSTOM, ct.CUSTOM_PROPERTIES)
