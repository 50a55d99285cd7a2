"""Text of a chart's program -> the chart part and its embedded workbook, for each instance."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup

from exporters.binding.environment import text as as_text
from exporters.charts.embedding import EmbeddedWorkbook
from exporters.charts.marks import BODY, CELL, NUMBER, ROW, SLOT
from exporters.charts.references import Range, column_letters
from exporters.package import Package
from exporters.wording import plain

_NUMERIC = re.compile(r"^-?[0-9]+(?:\.[0-9]+)?$")
_NUMERIC_ROLES = frozenset(("val", "yVal", "bubbleSize", "plus", "minus"))
_SPACED = re.compile(r"^\s|\s$|\n")


def cell_value(value: Any) -> str:
    """Return the stream's form of a bound cell: numbers are marked, what is missing leaves the cell empty."""
    if isinstance(value, Decimal):
        return Markup(f"{NUMBER}{plain(value)}")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Markup(f"{NUMBER}{plain(Decimal(repr(value)))}")
    return as_text(value)


#: To be passed to ``Program.bind`` with the format's own filters.
FILTERS: dict[str, Callable[..., Any]] = {"_cell": cell_value}


class Value(NamedTuple):
    """What a cell shows: XML text, and whether it is a number."""

    text: str
    number: bool


class ChartParts(NamedTuple):
    """One instance of a chart."""

    chart: bytes
    workbook: bytes


class _Column(NamedTuple):
    letters: str
    style: str
    kind: str
    constant: Value


class _RowPlan(NamedTuple):
    attributes: str
    cells: tuple[tuple[int, _Column], ...]


class _Area(NamedTuple):
    area: Range
    role: str
    form: str
    code: str
    prefix: str


class _Table(NamedTuple):
    pieces: Sequence[str]
    area: Range


class ChartMaker:
    """Makes the instances of one compiled chart. *package* is the template; *epoch* dates the workbook's members."""

    def __init__(self, meta: dict[str, Any], package: Package, epoch: int | None = None) -> None:
        book = Package.open(package.read(meta["book"]), name=f"{package.file}, {meta['book']}")
        self._head, self._tail = meta["texts"][meta["sheet"]]
        self._rows = {int(number): _row_plan(row) for number, row in meta["rows"].items()}
        self._gaps = _gaps(meta["numbers"])
        self._areas = [_Area(Range(*item[:5]), *item[5:]) for item in meta["references"]]
        self._tables = [_Table(item[1], Range("", *item[2])) for item in meta["tables"]]
        changing = (meta["sheet"], *(item[0] for item in meta["tables"]))
        replaced = {name: text[0].encode() for name, text in meta["texts"].items() if name != meta["sheet"]}
        self._book = EmbeddedWorkbook(book, changing, replaced, epoch)

    def make(self, text: str) -> ChartParts:
        """Return the parts of one instance from the *text* that its program gave."""
        grid, _, xml = text.partition(BODY)
        sheet = _Sheet(self._rows, self._gaps, grid)
        pieces = xml.split(SLOT)
        for at in range(1, len(pieces), 2):
            pieces[at] = _reference(self._areas[int(pieces[at])], sheet)
        parts = [sheet.xml(self._head, self._tail), *(_table(table, sheet) for table in self._tables)]
        return ChartParts("".join(pieces).encode(), self._book.pack(part.encode() for part in parts))


def _row_plan(row: Any) -> _RowPlan:
    attributes, cells = row
    return _RowPlan(
        attributes,
        tuple(
            (column, _Column(column_letters(column), f' s="{style}"' if style else "", kind, Value(text, kind == "n")))
            for column, style, kind, text in cells
        ),
    )


def _gaps(numbers: Sequence[int]) -> dict[int, int]:
    """Return how many rows that the template's file does not hold stand above each row."""
    before = 0
    found = {}
    for number in numbers:
        found[number] = number - before - 1
        before = number
    return found


