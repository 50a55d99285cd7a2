"""How high a block is, from what the template says of it and the text that it holds. Lengths are points."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from exporters.metrics import count_lines, width
from exporters.metrics.measure import Flow
from exporters.word.pagination import Item

#: The words of a block's values; None ends a paragraph of a row; a row counted piece by piece has its cells.
Words = Sequence[Any]

# No character with the room around it is wider than this, in em; so many together take less on average.
_WIDEST = 1.25
_WIDE = 1.2
# A line may end this many em early because what follows must not be split.
_RESERVE = 5.0
_SLACK = 1.03
_LONG_WORD = re.compile(r"[^\s\u2e80-\U0010ffff]{24}|[\n\t]").search
_KEPT = 2_000
_SHORT = 24
# All digits of a font that is measured are equally wide, and so are all its ideographs, which a line may break between:
# texts that differ in those alone take the same lines.
_SHAPE = str.maketrans("123456789", "000000000") | dict.fromkeys(range(0x4E00, 0xA000), "\u4e00")
_ALIKE = bytes.maketrans(b"123456789", b"000000000")
_HAN = bytes(0x4E if 0x4E <= high < 0xA0 else high for high in range(256))
_COUNTS = bytes(0 if 0x4E <= high < 0xA0 else 0xFF for high in range(256))


@dataclass(slots=True)
class ParagraphBlock:
    """A paragraph of a template: how it is set, and the words around its values."""

    section: int
    ends: bool
    """Whether its section ends with it."""
    break_before: bool
    width: float
    first: float
    size: float
    flow: Flow
    spacing: float
    latin: str
    east_asian: str
    bold: bool
    line: float
    space_before: float
    after: float
    borders: float
    keep_next: bool
    keep_lines: bool
    widow: bool
    style: str
    text: str | None
    """Its text with %s for each value; None where the values are not known in number."""
    values: int
    cap: int = 0
    """So many characters in its values certainly take one line."""
    one_line: float = 0.0
    turns: bool = False
    """Whether a page or a section begins or ends with it."""
    known: dict[object, int] = field(default_factory=dict)
    """Lines by the shape of the text."""
    items: dict[tuple[int, float], Item] = field(default_factory=dict)
    one: Item | None = None
    """It in one line."""

    @classmethod
    def of(cls, spec: dict[str, Any]) -> ParagraphBlock:
        made = cls(
            spec.get("section", 0), spec.get("ends", False), spec.get("break", False), spec["width"], spec["first"],
            spec["size"], spec["flow"], spec["spacing"], spec["latin"], spec["east_asian"], spec["bold"],
            max(spec["line"], spec.get("least", 0.0)), spec["before"], spec["after"], spec["borders"],
            spec["keep_next"], spec["keep_lines"], spec["widow"], spec["style"], spec["text"], spec.get("values", 0),
        )  # fmt: skip
        static = len((made.text or "").replace("%%", "%")) - 2 * made.values
        room = made.width - max(made.first, 0.0)
        made.cap = int(room / (_WIDEST * made.size + max(made.spacing, 0.0))) - static
        made.one_line = made.height(1)
        made.turns = made.break_before or made.ends
        return made

    def height(self, lines: int) -> float:
        """Return the height with the spaces before and after."""
        return self.space_before + lines * self.line + self.borders + self.after

    def join(self, words: Words) -> str:
        """Return the paragraph's text."""
        return "".join(words) if self.text is None else self.text % tuple(words)

    def bound(self, words: Words) -> float:
        """Return a height that the paragraph certainly does not exceed, cheaply."""
        if sum(map(len, words)) <= self.cap:
            return self.one_line
        if not words and self.text is not None:
            return self.exact(words)
        return self.height(self._at_most(self.join(words)))

    def exact(self, words: Words) -> float:
        """Return the paragraph's height."""
        if sum(map(len, words)) <= self.cap:
            return self.one_line
        return self.height(self.lines(self.join(words)))

    def item(self, words: Words, notes: float = 0.0) -> Item:
        """Return the paragraph as the pages take it; one object for all of so many lines."""
        if sum(map(len, words)) > self.cap:
            lines = self.lines(self.join(words))
        elif self.one is not None and not notes:
            return self.one
        else:
            lines = 1
        found = self.items.get((lines, notes))
        if found is None:
            found = Item(
                lines, self.line, self.space_before, self.after, self.keep_next, self.keep_lines, self.widow,
                borders=self.borders, style=self.style, notes=notes,
            )  # fmt: skip
            if len(self.items) < _KEPT:
                self.items[lines, notes] = found
            if lines == 1 and not notes:
                self.one = found
        return found

    def _at_most(self, text: str) -> int:
        room = self.width - _RESERVE * self.size
        if room < self.width / 2 or _LONG_WORD(text) or text.isascii():
            return self.lines(text)
        return math.ceil((len(text) * (_WIDE * self.size + self.spacing) + max(self.first, 0.0)) / room)

    def lines(self, text: str) -> int:
        """Return how many lines the text takes."""
        shape = _shape(text)
        found = self.known.get(shape)
        if found is None:
            if len(self.known) > _KEPT:
                self.known.clear()
            found = self.known[shape] = self._lines(text.translate(_SHAPE))
        return found

    def _lines(self, text: str) -> int:
        room = self.width - _RESERVE * self.size
        if room < self.width / 2 or _LONG_WORD(text):
            return self._count(text)
        taken = self.first + width(
            text, self.size, latin=self.latin, east_asian=self.east_asian, bold=self.bold, spacing=self.spacing,
            flow=self.flow,
        )  # fmt: skip
        if taken <= self.width:
            return 1
        # Each line may hang one mark out, and leave the room after its last character unused.
        least = max(math.ceil(taken / (self.width + 1.5 * self.size)), 2 if taken > self.width + self.size else 1)
        return least if least == math.ceil(taken * _SLACK / room) else self._count(text)

    def _count(self, text: str) -> int:
        return count_lines(
            text, self.size, self.width, latin=self.latin, east_asian=self.east_asian, bold=self.bold,
            spacing=self.spacing, first_indent=self.first, flow=self.flow,
        )  # fmt: skip


