"""Widths of Excel columns."""

from __future__ import annotations

from math import ceil

from exporters.metrics.measure import width

_PIXELS_PER_POINT = 96 / 72
_PADDING_PIXELS = 5
#: The digit width, in pixels at 96 dpi, of the Normal style every workbook starts with (Calibri 11).
_DIGIT_PIXELS = 7
_WIDEST_COLUMN = 255.0


def excel_width(
    text: str, size: float = 11.0, *, latin: str = "Calibri", east_asian: str = "等线", bold: bool = False
) -> float:
    """The column width that shows ``text`` without cutting it, in Excel's unit (digits of the Normal style).

    The longest line counts; the cell's padding is included. Never more than Excel's 255.
    """
    points = max(width(line, size, latin=latin, east_asian=east_asian, bold=bold) for line in text.split("\n"))
    units = (points * _PIXELS_PER_POINT + _PADDING_PIXELS) / _DIGIT_PIXELS
    return min(ceil(units * 100) / 100, _WIDEST_COLUMN)
