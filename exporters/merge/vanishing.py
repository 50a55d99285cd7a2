"""How many bound values an edited file has lost: stripped anchors look exactly like deletions."""

from __future__ import annotations

from collections import defaultdict

from exporters.merge.comparing import lost_keys
from exporters.snapshot import Item, SlotKind, Snapshot


def anchors(base: Snapshot, theirs: Snapshot) -> tuple[int, int]:
    """Return how many values of *base* nobody can have meant to take out of *theirs* and are gone, and how many there
    were."""
    wanted: dict[str, set[str]] = {}
    for item in (one for group in base.groups if group.id for one in group.items):
        own = {slot.key for slot in item.slots if not slot.kind.silent}
        wanted[item.id] = wanted[item.id] | own if item.id in wanted else own
    here: dict[str, list[Item]] = defaultdict(list)
    for item in (one for group in theirs.groups for one in group.items):
        here[item.id].append(item)
    count = sum(map(len, wanted.values()))
    for name in wanted.keys() & here.keys():
        wanted[name] = wanted[name].difference(*([slot.key for slot in item.slots] for item in here[name]))
    gone = {(name, key) for name, keys in wanted.items() for key in keys}
    if gone:
        loose = {slot.key for slot in theirs.loose}
        gone = {one for one in gone - _lost(base, here) - _taken_out(base, theirs) if one[1] not in loose}
    return len(gone), count


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


def _lost(base: Snapshot, theirs: dict[str, list[Item]]) -> set[tuple[str, str]]:
    """Return item and key of the values in texts that an editor lost."""
    found: set[tuple[str, str]] = set()
    for item in (one for group in base.groups for one in group.items):
        losing = [one for one in theirs.get(item.id, ()) if any(slot.kind is SlotKind.LOST for slot in one.slots)]
        for copy in losing[-1:]:
            found |= {(item.id, key) for key in lost_keys(item, copy)}
    return found
