"""Looking at a pack without writing: what people edited, and what a build would change and why."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from exporters.collector import collector_paused
from exporters.errors import BriefpackError, Fault, RefusedError
from exporters.package import EDITED, Package
from exporters.registry import EXPORTERS
from exporters.runs import making, planning, publish, rows
from exporters.runs.copies import older
from exporters.runs.living import (
    arranged,
    edited_from,
    laid_out,
    left_apart,
    linked,
    lost,
    planned,
    upgraded,
    with_own_lines,
)
from exporters.runs.manifest import Manifest
from exporters.runs.memory import Memory
from exporters.runs.moves import Move
from exporters.runs.pack import Pack
from exporters.runs.planning import Request
from exporters.runs.stamp import PROPERTY, Stamp, read_stamp
from exporters.snapshot import Conflict, Plan

State = Literal["untouched", "edited", "missing", "foreign", "new"]


class FileReview(Struct, frozen=True):
    """One file of a pack. ``plan`` holds what people edited (``kept``) and, for a diff, what would change."""

    file: str
    state: State
    plan: Plan = field(default_factory=Plan)
    fault: Fault | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    """Where the handles of the edited file lead, in a person's words."""
    warnings: tuple[Fault, ...] = ()


class Review(Struct, frozen=True):
    """A pack as it stands; ``conflicts`` are those left open by the last build."""

    folder: Path
    manifest: Manifest
    files: tuple[FileReview, ...]
    conflicts: tuple[tuple[str, Conflict], ...]
    moved: tuple[Move, ...] = ()
    """What the new data moved since the last build; nothing for a status."""

    @property
    def exit_code(self) -> int:
        """As a build of it would end: 0, 3 with conflicts left, 4 where it would refuse a file."""
        return 4 if any(file.fault for file in self.files) else 3 if self.conflicts else 0


def opened(folder: Path) -> Manifest:
    """Return the manifest of the pack in *folder*; BriefpackError where there is none, or where it has no memory."""
    made = Pack.open(folder).manifest
    if not Memory.exists(folder):
        message = f"the pack does not remember what it was built from: its {publish.STATE} folder is not there"
        hint = "bring it back from a copy; `briefpack build --fresh` starts over and keeps a backup"
        raise BriefpackError(Fault("no-memory", message, str(folder), hint=hint))
    return made


@collector_paused()
def status(folder: Path) -> Review:
    """Return what people did to each file since it was built, and the open conflicts."""
    made = opened(folder)
    pack = Pack(folder, made)
    with Memory(folder) as memory:
        files = tuple(_status(folder, name, made, memory, pack) for name in made.files)
        return Review(folder, made, files, tuple(memory.ledger.conflicts()))


def _status(folder: Path, name: str, made: Manifest, memory: Memory, pack: Pack) -> FileReview:
    found = publish.digest(folder / name)
    record = made.files[name]
    if found is None:
        return FileReview(name, "missing")
    if found == record.sha256 and not record.edited:
        return FileReview(name, "untouched")
    room = EXPORTERS[record.exporter].room()
    try:
        theirs = Package.open(folder / name, name=str(folder / name), limits=EDITED)
        base = memory.base_of(name, read_stamp(theirs), made.dataset)
        pristine = Package.open(base.content, name=name)
        theirs = edited_from(room, pristine, theirs)
        before, now = room.read(pristine), room.read(theirs)
    except BriefpackError as error:
        return FileReview(name, "foreign", fault=error.faults[0])
    conflicts = memory.open_conflicts(name, base, made)
    plan = planned(room, theirs, (before, now, before), conflicts)
    fault = lost(plan, str(folder / name), room, pristine) if plan.lost_too_much else None
    told: tuple[Fault, ...] = ()
    with suppress(BriefpackError):  # a pack that has lost its data still knows its edits
        told = rows.told(str(folder / name), record.exporter, plan, pack.scope)
    warnings = _warnings(older(folder, name, base, made), told) + linked(theirs, str(folder / name))
    plan = with_own_lines(room, plan, pristine, theirs, now)
    return FileReview(name, "edited", plan, fault, room.whereabouts(theirs, now), warnings)


