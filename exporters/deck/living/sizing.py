"""Text that was made to fit its box: the new text takes the new render's scale, where the box still has its size."""

from __future__ import annotations

import copy

from exporters.charts.drawingml import A
from exporters.deck.living.shapes import Element, Shape, body_of
from exporters.deck.living.texts import paragraphs_of, text_of

_SAME = 0.02


def follow_size(shape: Element, source: Element) -> None:
    """Scale the text of *shape* as that of *source*, if both say the same in boxes of one size.

    PowerPoint works a scale out anew only when it edits the text itself.
    """
    body, new = body_of(shape), body_of(source)
    if body is None or new is None or text_of(paragraphs_of(body)) != text_of(paragraphs_of(new)):
        return
    sizes = zip(Shape.of(shape).box[2:4], Shape.of(source).box[2:4], strict=False)
    if any(abs(a - b) > _SAME * max(a, b, 1) for a, b in sizes):
        return
    own, other = body.find(f"{A}bodyPr/{A}normAutofit"), new.find(f"{A}bodyPr/{A}normAutofit")
    parent = own.getparent() if own is not None else None
    if own is not None and other is not None and parent is not None:
        parent.replace(own, copy.deepcopy(other))
