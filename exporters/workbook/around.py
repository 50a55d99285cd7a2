"""What surrounds a sheet's rows: views, merged cells, validation, formats, links, breaks, headers, extensions."""

from __future__ import annotations

import re

from exporters.binding.tags import scan
from exporters.binding.weave import weave_text
from exporters.workbook import markup
from exporters.workbook.reading import SheetDraft, anchor_rows, tags_in
from exporters.workbook.records import Records
from exporters.workbook.references import letters, parse_cell, parse_range
from exporters.workbook.xmltree import X14, XM, Element, S

_SIZE = re.compile(r"&[0-9]+$")
_HEADERS = frozenset(f"{S}{name}" for name in (
    "oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter",
))  # fmt: skip
# Attributes that hold ranges of the sheet, by element.
_RANGES = {
    f"{S}dimension": "ref", f"{S}selection": "sqref", f"{S}autoFilter": "ref", f"{S}sortState": "ref",
    f"{S}sortCondition": "ref", f"{S}protectedRange": "sqref", f"{S}ignoredError": "sqref", f"{S}hyperlink": "ref",
    f"{S}conditionalFormatting": "sqref", f"{S}dataValidation": "sqref", f"{S}inputCells": "r",
}  # fmt: skip
_CELLS = {
    f"{S}sheetView": "topLeftCell", f"{S}selection": "activeCell", f"{S}cellWatch": "r",
}  # fmt: skip


def weave_around(sheet: SheetDraft, root: Element, records: Records) -> None:
    """Put marks and tokens into everything of a sheet but its rows."""
    for child in list(root):
        if child.tag == f"{S}sheetData":
            continue
        if child.tag == f"{S}mergeCells":
            _merges(child, root, records)
        elif child.tag in {f"{S}rowBreaks"}:
            _breaks(child, root, records)
        elif child.tag == f"{S}conditionalFormatting":
            _conditional(child, sheet, records)
        else:
            for element in child.iter():
                if isinstance(element.tag, str):
                    _element(element, sheet, records)


def _element(element: Element, sheet: SheetDraft, records: Records) -> None:
    tag = str(element.tag)
    place = sheet.place
    if tag == f"{S}dataValidation":
        _validation(element, sheet, records)
    elif tag in {f"{X14}dataValidation", f"{X14}conditionalFormatting"}:
        _extended(element, sheet, records)
    elif tag == f"{X14}sparkline":
        _sparkline(element, sheet, records)
    elif tag == f"{X14}sparklineGroup":
        for formula in element.findall(f"{XM}f"):
            formula.text = records.formula(formula.text or "", sheet, place)
    elif tag == f"{S}pane":
        _pane(element, records)
    elif tag in _HEADERS:
        _header(element, place, records)
        return
    elif tag == f"{S}hyperlink" and element.get("location"):
        element.set("location", records.formula(element.get("location", ""), sheet, place))
    _tagged_attributes(element, place, records)
    if tag == f"{S}selection" and parse_cell(element.get("sqref", "")) is not None:
        # A cursor is in one of the rows that its own becomes.
        element.set("sqref", records.cell(str(element.get("sqref"))))
    elif tag in _RANGES and element.get(_RANGES[tag]):
        element.set(_RANGES[tag], records.ranges(str(element.get(_RANGES[tag]))))
    if tag in _CELLS and element.get(_CELLS[tag]):
        element.set(_CELLS[tag], records.cell(str(element.get(_CELLS[tag]))))


def _pane(element: Element, records: Records) -> None:
    """A frozen pane keeps all that stood above it, and no more; it may have lost rows of tags, or grown."""
    rows = element.get("ySplit", "")
    cell = parse_cell(element.get("topLeftCell", ""))
    if element.get("state") not in {"frozen", "frozenSplit"} or not rows.isdecimal():
        return
    element.set("ySplit", records.mark(markup.FROZEN, [int(rows), ""]))
    if cell is not None:
        element.set("topLeftCell", records.mark(markup.FROZEN, [int(rows), letters(cell[0])]))


