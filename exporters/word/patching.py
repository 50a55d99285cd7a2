"""A plan carried out on an edited briefing: bound text inside its runs, items put in and taken out, nothing else."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import BinaryIO

from lxml import etree

from exporters.charts.data import carry_data
from exporters.package import EditedPackage, Package, relative_target, rt
from exporters.package.described import described_parts, is_described
from exporters.package.relationships import Relationships, rels_name
from exporters.snapshot import Conflict, InsertItem, Plan, RemoveItem, SetSlot, SlotKind
from exporters.word.anchors import PROPERTY, digest_properties
from exporters.word.living import cells, merged
from exporters.word.living.atoms import END, START, Atom, Kind, leaves
from exporters.word.living.counting import bookmark_ids, has_its_controls
from exporters.word.living.document import KEPT, Document, Place, is_alternative, is_notes
from exporters.word.living.found import ENTRY, Found, Region
from exporters.word.living.lifting import Lifter, Luggage
from exporters.word.living.lines import CHART, TR, P, text_within
from exporters.word.living.marking import (
    carry_notes,
    flatten_fields,
    mark_inserted,
    restore_controls,
    take_out,
    take_over_field_end,
    without_loose_fields,
)
from exporters.word.living.numbering import order_notes
from exporters.word.living.placing import Placer
from exporters.word.living.remarks import Remarks, Spot
from exporters.word.living.rewriting import write_prose, write_value
from exporters.word.living.runs import DEL, INS, Pen, remove
from exporters.word.living.saving import save, written
from exporters.word.names import W
from exporters.word.xmlparts import Element

# What ends a bookmark or a range has the number of what begins it.
_WITH_IDS = (START, INS, DEL, f"{W}moveFrom", f"{W}moveTo", f"{W}rPrChange", f"{W}pPrChange",
             f"{W}moveFromRangeStart", f"{W}moveToRangeStart")  # fmt: skip


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
    """New items, controls and charts are lifted from *ours*."""
    _Patch(target, plan, ours, track, epoch).write(out, properties)


def untracked(plan: Plan) -> list[SetSlot]:
    """Return what *plan* writes and no revision can carry: charts, alternative texts, properties, notes put back."""
    sets = [edit for edit in plan.edits if isinstance(edit, SetSlot)]
    alone = {SlotKind.CHART, SlotKind.LOST}
    return [edit for edit in sets if edit.kind in alone or is_described(edit.at) or is_alternative(edit.at)]


class _Patch:
    def __init__(self, target: Package, plan: Plan, ours: Package, track: str, epoch: int | None) -> None:
        self._plan, self._epoch = plan, epoch
        # What was looked at block by block has no tree that could be changed.
        taken = KEPT.take(target)
        self._target = taken if taken is not None and not taken.body.part.is_apart else Document(target)
        self._package = ours
        self._pen = _pen(self._target, track)
        self._date = track or ("" if epoch is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch)))
        self._luggage = Luggage(self._target)
        self._changed: set[Element] = set()
        self._texts: dict[Element, bytes] = {}
        """What changed parts are written as, by their roots."""
        self._controls: dict[str, Atom | Found] | None = None

    @cached_property
    def _ours(self) -> Document:
        if self._package is self._target.package:
            return self._target
        found = KEPT.find(self._package) or Document(self._package)
        found.body.part.set_apart()
        return found

    @cached_property
    def _lifter(self) -> Lifter:
        return Lifter(self._target, self._ours, self._pen, self._luggage)

    def write(self, out: BinaryIO, properties: Mapping[str, str]) -> None:
        edits = self._plan.edits
        sets = [edit for edit in edits if isinstance(edit, SetSlot)]
        self._luggage.parts |= described_parts(self._target.package, sets, self._package)
        sets = [edit for edit in sets if not is_described(edit.at)]
        for edit in sets:
            if edit.kind is SlotKind.VALUE:
                self._set_value(edit)
        for edit in sets:
            if edit.kind in {SlotKind.PROSE, SlotKind.DERIVED} and not is_notes(edit):
                self._set_prose(edit)
            elif edit.kind is SlotKind.CHART:
                self._set_chart(edit)
            elif edit.kind is SlotKind.LOST:
                self._refill(edit)
        noted = [edit for edit in sets if is_notes(edit)]
        for edit in noted:
            self._set_notes(edit)
        inserts = [edit for edit in edits if isinstance(edit, InsertItem)]
        if inserts:
            self._insert(inserts)
        going = (self._target.part(edit.at) for edit in edits if isinstance(edit, RemoveItem))
        removals = [found for found in going if found is not None]
        kept = self._headings_kept({found.id for found in removals})
        removals += self._entries_left({found.id for found in removals})
        going_rows = {found.element for found in removals if found.is_row}
        for found in removals:
            if found.id not in kept:
                self._touch(found.element)
                if found.id.startswith(ENTRY) and self._pen.tracks:
                    flatten_fields(found.element)
                if found.is_row and not self._pen.tracks:
                    for column, head, heir in merged.hand_on(found.element, going_rows):
                        self._hand_on(found, column, head, heir)
                self._take_out(found)
        if inserts or removals or noted or self._target.lost:
            self._changed |= order_notes(self._target)
            self._touch(self._target.body.root)
        self._give_back_alternatives()
        if "_lifter" in self.__dict__:
            self._changed |= self._lifter.touched
        remarks = Remarks(self._target, self._luggage, self._date)
        remarks.show((conflict, self._spot(conflict)) for conflict in self._plan.conflicts)
        self._changed |= remarks.changed
        told = {**self._keys(), **properties}
        save(self._target, self._changed, self._luggage, told, out, self._epoch, self._texts)

    def _take_out(self, found: Found) -> None:
        row = next(found.element.iterancestors(TR), None)
        going = found.elements
        marks = cells.keep_anchor(row, going) if row is not None else []
        take_out(self._pen, found)
        if row is not None and marks:
            cells.give_anchor(row, marks, going)

    def _touch(self, element: Element) -> None:
        self._changed.add(element.getroottree().getroot())

    # --- texts -------------------------------------------------------------------------------------------------------

    def _set_value(self, edit: SetSlot) -> None:
        place = self._target.place(edit.at)
        assert place is not None and place.atom is not None
        atom = place.atom
        self._touch(atom.node)
        write_value(self._pen, atom, edit.new)

    def _set_prose(self, edit: SetSlot) -> None:
        place = self._target.place(edit.at)
        assert place is not None
        if place.drawing is not None:
            # No revision can carry it.
            self._touch(place.drawing)
            place.drawing.set(place.attribute, edit.new)
            return
        if place.atom is not None:
            self._touch(place.atom.node)
            # Where nothing comes or goes, a number moved with its section, which no revision carries either;
            # LibreOffice 7.4 shows old and new numbers where one is revised.
            moved = edit.kind is SlotKind.DERIVED and all(isinstance(one, SetSlot) for one in self._plan.edits)
            pen = Pen() if moved else self._pen
            write_prose(pen, list(leaves(place.atom.inner)), edit.new, _Controls(self, ""))
            return
        assert place.region is not None
        self._touch(place.region.paragraph)
        atoms = place.region.atoms
        if edit.kind is SlotKind.DERIVED:
            atoms = [atom for atom in atoms if atom.kind in {Kind.TEXT, Kind.SIGN}]
            if self._pen.tracks:
                flatten_fields(place.region.paragraph)
        empty = None if place.region.atoms else place.region.paragraph
        write_prose(self._pen, atoms, edit.new, _Controls(self, edit.source), empty)

    def _set_notes(self, edit: SetSlot) -> None:
        place, source = self._target.place(edit.at), self.region(edit.source)
        assert place is not None and place.region is not None and source is not None
        self._touch(place.region.paragraph)
        carry_notes(self._pen, place.region, source, self._lifter)

    def _refill(self, edit: SetSlot) -> None:
        place, source = self._target.place(edit.at), self.region(edit.source)
        assert place is not None and place.region is not None and source is not None
        note, words = place.region.paragraph.getparent(), source.paragraph.getparent()
        assert note is not None and words is not None
        self._lifter.refill(note, words)

    def _give_back_alternatives(self) -> None:
        """Give charts the alternative texts that LibreOffice 7.4 loses at every save."""
        silent = [
            (key, drawing.element)
            for _, story in self._target.stories
            for found in story.items
            for key, drawing in found.drawings
            if not drawing.element.get("descr") and _shows_chart(drawing.element)
        ]
        if not silent:
            return
        shown = (found.drawings for _, story in self._ours.stories for found in story.items)
        texts = {key: one.seen.get("descr", "") for drawings in shown for key, one in drawings}
        for key, drawing in silent:
            if texts.get(key):
                drawing.set("descr", texts[key])
                self._touch(drawing)

    def region(self, handle: str) -> Region | None:
        """Return the region of the new render that a handle stands for."""
        place = self._ours.place(handle) if handle else None
        return place.region if place is not None else None

    def control(self, key: str) -> Element | None:
        """Return some control of the new render that shows a key."""
        if self._controls is None:
            self._controls = {}
            for _, story in self._ours.stories:
                for found in story.items:
                    rows, number = found.unread or (None, 0)
                    for value in rows.values(number) if rows is not None else ():
                        self._controls.setdefault(value, found)
                    for atom in _controls(found) if rows is None else ():
                        self._controls.setdefault(atom.key, atom)
                for atom in story.loose:
                    if atom.kind is Kind.CONTROL:
                        self._controls.setdefault(atom.key, atom)
        shown = self._controls.get(key)
        if isinstance(shown, Found):
            shown = next(atom for atom in _controls(shown) if atom.key == key)
        return shown.node if shown is not None else None

    def _set_chart(self, edit: SetSlot) -> None:
        place, source = self._target.place(edit.at), self._ours.place(edit.source)
        assert place is not None and place.chart is not None and source is not None and source.chart is not None
        part, new = self._target.chart_part(place.chart), self._ours.chart_part(source.chart)
        if part is None or new is None:
            return
        tree = etree.fromstring(self._target.package.read(part))
        carry_data(etree.fromstring(self._ours.package.read(new)), tree, edit.new)
        self._luggage.parts[part] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
        book = self._ours.package.relationships(new).target_of_type(rt.PACKAGE)
        if book is None or book not in self._ours.package:
            return
        data = self._ours.package.read(book)
        own = self._target.package.relationships(part)
        mine = own.target_of_type(rt.PACKAGE)
        if mine is not None and mine in self._target.package:
            self._luggage.parts[self._target.package.stored_name(mine)] = data
            return
        name = self._luggage.copy(self._ours.package, book)
        more, rel_id = own.adding(rt.PACKAGE, relative_target(part, name))
        self._luggage.parts[rels_name(part)] = Relationships(part, more.items).xml()
        self._link_book(part, tree, rel_id)

    def _link_book(self, part: str, tree: Element, rel_id: str) -> None:
        from exporters.word.names import C, R

        if tree.find(f"{C}externalData") is not None:
            return
        link = tree.makeelement(f"{C}externalData", {f"{R}id": rel_id})
        link.append(link.makeelement(f"{C}autoUpdate", {"val": "0"}))
        before = [one for name in ("txPr", "spPr", "chart") if (one := tree.find(f"{C}{name}")) is not None]
        place = next(iter(before), None)
        if place is not None:
            place.addnext(link)
            self._luggage.parts[part] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)

    # --- items -------------------------------------------------------------------------------------------------------

    def _insert(self, inserts: list[InsertItem]) -> None:
        lifter = self._lifter
        placer = Placer(self._target, self._ours)
        for edit in inserts:
            found = self._ours.part(edit.source)
            assert found is not None
            made = lifter.lift(found.element)
            row = self._target.item(edit.group)
            if row is not None:
                source = self._ours.item(edit.source)
                assert source is not None
                cells.put_in(made, found, source, row)
                mark_inserted(self._pen, made)
                continue
            if found.is_row:
                lifter.align(made, placer.brother(found))
            elif found.id.startswith(ENTRY):
                without_loose_fields(made)
                if self._pen.tracks:
                    flatten_fields(made)
            placer.place(found, made)
            if found.is_row:
                merged.settle(made)
            if found.id.startswith(ENTRY):
                take_over_field_end(made)
            mark_inserted(self._pen, made)
        self._pen.digests |= self._ours.digests

    @cached_property
    def _base(self) -> Document | None:
        """What the edited file was generated with."""
        package = self._target.package
        return Document(package.base) if isinstance(package, EditedPackage) else None

    def _hand_on(self, found: Found, column: int, head: Element, heir: Element) -> None:
        """Let the cell that begins what is merged, after *head*, say what its record does; the words of a person, which
        are for all of the rows, are handed on."""
        before = _cell(self._base, found.id, column) if self._base is not None else None
        name = next((one.id for one in self._target.body.items if one.element is heir.getparent()), "")
        own = _cell(self._ours, name, column)
        if before is not None and own is not None and text_within(before) == text_within(head):
            made = [self._lifter.lift(one) for one in own.iter(P)]
        else:
            made = [copy.deepcopy(one) for one in head.iter(P)]
            for mark in [mark for one in made for mark in one.iter(START, END)]:
                remove(mark)
        for one in heir.findall(P):
            remove(one)
        heir.extend(made)

    def _headings_kept(self, removed: set[str]) -> set[str]:
        """Return the entries of the contents whose heading stays: it was touched, so its section was not taken out."""
        names = {found.id: found.regions[0].name for found in self._target.body.entries if found.id in removed}
        if not names:
            return set()
        going = {element for found in self._going(removed) for element in found.elements}
        inside = _bookmarks_in(going)
        text = self._target.body.part.data
        wanted = {one for one in names.values() if one not in inside or text.count(f' w:name="{one}"'.encode()) != 1}
        if not wanted:
            return set()
        marks = self._target.body.root.iter(START)
        homes = {name: mark for mark in marks if (name := mark.get(f"{W}name", "")) in wanted}
        kept: set[str] = set()
        for entry, name in names.items():
            if name in homes and not any(parent in going for parent in homes[name].iterancestors(f"{W}p")):
                kept.add(entry)
        return kept

    def _entries_left(self, removed: set[str]) -> list[Found]:
        """Return the entries of the contents whose heading goes in a later generation than the data dropped them in."""
        inside = _bookmarks_in(element for found in self._going(removed) for element in found.elements)
        text = self._target.body.part.data
        left = (found for found in self._target.body.entries if found.id not in removed) if inside else ()
        names = ((found, found.regions[0].name) for found in left)
        return [found for found, name in names if name in inside and text.count(f' w:name="{name}"'.encode()) == 1]

    def _going(self, removed: set[str]) -> Iterator[Found]:
        for _, story in self._target.stories:
            yield from (found for found in story.items if found.id in removed)

    # --- conflicts ---------------------------------------------------------------------------------------------------

    def _spot(self, conflict: Conflict) -> Spot | None:
        place = self._target.place(conflict.at)
        if place is not None:
            return _spot_of(place)
        found = self._target.item(conflict.at) or self._beside(conflict)
        if found is None:
            return None
        return _spot_in(found.elements[-1])

    def _beside(self, conflict: Conflict) -> Found | None:
        """Return what stands nearest to the place of something deleted."""
        here = {found.id: found for found in self._target.body.items if found.element.getparent() is not None}
        last: Found | None = None
        for found in self._ours.body.items:
            own = found.id == conflict.key or any(
                atom.key == conflict.key for region in found.regions for atom in region.atoms
            )
            if found.id in here:
                last = here[found.id]
            if own and (found.id in here or last is not None):
                return last
        return last

    # --- keys of bookmarked values -----------------------------------------------------------------------------------

    def _keys(self) -> dict[str, str | None]:
        """Return the custom properties that tell keys which bookmarks cannot spell, after giving back controls."""
        digests = {**self._target.digests, **self._pen.digests}
        if not self._pen.tracks:
            originals = self._target.originals
            for name, root in self._target.roots.items():
                if root in self._changed or name not in originals:
                    text = self._texts[root] = written(root)
                else:
                    text = originals[name]
                if not has_its_controls(text) and restore_controls(root, digests):
                    self._touch(root)
                    self._texts.pop(root, None)
        found: dict[str, str | None] = {name: None for name in self._target.properties if name.startswith(PROPERTY)}
        return {**found, **digest_properties(digests)}


def _controls(found: Found) -> Iterator[Atom]:
    return (atom for region in found.regions for atom in region.atoms if atom.kind is Kind.CONTROL)


class _Controls:
    """Gives fresh copies of the controls of one paragraph of the new render, else of any."""

    def __init__(self, owner: _Patch, handle: str) -> None:
        self._owner, self._handle = owner, handle
        self._here: dict[str, Element] | None = None

    def __call__(self, key: str) -> Element | None:
        if self._here is None:
            region = self._owner.region(self._handle)
            atoms = [atom for atom in region.atoms if atom.kind is Kind.CONTROL] if region is not None else []
            self._here = {atom.key: atom.node for atom in reversed(atoms)}
        node = self._here.get(key)
        if node is None:
            node = self._owner.control(key)
        if node is None:
            return None
        made = copy.deepcopy(node)
        made.tail = None
        return made


def _shows_chart(drawing: Element) -> bool:
    """Return whether the properties of a drawing are a chart's, and none that is said to be mere decoration."""
    frame = drawing.getparent()
    decorative = any(str(one.tag).endswith("}decorative") for one in drawing.iter())
    return frame is not None and not decorative and next(frame.iter(CHART), None) is not None