class _Sheet:
    """The data sheet of one instance: which template row each row comes from, and the values by column."""

    def __init__(self, plans: dict[int, _RowPlan], gaps: dict[int, int], grid: str) -> None:
        self.places: list[tuple[int, int]] = []
        """(template row, row) of each row that is there, in order."""
        self.cells: dict[tuple[int, int], Value] = {}
        self._xml: list[str] = []
        self._width = 1
        number = seen = 0
        for line in grid.split(ROW)[1:]:
            found, *bound = line.split(CELL)
            origin = int(found)
            number += 1
            if origin > seen:
                number += sum(gap for row, gap in gaps.items() if seen < row <= origin) if gaps else 0
                seen = origin
            self.places.append((origin, number))
            self._add(plans[origin], number, bound)

    def _add(self, plan: _RowPlan, number: int, bound: list[str]) -> None:
        xml: list[str] = []
        values = iter(bound)
        for column, (letters, style, kind, constant) in plan.cells:
            value = constant
            if kind in {"v", "t"}:
                value = _value(next(values), kind == "v")
            if not value.text:
                continue
            self.cells[column, number] = value
            if value.number:
                xml.append(f'<c r="{letters}{number}"{style}><v>{value.text}</v></c>')
            elif kind in {"b", "e"}:
                xml.append(f'<c r="{letters}{number}"{style} t="{kind}"><v>{value.text}</v></c>')
            else:
                space = ' xml:space="preserve"' if _SPACED.search(value.text) else ""
                xml.append(f'<c r="{letters}{number}"{style} t="inlineStr"><is><t{space}>{value.text}</t></is></c>')
            self._width = max(self._width, column)
        self._xml.append(f'<row r="{number}"{plan.attributes}>{"".join(xml)}</row>')

    def span(self, top: int, bottom: int) -> tuple[int, int]:
        """Return the first and last row that come from the template's rows *top* to *bottom*; one row where none do."""
        numbers = [number for origin, number in self.places if top <= origin <= bottom]
        if numbers:
            return numbers[0], numbers[-1]
        above = [number for origin, number in self.places if origin < top]
        first = above[-1] + 1 if above else top
        return first, first

    def xml(self, head: str, tail: str) -> str:
        last = self.places[-1][1] if self.places else 1
        return "".join((head.replace(SLOT, f"A1:{column_letters(self._width)}{last}"), *self._xml, tail))


def _value(text: str, numeric: bool) -> Value:
    if text.startswith(NUMBER) and text.count(NUMBER) == 1:
        return Value(text[1:], True)
    text = text.replace(NUMBER, "")
    return Value(text, numeric and _NUMERIC.match(text) is not None)


def _reference(plan: _Area, sheet: _Sheet) -> str:
    area, role, form, code, x = plan
    top, bottom = sheet.span(area.top, area.bottom)
    formula = _formula(area, top, bottom)
    if form == "f":
        return formula
    if form == "multiLvlStrRef":
        levels = (Range(area.sheet, column, top, column, bottom) for column in range(area.last, area.first - 1, -1))
        inner = "".join(f"<{x}lvl>{_points(_line(level, top, bottom, sheet), x)}</{x}lvl>" for level in levels)
        cache = f'<{x}multiLvlStrCache><{x}ptCount val="{bottom - top + 1}"/>{inner}</{x}multiLvlStrCache>'
        return f"<{x}multiLvlStrRef><{x}f>{formula}</{x}f>{cache}</{x}multiLvlStrRef>"
    values = _line(area, top, bottom, sheet)
    count = f'<{x}ptCount val="{len(values)}"/>'
    if form == "datalabelsRange":
        # Its points are elements of the chart's own namespace inside an extension.
        points = _points(values, "c:")
        return f'<{x}f>{formula}</{x}f><{x}dlblRangeCache><c:ptCount val="{len(values)}"/>{points}</{x}dlblRangeCache>'
    if form == "numRef" and (role in _NUMERIC_ROLES or all(value is None or value.number for value in values)):
        values = [value if value is not None and value.number else None for value in values]
        shown = f"<{x}formatCode>{code}</{x}formatCode>" if code else ""
        cache = f"<{x}numCache>{shown}{count}{_points(values, x)}</{x}numCache>"
        return f"<{x}numRef><{x}f>{formula}</{x}f>{cache}</{x}numRef>"
    return f"<{x}strRef><{x}f>{formula}</{x}f><{x}strCache>{count}{_points(values, x)}</{x}strCache></{x}strRef>"


def _formula(area: Range, top: int, bottom: int) -> str:
    sheet = area.sheet.replace("&", "&amp;").replace("<", "&lt;") + "!" if area.sheet else ""
    first, last = column_letters(area.first), column_letters(area.last)
    start = f"{sheet}${first}${top}"
    return start if (first, top) == (last, bottom) else f"{start}:${last}${bottom}"


def _line(area: Range, top: int, bottom: int, sheet: _Sheet) -> list[Value | None]:
    if area.first == area.last:
        return [sheet.cells.get((area.first, row)) for row in range(top, bottom + 1)]
    return [sheet.cells.get((column, top)) for column in range(area.first, area.last + 1)]


def _points(values: Sequence[Value | None], x: str) -> str:
    return "".join(
        f'<{x}pt idx="{index}"><{x}v>{value.text}</{x}v></{x}pt>'
        for index, value in enumerate(values)
        if value is not None
    )


def _table(table: _Table, sheet: _Sheet) -> str:
    area = table.area
    top, bottom = sheet.span(area.top, area.bottom)
    reference = f"{column_letters(area.first)}{top}:{column_letters(area.last)}{max(bottom, top + 1)}"
    used: set[str] = set()
    pieces = list(table.pieces)
    for at in range(1, len(pieces), 2):
        column = int(pieces[at])
        pieces[at] = reference if column == 0 else _header(sheet.cells.get((column, top)), column, used)
    return "".join(pieces)


def _header(value: Value | None, column: int, used: set[str]) -> str:
    """Return a table column's name: its header cell's text."""
    name = (value.text if value else f"Column{column}").replace('"', "&quot;").replace("\n", "_x000a_")
    while name.casefold() in used:
        name += "_"
    used.add(name.casefold())
    return name
