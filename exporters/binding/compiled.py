"""A compiled template, and how it is kept from one run to the next."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from exporters.binding.program import Program
from exporters.cache import Store


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
    programs = {name: replace(program, store=store) for name, program in made.programs.items()}
    return replace(made, programs=programs)
