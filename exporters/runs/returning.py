"""Copies of a pack's files that went about by mail and come back edited, while others edited the file itself.

What people did to the copy, measured against the render that it was made from, is carried into the file; what both
changed, and what has no sure place there, stays open with its text until somebody has typed it in or settled it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from exporters.errors import BriefpackError, Fault, RefusedError
from exporters.files import read_file
from exporters.merge import NOTHING, Texts, aligned, content_of, following, line_key, merge, upgrade
from exporters.package import EditedPackage, Package
from exporters.runs.living import counted, edited_from, lost, relaid, with_own
from exporters.runs.memory import Base, Memory
from exporters.runs.stamp import read_stamp
from exporters.snapshot import (
    Conflict,
    Edit,
    InsertItem,
    Item,
    MarkStale,
    Plan,
    RemoveItem,
    SetSlot,
    SlotKind,
    Snapshot,
)

if TYPE_CHECKING:
    from exporters.registry import Exporter


class Copy(Struct, frozen=True):
    """An edited copy of a file, and what it was edited from."""

    path: Path
    content: bytes
    base: Base


def copies_of(out: Path, name: str, paths: Sequence[Path], pack: str) -> tuple[Copy, ...]:
    """Return which of *paths* are copies of the file *name* of the pack in a folder; RefusedError where one is a copy
    of another pack's, or of a generation that is not remembered."""
    if not any(path.suffix.casefold() == Path(name).suffix for path in paths):
        return ()
    if not Memory.exists(out) or not (out / name).is_file():
        message = "there is no file to take it into"
        raise BriefpackError(Fault("no-file", message, str(out / name), hint="build the pack first"))
    found = []
    with Memory(out) as memory:
        for path in paths:
            if path.suffix.casefold() != Path(name).suffix:
                continue
            try:
                content = read_file(path)
            except OSError as error:
                raise BriefpackError(Fault("no-file", error.strerror or "it cannot be read", str(path))) from None
            try:
                base = memory.base_of(name, read_stamp(Package.open(content, name=str(path))), pack)
            except RefusedError as error:
                hint = "only a copy of a file of this pack can be taken in; nothing was written"
                raise RefusedError(replace(fault, file=str(path), hint=hint) for fault in error.faults) from None
            found.append(Copy(path, content, base))
    return tuple(found)


def taken_in(
    room: Exporter, theirs: Package, copy: Copy, origin: Base, epoch: int | None
) -> tuple[Package, tuple[Conflict, ...]]:
    """Return *theirs*, edited from *origin*, with what people did to a copy, and what stays open.

    Raises RefusedError where more than a fifth of the copy's anchors is gone.
    """
    base, other = (Package.open(content, name=str(copy.path)) for content in (copy.base.content, copy.content))
    pristine = Package.open(origin.content, name=theirs.file)
    one_template = copy.base.generation.template == origin.generation.template
    other, file = edited_from(room, base, other), edited_from(room, pristine, theirs)
    told: list[Conflict] = []
    if (there := relaid(room, other, pristine, restyled=not one_template)) is not None:
        other, base = there.package, there.package.base
        told += (_open("", text) for text in there.told)
    before, now = room.read(base), room.read(other)
    if (plan := counted(room, other, before, now, merge(before, now, before))).lost_too_much:
        raise RefusedError(lost(plan, str(copy.path), room, base))
    now = aligned(before, now)
    once = _once(before, now)
    here = room.read(file)
    if one_template:
        plan = merge(before, here, once, both_edited=True)
        # Theirs is what the copy says, ours what the file does.
        clashes = [replace(one, theirs=one.ours, ours=one.theirs) for one in plan.conflicts]
        # What an office counts anew (page numbers) is nobody's edit, and the data has dropped nothing here.
        # What is new in the copy is somebody's own, and comes with all else of that kind.
        mine = (one for one in plan.edits if not isinstance(one, MarkStale | InsertItem))
        edits: list[Edit] = [one for one in mine if not _is_counted(one)]
        said: set[str] = set()
    else:
        plan, lines_told = upgrade(before, now, here)
        clashes = [*plan.conflicts]
        # What was taken out of the copy, and says something else by now, is told alone.
        open_ids = {one.key for one in plan.conflicts if one.reason == "deleted-changed"}
        edits = [one for one in plan.edits if not (isinstance(one, RemoveItem) and one.id in open_ids)]
        said = {*lines_told}
    written = _typed(clashes, here, room.read(pristine))
    result = _patched(room, file, (*edits, *written.values()), other, epoch)
    result = theirs if result is file else result
    old, new = ({(group.id, item.id): item for group in one.groups for item in group.items} for one in (before, once))
    for one in clashes:
        place = one.group, one.item
        if one.at in written:
            told.append(replace(one, at=""))
        elif one_template:
            was = content_of(old[place]) if place in old else one.base
            told.append(_open(was, content_of(new[place]) if place in new else one.theirs))
        else:
            told.append(_open(one.base, one.theirs))
    target = EditedPackage(result, pristine)
    more, left = with_own(room, target, other, base, (before, now), one_template=one_template, epoch=epoch)
    if more is not None:
        result = Package.written(more, name=theirs.file)
        # What was copied in the copy says what the file was made to say since.
        moved = following(before, room.read(result), room.read(pristine))
        result = _patched(room, result, moved.edits, other, epoch)
    said |= {line for one in told for line in one.theirs.split("\n")}
    if one_template:
        # The merge has carried or told what is bound; what a person put there (a note) may have had no place.
        bound = {slot.key for _, _, slot in before.slots()}
        items = (item for group in once.groups for item in group.items)
        known_items = (replace(one, slots=tuple(s for s in one.slots if s.key in bound)) for one in items)
        said |= {line for item in known_items for line in content_of(item).split("\n")}
    known = {*said, *room.lines(base), *room.lines(result)}
    lines = dict.fromkeys(line for line in (*room.lines(other), *left) if line.strip() and line not in known)
    return result, (*told, *(_open("", line) for line in lines))


