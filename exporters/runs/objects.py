"""Bytes kept by their content: the pristine renders that later merges need as their base."""

from __future__ import annotations

import hashlib
from pathlib import Path

from exporters.files import read_file
from exporters.runs.disk import flush, flush_folder


class Objects:
    """A folder of files named by the SHA-256 of what they hold. Written once, never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: str) -> Path:
        """Return where the object of *digest* lies or would lie."""
        return self._folder / digest

    def put(self, *contents: bytes) -> list[str]:
        """Keep *contents* and return their digests; on disk (fsync, the folder too) before this returns."""
        digests = [hashlib.sha256(content).hexdigest() for content in contents]
        self._folder.mkdir(parents=True, exist_ok=True)
        for digest, content in zip(digests, contents, strict=True):
            path = self.path(digest)
            if path.exists() and path.stat().st_size == len(content):
                continue
            part = path.with_name(f"{digest}.part")
            try:
                with part.open("wb") as out:
                    out.write(content)
                    flush(out)
                part.replace(path)
            except OSError:
                part.unlink(missing_ok=True)
                raise
        flush_folder(self._folder)
        return digests

    def get(self, digest: str) -> bytes | None:
        """Return the bytes of *digest*; None where they are missing or are not what they should be."""
        try:
            content = read_file(self.path(digest))
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == digest else None

    def prune(self, wanted: set[str]) -> int:
        """Delete every object not in *wanted*; return how many."""
        unwanted = [path for path in self._folder.glob("*") if path.name not in wanted]
        for path in unwanted:
            path.unlink(missing_ok=True)
        return len(unwanted)
