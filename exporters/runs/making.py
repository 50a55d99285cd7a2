"""Making a pack in memory: no folder is read or written, so that it can be done in any process, on any machine."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import DecodeError, Struct
from msgspec.json import decode
from msgspec.structs import replace

from exporters import __version__
from exporters.errors import Fault, PackageError, RefusedError, TemplateError
from exporters.runs.beside import beside_name
from exporters.runs.counting import Statements
from exporters.runs.disk import open_fault
from exporters.runs.ledger import Generation
from exporters.runs.manifest import FileRecord, Manifest, conflict_records
from exporters.runs.planning import TRACKED, Plan, Step
from exporters.runs.stamp import PROPERTY, Stamp

if TYPE_CHECKING:
    from exporters.binding.scope import Scope
    from exporters.runs.living import Merged
    from exporters.runs.moves import Move
    from exporters.snapshot import Conflict
    from exporters.snapshot import Plan as Merge

Progress = Callable[[str, int], None]
"""Told a file's name and the bytes of it that are written so far."""

Result = Literal["created", "updated", "merged", "unchanged", "refused"]


class MadeFile(Struct, frozen=True):
    """What became of one file.

    ``content`` goes in its place, ``beside`` next to it (the file itself is then left alone, ``fault`` says why);
    ``pristine`` is the render that later edits will be measured against. ``conflicts`` None leaves those that are open.
    """

    name: str
    result: Result
    content: bytes | None = None
    beside: bytes | None = None
    pristine: bytes | None = None
    generation: Generation | None = None
    record: FileRecord | None = None
    conflicts: tuple[Conflict, ...] | None = None
    merge: Merge | None = None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


class Made(Struct, frozen=True):
    """A pack ready to be published: its files, its manifest, the data behind it, what moved since the last and why."""

    manifest: Manifest
    data: bytes
    files: tuple[MadeFile, ...]
    moved: tuple[Move, ...] = ()
    because: tuple[str, ...] = ()


def make(plan: Plan, progress: Progress = lambda _name, _size: None) -> Made:
    """Carry out *plan* in memory; raises TemplateError where a render fails."""
    from exporters.binding.scope import Scope

    scope = Scope(plan.dataset, plan.request.lang, plan.as_of)
    statements = Statements(scope)
    files = tuple(_file(plan, step, scope, statements, progress) for step in plan.steps)
    records = dict(plan.folder.manifest.files) if plan.folder.manifest else {}
    records |= {file.name: file.record for file in files if file.record is not None}
    made = _manifest(plan, scope, records, _open_conflicts(plan, files))
    return Made(made, plan.dataset.canonical, files, moved(plan, scope), _because(plan.folder.manifest, made))


def moved(plan: Plan, scope: Scope) -> tuple[Move, ...]:
    """Return what the new data moved; nothing where the old data is not known, or cannot be read any more."""
    from exporters.binding.scope import Scope
    from exporters.model import Dataset
    from exporters.runs.moves import moves

    content, known = plan.folder.data, plan.folder.manifest
    if content is None or known is None or known.dataset_sha256 == plan.dataset_sha256:
        return ()
    try:
        before = decode(content, type=Dataset)
    except DecodeError:
        return ()
    as_of = dt.date.fromisoformat(known.as_of) if known.as_of else None
    return moves(Scope(before, scope.lang, as_of), scope)


def _because(known: Manifest | None, made: Manifest) -> tuple[str, ...]:
    """Return what differs between two manifests of one pack: why it was built."""
    if known is None:
        return ("new",)
    templates = [{name: one.template_sha256 for name, one in each.files.items()} for each in (known, made)]
    found = {
        "data": known.dataset_sha256 != made.dataset_sha256,
        "templates": templates[0] != templates[1],
        "day": known.as_of != made.as_of,
        "tool": known.tool != made.tool,
        "language": known.lang != made.lang,
    }
    return tuple(name for name, differs in found.items() if differs)


def _file(plan: Plan, step: Step, scope: Scope, statements: Statements, progress: Progress) -> MadeFile:
    if step.job is None:
        return MadeFile(step.filename, "unchanged")
    ours = _rendered(plan, step, scope, progress)
    if step.action == "merge":
        return _merged(plan, step, ours, scope, statements)
    return _fresh(plan, step, ours, statements)


