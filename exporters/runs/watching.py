"""Building again when data or templates change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from exporters.errors import Fault, MissingToolError
from exporters.files import read_file

QUIET_MS = 500
"""How long nothing may change before a build: editors save in several steps."""
LONGEST_MS = 5_000
"""How long a build is put off while something beside the files changes all the time."""


def changes(files: Sequence[Path], stop: Callable[[], bool] = lambda: False) -> Iterator[list[Path]]:
    """Yield those of *files* that changed since the call, each time there is quiet again; ends when *stop* says so.

    Only these very files count, so what editors write beside them (``~$name``, ``~WRD0001.tmp``, ``.~lock.name#``)
    does not. A file saved without a change, or gone or empty for the moment between two steps of a save, is left
    out.
    """
    try:
        import watchfiles  # noqa: F401
    except ImportError:
        hint = "pip install 'briefpack[watch]'"
        raise MissingToolError(Fault("no-watch", "watching needs the package watchfiles", hint=hint)) from None
    return _changes({path.resolve(): _digest(path) for path in files}, stop)


def _changes(known: dict[Path, str], stop: Callable[[], bool]) -> Iterator[list[Path]]:
    from watchfiles import watch

    # No event tells of what was saved before the watching began.
    unseen = set(known)
    for batch in watch(
        *sorted({path.parent for path in known}),
        watch_filter=lambda _change, name: Path(name) in known,
        step=QUIET_MS,
        debounce=LONGEST_MS,
        rust_timeout=500,
        yield_on_timeout=True,
        recursive=False,
    ):
        if stop():
            return
        changed = []
        for path in sorted(unseen.union(Path(name) for _, name in batch)):
            digest = _digest(path)
            if digest and known[path] != digest:
                known[path] = digest
                changed.append(path)
        unseen.clear()
        if changed:
            yield changed


def _digest(path: Path) -> str:
    try:
        content = read_file(path)
    except OSError:
        return ""
    # Editors that write in place empty the file first.
    return hashlib.blake2b(content, digest_size=16).hexdigest() if content else ""
