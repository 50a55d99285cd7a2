"""What was worked out once, kept on disk: it may be deleted at any time, and it cannot be forged.

An entry carries a keyed digest of its name and content, checked before anything of it is loaded; the key is the user's
own (mode 0600). A folder that cannot be written is no error: nothing is kept then.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import sys
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from exporters.files import read_file

_DIGEST = "sha256"
_SIZE = hashlib.new(_DIGEST).digest_size
_HOUR = 3_600 * 10**9
_PYTHON = f"{sys.implementation.cache_tag} {sys.hexversion}"
"""What is kept in Python's own forms is for one Python only."""


class Store:
    """Entries in the folder of one state of the tool; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def name(self, kind: str, *made_from: bytes) -> str:
        """Return the name of what is of a *kind* and *made_from* these: other names for other Pythons."""
        digest = hashlib.blake2b(_PYTHON.encode(), digest_size=20)
        for one in made_from:
            digest.update(len(one).to_bytes(8, "big") + one)
        return f"{digest.hexdigest()}.{kind}"

    def get(self, name: str) -> bytes | None:
        """Return the content of an entry; None where there is none that bears the right digest."""
        if self._folder is None or self._key is None:
            return None
        try:
            kept = read_file(self._folder / name)
        except OSError:
            return None
        content = kept[_SIZE:]
        return content if hmac.compare_digest(kept[:_SIZE], self._sign(self._key, name, content)) else None

    def put(self, name: str, content: bytes) -> None:
        """Keep *content* under *name*, at once in its place."""
        if self._folder is None or self._key is None:
            return
        path = self._folder / name
        part = path.with_name(f"{name}.{os.getpid()}.part")
        try:
            part.write_bytes(self._sign(self._key, name, content) + content)
            part.replace(path)
        except OSError:
            with suppress(OSError):
                part.unlink()

    def keep_newest(self, kind: str, count: int, size: int) -> None:
        """Drop all entries of a *kind* but the newest: at most *count* and *size* bytes of them.

        What a process left that died while it wrote one goes too, an hour before the newest.
        """
        if self._folder is None:
            return
        entries = []
        for path in self._folder.glob(f"*.{kind}"):
            with suppress(OSError):
                status = path.stat()
                entries.append((status.st_mtime_ns, path.name, status.st_size))
        entries.sort(reverse=True)
        for number, (_, name, taken) in enumerate(entries):
            size -= taken
            if number >= count or size < 0:
                with suppress(OSError):
                    (self._folder / name).unlink()
        for part in self._folder.glob(f"*.{kind}.*.part") if entries else ():
            with suppress(OSError):
                if part.stat().st_mtime_ns < entries[0][0] - _HOUR:
                    part.unlink()

    def _sign(self, key: bytes, name: str, content: bytes) -> bytes:
        return hmac.digest(key, name.encode() + b"\n" + content, _DIGEST)

    @cached_property
    def _key(self) -> bytes | None:
        if self._folder is None:
            return None
        path = self._folder / "key"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            status = path.lstat()
            if os.name == "posix" and (status.st_mode & 0o077 or status.st_uid != os.geteuid()):
                return None
            return read_file(path) or None
        except FileNotFoundError:
            return _new_key(path)
        except OSError:
            return None


def _new_key(path: Path) -> bytes | None:
    key = os.urandom(32)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(key)
    except FileExistsError:
        return read_file(path) or None
    except OSError:
        # One without content would be in the way of the next.
        with suppress(OSError):
            path.unlink()
        return None
    return key
