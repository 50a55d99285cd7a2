"""The custom properties of a package (docProps/custom.xml), read and set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from exporters.package import rt
from exporters.workbook.living.spans import Splices, escaped, parse, prefix_of, utf8

if TYPE_CHECKING:
    from exporters.package.reader import Package

PART = "docProps/custom.xml"
_SPACE = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_FIRST_ID = 2


def part_of(package: Package) -> str:
    """Return the part that holds the custom properties; empty where there is none."""
    found = package.relationships().target_of_type(rt.CUSTOM_PROPERTIES)
    return package.stored_name(found) if found is not None and found in package else ""


def read_properties(package: Package) -> dict[str, str]:
    """Return the custom properties as texts."""
    part = part_of(package)
    if not part:
        return {}
    try:
        root = parse(utf8(package.read(part)))
    except ValueError:
        return {}
    return {one.get("name"): "".join(child.text for child in one.children) for one in root.all("property")}


def with_properties(data: bytes, properties: Mapping[str, str]) -> bytes:
    """Return the part with *properties* set; empty *data* makes a new one."""
    if not data:
        empty = f'<Properties xmlns="{_SPACE}" xmlns:vt="{_VALUES}"></Properties>'
        data = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + empty.encode()
    root = parse(data)
    splices = Splices(data)
    prefix = prefix_of(data, root)
    known = {one.get("name"): one for one in root.all("property")}
    numbers = [int(one.get("pid")) for one in root.all("property") if one.get("pid").isdecimal()]
    following = max(numbers, default=_FIRST_ID - 1) + 1
    added: list[str] = []
    for name, value in properties.items():
        inside = f'<vt:lpwstr xmlns:vt="{_VALUES}">{escaped(value)}</vt:lpwstr>'
        found = known.get(name)
        if found is not None:
            if found.empty:
                splices.append(found, inside)
            else:
                splices.replace(found.opened, found.closed, inside)
            continue
        added.append(
            f'<{prefix}property fmtid="{_FORMAT}" pid="{following}" name="{escaped(name)}">{inside}</{prefix}property>'
        )
        following += 1
    if added:
        splices.append(root, "".join(added))
    return splices.result()
