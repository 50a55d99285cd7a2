"""The formulas of one row: their texts with references moved, and their values, worked out when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

from exporters.package.xstrings import spelled
from exporters.workbook import markup
from exporters.workbook.cellbody import MAX_TEXT, Bodies, plain_text
from exporters.workbook.cellbody import escape as escape_text
from exporters.workbook.formula.atonce import able, at_once
from exporters.workbook.formula.evaluate import build, result
from exporters.workbook.formula.operators import Node
from exporters.workbook.formula.values import ErrorValueError, Scalar, UnknownError, Value
from exporters.workbook.formula.values import text as as_text
from exporters.workbook.state import UNKNOWN, Book, Later, Source, WrittenSheet

_MISSING: Any = object()
_WORTHWHILE = 4
_BUSY: Any = object()


class Rows:
    """Some rows of one unit while they are written: their numbers, their values by slot, what their formulas give."""

    def __init__(
        self, numbers: Sequence[int], values: Sequence[Sequence[Any]], formulas: Sequence[FormulaWriter]
    ) -> None:
        self.numbers, self.values, self._formulas = numbers, values, formulas
        self._contexts: list[RowContext] = []
        self._results: dict[int, Sequence[Any]] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def contexts(self) -> list[RowContext]:
        """The rows one by one."""
        if not self._contexts:
            each = zip(*self.values, strict=True) if self.values else repeat(())
            self._contexts = [RowContext(*row, self._formulas) for row in zip(self.numbers, each, strict=False)]
        return self._contexts

    def results(self, number: int) -> Sequence[Scalar]:
        """Return the values of a formula, None for one that is not known here."""
        found = self._alike(number) or self._at_once(number)
        if found:
            self._results[number] = found
            return found
        return [context.known(number) for context in self.contexts]

    def read(self, number: int) -> Sequence[Any]:
        """Return what other rows read of a formula whose results, if they are known here, have been asked for."""
        return self._results.get(number) or [context.read(number) for context in self.contexts]

    def _at_once(self, number: int) -> Sequence[Any]:
        """Return the values of a formula that can be worked out for many rows at once."""
        way = at_once(self._formulas[number].node)
        if way is None:
            return ()
        try:
            found = way(self)
        except (UnknownError, ErrorValueError):
            return ()
        return found if all(map(_is_plain, found)) else ()

    def _alike(self, number: int) -> list[Scalar]:
        """Return the values of a formula that comes to its value by looking only at what all rows have alike.

        Most rows have no actual value, and whatever their formulas ask of one, they ask nothing else.
        """
        if len(self) < _WORTHWHILE:
            return []
        first = _WatchedContext(self.numbers[0], [column[0] for column in self.values], self._formulas)
        try:
            value = first.result(number)
        except UnknownError:
            return []
        if first.looked_around or not all(_uniform(self.values[slot]) for slot in first.values.asked):
            return []
        return [value] * len(self)


def _is_plain(value: Value) -> bool:
    """Return whether a value is what nearly every formula gives, a text or a number; all others are made sure of."""
    return len(value) <= MAX_TEXT if type(value) is str else type(value) is float and value - value == 0.0


def _uniform(column: Sequence[Any]) -> bool:
    # 1, 1.0 and true are equal, but not to formulas.
    return column.count(column[0]) == len(column) and len(set(map(type, column))) == 1


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
                found = formula.node(self)
                if not _is_plain(found):
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
        return Later(lambda: self.result(number)) if found is _MISSING else found

    def _failed(self, formula: FormulaWriter) -> Any:
        try:
            return result(formula.node, self)
        except UnknownError:
            return UNKNOWN


class _WatchedValues(list[Any]):
    """Values of a row that note which of them are asked for."""

    def __init__(self, values: Sequence[Any]) -> None:
        super().__init__(values)
        self.asked: set[int] = set()

    def __getitem__(self, slot: Any) -> Any:
        self.asked.add(slot)
        return super().__getitem__(slot)


class _WatchedContext(RowContext):
    """A row that notes what its formulas look at: values of their own row, or where the row stands."""

    __slots__ = ("_row", "looked_around")
    values: _WatchedValues

    def __init__(self, row: int, values: Sequence[Any], formulas: Sequence[FormulaWriter]) -> None:
        super().__init__(row, _WatchedValues(values), formulas)
        self.looked_around = False

    @property
    def row(self) -> int:
        self.looked_around = True
        return self._row

    @row.setter
    def row(self, row: int) -> None:
        self._row = row


def _unknown(_: Any) -> Scalar:
    raise UnknownError


class FormulaWriter:
    """A formula of a template row, for one written sheet."""

    __slots__ = ("_bodies", "_book", "_host", "_pieces", "_start", "anywhere", "column", "deferred", "node", "text")

    def __init__(
        self, record: dict[str, Any], book: Book, host: WrittenSheet, sources: dict[int, Source], bodies: Bodies
    ) -> None:
        self.column: int = record["column"]
        self.deferred: bool = record["deferred"]
        links = [book.links[number] for number in record["references"] if number >= 0]
        self.anywhere = all(link.way == "own" and not link.named for link in links)
        """Whether it is the same on all sheets that the template's own comes to."""
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
        return able(lambda _: constant, lambda rows: [constant] * len(rows))
    if kind == "f":
        return lambda context: context.result(what)
    if kind == "t":
        return lambda context: plain_text(str(context.values[what]))
    seen = bodies.seen
    return able(lambda context: seen(context.values[what]), lambda rows: bodies.all_seen(rows.values[what]))


def deferred_mark(number: int) -> str:
    """Return the mark of a cell body that is filled in at the end."""
    return markup.mark(markup.DEFERRED, number)
