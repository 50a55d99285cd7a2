"""Items: the paragraphs, rows and shapes of a group in three files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from exporters.merge.comparing import column_of, content_of, lost_keys, same, say_the_same
from exporters.merge.dropped import Dropped
from exporters.merge.neighbours import placements
from exporters.merge.parts import Parts
from exporters.merge.slots import Slots
from exporters.merge.threeway import NOTHING, ThreeWay
from exporters.merge.values import canonical
from exporters.merge.wholes import wholes_gone
from exporters.snapshot import Group, InsertItem, Item, Slot, SlotKind


class Items:
    """Merges the items of groups."""

    def __init__(self, files: ThreeWay, slots: Slots, dropped: Dropped) -> None:
        self._files, self._slots, self._dropped = files, slots, dropped
        self._parts = Parts(files, dropped)

    def merge(self, base: Group | None, theirs: Group, ours: Group) -> None:
        """Merge a group that the data holds; *base* is None where it is new there too."""
        before = {item.id: item for item in base.items} if base else {}
        now = {item.id: item for item in ours.items}
        here: dict[str, list[Item]] = defaultdict(list)
        for item in theirs.items:
            here[item.id].append(item)
        dropped = {item.at: item for item in theirs.items if item.id in before and item.id not in now}
        touched = _touched(before, dropped.values())
        if touched:
            # The template's own blocks stand behind another item once the last one went or moved.
            known = {line for item in before.values() for line in _beside(item)}
            before |= {item.id: _alone(before[item.id], known) for item in dropped.values()}
            dropped = {at: _alone(item, known) for at, item in dropped.items()}
            touched = _touched(before, dropped.values())
        held: dict[str, list[Item]] = defaultdict(list)
        missing: dict[str, list[tuple[Slot, str]]] = defaultdict(list)
        settled = not self._files.overrides
        for item in theirs.items:
            if item.id in now:
                if settled and _untouched(before.get(item.id), item, now[item.id]):
                    continue
                for slot in item.slots:
                    self._slots.merge(theirs.id, item.id, slot, item.slots)
                for slot, text in self._missing_slots(before.get(item.id), item, now[item.id]):
                    missing[column_of(before[item.id], slot)].append((slot, text))
                self._parts.merge(theirs, before.get(item.id), item, now[item.id])
            elif item.id in before:
                unit = before[item.id].unit
                if unit in touched:
                    held[unit].append(item)
                else:
                    self._dropped.item(theirs, before[item.id], dropped[item.at])
            elif self._dropped.open_name(theirs, item):
                self._dropped.still(theirs, item, self._dropped.open_name(theirs, item))
            elif item.unit in self._files.overrides.names:
                held[item.unit].append(item)
            else:
                # What a person took out of its row: its values go on following theirs.
                for slot in item.slots:
                    self._slots.merge(theirs.id, item.id, slot, item.slots)
        for column, slots in missing.items():
            self._missing_column(f"{theirs.id}!{column}", slots)
        for unit, items in held.items():
            said = [content_of(item) for item in before.values() if item.unit == unit and item.id not in now]
            self._dropped.unit(unit, "\n".join(said) if unit in touched else "", items)
        whole = wholes_gone(before, now, here, self._files.overrides.names, lambda item: self._is_moved(item, theirs))
        left_out = {item.id: one.name for one in whole for item in (*one.base, *one.ours)}
        for one in whole:
            if not self._files.wanted_back(one.name):
                self._files.deleted(one.name, *one.texts)
        for name, item in before.items():
            if name in here or name not in now or name in left_out:
                continue
            if item.silent or self._files.wanted_back(name) or self._moved(item, theirs):
                continue
            if self._still_added(theirs.id, item, now[name]):
                continue
            # Where a format tells sorts, the place of the group tells where to say it.
            self._files.deleted(name, content_of(item), content_of(now[name]), theirs.at if item.sort else "")
        order = [item.id for item in ours.items]
        handles = {name: copies[-1].at for name, copies in here.items()}
        new = [
            name
            for name in order
            if name not in here
            and (
                self._files.wanted_back(left_out[name])
                if name in left_out
                else name not in before or self._files.wanted_back(name)
            )
        ]
        for name, after, preceding in placements(order, set(handles), new):
            self._files.edits.append(
                InsertItem(name, now[name].at, theirs.at, handles.get(after, after), handles.get(preceding, ""))
            )

    def _is_moved(self, item: Item, group: Group) -> bool:
        return not item.silent and self._moved(item, group)

    def _moved(self, item: Item, group: Group) -> bool:
        """Whether all of an item that *group* misses stands elsewhere: in a copy of the group, or where it never was.

        In running text prose alone tells, since values may stand in many places.
        """
        prose = [slot.key for slot in item.slots if slot.kind is SlotKind.PROSE]
        if prose and not item.sort and all(key in self._files.prose for key in prose):
            return True
        telling = [slot.key for slot in item.slots if not slot.kind.silent]
        return bool(telling) and all(self._elsewhere(key, group) for key in telling)

    def _elsewhere(self, key: str, group: Group) -> bool:
        native = self._files.base_homes.get(key, set())
        return any(
            not home or (home == group.id and at != group.at) or (home not in native)
            for home, at in self._files.homes.get(key, ())
        )

    def _missing_slots(self, base: Item | None, theirs: Item, ours: Item) -> Iterator[tuple[Slot, str]]:
        """Yield the values that a person deleted out of an item that still stands, each with what it would say now."""
        if base is None:
            return
        here = (
            {slot.key for slot in theirs.slots}
            | {slot.key for slot in self._files.theirs.loose}
            | lost_keys(base, theirs)
        )
        new = {slot.key: slot.text for slot in ours.slots}
        for slot in base.slots:
            if slot.key not in here and slot.key in new and slot.kind is SlotKind.VALUE:
                yield slot, new[slot.key]

    def _missing_column(self, name: str, slots: Sequence[tuple[Slot, str]]) -> None:
        """Tell what is missing in several rows as one thing that a person took out, unless it is open row by row."""
        moved = sum(canonical(slot.text) != canonical(text) for slot, text in slots)
        names = self._files.overrides.names
        if name in names or (moved > 1 and not any(slot.key in names for slot, _ in slots)):
            self._files.deleted(name, "\n".join(slot.text for slot, _ in slots), "\n".join(text for _, text in slots))
            return
        for slot, text in slots:
            self._files.deleted(slot.key, slot.text, text)

    def _still_added(self, group: str, item: Item, ours: Item) -> bool:
        """Tell again what the data put in an earlier generation where a person has nothing any more (an empty row that
        they took out): it is in no base as something that they deleted."""
        new = {slot.key: slot.text for slot in ours.slots}
        for slot in item.slots:
            if self._files.overrides.places.get((slot.key, item.id, group)) == NOTHING and slot.key in new:
                key = self._files.conflict_key(group, slot.key)
                self._files.conflict(key, "both-changed", NOTHING, NOTHING, new[slot.key], "", item.id, group)
                return True
        return False


def _touched(base: Mapping[str, Item], theirs: Iterable[Item]) -> set[str]:
    """Return the units in which a person touched what the data dropped."""
    return {base[item.id].unit for item in theirs if not same(base[item.id], item)} - {""}


def _beside(item: Item) -> list[str]:
    """Return what stands behind an item."""
    return [line for slot in item.slots if slot.key == f"{item.id}+" for line in slot.text.split("\n")]


def _alone(item: Item, known: set[str]) -> Item:
    """Return an item without those of the texts behind it that are *known* to be no person's."""
    own = "\n".join(line for line in _beside(item) if line not in known)
    beside = (Slot(f"{item.id}+", own, "", SlotKind.FOREIGN),) if own else ()
    return replace(item, slots=(*(slot for slot in item.slots if slot.key != f"{item.id}+"), *beside))


def _untouched(base: Item | None, theirs: Item, ours: Item) -> bool:
    """Whether an item says one thing in all three files."""
    if base is None:
        return False
    if say_the_same(base, theirs) and say_the_same(base, ours):
        return True
    if not len(base.slots) == len(theirs.slots) == len(ours.slots):
        return False
    for before, now, new in zip(base.slots, theirs.slots, ours.slots, strict=True):
        if not (before.text == now.text == new.text and before.key == now.key == new.key):
            return False
    return True
