"""The ranges of a chart that LibreOffice saved: it counts columns where Office names cells of the data sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from exporters.charts.drawingml import C
from exporters.charts.references import column_letters
from exporters.charts.sheet import Row

_COUNTED = re.compile(r"(?P<categories>categories)|(?P<label>label )?(?P<column>[0-9]{1,3})")


def name_ranges(chart: etree._Element, sheet: str, rows: Sequence[Row]) -> None:
    """Put the cells of *sheet* in the place of LibreOffice's ``categories``, ``label 0`` (a series' name), ``0`` (its
    values), as Office lays a data sheet out: the series' names in the first row, categories in the first column."""
    if not rows:
        return
    quoted = "'" + sheet.replace("'", "''") + "'"
    first = min(cell.column for row in rows for cell in row.cells)
    head, top, bottom = rows[0].number, rows[0].number + 1, max(rows[0].number + 1, rows[-1].number)
    for formula in chart.iter(f"{C}f"):
        counted = _COUNTED.fullmatch((formula.text or "").strip())
        if counted is None:
            continue
        letters = column_letters(first if counted["categories"] else first + 1 + int(counted["column"]))
        cells = f"${letters}${head}" if counted["label"] else f"${letters}${top}:${letters}${bottom}"
        formula.text = f"{quoted}!{cells}"
