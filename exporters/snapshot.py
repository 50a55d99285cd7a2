"""What a pack's file holds, read apart from its format, and what is to be done to it.

A format's ``read`` makes a :class:`Snapshot` of a file; the merge compares three of them and makes a :class:`Plan`;
the format's ``patch`` carries the plan out on the edited file. Handles (``at``) mean something only to the format that
gave them, and only within that one file.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

# Begins the id of a group or an item that the format cannot tell; none stands in a plan.
UNKNOWN = "?"

# Stands before the number of an item that shares its name with others: rows that begin with the same words.
COUNTED = "~"

# The id of the group of a document's properties, and the beginning of their handles.
PROPERTIES = "document"

# Stands in the name of a slot behind that of the paragraph which it goes with: a note, what counts them.
BELONGING = "~"

# Stands in prose where a bound value stands in the file: MARK key MARK.
MARK = "\ufddd"


class Text(Struct, frozen=True):
    """A line that a file says somewhere, be it on a page, in notes, an alternative text or a property; and where."""

    where: str
    text: str


class SlotKind(StrEnum):
    """How a bound text is merged."""

    VALUE = "value"
    """One figure or name: it is the same or it is not."""
    PROSE = "prose"
    """Generated sentences, perhaps with values inside (:data:`MARK`)."""
    CHART = "chart"
    """The numbers of a chart, as canonical JSON."""
    DERIVED = "derived"
    """What any editor works out anew (a page number, the number of a caption): followed where nobody touched it, else
    left, without a word."""
    NAME = "name"
    """What a thing is called (a sheet) that is known by something else: followed where nobody touched it; a person's
    own is theirs, and told only where the data calls it otherwise by now."""
    LOST = "lost"
    """What an editor is known to lose: written anew."""
    FOREIGN = "foreign"
    """What people put beside the item. It is never written; the item counts as touched where it differs."""
    COVERED = "covered"
    """What shows nothing of its own, because its cell is merged into another: no edit. Its text names the slot that
    stands there (:data:`MARK`); what the data says is told where that one says something else."""

    silent: bool
    """Whether losing or changing it is nothing to report."""


# Worked out once, for it is asked of some hundred thousand slots.
for _kind in SlotKind:
    _kind.silent = _kind in {SlotKind.DERIVED, SlotKind.NAME, SlotKind.LOST, SlotKind.FOREIGN, SlotKind.COVERED}


# Slots and items are never changed either. They are not frozen, because a file holds some hundred thousand of them and
# a frozen one takes four times as long to make.
class Slot(Struct, frozen=True):
    """One bound text. ``key`` is the value's key, or a name that is unique within its item."""

    key: str
    text: str
    at: str
    kind: SlotKind = SlotKind.VALUE


