"""The lists that know all slides of a deck: the presentation's order, its sections, the document's counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from exporters.charts.drawingml import A, P, R
from exporters.deck.living.deck import Deck
from exporters.deck.living.shapes import Element, serialised
from exporters.package import rt

if TYPE_CHECKING:
    from exporters.deck.living.packing import Changes

P14 = "{http://schemas.microsoft.com/office/powerpoint/2010/main}"
_FIRST_SLIDE = 256
_LINKS = (f"{A}hlinkClick", f"{A}hlinkHover", f"{A}hlinkMouseOver")


class SlideList:
    """Adds slides beside others (several at one place keep the order in which they come) and takes slides out."""

    def __init__(self, deck: Deck, changes: Changes) -> None:
        self._deck, self._changes = deck, changes
        self._last: dict[str, Element] = {}
        self._changed = False

    def insert(self, part: str, after: str, before: str) -> None:
        """List the slide *part* behind the slide *after*, else in front of *before*, else at the end."""
        root = self._deck.tree(self._deck.main)
        listing = root.find(f"{P}sldIdLst")
        if listing is None:
            return
        entries = {self._part_of(entry): entry for entry in listing}
        ids = [int(entry.get("id", "0")) for entry in listing]
        number = max((*ids, _FIRST_SLIDE - 1)) + 1
        rel_id = self._changes.link(self._deck.main, part, rt.SLIDE)
        made = listing.makeelement(f"{P}sldId", {"id": str(number), f"{R}id": rel_id})
        beside = self._last.get(after) if after in self._last else entries.get(after)
        if beside is not None:
            beside.addnext(made)
        elif before in entries:
            beside = entries[before]
            beside.addprevious(made)
        else:
            beside = listing[-1] if len(listing) else None
            listing.append(made)
        if after:
            self._last[after] = made
        self._into_section(root, made, beside)
        self._changed = True

    def remove(self, part: str) -> None:
        """Take the slide *part* out of the order, of sections and of custom shows, with the links that lead to it."""
        root, main = self._deck.tree(self._deck.main), self._deck.main
        entry = next((one for one in root.iter(f"{P}sldId") if self._part_of(one) == part), None)
        if entry is None:
            return
        number = entry.get("id", "")
        rel_ids = self._changes.unlink(main, part)
        named = [one for one in root.iter(f"{P14}sldId") if one.get("id") == number]
        shown = [one for one in root.iter(f"{P}sld") if one.get(f"{R}id") in rel_ids]
        _take_out([entry, *named, *shown])
        for slide in self._deck.slides:
            links = self._changes.unlink(slide.part, part) if slide.part != part else ()
            if links:
                _take_out([one for one in slide.root.iter(*_LINKS) if one.get(f"{R}id") in links])
                self._changes.set(slide.part, serialised(slide.root))
        self._changes.drop(part)
        self._changed = True

    def _part_of(self, entry: Element) -> str:
        rel_id = entry.get(f"{R}id", "")
        relationships = self._changes.relationships(self._deck.main)
        return relationships.target(rel_id) if rel_id in relationships else ""

    def _into_section(self, root: Element, made: Element, beside: Element | None) -> None:
        """A new slide belongs to its neighbour's section; a deck with sections must list every slide in one."""
        if beside is None:
            return
        number, own = beside.get("id", ""), made.get("id", "")
        for entry in root.iter(f"{P14}sldId"):
            if entry.get("id") == number:
                member = entry.makeelement(f"{P14}sldId", {"id": own})
                if made.getnext() is beside:
                    entry.addprevious(member)
                else:
                    entry.addnext(member)
                return

    def count(self) -> None:
        """Tell the document's properties how many slides there are now."""
        package = self._deck.package
        part = package.relationships().target_of_type(rt.EXTENDED_PROPERTIES)
        if not self._changed or part is None or part not in package:
            return
        part = package.stored_name(part)
        root = self._deck.tree(part)
        listing = self._deck.tree(self._deck.main).find(f"{P}sldIdLst")
        for child in root:
            if isinstance(child.tag, str) and child.tag.endswith("}Slides") and listing is not None:
                child.text = str(len(listing))
        self._changes.set(part, serialised(root))


def _take_out(elements: Iterable[Element]) -> None:
    for element in elements:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
