"""Text of a chart's program -> the chart part and its embedded workbook, for each instance."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct

from exporters.binding.environment import text as as_text
from exporters.charts.embedding import EmbeddedWorkbook
from exporters.charts.layout import Area, Layout, Reading, Reference, Value, row_gaps, row_plan
from exporters.charts.marks import BODY, CELL, NUMBER, ROW, SLOT
from exporters.charts.references import Range, column_letters
from exporters.package import Package
from exporters.wording import plain

_BODY, _CELL, _ROW, _SLOT = (mark.encode() for mark in (BODY, CELL, ROW, SLOT))
_NUMERIC_ROLES = frozenset(("val", "yVal", "bubbleSize", "plus", "minus"))
_FROM_ZERO = re.compile(rb'<(?:\w+:)?min val="0(?:\.0*)?"/>')
#: How many layouts of one chart are remembered.
_REMEMBERED = 256
_REMEMBERED_BODIES = 16


def cell_value(value: Any) -> str:
    """Return the stream's form of a bound cell: numbers are marked, what is missing leaves the cell empty."""
    if isinstance(value, Decimal):
        return f"{NUMBER}{plain(value)}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{NUMBER}{plain(Decimal(repr(value)))}"
    return as_text(value)


#: To be passed to ``Program.bind`` with the format's own filters.
FILTERS: dict[str, Callable[..., Any]] = {"_cell": cell_value}


class ChartParts(Struct, frozen=True):
    """One instance of a chart."""

    chart: bytes
    workbook: bytes


class _Table(Struct, frozen=True):
    pieces: Sequence[str]
    area: Range


class _Form:
    """Text with texts of a list in it, by their numbers. All are octets: text of Chinese is slow to join and encode."""

    __slots__ = ("_numbers", "_pieces")

    def __init__(self, text: bytes) -> None:
        self._pieces = text.split(_SLOT)
        self._numbers = [int(piece) for piece in self._pieces[1::2]]

    def fill(self, texts: Sequence[bytes]) -> bytes:
        pieces = self._pieces
        pieces[1::2] = [texts[number] for number in self._numbers]
        return b"".join(pieces)


class _Pattern(Struct, frozen=True):
    """What the instances have in common whose data sheets have the same rows, and their cells values of one kind."""

    layout: Layout
    cells: list[Value | None]
    sheet: _Form
    references: list[bytes]
    """The XML of each, with slots for the cells' texts."""
    bodies: dict[bytes, _Form]
    """The whole chart, by what its program gives around the references; most instances say the same."""