def _typed(clashes: Iterable[Conflict], file: Snapshot, pristine: Snapshot) -> dict[str, Edit]:
    """Return, by the handles of *file*, what writes there the values that were typed into a copy where the data alone,
    by the render *pristine*, has said otherwise since: they are open as if they had been typed into the file before
    that. A sentence is not written: the figures in it that nobody typed would be old ones."""
    here, made = {slot.at: slot for _, _, slot in file.slots()}, Texts(pristine)
    found: dict[str, Edit] = {}
    for one in clashes:
        slot = here.get(one.at) if one.reason == "both-changed" and one.base != NOTHING else None
        if slot is not None and slot.kind is SlotKind.VALUE:
            was = made.find(one.group, one.item, slot.key)
            if was is not None and was.text == slot.text:
                found[one.at] = SetSlot(slot.key, slot.at, slot.kind, slot.text, one.theirs)
    return found


def _patched(room: Exporter, file: Package, edits: Sequence[Edit], source: Package, epoch: int | None) -> Package:
    """Return a file with *edits* made; itself where they leave it as it is."""
    if not edits:
        return file
    out = BytesIO()
    room.patch(file, Plan(tuple(edits)), source, out, epoch=epoch)
    patched = Package.written(out.getvalue(), name=file.file)
    return file if _is_alike(patched, file) else patched


def _once(base: Snapshot, now: Snapshot) -> Snapshot:
    """Return *now* with what a person copied there once: as it was made, else the first; what else the copies say is
    told."""
    made = {(group.id, item.id): content_of(item) for group in base.groups for item in group.items}
    found: dict[str, dict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
    for group in now.groups:
        for item in group.items:
            found[group.id][item.id].append(item)
    groups = []
    for group in {group.id: group for group in reversed(now.groups)}.values():
        chosen = (_as_made(items, made.get((group.id, name))) for name, items in found[group.id].items())
        groups.append(replace(group, items=tuple(chosen)))
    return replace(now, groups=tuple(reversed(groups)))


def _as_made(items: Sequence[Item], made: str | None) -> Item:
    return items[0] if len(items) < 2 else next((one for one in items if content_of(one) == made), items[0])


def _is_alike(one: Package, other: Package) -> bool:
    """Whether two packages hold the same: what had no place in one is told, not written."""
    return {*one.names()} == {*other.names()} and all(one.read(name) == other.read(name) for name in one.names())


def _is_counted(edit: object) -> bool:
    return isinstance(edit, SetSlot) and edit.kind is SlotKind.DERIVED


def _open(base: str, text: str) -> Conflict:
    return Conflict(line_key(f"{base}\n{text}" if base else text), "not-carried", base, text, "")
