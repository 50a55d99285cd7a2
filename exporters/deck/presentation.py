"""The presentation part and the document properties: constant text around what only a rendering knows."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from exporters.charts.drawingml import P, R
from exporters.charts.marks import SLOT
from exporters.deck.textboxes import Element, parse
from exporters.package import Package, rt

P14 = "{http://schemas.microsoft.com/office/powerpoint/2010/main}"
XML_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STALE = ("TitlesOfParts", "HeadingPairs", "Words", "Paragraphs", "TotalTime", "Characters", "Lines")


def serialised(root: Element) -> str:
    return XML_HEADER + etree.tostring(root, encoding="unicode")


def slide_list(root: Element) -> list[tuple[int, str]]:
    """Return (slide id, relationship id) of each slide in order."""
    return [(int(item.get("id", "256")), item.get(f"{R}id", "")) for item in root.findall(f"{P}sldIdLst/{P}sldId")]


def presentation_meta(root: Element, ids: list[int]) -> dict[str, Any]:
    """Return the presentation's XML in pieces: between them stand the slide list and the lists of its sections.

    ``sections[i]`` holds the numbers of the template's slides (from 0) in section i.
    """
    slides = root.find(f"{P}sldIdLst")
    if slides is None:
        slides = root.makeelement(f"{P}sldIdLst", {})
        anchor = root.find(f"{P}notesMasterIdLst")
        (anchor if anchor is not None else root.find(f"{P}sldMasterIdLst")).addnext(slides)  # type: ignore[union-attr]
    for item in list(slides):
        slides.remove(item)
    slides.text = f"{SLOT}slides{SLOT}"
    sections: list[list[int]] = []
    for section in root.iter(f"{P14}section"):
        listing = section.find(f"{P14}sldIdLst")
        if listing is None:
            continue
        members = [int(item.get("id", "0")) for item in listing.findall(f"{P14}sldId")]
        for item in list(listing):
            listing.remove(item)
        listing.text = f"{SLOT}{len(sections)}{SLOT}"
        sections.append([ids.index(member) for member in members if member in ids])
    return {"pieces": serialised(root).split(SLOT), "sections": sections}


def app_properties(data: bytes) -> list[str]:
    """Return docProps/app.xml in pieces around its counts (``slides``, ``notes``, ``hidden``), without stale ones."""
    root = parse(data)
    for child in list(root):
        name = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if name in _STALE:
            root.remove(child)
        elif name in {"Slides", "Notes", "HiddenSlides"}:
            kind = {"HiddenSlides": "hidden"}.get(name, name.lower())
            child.text = f"{SLOT}{kind}{SLOT}"
    return serialised(root).split(SLOT)


def core_properties(data: bytes) -> str:
    """Return docProps/core.xml with a slot in each of its two times."""
    root = parse(data)
    for child in root:
        if isinstance(child.tag, str) and etree.QName(child).localname in {"created", "modified"}:
            child.text = f"{SLOT}{child.text or ''}{SLOT}"
    return serialised(root)


def custom_properties(package: Package) -> dict[str, Any]:
    """Return the part of the custom properties, the properties that the template has, and the next free number."""
    part = package.relationships().target_of_type(rt.CUSTOM_PROPERTIES)
    if part is None or part not in package:
        return {"part": "docProps/custom.xml", "own": {}, "next": 2}
    root = parse(package.read(part))
    own: dict[str, str] = {}
    highest = 1
    for item in root:
        if not isinstance(item.tag, str):
            continue
        highest = max(highest, int(item.get("pid", "1")))
        text = etree.tostring(item, encoding="unicode", with_tail=False)
        # The declarations stand on the root that is written around it.
        own[item.get("name", "")] = re.sub(r' xmlns(:vt)?="[^"]*"', "", text)
    return {"part": package.stored_name(part), "own": own, "next": highest + 1}
