"""What people write into the data sheets behind charts, where these do not show it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from lxml import etree

from exporters.charts.data import spelt_number
from exporters.charts.drawingml import C
from exporters.charts.references import Range, parse_range, split_cell
from exporters.charts.sheet import parse, read_rows, shared_strings, sheet_parts
from exporters.errors import PackageError
from exporters.package import EDITED, Package, rt

if TYPE_CHECKING:
    from exporters.package import EditedPackage

_FORMULA = f"{C}f"
Cells = dict[tuple[str, str], str]
"""Texts by sheet and cell; a number is spelt one way."""


class DataSheets:
    """The workbooks behind the charts of an edited file. Those that are as they were made are not opened."""

    def __init__(self, package: EditedPackage) -> None:
        self._package, self._base = package, package.base
        known = {package.base.raw(name).crc for name in _books(package.base)}
        self._changed = {name for name in _books(package) if package.raw(name).crc not in known}

    def beside(self, part: str, data: str) -> str:
        """Return the *data* of the chart in *part* (``chart_data``) with what was typed into its sheet and is no point
        of it: ``{"sheet": ["C1 remark"]}`` as one more of its series."""
        target = self._package.relationships(part).target_of_type(rt.PACKAGE) if self._changed else None
        book = self._package.stored_name(target) if target is not None and target in self._package else ""
        if book not in self._changed:
            return data
        cells = _cells(self._package, book)
        # Of the workbooks that were made it is the one that it has most in common with: editors number parts anew.
        before: Cells = max(self._made, key=lambda one: len(one.items() & cells.items()), default={})
        series = json.loads(data)
        points = {point for one in series for points in one.values() for point in points}
        areas = self._areas(part)
        own = [
            f"{at[1]} {text}"
            for at, text in cells.items()
            if before.get(at) != text and not (text in points and (not areas or _lies_in(areas, *at)))
        ]
        return json.dumps([*series, {"sheet": own}], ensure_ascii=False, separators=(",", ":")) if own else data

    def _areas(self, part: str) -> list[Range]:
        """Return the cells that a chart shows; none where an office names them in its own way."""
        named = [one.text or "" for one in parse(self._package.read(part)).iter(_FORMULA)]
        return [found for found in map(parse_range, named) if found is not None]

    @cached_property
    def _made(self) -> list[Cells]:
        return [_cells(self._base, name) for name in _books(self._base)]


def _lies_in(areas: Iterable[Range], sheet: str, cell: str) -> bool:
    return any(one.sheet_name in ("", sheet) and one.holds(*split_cell(cell)) for one in areas)


def _books(package: Package) -> list[str]:
    return [name for name in package.names() if name.lower().endswith(".xlsx")]


def _cells(package: Package, part: str) -> Cells:
    """Return the cells of an embedded workbook; none of one that cannot be read."""
    try:
        book = Package.open(package.read(part), name=part, limits=EDITED)
        strings = shared_strings(book)
        return {
            (name, cell.name): spelt_number(cell.text) if cell.kind == "n" else cell.text
            for name, sheet in sheet_parts(book).items()
            for row in read_rows(parse(book.read(sheet)), strings)
            for cell in row.cells
        }
    except (PackageError, KeyError, ValueError, etree.XMLSyntaxError):
        return {}
