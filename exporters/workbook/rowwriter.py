"""Rows of one written sheet: values and formulas -> XML, and what other formulas will read of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exporters.workbook import markup
from exporters.workbook.cellbody import Bodies, mixed_body, plain_text, result_body, xstring
from exporters.workbook.cellbody import escape as escape_text
from exporters.workbook.formula.evaluate import Node, build, result
from exporters.workbook.formula.values import Scalar, UnknownError
from exporters.workbook.formula.values import text as as_text
from exporters.workbook.heights import MAX_HEIGHT, text_lines
from exporters.workbook.markup import ROW
from exporters.workbook.state import Book, Later, Source, WrittenSheet


class RowContext:
    """One row while its formulas are worked out."""

    __slots__ = ("column", "formulas", "results", "row", "values")

    def __init__(self, row: int, values: Sequence[Any], formulas: Sequence[FormulaWriter]) -> None:
        self.row, self.values, self.formulas = row, values, formulas
        self.column = 0
        self.results: list[Later | None] = [None] * len(formulas)

    def result(self, number: int) -> Scalar:
        """Return the value of the row's formula *number*, worked out at first use."""
        found = self.results[number]
        if found is None:
            found = self.results[number] = Later(lambda: self.work_out(number))
        return found.value()

    def work_out(self, number: int) -> Scalar:
        column, self.column = self.column, self.formulas[number].column
        try:
            return result(self.formulas[number].node, self)
        finally:
            self.column = column


def _unknown(_: Any) -> Scalar:
    raise UnknownError


class FormulaWriter:
    """A formula of a template row, for one written sheet."""

    __slots__ = ("_bodies", "_book", "_host", "_pieces", "_start", "_text", "column", "deferred", "node")

    def __init__(
        self, record: dict[str, Any], book: Book, host: WrittenSheet, sources: dict[int, Source], bodies: Bodies
    ) -> None:
        self.column: int = record["column"]
        self.deferred: bool = record["deferred"]
        self._book, self._host, self._bodies = book, host, bodies
        self._start: str = record["f"]
        # References that every instance has alike are text from now on.
        self._pieces: list[Any] = [
            escape_text(book.text(piece, host, 0))
            if isinstance(piece, int) and book.links[piece].way != "loop"
            else piece
            for piece in record["pieces"]
        ]
        constant = all(isinstance(piece, str) for piece in self._pieces)
        self._text = f"{self._start}{''.join(self._pieces)}</f>" if constant else ""
        self.node: Node = _unknown
        if record["tree"][0] != "?":
            references = [book.node(number, host, sources) for number in record["references"]]
            try:
                self.node = build(record["tree"], references, _slot(bodies))
            except UnknownError:
                self.node = _unknown

    def element(self, context: RowContext) -> str:
        """Return the formula's ``f`` element in a row."""
        if self._text:
            return self._text
        pieces: list[str] = []
        for piece in self._pieces:
            if isinstance(piece, str):
                pieces.append(piece)
            elif isinstance(piece, int):
                pieces.append(escape_text(self._book.text(piece, self._host, context.row)))
            else:
                shown = as_text(self._bodies.seen(context.values[piece[1]])).replace('"', '""')
                pieces.append(escape_text(xstring(shown)))
        return f"{self._start}{''.join(pieces)}</f>"


def _slot(bodies: Bodies) -> Callable[[int], Node]:
    def at(number: int) -> Node:
        return lambda context: bodies.seen(context.values[number])

    return at


