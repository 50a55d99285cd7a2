"""Executing a plan: the pack is made in memory, then published whole."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from exporters.errors import Fault
from exporters.runs.folder import Folder
from exporters.runs.making import Made, Progress, Result, beside_name, make
from exporters.runs.manifest import NAME, Manifest
from exporters.runs.memory import Memory
from exporters.runs.pack import DATA
from exporters.runs.planning import Plan
from exporters.runs.publish import digest, staging
from exporters.snapshot import Plan as Merge
from exporters.snapshot import SetSlot, SlotKind


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did.

    ``results`` has an entry for each file asked for, ``merges`` the plan of each edited file; ``refused`` says why a
    file was left alone (its new version then stands beside it); ``backup`` is where replaced files went.
    """

    out: Path
    manifest: Manifest
    results: dict[str, Result]
    backup: Path | None
    merges: dict[str, Merge] = field(default_factory=dict)
    refused: tuple[Fault, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 done, 3 done with conflicts left, 4 a file was refused."""
        return 4 if self.refused else 3 if self.manifest.conflicts else 0

    @property
    def moved(self) -> list[str]:
        """What changed in edited files, a line for each value: ``nansha.gdp-growth.text: 10% -> 9%``."""
        lines = {
            edit.key: f"{edit.key}: {edit.old} -> {edit.new}"
            for merge in self.merges.values()
            for edit in merge.edits
            if isinstance(edit, SetSlot) and edit.kind is SlotKind.VALUE
        }
        return sorted(lines.values())


def execute(plan: Plan, progress: Progress = lambda _name, _size: None) -> Outcome:
    """Carry out a plan. Where anything fails, the pack is left as it was."""
    return publish(make(plan, progress), plan.folder)


def publish(made: Made, folder: Folder) -> Outcome:
    """Put a pack in the folder that it was made for, all or nothing, and remember what it was made from."""
    out = folder.path
    with staging(out) as work, Memory(out) as memory:
        expected: dict[str, str | None] = {}

        def write(name: str, content: bytes, seen: str | None) -> None:
            expected[name] = seen
            work.write(name, lambda file: _write(file, content))

        for file in made.files:
            if file.content is not None:
                write(file.name, file.content, folder.file(file.name).digest)
            if file.beside is not None:
                name = beside_name(file.name)
                write(name, file.beside, digest(out / name))
        write(NAME, made.manifest.to_bytes(), digest(out / NAME))
        write(DATA, made.data, digest(out / DATA))
        for file in made.files:
            if file.pristine is not None:
                memory.objects.put(file.pristine)
        generations = [file.generation for file in made.files if file.generation is not None]
        with memory.ledger.transaction():
            run = _begin(memory, made) if generations else 0
            generations = [replace(one, run=run) for one in generations]
            memory.remember(generations)
        backup = work.publish(expected)
        conflicts = {file.name: file.conflicts for file in made.files if file.conflicts is not None}
        bases = [existing.base.generation for existing in folder.files.values() if existing.base is not None]
        outcome = Outcome(
            out,
            made.manifest,
            {file.name: file.result for file in made.files},
            backup,
            {file.name: file.merge for file in made.files if file.merge is not None},
            tuple(fault for file in made.files for fault in file.faults),
        )
        with memory.ledger.transaction():
            memory.published(generations, dict(conflicts), {(base.file, base.generation) for base in bases})
            if run:
                memory.ledger.finish(run, {"results": outcome.results, "moved": outcome.moved})
    return outcome


def _write(out: BinaryIO, content: bytes) -> None:
    out.write(content)


def _begin(memory: Memory, made: Made) -> int:
    """Open a run in the history; one that publishes nothing leaves no line there (a schedule may run for years)."""
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return memory.ledger.begin(started, "build", made.manifest.dataset, made.manifest.dataset_sha256)
