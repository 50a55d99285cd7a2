"""One file: slots, items and groups of three snapshots made into a plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from exporters.merge.aligning import aligned, known, named_as
from exporters.merge.comparing import (
    column_of,
    content_of,
    in_place,
    lost_keys,
    reads_alike,
    rearranged,
    same,
    uncounted,
    untouched_group,
)
from exporters.merge.ordering import order_of
from exporters.merge.overrides import Overrides
from exporters.merge.prose import merge_prose, relabelled
from exporters.merge.values import Merged, canonical, merge_value
from exporters.snapshot import (
    Conflict,
    Edit,
    Group,
    InsertGroup,
    InsertItem,
    Item,
    Kept,
    MarkStale,
    Plan,
    RemoveGroup,
    RemoveItem,
    ReplaceGroup,
    SetSlot,
    Slot,
    SlotKind,
    Snapshot,
)

# The base of what both sides added (an empty one would mean that the words of both can follow each other), and of what
# was changed otherwise than in its words.
NOTHING = "—"
_TWO = 2


def merge(base: Snapshot, theirs: Snapshot, ours: Snapshot, overrides: Overrides | None = None) -> Plan:
    """Return what to do to *theirs*.

    ``overrides`` gives the base texts of conflicts left open, so that each recurs until someone resolves it.
    """
    overrides = overrides or Overrides()
    theirs = aligned(base, overrides.recalled(base, theirs))
    ours = named_as(base, ours)
    return _FileMerge(known(base), theirs, known(ours), overrides.within(theirs)).plan()


@dataclass
class _FileMerge:
    base: Snapshot
    theirs: Snapshot
    ours: Snapshot
    overrides: Overrides
    edits: list[Edit] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    filled: dict[str, set[str]] = field(default_factory=dict)
    """By group: the columns that say the same in each item."""

    def plan(self) -> Plan:
        self._groups()
        for slot in self.theirs.loose:
            self._slot("", "", slot)
        wanted = {
            (item.id, slot.key)
            for group in self.base.groups
            if group.id
            for item in group.items
            for slot in item.slots
            if not slot.kind.silent
        }
        here = {(item.id, slot.key) for group in self.theirs.groups for item in group.items for slot in item.slots}
        here |= self._lost() | self._taken_out()
        loose = {slot.key for slot in self.theirs.loose}
        gone = sum(key not in loose for _, key in wanted - here)
        plan = Plan(tuple(self.edits), tuple(self.conflicts), tuple(self.kept), gone, len(wanted))
        return replace(plan, disordered=self._is_disordered())

    def _taken_out(self) -> set[tuple[str, str]]:
        """Return item and key of what stood in rows of a sheet that are gone whole, where most others of their table
        stand: somebody took them out, and no editor lost their keys."""
        theirs = {group.id: {item.id for item in group.items} for group in self.theirs.groups}
        found: set[tuple[str, str]] = set()
        for group in self.base.groups:
            rows = [item for item in group.items if item.removable and not item.sort]
            gone = [item for item in rows if item.id not in theirs.get(group.id, ())] if group.keeps else []
            if len(gone) * 2 < len(rows):
                found |= {(item.id, slot.key) for item in gone for slot in item.slots}
        return found

    def _is_disordered(self) -> bool:
        """Whether the data put into another order what stands in all three files, and theirs has not that order."""
        before, new = order_of(self.base), order_of(self.ours)
        if before == new:
            return False
        now = order_of(self.theirs)
        anew = {edit.id for edit in self.edits if isinstance(edit, ReplaceGroup)}
        common = {one for one in {*before} & {*new} & {*now} if one[0] not in anew}
        old, moved, kept = ([one for one in order if one in common] for order in (before, new, now))
        return old != moved != kept

    def _lost(self) -> set[tuple[str, str]]:
        """Return item and key of the values in texts that an editor lost."""
        items = {
            item.id: item
            for group in self.theirs.groups
            for item in group.items
            if any(slot.kind is SlotKind.LOST for slot in item.slots)
        }
        before = (item for group in self.base.groups for item in group.items if item.id in items)
        return {(item.id, key) for item in before for key in lost_keys(item, items[item.id])} if items else set()

    # What few files need is worked out when it is first asked for.

    @cached_property
    def base_texts(self) -> Texts:
        return Texts(self.base)

    @cached_property
    def ours_texts(self) -> Texts:
        return Texts(self.ours)

    @cached_property
    def clashing(self) -> set[str]:
        return ambiguous(self.base, self.ours)

    @cached_property
    def prose(self) -> set[str]:
        return {slot.key for _, _, slot in self.theirs.slots() if slot.kind is SlotKind.PROSE}

    @cached_property
    def repeated(self) -> set[str]:
        """The ids of items that stand in several groups: rows of a table that goes on from slide to slide."""
        names = Counter(item.id for group in self.base.groups for item in group.items)
        return {name for name, count in names.items() if count > 1}

    @cached_property
    def homes(self) -> dict[str, list[tuple[str, str]]]:
        return _homes(self.theirs)

    @cached_property
    def base_homes(self) -> dict[str, set[str]]:
        return {key: {home for home, _ in found} for key, found in _homes(self.base).items()}

    # --- groups --------------------------------------------------------------------------------------------------

    def _groups(self) -> None:
        base = {group.id: group for group in self.base.groups}
        ours = {group.id: group for group in self.ours.groups}
        theirs: dict[str, list[Group]] = defaultdict(list)
        for group in self.theirs.groups:
            theirs[group.id].append(group)
        forms = {} if base.keys() == ours.keys() else _other_forms(self.base.groups, self.ours.groups)
        dropped = [group for group in self.theirs.groups if group.id in base and group.id not in ours]
        # What tells one record goes together, or not at all where a person touched any of it.
        held = {base[one.id].record for one in dropped if not untouched_group(base[one.id], one)}
        for group in self.theirs.groups:
            origin, alone = base.get(group.id), len(theirs[group.id]) == 1
            if group.id in ours:
                now = ours[group.id]
                if origin is not None and alone and rearranged(origin, now) and untouched_group(origin, group):
                    self.edits.append(ReplaceGroup(group.id, now.at, group.at))
                else:
                    self._items(origin, group, now)
            elif origin is not None and origin.items:
                instead = ours[forms[group.id]] if group.id in forms else None
                goes = alone and bool(origin.record) and untouched_group(origin, group)
                goes = goes and (instead is not None or origin.record not in held)
                self._dropped_group(origin, group, instead, goes=goes)
            elif group.id in self.overrides.names:
                self._still_dropped(group, group, group.id)
        for name, group in base.items():
            told = forms.get(name, name)
            if name not in theirs and told in ours and not self._wanted_back(told):
                self._deleted(told, content_of(group), content_of(ours[told]))
        order = [group.id for group in self.ours.groups]
        handles = {name: copies[-1].at for name, copies in theirs.items()}
        replaced = {edit.id for edit in self.edits if isinstance(edit, ReplaceGroup)}
        new = [name for name in order if name not in theirs and (name not in base or self._wanted_back(name))]
        for name, form in forms.items():
            if name in theirs and form in new:
                # Beside the form that it takes the place of, if not in its place.
                handles[form] = handles[name]
                if form not in replaced:
                    self.edits.append(InsertGroup(form, ours[form].at, handles[name]))
        gone = {form for name, form in forms.items() if name not in theirs and not self._wanted_back(form)}
        new = [name for name in new if name not in handles and name not in gone]
        for name, after, before in _placements(order, set(handles), new):
            source = ours[name].at
            self.edits.append(InsertGroup(name, source, handles.get(after, after), handles.get(before, "")))

    def _dropped_group(self, base: Group, theirs: Group, form: Group | None, *, goes: bool) -> None:
        if goes:
            gone = RemoveGroup(theirs.id, theirs.at)
            self.edits.append(gone if form is None else ReplaceGroup(form.id, form.at, theirs.at))
            return
        same = reads_alike(base, theirs)
        if theirs.keeps:
            self.edits.append(MarkStale(theirs.id, theirs.at))
        if form is not None or not same:
            before, now = content_of(base), content_of(theirs)
            # What was only moved, or has something new beside it, reads as before; it is open all the same.
            before = NOTHING if canonical(before) == canonical(now) else before
            ours = content_of(form) if form is not None else ""
            self._conflict(theirs.id, "changed-dropped", before, now, ours, theirs.at)

    # --- items ---------------------------------------------------------------------------------------------------

    def _items(self, base: Group | None, theirs: Group, ours: Group) -> None:
        before = {item.id: item for item in base.items} if base else {}
        now = {item.id: item for item in ours.items}
        here: dict[str, list[Item]] = defaultdict(list)
        for item in theirs.items:
            here[item.id].append(item)
        touched = {
            before[item.id].unit
            for item in theirs.items
            if item.id in before and item.id not in now and not same(before[item.id], item)
        } - {""}
        held: dict[str, list[Item]] = defaultdict(list)
        missing: dict[str, list[tuple[Slot, str]]] = defaultdict(list)
        for item in theirs.items:
            if item.id in now:
                if not self.overrides and _untouched(before.get(item.id), item, now[item.id]):
                    continue
                for slot in item.slots:
                    self._slot(theirs.id, item.id, slot)
                for slot, text in self._missing_slots(before.get(item.id), item, now[item.id]):
                    missing[column_of(before[item.id], slot)].append((slot, text))
            elif item.id in before:
                unit = before[item.id].unit
                if unit in touched:
                    held[unit].append(item)
                else:
                    self._dropped_item(theirs, before[item.id], item)
            elif self._open_name(theirs, item):
                self._still_dropped(theirs, item, self._open_name(theirs, item))
            elif item.unit in self.overrides.names:
                held[item.unit].append(item)
            else:
                # What a person took out of its row: its values go on following theirs.
                for slot in item.slots:
                    self._slot(theirs.id, item.id, slot)
        for column, slots in missing.items():
            self._missing_column(f"{theirs.id}!{column}", slots)
        for unit, items in held.items():
            known = [content_of(item) for item in before.values() if item.unit == unit]
            self._held_unit(unit, "\n".join(known) if unit in touched else "", items)
        for name, item in before.items():
            if name in here or name not in now:
                continue
            if item.silent or self._wanted_back(name) or self._moved(item, theirs):
                continue
            if self._still_added(theirs.id, item, now[name]):
                continue
            # Where a format tells sorts, the place of the group tells where to say it.
            self._deleted(name, content_of(item), content_of(now[name]), theirs.at if item.sort else "")
        order = [item.id for item in ours.items]
        handles = {name: copies[-1].at for name, copies in here.items()}
        new = [name for name in order if name not in here and (name not in before or self._wanted_back(name))]
        for name, after, preceding in _placements(order, set(handles), new):
            self.edits.append(
                InsertItem(name, now[name].at, theirs.at, handles.get(after, after), handles.get(preceding, ""))
            )

    def _wanted_back(self, name: str) -> bool:
        """Whether a person who had deleted it settled for the data: its base is then nothing, as in their file."""
        return self.overrides.names.get(name) == ""

    def _moved(self, item: Item, group: Group) -> bool:
        """Whether all of an item that *group* misses stands elsewhere: in a copy of the group, or where it never was.

        In running text prose alone tells, since values may stand in many places.
        """
        prose = [slot.key for slot in item.slots if slot.kind is SlotKind.PROSE]
        if prose and not item.sort and all(key in self.prose for key in prose):
            return True
        return bool(item.slots) and all(self._elsewhere(slot.key, group) for slot in item.slots)

    def _elsewhere(self, key: str, group: Group) -> bool:
        native = self.base_homes.get(key, set())
        return any(
            not home or (home == group.id and at != group.at) or (home not in native)
            for home, at in self.homes.get(key, ())
        )

    def _held_unit(self, unit: str, base: str, items: list[Item]) -> None:
        """What the data dropped as a whole and a person had touched: one conflict, open until they settle it.

        ``base`` is empty where an earlier generation dropped it.
        """
        text = "\n".join(content_of(item) for item in items)
        open_base = base or self.overrides.names[unit]
        if canonical(open_base) != canonical(text):
            self._conflict(unit, "changed-dropped", open_base, text, "", items[0].at)
        elif base:
            # It only has something new beside it.
            self._conflict(unit, "changed-dropped", NOTHING, text, "", items[0].at)
        else:
            self.edits += [RemoveItem(item.id, item.at) for item in items]

    def _dropped_item(self, group: Group, base: Item, theirs: Item) -> None:
        untouched = same(base, theirs) or same(base, self._without_filled(group, base, theirs))
        if group.keeps and not (theirs.removable and in_place(base, theirs)):
            self.edits.append(MarkStale(theirs.id, theirs.at))
        elif untouched:
            self.edits.append(RemoveItem(theirs.id, theirs.at))
        if not untouched:
            before, now = content_of(base), content_of(theirs)
            # What has something new beside it reads as before; it is open all the same.
            before = NOTHING if canonical(before) == canonical(now) else before
            name = f"{theirs.id}@{group.id}" if theirs.id in self.repeated else theirs.id
            self._conflict(name, "changed-dropped", before, now, "", theirs.at, theirs.id, group.id)

    def _open_name(self, group: Group, item: Item) -> str:
        """Return the name of the open conflict about a dropped item; none where there is none."""
        names = f"{item.id}@{group.id}", item.id
        return next((name for name in names if name in self.overrides.names), "")

    def _without_filled(self, group: Group, base: Item, item: Item) -> Item:
        """Return an item without what a person put into every one of its group: a column filled down is about no row.
        Of two items nothing can be told."""
        filled = self.filled.get(group.at)
        if filled is None:
            columns: dict[str, list[str]] = defaultdict(list)
            for one in group.items if len(group.items) > _TWO else ():
                for slot in one.slots:
                    columns[slot.key.removeprefix(one.id)].append(slot.text)
            whole = (name for name, texts in columns.items() if texts == texts[:1] * len(group.items))
            filled = self.filled[group.at] = set(whole)
        bound = {slot.key for slot in base.slots}
        own = (one for one in item.slots if one.key in bound or one.key.removeprefix(item.id) not in filled)
        return replace(item, slots=tuple(own))

    def _still_dropped(self, group: Group, theirs: Group | Item, name: str) -> None:
        """What the data dropped in an earlier generation and a person had changed: open until they settle it."""
        base, text = self.overrides.names[name], content_of(theirs)
        if canonical(base) != canonical(text):
            place = (theirs.id, group.id) if isinstance(theirs, Item) else ("", "")
            self._conflict(name, "changed-dropped", base, text, "", theirs.at, *place)
        elif isinstance(theirs, Group) and theirs.record:
            self.edits.append(RemoveGroup(theirs.id, theirs.at))
        elif isinstance(theirs, Group) or (group.keeps and not theirs.removable):
            self.edits.append(MarkStale(theirs.id, theirs.at))
        else:
            self.edits.append(RemoveItem(theirs.id, theirs.at))

    def _missing_slots(self, base: Item | None, theirs: Item, ours: Item) -> Iterator[tuple[Slot, str]]:
        """Yield the values that a person deleted out of an item that still stands, each with what it would say now."""
        if base is None:
            return
        here = {slot.key for slot in theirs.slots} | {slot.key for slot in self.theirs.loose} | lost_keys(base, theirs)
        new = {slot.key: slot.text for slot in ours.slots}
        for slot in base.slots:
            if slot.key not in here and slot.key in new and slot.kind is SlotKind.VALUE:
                yield slot, new[slot.key]

    def _missing_column(self, name: str, slots: Sequence[tuple[Slot, str]]) -> None:
        """Tell what is missing in several rows as one thing that a person took out, unless it is open row by row."""
        moved = sum(canonical(slot.text) != canonical(text) for slot, text in slots)
        names = self.overrides.names
        if name in names or (moved > 1 and not any(slot.key in names for slot, _ in slots)):
            self._deleted(name, "\n".join(slot.text for slot, _ in slots), "\n".join(text for _, text in slots))
            return
        for slot, text in slots:
            self._deleted(slot.key, slot.text, text)

    def _deleted(self, name: str, base: str, ours: str, at: str = "") -> None:
        base = self.overrides.names.get(name, base)
        if uncounted(base) == uncounted(ours):
            self.kept.append(Kept(name, base, "", "deleted"))
        else:
            self._conflict(name, "deleted-changed", base, "", ours, at)

    # --- slots ---------------------------------------------------------------------------------------------------

    def _slot(self, group: str, item: str, slot: Slot) -> None:
        ours = self.ours_texts.find(group, item, slot.key)
        base = self.base_texts.find(group, item, slot.key)
        if ours is None or slot.kind is SlotKind.FOREIGN:
            return
        if slot.kind is SlotKind.LOST:
            if ours.text:
                self.edits.append(SetSlot(slot.key, slot.at, slot.kind, "", ours.text, ours.at))
            return
        if base is None:
            self._added_twice(group, item, slot, ours)
            return
        before = self.overrides.base(group, item, slot, base.text)
        if slot.text == before == base.text == ours.text:
            return
        if slot.kind is SlotKind.DERIVED:
            if slot.text == base.text != ours.text:
                self.edits.append(SetSlot(slot.key, slot.at, slot.kind, slot.text, ours.text, ours.at))
            return
        merged = _merge_slot(slot.kind, before, slot.text, ours.text)
        if merged.text != slot.text:
            self.edits.append(SetSlot(slot.key, slot.at, slot.kind, slot.text, merged.text, ours.at))
        if merged.conflict:
            name = self._conflict_key(group, slot.key)
            self._conflict(name, "both-changed", before, slot.text, ours.text, slot.at, item, group)
        elif slot.kind is SlotKind.NAME:
            return
        elif merged.text == slot.text and canonical(slot.text) not in {canonical(before), canonical(ours.text)}:
            self.kept.append(Kept(slot.key, before, slot.text, at=slot.at))

    def _added_twice(self, group: str, item: str, slot: Slot, ours: Slot) -> None:
        """Merge what stands in the file and is new in the data: a record that comes back, say."""
        if slot.kind in {SlotKind.DERIVED, SlotKind.NAME} or canonical(slot.text) == canonical(ours.text):
            return
        if not slot.text:
            self.edits.append(SetSlot(slot.key, slot.at, slot.kind, "", ours.text, ours.at))
        else:
            name = self._conflict_key(group, slot.key)
            before = self.overrides.base(group, item, slot, NOTHING)
            self._conflict(name, "both-changed", before, slot.text, ours.text, slot.at, item, group)

    def _still_added(self, group: str, item: Item, ours: Item) -> bool:
        """Tell again what the data put in an earlier generation where a person has nothing any more (an empty row that
        they took out): it is in no base as something that they deleted."""
        new = {slot.key: slot.text for slot in ours.slots}
        for slot in item.slots:
            if self.overrides.places.get((slot.key, item.id, group)) == NOTHING and slot.key in new:
                key = self._conflict_key(group, slot.key)
                self._conflict(key, "both-changed", NOTHING, NOTHING, new[slot.key], "", item.id, group)
                return True
        return False

    def _conflict_key(self, group: str, key: str) -> str:
        """Return the name of a slot's conflict: its key, with its group where the key says different things in two."""
        return f"{key}@{group}" if key in self.clashing and group else key

    def _conflict(
        self, key: str, reason: str, base: str, theirs: str, ours: str, at: str, item: str = "", group: str = ""
    ) -> None:
        self.conflicts.append(Conflict(key, reason, base, theirs, ours, at, item, group))  # type: ignore[arg-type]


