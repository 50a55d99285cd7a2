"""Colours of a Word document as RRGGBB, through its theme and the names that its settings give the theme's colours."""

from __future__ import annotations

from exporters.package import Package, ct, rt
from exporters.package.themes import theme_colours, with_lightness
from exporters.word.names import W
from exporters.word.xmlparts import Element, parse

_SLOTS = {
    "dark1": "dk1", "light1": "lt1", "dark2": "dk2", "light2": "lt2",
    "hyperlink": "hlink", "followedHyperlink": "folHlink",
}  # fmt: skip
_MAPPED = {"background1": "bg1", "text1": "t1", "background2": "bg2", "text2": "t2"}
_USUAL = {"bg1": "light1", "t1": "dark1", "bg2": "light2", "t2": "dark2"}


class Colours:
    """What the colours of a document's runs and shadings are."""

    def __init__(self, package: Package, main: str) -> None:
        theme = package.relationships(main).target_of_type(rt.THEME)
        self._theme = theme_colours(package.read(theme)) if theme and theme in package else {}
        self._map = dict(_USUAL)
        for part in package.content_types.parts_of(ct.WORD_SETTINGS):
            mapping = parse(package.read(part)).find(f"{W}clrSchemeMapping") if part in package else None
            if mapping is not None:
                self._map |= {str(name).removeprefix(W): str(value) for name, value in mapping.attrib.items()}

    def of(self, element: Element, value: str, theme: str, otherwise: str) -> str:
        """Return the colour that an element's *theme* attribute and its tint or shade give, else its plain *value*.

        *otherwise* stands for ``auto`` and for what is no colour; empty is a theme's colour that is not known.
        """
        name = element.get(f"{W}{theme}", "")
        if not name or name == "none":
            text = element.get(f"{W}{value}", "").upper()
            return text if len(text) == 6 and not set(text) - set("0123456789ABCDEF") else otherwise
        name = self._map.get(_MAPPED.get(name, ""), name)
        colour = self._theme.get(_SLOTS.get(name, name), "")
        for kind in ("Tint", "Shade") if colour else ():
            share = element.get(f"{W}{theme.removesuffix('Color')}{kind}")
            if share:
                part = int(share, 16) / 255
                colour = with_lightness(colour, part, 1 - part if kind == "Tint" else 0.0)
        return colour
