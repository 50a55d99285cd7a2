"""How high a row must be for the text that its cells wrap: Excel sees to it only when someone edits the row.

Widths are estimated (a Han character as two digits, all others as one), because measuring each text would cost more
than writing it; an office that fits the row itself may do so, as no height is fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

Lines = Callable[[Sequence[Any]], float]
MAX_HEIGHT = 409.0
_PADDING = 1.5
_LATIN_LOSS = 1.06


def text_lines(text: str, capacity: float) -> int:
    """Return how many lines of so many digits' width *text* takes."""
    if "\n" in text:
        return sum(text_lines(part, capacity) for part in text.split("\n"))
    # Three bytes for a Han character and one for a Latin letter make two widths and one.
    size = (len(text.encode()) + len(text)) / 2
    if size <= capacity:
        return 1
    return ceil(size * _LATIN_LOSS / capacity)


def capacity_of(width: float, size: float) -> float:
    """Return how many digits of a font of *size* points fit a column of *width* (in digits at 11 points)."""
    return max((width - _PADDING) * 11 / size, 1.0)


def line_points(size: float) -> float:
    """Return the height of one line of a font of *size* points."""
    return size * 1.35
