"""Bytes kept by their content: the pristine renders that later merges need as their base."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


class Objects:
    """A folder of files named by the SHA-256 of what they hold. Written once, never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: str) -> Path:
        """Return where the object of *digest* lies or would lie."""
        return self._folder / digest[:2] / digest[2:]

    def put(self, content: bytes) -> str:
        """Keep *content* and return its digest; on disk (fsync) before this returns."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        if path.exists() and path.stat().st_size == len(content):
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        return digest

    def get(self, digest: str) -> bytes | None:
        """Return the bytes of *digest*; None where they are missing or are not what they should be."""
        try:
            content = self.path(digest).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == digest else None

    def prune(self, wanted: set[str]) -> int:
        """Delete every object not in *wanted*; return how many."""
        count = 0
        for path in sorted(self._folder.glob("??/*")):
            if path.parent.name + path.name not in wanted:
                path.unlink(missing_ok=True)
                count += 1
        return count
