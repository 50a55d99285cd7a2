"""Handles of a snapshot -> what they stand for in the deck that it was read from."""

from __future__ import annotations

from msgspec import Struct

from exporters.deck.living.deck import Deck, Slide
from exporters.deck.living.shapes import Element, table_of
from exporters.deck.living.tables import TableRow, rows_of


class Place(Struct, frozen=True):
    """A slide, and what of it a handle means: notes, a shape or its alternative text, a table's row or cell, a chart
    or one of its titles. The shape of a chart is one to be looked at only."""

    slide: Slide
    is_notes: bool = False
    shape: Element | None = None
    row: TableRow | None = None
    cell: Element | None = None
    chart: bool = False
    title: str = ""
    alternative: bool = False


class Places:
    """Finds handles. Rows are counted as they stand when their table is first asked for."""

    def __init__(self, deck: Deck) -> None:
        self.deck = deck
        self._rows: dict[Element, list[TableRow]] = {}

    def rows(self, frame: Element) -> list[TableRow]:
        found = self._rows.get(frame)
        if found is None:
            table = table_of(frame)
            found = self._rows[frame] = rows_of(table) if table is not None else []
        return found

    def find(self, at: str) -> Place | None:
        """Return what *at* means; None where the deck holds no such thing."""
        part, _, rest = at.partition("#")
        slide = self.deck.by_part.get(part)
        if slide is None:
            return None
        if not rest:
            return Place(slide)
        if rest == "notes":
            return Place(slide, is_notes=True)
        number, *steps = rest.split("/")
        shapes = slide.words.shapes
        if not number.isdecimal() or int(number) >= len(shapes):
            return None
        if steps and steps[0] == "chart":
            return Place(slide, shape=shapes[int(number)].frame, chart=True, title=steps[1] if len(steps) > 1 else "")
        shape = slide.shapes[int(number)]
        if not steps:
            return Place(slide, shape=shape)
        if steps[0] == "alternative":
            return Place(slide, shape=shape, alternative=True)
        rows = self.rows(shape)
        if int(steps[0][1:]) >= len(rows):
            return None
        row = rows[int(steps[0][1:])]
        cells = list(row.cells.values())
        at_cell = int(steps[1][1:]) if len(steps) > 1 else -1
        return Place(slide, shape=shape, row=row, cell=cells[at_cell] if 0 <= at_cell < len(cells) else None)
