"""Custom document properties (docProps/custom.xml), the one place that every office keeps."""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from exporters.package.xmltext import attribute

_SPACE = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_HEAD = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="{_SPACE}" xmlns:vt="{_TYPES}">'


def custom_properties(old: bytes, new: Mapping[str, str]) -> bytes:
    """Return the part with *new* added to the properties that *old* holds; equal names are replaced."""
    kept = [(name, kind, text) for name, kind, text in _read(old) if name not in new] if old else []
    items = [*kept, *((name, "lpwstr", text) for name, text in new.items())]
    pieces = [_HEAD]
    for number, (name, kind, text) in enumerate(items, 2):
        pieces.append(
            f'<property fmtid="{_FORMAT}" pid="{number}" name="{attribute(name)}">'
            f"<vt:{kind}>{attribute(text)}</vt:{kind}></property>"
        )
    return "".join((*pieces, "</Properties>")).encode()


def _read(data: bytes) -> list[tuple[str, str, str]]:
    """Return (name, type, text) of the simple properties."""
    found: list[tuple[str, str, str]] = []
    state: list[str] = ["", "", ""]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == f"{_SPACE} property":
            state[:] = [attributes.get("name", ""), "", ""]
        elif name.startswith(f"{_TYPES} "):
            state[1] = name.rpartition(" ")[2]

    def end(name: str) -> None:
        if name == f"{_SPACE} property" and state[1]:
            found.append((state[0], state[1], state[2]))

    def text(piece: str) -> None:
        if state[1]:
            state[2] += piece

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.Parse(data, True)
    return found
