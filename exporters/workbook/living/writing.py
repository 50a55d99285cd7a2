"""One worksheet part changed: cells set, rows put in and taken out, references moved; the rest keeps its bytes."""

from __future__ import annotations

import re
from collections import defaultdict

from msgspec import Struct, field

from exporters.workbook.living.book import Book, SheetEntry
from exporters.workbook.living.cells import Cell, Formula, Row
from exporters.workbook.living.cellxml import NOTHING, Content, changed_cell, new_cell
from exporters.workbook.living.margins import margin
from exporters.workbook.living.sheet import Sheet
from exporters.workbook.living.shifting import Shifts, moved_area
from exporters.workbook.living.spans import Span, Splices, escaped, opening, start_tag_end, with_attribute
from exporters.workbook.references import LAST_ROW, letters, parse_range
from exporters.workbook.rowmarks import MARK

_RANGES = frozenset(("ref", "sqref"))
_OF_ONE_ROW = frozenset(("mergeCell", "hyperlink"))
"""What stays in its row, even the only one of a table that grows."""
_OF_THE_VIEW = frozenset(("dimension", "sheetView", "pane", "selection", "customSheetView"))
_CELLS = frozenset(("topLeftCell", "activeCell", "r"))
_RULES = frozenset(("formula", "formula1", "formula2"))
_BEHIND_LEGACY = frozenset(
    ("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")
)
_EXCEL = "http://schemas.microsoft.com/office/excel/2006/main"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_GONE_FROM_NEW_ROWS = ("hidden", "collapsed", "spans", MARK, "ht", "customHeight")


class NewCell(Struct):
    """A cell of a new row. A formula is that of ``like`` (a cell of the sheet), counted on to the new row."""

    column: int
    style: int
    content: Content = NOTHING
    like: Cell | None = None


class NewRow(Struct):
    """A row to be inserted; ``like`` is the row whose height and marks it takes, ``height`` overrides its height."""

    like: Row | None
    height: str
    cells: list[NewCell]


class SheetEdit(Struct):
    """What is to be done to one sheet. Cells and rows are those of before."""

    book: Book
    entry: SheetEntry
    contents: dict[tuple[int, int], Content] = field(default_factory=dict)
    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    rows: dict[int, list[NewRow]] = field(default_factory=lambda: defaultdict(list))
    margins: dict[str, str] = field(default_factory=dict)
    """New texts of headers and footers."""
    legacy_drawing: str = ""
    formulas_gone: bool = False
    touched: set[tuple[int, int]] = field(default_factory=set)
    """Cells whose value changed or is new, by column and row of afterwards."""
    new_formulas: set[tuple[int, int]] = field(default_factory=set)

    @property
    def sheet(self) -> Sheet:
        return self.book.sheet(self.entry.part)

    def write(self, shifts: Shifts) -> bytes:
        """Return the changed part."""
        is_own = self.contents or self.rows or self.margins or self.legacy_drawing
        if not is_own and not shifts.reach(self.entry.name, self.sheet.data):
            return self.sheet.data
        return _Writer(self, shifts).write()


