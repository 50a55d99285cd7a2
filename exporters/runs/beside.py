"""New versions that stand beside files which were left alone: ``briefing.new.docx``.

When a later build takes the place of the file itself, such a version is of no more use. Where it is as it was written,
it is cleared away; where somebody has changed it, it stays, whatever comes, and is told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from exporters.errors import Fault
from exporters.files import read_file
from exporters.runs.disk import digest, lock_of
from exporters.runs.publish import STATE

NOTE = f"{STATE}/beside.json"
"""The digests of what was written beside files, by name: never of what a person wrote. It is published with them."""


def beside_name(name: str) -> str:
    """Return the name under which a new version stands beside a file that is left alone."""
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.new.{suffix}"


def note(out: Path, contents: Mapping[str, bytes]) -> bytes:
    """Return the note with what is about to be written beside files, by the names that it will have."""
    found = _noted(out) | {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    return json.dumps(found, sort_keys=True).encode()


def changed(out: Path, names: Iterable[str]) -> list[str]:
    """Return which of these versions are not as they were written, or are open in an editor."""
    there = [name for name in names if (out / name).is_file()]
    noted = _noted(out) if there else {}
    return [name for name in there if digest(out / name) != noted.get(name) or lock_of(out / name)]


def kept(out: Path, names: Iterable[str]) -> tuple[Fault, ...]:
    """Return warnings of versions that were left as people have them, though a newer one was due."""
    message = "it was changed since it was written, so it stays; the newest version is not in it"
    return _warnings(out, names, message, "take over what you need, delete it and build again")


def clear(out: Path, files: Iterable[str]) -> tuple[Fault, ...]:
    """Clear away what stands beside *files*, which are up to date; return warnings of what people have changed."""
    there = [name for name in map(beside_name, files) if (out / name).is_file()]
    left = changed(out, there)
    for name in there:
        if name not in left:
            with suppress(OSError):
                (out / name).unlink()
    message = "it is of an earlier build and was changed since; the file beside it is up to date"
    return _warnings(out, left, message, "take over what you need, then delete it")


def _warnings(out: Path, names: Iterable[str], message: str, hint: str) -> tuple[Fault, ...]:
    return tuple(Fault("stale", message, str(out / name), hint=hint, severity="warning") for name in names)


def _noted(out: Path) -> dict[str, str]:
    try:
        found = json.loads(read_file(out / NOTE))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
