"""The workbook as it is being written: its sheets, the values that formulas read, and references resolved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field

from exporters.workbook.formula.atonce import able, at_once
from exporters.workbook.formula.operators import Node
from exporters.workbook.formula.values import REF, Area, ErrorValueError, Scalar, UnknownError, Value
from exporters.workbook.layout import EVERYWHERE, Bounds, Layout
from exporters.workbook.markup import ROW
from exporters.workbook.references import LAST_ROW, letters, quoted_sheet

Source = Callable[[Any], Scalar]
LISTS = 2
_MOST_ARGUMENTS = 250


class LinkRecord(Struct, frozen=True):
    """A reference as compile noted it (see ``linking.Link``); ``sheet`` is -1 for the formula's own sheet."""

    sheet: int
    left: int
    top: int
    right: int
    bottom: int
    kind: str
    dollars: int
    grows: int
    named: int
    way: str
    loop: int
    anchor: int
    until: int


class Later:
    """The value of a cell that is worked out once all rows are written."""

    __slots__ = ("_busy", "_make", "_value", "known")

    def __init__(self, make: Callable[[], Scalar]) -> None:
        self._make: Callable[[], Scalar] | None = make
        self._value: Scalar = None
        self.known = True
        self._busy = False

    def value(self) -> Scalar:
        """Return the value; raise UnknownError where it cannot be worked out or refers to itself."""
        if self._make is not None:
            if self._busy:
                raise UnknownError("the formula refers to itself")
            self._busy = True
            try:
                self._value = self._make()
            except UnknownError:
                self.known = False
            self._make = None
        if not self.known:
            raise UnknownError
        return self._value


def _never() -> Scalar:
    raise UnknownError


UNKNOWN = Later(_never)
"""Stands where the value of a formula is not known here."""


class WrittenSheet(Struct):
    """One sheet of the finished workbook, made from sheet ``index`` of the template."""

    index: int
    name: str
    layout: Layout
    part: str
    columns: dict[int, list[Any]] = field(default_factory=dict)
    """The values of the columns that formulas read, row by row; a value may be a :class:`Later`."""
    areas: dict[tuple[int, int, int, int], Area] = field(default_factory=dict)
    key: str = ""
    """What the sheet is known by whatever people call it (see ``sheetnames.SHEET_KEY``)."""
    marks: dict[int, str] = field(default_factory=dict)
    """What its rows are known by, where they bear a mark (see ``rowmarks``)."""

    def area(self, left: int, first: int, right: int, last: int) -> Area:
        """Return the values of a range; ranges that were asked for before are the same object."""
        key = (left, first, right, last)
        found = self.areas.get(key)
        if found is None:
            last = min(last, max(self.layout.total, first))
            right = min(right, max(self.columns, default=left)) if right > left else right
            columns = [self._values(column, first, last) for column in range(left, max(left, right) + 1)]
            found = self.areas[key] = Area(columns, left, first)
        return found

    def _values(self, column: int, first: int, last: int) -> Sequence[Scalar]:
        values = self.columns.get(column, ())[first - 1 : last]
        found = [value.value() if type(value) is Later else value for value in values]
        found += [None] * (last - first + 1 - len(found))
        return found

    def value(self, column: int, row: int) -> Scalar:
        """Return the value of one cell."""
        values = self.columns.get(column)
        if values is None or row > len(values):
            return None
        found = values[row - 1]
        return found.value() if type(found) is Later else found


