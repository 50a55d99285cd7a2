"""What builds replaced: a folder each, named by the moment, of which the newest are kept.

A clock may be wrong. Where it is behind the newest backup, the next one goes by that one's moment and a number more, so
that the names are always in the order in which they were made.

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
    newest, count = max((_order(path) for path in root.glob("[0-9]*T[0-9]*Z*")), default=("", 0))
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    stamp, number = (newest, count + 1) if now <= newest else (now, 1)
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