def _warnings(copy: Fault | None, told: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return (copy, *told) if copy is not None else told


@collector_paused()
def diff(request: Request) -> Review:
    """Return what a build of *request* would do to each file of its pack; nothing is written."""
    assert request.out is not None
    folder = request.out
    made = opened(folder)
    decided = planning.plan(request)
    from exporters.binding.scope import Scope

    scope = Scope(decided.dataset, decided.request.lang, decided.as_of)
    files: list[FileReview] = []
    with Memory(folder) as memory:
        for step in decided.steps:
            name = step.filename
            if step.job is None:
                files.append(_status(folder, name, made, memory, Pack(folder, made)))
                continue
            out = io.BytesIO()
            stamp = Stamp.of(decided.dataset.id, step.generation, step.inputs)
            step.job.room.render(
                step.job.compiled, step.job.package, scope, out, epoch=decided.epoch, properties={PROPERTY: str(stamp)}
            )
            existing = step.existing
            if existing.digest is None:
                files.append(FileReview(name, "new"))
                continue
            ours = Package.written(out.getvalue(), name=name)
            room = step.job.room
            try:
                theirs = Package.open(folder / name, name=str(folder / name), limits=EDITED)
                base = existing.base or memory.base_of(name, read_stamp(theirs), made.dataset)
                pristine = Package.open(base.content, name=name)
                theirs = edited_from(room, pristine, theirs)
                conflicts = memory.open_conflicts(name, base, made)
                changed = step.action == "merge" and base.generation.template != step.template.sha256
                laid = laid_out(room, theirs, ours, conflicts) if not changed else None
            except BriefpackError as error:
                files.append(FileReview(name, "foreign", fault=error.faults[0]))
                continue
            state: State = "untouched" if step.action in {"rebuild", "compare"} else "edited"
            if laid is None:
                # Its edits carry what people wrote onto the new render: they are no news of the data.
                try:
                    plan = upgraded(room, name, (theirs, ours), stamp, conflicts, decided.epoch)[0]
                except BriefpackError as error:
                    refused = isinstance(error, RefusedError)
                    files.append(FileReview(name, "edited" if refused else "foreign", fault=error.faults[0]))
                    continue
                plan, fault, places = replace(plan, edits=()), None, {}
            else:
                theirs, readings, still, disordered = laid
                theirs, readings = arranged(room, theirs, ours, readings, decided.epoch)
                plan = planned(room, theirs, readings, still)
                plan = replace(plan, disordered=plan.disordered or disordered)
                places = room.whereabouts(theirs, readings[1])
                fault = lost(plan, str(folder / name), room, pristine) if plan.lost_too_much else None
                plan = with_own_lines(room, plan, pristine, theirs, readings[1])
            apart = rows.told(str(folder / name), step.template.entry.name, plan, scope)
            apart += left_apart(plan, str(folder / name)) + linked(theirs, str(folder / name))
            warnings = _warnings(older(folder, name, base, made), apart)
            files.append(FileReview(name, state, plan, fault, places, warnings))
        # What is open in a file that was looked at is what a build would leave open there.
        told = {file.file for file in files if file.state != "foreign"}
        rest = [pair for pair in memory.ledger.conflicts() if pair[0] not in told]
        return Review(folder, made, tuple(files), (*_open(files), *rest), making.moved(decided, scope))


def _open(files: Sequence[FileReview]) -> list[tuple[str, Conflict]]:
    return [(file.file, one) for file in files for one in file.plan.conflicts]


def updated(review: Review) -> Iterator[tuple[str, str, str]]:
    """Yield (key, old text, new text) of every value that a build would update, once for the whole pack."""
    from exporters.snapshot import SetSlot, SlotKind

    seen: set[str] = set()
    for file in review.files:
        for edit in file.plan.edits:
            if isinstance(edit, SetSlot) and edit.kind is SlotKind.VALUE and edit.key not in seen:
                seen.add(edit.key)
                yield edit.key, edit.old, edit.new
