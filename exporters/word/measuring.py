"""How high a block is, from what the template says of it and the text that it holds. Lengths are points."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from exporters.metrics import count_lines, width
from exporters.metrics.measure import Flow

# No character with the room around it is wider than this, in em.
_WIDEST = 1.25
# A line may end this many em early because what follows must not be split.
_RESERVE = 5.0
_SLACK = 1.03
_LONG_WORD = re.compile(r"[^\s\u2e80-\U0010ffff]{24}")
_KEPT = 20_000


class ParagraphBlock:
    """A paragraph of a template: how it is set, and the words around its values."""

    __slots__ = (
        "_known",
        "after",
        "bold",
        "borders",
        "break_before",
        "cap",
        "east_asian",
        "ends",
        "first",
        "flow",
        "keep_lines",
        "keep_next",
        "latin",
        "least",
        "line",
        "one_line",
        "section",
        "size",
        "space_before",
        "spacing",
        "style",
        "text",
        "values",
        "widow",
        "width",
    )  # fmt: skip

    def __init__(self, spec: dict[str, Any]) -> None:
        self.section: int = spec.get("section", 0)
        self.ends: bool = spec.get("ends", False)
        self.break_before: bool = spec.get("break", False)
        self.width: float = spec["width"]
        self.first: float = spec["first"]
        self.size: float = spec["size"]
        self.flow: Flow = spec["flow"]
        self.spacing: float = spec["spacing"]
        self.latin: str = spec["latin"]
        self.east_asian: str = spec["east_asian"]
        self.bold: bool = spec["bold"]
        self.least: float = spec.get("least", 0.0)
        self.line: float = max(spec["line"], self.least)
        self.space_before: float = spec["before"]
        self.after: float = spec["after"]
        self.borders: float = spec["borders"]
        self.keep_next: bool = spec["keep_next"]
        self.keep_lines: bool = spec["keep_lines"]
        self.widow: bool = spec["widow"]
        self.style: str = spec["style"]
        self.text: str | None = spec["text"]
        self.values: int = spec.get("values", 0)
        static = len((self.text or "").replace("%%", "%")) - 2 * self.values
        room = self.width - max(self.first, 0.0)
        self.cap = int(room / (_WIDEST * self.size + max(self.spacing, 0.0))) - static
        self.one_line = self.height(1)
        self._known: dict[str, int] = {}

    def height(self, lines: int) -> float:
        """Return the height with the spaces before and after."""
        return self.space_before + lines * self.line + self.borders + self.after

    def join(self, pieces: Sequence[str]) -> str:
        """Return the paragraph's text."""
        return "".join(pieces) if self.text is None else self.text % tuple(pieces)

    def at_most(self, text: str) -> int:
        """Return a number of lines that the text certainly does not exceed, cheaply."""
        known = self._known.get(text)
        return self._bounds(text)[1] if known is None else known

    def _bounds(self, text: str) -> tuple[int, int]:
        """Return the fewest and the most lines that the text can take."""
        room = self.width - _RESERVE * self.size
        if room < self.width / 2 or "\n" in text or "\t" in text or _LONG_WORD.search(text):
            lines = self._count(text)
            return lines, lines
        taken = width(
            text, self.size, latin=self.latin, east_asian=self.east_asian, bold=self.bold, spacing=self.spacing,
            flow=self.flow,
        )  # fmt: skip
        taken += self.first
        if taken <= self.width:
            return 1, 1
        most = math.ceil(taken * _SLACK / room)
        # Each line may hang one mark out, and leave the room after its last character unused.
        return max(math.ceil(taken / (self.width + 1.5 * self.size)), 2 if taken > self.width + self.size else 1), most

    def lines(self, text: str) -> int:
        """Return how many lines the text takes."""
        known = self._known.get(text)
        if known is None:
            if len(self._known) > _KEPT:
                self._known.clear()
            least, most = self._bounds(text)
            known = self._known[text] = least if least == most else self._count(text)
        return known

    def _count(self, text: str) -> int:
        return count_lines(
            text, self.size, self.width, latin=self.latin, east_asian=self.east_asian, bold=self.bold,
            spacing=self.spacing, first_indent=self.first, flow=self.flow,
        )  # fmt: skip


class RowBlock:
    """A row of a template. ``cells`` is None where its paragraphs are counted one by one."""

    __slots__ = (
        "below",
        "border",
        "cells",
        "exact",
        "head",
        "least",
        "nested",
        "section",
        "simple_caps",
        "simple_height",
        "table",
    )

    break_before = False
    ends = False

    def __init__(self, spec: dict[str, Any]) -> None:
        self.section: int = spec["section"]
        self.table: int = spec["table"]
        self.least: float = spec["least"]
        self.exact: bool = spec["exact"]
        self.head: bool = spec["head"]
        self.border: float = spec["border"]
        self.below: float = spec["below"]
        self.nested: bool = spec["nested"]
        cells = spec.get("cells")
        self.cells: list[tuple[float, list[ParagraphBlock]]] | None = None
        self.simple_caps: list[int] = []
        self.simple_height = 0.0
        if cells is not None:
            self.cells = [(cell["pad"], [ParagraphBlock(one) for one in cell["paragraphs"]]) for cell in cells]
            self._prepare()

    def _prepare(self) -> None:
        """Work out the height for values that certainly take one line each."""
        assert self.cells is not None
        paragraphs = [one for _, cell in self.cells for one in cell]
        static = [one for one in paragraphs if not one.values]
        if all(one.values <= 1 for one in paragraphs) and all(one.cap >= 0 for one in static):
            self.simple_caps = [one.cap for one in paragraphs if one.values]
            heights = [pad + sum(one.one_line for one in cell) for pad, cell in self.cells]
            self.simple_height = self.outer(max(heights, default=0.0))

    def outer(self, content: float) -> float:
        """Return the height of the row around its highest cell."""
        return self.least if self.exact else max(self.least, content) + self.border

    def height(self, pieces: Sequence[str], exact: bool) -> float:
        """Return the row's height, or with *exact* false a height that it certainly does not exceed."""
        caps = self.simple_caps
        if caps and len(pieces) == len(caps) and all(len(a) <= b for a, b in zip(pieces, caps, strict=True)):
            return self.simple_height
        if self.exact:
            return self.least
        assert self.cells is not None
        at, highest = 0, 0.0
        for pad, paragraphs in self.cells:
            total = pad
            for one in paragraphs:
                text = one.join(pieces[at : at + one.values])
                at += one.values
                lines = one.lines(text) if exact else one.at_most(text)
                total += one.height(lines)
            highest = max(highest, total)
        return self.outer(highest)


def block_of(spec: dict[str, Any]) -> ParagraphBlock | RowBlock:
    return ParagraphBlock(spec) if spec["kind"] == "p" else RowBlock(spec)
