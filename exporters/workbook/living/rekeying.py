"""Records' ids that a person altered without seeing them: replacing a word in the whole workbook reaches into hidden
columns, and into the formulas that look a record up.

An id that nobody knows is taken for one that is gone only where nearly all that stands beside it in its row is what
stood beside that one, and beside no other.
"""

from __future__ import annotations

import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from msgspec.structs import replace

from exporters.package import EditedPackage, Package, rt
from exporters.workbook.living.book import Book, Table
from exporters.workbook.living.cells import Row
from exporters.workbook.living.packing import Changes
from exporters.workbook.living.spans import escaped

_ENOUGH = 0.7
_SIMILAR = 0.5
# Rows are compared where they share a text that no more rows have.
_RARE = 20
_ID = r"[A-Za-z][A-Za-z0-9_-]*[.|][A-Za-z0-9._|-]*"
_IDS = re.compile(rf">({_ID})</(?:\w+:)?[tv]>".encode())
# What cells and rules say; attributes and numbers are none of it.
_SAID = re.compile(r"(<(?:\w+:)?(?:[tvf]|formula[12]?)(?:\s[^<>]*)?>)([^<]+)")
_SPELLED = re.compile(r"""(^|"|&quot;)([^<>"&]+)(?=$|"|&quot;)""")


def rekeyed(package: EditedPackage) -> EditedPackage:
    """Return an edited workbook with the ids of what it was edited from, wherever they were altered."""
    if not _ids(package.base) - _ids(package):
        return package
    spoilt = _spoilt(Book(package))
    if not spoilt:
        return package
    changes = Changes(package)
    for part in texts(package):
        text = package.read(part).decode("utf-8")
        put_right = _SAID.sub(lambda found: found[1] + _put_right(found[2], spoilt), text)
        if put_right != text:
            changes.set(part, put_right.encode())
    return written(package, changes)


def written(package: EditedPackage, changes: Changes) -> EditedPackage:
    """Return an edited workbook with *changes* that put it right."""
    out = io.BytesIO()
    changes.write(out, None)
    return EditedPackage(Package.written(out.getvalue(), name=package.file), package.base)


def _put_right(said: str, spoilt: Mapping[str, str]) -> str:
    return _SPELLED.sub(lambda found: found[1] + escaped(spoilt.get(found[2], found[2])), said)


def texts(package: Package) -> Iterator[str]:
    """Yield the parts that hold texts and formulas of cells."""
    main = package.relationships(package.main_part())
    for kind in (rt.WORKSHEET, rt.SHARED_STRINGS):
        for one in main.of_type(kind):
            if (part := main.target(one)) in package:
                yield package.stored_name(part)


def _ids(package: Package) -> set[bytes]:
    return {found for part in texts(package) for found in _IDS.findall(package.read(part))}


def _spoilt(book: Book) -> dict[str, str]:
    """Return the altered texts with what they were: the ids of records, and what looks them up in columns and rows
    that nobody sees."""
    origin = book.origin
    assert origin is not None
    known = set[str]().union(*(origin.keys_of(table) for table in origin.areas if table.key_column))
    found: dict[str, str] = {}
    for base, table in areas(book, origin):
        before, now = rows(origin, base), rows(book, table)
        gone = {key: _others(origin, base, row) for key, row in before.items() if key not in now}
        new = {key: _others(book, table, row) for key, row in now.items() if key not in known}
        names = dict(_pairs(gone, new))
        found |= names
        unseen, unseen_before = book.hidden_columns(table.sheet), origin.hidden_columns(base.sheet)
        for old in base.columns:
            column = table.twin(old, base)
            if column is None or column.number not in unseen or old.number not in unseen_before - {base.key_column}:
                continue
            for key, row in now.items():
                was = _text(origin, base.sheet, old.number, before.get(names.get(key, key), 0))
                found |= _altered(was, _text(book, table.sheet, column.number, row))
    for part, there in book.twins.items():
        lines = book.sheet(part).rows
        for line in origin.sheet(there).rows.values():
            if _is_hidden(line) and line.number in lines and _is_hidden(lines[line.number]):
                for cell in line.cells.values():
                    found |= _altered(origin.text(cell).strip(), _text(book, part, cell.column, cell.row))
    return found


def areas(book: Book, origin: Book) -> Iterator[tuple[Table, Table]]:
    """Yield what holds ids, as it was and as it is."""
    here = {table.name: table for table in book.areas if table.key_column}
    parts = {base: part for part, base in book.twins.items()}
    for base in origin.areas:
        if base.is_range and (part := parts.get(base.sheet)):
            # Rows are known as such by their ids, so each one may be one of them.
            yield base, replace(base, sheet=part, top=1, bottom=max(book.sheet(part).rows, default=0))
        elif base.key_column and base.name and base.name in here:
            yield base, here[base.name]


def _altered(was: str, text: str) -> dict[str, str]:
    return {text: was} if was != text and re.fullmatch(_ID, was) and _similar(was, text) else {}


def _similar(first: str, second: str) -> bool:
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _SIMILAR


def _is_hidden(row: Row) -> bool:
    return row.attributes.get("hidden") in {"1", "true"}


def _text(book: Book, part: str, column: int, row: int) -> str:
    return book.text(book.sheet(part).cell(column, row)).strip()


def rows(book: Book, table: Table) -> dict[str, int]:
    """Return the rows of a table by their ids, the first of several."""
    upwards = range(table.bottom, table.top - 1, -1)
    return {key: row for row in upwards if (key := _text(book, table.sheet, table.key_column, row))}


def _others(book: Book, table: Table, number: int) -> Counter[str]:
    """Return what stands in a row beside its id; what its formulas give may not be worked out yet."""
    row = book.sheet(table.sheet).rows.get(number)
    cells = row.cells.values() if row is not None else ()
    texts = (book.text(cell).strip() for cell in cells if cell.formula is None and cell.column != table.key_column)
    return Counter(text for text in texts if text)


def _pairs(gone: Mapping[str, Counter[str]], new: Mapping[str, Counter[str]]) -> Iterator[tuple[str, str]]:
    """Yield the ids of *new*, each with the one of *gone* that it was."""
    holders: dict[str, list[str]] = defaultdict(list)
    for key, texts in gone.items():
        for text in texts:
            holders[text].append(key)
    for other, texts in new.items():
        near = {key for text in texts if len(holders.get(text, ())) <= _RARE for key in holders.get(text, ())}
        ranked = sorted(((_likeness(gone[key], texts), key) for key in near), reverse=True)
        if not ranked or ranked[0][0] < _ENOUGH or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
            continue
        if _similar(ranked[0][1], other):
            yield other, ranked[0][1]


def _likeness(first: Counter[str], second: Counter[str]) -> float:
    return 2 * (first & second).total() / (first.total() + second.total())
