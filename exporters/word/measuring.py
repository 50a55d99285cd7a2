"""How high a block is, from what the template says of it and the text that it holds. Lengths are points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import gt
from typing import Any

from msgspec import Struct, field

from exporters.metrics import count_lines
from exporters.metrics.measure import Flow
from exporters.word.pagination import Item

#: The words of a block's values; None ends a paragraph of a row; a row counted piece by piece has its cells.
Words = Sequence[Any]

# No character with the room around it is wider than this, in em.
_WIDEST = 1.25
_KEPT = 2_000
_SHORT = 24
# All digits of a font that is measured are equally wide, and so are all its ideographs, which a line may break between:
# texts that differ in those alone take the same lines.
_ALIKE = bytes.maketrans(b"123456789", b"000000000")


class _Shape(dict[int, str]):
    """The character that stands for each: one for all ideographs, one for all digits."""

    def __missing__(self, code: int) -> str:
        found = "\u4e00" if 0x4E00 <= code < 0xA000 else "0" if 0x31 <= code <= 0x39 else chr(code)
        self[code] = found
        return found


_SHAPE = _Shape()


class _Shapes(dict[str, object]):
    """What words of one shape have in common, worked out once for those that are short and so recur.

    Of a long one that is all but its digits: to look for ideographs in it takes as long as half a measuring.
    """

    def __missing__(self, word: str) -> object:
        if len(word) >= _SHORT:
            return word.encode("utf-8", "surrogatepass").translate(_ALIKE)
        if len(self) > _KEPT:
            self.clear()
        found = self[word] = word.translate(_SHAPE)
        return found


_SHAPES = _Shapes()
_NONE = Item(0, 0.0)


class ParagraphBlock(Struct):
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
    holds_values: bool = False
    turns: bool = False
    """Whether a page or a section begins or ends with it."""
    known: dict[tuple[object, ...], int] = field(default_factory=dict)
    """Lines by the shapes of the words."""
    items: dict[tuple[int, float], Item] = field(default_factory=dict)
    """It as the pages take it, by its lines and the height of its notes."""
    one: Item = _NONE
    """It in one line."""

    def __post_init__(self) -> None:
        static = len((self.text or "").replace("%%", "%")) - 2 * self.values
        room = self.width - max(self.first, 0.0)
        self.cap = int(room / (_WIDEST * self.size + max(self.spacing, 0.0))) - static
        self.holds_values = self.text is None or self.values > 0
        self.turns = self.break_before or self.ends
        self.one = self._item(1, 0.0)

    @classmethod
    def of(cls, spec: dict[str, Any]) -> ParagraphBlock:
        return cls(
            spec.get("section", 0), spec.get("ends", False), spec.get("break", False), spec["width"], spec["first"],
            spec["size"], spec["flow"], spec["spacing"], spec["latin"], spec["east_asian"], spec["bold"],
            max(spec["line"], spec.get("least", 0.0)), spec["before"], spec["after"], spec["borders"],
            spec["keep_next"], spec["keep_lines"], spec["widow"], spec["style"], spec["text"], spec.get("values", 0),
        )  # fmt: skip

    def join(self, words: Words) -> str:
        """Return the paragraph's text."""
        return "".join(words) if self.text is None else self.text % tuple(words)

    def height(self, words: Words) -> float:
        """Return the paragraph's height, the spaces before and after included."""
        return self.high(self._count(words))

    def high(self, lines: int) -> float:
        """Return its height in so many lines."""
        return self.space_before + lines * self.line + self.borders + self.after

    def item(self, words: Words, notes: float = 0.0) -> Item:
        """Return the paragraph as the pages take it; one object for all of so many lines."""
        lines = self._count(words)
        if lines == 1 and not notes:
            return self.one
        found = self.items.get((lines, notes))
        if found is None:
            if len(self.items) > _KEPT:
                self.items.clear()
            found = self.items[lines, notes] = self._item(lines, notes)
        return found

    def _item(self, lines: int, notes: float) -> Item:
        return Item(
            lines, self.line, self.space_before, self.after, self.keep_next, self.keep_lines, self.widow,
            borders=self.borders, style=self.style, notes=notes,
        )  # fmt: skip

    def _count(self, words: Words) -> int:
        return 1 if sum(map(len, words)) <= self.cap else self.lines(words)

    def lines(self, words: Words) -> int:
        """Return how many lines the paragraph takes with these words."""
        shape = tuple(map(_SHAPES.__getitem__, words))
        found = self.known.get(shape)
        if found is None:
            if len(self.known) > _KEPT:
                self.known.clear()
            found = self.known[shape] = self._lines(self.join(words))
        return found

    def _lines(self, text: str) -> int:
        return count_lines(
            text, self.size, self.width, latin=self.latin, east_asian=self.east_asian, bold=self.bold,
            spacing=self.spacing, first_indent=self.first, flow=self.flow,
        )  # fmt: skip