@dataclass(slots=True)
class RowBlock:
    """A row of a template. ``cells`` are None where its paragraphs are counted one by one."""

    section: int
    table: int
    least: float
    is_exact: bool
    head: bool
    border: float
    below: float
    pads: list[float]
    cells: list[list[ParagraphBlock]] | None
    keep_next: bool = False
    caps: list[tuple[int, int]] = field(default_factory=list)
    """(how many values, or -1; how many characters certainly take one line) of each paragraph that holds values."""
    one_line: float = 0.0
    """The height where every paragraph takes one line; 0 where the template's own words may take more."""
    break_before: bool = False
    ends: bool = False
    turns: bool = False
    items: dict[tuple[float, float], Item] = field(default_factory=dict)
    one: Item | None = None
    """It with every paragraph in one line."""

    @classmethod
    def of(cls, spec: dict[str, Any]) -> RowBlock:
        cells = None
        if spec["cells"] is not None:
            cells = [[ParagraphBlock.of(one) for one in cell] for cell in spec["cells"]]
        made = cls(
            spec["section"], spec["table"], spec["least"], spec["exact"], spec["head"], spec["border"], spec["below"],
            spec["pads"], cells, spec.get("keep_next", False),
        )  # fmt: skip
        paragraphs = [one for cell in cells or () for one in cell]
        if cells is not None and all(one.cap >= 0 for one in paragraphs):
            counts = [(one.values if one.text is not None else -1, one.cap) for one in paragraphs]
            made.caps = [one for one in counts if one[0]]
            padded = zip(cells or (), made.pads, strict=False)
            heights = [sum(one.one_line for one in cell) + pad for cell, pad in padded]
            made.one_line = made._around(max(heights, default=0.0))
        return made

    def _around(self, content: float) -> float:
        """Return the height of the row around its highest cell."""
        return (self.least if self.is_exact else max(self.least, content)) + self.border

    def bound(self, words: Words) -> float:
        """Return a height that the row certainly does not exceed, the rule below its table included."""
        if self.one_line and self._is_short(words):
            return self.one_line + self.below
        return self._height(words, False) + self.below

    def exact(self, words: Words) -> float:
        """Return the row's height."""
        return self._height(words, True)

    def item(self, words: Words, notes: float = 0.0) -> Item:
        """Return the row as the pages take it; one object for all of one height."""
        short = self.one_line > 0 and not notes and self._is_short(words)
        if short and self.one is not None:
            return self.one
        height = self.one_line if short else self._height(words, True)
        found = self.items.get((height, notes))
        if found is None:
            kept = self.keep_next or self.head
            found = Item(1, height, keep_next=kept, table=self.table, head=self.head, below=self.below, notes=notes)
            if len(self.items) < _KEPT:
                self.items[height, notes] = found
            if short:
                self.one = found
        return found

    def _height(self, words: Words, exact: bool) -> float:
        if self.cells is None:
            return self._counted(words, exact)
        if exact and self.one_line and self._is_short(words):
            return self.one_line
        at, highest = 0, 0.0
        for pad, paragraphs in zip(self.pads, self.cells, strict=True):
            height = pad
            for one in paragraphs:
                if one.text is None:
                    end = words.index(None, at)
                    own = words[at:end]
                    at = end + 1
                else:
                    own = words[at : at + one.values]
                    at += one.values
                height += one.exact(own) if exact else one.bound(own)
            highest = max(highest, height)
        return self._around(highest)

    def _is_short(self, words: Words) -> bool:
        """Return whether every paragraph certainly takes one line."""
        at = 0
        for values, cap in self.caps:
            if values == 1:
                if len(words[at]) > cap:
                    return False
                at += 1
            elif values > 1:
                if sum(map(len, words[at : at + values])) > cap:
                    return False
                at += values
            else:
                while (word := words[at]) is not None:
                    cap -= len(word)
                    at += 1
                if cap < 0:
                    return False
                at += 1
        return True

    def _counted(self, cells: Words, exact: bool) -> float:
        heights = [
            pad + sum(block.exact(words) if exact else block.bound(words) for block, words in cell)
            for pad, cell in zip(self.pads, cells, strict=False)
        ]
        return self._around(max(heights, default=0.0))


def _shape(text: str) -> object:
    """Return what texts of one shape have in common: their high bytes, and the low ones of all but ideographs.

    Where a text is long, translating each of its characters takes three times as long (measured).
    """
    if len(text) < _SHORT:
        return text.translate(_SHAPE)
    pairs = text.encode("utf-8", "surrogatepass").translate(_ALIKE).decode("utf-8", "surrogatepass")
    data = pairs.encode("utf-16-be", "surrogatepass")
    high = data[::2]
    return high.translate(_HAN), int.from_bytes(data[1::2], "big") & int.from_bytes(high.translate(_COUNTS), "big")


def block_of(spec: dict[str, Any]) -> ParagraphBlock | RowBlock:
    return ParagraphBlock.of(spec) if spec["kind"] == "p" else RowBlock.of(spec)
