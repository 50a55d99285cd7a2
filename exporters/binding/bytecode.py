"""Programs in the form that Python runs, kept beside the compiled templates that they belong to.

Turning a program into Python takes most of the time of a small build. What is kept carries the same keyed digest as a
compiled template, checked before anything is loaded: without the user's own key (mode 0600) none can be forged.
"""

from __future__ import annotations

import hashlib
import hmac
import marshal
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import CodeType

import jinja2

from exporters.files import read_file

_DIGEST = "sha256"
_SIZE = hashlib.new(_DIGEST).digest_size


class CodeStore:
    """Code by what it was made from: the program's text, the names of its filters, the versions of all involved."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder, self._key = folder, key

    def get(self, source: str, filters: Iterable[str], make: Callable[[], CodeType]) -> CodeType:
        """Return the code of *source*, made by *make* where it is not kept yet or does not bear the right digest.

        The folder is that of one state of the tool: no name tells one generator from another.
        """
        made_from = (jinja2.__version__, sys.implementation.cache_tag, sys.hexversion, *sorted(filters))
        name = hashlib.blake2b(source.encode("utf-8", "surrogatepass"), digest_size=20)
        name.update(repr(made_from).encode())
        path = self._folder / f"{name.hexdigest()}.code"
        try:
            kept = read_file(path)
        except OSError:
            kept = b""
        if len(kept) > _SIZE and hmac.compare_digest(kept[:_SIZE], self._sign(path.name, kept[_SIZE:])):
            found = marshal.loads(kept[_SIZE:])
            if isinstance(found, CodeType):
                return found
        code = make()
        content = marshal.dumps(code)
        write(path, self._sign(path.name, content) + content)
        return code

    def _sign(self, name: str, content: bytes) -> bytes:
        return hmac.digest(self._key, name.encode() + b"\n" + content, _DIGEST)


def write(path: Path, content: bytes) -> None:
    """Put *content* in its place at once; a folder that cannot be written is no error."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
