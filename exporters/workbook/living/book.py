"""A workbook package: its sheets, tables, texts and cell formats, each read when asked for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from exporters.package import EditedPackage, rt
from exporters.package.kept import Kept
from exporters.package.xstrings import unspelled
from exporters.snapshot import renamed
from exporters.workbook.living.cells import Cell
from exporters.workbook.living.rowforms import Known, RowCells, Texts
from exporters.workbook.living.sheet import Sheet, read_sheet
from exporters.workbook.living.spans import Span, parse, string_text, utf8
from exporters.workbook.living.styles import DATE, Styles
from exporters.workbook.references import Range, letters, parse_range
from exporters.workbook.sheetnames import SHEET_KEY

if TYPE_CHECKING:
    from exporters.package.reader import Package
    from exporters.workbook.living.alignment import Alignment
    from exporters.workbook.living.naming import Naming

KEYS = frozenset(("key", "键"))
"""The headers (without case) of the hidden column that holds the records' ids."""
_ID = re.compile(r"(?=[^a-z]*[a-z])[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*")
OWN = "~"
"""Begins the name of a row or column that a person put in."""
RANGE = "#"
"""Stands in the handle of rows with keys that are no table: part#column."""
_EPOCH = dt.datetime(1899, 12, 30)
_EPOCH_1904 = dt.datetime(1904, 1, 1)
_SHOWN_DIGITS = 15
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2}))?")


class SheetEntry(Struct, frozen=True):
    """A sheet as the workbook lists it."""

    name: str
    part: str
    sheet_id: str


class Column(Struct, frozen=True):
    """A table's column: its header, its column on the sheet, and the formula Excel fills it with, if any."""

    name: str
    number: int
    formula: str = ""


class Table(Struct, frozen=True):
    """A table part. ``area`` takes in header and total rows; ``top`` and ``bottom`` are the rows of data."""

    part: str
    sheet: str
    name: str
    area: Range
    top: int
    bottom: int
    columns: tuple[Column, ...]
    number: int = 0
    """The table's id in its workbook."""

    @property
    def key_column(self) -> int:
        """The column that holds the records' ids; 0 where there is none."""
        return next((one.number for one in self.columns if one.name.strip().casefold() in KEYS), 0)

    def twin(self, column: Column, table: Table) -> Column | None:
        """Return what is the *column* of another edition of the same *table* here: the one of its name, else the one
        between the same neighbours."""
        own, others = [one.name for one in self.columns], [one.name for one in table.columns]
        if column.name in own:
            return self.columns[own.index(column.name)]
        name = renamed(own, others).get(column.name)
        return self.columns[own.index(name)] if name is not None else None

    @property
    def is_range(self) -> bool:
        """Whether it never was a table of Excel's but rows with keys in a hidden column (see :attr:`Book.ranges`)."""
        return RANGE in self.part and not self.name


