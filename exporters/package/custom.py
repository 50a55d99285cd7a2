"""The custom properties of an edited package (docProps/custom.xml), read and set."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from exporters.package import rt
from exporters.package.reader import Package

CUSTOM = "docProps/custom.xml"
_SPACE = "{http://schemas.openxmlformats.org/officeDocument/2006/custom-properties}"
_TYPES = "{http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes}"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_FIRST = 2
_EMPTY = f'<Properties xmlns="{_SPACE[1:-1]}" xmlns:vt="{_TYPES[1:-1]}"/>'.encode()
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def custom_part(package: Package) -> str:
    """Return the part that holds the custom properties; empty where there is none."""
    found = package.relationships().target_of_type(rt.CUSTOM_PROPERTIES)
    return package.stored_name(found) if found is not None and found in package else ""


def read_properties(package: Package) -> dict[str, str]:
    """Return the custom properties as texts, by name; none where their part is not well formed."""
    part = custom_part(package)
    try:
        root = etree.fromstring(package.read(part) if part else _EMPTY, _PARSER)
    except etree.XMLSyntaxError:
        return {}
    return {one.get("name", ""): "".join(map(str, one.itertext())) for one in root.iter(f"{_SPACE}property")}


def with_properties(data: bytes, properties: Mapping[str, str | None]) -> bytes:
    """Return the part with *properties* set, those of None taken out; *data* itself where they are so already.

    Empty *data* makes a new part.
    """
    root = etree.fromstring(data or _EMPTY, _PARSER)
    before = etree.tostring(root)
    known = {one.get("name", ""): one for one in root.iter(f"{_SPACE}property")}
    numbers = [int(number) for one in known.values() if (number := one.get("pid", "")).isdecimal()]
    following = max(numbers, default=_FIRST - 1) + 1
    for name, value in properties.items():
        holder = known.get(name)
        if value is None:
            if holder is not None:
                root.remove(holder)
            continue
        if holder is None:
            attributes = {"fmtid": _FORMAT, "pid": str(following), "name": name}
            holder = etree.SubElement(root, f"{_SPACE}property", attributes)
            following += 1
        for child in list(holder):
            holder.remove(child)
        etree.SubElement(holder, f"{_TYPES}lpwstr").text = value
    if data and etree.tostring(root) == before:
        return data
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
