"""Rows of one written sheet, many of one kind at a time: values and formulas -> XML, and what other formulas will read.

Work goes column by column, not row by row: what is alike in all rows is asked for once, and the rest is done by loops
that Python runs in C.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

from jinja2 import TemplateError as JinjaError
from msgspec import Struct

from exporters.errors import Fault, TemplateError
from exporters.workbook.cellbody import Bodies, plain_text
from exporters.workbook.heights import MAX_HEIGHT, text_lines
from exporters.workbook.markup import ROW
from exporters.workbook.paths import taken
from exporters.workbook.rowcells import Cells, FormulaCells, Late, LooseCells, MixedCells, ValueCells
from exporters.workbook.rowformulas import FormulaWriter, Rows, source_of
from exporters.workbook.rowmarks import marked
from exporters.workbook.state import Book, WrittenSheet

Stretch = tuple[Sequence[int], list[bytes], list[Sequence[Any]]]
"""Which of the rows asked for, their XML, and for each column that formulas read its values in them."""
_MOST_KNOWN = 512
_WORTHWHILE = 8
"""So many rows of a kind are worth working out what they have alike."""
_WRONG = (JinjaError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)


class Kind:
    """Records that have alike all that some cells of their rows follow from; ``given`` are the values of these cells.

    It may not be *known* whether there are more of the kind.
    """

    __slots__ = ("given", "known")

    def __init__(self, known: bool) -> None:
        self.given: Sequence[Any] = ()
        self.known = known


class UnitWriter:
    """Writes one unit of rows. ``record`` is what ``emitting.unit_record`` noted."""

    def __init__(
        self, record: dict[str, Any], book: Book, host: WrittenSheet, bodies: Bodies, stored: Sequence[int], late: Late
    ) -> None:
        self._bodies = bodies
        sources = {int(column): source_of(value, bodies) for column, value in record["values"].items()}
        self._formulas = [FormulaWriter(one, book, host, sources, bodies) for one in record["formulas"]]
        self.anywhere = all(formula.anywhere for formula in self._formulas)
        """Whether it writes the rows of all sheets that the template's own comes to."""
        self._stored = [record["values"].get(str(column)) for column in stored]
        self._paths: list[tuple[int, list[str]]] = record["taken"]
        self._roots = sorted({slot for slot, _ in self._paths})
        # Cells that follow from what records have in common are made once for all of them (see ``_Alike``).
        self._shared: int = record["shared"]
        self._alike: dict[object, _Alike] = {}
        self._common = common = range(record["given"], record["given"] + record["common"] + self._shared)
        self._wraps: list[tuple[int, float, float]] = record["wraps"]
        self._own_wraps = [wrap for wrap in self._wraps if wrap[0] not in common]
        self._common_wraps = [wrap for wrap in self._wraps if wrap[0] in common]
        self._starts: dict[float, bytes] = {}
        self._bears_marks: bool = record["marked"]
        self._open, self._start, self._first, *self._pieces = self._cut(record, late)

    # --- the row's text, cut at each place where its number stands ------------------------------------------------

    def _cut(self, record: dict[str, Any], late: Late) -> tuple[Any, ...]:
        """Return the stretches of fixed text and the cells between; the height is put behind the second."""
        found: list[bytes | Cells] = []
        places = iter(record["places"])
        text = ">"
        cell: tuple[Any, ...] = ()
        before = ""

        def cut(upto: str) -> None:
            found.append(self._cells(cell, before, upto, next(places), late) if cell else upto.encode())

        for kind, opening, *more in record["cells"]:
            pieces = opening.split(ROW)
            for piece in pieces[:-1]:
                cut(text + piece)
                text, cell, before = "", (), ""
            text += pieces[-1]
            if kind != "x":
                before, cell, text = text, (kind, *more), ""
        cut(text + "</row>")
        opened, start = record["open"][:-1].split(ROW, 1)
        return opened.encode(), start.encode(), *found

    def _cells(self, cell: tuple[Any, ...], before: str, after: str, place: str, late: Late) -> Cells:
        kind, slot, style, run = cell
        if kind == "v":
            return ValueCells(slot, place, self._bodies, style, run, before, after)
        if kind != "f":
            return MixedCells(slot, place, kind == "r", style, before, after)
        formula = self._formulas[slot]
        if formula.text and not formula.deferred:
            return FormulaCells(slot, place, formula.text, style, before, after)
        return LooseCells(slot, place, formula, style, before, after, late)

    # --- rows -----------------------------------------------------------------------------------------------------

    def write(
        self,
        numbers: Sequence[int],
        given: Sequence[Sequence[Any]],
        kinds: Sequence[Kind | None],
        marks: Mapping[int, str],
    ) -> Iterator[Stretch]:
        """Yield the rows at *numbers* for the values that the program gave, in one or several stretches.

        *kinds* are those of the rows' records where the program tells them (None: not known), *marks* what rows bear.
        """
        try:
            if not self._shared:
                yield range(len(numbers)), *self._rows(numbers, given, None, marks)
                return
            for alike, which in self._stretches(given, kinds):
                some = [given[at] for at in which]
                yield which, *self._rows([numbers[at] for at in which], some, alike, marks)
        except _WRONG as error:
            raise TemplateError(self._fault(numbers, given, error)) from error

    def _stretches(
        self, given: Sequence[Sequence[Any]], kinds: Sequence[Kind | None]
    ) -> Iterator[tuple[_Alike | None, list[int]]]:
        """Yield what rows of one kind have alike, and which they are; a few of kinds not met before go together."""
        root = self._roots[0]
        groups: dict[object, list[int]] = {}
        for at, kind in enumerate(kinds or [getattr(values[root], "_common", None) for values in given]):
            groups.setdefault(kind, []).append(at)
        others: list[int] = []
        for kind, which in groups.items():
            alike = self._alike.get(kind)
            if alike is None and kind is not None and len(which) >= _WORTHWHILE:
                alike = self._known(kind, given[which[0]])
            if alike is None:
                others += which
            else:
                yield alike, which
        if others:
            yield None, others

    def _known(self, kind: object, given: Sequence[Any]) -> _Alike:
        """Return what the rows of records of one kind have alike; *given* are the values of one of them."""
        taken_too = taken([given[self._roots[0]]], self._ways(0, self._shared))
        columns = [*([value] for value in given), *taken_too]
        one = Rows((0,), columns, ())
        cells = {
            at: piece.columns(one)[0][0]
            for at, piece in enumerate(self._pieces)
            if isinstance(piece, ValueCells | MixedCells) and piece.slot in self._common
        }
        height = _heights(columns, self._common_wraps, 0.0, 1)[0]
        alike = _Alike([column[0] for column in taken_too], cells, height)
        if len(self._alike) < _MOST_KNOWN:
            self._alike[kind] = alike
        return alike

    def _ways(self, first: int, last: int | None = None) -> list[list[str]]:
        return [path for _, path in self._paths[first:last]]

    def _values(self, given: Sequence[Sequence[Any]], alike: _Alike | None) -> list[Sequence[Any]]:
        """Return the values of each slot: those given, then those that paths lead to from them."""
        columns: list[Sequence[Any]] = list(zip(*given, strict=True))
        if alike is not None:
            own = taken(columns[self._roots[0]], self._ways(self._shared))
            return [*columns, *([value] * len(given) for value in alike.values), *own]
        found = {
            root: iter(taken(columns[root], [path for slot, path in self._paths if slot == root]))
            for root in self._roots
        }
        return [*columns, *(next(found[slot]) for slot, _ in self._paths)]

    def _rows(
        self,
        numbers: Sequence[int],
        given: Sequence[Sequence[Any]],
        alike: _Alike | None,
        marks: Mapping[int, str],
    ) -> tuple[list[bytes], list[Sequence[Any]]]:
        rows = Rows(numbers, self._values(given, alike), self._formulas)
        if alike is None:
            heights = _heights(rows.values, self._wraps, 0.0, len(rows))
        else:
            heights = _heights(rows.values, self._own_wraps, alike.height, len(rows))
        columns: list[Iterable[bytes]] = [repeat(self._open), map(self._started, heights)]
        if self._bears_marks:
            columns[1] = [self._marked(height, marks.get(at, "")) for height, at in zip(heights, numbers, strict=True)]
        known = {} if alike is None else alike.cells
        for at, piece in enumerate(self._pieces):
            if isinstance(piece, bytes):
                columns.append(repeat(piece))
            elif at in known:
                columns.append(repeat(known[at]))
            else:
                columns += piece.columns(rows)
        texts = [b"%d" % number for number in numbers]
        made = [text.join(pieces) for text, pieces in zip(texts, zip(*columns, strict=False), strict=False)]
        return made, [self._read(value, rows) for value in self._stored]

    def _started(self, height: float) -> bytes:
        started = self._starts.get(height)
        if started is None:
            started = self._starts[height] = self._marked(height, "")
        return started

    def _marked(self, height: float, mark: str) -> bytes:
        higher = f' ht="{min(height, MAX_HEIGHT):g}"' if height else ""
        return b"".join((self._start, higher.encode(), marked(mark) if mark else b"", self._first))

    def _read(self, value: Sequence[Any] | None, rows: Rows) -> Sequence[Any]:
        """Return what formulas elsewhere read of a column in some rows: plain values, or those of its formulas."""
        if value is None:
            return [None] * len(rows)
        kind, what = value
        if kind == "k":
            return [what] * len(rows)
        if kind == "t":
            return [plain_text(str(one)) for one in rows.values[what]]
        if kind == "v":
            return self._bodies.all_seen(rows.values[what])
        return rows.read(what)

    def _fault(self, numbers: Sequence[int], given: Sequence[Sequence[Any]], error: Exception) -> Fault:
        """Return what is wrong with the first cell that cannot hold its value."""
        cells = [piece for piece in self._pieces if isinstance(piece, Cells)]
        where = cells[0].place if cells else ""
        for number, one in zip(numbers, given, strict=True):
            for piece in cells:
                try:
                    piece.columns(Rows((number,), self._values([one], None), self._formulas))
                except _WRONG as found:
                    error, where = found, piece.place
                    break
            else:
                continue
            break
        return Fault("cell-value" if isinstance(error, ValueError) else "template", str(error), where=where)


class _Alike(Struct):
    """What rows of one kind of record have alike: values by path, cells by piece, the height that they need."""

    values: list[Any]
    cells: dict[int, bytes]
    height: float


def _heights(
    values: Sequence[Sequence[Any]], wraps: Sequence[tuple[int, float, float]], least: float, count: int
) -> list[float]:
    """Return the heights in points that rows' wrapped texts need beyond one line, at least *least*; zero for none."""
    heights = [least] * count
    for slot, capacity, points in wraps:
        column = values[slot]
        if not any(column):
            continue
        for at, value in enumerate(column):
            # A character is at most two digits wide, so most texts need no closer look.
            if type(value) is str and (len(value) * 2 > capacity or "\n" in value):
                lines = text_lines(value, capacity)
                if lines > 1:
                    heights[at] = max(heights[at], lines * points + 3)
    return heights
