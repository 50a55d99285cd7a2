"""Replacements in a text, all of them given in offsets of the text as it was."""

from __future__ import annotations


class Splices:
    """Collects replacements; those at one place are made in the order they came."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._splices: list[tuple[int, int, str]] = []

    def __bool__(self) -> bool:
        return bool(self._splices)

    def replace(self, start: int, end: int, new: str) -> None:
        self._splices.append((start, end, new))

    def insert(self, at: int, new: str) -> None:
        self._splices.append((at, at, new))

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def next_line(self, offset: int) -> int:
        """Return where the line after the one that holds *offset* begins; the text's end after the last line."""
        found = self.text.find("\n", offset)
        return len(self.text) if found < 0 else found + 1

    def applied(self) -> str:
        parts: list[str] = []
        at = 0
        for start, end, new in sorted(self._splices, key=lambda splice: splice[:2]):
            parts += [self.text[at:start], new]
            at = max(at, end)
        return "".join(parts) + self.text[at:]