class RowBlock(Struct):
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
    break_before: bool = False
    ends: bool = False
    turns: bool = False
    filled: list[tuple[int, ParagraphBlock]] = field(default_factory=list)
    """The paragraphs that hold values, each with the number of its cell."""
    caps: list[int] = field(default_factory=list)
    """How many characters certainly take one line, of each of them; and a last one, which holds none."""
    stops: list[None] = field(default_factory=list)
    """What ends each of them: every second word of the row, where each holds one value, as they mostly do."""
    heights: list[float] = field(default_factory=list)
    """The height of each cell where all of them take one line."""
    items: dict[tuple[float, float], Item] = field(default_factory=dict)
    """The row as the pages take it, by its height and that of its notes."""
    low: Item = _NONE
    """It with all of them in one line."""

    def __post_init__(self) -> None:
        self.filled = [(at, one) for at, cell in enumerate(self.cells or ()) for one in cell if one.holds_values]
        self.caps = [*(one.cap for _, one in self.filled), 0]
        self.stops = [None] * len(self.filled)
        self.heights = [
            pad + sum(one.high(1) if one.holds_values else one.height(()) for one in cell)
            for pad, cell in zip(self.pads, self.cells or (), strict=False)
        ]
        self.low = self._item(self._around(self.heights), 0.0)

    @classmethod
    def of(cls, spec: dict[str, Any]) -> RowBlock:
        cells = None
        if spec["cells"] is not None:
            cells = [[ParagraphBlock.of(one) for one in cell] for cell in spec["cells"]]
        return cls(
            spec["section"], spec["table"], spec["least"], spec["exact"], spec["head"], spec["border"], spec["below"],
            spec["pads"], cells, spec.get("keep_next", False),
        )  # fmt: skip

    def item(self, words: Words, notes: float = 0.0) -> Item:
        """Return the row as the pages take it; one object for all of one height."""
        heights = self._heights(words) if self.cells is not None else self._gathered(words)
        if heights is self.heights and not notes:
            return self.low
        height = self._around(heights)
        found = self.items.get((height, notes))
        if found is None:
            if len(self.items) > _KEPT:
                self.items.clear()
            found = self.items[height, notes] = self._item(height, notes)
        return found

    def _item(self, height: float, notes: float) -> Item:
        kept = self.keep_next or self.head
        return Item(1, height, keep_next=kept, table=self.table, head=self.head, below=self.below, notes=notes)

    def _heights(self, words: Words) -> list[float]:
        """Return the heights of the cells; :attr:`heights` where no paragraph takes a second line."""
        heights, caps = self.heights, self.caps
        if words[1::2] == self.stops:
            texts = words[::2]
            for (cell, block), text in compress(zip(self.filled, texts, strict=True), map(gt, map(len, texts), caps)):
                more = block.lines((text,)) - 1
                if more:
                    heights = heights[:] if heights is self.heights else heights
                    heights[cell] += more * block.line
            return heights
        number, begun, left = 0, 0, caps[0]
        for at, word in enumerate(words):
            if word is not None:
                left -= len(word)
                continue
            if left < 0:
                cell, block = self.filled[number]
                more = block.lines(words[begun:at]) - 1
                if more:
                    heights = heights[:] if heights is self.heights else heights
                    heights[cell] += more * block.line
            number, begun = number + 1, at + 1
            left = caps[number]
        return heights

    def _gathered(self, cells: Words) -> list[float]:
        """Return the heights of the cells of a row whose paragraphs were counted one by one."""
        return [
            pad + sum(block.height(own) for block, own in cell) for pad, cell in zip(self.pads, cells, strict=False)
        ]

    def _around(self, heights: list[float]) -> float:
        """Return the height of the row around its highest cell."""
        return (self.least if self.is_exact else max(self.least, 0.0, *heights)) + self.border


def block_of(spec: dict[str, Any]) -> ParagraphBlock | RowBlock:
    return ParagraphBlock.of(spec) if spec["kind"] == "p" else RowBlock.of(spec)
