"""Whether a person touched an item or a group, and how it reads."""

from __future__ import annotations

import hashlib
import re
from itertools import takewhile, zip_longest

from exporters.merge.aligning import close
from exporters.merge.values import canonical
from exporters.snapshot import MARK, Group, Item, Slot, SlotKind, Unmade

LINE = "line-"
"""Begins the name of a conflict about words that no key names."""
_COUNT = re.compile(
    r"^(?:[(\[]\s?(?:[一二三四五六七八九十百]+|\d+)\s?[)\]]|[一二三四五六七八九十百]+、|\d+[.、](?!\d))\s*"
)


def say_the_same(first: Item, second: Item) -> bool:
    """Whether two items are known to have slots of the same keys, texts and kinds, without making any."""
    one, other = first.slots, second.slots
    return isinstance(one, Unmade) and isinstance(other, Unmade) and one.said == other.said


def same(base: Item | None, theirs: Item | None) -> bool:
    if base is None or theirs is None:
        return False
    lost = lost_keys(base, theirs)
    before, now = ([one for one in touchable(item) if one[0] not in lost] for item in (base, theirs))
    if before == now:
        return True
    # Another spelling is nobody's edit.
    before, now = ([(key, canonical(text)) for key, text in slots] for slots in (before, now))
    # A sheet's columns may have been moved, and empty ones added: what was generated counts, and what was typed.
    old, new = dict(before), dict(now)
    if len(old) < len(before) or len(new) < len(now):
        return False
    return old.keys() <= new.keys() and all(text == old.get(key, "") for key, text in new.items())


def lost_keys(base: Item, theirs: Item) -> set[str]:
    """Return the keys of the texts that an editor lost, or that are merged into another, and of the values in them."""
    lost = {slot.key for slot in theirs.slots if slot.kind in {SlotKind.LOST, SlotKind.COVERED}}
    return lost | {key for slot in base.slots if slot.key in lost for key in slot.text.split(MARK)[1::2]}


def column_of(item: Item, slot: Slot) -> str:
    """Return what a slot of a row has in common with those of other rows in its column."""
    own = slot.key.removeprefix(f"{item.id}.")
    mark = f"{MARK}{slot.key}{MARK}"
    cell = next((one.key for one in item.slots if one.kind is SlotKind.PROSE and mark in one.text), "")
    if own != slot.key or not cell:
        return own
    # Rows and their cells end with their record.
    name = cell.rstrip("#")
    same = takewhile(lambda pair: pair[0] == pair[1], zip(reversed(name), reversed(item.id), strict=False))
    return name[: len(name) - sum(1 for _ in same)] or own


def uncounted(text: str) -> str:
    """Return the words of a paragraph without the number that it begins with, which follows from what stands before
    it: （二）越秀区, 3. Yuexiu, ［4］."""
    return _COUNT.sub("", canonical(text))


def touchable(item: Item) -> list[tuple[str, str]]:
    return [(slot.key, slot.text) for slot in item.slots if slot.kind not in {SlotKind.DERIVED, SlotKind.NAME}]


def told(group: Group) -> list[Item]:
    """Return the items of a group that hold more than what people put beside them."""
    return [item for item in group.items if not item.silent]


def reads_alike(base: Group, theirs: Group) -> bool:
    return all(same(*pair) for pair in zip_longest(told(base), told(theirs)))


def rearranged(base: Group, ours: Group) -> bool:
    """Whether the items of a group that can be made anew as a whole come, go, or change places."""
    return bool(ours.record) and [item.id for item in base.items] != [item.id for item in ours.items]


def untouched_group(base: Group, theirs: Group) -> bool:
    return reads_alike(base, theirs) and arranged_alike(base, theirs)


def in_place(base: Item, theirs: Item) -> bool:
    return not base.box or close(base.box, theirs.box)


def arranged_alike(base: Group, theirs: Group) -> bool:
    """Whether nobody moved anything in a group, or put anything beside it."""
    now = {item.id: item for item in theirs.items}
    for item in base.items:
        other = now.get(item.id)
        if other is None or not in_place(item, other):
            return False
        if item.silent and touchable(item) != touchable(other):
            return False
    return True


def line_key(text: str) -> str:
    """Return the name of a conflict about words that no key names: they themselves tell it from others."""
    return f"{LINE}{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def content_of(thing: Item | Group) -> str:
    """Return the words of an item or a group as a person reads them: values stand in the sentences around them."""
    lines: list[str] = []
    for item in thing.items if isinstance(thing, Group) else (thing,):
        values = {slot.key: slot.text for slot in item.slots if slot.kind is SlotKind.VALUE}
        prose = [slot.text.split(MARK) for slot in item.slots if slot.kind is SlotKind.PROSE]
        shown = {key for pieces in prose for key in pieces[1::2]}
        for slot in item.slots:
            if slot.kind is SlotKind.PROSE:
                pieces = slot.text.split(MARK)
                pieces[1::2] = [values.get(key, "") for key in pieces[1::2]]
                lines.append("".join(pieces))
            elif not slot.kind.silent and slot.key not in shown:
                lines.append(slot.text)
    return "\n".join(lines)
