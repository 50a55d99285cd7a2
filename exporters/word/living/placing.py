"""Where a lifted paragraph, row or entry of the contents goes: beside those that stand beside it in the new render."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from exporters.word.living.document import Document
from exporters.word.living.found import Found, suffix_of
from exporters.word.living.lines import TBL, TR, P, text_within
from exporters.word.living.merged import goes_on
from exporters.word.names import W
from exporters.word.xmlparts import Element

_HEADS = (f"{W}tblPr", f"{W}tblGrid")


class Placer:
    """Puts copies of items of *ours* into *target*. Each item of both is indexed once."""

    def __init__(self, target: Document, ours: Document) -> None:
        self._here: dict[str, list[Found]] = {}
        for _, story in target.stories:
            for item in (*story.items, *story.entries):
                self._here.setdefault(item.id, []).append(item)
        known = {item.id for _, story in ours.stories for item in story.items}
        self._looks: dict[str, list[Found]] = defaultdict(list)
        """The rows of the target that the new render has in another look, if at all, by their records."""
        for item in (one for found in self._here.values() for one in found if one.is_row and one.id not in known):
            self._looks["_".join(suffix_of(item.id))].append(item)
        self._ours: dict[Element, Found] = {}
        """The items of the new render by their elements, as far as their blocks were looked at."""
        self._part = ours.body.part
        self._blocks: dict[int, list[Found]] = defaultdict(list)
        for _, story in ours.stories:
            for item in (*story.items, *story.entries):
                for block in {node.block if self._part.is_apart else -1 for node in item.nodes}:
                    self._blocks[block].append(item)
        self._look_at(-1)
        self._placed: dict[str, Element] = {}
        self._body = target.body.root[0]

    def _look_at(self, block: int) -> None:
        for item in self._blocks.pop(block, ()):
            for element in item.elements:
                self._ours.setdefault(element, item)

    def _siblings(self, element: Element, *, preceding: bool = False) -> Iterator[Element]:
        for one, block in self._part.siblings(element, preceding=preceding):
            self._look_at(block)
            yield one

    def brother(self, source: Found) -> Found | None:
        """Return a row of the target that stands in the same table as *source* and is made like it; if there is one,
        one whose cells are all its own."""
        self._look_at(source.node.block)
        brothers = list(self._brothers(source))
        return next((one for one in brothers if not goes_on(one.element)), brothers[0] if brothers else None)

    def _brothers(self, source: Found) -> Iterator[Found]:
        family = source.id.split("_")[2]
        for direction in (True, False):
            for sibling in source.element.itersiblings(TR, preceding=direction):
                item = self._ours.get(sibling)
                if item is not None and item.id.split("_")[2] == family and item.id in self._here:
                    yield self._here[item.id][0]

    def place(self, source: Found, made: Element) -> None:
        """Put *made*, the copy of *source*, where it belongs."""
        self._look_at(source.node.block)
        if source.is_row:
            self._place_row(source, made)
        else:
            self._place_block(source.element, suffix_of(source.id), made)
        self._placed[source.id] = made

    def _place_row(self, source: Found, made: Element) -> None:
        near = self._nearest(source.element, suffix_of(source.id), self._row_in_target)
        if near is not None:
            _put(near[0], near[1], made)
            return
        table = source.element.getparent()
        assert table is not None
        shell = self._table_like(table)
        if shell is None:
            shell = table.makeelement(TBL)
            shell.extend(copy.deepcopy(child) for child in table if child.tag in _HEADS)
            self._place_block(table, suffix_of(source.id), shell)
        shell.append(made)

    def _row_in_target(self, element: Element, _first: bool) -> Element | None:
        item = self._ours.get(element)
        if item is None:
            return None
        if item.id in self._placed:
            return self._placed[item.id]
        record = "_".join(suffix_of(item.id))
        looks = self._looks.get(record, []) if record and item.id not in self._here else []
        rows = (*self._here.get(item.id, ()), *(looks if len(looks) == 1 else ()))
        return next((one.element for one in rows if one.is_row and _attached(one.element)), None)

    def _table_like(self, table: Element) -> Element | None:
        """Return the table of the target that has the same unbound first row, where every bound row is gone."""
        first = table.find(TR)
        if first is None or first in self._ours:
            return None
        wanted = text_within(first)
        root = self._body.getroottree().getroot()
        firsts = ((one, one.find(TR)) for one in root.iter(TBL))
        return next((one for one, row in firsts if row is not None and text_within(row) == wanted), None)

    def _place_block(self, source: Element, suffix: list[str], made: Element) -> None:
        near = self._nearest(source, suffix, self._block_in_target)
        if near is not None:
            _put(near[0], near[1], made)
            return
        last = self._body.find(f"{W}sectPr")
        if last is not None:
            last.addprevious(made)
        else:
            self._body.append(made)

    def _block_in_target(self, element: Element, first: bool) -> Element | None:
        """Return the block of the target that an element of ours became; its *first* paragraph, or its last."""
        container = element.getparent()
        kind = container.tag if container is not None else ""
        for item in self._items_in(element):
            if item.id in self._placed:
                found = self._placed[item.id]
                candidates = [found]
            else:
                candidates = [one.elements[0 if first else -1] for one in self._here.get(item.id, ())]
            for one in candidates:
                block = next((up for up in one.iterancestors(TBL)), one) if element.tag == TBL else one
                parent = block.getparent()
                if parent is not None and (parent.tag == kind or f"{W}sdtContent" in {kind, parent.tag}):
                    return block
        return None

    def _items_in(self, element: Element) -> Iterator[Found]:
        if element.tag == TBL:
            for row in element.iter(TR):
                if row in self._ours:
                    yield self._ours[row]
        elif element in self._ours:
            yield self._ours[element]

    def _nearest(
        self, source: Element, suffix: list[str], find: Callable[[Element, bool], Element | None]
    ) -> tuple[Element, bool] | None:
        """Return the element of the target to stand beside, and whether before it.

        Of the neighbours on both sides the one is taken whose record is closer; the following one where both are, so
        that what people wrote behind the one before stays with it.
        """
        behind = _first_found(self._siblings(source, preceding=True), lambda one: find(one, False))
        ahead = _first_found(self._siblings(source), lambda one: find(one, True))
        if behind is None and ahead is None:
            return None
        if behind is not None and ahead is not None:
            closer = self._shared(suffix, behind[0]) > self._shared(suffix, ahead[0])
            if not closer:
                behind = None
        if behind is not None:
            return self._past(behind[0], source, behind[1], backwards=False), False
        assert ahead is not None
        return self._past(ahead[0], source, ahead[1], backwards=True), True

    def _shared(self, suffix: list[str], element: Element) -> int:
        items = list(self._items_in(element)) or ([self._ours[element]] if element in self._ours else [])
        return max((_common(suffix, suffix_of(item.id)) for item in items[-1:]), default=0)

    def _past(self, neighbour: Element, source: Element, place: Element, *, backwards: bool) -> Element:
        """Step over the unbound blocks between *neighbour* and *source*, where the target has them as well."""
        for element in self._siblings(neighbour, preceding=backwards):
            following = place.getprevious() if backwards else place.getnext()
            if element is source or following is None or element.tag != following.tag or element.tag not in {P, TBL}:
                break
            if text_within(element) != text_within(following):
                break
            place = following
        return place


def _first_found(
    elements: Iterable[Element], find: Callable[[Element], Element | None]
) -> tuple[Element, Element] | None:
    for element in elements:
        found = find(element)
        if found is not None:
            return element, found
    return None


def _common(first: list[str], second: list[str]) -> int:
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


def _put(place: Element, before: bool, made: Element) -> None:
    if before:
        place.addprevious(made)
    else:
        place.addnext(made)


def _attached(element: Element) -> bool:
    return element.getparent() is not None
