"""A worksheet part: its rows and cells with their places in the bytes, and the rest as a tree."""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from msgspec import Struct

from exporters.package.xstrings import unspelled
from exporters.workbook.formula.parse import shared
from exporters.workbook.living.cells import Cell, Formula, Row
from exporters.workbook.living.lexing import lex
from exporters.workbook.living.rowforms import Known
from exporters.workbook.living.spans import Span, prefix_of, refuse_dtd, start_tag_end
from exporters.workbook.references import parse_cell
from exporters.workbook.rowmarks import MARK, SPACE

_MAINS = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_MARK = f"{SPACE} of"
_OPENED, _CLOSED = b"<sheetData>", b"</sheetData>"
_CODES = {
    f"{space} {name}": name
    for space in _MAINS
    for name in ("sheetData", "row", "c", "f", "v", "is", "t", "rPh", "extLst")
}


class Sheet(Struct):
    """A worksheet part. ``root`` holds all elements but those inside ``sheetData``."""

    part: str
    data: bytes
    root: Span
    rows: dict[int, Row]
    prefix: str
    _masters: dict[str, tuple[Cell, str]] | None = None

    def base(self, cell: Cell) -> int:
        """Return the place in the part from which those of a cell and its formula are counted."""
        return self.rows[cell.row].start

    def cell(self, column: int, row: int) -> Cell | None:
        found = self.rows.get(row)
        return found.cells.get(column) if found is not None else None

    def cells(self) -> Iterator[Cell]:
        for row in self.rows.values():
            yield from row.cells.values()

    def formulas(self) -> Iterator[tuple[Cell, Formula]]:
        """Yield the cells with formulas."""
        for row in self.rows.values():
            for column in row.formulas:
                cell = row.cells[column]
                assert cell.formula is not None
                yield cell, cell.formula

    def formula(self, cell: Cell) -> str:
        """Return a cell's formula without its equals sign, that of a follower of a shared formula written out; empty
        where it has none."""
        formula = cell.formula
        if formula is None:
            return ""
        if formula.text or formula.kind != "shared":
            return formula.text
        if self._masters is None:
            self._masters = {}
            for one, own in self.formulas():
                if own.kind == "shared" and own.text:
                    self._masters.setdefault(own.attributes.get("si", ""), (one, own.text))
        master = self._masters.get(formula.attributes.get("si", ""))
        if master is None:
            return ""
        first, text = master
        return shared(text, cell.row - first.row, cell.column - first.column)

    @property
    def sheet_data(self) -> Span | None:
        return self.root.child("sheetData")


