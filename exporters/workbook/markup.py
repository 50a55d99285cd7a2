"""Marks inside program text that the renderer fills in once rows have their places.

They are noncharacters, which no data and no template may hold. Inside a row ``ROW`` stands for the row's number;
``MARK`` + kind + number + ``END`` stands for what depends on other rows.
"""

from __future__ import annotations

import re
from typing import Final

ROW: Final = "\ufdda"
MARK: Final = "\ufddb"
END: Final = "\ufddc"
MARKS: Final = re.compile(f"{MARK}(.)([0-9]*){END}")

# Kinds of marks. The number leads to the record that compile noted.
REFERENCE: Final = "r"
"""A reference in a formula."""
RANGES: Final = "q"
"""Ranges of the sheet itself, separated by spaces (sqref)."""
CELL_AT: Final = "c"
"""One cell of the sheet itself."""
MERGES: Final = "m"
"""The element of merged cells."""
BREAKS: Final = "b"
"""The element of page breaks."""
SPARKLINES: Final = "k"
"""The lines of one sparkline, one for each instance of its row."""
FROZEN: Final = "y"
"""The number of rows above a frozen pane, or the pane's first cell."""
ANCHOR_ROW: Final = "a"
"""A drawing's row, counted from 0."""
CACHE: Final = "h"
"""The cached values of a chart's reference."""
TABLE_ID: Final = "i"
TABLE_NAME: Final = "n"
DEFERRED: Final = "d"
"""The value of a formula that looks at rows which come later."""


def mark(kind: str, number: int | str = "") -> str:
    """Return the mark that leads to record *number* of a kind."""
    return f"{MARK}{kind}{number}{END}"


SHEETS_MARK: Final = mark("s")
NAMES_MARK: Final = mark("w")