class _Writer:
    def __init__(self, edit: SheetEdit, shifts: Shifts) -> None:
        self._edit, self._sheet, self._shifts = edit, edit.sheet, shifts
        self._name = edit.entry.name
        self._shift = shifts.of(self._name)
        self._prefix = self._sheet.prefix
        self._data = self._sheet.data
        self._splices = Splices(self._data)
        self._unshare = False
        self._opened = f"<{self._prefix}c ".encode()
        self._address = re.compile(self._opened + rb'r="[A-Z]+([0-9]+")')

    def write(self) -> bytes:
        if self._shifts or self._edit.contents:
            self._unshare = self._must_unshare()
        wanted: dict[int, dict[int, Content]] = defaultdict(dict)
        for (column, number), content in self._edit.contents.items():
            wanted[number][column] = content
        for number, row in self._sheet.rows.items():
            self._row(row, self._shift.row(number), wanted.pop(number, {}))
        for number in sorted(wanted):
            self._missing_row(number, wanted[number])
        for after, rows in self._edit.rows.items():
            xml = b"".join(self._new_row(row, self._shift.row(after) + step) for step, row in enumerate(rows, 1))
            self._put_rows(after, xml)
        self._around()
        return self._splices.result()

    # --- rows and cells ------------------------------------------------------------------------------------------

    def _must_unshare(self) -> bool:
        """Whether shared formulas have to be written out: one of them moves, or loses its first cell."""
        for cell, formula in self._sheet.formulas():
            if formula.kind != "shared":
                continue
            if (cell.column, cell.row) in self._edit.contents and formula.text:
                return True
            if self._shift or (formula.text and self._moved(cell, formula.text) != formula.text):
                return True
        return False

    def _moved(self, cell: Cell, text: str) -> str:
        return self._shifts.formula(text, self._name, cell.row)

    def _row(self, row: Row, number: int, contents: dict[int, Content]) -> None:
        if row.number == LAST_ROW and not row.cells and not contents:
            # LibreOffice writes an empty row at the very end of a sheet: it cannot move down.
            return
        if row.number in self._shift.gone:
            self._splices.replace(row.start, row.end, b"")
            # What counted it counts its neighbours too.
            self._edit.touched |= {(column, at) for column in row.cells for at in (number, number + 1)}
            return
        tag = self._data[row.start : row.opened]
        absent = {column: content for column, content in contents.items() if column not in row.cells}
        new_tag = tag
        if number != row.number or (absent and "r" in row.attributes):
            new_tag = with_attribute(tag, "r", str(number))
        if absent:
            new_tag = with_attribute(new_tag, "spans", None)
        if not contents and number != row.number and self._moves_whole(row, number):
            if new_tag != tag:
                self._splices.replace(row.start, row.opened, new_tag)
            return
        for column in row.cells if number != row.number else {*row.formulas, *(contents.keys() & row.cells.keys())}:
            if column in contents:
                self._set_cell(row.cells[column], number, contents[column])
            else:
                self._move_cell(row.cells[column], number)
        if not absent:
            if new_tag != tag:
                self._splices.replace(row.start, row.opened, new_tag)
            return
        made = {column: self._made(column, row.number, number, content) for column, content in absent.items()}
        if row.closed == row.opened:
            whole = b"".join(made[column] for column in sorted(made))
            self._splices.replace(row.start, row.end, opening(new_tag) + whole + f"</{self._prefix}row>".encode())
            return
        if new_tag != tag:
            self._splices.replace(row.start, row.opened, new_tag)
        for column in sorted(made):
            behind = next((row.start + row.cells[one].start for one in sorted(row.cells) if one > column), row.closed)
            self._splices.insert(behind, made[column])

    def _moves_whole(self, row: Row, number: int) -> bool:
        """Move all cells of a row as text, where they are written as usual; return whether they are."""
        inside = self._data[row.opened : row.closed]
        count, old, new = len(row.cells), b'%d"' % row.number, b'%d"' % number
        if {inside.count(self._opened), inside.count(old)} != {count} or self._address.findall(inside) != [old] * count:
            return False
        at = row.opened
        for cell in (row.cells[column] for column in row.formulas):
            assert cell.formula is not None
            begin, end = row.start + cell.formula.start, row.start + cell.formula.end
            self._splices.replace(at, begin, self._data[at:begin].replace(old, new))
            self._move_formula(cell, cell.formula)
            at = end
        self._splices.replace(at, row.closed, self._data[at : row.closed].replace(old, new))
        return True

    def _made(self, column: int, row: int, number: int, content: Content) -> bytes:
        self._edit.touched.add((column, number))
        content = self._moved_content(content, row)
        style = self._edit.styles.get((column, row), 0)
        return new_cell(f"{letters(column)}{number}", style, content, self._prefix)

    def _set_cell(self, cell: Cell, number: int, content: Content) -> None:
        if cell.formula is not None:
            self._edit.formulas_gone = True
        if content.formula:
            self._edit.new_formulas.add((cell.column, number))
        content = self._moved_content(content, cell.row)
        address = f"{letters(cell.column)}{number}"
        style = self._edit.styles.get((cell.column, cell.row))
        at = self._sheet.base(cell)
        xml = changed_cell(self._data, at + cell.start, address, style, content, self._prefix)
        self._splices.replace(at + cell.start, at + cell.end, xml)
        self._edit.touched.add((cell.column, number))

    def _moved_content(self, content: Content, row: int) -> Content:
        """Formulas are given as they are before rows move."""
        if not content.formula:
            return content
        return Content(formula=self._shifts.formula(content.formula, self._name, row))

    def _move_tag(self, start: int, cell: Cell, address: str) -> None:
        """Give the cell that begins at *start* another address."""
        usual = f'<{self._prefix}c r="{cell.address}"'.encode()
        if self._data.startswith(usual, start):
            self._splices.replace(start, start + len(usual), f'<{self._prefix}c r="{address}"')
            return
        end = start_tag_end(self._data, start)
        self._splices.replace(start, end, with_attribute(self._data[start:end], "r", address))

    def _move_cell(self, cell: Cell, number: int) -> None:
        if number != cell.row:
            self._move_tag(self._sheet.base(cell) + cell.start, cell, f"{letters(cell.column)}{number}")
        if cell.formula is not None:
            self._move_formula(cell, cell.formula)

    def _move_formula(self, cell: Cell, formula: Formula) -> None:
        at = self._sheet.base(cell)
        shared = formula.kind == "shared"
        text = self._sheet.formula(cell) if shared and self._unshare else formula.text
        moved = self._moved(cell, text) if text else text
        ref = formula.attributes.get("ref")
        new_ref = moved_area(ref, self._shift) if ref and self._shift else ref
        unshared = shared and self._unshare
        if not unshared and moved == formula.text and new_ref == ref:
            return
        start = at + formula.start
        tag = self._data[start : start_tag_end(self._data, start)]
        if unshared:
            for name in ("t", "ref", "si"):
                tag = with_attribute(tag, name, None)
        elif ref and new_ref != ref:
            tag = with_attribute(tag, "ref", new_ref)
        self._splices.replace(
            start, at + formula.end, opening(tag) + escaped(moved).encode() + f"</{self._prefix}f>".encode()
        )

    def _missing_row(self, number: int, contents: dict[int, Content]) -> None:
        final = self._shift.row(number)
        cells = b"".join(self._made(column, number, final, contents[column]) for column in sorted(contents))
        xml = f'<{self._prefix}row r="{final}">'.encode() + cells + f"</{self._prefix}row>".encode()
        self._put_rows(number, xml)

    def _put_rows(self, after: int, xml: bytes) -> None:
        row = self._sheet.rows.get(after)
        if row is not None:
            self._splices.insert(row.end, xml)
            return
        following = min((number for number in self._sheet.rows if number > after), default=0)
        if following:
            self._splices.insert(self._sheet.rows[following].start, xml)
        elif (holder := self._sheet.sheet_data) is not None:
            self._splices.append(holder, xml)

    def _new_row(self, row: NewRow, number: int) -> bytes:
        if row.like is not None:
            tag = opening(self._data[row.like.start : row.like.opened])
            if row.height:
                for name in _GONE_FROM_NEW_ROWS:
                    tag = with_attribute(tag, name, None)
            else:
                for name in _GONE_FROM_NEW_ROWS[:4]:
                    tag = with_attribute(tag, name, None)
            tag = with_attribute(tag, "r", str(number))
        else:
            tag = f'<{self._prefix}row r="{number}">'.encode()
        if row.height:
            tag = with_attribute(with_attribute(tag, "ht", row.height), "customHeight", "1")
        cells: list[bytes] = []
        for cell in sorted(row.cells, key=lambda one: one.column):
            content = cell.content
            if cell.like is not None:
                content = Content(formula=self._continued(cell.like, number))
            if content.formula:
                self._edit.new_formulas.add((cell.column, number))
            self._edit.touched.add((cell.column, number))
            cells.append(new_cell(f"{letters(cell.column)}{number}", cell.style, content, self._prefix))
        return tag + b"".join(cells) + f"</{self._prefix}row>".encode()

    def _continued(self, like: Cell, number: int) -> str:
        from exporters.workbook.formula.parse import shared

        moved = self._moved(like, self._sheet.formula(like))
        return shared(moved, number - self._shift.row(like.row), 0)

    # --- what stands around the rows -----------------------------------------------------------------------------

    def _around(self) -> None:
        if self._shifts:
            for span in self._sheet.root.walk():
                self._move_element(span)
        for name, text in self._edit.margins.items():
            element = margin(self._sheet, name)
            if element is not None:
                self._splices.text(element, text)
        if self._edit.legacy_drawing:
            xml = f'<{self._prefix}legacyDrawing xmlns:r="{_RELATIONSHIPS}" r:id="{self._edit.legacy_drawing}"/>'
            seen_drawing = False
            for child in self._sheet.root.children:
                # A control list that new Excel wraps for old readers stands behind the drawing too.
                wrapped = child.name == "AlternateContent" and seen_drawing
                seen_drawing |= child.name in {"drawing", "sheetData"}
                if child.name in _BEHIND_LEGACY or wrapped:
                    self._splices.insert(child.start, xml)
                    return
            self._splices.append(self._sheet.root, xml)

    def _move_element(self, span: Span) -> None:
        if span.name == "hyperlink" and span.get("location"):
            moved = self._shifts.formula(span.get("location"), self._name)
            if moved != span.get("location"):
                self._splices.attribute(span, "location", moved)
        if span.name in _RULES or (span.name == "f" and span.space == _EXCEL):
            moved = self._rule(span)
            if moved != span.text:
                self._splices.text(span, moved)
            return
        if not self._shift or (span.name in _OF_THE_VIEW and not self._shift.scrolls):
            return
        if span.name in {"mergeCells", "hyperlinks"}:
            self._leave_out([one for one in span.children if self._is_over(one)], span)
        if span.name in _OF_ONE_ROW and self._is_over(span):
            return
        for name in _RANGES & span.attributes.keys():
            if span.name == "selection":
                moved = " ".join(moved_area(one, self._shift, single=False) for one in span.get(name).split())
            else:
                moved = self._shifts.ranges(span.get(name), self._name, single=span.name not in _OF_ONE_ROW)
            self._splices.attribute(span, name, moved)
        for name in _CELLS & span.attributes.keys():
            self._splices.attribute(span, name, moved_area(span.get(name), self._shift, single=False))
        if span.name == "sqref" and span.text:
            self._splices.text(span, self._shifts.ranges(span.text, self._name))
        elif span.name == "brk" and span.parent is not None and span.parent.name == "rowBreaks":
            if span.get("id").isdecimal():
                self._splices.attribute(span, "id", str(self._shift.row(int(span.get("id")))))
        elif span.name == "row" and span.text.strip().isdecimal():
            self._splices.text(span, str(max(self._shift.row(int(span.text) + 1), 1) - 1))

    def _is_over(self, span: Span) -> bool:
        """Whether a link or a merged range is none any more: all of its rows go, or all but one of a single column."""
        area = span.get("ref")
        if self._shift.takes(area) or span.name == "hyperlink":
            return self._shift.takes(area)
        found = parse_range(moved_area(area, self._shift))
        return found is not None and found.left == found.right and found.top == found.bottom

    def _leave_out(self, gone: list[Span], holder: Span) -> None:
        if gone and len(gone) == len(holder.children):
            self._splices.replace(holder.start, holder.end, b"")
        elif gone:
            if holder.get("count"):
                self._splices.attribute(holder, "count", str(len(holder.children) - len(gone)))
            for one in gone:
                self._splices.replace(one.start, one.end, b"")

    def _rule(self, span: Span) -> str:
        """Return a rule's formula; its rows without ``$`` are counted from the top of the rule's range."""
        holder: Span | None = span
        while holder is not None and not _ranges_of(holder):
            holder = holder.parent
        texts = _ranges_of(holder).split() if holder is not None else ()
        areas = [area for text in texts if (area := parse_range(text)) is not None]
        sparkline = holder is not None and holder.name == "sparkline"
        if not areas or sparkline:
            return self._shifts.formula(span.text, self._name)
        top = min(area.top for area in areas)
        bottom = next(area.bottom for area in areas if area.top == top)
        down = self._shift.rows(top, bottom)[0] - top
        return self._shifts.rule(span.text, self._name, down)


def _ranges_of(span: Span) -> str:
    found = span.child("sqref")
    return span.get("sqref") or (found.text if found is not None else "")
