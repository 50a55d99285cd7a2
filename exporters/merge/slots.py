"""Slots: one bound text in three files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exporters.merge.prose import merge_prose, relabelled
from exporters.merge.series import with_own_series
from exporters.merge.threeway import NOTHING, ThreeWay
from exporters.merge.units import in_another_unit
from exporters.merge.values import Merged, canonical, merge_value, narrow
from exporters.snapshot import MARK, Kept, SetSlot, Slot, SlotKind


class Slots:
    """Merges slots."""

    def __init__(self, files: ThreeWay) -> None:
        self._files = files

    def merge(self, group: str, item: str, slot: Slot, beside: Sequence[Slot] = ()) -> None:
        """Merge a slot of the edited file; *group* and *item* are empty for a loose one, *beside* are those of its
        item."""
        if slot.kind is SlotKind.FOREIGN:
            return
        base, ours = (one.find(group, item, slot.key) for one in (self._files.base_texts, self._files.ours_texts))
        if not (group or item) and (base is None or ours is None):
            base, ours = self._copied_from(slot) or (base, ours)
        if ours is None:
            self._left_behind(group, item, slot)
            return
        if ours.kind is SlotKind.COVERED:
            return
        if slot.kind is SlotKind.LOST:
            if ours.text:
                self._files.edits.append(SetSlot(slot.key, slot.at, slot.kind, "", ours.text, ours.at))
            return
        if base is None:
            self._added_twice(group, item, slot, ours)
            return
        if slot.kind is SlotKind.COVERED:
            self._covered(group, item, slot, base, ours)
            return
        before = self._files.overrides.base(group, item, slot, base.text)
        if slot.text == before == base.text == ours.text:
            return
        if slot.kind is SlotKind.PROSE:
            before = self._typed_over(before, slot, ours, self._files.base_texts.own(group, item), beside)
        if slot.kind is SlotKind.DERIVED:
            if slot.text == base.text != ours.text:
                self._files.edits.append(SetSlot(slot.key, slot.at, slot.kind, slot.text, ours.text, ours.at))
            return
        merged = merge_slot(slot.kind, before, slot.text, ours.text, self._files.both_edited)
        if merged.text != slot.text:
            self._files.edits.append(SetSlot(slot.key, slot.at, slot.kind, slot.text, merged.text, ours.at))
        if merged.conflict:
            name = self._files.conflict_key(group, slot.key)
            self._files.conflict(name, "both-changed", before, slot.text, ours.text, slot.at, item, group)
        elif slot.kind is SlotKind.NAME:
            return
        elif merged.text == slot.text and canonical(slot.text) not in {canonical(before), canonical(ours.text)}:
            if in_another_unit(self._files.base_texts, self._files.ours_texts, group, item, slot):
                name = self._files.conflict_key(group, slot.key)
                self._files.conflict(name, "both-changed", NOTHING, slot.text, ours.text, slot.at, item, group)
                return
            self._files.kept.append(Kept(slot.key, before, slot.text, at=slot.at))

    def _left_behind(self, group: str, item: str, slot: Slot) -> None:
        """See to a value that the data says nowhere any more: what a person copied, or took out of its row, is left."""
        before, now = self._files.base_texts, self._files.ours_texts
        copied = slot.kind is SlotKind.VALUE and slot.key not in before.own(group, item)
        if not copied or not before.holds(slot.key):
            return
        if not now.holds(slot.key) or (before.homes(slot) and not now.homes(slot)):
            self._files.adrift.append(slot.text)

    def _copied_from(self, slot: Slot) -> tuple[Slot, Slot] | None:
        """Return what a copy's original said and says, where a key stands for several texts; None where the copy's
        words do not tell which."""
        before, now = self._files.base_texts, self._files.ours_texts
        homes = [home for home in before.homes(slot) if slot.key in now.own(*home)]
        said = {canonical(now.own(*home)[slot.key].text) for home in homes}
        return (before.own(*homes[0])[slot.key], now.own(*homes[0])[slot.key]) if len(said) == 1 else None

    @staticmethod
    def _typed_over(before: str, slot: Slot, ours: Slot, base: Mapping[str, Slot], beside: Sequence[Slot]) -> str:
        """Return what prose said *before* in words where a person typed over a value in it that the data says there no
        more: with the value would go what they typed."""
        leaving = {*before.split(MARK)[1::2]} & {*slot.text.split(MARK)[1::2]} - {*ours.text.split(MARK)[1::2]}
        for one in beside if leaving else ():
            old = base.get(one.key) if one.key in leaving else None
            if old is not None and canonical(old.text) != canonical(one.text):
                before = before.replace(f"{MARK}{one.key}{MARK}", old.text)
        return before

    def _covered(self, group: str, item: str, slot: Slot, base: Slot, ours: Slot) -> None:
        """See to what a person merged into another cell: as if deleted, unless that cell says what it would."""
        before = self._files.overrides.base(group, item, slot, base.text)
        if base.kind is SlotKind.COVERED or before == "" != base.text:
            if ours.text:
                self._files.edits.append(SetSlot(slot.key, slot.at, ours.kind, "", ours.text, ours.at))
            return
        for texts, own in ((self._files.ours_texts, ours), (self._files.base_texts, base)):
            shown = texts.find(group, "", slot.text.strip(MARK))
            if shown is not None:
                if canonical(texts.words(group, shown)) == canonical(texts.words(group, own)):
                    return
                break
        if not slot.at:
            words = self._files.base_texts.words(group, base), self._files.ours_texts.words(group, ours)
            self._files.deleted(slot.key, *words)
        elif canonical(before) != canonical(ours.text):
            name = self._files.conflict_key(group, slot.key)
            self._files.conflict(name, "both-changed", before or NOTHING, "", ours.text, slot.at, item, group)
        elif before:
            self._files.kept.append(Kept(slot.key, before, "", at=slot.at))

    def _added_twice(self, group: str, item: str, slot: Slot, ours: Slot) -> None:
        """Merge what stands in the file and is new in the data: a record that comes back, say."""
        if slot.kind in {SlotKind.DERIVED, SlotKind.NAME} or canonical(slot.text) == canonical(ours.text):
            return
        if not slot.text:
            self._files.edits.append(SetSlot(slot.key, slot.at, slot.kind, "", ours.text, ours.at))
            return
        before = self._files.overrides.base(group, item, slot, NOTHING)
        is_known = before != NOTHING
        merged = merge_slot(slot.kind, before, slot.text, ours.text) if is_known else Merged(slot.text, conflict=True)
        if merged.text != slot.text:
            self._files.edits.append(SetSlot(slot.key, slot.at, slot.kind, slot.text, merged.text, ours.at))
        if merged.conflict:
            name = self._files.conflict_key(group, slot.key)
            self._files.conflict(name, "both-changed", before, slot.text, ours.text, slot.at, item, group)
        elif merged.text == slot.text:
            self._files.kept.append(Kept(slot.key, before, slot.text, at=slot.at))


def merge_slot(kind: SlotKind, base: str, theirs: str, ours: str, both_edited: bool = False) -> Merged:
    """Merge one bound text. *both_edited*: *ours* is what other people made of *base*."""
    is_prose = kind is SlotKind.PROSE
    merged = merge_prose(base, theirs, ours, both_ways=both_edited) if is_prose else merge_value(base, theirs, ours)
    if merged.conflict and kind is SlotKind.CHART and (both := with_own_series(base, theirs, ours)):
        return Merged(both)
    if not merged.conflict or kind not in {SlotKind.PROSE, SlotKind.VALUE}:
        return merged
    turned = relabelled(base, narrow(ours), theirs) if both_edited else None
    return relabelled(base, narrow(theirs), ours) or turned or merged
