"""What the checks of a workbook's sheets and tables tell each other."""

from __future__ import annotations

from msgspec import Struct, field

from exporters.package.check.cells import Range
from exporters.package.check.formulas import Names


class Book(Struct):
    """What the checks of sheets need to know about the workbook."""

    sheets: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    sheet_ids: list[str] = field(default_factory=list)
    names: Names = field(default_factory=Names)
    formats: int | None = None
    differentials: int | None = None
    strings: list[str] = field(default_factory=list)
    views: int = 1
    formula_cells: dict[str, set[str]] = field(default_factory=dict)


class Cells(Struct):
    """A sheet's texts by (column, row), and its merged ranges; both as far as the checks went.

    ``typed`` holds the cells that hold something else than text: a number, a truth value, an error.
    """

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    typed: set[tuple[int, int]] = field(default_factory=set)
    merged: list[Range] = field(default_factory=list)
    filtered: Range | None = None
