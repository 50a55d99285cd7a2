"""From heights to pages: what an editor's layout does with paragraphs, table rows and footnotes, and no more.

Lengths are points. Pages count from 0 at the first block; :class:`Pager` knows nothing of templates or text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

_TOLERANCE = 0.01
_WIDOW_LINES = 2


class Placed(Protocol):
    """What is told its page."""

    page: int


@dataclass(slots=True)
class Item:
    """A measured block. ``line`` is the height of each of its ``lines``; a row is one line that may not be split."""

    lines: int
    line: float
    before: float = 0.0
    after: float = 0.0
    keep_next: bool = False
    keep_lines: bool = False
    widow: bool = True
    table: int = -1
    """The number of the table that a row belongs to; -1 for a paragraph."""
    head: bool = False
    """Whether a row is repeated on each page that its table goes on."""
    borders: float = 0.0
    """The room that the rules of a paragraph take."""
    below: float = 0.0
    """The rule below the table of a row."""
    notes: float = 0.0
    """The height of the footnotes that it refers to."""
    style: str = ""
    """The style, where paragraphs of one style stand close together."""
    text: float = field(init=False)
    """The height of its lines alone."""
    height: float = field(init=False)
    least: float = field(init=False)
    """The height that must fit on a page before the block may begin there."""
    most: float = field(init=False)
    """More room than this it takes on no page."""
    least_notes: float = field(init=False)
    """The height of its footnotes on the page where it begins: none where its last line can stand on the next."""

    def __post_init__(self) -> None:
        self.text = self.lines * self.line
        self.height = self.text + self.borders
        self.least = self._least()
        self.most = self.before + self.height + self.after + self.below
        self.least_notes = self.notes if self.least >= self.text else 0.0

    def _least(self) -> float:
        if self.table >= 0 or self.keep_lines:
            return self.height
        needed = _WIDOW_LINES if self.widow else 1
        if self.widow and self.lines <= _WIDOW_LINES + 1:
            needed = self.lines
        return min(self.lines, needed) * self.line


@dataclass(slots=True)
class Pager:
    """Puts items on pages of one height. ``separator`` is the room that a page's footnotes need beyond their own."""

    capacity: float
    separator: float = 0.0
    adds: bool = False
    """Whether space after and space before add up; else the larger counts, as in HTML and in Word by default."""
    page: int = 0
    used: float = 0.0
    notes: float = 0.0
    _after: float = 0.0
    _style: str = ""
    _table: int = -1
    _heads: float = 0.0
    _below: float = 0.0
    _in_head: bool = False
    _waiting: list[tuple[Item, Sequence[Placed]]] = field(default_factory=list)
    _at_start: bool = True
    """Space before the first paragraph counts on the first page only."""

    def add(self, item: Item, marks: Sequence[Placed] = ()) -> None:
        """Take the next item; its *marks* are told the page on which it begins, now or when what follows is known."""
        if item.keep_next or self._waiting:
            self._waiting.append((item, marks))
            if not item.keep_next:
                self.flush()
            return
        page = self._row(item) if item.table >= 0 else self._paragraph(item)
        for mark in marks:
            mark.page = page

    def flush(self) -> None:
        """Place everything that still waits for what it must be kept with."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        first = waiting[0][0]
        if first.table != self._table:
            self._end_table()
        # What takes no more room than there is needs no closer look.
        most, notes = 0.0, self.separator
        for item, _ in waiting:
            most += item.most
            notes += item.notes
        if (
            len(waiting) > 1
            and self.used + most > self.capacity - self.notes - notes
            and not self._fits_together([item for item, _ in waiting])
        ):
            self._turn()
            if first.table == self._table and not first.head:
                self.used += self._heads
        for item, marks in waiting:
            page = self._row(item) if item.table >= 0 else self._paragraph(item)
            for mark in marks:
                mark.page = page

    def _gap(self, item: Item, after: float, style: str) -> float:
        if self.used <= 0 and not self._at_start:
            return 0.0
        if item.style and item.style == style:
            return -after
        return item.before if self.adds else max(item.before - after, 0.0)

    def _room(self, notes: float) -> float:
        total = self.notes + notes
        return self.capacity + _TOLERANCE - (total + self.separator if total else 0.0)

    def _fits_together(self, chain: list[Item]) -> bool:
        """Return whether a chain of blocks that stay together, up to the beginning of its last, fits the page."""
        if self.used <= 0:
            return True
        used, after, style = self.used, self._after, self._style
        notes, before = 0.0, chain[0]
        for item in chain[:-1]:
            used += self._gap(item, after, style) + item.height + item.after
            used += before.below if item.table != before.table else 0.0
            after, style, before = item.after, item.style, item
            notes += item.notes
        last = chain[-1]
        used += self._gap(last, after, style) + last.least + (before.below if last.table != before.table else 0.0)
        whole = sum(item.height for item in chain) > self.capacity
        return used <= self._room(notes + last.least_notes) or whole

    def _turn(self) -> None:
        if self.used <= 0:
            return
        self.page += 1
        self.used = self.notes = self._after = 0.0
        self._style = ""
        self._at_start = False

    def _paragraph(self, item: Item) -> int:
        if self._table >= 0:
            self._end_table()
        gap = self._gap(item, self._after, self._style)
        end = self.used + gap + item.text
        start = self.page
        if end <= self._room(item.notes):
            self.used = end + item.borders + item.after
            self.notes += item.notes
        else:
            if self.used > 0 and self.used + gap + item.least > self._room(item.least_notes):
                self._turn()
                gap = self._gap(item, 0.0, "")
            start = self.page
            self.used += gap
            self._lines(item)
            self.used += item.borders + item.after
        self._after, self._style = item.after, item.style
        return start

    def _lines(self, item: Item) -> None:
        left = item.lines
        while True:
            least = 1 if self.used <= 0 else 0
            if max(int((self._room(item.notes) - self.used) / item.line), least) >= left:
                # Footnotes stand on the page of the last line, as references mostly end a paragraph.
                self.used += left * item.line
                self.notes += item.notes
                return
            fit = max(min(int((self._room(0.0) - self.used) / item.line), left - 1), least)
            if item.widow and left - fit == 1 and fit > _WIDOW_LINES:
                fit -= 1
            left -= fit
            self.used += fit * item.line
            self.used = max(self.used, _TOLERANCE)
            self._turn()

    def _end_table(self) -> None:
        self.used += self._below
        self._table, self._heads, self._below = -1, 0.0, 0.0

    def _row(self, item: Item) -> int:
        if item.table != self._table:
            self._end_table()
            self._table, self._below = item.table, item.below
            self._in_head = item.head
        elif item.head and not self._in_head:
            # The same table of the template again, in the next turn of a loop.
            self._end_table()
            self._table, self._below = item.table, item.below
            self._in_head = True
        elif not item.head:
            self._in_head = False
        height = item.height
        if self.used > 0 and self.used + height > self._room(item.notes):
            self._turn()
            self.used += self._heads
        start = self.page
        if item.head and self._in_head:
            self._heads += height
        self.used += height
        self.notes += item.notes
        self._after, self._style = 0.0, ""
        return start
