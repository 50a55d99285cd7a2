"""The rows of a worksheet read in the forms in which offices write them, many times as fast as event by event.

Every byte of ``sheetData`` has to fit one of these forms; where one does not, nothing is taken and the caller reads
the part by events. That the part is well-formed XML is the caller's to check.
"""

from __future__ import annotations

import re

from exporters.workbook.living.cells import Row
from exporters.workbook.living.rowforms import CellForm, Form, Known, RowCells
from exporters.workbook.living.spans import parse, string_text
from exporters.workbook.references import column_number

_ATTRIBUTES = rb'((?: [\w:]+="[^"<>]*")*) ?'
_ROW = re.compile(rb'<row r="(\d+)"' + _ATTRIBUTES + rb"(/?)>")
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]+)"' + _ATTRIBUTES + rb"(?:/>|>"
    rb"(<f" + _ATTRIBUTES + rb"(?:/>|>([^<>]*)</f>))?"
    rb"(?:<v" + _ATTRIBUTES + rb"(?:/>|>([^<>]*)</v>))?"
    rb"(?:<is>(?:<t" + _ATTRIBUTES + rb">([^<>]*)</t>|(<r>.*?))</is>)?"
    rb"</c>)",
    re.DOTALL,
)
_TEXT = re.compile(rb">([^<>]+)<")
_END_OF_ROW = b"</row>"
# No XML holds these bytes: they stand for texts and for the row's number in the form of a row.
_CUT, _NUMBER = b"\0", b"\1"


def lex(data: bytes, start: int, end: int, known: Known) -> dict[int, Row] | None:
    """Return the rows between *start* and *end* (the inside of ``sheetData``); None where a form is not known here.

    Rows of which *known* tells the cells are not read; all others are added to it.
    """
    rows: dict[int, Row] = {}
    at = start
    while at < end:
        found = _ROW.match(data, at)
        if found is None:
            return None
        number = found[1].decode()
        row = Row(int(number), {"r": number, **known.attributes[found[2]]}, at, found.end())
        at = found.end()
        if found[3]:
            row.closed = row.end = at
        else:
            row.closed = data.find(_END_OF_ROW, at)
            if row.closed < 0:
                return None
            at = row.end = row.closed + len(_END_OF_ROW)
            text = data[row.start : row.end]
            cells = known.rows.get(text)
            if cells is None:
                cells = _cells(text, row, known)
                if cells is None:
                    return None
                known.rows[text] = cells
            row.cells = cells
        rows[row.number] = row
    return rows if at == end else None


def _cells(data: bytes, row: Row, known: Known) -> RowCells | None:
    """Return the cells of a row whose bytes are *data*."""
    opened, number = row.opened - row.start, row.number
    pieces = _TEXT.split(data[opened - 1 :])
    texts, digits = pieces[1::2], b'%d"' % number
    key = _CUT.join(pieces[::2]).replace(digits, _NUMBER)
    form = known.forms.get(key)
    if form is None:
        form = _form(data, opened, number, known)
        if form is None:
            return None
        if key.count(_NUMBER) == len(form) and b"<r>" not in key:
            # The number stands in the addresses alone.
            known.forms[key] = form
    return RowCells(form, opened, number, texts, known.texts)


def _form(data: bytes, at: int, number: int, known: Known) -> Form | None:
    """Return the form of a row whose cells begin at *at*; None where they are written in another way."""
    order = [(found.start(1), len(found[1])) for found in _TEXT.finditer(data, at - 1)]
    places = {start: place for place, (start, _) in enumerate(order)}
    end, shown = len(data) - len(_END_OF_ROW), b"%d" % number
    form = Form()
    last = place = told = 0
    while at < end:
        found = _CELL.match(data, at)
        if found is None or found[2] != shown:
            return None
        start, at, first = at, found.end(), last
        while last < len(order) and order[last][0] < at:
            last += 1
        length = at - start - len(shown) - sum(length for _, length in order[first:last])
        value = "" if found[8] == b"" or data.startswith((b"<v/>", b"</v>"), at - 8) else None
        inline = "" if found[10] == b"" else None
        if found[11] is not None:
            inline = string_text(parse(b"<is>" + found[11] + b"</is>"))
        formula = None
        if found[4] is not None:
            own = found.start(4) - start - len(shown), len(found[4]) - len(found[6] or b"")
            formula = *own, places.get(found.start(6), -1), known.attributes[found[5]]
        texts = places.get(found.start(8), -1), places.get(found.start(10), -1)
        column, attributes = column_number(found[1].decode()), known.attributes[found[3]]
        form[column] = CellForm(
            column, attributes, told, length, first, last, texts[0], value, texts[1], inline, formula, place,
            attributes.get("t", "n"),
        )  # fmt: skip
        told, place = told + length, place + 1
    return form