class Texts:
    """Slots by group, item and key; a slot that a person moved is found by its key where that is unambiguous."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._items: dict[tuple[str, str], tuple[Slot, ...]] = {}
        for group in snapshot.groups:
            for item in group.items:
                self._items.setdefault((group.id, item.id), item.slots)
        self._items["", ""] = snapshot.loose

    @cached_property
    def _by_key(self) -> dict[str, list[Slot]]:
        found: dict[str, list[Slot]] = defaultdict(list)
        for slots in (*(item.slots for group in self._snapshot.groups for item in group.items), self._snapshot.loose):
            for slot in slots:
                found[slot.key].append(slot)
        return found

    def find(self, group: str, item: str, key: str) -> Slot | None:
        exact = next((slot for slot in self._items.get((group, item), ()) if slot.key == key), None)
        if exact is not None:
            return exact
        found = self._by_key.get(key, [])
        return found[0] if found and all(slot.text == found[0].text for slot in found) else None


def _untouched(base: Item | None, theirs: Item, ours: Item) -> bool:
    """Whether an item says one thing in all three files."""
    if base is None or not len(base.slots) == len(theirs.slots) == len(ours.slots):
        return False
    for before, now, new in zip(base.slots, theirs.slots, ours.slots, strict=True):
        if not (before.text == now.text == new.text and before.key == now.key == new.key):
            return False
    return True


def _homes(snapshot: Snapshot) -> dict[str, list[tuple[str, str]]]:
    """Return id and handle of the groups that hold each key; both are empty for a loose value."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for group in snapshot.groups:
        for key in {slot.key for item in group.items for slot in item.slots}:
            found[key].append((group.id, group.at))
    for slot in snapshot.loose:
        found[slot.key].append(("", ""))
    return found