def _pen(target: Document, track: str) -> Pen:
    numbers: list[str] = []
    for name, root in target.roots.items():
        bookmarks = bookmark_ids(target.originals[name])
        numbers += bookmarks or ()
        rest = _WITH_IDS if bookmarks is None else _WITH_IDS[1:]
        numbers += (one.get(f"{W}id", "") for one in root.iter(*rest))
    return Pen(track, max((int(number) + 1 for number in numbers if number.isdecimal()), default=1))


def _spot_of(place: Place) -> Spot | None:
    if place.atom is not None:
        atom = place.atom
        return Spot(
            atom.start if atom.start is not None else atom.node, atom.end if atom.end is not None else atom.node
        )
    if place.chart is not None:
        paragraph = next(place.chart.iterancestors(f"{W}p"), None)
        return _spot_in(paragraph) if paragraph is not None else None
    return _spot_in(place.region.paragraph) if place.region is not None else None


def _bookmarks_in(elements: Iterable[Element]) -> set[str]:
    return {mark.get(f"{W}name", "") for one in elements if one.tag == P for mark in one.iter(START)}


def _spot_in(element: Element) -> Spot | None:
    """Return the contents of a paragraph, or of the last paragraph of a row."""
    paragraph = element if element.tag == f"{W}p" else next(iter(list(element.iter(f"{W}p"))[-1:]), None)
    if paragraph is None:
        return None
    inside = [child for child in paragraph if child.tag != f"{W}pPr"]
    if not inside:
        run = paragraph.makeelement(f"{W}r")
        paragraph.append(run)
        inside = [run]
    return Spot(inside[0], inside[-1])


def _cell(document: Document, name: str, column: int) -> Element | None:
    """Return a cell of the row that is an item."""
    found = next((one for one in document.body.items if one.id == name and one.is_row), None)
    return merged.cell_at(found.element, column) if found is not None else None
