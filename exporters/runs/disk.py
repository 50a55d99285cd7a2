"""Making sure that what was written is on the disk, to outlast a power cut; and what to say where it is not."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import BinaryIO

from exporters.errors import Fault
from exporters.files import check_file

_SAID = {
    errno.ENOSPC: ("the disk is full", "make room and run again"),
    errno.EDQUOT: ("the quota of this disk is used up", "make room and run again"),
    errno.EFBIG: ("a file of this size may not be written here", "raise the limit and run again"),
    errno.EROFS: ("nothing can be written here: the file system is read-only", "use another folder"),
    errno.EISDIR: ("this is a folder, not a file", "move it away"),
    errno.EACCES: ("permission denied", "let the user that runs this read and write there, or use another folder"),
}
_NO_FOLDER = (errno.EEXIST, errno.ENOTDIR, errno.ELOOP)
"""What is said where something else stands in the place of a folder."""
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


def move_behind(source: Path, link: Path) -> None:
    """Put *source* in place of the file that *link* leads to, perhaps on another disk, at once; the link stays."""
    target = link.resolve(strict=True)
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copy2(source, part)
        with part.open("rb") as file:
            flush(file)
        move(part, target)
    finally:
        part.unlink(missing_ok=True)
    source.unlink()


def in_use(error: OSError) -> bool:
    """Whether *error* says that another program holds the file open."""
    return getattr(error, "winerror", None) in _IN_USE


def lock_of(path: Path) -> str:
    """Return the lock file that an editor keeps beside a file that is open in it; empty where there is none.

    Behind a link it may have been opened by either name.
    """
    real = path.resolve() if path.is_symlink() else path
    for one in dict.fromkeys((path, real)):
        # Office and WPS cut the first two characters of a long name away for their own lock files.
        for name in (f"~${one.name}", f"~${one.name[2:]}", f".~lock.{one.name}#", f".~{one.name}", f".~{one.name[2:]}"):
            if one.with_name(name).exists():
                return name
    return ""


def open_fault(path: Path, lock: str, hint: str = "close it and run again") -> Fault:
    """Return why a file is left alone that is open in an editor, which keeps the file *lock*."""
    return Fault("open", f"it is open in an editor ({lock})", str(path), hint=hint)


def in_the_way(folder: Path) -> Fault | None:
    """Return what stands where *folder* or one above it is needed and is none; None where nothing does."""
    for path in (folder, *folder.parents):
        if os.path.lexists(path) and not path.is_dir():
            found = "a file" if path.exists() else f"a link that leads to nothing ({path.readlink()})"
            hint = "move it away, or choose another folder"
            return Fault("not-a-folder", f"this is {found}; a folder is needed here", str(path), hint=hint)
    return None


def fault_of(error: OSError) -> Fault:
    """Return what the operating system refused, in words for people."""
    if error.errno in _NO_FOLDER and error.filename and (fault := in_the_way(Path(os.fsdecode(error.filename)))):
        return fault
    message, hint = _SAID.get(error.errno or 0, (error.strerror or str(error), ""))
    return Fault("system", message, str(error.filename or ""), hint=hint)
