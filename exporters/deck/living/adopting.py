"""Slides and shapes that people made, brought into another deck of the pack: beside what they stand beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

from exporters.charts.drawingml import P
from exporters.deck.living.deck import Deck, Slide
from exporters.deck.living.lifting import Lifter
from exporters.deck.living.listing import SlideList
from exporters.deck.living.names import key_of, may_be_bound
from exporters.deck.living.notes import NotesWriter
from exporters.deck.living.packing import Changes
from exporters.deck.living.renaming import renamed
from exporters.deck.living.shapes import GROUP, SHAPES, Element, Seen, in_one_place, serialised
from exporters.package.described import own_properties
from exporters.snapshot import Twin

if TYPE_CHECKING:
    from exporters.package import Package


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
    adopter.remarks()
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

    def remarks(self) -> None:
        """Tell what reviewers said on generated slides: their comments hang on shapes that are others there."""
        known = Counter(_remarks(self._base.slides)) | Counter(_remarks(self._target.slides))
        said = Counter(_remarks(one for one in self._source.slides if one.part in self._twins))
        self.left += (said - known).elements()

    def write(self, out: BinaryIO, epoch: int | None) -> None:
        for part in sorted(self._dirty | self._notes.changed):
            self.changes.set(part, serialised(self._target.tree(part)))
        if self.changes.is_any:
            self.changes.write(out, epoch)


def _remarks(slides: Iterable[Slide]) -> Iterator[str]:
    return (one for slide in slides for one in slide.remarks)


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