def _tagged_attributes(element: Element, place: str, records: Records) -> None:
    for name, value in element.attrib.items():
        if tags_in(str(value)):
            element.set(name, weave_text(str(value), place, records.weaver, records.faults))


def _conditional(element: Element, sheet: SheetDraft, records: Records) -> None:
    ranges = element.get("sqref", "")
    anchor = anchor_rows(ranges)
    for formula in element.iter(f"{S}formula"):
        formula.text = records.formula(formula.text or "", sheet, f"{sheet.place}, conditional format {ranges}", anchor)
    for value in element.iter(f"{S}cfvo"):
        _value_object(value, "val", sheet, records, anchor)
    element.set("sqref", records.ranges(ranges))


def _value_object(element: Element, name: str, sheet: SheetDraft, records: Records, anchor: tuple[int, int]) -> None:
    if element.get("type") in {"formula", "num"} and element.get(name):
        element.set(name, records.formula(str(element.get(name)), sheet, sheet.place, anchor))


def _validation(element: Element, sheet: SheetDraft, records: Records) -> None:
    ranges = element.get("sqref", "")
    for name in ("formula1", "formula2"):
        formula = element.find(f"{S}{name}")
        if formula is not None and formula.text:
            place = f"{sheet.place}, validation of {ranges}"
            formula.text = records.formula(formula.text, sheet, place, anchor_rows(ranges))


def _extended(element: Element, sheet: SheetDraft, records: Records) -> None:
    """Rules in the newer form: ranges and formulas are elements, shared by all rules of a group."""
    target = element.find(f"{XM}sqref")
    ranges = (target.text or "") if target is not None else ""
    for formula in element.iter(f"{XM}f"):
        formula.text = records.formula(formula.text or "", sheet, sheet.place, anchor_rows(ranges))
    if target is not None:
        target.text = records.ranges(ranges)


def _sparkline(element: Element, sheet: SheetDraft, records: Records) -> None:
    formula, target = element.find(f"{XM}f"), element.find(f"{XM}sqref")
    if formula is None or target is None:
        return
    anchor = anchor_rows(target.text or "")
    text = records.formula(formula.text or "", sheet, sheet.place, anchor)
    parent = element.getparent()
    assert parent is not None
    mark = records.mark(markup.SPARKLINES, [text, target.text or "", element.prefix or "x14"])
    replace(element, parent, mark)


def replace(element: Element, parent: Element, text: str) -> None:
    """Put *text* where *element* is."""
    previous = element.getprevious()
    text += element.tail or ""
    element.tail = None
    if previous is not None:
        previous.tail = (previous.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(element)


def _merges(element: Element, root: Element, records: Records) -> None:
    ranges = [list(found) for item in element if (found := parse_range(item.get("ref", "")))]
    replace(element, root, records.mark(markup.MERGES, ranges))


def _breaks(element: Element, root: Element, records: Records) -> None:
    rows = [(int(item.get("id", "0")), item.get("man", "1")) for item in element]
    replace(element, root, records.mark(markup.BREAKS, rows))


def _header(element: Element, place: str, records: Records) -> None:
    """Headers and footers hold codes that begin with ``&``, and at most 255 characters."""
    text = element.text or ""
    if not tags_in(text):
        return
    weaver = records.weaver
    name = str(element.tag).removeprefix(S)
    place = f"{place}, {name}"
    woven = _woven_header(text, place, records)
    ending = weaver.statement("endset", place) + weaver.value("_header_text", place, "_limited")
    element.text = weaver.statement("set _header_text", place) + woven + ending


def _woven_header(text: str, place: str, records: Records) -> str:
    pieces: list[str] = []
    last = 0
    for tag in scan(text, place, records.faults):
        before = text[last : tag.start]
        pieces.append(before)
        last = tag.end
        # A number behind the code of a font size would be read as part of the size.
        name = "_header_after_size" if _SIZE.search(before) else "_header"
        shown = tag.kind == "value"
        pieces.append(records.weaver.value(tag.body, place, name) if shown else records.weaver.tag(tag))
    return "".join((*pieces, text[last:]))
