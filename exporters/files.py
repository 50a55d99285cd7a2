"""Files that people name: read whole, and only where they are files of a size that can be one."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def _factor() -> int:
    asked = os.environ.get("BRIEFPACK_LIMITS", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and 1 <= int(asked[:4]) <= 1000 else 1


FACTOR = _factor()
"""``BRIEFPACK_LIMITS``: 1 to 1000 times every limit on sizes, counts and time, for a file that one trusts."""
MAX_BYTES = FACTOR * 512 << 20
"""No Office file, dataset or source text of a pack is larger, in bytes."""


def check_file(path: Path, most: int = MAX_BYTES) -> int:
    """Return the size of a file in bytes.

    Raises OSError where *path* is missing, a folder, a device or pipe (which could be read for ever), or larger than
    *most*; ``strerror`` says so in a person's words.
    """
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "this is a folder, not a file", str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "this is a device or a pipe, not a file", str(path))
    if status.st_size > most:
        raise OSError(errno.EFBIG, f"the file is larger than {most >> 20} MB", str(path))
    return status.st_size


def read_file(path: Path, most: int = MAX_BYTES) -> bytes:
    """Return a file's bytes; raises OSError like :func:`check_file`."""
    check_file(path, most)
    return path.read_bytes()
