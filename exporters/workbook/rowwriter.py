"""Rows of one written sheet: values and formulas -> XML, and what other formulas will read of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

from exporters.errors import Fault, TemplateError
from exporters.workbook.cellbody import Bodies, mixed_body, plain_text, result_body, text_body
from exporters.workbook.formula.values import UnknownError
from exporters.workbook.heights import MAX_HEIGHT, text_lines
from exporters.workbook.markup import ROW
from exporters.workbook.paths import getter
from exporters.workbook.rowformulas import MISSING, FormulaWriter, RowContext, source_of
from exporters.workbook.state import Book, Later, WrittenSheet

Kept = Callable[[Sequence[Any], "RowContext | None"], Any]
_KEPT = frozenset((str, dt.date, Decimal))
_ZERO_ONE = frozenset((0, 1))
_MOST_KNOWN = 512
_WORTHWHILE = 4
_ROW = ROW.encode()


class _Known(dict[Any, bytes]):
    """What stands from one row number to the next for each value that a cell has shown before; made when asked for."""

    __slots__ = ("_after", "_before", "_bodies", "_run", "_shown", "_style")

    def __init__(self, bodies: Bodies, style: str, run: str, before: str, after: str) -> None:
        super().__init__()
        self._bodies, self._style, self._run = bodies, style, run
        self._before, self._after = before, after
        self._shown = before + (f' s="{style}"' if style else "")

    def __missing__(self, value: Any) -> bytes:
        if type(value) is str and value and value[0] not in "=+-@":
            whole = f"{self._shown}{text_body(value, self._run)}{self._after}".encode()
        else:
            whole = (self._before + self._bodies.cell(value, self._style, self._run) + self._after).encode()
        # 1 and true are one key to a dictionary, so neither is kept.
        if len(self) < _MOST_KNOWN and (value is None or (type(value) in _KEPT and value not in _ZERO_ONE)):
            self[value] = whole
        return whole


class _Mixed:
    """A cell whose text was put together from several pieces."""

    __slots__ = ("_after", "_before", "_rich")

    def __init__(self, before: str, rich: bool, after: str) -> None:
        self._before, self._rich, self._after = before, rich, after

    def __getitem__(self, value: Any) -> bytes:
        return (self._before + mixed_body(str(value), self._rich) + self._after).encode()


class _Result:
    """A cell with a formula, worked out in the row that its writer is in."""

    __slots__ = ("_after", "_before", "_writer")

    def __init__(self, before: str, writer: UnitWriter, after: str) -> None:
        self._before, self._writer, self._after = before.encode(), writer, after.encode()

    def __getitem__(self, number: int) -> bytes:
        return self._before + self._writer.formula(number) + self._after


class UnitWriter:
    """Writes one unit of rows. ``record`` is what ``emitting.unit_record`` noted."""

    __slots__ = (
        "_bodies", "_common_wraps", "_context", "_getters", "_held", "_keep_results", "_keep_values", "_knowns",
        "_late", "_more", "_number", "_open", "_own", "_own_wraps", "_paths", "_pick", "_places", "_root", "_roots",
        "_shared", "_slots", "_start", "_types", "_wraps", "blank", "formulas",
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
        self._wraps: list[tuple[int, float, float]] = [(slot, room, points) for slot, room, points in record["wraps"]]
        self.blank: bytes = record["blank"].encode()
        self._paths: list[tuple[int, list[str]]] = record["taken"]
        self._roots = sorted({slot for slot, _ in self._paths})
        self._root = self._roots[0] if len(self._roots) == 1 else -1
        self._getters: list[Callable[[Any], Any]] = []
        self._types: list[type] = []
        self._context: RowContext | None = None
        self._number = b""
        sources = {int(column): source_of(value, bodies) for column, value in record["values"].items()}
        self.formulas = [FormulaWriter(one, book, host, sources, bodies) for one in record["formulas"]]
        # The numbers of the formulas follow the row's values, so that every cell is a look-up of its value; the last
        # value, None, is that of cells which are always the same.
        self._more = (*range(len(self.formulas)), None)
        self._knowns: list[Any] = []
        self._places: list[str] = []
        places = iter(record["places"])
        slots: list[int] = []
        stretches = self._stretches(record)
        self._open, self._start = stretches[0].encode(), stretches[1].encode()
        for stretch in stretches[2:]:
            if isinstance(stretch, str):
                self._knowns.append({None: stretch.encode()})
                slots.append(-1)
                self._places.append("")
                continue
            before, kind, slot, style, run, after = stretch
            slots.append(slot)
            self._places.append(next(places))
            shown = before + (f' s="{style}"' if style else "")
            if kind == "v":
                self._knowns.append(_Known(bodies, style, run, before, after))
            elif kind == "f":
                self._knowns.append(_Result(shown, self, after))
            else:
                self._knowns.append(_Mixed(shown, kind == "r", after))
        self._pick: Callable[[Sequence[Any]], Sequence[Any]] = (
            itemgetter(*slots) if len(slots) > 1 else lambda values: [values[slot] for slot in slots]
        )
        # Cells that follow from what records have in common are made once for all of them (see ``_alike``).
        self._slots = slots
        self._shared: int = record["shared"] if self._root >= 0 and record["shared"] >= _WORTHWHILE else 0
        self._held: dict[object, tuple[list[Any], list[bytes], float]] = {}
        first = record["given"]
        common = range(first, first + self._shared)
        self._common_wraps = [wrap for wrap in self._wraps if wrap[0] in common]
        self._own_wraps = [wrap for wrap in self._wraps if wrap[0] not in common]
        self._own = [
            (at, known, slot)
            for at, (known, slot) in enumerate(zip(self._knowns, slots, strict=True))
            if slot >= 0 and slot not in common
        ]
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

    @staticmethod
    def _stretches(record: dict[str, Any]) -> list[Any]:
        """Return the row cut at each place where its number stands: fixed text, or (before, cell..., after).

        The first two are the row's own: the height is put between the second and its end.
        """
        found: list[Any] = []
        text = record["open"][:-1]
        first, text = text.split(ROW, 1)
        found += [first, text]
        text = ">"
        cell: tuple[Any, ...] | None = None
        before = ""

        def cut(upto: str) -> None:
            found.append(upto if cell is None else (before, *cell, upto))

        for kind, opening, *more in record["cells"]:
            pieces = opening.split(ROW)
            for piece in pieces[:-1]:
                cut(text + piece)
                text, cell, before = "", None, ""
            text += pieces[-1]
            if kind != "x":
                before, cell, text = text, (kind, *more), ""
        cut(text + "</row>")
        return found

    def write(self, given: Sequence[Any], number: int) -> bytes:
        """Return the row's XML at row *number*, and keep what formulas read of it."""
        number_text = self._number = b"%d" % number
        cells: list[bytes] | None = None
        values: Sequence[Any]
        least, wraps = 0.0, self._wraps
        if self._shared and (common := getattr(given[self._root], "_common", None)) is not None:
            values, cells, least = self._alike(given, common)
            wraps = self._own_wraps
        else:
            values = self._take(given)
        context = self._context = RowContext(number, values, self.formulas) if self.formulas else None
        try:
            if cells is None:
                cells = [known[value] for known, value in zip(self._knowns, self._pick(values), strict=True)]
            else:
                for at, known, slot in self._own:
                    cells[at] = known[values[slot]]
        except TypeError:
            # A list or another value that cannot be looked up: shown as text.
            plain = [value if isinstance(value, Hashable) else str(value) for value in self._pick(values)]
            cells = [known[value] for known, value in zip(self._knowns, plain, strict=True)]
        except ValueError:
            raise TemplateError(self._fault(values)) from None
        height = _height(values, wraps, least)
        start = self._start + f' ht="{min(height, MAX_HEIGHT):g}"'.encode() if height else self._start
        for keep, slot in self._keep_values:
            value = values[slot]
            keep((value or None) if type(value) is str else self._bodies.seen(value))
        for keep, source in self._keep_results:
            keep(source(values, context))
        return number_text.join((self._open, start + cells[0], *cells[1:]))

    def _alike(self, given: Sequence[Any], common: object) -> tuple[list[Any], list[bytes], float]:
        """Return the row's values, and its cells and height as far as they follow from what its record shares."""
        root = given[self._root]
        if [type(root)] != self._types:
            self._take(given)
        held = self._held.get(common)
        if held is None:
            shared = [get(root) for get in self._getters[: self._shared]]
            first = len(given)
            cells: list[bytes] = [b""] * len(self._knowns)
            for at, (known, slot) in enumerate(zip(self._knowns, self._slots, strict=True)):
                if slot < 0 or first <= slot < first + self._shared:
                    cells[at] = known[shared[slot - first] if slot >= 0 else None]
            held = shared, cells, _height([*given, *shared], self._common_wraps, 0.0)
            if len(self._held) < _MOST_KNOWN:
                self._held[common] = held
        own = [get(root) for get in self._getters[self._shared :]]
        return [*given, *held[0], *own, *self._more], held[1].copy(), held[2]

    def _fault(self, values: Sequence[Any]) -> Fault:
        """Return what is wrong with the first cell that cannot hold its value."""
        for known, value, place in zip(self._knowns, self._pick(values), self._places, strict=True):
            try:
                known[value]
            except ValueError as error:
                return Fault("cell-value", str(error), where=place)
        return Fault("cell-value", "a value cannot be held by a cell", where=self._places[0])

    def _take(self, given: Sequence[Any]) -> Sequence[Any]:
        """Return the given values, those that paths lead to from them, and the numbers of the formulas."""
        if not self._paths:
            return (*given, *self._more)
        if self._root >= 0:
            root = given[self._root]
            if [type(root)] != self._types:
                self._types = [type(root)]
                self._getters = [getter(root, path) for _, path in self._paths]
            return [*given, *[get(root) for get in self._getters], *self._more]
        types = [type(given[slot]) for slot in self._roots]
        if types != self._types:
            self._types = types
            self._getters = [getter(given[slot], path) for slot, path in self._paths]
        taken = [get(given[path[0]]) for get, path in zip(self._getters, self._paths, strict=True)]
        return [*given, *taken, *self._more]

    def formula(self, number: int) -> bytes:
        """Return the body of a cell with a formula in the row that is being written."""
        context = self._context
        assert context is not None
        formula = self.formulas[number]
        if formula.deferred:
            return self._late(formula, context, number).encode()
        try:
            value = context.result(number)
        except UnknownError:
            value = None
        if type(value) is str and formula.text:
            shown = formula.known.get(value)
            if shown is None:
                shown = result_body(value, formula.text).encode().split(_ROW)
                if len(formula.known) < _MOST_KNOWN:
                    formula.known[value] = shown
            return self._number.join(shown)
        return result_body(value, formula.text or formula.element(context)).encode().replace(_ROW, self._number)


def _height(values: Sequence[Any], wraps: Sequence[tuple[int, float, float]], least: float) -> float:
    """Return the height in points that a row's wrapped texts need beyond one line, at least *least*; zero for none."""
    for slot, capacity, points in wraps:
        value = values[slot]
        # A character is at most two digits wide, so most texts need no closer look.
        if type(value) is str and (len(value) * 2 > capacity or "\n" in value):
            lines = text_lines(value, capacity)
            if lines > 1:
                least = max(least, lines * points + 3)
    return least


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
        return Later(lambda: context.result(what)) if found is MISSING else found

    return of_formula
