"""What was open as gone and stands again: which of it a person wrote, and which is old.

The data dropped it while a person had changed it, and has it back; or a person had deleted it while the data moved, and
put it back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher

from msgspec.structs import replace

from exporters.merge.comparing import content_of
from exporters.merge.overrides import Overrides
from exporters.merge.threeway import NOTHING
from exporters.merge.values import canonical
from exporters.merge.wholes import wholes
from exporters.snapshot import MARK, Item, Slot, SlotKind, Snapshot


def with_restored(overrides: Overrides, base: Snapshot, theirs: Snapshot, ours: Snapshot) -> Overrides:
    """Return *overrides* with what stood in the places of *theirs* that were open as dropped, where *ours* has them
    again, and in those that were open as deleted: *base*, the last render, tells nothing of the ones and newer things
    of the others."""
    if not overrides.names:
        return overrides
    before, now = ({(group.id, item.id) for group in one.groups for item in group.items} for one in (base, ours))
    found: dict[str, list[tuple[str, Item]]] = defaultdict(list)
    for group in theirs.groups:
        for item in group.items:
            if (group.id, item.id) in now and (group.id, item.id) not in before:
                names = f"{item.id}@{group.id}", item.id, item.unit
                if name := next((one for one in names if one in overrides.names), ""):
                    found[name].append((group.id, item))
    here: dict[str, dict[str, Item]] = {group.id: {item.id: item for item in group.items} for group in theirs.groups}
    new: list[str] = []
    for group in base.groups:
        for name, items in (*wholes(group.items), *((item.id, [item]) for item in group.items)):
            back = [here[group.id][item.id] for item in items if item.id in here.get(group.id, ())]
            said = overrides.names.get(name, "")
            if said and name not in found and canonical(said) == canonical("\n".join(map(content_of, back))):
                found[name] = [(group.id, item) for item in back]
                # What the data has put there since is no more deleted than the rest.
                new += (item.id for item in items if item.id not in here[group.id])
    places = {
        (slot.key, item.id, group): text
        for name, items in found.items()
        for (group, item), lines in zip(items, _before(overrides.names[name], items), strict=True)
        for slot, text in _texts(item, lines)
    }
    if not places:
        return overrides
    wanted = {**overrides.names, **dict.fromkeys(new, "")}
    return replace(overrides, places={**places, **overrides.places}, names=wanted)


def _before(base: str, items: list[tuple[str, Item]]) -> Iterator[list[str | None]]:
    """Yield, for each of *items*, what *base* said in the place of each of its lines; None where nothing tells it."""
    lines = [content_of(item).split("\n") for _, item in items]
    now = [line for one in lines for line in one]
    old = now if base == NOTHING else base.split("\n")
    found: list[str | None] = [None] * len(now)
    one, other = ([canonical(line) for line in texts] for texts in (old, now))
    for _, low, high, at, to in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if high - low == to - at:
            found[at:to] = old[low:high]
    rest = iter(found)
    yield from ([next(rest) for _ in one] for one in lines)


def _texts(item: Item, before: list[str | None]) -> Iterator[tuple[Slot, str]]:
    """Yield the slots of an item of which is known what they said; *before* goes by its lines."""
    values = {slot.key: slot for slot in item.slots if slot.kind is SlotKind.VALUE}
    prose = {slot.key: slot.text.split(MARK)[1::2] for slot in item.slots if slot.kind is SlotKind.PROSE}
    within = {key for keys in prose.values() for key in keys}
    at = 0
    for slot in item.slots:
        if slot.kind.silent or (slot.key in within and slot.key not in prose):
            continue
        keys = prose.get(slot.key, [])
        shown = (slot, *(values[key] for key in keys if key in values))
        lines = content_of(replace(item, slots=shown)).split("\n")
        old = before[at : at + len(lines)]
        at += len(lines)
        if [canonical(one) if one is not None else None for one in old] == [*map(canonical, lines)]:
            yield slot, slot.text
            yield from ((values[key], values[key].text) for key in keys if key in values)
        elif len(lines) == 1 and old[0] is not None and not keys:
            yield slot, old[0]
        elif len(lines) == 1 and old[0] is not None and slot.text == f"{MARK}{keys[0]}{MARK}" and keys[0] in values:
            # It says one value alone.
            yield slot, slot.text
            yield values[keys[0]], old[0]
