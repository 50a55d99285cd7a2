"""Tags that nobody fills in: they stand in the finished file as they stand in the template."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from exporters.errors import Fault
from exporters.package.reader import Package

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_XML = (".xml", ".rels", ".vml")


def unfilled(template: Package, finished: Package) -> list[Fault]:
    """Return a warning for each tag of *template* that is left in *finished*, with the first part that holds it.

    Braces that the data holds are text, unless the template has the very same.
    """
    typed = {tag for _, tag in _tags(template)}
    hint = "no tag is read there; move it into a text, or take it out"
    left: dict[str, str] = {}
    for part, tag in _tags(finished) if typed else ():
        if tag in typed:
            left.setdefault(tag, part)
    return [
        Fault("unfilled", f"the tag {tag[:60]} is not filled in", where=part, hint=hint, severity="warning")
        for tag, part in left.items()
    ]


def _tags(package: Package) -> Iterator[tuple[str, str]]:
    for part in package.names():
        data = package.read(part) if part.endswith(_XML) else b""
        if b"{{" not in data and b"{%" not in data:
            continue
        for element in etree.fromstring(data, _PARSER).iter(etree.Element):
            for text in (element.text, element.tail, *element.attrib.values()):
                if text and "{" in text:
                    yield from ((part, tag) for tag in _TAG.findall(str(text)))
