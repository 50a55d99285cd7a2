"""Counts pages while the document streams by.

The generated program calls in after each block with the words that were written for it. Blocks gather until a page is
begun by force; most such stretches certainly fit one page, which costs a sum. Only one that may not is measured line by
line and put on pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import pass_context

from exporters.word.measuring import ParagraphBlock, RowBlock, block_of
from exporters.word.pagination import Item, Pager

Words = Any  # pieces of a block's text, or the cells of a row counted piece by piece
NoteText = tuple[ParagraphBlock, tuple[str, ...]]
_LONG_STRETCH = 3.0


@dataclass(slots=True)
class Mark:
    """A place whose page is asked for; ``page`` counts from 0 at the beginning of its stream."""

    level: int
    text: str
    name: str
    page: int = 0
    sequence: str = ""
    section: int = 0


@dataclass(slots=True)
class _Block:
    block: ParagraphBlock | RowBlock
    words: Words
    notes: Sequence[NoteText]
    marks: list[Mark]


@dataclass(slots=True)
class _OpenRow:
    cells: list[tuple[float, list[_Block]]] = field(default_factory=list)
    cell: list[_Block] = field(default_factory=list)


class Counter:
    """One stream's page count. ``text`` takes the words of values; the other methods are called by the program."""

    def __init__(
        self, blocks: list[dict[str, Any]], own: list[str], sections: list[dict[str, Any]], rules: dict[str, Any]
    ) -> None:
        self._blocks = [block_of(spec) for spec in blocks]
        self._own = own
        self._sections = sections
        self._separator: float = rules["separator"]
        self._adds: bool = rules["adds"]
        self._buffer: list[str] = []
        self.text: Callable[[str], None] = self._buffer.append
        self.marks: list[Mark] = []
        self.reset()

    def reset(self, used: float = 0.0) -> None:
        """Begin a stream anew, at a height on its first page."""
        self._buffer.clear()
        self.marks = []
        self.page = 0
        self.last_height = used
        self._start = used
        self._section = -1
        self._section_over = False
        self.numbering: list[tuple[int, int]] = []
        """(page, the number that it bears) wherever a section counts anew."""
        self._stretch: list[_Block] = []
        self._sum = used
        self._pager: Pager | None = None
        self._placed: list[_Block] = []
        self._rows: list[_OpenRow] = []
        self._saved: list[list[str]] = []
        self._notes: list[NoteText] = []
        self._inside: list[list[NoteText]] = []
        self._marks_here: list[Mark] = []

    # --- calls of the program ----------------------------------------------------------------------------------------

    @pass_context
    def end(self, _context: Any, number: int, *asked: Any) -> None:
        """A paragraph or a simple row is over; *asked* are level, sequence and name of each mark in it."""
        block = self._blocks[number]
        words = tuple(self._buffer)
        self._buffer.clear()
        if self._inside:
            assert isinstance(block, ParagraphBlock)
            self._inside[-1].append((block, words))
            return
        notes: Sequence[NoteText] = ()
        if self._notes:
            notes, self._notes = self._notes, []
        marks: list[Mark] = []
        if asked:
            assert isinstance(block, ParagraphBlock)
            text = block.join(words).replace("\n", " ").strip()
            for at in range(0, len(asked), 3):
                level, sequence, name = asked[at : at + 3]
                marks.append(Mark(level, text, name, 0, sequence, block.section))
            self.marks += marks
        self._take(_Block(block, words, notes, marks))

    @pass_context
    def own(self, _context: Any, number: int) -> None:
        """Words of the template itself, inside a loop or condition."""
        self._buffer.append(self._own[number])

    @pass_context
    def row(self, _context: Any, _number: int) -> None:
        self._rows.append(_OpenRow())

    @pass_context
    def cell(self, _context: Any, pad: float) -> None:
        row = self._rows[-1]
        row.cells.append((pad, row.cell))
        row.cell = []

    @pass_context
    def row_end(self, _context: Any, number: int) -> None:
        row = self._rows.pop()
        marks = [mark for _, cell in row.cells for one in cell for mark in one.marks]
        notes = [note for _, cell in row.cells for one in cell for note in one.notes]
        self._take(_Block(self._blocks[number], row.cells, notes, marks))

    @pass_context
    def note_begins(self, _context: Any, _: Any) -> None:
        self._saved.append(self._buffer[:])
        self._buffer.clear()
        self._inside.append([])

    @pass_context
    def note_ends(self, _context: Any, _: Any) -> None:
        self._buffer[:] = self._saved.pop()
        self._notes += self._inside.pop()

    # --- blocks ------------------------------------------------------------------------------------------------------

    def _take(self, taken: _Block) -> None:
        if self._rows:
            self._rows[-1].cell.append(taken)
            return
        block = taken.block
        if block.section != self._section or self._section_over:
            self._enter_section(block.section)
        elif block.break_before:
            self._force()
        if self._pager is not None:
            self._place(taken)
        else:
            self._stretch.append(taken)
            self._sum += self._height(taken, False) + self._note_height(taken, False)
            if self._sum > self._capacity * _LONG_STRETCH:
                self._measure()
        if block.ends:
            self._section_over = True

    @property
    def _capacity(self) -> float:
        return float(self._sections[self._section]["height"])

    def _enter_section(self, number: int) -> None:
        first = self._section < 0
        section = self._sections[number]
        if not first and section["kind"] != "continuous":
            self._force()
        self._section, self._section_over = number, False
        if section["start"] is not None and (first or section["kind"] != "continuous"):
            self.numbering.append((self.page, section["start"]))

    def _force(self) -> None:
        """Begin a page, unless nothing stands on this one yet."""
        begun = self._sum > 0 or self._pager is not None
        self.settle()
        if begun:
            self.page += 1
        self._start = self._sum = 0.0

    def settle(self) -> None:
        """Give all marks so far their pages; ``last_height`` is then the height used on the last page (at most)."""
        self.last_height = self._sum
        if self._pager is None and self._sum > self._capacity_or_endless():
            self._measure()
        if self._pager is not None:
            self._give_pages(self._pager.flush())
            self.page, self.last_height = self._pager.page, self._pager.used
            self._pager = None
        else:
            for one in self._stretch:
                for mark in one.marks:
                    mark.page = self.page
        self._stretch.clear()

    def _capacity_or_endless(self) -> float:
        if self._section < 0:
            return float("inf")
        noted = any(one.notes for one in self._stretch)
        return self._capacity - (self._separator if noted else 0.0)

    def _measure(self) -> None:
        self._pager = Pager(self._capacity, self._separator, self._adds, self.page, self._start)
        stretch, self._stretch = self._stretch, []
        for one in stretch:
            self._place(one)

    def _place(self, taken: _Block) -> None:
        assert self._pager is not None
        self._placed.append(taken)
        self._give_pages(self._pager.add(self._item(taken)))

    def _give_pages(self, pages: list[int]) -> None:
        for taken, page in zip(self._placed, pages, strict=False):
            for mark in taken.marks:
                mark.page = page
        del self._placed[: len(pages)]

    # --- heights -----------------------------------------------------------------------------------------------------

    def _height(self, taken: _Block, exact: bool) -> float:
        block, words = taken.block, taken.words
        if isinstance(block, ParagraphBlock):
            if not exact and sum(map(len, words)) <= block.cap:
                return block.one_line
            text = block.join(words)
            lines = block.lines(text) if exact else block.at_most(text)
            return block.height(lines)
        below = 0.0 if exact else block.below
        if block.cells is not None:
            return block.height(words, exact) + below
        cells = [pad + sum(self._height(one, exact) for one in cell) for pad, cell in words]
        return block.outer(max(cells, default=0.0)) + below

    def _note_height(self, taken: _Block, exact: bool) -> float:
        total = 0.0
        for block, words in taken.notes:
            text = block.join(words)
            lines = block.lines(text) if exact else block.at_most(text)
            total += block.height(lines)
        return total

    def _item(self, taken: _Block) -> Item:
        block = taken.block
        notes = self._note_height(taken, True) if taken.notes else 0.0
        if isinstance(block, RowBlock):
            return Item(
                1,
                self._height(taken, True),
                keep_next=block.head,
                table=block.table,
                head=block.head,
                below=block.below,
                notes=notes,
            )
        return Item(
            block.lines(block.join(taken.words)),
            block.line,
            block.space_before,
            block.after,
            block.keep_next,
            block.keep_lines,
            block.widow,
            borders=block.borders,
            notes=notes,
            style=block.style,
        )
