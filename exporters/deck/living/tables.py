"""Tables on slides: a row is known by the text it begins with, a column by its header."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from exporters.charts.drawingml import A
from exporters.deck.living.deck import Element
from exporters.deck.living.texts import paragraphs_of, set_text, text_of

_TRUE = ("1", "true")
HEADER = "#"


@dataclass(frozen=True, slots=True)
class TableRow:
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
    found: list[TableRow] = []
    used: Counter[str] = Counter()
    above: list[str] = []
    for number, element in enumerate(elements):
        cells = element.findall(f"{A}tc")
        above = [
            above[at] if cell.get("vMerge") in _TRUE and at < len(above) else cell_text(cell)
            for at, cell in enumerate(cells)
        ]
        name = _name(above, cells) if number else HEADER
        used[name] += 1
        if used[name] > 1:
            name = f"{name}~{used[name]}"
        own = {
            columns[at] if at < len(columns) else f"{HEADER}{at + 1}": cell
            for at, cell in enumerate(cells)
            if cell.get("vMerge") not in _TRUE and cell.get("hMerge") not in _TRUE
        }
        found.append(TableRow(name, element, own))
    return found


def _columns(header: Element) -> list[str]:
    """Return a name for each column: its header's text, or its number where that is empty or not the only one."""
    texts = [" ".join(cell_text(cell).split()) for cell in header.findall(f"{A}tc")]
    counts = Counter(texts)
    return [text if text and counts[text] == 1 else f"{HEADER}{at}" for at, text in enumerate(texts, 1)]


def _name(texts: list[str], cells: list[Element]) -> str:
    """Return the first text of a row; where it spans rows, the next one with it."""
    spans = bool(cells) and (cells[0].get("vMerge") in _TRUE or cells[0].get("rowSpan", "1") != "1")
    words = [" ".join(text.split()) for text in texts if text.strip()]
    return " ".join(words[: 2 if spans else 1]) or f"{HEADER}0"


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
