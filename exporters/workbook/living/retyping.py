"""Figures that a person typed as text where the data has numbers: into cells formatted as text, with separators, or
pasted from a page. Formulas pass text over, so a median or a rate would go on without them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from exporters.package import EditedPackage, Package
from exporters.workbook.living.book import Book, Table
from exporters.workbook.living.cells import Cell
from exporters.workbook.living.packing import Changes
from exporters.workbook.living.rekeying import areas, rows, texts, written
from exporters.workbook.living.spans import Splices, start_tag_end, with_attribute
from exporters.workbook.living.styles import DATE, PERCENT

# Digits and signs of a figure in either width; some libraries write the wide ones as references.
_FIGURES = re.compile(rb">((?:[-+0-9.,%\s]|\xef\xbc[\x85\x8b-\x8e\x90-\x99]|&#\w+;)+)</(?:\w+:)?t>")
_TYPED = re.compile(r"([-+]?)(\d{1,15}|\d{1,3}(?:,\d{3})+)((?:\.\d{1,15})?)\s*(%?)")
_ANY = frozenset(("General", "@"))
_TEXT = "@"


def retyped(package: EditedPackage) -> EditedPackage:
    """Return an edited workbook with such figures as the numbers that they are."""
    if not _figures(package) - _figures(package.base):
        return package
    book = Book(package)
    changes = Changes(package)
    splices: dict[str, Splices] = {}
    assert book.origin is not None
    for base, table in areas(book, book.origin):
        for cell, number, kind in _typed(book, book.origin, base, table):
            sheet = book.sheet(table.sheet)
            at = sheet.base(cell)
            start, end = at + cell.start, at + cell.end
            tag = with_attribute(sheet.data[start : start_tag_end(sheet.data, start)], "t", None)
            if book.styles.format(cell.style).code == _TEXT:
                tag = with_attribute(tag, "s", _style_of_column(book, table, cell.column, kind))
            body = f"<{sheet.prefix}v>{number}</{sheet.prefix}v></{sheet.prefix}c>"
            splices.setdefault(sheet.part, Splices(sheet.data)).replace(start, end, tag + body.encode())
    for part, found in splices.items():
        changes.set(part, found.result())
    return written(package, changes) if splices else package


def _figures(package: Package) -> set[bytes]:
    return {found for part in texts(package) for found in _FIGURES.findall(package.read(part))}


def _typed(book: Book, origin: Book, base: Table, table: Table) -> Iterator[tuple[Cell, str, str]]:
    """Yield the cells of a table that hold a figure as text where *base* has numbers: number, kind of its format."""
    before, now = rows(origin, base), rows(book, table)
    sheet, old_sheet = book.sheet(table.sheet), origin.sheet(base.sheet)
    for old in base.columns:
        column = table.twin(old, base)
        if column is None or column.number == table.key_column:
            continue
        for key, row in now.items():
            cell = sheet.cell(column.number, row)
            if cell is None or cell.formula is not None or cell.kind == "n" or key not in before:
                continue
            figure = _TYPED.fullmatch(unicodedata.normalize("NFKC", book.text(cell)).strip())
            if figure is None:
                continue
            column_before = [old_sheet.cell(old.number, number) for number in before.values()]
            was = old_sheet.cell(old.number, before[key])
            if was is not None and any(_is_number(origin, one) for one in column_before):
                number = _number(figure, origin, was)
                if number:
                    yield cell, number, origin.styles.format(was.style).kind


def _is_number(origin: Book, cell: Cell | None) -> bool:
    """Whether a cell holds a number, or is made for one."""
    if cell is None or cell.formula is not None or cell.kind != "n":
        return False
    shown = origin.styles.format(cell.style)
    return shown.kind != DATE and (not cell.blank or shown.code not in _ANY)


def _number(figure: re.Match[str], origin: Book, was: Cell) -> str:
    """Return the number that a *figure* is; empty where the cell *was* to hold none, or it may be another."""
    shown = origin.styles.format(was.style)
    if was.formula is not None or was.kind != "n" or shown.kind == DATE:
        return ""
    sign, whole, part, percent = figure.groups()
    number = Decimal(sign + whole.replace(",", "") + part).scaleb(-2 if percent else 0)
    # 7.5 in a cell of percentages may be meant as 7.5 %.
    sure = bool(percent) == (shown.kind == PERCENT) or f"{number:f}" == origin.text(was)
    return f"{number:f}" if sure else ""


def _style_of_column(book: Book, table: Table, column: int, kind: str) -> str | None:
    """Return the format of the column's first cell with a number of that *kind*; None where there is none."""
    sheet = book.sheet(table.sheet)
    cells = (sheet.cell(column, row) for row in range(table.top, table.bottom + 1))
    found = (cell for cell in cells if cell is not None and cell.kind == "n" and cell.value and cell.formula is None)
    shown = ((cell.style, book.styles.format(cell.style)) for cell in found)
    return next((str(style) for style, one in shown if one.kind == kind and one.code != _TEXT), None)
