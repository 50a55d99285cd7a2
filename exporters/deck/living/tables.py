"""Tables on slides: a row is known by the text it begins with, or the first two of them, a column by its header."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from exporters.charts.drawingml import A
from exporters.deck.living.shapes import Element
from exporters.deck.living.texts import paragraphs_of, set_text, text_of
from exporters.snapshot import COUNTED

_TRUE = ("1", "true")
HEADER = "#"


class TableRow(Struct, frozen=True):
    """One row: what it is known by within its table, and its cells by column (those merged into others left out)."""

    id: str
    element: Element
    cells: Mapping[str, Element]


def rows_of(table: Element) -> list[TableRow]:
    """Return the rows; the first is the header."""
    elements = table.findall(f"{A}tr")
    if not elements:
        return []
    columns = _columns(elements[0])
    named = _named(elements)
    used: Counter[str] = Counter()
    found: list[TableRow] = []
    for name, element in zip(named, elements, strict=True):
        used[name] += 1
        own = {
            columns[at] if at < len(columns) else f"{HEADER}{at + 1}": cell
            for at, cell in enumerate(element.findall(f"{A}tc"))
            if cell.get("vMerge") not in _TRUE and cell.get("hMerge") not in _TRUE
        }
        found.append(TableRow(f"{name}{COUNTED}{used[name]}" if used[name] > 1 else name, element, own))
    return found


def _named(elements: Sequence[Element]) -> list[str]:
    """Return what each row is known by: its first text, and the next one with it where the first is not its own."""
    above: list[str] = []
    words: list[list[str]] = []
    for element in elements:
        cells = element.findall(f"{A}tc")
        above = [
            above[at] if cell.get("vMerge") in _TRUE and at < len(above) else cell_text(cell)
            for at, cell in enumerate(cells)
        ]
        words.append([" ".join(text.split()) for text in above if text.strip()])
    firsts = Counter(row[0] for row in words[1:] if row)
    return [HEADER, *(" ".join(row[: 2 if firsts[row[0]] > 1 else 1]) if row else f"{HEADER}0" for row in words[1:])]


def _columns(header: Element) -> list[str]:
    """Return a name for each column: its header's text, or its number where that is empty or not the only one."""
    texts = [" ".join(cell_text(cell).split()) for cell in header.findall(f"{A}tc")]
    counts = Counter(texts)
    return [text if text and counts[text] == 1 else f"{HEADER}{at}" for at, text in enumerate(texts, 1)]


def cell_body(cell: Element) -> Element | None:
    return cell.find(f"{A}txBody")


def cell_text(cell: Element) -> str:
    body = cell_body(cell)
    return text_of(paragraphs_of(body)) if body is not None else ""


def set_cell(cell: Element, text: str) -> None:
    body = cell_body(cell)
    if body is not None and body.find(f"{A}p") is not None:
        set_text(paragraphs_of(body), text)


def new_row(like: Element, source: TableRow, columns: list[str]) -> Element:
    """Return a row that looks like *like* (of the edited table, with *columns*) and says what *source* says.

    A column that people added stays empty; one that they took out is left out.
    """
    made = copy.deepcopy(like)
    for extension in made.findall(f"{A}extLst"):
        made.remove(extension)
    for column, cell in zip(columns, made.findall(f"{A}tc"), strict=False):
        for name in ("rowSpan", "vMerge"):
            if name in cell.attrib:
                del cell.attrib[name]
        other = source.cells.get(column)
        set_cell(cell, cell_text(other) if other is not None else "")
    return made


def columns_of(table: Element) -> list[str]:
    first = table.find(f"{A}tr")
    return _columns(first) if first is not None else []