class Book:
    """Reads a workbook. Broken parts that no bound value needs are passed over.

    The rows that it has in common with *like*, another edition of the workbook, are not read again.
    """

    def __init__(self, package: Package, like: Book | None = None) -> None:
        self.package = package
        self.known: Known = like.known if like is not None else Known()
        self._like: Mapping[str, Sheet] = like._sheets if like is not None else {}
        self.part = package.main_part()
        self.data = utf8(package.read(self.part))
        self.root = parse(self.data)
        self._sheets: dict[str, Sheet] = {}
        self._days, self._plain_numbers = Texts(self._dated), Texts(plain_number)
        self.naming: Naming | None = None
        """What its sheets and tables are known by, once that was asked for (``Naming.of``)."""
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

    def is_copy(self, table: Table) -> bool:
        """Whether a person made a table by copying the sheet of another, which still stands: it says what that one said
        on its day, and is theirs. Editors call it by that one's name and a number; so are those of repeated sheets,
        which are known by their sheet."""
        if self.origin is None or not table.name:
            return False
        before = {one.name for one in self.origin.tables}
        here = {one.name for one in self.tables}
        return table.name not in before and any(_called_after(table.name, name) for name in before & here)

    def sheet(self, part: str) -> Sheet:
        found = self._sheets.get(part)
        if found is None:
            data = utf8(self.package.read(part))
            twin = self._like.get(part)
            same = twin is not None and twin.data == data
            found = self._sheets[part] = twin if same and twin is not None else read_sheet(part, data, self.known)
        return found

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        found = [
            table
            for entry in self.entries
            for part in self.targets(entry.part, rt.TABLE)
            if (table := read_table(part, entry.part, utf8(self.package.read(part)))) is not None
        ]
        return tuple(found)

    @cached_property
    def origin(self) -> Book | None:
        """The workbook that this one was edited from; None where that is not known."""
        if not isinstance(self.package, EditedPackage):
            return None
        return KEPT.find(self.package.base) or KEPT.keep(Book(self.package.base, self))

    @cached_property
    def twins(self) -> dict[str, str]:
        """The sheets of :attr:`origin`, by those of this workbook: known by their tables, hidden names, or names."""
        if self.origin is None:
            return {}
        there: dict[tuple[str, str], str] = {}
        for part, names in _names_of(self.origin):
            for name in names:
                there.setdefault(name, part)
        found = ((part, [there[name] for name in names if name in there]) for part, names in _names_of(self))
        return {part: parts[0] for part, parts in found if parts}

    @property
    def here(self) -> dict[str, str]:
        """The sheets of this workbook, by those of :attr:`origin`."""
        return {base: part for part, base in reversed(self.twins.items())}

    @cached_property
    def alignments(self) -> dict[str, Alignment]:
        """Where the rows and columns of :attr:`origin` stand by now, by sheet; sheets where all stand are left out."""
        from exporters.workbook.living.alignment import align

        if self.origin is None:
            return {}
        found = ((part, align(self, part, self.origin, base)) for part, base in self.twins.items())
        return {part: one for part, one in found if one is not None}

    @property
    def listed(self) -> list[str]:
        """The parts of all sheets in order; empty for a chart sheet."""
        known = {entry.sheet_id: entry.part for entry in self.entries}
        return [known.get(one.get("sheetId"), "") for holder in self.root.all("sheets") for one in holder.all("sheet")]

    @cached_property
    def sheet_keys(self) -> dict[str, str]:
        """The texts of the sheets' hidden names (``SHEET_KEY``), by their parts."""
        listed = self.listed
        found: dict[str, str] = {}
        for holder in self.root.all("definedNames"):
            for one in holder.all("definedName"):
                local, text = one.get("localSheetId"), one.text.strip()
                if one.get("name") == SHEET_KEY and local.isdecimal() and int(local) < len(listed) and len(text) > 2:
                    found[listed[int(local)]] = text[1:-1].replace('""', '"')
        return found

    @cached_property
    def ranges(self) -> tuple[Table, ...]:
        """Rows outside tables that hold records' ids in a hidden column: at most one range on each sheet.

        Rows without an id among them belong to nobody. Columns are called by their letters.
        """
        return tuple(found for entry in self.entries if (found := self._range(entry)) is not None)

    @cached_property
    def converted(self) -> tuple[Table, ...]:
        """What were tables in :attr:`origin` and are plain cells by now, with their headers and keys."""
        here = {table.name for table in self.tables}
        lost = [] if self.origin is None else [one for one in self.origin.tables if one.key_column]
        parts = self.here
        found = (self._converted(one, parts[one.sheet]) for one in lost if one.name not in here and one.sheet in parts)
        return tuple(one for one in found if one is not None)

    def _converted(self, table: Table, part: str) -> Table | None:
        assert self.origin is not None
        sheet, headers = self.sheet(part), {one.name for one in table.columns}
        for row in sheet.rows.values():
            texts = {number: text for number, cell in row.cells.items() if (text := self.text(cell).strip())}
            key = next((number for number, text in texts.items() if text.casefold() in KEYS), 0)
            bound = [number for number, text in texts.items() if text in headers]
            if not key or len(bound) * 2 < len(headers):
                continue
            keys = {number: self.text(sheet.cell(key, number)).strip() for number in sheet.rows if number > row.number}
            rows = [number for number, text in keys.items() if _ID.fullmatch(text)]
            if {keys[number] for number in rows}.isdisjoint(self.origin.keys_of(table)):
                continue
            area = Range(min(bound), row.number, max(bound), max(rows))
            columns = [Column(texts.get(one, letters(one)), one) for one in range(area.left, area.right + 1)]
            top, number = row.number + 1, table.number
            return Table(f"{part}{RANGE}{table.name}", part, table.name, area, top, area.bottom, tuple(columns), number)
        return None

    def keys_of(self, table: Table) -> set[str]:
        """Return the records' ids in a table."""
        sheet, rows = self.sheet(table.sheet), range(table.top, table.bottom + 1)
        return {text for row in rows if (text := self.text_at(sheet, table.key_column, row).strip())}

    @cached_property
    def areas(self) -> tuple[Table, ...]:
        """Tables, what were tables, and ranges of rows with keys. A table that took the place of one under another name
        is what that one was."""
        were = {(one.sheet, one.top, one.key_column) for one in self.converted}
        tables = (one for one in self._kept_together if (one.sheet, one.top, one.key_column) not in were)
        return (*tables, *self.converted, *self.ranges)

    @cached_property
    def _kept_together(self) -> tuple[Table, ...]:
        """The tables, each with the records and columns right beside it that a person left out of it."""
        before = {one.name: one for one in self.origin.tables if one.key_column} if self.origin is not None else {}
        return tuple(self._with_rest(one, before[one.name]) if one.name in before else one for one in self.tables)

    def _with_rest(self, table: Table, base: Table) -> Table:
        if self.origin is None or not table.key_column or table.bottom != table.area.bottom:
            return table
        sheet, bottom, columns = self.sheet(table.sheet), table.bottom, list(table.columns)
        records: set[str] | None = None
        while text := self.text_at(sheet, table.key_column, bottom + 1).strip():
            records = self.origin.keys_of(base) - self.keys_of(table) if records is None else records
            if text not in records:
                break
            bottom += 1
        headers = {one.name for one in base.columns} - {one.name for one in columns}
        while headers and (name := self.text_at(sheet, columns[-1].number + 1, table.top - 1).strip()) in headers:
            columns.append(Column(name, columns[-1].number + 1))
        if bottom == table.bottom and len(columns) == len(table.columns):
            return table
        area = table.area._replace(right=columns[-1].number, bottom=bottom)
        return replace(table, area=area, bottom=bottom, columns=tuple(columns))

    def _range(self, entry: SheetEntry) -> Table | None:
        sheet = self.sheet(entry.part)
        hidden = self._key_columns(entry.part)
        known = self._kept_together + self.converted if hidden else ()
        tables = [table.area for table in known if table.sheet == entry.part]
        outside = [
            row
            for number, row in (sheet.rows.items() if hidden else ())
            if not any(area.top <= number <= area.bottom for area in tables)
        ]
        for column in hidden:
            rows = [
                cell.row
                for row in outside
                if (cell := row.cells.get(column)) is not None
                and cell.formula is None
                and cell.kind in {"s", "inlineStr", "str"}
                and _ID.fullmatch(self.text(cell))
            ]
            if rows:
                right = max(cell.column for row in rows for cell in sheet.rows[row].cells.values() if not cell.blank)
                columns = tuple(Column(self._letters(entry.part, one), one) for one in range(column + 1, right + 1))
                area = Range(column, min(rows), right, max(rows))
                part = f"{entry.part}{RANGE}{letters(column)}"
                return Table(part, entry.part, "", area, area.top, area.bottom, (Column("key", column), *columns))
        return None

    def _key_columns(self, part: str) -> list[int]:
        """Return the columns of a sheet that may hold keys outside tables: the one that did in :attr:`origin`, hidden
        or not; of a sheet that it does not have, those that are hidden."""
        base = self.twins.get(part)
        if self.origin is None or base is None:
            return sorted(self.hidden_columns(part))
        known = self.alignments.get(part)
        columns = known.columns if known is not None else None
        keys = (one.key_column for one in self.origin.ranges if one.sheet == base)
        return [there for key in keys if (there := columns.theirs(key) if columns is not None else key)]

    def _letters(self, part: str, column: int) -> str:
        """Return what a column outside tables is called: by its letters, where the sheet was rearranged by those in
        its base."""
        known = self.alignments.get(part)
        if known is None or known.columns is None:
            return letters(column)
        found = known.columns.base(column)
        return letters(found) if found else OWN + letters(column)

    def hidden_columns(self, part: str) -> set[int]:
        """Return the hidden columns of a sheet, as far as it uses them."""
        sheet = self.sheet(part)
        columns = (one for holder in sheet.root.all("cols") for one in holder.all("col"))
        ends = [(one.get("min"), one.get("max")) for one in columns if one.get("hidden") in {"1", "true"}]
        if not ends:
            return set()
        used = max((max(row.cells) for row in sheet.rows.values() if row.cells), default=0)
        known = ((int(first), int(last)) for first, last in ends if first.isdecimal() and last.isdecimal())
        return {column for first, last in known for column in range(first, min(last, used) + 1)}

    def targets(self, part: str, rel_type: str) -> list[str]:
        """Return the parts that *part* leads to by relationships of that type."""
        relationships = self.package.relationships(part)
        targets = (relationships.target(item) for item in relationships.of_type(rel_type) if not item.external)
        return [self.package.stored_name(target) for target in targets if target in self.package]

    def target(self, part: str, rel_type: str) -> str:
        """Return the part that *part* leads to by a relationship of that type; empty where there is none."""
        found = self.targets(part, rel_type)
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
        return [string_text(item) for item in self.string_items]

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
        kind, value = cell.attributes.get("t", "n"), cell.value
        if kind == "inlineStr":
            return cell.inline or ""
        if kind == "s":
            return self.strings[int(value)] if value and value.isdecimal() and int(value) < len(self.strings) else ""
        if value is None:
            return ""
        if kind == "b":
            return "TRUE" if value.strip() in {"1", "true"} else "FALSE"
        if kind != "n":
            return value
        return self._dated(value) if self.styles.format(cell.style).kind == DATE else plain_number(value)

    def text_at(self, sheet: Sheet, column: int, row: int) -> str:
        """Return the :meth:`text` of a cell, which is not made where its row tells its text."""
        found = sheet.rows.get(row)
        if found is not None and isinstance(found.cells, RowCells):
            form = found.cells.form.get(column)
            if form is not None and form.kind == "inlineStr" and form.inline_at >= 0:
                return self.known.inlines[found.cells.raw[form.inline_at]]
        return self.text(sheet.cell(column, row))

    def numbers(self, style: int) -> Texts:
        """Return how numbers in cells of that format are read."""
        return self._days if self.styles.format(style).kind == DATE else self._plain_numbers

    def _dated(self, value: str) -> str:
        return self._day(value) or plain_number(value)

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


