"""Checks of a workbook: sheets, names, styles, and the chain of calculations."""

from __future__ import annotations

import re

from lxml import etree

from exporters.package import rt
from exporters.package.check import sheet as sheet_checks
from exporters.package.check import tables as table_checks
from exporters.package.check.book import Book
from exporters.package.check.cells import item_text
from exporters.package.check.formulas import Names, formula_faults
from exporters.package.check.probe import Probe, R, S, duplicates, integer
from exporters.package.check.styles import check_styles

_ILLEGAL = re.compile(r"[\\/?*\[\]:]")
_LONGEST_NAME = 31
_DEFINED_NAME = re.compile(r"[^\W\d][\w.\\?]*|\\[\w.\\?]*")
_LOOKS_LIKE_CELL = re.compile(r"(?i)[a-z]{1,3}\d{1,7}|r\d*c\d*|r|c")


def check(probe: Probe, main: str) -> Names:
    """Check a workbook and return what formulas in it, those of its charts too, may name."""
    root = probe.tree(main)
    if root is None:
        return Names()
    book = _read_sheets(probe, main, root)
    check_styles(probe, main, book)
    shared = probe.targets(main, rt.SHARED_STRINGS)
    strings = probe.tree(shared[0]) if shared else None
    book.strings = [item_text(item) for item in strings.iterfind(f"{S}si")] if strings is not None else []
    tables = table_checks.read_tables(probe, book.parts)
    columns = {table.name.lower(): {column.lower() for column in table.columns} for table in tables}
    others = len(root.findall(f"{S}externalReferences/{S}externalReference"))
    book.names = Names({name.lower() for name in book.sheets}, columns, others)
    table_checks.check_names(probe, tables)
    _check_names(probe, main, root, book)
    for name, part in zip(book.sheets, book.parts, strict=True):
        cells = sheet_checks.check_sheet(probe, part, name, book)
        table_checks.check_sheet_tables(probe, name, cells, [table for table in tables if table.sheet == part], book)
    _check_chain(probe, main, book)
    _check_pivots(probe, main, root, book)
    return book.names


def _read_sheets(probe: Probe, main: str, root: etree._Element) -> Book:
    book = Book()
    entries = root.findall(f"{S}sheets/{S}sheet")
    relationships = probe.package.relationships(main)
    for entry in entries:
        name = entry.get("name", "")
        place = f"sheet {name}"
        wrong = _name_fault(name)
        if wrong:
            probe.add("bad-sheet-name", wrong, main, place)
        rel_id = entry.get(f"{R}id", "")
        target = probe.target(main, relationships[rel_id]) if rel_id in relationships else None
        if target is None:
            probe.add("sheet-without-part", "the sheet has no part", main, place)
            continue
        book.sheets.append(name)
        book.parts.append(target)
        book.sheet_ids.append(entry.get("sheetId", ""))
    for name in duplicates(entry.get("name", "").casefold() for entry in entries):
        probe.add("duplicate-sheet-name", f"two sheets have the name '{name}'", main)
    for number in duplicates(entry.get("sheetId", "") for entry in entries):
        probe.add("duplicate-sheet-id", f"two sheets have the id {number}", main)
    for part in duplicates(book.parts):
        probe.add("sheet-listed-twice", f"two sheets have the same part '{part}'", main)
    visible = [entry.get("state", "visible") == "visible" for entry in entries]
    if not any(visible):
        probe.add("no-visible-sheet", "the workbook has no visible sheet", main)
    views = root.findall(f"{S}bookViews/{S}workbookView")
    book.views = max(len(views), 1)
    for view in views:
        for name in ("activeTab", "firstSheet"):
            index = integer(view.get(name, "0"))
            if index is None or not 0 <= index < max(len(entries), 1):
                probe.add("bad-active-tab", f"{name} is {view.get(name)}; there are {len(entries)} sheets", main)
            elif any(visible) and name == "activeTab" and not visible[index]:
                probe.add("bad-active-tab", "the active sheet is hidden", main)
    return book


def _name_fault(name: str) -> str:
    units = len(name.encode("utf-16-le", "surrogatepass")) // 2
    if not 1 <= units <= _LONGEST_NAME:
        return f"the sheet's name has {units} characters; 1 to {_LONGEST_NAME} are allowed"
    if _ILLEGAL.search(name) or name[0] == "'" or name[-1] == "'":
        return "the sheet's name holds one of \\ / ? * [ ] : or begins or ends with an apostrophe"
    if name.casefold() == "history":
        return "Excel keeps the name 'History' for itself"
    return ""


def _check_names(probe: Probe, main: str, root: etree._Element, book: Book) -> None:
    entries = root.findall(f"{S}definedNames/{S}definedName")
    for entry in entries:
        name = entry.get("name", "")
        place = f"name {name}"
        if not _DEFINED_NAME.fullmatch(name) or _LOOKS_LIKE_CELL.fullmatch(name) or len(name) > 255:
            probe.add("bad-defined-name", "this is no legal name for a range", main, place)
        scope = entry.get("localSheetId")
        number = integer(scope)
        if scope is not None and (number is None or not 0 <= number < len(book.sheets)):
            probe.add("bad-name-scope", f"the name belongs to sheet {scope}, which does not exist", main, place)
        for code, message in formula_faults(entry.text or "", book.names):
            probe.add(code, message, main, place)
    for found in duplicates(f"{entry.get('name', '').casefold()}|{entry.get('localSheetId', '')}" for entry in entries):
        probe.add("duplicate-defined-name", f"two ranges have the name '{found.partition('|')[0]}'", main)
    tables = set(book.names.tables or ())
    for entry in entries:
        if entry.get("name", "").lower() in tables:
            probe.add("duplicate-defined-name", f"a table and a range are both named '{entry.get('name')}'", main)


def _check_chain(probe: Probe, main: str, book: Book) -> None:
    parts = probe.targets(main, rt.CALC_CHAIN)
    root = probe.tree(parts[0]) if parts else None
    if root is None:
        return
    by_id = dict(zip(book.sheet_ids, book.parts, strict=True))
    sheet = ""
    for item in root.findall(f"{S}c"):
        sheet = item.get("i", sheet)
        cell = item.get("r", "")
        part = by_id.get(sheet)
        if part is None or cell not in book.formula_cells.get(part, ()):
            probe.add("calc-chain", f"it lists cell {cell} of sheet id {sheet}, which holds no formula", parts[0])


def _check_pivots(probe: Probe, main: str, root: etree._Element, book: Book) -> None:
    known = {item.get("cacheId") for item in root.iterfind(f"{S}pivotCaches/{S}pivotCache")}
    for name, sheet in zip(book.sheets, book.parts, strict=True):
        for part in probe.targets(sheet, rt.PIVOT_TABLE):
            pivot = probe.tree(part)
            if pivot is not None and pivot.get("cacheId") not in known:
                message = f"it names the pivot cache {pivot.get('cacheId')}, which the workbook does not have"
                probe.add("unknown-pivot-cache", message, part, f"sheet {name}, pivot table {pivot.get('name')}")
