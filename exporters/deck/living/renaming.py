"""Bound shapes that a person gave names of their own in the selection pane: PowerPoint keeps their ids."""

from __future__ import annotations

from exporters.deck.living.deck import Slide
from exporters.deck.living.names import key_of, may_be_bound
from exporters.deck.living.shapes import Seen, in_one_place, mark_of


def renamed(slide: Slide, base: Slide) -> dict[int, str]:
    """Return the keys that shapes of an edited *slide* have in *base*, which it was edited from, by their numbers.

    A shape is the one that had its id where it has its words or its place as well; LibreOffice gives new ids.
    """
    here, before = ({one.name for one in of.words.shapes} for of in (slide, base))
    bound = ((at, one) for at, one in enumerate(base.words.shapes) if key_of(one.name) and one.name not in here)
    missing = {_id(base, at): one for at, one in bound if _may_be(one)}
    if not missing:
        return {}
    others = [
        (at, one)
        for at, one in enumerate(slide.words.shapes)
        if _may_be(one) and not (key_of(one.name) or may_be_bound(one.name) or one.name in before)
    ]
    found = ((at, one, missing.get(_id(slide, at))) for at, one in others)
    return {at: origin.name for at, one, origin in found if origin is not None and _are_alike(one, origin)}


def _may_be(shape: Seen) -> bool:
    """Whether a shape's name alone tells what it is: a placeholder is known by its slot."""
    return shape.holder is None and (shape.text is not None or shape.frame is not None)


def _are_alike(shape: Seen, other: Seen) -> bool:
    return shape.tag == other.tag and (
        (shape.text is not None and shape.text == other.text) or in_one_place(shape, other)
    )


def _id(slide: Slide, number: int) -> str:
    mark = mark_of(slide.shapes[number])
    return mark.get("id", "") if mark is not None else ""
