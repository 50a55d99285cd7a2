"""The cells of a worksheet (ECMA-376 part 1, clause 18.3) as the text that a person sees typed there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree
from msgspec import Struct

from exporters.package import Package
from exporters.package.xstrings import unspelled

_SHARED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
_STYLES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
MAX_DIGITS = 15
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_PERCENT_FORMATS = {9, 10}
# How LibreOffice writes the two truth values.
_TRUTHS = {"TRUE()": True, "FALSE()": False}
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]+)")


class Cell(Struct, frozen=True):
    """A cell with something in it; ``fault`` is (code, message, hint) where a dataset cannot take it."""

    column: int
    value: str | bool
    fault: tuple[str, str, str] | None = None


class Sheet(Struct, frozen=True):
    name: str
    part: str


class Workbook:
    """The sheets of a package that passed the guard."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.part = package.main_part()
        self._relations = package.relationships(self.part)
        root = xml(package.read(self.part))
        properties = root.find("{*}workbookPr")
        self._day_zero = dt.date(1904, 1, 1) if _is_true(properties, "date1904") else dt.date(1899, 12, 30)
        self.sheets = list(self._sheets(root))
        self._strings = self._read_strings()
        self._formats = self._read_formats()

    def _sheets(self, root: Any) -> Iterator[Sheet]:
        for element in root.iterfind("{*}sheets/{*}sheet"):
            rel_id = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            if rel_id in self._relations and self._relations[rel_id].type.endswith("/worksheet"):
                yield Sheet(element.get("name", ""), self._relations.target(rel_id))

    def _read_strings(self) -> list[str]:
        part = self._relations.target_of_type(_SHARED)
        if part is None or part not in self.package:
            return []
        return [string_of(item) for item in xml(self.package.read(part)).iterfind("{*}si")]

    def _read_formats(self) -> list[str]:
        """Return for each cell style whether it shows a ``date``, a ``percent`` or anything else."""
        part = self._relations.target_of_type(_STYLES)
        if part is None or part not in self.package:
            return []
        root = xml(self.package.read(part))
        codes = {item.get("numFmtId"): item.get("formatCode", "") for item in root.iterfind("{*}numFmts/{*}numFmt")}
        return [_shows(item.get("numFmtId", "0"), codes) for item in root.iterfind("{*}cellXfs/{*}xf")]

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, list[Cell]]]:
        """Yield (row number, filled cells) of each row that holds any."""
        number = 0
        stream = BytesIO(self.package.read(sheet.part))
        for _, row in etree.iterparse(stream, tag="{*}row", resolve_entities=False, no_network=True):
            number = _row_number(row.get("r"), number, sheet)
            cells = list(self._cells(row))
            if cells:
                yield number, cells
            row.clear()
            while row.getprevious() is not None:
                del row.getparent()[0]

    def _cells(self, row: Any) -> Iterator[Cell]:
        column = 0
        for element in row.iterfind("{*}c"):
            reference = _REFERENCE.fullmatch(element.get("r") or "")
            last, column = column, column_number(reference[1]) if reference else column + 1
            if column <= last:
                raise ValueError(f"cell {element.get('r')} stands behind another of its row, or twice")
            found = self._value(element)
            if found is not None:
                yield Cell(column, *found)

    def _value(self, element: Any) -> tuple[str | bool, tuple[str, str, str] | None] | None:
        kind = element.get("t", "n")
        raw = element.findtext("{*}v") or ""
        if element.find("{*}f") is not None:
            formula = element.findtext("{*}f") or ""
            if formula in _TRUTHS:
                return _TRUTHS[formula], None
            return raw, ("formula", f"the cell holds a formula (={formula[:40]})", "paste it as a value")
        if kind == "inlineStr":
            inline = element.find("{*}is")
            text = string_of(inline) if inline is not None else ""
            return (text, None) if text else None
        if raw == "":
            return None
        if kind == "s":
            index = int(raw) if raw.isdecimal() else -1
            if not 0 <= index < len(self._strings):
                return raw, ("broken-cell", f"the cell refers to text {raw}, which the workbook does not hold", "")
            return (self._strings[index], None) if self._strings[index] else None
        if kind == "b":
            return raw in ("1", "true"), None
        if kind == "e":
            return raw, ("error-cell", f"the cell holds the error {raw}", "")
        if kind == "n":
            style = element.get("s") or "0"
            return self._number(raw, int(style) if style.isdecimal() else 0)
        return unspelled(raw, every=True), None

    def _number(self, raw: str, style: int) -> tuple[str, tuple[str, str, str] | None]:
        shows = self._formats[style] if style < len(self._formats) else ""
        text = shortest(raw)
        if shows == "percent":
            return text, (
                "percent-cell",
                f"the cell is formatted as a percentage and holds {text}",
                "type the number alone, without %, and give the unit PERCENT",
            )
        if shows == "date":
            return self._day(text), None
        return text, None

    def _day(self, text: str) -> str:
        try:
            moment = dt.datetime.combine(self._day_zero, dt.time()) + dt.timedelta(days=float(text))
        except (ValueError, OverflowError):
            return text
        return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat(" ", "minutes")


def _row_number(given: str | None, last: int, sheet: Sheet) -> int:
    """Return a row's number. Rows that stand twice or out of order would show one thing here and another in Excel."""
    if not given:
        return last + 1
    if not (given.isascii() and given.isdecimal()) or int(given) <= last:
        raise ValueError(f"sheet '{sheet.name}' has a row {given[:20]!r} behind row {last}")
    return int(given)


def xml(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def string_of(element: Any) -> str:
    """Return the text of a string item: its runs, without phonetic guides."""
    runs = [*element.iterfind("{*}t"), *element.iterfind("{*}r/{*}t")]
    return unspelled("".join(run.text or "" for run in runs), every=True)


def shortest(raw: str) -> str:
    """Return the number as typed: Excel stores 8.1 as 8.0999999999999996, which is the same binary number."""
    if raw.lstrip("-").isdecimal() or (len(raw) <= MAX_DIGITS and "E" not in raw.upper()):
        return raw
    try:
        text = repr(float(raw))
    except ValueError:
        return raw
    return text.removesuffix(".0")


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _shows(format_id: str, codes: dict[Any, str]) -> str:
    number = int(format_id) if format_id.isdecimal() else 0
    code = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", codes.get(format_id, ""))
    if number in _PERCENT_FORMATS or "%" in code:
        return "percent"
    if number in _DATE_FORMATS or (re.search(r"[dmyhs]", code, re.IGNORECASE) and "General" not in code):
        return "date"
    return ""


def _is_true(element: Any, name: str) -> bool:
    return element is not None and element.get(name) in ("1", "true", "on")
