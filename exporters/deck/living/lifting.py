"""Slides and shapes of a new render made at home in the edited deck, with every part that they lead to."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING

from exporters.charts.drawingml import P, R
from exporters.deck.living.deck import Deck, Slide
from exporters.deck.living.shapes import Element, serialised
from exporters.package import Relationship, ct, relative_target, rt

if TYPE_CHECKING:
    from exporters.deck.living.packing import Changes

# ECMA-376 part 1, 19.7.16 and 19.7.20: ids of masters and layouts share one space, from 2^31.
_FIRST_MASTER = 2**31


class Lifter:
    """Copies parts of *ours* into the package of *edited*. Relationship ids inside copied parts stay."""

    def __init__(self, edited: Deck, ours: Deck, changes: Changes) -> None:
        self._edited, self._ours, self._changes = edited, ours, changes
        self._shared: dict[str, str] = {}
        self._layouts: dict[str, str] = {}
        self._keys = {slide.key: slide.part for slide in edited.slides if slide.key} if ours is not edited else {}

    # --- parts -------------------------------------------------------------------------------------------------------

    def part(self, source: str) -> str:
        """Copy a part and all that it leads to; return its name."""
        return self._copy(source, {})

    def _copy(self, source: str, done: dict[str, str]) -> str:
        known = done.get(source) or self._shared.get(source)
        if known:
            return known
        changes, package = self._changes, self._ours.package
        name = source if source not in changes else changes.free_name(source)
        done[source] = name
        changes.carry(package, source, name)
        for item in package.relationships(source):
            self._relate(name, item, source, lambda _, target: self._copy(target, done))
        return name

    def _relate(self, part: str, item: Relationship, source: str, copied: Callable[[str, str], str]) -> None:
        """Give *part* one relationship of *source* under the same id, its target copied."""
        if item.external:
            self._changes.link_as(part, item)
            return
        target = self._inside(source, item)
        if not target:
            return
        name = self._picture(target) if item.type == rt.IMAGE else copied(item.type, target)
        if name:
            self._changes.link_as(part, Relationship(item.id, item.type, relative_target(part, name)))

    def _inside(self, source: str, item: Relationship) -> str:
        package = self._ours.package
        target = package.relationships(source).target(item)
        return package.stored_name(target) if target in package else ""

    def _picture(self, source: str) -> str:
        """Return the edited deck's own copy of a picture, if it has the very same; else a new one."""
        found = self._shared.get(source)
        if found is None:
            package, own = self._ours.package, self._edited.package
            same = source in own and own.size(source) == package.size(source)
            same = same and own.read(source) == package.read(source)
            found = source if same else self._copy(source, {})
            self._shared[source] = found
        return found

    # --- slides ------------------------------------------------------------------------------------------------------

    def slide(self, source: Slide, notes_master: Callable[[], str], into: str = "") -> str:
        """Copy a slide with its notes, charts and workbooks; return its part.

        It takes the place of the slide *into* in all lists and links; without one it stands in no list yet.
        """
        changes, package = self._changes, self._ours.package
        if into:
            changes.drop(into)
            self._keys[source.key] = into
        name = into or changes.free_name("ppt/slides/slide1.xml")
        changes.carry(package, source.part, name)

        def copied(kind: str, target: str) -> str:
            if kind == rt.SLIDE_LAYOUT:
                return self.layout(target)
            if kind == rt.NOTES_SLIDE:
                return self._notes(target, name, notes_master)
            if kind == rt.SLIDE:
                # A link to another slide leads to the same one in the edited deck, else to the slide itself.
                return self._keys.get(self._ours.by_part[target].key, name) if target in self._ours.by_part else name
            return self.part(target)

        for item in package.relationships(source.part):
            self._relate(name, item, source.part, copied)
        return name

    def _notes(self, source: str, slide: str, notes_master: Callable[[], str]) -> str:
        name = self._changes.free_name("ppt/notesSlides/notesSlide1.xml")
        self._changes.carry(self._ours.package, source, name)

        def copied(kind: str, target: str) -> str:
            if kind == rt.NOTES_MASTER:
                return notes_master()
            return slide if kind == rt.SLIDE else self.part(target)

        for item in self._ours.package.relationships(source):
            self._relate(name, item, source, copied)
        return name

    def notes_master(self) -> str:
        """Copy the notes master; empty where the new render has none."""
        source = self._ours.related(self._ours.main, rt.NOTES_MASTER)
        return self.part(source) if source else ""

    # --- layouts -----------------------------------------------------------------------------------------------------

    def layout(self, source: str) -> str:
        """Return the edited deck's layout like *source*.

        LibreOffice leaves layouts without names and placeholders, on which the new slide would hang in the air: then
        the master comes along with it.
        """
        found = self._layouts.get(source)
        if found is None:
            found = self._like(source)
            if not found:
                self._master(self._ours.related(source, rt.SLIDE_MASTER))
                found = self._layouts.get(source, "")
            self._layouts[source] = found
        return found

    def _like(self, source: str) -> str:
        name, needed = _described(self._ours.tree(source))
        package = self._edited.package
        parts = [part for part in package.content_types.parts_of(ct.SLIDE_LAYOUT) if part in package]
        parts.sort(key=lambda part: part != source)
        for part in parts:
            own_name, own = _described(self._edited.tree(part))
            if needed <= own and (own_name == name or part == source):
                return package.stored_name(part)
        return ""

    def _master(self, source: str) -> None:
        changes, ours = self._changes, self._ours
        name = source if source not in changes else changes.free_name(source)
        root = copy.deepcopy(ours.tree(source))
        following = self._next_master_id()
        for number, entry in enumerate(root.iter(f"{P}sldLayoutId"), following + 1):
            entry.set("id", str(number))
        changes.add(name, serialised(root), ct.SLIDE_MASTER)

        def copied(kind: str, target: str) -> str:
            return self._layout_of(target, name) if kind == rt.SLIDE_LAYOUT else self.part(target)

        for item in ours.package.relationships(source):
            self._relate(name, item, source, copied)
        presentation = self._edited.tree(self._edited.main)
        listing = presentation.find(f"{P}sldMasterIdLst")
        if listing is not None:
            rel_id = changes.link(self._edited.main, name, rt.SLIDE_MASTER)
            listing.append(listing.makeelement(f"{P}sldMasterId", {"id": str(following), f"{R}id": rel_id}))

    def _layout_of(self, source: str, master: str) -> str:
        changes, package = self._changes, self._ours.package
        name = source if source not in changes else changes.free_name(source)
        changes.carry(package, source, name)
        self._layouts[source] = name

        def copied(kind: str, target: str) -> str:
            return master if kind == rt.SLIDE_MASTER else self.part(target)

        for item in package.relationships(source):
            self._relate(name, item, source, copied)
        return name

    def _next_master_id(self) -> int:
        edited = self._edited
        roots = [edited.tree(edited.main)]
        for item in edited.package.relationships(edited.main).of_type(rt.SLIDE_MASTER):
            target = edited.package.relationships(edited.main).target(item)
            if target in edited.package:
                roots.append(edited.tree(edited.package.stored_name(target)))
        ids = [
            int(entry.get("id", "0"))
            for root in roots
            for entry in root.iter(f"{P}sldMasterId", f"{P}sldLayoutId")
            if entry.get("id", "").isdecimal()
        ]
        return max((*ids, _FIRST_MASTER - 1)) + 1

    # --- shapes ------------------------------------------------------------------------------------------------------

    def shape(self, element: Element, source: Slide, target: Slide) -> Element:
        """Return a copy of a shape for another slide: ids of its own, and the parts that it leads to."""
        made = copy.deepcopy(element)
        made.tail = None
        relationships = self._ours.package.relationships(source.part)
        for one in made.iter("*"):
            for name, value in list(one.attrib.items()):
                if str(name).startswith(R) and str(value) in relationships:
                    one.set(name, self._link(relationships[str(value)], source, target))
        used = [int(mark.get("id", "1")) for mark in target.root.iter(f"{P}cNvPr") if mark.get("id", "").isdecimal()]
        for number, mark in enumerate(made.iter(f"{P}cNvPr"), max(used, default=1) + 1):
            mark.set("id", str(number))
        return made

    def _link(self, item: Relationship, source: Slide, target: Slide) -> str:
        if item.external:
            return self._changes.link_out(target.part, item.target, item.type)
        part = self._inside(source.part, item)
        if item.type == rt.SLIDE:
            key = self._ours.by_part[part].key if part in self._ours.by_part else ""
            return self._changes.link(target.part, self._keys.get(key, target.part), item.type)
        name = self._picture(part) if item.type == rt.IMAGE else self.part(part)
        return self._changes.link(target.part, name, item.type)


def _described(layout: Element) -> tuple[str, set[tuple[str, str]]]:
    """Return a layout's name, and type and index of its placeholders."""
    content = layout.find(f"{P}cSld")
    name = content.get("name", "") if content is not None else ""
    return name, {(mark.get("type", "obj"), mark.get("idx", "0")) for mark in layout.iter(f"{P}ph")}
