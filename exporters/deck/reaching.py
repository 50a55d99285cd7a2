"""Where in a deck something leads out of it, in a person's words."""

from __future__ import annotations

from exporters.deck.living.deck import Deck
from exporters.deck.living.shapes import SHAPES, Element, name_of
from exporters.errors import Fault
from exporters.package import Package
from exporters.package.reaching import Place
from exporters.package.reaching import reaches as reaches_of


def reaches(package: Package) -> list[Fault]:
    """Return what leads out of the slides, their notes, layouts and masters."""
    names: dict[str, str] = {}
    for number, slide in enumerate(Deck(package).slides, 1):
        names[slide.part] = f"slide {number}"
        if slide.notes_part:
            names[slide.notes_part] = f"slide {number}, notes"

    def placed(part: str, _root: Element) -> Place:
        place = names.get(part, f"part {part}")

        def where(element: Element) -> str:
            shape = next((one for one in (element, *element.iterancestors()) if one.tag in SHAPES), None)
            return f"{place}, shape '{name_of(shape)}'" if shape is not None else place

        return where

    return reaches_of(package, placed)