def _rendered(plan: Plan, step: Step, scope: Scope, progress: Progress) -> bytes:
    job = step.job
    assert job is not None
    out = _Watched(lambda size: progress(step.filename, size))
    stamp = Stamp.of(plan.dataset.id, step.generation, step.inputs)
    try:
        job.room.render(job.compiled, job.package, scope, out, epoch=plan.epoch, properties={PROPERTY: str(stamp)})
    except TemplateError as error:
        shown = job.template.shown
        raise TemplateError(fault if fault.file else replace(fault, file=shown) for fault in error.faults) from error
    return out.getvalue()


class _Watched(io.BytesIO):
    """Bytes in memory that tell how many they are."""

    def __init__(self, told: Callable[[int], None]) -> None:
        super().__init__()
        self._told = told

    def write(self, data: bytes) -> int:  # type: ignore[override]
        written = super().write(data)
        self._told(self.tell())
        return written


def _fresh(plan: Plan, step: Step, ours: bytes, statements: Statements) -> MadeFile:
    """The pristine render takes the place: nobody has edited what stands there, or it is to be replaced."""
    name, existing = step.filename, step.existing
    digest = hashlib.sha256(ours).hexdigest()
    if existing.lock and digest != existing.digest:
        return MadeFile(name, "refused", beside=ours, faults=(_open_fault(plan, step),))
    if existing.link and step.action not in {"rebuild", "compare"}:
        message = "it is a link; what it leads to is no file of this pack, and is not written over"
        fault = Fault("link", message, str(plan.out / name), hint="take the link away and build again")
        return MadeFile(name, "refused", beside=ours, faults=(fault,))
    record = _record(plan, step, ours, statements, edited=False)
    generation = _generation(step, digest, digest)
    if digest == existing.digest and existing.newest:
        return MadeFile(name, "unchanged", record=record, conflicts=())
    result: Result = "created" if existing.digest is None else "unchanged" if digest == existing.digest else "updated"
    return MadeFile(name, result, ours, pristine=ours, generation=generation, record=record, conflicts=())


def _merged(plan: Plan, step: Step, ours: bytes, scope: Scope, statements: Statements) -> MadeFile:
    """Carry hand edits into the new render; where that cannot be done, the new version goes beside the file."""
    from exporters.runs import rows
    from exporters.runs.living import left_apart, new_look

    name, existing = step.filename, step.existing
    if existing.fault is not None:
        return MadeFile(name, "refused", beside=ours, faults=_advised((existing.fault,), name))
    try:
        merged, links = _carry(plan, step, ours)
    except (RefusedError, PackageError) as error:
        return MadeFile(name, "refused", beside=ours, faults=_advised(error.faults, name))
    conflicts = merged.plan.conflicts
    told = rows.told(str(plan.out / name), step.template.entry.name, merged.plan, scope)
    told += left_apart(merged.plan, str(plan.out / name)) + links
    if _is_upgrade(step):
        told = (*told, new_look(str(plan.out / name), merged.plan, tracked=_is_tracked(plan, step)))
    if merged.content is None:
        known = plan.folder.manifest.files.get(name) if plan.folder.manifest else None
        record = replace(known, inputs=step.inputs, edited=True, origin=plan.origin) if known else None
        return MadeFile(name, "unchanged", record=record, conflicts=conflicts, merge=merged.plan, warnings=told)
    if existing.lock:
        fault = _open_fault(plan, step)
        return MadeFile(name, "refused", beside=merged.content, merge=merged.plan, faults=(fault,))
    output = hashlib.sha256(merged.content).hexdigest()
    return MadeFile(
        name,
        "merged",
        merged.content,
        pristine=ours,
        generation=_generation(step, hashlib.sha256(ours).hexdigest(), output),
        record=_record(plan, step, merged.content, statements, edited=True),
        conflicts=conflicts,
        merge=merged.plan,
        warnings=told,
    )


