"""Records' ids that a person altered without seeing them: replacing a word in the whole workbook reaches into hidden
columns, and into the formulas that look a record up.

What stands in a column of ids is never taken for another id by its looks: one and the same replacement must lead from
the ids that are gone to those that nobody knows, and most of what else stands in their rows must be as it was.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from os.path import commonprefix
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, unescape

from exporters.package import Package, rt
from exporters.workbook.living.book import Book, Table
from exporters.workbook.living.packing import Changes

if TYPE_CHECKING:
    from exporters.workbook.living.cells import Cell

_ENOUGH = 0.5
_TRIED = 20
_ID = re.compile(rb">([a-z0-9][a-z0-9._-]*)</(?:\w+:)?[tv]>")
_SPELLED = re.compile(r"""(>|"|&quot;)([^<>"&]+)(?=<|"|&quot;)""")
_WORDS = re.compile(r"[^._-]*")


def mended(package: Package, base: Package) -> Package:
    """Return an edited workbook with the ids of *base*, which it was edited from, wherever they were altered."""
    if not _ids(base) - _ids(package):
        return package
    package.base = base
    spoilt = _spoilt(Book(package))
    if not spoilt:
        return package
    changes = Changes(package)
    for part in _texts(package):
        text = package.read(part).decode("utf-8")
        put_right = _SPELLED.sub(lambda found: found[1] + escape(spoilt.get(unescape(found[2]), found[2])), text)
        if put_right != text:
            changes.set(part, put_right.encode())
    out = io.BytesIO()
    changes.write(out, None)
    return Package.written(out.getvalue(), name=package.file)


def _texts(package: Package) -> Iterator[str]:
    """Yield the parts that hold texts and formulas of cells."""
    main = package.relationships(package.main_part())
    for kind in (rt.WORKSHEET, rt.SHARED_STRINGS):
        for one in main.of_type(kind):
            if (part := main.target(one)) in package:
                yield package.stored_name(part)


def _ids(package: Package) -> set[bytes]:
    return {found for part in _texts(package) for found in _ID.findall(package.read(part))}


def _spoilt(book: Book) -> dict[str, str]:
    """Return the altered ids with what they were."""
    origin = book.origin
    assert origin is not None
    tables = {table.name: table for table in origin.areas if table.key_column and table.name}
    known = set[str]().union(*(origin.keys_of(table) for table in tables.values()))
    found: dict[str, str] = {}
    for table in book.areas:
        if table.key_column and table.name in tables:
            before, now = _rows(origin, tables[table.name]), _rows(book, table)
            gone = {key: texts for key, texts in before.items() if key not in now}
            new = {key: texts for key, texts in now.items() if key not in known}
            found |= dict(_pairs(gone, new))
    return found


def _rows(book: Book, table: Table) -> dict[str, Counter[str]]:
    """Return what else stands in the rows of a table, by their ids."""
    sheet, found = book.sheet(table.sheet), dict[str, Counter[str]]()
    for number in range(table.top, table.bottom + 1):
        row = sheet.rows.get(number)
        cells: Iterable[Cell] = row.cells.values() if row is not None else ()
        texts = {cell.column: book.text(cell).strip() for cell in cells}
        if key := texts.pop(table.key_column, ""):
            found.setdefault(key, Counter(text for text in texts.values() if text))
    return found


def _pairs(gone: Mapping[str, Counter[str]], new: Mapping[str, Counter[str]]) -> Iterator[tuple[str, str]]:
    """Yield the ids of *new* that one replacement made of ids that are gone, the replacement that explains most first."""
    left, free = dict(gone), dict(new)
    while left and free:
        tried = sorted(left)[:_TRIED]
        replacements = Counter(_replacement(key, other) for key in tried for other in free)
        best: dict[str, str] = {}
        for (old, fresh), _ in sorted(replacements.most_common(_TRIED), key=lambda one: (-one[1], one[0])):
            made = {key: key.replace(old, fresh) for key in left if old in key}
            made = {key: other for key, other in made.items() if other in free and _alike(left[key], free[other])}
            if len(made) > len(best) and len(set(made.values())) == len(made):
                best = made
        if not best:
            return
        for key, other in best.items():
            yield other, key
            del left[key], free[other]


def _replacement(key: str, other: str) -> tuple[str, str]:
    """Return the words in which two ids differ, from the first to the last of them."""
    start = len(commonprefix([key, other]))
    end = len(commonprefix([key[start:][::-1], other[start:][::-1]]))
    start = max(key.rfind(mark, 0, start) for mark in "._-") + 1
    rest = _WORDS.match(key, len(key) - end)
    end -= rest.end() - rest.start() if rest is not None else 0
    return key[start : len(key) - end], other[start : len(other) - end]


def _alike(before: Counter[str], now: Counter[str]) -> bool:
    return 2 * (before & now).total() >= _ENOUGH * (before.total() + now.total())
