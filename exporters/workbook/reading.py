"""A template workbook taken apart: sheets, rows, cells and formulas, before anything is decided about them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import Struct, field

from exporters.binding.tags import Tag, may_hold_tag, scan
from exporters.errors import Fault
from exporters.package import Package, rt
from exporters.workbook.cells import Cell, address_of, read_cell
from exporters.workbook.formula.parse import Formula, parse, shared
from exporters.workbook.formula.tokens import Token
from exporters.workbook.meanings import Meanings
from exporters.workbook.references import parse_range
from exporters.workbook.structure import Step, TemplateRow, Unit, flow
from exporters.workbook.xmltree import Element, R, S, escape, plain_attributes
from exporters.workbook.xmltree import parse as parse_xml

_ROW_DROPPED = frozenset(("r", "spans"))


class FormulaDraft(Struct):
    """A formula of a cell. ``array`` holds the columns of an array formula's range, if it is one."""

    column: int
    unit: int
    place: str
    formula: Formula
    slots: list[tuple[str, str]] = field(default_factory=list)
    """(expression, place) of the values that stand in its texts, by slot number."""
    array: tuple[int, int] | None = None
    deferred: bool = False
    numbers: list[int] = field(default_factory=list)
    """The record of each of its references, once they are linked."""


class SheetDraft(Struct):
    """A worksheet of the template."""

    index: int
    name: str
    part: str
    entry: dict[str, str]
    root: Element | None
    rows: list[TemplateRow] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    formulas: list[FormulaDraft] = field(default_factory=list)
    sheet_tags: list[Tag] = field(default_factory=list)
    changes: bool = False
    """Whether anything in its own part depends on data."""
    starts: list[int] = field(default_factory=list)
    readers: dict[int, set[int]] = field(default_factory=dict)
    """The columns that formulas read: the numbers of the sheets they stand in, -1 for what is read at the end."""
    needed: set[tuple[int, int]] = field(default_factory=set)
    needed_in: dict[int, set[tuple[int, int, int]]] = field(default_factory=dict)
    """By loop: the units (first, last) of a turn of which one has to stay, and the unit whose formula looks there."""
    widths: dict[int, float] = field(default_factory=dict)
    """Widths of the columns, in digits; those not listed have the sheet's default."""
    default_width: float = 8.43
    merged: set[tuple[int, int]] = field(default_factory=set)
    """(column, row) of the cells in merged ranges, whose texts never make a row higher."""
    bounded: set[int] = field(default_factory=set)
    """Loops whose iterations must be told apart, because a formula looks at another row of its own iteration."""

    @property
    def place(self) -> str:
        return f"sheet {self.name}"

    @property
    def last_row(self) -> int:
        return self.units[-1].row.number + self.units[-1].row.height - 1 if self.units else 0

    @property
    def moves(self) -> bool:
        """Whether rows can come, go or repeat."""
        return any(step.tag is not None for step in self.steps) or any(row.only_tags for row in self.rows)

    @property
    def repeats(self) -> bool:
        return any(tag.kind == "open" for tag in self.sheet_tags)

    @property
    def loops(self) -> list[Tag]:
        """The tags that open its loops, by their numbers."""
        return [step.tag for step in self.steps if step.tag is not None and step.tag.keyword == "for"]

    @property
    def marked(self) -> list[tuple[int, ...]]:
        """The loops around each unit whose rows do not say in a hidden column whose they are; none for any other."""
        return [() if self._says_key(unit) else unit.loops for unit in self.units]

    def _says_key(self, unit: Unit) -> bool:
        hidden = (cell.single for cell in unit.row.cells if self.widths.get(cell.column) == 0)
        return any(tag is not None and tag.body.endswith(".key") for tag in hidden)

    def units_between(self, top: int, bottom: int) -> range:
        """Return the units that stand in the template's rows from *top* to *bottom*."""
        first = bisect_right(self.starts, top) - 1
        if first < 0 or self.starts[first] + self.units[first].row.height - 1 < top:
            first += 1
        return range(first, bisect_right(self.starts, bottom))


class BookDraft(Struct):
    """The template's workbook. ``sheets`` are the worksheets; other sheets keep their entry only."""

    package: Package
    file: str
    main: str
    root: Element
    faults: list[Fault]
    strings_part: str = ""
    strings: list[Element] = field(default_factory=list)
    strings_root: Element | None = None
    sheets: list[SheetDraft] = field(default_factory=list)

    def sheet_named(self, name: str) -> SheetDraft | None:
        """Return the sheet that a formula calls *name*."""
        folded = name.casefold()
        return next((sheet for sheet in self.sheets if sheet.name.casefold() == folded), None)


def read_book(package: Package, file: str, faults: list[Fault]) -> BookDraft:
    """Read the workbook and every worksheet of a template."""
    main = package.main_part()
    book = BookDraft(package, file, main, parse_xml(package.read(main), main, file), faults)
    relationships = package.relationships(main)
    strings = relationships.target_of_type(rt.SHARED_STRINGS)
    if strings is not None and strings in package:
        book.strings_part = package.stored_name(strings)
        book.strings_root = parse_xml(package.read(strings), strings, file)
        book.strings = book.strings_root.findall(f"{S}si")
    meanings = Meanings(book.root)
    for number, entry in enumerate(book.root.iterfind(f"{S}sheets/{S}sheet")):
        attributes = {str(name): str(value) for name, value in entry.attrib.items()}
        relation = relationships[attributes[f"{R}id"]]
        part = package.stored_name(relationships.target(relation))
        root = parse_xml(package.read(part), part, file) if relation.type == rt.WORKSHEET else None
        book.sheets.append(SheetDraft(number, attributes["name"], part, attributes, root))
        meanings.read_tables(package, part, attributes["name"])
    for sheet in book.sheets:
        if sheet.root is not None:
            _read_rows(sheet, sheet.root, book, meanings)
    return book


