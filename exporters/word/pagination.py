"""From heights to pages: what an editor's layout does with paragraphs, table rows and footnotes, and no more.

Lengths are points. Pages count from 0 at the first block; :class:`Pager` knows nothing of templates or text.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import force_setattr

_TOLERANCE = 0.01
_WIDOW_LINES = 2


class Placed(Protocol):
    """What is told its page."""

    page: int


class Item(Struct, frozen=True):
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
    text: float = 0.0
    """The height of its lines alone."""
    behind: float = 0.0
    """The room behind its lines, which need not fit on the page."""
    height: float = 0.0
    least: float = 0.0
    """The height that must fit on a page before the block may begin there."""
    least_notes: float = 0.0
    """The height of its footnotes on the page where it begins: none where its last line can stand on the next."""
    plain: bool = False
    """Whether it is a row that takes room below the one above, and no more."""

    def __post_init__(self) -> None:
        text = self.lines * self.line
        least = self._least(text)
        for name, value in (
            ("text", text),
            ("behind", self.borders + self.after),
            ("height", text + self.borders),
            ("least", least),
            ("least_notes", self.notes if least >= text else 0.0),
        ):
            force_setattr(self, name, value)
        plain = self.table >= 0 and not (self.head or self.notes or self.before or self.behind or self.style)
        force_setattr(self, "plain", plain)

    def _least(self, text: float) -> float:
        if self.table >= 0 or self.keep_lines:
            return text + self.borders
        needed = _WIDOW_LINES if self.widow else 1
        if self.widow and self.lines <= _WIDOW_LINES + 1:
            needed = self.lines
        return min(self.lines, needed) * self.line


_State = tuple[float, float, float, str, int, float, float, bool]
"""What a pager knows of the page beside its number; see the attributes of :class:`Pager` from ``used`` on."""


class Pager(Struct):
    """Puts items on pages of one height. ``separator`` is the room that a page's footnotes need beyond their own.

    Items wait until :meth:`place` is called; what it puts on pages is laid out as far as it fits, and looked at closely
    where a page ends only.
    """

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
    _at_start: bool = True
    """Space before the first paragraph counts on a page that was begun by force, and on the first one."""
    waiting: list[tuple[Item, Sequence[Placed]]] = field(default_factory=list)
    """The next items, each with the marks that are told the page on which it begins."""

    def place(self, *, last: bool = False) -> None:
        """Put on pages what waits. What must be kept with the next goes on waiting for it, unless it is the *last*."""
        waiting = self.waiting
        at = judged = 0
        while True:
            at, begun, before = self._fill(at, judged)
            if at == len(waiting):
                if begun < at and not last:
                    self._restore(before)
                    at = begun
                break
            item, marks = waiting[at]
            if at >= judged and (begun < at or item.keep_next):
                judged = self._end_of_chain(at)
                if judged > len(waiting) and not last:
                    self._restore(before)
                    at = begun
                    break
                if self._leaves(begun, at, judged, before):
                    self._restore(before)
                    self._turn_for(waiting[begun][0])
                    at = begun
                    continue
            page = self._row(item) if item.table >= 0 else self._paragraph(item)
            for mark in marks:
                mark.page = page
            at += 1
        del waiting[:at]

    def begin_page(self, capacity: float) -> None:
        """Begin a page of that height by force, unless nothing stands on this one yet."""
        self.place(last=True)
        if self.used > 0:
            self._end_table()
            self._turn()
            self._at_start = True
        self.capacity = capacity

    def _fill(self, at: int, judged: int) -> tuple[int, int, _State]:
        """Place the items from *at* on that fit whole on this page, and return which one is the first that does not.

        Also return where its chain of items kept together begins, and what was known there: the page may have to end
        before it. Chains that begin before *judged* may be broken.
        """
        page, separator, adds, is_first = self.page, self.separator, self.adds, self._at_start
        before = used, notes, after, style, table, heads, below, in_head = self._state()
        room = self._room(0.0)
        begun = -1
        for item, marks in islice(self.waiting, at, None):
            if item.keep_next and begun < 0 and at >= judged:
                begun, before = at, (used, notes, after, style, table, heads, below, in_head)
            if item.plain and item.table == table:
                in_head, end = False, used + item.text
                if end > room:
                    break
                used = end
            else:
                if item.table != table or (item.head and not in_head):
                    # A head after other rows: the same table of the template again, in the next turn of a loop.
                    used += below
                    table, heads, below = item.table, 0.0, item.below
                in_head = item.head
                end = used + item.text
                if used > 0 or is_first:
                    if item.style and item.style == style:
                        end -= after
                    elif adds:
                        end += item.before
                    elif item.before > after:
                        end += item.before - after
                left = room
                if item.notes:
                    left -= item.notes if notes else item.notes + separator
                if end > left:
                    break
                if in_head:
                    heads += item.height
                used, room, notes = end + item.behind, left, notes + item.notes
                after, style = item.after, item.style
            for mark in marks:
                mark.page = page
            at += 1
            if not item.keep_next:
                begun = -1
        now = used, notes, after, style, table, heads, below, in_head
        self._restore(now)
        return (at, at, now) if begun < 0 else (at, begun, before)

    def _state(self) -> _State:
        return (
            self.used, self.notes, self._after, self._style, self._table, self._heads, self._below, self._in_head,
        )  # fmt: skip

    def _restore(self, state: _State) -> None:
        (
            self.used, self.notes, self._after, self._style, self._table, self._heads, self._below, self._in_head,
        ) = state  # fmt: skip

    def _end_of_chain(self, at: int) -> int:
        """Return what is behind the item that the one *at* is kept together with; it need not be there yet."""
        waiting = self.waiting
        while at < len(waiting) and waiting[at][0].keep_next:
            at += 1
        return at + 1

    def _leaves(self, begun: int, at: int, end: int, before: _State) -> bool:
        """Return whether a chain whose item *at* does not fit whole goes to the next page.

        It stays where its last item can at least begin, or where it is higher than a page.
        """
        if before[0] <= 0 or (at + 1 >= end and self._can_begin(self.waiting[at][0])):
            return False
        return sum(item.height for item, _ in self.waiting[begun:end]) <= self.capacity

    def _turn_for(self, first: Item) -> None:
        """Begin a page with a chain."""
        if first.table != self._table:
            self._end_table()
        self._turn()
        if first.table == self._table and not first.head:
            self.used += self._heads

    def _gap(self, item: Item) -> float:
        if self.used <= 0 and not self._at_start:
            return 0.0
        if item.style and item.style == self._style:
            return -self._after
        return item.before if self.adds else max(item.before - self._after, 0.0)

    def _room(self, notes: float) -> float:
        total = self.notes + notes
        return self.capacity + _TOLERANCE - (total + self.separator if total else 0.0)

    def _can_begin(self, item: Item) -> bool:
        return self.used + self._gap(item) + item.least <= self._room(item.least_notes)

    def _turn(self) -> None:
        if self.used <= 0:
            return
        self.page += 1
        self.used = self.notes = self._after = 0.0
        self._style = ""
        self._at_start = False

    def _paragraph(self, item: Item) -> int:
        """Place a paragraph that does not fit whole."""
        if self.used > 0 and not self._can_begin(item):
            self._turn()
        start = self.page
        self.used += self._gap(item)
        self._lines(item)
        self.used += item.behind
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
        """Place a row that does not fit."""
        if self.used > 0:
            self._turn()
            self.used += self._heads
        start = self.page
        if item.head:
            self._heads += item.height
        self.used += item.height
        self.notes += item.notes
        self._after, self._style = 0.0, ""
        return start
