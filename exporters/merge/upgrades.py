"""A new template: hand edits of values and prose are carried onto the new render."""

from __future__ import annotations

from collections import defaultdict

from exporters.merge.aligning import aligned, known
from exporters.merge.prose import merge_prose
from exporters.merge.values import canonical, merge_value
from exporters.snapshot import Conflict, Kept, Plan, SetSlot, Slot, SlotKind, Snapshot


def upgrade(base: Snapshot, theirs: Snapshot, ours: Snapshot) -> tuple[Plan, list[Conflict]]:
    """Return the plan that writes people's edits into *ours*, and the edits that found no place there."""
    theirs, base, ours = aligned(base, theirs), known(base), known(ours)
    before = _first(base)
    targets: dict[str, list[tuple[str, str, Slot]]] = defaultdict(list)
    for group, item, slot in ours.slots():
        targets[slot.key].append((group, item, slot))
    edits: list[SetSlot] = []
    conflicts: list[Conflict] = []
    kept: list[Kept] = []
    lost: list[Conflict] = []
    done: set[str] = set()
    for group, item, slot in theirs.slots():
        old = before.get((item, slot.key)) or before.get(("", slot.key))
        if old is None or canonical(old.text) == canonical(slot.text) or slot.kind is SlotKind.CHART:
            continue
        found = [one for one in targets[slot.key] if one[1] == item] or targets[slot.key]
        if not found:
            lost.append(Conflict(slot.key, "not-carried", old.text, slot.text, "", item=item, group=group))
            continue
        for new_group, new_item, new in found:
            if new.at in done:
                continue
            done.add(new.at)
            merged = (merge_prose if slot.kind is SlotKind.PROSE else merge_value)(old.text, slot.text, new.text)
            if merged.text != new.text:
                edits.append(SetSlot(new.key, new.at, new.kind, new.text, merged.text))
            if merged.conflict:
                conflicts.append(
                    Conflict(new.key, "both-changed", old.text, slot.text, new.text, new.at, new_item, new_group)
                )
            else:
                kept.append(Kept(new.key, old.text, slot.text))
    anchors = sum(1 for _ in base.slots())
    return Plan(tuple(edits), tuple(conflicts), tuple(kept), 0, anchors), lost


def _first(snapshot: Snapshot) -> dict[tuple[str, str], Slot]:
    """Slots by item and key, and by key alone where the texts agree."""
    found: dict[tuple[str, str], Slot] = {}
    texts: dict[str, set[str]] = defaultdict(set)
    for _, item, slot in snapshot.slots():
        found.setdefault((item, slot.key), slot)
        texts[slot.key].add(slot.text)
    for _, _, slot in snapshot.slots():
        if len(texts[slot.key]) == 1:
            found.setdefault(("", slot.key), slot)
    return found
