"""Copies of a pack's file that go about by mail: which of them is older than the file whose place it takes."""

from __future__ import annotations

from pathlib import Path

from exporters.errors import Fault
from exporters.runs import backups, publish
from exporters.runs.manifest import Manifest
from exporters.runs.memory import Base


def older(out: Path, name: str, base: Base, made: Manifest | None) -> Fault | None:
    """Return what to tell of a file that was edited from an earlier generation than the one it replaces.

    A build carries the edits of the copy. Those of the later file, which it took the place of, are not in it.
    """
    record = made.files.get(name) if made else None
    number = base.generation.generation
    if record is None or not record.edited or number >= record.generation:
        return None
    root = out / publish.STATE / publish.BACKUP
    kept = next((folder / name for folder in backups.newest_first(root) if (folder / name).is_file()), None)
    message = f"it is an older copy (generation {number}, in the place of {record.generation}): what others have typed "
    message += "into the later one is not in it"
    hint = f"the later one, as the last build found it, is {kept}: " if kept else ""
    hint += "for both, put the later one back and build with the copy beside it: --with COPY"
    return Fault("older-copy", message, str(out / name), hint=hint, severity="warning")
