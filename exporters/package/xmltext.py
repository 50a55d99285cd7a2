"""Small XML: attribute values written, flat element lists read. Neither needs a tree."""

from __future__ import annotations

from xml.parsers import expat


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
