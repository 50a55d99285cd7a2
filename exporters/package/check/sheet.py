"""Checks of one worksheet: cells and their order, styles, strings, merges, validation, conditional formats."""

from __future__ import annotations

from lxml import etree

from exporters.package.check.book import Book, Cells
from exporters.package.check.cells import cell_name, item_text, overlapping, parse_cell, parse_range
from exporters.package.check.formulas import formula_faults
from exporters.package.check.probe import Probe, S, integer
from exporters.package.check.sheet_parts import check_ranges, check_sheet_parts

_LONGEST_LIST = 255
_LONGEST_TEXT = 32_767
_TRUTHS = frozenset({"0", "1", "true", "false"})
_ERRORS = frozenset(
    {
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
        "#N/A",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#BLOCKED!",
        "#CONNECT!",
        "#FIELD!",
        "#UNKNOWN!",
        "#BUSY!",
        "#PYTHON!",
        "#EXTERNAL!",
    }
)
_TEXTUAL = frozenset({"s", "str", "inlineStr"})
_TYPES = frozenset({"b", "n", "e", "s", "str", "inlineStr", "d"})


def check_sheet(probe: Probe, part: str, name: str, book: Book) -> Cells:
    """Check a worksheet and return its cells; ``book.formula_cells`` gains the sheet's formulas."""
    cells = Cells()
    root = probe.tree(part)
    if root is None or root.tag != f"{S}worksheet":
        return cells
    formulas: set[str] = set()
    shared: set[str] = set()
    last_row = 0
    for row in root.iterfind(f"{S}sheetData/{S}row"):
        number = integer(row.get("r", str(last_row + 1)))
        if number is None or number <= last_row:
            probe.add("row-order", f"row {row.get('r')} comes after row {last_row}", part, f"sheet {name}")
            number = number if number is not None else last_row + 1
        last_row = number
        _check_style(probe, part, f"sheet {name}, row {number}", row.get("s"), book)
        last_column = 0
        for cell in row.iterfind(f"{S}c"):
            address = cell.get("r") or cell_name(last_column + 1, number)
            place = f"sheet {name}, cell {address}"
            found = parse_cell(address)
            if found is None:
                probe.add("bad-cell-address", "this is no cell of a sheet", part, place)
                continue
            if found in cells.texts:
                probe.add("duplicate-cell", "the cell is in the sheet twice", part, place)
            elif found[1] != number:
                probe.add("cell-order", f"the cell lies in row {number}", part, place)
            elif found[0] <= last_column:
                probe.add("cell-order", f"the cell comes after column {last_column} of its row", part, place)
            last_column = max(found[0], last_column)
            if cell.get("t", "n") not in _TEXTUAL and cell.find(f"{S}v") is not None:
                cells.typed.add(found)
            cells.texts[found] = _check_value(probe, part, place, cell, book.strings)
            _check_style(probe, part, place, cell.get("s"), book)
            formula = cell.find(f"{S}f")
            if formula is not None:
                formulas.add(address)
                _check_formula(probe, part, place, formula, book, shared)
    book.formula_cells[part] = formulas
    _check_merges(probe, part, name, root, cells)
    _check_rules(probe, part, name, root, book)
    auto = root.find(f"{S}autoFilter")
    if auto is not None:
        cells.filtered = parse_range(auto.get("ref", ""))
        if cells.filtered is None:
            probe.add("bad-range", f"the filter's range '{auto.get('ref')}' is no range", part, f"sheet {name}")
    check_sheet_parts(probe, part, name, root, book)
    return cells


def _check_style(probe: Probe, part: str, place: str, style: str | None, book: Book) -> None:
    if style is None or book.formats is None:
        return
    number = integer(style)
    if number is None or not 0 <= number < book.formats:
        probe.add("style-index", f"it names cell format {style}; there are {book.formats}", part, place)


