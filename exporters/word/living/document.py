"""A Word package opened for reading and, where wanted, for writing: its parts as trees, its items, its handles."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from exporters.charts.data import chart_data
from exporters.package import Package, Relationships, rt
from exporters.snapshot import Group, Item, Slot, SlotKind, Snapshot
from exporters.word.anchors import read_digests
from exporters.word.living.atoms import Atom, Kind, prose_of, text_of
from exporters.word.living.stories import BODY, CONTENTS, MARGINS, Found, Region, Story, scan, visible
from exporters.word.names import R, W
from exporters.word.xmlparts import Element

STAMP = "briefpack"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
_NOTE_KINDS = (("footnotes", rt.FOOTNOTES, f"{W}footnote"), ("endnotes", rt.ENDNOTES, f"{W}endnote"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a slot stands: a value's atom, a region's text or field, or a chart frame."""

    story: Story
    item: Found | None
    region: Region | None = None
    atom: Atom | None = None
    chart: Element | None = None


class Document:
    """The parts that items can stand in. ``places`` and ``items`` give what the snapshot's handles stand for."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.main = package.main_part()
        self.relationships: Relationships = package.relationships(self.main)
        self.properties = custom_properties(package)
        self.roots: dict[str, Element] = {}
        self.notes: dict[tuple[str, str], Element] = {}
        self.note_parts: dict[str, str] = {}
        self.places: dict[str, Place] = {}
        self.items: dict[str, Found] = {}
        self.digests = read_digests(self.properties.items())
        for kind, relation, tag in _NOTE_KINDS:
            part = self._related(relation)
            if part is not None:
                self.note_parts[kind] = part
                for note in self._parse(part).iter(tag):
                    self.notes[kind, note.get(f"{W}id", "")] = note
        self.stories: list[tuple[str, Story]] = []
        self._add(BODY, self.main)
        for relation in (rt.HEADER, rt.FOOTER):
            for item in self.relationships.of_type(relation):
                name = self.relationships.target(item)
                if name in package and package.stored_name(name) not in self.roots:
                    self._add(MARGINS, package.stored_name(name))

    def _related(self, relation: str) -> str | None:
        found = self.relationships.target_of_type(relation)
        return self.package.stored_name(found) if found and found in self.package else None

    def _parse(self, part: str) -> Element:
        self.roots[part] = etree.fromstring(self.package.read(part), _PARSER)
        return self.roots[part]

    def _add(self, group: str, part: str) -> None:
        self.stories.append((group, scan(self._parse(part), self.digests, self.notes)))

    @property
    def body(self) -> Story:
        return self.stories[0][1]

    # --- the snapshot ------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Return what the merge sees, and fill the handles."""
        groups: dict[str, list[Item]] = {BODY: []}
        loose: list[Slot] = []
        for number, (group, story) in enumerate(self.stories):
            for index, found in enumerate(story.items):
                groups.setdefault(group, []).append(self._item(f"{number}/{index}", story, found))
            for index, found in enumerate(story.entries):
                groups.setdefault(CONTENTS, []).append(self._entry(f"{number}/c{index}", story, found))
            for index, atom in enumerate(story.loose):
                loose.append(self._value(f"{number}/l{index}", Place(story, None, atom=atom)))
            for index, (key, atom) in enumerate(story.fields if group == BODY else ()):
                self.places[f"{number}/f{index}"] = Place(story, None, None, atom)
                loose.append(Slot(key, text_of(atom.inner), f"{number}/f{index}", SlotKind.DERIVED))
            for index, chart in enumerate(story.charts):
                loose += self._chart(f"{number}/h{index}", f"chart:{_frame_name(chart, index)}", story, None, chart)
        found_groups = tuple(Group(name, name, tuple(items)) for name, items in groups.items())
        return Snapshot("word", found_groups, tuple(loose), self.properties.get(STAMP, ""))

    def _item(self, at: str, story: Story, found: Found) -> Item:
        self.items[at] = found
        slots: list[Slot] = []
        for number, region in enumerate(found.regions):
            place = Place(story, found, region)
            handle = f"{at}/p{number}"
            self.places[handle] = place
            atoms = region.atoms
            slots.append(Slot(f"{region.name}#", prose_of(atoms), handle, SlotKind.PROSE))
            fields = 0
            for index, atom in enumerate(atoms):
                inner = Place(story, found, region, atom)
                if atom.kind in {Kind.CONTROL, Kind.BOOKED}:
                    slots.append(self._value(f"{handle}/v{index}", inner))
                elif atom.kind is Kind.FIELD:
                    self.places[f"{handle}/f{fields}"] = inner
                    key = f"{region.name}#field{fields}"
                    slots.append(Slot(key, text_of(atom.inner), f"{handle}/f{fields}", SlotKind.DERIVED))
                    fields += 1
        for index, atom in enumerate(found.values):
            slots.append(self._value(f"{at}/v{index}", Place(story, found, atom=atom)))
        for index, (key, chart) in enumerate(found.charts):
            slots += self._chart(f"{at}/h{index}", key, story, found, chart)
        if found.beside and found.unit:
            slots.append(Slot(f"{found.id}+", "\n".join(found.beside), "", SlotKind.FOREIGN))
        return Item(found.id, at, tuple(slots), found.unit)

    def _entry(self, at: str, story: Story, found: Found) -> Item:
        self.items[at] = found
        region = found.regions[0]
        self.places[f"{at}/p0"] = Place(story, found, region)
        return Item(found.id, at, (Slot(f"{found.id}#", visible(region), f"{at}/p0", SlotKind.DERIVED),))

    def _value(self, handle: str, place: Place) -> Slot:
        assert place.atom is not None
        self.places[handle] = place
        return Slot(place.atom.key, text_of(place.atom.inner), handle)

    def _chart(self, handle: str, key: str, story: Story, found: Found | None, chart: Element) -> list[Slot]:
        part = self.chart_part(chart)
        if part is None:
            return []
        self.places[handle] = Place(story, found, chart=chart)
        data = chart_data(etree.fromstring(self.package.read(part), _PARSER))
        return [Slot(key, data, handle, SlotKind.CHART)]

    def chart_part(self, chart: Element) -> str | None:
        """Return the chart part that a frame of the body shows."""
        rel_id = chart.get(f"{R}id", "")
        if rel_id not in self.relationships:
            return None
        name = self.relationships.target(rel_id)
        return self.package.stored_name(name) if name in self.package else None


def _frame_name(chart: Element, index: int) -> str:
    for parent in chart.iterancestors():
        properties = next((child for child in parent if str(child.tag).endswith("}docPr")), None)
        if properties is not None:
            return properties.get("name", "") or str(index)
    return str(index)


def custom_properties(package: Package) -> dict[str, str]:
    """Return the custom document properties, as text, by name."""
    part = package.relationships().target_of_type(rt.CUSTOM_PROPERTIES)
    if part is None or part not in package:
        return {}
    root = etree.fromstring(package.read(part), _PARSER)
    return {one.get("name", ""): (one[0].text or "") if len(one) else "" for one in root if isinstance(one.tag, str)}
