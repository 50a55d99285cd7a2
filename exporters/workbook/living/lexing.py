"""The rows of a worksheet read in the forms in which offices write them, four times as fast as event by event.

Every byte of ``sheetData`` has to fit one of these forms; where one does not, nothing is taken and the caller reads
the part by events. That the part is well-formed XML is the caller's to check.
"""

from __future__ import annotations

import re

from exporters.package.xmltext import plain
from exporters.package.xstrings import unspelled
from exporters.workbook.living.cells import Cell, Formula, Row
from exporters.workbook.living.spans import parse, string_text
from exporters.workbook.references import column_number

_ATTRIBUTES = rb'((?: [\w:]+="[^"<>]*")*) ?'
_ROW = re.compile(rb"<row" + _ATTRIBUTES + rb"(/?)>")
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]+)"' + _ATTRIBUTES + rb"(?:/>|>"
    rb"(<f" + _ATTRIBUTES + rb"(?:/>|>([^<>]*)</f>))?"
    rb"(?:<v" + _ATTRIBUTES + rb"(?:/>|>([^<>]*)</v>))?"
    rb"(?:<is>(?:<t" + _ATTRIBUTES + rb">([^<>]*)</t>|(<r>.*?))</is>)?"
    rb"</c>)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb' ([\w:]+)="([^"]*)"')
KnownRows = dict[bytes, dict[int, Cell]]
"""The cells of rows, by the rows' bytes."""
_END_OF_ROW = b"</row>"


def lex(data: bytes, start: int, end: int, known: KnownRows) -> dict[int, Row] | None:
    """Return the rows between *start* and *end* (the inside of ``sheetData``); None where a form is not known here.

    Rows of which *known* tells the cells are not read; all others are added to it.
    """
    rows: dict[int, Row] = {}
    tags: dict[bytes, dict[str, str]] = {b"": {}}
    columns: dict[bytes, int] = {}
    texts: dict[bytes, str] = {b"": ""}
    inlines = texts.copy()
    at = start
    while at < end:
        found = _ROW.match(data, at)
        if found is None:
            return None
        attributes = _attributes(found[1])
        number = attributes.get("r", "")
        if not number.isdecimal():
            return None
        row = Row(int(number), attributes, at, found.end())
        at = found.end()
        if found[2]:
            row.closed = row.end = at
        else:
            row.closed = data.find(_END_OF_ROW, at)
            at = row.end = row.closed + len(_END_OF_ROW)
            text = data[row.start : row.end]
            cells = known.get(text)
            if cells is None:
                if _lex_cells(data, row, tags, columns, texts, inlines) != row.closed:
                    return None
                known[text] = row.cells
            else:
                row.cells = cells
        rows[row.number] = row
    return rows if at == end else None


def _lex_cells(
    data: bytes,
    row: Row,
    tags: dict[bytes, dict[str, str]],
    columns: dict[bytes, int],
    texts: dict[bytes, str],
    inlines: dict[bytes, str],
) -> int:
    """Read cells up to what is none; return where that begins."""
    match, cells, number, base, at = _CELL.match, row.cells, row.number, row.start, row.opened
    shown = b"%d" % number
    while True:
        found = match(data, at)
        if found is None:
            return at
        letter, row_text, raw, formula, formula_raw, formula_text, _, value, _, text, runs = found.groups()
        if row_text != shown:
            return at
        column = columns.get(letter)
        if column is None:
            column = columns[letter] = column_number(letter.decode())
        attributes = tags.get(raw)
        if attributes is None:
            attributes = tags[raw] = _attributes(raw)
        cell = Cell(column, number, attributes, at - base, found.end() - base)
        at = found.end()
        if value is not None:
            shown_value = texts.get(value)
            if shown_value is None:
                shown_value = texts[value] = plain(value)
            cell.value = unspelled(shown_value) if attributes.get("t") == "str" else shown_value
        elif data.startswith((b"<v/>", b"</v>"), at - 8):
            cell.value = ""
        if text is not None:
            inline = inlines.get(text)
            if inline is None:
                inline = inlines[text] = unspelled(plain(text))
            cell.inline = inline
        elif runs is not None:
            cell.inline = string_text(parse(b"<is>" + runs + b"</is>"))
        if formula is not None:
            shared = tags.get(formula_raw)
            if shared is None:
                shared = tags[formula_raw] = _attributes(formula_raw)
            text_now = plain(formula_text) if formula_text else ""
            cell.formula = Formula(text_now, shared, found.start(4) - base, found.end(4) - base)
        cells[column] = cell


def _attributes(raw: bytes) -> dict[str, str]:
    return {name.decode(): plain(value) for name, value in _ATTRIBUTE.findall(raw)} if raw else {}
