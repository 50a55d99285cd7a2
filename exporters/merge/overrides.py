"""What stands in for the base where a conflict was left open, so that it recurs until somebody settles it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from exporters.merge.aligning import named_groups
from exporters.merge.comparing import content_of
from exporters.merge.values import canonical
from exporters.snapshot import Conflict, Group, Item, Slot, Snapshot, called


class Overrides(Struct, frozen=True):
    """The base texts of conflicts left open: they stand in for those of the last render, so that a conflict recurs."""

    places: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    """Of what was typed over, by key, item and group of its place."""
    copies: Mapping[tuple[str, str, str], Mapping[str, str]] = field(default_factory=dict)
    """The same by what stands there, of places that were copied: a conflict in one copy is none in the others."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Of what was deleted or dropped, by the name of the conflict."""
    moved: Mapping[str, str] = field(default_factory=dict)
    """Of what was typed over in a place that is there no more, by key: a person moved it."""
    rows: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The names of conflicts about dropped rows that a person had changed, by group and by what they say."""
    held: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The same by group and id."""

    @classmethod
    def of(cls, conflicts: Iterable[Conflict]) -> Overrides:
        places: dict[tuple[str, str, str], str] = {}
        copies: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        names: dict[str, str] = {}
        rows: dict[tuple[str, str], str] = {}
        held: dict[tuple[str, str], str] = {}
        for one in conflicts:
            if one.reason == "both-changed":
                place = one.key.removesuffix(f"@{one.group}"), one.item, one.group
                places[place] = copies[place][canonical(one.theirs)] = one.base
            elif one.reason != "not-carried":
                names[one.key] = one.base
                if one.item:
                    rows[one.group, canonical(one.theirs)] = one.key
                    held[one.group, one.item] = one.key
        return cls(places, copies, names, rows=rows, held=held)

    def __bool__(self) -> bool:
        return bool(self.places or self.names)

    def recalled(self, base: Snapshot, theirs: Snapshot) -> Snapshot:
        """Return *theirs* with dropped rows called as their conflicts: what a row is called may follow from the rows
        around it, and a row of its name may stand in another table by now, whose figures are not to be taken for its.
        """
        if not self.rows:
            return theirs
        # An editor may have taken the names of the groups.
        named = named_groups(base.groups, theirs.groups)
        before = {group.id: group for group in base.groups}
        groups = (
            replace(group, items=tuple(self._recalled(known, before.get(known.id))))
            for group, known in zip(theirs.groups, named, strict=True)
        )
        return replace(theirs, groups=tuple(groups))

    def _recalled(self, group: Group, base: Group | None) -> Iterator[Item]:
        rows = [item for item in group.items if item.sort.startswith("row")]
        made = [item for item in base.items if item.sort.startswith("row")] if base is not None else []
        known, said = {item.id for item in made}, {canonical(content_of(item)) for item in made}
        own = {item.id: item.at for item in rows if item.id not in known}
        by_words: dict[str, str] = {}
        for item in rows:
            words = canonical(content_of(item))
            name = self.rows.get((group.id, words)) if words not in said else None
            if name is not None:
                by_words.setdefault(name, item.at)
        names: dict[str, str] = {}
        for name, at in by_words.items():
            # The row of that name is the one, whatever somebody wrote into it since, unless it is known as another.
            other = own.get(name.removesuffix(f"@{group.id}"), at)
            if other == at or other in by_words.values():
                names[at] = name
        for name, at in own.items():
            held = self.held.get((group.id, name))
            if held is not None and at not in names and held not in names.values():
                names[at] = held
        return (called(item, names.get(item.at, item.id)) for item in group.items)

    def returned(self, base: Snapshot, theirs: Snapshot, ours: Snapshot) -> Snapshot:
        """Return *theirs* with dropped rows called by their ids again where the data has them back: where *base* has
        a row of that id, it is another one."""
        back = {(group, key): item for (group, item), key in self.held.items() if key != item}
        if not back:
            return theirs
        rows = ({(group.id, item.id) for group in one.groups for item in group.items} for one in (ours, base))
        here = next(rows) - next(rows)

        def name(group: Group, item: Item) -> Item:
            own = back.get((group.id, item.id), "")
            return called(item, own) if (group.id, own) in here else item

        return replace(
            theirs,
            groups=tuple(replace(one, items=tuple(name(one, item) for item in one.items)) for one in theirs.groups),
        )

    def within(self, theirs: Snapshot) -> Overrides:
        """Return them with what *theirs* tells of places that are gone."""
        here: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for group, item, slot in theirs.slots() if self.places else ():
            if (slot.key, item, group) in self.places:
                here[slot.key, item, group].append(canonical(slot.text))
        moved = {place[0]: text for place, text in self.places.items() if place not in here}
        copies = {
            place: self.copies[place]
            for place, texts in here.items()
            if len(texts) > 1 and not self.copies.get(place, {}).keys().isdisjoint(texts)
        }
        return replace(self, moved=moved, copies=copies)

    def base(self, group: str, item: str, slot: Slot, base: str) -> str:
        """Return what stands in for the *base* text of a slot of the edited file."""
        place = slot.key, item, group
        if place in self.copies:
            return self.copies[place].get(canonical(slot.text), base)
        found = self.places.get(place)
        if found is None and slot.text != base:
            found = self.moved.get(slot.key)
        return base if found is None else found
