"""A workbook package: its sheets, tables, texts and cell formats, each read when asked for."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from exporters.package import rt
from exporters.workbook.living.sheet import Cell, Sheet, read_sheet
from exporters.workbook.living.spans import Span, parse, utf8
from exporters.workbook.living.styles import DATE, Styles
from exporters.workbook.references import Range, parse_range

if TYPE_CHECKING:
    from exporters.package.reader import Package

KEY = "key"
"""The header of the hidden column that holds the records' ids."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_EPOCH = dt.datetime(1899, 12, 30)
_EPOCH_1904 = dt.datetime(1904, 1, 1)
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2}))?")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it."""

    name: str
    part: str
    sheet_id: str


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column: its header, its column on the sheet, and the formula Excel fills it with, if any."""

    name: str
    number: int
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table part. ``area`` takes in header and total rows; ``top`` and ``bottom`` are the rows of data."""

    part: str
    sheet: str
    name: str
    area: Range
    top: int
    bottom: int
    columns: tuple[Column, ...]

    @property
    def key_column(self) -> int:
        """The column that holds the records' ids; 0 where there is none."""
        return next((one.number for one in self.columns if one.name.strip().casefold() == KEY), 0)

    @property
    def header(self) -> int:
        """The row of the headers; one above the data where the table shows none."""
        return self.top - 1


class Book:
    """Reads a workbook. Broken parts that no bound value needs are passed over."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.part = package.main_part()
        self.data = utf8(package.read(self.part))
        self.root = parse(self.data)
        self._sheets: dict[str, Sheet] = {}
        properties = self.root.child("workbookPr")
        dated = properties.get("date1904") if properties is not None else ""
        self.epoch = _EPOCH_1904 if dated in {"1", "true"} else _EPOCH

    @cached_property
    def entries(self) -> tuple[SheetEntry, ...]:
        """The worksheets in order; chart sheets are left out."""
        found: list[SheetEntry] = []
        relationships = self.package.relationships(self.part)
        worksheets = {item.id for item in relationships.of_type(rt.WORKSHEET)}
        holder = self.root.child("sheets")
        for one in holder.all("sheet") if holder is not None else ():
            rel_id = next((value for name, value in one.attributes.items() if name.endswith(" id")), "")
            if rel_id in worksheets and relationships.target(rel_id) in self.package:
                part = self.package.stored_name(relationships.target(rel_id))
                found.append(SheetEntry(one.get("name"), part, one.get("sheetId")))
        return tuple(found)

    def sheet(self, part: str) -> Sheet:
        found = self._sheets.get(part)
        if found is None:
            found = self._sheets[part] = read_sheet(part, utf8(self.package.read(part)))
        return found

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        found = [
            table
            for entry in self.entries
            for part in self._targets(entry.part, rt.TABLE)
            if (table := read_table(part, entry.part, utf8(self.package.read(part)))) is not None
        ]
        return tuple(found)

    def _targets(self, part: str, rel_type: str) -> list[str]:
        relationships = self.package.relationships(part)
        targets = (relationships.target(item) for item in relationships.of_type(rel_type) if not item.external)
        return [self.package.stored_name(target) for target in targets if target in self.package]

    def target(self, part: str, rel_type: str) -> str:
        """Return the part that *part* leads to by a relationship of that type; empty where there is none."""
        found = self._targets(part, rel_type)
        return found[0] if found else ""

    @cached_property
    def strings_part(self) -> str:
        return self.target(self.part, rt.SHARED_STRINGS)

    @cached_property
    def string_items(self) -> list[Span]:
        """The shared strings as elements of their part."""
        return list(parse(self.strings_data).all("si")) if self.strings_part else []

    @cached_property
    def strings_data(self) -> bytes:
        return utf8(self.package.read(self.strings_part)) if self.strings_part else b""

    @cached_property
    def strings(self) -> list[str]:
        return [item_text(item) for item in self.string_items]

    @cached_property
    def styles(self) -> Styles:
        part = self.target(self.part, rt.STYLES)
        return Styles(utf8(self.package.read(part)) if part else b"")

    def text(self, cell: Cell | None) -> str:
        """Return a cell's value as canonical text: numbers as plain decimals in the file's own unit, days as ISO 8601.

        For a formula it is the cached value.
        """
        if cell is None:
            return ""
        kind, value = cell.kind, cell.value
        if kind == "s":
            return self.strings[int(value)] if value and value.isdecimal() and int(value) < len(self.strings) else ""
        if kind == "inlineStr":
            return cell.inline or ""
        if value is None:
            return ""
        if kind == "b":
            return "TRUE" if value.strip() in {"1", "true"} else "FALSE"
        if kind != "n":
            return value
        if self.styles.format(cell.style).kind == DATE:
            day = self._day(value)
            if day:
                return day
        return plain_number(value)

    def _day(self, value: str) -> str:
        try:
            moment = self.epoch + dt.timedelta(seconds=round(float(value) * 86400))
        except (ValueError, OverflowError):
            return ""
        return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat()

    def serial(self, text: str) -> str:
        """Return the number that stands for a day written as ISO 8601; empty where *text* is none."""
        found = _DAY.fullmatch(text)
        if found is None:
            return ""
        try:
            moment = dt.datetime(*(int(part) for part in found.groups(default="0")))  # type: ignore[arg-type]
        except ValueError:
            return ""
        return plain_number(repr((moment - self.epoch) / dt.timedelta(days=1)))


def plain_number(text: str) -> str:
    """Return a stored number as plain decimal text: Excel keeps 0.075 as ``7.4999999999999997E-2``."""
    text = text.strip()
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    shown = repr(value)
    if "e" in shown or "n" in shown:
        from decimal import Decimal

        return f"{Decimal(shown):f}" if "e" in shown else text
    return shown.removesuffix(".0")


def item_text(item: Span) -> str:
    """Return the text of a string item; phonetic runs are not part of it."""
    pieces: list[str] = []
    for child in item.children:
        if child.name == "t":
            pieces.append(child.text)
        elif child.name == "r":
            pieces += (one.text for one in child.all("t"))
    return "".join(pieces)


def read_table(part: str, sheet: str, data: bytes) -> Table | None:
    try:
        root = parse(data)
    except ValueError:
        return None
    area = parse_range(root.get("ref"))
    holder = root.child("tableColumns")
    if area is None or holder is None:
        return None
    headers = int(root.get("headerRowCount", "1") or "1")
    totals = int(root.get("totalsRowCount", "0") or "0")
    columns: list[Column] = []
    for offset, one in enumerate(holder.all("tableColumn")):
        formula = one.child("calculatedColumnFormula")
        name = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), one.get("name"))
        columns.append(Column(name, area.left + offset, formula.text if formula is not None else ""))
    name = root.get("displayName") or root.get("name")
    return Table(part, sheet, name, area, area.top + headers, area.bottom - totals, tuple(columns))
