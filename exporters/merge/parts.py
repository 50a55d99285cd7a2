"""The paragraphs of a composed item, such as a row: they come and go with the data while the item itself stays."""

from __future__ import annotations

from exporters.merge.dropped import Dropped
from exporters.merge.threeway import ThreeWay
from exporters.snapshot import BELONGING, MARK, Group, InsertItem, Item, Slot, SlotKind

_PROSE = "#"
"""Ends the key of a paragraph's text."""


class Parts:
    """Merges the paragraphs of items that stand in all three files."""

    def __init__(self, files: ThreeWay, dropped: Dropped) -> None:
        self._files, self._dropped = files, dropped

    def merge(self, group: Group, base: Item | None, theirs: Item, ours: Item) -> None:
        if base is None or not (base.composed and theirs.composed and ours.composed):
            return
        before, here, new = (_parts_of(item) for item in (base, theirs, ours))
        common = before.keys() & here.keys() & new.keys()
        old, kept, wanted = ([name for name in parts if name in common] for parts in (before, here, new))
        self._files.disordered |= old != wanted != kept
        for name, part in new.items():
            if name not in before and name not in here and name + _PROSE not in self._files.prose:
                self._files.edits.append(InsertItem(name, part.at, theirs.at))
        for name, part in here.items():
            if name in new:
                continue
            if name in before:
                self._dropped.item(group, before[name], part)
            elif open_name := self._dropped.open_name(group, part):
                self._dropped.still(group, part, open_name)


def _parts_of(item: Item) -> dict[str, Item]:
    """Return the paragraphs of an item by their names, each with its values and notes, and with what people put
    anywhere in the item: of that nobody can tell where it belongs."""
    values = {slot.key: slot for slot in item.slots if slot.kind is SlotKind.VALUE}
    texts: dict[str, list[Slot]] = {}
    for slot in item.slots:
        if slot.kind is SlotKind.PROSE:
            texts.setdefault(slot.key.removesuffix(_PROSE).partition(BELONGING)[0], []).append(slot)
    beside = [slot for slot in item.slots if slot.kind is SlotKind.FOREIGN]
    found: dict[str, Item] = {}
    for name, prose in texts.items():
        keys = dict.fromkeys(key for slot in prose for key in slot.text.split(MARK)[1::2] if key in values)
        found[name] = Item(name, prose[0].at, (*prose, *(values[key] for key in keys), *beside))
    return found
