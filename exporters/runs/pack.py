"""A built pack in its folder, read back: its manifest, its files as they stand now, and the data behind them."""

from __future__ import annotations

import datetime as dt
import hashlib
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import DecodeError, Struct
from msgspec.json import decode

from exporters.errors import BriefpackError, Fault, nearest
from exporters.files import read_file
from exporters.runs import manifest, publish
from exporters.runs.manifest import FileRecord, Manifest
from exporters.runs.publish import DATA

if TYPE_CHECKING:
    from exporters.binding.scope import Scope
    from exporters.model import Dataset, Lang

_AGAIN = "build the pack once with this version of briefpack"


class PackFile(Struct, frozen=True, dict=True):
    """One file of a pack as it stands now. ``record`` is what the manifest says of it."""

    name: str
    path: Path
    record: FileRecord

    @cached_property
    def sha256(self) -> str | None:
        """The digest of the file's bytes now; None where the file is gone."""
        return publish.digest(self.path)

    @property
    def present(self) -> bool:
        return self.path.is_file()

    @property
    def touched(self) -> bool:
        """Whether people have changed the file: since the last build, or before it and the build kept their edits."""
        return self.record.edited or self.sha256 != self.record.sha256


class Pack(Struct, frozen=True, dict=True):
    """A pack in the folder that it was built into."""

    folder: Path
    manifest: Manifest

    @classmethod
    def open(cls, folder: Path) -> Pack:
        """Open the pack in *folder*; BriefpackError where there is none, with the nearest folder that is one.

        Nothing is written, but a publication that an earlier run had decided and not ended is ended first.
        """
        if not folder.is_dir():
            raise BriefpackError(_no_folder(folder))
        publish.recover(folder)
        found = manifest.read(folder)
        if found is None:
            raise BriefpackError(_no_pack(folder))
        return cls(folder, found)

    @property
    def lang(self) -> Lang:
        return "en" if self.manifest.lang == "en" else "zh"

    @property
    def as_of(self) -> dt.date | None:
        """The day that the pack stands for: the one that was asked for, else the data's, if that is known."""
        if self._asked:
            return self._asked
        with suppress(BriefpackError):
            return self.dataset.as_of
        return None

    @property
    def _asked(self) -> dt.date | None:
        return dt.date.fromisoformat(self.manifest.as_of) if self.manifest.as_of else None

    @cached_property
    def files(self) -> tuple[PackFile, ...]:
        """The files that the manifest names and that are still there, in its order."""
        found = (PackFile(name, self.folder / name, record) for name, record in self.manifest.files.items())
        return tuple(file for file in found if file.present)

    @property
    def gone(self) -> tuple[str, ...]:
        """The files that the manifest names and that are no longer there."""
        here = {file.name for file in self.files}
        return tuple(name for name in self.manifest.files if name not in here)

    @cached_property
    def dataset(self) -> Dataset:
        """The data that the pack was built from; BriefpackError where the pack does not hold it or it was changed."""
        from exporters.model import Dataset

        path = self.folder / DATA
        try:
            content = read_file(path)
        except FileNotFoundError:
            message = "the pack does not hold the data that it was built from"
            raise BriefpackError(Fault("no-data", message, str(self.folder), hint=_AGAIN)) from None
        if hashlib.sha256(content).hexdigest() != self.manifest.dataset_sha256:
            message = "this is not the data that the manifest names: one of the two was changed"
            raise BriefpackError(Fault("data-changed", message, str(path), hint=_AGAIN))
        try:
            return decode(content, type=Dataset)
        except DecodeError:
            message = f"its data was stored by briefpack {self.manifest.tool}, which this version cannot read"
            raise BriefpackError(Fault("data-unreadable", message, str(path), hint=_AGAIN)) from None

    @cached_property
    def scope(self) -> Scope:
        """The pack's records as its templates saw them, in its language."""
        from exporters.binding.scope import Scope

        return Scope(self.dataset, self.lang, self._asked)


def _no_folder(folder: Path) -> Fault:
    if folder.exists():
        hint = f"its folder is {folder.parent}" if (folder.parent / manifest.NAME).is_file() else ""
        return Fault("not-a-folder", "this is a file; give the folder of the pack", str(folder), hint=hint)
    beside = sorted(entry.name for entry in folder.parent.iterdir() if entry.is_dir()) if folder.parent.is_dir() else []
    hint = nearest(folder.name, beside) or _packs_near(folder)
    return Fault("no-folder", "there is no such folder", str(folder), hint=hint)


def _no_pack(folder: Path) -> Fault:
    return Fault("no-pack", f"this is no pack: it holds no {manifest.NAME}", str(folder), hint=_packs_near(folder))


def _packs_near(folder: Path) -> str:
    """Name the packs in *folder*, else those beside it."""
    for root in (folder, folder.parent):
        found = sorted(str(path.parent) for path in root.glob(f"*/{manifest.NAME}")) if root.is_dir() else []
        if found:
            return f"packs near it: {', '.join(found[:5])}"
    return "`briefpack build --out DIR` makes one"