def _check_value(probe: Probe, part: str, place: str, cell: etree._Element, strings: list[str]) -> str:
    kind = cell.get("t", "n")
    value = cell.findtext(f"{S}v")
    if kind not in _TYPES:
        probe.add("bad-cell-type", f"'{kind}' is no type of cell", part, place)
    elif kind == "s":
        number = integer(value)
        if number is None or not 0 <= number < len(strings):
            probe.add("shared-string-index", f"it names string {value}; there are {len(strings)}", part, place)
            return ""
        value = strings[number]
    elif kind == "inlineStr":
        item = cell.find(f"{S}is")
        value = item_text(item) if item is not None else ""
    elif kind == "b" and value not in _TRUTHS:
        probe.add("bad-value", f"'{value}' is neither true (1) nor false (0)", part, place)
    elif kind == "e" and value not in _ERRORS:
        probe.add("bad-value", f"'{value}' is no error that Excel knows", part, place)
    elif kind == "n" and value:
        try:
            finite = abs(float(value)) < float("inf")
        except ValueError:
            finite = False
        if not finite:
            probe.add("bad-number", f"'{value}' is no number", part, place)
    if value is not None and len(value) > _LONGEST_TEXT:
        probe.add("text-too-long", f"it has {len(value):,} characters; Excel holds {_LONGEST_TEXT:,}", part, place)
    return value or ""


def _check_formula(probe: Probe, part: str, place: str, formula: etree._Element, book: Book, shared: set[str]) -> None:
    text = formula.text or ""
    if formula.get("t") == "shared":
        index = formula.get("si", "")
        if text:
            shared.add(index)
        elif index not in shared:
            probe.add("shared-formula", f"shared formula {index} has no first cell", part, place)
        if not text:
            return
    if formula.get("t") in {"array", "dataTable"} and parse_range(formula.get("ref", "")) is None:
        probe.add("bad-range", f"its formula is for '{formula.get('ref')}', which is no range", part, place)
    if formula.get("t") == "dataTable":
        return
    for code, message in formula_faults(text, book.names):
        probe.add(code, message, part, place)


def _check_merges(probe: Probe, part: str, name: str, root: etree._Element, cells: Cells) -> None:
    container = root.find(f"{S}mergeCells")
    if container is None:
        return
    if len(container) == 0:
        probe.add("empty-merges", "the list of merged ranges is empty", part, f"sheet {name}")
    for item in container:
        found = parse_range(item.get("ref", ""))
        if found is None or found[:2] == found[2:]:
            probe.add(
                "bad-range", f"merged range '{item.get('ref')}' is no range of several cells", part, f"sheet {name}"
            )
        else:
            cells.merged.append(found)
    for first, second in overlapping(cells.merged):
        probe.add(
            "overlapping-merges",
            f"merged ranges at {cell_name(*first[:2])} and {cell_name(*second[:2])} overlap",
            part,
            f"sheet {name}",
        )


def _check_rules(probe: Probe, part: str, name: str, root: etree._Element, book: Book) -> None:
    for rule in root.iterfind(f"{S}dataValidations/{S}dataValidation"):
        place = f"sheet {name}, validation of {rule.get('sqref', '')}"
        check_ranges(probe, part, place, rule.get("sqref", ""))
        for formula in rule.iterfind("*"):
            text = formula.text or ""
            if rule.get("type") == "list" and text[:1] == '"' and len(text) - 2 > _LONGEST_LIST:
                probe.add(
                    "validation-too-long",
                    f"the list has {len(text) - 2} characters; Excel takes {_LONGEST_LIST}",
                    part,
                    place,
                )
            for code, message in formula_faults(text, book.names):
                probe.add(code, message, part, place)
    for group in root.iterfind(f"{S}conditionalFormatting"):
        place = f"sheet {name}, conditional format of {group.get('sqref', '')}"
        check_ranges(probe, part, place, group.get("sqref", ""))
        for rule in group.iterfind(f"{S}cfRule"):
            index = integer(rule.get("dxfId"))
            if index is not None and not 0 <= index < (book.differentials or 0):
                probe.add(
                    "dxf-index",
                    f"it names differential format {index}; there are {book.differentials or 0}",
                    part,
                    place,
                )
            for formula in rule.iterfind(f"{S}formula"):
                for code, message in formula_faults(formula.text or "", book.names):
                    probe.add(code, message, part, place)
    for item in root.iterfind(f"{S}cols/{S}col"):
        _check_style(probe, part, f"sheet {name}, column {item.get('min')}", item.get("style"), book)
