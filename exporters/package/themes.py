"""The colours of a theme (``a:clrScheme``) as RRGGBB, and what tints and shades make of them."""

from __future__ import annotations

import colorsys

from lxml import etree

Element = etree._Element
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def theme_colours(theme: bytes) -> dict[str, str]:
    """Return the colours of a theme part by name (``dk1``, ``lt2``, ``accent1``); those that are not known stay out."""
    scheme = etree.fromstring(theme, _PARSER).find(f".//{_A}clrScheme")
    found = {etree.QName(one).localname: _value(one) for one in scheme if len(one)} if scheme is not None else {}
    return {name: value for name, value in found.items() if value}


def _value(entry: Element) -> str:
    colour = entry[0]
    return (colour.get("val" if colour.tag == f"{_A}srgbClr" else "lastClr") or "").upper()


def with_lightness(colour: str, factor: float, more: float = 0.0) -> str:
    """Return a colour whose lightness (HSL, 0 to 1) is *factor* times its own and *more*."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    lightness = min(max(lightness * factor + more, 0.0), 1.0)
    return "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))
