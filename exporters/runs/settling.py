"""Settling conflicts, and bringing back what a build replaced."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from exporters.errors import BriefpackError, Fault, RefusedError, nearest
from exporters.files import read_file
from exporters.merge import Overrides, merge
from exporters.package import EDITED, Package
from exporters.registry import EXPORTERS
from exporters.runs import manifest, publish
from exporters.runs.backups import newest_first
from exporters.runs.ledger import News, Run
from exporters.runs.living import edited_from, patched
from exporters.runs.manifest import NAME, Manifest, conflict_records
from exporters.runs.memory import Memory
from exporters.runs.review import opened
from exporters.runs.stamp import Stamp, read_stamp
from exporters.snapshot import Conflict

Choice = Literal["mine", "data"]


class Settled(Struct, frozen=True):
    """The files in which a key was settled; in ``open`` the data's value had no place to go, so it stays open there."""

    files: tuple[str, ...]
    open: tuple[str, ...] = ()


def resolve(folder: Path, key: str, choice: Choice) -> Settled:
    """Settle the conflicts of *key* in all files of the pack.

    ``mine`` keeps what the person wrote; ``data`` writes what the data says. Raises BriefpackError for a key without
    a conflict, and where the data's side can be put back nowhere.
    """
    opened(folder)
    with publish.staging(folder) as work, Memory(folder) as memory:
        made, manifest_digest = opened(folder), publish.digest(folder / NAME)
        open_now = memory.ledger.conflicts()
        files = sorted({file for file, conflict in open_now if conflict.key == key})
        if not files:
            hint = nearest(key, [conflict.key for _, conflict in open_now]) or "`briefpack status` lists them"
            raise BriefpackError(Fault("no-conflict", f"there is no open conflict of {key!r}", str(folder), hint=hint))
        records = dict(made.files)
        left: dict[str, tuple[Conflict, ...]] = {}
        expected: dict[str, str | None] = {NAME: manifest_digest}
        generations, taken = [], 0
        for file in files:
            content = read_file(folder / file)
            expected[file] = hashlib.sha256(content).hexdigest()
            conflicts = memory.conflicts(file)
            settled, left[file] = _settled(folder, file, content, made, memory, conflicts, key, choice)
            taken += _count(conflicts, key) - _count(left[file], key)
            staged = work.put(file, settled)
            records[file] = replace(records[file], sha256=staged.sha256, bytes=staged.bytes, edited=True)
            generation = memory.ledger.generation(file, records[file].generation)
            generations += [replace(generation, output=staged.sha256)] if generation else []
        if not taken:
            message = f"{key} was deleted from the text, so the data's value has no place to go"
            shown = str(folder / files[0])
            raise BriefpackError(Fault("deleted", message, shown, hint="--mine lets it stay deleted"))
        still = [(file, one) for file, one in open_now if file not in left]
        still += [(file, one) for file, found in left.items() for one in found]
        made = replace(made, files=dict(sorted(records.items())), conflicts=conflict_records(still))
        work.put(NAME, made.to_bytes())
        run = Run.now("resolve", made, {"results": dict.fromkeys(files, "resolved"), "moved": []})
        work.publish(expected, News(run, tuple(generations), left), behind=files)
    open_still = [file for file in files if _count(left[file], key)]
    return Settled(tuple(files), tuple(open_still))


def _count(conflicts: Sequence[Conflict], key: str) -> int:
    return sum(one.key == key for one in conflicts)


def _settled(
    folder: Path,
    file: str,
    content: bytes,
    made: Manifest,
    memory: Memory,
    conflicts: Sequence[Conflict],
    key: str,
    choice: Choice,
) -> tuple[bytes, tuple[Conflict, ...]]:
    """Return a file with *key* settled, and what is open in it then."""
    left = [one for one in conflicts if one.key != key]
    if all(one.reason == "not-carried" for one in conflicts if one.key == key):
        # It stands nowhere in the file: whichever way, it is only no longer told.
        return content, tuple(left)
    room = EXPORTERS[made.files[file].exporter].room()
    shown = str(folder / file)
    theirs = Package.open(content, name=shown, limits=EDITED)
    ours = Package.open(memory.base_of(file, read_stamp(theirs), made.dataset).content, name=shown)
    theirs = edited_from(room, ours, theirs)
    before, now = room.read(ours), room.read(theirs)
    asked: list[Conflict] = []
    if choice == "data":
        # What stands in the file by now counts, not what stood there when the conflict was told.
        asked = [one for one in merge(before, now, before, Overrides.of(conflicts)).conflicts if one.key == key]
    # With theirs as its own base, nobody seems to have touched it: the merge then takes the data's side.
    plan = merge(before, now, before, Overrides.of([*left, *(replace(one, base=one.theirs) for one in asked)]))
    nowhere = {(one.item, one.group) for one in plan.conflicts if one.key == key}
    still = [one for one in plan.conflicts if one.key != key]
    still += [one for one in asked if (one.item, one.group) in nowhere]
    stamp = Stamp.parse(now.stamp)
    assert stamp is not None
    result = patched(room, theirs, replace(plan, conflicts=tuple(still)), ours, stamp)
    gone = [one for one in asked if one.ours and not one.theirs and (one.item, one.group) not in nowhere]
    if gone:
        # A cell of a row that is gone: only the finished file tells whether there was a place for it.
        finished = room.read(edited_from(room, ours, Package.open(result, name=shown, limits=EDITED)))
        there = {(item, group) for group, item, slot in finished.slots() if slot.text}
        gone = [one for one in gone if (one.item, one.group) not in there]
    if gone:
        still += gone
        result = patched(room, theirs, replace(plan, conflicts=tuple(still)), ours, stamp)
    return result, (*still, *(one for one in left if one.reason == "not-carried"))


def backups(folder: Path) -> list[Path]:
    """Return the backups of a pack, newest first."""
    opened(folder)
    root = folder / publish.STATE / publish.BACKUP
    return newest_first(root)


def restore(folder: Path, name: str | None = None) -> tuple[str, list[str]]:
    """Put the files of a backup (the newest without *name*) back; what stands there now is backed up first."""
    opened(folder)
    with publish.staging(folder) as work:
        made, found = opened(folder), backups(folder)
        chosen = next((path for path in found if name in {None, path.name}), None)
        if chosen is None:
            hint = nearest(name or "", [path.name for path in found]) or f"there are {len(found)} backups"
            message = f"there is no backup {name or ''}".rstrip()
            raise BriefpackError(Fault("no-backup", message, str(folder), hint=hint))
        files = sorted(path.relative_to(chosen).as_posix() for path in chosen.rglob("*") if path.is_file())
        if links := [file for file in files if (folder / file).is_symlink()]:
            message = "it is a link, and would become a file of its own"
            hint = f"the older one is in {chosen}: copy it to where the link leads"
            raise RefusedError(Fault("link", message, str(folder / file), hint=hint) for file in links)
        expected = {file: publish.digest(folder / file) for file in files}
        for file in files:
            with (chosen / file).open("rb") as source:
                work.write(file, lambda out, source=source: shutil.copyfileobj(source, out))  # type: ignore[misc]
        shown = [file for file in files if not file.startswith(publish.STATE)]
        run = Run.now("restore", made, {"results": dict.fromkeys(shown, "restored"), "moved": []})
        # What was open then is open again, and only that.
        before = manifest.read(chosen) or made
        conflicts = {file: before.open_conflicts(file) for file in {**made.files, **before.files}}
        work.publish(expected, News(run, conflicts=conflicts))
    return chosen.name, shown
