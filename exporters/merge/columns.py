"""Columns that a person, or another edition of the template, calls by other names."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from exporters.merge.values import canonical
from exporters.snapshot import Group, Snapshot, renamed


def with_columns(base: Snapshot, snapshot: Snapshot) -> Snapshot:
    """Return *snapshot* with the columns of its tables that people renamed under the names that they have in *base*.

    Tables are the groups whose items are called by their record and their slots by record and column. A column must
    hold mostly what that of the base holds: else it is another one in its place.
    """
    return _called(snapshot, _known_as(base, snapshot, same_texts=True))


def in_columns_of(ours: Snapshot, *older: Snapshot) -> list[Snapshot]:
    """Return snapshots of files of an older template (the first pristine) with the columns of their tables under the
    names that the new template gives them."""
    names = _known_as(ours, older[0], same_texts=False)
    return [_called(one, names) for one in older]


def _known_as(base: Snapshot, snapshot: Snapshot, *, same_texts: bool) -> dict[str, dict[str, str]]:
    before = {group.id: group for group in base.groups if group.keeps}
    return {
        group.id: names
        for group in snapshot.groups
        if (origin := before.get(group.id)) is not None and (names := _names(origin, group, same_texts))
    }


def _called(snapshot: Snapshot, names: Mapping[str, Mapping[str, str]]) -> Snapshot:
    if not names:
        return snapshot
    groups = (_group_called(group, names[group.id]) if group.id in names else group for group in snapshot.groups)
    return replace(snapshot, groups=tuple(groups))


def _names(base: Group, group: Group, same_texts: bool) -> dict[str, str]:
    old, new = _columns(base), _columns(group)
    names = renamed(old, new) if old and new else {}
    if not names or not same_texts:
        return names
    before, now = _texts(base), _texts(group)
    return {name: other for name, other in names.items() if _alike(before, now, other, name)}


def _texts(group: Group) -> dict[str, str]:
    return {slot.key: canonical(slot.text) for item in group.items for slot in item.slots}


def _alike(before: Mapping[str, str], now: Mapping[str, str], old: str, new: str) -> bool:
    """Whether at least half of what stood in the column *old* stands in *new*."""
    texts = {key[: -len(old)]: text for key, text in before.items() if key.endswith(f".{old}") and text}
    same = sum(now.get(start + new) == text for start, text in texts.items())
    return same * 2 >= len(texts)


def _columns(group: Group) -> list[str]:
    """Return the columns of a table, by its first row; none of a group of another kind."""
    item = group.items[0] if group.items else None
    if item is None or item.sort or len(item.slots) < 2:
        return []
    start = f"{item.id}."
    known = all(slot.key.startswith(start) for slot in item.slots)
    return [slot.key[len(start) :] for slot in item.slots if not slot.kind.silent] if known else []


def _group_called(group: Group, names: Mapping[str, str]) -> Group:
    items = []
    for item in group.items:
        start = f"{item.id}."
        slots = tuple(
            replace(slot, key=start + names[slot.key[len(start) :]])
            if slot.key.startswith(start) and slot.key[len(start) :] in names
            else slot
            for slot in item.slots
        )
        items.append(replace(item, slots=slots))
    return replace(group, items=tuple(items))
