"""What of an edited file stands where in another one: the neighbours beside which a person's own things find a place.

Between two files of one template names tell it. Between two templates names say nothing (a slide is called by its
number, a paragraph by its place in the template): there a group is the one of its record that says most of the same,
or else has most of the same values, as in another language; an item the one that says the same, or else the same
values, or else is called by the record that its values are of.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Sequence

from exporters.merge.aligning import aligned
from exporters.merge.comparing import content_of, uncounted
from exporters.merge.values import canonical
from exporters.snapshot import Group, Item, SlotKind, Snapshot, Twin

# Two groups of one record are one in two templates where so much of what they say is the same.
_ENOUGH = 0.3
_PAIR = 2
_OF_RECORDS = frozenset((SlotKind.VALUE, SlotKind.CHART))


def counterparts(
    base: Snapshot, theirs: Snapshot, target: Snapshot, *, one_template: bool, sure: bool = False
) -> dict[str, Twin]:
    """Return, by the handles of *theirs*, what its generated groups and items are in *base*, which it was edited from,
    and in *target*; what people put there is left out. *one_template*: base and target are of one template. *sure*: of
    two templates, only the items that no other ones are like."""
    here = aligned(base, theirs)
    there = aligned(base, target) if one_template else target
    origins = {group.id: group for group in base.groups}
    groups = {group.id: group for group in there.groups} if one_template else _groups(base.groups, there.groups)
    found: dict[str, Twin] = {}
    for group in here.groups:
        origin, twin = origins.get(group.id), groups.get(group.id)
        if origin is None:
            continue
        found[group.at] = Twin(origin.at, twin.at if twin is not None else "")
        before = {item.id: item for item in origin.items}
        now: dict[str, str] = {}
        if twin is not None:
            now = {item.id: item.at for item in twin.items} if one_template else items_in(origin, twin, sure=sure)
        for item in group.items:
            if item.id in before:
                # What tells of a whole group goes by its handle.
                found.setdefault(item.at, Twin(before[item.id].at, now.get(item.id, "")))
    return found


def _groups(base: Sequence[Group], target: Sequence[Group]) -> dict[str, Group]:
    """Return what the groups of *base* are in a file of another template, by their ids."""
    names = {group.id: group for group in target if not group.record}
    found = {group.id: names[group.id] for group in base if not group.record and group.id in names}
    left = [group for group in base if group.id not in found]
    free: dict[str, list[Group]] = defaultdict(list)
    taken = {group.at for group in found.values()}
    for group in target:
        if group.at not in taken:
            free[_sort(group)].append(group)
    for said_of in (_said, _keyed):
        left = [group for group in left if group.id not in found]
        said = {group.at: said_of(group) for groups in free.values() for group in groups}
        ranked = sorted(
            (
                (-_likeness(words, said[other.at]), number, place, group, other)
                for number, group in enumerate(left)
                for words in (said_of(group),)
                for place, other in enumerate(free.get(_sort(group), ()))
                if words
            ),
            key=lambda one: one[:3],
        )
        for likeness, _, _, group, other in ranked:
            if -likeness >= _ENOUGH and group.id not in found and other.at not in taken:
                found[group.id] = other
                taken.add(other.at)
    return found


def _sort(group: Group) -> str:
    """Return what only groups of one kind have in common: their record, else what begins their names."""
    return group.record or group.id.partition(":")[0] + ":" * (":" in group.id)


def _said(group: Group) -> Counter[str]:
    return Counter(
        text for item in group.items for slot in item.slots if not slot.kind.silent if (text := canonical(slot.text))
    )


def _keyed(group: Group) -> Counter[str]:
    return Counter(item.id for item in group.items if _is_keyed(item))


def _is_keyed(item: Item) -> bool:
    """Whether an item is called by the record that its values are of, and a person would not name another so."""
    return any(slot.kind in _OF_RECORDS and slot.key.startswith(item.id) for slot in item.slots)


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def same_items(base: Group, target: Group, *, sure: bool = False) -> dict[str, str]:
    """Return the handles in *target* of the items that say just what those of *base* say but for a number that they
    begin with, by their ids there."""
    return _paired(base.items, target.items, lambda item: uncounted(content_of(item)), sure=sure)


def items_in(base: Group, target: Group, *, sure: bool = False) -> dict[str, str]:
    """Return also those that say the same values in other words, or some values more or less (a row, of a table that
    has another column by now). *sure*: only those that no other ones are like."""
    found = same_items(base, target, sure=sure)

    def rest() -> tuple[list[Item], list[Item]]:
        taken = set(found.values())
        left = [item for item in base.items if item.id not in found]
        return left, [item for item in target.items if item.at not in taken]

    found |= _paired(*rest(), lambda item: tuple(s.key for s in item.slots if s.kind is SlotKind.VALUE), sure=sure)
    found |= _holding(*rest())
    left, free = rest()
    left, free = [item for item in left if _is_keyed(item)], [item for item in free if _is_keyed(item)]
    return found | _paired(left, free, lambda item: item.id, sure=sure)


def _holding(base: Sequence[Item], target: Sequence[Item]) -> dict[str, str]:
    """Return the handles of *target* by the ids of *base*, where two items share most of their values, and with no
    other one."""
    keys = {item.at: values_of(item) for item in (*base, *target)}
    by_key: dict[str, list[Item]] = defaultdict(list)
    for item in target:
        for key in keys[item.at]:
            by_key[key].append(item)
    likely = {
        item.id: {
            other.at
            for other in (one for key in keys[item.at] for one in by_key[key])
            if other.composed == item.composed and share_most(keys[item.at], keys[other.at])
        }
        for item in base
    }
    counts = Counter(at for found in likely.values() for at in found)
    return {name: at for name, found in likely.items() for at in found if len(found) == 1 and counts[at] == 1}


def values_of(item: Item) -> frozenset[str]:
    """Return the keys of the values of an item."""
    return frozenset(slot.key for slot in item.slots if slot.kind is SlotKind.VALUE)


def share_most(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two items hold most of their values in common."""
    return len(one & other) * 2 > len(one | other)


def _paired(
    base: Sequence[Item], target: Sequence[Item], sign: Callable[[Item], Hashable], *, sure: bool
) -> dict[str, str]:
    """Return the handles of *target* by the ids of *base*, where both have one sign, in order; *sure*: where nothing
    else has it."""
    waiting: dict[Hashable, deque[str]] = defaultdict(deque)
    for item in target:
        waiting[sign(item)].append(item.at)
    counts = Counter(map(sign, base)) if sure else Counter[Hashable]()
    found: dict[str, str] = {}
    for item in base:
        what = sign(item)
        if what and waiting.get(what) and not (sure and counts[what] + len(waiting[what]) > _PAIR):
            found[item.id] = waiting[what].popleft()
    return found
