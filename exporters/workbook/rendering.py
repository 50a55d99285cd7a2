"""A compiled template and data -> a workbook, sheet after sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO

from exporters.binding.compiled import Compiled
from exporters.binding.scope import Scope
from exporters.collector import collector_paused
from exporters.errors import Fault, TemplateError
from exporters.package import Package, PackageWriter, zip_time
from exporters.package.xmltext import unescaped
from exporters.workbook import filters, markup
from exporters.workbook.bookparts import BookParts
from exporters.workbook.cellbody import Bodies, result_body
from exporters.workbook.filling import Filler
from exporters.workbook.formula.values import Scalar, UnknownError
from exporters.workbook.layout import Layout, read_order, with_blanks
from exporters.workbook.rowflow import COPY, RowFlow
from exporters.workbook.rowformulas import FormulaWriter, RowContext, deferred_mark
from exporters.workbook.rowmarks import Marks, record_of
from exporters.workbook.sheetnames import free_key, legal_name, record_ids
from exporters.workbook.sink import Sink
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
    """Write the workbook of *scope* to *out*."""
    with collector_paused(), PackageWriter(out, date_time=zip_time(epoch)) as writer:
        _Rendering(compiled, template, scope, writer).write(properties)


class _Rendering:
    def __init__(self, compiled: Compiled, template: Package, scope: Scope, writer: PackageWriter) -> None:
        self._compiled, self._template, self._writer = compiled, template, writer
        self._meta: Meta = compiled.meta
        self._names = scope.names()
        self._bodies = Bodies(self._meta["formats"], self._meta["date_1904"])
        self._late: list[tuple[FormulaWriter, RowContext, int]] = []
        self._held: dict[str, Sink] = {}
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

        def add(
            name: str,
            key: str | None,
            order: list[int],
            turns: dict[int, list[tuple[int, int]]],
            marks: dict[int, str],
        ) -> None:
            layout = Layout(order, turns, heights, starts, last, place)
            columns: dict[int, list[Any]] = {column: [] for column in sheet["stored"]}
            found.append(WrittenSheet(number, legal_name(name, taken), layout, sheet["part"], columns))
            found[-1].marks = marks
            found[-1].key = sheet["name"] if key is None else free_key(sheet["entry"].get("sheetId", ""), key, keys)

        keys: set[str] = set()

        if program is None:
            add(sheet["name"], None, with_blanks(list(range(len(heights))), sheet["needed"]), {}, {})
        else:
            needed = sheet["needed"], heights, dict(sheet["needed_in"])
            for name, key, text in _layouts(program.bind({"_turn": record_ids, "_of": record_of}).events(self._names)):
                add(name, key, *read_order(text, *needed, Marks(sheet["marked"], sheet["loops"])))
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
        rows = RowFlow(sheet, self._book, copies, self._bodies, self._defer)
        bound = program.bind({**filters.FILTERS, **rows.filters()})
        waiting: list[tuple[str, str, WrittenSheet, bool, str]] = []
        current, target = -1, ""
        sink: Sink | None = None
        pieces: list[str] = []
        for kind, text in bound.events(self._names):
            if kind == "open":
                target, pieces = text, []
                if text == "s":
                    sink = Sink(sheet["held"])
            elif kind == "close":
                host = copies[current]
                if target == "s" and sink is not None:
                    rows.close(sink)
                    self._close(host.part, sink)
                    sink = None
                else:
                    original, _, _, tagged = sheet["attached"][int(target[1:])]
                    name = self._parts.name_of(host, original)
                    waiting.append((name, "".join(pieces), host, tagged, original))
                target = ""
            elif sink is not None and target == "s":
                rows.pass_on(text, sink, partial(self._filler.fill, host=copies[current]))
            elif target:
                pieces.append(text)
            elif text:
                current += text.count(COPY)
        return waiting

    def _close(self, part: str, sink: Sink) -> None:
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


def _layouts(events: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str | None, str]]:
    """Yield (name, ids of the records that it is repeated for, order of units) of each sheet that a layout program
    gives; no ids for a sheet that always comes once."""
    texts: dict[str, list[str]] = {}
    part = ""

    def whole() -> tuple[str, str | None, str]:
        key = unescaped("".join(texts["k"])) if "k" in texts else None
        return unescaped("".join(texts["n"])), key, "".join(texts.get("", ()))

    for kind, text in events:
        if kind == "open":
            if text == "n" and texts:
                yield whole()
                texts = {}
            part = text
            texts[part] = []
        elif kind == "close":
            part = ""
        else:
            texts.setdefault(part, []).append(text)
    if texts:
        yield whole()


def _keep_constants(sheet: WrittenSheet, record: Meta) -> None:
    """Note the values of a sheet that is carried over as it is, for the formulas that read them."""
    for column, values in sheet.columns.items():
        for row, height in zip(record["rows"], record["heights"], strict=True):
            found = row["values"].get(str(column)) if row is not None else None
            constant = found[1] if found is not None and found[0] == "k" else None
            values += [constant, *[None] * (height - 1)]