def _read_rows(sheet: SheetDraft, root: Element, book: BookDraft, meanings: Meanings) -> None:
    data = root.find(f"{S}sheetData")
    sharing: dict[str, tuple[str, int, int]] = {}
    expected = 1
    sources: dict[int, Element] = {}
    for element in data if data is not None else ():
        if element.tag != f"{S}row":
            continue
        number = int(element.get("r") or expected)
        if number > expected:
            sheet.rows.append(TemplateRow(expected, height=number - expected, gap=True))
        attributes = "".join(
            f' {name}="{escape(value)}"'
            for name, value in plain_attributes(element)
            if name not in _ROW_DROPPED and not name.startswith("{")
        )
        row = TemplateRow(number, attributes)
        last = 0
        for child in element.iterchildren(f"{S}c"):
            column, _ = address_of(child, number, last)
            last = column
            row.cells.append(read_cell(child, column, number, sheet.name, book.strings, book.faults))
        sheet.rows.append(row)
        sources[number] = element
        expected = number + 1
    _read_widths(sheet, root)
    for row in sheet.rows:
        sheet.sheet_tags += [tag for cell in row.cells for tag in cell.sheet_tags]
    sheet.steps, sheet.units = flow(sheet.rows, book.faults)
    sheet.starts = [unit.row.number for unit in sheet.units]
    for number, unit in enumerate(sheet.units):
        for cell in unit.row.cells:
            if cell.formula is not None:
                meaning = partial(meanings.of, sheet=sheet.name, row=cell.row)
                sheet.formulas.append(_formula(cell, number, cell.formula, sharing, book.faults, meaning))
    sheet.changes = bool(sheet.sheet_tags) or any(cell.tagged for row in sheet.rows for cell in row.cells)
    sheet.changes |= any(draft.slots for draft in sheet.formulas)


def _read_widths(sheet: SheetDraft, root: Element) -> None:
    form = root.find(f"{S}sheetFormatPr")
    if form is not None:
        sheet.default_width = float(form.get("defaultColWidth") or sheet.default_width)
    for column in root.iterfind(f"{S}cols/{S}col"):
        if column.get("width"):
            for number in range(int(column.get("min", "1")), min(int(column.get("max", "1")), 702) + 1):
                hidden = column.get("hidden") in {"1", "true"}
                sheet.widths[number] = 0 if hidden else float(column.get("width", "0"))
    for item in root.iterfind(f"{S}mergeCells/{S}mergeCell"):
        area = parse_range(item.get("ref", ""))
        if area is not None and area.bottom - area.top < 100 and area.right - area.left < 100:
            rows, columns = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
            sheet.merged |= {(column, row) for row in rows for column in columns}


def _formula(
    cell: Cell,
    unit: int,
    element: Element,
    sharing: dict[str, tuple[str, int, int]],
    faults: list[Fault],
    meaning: Callable[[Token], str | None],
) -> FormulaDraft:
    text = element.text or ""
    if element.get("t") == "shared":
        index = element.get("si", "")
        if text:
            sharing[index] = (text, cell.row, cell.column)
        elif index in sharing:
            first, row, column = sharing[index]
            text = shared(first, cell.row - row, cell.column - column)
    draft = FormulaDraft(cell.column, unit, cell.place, Formula())

    def slots_in(constant: str) -> list[Any] | None:
        if not may_hold_tag(constant):
            return None
        tags = scan(constant, cell.place, faults)
        if not tags:
            return None
        parts: list[Any] = []
        last = 0
        for tag in tags:
            parts.append(constant[last : tag.start])
            last = tag.end
            if tag.kind == "value":
                parts.append(len(draft.slots))
                draft.slots.append((tag.body, cell.place))
            elif tag.kind != "comment":
                hint = "put the formula into a row of the loop"
                faults.append(Fault("level", f"{{% {tag.body} %}} inside a formula", where=cell.place, hint=hint))
        return [*parts, constant[last:]]

    draft.formula = parse(text, slots_in, meaning)
    if not draft.slots and ("{{" in text or "{%" in text):
        hint = "inside a formula a tag must stand in a text, between quotation marks"
        faults.append(Fault("level", "a tag in a formula", where=cell.place, hint=hint))
    if element.get("t") == "array":
        area = parse_range(element.get("ref", "")) or parse_range(f"A{cell.row}")
        assert area is not None
        draft.array = (area.left, area.right)
        if area.top != area.bottom:
            message = "an array formula over several rows cannot be moved"
            faults.append(Fault("array-formula", message, where=cell.place, hint="enter it into each row"))
    elif element.get("t") == "dataTable":
        message = "a what-if data table cannot be moved"
        faults.append(Fault("data-table", message, where=cell.place, hint="use formulas"))
    return draft


def tags_in(text: str) -> bool:
    """Return whether *text* may hold a tag."""
    return "{{" in text or "{%" in text or "{#" in text


def anchor_rows(ranges: str) -> tuple[int, int]:
    """Return first and last row of the first range of an sqref."""
    found = parse_range(ranges.split(maxsplit=1)[0]) if ranges.strip() else None
    if found is not None:
        return found.top, found.bottom
    return 1, 1
