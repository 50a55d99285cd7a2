"""Where the slots of a file are found again: by their place, and by their keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from exporters.merge.values import canonical
from exporters.snapshot import MARK, Slot, Snapshot, Unmade


class Texts:
    """Slots by group, item and key; a slot that a person moved is found by its key where that is unambiguous."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._items: dict[tuple[str, str], Sequence[Slot]] = {}
        for group in snapshot.groups:
            for item in group.items:
                self._items.setdefault((group.id, item.id), item.slots)
        self._items["", ""] = snapshot.loose
        self._own: dict[tuple[str, str], dict[str, Slot]] = {}
        """The slots of the items that were asked for."""

    @cached_property
    def _by_key(self) -> dict[str, list[tuple[Sequence[Slot], int, tuple[str, str]]]]:
        """Slots by their keys: what holds each, at which place, and its group and item."""
        found: dict[str, list[tuple[Sequence[Slot], int, tuple[str, str]]]] = defaultdict(list)
        items = ((item.slots, (group.id, item.id)) for group in self._snapshot.groups for item in group.items)
        for slots, home in (*items, (self._snapshot.loose, ("", ""))):
            keys = slots.keys if isinstance(slots, Unmade) else [slot.key for slot in slots]
            for place, key in enumerate(keys):
                found[key].append((slots, place, home))
        return found

    def own(self, group: str, item: str) -> Mapping[str, Slot]:
        """Return the slots of an item by their keys."""
        found = self._own.get((group, item))
        if found is None:
            found = self._own[group, item] = {slot.key: slot for slot in reversed(self._items.get((group, item), ()))}
        return found

    def find(self, group: str, item: str, key: str) -> Slot | None:
        own = self.own(group, item)
        if key in own:
            return own[key]
        found = [slots[place] for slots, place, _ in self._by_key.get(key, ())]
        return found[0] if found and all(slot.text == found[0].text for slot in found) else None

    def homes(self, slot: Slot) -> list[tuple[str, str]]:
        """Return group and item of the places that say what a *slot* says under its key: those it was copied from."""
        text, known = canonical(slot.text), self._by_key.get(slot.key, ())
        found = (home for slots, place, home in known if any(home) and canonical(slots[place].text) == text)
        return [*dict.fromkeys(found)]

    def holds(self, key: str) -> bool:
        """Return whether a key stands anywhere."""
        return key in self._by_key

    def words(self, group: str, slot: Slot) -> str:
        """Return what a slot says, the values in its text as they stand."""
        pieces = slot.text.split(MARK)
        values = (self.find(group, "", key) for key in pieces[1::2])
        pieces[1::2] = [value.text if value is not None else "" for value in values]
        return "".join(pieces)


def homes_of(snapshot: Snapshot) -> dict[str, list[tuple[str, str]]]:
    """Return id and handle of the groups that hold each key; both are empty for a loose value."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for group in snapshot.groups:
        for key in {slot.key for item in group.items for slot in item.slots}:
            found[key].append((group.id, group.at))
    for slot in snapshot.loose:
        found[slot.key].append(("", ""))
    return found


def ambiguous(*snapshots: Snapshot) -> set[str]:
    """Return the keys that stand for different texts in two groups of one file."""
    found: set[str] = set()
    for snapshot in snapshots:
        first: dict[str, tuple[str, str]] = {}
        for group, _, slot in snapshot.slots():
            known = first.setdefault(slot.key, (group, slot.text))
            if known[0] != group and known[1] != slot.text:
                found.add(slot.key)
    return found
