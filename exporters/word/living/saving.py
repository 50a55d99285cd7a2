"""The patched package: what changed is written anew, everything else is carried byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import BinaryIO

from lxml import etree

from exporters.package import Package, PackageWriter, Relationships, ct, rt, zip_time
from exporters.package.relationships import rels_name
from exporters.word.living.document import Document
from exporters.word.living.lifting import Luggage
from exporters.word.names import W15
from exporters.word.properties import CUSTOM, custom_xml
from exporters.word.xmlparts import Element, serialise

_TYPES_PART = "[Content_Types].xml"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_CUSTOM = "{http://schemas.openxmlformats.org/officeDocument/2006/custom-properties}"
_VT = "{http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes}"


def save(
    target: Document,
    changed: Iterable[Element],
    luggage: Luggage,
    properties: Mapping[str, str | None],
    out: BinaryIO,
    epoch: int | None,
) -> None:
    """Write the document. *changed* are the roots of changed parts; a property of None is taken out."""
    package = target.package
    parts = dict(luggage.parts)
    roots = set(changed)
    for name, root in target.roots.items():
        if root in roots or name in parts:
            parts[name] = _text(root)
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


def _text(root: Element) -> bytes:
    return serialise(root, controls=next(root.iter(f"{W15}appearance"), None) is not None).encode()


def _set_properties(
    package: Package, properties: Mapping[str, str | None], parts: dict[str, bytes], luggage: Luggage
) -> None:
    part = package.relationships().target_of_type(rt.CUSTOM_PROPERTIES)
    if part is not None and part in package:
        part = package.stored_name(part)
        root = etree.fromstring(package.read(part))
    elif not any(value is not None for value in properties.values()):
        return
    else:
        part = CUSTOM
        root = etree.fromstring(b"".join(custom_xml([], {})))
        own, _ = package.relationships().adding(rt.CUSTOM_PROPERTIES, part)
        parts["_rels/.rels"] = Relationships("", own.items).xml()
        luggage.types = luggage.types.with_override(part, ct.CUSTOM_PROPERTIES)
    before = etree.tostring(root)
    by_name = {one.get("name", ""): one for one in root if isinstance(one.tag, str)}
    for name, value in properties.items():
        element = by_name.get(name)
        if value is None:
            if element is not None:
                root.remove(element)
            continue
        if element is None:
            numbers = [int(one.get("pid", "1")) for one in root if one.get("pid", "").isdecimal()]
            element = etree.SubElement(root, f"{_CUSTOM}property")
            element.attrib.update({"fmtid": _FORMAT, "pid": str(max(numbers, default=1) + 1), "name": name})
        for child in list(element):
            element.remove(child)
        etree.SubElement(element, f"{_VT}lpwstr").text = value
    if etree.tostring(root) != before:
        parts[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
