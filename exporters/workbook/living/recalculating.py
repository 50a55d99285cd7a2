"""Cached values of formulas whose inputs changed, worked out anew where that can be done here."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from exporters.package.xstrings import spelled
from exporters.workbook.formula.evaluate import Node, build, result
from exporters.workbook.formula.named import area_of
from exporters.workbook.formula.tokens import tokens
from exporters.workbook.formula.values import Area, Error, ErrorValueError, Scalar, UnknownError, Value
from exporters.workbook.living.book import Table
from exporters.workbook.living.cells import Cell
from exporters.workbook.living.rowforms import RowCells
from exporters.workbook.living.shapes import Reference, Shape, shaped, shaped_in
from exporters.workbook.living.sheet import Sheet
from exporters.workbook.living.spans import Splices, escaped, start_tag_end, with_attribute
from exporters.workbook.references import parse_range

Place = tuple[str, int, int]
"""Sheet (folded), row, column."""
_Rectangle = tuple[str, int, int, int, int]
"""Sheet (folded), left, top, right, bottom."""


class _Context(Struct, frozen=True):
    row: int
    column: int
    inputs: list[Value]
    """What the references of the formula stand for."""


class _FormulaCell(Struct):
    cell: Cell
    text: str
    known: bool = True
    cells: list[Place] = field(default_factory=list)
    """The single cells that it looks at, and ``areas`` the ranges."""
    areas: list[_Rectangle] = field(default_factory=list)


class Recalculation:
    """All sheets of a workbook as they are after a patch."""

    def __init__(
        self, sheets: Mapping[str, Sheet], tables: Iterable[Table], names: Mapping[str, str], strings: list[str]
    ) -> None:
        self._sheets = {name.casefold(): sheet for name, sheet in sheets.items()}
        self._names = {sheet.part: name.casefold() for name, sheet in sheets.items()}
        self._written = {name.casefold(): name for name in sheets}
        self._tables = {table.name.casefold(): table for table in tables}
        self._defined = names
        self._strings = strings
        self._formulas: dict[Place, _FormulaCell] = {}
        self._cell_readers: dict[Place, list[Place]] = {}
        self._range_readers: dict[_Rectangle, list[Place]] = {}
        """The formulas that look at a range, and those that look at a cell."""
        self._values: dict[Place, Scalar] = {}
        self._areas: dict[_Rectangle, Area] = {}
        self._dirty: dict[tuple[str, int], list[int]] = {}
        self._nodes: dict[int, tuple[Node, list[Reference]]] = {}
        """What works out the formulas of a shape, by the shape's identity, and the references that it takes."""
        self._shapes: dict[int, Shape] = {}
        self._states: dict[Place, int] = {}
        self._inside: dict[_Rectangle, list[Place]] = {}
        """The formulas to be worked out in a range."""
        self._unknown: set[Place] = set()
        self._subtotals: set[Place] = set()
        self._hidden: dict[str, tuple[set[int], set[int]]] = {}
        """By sheet: the rows that a filter hides, and all hidden ones."""
        self._bounds: dict[str, tuple[int, int]] = {}
        for name, sheet in self._sheets.items():
            self._read(name, sheet)
        for place, formula in self._formulas.items():
            self._look(place[0], formula)
            for cell in formula.cells:
                self._cell_readers.setdefault(cell, []).append(place)
            for area in formula.areas:
                self._range_readers.setdefault(area, []).append(place)

    def _read(self, name: str, sheet: Sheet) -> None:
        filled = [row for row in sheet.rows.values() if row.cells]
        right = max((max(row.cells) for row in filled), default=1)
        bottom = max((row.number for row in filled), default=1)
        for cell, formula in sheet.formulas():
            text = sheet.formula(cell)
            known = bool(text) and formula.kind not in {"array", "dataTable"}
            self._formulas[name, cell.row, cell.column] = _FormulaCell(cell, text, known)
            if "SUBTOTAL(" in text.upper():
                self._subtotals.add((name, cell.row, cell.column))
        self._bounds[name] = right, bottom

    # --- what depends on what changed ----------------------------------------------------------------------------

    def _look(self, sheet: str, formula: _FormulaCell) -> None:
        """Find out what a formula looks at."""
        if "[" in formula.text or self._defined:
            formula.text = self._plain(formula, sheet)
        shape, numbers = shaped_in(formula.text, formula.cell.row)
        self._shapes[id(shape)] = shape
        cells: dict[Place, None] = {}
        areas: dict[_Rectangle, None] = {}
        for reference in shape.references:
            name = reference.sheet or sheet
            if reference.token.area == "#REF!" or name not in self._sheets:
                continue
            if len(reference.rows) == 1:
                cells[name, numbers[reference.rows[0]], reference.columns[0]] = None
                continue
            left, top, right, bottom = reference.area(numbers)
            used_right, used_bottom = self._bounds[name]
            areas[name, left, top, max(left, min(right, used_right)), max(top, min(bottom, used_bottom))] = None
        formula.cells, formula.areas = list(cells), list(areas)

    def _plain(self, formula: _FormulaCell, sheet: str) -> str:
        """Return a formula with structured references and names of plain ranges written as addresses."""
        if "[" not in formula.text and not any(
            token.text.casefold() in self._defined for token in shaped(formula.text)[0].names
        ):
            return formula.text
        pieces: list[str] = []
        for token in tokens(formula.text):
            text = token.text
            if token.kind == "table":
                text = area_of(text, self._tables, sheet, formula.cell.row, self._called) or text
            elif token.kind == "name":
                text = self._defined.get(text.casefold(), text)
            pieces.append(text)
        return "".join(pieces)

    def _called(self, part: str) -> str:
        """Return what a sheet is called; nothing where it is none of the workbook's."""
        return self._written[self._names[part]] if part in self._names else ""

    def run(self, changed: Iterable[Place]) -> dict[str, dict[tuple[int, int], Scalar | None]]:
        """Work out every formula that depends on the *changed* cells, those among them, and those that an editor
        wrote without a value.

        Returns new values by sheet (folded) and (row, column); None where Excel has to work the value out.
        """
        changed = list(changed)
        known = set(changed)
        changed += [place for place, one in self._formulas.items() if _valueless(one.cell) and place not in known]
        dirty = self._dependents(changed)
        for place in dirty:
            self._states[place] = 0
        for place in dirty:
            self._resolve(place)
        found: dict[str, dict[tuple[int, int], Scalar | None]] = {}
        for sheet, row, column in dirty:
            value = None if (sheet, row, column) in self._unknown else self._values[sheet, row, column]
            found.setdefault(sheet, {})[row, column] = value
        return found

    @property
    def blind(self) -> bool:
        """Whether a formula looks at what cannot be told here: whether it depends on a changed cell, neither."""
        return any(_is_blind(shape.parsed.tree) for shape in self._shapes.values())

    def _mark(self, place: Place) -> None:
        rows = self._dirty.setdefault((place[0], place[2]), [])
        insort(rows, place[1])

    def _touches(self, area: _Rectangle) -> bool:
        sheet, left, top, right, bottom = area
        for column in range(left, right + 1):
            rows = self._dirty.get((sheet, column))
            if rows and bisect_left(rows, top) < bisect_right(rows, bottom):
                return True
        return False

    def _dependents(self, changed: list[Place]) -> list[Place]:
        """Return the formulas among the *changed* cells and all that look at a cell that may change."""
        dirty = dict.fromkeys(place for place in changed if place in self._formulas)
        cells, ranges = self._cell_readers.copy(), self._range_readers.copy()
        new = changed
        while new:
            for place in new:
                self._mark(place)
            readers = [one for place in new for one in cells.pop(place, ())]
            readers += (one for area in [*filter(self._touches, ranges)] for one in ranges.pop(area))
            new = [one for one in dict.fromkeys(readers) if one not in dirty]
            dirty |= dict.fromkeys(new)
        return list(dirty)

    # --- values --------------------------------------------------------------------------------------------------

    def _resolve(self, start: Place) -> None:
        """Work out a formula after those it looks at; deep chains must not exhaust Python's own stack."""
        stack = [start]
        while stack:
            place = stack[-1]
            state = self._states[place]
            if state == 2:
                stack.pop()
                continue
            waiting = [] if state == 1 else [one for one in self._inputs(place) if self._states[one] != 2]
            self._states[place] = 1
            if any(self._states[one] == 1 for one in waiting):
                self._unknown.add(place)  # a circle: what Excel makes of it is not known here
                waiting = []
            if waiting:
                stack += waiting
                continue
            if place not in self._unknown:
                self._evaluate(place)
            self._states[place] = 2
            stack.pop()

    def _inputs(self, place: Place) -> Iterable[Place]:
        formula = self._formulas[place]
        yield from (one for one in formula.cells if one in self._states)
        for area in formula.areas:
            found = self._inside.get(area)
            if found is None:
                found = self._inside[area] = [one for one in self._dirty_in(*area) if one in self._states]
            yield from found

    def _dirty_in(self, sheet: str, left: int, top: int, right: int, bottom: int) -> Iterator[Place]:
        for column in range(left, right + 1):
            rows = self._dirty.get((sheet, column), [])
            yield from ((sheet, row, column) for row in rows[bisect_left(rows, top) : bisect_right(rows, bottom)])

    def _evaluate(self, place: Place) -> None:
        formula = self._formulas[place]
        if not formula.known or (self._unknown and any(one in self._unknown for one in self._inputs(place))):
            self._unknown.add(place)
            return
        try:
            shape, numbers = shaped_in(formula.text, formula.cell.row)
            known = self._nodes.get(id(shape))
            if known is None:
                plain = [one for one in shape.references if one.is_plain]
                node = build(shape.parsed.tree, [*map(_reading, range(len(plain)))], _no_slots)
                known = self._nodes[id(shape)] = node, plain
            node, plain = known
            inputs = [self._input(one.sheet or place[0], one, numbers) for one in plain]
            self._values[place] = result(node, _Context(place[1], place[2], inputs))
        except UnknownError:
            self._unknown.add(place)

    def _input(self, name: str, reference: Reference, numbers: Sequence[int]) -> Value:
        if name not in self._sheets:
            raise UnknownError(name)
        if len(reference.rows) == 1:
            return self.value(name, numbers[reference.rows[0]], reference.columns[0])
        left, top, right, bottom = reference.area(numbers)
        if left == right and top == bottom:
            return self.value(name, top, left)
        return self.area(name, left, top, right, bottom)

    def area(self, sheet: str, left: int, top: int, right: int, bottom: int) -> Area:
        """Return the values of a rectangle, clipped to what the sheet uses."""
        key = sheet, left, top, right, bottom
        found = self._areas.get(key)
        if found is None:
            used_right, used_bottom = self._bounds[sheet]
            last_column, last_row = max(left, min(right, used_right)), max(top, min(bottom, used_bottom))
            columns = [
                [self.value(sheet, row, column) for row in range(top, last_row + 1)]
                for column in range(left, last_column + 1)
            ]
            found = self._areas[key] = Area(columns, left, top)
            if self._subtotals:
                found.shown = self._shown(found, sheet)
        return found

    def _shown(self, area: Area, sheet: str) -> tuple[Area, Area]:
        """Return what subtotals count of an area: without others, and without hidden rows."""

        def but(hidden: set[int]) -> Area:
            columns = [
                [
                    None if row in hidden or (sheet, row, column) in self._subtotals else value
                    for row, value in enumerate(values, area.top)
                ]
                for column, values in enumerate(area.columns, area.left)
            ]
            return Area(columns, area.left, area.top)

        filtered, hidden = self._hidden_rows(sheet)
        return but(filtered), but(hidden)

    def _hidden_rows(self, name: str) -> tuple[set[int], set[int]]:
        found = self._hidden.get(name)
        if found is None:
            sheet = self._sheets[name]
            hidden = {number for number, row in sheet.rows.items() if row.attributes.get("hidden") in {"1", "true"}}
            areas = [one.area for one in self._tables.values() if self._names.get(one.sheet) == name]
            areas += [area for one in sheet.root.all("autoFilter") if (area := parse_range(one.get("ref")))]
            filtered = {row for row in hidden if any(area.top <= row <= area.bottom for area in areas)}
            found = self._hidden[name] = filtered, hidden
        return found

    def value(self, sheet: str, row: int, column: int) -> Scalar:
        """Return a cell's value as formulas see it."""
        place = sheet, row, column
        if place in self._values:
            return self._values[place]
        line = self._sheets[sheet].rows.get(row)
        told = line.cells.text(column) if line is not None and isinstance(line.cells, RowCells) else None
        cell = line.cells.get(column) if line is not None and told is None else None
        if told is not None:
            self._values[place] = _scalar(*told, self._strings)
        elif cell is not None:
            text = cell.inline if cell.kind == "inlineStr" else cell.value
            self._values[place] = _scalar(cell.kind, text, self._strings)
        return self._values.setdefault(place, None)


