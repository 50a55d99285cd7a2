"""The names of shapes and slides: the key of what they show, so that regeneration finds them again."""

from __future__ import annotations

from typing import Any

from exporters.binding.views import View


class Anchors:
    """Gives bound shapes their names: the key of what they show, unique on the slide."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        """The names on this slide."""
        self._slides: set[str] = set()

    def start_slide(self) -> None:
        self.taken.clear()

    def name(self, record: Any, rest: str, owner: Any = None, field: str = "") -> str:
        """Return the name of a shape; *record* is the *field* of *owner*, if it is one."""
        if record is None and isinstance(owner, View):
            return _unique(f"{owner.key}.{field}.{rest}", self.taken)
        return _unique(_key(record, rest), self.taken)

    def slide(self, record: Any, rest: str) -> str:
        """Return the name of a slide, unique in the deck."""
        return _unique(_key(record, rest), self._slides)


def _key(record: Any, rest: str) -> str:
    return f"{record.key}.{rest}" if isinstance(record, View) else f"pack.{rest}"


def _unique(key: str, used: set[str]) -> str:
    found, number = key, 2
    while found in used:
        found, number = f"{key}~{number}", number + 1
    used.add(found)
    return found
