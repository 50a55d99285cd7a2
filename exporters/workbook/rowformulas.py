"""The formulas of one row: their texts with references moved, and their values, worked out when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exporters.package.xstrings import spelled
from exporters.workbook import markup
from exporters.workbook.cellbody import MAX_TEXT, Bodies, plain_text
from exporters.workbook.cellbody import escape as escape_text
from exporters.workbook.formula.evaluate import build, result
from exporters.workbook.formula.operators import Node
from exporters.workbook.formula.values import ErrorValueError, Scalar, UnknownError
from exporters.workbook.formula.values import text as as_text
from exporters.workbook.state import UNKNOWN, Book, Later, Source, WrittenSheet

MISSING: Any = object()
_BUSY: Any = object()


class RowContext:
    """One row while its formulas are worked out."""

    __slots__ = ("column", "formulas", "results", "row", "values")

    def __init__(self, row: int, values: Sequence[Any], formulas: Sequence[FormulaWriter]) -> None:
        self.row, self.values, self.formulas = row, values, formulas
        self.column = 0
        self.results: list[Any] = [MISSING] * len(formulas)

    def result(self, number: int) -> Scalar:
        """Return the value of the row's formula *number*, worked out at first use; raise UnknownError."""
        found = self.results[number]
        if found is MISSING:
            formula = self.formulas[number]
            column, self.column = self.column, formula.column
            self.results[number] = _BUSY
            try:
                found = formula.node(self)
                # Texts and numbers are what nearly every formula gives; all else is made sure of.
                if (type(found) is not str or len(found) > MAX_TEXT) and (
                    type(found) is not float or found - found != 0.0
                ):
                    given = found
                    found = result(lambda _: given, self)
            except UnknownError:
                found = UNKNOWN
            except (ErrorValueError, OverflowError, ValueError, RecursionError):
                found = self._failed(formula)
            self.column = column
            self.results[number] = found
        if found is UNKNOWN or found is _BUSY:
            # A formula that refers to itself has no value that could be known.
            raise UnknownError
        return found  # type: ignore[no-any-return]

    def known(self, number: int) -> Scalar:
        """Return what :meth:`result` does, and nothing for a value that is not known here."""
        try:
            return self.result(number)
        except UnknownError:
            return None

    def read(self, number: int) -> Scalar | Later:
        """Return what other rows read of a formula; what is not worked out yet waits for later rows."""
        found = self.results[number]
        return Later(lambda: self.result(number)) if found is MISSING else found

    def _failed(self, formula: FormulaWriter) -> Any:
        try:
            return result(formula.node, self)
        except UnknownError:
            return UNKNOWN


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
                pieces.append(escape_text(spelled(shown)))
        return f"{self._start}{''.join(pieces)}</f>"


def _slot(bodies: Bodies) -> Callable[[int], Node]:
    def at(number: int) -> Node:
        return lambda context: bodies.seen(context.values[number])

    return at


def source_of(value: Sequence[Any], bodies: Bodies) -> Source:
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


def deferred_mark(number: int) -> str:
    """Return the mark of a cell body that is filled in at the end."""
    return markup.mark(markup.DEFERRED, number)
