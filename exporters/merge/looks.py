"""Rows that a template writes in one look or another, as the rows around them want it: every other one shaded, say.

Each look has names of its own. A row that a person touched goes on under the names, and in the look, that it had: else
it would stand there twice, once with old figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from exporters.merge.comparing import same
from exporters.snapshot import MARK, Group, Item, Slot, SlotKind, Snapshot

# Rows have a paragraph in each of several cells; a paragraph of its own in another look may say something else.
_CELLS = 2


def in_looks_of(base: Snapshot, theirs: Snapshot) -> Snapshot:
    """Return *theirs* with the rows that an earlier generation wrote in another look named as in *base*."""
    before = {group.id: group for group in base.groups}
    known = (group for group in theirs.groups if group.id in before)
    return _renamed(theirs, {group.id: _pairs(before[group.id], group) for group in known})


def in_looks_kept(base: Snapshot, theirs: Snapshot, ours: Snapshot) -> Snapshot:
    """Return *ours* with the rows that a person touched in *theirs* named as in *base*, though they look otherwise by
    now."""
    before, now = ({group.id: group for group in one.groups} for one in (base, theirs))
    pairs = {}
    for group in ours.groups:
        if group.id in before and group.id in now:
            here = {item.id: item for item in now[group.id].items}
            pairs[group.id] = {
                at: item
                for at, item in _pairs(before[group.id], group).items()
                if item.id in here and not same(item, here[item.id])
            }
    return _renamed(ours, pairs)


def _renamed(snapshot: Snapshot, pairs: dict[str, dict[str, Item]]) -> Snapshot:
    if not any(pairs.values()):
        return snapshot
    groups = (
        replace(group, items=tuple(_called(one, known[one.at]) if one.at in known else one for one in group.items))
        if (known := pairs.get(group.id))
        else group
        for group in snapshot.groups
    )
    return replace(snapshot, groups=tuple(groups))


def _pairs(base: Group, other: Group) -> dict[str, Item]:
    """Return what rows of *other* that *base* has not are there, by their handles: the one with the same values."""
    known, here = {item.id for item in base.items}, {item.id for item in other.items}
    gone = [item for item in base.items if item.id not in here and _is_row(item)]
    new = [item for item in other.items if item.id not in known and _is_row(item)] if gone else []
    holders: dict[str, list[Item]] = defaultdict(list)
    for item in gone if new else ():
        for key in _values(item):
            holders[key].append(item)
    likely: list[tuple[Item, Item]] = []
    for item in new:
        shared = Counter(origin.id for key in _values(item) for origin in holders.get(key, ()))
        likely += ((item, origin) for origin in gone if shared[origin.id] * 2 > len(_values(origin)))
    rows, origins = (Counter(pair[side].id for pair in likely) for side in (0, 1))
    return {item.at: origin for item, origin in likely if rows[item.id] == origins[origin.id] == 1}


def _is_row(item: Item) -> bool:
    return not item.sort and sum(slot.kind is SlotKind.PROSE for slot in item.slots) >= _CELLS


def _values(item: Item) -> frozenset[str]:
    return frozenset(slot.key for slot in item.slots if slot.kind is SlotKind.VALUE)


def _called(item: Item, origin: Item) -> Item:
    """Return *item* under the names of *origin*: its cells are those that hold the same values, or stand in the same
    place where as many are left."""
    names = dict(_cells(item, origin))
    slots = tuple(replace(slot, key=names.get(slot.key, slot.key)) for slot in item.slots)
    return replace(item, id=origin.id, slots=slots, composed=False)


def _cells(item: Item, origin: Item) -> Iterator[tuple[str, str]]:
    own, known = ([slot for slot in one.slots if slot.kind is SlotKind.PROSE] for one in (item, origin))
    here, there = (Counter(map(_marks, slots)) for slots in (own, known))
    cells = {_marks(slot): slot for slot in known}
    sure = {slot.key: cells[held] for slot in own if (held := _marks(slot)) and here[held] == there[held] == 1}
    taken = {slot.key for slot in sure.values()}
    left, free = [slot for slot in own if slot.key not in sure], [slot for slot in known if slot.key not in taken]
    yield from ((key, slot.key) for key, slot in sure.items())
    if len(left) == len(free):
        yield from ((slot.key, other.key) for slot, other in zip(left, free, strict=True))


def _marks(slot: Slot) -> Sequence[str]:
    """Return the keys of the values in a text."""
    return tuple(slot.text.split(MARK)[1::2])
