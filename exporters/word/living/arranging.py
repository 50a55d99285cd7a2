"""Sections, paragraphs, rows and entries of the contents in another order, with all that people wrote in and behind
them. What cannot be taken apart safely keeps its order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from exporters.package import Package
from exporters.snapshot import Arrangement
from exporters.word.living.document import KEPT, Document
from exporters.word.living.found import ENTRY
from exporters.word.living.lifting import Luggage
from exporters.word.living.lines import TBL, TR, P, text_within
from exporters.word.living.marking import is_end, loose_field_runs
from exporters.word.living.merged import goes_on
from exporters.word.living.numbering import order_notes
from exporters.word.living.runs import DEL
from exporters.word.living.saving import save
from exporters.word.names import W
from exporters.word.xmlparts import Element

_RANGES = ("bookmark", "commentRange", "perm", "moveFromRange", "moveToRange")
_MARKS = frozenset((f"{W}bookmarkStart", f"{W}bookmarkEnd"))


def arrange(
    target: Package, wanted: Sequence[Arrangement], ours: Package, out: BinaryIO, *, epoch: int | None = None
) -> bool:
    """Write *target* with its stretches in the order that is *wanted*; return whether any of them moved."""
    document = KEPT.take(target) or Document(target)
    arranger = _Arranger(document, KEPT.find(ours) or Document(ours))
    # Found before anything moves; a stretch of a stretch still hangs together when that has moved.
    found = [(spans, one.order) for one in wanted if (spans := arranger.spans(one))]
    for spans, order in found:
        _move(spans, order)
    if found:
        roots = {document.roots[document.main], *(spans[0][0].getroottree().getroot() for spans, _ in found)}
        save(document, roots | order_notes(document), Luggage(document), {}, out, epoch)
    return bool(found)


def _move(spans: Sequence[Sequence[Element]], order: Sequence[int]) -> None:
    parent = spans[0][0].getparent()
    assert parent is not None
    first = parent.index(spans[0][0])
    # What begins or ends a field around all of it (that of the contents) goes on doing so.
    loose = [run for span in spans for one in span if one.tag == P for run in loose_field_runs(one)]
    moved = [one for number in order for one in spans[number]]
    for at, one in enumerate(moved, first):
        parent.remove(one)
        parent.insert(at, one)
    begun, ended = ([run for run in loose if is_end(run) is end] for end in (False, True))
    for run in ended:
        moved[-1].append(run)
    head = moved[0].find(f"{W}pPr") if begun else None
    for at, run in enumerate(begun, head is not None):
        moved[0].insert(at, run)


class _Arranger:
    def __init__(self, document: Document, ours: Document) -> None:
        self._document = document
        self._bound = _bound(document)
        self._static = _unbound(ours)

    def spans(self, wanted: Arrangement) -> list[list[Element]]:
        """Return the elements of each stretch, side by side; nothing where they cannot be told apart safely."""
        items = [[self._document.item(at) for at in stretch] for stretch in wanted.stretches]
        pieces = [[one for found in stretch if found is not None for one in found.elements] for stretch in items]
        if self._document.lost or not all(pieces):
            return []
        container = _common([one for stretch in pieces for one in stretch])
        if container is None:
            return []
        children = list(container)
        places = {child: at for at, child in enumerate(children)}
        inside = [[places[_child(one, container)] for one in stretch] for stretch in pieces]
        starts = [self._first(container, min(stretch)) for stretch in inside]
        ends = [max(stretch) + 1 for stretch in inside]
        stops = [*starts[1:], self._end(container, ends[-1])]
        spans = [children[start:stop] for start, stop in zip(starts, stops, strict=True)]
        told_apart = all(start < end <= stop for start, end, stop in zip(starts, ends, stops, strict=True))
        between = (one for end, stop in zip(ends, stops, strict=True) for one in children[end:stop])
        if not told_apart or any(self._is_static(one) for one in between):
            return []
        in_field = all(found is not None and found.id.startswith(ENTRY) for stretch in items for found in stretch)
        return spans if _are_whole(spans, in_field=in_field) else []

    def _first(self, container: Element, start: int) -> int:
        """Return where a stretch begins: with the bookmarks that an editor put in front of it."""
        while start and container[start - 1].tag == f"{W}bookmarkStart":
            start -= 1
        return start

    def _end(self, container: Element, end: int) -> int:
        """Return where the last stretch ends: behind what a person wrote there. Rows of theirs that end a table (a
        total) go on ending it."""
        stop = end
        for at in range(end, len(container)):
            one = container[at]
            if one.tag not in {P, TBL, TR, *_MARKS} or self._is_static(one):
                break
            if one.tag in _MARKS or not text_within(one).strip():
                continue
            if one in self._bound or not self._bound.isdisjoint(one.iter(P, TR)):
                break
            stop = at + 1
        return end if container.tag == TBL and stop == len(container) else stop

    def _is_static(self, element: Element) -> bool:
        """Whether a block is the template's own."""
        if element.tag not in {P, TBL, TR} or element in self._bound:
            return False
        return text_within(element) in self._static and self._bound.isdisjoint(element.iter(P, TR))


def _bound(document: Document) -> set[Element]:
    items = (found for _, story in document.stories for found in (*story.items, *story.entries))
    return {one for found in items for one in found.elements}


def _unbound(document: Document) -> set[str]:
    """Return the texts of the blocks and rows that no value or loop made."""
    bound = _bound(document)
    blocks = (one for root in document.roots.values() for one in root.iter(P, TBL, TR))
    free = (one for one in blocks if one not in bound and bound.isdisjoint(one.iter(P, TR)))
    return {text for one in free if (text := text_within(one)).strip()}


def _common(elements: Sequence[Element]) -> Element | None:
    """Return what all elements stand in."""
    parents = [set(one.iterancestors()) for one in elements]
    shared = set.intersection(*parents)
    return next((one for one in elements[0].iterancestors() if one in shared), None)


def _child(element: Element, container: Element) -> Element:
    while (parent := element.getparent()) is not container:
        assert parent is not None
        element = parent
    return element


def _are_whole(spans: Sequence[Sequence[Element]], *, in_field: bool) -> bool:
    """Whether nothing runs from one stretch into another: a range, a field, a merged cell, a section of the layout, a
    paragraph whose end somebody has struck out. *in_field*: they are parts of one field."""
    before = spans[0][0].getprevious()
    behind = spans[-1][-1].getnext()
    if _joins_next(before) or any(_joins_next(span[-1]) for span in spans):
        return False
    if any(goes_on(one) for one in (*(span[0] for span in spans), behind) if one is not None):
        return False
    return all(_is_whole(span, in_field=in_field) for span in spans)


def _is_whole(span: Sequence[Element], *, in_field: bool) -> bool:
    for name in _RANGES:
        ends = ({one.get(f"{W}id") for top in span for one in top.iter(f"{W}{name}{end}")} for end in ("Start", "End"))
        if next(ends) != next(ends):
            return False
    if any(next(top.iter(f"{W}sectPr"), None) is not None for top in span):
        return False
    marks = [one.get(f"{W}fldCharType") for top in span for one in top.iter(f"{W}fldChar")]
    return in_field or marks.count("begin") == marks.count("end")


def _joins_next(element: Element | None) -> bool:
    return element is not None and element.tag == P and element.find(f"{W}pPr/{W}rPr/{DEL}") is not None
