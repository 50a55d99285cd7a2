"""A Word package opened for reading and, where wanted, for writing: its parts as trees, its items, its handles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from exporters.charts.data import chart_data
from exporters.charts.typed import DataSheets
from exporters.package import EditedPackage, Package, Relationships, rt
from exporters.package.custom import read_properties
from exporters.package.described import described, is_described
from exporters.package.kept import Kept
from exporters.snapshot import MARK, Group, Item, SetSlot, Slot, SlotKind, Snapshot
from exporters.word.anchors import read_digests
from exporters.word.living import drifting, merged
from exporters.word.living.atoms import Atom, text_of
from exporters.word.living.found import BODY, CONTENTS, MARGINS, Found, Read, Region, Story
from exporters.word.living.items import NOTES, REGION, VALUE, item_of, value_slot
from exporters.word.living.lexing import Known, lex
from exporters.word.living.lines import PARSER, Part, lines_of
from exporters.word.living.notes import may_be_astray, put_back
from exporters.word.living.prompts import without_prompts
from exporters.word.living.runs import AUTHOR
from exporters.word.living.stories import scan, visible
from exporters.word.names import R, W
from exporters.word.xmlparts import Element

STAMP = "briefpack"
_NOTE_KINDS = (("footnotes", rt.FOOTNOTES, f"{W}footnote"), ("endnotes", rt.ENDNOTES, f"{W}endnote"))

# Kinds of handles: "<story>/<item>/p<region>/<atom>", "<story>/l<loose value>" and so on.
_ENTRY, _LOOSE, _FIELD, _CHART = "c", "l", "f", "h"
_ALTERNATIVES = {"d": "descr", "t": "title"}


class Place(Struct, frozen=True):
    """Where a slot stands: a value's atom, a region's text or field, or a chart frame."""

    story: Story
    item: Found | None
    region: Region | None = None
    atom: Atom | None = None
    chart: Element | None = None
    drawing: Element | None = None
    attribute: str = ""
    """Which of a drawing's texts: ``descr`` or ``title``."""


KEPT: Kept[Document] = Kept()


def read_document(package: Package) -> Snapshot:
    """Return the snapshot of a package; as long as it is held, the package need not be opened again."""
    document = Document(package, KEPT.any())
    return KEPT.hold(document, document.snapshot())


