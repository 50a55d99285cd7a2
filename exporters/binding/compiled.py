"""A compiled template, and a cache of compiled templates that may be deleted and cannot be forged."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exporters import __version__
from exporters.binding.program import Program


@dataclass(frozen=True)
class Compiled:
    """What a template comes to: programs by name, and what the format noted of its parts (JSON values only)."""

    programs: dict[str, Program]
    meta: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        programs = {
            name: {"source": one.source, "lines": one.lines, "places": one.places}
            for name, one in self.programs.items()
        }
        return json.dumps({"programs": programs, "meta": self.meta}, ensure_ascii=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Compiled:
        found = json.loads(text)
        programs = {
            name: Program(one["source"], tuple(one["lines"]), tuple(one["places"]))
            for name, one in found["programs"].items()
        }
        return cls(programs, found["meta"])


class Cache:
    """Compiled templates on disk, by the content of the template and the tool's version.

    An entry is text, never code, and carries a keyed digest; the key is the user's own (mode 0600). What does not
    match is compiled anew. A folder that cannot be written is no error: the cache is then not used.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, content: bytes, kind: str, make: Callable[[], Compiled]) -> Compiled:
        """Return the compiled form of a template's *content*, made by *make* where it is not kept yet."""
        key = self._key()
        if self._folder is None or key is None:
            return make()
        name = hashlib.blake2b(content, digest_size=20, key=f"{kind} {__version__}".encode()[:64]).hexdigest()
        path = self._folder / f"{name}.json"
        try:
            digest, _, text = path.read_text("utf-8").partition("\n")
        except (OSError, ValueError):
            digest, text = "", ""
        if text and hmac.compare_digest(digest, _digest(key, name, text)):
            return Compiled.from_json(text)
        compiled = make()
        text = compiled.to_json()
        self._write(path, f"{_digest(key, name, text)}\n{text}")
        return compiled

    def _key(self) -> bytes | None:
        if self._folder is None:
            return None
        path = self._folder / "key"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            status = path.stat()
            if status.st_mode & 0o077 and os.name == "posix":
                return None
            return path.read_bytes() or None
        except FileNotFoundError:
            return self._new_key(path)
        except OSError:
            return None

    def _new_key(self, path: Path) -> bytes | None:
        key = secrets.token_bytes(32)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(key)
        except FileExistsError:
            return path.read_bytes() or None
        except OSError:
            return None
        return key

    def _write(self, path: Path, text: str) -> None:
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            part.write_text(text, "utf-8")
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)


def _digest(key: bytes, name: str, text: str) -> str:
    return hmac.new(key, f"{name}\n{text}".encode(), "sha256").hexdigest()
