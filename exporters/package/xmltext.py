"""Small XML: texts and attribute values written and read, flat element lists read. None of it needs a tree."""

from __future__ import annotations

import re
from xml.parsers import expat

PROLOG = (
    rb'(?:<\?xml version=["\']1.0["\'](?: encoding=["\'](?:UTF|utf)-8["\'])?(?: standalone=["\']yes["\'])? ?\?>\s*)?'
)
"""How a part in UTF-8 may begin."""
_CHARACTER = re.compile(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")
# The ampersand comes last: what it makes is no entity any more.
_NAMED = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))


def plain(raw: bytes) -> str:
    """Return the text that UTF-8 bytes of a part stand for: line ends and entities as an XML parser reads them."""
    text = raw.decode()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unescaped(text)


def unescaped(text: str) -> str:
    """Return *text* with the characters that its entities stand for: the five of XML, and numbered ones."""
    if "&" not in text:
        return text
    if "&#" in text:
        text = _CHARACTER.sub(_character, text)
    for entity, character in _NAMED:
        text = text.replace(entity, character)
    return text


def _character(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16) if found[1] else int(found[2]))
    return "&amp;" if character == "&" else character


def attribute(value: str) -> str:
    """Escape *value* for use between double quotes."""
    if "&" in value or "<" in value or '"' in value or ">" in value:
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return value


def read_elements(data: bytes) -> list[tuple[str, dict[str, str]]]:
    """Return every element as (``namespace name``, attributes) in document order.

    Entities are never resolved: a DTD raises ValueError, as does what is not XML.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    found: list[tuple[str, dict[str, str]]] = []

    def refuse(*_: object) -> None:
        raise ValueError("the XML holds a DTD")

    parser.StartElementHandler = lambda name, attributes: found.append((name, attributes))
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError) as error:  # LookupError: an encoding that Python does not know
        raise ValueError(f"the part is not well-formed XML: {error}") from None
    return found
