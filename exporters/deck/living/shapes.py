"""Shapes: what the merge sees of one, and how the pieces of its element are found."""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree

from exporters.charts.drawingml import A, P
from exporters.deck.living.texts import paragraphs_of, text_of

Element = etree._Element
GROUP = f"{P}grpSp"
SHAPE, FRAME = f"{P}sp", f"{P}graphicFrame"
PICTURE = f"{P}pic"
SHAPES = (SHAPE, FRAME, PICTURE, f"{P}cxnSp")
_MARK, _PROPERTIES, _HOLDER = f"{P}cNvPr", f"{P}nvPr", f"{P}ph"
_BODY, _SHAPE_PROPERTIES, _FRAME_PLACE, _PLACE = f"{P}txBody", f"{P}spPr", f"{P}xfrm", f"{A}xfrm"
_OFFSET, _EXTENT = f"{A}off", f"{A}ext"
_DRIFT = 2_000
"""Editors round places and sizes to hundredths of a millimetre, twice (EMU)."""
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


DECLARATION = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"


def parse(data: bytes) -> Element:
    return etree.fromstring(data, _PARSER)


def serialised(root: Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


class Shape(NamedTuple):
    """The pieces of a shape's element, found in one pass."""

    element: Element
    mark: Element | None = None
    """The element with its name."""
    holder: Element | None = None
    place: Element | None = None
    body: Element | None = None

    @classmethod
    def of(cls, element: Element) -> Shape:
        mark = holder = place = body = None
        for child in element:
            tag = child.tag
            if tag == _BODY:
                body = child
            elif tag == _SHAPE_PROPERTIES:
                place = next(child.iterchildren(_PLACE), None)
            elif tag == _FRAME_PLACE:
                place = child
            elif mark is None:
                for one in child.iterchildren(_MARK, _PROPERTIES):
                    if one.tag == _MARK:
                        mark = one
                    else:
                        holder = next(one.iterchildren(_HOLDER), None)
        return cls(element, mark, holder, place, body)

    @property
    def name(self) -> str:
        return self.mark.get("name", "") if self.mark is not None else ""

    @property
    def box(self) -> tuple[int, ...]:
        """Left, top, width and height (EMU), and those of the groups around it; empty where a layout gives them."""
        box = _box(self.place)
        parent = self.element.getparent() if box else None
        while parent is not None and parent.tag == GROUP:
            box += _box(child_of(parent, f"{P}grpSpPr", f"{A}xfrm"))
            parent = parent.getparent()
        return box


class Seen(NamedTuple):
    """What the merge sees of a shape."""

    tag: str
    name: str = ""
    holder: tuple[str, str] | None = None
    """Of a placeholder: its type and index."""
    box: tuple[int, ...] = ()
    text: str | None = None
    """None where it has no paragraphs."""
    frame: Element | None = None
    """The element of a graphic frame, or one like it: to be looked at only."""
    alternative: str = ""
    """The alternative text of a graphic frame."""

    @classmethod
    def of(cls, element: Element) -> Seen:
        shape = Shape.of(element)
        holder = shape.holder
        paragraphs = paragraphs_of(shape.body) if shape.body is not None else []
        return cls(
            str(element.tag),
            shape.name,
            slot_of(holder) if holder is not None else None,
            shape.box,
            text_of(paragraphs) if paragraphs else None,
            element if element.tag == FRAME else None,
            shape.mark.get("descr", "") if element.tag == FRAME and shape.mark is not None else "",
        )


def in_one_place(shape: Seen, other: Seen) -> bool:
    """Whether two shapes have one place and one size."""
    boxes = zip(shape.box, other.box, strict=False)
    return len(shape.box) == len(other.box) and all(abs(one - two) <= _DRIFT for one, two in boxes)


def child_of(element: Element, *path: str) -> Element | None:
    """Return the first child of that name, or its child and so on: what ``find`` does, in a fraction of the time."""
    found: Element | None = element
    for tag in path:
        found = next(found.iterchildren(tag), None) if found is not None else None
    return found


def mark_of(shape: Element) -> Element | None:
    """Return the element with a shape's name."""
    for child in shape:
        for mark in child.iterchildren(_MARK):
            return mark
    return None


def name_of(shape: Element) -> str:
    mark = mark_of(shape)
    return mark.get("name", "") if mark is not None else ""


def slot_of(holder: Element) -> tuple[str, str]:
    """Return type and index of a placeholder, by which it is found in its layout."""
    return holder.get("type", "obj"), holder.get("idx", "0")


def _box(place: Element | None) -> tuple[int, ...]:
    off = ext = None
    for child in place if place is not None else ():
        if child.tag == _OFFSET:
            off = child
        elif child.tag == _EXTENT:
            ext = child
    if off is None or ext is None:
        return ()
    try:
        return int(off.get("x", "0")), int(off.get("y", "0")), int(ext.get("cx", "0")), int(ext.get("cy", "0"))
    except ValueError:
        return ()


def body_of(shape: Element) -> Element | None:
    return child_of(shape, f"{P}txBody")


def table_of(frame: Element) -> Element | None:
    return frame.find(f"{A}graphic/{A}graphicData/{A}tbl")