class Unmade(Sequence[Slot]):
    """The slots of an item, made when somebody asks for one: most items say the same in all three files.

    Where *said* of two is equal, so are the keys, texts and kinds of their slots.
    """

    __slots__ = ("_slots", "said")

    def __init__(self, said: Any) -> None:
        self.said = said
        self._slots: Sequence[Slot] | None = None

    @property
    @abstractmethod
    def anchors(self) -> int:
        """How many keys that are not silent they have."""

    @property
    @abstractmethod
    def keys(self) -> list[str]:
        """Their keys, in order."""

    @abstractmethod
    def _make(self) -> Sequence[Slot]: ...

    @property
    def _made(self) -> Sequence[Slot]:
        if self._slots is None:
            self._slots = self._make()
        return self._slots

    def __iter__(self) -> Iterator[Slot]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, place: Any) -> Any:
        return self._made[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


class Item(Struct):
    """A generated paragraph, table row, shape or sheet row. ``id`` is the same in every generation; copies share it.

    Items of one ``unit`` (a district's section) are dropped together, or not at all where a person touched one of them.
    One that is ``removable`` goes with its record, untouched, although its group keeps all others (a shape on a slide,
    a row of a sheet).

    Where an editor takes names away, an id begins with :data:`UNKNOWN`; ``sort`` (only items of one sort can be each
    other) and ``box`` (left, top, width, height) then help to find out which item it is.
    """

    id: str
    at: str
    slots: Sequence[Slot] = ()
    unit: str = ""
    sort: str = ""
    box: tuple[int, ...] = ()
    removable: bool = False
    composed: bool = False
    """Its prose are paragraphs, which come and go with the data while the item stays: those in the cells of a row."""

    @property
    def silent(self) -> bool:
        return bool(self.slots) and all(slot.kind.silent for slot in self.slots)


def called(item: Item, name: str) -> Item:
    """Return *item* under another id; the keys of its slots begin with it."""
    if item.id == name:
        return item
    slots = [replace(slot, key=name + slot.key[len(item.id) :]) for slot in item.slots]
    return replace(item, id=name, slots=tuple(slots))


class Group(Struct, frozen=True):
    """What items stand in: the body of a document, a slide, a table of a sheet.

    ``keeps`` says that what the data drops of it is marked stale, not deleted (slides, sheets).
    ``record`` is whose group it is, where a group that nobody touched is no more than what the new render says in its
    place (a slide): it is replaced by another form that tells its record, by its own new form where its items come or
    go, and goes with its record.
    """

    id: str
    at: str
    items: tuple[Item, ...] = ()
    keeps: bool = False
    record: str = ""


class Snapshot(Struct, frozen=True):
    """A file as the merge sees it: its groups in order, and values that a person copied out of their item."""

    format: str
    groups: tuple[Group, ...]
    loose: tuple[Slot, ...] = ()
    stamp: str = ""

    def slots(self) -> Iterator[tuple[str, str, Slot]]:
        """Yield (group id, item id, slot) of every slot; loose ones with empty ids."""
        for group in self.groups:
            for item in group.items:
                for slot in item.slots:
                    yield group.id, item.id, slot
        for slot in self.loose:
            yield "", "", slot


class SetSlot(Struct, frozen=True):
    """Write *new* into the slot at ``at`` of the edited file. ``source`` is the slot's handle in the new render."""

    key: str
    at: str
    kind: SlotKind
    old: str
    new: str
    source: str = ""


class InsertItem(Struct, frozen=True):
    """Lift the item at ``source`` of the new render into the edited file, behind ``after`` (or before ``before``)."""

    id: str
    source: str
    group: str
    """Handle of the group in the edited file; empty when the group itself is new. Of a part of a composed item: the
    item's."""
    after: str = ""
    before: str = ""


class InsertGroup(Struct, frozen=True):
    """Lift a whole group (a slide) of the new render into the edited file, behind ``after`` (or before ``before``)."""

    id: str
    source: str
    after: str = ""
    before: str = ""


class ReplaceGroup(Struct, frozen=True):
    """Put the group at ``source`` of the new render in the place of one at ``at`` that nobody touched."""

    id: str
    source: str
    at: str


class RemoveGroup(Struct, frozen=True):
    """Take out a group that the data dropped and nobody touched."""

    id: str
    at: str


class RemoveItem(Struct, frozen=True):
    """Take out an item that the data dropped and nobody touched."""

    id: str
    at: str


class MarkStale(Struct, frozen=True):
    """Say on a slide or sheet row that a person touched, or that others may refer to, that the data no longer holds
    it; nothing is deleted."""

    id: str
    at: str


Edit = SetSlot | InsertItem | InsertGroup | ReplaceGroup | RemoveGroup | RemoveItem | MarkStale


class Arrangement(Struct, frozen=True):
    """Let stretches that follow each other in the edited file follow each other otherwise, before anything is merged.

    ``group`` is the handle of their group, empty for the groups themselves. ``stretches`` gives what is known of each
    by its handles, as they stand; people's own things between two belong to the first. ``order`` says which comes when.
    """

    group: str
    stretches: tuple[tuple[str, ...], ...]
    order: tuple[int, ...]


class Twin(Struct, frozen=True):
    """What something generated in an edited file is in two others, by handle: in what the file was edited from, and in
    a file that people's own things are to be brought into. Empty where it is not there."""

    base: str
    target: str


class Conflict(Struct, frozen=True):
    """What a person and the data both changed. The file keeps ``theirs`` until someone resolves it."""

    key: str
    reason: Literal["both-changed", "deleted-changed", "changed-dropped", "not-carried"]
    base: str
    theirs: str
    ours: str
    at: str = ""
    item: str = ""
    group: str = ""


class Kept(Struct, frozen=True):
    """A hand edit that stands: the data has not moved there. ``added``: a line of a person's own, which a new template
    would not have."""

    key: str
    base: str
    theirs: str
    reason: Literal["edited", "deleted", "added"] = "edited"
    at: str = ""
    """Where it stands in the edited file; empty where it is gone."""


class Plan(Struct, frozen=True):
    """What a regeneration does to one file."""

    edits: tuple[Edit, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    kept: tuple[Kept, ...] = ()
    vanished: int = 0
    anchors: int = 0
    untracked: tuple[str, ...] = ()
    """Where, in a person's words, tracked changes were asked for and cannot be: it is updated at once."""
    disordered: bool = False
    """Whether the data moved things to another order that the edited file does not take."""
    lost_at: str = ""
    """The handle, in the base, of the first of the anchors that vanished."""
    turned: tuple[str, ...] = ()
    """How the sections begin that people moved, and that stand where a new template has them."""
    adrift: tuple[str, ...] = ()
    """Values that a person copied, or took out of their place, and that the data says nowhere any more: they stay."""

    @property
    def lost_too_much(self) -> bool:
        """Whether more than a fifth of the anchors are gone: stripped anchors look exactly like deletions."""
        return self.vanished * 5 > self.anchors


def _gaps(names: Sequence[str], common: set[str]) -> dict[tuple[str, str], list[str]]:
    """Return the runs of names that are not *common*, by the common neighbours that they stand between."""
    found: dict[tuple[str, str], list[str]] = {}
    run: list[str] = []
    before = ""
    for name in (*names, ""):
        if name and name not in common:
            run.append(name)
            continue
        if run:
            found[before, name] = run
            run = []
        before = name
    return found


def renamed(old: Sequence[str], new: Sequence[str]) -> dict[str, str]:
    """Return new name -> old name of what goes by another name: between the same neighbours, as many as are missing."""
    names, here = set(old), set(new)
    if names <= here:
        return {}
    missing, unknown = _gaps(old, here), _gaps(new, names)
    return {
        one: other
        for place, run in unknown.items()
        if len(run) == len(missing.get(place, ()))
        for one, other in zip(run, missing[place], strict=True)
    }
