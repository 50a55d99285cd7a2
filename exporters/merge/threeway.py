"""The three states of one file, what is worked out about them, and what is found to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from functools import cached_property

from msgspec import Struct, field

from exporters.merge.comparing import uncounted
from exporters.merge.lookups import Texts, ambiguous, homes_of
from exporters.merge.overrides import Overrides
from exporters.snapshot import Conflict, Edit, Kept, SlotKind, Snapshot

# The base of what both sides added (an empty one would mean that the words of both can follow each other), and of what
# was changed otherwise than in its words.
NOTHING = "—"


def conflict_key(clashing: Container[str], group: str, key: str) -> str:
    """Return the name of a slot's conflict: its key, with its group where the key says different things in two."""
    return f"{key}@{group}" if key in clashing and group else key


class ThreeWay(Struct, dict=True):
    """A merge under way. What few files need is worked out when it is first asked for."""

    base: Snapshot
    theirs: Snapshot
    ours: Snapshot
    overrides: Overrides
    both_edited: bool = False
    """Whether ours is no render, but what other people made of base."""
    edits: list[Edit] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    adrift: list[str] = field(default_factory=list)
    disordered: bool = False
    """Whether the data has paragraphs within an item in another order, which the file does not take."""

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
        """The ids of items that stand in several groups, or in another one by now: rows of a table that goes on from
        slide to slide."""
        places = {(item.id, group.id) for one in (self.base, self.ours) for group in one.groups for item in group.items}
        names = Counter(name for name, _ in places)
        return {name for name, count in names.items() if count > 1}

    @cached_property
    def homes(self) -> dict[str, list[tuple[str, str]]]:
        return homes_of(self.theirs)

    @cached_property
    def base_homes(self) -> dict[str, set[str]]:
        return {key: {home for home, _ in found} for key, found in homes_of(self.base).items()}

    def wanted_back(self, name: str) -> bool:
        """Whether a person who had deleted it settled for the data: its base is then nothing, as in their file."""
        return self.overrides.names.get(name) == ""

    def deleted(self, name: str, base: str, ours: str, at: str = "") -> None:
        """Tell what a person took out: kept so, or a conflict where the data says it otherwise by now."""
        base = self.overrides.names.get(name, base)
        if [*map(uncounted, base.split("\n"))] == [*map(uncounted, ours.split("\n"))]:
            self.kept.append(Kept(name, base, "", "deleted"))
        else:
            self.conflict(name, "deleted-changed", base, "", ours, at)

    def conflict_key(self, group: str, key: str) -> str:
        return conflict_key(self.clashing, group, key)

    def conflict(
        self, key: str, reason: str, base: str, theirs: str, ours: str, at: str, item: str = "", group: str = ""
    ) -> None:
        self.conflicts.append(Conflict(key, reason, base, theirs, ours, at, item, group))  # type: ignore[arg-type]
