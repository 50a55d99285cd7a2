"""Measuring and breaking text with the metrics of real CJK and Latin fonts, in points, without any font file."""

from exporters.metrics.columns import excel_width
from exporters.metrics.families import widest
from exporters.metrics.fitting import Box, Paragraph, fits, height, shorten
from exporters.metrics.lines import break_lines, count_lines
from exporters.metrics.measure import line_height, width

__all__ = [
    "Box",
    "Paragraph",
    "break_lines",
    "count_lines",
    "excel_width",
    "fits",
    "height",
    "line_height",
    "shorten",
    "widest",
    "width",
]
