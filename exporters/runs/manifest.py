"""``manifest.json``: what a pack was made from and what it holds. Same inputs, same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field, to_builtins

from exporters.errors import BriefpackError, Fault
from exporters.files import read_file

if TYPE_CHECKING:
    from exporters.snapshot import Conflict

NAME = "manifest.json"
FORMAT = 1


class FileRecord(Struct, frozen=True):
    """One file of a pack as it was published.

    ``generation`` counts from 1, ``inputs`` is the digest of everything that the file was made from.
    ``statements`` counts the target statements that the file states; ``edited`` says that it holds hand edits;
    ``origin`` (see :func:`origin`) tells what it states, and is empty in packs of old versions.
    """

    exporter: str
    sha256: str
    bytes: int
    generation: int
    inputs: str
    template: str
    template_sha256: str
    statements: int
    edited: bool = False
    origin: str = ""


class Manifest(Struct, frozen=True):
    """A pack's manifest; ``conflicts`` are keys that a person has yet to settle."""

    tool: str
    dataset: str
    dataset_sha256: str
    title: str
    lang: str
    as_of: str | None
    templates: str
    files: Mapping[str, FileRecord]
    counts: Mapping[str, int]
    flags: tuple[Mapping[str, str], ...] = ()
    conflicts: tuple[Mapping[str, Any], ...] = ()
    format: int = field(default=FORMAT)

    @property
    def origin(self) -> str:
        """What the last build was asked to state; a file with another one was left out of it."""
        return origin(self.dataset_sha256, self.lang, self.as_of)

    def open_conflicts(self, file: str) -> tuple[Conflict, ...]:
        """Return the conflicts that were open in *file* when this was written."""
        from exporters.snapshot import Conflict

        found = [dict(one) for one in self.conflicts if one["file"] == file]
        return tuple(Conflict(**{name: text for name, text in one.items() if name != "file"}) for one in found)

    def to_bytes(self) -> bytes:
        value: dict[str, Any] = {
            "format": self.format,
            "tool": {"name": "briefpack", "version": self.tool},
            "dataset": {"id": self.dataset, "title": self.title, "sha256": self.dataset_sha256},
            "lang": self.lang,
            "as_of": self.as_of,
            "templates": self.templates,
            "files": {name: to_builtins(record) for name, record in self.files.items()},
            "counts": dict(self.counts),
            "flags": [dict(flag) for flag in self.flags],
            "conflicts": [dict(conflict) for conflict in self.conflicts],
        }
        return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def origin(dataset_sha256: str, lang: str, as_of: str | None) -> str:
    """Return the digest of data, language and day: files that have it in common state the same."""
    return hashlib.sha256(json.dumps([dataset_sha256, lang, as_of]).encode()).hexdigest()


def conflict_records(conflicts: Iterable[tuple[str, Conflict]]) -> tuple[dict[str, str], ...]:
    """Return what a manifest says of open conflicts (file, conflict)."""
    names = ("key", "reason", "base", "theirs", "ours", "item", "group")
    found = sorted(conflicts, key=lambda pair: (pair[0], pair[1].key, pair[1].item))
    return tuple({"file": file, **{name: getattr(one, name) for name in names}} for file, one in found)


def read(folder: Path) -> Manifest | None:
    """Return the manifest of the pack in *folder*, or None where there is none.

    One that cannot be understood raises BriefpackError with the places that are wrong.
    """
    path = folder / NAME
    try:
        value = json.loads(read_file(path))
    except FileNotFoundError:
        return None
    except ValueError:
        raise _unreadable(path, "it is not JSON") from None
    if not isinstance(value, dict) or not isinstance(value.get("format"), int):
        raise _unreadable(path, "it names no format")
    if value["format"] > FORMAT:
        raise _unreadable(path, f"it has format {value['format']}, this briefpack knows {FORMAT}")
    from exporters.runs.written import read as read_form

    try:
        found = read_form(value)
    except ValueError as error:
        raise _unreadable(path, str(error)) from None
    return Manifest(
        tool=found.tool.version,
        dataset=found.dataset.id,
        dataset_sha256=found.dataset.sha256,
        title=found.dataset.title,
        lang=found.lang,
        as_of=found.as_of,
        templates=found.templates,
        files={name: FileRecord(**record.model_dump()) for name, record in found.files.items()},
        counts=found.counts.model_dump(),
        flags=tuple(flag.model_dump() for flag in found.flags),
        conflicts=tuple(conflict.model_dump() for conflict in found.conflicts),
    )


def _unreadable(path: Path, why: str) -> BriefpackError:
    hint = "bring it back from a copy; `briefpack build --fresh` starts over and keeps a backup"
    return BriefpackError(Fault("manifest", f"the manifest cannot be read: {why}", str(path), hint=hint))
