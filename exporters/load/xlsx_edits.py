"""Changes of single fields written into a workbook's XML: one sheet is rewritten, all other parts are carried over."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from lxml import etree

from exporters.model import Path
from exporters.package import Package, PackageWriter

from .cells import Sheet, Workbook, column_number, xml
from .changes import Change
from .columns import ROOT, column_name, column_path, letters
from .document import Misfit, Spot, UnreadableError
from .plain import flat
from .xlsx_writer import cell_xml


def edit_xlsx(raw: bytes, changes: Sequence[Change]) -> bytes:
    """Return *raw* with *changes* made; every part but the sheets they stand in keeps its bytes."""
    out = BytesIO()
    with Package.open(raw) as package:
        workbook = Workbook(package)
        sheets = {sheet.name.strip().lower(): sheet for sheet in workbook.sheets}
        edited: dict[str, _SheetEditor] = {}
        for change in changes:
            in_list = change.appends or (len(change.path) > 1 and isinstance(change.path[1], int))
            name = str(change.path[0]) if in_list else ROOT
            if name not in sheets:
                message = f"the workbook has no sheet {name!r}"
                raise UnreadableError(Misfit(Spot(""), "unknown-sheet", message, "add one with its column names"))
            if name not in edited:
                edited[name] = _SheetEditor(workbook, sheets[name], name)
            edited[name].make(change)
        parts = {editor.sheet.part: editor.bytes() for editor in edited.values()}
        with PackageWriter(out) as writer:
            for part in package.names():
                if part in parts:
                    writer.add(part, parts[part])
                else:
                    writer.add_raw(package.raw(part))
    return out.getvalue()


class _SheetEditor:
    def __init__(self, workbook: Workbook, sheet: Sheet, name: str) -> None:
        self.sheet = sheet
        self.name = name
        self.root = xml(workbook.package.read(sheet.part))
        self.data = self.root.find("{*}sheetData")
        self.header = 1
        self.columns: dict[Path, int] = {}
        self.records: list[int] = []
        for number, cells in workbook.rows(sheet):
            if not self.columns:
                self.header = number
                self.columns = {column_path(name, str(cell.value)): cell.column for cell in cells}
            else:
                self.records.append(number)

    def make(self, change: Change) -> None:
        if change.appends:
            self._append(change.value)
            return
        inner = change.path if self.name == ROOT else change.path[2:]
        row = self.records[0 if self.name == ROOT else int(change.path[1])]
        values = {} if change.value is None else dict(flat({column_name(inner): change.value}))
        kept = {column_path(self.name, name) for name in values}
        self._clear(inner, row, kept)
        self._write(row, values)

    def bytes(self) -> bytes:
        for stale in self.root.iterfind("{*}dimension"):
            self.root.remove(stale)
        data: bytes = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", standalone=True)
        return data

    def _append(self, record: Any) -> None:
        row = max([self.header, *self.records]) + 1
        self.records.append(row)
        self._write(row, record)

    def _write(self, row: int, values: Any) -> None:
        for name, value in flat(values):
            path = column_path(self.name, name)
            if path not in self.columns:
                self.columns[path] = max(self.columns.values(), default=0) + 1
                self._put(self.header, self.columns[path], column_name(path))
            self._put(row, self.columns[path], value)

    def _clear(self, inner: Path, row: int, kept: set[Path]) -> None:
        for path, column in self.columns.items():
            if path[: len(inner)] == inner and path not in kept:
                cell = self._cell(row, column, create=False)
                if cell is not None:
                    cell.getparent().remove(cell)

    def _put(self, row: int, column: int, value: str | Decimal | int | bool) -> None:
        cell = self._cell(row, column, create=True)
        reference = f"{letters(column)}{row}"
        new_cell = cell_xml(reference, value, self._style(cell, row, column))
        new = xml(f'<r xmlns="{etree.QName(cell).namespace}">{new_cell}</r>'.encode())[0]
        cell.getparent().replace(cell, new)

    def _style(self, cell: Any, row: int, column: int) -> int:
        """Return the cell's own style, or that of the record above in its column."""
        above = max((number for number in self.records if number < row), default=0)
        neighbour = self._cell(above, column, create=False) if cell.get("s") is None else cell
        return int(neighbour.get("s", "0")) if neighbour is not None else 0

    def _cell(self, row: int, column: int, *, create: bool) -> Any:
        element = self._row(row, create=create)
        if element is None:
            return None
        if create:
            element.attrib.pop("spans", None)
        following = None
        for cell in element.iterfind("{*}c"):
            place = column_number("".join(filter(str.isalpha, cell.get("r", ""))))
            if place == column:
                return cell
            if place > column and following is None:
                following = cell
        if not create:
            return None
        return _new(element, following, "c", f"{letters(column)}{row}")

    def _row(self, number: int, *, create: bool) -> Any:
        following = None
        for row in self.data.iterfind("{*}row"):
            place = int(row.get("r", "0"))
            if place == number:
                return row
            if place > number:
                following = row
                break
        return _new(self.data, following, "row", str(number)) if create else None


def _new(parent: Any, following: Any, tag: str, reference: str) -> Any:
    element = parent.makeelement(etree.QName(etree.QName(parent).namespace, tag), r=reference)
    if following is None:
        parent.append(element)
    else:
        following.addprevious(element)
    return element
