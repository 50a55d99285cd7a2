"""New versions that stand beside files which were left alone: ``briefing.new.docx``.

When a later build takes the place of the file itself, such a version is of no more use. Where it is as it was written,
it is cleared away; where somebody has changed it, it stays and is told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from exporters.errors import Fault
from exporters.files import read_file
from exporters.runs.disk import digest
from exporters.runs.publish import STATE

NOTE = f"{STATE}/beside.json"
"""The digests of what was written beside files, by name. It may name what is gone, never what a person wrote."""


def beside_name(name: str) -> str:
    """Return the name under which a new version stands beside a file that is left alone."""
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.new.{suffix}"


def note(out: Path, contents: Mapping[str, bytes]) -> None:
    """Write down what is about to be written beside files, by the names that it will have."""
    if contents:
        found = _noted(out) | {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        part = (out / NOTE).with_suffix(".part")
        part.write_text(json.dumps(found, sort_keys=True), "utf-8")
        part.replace(out / NOTE)


def clear(out: Path, files: Iterable[str]) -> tuple[Fault, ...]:
    """Clear away what stands beside *files*, which are up to date; return warnings of what people have changed."""
    there = [name for name in map(beside_name, files) if (out / name).is_file()]
    noted = _noted(out) if there else {}
    left = []
    for name in there:
        if digest(out / name) == noted.get(name):
            with suppress(OSError):
                (out / name).unlink()
        else:
            message = "it is of an earlier build and was changed since; the file beside it is up to date"
            hint = "take over what you need, then delete it"
            left.append(Fault("stale", message, str(out / name), hint=hint, severity="warning"))
    return tuple(left)


def _noted(out: Path) -> dict[str, str]:
    try:
        found = json.loads(read_file(out / NOTE))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
