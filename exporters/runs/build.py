"""Executing a plan: the pack is made in memory, then published whole."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

from exporters.errors import BriefpackError, Fault
from exporters.runs import beside, manifest
from exporters.runs.folder import Folder
from exporters.runs.ledger import News, Run
from exporters.runs.making import Made, Progress, Result, make
from exporters.runs.manifest import NAME, Manifest
from exporters.runs.moves import Move
from exporters.runs.planning import Plan
from exporters.runs.publish import DATA, digest, staging

if TYPE_CHECKING:
    from exporters.snapshot import Plan as Merge


class Outcome(Struct, frozen=True):
    """What a build did.

    ``results`` has an entry for each file asked for, ``merges`` the plan of each edited file; ``refused`` says why a
    file was left alone (its new version then stands beside it); ``warnings`` tell of such versions of earlier builds
    that somebody has changed, of older copies, and of rows whose names and keys came apart; ``backup`` is where
    replaced files went; ``moved`` is what the data moved.
    """

    out: Path
    manifest: Manifest
    results: dict[str, Result]
    backup: Path | None
    merges: dict[str, Merge] = field(default_factory=dict)
    refused: tuple[Fault, ...] = ()
    moved: tuple[Move, ...] = ()
    warnings: tuple[Fault, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 done, 3 done with conflicts left, 4 a file was refused."""
        return 4 if self.refused else 3 if self.manifest.conflicts else 0


def execute(plan: Plan, progress: Progress = lambda _name, _size: None) -> Outcome:
    """Carry out a plan. Where anything fails, the pack is left as it was."""
    return publish(make(plan, progress), plan.folder)


def publish(made: Made, folder: Folder) -> Outcome:
    """Put a pack in the folder that it was made for, all or nothing, and remember what it was made from."""
    out = folder.path
    with staging(out) as work:
        if digest(out / NAME) != folder.manifest_digest:
            message = "another run of briefpack has changed this pack meanwhile; nothing is written"
            raise BriefpackError(Fault("busy", message, str(out), hint="run again"))
        expected: dict[str, str | None] = {NAME: folder.manifest_digest, DATA: digest(out / DATA)}

        def write(name: str, content: bytes) -> None:
            if hashlib.sha256(content).hexdigest() != expected[name]:
                work.put(name, content)

        for file in made.files:
            if file.content is not None:
                expected[file.name] = folder.file(file.name).digest
                write(file.name, file.content)
        aside = {beside.beside_name(file.name): file.beside for file in made.files if file.beside is not None}
        changed = beside.changed(out, aside)
        aside = {name: content for name, content in aside.items() if name not in changed}
        if aside:
            expected |= {name: digest(out / name) for name in (*aside, beside.NOTE)}
            write(beside.NOTE, beside.note(out, aside))
        for name, content in aside.items():
            write(name, content)
        write(NAME, made.manifest.to_bytes())
        write(DATA, made.data)
        if pristine := [file.pristine for file in made.files if file.pristine is not None]:
            work.keep(*pristine)
        outcome = Outcome(
            out,
            made.manifest,
            {file.name: file.result for file in made.files},
            None,
            {file.name: file.merge for file in made.files if file.merge is not None},
            tuple(fault for file in made.files for fault in file.faults),
            made.moved,
        )
        news = _news(made, folder, outcome)
        links = [name for name, existing in folder.files.items() if existing.link]
        backup = work.publish(expected, news, lasting=_throws_edits_away(folder), behind=links)
        stale = beside.clear(out, [file.name for file in made.files if file.beside is None])
        older = [found for file in made.files if (found := folder.file(file.name).older) is not None]
        told = [fault for file in made.files for fault in file.warnings]
        return replace(outcome, backup=backup, warnings=(*beside.kept(out, changed), *stale, *older, *told))


def _throws_edits_away(folder: Folder) -> bool:
    """Whether files are replaced unseen (``--fresh``) that people have edited: they stand nowhere else then."""
    if folder.manifest is not None:
        return False
    try:
        known = manifest.read(folder.path)
    except BriefpackError:
        return True
    records = known.files if known else {}
    return any(
        existing.digest is not None
        and (name not in records or records[name].edited or records[name].sha256 != existing.digest)
        for name, existing in folder.files.items()
    )


def _summary(made: Made, outcome: Outcome) -> dict[str, Any]:
    moved = [to_builtins(move) for move in made.moved]
    return {"results": outcome.results, "because": list(made.because), "moved": moved}


def _news(made: Made, folder: Folder, outcome: Outcome) -> News | None:
    generations = tuple(file.generation for file in made.files if file.generation is not None)
    # A run that publishes nothing leaves no line in the history: a schedule may run for years.
    run = None
    if generations:
        run = Run.now("build", made.manifest, _summary(made, outcome))
    known = {file.name: [one for name, one in folder.conflicts if name == file.name] for file in made.files}
    conflicts = {
        file.name: file.conflicts
        for file in made.files
        if file.conflicts is not None and (file.generation or list(file.conflicts) != known[file.name])
    }
    bases = [existing.base.generation for existing in folder.files.values() if existing.base is not None]
    if not generations and not conflicts:
        return None
    return News(run, generations, conflicts, tuple((base.file, base.generation) for base in bases))
