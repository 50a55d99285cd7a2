"""Marks in finished text -> addresses, ranges, anchors and cached values, once all rows have their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from exporters.workbook import markup
from exporters.workbook.cellbody import escape, number_text
from exporters.workbook.formula.values import Area, Error, Scalar, UnknownError
from exporters.workbook.formula.values import text as as_text
from exporters.workbook.references import LAST_ROW, Range, parse_cell, parse_range
from exporters.workbook.state import Book, WrittenSheet

_MAX_BREAKS = 1023
_VALIDATIONS = re.compile(r"<dataValidations[ >].*?</dataValidations>", re.DOTALL)
_VALIDATION = re.compile(r"<dataValidation [^>]*(?:/>|>.*?</dataValidation>)", re.DOTALL)
Fill = Callable[[Any, WrittenSheet], str]


class Filler:
    """Fills the marks of one kind of text after another; ``records`` are those that compile noted, by kind."""

    def __init__(self, book: Book, records: Mapping[str, Sequence[Any]], table_numbers: Callable[[WrittenSheet], int]):
        self._book, self._records = book, records
        self._table_number = table_numbers
        self._fills: dict[str, Fill] = {
            markup.RANGES: self._ranges,
            markup.CELL_AT: self._cell,
            markup.MERGES: self._merges,
            markup.BREAKS: self._breaks,
            markup.SPARKLINES: self._sparklines,
            markup.FROZEN: self._frozen,
            markup.ANCHOR_ROW: self._anchor,
            markup.CACHE: self._cache,
            markup.TABLE_ID: self._table_id,
            markup.TABLE_NAME: self._table_name,
        }

    def fill(self, text: str, host: WrittenSheet) -> str:
        """Return *text* with its marks filled in for one written sheet; deferred values stay."""
        filled = markup.MARKS.sub(lambda found: self._one(found, host), text)
        return _VALIDATIONS.sub(_usable, filled) if "#REF!" in filled else filled

    def unchanged(self, text: str, host: WrittenSheet) -> bool:
        """Return whether all marks of *text* come out as the template has them."""
        for found in markup.MARKS.finditer(text):
            kind, number = found[1], int(found[2] or 0)
            if kind in {markup.RANGES, markup.CELL_AT, markup.TABLE_ID, markup.TABLE_NAME}:
                if self._one(found, host) != escape(str(self._records[kind][number])):
                    return False
            elif kind == markup.ANCHOR_ROW:
                if self._one(found, host) != str(sum(self._records[kind][number])):
                    return False
            elif kind == markup.REFERENCE:
                if host.layout.moved:
                    return False
            else:
                return False
        return True

    def _one(self, found: re.Match[str], host: WrittenSheet) -> str:
        kind = found[1]
        if kind == markup.REFERENCE:
            return escape(self._book.text(int(found[2]), host, 0)).replace('"', "&quot;")
        fill = self._fills.get(kind)
        if fill is None:
            return found[0]
        return fill(self._records[kind][int(found[2])], host)

    # --- addresses -----------------------------------------------------------------------------------------------

    def _ranges(self, record: str, host: WrittenSheet) -> str:
        pieces: list[str] = []
        for text in record.split():
            area = parse_range(text)
            if area is None or (area.top == 1 and area.bottom == LAST_ROW):
                pieces.append(text)
                continue
            pieces += [
                Range(area.left, first, area.right, last).text
                for first, last in host.layout.ranges(area.top, area.bottom)
            ]
        if not pieces and record.split():
            # What it was for is gone; a range may not be empty.
            area = parse_range(record.split(maxsplit=1)[0])
            assert area is not None
            row = host.layout.at(area.top)
            pieces.append(Range(area.left, row, area.left, row).text)
        return " ".join(pieces)

    def _cell(self, record: str, host: WrittenSheet) -> str:
        found = parse_cell(record)
        if found is None:
            return record
        row = host.layout.at(found[1])
        return Range(found[0], row, found[0], row).text

    def _frozen(self, record: Sequence[Any], host: WrittenSheet) -> str:
        rows, column = record
        found = host.layout.span(1, rows)
        last = found[1] if found is not None else 0
        return f"{column}{last + 1}" if column else str(last)

    def _anchor(self, record: Sequence[int], host: WrittenSheet) -> str:
        return str(max(host.layout.at(record[0] + 1) - 1 + record[1], 0))

    def _merges(self, record: Sequence[Sequence[int]], host: WrittenSheet) -> str:
        found: list[Range] = []
        for left, top, right, bottom in record:
            rows = host.layout.units(top, bottom)
            if top == bottom or len(rows) <= 1:
                starts = host.layout.instances(top)
                found += [Range(left, row, right, row + bottom - top) for row in starts]
            else:
                found += self._merge_over_rows(Range(left, top, right, bottom), host)
        if not found:
            return ""
        items = "".join(f'<mergeCell ref="{area.text}"/>' for area in found)
        return f'<mergeCells count="{len(found)}">{items}</mergeCells>'

    def _merge_over_rows(self, area: Range, host: WrittenSheet) -> list[Range]:
        """A merge over several rows comes once for each turn of the loop that holds them all, else it grows."""
        tops, bottoms = list(host.layout.instances(area.top)), list(host.layout.instances(area.bottom))
        if len(tops) == len(bottoms) > 1:
            return [Range(area.left, top, area.right, bottom) for top, bottom in zip(tops, bottoms, strict=True)]
        found = host.layout.span(area.top, area.bottom)
        if found is None or (found[0] == found[1] and area.left == area.right):
            return []
        return [Range(area.left, found[0], area.right, found[1])]

    def _breaks(self, record: Sequence[Sequence[Any]], host: WrittenSheet) -> str:
        rows = sorted({(row, manual) for number, manual in record for row in host.layout.instances(number)})
        rows = rows[:_MAX_BREAKS]
        if not rows:
            return ""
        items = "".join(f'<brk id="{row}" max="16383" man="{escape(str(manual))}"/>' for row, manual in rows)
        return f'<rowBreaks count="{len(rows)}" manualBreakCount="{len(rows)}">{items}</rowBreaks>'

    def _sparklines(self, record: Sequence[str], host: WrittenSheet) -> str:
        formula, target, prefix = record
        area = parse_range(target)
        if area is None:
            return ""
        pieces: list[str] = []
        for row in host.layout.instances(area.top):
            data = markup.MARKS.sub(lambda found, row=row: escape(self._book_at(found, host, row)), formula)  # type: ignore[misc]
            place = Range(area.left, row, area.right, row).text
            pieces.append(
                f'<{prefix}:sparkline><xm:f xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">{data}</xm:f>'
                f'<xm:sqref xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">{place}</xm:sqref>'
                f"</{prefix}:sparkline>"
            )
        return "".join(pieces)

    def _book_at(self, found: re.Match[str], host: WrittenSheet, row: int) -> str:
        return self._book.text(int(found[2]), host, row)

    # --- charts and tables ---------------------------------------------------------------------------------------

    def _cache(self, record: Sequence[Any], host: WrittenSheet) -> str:
        number, kind, code, prefix, formula = record
        area = area_of(self._book, number, host)
        values = area.line() if area is not None else ()
        if kind != "cat":
            return _cached(values, kind, code, prefix)
        kind = "num" if any(type(value) is float for value in values) and not any(map(_is_text, values)) else "str"
        told = self.fill(formula, host)
        cache = _cached(values, kind, code, prefix)
        return f"<{prefix}{kind}Ref><{prefix}f>{told}</{prefix}f>{cache}</{prefix}{kind}Ref>"

    def _table_id(self, record: str, host: WrittenSheet) -> str:
        copies = self._book.sheets[host.index]
        return record if copies[0] is host else str(self._table_number(host))

    def _table_name(self, record: str, host: WrittenSheet) -> str:
        copies = self._book.sheets[host.index]
        at = next(number for number, copy in enumerate(copies) if copy is host)
        return escape(record if not at else f"{record}_{at + 1}")


def _is_text(value: Scalar) -> bool:
    return isinstance(value, str)


def _cached(values: Sequence[Scalar], kind: str, code: str, prefix: str) -> str:
    """Return a chart's cache of values; cells that show nothing have no point."""
    points: list[str] = []
    for at, value in enumerate(values):
        if value is None:
            continue
        if isinstance(value, Error):
            shown = value.code
        elif kind == "str":
            shown = escape(as_text(value))
        else:
            shown = number_text(value) if type(value) is float else ""
        if shown:
            points.append(f'<{prefix}pt idx="{at}"><{prefix}v>{shown}</{prefix}v></{prefix}pt>')
    count = f'<{prefix}ptCount val="{len(values)}"/>'
    form = f"<{prefix}formatCode>{escape(code or 'General')}</{prefix}formatCode>" if kind == "num" else ""
    return f"<{prefix}{kind}Cache>{form}{count}{''.join(points)}</{prefix}{kind}Cache>"


def area_of(book: Book, number: int, host: WrittenSheet) -> Area | None:
    """Return the values of a reference from outside the rows; None where they cannot be known."""
    link = book.links[number]
    target, rows = book.target(link, host), book.rows(link, host, 0)
    if target is None or rows is None:
        return None
    try:
        return target.area(link.left, rows[0], link.right, rows[1])
    except UnknownError:
        return None


def _usable(found: re.Match[str]) -> str:
    """Return validations without those whose list of choices has come out empty: they refuse whatever is typed."""
    items = _VALIDATION.findall(found[0])
    kept = [item for item in items if "#REF!" not in item]
    if len(kept) == len(items):
        return found[0]
    return f'<dataValidations count="{len(kept)}">{"".join(kept)}</dataValidations>' if kept else ""
