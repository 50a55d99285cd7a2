"""Document properties: the stamp in docProps/custom.xml, and dates that come from the caller, never from a clock."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from exporters.package import Package
from exporters.package.xmltext import attribute

_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_FIRST = 2


def own_properties(package: Package, part: str) -> list[list[Any]]:
    """Return [name, XML of the value] of the template's custom properties."""
    if not part:
        return []
    from lxml import etree

    from exporters.word.xmlparts import parse

    found: list[list[Any]] = []
    for element in parse(package.read(part)):
        value = element[0] if len(element) else None
        if value is not None:
            kind = etree.QName(value).localname
            found.append([element.get("name", ""), f"<vt:{kind}>{attribute(value.text or '')}</vt:{kind}>"])
    return found


def custom_xml(own: list[list[Any]], given: Mapping[str, str]) -> Iterator[bytes]:
    """Yield the part's bytes: the template's properties, then the caller's, which win where names are equal."""
    yield (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<Properties xmlns="{_NAMESPACE}" xmlns:vt="{_TYPES}">'
    ).encode()
    items = [(name, value) for name, value in own if name not in given]
    said = ((name, f"<vt:lpwstr>{attribute(value)}</vt:lpwstr>") for name, value in given.items())
    for number, (name, value) in enumerate(chain(items, said), _FIRST):
        yield f'<property fmtid="{_FORMAT}" pid="{number}" name="{attribute(name)}">{value}</property>'.encode()
    yield b"</Properties>"


def stamp(epoch: int | None, otherwise: str) -> str:
    """Return the time of the caller (``SOURCE_DATE_EPOCH``) as core properties write it, or the template's own."""
    return otherwise if epoch is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))
