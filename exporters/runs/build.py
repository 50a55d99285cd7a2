"""Executing a plan: render what is due, merge what people edited, then publish all of it at once."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from exporters import __version__, snapshot
from exporters.errors import Fault, PackageError, RefusedError, TemplateError
from exporters.runs.counting import count_statements
from exporters.runs.ledger import Generation
from exporters.runs.manifest import NAME, FileRecord, Manifest
from exporters.runs.memory import Memory
from exporters.runs.pack import DATA, canonical
from exporters.runs.planning import TRACKED, Plan, Step
from exporters.runs.publish import Staging, digest, staging
from exporters.runs.stamp import PROPERTY, Stamp

if TYPE_CHECKING:
    from exporters.binding.scope import Scope
    from exporters.runs.living import Merged

Progress = Callable[[str, int], None]
"""Told a file's name and the bytes of it that are written so far."""

Result = Literal["created", "updated", "merged", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did.

    ``results`` has an entry for each file asked for, ``merges`` the plan of each edited file; ``refused`` says why a
    file was left alone (its new version then stands beside it); ``backup`` is where replaced files went.
    """

    plan: Plan
    manifest: Manifest
    results: dict[str, Result]
    backup: Path | None
    merges: dict[str, snapshot.Plan] = field(default_factory=dict)
    refused: tuple[Fault, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 done, 3 done with conflicts left, 4 a file was refused."""
        return 4 if self.refused else 3 if self.manifest.conflicts else 0


def execute(plan: Plan, progress: Progress = lambda _name, _size: None) -> Outcome:
    """Carry out a plan. Where anything fails, the pack is left as it was."""
    with staging(plan.out) as work, Memory(plan.out) as memory:
        return _Build(plan, work, memory, progress).run()


class _Build:
    """One run over one pack."""

    def __init__(self, plan: Plan, work: Staging, memory: Memory, progress: Progress) -> None:
        from exporters.binding.scope import Scope

        self.plan, self.work, self.memory, self.progress = plan, work, memory, progress
        self.scope = Scope(plan.dataset, plan.request.lang, plan.as_of)
        self.records = dict(plan.previous.files) if plan.previous else {}
        self.results: dict[str, Result] = {}
        self.merges: dict[str, snapshot.Plan] = {}
        self.refused: list[Fault] = []
        self.expected: dict[str, str | None] = {}
        self.generations: list[Generation] = []
        self.pristine: list[Callable[[], bytes]] = []
        self.conflicts: dict[str, tuple[snapshot.Conflict, ...]] = {}

    def run(self) -> Outcome:
        for step in self.plan.steps:
            if step.job is None:
                self.results[step.filename] = "unchanged"
            elif step.action == "merge":
                self._merge(step)
            else:
                self._render(step)
        made = _manifest(self.plan, self.scope, self.records, self._open_conflicts())
        content = made.to_bytes()
        self.expected[NAME] = digest(self.plan.out / NAME)
        self.work.write(NAME, lambda out: _write(out, content))
        data = canonical(self.plan.dataset)
        self.expected[DATA] = digest(self.plan.out / DATA)
        self.work.write(DATA, lambda out: _write(out, data))
        # Only when every file has been made: a run that fails leaves nothing behind.
        for pristine in self.pristine:
            self.memory.objects.put(pristine())
        run = self._begin()
        self.memory.remember(replace(one, run=run) for one in self.generations)
        backup = self.work.publish(self.expected)
        self.memory.published(self.generations, dict(self.conflicts))
        self._finish(run)
        return Outcome(self.plan, made, self.results, backup, self.merges, tuple(self.refused))

    def _begin(self) -> int:
        """Open a run in the history; one that publishes nothing leaves no line there (a schedule may run for years)."""
        if not self.generations:
            return 0
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return self.memory.ledger.begin(started, "build", self.plan.dataset.id, self.plan.dataset_sha256)

    def _finish(self, run: int) -> None:
        if run:
            moved = {
                edit.key: f"{edit.key}: {edit.old} -> {edit.new}"
                for merge in self.merges.values()
                for edit in merge.edits
                if isinstance(edit, snapshot.SetSlot) and edit.kind is snapshot.SlotKind.VALUE
            }
            self.memory.ledger.finish(run, {"results": self.results, "moved": sorted(moved.values())})

    def _open_conflicts(self) -> list[tuple[str, snapshot.Conflict]]:
        """Return the conflicts that will be open when this run is done, of all files of the pack."""
        found = [(file, one) for file, one in self.memory.ledger.conflicts() if file not in self.conflicts]
        found += [(file, one) for file, conflicts in self.conflicts.items() for one in conflicts]
        return sorted(found, key=lambda pair: (pair[0], pair[1].key, pair[1].item))

    def _render(self, step: Step) -> None:
        """Write the pristine render: nobody has edited what stands there, or it is to be replaced."""
        name = step.filename
        staged = self.work.write(name, lambda out: self._produce(step, out), lambda size: self.progress(name, size))
        if step.found not in {None, staged.sha256} and self._is_open(step):
            self._beside(step, staged.path.read_bytes())
            self.work.drop(name)
            return
        self.expected[name] = step.found
        if staged.sha256 == step.found and self.memory.ledger.current(name) is not None:
            self.results[name] = "unchanged"
        else:
            self.results[name] = "created" if step.found is None else "updated"
            self._generation(step, staged.sha256, staged.sha256, staged.path.read_bytes)
        self._record(step, staged.path, staged.sha256, edited=False)
        self.conflicts[name] = ()

    def _produce(self, step: Step, out: BinaryIO) -> None:
        job = step.job
        assert job is not None
        stamp = Stamp.of(self.plan.dataset.id, step.generation, step.inputs)
        try:
            job.room.render(
                job.compiled, job.package, self.scope, out, epoch=self.plan.epoch, properties={PROPERTY: str(stamp)}
            )
        except TemplateError as error:
            raise TemplateError(
                fault if fault.file else replace(fault, file=job.template.shown) for fault in error.faults
            ) from error

    def _merge(self, step: Step) -> None:
        """Carry hand edits into the new render; where that cannot be done, the new version goes beside the file."""
        name = step.filename
        rendered = io.BytesIO()
        self._produce(step, rendered)
        ours = rendered.getvalue()
        try:
            merged = self._merged(step, ours)
        except (RefusedError, PackageError) as error:
            self.results[name] = "refused"
            self.refused += error.faults
            self._beside(step, ours)
            return
        self.merges[name] = merged.plan
        self.conflicts[name] = merged.plan.conflicts
        if merged.content is None:
            self.results[name] = "unchanged"
            if name in self.records:
                self.records[name] = replace(self.records[name], inputs=step.inputs, edited=True)
            return
        content = merged.content
        if self._is_open(step):
            self.conflicts.pop(name)
            self._beside(step, content)
            return
        staged = self.work.write(name, lambda out: _write(out, content), lambda size: self.progress(name, size))
        self.expected[name] = step.found
        self.results[name] = "merged"
        self._generation(step, hashlib.sha256(ours).hexdigest(), staged.sha256, lambda: ours)
        self._record(step, staged.path, staged.sha256, edited=True)

    def _merged(self, step: Step, ours: bytes) -> Merged:
        from exporters.package import Package
        from exporters.runs.living import regenerate

        job, name = step.job, step.filename
        assert job is not None
        shown = str(self.plan.out / name)
        theirs = Package.open(self.plan.out / name, name=shown)
        base = self.memory.base_of(name, job.room.read(theirs).stamp, self.plan.dataset.id)
        track = self.plan.request.track_changes and step.template.entry.name == TRACKED
        return regenerate(
            job.room,
            shown,
            Package.open(base.content, name=shown),
            theirs,
            Package.open(ours, name=shown),
            stamp=Stamp.of(self.plan.dataset.id, step.generation, step.inputs),
            open_conflicts=self.memory.open_conflicts(name) if base.current else (),
            template_changed=base.generation.template != step.template.sha256,
            track=_moment(self.plan.epoch) if track else "",
            epoch=self.plan.epoch,
        )

    def _is_open(self, step: Step) -> bool:
        """Whether an editor has the file open; it is then left alone, since the editor would write over it later."""
        path = self.plan.out / step.filename
        lock = _opened(path)
        if lock:
            hint = f"close it and build again; meanwhile {_beside_name(path.name)} holds the new version"
            self.refused.append(Fault("open", f"it is open in an editor ({lock})", str(path), hint=hint))
            self.results[step.filename] = "refused"
        return bool(lock)

    def _beside(self, step: Step, content: bytes) -> None:
        name = _beside_name(step.filename)
        self.expected[name] = digest(self.plan.out / name)
        self.work.write(name, lambda out: _write(out, content))

    def _generation(self, step: Step, base: str, output: str, pristine: Callable[[], bytes]) -> None:
        self.pristine.append(pristine)
        self.generations.append(
            Generation(step.filename, step.generation, 0, step.inputs, step.template.sha256, base, output)
        )

    def _record(self, step: Step, path: Path, sha256: str, *, edited: bool) -> None:
        job = step.job
        assert job is not None
        self.records[step.filename] = FileRecord(
            exporter=job.template.entry.name,
            sha256=sha256,
            bytes=path.stat().st_size,
            generation=step.generation,
            inputs=step.inputs,
            template=Path(job.template.shown).name,
            template_sha256=job.template.sha256,
            statements=count_statements(path, [target.id for target in self.plan.dataset.targets]),
            edited=edited,
        )


def _beside_name(name: str) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.new.{suffix}"


def _opened(path: Path) -> str:
    """Return the lock file that an editor keeps beside a file that is open in it; empty where there is none."""
    # Office cuts the first two characters of a long name away for its own lock file.
    for name in (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#"):
        if path.with_name(name).exists():
            return name
    return ""


def _moment(epoch: int | None) -> str:
    import datetime as dt

    return dt.datetime.fromtimestamp(epoch or 0, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _write(out: BinaryIO, content: bytes) -> None:
    out.write(content)


def _manifest(
    plan: Plan, scope: Scope, records: dict[str, FileRecord], conflicts: list[tuple[str, snapshot.Conflict]]
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
        conflicts=tuple(
            {
                "file": file,
                "key": one.key,
                "reason": one.reason,
                "base": one.base,
                "theirs": one.theirs,
                "ours": one.ours,
            }
            for file, one in conflicts
        ),
    )