class Document:
    """The parts that items can stand in; :meth:`place` and :meth:`item` give what a snapshot's handles stand for.

    What is known of *like*, another edition of the document, is not read again.
    """

    def __init__(self, package: Package, like: Document | None = None) -> None:
        self.package = package
        self.known: Known = like.known if like is not None else Known()
        self.main = package.main_part()
        self.relationships: Relationships = package.relationships(self.main)
        self.properties = read_properties(package)
        self.notes: dict[tuple[str, str], Element] = {}
        self.note_parts: dict[str, str] = {}
        self.digests = read_digests(self.properties.items())
        self.lost: list[Element] = []
        """Notes whose words an editor lost."""
        self._parts: dict[str, Part] = {}
        body = self._part(self.main)
        kinds: dict[str, dict[str, Element]] = {}
        for kind, relation, tag in _NOTE_KINDS:
            part = self._related(relation)
            if part is not None:
                self.note_parts[kind] = part
                kinds[kind] = {note.get(f"{W}id", ""): note for note in self._part(part).root.iter(tag)}
        astray = any(may_be_astray(body.data, *one) for one in kinds.items())
        beside = (
            *(drifting.COMMENTS if b"commentReference" in body.data else ()),
            *(drifting.NOTES if self._has_values_behind_notes(body.data) else ()),
            *(drifting.CUT if drifting.has_cut_values(body.data) else ()),
        )
        drifted = bool(beside) and self._put_back_values(body, _body, beside)
        lines = lex(body, self.digests, self.known) if not astray and not drifted else None
        if lines is None:
            for kind, notes in kinds.items():
                self.lost += put_back(body.root, kind.removesuffix("s"), notes)
        self.notes = {(kind, number): note for kind, notes in kinds.items() for number, note in notes.items()}
        self.stories: list[tuple[str, Story]] = []
        self._add(BODY, body, lines)
        for relation in (rt.HEADER, rt.FOOTER):
            for item in self.relationships.of_type(relation):
                name = self.relationships.target(item)
                if name in package and package.stored_name(name) not in self._parts:
                    margin = self._part(package.stored_name(name))
                    if b"<w:pict" in margin.data or b"<w:drawing" in margin.data:
                        self._put_back_values(margin, _margins, drifting.PICTURES)
                    self._add(MARGINS, margin)

    def _has_values_behind_notes(self, body: bytes) -> bool:
        """Return whether values stand behind a note in a paragraph of an edited body, or of what it was edited from."""
        if not isinstance(self.package, EditedPackage):
            return False
        base = self.package.base
        return any(map(drifting.has_values_behind_notes, (body, base.read(base.main_part()))))

    def _put_back_values(self, part: Part, names: Callable[[Package], Iterable[str]], beside: tuple[str, ...]) -> bool:
        """Put back the bookmarks of values that moved in an edited part, generated as one of *names*, if any had."""
        if not isinstance(self.package, EditedPackage):
            return False
        base = self.package.base
        origins = (Part(base.read(name)).root for name in names(base))
        return drifting.put_back(part.root, lambda: origins, self.digests, beside)

    def _related(self, relation: str) -> str | None:
        found = self.relationships.target_of_type(relation)
        return self.package.stored_name(found) if found and found in self.package else None

    def _part(self, name: str) -> Part:
        self._parts[name] = Part(without_prompts(self.package.read(name)))
        return self._parts[name]

    @property
    def originals(self) -> dict[str, bytes]:
        """The parts as they were opened."""
        return {name: part.data for name, part in self._parts.items()}

    def root(self, name: str) -> Element:
        """Return the tree of a part."""
        return self._parts[name].root

    @cached_property
    def roots(self) -> dict[str, Element]:
        """The trees of the parts."""
        return {name: part.root for name, part in self._parts.items()}

    @cached_property
    def _remarks(self) -> frozenset[str]:
        """The numbers of the comments that a rebuild wrote."""
        part = self._related(rt.COMMENTS)
        root = etree.fromstring(self.package.read(part), PARSER) if part is not None else ()
        return frozenset(one.get(f"{W}id", "") for one in root if one.get(f"{W}author") == AUTHOR)

    def _add(self, group: str, part: Part, lines: Iterable[Read] | None = None) -> None:
        found = lines_of(part.root, self.digests) if lines is None else lines
        self.stories.append((group, scan(part, found, self.digests, self.notes, self._remarks)))

    @property
    def body(self) -> Story:
        return self.stories[0][1]

    # --- handles -----------------------------------------------------------------------------------------------------

    def item(self, at: str) -> Found | None:
        """Return the item that a snapshot's handle stands for."""
        number, slash, rest = at.partition("/")
        index = rest.partition("/")[0]
        if not slash or not index or is_described(at):
            return None
        story = self.stories[int(number)][1]
        if index[0] == _ENTRY:
            return story.entries[int(index[1:])]
        return story.items[int(index)] if index.isdecimal() else None

    def part(self, at: str) -> Found | None:
        """Return the item that a handle stands for; of the handle of a paragraph in a row, that paragraph as one."""
        place = self.place(at)
        if place is None or place.region is None or place.item is None or not place.item.is_row:
            return self.item(at)
        return Found(place.region.name, place.region.pieces[0][0].node, [place.region])

    def place(self, at: str) -> Place | None:
        """Return the place that a slot's handle stands for; None for the handles of items."""
        number, slash, rest = at.partition("/")
        if not slash or is_described(at):
            return None
        story = self.stories[int(number)][1]
        steps = rest.split("/")
        found = self.item(at)
        if found is None:
            kind, index = steps[0][0], int(steps[0][1:])
            if kind == _CHART:
                return Place(story, None, chart=story.charts[index].element)
            if kind in _ALTERNATIVES:
                return Place(story, None, drawing=story.drawings[index].element, attribute=_ALTERNATIVES[kind])
            return Place(story, None, atom=story.loose[index] if kind == _LOOSE else story.fields[index][1])
        if len(steps) == 1:
            return None
        kind, index = steps[1][0], int(steps[1][1:])
        if kind == VALUE:
            return Place(story, found, atom=found.values[index])
        if kind == _CHART:
            return Place(story, found, chart=found.charts[index][1].element)
        if kind in _ALTERNATIVES:
            return Place(story, found, drawing=found.drawings[index][1].element, attribute=_ALTERNATIVES[kind])
        region = found.regions[index]
        return Place(story, found, region, region.atoms[int(steps[2])] if len(steps) > 2 else None)

    # --- the snapshot ------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Return what the merge sees."""
        groups: dict[str, list[Item]] = {BODY: []}
        loose: list[Slot] = []
        for number, (group, story) in enumerate(self.stories):
            for index, found in enumerate(story.items):
                groups.setdefault(group, []).append(self._item(f"{number}/{index}", found))
            for index, found in enumerate(story.entries):
                at = f"{number}/{_ENTRY}{index}"
                text = visible(found.regions[0])
                slot = Slot(f"{found.id}#", text, f"{at}/{REGION}0", SlotKind.DERIVED)
                groups.setdefault(CONTENTS, []).append(Item(found.id, at, (slot,)))
            loose += (value_slot(f"{number}/{_LOOSE}{index}", atom) for index, atom in enumerate(story.loose))
            for index, (key, atom) in enumerate(story.fields if group == BODY else ()):
                loose.append(Slot(key, text_of(atom.inner), f"{number}/{_FIELD}{index}", SlotKind.DERIVED))
            for index, chart in enumerate(one.seen for one in story.charts):
                loose += self._chart(f"{number}/{_CHART}{index}", f"chart:{_frame_name(chart, index)}", chart)
            for index, drawing in enumerate(one.seen for one in story.drawings):
                loose += _alternatives(f"{number}/", index, f"drawing:{drawing.get('name', '')}", drawing)
        found_groups = (Group(name, name, tuple(items)) for name, items in groups.items())
        return Snapshot("word", (*found_groups, described(self.package)), tuple(loose), self.properties.get(STAMP, ""))

    def _item(self, at: str, found: Found) -> Item:
        shown: list[Slot] = []
        for index, (key, chart) in enumerate(found.charts):
            shown += self._chart(f"{at}/{_CHART}{index}", key, chart.seen)
        for index, (key, drawing) in enumerate(found.drawings):
            shown += _alternatives(f"{at}/", index, key, drawing.seen)
        item = item_of(at, found, shown, self.is_lost)
        if found.is_row and found.unread is None and self.body.part.has_merged:
            hidden = {f"{own}#": head for own, head in merged.covered(found.element, found.id)}
            slots = [slot for slot in item.slots if slot.text or slot.key not in hidden]
            covered = [Slot(own, f"{MARK}{head}#{MARK}", "", SlotKind.COVERED) for own, head in hidden.items()]
            item = replace(item, slots=(*slots, *covered))
        return item

    def is_lost(self, region: Region) -> bool:
        """Return whether an editor lost the words of a note."""
        return any(region.paragraph.getparent() is note for note in self.lost)

    def _chart(self, handle: str, key: str, chart: Element) -> list[Slot]:
        part = self.chart_part(chart)
        if part is None:
            return []
        data = chart_data(etree.fromstring(self.package.read(part), PARSER))
        data = self._sheets.beside(part, data) if self._sheets is not None else data
        return [Slot(key, data, handle, SlotKind.CHART)]

    @cached_property
    def _sheets(self) -> DataSheets | None:
        return DataSheets(self.package) if isinstance(self.package, EditedPackage) else None

    def chart_part(self, chart: Element) -> str | None:
        """Return the chart part that a frame of the body shows."""
        rel_id = chart.get(f"{R}id", "")
        if rel_id not in self.relationships:
            return None
        name = self.relationships.target(rel_id)
        return self.package.stored_name(name) if name in self.package else None


