"""Rows that come between cells that somebody merged downwards, or go from among them."""

from __future__ import annotations

from exporters.word.living.lifting import span_of
from exporters.word.living.lines import TC, TR
from exporters.word.living.placing import text_within
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


def hand_on(row: Element) -> None:
    """Let the cells below *row*, which goes, begin what is merged with its own."""
    below = next(row.itersiblings(TR), None)
    heads = _columns(row)
    for column, cell in _columns(below).items() if below is not None else ():
        head, merge = heads.get(column), cell.find(_MERGE)
        if head is not None and merge is not None and _goes_on(cell) and not _goes_on(head):
            merge.set(f"{W}val", "restart")


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
