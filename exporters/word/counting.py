"""Counts pages while the document streams by.

The generated program tells the words of each value, then the block that they belong to: it is measured, and put on
pages now and then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field

from exporters.word.measuring import ParagraphBlock, RowBlock, Words, block_of
from exporters.word.pagination import Pager

# Steps on the way to the end of a block.
NOTE_BEGINS = 1
NOTE_ENDS = 2
PARAGRAPH_OVER = 3
"""A paragraph of a row is over that holds values: None is counted behind its words."""
ROW_BEGINS = 4
"""A row begins whose paragraphs are counted one by one."""
CELL_ENDS = 5

_MANY = 200


class Mark(Struct):
    """A place whose page is asked for; ``page`` counts from 0 at the beginning of its stream."""

    level: int
    text: str
    name: str
    page: int = 0
    sequence: str = ""
    section: int = 0


Notes = Sequence[tuple[ParagraphBlock, Words]]


class _Inside(Struct):
    """What is being gathered inside a note, or in a row whose paragraphs are counted one by one."""

    outer: list[str | None]
    items: list[Any] = field(default_factory=list)
    cells: list[Any] = field(default_factory=list)


class Counter:
    """One stream's page count. ``count`` takes the words of values, :meth:`over` the block that they are in."""

    def __init__(self, blocks: list[dict[str, Any]], sections: list[dict[str, Any]], rules: dict[str, Any]) -> None:
        self._blocks = [block_of(spec) for spec in blocks]
        self._sections = sections
        self._separator: float = rules["separator"]
        self._adds: bool = rules["adds"]
        self._words: list[str | None] = []
        self.count: Callable[[str], None] = self._words.append
        self.reset()

    def reset(self, used: float = 0.0) -> None:
        """Begin a stream anew, at a height on its first page."""
        self._words.clear()
        self.marks: list[Mark] = []
        self.numbering: list[tuple[int, int]] = []
        """(page, the number that it bears) wherever a section counts anew."""
        self._inside: list[_Inside] = []
        self._notes: list[tuple[ParagraphBlock, Words]] = []
        self._section = -1
        self._section_over = False
        self._pager = Pager(float("inf"), self._separator, self._adds, used=used)
        self._waiting = self._pager.waiting

    @property
    def page(self) -> int:
        """The page on which the last block ends, once all are :meth:`settled <settle>`."""
        return self._pager.page

    @property
    def last_height(self) -> float:
        """The height used on that page."""
        return self._pager.used

    def settle(self) -> None:
        """Give all marks so far their pages."""
        self._pager.place(last=True)

    # --- blocks ------------------------------------------------------------------------------------------------------

    def over(self, number: int, marks: Sequence[Mark] = ()) -> None:
        """Take the block that is over; *marks* are told the page on which it begins."""
        block, words = self._blocks[number], self._words
        if self._inside:
            self._gather(block)
            return
        if self._notes or block.turns or block.section != self._section or self._section_over:
            self._take(block, words, marks)
        else:
            self._waiting.append((block.item(words), marks))
            if len(self._waiting) > _MANY:
                self._pager.place()
        words.clear()

    def asked(self, number: int, *asked: Any) -> None:
        """Take a paragraph whose page is wanted; *asked* are level, sequence and name of each mark in it."""
        block = self._blocks[number]
        assert isinstance(block, ParagraphBlock)
        text = block.join(self._words).replace("\n", " ").strip()
        marks = [
            Mark(asked[at], text, asked[at + 2], 0, asked[at + 1], block.section) for at in range(0, len(asked), 3)
        ]
        self.marks += marks
        self.over(number, marks)

    def step(self, step: int) -> None:
        """Take a step inside a row or a note."""
        words, inside = self._words, self._inside
        if step in {NOTE_BEGINS, ROW_BEGINS}:
            inside.append(_Inside(words[:]))
            words.clear()
        elif step == CELL_ENDS:
            inside[-1].cells.append(inside[-1].items)
            inside[-1].items = []
        else:
            note = inside.pop()
            words[:] = note.outer
            self._notes += note.items

    def _gather(self, block: ParagraphBlock | RowBlock) -> None:
        """Add a block to the note or cell that is being gathered; end the row that it is."""
        inside = self._inside
        if isinstance(block, RowBlock) and block.cells is None:
            row = inside.pop()
            self._words[:] = row.outer
            if not inside:
                self._take(block, row.cells, ())
            else:
                inside[-1].items.append((block, row.cells))
            return
        inside[-1].items.append((block, tuple(self._words)))
        self._words.clear()

    def _take(self, block: ParagraphBlock | RowBlock, words: Words, marks: Sequence[Mark]) -> None:
        """Take a block that refers to notes, or at which a page or a section begins or ends."""
        if block.section != self._section or self._section_over:
            self._enter_section(block.section)
        elif block.turns and block.break_before:
            self._begin_page()
        notes = sum(note.height(text) for note, text in self._notes)
        self._notes.clear()
        self._waiting.append((block.item(words, notes), marks))
        if block.ends:
            self._section_over = True

    def _enter_section(self, number: int) -> None:
        first, section = self._section < 0, self._sections[number]
        self._section, self._section_over = number, False
        if first:
            self._pager.capacity = float(section["height"])
        elif section["kind"] == "continuous":
            return
        else:
            self._begin_page()
        if section["start"] is not None:
            self.numbering.append((self._pager.page, section["start"]))

    def _begin_page(self) -> None:
        self._pager.begin_page(float(self._sections[self._section]["height"]))
