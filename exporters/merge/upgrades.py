"""A new template: hand edits of values and prose are carried onto the new render.

A value is found again by its key. The place of a sentence in the old template says nothing about the new one, so a
sentence is found by its words; what has no sure place is told, with its text, and never put into another's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cached_property, lru_cache

from msgspec.structs import replace

from exporters.merge.aligning import aligned, known
from exporters.merge.columns import in_columns_of
from exporters.merge.comparing import column_of, content_of, line_key, lost_keys, uncounted
from exporters.merge.counterparts import counterparts, items_in, share_most, values_of
from exporters.merge.looks import in_looks_of
from exporters.merge.lookups import Texts, ambiguous
from exporters.merge.overrides import Overrides
from exporters.merge.slots import merge_slot
from exporters.merge.threeway import NOTHING, conflict_key
from exporters.merge.units import in_another_unit
from exporters.merge.values import canonical
from exporters.merge.vanishing import anchors
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
    edited = overrides.recalled(base, theirs)
    here = in_looks_of(base, aligned(base, edited))
    vanished, wanted, first = anchors(known(base), here, edited)
    before, now = in_columns_of(ours, known(base), here)
    plan, told = _Upgrade(before, now, known(ours), overrides.within(now)).run()
    return replace(plan, vanished=vanished, anchors=wanted, lost_at=first), told


def following(base: Snapshot, brought: Snapshot, ours: Snapshot) -> Plan:
    """Return what makes copies that people had of values, and that were *brought* into the new template, say what the
    data says by now; and those of which it says nothing any more."""
    before, after = Texts(base), Texts(ours)
    edits: list[SetSlot | RemoveItem] = []
    adrift: list[str] = []
    for group, item, slot in brought.slots():
        old = before.find("", "", slot.key) if slot.kind is SlotKind.VALUE else None
        if old is None or slot.key in after.own(group, item) or canonical(old.text) != canonical(slot.text):
            continue
        new = after.find("", "", slot.key)
        if new is not None and canonical(new.text) != canonical(slot.text):
            edits.append(SetSlot(slot.key, slot.at, slot.kind, slot.text, new.text, new.at))
        elif not after.holds(slot.key):
            adrift.append(slot.text)
    return Plan(tuple(edits), adrift=tuple(adrift))


class _Upgrade:
    def __init__(self, base: Snapshot, theirs: Snapshot, ours: Snapshot, overrides: Overrides) -> None:
        self._base, self._theirs, self._ours, self._overrides = base, theirs, ours, overrides
        self._before, self._after = Texts(base), Texts(ours)
        self._clashing = ambiguous(ours)
        self._ambiguous = ambiguous(base) | self._clashing
        self._edited_everywhere, self._left = self._alike(theirs)
        self._by_key: dict[str, list[tuple[str, str, Slot]]] = defaultdict(list)
        self._prose: list[tuple[str, str, Slot]] = []
        self._handles = {
            ("", ""): "",
            **{(group.id, item.id): item.at for group in ours.groups for item in group.items},
        }
        for place in ours.slots():
            self._by_key[place[2].key].append(place)
            if place[2].kind is SlotKind.PROSE:
                self._prose.append(place)
        self._edits: list[SetSlot | RemoveItem] = []
        self._conflicts: list[Conflict] = []
        self._kept: list[Kept] = []
        self._done: dict[str, str] = {}
        self._told: set[str] = set()

    def _alike(self, theirs: Snapshot) -> tuple[set[str], set[tuple[str, str, str]]]:
        """Return the keys of the values that a person typed over alike wherever they stand, and the slots that stand
        as they were made: where such a one is edited too, that is in a copy of what it stands in."""
        found: dict[str, set[tuple[str, bool]]] = defaultdict(set)
        left: set[tuple[str, str, str]] = set()
        for group, item, slot in theirs.slots():
            old = self._before.find(group, item, slot.key)
            edited = old is not None and canonical(old.text) != canonical(slot.text)
            found[slot.key].add((canonical(slot.text), edited))
            if not edited:
                left.add((group, item, slot.key))
        return {key for key, texts in found.items() if len(texts) == 1 and all(one for _, one in texts)}, left

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
        self._columns()
        return Plan(tuple(self._edits), tuple(self._conflicts), tuple(self._kept)), frozenset(self._told)

    def _deletions(self) -> None:
        """Take out of running text what people deleted, where the new template says it in the same words, and sections
        that are gone whole; else tell it, once for what hangs together."""
        new = {group.id: group for group in self._ours.groups}
        here = {group.id: group.items for group in self._theirs.groups}
        moved = {slot.key for _, _, slot in self._theirs.slots() if slot.kind is SlotKind.PROSE}
        for group in self._base.groups:
            now = {item.id for item in here.get(group.id, ())}
            if group.keeps:
                self._come_back(group, now if group.id in here else None)
            if group.keeps or group.id not in new or group.id not in here:
                continue
            gone = [item for item in group.items if item.id not in now and not item.silent]
            gone = [item for item in gone if not any(slot.key in moved for slot in item.slots)]
            # Some of it was settled for the data, which says it again.
            names = self._overrides.names
            gone = [item for item in gone if "" not in {names.get(item.id), names.get(item.unit)}]
            if gone:
                self._take_out(group, new[group.id], gone, {item.unit for item in here[group.id]})

    def _take_out(self, group: Group, new: Group, gone: list[Item], left: set[str]) -> None:
        """Take out of *new* what of *group* is *gone*; of the units that are *left* other things stand."""
        places, items = items_in(group, new), {item.at: item for item in new.items}
        units: dict[str, list[tuple[Item, Item]]] = defaultdict(list)
        told: dict[str, list[str]] = defaultdict(list)
        for item in gone:
            twin, is_whole = items.get(places.get(item.id, "")), item.unit not in {"", *left}
            if twin is not None and (is_whole or _in_same_words(item, twin)):
                units[item.unit if is_whole else ""].append((item, twin))
            elif not is_whole and _is_said(item, new):
                told[item.unit or item.id].append(content_of(item))
        for pair in units.pop("", ()):
            self._taken_out(pair[0].id, pair[1].id, [pair], [pair[1]])
        for unit, pairs in units.items():
            # What the new template says besides in a section that is gone whole goes with it.
            whole = Counter(twin.unit for _, twin in pairs).most_common(1)[0][0]
            here = {twin.at for _, twin in pairs}
            self._taken_out(unit, whole, pairs, [one for one in new.items if one.at in here or whole == one.unit != ""])
        self._conflicts += (_deleted("\n".join(texts)) for texts in told.values())

    def _taken_out(self, old_name: str, name: str, pairs: list[tuple[Item, Item]], new: list[Item]) -> None:
        """Take out what a person deleted, of which *pairs* were there before; where its values are others by now, or
        were before and nobody has settled it, that is told."""
        self._edits += (RemoveItem(item.id, item.at) for item in new)
        names = self._overrides.names
        opened = [names[one] for one in (old_name, *(old.id for old, _ in pairs)) if one in names]
        before = opened[0] if old_name in names else "\n".join(content_of(old) for old, _ in pairs)
        values = {slot.key: slot.text for item in new for slot in item.slots if slot.kind is SlotKind.VALUE}
        slots = [slot for old, _ in pairs for slot in old.slots]
        moved = (canonical(values.get(slot.key, slot.text)) != canonical(slot.text) for slot in slots)
        if opened or any(moved):
            self._conflicts.append(
                Conflict(name, "deleted-changed", before, "", "\n".join(content_of(item) for item in new))
            )
        else:
            self._kept.append(Kept(name, before, "", "deleted"))

    def _columns(self) -> None:
        """Tell of cells that people took out of rows which stand: the new template has them again."""
        before = {(group.id, item.id): item for group in self._base.groups for item in group.items if item.composed}
        moved = {slot.key for slot in self._theirs.loose}
        gone: dict[tuple[str, str], list[str]] = defaultdict(list)
        for group in self._theirs.groups:
            for item in group.items:
                old = before.get((group.id, item.id))
                if old is None or old.slots == item.slots:
                    continue
                here = {slot.key for slot in item.slots} | lost_keys(old, item) | moved
                for slot in old.slots:
                    if slot.kind is SlotKind.VALUE and slot.key not in here and slot.key in self._by_key:
                        cell = column_of(old, slot)
                        if not any(one.key.startswith(cell) for one in item.slots if one.kind is SlotKind.PROSE):
                            gone[group.id, cell].append(slot.text)
        self._conflicts += (_deleted("\n".join(texts)) for texts in gone.values())

    def _come_back(self, group: Group, here: set[str] | None) -> None:
        """Tell of slides, shapes and rows that people deleted: the new template has them again."""
        bound = (item for item in group.items if here is not None and (item.removable or item.sort) and not item.silent)
        texts = [content_of(item) for item in bound if item.id not in (here or ())]
        if here is None and group.record and any(one.record == group.record for one in self._ours.groups):
            titles = (slot.text for item in group.items if item.sort == "title" for slot in item.slots)
            texts = [next(titles, group.id)]
        if any(texts):
            self._conflicts.append(_deleted("\n".join(filter(None, texts))))

    def _slot(self, group: str, item: Item, slot: Slot) -> bool:
        """Carry a slot, if a person edited it; say whether one did."""
        found = self._before.find(group, item.id, slot.key)
        silent = slot.kind.silent and slot.kind is not SlotKind.NAME
        if found is None or silent:
            return False
        old = replace(found, text=self._overrides.base(group, item.id, slot, found.text))
        if canonical(old.text) == canonical(slot.text):
            return False
        # The numbers of a chart hang together, and those of the new one may be others.
        is_apart = slot.kind is SlotKind.CHART or (group, item.id, slot.key) in self._left
        places = [] if is_apart else self._places(group, item, slot, found)
        carried = [self._carry(old, slot, place) for place in places]
        if not all(carried) or (not carried and canonical(slot.text) not in self._said):
            self._conflicts.append(_not_carried(group, item, slot, old))
        return True

    @cached_property
    def _said(self) -> set[str]:
        """What the new render says: what a person wrote word for word like that was brought before."""
        return {canonical(slot.text) for _, _, slot in self._prose}

    @cached_property
    def _twins(self) -> dict[str, str]:
        """The handles in the new template of what stands in the edited file, by its handles."""
        found = counterparts(self._base, self._theirs, self._ours, one_template=False, sure=True)
        return {at: twin.target for at, twin in found.items()}

    def _places(self, group: str, item: Item, slot: Slot, old: Slot) -> list[tuple[str, str, Slot]]:
        same = self._by_key[slot.key]
        if slot.kind is SlotKind.VALUE and slot.key not in self._ambiguous:
            if slot.key in self._edited_everywhere or len(same) < 2:
                return same
            twin = self._twins.get(item.at, "")
            here = [place for place in same if twin and self._handles.get(place[:2]) == twin]
            here = here or [place for place in same if place[1] == item.id]
            if here:
                return here
            # Of several places one was typed over: which of the new ones it was meant for, nothing tells.
            return []
        near = [place for place in same if _likeness(old.text, place[2].text) >= _ALIKE]
        if not near and slot.kind is SlotKind.PROSE:
            near = [place for place in self._prose if _likeness(old.text, place[2].text) >= _ALIKE]
        ranked = sorted(near, key=lambda place: (-_likeness(old.text, place[2].text), place[0] != group))
        if len(ranked) > 1 and _rank(old, ranked[0], group) == _rank(old, ranked[1], group):
            return []
        return ranked[:1]

    def _carry(self, old: Slot, slot: Slot, place: tuple[str, str, Slot]) -> bool:
        """Write an edit into its place; return False where another one, of a copy, stands there already."""
        group, item, new = place
        if new.at in self._done:
            return self._done[new.at] == canonical(slot.text)
        self._done[new.at] = canonical(slot.text)
        merged = merge_slot(slot.kind, old.text, slot.text, new.text)
        if merged.text != new.text:
            self._edits.append(SetSlot(new.key, new.at, new.kind, new.text, merged.text))
        moved = not merged.conflict and in_another_unit(self._before, self._after, group, item, slot)
        if merged.conflict or moved:
            before = NOTHING if moved else old.text
            key = conflict_key(self._clashing, group, new.key)
            self._conflicts.append(Conflict(key, "both-changed", before, slot.text, new.text, new.at, item, group))
        else:
            self._kept.append(Kept(new.key, old.text, slot.text, at=new.at))
        return True


def _not_carried(group: str, item: Item, slot: Slot, old: Slot) -> Conflict:
    if slot.kind is not SlotKind.PROSE:
        return Conflict(slot.key, "not-carried", old.text, slot.text, "", item=item.id, group=group)
    shown = tuple(one for one in item.slots if one is slot or one.kind is SlotKind.VALUE)
    text = content_of(replace(item, slots=shown))
    # The name of a sentence's place is that of another one by now.
    key = line_key(text)
    return Conflict(key, "not-carried", old.text, text, "", item=item.id, group=group)


def _is_said(item: Item, new: Group) -> bool:
    """Whether *new* still says what an item does, be it in other words."""
    text, values = canonical(content_of(item)), values_of(item)
    return any(share_most(values, values_of(one)) or text == canonical(content_of(one)) for one in new.items)


def _in_same_words(one: Item, other: Item) -> bool:
    """Whether two items say the same but for their values, and but for a number that they begin with."""
    words = ([uncounted(slot.text) for slot in item.slots if slot.kind is SlotKind.PROSE] for item in (one, other))
    keys = ([slot.key for slot in item.slots if slot.kind is SlotKind.VALUE] for item in (one, other))
    return next(words) == next(words) and next(keys) == next(keys)


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