class ChartMaker:
    """Makes the instances of one compiled chart. *package* is the template; *epoch* dates the workbook's members."""

    def __init__(self, meta: dict[str, Any], package: Package, epoch: int | None = None) -> None:
        book = Package.open(package.read(meta["book"]), name=f"{package.file}, {meta['book']}")
        self._head, self._tail = meta["texts"][meta["sheet"]]
        self._rows = {int(number): row_plan(row) for number, row in meta["rows"].items()}
        self._gaps = row_gaps(meta["numbers"])
        self._areas = [Area(Range(*item[:5]), *item[5:]) for item in meta["references"]]
        distinct = list(dict.fromkeys(self._areas))
        self._places = {b"%d" % number: distinct.index(area) for number, area in enumerate(self._areas)}
        """The number of each reference in the chart's XML, and of the first one to the same area."""
        self._areas = distinct
        self._tables = [_Table(item[1], Range("", *item[2])) for item in meta["tables"]]
        changing = (meta["sheet"], *(item[0] for item in meta["tables"]))
        replaced = {name: text[0].encode() for name, text in meta["texts"].items() if name != meta["sheet"]}
        self._book = EmbeddedWorkbook(book, changing, replaced, epoch)
        self._readings = Reading(numeric=False), Reading(numeric=True)
        self._layouts: dict[tuple[bytes, ...], Layout] = {}
        self._patterns: dict[tuple[Layout, str], _Pattern] = {}

    def make(self, text: bytes) -> ChartParts:
        """Return the parts of one instance from the *text* that its program gave, in UTF-8."""
        grid, _, xml = text.partition(_BODY)
        lines = [line.split(_CELL) for line in grid.split(_ROW)[1:]]
        layout = self._layout(tuple([line[0] for line in lines]))
        said = [text for line in lines for text in line[1:]]
        bound = [known[text] for known, text in zip(layout.readings, said, strict=True)]
        texts = [text for _, text in bound]
        pattern = self._pattern(layout, "".join([kind for kind, _ in bound]))
        parts = [pattern.sheet.fill(texts)]
        if self._tables:
            shown = [cell and _Form(cell.text.encode()).fill(texts).decode() for cell in pattern.cells]
            parts += [_table(table, layout, shown).encode() for table in self._tables]
        chart = self._body(pattern, xml).fill(texts)
        if b"v>-" in chart:
            # Bars of what falls would be cut off by an axis that begins at 0; they grow from there all the same.
            chart = _FROM_ZERO.sub(b"", chart)
        return ChartParts(chart, self._book.pack(parts))

    def _body(self, pattern: _Pattern, xml: bytes) -> _Form:
        found = pattern.bodies.get(xml)
        if found is None:
            if len(pattern.bodies) >= _REMEMBERED_BODIES:
                pattern.bodies.clear()
            pieces = xml.split(_SLOT)
            pieces[1::2] = [pattern.references[self._places[number]] for number in pieces[1::2]]
            found = pattern.bodies[xml] = _Form(b"".join(pieces))
        return found

    def _layout(self, origins: tuple[bytes, ...]) -> Layout:
        found = self._layouts.get(origins)
        if found is None:
            if len(self._layouts) >= _REMEMBERED:
                self._layouts.clear()
                self._patterns.clear()
            numbers = map(int, origins)
            found = self._layouts[origins] = Layout(self._rows, self._gaps, self._areas, numbers, self._readings)
        return found

    def _pattern(self, layout: Layout, kinds: str) -> _Pattern:
        found = self._patterns.get((layout, kinds))
        if found is None:
            if len(self._patterns) >= _REMEMBERED:
                self._patterns.clear()
            cells, rows, width = layout.fill(kinds)
            head = self._head.replace(SLOT, f"A1:{column_letters(width)}{layout.last}")
            sheet = _Form("".join((head, *rows, self._tail)).encode())
            references = [_reference(reference, cells).encode() for reference in layout.references]
            found = self._patterns[layout, kinds] = _Pattern(layout, cells, sheet, references, {})
        return found


def _reference(found: Reference, cells: Sequence[Value | None]) -> str:
    (_, role, form, code, x), formula, lines = found
    if form == "f":
        return formula
    if form == "multiLvlStrRef":
        inner = "".join(f"<{x}lvl>{_points(_line(line, cells), x)}</{x}lvl>" for line in reversed(lines))
        cache = f'<{x}multiLvlStrCache><{x}ptCount val="{len(lines[0])}"/>{inner}</{x}multiLvlStrCache>'
        return f"<{x}multiLvlStrRef><{x}f>{formula}</{x}f>{cache}</{x}multiLvlStrRef>"
    values = _line(lines[0], cells)
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


def _line(numbers: Sequence[int], cells: Sequence[Value | None]) -> list[Value | None]:
    return [cells[number] if number >= 0 else None for number in numbers]


def _points(values: Sequence[Value | None], x: str) -> str:
    return "".join(
        f'<{x}pt idx="{index}"><{x}v>{value.text}</{x}v></{x}pt>'
        for index, value in enumerate(values)
        if value is not None
    )


def _table(table: _Table, layout: Layout, shown: Sequence[str | None]) -> str:
    area = table.area
    top, bottom = layout.span(area.top, area.bottom)
    reference = f"{column_letters(area.first)}{top}:{column_letters(area.last)}{max(bottom, top + 1)}"
    used: set[str] = set()
    pieces = list(table.pieces)
    for at in range(1, len(pieces), 2):
        column = int(pieces[at])
        number = layout.cells.get((column, top), -1)
        pieces[at] = reference if column == 0 else _header(shown[number] if number >= 0 else None, column, used)
    return "".join(pieces)


def _header(text: str | None, column: int, used: set[str]) -> str:
    """Return a table column's name: its header cell's text."""
    name = (text or f"Column{column}").replace('"', "&quot;").replace("\n", "_x000a_")
    while name.casefold() in used:
        name += "_"
    used.add(name.casefold())
    return name
