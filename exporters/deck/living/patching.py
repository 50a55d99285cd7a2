"""A plan carried out on an edited deck: bound text in its runs, numbers in their charts, rows, shapes and whole slides.

Places, sizes, colours, groups, animations, comments, pictures, people's own slides and their order stay as they are;
a part in which nothing changes is carried over byte for byte.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO

from exporters.charts.drawingml import P
from exporters.deck.living.charts import renew, titles_of
from exporters.deck.living.deck import Deck, Slide
from exporters.deck.living.inserting import Inserter
from exporters.deck.living.lifting import Lifter
from exporters.deck.living.listing import SlideList
from exporters.deck.living.marking import Marker
from exporters.deck.living.names import key_of, may_be_bound
from exporters.deck.living.notes import NotesWriter, set_notes
from exporters.deck.living.packing import Changes
from exporters.deck.living.places import Place, Places
from exporters.deck.living.reading import KEPT
from exporters.deck.living.shapes import FRAME, GROUP, SHAPES, Element, Shape, body_of, mark_of, name_of
from exporters.deck.living.sizing import follow_size
from exporters.deck.living.tables import set_cell
from exporters.deck.living.texts import paragraphs_of, set_text, text_of
from exporters.package import ct, rt
from exporters.package.custom import CUSTOM, custom_part, with_properties
from exporters.package.described import described_parts
from exporters.snapshot import InsertGroup, InsertItem, MarkStale, RemoveGroup, RemoveItem, ReplaceGroup, SetSlot

if TYPE_CHECKING:
    from exporters.package import Package
    from exporters.snapshot import Plan


def patch(
    target: Package,
    plan: Plan,
    ours: Package,
    out: BinaryIO,
    *,
    properties: Mapping[str, str] = {},
    track: str = "",
    epoch: int | None = None,
) -> None:
    """Decks know no tracked changes: *track* changes nothing."""
    patcher = _Patcher(target, plan, ours)
    patcher.run()
    patcher.set_properties(properties)
    patcher.changes.write(out, epoch)


class _Patcher:
    def __init__(self, target: Package, plan: Plan, ours: Package) -> None:
        self.edited = KEPT.take(target) or Deck(target)
        self.ours, self.plan = KEPT.find(ours) or Deck(ours), plan
        self.changes = Changes(target)
        self.dirty: set[str] = set()
        self.lifter = Lifter(self.edited, self.ours, self.changes)
        self.notes = NotesWriter(self.edited, self.lifter, self.changes)
        self.places, self.sources = Places(self.edited), Places(self.ours)

    def run(self) -> None:
        edits = self.plan.edits
        # Places are found before anything moves: handles count shapes and rows as they stood when the file was read.
        found = [(edit, self.places.find(edit.at)) for edit in edits if isinstance(edit, SetSlot | RemoveItem)]
        inserter = Inserter(self.places, self.sources, self.lifter, self.dirty)
        inserter.prepare(edit for edit in edits if isinstance(edit, InsertItem))
        for edit, place in found:
            if isinstance(edit, SetSlot) and place is not None:
                self._set(edit, place)
        inserter.run()
        self._replace_slides()
        for edit, place in found:
            if isinstance(edit, RemoveItem) and place is not None and place.slide.part in self.edited.by_part:
                self._remove(place)
        self._insert_slides()
        self._give_back_alternatives()
        sets = [edit for edit in edits if isinstance(edit, SetSlot)]
        for part, data in described_parts(self.edited.package, sets, self.ours.package).items():
            self.changes.set(part, data)
        stale = [edit for edit in edits if isinstance(edit, MarkStale)]
        Marker(self.edited, self.ours, self.plan, self.notes).run(stale)
        for part in sorted(self.dirty | self.notes.changed):
            self.changes.set(part, self.edited.content(part))

    # --- texts and numbers -------------------------------------------------------------------------------------------

    def _set(self, edit: SetSlot, place: Place) -> None:
        source = self.sources.find(edit.source) if edit.source else None
        if place.is_notes:
            set_notes(place.slide, edit.new, self.notes)
        elif place.cell is not None:
            set_cell(place.cell, edit.new)
            self.dirty.add(place.slide.part)
        elif place.alternative:
            mark = mark_of(place.shape) if place.shape is not None else None
            if mark is not None:
                mark.set("descr", edit.new)
                self.dirty.add(place.slide.part)
        elif place.shape is not None and place.chart:
            self._chart(edit, place, source)
        elif place.shape is not None:
            body = body_of(place.shape)
            if body is None:
                return
            origin = body_of(source.shape) if source is not None and source.shape is not None else None
            set_text(paragraphs_of(body), edit.new, paragraphs_of(origin) if origin is not None else ())
            self.dirty.add(place.slide.part)
            self._rename(place.shape, place.slide, edit.key)
            if source is not None and source.shape is not None:
                follow_size(place.shape, source.shape)

    def _chart(self, edit: SetSlot, place: Place, source: Place | None) -> None:
        assert place.shape is not None
        part = place.slide.chart_part(place.shape)
        if not part:
            return
        if place.title:
            body = dict(titles_of(self.edited.tree(part))).get(place.title)
            if body is not None:
                set_text(paragraphs_of(body), edit.new)
                self.dirty.add(part)
        elif source is not None and source.shape is not None:
            origin = source.slide.chart_part(source.shape)
            if origin:
                renew(self.edited, part, self.ours, origin, self.changes, edit.new)
                self.dirty.add(part)

    def _give_back_alternatives(self) -> None:
        """Give charts and tables on slides that are written anyway the alternative texts that LibreOffice 7.4 loses at
        every save."""
        slides = [slide for slide in self.edited.slides if slide.part in self.dirty]
        silent = [mark for slide in slides for mark in _frames(slide) if not mark.get("descr")]
        texts: dict[str, set[str]] = defaultdict(set)
        for mark in (mark for slide in self.ours.slides for mark in _frames(slide)) if silent else ():
            texts[key_of(mark.get("name", ""))].add(mark.get("descr", ""))
        for mark in silent:
            # The name of the slide is lost at that save too.
            key = key_of(mark.get("name", ""))
            if key and len(texts[key]) == 1:
                mark.set("descr", *texts[key])

    def _rename(self, shape: Element, slide: Slide, key: str) -> None:
        """Give a shape whose name an editor took its key back, as it is written anyway."""
        mark = mark_of(shape)
        # What a person called it stays.
        is_lost = Shape.of(shape).holder is not None or may_be_bound(name_of(shape))
        if (
            mark is not None
            and is_lost
            and not key_of(name_of(shape))
            and all(name_of(one) != key for one in slide.shapes)
        ):
            mark.set("name", key)

    def _remove(self, place: Place) -> None:
        """Take out a table's row or a shape; a group goes with the last of its shapes that says anything."""
        element = place.row.element if place.row is not None else place.shape
        parent = element.getparent() if element is not None else None
        if element is None or parent is None:
            return
        parent.remove(element)
        self.dirty.add(place.slide.part)
        while parent is not None and parent.tag == GROUP and not any(map(_says_something, parent.iter(*SHAPES))):
            group, parent = parent, parent.getparent()
            if parent is not None:
                parent.remove(group)

    # --- slides ------------------------------------------------------------------------------------------------------

    def _replace_slides(self) -> None:
        for edit in self.plan.edits:
            if isinstance(edit, ReplaceGroup):
                self.lifter.slide(self.ours.by_part[edit.source], self.notes.master, into=edit.at)
                self.edited.slides.remove(self.edited.by_part.pop(edit.at))
                # A master may have come along with it.
                self.dirty.add(self.edited.main)

    def _insert_slides(self) -> None:
        listing = SlideList(self.edited, self.changes)
        for edit in self.plan.edits:
            source = self.ours.by_part.get(edit.source) if isinstance(edit, InsertGroup) else None
            if isinstance(edit, InsertGroup) and source is not None:
                part = self.lifter.slide(source, self.notes.master)
                listing.insert(part, edit.after, edit.before)
                self.dirty.add(self.edited.main)
        for edit in self.plan.edits:
            if isinstance(edit, RemoveGroup) and edit.at in self.edited.by_part:
                listing.remove(edit.at)
                self.edited.slides.remove(self.edited.by_part.pop(edit.at))
                self.dirty.add(self.edited.main)
        listing.count()

    # --- properties --------------------------------------------------------------------------------------------------

    def set_properties(self, properties: Mapping[str, str]) -> None:
        """Set the custom properties; an editor may have lost their part."""
        if not properties:
            return
        package = self.edited.package
        part = custom_part(package)
        if part:
            data = package.read(part)
            made = with_properties(data, properties)
            if made != data:
                self.changes.set(part, made)
            return
        part = CUSTOM if CUSTOM not in package else self.changes.free_name("docProps/custom1.xml")
        self.changes.add(part, with_properties(b"", properties), ct.CUSTOM_PROPERTIES)
        self.changes.link("", part, rt.CUSTOM_PROPERTIES)


def _frames(slide: Slide) -> list[Element]:
    """Return what names the charts and tables of a slide that are bound."""
    marks = (mark_of(one) for one in slide.shapes if one.tag == FRAME)
    return [mark for mark in marks if mark is not None and key_of(mark.get("name", ""))]


def _says_something(shape: Element) -> bool:
    body = body_of(shape)
    return shape.tag in {f"{P}graphicFrame", f"{P}pic"} or (body is not None and bool(text_of(paragraphs_of(body))))


__all__ = ["patch"]
