"""Checks of a workbook's styles: every index leads to something, every number format can be read."""

from __future__ import annotations

import re

from lxml import etree

from exporters.package import rt
from exporters.package.check.book import Book
from exporters.package.check.probe import Probe, S, duplicates, integer

_FIRST_OWN_FORMAT = 164
_LONGEST_FORMAT = 255
_SECTIONS = 4
_THEME_COLOURS = 12
_INDEXED_COLOURS = 66
_COUNTED = ("fonts", "fills", "borders", "cellXfs", "dxfs", "cellStyleXfs", "cellStyles", "numFmts")
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.', re.DOTALL)
_BRACKETED = re.compile(r"\[[^\[\]]*\]")


def check_styles(probe: Probe, main: str, book: Book) -> None:
    """Check the styles part; ``book`` gains the numbers of cell formats and differential formats."""
    parts = probe.targets(main, rt.STYLES)
    root = probe.tree(parts[0]) if parts else None
    if root is None:
        return
    part = parts[0]
    book.formats = len(root.findall(f"{S}cellXfs/{S}xf"))
    book.differentials = len(root.findall(f"{S}dxfs/{S}dxf"))
    _check_formats(probe, part, root)
    _check_number_formats(probe, part, root)
    _check_colours(probe, part, root)
    for collection in _COUNTED:
        for item in root.findall(f"{S}{collection}"):
            count = item.get("count")
            if count is not None and integer(count) != len(item):
                message = f"{collection} says {count} and holds {len(item)}"
                probe.add("style-count", message, part, severity="warning")
    for item in root.iter(f"{S}tableStyleElement"):
        found = integer(item.get("dxfId"))
        if found is not None and not 0 <= found < book.differentials:
            probe.add("dxf-index", f"a table style names differential format {found}", part)


def _check_formats(probe: Probe, part: str, root: etree._Element) -> None:
    counts = {
        "fontId": len(root.findall(f"{S}fonts/{S}font")),
        "fillId": len(root.findall(f"{S}fills/{S}fill")),
        "borderId": len(root.findall(f"{S}borders/{S}border")),
    }
    bases = len(root.findall(f"{S}cellStyleXfs/{S}xf"))
    own = {item.get("numFmtId") for item in root.findall(f"{S}numFmts/{S}numFmt")}
    for group, what, more in (("cellXfs", "cell format", {"xfId": bases}), ("cellStyleXfs", "base of a style", {})):
        for number, item in enumerate(root.findall(f"{S}{group}/{S}xf")):
            place = f"{what} {number}"
            for name, count in {**counts, **more}.items():
                found = integer(item.get(name, "0"))
                if found is None or not 0 <= found < max(count, 1):
                    probe.add("style-index", f"{name} is {item.get(name)}; there are {count}", part, place)
            number_format = integer(item.get("numFmtId", "0"))
            if number_format is not None and number_format >= _FIRST_OWN_FORMAT and str(number_format) not in own:
                probe.add("style-index", f"there is no number format {number_format}", part, place)
    styles = root.findall(f"{S}cellStyles/{S}cellStyle")
    for item in styles:
        found = integer(item.get("xfId"))
        if found is None or not 0 <= found < bases:
            probe.add("style-index", f"cell style '{item.get('name')}' names format {item.get('xfId')}", part)
    for name in duplicates(item.get("name", "").casefold() for item in styles):
        probe.add("duplicate-style-name", f"two cell styles have the name '{name}'", part)


def _check_number_formats(probe: Probe, part: str, root: etree._Element) -> None:
    items = root.findall(f"{S}numFmts/{S}numFmt")
    for number in duplicates(item.get("numFmtId", "") for item in items):
        probe.add("duplicate-number-format", f"two number formats have the id {number}", part)
    for item in (*items, *root.findall(f"{S}dxfs/{S}dxf/{S}numFmt")):
        code = item.get("formatCode", "")
        wrong = number_format_fault(code)
        if wrong:
            probe.add("bad-number-format", f"{wrong}: {code}", part, f"number format {item.get('numFmtId')}")


def number_format_fault(code: str) -> str:
    """Return what makes Excel refuse a number format, nothing for a good one."""
    if len(code) > _LONGEST_FORMAT:
        return f"the number format has {len(code)} characters; Excel takes {_LONGEST_FORMAT}"
    rest = _QUOTED.sub("", code)
    if '"' in rest:
        return "a quotation mark of the number format is not closed"
    bare = _BRACKETED.sub("", rest)
    if "[" in bare or "]" in bare:
        return "a square bracket of the number format has no partner"
    if bare.count(";") >= _SECTIONS:
        return f"the number format has more than {_SECTIONS} sections"
    return ""


def _check_colours(probe: Probe, part: str, root: etree._Element) -> None:
    own = root.find(f"{S}colors/{S}indexedColors")
    indexed = max(_INDEXED_COLOURS, len(own) if own is not None else 0)
    for item in root.iter(f"{S}color", f"{S}fgColor", f"{S}bgColor"):
        for name, count in (("theme", _THEME_COLOURS), ("indexed", indexed)):
            found = integer(item.get(name))
            if found is not None and not 0 <= found < count and found != 81:  # 81: the colour of notes
                probe.add("colour-index", f"it names {name} colour {found}; there are {count}", part)