def ambiguous(*snapshots: Snapshot) -> set[str]:
    """Return the keys that stand for different texts in two groups of one file."""
    found: set[str] = set()
    for snapshot in snapshots:
        first: dict[str, tuple[str, str]] = {}
        for group, _, slot in snapshot.slots():
            known = first.setdefault(slot.key, (group, slot.text))
            if known[0] != group and known[1] != slot.text:
                found.add(slot.key)
    return found


def _merge_slot(kind: SlotKind, base: str, theirs: str, ours: str) -> Merged:
    merged = merge_prose(base, theirs, ours) if kind is SlotKind.PROSE else merge_value(base, theirs, ours)
    told = merged.conflict and kind in {SlotKind.PROSE, SlotKind.VALUE}
    return (relabelled(base, theirs, ours) if told else None) or merged


def _other_forms(base: Sequence[Group], ours: Sequence[Group]) -> dict[str, str]:
    """Return, for groups that the data dropped, the new one that tells the same record in its place."""
    common = {group.id for group in base} & {group.id for group in ours}
    found: dict[str, str] = {}
    dropped, new = (_by_gap(groups, common) for groups in (base, ours))
    for place, names in dropped.items():
        found |= zip(names, new.get(place, ()), strict=False)
    return found


def _by_gap(groups: Sequence[Group], common: set[str]) -> dict[tuple[str, int], list[str]]:
    """Return the groups outside *common* by their record, and by how many of its groups in *common* stand before."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    before: Counter[str] = Counter()
    for group in groups:
        if group.id in common:
            before[group.record] += 1
        elif group.record and group.keeps:
            found[group.record, before[group.record]].append(group.id)
    return found


def _placements(order: Sequence[str], present: set[str], new: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return (id, id to stand behind, id to stand before) of each new id: beside its neighbours in the new render.

    One of the two neighbours is empty; both are when nothing of *order* is present.
    """
    wanted = set(new)
    found: list[tuple[str, str, str]] = []
    last = ""
    for index, name in enumerate(order):
        if name in wanted:
            if last:
                found.append((name, last, ""))
            else:
                found.append((name, "", next((one for one in order[index:] if one in present), "")))
            # The next new one follows this one; the patch keeps insertions at one spot in this order.
            last = last if last in present else ""
        elif name in present:
            last = name
    return found