def _body(package: Package) -> Iterator[str]:
    yield package.main_part()


def _margins(package: Package) -> Iterator[str]:
    own = package.relationships(package.main_part())
    for relation in (rt.HEADER, rt.FOOTER):
        names = (own.target(item) for item in own.of_type(relation))
        yield from (package.stored_name(name) for name in names if name in package)


def is_notes(edit: SetSlot) -> bool:
    """Return whether an edit is one of the notes that a region refers to."""
    return edit.kind is SlotKind.DERIVED and edit.key.endswith(NOTES)


def is_alternative(at: str) -> bool:
    """Return whether a handle is that of an alternative text."""
    return at.rpartition("/")[2][:1] in _ALTERNATIVES


def _alternatives(at: str, index: int, key: str, drawing: Element) -> list[Slot]:
    """Return the alternative texts of a drawing."""
    return [
        Slot(f"{key}.{name}", drawing.get(name, ""), f"{at}{letter}{index}", SlotKind.DERIVED)
        for letter, name in _ALTERNATIVES.items()
        if drawing.get(name)
    ]


def _frame_name(chart: Element, index: int) -> str:
    for parent in chart.iterancestors():
        properties = next((child for child in parent if str(child.tag).endswith("}docPr")), None)
        if properties is not None:
            return properties.get("name", "") or str(index)
    return str(index)
