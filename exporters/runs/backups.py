"""What builds replaced: a folder each, named by the moment, of which the newest are kept.

A pack that is rebuilt every day for years, or at every save while somebody works on it, must not grow for ever. What a
person asked to throw away (``--fresh``) stands nowhere else, so such a backup is never cleared.
"""

from __future__ import annotations

import time
from pathlib import Path

KEPT, KEPT_DAYS = 20, 30
"""How many backups are kept; of earlier ones, on how many days the last of the day."""
_LASTING = "-fresh"


def new(root: Path, *, lasting: bool) -> Path:
    """Make the folder of a new backup; a *lasting* one is never outdated."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    number = 1 + max((_order(path)[1] for path in root.glob(f"{stamp}*")), default=0)
    folder = root / f"{stamp}{f'-{number}' if number > 1 else ''}{_LASTING if lasting else ''}"
    folder.mkdir(parents=True)
    return folder


def newest_first(root: Path) -> list[Path]:
    """Return the backups in a folder, newest first."""
    found = [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    return sorted(found, key=_order, reverse=True)


def outdated(root: Path) -> list[Path]:
    """Return the backups that are not kept any more."""
    found = [path for path in newest_first(root) if not path.name.endswith(_LASTING)]
    last_of_day: dict[str, Path] = {}
    for path in found:
        last_of_day.setdefault(path.name[:8], path)
    kept = {*found[:KEPT], *list(last_of_day.values())[:KEPT_DAYS]}
    return [path for path in found if path not in kept]


def _order(path: Path) -> tuple[str, int]:
    """Two of one second are told apart by their numbers."""
    stamp, _, number = path.name.removesuffix(_LASTING).partition("-")
    return stamp, int(number) if number.isdecimal() else 1