KEPT: Kept[Book] = Kept()


def _called_after(name: str, other: str) -> bool:
    rest = name.removeprefix(other).removeprefix("_")
    return name != other and name.startswith(other) and rest.isdecimal()


def _names_of(book: Book) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each sheet with what it may be known by, the surest first."""
    for entry in book.entries:
        tables = [("table", one.name) for one in book.tables if one.sheet == entry.part and one.key_column]
        yield entry.part, [*tables, ("key", book.sheet_keys.get(entry.part, entry.name)), ("name", entry.name)]


@contextmanager
def readable(package: Package) -> Iterator[None]:
    """Turn what a damaged part makes fail into an error about the file."""
    try:
        yield
    except (ValueError, LookupError) as error:
        raise package.fault("broken-workbook", f"the workbook is damaged: {error}") from error


def plain_number(text: str) -> str:
    """Return a stored number as plain decimal text, as a person sees it: Excel keeps 0.075 as ``7.4999999999999997E-2``
    and shows 15 digits of what it worked out (0.07 times 1.1 is 0.077)."""
    text = text.strip()
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    shown = repr(value)
    if len(shown) > _SHOWN_DIGITS:
        shown = f"{value:.{_SHOWN_DIGITS}g}"
    if "e" in shown or "n" in shown:
        from decimal import Decimal

        return f"{Decimal(shown):f}" if "e" in shown else text
    return shown.removesuffix(".0")


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
        name = unspelled(one.get("name"))
        columns.append(Column(name, area.left + offset, formula.text if formula is not None else ""))
    name = root.get("displayName") or root.get("name")
    number = int(root.get("id")) if root.get("id").isdecimal() else 0
    return Table(part, sheet, name, area, area.top + headers, area.bottom - totals, tuple(columns), number)
