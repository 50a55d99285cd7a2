"""What people put into a workbook of their own, brought into another one of the pack: sheets, columns, cells, names.

Formulas come along, written for the other workbook; what has no place there is told in words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

from msgspec.structs import replace

from exporters.package import rt
from exporters.package.described import own_properties
from exporters.snapshot import Twin
from exporters.workbook.living.book import Book, Column, SheetEntry, Table, readable
from exporters.workbook.living.caches import renew
from exporters.workbook.living.cells import Cell
from exporters.workbook.living.cellxml import NOTHING, Content
from exporters.workbook.living.charting import frames
from exporters.workbook.living.formulas import FORMULA, by_header
from exporters.workbook.living.lifting import Lifting
from exporters.workbook.living.naming import Naming
from exporters.workbook.living.packing import Changes
from exporters.workbook.living.placing import content_like
from exporters.workbook.living.ruling import laid_over
from exporters.workbook.living.shapes import shaped
from exporters.workbook.living.shifting import Shifts
from exporters.workbook.living.spans import Splices, escaped, parse, prefix_of, utf8
from exporters.workbook.living.texts import Run
from exporters.workbook.living.translating import Translation
from exporters.workbook.living.writing import SheetEdit
from exporters.workbook.references import Range, letters

if TYPE_CHECKING:
    from exporters.package.reader import Package

_WHOLE_BOOK = (rt.PIVOT_TABLE, "http://schemas.microsoft.com/office/2007/relationships/slicer")
"""What a sheet leads to that the workbook as a whole has to know as well."""


def adopt(
    target: Package,
    source: Package,
    base: Package,
    twins: Mapping[str, Twin],
    out: BinaryIO,
    *,
    epoch: int | None = None,
) -> list[str]:
    """Write *target* with the sheets, columns, cells and names of *source* that neither it nor *base* has, unless there
    are none; return what of them has no place there and stands in no line of text."""
    with readable(target):
        adopter = _Adopter(target, source, base, twins)
        adopter.run()
        if adopter.changes.parts:
            adopter.changes.write(out, epoch)
        return adopter.left


class _Adopter:
    def __init__(self, target: Package, source: Package, base: Package, twins: Mapping[str, Twin]) -> None:
        self._book, self._source, self._base = Book(target), Book(source), Book(base)
        self._twins = _sheets(twins, {entry.part for entry in self._source.entries})
        self.changes = Changes(target)
        self._pairs = {part: twin.target for part, twin in self._twins.items() if twin.target}
        self._translation = Translation(self._source, self._book, self._pairs)
        self._lifting = Lifting(self._book, self._source, self._translation, self.changes)
        self._edits: dict[str, SheetEdit] = {}
        self._own = frozenset(twins)
        self._wider: dict[str, int] = {}
        self._formulas_of: dict[str, set[str]] = {}
        self.left: list[str] = []

    def run(self) -> None:
        self._sheets()
        for entry in self._source.entries:
            twin = self._twins.get(entry.part)
            if twin is not None:
                self._columns(entry)
                self._cells(entry, twin)
                self._drawn(entry, twin)
                self._laid_over(entry, twin)
        self._lifting.names = self._names()
        for edit in self._edits.values():
            self.changes.set(edit.entry.part, edit.write(Shifts({})))
        self._lifting.write(Shifts({}))
        self.left += self._lifting.broken
        if self._book.styles.changed:
            self.changes.set(self._book.target(self._book.part, rt.STYLES), self._book.styles.result())
        chain = self._book.target(self._book.part, rt.CALC_CHAIN)
        if chain and (self._edits or self._lifting.entries):
            self.changes.drop(chain, self._book.part)
        if self._edits or self._lifting.entries:
            renew(self._book, self.changes, self._edits.values(), self._lifting.entries)
        for part, data in own_properties(self._book.package, self._source.package, self._base.package).items():
            self.changes.set(part, data)

    # --- sheets --------------------------------------------------------------------------------------------------

    def _sheets(self) -> None:
        here = {entry.name.casefold() for entry in self._book.entries}
        for entry in self._source.entries:
            if entry.part in self._twins:
                continue
            types = {item.type for item in self._source.package.relationships(entry.part)}
            if entry.name.casefold() in here:
                continue
            if types.intersection(_WHOLE_BOOK):
                self.left += self._formulas(entry)
            else:
                self._lifting.add(entry.part)
        known = {*_chart_sheets(self._base), *_chart_sheets(self._book)}
        self.left += (f"chart sheet {name}" for name in _chart_sheets(self._source) if name not in known)

    def _formulas(self, entry: SheetEntry) -> Iterator[str]:
        sheet = self._source.sheet(entry.part)
        for cell, _ in sheet.formulas():
            yield self._told(entry, cell)

    def _told(self, entry: SheetEntry, cell: Cell) -> str:
        return f"{entry.name}!{cell.address}: {FORMULA}{self._source.sheet(entry.part).formula(cell)}"

    # --- columns -------------------------------------------------------------------------------------------------

    def _columns(self, entry: SheetEntry) -> None:
        names, there = Naming.of(self._source).tables, Naming.of(self._book).tables
        before = {Naming.of(self._base).tables[one.part]: one for one in self._base.tables if one.key_column}
        twins = {there[one.part]: one for one in self._book.tables if one.key_column}
        for table in self._source.tables:
            origin, twin = before.get(names.get(table.part, "")), twins.get(names.get(table.part, ""))
            if table.sheet != entry.part or origin is None:
                continue
            added: list[Column] = []
            for column in table.columns:
                if column.name in {one.name for one in origin.columns} or origin.twin(column, table) is not None:
                    continue
                if twin is None:
                    self._leave(entry, self._filled(entry, table, column))
                else:
                    self._column(entry, table, column, twin, added)
            if twin is not None and added:
                part = twin.part
                self._wider[part] = len(added)
                self.changes.set(part, _widened(utf8(self._book.package.read(part)), twin.area, added))

    def _column(self, entry: SheetEntry, table: Table, column: Column, twin: Table, added: list[Column]) -> None:
        sheet = self._source.sheet(entry.part)
        known = next((one for one in twin.columns if one.name.casefold() == column.name.casefold()), None)
        number = known.number if known is not None else twin.area.right + 1 + len(added)
        cells = self._filled(entry, table, column)
        if known is None:
            rows = range(twin.area.top, twin.area.bottom + 1)
            if any(not self._is_free(twin.sheet, number, row) for row in rows):
                self._leave(entry, cells)
                return
            added.append(Column(column.name, number))
            header = sheet.cell(column.number, table.top - 1)
            self._put(twin.sheet, number, twin.top - 1, Content("inlineStr", runs=(Run(column.name),)), header)
        places = _rows(self._book, twin)
        named = (replace(one, name=there.name) if (there := twin.twin(one, table)) else one for one in table.columns)
        table = replace(table, columns=tuple(named))
        for key, cell in cells.items():
            row = places.get(key, 0)
            if cell.blank:
                continue
            if not row or not self._is_free(twin.sheet, number, row):
                self._leave(entry, {key: cell} if known is None or not row else {})
                continue
            content = content_like(self._source, cell, self._book)
            if cell.formula is not None:
                formula = by_header(sheet.formula(cell), table, cell.row)
                content = self._refit(self._translation.own_row(formula, entry.part, twin, row), entry, cell)
            self._put(twin.sheet, number, row, content, cell)

    def _filled(self, entry: SheetEntry, table: Table, column: Column) -> dict[str, Cell]:
        """Return the cells of a column by the records of their rows."""
        sheet = self._source.sheet(entry.part)
        rows = _rows(self._source, table).items()
        return {key: cell for key, row in rows if (cell := sheet.cell(column.number, row)) is not None}

    def _leave(self, entry: SheetEntry, cells: Mapping[str, Cell]) -> None:
        """Tell the formulas of a column once where they are alike."""
        sheet = self._source.sheet(entry.part)
        shapes: dict[str, str] = {}
        for cell in cells.values():
            if cell.formula is not None:
                shapes.setdefault(shaped(sheet.formula(cell))[0].skeleton, self._told(entry, cell))
        self.left += shapes.values()

    # --- cells ---------------------------------------------------------------------------------------------------

    def _cells(self, entry: SheetEntry, twin: Twin) -> None:
        """Bring what stands beside the tables of a sheet."""
        sheet, places = self._source.sheet(entry.part), Naming.of(self._source).places(entry.part)
        there = Naming.of(self._book).places(twin.target) if twin.target else None
        tables = [one for one in self._source.areas if one.sheet == entry.part and one.key_column]
        unkeyed = {row for one in tables for row in range(one.top, one.bottom + 1)}
        unkeyed.difference_update(*(_rows(self._source, one).values() for one in tables))
        for cell in sheet.cells():
            here = f"{entry.part}!{cell.address}"
            if cell.blank or here in self._own:
                continue
            is_own = cell.formula is not None and sheet.formula(cell) not in self._made(twin.base)
            if cell.column in places.covered(cell.row):
                if is_own and cell.row in unkeyed:
                    self.left.append(self._told(entry, cell))
                continue
            place = there.of_home(places.home(cell.column, cell.row)) if there is not None else None
            if self._has(twin.target, place, entry, cell):
                continue
            if place is not None:
                place = place[0] + self._shift(twin.target, *place), place[1]
            if place is None or not self._is_free(twin.target, *place):
                if is_own and not self._has(twin.target, place, entry, cell):
                    self.left.append(self._told(entry, cell))
                continue
            content = content_like(self._source, cell, self._book)
            if cell.formula is not None:
                content = self._refit(self._translation.refit(cell, entry.part, None, twin.target), entry, cell)
            self._put(twin.target, *place, content, cell)

    def _made(self, part: str) -> set[str]:
        """Return the formulas that a sheet was made with."""
        if part not in self._formulas_of:
            sheet = self._base.sheet(part)
            self._formulas_of[part] = {sheet.formula(cell) for cell, _ in sheet.formulas()}
        return self._formulas_of[part]

    def _shift(self, part: str, column: int, row: int) -> int:
        """Return by how many columns a table has grown that a cell stands beside."""
        tables = (one for one in self._book.tables if one.sheet == part and one.area.right < column)
        grown = (self._wider.get(one.part, 0) for one in tables if one.area.top <= row <= one.area.bottom)
        return max(grown, default=0)

    def _has(self, part: str, place: tuple[int, int] | None, entry: SheetEntry, cell: Cell) -> bool:
        """Whether the cell of the target says the same already."""
        other = self._book.sheet(part).cell(*place) if place is not None and part else None
        if other is None or (other.formula is None) != (cell.formula is None):
            return False
        if cell.formula is None:
            return self._book.text(other) == self._source.text(cell)
        return self._book.sheet(part).formula(other) == self._translation.refit(cell, entry.part, None, part)

    def _refit(self, formula: str, entry: SheetEntry, cell: Cell) -> Content:
        if self._lifting.leads_nowhere(formula):
            self.left.append(self._told(entry, cell))
            text = self._source.text(cell)
            return Content("inlineStr", runs=(Run(text),)) if text else NOTHING
        return Content(formula=formula)

    def _is_free(self, part: str, column: int, row: int) -> bool:
        cell = self._book.sheet(part).cell(column, row)
        edit = self._edits.get(part)
        return (cell is None or cell.blank) and (edit is None or (column, row) not in edit.contents)

    def _put(self, part: str, column: int, row: int, content: Content, like: Cell | None) -> None:
        entry = next(one for one in self._book.entries if one.part == part)
        edit = self._edits.setdefault(part, SheetEdit(self._book, entry))
        edit.contents[column, row] = content
        if like is not None:
            edit.styles[column, row] = self._book.styles.adopted(self._source.styles, like.style)

    # --- what floats over the cells ------------------------------------------------------------------------------

    def _drawn(self, entry: SheetEntry, twin: Twin) -> None:
        """Tell of charts and pictures on a bound sheet: where the new one has room for them, nothing says."""
        for frame in frames(self._source, entry.part):
            if frame.chart not in self._own:
                root = parse(utf8(self._source.package.read(frame.chart)))
                words = next((one for one in root.walk() if one.name == "title"), None)
                title = "".join(one.text for one in words.walk() if one.name in {"t", "v"}) if words else ""
                self.left.append(f"{entry.name}: chart {title or frame.chart.rpartition('/')[2]}")
        known = _pictures(self._base, twin.base)
        self.left += (f"{entry.name}: {name}" for name in _pictures(self._source, entry.part) if name not in known)

    def _laid_over(self, entry: SheetEntry, twin: Twin) -> None:
        known = {**laid_over(self._base, twin.base), **(laid_over(self._book, twin.target) if twin.target else {})}
        found = laid_over(self._source, entry.part)
        self.left += (f"{entry.name}: {words}" for what, words in found.items() if what not in known)

    # --- names ---------------------------------------------------------------------------------------------------

    def _names(self) -> list[str]:
        known = {name.casefold() for book in (self._base, self._book) for name in _defined(book)}
        return [name for name in _defined(self._source) if name.casefold() not in known and name[:1] != "_"]


def _sheets(twins: Mapping[str, Twin], parts: Collection[str]) -> dict[str, Twin]:
    """Return what the sheets are, by their parts, from what their groups, rows and cells are."""
    found: dict[str, Twin] = {}
    for at, twin in twins.items():
        part = _part(at)
        if part in parts:
            known = found.get(part)
            target = known.target if known is not None and known.target else _part(twin.target)
            found[part] = Twin(_part(twin.base), target)
    return found


def _pictures(book: Book, part: str) -> list[str]:
    """Return the names of the pictures on a sheet."""
    drawing = book.target(part, rt.DRAWING)
    root = parse(utf8(book.package.read(drawing))) if drawing else None
    holders = (one for one in root.walk() if one.name == "nvPicPr") if root is not None else ()
    return [mark.get("name") for one in holders for mark in one.all("cNvPr")]


def _chart_sheets(book: Book) -> list[str]:
    known = {entry.sheet_id for entry in book.entries}
    holders = book.root.all("sheets")
    return [one.get("name") for holder in holders for one in holder.all("sheet") if one.get("sheetId") not in known]


def _part(at: str) -> str:
    return at.partition("!")[0].partition("#")[0]


def _rows(book: Book, table: Table) -> dict[str, int]:
    """Return the rows of the records in a table."""
    sheet, rows = book.sheet(table.sheet), range(table.top, table.bottom + 1)
    texts = ((book.text(sheet.cell(table.key_column, row)).strip(), row) for row in rows) if table.key_column else ()
    return {key: row for key, row in texts if key}


def _defined(book: Book) -> list[str]:
    """Return the names that a whole workbook knows."""
    holders = book.root.all("definedNames")
    return [one.get("name") for holder in holders for one in holder.all("definedName") if not one.get("localSheetId")]


def _widened(data: bytes, area: Range, added: list[Column]) -> bytes:
    """Return a table part with more columns at its right end."""
    root, splices = parse(data), Splices(data)
    wide = f"{letters(area.left)}{area.top}:{letters(area.right + len(added))}{area.bottom}"
    splices.attribute(root, "ref", wide)
    for one in root.all("autoFilter"):
        splices.attribute(one, "ref", wide)
    holder = next(iter(root.all("tableColumns")))
    columns = list(holder.all("tableColumn"))
    following = max(int(one.get("id", "0") or "0") for one in columns) + 1
    prefix = prefix_of(data, holder)
    xml = "".join(
        f'<{prefix}tableColumn id="{number}" name="{escaped(one.name)}"/>'
        for number, one in enumerate(added, following)
    )
    splices.append(holder, xml)
    splices.attribute(holder, "count", str(len(columns) + len(added)))
    return splices.result()