def read_sheet(part: str, data: bytes, known: Known | None = None) -> Sheet:
    """Read a worksheet part that is UTF-8. Raises ValueError where it is not XML or holds a DTD.

    Rows that are *known* from another part, byte for byte, are not read again, the others become so.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    reader = _Reader(data, parser)
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end_element
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = refuse_dtd
    try:
        _parse(data, parser, reader, known or Known())
    except expat.ExpatError as error:
        raise ValueError(f"the part is not well-formed XML: {error}") from None
    root = reader.root
    assert root is not None
    return Sheet(part, data, root, reader.rows, prefix_of(data, root))


def _parse(data: bytes, parser: expat.XMLParserType, reader: _Reader, known: Known) -> None:
    """Run the parser; between the ends of ``sheetData`` it only checks, where the rows are read by their forms."""
    start, end = data.find(_OPENED) + len(_OPENED), data.rfind(_CLOSED)
    # The first element of that name is the sheet's own where only elements that hold no text stand before it.
    rows = lex(data, start, end, known) if len(_OPENED) <= start <= end and b"<![CDATA[" not in data else None
    if rows is None:
        parser.Parse(data, True)
        return
    parser.Parse(data[:start], False)
    if not reader.in_data:
        parser.Parse(data[start:], True)
        return
    handlers = parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler
    parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
    parser.Parse(data[start:end], False)
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = handlers
    reader.rows = rows
    parser.Parse(data[end:], True)


class _Reader:
    def __init__(self, data: bytes, parser: expat.XMLParserType) -> None:
        self._data, self._parser = data, parser
        self.root: Span | None = None
        self.rows: dict[int, Row] = {}
        self._stack: list[Span] = []
        self.in_data = False
        self._row: Row | None = None
        self._cells: dict[int, Cell] = {}
        self._cell: Cell | None = None
        self._formula: Formula | None = None
        self._texts: list[str] | None = None
        self._skip = 0
        self._last_row = self._last_column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.in_data:
            self._open(name, attributes)
        elif self._skip:
            self._skip += 1
        else:
            self._inside(_CODES.get(name, ""), attributes)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        at = self._parser.CurrentByteIndex
        parent = self._stack[-1] if self._stack else None
        span = Span(space, local, attributes, at, start_tag_end(self._data, at), parent)
        if parent is None:
            self.root = span
        else:
            parent.children.append(span)
        self._stack.append(span)
        self.in_data = _CODES.get(name) == "sheetData"

    def _inside(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c" and self._row is not None:
            found = parse_cell(attributes.get("r", ""))
            column = found[0] if found is not None else self._last_column + 1
            self._last_column = column
            at = self._parser.CurrentByteIndex - self._row.start
            self._cell = Cell(column, self._row.number, attributes, at)
        elif name == "row":
            if _MARK in attributes:
                attributes[MARK] = attributes.pop(_MARK)
            number = attributes.get("r", "")
            self._last_row = int(number) if number.isdecimal() else self._last_row + 1
            self._last_column = 0
            at = self._parser.CurrentByteIndex
            self._cells = {}
            self._row = Row(self._last_row, attributes, at, start_tag_end(self._data, at), cells=self._cells)
        elif name in {"v", "t"}:
            self._texts = []
        elif name == "f":
            self._texts = []
            at = self._row.start if self._row is not None else 0
            self._formula = Formula("", attributes, self._parser.CurrentByteIndex - at)
        elif name in {"rPh", "extLst"}:
            self._skip = 1

    def characters(self, piece: str) -> None:
        if not self.in_data:
            self._stack[-1].text += piece
        elif self._texts is not None and not self._skip:
            self._texts.append(piece)

    def end_element(self, name: str) -> None:
        if self.in_data:
            if self._skip:
                self._skip -= 1
                return
            code = _CODES.get(name, "")
            if code != "sheetData":
                self._close(code)
                return
            self.in_data = False
        span = self._stack.pop()
        span.closed, span.end = self._ends(span.opened)

    def _ends(self, opened: int) -> tuple[int, int]:
        """Return where the end tag of the element whose start tag ends at *opened* begins and ends."""
        if self._data[opened - 2 : opened] == b"/>":
            return opened, opened
        at = self._parser.CurrentByteIndex
        return at, self._data.index(b">", at) + 1

    def _close(self, name: str) -> None:
        cell = self._cell
        if name == "c" and cell is not None and self._row is not None:
            at = self._row.start
            cell.end = self._ends(start_tag_end(self._data, at + cell.start))[1] - at
            self._cells[cell.column] = cell
            self._cell = None
        elif name == "row" and self._row is not None:
            self._row.closed, self._row.end = self._ends(self._row.opened)
            self.rows[self._row.number] = self._row
            self._row = None
        elif name in {"v", "t", "f"} and cell is not None and self._texts is not None:
            text = "".join(self._texts)
            self._texts = None
            if name == "v":
                cell.value = unspelled(text) if cell.kind == "str" else text
            elif name == "t":
                cell.inline = (cell.inline or "") + unspelled(text)
            elif self._formula is not None:
                formula, self._formula = self._formula, None
                formula.text = text
                at = self._row.start if self._row is not None else 0
                formula.end = self._ends(start_tag_end(self._data, at + formula.start))[1] - at
                cell.formula = formula