class Book:
    """All written sheets by the template's numbers, and the references between them."""

    def __init__(self, links: Sequence[Sequence[Any]], sheets: Sequence[Sequence[WrittenSheet]]) -> None:
        self.links = [LinkRecord(*link) for link in links]
        self.sheets = sheets

    def target(self, link: LinkRecord, host: WrittenSheet) -> WrittenSheet | None:
        """Return the sheet that a reference of *host* leads to; None where it is gone."""
        if link.sheet < 0:
            return host
        found = self.sheets[link.sheet]
        return found[0] if found else None

    def rows(self, link: LinkRecord, host: WrittenSheet, row: int) -> Bounds | None:
        """Return first and last row of a reference in a formula at *row* of *host*."""
        target = self.target(link, host)
        if target is None:
            return None
        if link.kind == "columns":
            return (1, LAST_ROW)
        if link.anchor and link.way != "static" and not row:
            found = host.layout.span(link.anchor, link.until)
            row = found[0] if found is not None else host.layout.at(link.anchor)
        if link.way == "own":
            return (row, row)
        within = target.layout.turn(link.loop, row) if link.way == "loop" else EVERYWHERE
        found = target.layout.span(link.top, link.bottom, within)
        if found is not None and link.kind == "cell" and not link.grows:
            return (found[0], found[0])
        return found

    def text(self, number: int, host: WrittenSheet, row: int) -> str:
        """Return a reference as text; ``ROW`` stands for the row where it is the formula's own and *row* is 0."""
        link = self.links[number]
        prefix = ""
        if link.named:
            target = self.target(link, host)
            if target is None:
                return "#REF!"
            prefix = quoted_sheet(target.name) + "!"
        if link.grows == LISTS and link.way == "static":
            stretches = self._stretches(link, host)
            if len(stretches) > 1:
                return ",".join(self._written(link, prefix, str(first), str(last)) for first, last in stretches)
        if link.way == "own" and not row and not link.anchor:
            first = last = ROW
        else:
            found = self.rows(link, host, row)
            if found is None:
                return "#REF!"
            first, last = str(found[0]), str(found[1])
        return self._written(link, prefix, first, last)

    @staticmethod
    def _written(link: LinkRecord, prefix: str, first: str, last: str) -> str:
        fixed = ["$" if link.dollars >> bit & 1 else "" for bit in range(4)]
        if link.kind == "columns":
            return f"{prefix}{fixed[0]}{letters(link.left)}:{fixed[2]}{letters(link.right)}"
        if link.kind == "rows":
            return f"{prefix}{fixed[1]}{first}:{fixed[3]}{last}"
        start = f"{prefix}{fixed[0]}{letters(link.left)}{fixed[1]}{first}"
        if link.kind == "cell" and first == last:
            return start
        return f"{start}:{fixed[2]}{letters(link.right)}{fixed[3]}{last}"

    def _stretches(self, link: LinkRecord, host: WrittenSheet) -> list[Bounds]:
        """Return the rows of a reference from outside a loop to some rows of it: other rows may stand between."""
        target = self.target(link, host)
        if target is None or link.kind not in {"cell", "area"}:
            return []
        found = target.layout.ranges(link.top, link.bottom)
        if len(found) > _MOST_ARGUMENTS:
            area = f"{letters(link.left)}{link.top}"
            raise ValueError(
                f"a formula would have to name {len(found):,} separate ranges for {area}; "
                "add up the rows by a condition (SUMIFS), or with SUBTOTAL"
            )
        return found

    def node(self, number: int, host: WrittenSheet, sources: dict[int, Source]) -> Node:
        """Return what gives the value of a reference. *sources* give the cells of the formula's own row."""
        link = self.links[number]
        if link.way == "own" and not link.anchor:
            return _own(link, sources)
        scalar = link.kind == "cell" and not link.grows

        def value_of(context: Any) -> Value:
            target = self.target(link, host)
            rows = self.rows(link, host, context.row)
            if target is None or rows is None:
                raise ErrorValueError(REF)
            if scalar:
                return target.value(link.left, rows[0])
            if link.grows == LISTS and link.way == "static":
                stretches = self._stretches(link, host)
                if len(stretches) > 1:
                    areas = [target.area(link.left, first, link.right, last) for first, last in stretches]
                    columns = [[value for area in areas for value in area.columns[at]] for at in range(areas[0].width)]
                    return Area(columns, link.left, rows[0])
            return target.area(link.left, rows[0], link.right, rows[1])

        look: Node = _remembered(value_of) if link.way == "static" else value_of
        look.place = lambda context: (self.rows(link, host, context.row) or (0, 0))[0]  # type: ignore[attr-defined]
        look.left = link.left  # type: ignore[attr-defined]
        return look


def _remembered(look: Node) -> Node:
    found: list[Value] = []

    def again(context: Any) -> Value:
        if not found:
            found.append(look(context))
        return found[0]

    def for_all(rows: Any) -> list[Value]:
        # Not by way of “again”: in a circle with it, what was found would outlive its sheet.
        if not found:
            found.append(look(rows.contexts[0]))
        return found * len(rows)

    return able(again, for_all)


def _own(link: LinkRecord, sources: dict[int, Source]) -> Node:
    if link.left == link.right:
        single: Node = sources.get(link.left, _nothing)
        if link.kind == "cell":

            def cell(context: Any) -> Value:
                return single(context)

            cell.place = lambda context: context.row  # type: ignore[attr-defined]
            cell.left = link.left  # type: ignore[attr-defined]
            way = at_once(single)
            return cell if way is None else able(cell, way)
    present = [sources.get(column, _nothing) for column in range(link.left, min(link.right, 16_384) + 1)]

    def row_area(context: Any) -> Value:
        return Area([[source(context)] for source in present], link.left, context.row)

    row_area.place = lambda context: context.row  # type: ignore[attr-defined]
    row_area.left = link.left  # type: ignore[attr-defined]
    return row_area


def _nothing(_: Any) -> Scalar:
    return None
