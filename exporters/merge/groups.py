"""Groups: the slides, tables and bodies of a file in three states."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from exporters.merge.comparing import content_of, rearranged, untouched_group
from exporters.merge.dropped import Dropped
from exporters.merge.items import Items
from exporters.merge.neighbours import placements
from exporters.merge.threeway import ThreeWay
from exporters.snapshot import Group, InsertGroup, ReplaceGroup


class Groups:
    """Merges the groups of a file."""

    def __init__(self, files: ThreeWay, items: Items, dropped: Dropped) -> None:
        self._files, self._items, self._dropped = files, items, dropped

    def merge(self) -> None:
        """Merge all groups, with all that stands in them."""
        base = {group.id: group for group in self._files.base.groups}
        ours = {group.id: group for group in self._files.ours.groups}
        theirs: dict[str, list[Group]] = defaultdict(list)
        for group in self._files.theirs.groups:
            theirs[group.id].append(group)
        forms = {} if base.keys() == ours.keys() else _other_forms(self._files.base.groups, self._files.ours.groups)
        dropped = [group for group in self._files.theirs.groups if group.id in base and group.id not in ours]
        # What tells one record goes together, or not at all where a person touched any of it.
        held = {base[one.id].record for one in dropped if not untouched_group(base[one.id], one)}
        for group in self._files.theirs.groups:
            origin, alone = base.get(group.id), len(theirs[group.id]) == 1
            if group.id in ours:
                now = ours[group.id]
                if origin is not None and alone and rearranged(origin, now) and untouched_group(origin, group):
                    self._files.edits.append(ReplaceGroup(group.id, now.at, group.at))
                else:
                    self._items.merge(origin, group, now)
            elif origin is not None and origin.items:
                instead = ours[forms[group.id]] if group.id in forms else None
                goes = alone and bool(origin.record) and untouched_group(origin, group)
                goes = goes and (instead is not None or origin.record not in held)
                self._dropped.group(origin, group, instead, goes=goes)
            elif group.id in self._files.overrides.names:
                self._dropped.still(group, group, group.id)
        for name, group in base.items():
            told = forms.get(name, name)
            if name not in theirs and told in ours and not self._files.wanted_back(told):
                self._files.deleted(told, content_of(group), content_of(ours[told]))
        order = [group.id for group in self._files.ours.groups]
        handles = {name: copies[-1].at for name, copies in theirs.items()}
        replaced = {edit.id for edit in self._files.edits if isinstance(edit, ReplaceGroup)}
        new = [name for name in order if name not in theirs and (name not in base or self._files.wanted_back(name))]
        for name, form in forms.items():
            if name in theirs and form in new:
                # Beside the form that it takes the place of, if not in its place.
                handles[form] = handles[name]
                if form not in replaced:
                    self._files.edits.append(InsertGroup(form, ours[form].at, handles[name]))
        gone = {form for name, form in forms.items() if name not in theirs and not self._files.wanted_back(form)}
        new = [name for name in new if name not in handles and name not in gone]
        for name, after, before in placements(order, set(handles), new):
            source = ours[name].at
            self._files.edits.append(InsertGroup(name, source, handles.get(after, after), handles.get(before, "")))


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
