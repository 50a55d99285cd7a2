"""An opened deck: its slides in order, their trees, shapes and notes. Each part is parsed once, when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from exporters.charts.drawingml import A, C, P, R
from exporters.charts.moulds import ChartMould
from exporters.deck.living.lexing import SlideMould, Words, read_slide
from exporters.deck.living.names import MARK, STALE_SLIDE, key_of
from exporters.deck.living.shapes import SHAPES, Element, Seen, Shape, child_of, parse, serialised, slot_of
from exporters.deck.living.texts import paragraphs_of, text_of
from exporters.deck.notespages import notes_body
from exporters.package import ct, rt
from exporters.package.moulds import Cutter, Hollow

if TYPE_CHECKING:
    from exporters.package import Package

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_REMARKS = "/comments"
"""How the relationship types of review comments end."""
_CHART = (f"{A}graphic", f"{A}graphicData", f"{C}chart")
_TEXTS = Cutter(("<a:t>", "</a:t>"))
_PLAIN = frozenset(("000000", "ffffff"))


Titles = tuple[tuple[str, str], ...]
"""Names and texts of a chart's titles."""


class Notes(NamedTuple):
    """Speaker notes: their text, and the lines that a rebuild wrote."""

    text: str = ""
    marks: Sequence[str] = ()


class Known(Struct):
    """What is known by its bytes, of this deck or of another edition of it."""

    shapes: dict[bytes, Seen] = field(default_factory=dict)
    slides: dict[bytes, SlideMould] = field(default_factory=dict)
    notes: dict[bytes, Hollow] = field(default_factory=dict)
    """What notes of a mould say."""
    charts: dict[bytes, tuple[ChartMould, Titles]] = field(default_factory=dict)
    """The data and the titles of charts of a mould."""


class Deck:
    """A presentation package. Trees that are asked for may be changed; ``trees`` holds them by part.

    What it has in common with *like*, another edition of the deck, is not read again.
    """

    def __init__(self, package: Package, like: Deck | None = None) -> None:
        self.package = package
        self.known: Known = like.known if like is not None else Known()
        self.main = package.main_part()
        self.trees: dict[str, Element] = {}
        self.written: dict[str, bytes] = {}
        """Parts that were changed and have no tree."""
        self.points: dict[str, tuple[ChartMould, Sequence[str]]] = {}
        """The moulds and the points of the charts that were read."""
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
            found = self.trees[part] = parse(self.written.pop(part, b"") or self.package.read(part))
        return found

    def content(self, part: str) -> bytes:
        """Return a part as it is by now."""
        return self.written.get(part) or serialised(self.tree(part))

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


class Slide:
    """One slide. Handles number its shapes in document order, so they hold until the tree is parsed anew."""

    def __init__(self, deck: Deck, part: str) -> None:
        self.deck, self.part = deck, part

    @property
    def root(self) -> Element:
        return self.deck.tree(self.part)

    @cached_property
    def words(self) -> Words:
        """What the slide told when it was read."""
        found = read_slide(self.deck.package.read(self.part), self.deck.known.slides, self.deck.known.shapes)
        if found is not None:
            return found
        content = self.root.find(f"{P}cSld")
        name = content.get("name", "") if content is not None else ""
        colours = {one.get("val", "").lower() for one in self.root.iter(f"{A}srgbClr")}
        return Words(name, [Seen.of(shape) for shape in self.shapes], colours)

    @cached_property
    def key(self) -> str:
        """The name that the renderer gave the slide; empty where an editor took it, and for people's own slides."""
        return key_of(self.words.name) or self._stale_key()

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
        mark = child_of(frame, *_CHART)
        rel_id = mark.get(f"{R}id", "") if mark is not None else ""
        relationships = self.deck.package.relationships(self.part)
        if rel_id not in relationships:
            return ""
        target = relationships.target(rel_id)
        return self.deck.package.stored_name(target) if target in self.deck.package else ""

    def box_of(self, shape: Seen) -> tuple[int, ...]:
        """Return left, top, width and height (EMU) of a shape, or those that its layout gives it."""
        slot = shape.holder if not shape.box else None
        if slot is None or not self.layout:
            return shape.box
        boxes = self.deck.own_boxes(self.layout)
        return boxes.get(slot) or boxes.get((slot[0], ""), ())

    @property
    def colours(self) -> list[str]:
        """The colours that the slide names itself, but for those of a theme."""
        return sorted(self.words.colours - self.deck.palette - _PLAIN)

    @property
    def remarks(self) -> list[str]:
        """What review comments on the slide say, classic ones and threads alike."""
        package = self.deck.package
        relationships = package.relationships(self.part)
        parts = [relationships.target(one) for one in relationships if one.type.endswith(_REMARKS)]
        trees = [parse(package.read(package.stored_name(part))) for part in parts if part in package]
        return sorted(text.text for tree in trees for text in tree.iter(f"{P}text", f"{A}t") if text.text)

    @cached_property
    def layout(self) -> str:
        """The part of its layout."""
        return self.deck.related(self.part, rt.SLIDE_LAYOUT)

    @cached_property
    def notes_part(self) -> str:
        return self.deck.related(self.part, rt.NOTES_SLIDE)

    @property
    def notes_body(self) -> Element | None:
        """The text body of the speaker notes."""
        return notes_body(self.deck.tree(self.notes_part)) if self.notes_part else None

    @cached_property
    def said(self) -> Notes:
        """What the speaker notes said when they were read."""
        if not self.notes_part:
            return Notes()
        data, known = self.deck.package.read(self.notes_part), self.deck.known.notes
        cut = _TEXTS.cut(data) if MARK.encode() not in data else None
        if cut is None:
            return _said(self.notes_body)
        mould, texts = cut
        if mould not in known:
            known[mould] = Hollow.of(_said(notes_body(parse(_TEXTS.hollow(mould)))).text)
        return Notes(known[mould].filled(texts))


def _said(body: Element | None) -> Notes:
    return Notes(text_of(unmarked(body)), marks_in(body)) if body is not None else Notes()


def unmarked(body: Element) -> list[Element]:
    """Return the paragraphs of notes that are not a rebuild's."""
    return [one for one in paragraphs_of(body) if not is_marked(one)]


def marks_in(body: Element | None) -> list[str]:
    """Return the lines of a rebuild in notes."""
    return [text_of([one]) for one in paragraphs_of(body) if is_marked(one)] if body is not None else []


def is_marked(paragraph: Element) -> bool:
    """Whether a paragraph of notes is a rebuild's line."""
    return text_of([paragraph]).lstrip().startswith(MARK)
