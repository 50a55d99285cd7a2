"""Checks of what a worksheet says beside its cells: views, ranges, rows and columns, headers, notes, drawings."""

from __future__ import annotations

from lxml import etree

from exporters.package import ct, rt
from exporters.package.check.book import Book
from exporters.package.check.cells import LAST_COLUMN, LAST_ROW, parse_cell, parse_range
from exporters.package.check.formulas import formula_faults
from exporters.package.check.probe import MC, Probe, R, S, duplicates, integer, local

XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
_LONGEST_HEADER = 255
_LONGEST_ADDRESS = 2079
_WIDEST = 255.0
_TALLEST = 409.5
_DEEPEST = 7
#: The longest texts of a data validation, by attribute.
_TEXTS = {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 255}
_RANGED = ("selection", "protectedRange", "ignoredError")


def check_sheet_parts(probe: Probe, part: str, name: str, root: etree._Element, book: Book) -> None:
    place = f"sheet {name}"
    _check_views(probe, part, place, root, book)
    _check_sizes(probe, part, place, root)
    _check_texts(probe, part, place, root)
    _check_links(probe, part, place, root, book)
    for formula in root.iter(f"{XM}f"):
        for code, message in formula_faults(formula.text or "", book.names):
            probe.add(code, message, part, f"{place}, {_around(formula)}")
    for ranges in root.iter(f"{XM}sqref"):
        check_ranges(probe, part, f"{place}, {_around(ranges)}", ranges.text or "")
    _check_notes(probe, part, name, root)
    for drawing in probe.targets(part, rt.DRAWING):
        _check_drawing(probe, drawing, place)


def _around(element: etree._Element) -> str:
    above = element.getparent()
    return local(above) if above is not None else ""


def check_ranges(probe: Probe, part: str, place: str, ranges: str) -> None:
    """Tell of every piece of a list of ranges that is none."""
    for text in ranges.split() or [""]:
        if parse_range(text) is None and not _whole(text):
            probe.add("bad-range", f"'{text}' is no range", part, place)


def _whole(text: str) -> bool:
    first, _, last = text.partition(":")
    return bool(last) and ((first.isdecimal() and last.isdecimal()) or (first.isalpha() and last.isalpha()))


def _check_views(probe: Probe, part: str, place: str, root: etree._Element, book: Book) -> None:
    for view in root.iterfind(f"{S}sheetViews/{S}sheetView"):
        number = integer(view.get("workbookViewId", "0"))
        if number is None or not 0 <= number < book.views:
            message = f"its view belongs to window {view.get('workbookViewId')} of {book.views}"
            probe.add("unknown-view", message, part, place)
        for item in view.iter(f"{S}sheetView", f"{S}pane", f"{S}selection"):
            for key in ("topLeftCell", "activeCell"):
                if item.get(key) is not None and parse_cell(item.get(key, "")) is None:
                    probe.add("bad-cell-address", f"{key} '{item.get(key)}' is no cell of a sheet", part, place)
    dimension = root.find(f"{S}dimension")
    if dimension is not None and parse_range(dimension.get("ref", "")) is None:
        probe.add("bad-range", f"the sheet's used range '{dimension.get('ref')}' is no range", part, place)
    for tag in _RANGED:
        for item in root.iter(f"{S}{tag}"):
            if item.get("sqref") is not None:
                check_ranges(probe, part, f"{place}, {tag}", item.get("sqref", ""))


def _check_sizes(probe: Probe, part: str, place: str, root: etree._Element) -> None:
    last = 0
    for item in root.iterfind(f"{S}cols/{S}col"):
        first, end = integer(item.get("min")) or 0, integer(item.get("max")) or 0
        if first <= last or end < first or end > LAST_COLUMN:
            message = f"widths of columns {first} to {end} overlap, come too late or leave the sheet"
            probe.add("column-order", message, part, place)
        last = max(last, end)
        _check_size(probe, part, f"{place}, column {first}", item.get("width"), _WIDEST)
        _check_depth(probe, part, f"{place}, column {first}", item)
    for row in root.iterfind(f"{S}sheetData/{S}row"):
        where = f"{place}, row {row.get('r')}"
        if row.get("ht") is not None:
            _check_size(probe, part, where, row.get("ht"), _TALLEST)
        if row.get("outlineLevel") is not None:
            _check_depth(probe, part, where, row)
    for tag, most in (("rowBreaks", LAST_ROW), ("colBreaks", LAST_COLUMN)):
        for item in root.iterfind(f"{S}{tag}/{S}brk"):
            found = integer(item.get("id", "0"))
            if found is None or not 0 <= found <= most:
                probe.add("bad-page-break", f"a page break stands at {item.get('id')}", part, place)


def _check_size(probe: Probe, part: str, where: str, text: str | None, most: float) -> None:
    try:
        wrong = text is not None and not 0 <= float(text) <= most
    except ValueError:
        wrong = True
    if wrong:
        probe.add("bad-size", f"its size is {text}; Excel takes 0 to {most:g}", part, where)


def _check_depth(probe: Probe, part: str, where: str, item: etree._Element) -> None:
    level = integer(item.get("outlineLevel", "0"))
    if level is None or not 0 <= level <= _DEEPEST:
        probe.add("bad-outline", f"its outline level is {item.get('outlineLevel')}; 0 to {_DEEPEST} exist", part, where)


