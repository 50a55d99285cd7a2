"""Rows of one written sheet: values and formulas -> XML, and what other formulas will read of them."""

from __future__ import annotations

import datetime as dt
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
from exporters.workbook.paths import getter
from exporters.workbook.state import UNKNOWN, Book, Later, Source, WrittenSheet

Kept = Callable[[Sequence[Any], "RowContext | None"], Any]
_CACHED = frozenset((str, dt.date))
_MISSING: Any = object()
_BUSY: Any = object()


class RowContext:
    """One row while its formulas are worked out."""

    __slots__ = ("column", "formulas", "results", "row", "values")

    def __init__(self, row: int, values: Sequence[Any], formulas: Sequence[FormulaWriter]) -> None:
        self.row, self.values, self.formulas = row, values, formulas
        self.column = 0
        self.results: list[Any] = [_MISSING] * len(formulas)

    def result(self, number: int) -> Scalar:
        """Return the value of the row's formula *number*, worked out at first use; raise UnknownError."""
        found = self.results[number]
        if found is _MISSING:
            formula = self.formulas[number]
            column, self.column = self.column, formula.column
            self.results[number] = _BUSY
            try:
                found = result(formula.node, self)
            except UnknownError:
                found = UNKNOWN
            self.column = column
            self.results[number] = found
        if found is UNKNOWN or found is _BUSY:
            # A formula that refers to itself has no value that could be known.
            raise UnknownError
        return found  # type: ignore[no-any-return]


def _unknown(_: Any) -> Scalar:
    raise UnknownError


class FormulaWriter:
    """A formula of a template row, for one written sheet."""

    __slots__ = ("_bodies", "_book", "_host", "_pieces", "_start", "column", "deferred", "node", "text")

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
        self.text = f"{self._start}{''.join(self._pieces)}</f>" if constant else ""
        self.node: Node = _unknown
        if record["tree"][0] != "?":
            references = [book.node(number, host, sources) for number in record["references"]]
            try:
                self.node = build(record["tree"], references, _slot(bodies))
            except UnknownError:
                self.node = _unknown

    def element(self, context: RowContext) -> str:
        """Return the formula's ``f`` element in a row."""
        if self.text:
            return self.text
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

    __slots__ = (
        "_bodies", "_cells", "_getters", "_keep_results", "_keep_values", "_late", "_open", "_paths", "_root", "_roots",
        "_types", "_wraps", "blank", "formulas",
    )  # fmt: skip

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
        self._paths: list[tuple[int, list[str]]] = record["taken"]
        self._roots = sorted({slot for slot, _ in self._paths})
        self._root = self._roots[0] if len(self._roots) == 1 else -1
        self._getters: list[Callable[[Any], Any]] = []
        self._types: list[type] = []
        sources = {int(column): _source(value, bodies) for column, value in record["values"].items()}
        self.formulas = [FormulaWriter(one, book, host, sources, bodies) for one in record["formulas"]]
        # Each cell: text before the value, slot, kind, style, format of its characters, known cells.
        self._cells: list[tuple[str, int, str, str, str, dict[Any, str]]] = []
        for cell in record["cells"]:
            kind, opening = cell[0], cell[1]
            if kind == "x":
                self._cells.append((opening, 0, "x", "", "", {}))
            elif kind == "v":
                self._cells.append((opening, cell[2], "v", cell[3], cell[4], {}))
            else:
                self._cells.append((opening, cell[2], kind, "", "", {}))
        # What formulas elsewhere read: plain values, and all that has to be worked out first.
        self._keep_values: list[tuple[Callable[[Any], None], int]] = []
        self._keep_results: list[tuple[Callable[[Any], None], Kept]] = []
        for column in stored:
            value = record["values"].get(str(column))
            append = host.columns[column].append
            if value is not None and value[0] == "v":
                self._keep_values.append((append, value[1]))
            else:
                self._keep_results.append((append, _kept(value)))

    def write(self, given: Sequence[Any], number: int) -> str:
        """Return the row's XML at row *number*, and keep what formulas read of it."""
        values = self._take(given) if self._paths else given
        pieces = [self._open]
        add = pieces.append
        formulas = self.formulas
        context = RowContext(number, values, formulas) if formulas else None
        bodies = self._bodies
        for opening, slot, kind, style, run, known in self._cells:
            if kind == "v":
                value = values[slot]
                whole = known.get(value) if type(value) in _CACHED else None
                add(whole if whole is not None else bodies.cell(opening, style, run, value, known))
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
        for keep, slot in self._keep_values:
            value = values[slot]
            keep((value or None) if type(value) is str else bodies.seen(value))
        for keep, source in self._keep_results:
            keep(source(values, context))
        return "".join(pieces).replace(ROW, str(number))

    def _take(self, given: Sequence[Any]) -> list[Any]:
        """Return the given values and those that paths lead to from them."""
        types = [type(given[slot]) for slot in self._roots]
        if types != self._types:
            self._getters = [getter(given[slot], path) for slot, path in self._paths]
            self._types = types
        if self._root >= 0:
            root = given[self._root]
            return [*given, *[get(root) for get in self._getters]]
        return [*given, *[get(given[path[0]]) for get, path in zip(self._getters, self._paths, strict=True)]]

    def _height(self, values: Sequence[Any]) -> float:
        """Return the height that the row's wrapped texts need; 0 where one line is enough."""
        height = 0.0
        for slot, capacity, points in self._wraps:
            value = values[slot]  # type: ignore[call-overload]
            # A character is at most two digits wide, so most texts need no closer look.
            if isinstance(value, str) and (len(value) * 2 > capacity or "\n" in value):
                lines = text_lines(value, capacity)
                if lines > 1:
                    height = max(height, lines * points + 3)
        return min(height, MAX_HEIGHT)

    def _formula(self, number: int, context: RowContext) -> str:
        formula = self.formulas[number]
        if formula.deferred:
            return self._late(formula, context, number)
        element = formula.text or formula.element(context)
        try:
            return result_body(context.result(number), element)
        except UnknownError:
            return result_body(None, element)


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


def _kept(value: Sequence[Any] | None) -> Kept:
    """Return what gives the value that is kept of a cell which is no plain value."""
    if value is None:
        return lambda _values, _context: None
    kind, what = value
    if kind == "k":
        return lambda _values, _context: what
    if kind == "t":
        return lambda values, _context: plain_text(str(values[what]))

    def of_formula(_values: Sequence[Any], context: RowContext | None) -> Any:
        assert context is not None
        found = context.results[what]
        # What is not worked out yet waits for later rows.
        return Later(lambda: context.result(what)) if found is _MISSING else found

    return of_formula


def deferred_mark(number: int) -> str:
    """Return the mark of a cell body that is filled in at the end."""
    return markup.mark(markup.DEFERRED, number)
