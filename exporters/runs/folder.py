"""A pack's folder as a run finds it: all that deciding and merging need, read once, so that making needs no disk."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from exporters.errors import BriefpackError, Fault, PackageError, RefusedError
from exporters.files import read_file
from exporters.runs import manifest, publish
from exporters.runs.copies import older
from exporters.runs.disk import in_the_way, lock_of
from exporters.runs.manifest import Manifest
from exporters.runs.memory import Base, Memory
from exporters.runs.stamp import read_stamp

if TYPE_CHECKING:
    from exporters.runs.returning import Copy
    from exporters.snapshot import Conflict


class Existing(Struct, frozen=True):
    """One file of the folder. What only a merge needs is there where people have edited it, or may have.

    ``lock`` is the lock file of an editor that has it open; ``newest`` the number of its newest generation;
    ``content`` its bytes, ``base`` what it was edited from, and where there is none ``fault`` says why;
    ``older`` tells of a copy older than the file whose place it took; ``link`` says that it is a link to a file
    elsewhere, or to none; ``copies`` are copies of it that are to be taken into it.
    """

    digest: str | None = None
    lock: str = ""
    newest: int = 0
    content: bytes | None = None
    base: Base | None = None
    fault: Fault | None = None
    conflicts: tuple[Conflict, ...] = ()
    older: Fault | None = None
    link: bool = False
    copies: tuple[Copy, ...] = ()


class Folder(Struct, frozen=True):
    """A folder that holds a pack, or will."""

    path: Path
    manifest: Manifest | None = None
    files: Mapping[str, Existing] = field(default_factory=dict)
    conflicts: tuple[tuple[str, Conflict], ...] = ()
    """All open conflicts, by file."""
    manifest_digest: str | None = None
    """The digest of the manifest's bytes: another one means that another run was here."""
    data: bytes | None = None
    """The data that the pack was built from."""

    def file(self, name: str) -> Existing:
        """Return what is known of a file; nothing is known of one that is not there."""
        return self.files.get(name, Existing())


def look(
    out: Path,
    names: Sequence[str],
    *,
    fresh: bool = False,
    merging: Collection[str] = (),
    copies: Sequence[Path] = (),
) -> Folder:
    """Read the folder. *merging* names files that are to be merged even where nobody has edited them; *copies* are
    edited copies of the pack's files.

    A publication that an earlier run had decided and not ended is ended first. With *fresh*, what the folder holds
    counts for nothing but the numbers of its generations.
    """
    if blocked := in_the_way(out / publish.STATE):
        raise BriefpackError(blocked)
    publish.recover(out)
    seen = publish.digest(out / manifest.NAME)
    try:
        made = None if fresh else manifest.read(out)
    except BriefpackError as error:
        # What the files are is then unknown, so nothing may replace them.
        raise RefusedError(error.faults) from None
    taken = _taken(out, names, copies, made.dataset if made else "")
    merging = {*merging, *(name for name, found in taken.items() if found)}
    if not Memory.exists(out):
        files = {name: _existing(out, name, made, None, merging, fresh) for name in names}
        return Folder(out, made, files, (), seen, _data(out, made))
    with Memory(out) as memory:
        files = {name: _existing(out, name, made, memory, merging, fresh) for name in names}
        files |= {name: replace(files[name], copies=found) for name, found in taken.items()}
        return Folder(out, made, files, () if fresh else tuple(memory.ledger.conflicts()), seen, _data(out, made))


def _taken(out: Path, names: Sequence[str], copies: Sequence[Path], pack: str) -> dict[str, tuple[Copy, ...]]:
    if not copies:
        return {}
    from exporters.runs.returning import copies_of

    if strange := [path for path in copies if not any(path.suffix.casefold() == Path(name).suffix for name in names)]:
        message = f"it is no copy of {', '.join(names)}"
        raise BriefpackError(Fault("no-copy", message, str(path)) for path in strange)
    return {name: copies_of(out, name, copies, pack) for name in names}


def _data(out: Path, made: Manifest | None) -> bytes | None:
    try:
        content = read_file(out / publish.DATA)
    except OSError:
        return None
    return content if made and hashlib.sha256(content).hexdigest() == made.dataset_sha256 else None


def _existing(
    out: Path, name: str, made: Manifest | None, memory: Memory | None, merging: Collection[str], fresh: bool
) -> Existing:
    found = _found(out, name, made, memory, merging, fresh)
    return replace(found, link=(out / name).is_symlink())


def _found(
    out: Path, name: str, made: Manifest | None, memory: Memory | None, merging: Collection[str], fresh: bool
) -> Existing:
    path = out / name
    newest = memory.ledger.next_number(name) - 1 if memory else 0
    digest = publish.digest(path)
    if digest is None:
        return Existing(newest=newest)
    lock = lock_of(path)
    record = made.files.get(name) if made else None
    untouched = record is not None and record.sha256 == digest and not record.edited
    if fresh or (untouched and name not in merging):
        return Existing(digest, lock, newest)
    content = read_file(path)
    pack = made.dataset if made else ""
    try:
        base = _base(path, content, memory, pack)
    except (RefusedError, PackageError) as error:
        return Existing(digest, lock, newest, content, fault=error.faults[0])
    conflicts = tuple(memory.open_conflicts(name, base, made)) if memory else ()
    return Existing(digest, lock, newest, content, base, None, conflicts, older(out, name, base, made))


def _base(path: Path, content: bytes, memory: Memory | None, pack: str) -> Base:
    from exporters.package import EDITED, Package

    stamp = read_stamp(Package.open(content, name=str(path), limits=EDITED))
    if memory is None:
        hint = "move it away, or --fresh to start over with a backup; the new version is beside it"
        raise RefusedError(Fault("foreign", "it was not built here", str(path), hint=hint))
    return memory.base_of(path.name, stamp, pack or stamp.partition(":")[0])
