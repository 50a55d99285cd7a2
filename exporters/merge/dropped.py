"""What the data holds no more: taken out where nobody touched it, else marked or left, and told."""

from __future__ import annotations

from collections import defaultdict

from msgspec.structs import replace

from exporters.merge.comparing import content_of, in_place, reads_alike, same
from exporters.merge.threeway import NOTHING, ThreeWay
from exporters.merge.values import canonical
from exporters.snapshot import Group, Item, MarkStale, RemoveGroup, RemoveItem, ReplaceGroup

_TWO = 2


class Dropped:
    """Sees to groups and items that the data dropped."""

    def __init__(self, files: ThreeWay) -> None:
        self._files = files
        self._columns: dict[str, tuple[set[str], set[str]]] = {}

    def group(self, base: Group, theirs: Group, form: Group | None, *, goes: bool) -> None:
        """See to a group; *form* tells the same record by now, *goes* says whether it can be taken out."""
        if goes:
            gone = RemoveGroup(theirs.id, theirs.at)
            self._files.edits.append(gone if form is None else ReplaceGroup(form.id, form.at, theirs.at))
            return
        same = reads_alike(base, theirs)
        if theirs.keeps:
            self._files.edits.append(MarkStale(theirs.id, theirs.at))
        if form is not None or not same:
            before, now = content_of(base), content_of(theirs)
            # What was only moved, or has something new beside it, reads as before; it is open all the same.
            before = NOTHING if canonical(before) == canonical(now) else before
            ours = content_of(form) if form is not None else ""
            self._files.conflict(theirs.id, "changed-dropped", before, now, ours, theirs.at)

    def item(self, group: Group, base: Item, theirs: Item) -> None:
        """See to an item that nothing else of its record holds."""
        untouched = same(base, theirs) or same(*self._without_columns(group, base, theirs))
        if group.keeps and not (theirs.removable and in_place(base, theirs)):
            self._files.edits.append(MarkStale(theirs.id, theirs.at))
        elif untouched:
            self._files.edits.append(RemoveItem(theirs.id, theirs.at))
        if not untouched:
            before, now = content_of(base), content_of(theirs)
            # What has something new beside it reads as before; it is open all the same.
            before = NOTHING if canonical(before) == canonical(now) else before
            name = f"{theirs.id}@{group.id}" if theirs.id in self._files.repeated else theirs.id
            self._files.conflict(name, "changed-dropped", before, now, "", theirs.at, theirs.id, group.id)

    def unit(self, unit: str, base: str, items: list[Item]) -> None:
        """What the data dropped as a whole and a person had touched: one conflict, open until they settle it.

        ``base`` is empty where an earlier generation dropped it.
        """
        text = "\n".join(content_of(item) for item in items)
        open_base = base or self._files.overrides.names[unit]
        if canonical(open_base) != canonical(text):
            self._files.conflict(unit, "changed-dropped", open_base, text, "", items[0].at)
        elif base:
            # It only has something new beside it.
            self._files.conflict(unit, "changed-dropped", NOTHING, text, "", items[0].at)
        else:
            self._files.edits += [RemoveItem(item.id, item.at) for item in items]

    def still(self, group: Group, theirs: Group | Item, name: str) -> None:
        """What the data dropped in an earlier generation and a person had changed: open until they settle it."""
        base, text = self._files.overrides.names[name], content_of(theirs)
        if canonical(base) != canonical(text):
            place = (theirs.id.removesuffix(f"@{group.id}"), group.id) if isinstance(theirs, Item) else ("", "")
            self._files.conflict(name, "changed-dropped", base, text, "", theirs.at, *place)
        elif isinstance(theirs, Group) and theirs.record:
            self._files.edits.append(RemoveGroup(theirs.id, theirs.at))
        elif isinstance(theirs, Group) or (group.keeps and not theirs.removable):
            self._files.edits.append(MarkStale(theirs.id, theirs.at))
        else:
            self._files.edits.append(RemoveItem(theirs.id, theirs.at))

    def open_name(self, group: Group, item: Item) -> str:
        """Return the name of the open conflict about a dropped item; none where there is none."""
        names = f"{item.id}@{group.id}", item.id
        return next((name for name in names if name in self._files.overrides.names), "")

    def _without_columns(self, group: Group, base: Item, item: Item) -> tuple[Item, Item]:
        """Return both without the columns that a person took out of the whole group or filled down through all of it:
        these are about no row."""
        here, filled = self._columns_of(group)
        bound = {slot.key for slot in base.slots}
        own = (one for one in base.slots if one.key.removeprefix(base.id) in here or not one.key.startswith(base.id))
        now = (one for one in item.slots if one.key in bound or one.key.removeprefix(item.id) not in filled)
        return (replace(base, slots=tuple(own)) if here else base), replace(item, slots=tuple(now))

    def _columns_of(self, group: Group) -> tuple[set[str], set[str]]:
        """Return the columns of a group, and those that say the same in each item. Of two items nothing can be told."""
        found = self._columns.get(group.at)
        if found is None:
            columns: dict[str, list[str]] = defaultdict(list)
            for one in group.items if len(group.items) > _TWO else ():
                for slot in one.slots:
                    columns[slot.key.removeprefix(one.id)].append(slot.text)
            filled = {name for name, texts in columns.items() if texts == texts[:1] * len(group.items)}
            found = self._columns[group.at] = set(columns), filled
        return found
