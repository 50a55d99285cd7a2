"""A compiled template and data -> a workbook, sheet after sheet."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from jinja2 import pass_context

from exporters.binding.compiled import Compiled
from exporters.binding.scope import Scope
from exporters.errors import Fault, TemplateError
from exporters.package import DeflateSegment, Package, PackageWriter, Segment, zip_time
from exporters.workbook import filters, markup
from exporters.workbook.bookparts import BookParts
from exporters.workbook.cellbody import Bodies, result_body
from exporters.workbook.filling import Filler
from exporters.workbook.formula.values import Scalar, UnknownError
from exporters.workbook.layout import Layout, read_order, with_blanks
from exporters.workbook.rowwriter import FormulaWriter, RowContext, UnitWriter, deferred_mark
from exporters.workbook.sheetnames import legal_name
from exporters.workbook.state import Book, WrittenSheet

Meta = dict[str, Any]


def render(
    compiled: Compiled,
    template: Package,
    scope: Scope,
    out: BinaryIO,
    *,
    epoch: int | None = None,
    properties: Mapping[str, str] = {},
) -> None:
    """Write the workbook to *out*. *properties* go to the custom document properties."""
    with PackageWriter(out, date_time=zip_time(epoch)) as writer:
        _Rendering(compiled, template, scope, writer).write(properties)


class _Rendering:
    def __init__(self, compiled: Compiled, template: Package, scope: Scope, writer: PackageWriter) -> None:
        self._compiled, self._template, self._writer = compiled, template, writer
        self._meta: Meta = compiled.meta
        self._names = scope.names()
        self._bodies = Bodies(self._meta["formats"], self._meta["date_1904"])
        self._late: list[tuple[FormulaWriter, RowContext, int]] = []
        self._held: dict[str, _Sink] = {}
        taken: set[str] = set()
        written = [self._written(sheet, number, taken) for number, sheet in enumerate(self._meta["sheets"])]
        if not any(written):
            raise TemplateError(Fault("no-sheet", "no sheet is left: every {%sheet if %} is false"))
        self._book = Book(self._meta["links"], written)
        self._parts = BookParts(self._meta, template, self._book)
        self._filler = Filler(self._book, self._meta["records"], self._parts.table_number)

    # --- where everything goes -----------------------------------------------------------------------------------

    def _written(self, sheet: Meta, number: int, taken: set[str]) -> list[WrittenSheet]:
        """Return the sheets that come of one sheet of the template, with their layouts."""
        program = self._compiled.programs.get(f"layout:{number}")
        place = f"sheet {sheet['name']}"
        heights, starts, last = sheet["heights"], sheet["starts"], sheet["last"]
        found: list[WrittenSheet] = []

        def add(name: str, order: list[int], turns: dict[int, list[tuple[int, int]]]) -> None:
            layout = Layout(order, turns, heights, starts, last, place)
            columns: dict[int, list[Any]] = {column: [] for column in sheet["stored"]}
            found.append(WrittenSheet(number, legal_name(name, taken), layout, sheet["part"], columns))

        if program is None:
            add(sheet["name"], with_blanks(list(range(len(heights))), sheet["needed"]), {})
        else:
            for name, text in _layouts(program.bind({}).events(self._names)):
                add(name, *read_order(text, sheet["needed"], heights))
        if not sheet["changes"] and sheet["stored"]:
            for one in found:
                _keep_constants(one, sheet)
        return found

    # --- writing -------------------------------------------------------------------------------------------------

    def write(self, properties: Mapping[str, str]) -> None:
        parts = self._parts
        parts.write_head(self._writer, properties)
        texts: list[tuple[str, str, WrittenSheet, bool, str]] = []
        done: set[int] = set()
        for number in self._meta["order"]:
            texts += self._sheet(number)
            done.add(number)
            self._forget(done)
        for name, sink in self._held.items():
            self._writer.add_segments(name, sink.finished(self._late_body))
        for name, text, host, tagged, original in texts:
            if not tagged and name == original and self._filler.unchanged(text, host):
                self._writer.add_raw(self._template.raw(original))
            else:
                self._writer.add(name, self._filler.fill(text, host).encode())
        self._book_parts()
        parts.write_rest(self._writer, self._bodies.twins)

    def _forget(self, done: set[int]) -> None:
        """Let go of what no sheet asks for any more: look-ups, and the values of columns whose readers are written."""
        for number, (sheet, copies) in enumerate(zip(self._meta["sheets"], self._book.sheets, strict=True)):
            for copy in copies:
                copy.areas.clear()
                if number in done:
                    for column, readers in zip(sheet["stored"], sheet["readers"], strict=True):
                        if done.issuperset(readers):
                            copy.columns[column] = []

    def _sheet(self, number: int) -> list[tuple[str, str, WrittenSheet, bool, str]]:
        """Write what comes of one sheet of the template; return its other parts, which wait for all values."""
        sheet = self._meta["sheets"][number]
        program = self._compiled.programs.get(f"sheet:{number}")
        copies = self._book.sheets[number]
        if program is None:
            return []
        rows = _Rows(sheet, self._book, copies, self._bodies, self._defer)
        bound = program.bind({**filters.FILTERS, **rows.filters()})
        waiting: list[tuple[str, str, WrittenSheet, bool, str]] = []
        current, target = -1, ""
        sink: _Sink | None = None
        pieces: list[str] = []
        for kind, text in bound.events(self._names):
            if kind == "open":
                target, pieces = text, []
                if text == "s":
                    sink = _Sink(sheet["held"])
            elif kind == "close":
                host = copies[current]
                if target == "s" and sink is not None:
                    self._close(host.part, sink)
                    sink = None
                else:
                    original, _, _, tagged = sheet["attached"][int(target[1:])]
                    name = self._parts.name_of(host, original)
                    waiting.append((name, "".join(pieces), host, tagged, original))
                target = ""
            elif sink is not None and target == "s":
                self._fill(text, rows, sink, copies[current])
            elif target:
                pieces.append(text)
            elif text:
                current += text.count(_COPY)
        return waiting

    def _fill(self, text: str, rows: _Rows, sink: _Sink, host: WrittenSheet) -> None:
        """Write a stretch of a sheet: what surrounds the rows, and for each ``ROW`` in it the next finished row."""
        around = text.split(markup.ROW)
        for number, piece in enumerate(around):
            if piece:
                sink.write(self._filler.fill(piece, host) if markup.MARK in piece else piece)
            if number + 1 < len(around):
                following = number + 1
                if piece or not number:
                    # Rows come in long runs; each run is written as one.
                    while following + 1 < len(around) and not around[following]:
                        following += 1
                    sink.write_rows(b"".join(rows.take(following - number)), rows.marked)

    def _close(self, part: str, sink: _Sink) -> None:
        if sink.waits:
            self._held[part] = sink
        else:
            self._writer.add_segments(part, sink.finished(self._late_body))

    def _defer(self, formula: FormulaWriter, context: RowContext, number: int) -> str:
        self._late.append((formula, context, number))
        return deferred_mark(len(self._late) - 1)

    def _late_body(self, number: int) -> str:
        formula, context, place = self._late[number]
        value: Scalar = None
        try:
            value = context.result(place)
        except UnknownError:
            value = None
        return result_body(value, formula.element(context)).replace(markup.ROW, str(context.row))

    def _book_parts(self) -> None:
        program = self._compiled.programs["book"]
        texts: dict[str, list[str]] = {}
        target = ""
        for kind, text in program.bind(filters.FILTERS).events(self._names):
            if kind == "open":
                target = text
                texts[target] = []
            elif kind == "text" and target:
                texts[target].append(text)
            elif kind == "close":
                target = ""
        joined = {name: "".join(pieces) for name, pieces in texts.items()}
        names = [joined[f"w{number}"] for number in range(len(self._meta["records"].get("w", [])))]
        self._parts.write_book(self._writer, joined.pop("book"), names, self._filler)
        for name, text in joined.items():
            if not name.startswith("w"):
                self._writer.add(name, text.encode())


_COPY = "\n"
_MARK = markup.MARK.encode()
_LATE = re.compile(f"{markup.MARK}{markup.DEFERRED}([0-9]+){markup.END}".encode())


def _layouts(events: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (name, order of units) of each sheet that a layout program gives."""
    import html

    name: list[str] | None = None
    order: list[str] = []
    inside = False
    for kind, text in events:
        if kind == "open":
            if name is not None:
                yield html.unescape("".join(name)), "".join(order)
            name, order, inside = [], [], True
        elif kind == "close":
            inside = False
        elif inside:
            assert name is not None
            name.append(text)
        else:
            order.append(text)
    if name is not None:
        yield html.unescape("".join(name)), "".join(order)


def _keep_constants(sheet: WrittenSheet, record: Meta) -> None:
    """Note the values of a sheet that is carried over as it is, for the formulas that read them."""
    for column, values in sheet.columns.items():
        for row, height in zip(record["rows"], record["heights"], strict=True):
            found = row["values"].get(str(column)) if row is not None else None
            constant = found[1] if found is not None and found[0] == "k" else None
            values += [constant, *[None] * (height - 1)]


class _Rows:
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
            return _COPY

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


class _Sink:
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
