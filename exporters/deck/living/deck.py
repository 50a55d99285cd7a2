"""An opened deck: its slides in order, their trees, shapes and notes. Each part is parsed once, when asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from exporters.charts.drawingml import A, C, P, R
from exporters.deck.living.names import MARK, STALE_SLIDE, key_of
from exporters.deck.living.texts import paragraphs_of, text_of
from exporters.deck.notespages import notes_body
from exporters.package import ct, rt

if TYPE_CHECKING:
    from exporters.package import Package

Element = etree._Element
GROUP = f"{P}grpSp"
SHAPES = (f"{P}sp", f"{P}graphicFrame", f"{P}pic", f"{P}cxnSp")
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MARK, _PROPERTIES, _HOLDER = f"{P}cNvPr", f"{P}nvPr", f"{P}ph"
_BODY, _SHAPE_PROPERTIES, _FRAME_PLACE, _PLACE = f"{P}txBody", f"{P}spPr", f"{P}xfrm", f"{A}xfrm"
_OFFSET, _EXTENT = f"{A}off", f"{A}ext"
_PLAIN = frozenset(("000000", "ffffff"))
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def parse(data: bytes) -> Element:
    return etree.fromstring(data, _PARSER)


def serialised(root: Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


class Deck:
    """A presentation package. Trees that are asked for may be changed; ``trees`` holds them by part."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.main = package.main_part()
        self.trees: dict[str, Element] = {}
        self._boxes: dict[str, dict[tuple[str, str], tuple[int, ...]]] = {}
        self.slides = [Slide(self, part) for part in self._slide_parts()]
        self.by_part = {slide.part: slide for slide in self.slides}

    def _slide_parts(self) -> list[str]:
        relationships = self.package.relationships(self.main)
        ids = [item.get(f"{R}id", "") for item in self.tree(self.main).findall(f"{P}sldIdLst/{P}sldId")]
        parts = [relationships.target(rel_id) for rel_id in ids if rel_id in relationships]
        return [self.package.stored_name(part) for part in parts if part in self.package]

    def tree(self, part: str) -> Element:
        found = self.trees.get(part)
        if found is None:
            found = self.trees[part] = parse(self.package.read(part))
        return found

    def related(self, part: str, rel_type: str) -> str:
        """Return the part that *part* leads to by a type of relationship; empty where there is none."""
        target = self.package.relationships(part).target_of_type(rel_type)
        return self.package.stored_name(target) if target is not None and target in self.package else ""

    def own_boxes(self, part: str) -> dict[tuple[str, str], tuple[int, ...]]:
        """Return where the placeholders of a layout or master stand, by type and index; a layout's master fills in."""
        found = self._boxes.get(part)
        if found is None:
            master = self.related(part, rt.SLIDE_MASTER)
            found = self._boxes[part] = dict(self.own_boxes(master)) if master else {}
            for shape in self.tree(part).iter(f"{P}sp"):
                seen = Shape.of(shape)
                holder, box = seen.holder, seen.box
                if holder is not None and box:
                    found[slot_of(holder)] = found[slot_of(holder)[0], ""] = box
        return found

    @cached_property
    def palette(self) -> frozenset[str]:
        """The colours of the deck's themes, which an editor may write out."""
        parts = [part for part in self.package.content_types.parts_of(ct.THEME) if part in self.package]
        return frozenset(
            one.get("val", one.get("lastClr", "")).lower()
            for part in parts
            for one in self.tree(part).iter(f"{A}srgbClr", f"{A}sysClr")
        )

    @property
    def size(self) -> int:
        """The bytes of XML of all slides."""
        return sum(self.package.size(slide.part) for slide in self.slides)


class Slide:
    """One slide. Handles number its shapes in document order, so they hold until the tree is parsed anew."""

    def __init__(self, deck: Deck, part: str) -> None:
        self.deck, self.part = deck, part

    @property
    def root(self) -> Element:
        return self.deck.tree(self.part)

    @cached_property
    def key(self) -> str:
        """The name that the renderer gave the slide; empty where an editor took it, and for people's own slides."""
        content = self.root.find(f"{P}cSld")
        return (key_of(content.get("name", "")) if content is not None else "") or self._stale_key()

    def _stale_key(self) -> str:
        """Return the name of a slide that the data no longer holds, as its notes tell it."""
        body = self.notes_body
        for paragraph in paragraphs_of(body) if body is not None else ():
            line = text_of([paragraph])
            if line.startswith(STALE_SLIDE):
                return key_of(line.removeprefix(STALE_SLIDE).partition(":")[0].strip())
        return ""

    @cached_property
    def shapes(self) -> list[Element]:
        found = list(self.root.iter(*SHAPES))
        if next(self.root.iter(f"{MC}Fallback"), None) is None:
            return found
        return [one for one in found if next(one.iterancestors(f"{MC}Fallback"), None) is None]

    def chart_part(self, frame: Element) -> str:
        """Return the chart part of a graphic frame; empty where it holds none."""
        mark = frame.find(f"{A}graphic/{A}graphicData/{C}chart")
        rel_id = mark.get(f"{R}id", "") if mark is not None else ""
        relationships = self.deck.package.relationships(self.part)
        if rel_id not in relationships:
            return ""
        target = relationships.target(rel_id)
        return self.deck.package.stored_name(target) if target in self.deck.package else ""

    def box_of(self, shape: Shape) -> tuple[int, ...]:
        """Return left, top, width and height (EMU) of a shape, or those that its layout gives it."""
        box = shape.box
        holder = shape.holder if not box else None
        layout = self.deck.related(self.part, rt.SLIDE_LAYOUT) if holder is not None else ""
        if holder is None or not layout:
            return box
        boxes, slot = self.deck.own_boxes(layout), slot_of(holder)
        return boxes.get(slot) or boxes.get((slot[0], ""), ())

    @property
    def colours(self) -> list[str]:
        """The colours that the slide names itself, but for those of a theme."""
        named = {one.get("val", "").lower() for one in self.root.iter(f"{A}srgbClr")}
        return sorted(named - self.deck.palette - _PLAIN)

    @cached_property
    def notes_part(self) -> str:
        return self.deck.related(self.part, rt.NOTES_SLIDE)

    @property
    def notes_body(self) -> Element | None:
        """The text body of the speaker notes."""
        return notes_body(self.deck.tree(self.notes_part)) if self.notes_part else None

    @property
    def notes(self) -> str:
        """The speaker notes without the lines that a rebuild wrote."""
        body = self.notes_body
        return text_of(unmarked(body)) if body is not None else ""


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


def unmarked(body: Element) -> list[Element]:
    """Return the paragraphs of notes that are not a rebuild's."""
    return [one for one in paragraphs_of(body) if not is_marked(one)]


def is_marked(paragraph: Element) -> bool:
    """Whether a paragraph of notes is a rebuild's line."""
    return text_of([paragraph]).lstrip().startswith(MARK)


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
