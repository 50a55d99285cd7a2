"""What the document properties of a package say in words: title, subject, keywords, and an office's own properties."""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from exporters.package import rt
from exporters.package.reader import Package

_KINDS = (rt.CORE_PROPERTIES, rt.EXTENDED_PROPERTIES, rt.CUSTOM_PROPERTIES)
# What every office writes anew when it saves.
_OWN = frozenset((
    "created", "modified", "lastModifiedBy", "lastPrinted", "revision", "version", "Application", "AppVersion",
    "Template", "TotalTime", "Pages", "Words", "Characters", "CharactersWithSpaces", "Lines", "Paragraphs", "Slides",
    "Notes",
    "HiddenSlides", "MMClips", "ScaleCrop", "LinksUpToDate", "SharedDoc", "HyperlinksChanged", "DocSecurity",
    "PresentationFormat", "TitlesOfParts", "HeadingPairs", "DigSig", "HLinks",
))  # fmt: skip
_TOOL = "briefpack"
"""Begins the names of the custom properties in which this tool keeps its own notes."""


def worded(package: Package) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of each property that a person may read; broken parts hold none."""
    for kind in _KINDS:
        target = package.relationships().target_of_type(kind)
        if target is not None and target in package:
            try:
                yield from _read(package.read(target))
            except (expat.ExpatError, ValueError, LookupError):
                continue


def _read(data: bytes) -> list[tuple[str, str]]:
    parser = expat.ParserCreate(namespace_separator=" ")
    found: list[tuple[str, str]] = []
    names: list[str] = []
    pieces: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        pieces.clear()
        names.append(attributes.get("name", tag.rpartition(" ")[2]))

    def end(_: str) -> None:
        name = names[1] if len(names) > 1 else ""
        text = "".join(pieces).strip()
        pieces.clear()
        names.pop()
        if text and name and name not in _OWN and not name.startswith(_TOOL):
            found.append((name, text))

    def refuse(*_: object) -> None:
        raise ValueError("the XML holds a DTD")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = pieces.append
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(data, True)
    return found
