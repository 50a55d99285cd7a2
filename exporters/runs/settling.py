"""Settling conflicts, and bringing back what a build replaced."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from exporters.errors import BriefpackError, Fault, nearest
from exporters.files import read_file
from exporters.merge import merge
from exporters.package import Package
from exporters.registry import EXPORTERS
from exporters.runs import publish
from exporters.runs.backups import newest_first
from exporters.runs.ledger import News, Run
from exporters.runs.living import overrides, patched
from exporters.runs.manifest import NAME, Manifest
from exporters.runs.memory import Memory
from exporters.runs.review import opened
from exporters.runs.stamp import Stamp
from exporters.snapshot import Conflict, Plan

Choice = Literal["mine", "data"]


def resolve(folder: Path, key: str, choice: Choice) -> list[str]:
    """Settle the conflicts of *key* in all files of the pack and return the files.

    ``mine`` keeps what the person wrote; ``data`` writes what the data says. Raises BriefpackError for a key without
    a conflict, and where the data's side cannot be put back.
    """
    made = opened(folder)
    with publish.staging(folder) as work, Memory(folder) as memory:
        open_now = memory.ledger.conflicts()
        files = sorted({file for file, conflict in open_now if conflict.key == key})
        if not files:
            hint = nearest(key, [conflict.key for _, conflict in open_now]) or "`briefpack status` lists them"
            raise BriefpackError(Fault("no-conflict", f"there is no open conflict of {key!r}", str(folder), hint=hint))
        records = dict(made.files)
        left: dict[str, list[Conflict]] = {}
        expected: dict[str, str | None] = {}
        generations = []
        for file in files:
            conflicts = memory.open_conflicts(file)
            content, left[file] = _settled(folder, file, made, memory, conflicts, key, choice)
            expected[file] = publish.digest(folder / file)
            staged = work.write(file, lambda out, content=content: _write(out, content))  # type: ignore[misc]
            records[file] = replace(records[file], sha256=staged.sha256, bytes=staged.bytes, edited=True)
            current = memory.ledger.current(file)
            assert current is not None
            generations.append(replace(current, output=staged.sha256))
        still = [one for one in made.conflicts if one["file"] not in files or one["key"] != key]
        text = replace(made, files=dict(sorted(records.items())), conflicts=tuple(still)).to_bytes()
        expected[NAME] = publish.digest(folder / NAME)
        work.write(NAME, lambda out: _write(out, text))
        run = Run.now("resolve", made, {"results": dict.fromkeys(files, "resolved"), "moved": []})
        work.publish(expected, News(run, tuple(generations), {file: tuple(found) for file, found in left.items()}))
    return files


def _write(out: object, content: bytes) -> None:
    out.write(content)  # type: ignore[attr-defined]


def _settled(
    folder: Path,
    file: str,
    made: Manifest,
    memory: Memory,
    conflicts: Sequence[Conflict],
    key: str,
    choice: Choice,
) -> tuple[bytes, list[Conflict]]:
    left = [conflict for conflict in conflicts if conflict.key != key]
    if all(conflict.reason == "not-carried" for conflict in conflicts if conflict.key == key):
        # It stands nowhere in the file: whichever way, it is only no longer told.
        return read_file(folder / file), left
    room = EXPORTERS[made.files[file].exporter].room()
    shown = str(folder / file)
    theirs = Package.open(folder / file, name=shown)
    now = room.read(theirs)
    base = memory.base_of(file, now.stamp, made.dataset)
    ours = Package.open(base.content, name=shown)
    before = room.read(ours)
    bases = overrides(left)
    if choice == "data":
        # With theirs as its own base, nobody seems to have touched it: the merge then takes the data's side.
        bases |= {conflict.key: conflict.theirs for conflict in conflicts if conflict.key == key}
    plan = merge(before, now, before, bases)
    if choice == "data" and not plan.edits:
        message = f"{key} was deleted from the text, so the data's value has no place to go"
        raise BriefpackError(Fault("deleted", message, shown, hint="--mine lets it stay deleted"))
    stamp = Stamp.parse(now.stamp)
    assert stamp is not None
    content = patched(room, theirs, Plan(plan.edits, plan.conflicts, plan.kept), ours, stamp)
    return content, [*plan.conflicts, *(one for one in left if one.reason == "not-carried")]


def backups(folder: Path) -> list[Path]:
    """Return the backups of a pack, newest first."""
    opened(folder)
    root = folder / publish.STATE / publish.BACKUP
    return newest_first(root)


def restore(folder: Path, name: str | None = None) -> tuple[str, list[str]]:
    """Put the files of a backup (the newest without *name*) back; what stands there now is backed up first."""
    made, found = opened(folder), backups(folder)
    chosen = next((path for path in found if name in {None, path.name}), None)
    if chosen is None:
        hint = nearest(name or "", [path.name for path in found]) or f"there are {len(found)} backups"
        raise BriefpackError(Fault("no-backup", f"there is no backup {name or ''}".rstrip(), str(folder), hint=hint))
    files = sorted(path.relative_to(chosen).as_posix() for path in chosen.rglob("*") if path.is_file())
    with publish.staging(folder) as work:
        expected = {file: publish.digest(folder / file) for file in files}
        for file in files:
            with (chosen / file).open("rb") as source:
                work.write(file, lambda out, source=source: shutil.copyfileobj(source, out))  # type: ignore[misc]
        shown = [file for file in files if not file.startswith(publish.STATE)]
        run = Run.now("restore", made, {"results": dict.fromkeys(shown, "restored"), "moved": []})
        work.publish(expected, News(run))
    return chosen.name, shown
