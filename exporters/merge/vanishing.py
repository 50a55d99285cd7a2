"""How many bound values an edited file has lost: stripped anchors look exactly like deletions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from exporters.merge.comparing import content_of, lost_keys, say_the_same
from exporters.merge.values import canonical
from exporters.snapshot import PROPERTIES, UNKNOWN, Group, Item, SlotKind, Snapshot, Unmade

_UNSEEN = frozenset((SlotKind.LOST, SlotKind.COVERED))
_TELLING = 4
"""So many characters say something that few slides do."""


def anchors(base: Snapshot, theirs: Snapshot, unnamed: Snapshot) -> tuple[int, int, str]:
    """Return how many values of *base* nobody can have meant to take out of *theirs* and are gone, how many there were,
    and the handle of the first that is gone, in *base*. *unnamed* is *theirs* with what is not known."""
    wanted, here = _by_name(group for group in base.groups if group.id not in {"", PROPERTIES}), _by_name(theirs.groups)
    count = 0
    gone: set[tuple[str, str]] = set()
    for name, items in wanted.items():
        first, copies = items[0], here.get(name, [])
        if len(items) == 1 and isinstance(first.slots, Unmade) and any(say_the_same(first, one) for one in copies):
            count += first.slots.anchors
            continue
        keys = {slot.key for item in items for slot in item.slots if not slot.kind.silent}
        count += len(keys)
        gone |= {(name, key) for key in keys.difference(*([slot.key for slot in item.slots] for item in copies))}
    if gone:
        loose = {slot.key for slot in theirs.loose}
        gone -= _lost(base, here) | _taken_out(base, theirs) | _slides_taken_out(base, theirs, unnamed)
        gone = {one for one in gone if one[1] not in loose}
    places = (slot.at for _, name, slot in (base.slots() if gone else ()) if (name, slot.key) in gone)
    return len(gone), count, next(places, "")


def of_sections_gone(base: Snapshot, theirs: Snapshot, lines: Iterable[str]) -> int:
    """Return how many values of *base* stood in sections that are gone whole, where most others stand and *theirs*,
    which has these *lines*, says nothing any more that they alone said: somebody took them out."""
    here = {item.id for group in theirs.groups for item in group.items}
    sections: dict[str, list[Item]] = defaultdict(list)
    for item in (one for group in base.groups if not group.keeps for one in group.items):
        if item.unit:
            sections[item.unit].append(item)
    gone = [items for items in sections.values() if not any(item.id in here for item in items)]
    if not gone or len(gone) * 2 >= len(sections):
        return 0
    names = {item.id for items in gone for item in items}
    others = {line for group in base.groups for item in group.items if item.id not in names for line in _lines(item)}
    left = {canonical(line) for line in lines} - others
    taken = [items for items in gone if left.isdisjoint(line for item in items for line in _lines(item))]
    return len(
        {(item.id, slot.key) for items in taken for item in items for slot in item.slots if not slot.kind.silent}
    )


def _lines(item: Item) -> list[str]:
    return [line for one in content_of(item).split("\n") if len(line := canonical(one)) >= _TELLING]


def _by_name(groups: Iterable[Group]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in (one for group in groups for one in group.items):
        found[item.id].append(item)
    return found


def _taken_out(base: Snapshot, theirs: Snapshot) -> set[tuple[str, str]]:
    """Return item and key of what stood in rows of a sheet that are gone whole, where most others of their table
    stand: somebody took them out, and no editor lost their keys."""
    here = {group.id: {item.id for item in group.items} for group in theirs.groups}
    found: set[tuple[str, str]] = set()
    for group in base.groups:
        rows = [item for item in group.items if item.removable and not item.sort]
        gone = [item for item in rows if item.id not in here.get(group.id, ())] if group.keeps else []
        if len(gone) * 2 < len(rows):
            found |= {(item.id, slot.key) for item in gone for slot in item.slots}
    return found


def _slides_taken_out(base: Snapshot, theirs: Snapshot, unnamed: Snapshot) -> set[tuple[str, str]]:
    """Return item and key of what stood on slides that are gone whole, where most others stand and none without names
    says what they said."""
    here = {group.id for group in theirs.groups}
    slides = [group for group in base.groups if group.keeps and any(item.sort for item in group.items)]
    gone = [group for group in slides if group.id not in here]
    if len(gone) * 2 >= len(slides):
        return set()
    said = {slot.text for name, _, slot in unnamed.slots() if name.startswith(UNKNOWN) and len(slot.text) >= _TELLING}
    return {
        (item.id, slot.key)
        for group in gone
        if not any(slot.text in said for item in group.items for slot in item.slots)
        for item in group.items
        for slot in item.slots
    }


def _lost(base: Snapshot, theirs: dict[str, list[Item]]) -> set[tuple[str, str]]:
    """Return item and key of the values in texts that an editor lost, or that are merged into another."""
    found: set[tuple[str, str]] = set()
    for item in (one for group in base.groups for one in group.items):
        losing = [one for one in theirs.get(item.id, ()) if any(slot.kind in _UNSEEN for slot in one.slots)]
        for copy in losing[-1:]:
            found |= {(item.id, key) for key in lost_keys(item, copy)}
    return found
