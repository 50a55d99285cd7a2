"""Bringing a pack's files into their folder, all or none, and telling the ledger.

Files are written whole into ``.briefpack/staging`` and flushed, with a note of what moves where and what the ledger is
to be told; renaming that folder to ``ready`` is the one moment at which a build takes place. A run that dies before it
leaves the old pack; one that dies after it is finished by the next. The manifest comes last.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from msgspec import Struct

from exporters.errors import Fault, RefusedError
from exporters.files import read_file
from exporters.runs import backups, lock
from exporters.runs.disk import digest, flush, flush_folder, in_use, lock_of, move, move_behind, open_fault
from exporters.runs.ledger import Ledger, News
from exporters.runs.manifest import NAME as MANIFEST
from exporters.runs.objects import Objects

__all__ = ["BACKUP", "DATA", "LEDGER", "OBJECTS", "STATE", "Staged", "Staging", "digest", "recover", "staging"]

STATE = ".briefpack"
BACKUP, LEDGER, OBJECTS = "backup", "ledger.sqlite", "objects"
DATA = f"{STATE}/data.json"
"""Where a pack keeps its dataset; the manifest's ``dataset.sha256`` is the digest of this file's bytes."""
_STAGING, _READY, _ORDER, _LOCK = "staging", "ready", "publish.json", "lock"


class Staged(Struct, frozen=True):
    """A file written and flushed, not yet in its place."""

    name: str
    path: Path
    sha256: str
    bytes: int


class _Counting:
    """A file that keeps the digest and the size of what is written."""

    def __init__(self, file: BinaryIO, wrote: Callable[[int], None]) -> None:
        self._file, self._wrote = file, wrote
        self.hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        self.size += len(data)
        self._wrote(self.size)
        return self._file.write(data)


class Staging:
    """The files of one run on their way into the folder *out*."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._state = out / STATE
        self._folder = self._state / _STAGING
        self._files: dict[str, Staged] = {}

    def write(
        self, name: str, produce: Callable[[BinaryIO], None], wrote: Callable[[int], None] = lambda _: None
    ) -> Staged:
        """Write one file by *produce*; *wrote* is told the bytes written so far."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            counting = _Counting(file, wrote)
            produce(cast(BinaryIO, counting))
            flush(file)
        staged = self._files[name] = Staged(name, path, counting.hash.hexdigest(), counting.size)
        return staged

    def put(self, name: str, content: bytes) -> Staged:
        """Write one file whose bytes are there already."""

        def produce(file: BinaryIO) -> None:
            file.write(content)

        return self.write(name, produce)

    def drop(self, name: str) -> None:
        """Take back a file that was written: it will not be published."""
        self._files.pop(name).path.unlink()

    def keep(self, *contents: bytes) -> None:
        """Keep pristine renders, on disk, for the merges to come."""
        Objects(self._state / OBJECTS).put(*contents)

    def publish(
        self,
        expected: Mapping[str, str | None],
        news: News | None = None,
        *,
        lasting: bool = False,
        behind: Collection[str] = (),
    ) -> Path | None:
        """Move every staged file that differs into its place and tell the ledger *news*; return the backup's folder.

        Old backups are cleared away, but for those that were made *lasting*. Of the links among *behind* what they lead
        to is replaced; any other link is replaced itself, so that no folder leads a run out of it.

        *expected* is the digest of each file that the run has seen in its place; where another stands there by now, or
        the file is open in an editor, RefusedError is raised and nothing is moved. An error on the way puts back what
        was moved before it.
        """
        moving = [one for one in self._files.values() if one.sha256 != expected[one.name]]
        moving.sort(key=lambda one: one.name == MANIFEST)
        changed = [one.name for one in moving if digest(self._out / one.name) != expected[one.name]]
        if changed:
            hint = "close the file and run again"
            message = "the file was changed while the pack was being built"
            raise RefusedError(
                Fault("changed-meanwhile", message, str(self._out / name), hint=hint) for name in changed
            )
        opened = [(self._out / one.name, lock_of(self._out / one.name)) for one in moving]
        if faults := [open_fault(path, lock) for path, lock in opened if lock]:
            raise RefusedError(faults)
        if not moving:
            _tell(self._out, news)
            return None
        for one in self._files.values():
            if one not in moving:
                one.path.unlink()
        names = [one.name for one in moving]
        ready = self._state / _READY
        backup = self._back_up(names, lasting)
        try:
            links = [name for name in names if name in behind and (self._out / name).is_symlink()]
            order = {"names": names, "expected": {name: expected[name] for name in names}, "behind": links}
            _note(self._folder, order | {"news": news.to_json() if news else None})
            self._folder.replace(ready)
            flush_folder(self._state)
            self._move(ready, names, links, backup)
        except (OSError, RefusedError):
            if backup is not None and not ready.exists():
                shutil.rmtree(backup, ignore_errors=True)
            raise
        _tell(self._out, news)
        shutil.rmtree(ready)
        if backup is not None:
            self._clear(backups.outdated(backup.parent))
        return backup

    def _clear(self, folders: Iterable[Path]) -> None:
        """Delete folders whole or, where the run dies meanwhile, with the next run: none is ever half there."""
        for folder in folders:
            self._folder.mkdir(exist_ok=True)
            folder.replace(self._folder / folder.name)
        self.discard()

    def _move(self, ready: Path, names: list[str], links: list[str], backup: Path | None) -> None:
        moved: list[str] = []
        try:
            for name in names:
                target = self._out / name
                with suppress(FileNotFoundError):
                    shutil.copymode(target, ready / name)
                _put(ready / name, target, name in links)
                moved.append(name)
        except OSError as error:
            order = {"undo": moved, "backup": backup.name if backup else "", "behind": links}
            _note(ready, order)
            _undo(self._out, order)
            if in_use(error):
                hint = "close it and run again"
                fault = Fault("open", "it is open in another program", str(self._out / name), hint=hint)
                raise RefusedError(fault) from None
            raise
        flush_folder(self._out)

    def _back_up(self, names: list[str], lasting: bool) -> Path | None:
        """Keep what will be replaced in a folder of its own, named by the moment."""
        present = [name for name in names if (self._out / name).exists()]
        if not present:
            return None
        folder = backups.new(self._state / BACKUP, lasting=lasting)
        for name in present:
            (folder / name).parent.mkdir(exist_ok=True)
            try:
                # A second name for what the move takes the first one from: no byte is copied.
                (folder / name).hardlink_to((self._out / name).resolve())
            except OSError:
                shutil.copy2(self._out / name, folder / name)
                with (folder / name).open("rb") as file:
                    flush(file)
        flush_folder(folder)
        return folder

    def discard(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def staging(out: Path) -> Iterator[Staging]:
    """Hold the folder *out* for one run; finish what an earlier run had decided, drop what it had not.

    Folders that this run made and did not fill are taken away again.
    """
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    state = out / STATE
    state.mkdir(parents=True, exist_ok=True)
    try:
        with lock.held(state / _LOCK, out), _something_or_nothing(state):
            _finish(out)
            found = Staging(out)
            found.discard()
            try:
                yield found
            finally:
                found.discard()
    except BaseException as error:
        if isinstance(error, OSError) and not error.filename:
            error.filename = str(out)
        for folder in (state, *made):
            with suppress(OSError):
                folder.rmdir()
        raise


@contextmanager
def _something_or_nothing(state: Path) -> Iterator[None]:
    """Leave nothing of a first run that publishes nothing. Only who holds the lock knows that it is the first."""
    first = [entry.name for entry in state.iterdir()] == [_LOCK]
    try:
        yield
    except BaseException:
        if first and not (state / _READY).exists() and not (state.parent / MANIFEST).exists():
            # Windows deletes no open file: there the lock stays, and the next run takes it.
            shutil.rmtree(state, ignore_errors=True)
        raise


def recover(out: Path) -> None:
    """Finish what an earlier run in *out* had decided and died in; does nothing where there is nothing of it."""
    if (out / STATE / _READY).is_dir():
        with lock.held(out / STATE / _LOCK, out):
            _finish(out)


def _finish(out: Path) -> None:
    """Finish the moves of a run that died in them. A file that someone has changed since stays as it is."""
    ready = out / STATE / _READY
    if not ready.is_dir():
        return
    try:
        order = json.loads(read_file(ready / _ORDER))
    except (OSError, ValueError):
        order = {"names": [], "news": None}
    if "undo" in order:
        _undo(out, order)
        return
    left = []
    for name in order["names"]:
        staged = ready / name
        if staged.exists():
            now = digest(out / name)
            if now == order["expected"][name]:
                _put(staged, out / name, name in order.get("behind", ()))
            elif now != digest(staged):
                left.append(name)
    flush_folder(out)
    _tell(out, News.from_json(order["news"]) if order["news"] else None, left)
    shutil.rmtree(ready)


def _undo(out: Path, order: Mapping[str, Any]) -> None:
    """Put back what was moved, from the backup, and forget the publication."""
    ready = out / STATE / _READY
    for name in order["undo"]:
        old = out / STATE / BACKUP / order["backup"] / name
        if order["backup"] and old.exists():
            shutil.copy2(old, ready / name)
            _put(ready / name, out / name, name in order.get("behind", ()))
        else:
            (out / name).unlink(missing_ok=True)
    shutil.rmtree(ready)


def _put(staged: Path, target: Path, behind: bool) -> None:
    move_behind(staged, target) if behind and target.is_symlink() else move(staged, target)


def _note(folder: Path, order: Mapping[str, Any]) -> None:
    """Write on disk what is to happen with the files in *folder*."""
    part = folder / f"{_ORDER}.part"
    with part.open("wb") as file:
        file.write(json.dumps(order).encode())
        flush(file)
    part.replace(folder / _ORDER)
    flush_folder(folder)


def _tell(out: Path, news: News | None, left: list[str] | None = None) -> None:
    if news is None:
        return
    with Ledger(out / STATE / LEDGER) as ledger:
        wanted = ledger.tell(news, left or ())
    if wanted is not None:
        Objects(out / STATE / OBJECTS).prune(wanted)
