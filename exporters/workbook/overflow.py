"""Numbers and days of a finished workbook that their columns cannot hold, for which Excel shows ####; and errors."""

from __future__ import annotations

from lxml import etree

from exporters.errors import Fault
from exporters.metrics import excel_width
from exporters.package import Package
from exporters.workbook.formula.textformat import formatted
from exporters.workbook.formula.values import UnknownError
from exporters.workbook.living.book import Book, readable
from exporters.workbook.references import letters, parse_range
from exporters.workbook.xmltree import S

#: Columns may be so much too narrow before Excel shows ####, in digits: fonts differ.
_TOLERANCE = 0.6
_DEFAULT_WIDTH = 8.43
_GONE = "a loop over nothing leaves no row to look at: give it a row behind {% else %}"


def overflows(package: Package) -> list[Fault]:
    """Return a warning for the first such cell of each column, and one for its first error."""
    found: list[Fault] = []
    with readable(package):
        book = Book(package)
        for entry in book.entries:
            widths, default, merged = _columns(package.read(entry.part))
            told: set[int] = set()
            wrong: set[int] = set()
            for cell in book.sheet(entry.part).cells():
                # #N/A is how a formula leaves a gap in a chart.
                if cell.kind == "e" and cell.value != "#N/A" and cell.column not in wrong:
                    wrong.add(cell.column)
                    where = f"sheet {entry.name} of the pack, cell {letters(cell.column)}{cell.row}"
                    hint = _GONE if cell.value == "#REF!" else ""
                    message = f"the formula comes to {cell.value}"
                    found.append(Fault("error-value", message, where=where, hint=hint, severity="warning"))
                room = widths.get(cell.column, default)
                if cell.kind != "n" or cell.value is None or cell.column in told or (cell.column, cell.row) in merged:
                    continue
                code = book.styles.format(cell.style).code
                if not room or code.lower() in {"general", "@"} or book.styles.shrinks(cell.style):
                    continue  # a hidden column; Excel shortens a number that has no format
                try:
                    text = formatted(float(cell.value), code)
                except (UnknownError, ValueError):
                    continue
                needed = excel_width(text)
                if needed > room + _TOLERANCE:
                    told.add(cell.column)
                    message = f"{text} needs a width of {needed:.1f} and the column has {room:.1f}: it will show ####"
                    where = f"sheet {entry.name} of the pack, cell {letters(cell.column)}{cell.row}"
                    hint = "make the column wider in the template"
                    found.append(Fault("number-too-wide", message, where=where, hint=hint, severity="warning"))
    return found


def _columns(data: bytes) -> tuple[dict[int, float], float, set[tuple[int, int]]]:
    """Return the widths of columns (0 for hidden ones), the sheet's default, and the cells in merged ranges."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    form = root.find(f"{S}sheetFormatPr")
    default = float(form.get("defaultColWidth") or _DEFAULT_WIDTH) if form is not None else _DEFAULT_WIDTH
    widths: dict[int, float] = {}
    for column in root.iterfind(f"{S}cols/{S}col"):
        width = 0.0 if column.get("hidden") in {"1", "true"} else float(column.get("width") or default)
        for number in range(int(column.get("min", "1")), min(int(column.get("max", "1")), 702) + 1):
            widths[number] = width
    merged: set[tuple[int, int]] = set()
    for item in root.iterfind(f"{S}mergeCells/{S}mergeCell"):
        area = parse_range(item.get("ref", ""))
        if area is not None and area.bottom - area.top < 100 and area.right - area.left < 100:
            merged |= {(column, row) for column in range(area.left, area.right + 1)
                       for row in range(area.top, area.bottom + 1)}  # fmt: skip
    return widths, default, merged
