"""A workbook -> Document: one sheet per list of records, a row per record, dotted field names in the first row."""

from __future__ import annotations

from typing import Any

from lxml import etree
from msgspec import Struct, field

from exporters.errors import nearest
from exporters.model import Path
from exporters.package import Package

from .cells import Cell, Sheet, Workbook
from .columns import ROOT, SHEETS, ColumnError, column_name, column_path, letters
from .document import Document, Misfit, Spot, UnreadableError


class Grid(Struct):
    """Where the records of one sheet stand: the row of each, the column of each path."""

    name: str
    number: int
    rows: list[int] = field(default_factory=list)
    columns: dict[Path, int] = field(default_factory=dict)
    header: int = 1

    def spot(self, row: int, column: int = 0, excerpt: str = "") -> Spot:
        place = f"cell {letters(column)}{row}" if column else f"row {row}"
        return Spot(f"sheet '{self.name}', {place}", excerpt, (self.number, row, column))


def read_xlsx(raw: bytes, file: str) -> Document:
    """Read a workbook that passes the guard; raise PackageError, or UnreadableError where it is no workbook."""
    with Package.open(raw, name=file) as package:
        try:
            return _Reader(Workbook(package)).document()
        except (etree.XMLSyntaxError, LookupError, ValueError) as error:
            message = f"the workbook is damaged: {error}"
            raise UnreadableError(Misfit(Spot(""), "broken-package", message)) from None


class _Reader:
    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.misfits: list[Misfit] = []
        self.grids: dict[str, Grid] = {}
        self.data: dict[str, Any] = {}

    def document(self) -> Document:
        for number, sheet in enumerate(self.workbook.sheets):
            name = sheet.name.strip().lower()
            if name.startswith("_"):
                continue
            grid = Grid(sheet.name, number)
            if name not in SHEETS:
                hint = nearest(name, SHEETS) or f"sheets are {', '.join(SHEETS)}; one that starts with _ is left alone"
                spot = Spot(f"sheet '{sheet.name}'", "", (number,))
                self.misfits.append(Misfit(spot, "unknown-sheet", "this sheet is no part of a dataset", hint))
            elif name in self.grids:
                self.misfits.append(Misfit(grid.spot(1), "duplicate-sheet", f"there are two sheets {name!r}"))
            else:
                self.grids[name] = grid
                self._read(sheet, name, grid)
        return Document(self.data, self._locate, self.misfits)

    def _read(self, sheet: Sheet, name: str, grid: Grid) -> None:
        rows = self.workbook.rows(sheet)
        header = next(rows, None)
        records: list[dict[str, Any]] = []
        if header is not None:
            grid.header = header[0]
            columns = self._columns(name, grid, header[1])
            for number, cells in rows:
                grid.rows.append(number)
                records.append(self._record(grid, columns, number, cells))
        if name != ROOT:
            self.data[name] = records
        elif len(records) > 1:
            self.misfits.append(Misfit(grid.spot(grid.rows[1]), "extra-row", "a dataset has one row of its own"))
        elif records:
            self.data = {**records[0], **self.data}

    def _columns(self, name: str, grid: Grid, cells: list[Cell]) -> dict[int, Path]:
        columns: dict[int, Path] = {}
        for cell in cells:
            spot = grid.spot(grid.header, cell.column, str(cell.value))
            columns[cell.column] = ()
            try:
                path = column_path(name, str(cell.value))
            except ColumnError as error:
                self.misfits.append(Misfit(spot, "unknown-field", str(error), error.hint))
                continue
            if path in grid.columns:
                self.misfits.append(Misfit(spot, "duplicate-key", f"column {cell.value!r} is given twice"))
            else:
                grid.columns[path] = cell.column
                columns[cell.column] = path
        return columns

    def _record(self, grid: Grid, columns: dict[int, Path], row: int, cells: list[Cell]) -> dict[str, Any]:
        record: dict[Any, Any] = {}
        for cell in cells:
            path = columns.get(cell.column)
            if path is None:
                message, hint = "a value stands in a column without a name", f"name it in row {grid.header}"
                self.misfits.append(Misfit(grid.spot(row, cell.column, shown(cell)), "unknown-field", message, hint))
            elif cell.fault is not None:
                self.misfits.append(Misfit(grid.spot(row, cell.column, shown(cell)), *cell.fault))
            if path:
                inner = record
                for step in path[:-1]:
                    inner = inner.setdefault(step, {})
                inner[path[-1]] = cell.value
        nested = self._with_lists(record, grid, row, ())
        assert isinstance(nested, dict)
        return nested

    def _with_lists(self, value: Any, grid: Grid, row: int, path: Path) -> Any:
        if not isinstance(value, dict):
            return value
        inner = {step: self._with_lists(item, grid, row, (*path, step)) for step, item in value.items()}
        if not all(isinstance(step, int) for step in inner) or not inner:
            return inner
        if sorted(inner) != list(range(len(inner))):
            first = column_name((*path, max(inner)))
            message = f"{first} is filled, but not all of those before it"
            self.misfits.append(Misfit(grid.spot(row), "gap", message, "fill them from 1 on"))
        return [inner[step] for step in sorted(inner)]

    def _locate(self, path: Path) -> Spot:
        name = str(path[0]) if path and path[0] in SHEETS else ROOT
        grid = self.grids.get(name)
        if grid is None:
            return Spot(f"sheet '{name}'", "", (len(self.grids),))
        index, inner = (0, path) if name == ROOT else (path[1] if len(path) > 1 else -1, path[2:])
        if not isinstance(index, int) or not 0 <= index < len(grid.rows):
            return grid.spot(grid.header)
        column = _column_of(grid, inner)
        return grid.spot(grid.rows[index], column, self._excerpt(path))

    def _excerpt(self, path: Path) -> str:
        value: Any = self.data
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return ""
        return str(value)[:200] if isinstance(value, str | bool) else ""


def shown(cell: Cell) -> str:
    return str(cell.value)[:200]


def _column_of(grid: Grid, path: Path) -> int:
    """Return the column of a path, of its parts, or of what it lies in; 0 where the sheet has none."""
    for depth in range(len(path), 0, -1):
        inside = [column for known, column in grid.columns.items() if known[:depth] == path[:depth]]
        if inside:
            return min(inside)
    return 0