def _carry(plan: Plan, step: Step, ours: bytes) -> tuple[Merged, tuple[Fault, ...]]:
    """Return the merged file, and what is to be told of what it links to."""
    from exporters.package import EDITED, Package
    from exporters.runs.living import linked, regenerate
    from exporters.runs.returning import taken_in

    job, existing = step.job, step.existing
    assert job is not None
    assert existing.content is not None
    assert existing.base is not None
    shown = str(plan.out / step.filename)
    edited = theirs = Package.open(existing.content, name=shown, limits=EDITED)
    conflicts = list(existing.conflicts)
    for copy in existing.copies:
        theirs, more = taken_in(job.room, theirs, copy, existing.base, plan.epoch)
        known = {(one.key, one.item, one.group) for one in conflicts}
        conflicts += (one for one in more if (one.key, one.item, one.group) not in known)
    merged = regenerate(
        job.room,
        shown,
        Package.open(existing.base.content, name=shown),
        theirs,
        Package.written(ours, name=shown),
        stamp=Stamp.of(plan.dataset.id, step.generation, step.inputs),
        open_conflicts=conflicts,
        anew=theirs is not edited,
        template_changed=_is_upgrade(step),
        track=_moment(plan.epoch) if _is_tracked(plan, step) else "",
        epoch=plan.epoch,
    )
    return merged, linked(theirs, shown)


def _is_tracked(plan: Plan, step: Step) -> bool:
    return plan.request.track_changes and step.template.entry.name == TRACKED


def _advised(faults: tuple[Fault, ...], name: str) -> tuple[Fault, ...]:
    """Return why a file is left alone, each with what to do about it."""
    hint = f"{beside_name(name)} is the new version without edits; restore brings back what a build replaced"
    return tuple(fault if fault.hint else replace(fault, hint=hint) for fault in faults)


def _is_upgrade(step: Step) -> bool:
    """Whether an edited file was made with another template."""
    base = step.existing.base
    return base is not None and base.generation.template != step.template.sha256


def _open_fault(plan: Plan, step: Step) -> Fault:
    hint = f"close it and build again; meanwhile {beside_name(step.filename)} holds the new version"
    return open_fault(plan.out / step.filename, step.existing.lock, hint)


def _generation(step: Step, base: str, output: str) -> Generation:
    return Generation(step.filename, step.generation, step.inputs, step.template.sha256, base, output)


def _record(plan: Plan, step: Step, content: bytes, statements: Statements, *, edited: bool) -> FileRecord:
    assert step.job is not None
    return FileRecord(
        exporter=step.template.entry.name,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        generation=step.generation,
        inputs=step.inputs,
        template=Path(step.template.shown).name,
        template_sha256=step.template.sha256,
        statements=statements.count(content, step.job.package, step.job.room),
        edited=edited,
        origin=plan.origin,
    )


def _moment(epoch: int | None) -> str:
    return dt.datetime.fromtimestamp(epoch or 0, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _open_conflicts(plan: Plan, files: tuple[MadeFile, ...]) -> list[tuple[str, Conflict]]:
    """Return the conflicts that will be open when the pack is published, of all its files."""
    settled = {file.name for file in files if file.conflicts is not None}
    found = [(name, one) for name, one in plan.folder.conflicts if name not in settled]
    found += [(file.name, one) for file in files for one in file.conflicts or ()]
    return found


def _manifest(
    plan: Plan, scope: Scope, records: dict[str, FileRecord], conflicts: list[tuple[str, Conflict]]
) -> Manifest:
    dataset = plan.dataset
    return Manifest(
        tool=__version__,
        dataset=dataset.id,
        dataset_sha256=plan.dataset_sha256,
        title=dataset.title.in_(scope.lang),
        lang=scope.lang,
        as_of=plan.as_of.isoformat() if plan.as_of else None,
        templates=plan.edition.name,
        files=dict(sorted(records.items())),
        counts={
            "districts": len(dataset.districts),
            "districts_without_source": sum(place.coverage.value == "none" for place in dataset.districts),
            "targets": len(dataset.targets),
            "initiatives": len(dataset.initiatives),
            "observations": len(dataset.observations),
            "sources": len(dataset.sources),
        },
        flags=tuple(
            {"target": target.id, "code": flag.code.value, "note": flag.note.in_(scope.lang)}
            for target in dataset.targets
            for flag in target.flags
        ),
        conflicts=conflict_records(conflicts),
    )
