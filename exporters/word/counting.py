"""Counts pages while the document streams by.

The generated program leaves a trail: the words of each value, then the number of the block that they belong to. The
trail is followed now and then. What stands between two pages begun by force mostly certainly fits one
page, which costs a sum; only where it may not, it is measured line by line and put on pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from exporters.word.measuring import ParagraphBlock, RowBlock, Words, block_of
from exporters.word.pagination import Pager

# Steps of the trail beside block numbers and words.
NOTE_BEGINS = -1
NOTE_ENDS = -2
PARAGRAPH_OVER = -3
"""A paragraph of a row is over whose values are not known in number."""
ROW_BEGINS = -4
CELL_ENDS = -5

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


class _Asked(NamedTuple):
    """The step that ends a paragraph with marks."""

    number: int
    marks: list[Mark]


Notes = Sequence[tuple[ParagraphBlock, Words]]
#: A block of the flow, the words that were written for it, the notes it refers to, the marks in it.
_Taken = tuple[ParagraphBlock | RowBlock, Words, Notes, Sequence[Mark]]


@dataclass(slots=True)
class _Inside:
    """What is being gathered inside a note, or in a row whose paragraphs are counted one by one."""

    outer: list[str | None]
    items: list[Any] = field(default_factory=list)
    cells: list[Any] = field(default_factory=list)


class Counter:
    """One stream's page count. ``step`` takes words and steps of the trail."""

    def __init__(self, blocks: list[dict[str, Any]], sections: list[dict[str, Any]], rules: dict[str, Any]) -> None:
        self._blocks = [block_of(spec) for spec in blocks]
        self._sections = sections
        self._separator: float = rules["separator"]
        self._adds: bool = rules["adds"]
        self._trail: list[Any] = []
        self.step: Callable[[Any], None] = self._trail.append
        self.reset()

    def reset(self, used: float = 0.0) -> None:
        """Begin a stream anew, at a height on its first page."""
        self._trail.clear()
        self.marks: list[Mark] = []
        self.page = 0
        self.last_height = used
        self.numbering: list[tuple[int, int]] = []
        """(page, the number that it bears) wherever a section counts anew."""
        self._words: list[str | None] = []
        self._inside: list[_Inside] = []
        self._notes: list[tuple[ParagraphBlock, Words]] = []
        self._section = -1
        self._section_over = False
        self._capacity = float("inf")
        self._start = used
        self._bound = used
        self._stretch: list[_Taken] = []
        """The blocks since the last page that was begun by force, until they are measured."""
        self._pager: Pager | None = None

    # --- the trail ---------------------------------------------------------------------------------------------------

    def asked(self, number: int, *asked: Any) -> None:
        """A paragraph is over whose page is wanted; *asked* are level, sequence and name of each mark in it."""
        marks = [Mark(asked[at], "", asked[at + 2], 0, asked[at + 1]) for at in range(0, len(asked), 3)]
        self.marks += marks
        self._trail.append(_Asked(number, marks))

    def follow(self) -> None:
        """Follow the trail up to here; called now and then, so that it does not grow with the document."""
        trail = self._trail[:]
        self._trail.clear()
        words, blocks, inside = self._words, self._blocks, self._inside
        for step in trail:
            kind = step.__class__
            if kind is str:
                words.append(step)
                continue
            marks: Sequence[Mark] = ()
            if kind is _Asked:
                step, marks = step
                self._name(marks, blocks[step])
            elif step < 0:
                if step == PARAGRAPH_OVER:
                    words.append(None)
                else:
                    self._special(step)
                continue
            block = blocks[step]
            if inside:
                self._gather(block)
                continue
            pager = self._pager
            if self._notes or block.turns or block.section != self._section or self._section_over:
                self._take(block, tuple(words), marks)
            elif pager is not None:
                pager.add(block.item(words), marks)
            else:
                own = tuple(words)
                self._stretch.append((block, own, (), marks))
                self._bound += block.bound(own)
            words.clear()
        if self._pager is None and self._bound > self._capacity * _LONG_STRETCH:
            self._measure()

    def _name(self, marks: Sequence[Mark], block: ParagraphBlock | RowBlock) -> None:
        assert isinstance(block, ParagraphBlock)
        text = block.join(self._words).replace("\n", " ").strip()
        for mark in marks:
            mark.text, mark.section = text, block.section

    def _special(self, step: int) -> None:
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
        words, inside = self._words, self._inside
        if isinstance(block, RowBlock) and block.cells is None:
            row = inside.pop()
            words[:] = row.outer
            if not inside:
                self._take(block, row.cells, ())
            else:
                inside[-1].items.append((block, row.cells))
            return
        inside[-1].items.append((block, tuple(words)))
        words.clear()

    # --- pages -------------------------------------------------------------------------------------------------------

    def _take(self, block: ParagraphBlock | RowBlock, words: Words, marks: Sequence[Mark]) -> None:
        notes: Sequence[tuple[ParagraphBlock, Words]] = ()
        if self._notes:
            notes, self._notes = self._notes, []
        if block.section != self._section or self._section_over:
            self._enter_section(block.section)
        elif block.turns and block.break_before:
            self._force()
        if self._pager is not None:
            self._place((block, words, notes, marks))
        else:
            self._stretch.append((block, words, notes, marks))
            self._bound += block.bound(words)
            for note, text in notes:
                self._bound += note.bound(text) + self._separator
        if block.ends:
            self._section_over = True

    def _enter_section(self, number: int) -> None:
        first = self._section < 0
        section = self._sections[number]
        if not first and section["kind"] != "continuous":
            self._force()
        self._section, self._section_over = number, False
        self._capacity = float(section["height"])
        if section["start"] is not None and (first or section["kind"] != "continuous"):
            self.numbering.append((self.page, section["start"]))

    def _force(self) -> None:
        """Begin a page, unless nothing stands on this one yet."""
        begun = self._bound > 0 or self._pager is not None
        self._settle()
        if begun:
            self.page += 1
        self._start = self._bound = 0.0

    def settle(self) -> None:
        """Give all marks so far their pages; ``last_height`` is then the height used on the last page (at most)."""
        self.follow()
        self._settle()

    def _settle(self) -> None:
        self.last_height = self._bound
        if self._pager is None and self._bound > self._capacity:
            self._measure()
        if self._pager is not None:
            self._pager.flush()
            self.page, self.last_height = self._pager.page, self._pager.used
            self._pager = None
        else:
            for *_, marks in self._stretch:
                for mark in marks:
                    mark.page = self.page
        self._stretch.clear()

    def _measure(self) -> None:
        self._pager = Pager(self._capacity, self._separator, self._adds, self.page, self._start)
        stretch, self._stretch = self._stretch, []
        for taken in stretch:
            self._place(taken)

    def _place(self, taken: _Taken) -> None:
        assert self._pager is not None
        block, words, referred, marks = taken
        notes = sum(note.exact(text) for note, text in referred) if referred else 0.0
        self._pager.add(block.item(words, notes), marks)
