"""What stands in for the base where a conflict was left open, so that it recurs until somebody settles it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from exporters.snapshot import Conflict, Slot, Snapshot


@dataclass(frozen=True, slots=True)
class Overrides:
    """The base texts of conflicts left open: they stand in for those of the last render, so that a conflict recurs."""

    places: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    """Of what was typed over, by key, item and group of its place."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Of what was deleted or dropped, by the name of the conflict."""
    moved: Mapping[str, str] = field(default_factory=dict)
    """Of what was typed over in a place that is there no more, by key: a person moved it."""

    @classmethod
    def of(cls, conflicts: Iterable[Conflict]) -> Overrides:
        places: dict[tuple[str, str, str], str] = {}
        names: dict[str, str] = {}
        for one in conflicts:
            if one.reason == "both-changed":
                places[one.key.removesuffix(f"@{one.group}"), one.item, one.group] = one.base
            elif one.reason != "not-carried":
                names[one.key] = one.base
        return cls(places, names)

    def __bool__(self) -> bool:
        return bool(self.places or self.names)

    def within(self, theirs: Snapshot) -> Overrides:
        """Return them with what *theirs* tells of places that are gone."""
        here = {(slot.key, item, group) for group, item, slot in theirs.slots()} if self.places else set()
        moved = {place[0]: text for place, text in self.places.items() if place not in here}
        return replace(self, moved=moved) if moved else self

    def base(self, group: str, item: str, slot: Slot, base: str) -> str:
        """Return what stands in for the *base* text of a slot of the edited file."""
        found = self.places.get((slot.key, item, group))
        if found is None and slot.text != base:
            found = self.moved.get(slot.key)
        return base if found is None else found
