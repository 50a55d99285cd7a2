"""Rows on their way from a sheet's program into the package: gathered, and written many of a kind at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from jinja2 import pass_context
from msgspec import Struct, field

from exporters.workbook import markup
from exporters.workbook.cellbody import Bodies
from exporters.workbook.rowcells import Late
from exporters.workbook.rowmarks import marked
from exporters.workbook.rowwriter import Kind, Stretch, UnitWriter
from exporters.workbook.sink import Sink
from exporters.workbook.state import Book, WrittenSheet

Meta = dict[str, Any]
COPY = "\n"
_MOST_KINDS = 512
ENOUGH = 512
"""So many rows are written at once: more fill the memory, and gain nothing."""


class _Waiting(Struct):
    """Rows of one unit that wait to be written: their places among all that wait, their numbers, the values given."""

    writer: UnitWriter
    looks: frozenset[int]
    places: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    given: list[Sequence[Any]] = field(default_factory=list)
    kinds: list[Kind | None] = field(default_factory=list)

    def write(self, marks: Mapping[int, str]) -> Iterator[Stretch]:
        return self.writer.write(self.numbers, self.given, self.kinds, marks)


class RowFlow:
    """The filters that a sheet's program calls for its rows, and the place in the sheet where it is.

    In the program's own text each row is a mark; the rows, which are most of a sheet, go beside it.
    """

    def __init__(self, sheet: Meta, book: Book, copies: Sequence[WrittenSheet], bodies: Bodies, late: Late) -> None:
        self._sheet, self._book, self._bodies, self._deferred = sheet, book, bodies, late
        self._copies = iter(copies)
        self._writers: dict[int, UnitWriter] = {}
        self._looks: dict[int, frozenset[int]] = {}
        self._copy: WrittenSheet
        self._row = 1
        self._blanks: dict[int, int] = {}
        self._kinds: dict[tuple[int, object], Kind] = {}
        self._kind: Kind | None = None
        self._waiting: dict[int, _Waiting] = {}
        self._texts: list[tuple[int, bytes, int]] = []
        self._count = 0
        self._finished: deque[bytes] = deque()
        self._due = 0
        self._marked = any(
            formula["deferred"] for row in sheet["rows"] if row is not None for formula in row["formulas"]
        )

    # --- what the program asks for -------------------------------------------------------------------------------

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "_begin": self._begin(),
            "_unlike": self._unlike(),
            "_alike": self._alike(),
            "_row": self._write(),
            "_rows": self._still(),
            "_end": self._finish(),
        }

    def _begin(self) -> Callable[..., Any]:
        @pass_context
        def begin(_context: Any, _: Any) -> str:
            self._flush()
            self._copy = next(self._copies)
            self._forget()
            self._row = 1
            self._blanks = {}
            row = 1
            heights = self._sheet["heights"]
            if min(self._copy.layout.order, default=0) < 0:
                for unit in self._copy.layout.order:
                    if unit < 0:
                        self._blanks[row] = ~unit
                    row += heights[unit if unit >= 0 else ~unit]
            return COPY

        return begin

    def _unlike(self) -> Callable[..., Any]:
        @pass_context
        def unlike(_context: Any, record: Any, unit: int) -> bool:
            common = getattr(record, "_common", None)
            self._kind = self._kinds.get((unit, common))
            if self._kind is not None:
                return False
            self._kind = Kind(common is not None)
            if self._kind.known:
                if len(self._kinds) >= _MOST_KINDS:
                    self._kinds.clear()
                self._kinds[unit, common] = self._kind
            return True

        return unlike

    def _alike(self) -> Callable[..., Any]:
        @pass_context
        def alike(_context: Any, values: Sequence[Any]) -> str:
            assert self._kind is not None
            self._kind.given = values
            return ""

        return alike

    def _write(self) -> Callable[..., Any]:
        @pass_context
        def write(_context: Any, values: Sequence[Any], unit: int) -> str:
            marks = self._blank() if self._blanks else ""
            self._add(unit, values)
            return marks + markup.ROW

        return write

    def _still(self) -> Callable[..., Any]:
        @pass_context
        def still(_context: Any, _: Any, first: int, last: int) -> str:
            marks = ""
            for unit in range(first, last + 1):
                marks += self._blank()
                if self._sheet["rows"][unit] is None:
                    marks += self._text(self._gap(self._sheet["heights"][unit]), self._sheet["heights"][unit])
                else:
                    self._add(unit, ())
                    marks += markup.ROW
            return marks

        return still

    def _finish(self) -> Callable[..., Any]:
        @pass_context
        def finish(_context: Any, _: Any) -> str:
            return self._blank()

        return finish

    # --- rows that wait ------------------------------------------------------------------------------------------

    def _add(self, unit: int, given: Sequence[Any]) -> None:
        waiting = self._waiting.get(unit)
        if waiting is None or (waiting.looks and not waiting.looks.isdisjoint(self._waiting)):
            waiting = self._opened(unit)
        waiting.places.append(self._count)
        waiting.numbers.append(self._row)
        kind = self._kind
        if kind is None:
            waiting.given.append(given)
        else:
            waiting.given.append((*given, *kind.given))
            waiting.kinds.append(kind if kind.known else None)
            self._kind = None
        self._count += 1
        self._row += 1

    def _opened(self, unit: int) -> _Waiting:
        """Return what gathers rows of a unit, once all that its formulas look at is written."""
        looks = self._looks.get(unit)
        if looks is None:
            looks = self._looks[unit] = self._looked_at(unit)
        if not looks.isdisjoint(self._waiting):
            self._flush()
        waiting = self._waiting[unit] = _Waiting(self._writer(unit), looks)
        return waiting

    def _text(self, text: bytes, height: int) -> str:
        """Add rows that are text already."""
        self._texts.append((self._count, text, height))
        self._count += 1
        self._row += height
        return markup.ROW

    def _gap(self, height: int) -> bytes:
        """Return rows without content: they are there only where they bear marks."""
        marks = self._copy.marks
        numbers = range(self._row, self._row + height) if self._row in marks else ()
        return b"".join(b'<row r="%d"%b/>' % (number, marked(marks[number])) for number in numbers)

    def _blank(self) -> str:
        """Add the empty rows that stand here in place of repeated rows without data."""
        marks = ""
        while self._row in self._blanks:
            unit = self._blanks[self._row]
            record = self._sheet["rows"][unit]
            text = record["blank"] if record is not None else ""
            if self._row in self._copy.marks:
                text = text.replace(
                    f'"{markup.ROW}"', f'"{markup.ROW}"{marked(self._copy.marks[self._row]).decode()}', 1
                )
            text = text.replace(markup.ROW, str(self._row))
            marks += self._text(text.encode(), self._sheet["heights"][unit])
        return marks

    def _writer(self, unit: int) -> UnitWriter:
        found = self._writers.get(unit)
        if found is None:
            record = self._sheet["rows"][unit]
            found = UnitWriter(record, self._book, self._copy, self._bodies, self._sheet["stored"], self._deferred)
            self._writers[unit] = found
        return found

    def _looked_at(self, unit: int) -> frozenset[int]:
        """Return the units of this sheet whose rows must be finished before formulas of *unit* are worked out."""
        found: set[int] = set()
        for formula in self._sheet["rows"][unit]["formulas"]:
            links = [self._book.links[number] for number in formula["references"] if number >= 0]
            for link in links if not formula["deferred"] else ():
                if link.way != "own" and link.sheet in {-1, self._copy.index}:
                    found.update(self._copy.layout.units(link.top, link.bottom))
        return frozenset(found)

    def _flush(self) -> None:
        """Write all rows that wait."""
        if not self._count:
            return
        columns: list[list[Any]] = [[] for _ in self._sheet["stored"]]
        rows: list[bytes] = []
        places: list[int] = []
        for waiting in self._waiting.values():
            for which, made, values in waiting.write(self._copy.marks):
                places += [waiting.places[at] for at in which]
                rows += made
                for column, found in zip(columns, values, strict=True):
                    column += found
        where = [0] * self._count
        for at, place in enumerate(places):
            where[place] = at
        heights = dict.fromkeys(where, 1)
        for place, text, height in self._texts:
            where[place] = at = len(rows)
            rows.append(text)
            for column in columns:
                column.append(None)
            heights[at] = height
        self._finished += [rows[at] for at in where]
        if self._texts:
            where = [at for at in where for _ in range(heights[at])]
        for number, column in zip(self._sheet["stored"], columns, strict=True):
            self._copy.columns[number] += [column[at] for at in where]
        self._waiting, self._texts, self._count = {}, [], 0

    # --- into the package ----------------------------------------------------------------------------------------

    def pass_on(self, text: str, sink: Sink, fill: Callable[[str], str]) -> None:
        """Write a stretch of the program's text, and for each mark in it the next row.

        Rows at its end may wait for those that follow: the more are written at once, the better.
        """
        for number, piece in enumerate(text.split(markup.ROW)):
            self._due += bool(number)
            if piece:
                self.catch_up(sink)
                sink.write(fill(piece))
        if self._due >= ENOUGH:
            self.catch_up(sink)

    def catch_up(self, sink: Sink) -> None:
        """Write the rows whose marks have passed."""
        if self._due > len(self._finished):
            self._flush()
        if self._due:
            rows = b"".join([self._finished.popleft() for _ in range(self._due)])
            sink.write_rows(rows, self._marked)
        self._due = 0

    def close(self, sink: Sink) -> None:
        """Write the rows that are left of a sheet, and let go of what its formulas have looked up.

        The program holds on to its filters, and so to this, in a circle that nobody collects while rendering.
        """
        self.catch_up(sink)
        if not self._count:
            self._forget()

    def _forget(self) -> None:
        self._writers = {unit: writer for unit, writer in self._writers.items() if writer.anywhere}