def _no_slots(_: int) -> Node:
    raise UnknownError("a value of a template")


def _is_blind(tree: Any) -> bool:
    """Whether something in a formula's tree is beyond the grammar, or is a name of something else than cells."""
    return isinstance(tree, list) and (tree[:1] == ["?"] or any(map(_is_blind, tree)))


def _reading(number: int) -> Node:
    """Return what reads the reference of that number."""

    def read(context: Any) -> Value:
        value: Value = context.inputs[number]
        if isinstance(value, Error):
            raise ErrorValueError(value)
        return value

    return read


def _scalar(kind: str, value: str | None, strings: list[str]) -> Scalar:
    if kind == "inlineStr":
        return value or ""
    if value is None:
        return None
    if kind == "s":
        return strings[int(value)] if value.isdecimal() and int(value) < len(strings) else ""
    if kind == "b":
        return value.strip() in {"1", "true"}
    if kind == "e":
        return Error(value)
    if kind == "n":
        try:
            return float(value)
        except ValueError:
            return None
    return value


def with_values(sheet: Sheet, values: Mapping[tuple[int, int], Scalar | None]) -> bytes:
    """Return a sheet's bytes with new cached values; None takes the value out."""
    splices = Splices(sheet.data)
    for (row, column), value in values.items():
        cell = sheet.cell(column, row)
        if cell is None or cell.formula is None:
            continue
        kind, text = _written(value)
        if _same(cell, kind, text):
            continue
        at = sheet.base(cell)
        opened = start_tag_end(sheet.data, at + cell.start)
        tag = with_attribute(sheet.data[at + cell.start : opened], "t", kind if kind not in {"", "n"} else None)
        # Between formula and end there is the old value only.
        new = f"<{sheet.prefix}v>{escaped(spelled(text))}</{sheet.prefix}v>" if kind else ""
        formula = sheet.data[at + cell.formula.start : at + cell.formula.end]
        splices.replace(at + cell.start, at + cell.end, tag + formula + new.encode() + f"</{sheet.prefix}c>".encode())
    return splices.result()


def _written(value: Scalar | None) -> tuple[str, str]:
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, Error):
        return "e", value.code
    if isinstance(value, float):
        return "n", repr(value).removesuffix(".0")
    return "str", value


def same_result(cell: Cell, value: Scalar | None) -> bool:
    """Return whether *value* is what the cell keeps as its formula's result, up to the rounding of sums."""
    kind, text = _written(value)
    if kind == "n" and cell.kind == "n" and cell.value:
        try:
            return math.isclose(float(cell.value), float(text), rel_tol=1e-12, abs_tol=1e-15)
        except ValueError:
            return False
    if text == "" and not cell.value:
        return True
    return _same(cell, kind, text)


def _same(cell: Cell, kind: str, text: str) -> bool:
    old = cell.kind if cell.value is not None else ""
    if kind != old or cell.value is None:
        return kind == old
    if kind == "n":
        try:
            return float(cell.value) == float(text)
        except ValueError:
            return False
    return cell.value == text


def _valueless(cell: Cell) -> bool:
    """Whether a formula stands there without a value; an empty text is one."""
    return cell.value is None or (not cell.value and cell.kind != "str")
