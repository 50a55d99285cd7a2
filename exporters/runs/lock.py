"""One run at a time in a folder. The lock is the operating system's, so a killed run leaves none behind."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exporters.errors import BriefpackError, Fault

_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


@contextmanager
def held(path: Path, shown: Path) -> Iterator[None]:
    """Hold the lock file *path*; raise BriefpackError where another run holds it. *shown* is the folder in messages."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except FileNotFoundError:
        raise _busy(shown) from None
    try:
        try:
            _lock(handle)
        except OSError as error:
            # Some network file systems know no locks; a run there is not refused for it.
            if error.errno not in _HELD:
                yield
                return
            raise _busy(shown) from None
        # A first build that failed takes its lock file away; what was opened before that keeps nobody out.
        if os.fstat(handle).st_nlink == 0:
            raise _busy(shown)
        yield
    finally:
        os.close(handle)


def _busy(shown: Path) -> BriefpackError:
    message = "another run of briefpack is at work in this folder"
    return BriefpackError(Fault("busy", message, str(shown), hint="wait for it to end"))


if sys.platform == "win32":

    def _lock(handle: int) -> None:
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:

    def _lock(handle: int) -> None:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
