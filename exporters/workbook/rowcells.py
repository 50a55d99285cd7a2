"""The cells of one column in many rows: values -> XML, each piece reaching from one row number to the next."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from types import NoneType
from typing import Any

from exporters.workbook.cellbody import EMPTY, MAX_TEXT, Bodies, around_text, mixed_body, result_body, result_parts
from exporters.workbook.formula.values import Scalar
from exporters.workbook.markup import ROW
from exporters.workbook.rowformulas import FormulaWriter, RowContext, Rows

Late = Callable[[FormulaWriter, RowContext, int], str]
"""Takes down a formula that is worked out at the end; returns the mark that stands for its cell until then."""
_MOST_KNOWN = 512
_KEPT = frozenset((str, float, dt.date))
_SIMPLE = ({str}, {float})
_ZERO_ONE = frozenset((0, 1))
_CLOSER_LOOK = re.compile(r"\n(?:[=+\-@]|[^\S\n]|(?<=[^\S\n]\n))")
"""Finds a line that begins like a formula, or begins or ends with a space."""
_NUMBERS = {Decimal, int, NoneType}
_DIGITS = 15
_ENDS = {"", *"0123456789"}


class Cells:
    """A column; ``slot`` is where its values stand in those of a row, ``place`` its place in the template."""

    def __init__(self, slot: int, place: str) -> None:
        self.slot, self.place = slot, place

    def columns(self, rows: Rows) -> list[Sequence[bytes]]:
        """Return the cells of *rows*, a column for each of their pieces.

        Raises what a value that no cell can hold leads to.
        """
        raise NotImplementedError


class _Known(dict[Any, bytes]):
    """Cells by value: the few hundred made first are kept."""

    def __init__(self, make: Callable[[Any], bytes]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> bytes:
        made = self._make(value)
        # 1 and true are one key to a dictionary, so neither is kept.
        if len(self) < _MOST_KNOWN and type(value) in _KEPT and value not in _ZERO_ONE:
            self[value] = made
        return made


class ValueCells(Cells):
    """Cells that show a value each."""

    def __init__(self, slot: int, place: str, bodies: Bodies, style: str, run: str, before: str, after: str) -> None:
        super().__init__(slot, place)
        self._known = _Known(self._whole)
        self._bodies, self._style, self._run = bodies, style, run
        self._before, self._after = before, after
        shown = before + (f' s="{style}"' if style else "")
        opened, closed = around_text(run)
        self._text = (shown + opened).encode(), (closed + after).encode()
        self._number = (shown + "><v>").encode(), ("</v></c>" + after).encode()
        self._empty = (shown + EMPTY + after).encode()

    def columns(self, rows: Rows) -> list[Sequence[bytes]]:
        return [self.made(rows.values[self.slot])]

    def made(self, values: Sequence[Any]) -> list[bytes]:
        """Return the cells of *values*."""
        kinds = set(map(type, values))
        found: list[bytes] | None = None
        if kinds == {NoneType}:
            return [self._empty] * len(values)
        if kinds == {str}:
            found = self._texts(values)
        elif kinds <= _NUMBERS:
            found = self._numbers(values)
        if found is not None:
            return found
        try:
            return list(map(self._known.__getitem__, values))
        except TypeError:
            # A list or another value that cannot be looked up: shown as text.
            return [self._whole(value) for value in values]

    def _texts(self, values: Sequence[str]) -> list[bytes] | None:
        """Return the cells of texts of which none needs a closer look; None where one does."""
        every = "\n".join(("", *values, ""))
        if "&" in every or "<" in every or ">" in every or "_x" in every or "\r" in every:
            return None
        if every.count("\n") > len(values) + 1 or _CLOSER_LOOK.search(every):
            return None
        if len(every) * 2 > MAX_TEXT and max(map(len, values)) * 2 > MAX_TEXT:
            return None
        (before, after), empty = self._text, self._empty
        if all(values) and b"\n" not in before + after:
            whole = every[1:-1].encode().replace(b"\n", after + b"\n" + before)
            return (before + whole + after).split(b"\n")
        return [before + text.encode() + after if text else empty for text in values]

    def _numbers(self, values: Sequence[Decimal | int | None]) -> list[bytes] | None:
        """Return the cells of numbers that are finite and keep their digits; None where one does not."""
        texts = ["" if value is None else str(value) for value in values]
        if max(map(len, texts)) > _DIGITS or not {text[-1:] for text in texts} <= _ENDS:
            return None
        (before, after), empty = self._number, self._empty
        return [before + text.encode() + after if text else empty for text in texts]

    def _whole(self, value: Any) -> bytes:
        return (self._before + self._bodies.cell(value, self._style, self._run) + self._after).encode()


class MixedCells(Cells):
    """Cells whose texts were put together from several pieces, some of them *rich*."""

    def __init__(self, slot: int, place: str, rich: bool, style: str, before: str, after: str) -> None:
        super().__init__(slot, place)
        shown = before + (f' s="{style}"' if style else "")
        self._known = _Known(lambda text: (shown + mixed_body(text, rich) + after).encode())

    def columns(self, rows: Rows) -> list[Sequence[bytes]]:
        return [list(map(self._known.__getitem__, map(str, rows.values[self.slot])))]


class FormulaCells(Cells):
    """Cells with a formula that reads the same in all rows but for the row's number; ``slot`` is its own."""

    def __init__(self, slot: int, place: str, formula: str, style: str, before: str, after: str) -> None:
        super().__init__(slot, place)
        first, *self._rest = [piece.encode() for piece in formula.split(ROW)]
        self._shown = (before + (f' s="{style}"' if style else "")).encode()
        self._first, self._after = b">" + first, after.encode()
        self._texts, self._floats = _Known(self._tail), _Known(self._tail)

    def columns(self, rows: Rows) -> list[Sequence[bytes]]:
        results = rows.results(self.slot)
        kinds = set(map(type, results))
        if kinds in _SIMPLE:
            # One and the same piece begins them all.
            known = self._texts if str in kinds else self._floats
            heads = [self._head(results[0])] * len(results)
            tails = list(map(known.__getitem__, results))
        else:
            heads, tails = list(map(self._head, results)), list(map(self._tail, results))
        if not self._rest:
            return [list(map(bytes.__add__, heads, tails))]
        return [heads, *([piece] * len(results) for piece in self._rest[:-1]), tails]

    def _head(self, value: Scalar) -> bytes:
        return self._shown + result_parts(value)[0].encode() + self._first

    def _tail(self, value: Scalar) -> bytes:
        return (self._rest[-1] if self._rest else b"") + result_parts(value)[1].encode() + self._after


class LooseCells(Cells):
    """Cells with a formula that differs from row to row, or whose value waits for later rows (see *late*)."""

    def __init__(
        self, slot: int, place: str, formula: FormulaWriter, style: str, before: str, after: str, late: Late
    ) -> None:
        super().__init__(slot, place)
        self._formula, self._late = formula, late
        self._shown, self._after = before + (f' s="{style}"' if style else ""), after

    def columns(self, rows: Rows) -> list[Sequence[bytes]]:
        return [[f"{self._shown}{self._body(context)}{self._after}".encode() for context in rows.contexts]]

    def _body(self, context: RowContext) -> str:
        if self._formula.deferred:
            return self._late(self._formula, context, self.slot)
        body = result_body(context.known(self.slot), self._formula.element(context))
        return body.replace(ROW, str(context.row))