class UnitWriter:
    """Writes one unit of rows. ``record`` is what ``emitting.unit_record`` noted."""

    __slots__ = ("_bodies", "_cells", "_keep", "_late", "_open", "_wraps", "blank", "formulas")

    def __init__(
        self,
        record: dict[str, Any],
        book: Book,
        host: WrittenSheet,
        bodies: Bodies,
        stored: Sequence[int],
        late: Callable[[FormulaWriter, RowContext, int], str],
    ) -> None:
        self._bodies, self._late = bodies, late
        self._open: str = record["open"]
        self._wraps: list[list[float]] = record["wraps"]
        self.blank: str = record["blank"]
        sources = {int(column): _source(value, bodies) for column, value in record["values"].items()}
        self.formulas = [FormulaWriter(one, book, host, sources, bodies) for one in record["formulas"]]
        # Each cell: text before the value, slot, kind, style, format of its characters, known bodies.
        self._cells: list[tuple[str, int, str, str, str, dict[str, str]]] = []
        for cell in record["cells"]:
            kind, opening = cell[0], cell[1]
            if kind == "x":
                self._cells.append((opening, 0, "x", "", "", {}))
            elif kind == "v":
                self._cells.append((opening, cell[2], "v", cell[3], cell[4], {}))
            else:
                self._cells.append((opening, cell[2], kind, "", "", {}))
        self._keep = [
            (host.columns[column].append, _kept(record["values"].get(str(column)), bodies)) for column in stored
        ]

    def write(self, values: Sequence[Any], number: int) -> str:
        """Return the row's XML at row *number*, and keep what formulas read of it."""
        pieces = [self._open]
        add = pieces.append
        formulas = self.formulas
        context = RowContext(number, values, formulas) if formulas else None
        bodies = self._bodies
        for opening, slot, kind, style, run, known in self._cells:
            if kind == "v":
                value = values[slot]
                if type(value) is str and (body := known.get(value)) is not None:
                    add(opening)
                    add(body)
                else:
                    add(bodies.cell(opening, style, run, value, known))
            elif kind == "x":
                add(opening)
            elif kind == "f":
                assert context is not None
                add(opening)
                add(self._formula(slot, context))
            else:
                add(opening)
                add(mixed_body(str(values[slot]), kind == "r"))
        add("</row>")
        if self._wraps:
            height = self._height(values)
            if height:
                pieces[0] = f'{self._open[:-1]} ht="{height:g}">'
        for keep, source in self._keep:
            keep(source(values, context))
        return "".join(pieces).replace(ROW, str(number))

    def _height(self, values: Sequence[Any]) -> float:
        """Return the height that the row's wrapped texts need; 0 where one line is enough."""
        height = 0.0
        for slot, capacity, points in self._wraps:
            value = values[int(slot)]
            # Most texts are short: bytes in UTF-8 are at most three for each two digits of width.
            if isinstance(value, str) and (len(value) * 2 > capacity or "\n" in value):
                lines = text_lines(value, capacity)
                if lines > 1:
                    height = max(height, lines * points + 3)
        return min(height, MAX_HEIGHT)

    def _formula(self, number: int, context: RowContext) -> str:
        formula = self.formulas[number]
        if formula.deferred:
            return self._late(formula, context, number)
        try:
            value = context.result(number)
        except UnknownError:
            return result_body(None, formula.element(context))
        return result_body(value, formula.element(context))


def _source(value: Sequence[Any], bodies: Bodies) -> Source:
    """Return what gives the value of a cell of the formula's own row."""
    kind, what = value
    if kind == "k":
        constant: Scalar = what
        return lambda _: constant
    if kind == "f":
        return lambda context: context.result(what)
    if kind == "t":
        return lambda context: plain_text(str(context.values[what]))
    seen = bodies.seen
    return lambda context: seen(context.values[what])


def _kept(value: Sequence[Any] | None, bodies: Bodies) -> Callable[[Sequence[Any], RowContext | None], Any]:
    """Return what is kept of a cell for formulas elsewhere."""
    if value is None:
        return lambda _values, _context: None
    kind, what = value
    if kind == "k":
        return lambda _values, _context: what
    if kind == "t":
        return lambda values, _context: plain_text(str(values[what]))
    if kind == "v":
        seen = bodies.seen
        return lambda values, _context: seen(values[what])

    def of_formula(_values: Sequence[Any], context: RowContext | None) -> Any:
        assert context is not None
        found = context.results[what]
        if found is None:
            # Not worked out yet: it waits for later rows.
            found = context.results[what] = Later(lambda: context.work_out(what))
        return found.settled()

    return of_formula


def deferred_mark(number: int) -> str:
    """Return the mark of a cell body that is filled in at the end."""
    return markup.mark(markup.DEFERRED, number)
