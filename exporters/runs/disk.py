"""Making sure that what was written is on the disk, so that it outlasts a power cut."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import BinaryIO

from exporters.files import check_file

_IN_USE = (5, 32, 33)
"""Windows' codes for a file that another program holds open."""
_TRIES, _PAUSE_S = 10, 0.1


def digest(path: Path) -> str | None:
    """Return the SHA-256 of a file's bytes, or None where there is no file."""
    try:
        check_file(path)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def flush(file: BinaryIO) -> None:
    """Wait until the contents of an open file are on the disk."""
    file.flush()
    os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Wait until the names in *folder* are on the disk; only POSIX can say so."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move(source: Path, target: Path) -> None:
    """Put *source* in place of *target* at once. What Windows says of a file in use is believed after a second only."""
    for _ in range(_TRIES):
        try:
            source.replace(target)
            return
        except OSError as error:
            if not in_use(error):
                raise
            time.sleep(_PAUSE_S)
    source.replace(target)


def in_use(error: OSError) -> bool:
    """Whether *error* says that another program holds the file open."""
    return getattr(error, "winerror", None) in _IN_USE
