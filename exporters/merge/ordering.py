"""Another order of the data, carried out on an edited file where no person has rearranged what moves.

Only stretches that follow each other move, each with all that people put between it and the next. A sequence that a
person rearranged keeps the order that they gave it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import groupby, pairwise

from msgspec.structs import replace

from exporters.merge.aligning import aligned
from exporters.merge.comparing import content_of
from exporters.snapshot import Arrangement, Group, Item, Snapshot

Placed = tuple[str, str]
"""What something is known as (empty for what is a person's own), and its handle."""


def arrangements(base: Snapshot, theirs: Snapshot, ours: Snapshot) -> list[Arrangement]:
    """Return what of *theirs* is to stand in another order, since the data moved it; the outermost first."""
    if in_one_order(order_of(base), order_of(ours)):
        return []
    before = {group.id: group for group in base.groups}
    new = {group.id: group for group in ours.groups}
    named = {group.at: group.id for group in aligned(base, theirs).groups}
    now = [(named.get(group.at, ""), group.at) for group in theirs.groups]
    found = [Arrangement("", *one) for one in _turns(list(before), list(new), now)]
    for group in aligned(base, theirs).groups:
        if group.id in before and group.id in new and sum(name == group.id for name, _ in now) == 1:
            found += (Arrangement(group.at, *one) for one in _within(before[group.id], group, new[group.id]))
    return found


def in_order_of(base: Snapshot, theirs: Snapshot, ours: Snapshot) -> Snapshot:
    """Return *base* with the items of its groups in the order of *ours*, where those of *theirs* have it: what was
    arranged there is nothing that a person did."""
    now, new = ({group.id: [item.id for item in group.items] for group in one.groups} for one in (theirs, ours))
    groups = (_sorted(group, now.get(group.id, []), new.get(group.id, [])) for group in base.groups)
    return replace(base, groups=tuple(groups))


def _sorted(base: Group, now: Sequence[str], new: Sequence[str]) -> Group:
    items = {item.id: item for item in base.items}
    common = items.keys() & set(now) & set(new)
    kept, wanted = ([name for name in names if name in common] for names in (now, new))
    if kept != wanted or len(items) < len(base.items):
        return base
    order = iter(wanted)
    return replace(base, items=tuple(items[next(order)] if item.id in common else item for item in base.items))


def order_of(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return the groups and items of a file, each once, as they follow each other."""
    return list(dict.fromkeys((group.id, item.id) for group in snapshot.groups for item in group.items))


def moved_sections(base: Snapshot, theirs: Snapshot) -> Iterator[str]:
    """Yield how the sections of running text begin that people moved among the others."""
    here = {group.id: group for group in theirs.groups}
    for group in base.groups:
        first = {item.unit: item for item in reversed(here[group.id].items)} if group.id in here else {}
        groups = group, here.get(group.id, group)
        before, now = ([*dict.fromkeys(item.unit for item in one.items if item.unit)] for one in groups)
        matches = SequenceMatcher(None, before, now, autojunk=False).get_matching_blocks()
        kept = {unit for at, _, size in matches for unit in before[at : at + size]}
        yield from (content_of(first[unit]).split("\n")[0] for unit in now if unit not in kept and unit in before)


def in_one_order(first: Sequence[tuple[str, str]], second: Sequence[tuple[str, str]]) -> bool:
    """Return whether what stands in both follows each other in both alike."""
    common = {*first} & {*second}
    one, other = ([name for name in order if name in common] for order in (first, second))
    return one == other


_Turn = tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]
"""Handles by stretch, as they stand, and the order that the stretches are to have."""


def _within(base: Group, theirs: Group, ours: Group) -> Iterator[_Turn]:
    """Yield how units move in a group, then how items move within each of them."""
    units = _units(base.items, ours.items)
    before, new = ([one.id for one in group.items if one.id in units] for group in (base, ours))
    if before == new:
        return
    now = [(one.id if one.id in units else "", one.at) for one in theirs.items]
    whole = [(units.get(name, ""), at) for name, at in now]
    yield from _turns([units[one] for one in before], [units[one] for one in new], whole)
    for inner in _by_unit(units, before, new, now):
        yield from _turns(*inner)


def _units(base: Sequence[Item], ours: Sequence[Item]) -> dict[str, str]:
    """Return, for each item of both, what it moves with: its unit, where both have it in the same company."""
    here = {item.id: item.unit for item in ours}
    return {
        item.id: f"{item.unit} {here[item.id]}" if item.unit and here[item.id] else item.id
        for item in base
        if item.id in here
    }


def _by_unit(
    units: Mapping[str, str], before: Sequence[str], new: Sequence[str], now: Sequence[Placed]
) -> Iterator[tuple[list[str], list[str], list[Placed]]]:
    """Yield the items of each unit, in the three orders."""
    old, moved = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    kept = defaultdict[str, list[Placed]](list)
    for found, names in ((old, before), (moved, new)):
        for name in names:
            found[units[name]].append(name)
    last = ""
    for name, handle in now:
        last = units.get(name, last)
        kept[last].append((name, handle))
    yield from ((old[unit], moved[unit], kept[unit]) for unit in old)


def _turns(before: Sequence[str], new: Sequence[str], now: Sequence[Placed]) -> Iterator[_Turn]:
    """Yield the smallest parts of a sequence that the data turned, where a person left them as they were."""
    runs = [[name for name, _ in groupby(names)] for names in (before, new, [name for name, _ in now if name])]
    common = set(runs[0]) & set(runs[1]) & set(runs[2])
    old, moved, kept = (list(dict.fromkeys(one for one in names if one in common)) for names in runs)
    if old == moved:
        return
    scattered = {name for names in runs for name, count in Counter(names).items() if count > 1}
    wanted, stands = ({name: at for at, name in enumerate(names)} for names in (moved, kept))
    now = [(name if name in common else "", handle) for name, handle in now]
    start = furthest = 0
    for at, name in enumerate(old):
        furthest = max(furthest, wanted[name])
        if furthest > at:
            continue
        part = old[start : at + 1]
        start, here = at + 1, stands[part[0]]
        if len(part) > 1 and kept[here : here + len(part)] == part and scattered.isdisjoint(part):
            yield _turn(part, wanted, now)


def _turn(part: Sequence[str], wanted: Mapping[str, int], now: Sequence[Placed]) -> _Turn:
    """Return the stretches of *part* that stay together; each has what stands between it and the next."""
    pairs = pairwise(part)
    heads = {part[0], *(other for one, other in pairs if wanted[other] != wanted[one] + 1)}
    stretches: dict[str, list[str]] = {}
    inside, head = set(part), ""
    own: list[str] = []
    for name, handle in now:
        if head and name:
            # What stands behind the last one, at the very end, is nobody's.
            stretches[head] += own
            own = []
        if name in heads:
            head = name
        elif name and name not in inside:
            head = ""
        if head and name:
            stretches.setdefault(head, []).append(handle)
        elif head:
            own.append(handle)
    starts = list(stretches)
    order = sorted(range(len(starts)), key=lambda at: wanted[starts[at]])
    return tuple(tuple(one) for one in stretches.values()), tuple(order)
