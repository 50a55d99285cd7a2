"""A compiled template, and a cache of compiled templates that may be deleted and cannot be forged."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from exporters.binding.bytecode import CodeStore, write
from exporters.binding.program import Program
from exporters.files import read_file


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
    def from_json(cls, text: str, codes: CodeStore | None = None) -> Compiled:
        found = json.loads(text)
        programs = {
            name: Program(one["source"], tuple(one["lines"]), tuple(one["places"]), codes)
            for name, one in found["programs"].items()
        }
        return cls(programs, found["meta"])


class Cache:
    """Compiled templates on disk, by the content of the template, in the folder of one state of the tool.

    An entry carries a keyed digest; the key is the user's own (mode 0600). What does not match is compiled anew, and
    never loaded. A folder that cannot be written is no error: the cache is then not used.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, content: bytes, kind: str, make: Callable[[], Compiled]) -> Compiled:
        """Return the compiled form of a template's *content*, made by *make* where it is not kept yet."""
        key = self._key()
        if self._folder is None or key is None:
            return make()
        name = hashlib.blake2b(content, digest_size=20, key=kind.encode()).hexdigest()
        path = self._folder / f"{name}.json"
        try:
            digest, _, text = read_file(path).decode().partition("\n")
        except (OSError, ValueError):
            digest, text = "", ""
        codes = CodeStore(self._folder, key)
        if text and hmac.compare_digest(digest, _digest(key, name, text)):
            return Compiled.from_json(text, codes)
        compiled = make()
        text = compiled.to_json()
        write(path, f"{_digest(key, name, text)}\n{text}".encode())
        programs = {name: replace(program, codes=codes) for name, program in compiled.programs.items()}
        return replace(compiled, programs=programs)

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
            return self._new_key(path)
        except OSError:
            return None

    def _new_key(self, path: Path) -> bytes | None:
        key = os.urandom(32)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(key)
        except FileExistsError:
            return read_file(path) or None
        except OSError:
            return None
        return key


def _digest(key: bytes, name: str, text: str) -> str:
    return hmac.new(key, f"{name}\n{text}".encode(), "sha256").hexdigest()
