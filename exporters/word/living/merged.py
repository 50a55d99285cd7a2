"""Rows that come between cells that somebody merged downwards, or go from among them."""

from __future__ import annotations

from collections.abc import Container, Iterator

from exporters.word.living.atoms import ITEM_PREFIX, START
from exporters.word.living.found import ending_of, family_of
from exporters.word.living.lines import TC, TR, text_within
from exporters.word.names import W
from exporters.word.xmlparts import Element

_MERGE = f"{W}tcPr/{W}vMerge"
_BEFORE_MERGE = frozenset(f"{W}{name}" for name in ("cnfStyle", "tcW", "gridSpan", "hMerge"))


def settle(row: Element) -> None:
    """Let *row* join the merged cells around it where they say what its own say; otherwise move it behind them.

    Office shows nothing of a cell that is merged with the one above: what only the row says would not be seen.
    """
    while (below := next(row.itersiblings(TR), None)) is not None:
        own = _columns(row)
        torn = [
            column
            for column, cell in _columns(below).items()
            if _goes_on(cell) and (column not in own or own[column].find(_MERGE) is None)
        ]
        if all(column in own and _says_the_same(own[column], _head(row, column)) for column in torn):
            for column in torn:
                _join(own[column])
            return
        below.addnext(row)


def hand_on(row: Element, going: Container[Element]) -> Iterator[tuple[int, Element, Element]]:
    """Let the cells below *row*, which goes, begin what is merged with its own.

    Yields column, cell, and the empty cell that it is left to by all rows that are *going*.
    """
    for column, head in _columns(row).items():
        if head.find(_MERGE) is not None and not _goes_on(head) and text_within(head).strip():
            heir = _heir(row, column, going)
            if heir is not None and not text_within(heir).strip():
                yield column, head, heir
    below = next(row.itersiblings(TR), None)
    heads = _columns(row)
    for column, cell in _columns(below).items() if below is not None else ():
        first, merge = heads.get(column), cell.find(_MERGE)
        if first is not None and merge is not None and _goes_on(cell) and not _goes_on(first):
            merge.set(f"{W}val", "restart")


def _heir(row: Element, column: int, going: Container[Element]) -> Element | None:
    for below in row.itersiblings(TR):
        cell = _columns(below).get(column)
        if cell is None or not _goes_on(cell):
            return None
        if below not in going:
            return cell
    return None


def cell_at(row: Element, column: int) -> Element | None:
    """Return the cell that begins in a column of the grid."""
    return _columns(row).get(column)


def covered(row: Element, item: str) -> Iterator[tuple[str, str]]:
    """Yield the names of the paragraphs that stood in those cells of the row of an *item* that are merged into others,
    each with the name of the paragraph that stands in those."""
    for column, cell in _columns(row).items():
        head = _head(row, column) if _goes_on(cell) and not text_within(cell).strip() else None
        names = (mark.get(f"{W}name", "") for mark in head.iter(START)) if head is not None else ()
        name = next((one for one in names if family_of(one).isdecimal()), "")
        if name:
            yield f"{ITEM_PREFIX}{family_of(name)}{ending_of(item)}", name


def goes_on(row: Element) -> bool:
    """Whether a row holds cells that are merged with those above."""
    return row.tag == TR and any(one.get(f"{W}val") != "restart" for one in row.iter(f"{W}vMerge"))


def span_of(cell: Element) -> str:
    """Return how many columns of the grid a cell fills."""
    found = cell.find(f"{W}tcPr/{W}gridSpan")
    return found.get(f"{W}val", "1") if found is not None else "1"


def _columns(row: Element) -> dict[int, Element]:
    """Return the cells by the columns of the grid in which they begin."""
    before = row.find(f"{W}trPr/{W}gridBefore")
    column = int(before.get(f"{W}val", "0")) if before is not None else 0
    found: dict[int, Element] = {}
    for cell in row.findall(TC):
        found[column] = cell
        column += int(span_of(cell))
    return found


def _goes_on(cell: Element) -> bool:
    merge = cell.find(_MERGE)
    return merge is not None and merge.get(f"{W}val") != "restart"


def _head(row: Element, column: int) -> Element | None:
    """Return the cell that those above *row* are merged into."""
    above = (_columns(one).get(column) for one in row.itersiblings(TR, preceding=True))
    return next((cell for cell in above if cell is None or not _goes_on(cell)), None)


def _says_the_same(cell: Element, head: Element | None) -> bool:
    """Whether *head*, which holds the texts of all cells merged into it, says what *cell* says and no more."""
    return head is not None and set(text_within(head).split("\n")) - {""} == {text_within(cell)}


def _join(cell: Element) -> None:
    properties = cell.find(f"{W}tcPr")
    if properties is None:
        properties = cell.makeelement(f"{W}tcPr")
        cell.insert(0, properties)
    at = sum(one.tag in _BEFORE_MERGE for one in properties)
    properties.insert(at, properties.makeelement(f"{W}vMerge"))
