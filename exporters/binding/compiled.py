"""A compiled template, and how it is kept from one run to the next."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from exporters.binding.program import Program
from exporters.cache import Store

_MOST = 1_000
"""So many templates are kept at most: each state of each file is one."""
_BYTES = 256 << 20
"""So much room they take at most."""


class Compiled(Struct, frozen=True):
    """What a template comes to: programs by name, and what the format noted of its parts (plain values only)."""

    programs: dict[str, Program]
    meta: dict[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the template as :meth:`from_bytes` reads it back."""
        programs = {name: (one.source, one.lines, one.places) for name, one in self.programs.items()}
        return pickle.dumps((programs, self.meta), protocol=5)

    @classmethod
    def from_bytes(cls, content: bytes, store: Store | None = None) -> Compiled:
        """Return what :meth:`to_bytes` gave; *store* is where its programs keep their code."""
        programs, meta = pickle.loads(content)
        found = {name: Program(source, lines, places, store) for name, (source, lines, places) in programs.items()}
        return cls(found, meta)

    def kept_in(self, store: Store) -> Compiled:
        """Return the same template, its programs' code kept in *store*."""
        return replace(self, programs={name: replace(one, store=store) for name, one in self.programs.items()})


def compiled(store: Store, content: bytes, kind: str, make: Callable[[], Compiled]) -> Compiled:
    """Return the compiled form of a template's *content*, made by *make* where the store does not hold it.

    *kind* is what else it hangs on: the format, and the limits that the template was let in under.
    """
    name = store.name("template", kind.encode(), content)
    kept = store.get(name)
    if kept is not None:
        return Compiled.from_bytes(kept, store)
    made = make()
    store.put(name, made.to_bytes())
    store.keep_newest("template", _MOST, _BYTES)
    return made.kept_in(store)
