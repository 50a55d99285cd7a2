"""Slides and shapes that people made, brought into another deck of the pack: beside what they stand beside."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

from exporters.charts.drawingml import P
from exporters.deck.living.deck import Deck, Slide
from exporters.deck.living.lifting import Lifter
from exporters.deck.living.listing import P14, SlideList
from exporters.deck.living.names import key_of, may_be_bound
from exporters.deck.living.notes import NotesWriter
from exporters.deck.living.packing import Changes
from exporters.deck.living.renaming import renamed
from exporters.deck.living.shapes import FRAME, GROUP, PICTURE, SHAPES, Element, Seen, in_one_place, mark_of, serialised
from exporters.package import ct
from exporters.package.described import own_properties
from exporters.snapshot import Twin

if TYPE_CHECKING:
    from exporters.package import Package

_HIDDEN = re.compile(rb"""<p:sld\b[^>]*\sshow=["'](?:0|false)["']""")


def adopt(
    target: Package,
    source: Package,
    base: Package,
    twins: Mapping[str, Twin],
    out: BinaryIO,
    *,
    epoch: int | None = None,
) -> list[str]:
    """Write *target* with the slides and shapes of *source* that neither it nor *base* has, unless there are none;
    return what of them has no place there and stands in no line of text."""
    adopter = _Adopter(Deck(target), Deck(source), Deck(base), twins)
    adopter.slides()
    adopter.shapes()
    adopter.hidden()
    adopter.beside()
    for part, data in own_properties(target, source, base).items():
        adopter.changes.set(part, data)
    adopter.write(out, epoch)
    return adopter.left


class _Adopter:
    def __init__(self, target: Deck, source: Deck, base: Deck, twins: Mapping[str, Twin]) -> None:
        self._target, self._source, self._base, self._twins = target, source, base, twins
        self.changes = Changes(target.package)
        self._lifter = Lifter(target, source, self.changes)
        self._notes = NotesWriter(target, self._lifter, self.changes)
        self._dirty: set[str] = set()
        self.left: list[str] = []

    def slides(self) -> None:
        listing = SlideList(self._target, self.changes)
        known = [_signs(one) for one in self._target.slides if not one.key]
        there = [self._twins[one.part].target if one.part in self._twins else "" for one in self._source.slides]
        for number, slide in enumerate(self._source.slides):
            if slide.part in self._twins or slide.key:
                continue
            if _signs(slide) in known:
                known.remove(_signs(slide))
                continue
            after = next((part for part in reversed(there[:number]) if part), "")
            before = next((part for part in there[number + 1 :] if part), "")
            listing.insert(self._lifter.slide(slide, self._notes.master), after, "" if after else before)
            self._dirty.add(self._target.main)
        listing.count()

    def shapes(self) -> None:
        for slide in self._source.slides:
            twin = self._twins.get(slide.part)
            origin = self._base.by_part.get(twin.base) if twin is not None else None
            target = self._target.by_part.get(twin.target) if twin is not None else None
            # Most slides have nothing of the kind, which is seen without a tree.
            if origin is None or not any(_is_own(one, origin.words.shapes) for one in slide.words.shapes):
                continue
            bound = {slide.words.shapes[number].name for number in renamed(slide, origin)}
            if target is None:
                own = [one for one in slide.words.shapes if _is_own(one, origin.words.shapes) and not one.text]
                self.left += (one.name for one in own if one.name not in bound)
                continue
            home = target.root.find(f"{P}cSld/{P}spTree")
            assert home is not None
            for shape in _own(slide, origin, target, bound):
                made = self._lifter.shape(shape, slide, target)
                extension = home.find(f"{P}extLst")
                if extension is not None:
                    extension.addprevious(made)
                else:
                    home.append(made)
                self._dirty.add(target.part)

    def hidden(self) -> None:
        """Hide what a person hid, and show what they showed."""
        wanted: dict[str, set[bool | None]] = {}
        for slide in self._source.slides:
            twin = self._twins.get(slide.part)
            origin = self._base.by_part.get(twin.base) if twin is not None else None
            if twin is not None and origin is not None and twin.target in self._target.by_part:
                now = _is_hidden(slide)
                wanted.setdefault(twin.target, set()).add(now if now != _is_hidden(origin) else None)
        for part, states in wanted.items():
            target = self._target.by_part[part]
            # Of copies all are hidden, or it is shown.
            if states in ({True}, {False}) and states != {_is_hidden(target)}:
                target.root.set("show", "0" if True in states else "1")
                self._dirty.add(part)

    def beside(self) -> None:
        """Tell what stands in no line of text: what reviewers said on generated slides (their comments hang on shapes
        that are others there), alternative texts, names of sections, and what was put on masters and layouts."""
        known = Counter(_remarks(self._base.slides)) | Counter(_remarks(self._target.slides))
        twins = [one for one in self._source.slides if one.part in self._twins]
        self.left += (Counter(_remarks(twins)) - known).elements()
        there = {text for deck in (self._base, self._target) for text in (*_described(deck.slides), *_around(deck))}
        said = dict.fromkeys((*_described(twins), *_around(self._source)))
        self.left += (text for text in said if text not in there)

    def write(self, out: BinaryIO, epoch: int | None) -> None:
        for part in sorted(self._dirty | self._notes.changed):
            self.changes.set(part, serialised(self._target.tree(part)))
        if self.changes.is_any:
            self.changes.write(out, epoch)


def _remarks(slides: Iterable[Slide]) -> Iterator[str]:
    return (one for slide in slides for one in slide.remarks)


def _is_hidden(slide: Slide) -> bool:
    return _HIDDEN.search(slide.deck.package.read(slide.part)) is not None


def _described(slides: Iterable[Slide]) -> Iterator[str]:
    """Yield the alternative texts on slides, but for those of charts and tables, which are bound."""
    for slide in slides:
        if slide.part in slide.deck.trees or b" descr=" in slide.deck.package.read(slide.part):
            marks = (mark_of(shape) for shape in slide.shapes if shape.tag != FRAME)
            yield from (text for mark in marks if mark is not None if (text := mark.get("descr", "").strip()))


def _around(deck: Deck) -> Iterator[str]:
    """Yield the names of sections, and what masters and layouts say or show beside their placeholders."""
    yield from (one.get("name", "") for one in deck.tree(deck.main).iter(f"{P14}section"))
    package = deck.package
    for kind in (ct.SLIDE_MASTER, ct.SLIDE_LAYOUT):
        for part in (package.stored_name(one) for one in package.content_types.parts_of(kind) if one in package):
            for shape in deck.tree(part).iter(*SHAPES):
                seen = Seen.of(shape)
                if seen.holder is None:
                    yield from (line for line in (seen.text or "").split("\n") if line.strip())
                    if seen.tag == PICTURE:
                        yield seen.name


def _signs(slide: Slide) -> list[tuple[str, str]]:
    """Return what one slide of a person's own is told from others by."""
    return sorted((one.tag, one.text or "") for one in slide.words.shapes)


def _own(slide: Slide, base: Slide, target: Slide, bound: Container[str]) -> Iterator[Element]:
    """Yield the shapes of a slide, and groups of nothing else, that were not generated and *target* has not; *bound*
    are the names that people gave to generated ones."""
    tree = slide.root.find(f"{P}cSld/{P}spTree")
    for element in tree if tree is not None else ():
        if element.tag not in {*SHAPES, GROUP}:
            continue
        inner = [Seen.of(one) for one in element.iter(*SHAPES)]
        is_there = all(any(_is_same(one, other) for other in target.words.shapes) for one in inner)
        if not is_there and all(one.name not in bound and _is_own(one, base.words.shapes) for one in inner):
            yield element


def _is_own(shape: Seen, base: list[Seen]) -> bool:
    if shape.holder is not None or key_of(shape.name) or may_be_bound(shape.name):
        return False
    return not any(_is_same(shape, one) or (shape.tag, shape.name) == (one.tag, one.name) for one in base)


def _is_same(shape: Seen, other: Seen) -> bool:
    """Whether two shapes say the same in the same place."""
    return shape.tag == other.tag and (shape.text or "") == (other.text or "") and in_one_place(shape, other)
