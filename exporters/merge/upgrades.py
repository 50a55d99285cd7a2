"""A new template: hand edits of values and prose are carried onto the new render.

A value is found again by its key. The place of a sentence in the old template says nothing about the new one, so a
sentence is found by its words; what has no sure place is told, with its text, and never put into another's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from functools import lru_cache

from exporters.merge.aligning import aligned, known
from exporters.merge.columns import in_columns_of
from exporters.merge.comparing import content_of, line_key
from exporters.merge.counterparts import same_items
from exporters.merge.lookups import Texts, ambiguous
from exporters.merge.overrides import Overrides
from exporters.merge.prose import merge_prose
from exporters.merge.threeway import NOTHING, conflict_key
from exporters.merge.units import in_another_unit
from exporters.merge.values import canonical, merge_value
from exporters.snapshot import MARK, Conflict, Group, Item, Kept, Plan, RemoveItem, SetSlot, Slot, SlotKind, Snapshot

# Two texts are one sentence in two templates where they share so much of their pairs of characters and of their values.
_ALIKE = 0.6
_VALUE = re.compile(f"{MARK}[^{MARK}]*{MARK}")


def upgrade(
    base: Snapshot, theirs: Snapshot, ours: Snapshot, overrides: Overrides | None = None
) -> tuple[Plan, frozenset[str]]:
    """Return the plan that writes people's edits into *ours*, and the lines of *theirs* that it accounts for.

    Edits without a place are conflicts of the plan ("not-carried"). ``overrides`` is as for ``merge``.
    """
    overrides = overrides or Overrides()
    before, now = in_columns_of(ours, known(base), aligned(base, overrides.recalled(base, theirs)))
    return _Upgrade(before, now, known(ours), overrides.within(now)).run()


class _Upgrade:
    def __init__(self, base: Snapshot, theirs: Snapshot, ours: Snapshot, overrides: Overrides) -> None:
        self._base, self._theirs, self._ours, self._overrides = base, theirs, ours, overrides
        self._before, self._after = Texts(base), Texts(ours)
        self._anchors = sum(1 for _ in base.slots())
        self._clashing = ambiguous(ours)
        self._ambiguous = ambiguous(base) | self._clashing
        self._edited_everywhere = self._alike(theirs)
        self._by_key: dict[str, list[tuple[str, str, Slot]]] = defaultdict(list)
        self._prose: list[tuple[str, str, Slot]] = []
        for place in ours.slots():
            self._by_key[place[2].key].append(place)
            if place[2].kind is SlotKind.PROSE:
                self._prose.append(place)
        self._edits: list[SetSlot | RemoveItem] = []
        self._conflicts: list[Conflict] = []
        self._kept: list[Kept] = []
        self._done: set[str] = set()
        self._told: set[str] = set()

    def _alike(self, theirs: Snapshot) -> set[str]:
        """Return the keys of the values that a person typed over alike wherever they stand."""
        found: dict[str, set[tuple[str, bool]]] = defaultdict(set)
        for group, item, slot in theirs.slots():
            old = self._before.find(group, item, slot.key)
            found[slot.key].add((canonical(slot.text), old is not None and canonical(old.text) != canonical(slot.text)))
        return {key for key, texts in found.items() if len(texts) == 1 and all(edited for _, edited in texts)}

    def run(self) -> tuple[Plan, frozenset[str]]:
        for group in self._theirs.groups:
            for item in group.items:
                edited = [self._slot(group.id, item, slot) for slot in item.slots]
                if any(edited):
                    # What a person put beside it (a column of their own) is not told with it.
                    own = tuple(one for one in item.slots if self._before.find(group.id, item.id, one.key) is not None)
                    self._told |= set(content_of(replace(item, slots=own)).split("\n"))
        for slot in self._theirs.loose:
            self._slot("", Item("", ""), slot)
        self._deletions()
        plan = Plan(tuple(self._edits), tuple(self._conflicts), tuple(self._kept), 0, self._anchors)
        return plan, frozenset(self._told)

    def _deletions(self) -> None:
        """Take out of running text what people deleted, where the new template says the same; else tell it, once for
        what hangs together."""
        new = {group.id: group for group in self._ours.groups}
        here = {group.id: {item.id for item in group.items} for group in self._theirs.groups}
        moved = {slot.key for _, _, slot in self._theirs.slots() if slot.kind is SlotKind.PROSE}
        for group in self._base.groups:
            if group.keeps:
                self._come_back(group, here.get(group.id))
            if group.keeps or group.id not in new or group.id not in here:
                continue
            gone = [item for item in group.items if item.id not in here[group.id] and not item.silent]
            gone = [item for item in gone if not any(slot.key in moved for slot in item.slots)]
            if len(gone) * 5 > len(group.items):
                # Lost anchors look exactly like deletions.
                continue
            places = same_items(group, new[group.id])
            told: dict[str, list[str]] = defaultdict(list)
            for item in gone:
                if item.id in places:
                    self._edits.append(RemoveItem(item.id, places[item.id]))
                    self._kept.append(Kept(item.id, content_of(item), "", "deleted"))
                elif text := content_of(item):
                    told[item.unit or item.id].append(text)
            self._conflicts += (_deleted("\n".join(texts)) for texts in told.values())

    def _come_back(self, group: Group, here: set[str] | None) -> None:
        """Tell of slides, and of rows of tables, that people deleted: the new template has them again."""
        rows = [item for item in group.items if item.removable and (not item.sort or item.sort.startswith("row"))]
        gone = [item for item in rows if here is not None and item.id not in here]
        texts = [content_of(item) for item in gone] if len(gone) * 5 <= len(rows) else []
        if here is None and group.record and any(one.record == group.record for one in self._ours.groups):
            titles = (slot.text for item in group.items if item.sort == "title" for slot in item.slots)
            texts = [next(titles, group.id)]
        if texts:
            self._conflicts.append(_deleted("\n".join(texts)))

    def _slot(self, group: str, item: Item, slot: Slot) -> bool:
        """Carry a slot, if a person edited it; say whether one did."""
        found = self._before.find(group, item.id, slot.key)
        silent = slot.kind.silent and slot.kind is not SlotKind.NAME
        if found is None or silent or slot.kind is SlotKind.CHART:
            return False
        old = replace(found, text=self._overrides.base(group, item.id, slot, found.text))
        if canonical(old.text) == canonical(slot.text):
            return False
        places = self._places(group, item.id, slot, found)
        if not places:
            self._conflicts.append(_not_carried(group, item, slot, old))
        for place in places:
            self._carry(old, slot, place)
        return True

    def _places(self, group: str, item: str, slot: Slot, old: Slot) -> list[tuple[str, str, Slot]]:
        same = self._by_key[slot.key]
        if slot.kind is SlotKind.VALUE and slot.key not in self._ambiguous:
            here = [place for place in same if place[1] == item]
            if here or slot.key in self._edited_everywhere or len(same) < 2:
                return here or same
            # Of several places one was typed over: which of the new ones it was meant for, nothing tells.
            return []
        near = [place for place in same if _likeness(old.text, place[2].text) >= _ALIKE]
        if not near and slot.kind is SlotKind.PROSE:
            near = [place for place in self._prose if _likeness(old.text, place[2].text) >= _ALIKE]
        ranked = sorted(near, key=lambda place: (-_likeness(old.text, place[2].text), place[0] != group))
        if len(ranked) > 1 and _rank(old, ranked[0], group) == _rank(old, ranked[1], group):
            return []
        return ranked[:1]

    def _carry(self, old: Slot, slot: Slot, place: tuple[str, str, Slot]) -> None:
        group, item, new = place
        if new.at in self._done:
            return
        self._done.add(new.at)
        merged = (merge_prose if slot.kind is SlotKind.PROSE else merge_value)(old.text, slot.text, new.text)
        if merged.text != new.text:
            self._edits.append(SetSlot(new.key, new.at, new.kind, new.text, merged.text))
        moved = not merged.conflict and in_another_unit(self._before, self._after, group, item, slot)
        if merged.conflict or moved:
            before = NOTHING if moved else old.text
            key = conflict_key(self._clashing, group, new.key)
            self._conflicts.append(Conflict(key, "both-changed", before, slot.text, new.text, new.at, item, group))
        else:
            self._kept.append(Kept(new.key, old.text, slot.text, at=new.at))


def _not_carried(group: str, item: Item, slot: Slot, old: Slot) -> Conflict:
    if slot.kind is not SlotKind.PROSE:
        return Conflict(slot.key, "not-carried", old.text, slot.text, "", item=item.id, group=group)
    shown = tuple(one for one in item.slots if one is slot or one.kind is SlotKind.VALUE)
    text = content_of(replace(item, slots=shown))
    # The name of a sentence's place is that of another one by now.
    key = line_key(text)
    return Conflict(key, "not-carried", old.text, text, "", item=item.id, group=group)


def _deleted(text: str) -> Conflict:
    key = line_key(text)
    return Conflict(key, "not-carried", text, "", "")


def _rank(old: Slot, place: tuple[str, str, Slot], group: str) -> tuple[float, bool]:
    return _likeness(old.text, place[2].text), place[0] != group


def _likeness(first: str, second: str) -> float:
    """Return how much of two texts is common, from 0 to 1."""
    one, other = _pieces(first), _pieces(second)
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else float(first == second)


@lru_cache(maxsize=20_000)
def _pieces(text: str) -> Counter[str]:
    words = _VALUE.sub(MARK, canonical(text))
    return Counter([*_VALUE.findall(text), *(words[at : at + 2] for at in range(len(words) - 1))])
