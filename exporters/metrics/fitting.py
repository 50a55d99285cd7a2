"""Does text fit its box, and if not, how is it shortened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from exporters.metrics.characters import CLOSING, NOT_AT_END, OPENING, is_space, is_zero_width
from exporters.metrics.lines import count_lines
from exporters.metrics.measure import line_height

_TOLERANCE = 0.01
_CLAUSE_MARKS = "，；、。：！？,;:"
#: A clause boundary is taken only when it keeps this share of what a plain cut would keep.
_WORTH_KEEPING = 0.6


class Box(NamedTuple):
    """The room inside a shape's insets or a table cell's margins, in points."""

    width: float
    height: float


class Paragraph(NamedTuple):
    """A paragraph as it will be set; lengths in points, ``line_spacing`` as in ``line_height``."""

    text: str
    size: float
    latin: str = ""
    east_asian: str = ""
    bold: bool = False
    spacing: float = 0.0
    line_spacing: float | str = "single"
    before: float = 0.0
    after: float = 0.0
    indent: float = 0.0
    first_indent: float = 0.0


def height(paragraphs: Iterable[Paragraph], box_width: float) -> float:
    """The height that the paragraphs take in a box of ``box_width`` points; space before the first counts."""
    total = 0.0
    for p in paragraphs:
        lines = count_lines(
            p.text, p.size, box_width - p.indent, latin=p.latin, east_asian=p.east_asian, bold=p.bold,
            spacing=p.spacing, first_indent=p.first_indent,
        )  # fmt: skip
        tallest = max(
            line_height(p.size, name, p.line_spacing, bold=p.bold) for name in (p.latin or p.east_asian, p.east_asian)
        )
        total += p.before + lines * tallest + p.after
    return total


def fits(paragraphs: Iterable[Paragraph], box: Box) -> bool:
    """Do the paragraphs fit the box, without any autofit?"""
    return height(paragraphs, box.width) <= box.height + _TOLERANCE


def shorten(
    text: str,
    size: float,
    box_width: float,
    *,
    max_lines: int = 1,
    ellipsis: str = "…",
    latin: str = "",
    east_asian: str = "",
    bold: bool = False,
    spacing: float = 0.0,
    first_indent: float = 0.0,
) -> str:
    """``text`` when it takes at most ``max_lines`` lines, else its longest beginning that does, by rule.

    The cut falls after a clause where one ends late enough (its mark is dropped, no ellipsis: the clause is whole),
    else after a word or character, with ``ellipsis``. A quotation or bracket that the cut leaves open is cut too.
    Returns "" when not even the ellipsis fits.
    """

    def fitting(candidate: str) -> bool:
        return (
            count_lines(
                candidate, size, box_width, latin=latin, east_asian=east_asian, bold=bold, spacing=spacing,
                first_indent=first_indent, keep_units=True,
            )
            <= max_lines
        )  # fmt: skip

    if fitting(text):
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if fitting(text[:middle].rstrip() + ellipsis):
            low = middle
        else:
            high = middle - 1
    for stop in range(low, max(int(low * _WORTH_KEEPING), 0), -1):
        if stop < len(text) and text[stop] in _CLAUSE_MARKS and not _inside_number(text, stop):
            clause = text[:stop].rstrip()
            if clause and not _open_bracket(clause) and fitting(clause):
                return clause
    for stop in range(low, 0, -1):
        if _splits_word(text, stop) and stop > low * _WORTH_KEEPING:
            continue
        kept = _closed(text[:stop])
        if kept and fitting(kept + ellipsis):
            return kept + ellipsis
    return ellipsis if fitting(ellipsis) else ""


def _inside_number(text: str, index: int) -> bool:
    return 0 < index < len(text) - 1 and text[index - 1].isdigit() and text[index + 1].isdigit()


def _splits_word(text: str, index: int) -> bool:
    if index >= len(text):
        return False
    before, after = text[index - 1], text[index]
    if is_zero_width(after) or before == "\u200d":
        return True
    return before.isascii() and after.isascii() and not is_space(after) and not is_space(before)


def _open_bracket(text: str) -> bool:
    return sum(c in OPENING for c in text) > sum(c in CLOSING for c in text)


def _closed(text: str) -> str:
    """``text`` without trailing marks, and without what follows a bracket left open near its end."""
    text = text.rstrip()
    while text and (text[-1] in NOT_AT_END or text[-1] in _CLAUSE_MARKS or text[-1].isspace()):
        text = text[:-1]
    return text
