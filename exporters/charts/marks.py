"""Separators inside a chart's stream: noncharacters, which no data and no template may hold."""

from __future__ import annotations

from typing import Final

#: Begins a bound cell, a row of the data sheet, and the chart's own XML behind the rows.
CELL: Final = "\ufdda"
ROW: Final = "\ufddb"
BODY: Final = "\ufddc"
#: Before a value that is a number, whatever its text looks like.
NUMBER: Final = "\ufddd"
#: Around the index of a reference in the chart's XML, of a row in a table's range.
SLOT: Final = "\ufddf"
