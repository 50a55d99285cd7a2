"""Colours of a deck as RRGGBB, where the file says them: through the theme and the master's map of its names."""

from __future__ import annotations

from lxml import etree

from exporters.charts.drawingml import A, P
from exporters.deck.textboxes import Ancestry
from exporters.package.themes import theme_colours, with_lightness

Element = etree._Element
_SHAPED = (f"{A}tint", f"{A}shade", f"{A}satMod", f"{A}alpha")
UNKNOWN = "?"
"""A fill that is there and whose colour is not known: a gradient, a picture, a pattern."""


class Colours:
    """The colours of one master's theme."""

    def __init__(self, ancestry: Ancestry, theme: bytes) -> None:
        self._scheme = theme_colours(theme)
        mapped = ancestry.master.find(f"{P}clrMap")
        self._map = {str(name): str(value) for name, value in mapped.attrib.items()} if mapped is not None else {}

    def of(self, fill: Element | None) -> str:
        """Return the colour in a solid fill; empty where it is not known."""
        if fill is None or len(fill) == 0:
            return ""
        colour = fill[0]
        if any(colour.find(one) is not None for one in _SHAPED):
            return ""
        name = colour.get("val", "")
        found = self._scheme.get(self._map.get(name, name), "") if colour.tag == f"{A}schemeClr" else _value(colour)
        factor, more = colour.find(f"{A}lumMod"), colour.find(f"{A}lumOff")
        if not found or (factor is None and more is None):
            return found
        return with_lightness(found, _share(factor, 1.0), _share(more, 0.0))

    def fill(self, properties: Element | None) -> str:
        """Return the colour that shape properties fill with: empty for none, UNKNOWN for one that cannot be told."""
        if properties is None:
            return ""
        solid = properties.find(f"{A}solidFill")
        if solid is not None:
            return self.of(solid) or UNKNOWN
        return UNKNOWN if any(properties.find(A + name) is not None for name in _FILLS) else ""


_FILLS = ("gradFill", "blipFill", "pattFill", "grpFill")


def _share(element: Element | None, otherwise: float) -> float:
    return int(element.get("val", "100000")) / 100_000 if element is not None else otherwise


def _value(colour: Element) -> str:
    if colour.tag == f"{A}srgbClr":
        return colour.get("val", "").upper()
    return colour.get("lastClr", "").upper() if colour.tag == f"{A}sysClr" else ""
