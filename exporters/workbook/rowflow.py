"""Rows on their way from a sheet's program into the package."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from jinja2 import pass_context

from exporters.package import DeflateSegment, Segment
from exporters.workbook import markup
from exporters.workbook.cellbody import Bodies
from exporters.workbook.rowformulas import FormulaWriter, RowContext
from exporters.workbook.rowwriter import UnitWriter
from exporters.workbook.state import Book, WrittenSheet

Meta = dict[str, Any]
COPY = "\n"
_MARK = markup.MARK.encode()
_LATE = re.compile(f"{markup.MARK}{markup.DEFERRED}([0-9]+){markup.END}".encode())


class RowFlow:
    """The filters that a sheet's program calls for its rows, and the place in the sheet where it is."""

    def __init__(
        self,
        sheet: Meta,
        book: Book,
        copies: Sequence[WrittenSheet],
        bodies: Bodies,
        late: Callable[[FormulaWriter, RowContext, int], str],
    ) -> None:
        self._sheet, self._book, self._bodies, self._deferred = sheet, book, bodies, late
        self._copies = iter(copies)
        self._writers: dict[int, UnitWriter] = {}
        self._copy: WrittenSheet
        self._row = 1
        self._blanks: dict[int, int] = {}
        self._finished: deque[bytes] = deque()
        self.marked = any(
            formula["deferred"] for row in sheet["rows"] if row is not None for formula in row["formulas"]
        )

    def take(self, count: int) -> Iterator[bytes]:
        """Yield the next finished rows, which go beside the program's own text: they are most of a sheet."""
        for _ in range(count):
            yield self._finished.popleft()

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"_begin": self._begin(), "_row": self._write(), "_rows": self._still(), "_end": self._finish()}

    def _begin(self) -> Callable[..., Any]:
        @pass_context
        def begin(_context: Any, _: Any) -> str:
            self._copy = next(self._copies)
            self._writers = {}
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

    def _writer(self, unit: int) -> UnitWriter:
        found = self._writers.get(unit)
        if found is None:
            record = self._sheet["rows"][unit]
            found = UnitWriter(record, self._book, self._copy, self._bodies, self._sheet["stored"], self._deferred)
            self._writers[unit] = found
        return found

    def _write(self) -> Callable[..., Any]:
        @pass_context
        def write(_context: Any, values: Sequence[Any], unit: int) -> str:
            blank = self._blank() if self._blanks else b""
            row = self._row
            self._row = row + 1
            writer = self._writers.get(unit) or self._writer(unit)
            finished = writer.write(values, row)
            self._finished.append(blank + finished if blank else finished)
            return markup.ROW

        return write

    def _still(self) -> Callable[..., Any]:
        @pass_context
        def still(_context: Any, _: Any, first: int, last: int) -> str:
            pieces: list[bytes] = []
            for unit in range(first, last + 1):
                pieces.append(self._blank())
                if self._sheet["rows"][unit] is None:
                    self._skip(self._sheet["heights"][unit])
                else:
                    pieces.append(self._writer(unit).write((), self._row))
                    self._row += 1
            self._finished.append(b"".join(pieces))
            return markup.ROW

        return still

    def _finish(self) -> Callable[..., Any]:
        @pass_context
        def finish(_context: Any, _: Any) -> str:
            self._finished.append(self._blank())
            return markup.ROW

        return finish

    def _blank(self) -> bytes:
        """Return the empty rows that stand here in place of repeated rows without data."""
        pieces: list[bytes] = []
        while self._row in self._blanks:
            unit = self._blanks[self._row]
            record = self._sheet["rows"][unit]
            if record is not None:
                pieces.append(record["blank"].replace(markup.ROW, str(self._row)).encode())
            self._skip(self._sheet["heights"][unit])
        return b"".join(pieces)

    def _skip(self, height: int) -> None:
        self._row += height
        for values in self._copy.columns.values():
            values.extend([None] * height)


class Sink:
    """A sheet's text on its way into the package. Where values are waited for, it stands open.

    A sheet that waits for many values keeps its text; one that waits for a few is deflated in stretches.
    """

    def __init__(self, held: bool) -> None:
        self._keeps_text = held
        self._parts: list[DeflateSegment | Segment | bytes | int] = []

    @property
    def waits(self) -> bool:
        return self._keeps_text or any(isinstance(part, int) for part in self._parts)

    def write(self, text: str) -> None:
        """Add what surrounds the rows."""
        self._add(text.encode())

    def write_rows(self, rows: bytes, marked: bool) -> None:
        """Add rows; *marked* ones may hold marks of values that are not known yet."""
        if not marked or _MARK not in rows:
            self._add(rows)
            return
        last = 0
        for found in _LATE.finditer(rows):
            self._add(rows[last : found.start()])
            if self._parts and isinstance(self._parts[-1], DeflateSegment):
                # A sealed segment gives back its compressor's memory, a quarter of a megabyte.
                self._parts[-1] = self._parts[-1].seal()
            self._parts.append(int(found[1]))
            last = found.end()
        self._add(rows[last:])

    def _add(self, text: bytes) -> None:
        if not text:
            return
        if self._keeps_text:
            self._parts.append(text)
            return
        if not self._parts or not isinstance(self._parts[-1], DeflateSegment):
            self._parts.append(DeflateSegment())
        segment = self._parts[-1]
        assert isinstance(segment, DeflateSegment)
        segment.write(text)

    def finished(self, late_body: Callable[[int], str]) -> list[Segment | DeflateSegment]:
        """Return the whole sheet as segments."""
        found: list[Segment | DeflateSegment] = []
        open_text: DeflateSegment | None = None
        for part in self._parts:
            if isinstance(part, DeflateSegment | Segment):
                if open_text is not None:
                    found[-1] = open_text.seal()
                found.append(part)
                open_text = None
                continue
            if open_text is None:
                open_text = DeflateSegment()
                found.append(open_text)
            open_text.write(late_body(part).encode() if isinstance(part, int) else part)
        return found