def _check_texts(probe: Probe, part: str, place: str, root: etree._Element) -> None:
    for item in root.iterfind(f"{S}headerFooter/*"):
        length = len(item.text or "")
        if length > _LONGEST_HEADER:
            message = f"{local(item)} has {length} characters; Excel takes {_LONGEST_HEADER}"
            probe.add("header-too-long", message, part, place)
    for rule in root.iterfind(f"{S}dataValidations/{S}dataValidation"):
        for name, most in _TEXTS.items():
            if len(rule.get(name, "")) > most:
                message = f"{name} has {len(rule.get(name, ''))} characters; Excel takes {most}"
                probe.add("validation-too-long", message, part, f"{place}, validation of {rule.get('sqref', '')}")


def _check_links(probe: Probe, part: str, place: str, root: etree._Element, book: Book) -> None:
    for link in root.iterfind(f"{S}hyperlinks/{S}hyperlink"):
        where = f"{place}, cell {link.get('ref')}"
        if not link.get(f"{R}id") and not link.get("location"):
            probe.add("empty-link", "the link leads nowhere", part, where)
        if parse_range(link.get("ref", "")) is None:
            probe.add("bad-range", f"a link stands at '{link.get('ref')}', which is no range", part, place)
        for text in (link.get("location", ""), _address(probe, part, link.get(f"{R}id", ""))):
            if len(text) > _LONGEST_ADDRESS:
                message = f"the link has {len(text):,} characters; Excel takes {_LONGEST_ADDRESS:,}"
                probe.add("link-too-long", message, part, where)
        sheet, mark, _ = link.get("location", "").rpartition("!")
        sheet = sheet[1:-1].replace("''", "'") if sheet[:1] == "'" else sheet
        if mark and "#" not in sheet and sheet.lower() not in book.names.sheets:
            message = f"the link leads to sheet '{sheet}', which does not exist"
            probe.add("unknown-anchor", message, part, where, severity="warning")
    listed = {item.get(f"{R}id") for item in root.iterfind(f"{S}tableParts/{S}tablePart")}
    for item in probe.package.relationships(part).of_type(rt.TABLE):
        if item.id not in listed:
            probe.add("table-not-listed", f"table relationship {item.id} is not in the sheet's list", part, place)
    tables = root.find(f"{S}tableParts")
    if tables is not None and integer(tables.get("count", str(len(tables)))) != len(tables):
        probe.add("table-count", "the sheet's list of tables has a wrong count", part, place, severity="warning")


def _address(probe: Probe, part: str, rel_id: str) -> str:
    relationships = probe.package.relationships(part)
    return relationships[rel_id].target if rel_id in relationships else ""


def _check_notes(probe: Probe, part: str, name: str, root: etree._Element) -> None:
    """Notes ("comments" of old) need an author each, a cell of their own, and a drawing that shows them."""
    for notes in probe.targets(part, rt.COMMENTS):
        tree = probe.tree(notes)
        if tree is None or probe.package.content_types.of(notes) != ct.SHEET_COMMENTS:
            continue
        authors = len(tree.findall(f"{S}authors/{S}author"))
        items = tree.findall(f"{S}commentList/{S}comment")
        for item in items:
            place = f"sheet {name}, note at {item.get('ref')}"
            found = integer(item.get("authorId"))
            if found is None or not 0 <= found < authors:
                message = f"it names author {item.get('authorId')}; there are {authors}"
                probe.add("unknown-author", message, notes, place)
            if parse_cell(item.get("ref", "")) is None:
                probe.add("bad-cell-address", "this is no cell of a sheet", notes, place)
        for cell in duplicates(item.get("ref", "") for item in items):
            probe.add("duplicate-note", "the cell has two notes", notes, f"sheet {name}, note at {cell}")
        if items and root.find(f"{S}legacyDrawing") is None:
            probe.add("notes-without-shapes", "no drawing shows its notes", part, f"sheet {name}", severity="warning")


def _check_drawing(probe: Probe, part: str, place: str) -> None:
    root = probe.tree(part)
    if root is None:
        return
    shapes = [item for item in root.iter(f"{XDR}cNvPr") if not _is_fallback(item)]
    for found in duplicates(item.get("id", "") for item in shapes):
        names = ", ".join(repr(item.get("name", "")) for item in shapes if item.get("id") == found)
        probe.add("duplicate-shape-id", f"the shapes {names} have the same id {found}", part, place, severity="warning")
    for anchor in root:
        if not isinstance(anchor.tag, str):
            continue
        shape = anchor.find(f".//{XDR}cNvPr")
        where = f"{place}, shape '{shape.get('name', '')}'" if shape is not None else place
        corners = [_corner(anchor, end) for end in ("from", "to")]
        for corner in corners:
            if corner is not None and not (0 <= corner[0] < LAST_COLUMN and 0 <= corner[1] < LAST_ROW):
                probe.add("bad-anchor", "it stands outside the sheet", part, where)
        first, last = corners
        if first is not None and last is not None and (last[0] < first[0] or last[1] < first[1]):
            probe.add("bad-anchor", "it ends before it begins", part, where)
        for frame in anchor.iter(f"{{{_CHART}}}chart"):
            relationships = probe.package.relationships(part)
            rel_id = frame.get(f"{R}id", "")
            chart = probe.target(part, relationships[rel_id]) if rel_id in relationships else None
            if chart is not None:
                probe.shown[chart] = where


_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def _corner(anchor: etree._Element, end: str) -> tuple[int, int] | None:
    column, row = integer(anchor.findtext(f"{XDR}{end}/{XDR}col")), integer(anchor.findtext(f"{XDR}{end}/{XDR}row"))
    return (column, row) if column is not None and row is not None else None


def _is_fallback(item: etree._Element) -> bool:
    return any(parent.tag == f"{MC}Fallback" for parent in item.iterancestors())
