"""``manifest.json``: what a pack was made from and what it holds. Same inputs, same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from exporters.errors import Fault, RefusedError
from exporters.files import read_file

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a pack as it was published.

    ``generation`` counts from 1, ``inputs`` is the digest of everything that the file was made from.
    ``statements`` counts the target statements that the file states; ``edited`` says that it holds hand edits.
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


@dataclass(frozen=True, slots=True)
class Manifest:
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

    def to_bytes(self) -> bytes:
        value: dict[str, Any] = {
            "format": self.format,
            "tool": {"name": "briefpack", "version": self.tool},
            "dataset": {"id": self.dataset, "title": self.title, "sha256": self.dataset_sha256},
            "lang": self.lang,
            "as_of": self.as_of,
            "templates": self.templates,
            "files": {name: asdict(record) for name, record in self.files.items()},
            "counts": dict(self.counts),
            "flags": [dict(flag) for flag in self.flags],
            "conflicts": [dict(conflict) for conflict in self.conflicts],
        }
        return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def read(folder: Path) -> Manifest | None:
    """Return the manifest of the pack in *folder*, or None where there is none.

    One that cannot be understood raises RefusedError: what the files are is then unknown, so nothing may replace them.
    """
    path = folder / NAME
    try:
        value = json.loads(read_file(path))
    except FileNotFoundError:
        return None
    except ValueError:
        raise _unreadable(path, "it is not JSON") from None
    try:
        if value["format"] > FORMAT:
            raise _unreadable(path, f"it has format {value['format']}, this briefpack knows {FORMAT}")
        return Manifest(
            tool=value["tool"]["version"],
            dataset=value["dataset"]["id"],
            dataset_sha256=value["dataset"]["sha256"],
            title=value["dataset"]["title"],
            lang=value["lang"],
            as_of=value["as_of"],
            templates=value["templates"],
            files={name: FileRecord(**record) for name, record in value["files"].items()},
            counts=value["counts"],
            flags=tuple(value["flags"]),
            conflicts=tuple(value["conflicts"]),
        )
    except (KeyError, TypeError, AttributeError):
        raise _unreadable(path, "a field is missing or of the wrong kind") from None


def _unreadable(path: Path, why: str) -> RefusedError:
    hint = "--fresh starts over and keeps a backup"
    return RefusedError(Fault("manifest", f"the manifest cannot be read: {why}", str(path), hint=hint))
