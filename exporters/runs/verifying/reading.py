"""The files of a pack as they are now, with the renders that they were edited from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from exporters.errors import BriefpackError
from exporters.merge import Overrides, aligned, content_of, known
from exporters.package import EDITED, Package
from exporters.registry import EXPORTERS
from exporters.runs.living import edited_from, says_the_same
from exporters.runs.memory import Memory
from exporters.runs.numbers import numbers
from exporters.runs.pack import Pack, PackFile
from exporters.runs.stamp import read_stamp
from exporters.runs.verifying.findings import Finding
from exporters.snapshot import UNKNOWN, Slot, SlotKind, Snapshot, Text


class Read(Struct, frozen=True):
    file: PackFile
    package: Package
    snapshot: Snapshot
    texts: list[Text]
    places: dict[str, str]
    base: Snapshot | None = None
    taken: tuple[Slot, ...] = ()
    """What carries the key of another record than the one at whose place it stands."""
    base_texts: list[Text] = field(default_factory=list)
    whole_keys: Mapping[str, str] = field(default_factory=dict)
    """The keys that are too long for the file, by what stands in it for them."""

    def where(self, slot: Slot) -> str:
        return self.places.get(slot.at, "")

    def key(self, slot: Slot) -> str:
        """Return the key of a slot, in full."""
        return self.whole_keys.get(slot.key, slot.key)


def read_all(pack: Pack, findings: list[Finding]) -> Iterator[Read]:
    with Memory(pack.folder) as memory:
        for file in pack.files:
            room = EXPORTERS[file.record.exporter].room()
            try:
                package = Package.open(file.path, name=str(file.path), limits=EDITED)
                base, before, missing, pristine = None, None, "", False
                try:
                    origin = memory.base_of(file.name, read_stamp(package), pack.manifest.dataset)
                    base = Package.open(origin.content, name=file.name)
                    pristine = hashlib.sha256(origin.content).hexdigest() == file.sha256
                    package = edited_from(room, base, package)
                    before = room.read(base)
                except BriefpackError as error:
                    missing = str(error)
                now = before if pristine and before is not None else room.read(package)
                texts = room.texts(package)
            except BriefpackError as error:
                findings.append(Finding("unreadable", file.name, "", "", str(error)))
                continue
            places = room.whereabouts(package, now)
            of_room: Any = getattr(room, "whole_keys", None)
            whole = of_room(package) if of_room is not None else {}
            if base is None or before is None:
                findings.append(Finding("unreadable", file.name, "", "", missing))
                yield Read(file, package, now, texts, places, whole_keys=whole)
                continue
            if file.record.origin not in {"", pack.manifest.origin}:
                message = "it states other data, another day or language than the last build, which left it out"
                findings.append(Finding("outdated", file.name, "", "", message))
            elif (found := origin.generation.generation) != file.record.generation and not _alike(file, memory, before):
                message = f"it is a copy of generation {found}; the pack's own is {file.record.generation}"
                findings.append(Finding("outdated", file.name, "", "", message))
            now = Overrides.of(pack.manifest.open_conflicts(file.name)).recalled(before, now)
            there = aligned(before, now)
            taken, rendered = _taken(now, there), texts if pristine else room.texts(base)
            yield Read(file, package, there, texts, places, known(before), taken, rendered, whole)


def _alike(file: PackFile, memory: Memory, before: Snapshot) -> bool:
    """Whether the render that the manifest names says what *before* says, which the file was edited from."""
    generation = memory.ledger.generation(file.name, file.record.generation)
    content = memory.objects.get(generation.base) if generation else None
    if content is None:
        return False
    return says_the_same(before, EXPORTERS[file.record.exporter].room().read(Package.open(content, name=file.name)))


def _taken(now: Snapshot, there: Snapshot) -> tuple[Slot, ...]:
    """Return the slots of *now* that the alignment with the base gave another key than the one they carry."""
    keys = {slot.at: slot.key for _, _, slot in there.slots()}
    return tuple(
        slot
        for _, _, slot in now.slots()
        if slot.kind is SlotKind.VALUE and keys.get(slot.at, slot.key) != slot.key and not slot.key.startswith(UNKNOWN)
    )


class Kept(Struct, frozen=True):
    """What the data dropped and stays because a person had changed it, until that conflict is settled; by handle."""

    findings: tuple[Finding, ...] = ()
    slots: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()


def kept_in(one: Read, pack: Pack) -> Kept:
    """Tell what a file goes on saying of what the data no longer holds as one thing for each conflict that is open."""
    if one.snapshot.format == "workbook":
        # There it is told row by row, with what counts it.
        return Kept()
    findings: list[Finding] = []
    slots, lines = set[str](), set[str]()
    for conflict in pack.manifest.open_conflicts(one.file.name):
        if conflict.reason != "changed-dropped" or conflict.ours:
            continue
        items = [
            item
            for group in one.snapshot.groups
            for item in group.items
            if conflict.key in {item.unit, group.id, item.id, f"{item.id}@{group.id}"}
        ]
        here = [slot for item in items for slot in item.slots]
        count = sum(slot.kind is SlotKind.VALUE and bool(numbers(slot.text)) for slot in here)
        message = "it stays although the data no longer holds it: a person had changed it (a conflict that is open); "
        message += (
            f"{count} figures in it follow nothing, and its numbers among sections, tables and slides may stand twice"
        )
        where = next((one.where(slot) for slot in here if one.where(slot)), "")
        findings.append(Finding("stale", one.file.name, where, conflict.key, message))
        slots |= {slot.at for slot in here}
        said = (*map(content_of, items), *(slot.text for slot in here))
        lines |= {line for text in said for line in text.split("\n")}
    return Kept(tuple(findings), frozenset(slots), frozenset(lines))
