"""Greedy line breaking of Chinese, mixed and Latin text with kinsoku, as Office breaks lines."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from exporters.metrics.characters import (
    CONTEXTUAL,
    HANGING,
    NOT_AT_END,
    NOT_AT_START,
    PAIRED,
    is_space,
    is_wide,
    is_zero_width,
)
from exporters.metrics.families import EM
from exporters.metrics.measure import FLOWS, Flow, character_widths, script_changes, width

_UNITS = "万亿", "亿", "万", "%", "％", "‰", "个百分点", "倍", "元", "年", "月", "日", "家", "个", "公里", "人", "项"
_UNIT_STARTS = frozenset(unit[0] for unit in _UNITS)
#: In 1/1000 em: absorbs the rounding of sums.
_TOLERANCE = 0.5
_SMALLEST = 1e-6
#: No character with its gap is wider, in em; text this short needs no measuring.
_WIDEST = 1.7
#: What is longer than this many lines of ideographs seldom fits one: it is not measured twice.
_WORTH_A_LOOK = 1.6


def break_lines(
    text: str,
    size: float,
    box_width: float,
    *,
    latin: str = "",
    east_asian: str = "",
    bold: bool = False,
    spacing: float = 0.0,
    first_indent: float = 0.0,
    flow: Flow = "plain",
    keep_units: bool = True,
) -> list[str]:
    r"""The lines that ``text`` takes in a box of ``box_width`` points.

    No line begins with a closing mark or ends with an opening one, where a break elsewhere is possible at all; words
    and numbers stay whole unless they are longer than a line; ``\n`` forces a break. Spaces at a break belong to no
    line. ``first_indent`` shortens the first line of every paragraph (negative: a hanging indent).

    ``flow`` adds what a program does on its own: "word" the room between Han and Latin, and one comma or stop past
    the right edge; "slide" the room alone, with some reserve. ``keep_units`` keeps 3.5万亿 together, which Office
    itself does not: switch it off to predict Office's own breaks.
    """
    rule = FLOWS[flow]
    # Widths are whole numbers where no spacing is added: those are summed in half the time.
    gap, ems = round(rule.gap * EM), EM / max(size, _SMALLEST)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        widths = character_widths(paragraph, latin=latin, east_asian=east_asian, bold=bold)
        borders = script_changes(paragraph, rule.gap_at_marks) if gap else []
        for index in borders:
            widths[index] += gap
        if spacing:
            widths = [max(w + spacing * ems, 0.0) for w in widths]
        measured = _Measured(paragraph, list(accumulate(widths, initial=0)), frozenset(borders), gap)
        lines += _break_paragraph(measured, box_width * ems, (box_width - first_indent) * ems, rule.hang, keep_units)
    return lines


def count_lines(
    text: str,
    size: float,
    box_width: float,
    *,
    latin: str = "",
    east_asian: str = "",
    bold: bool = False,
    spacing: float = 0.0,
    first_indent: float = 0.0,
    flow: Flow = "plain",
    keep_units: bool = False,
) -> int:
    """How many lines ``text`` takes; by default as Office breaks them (see ``break_lines`` for the parameters)."""
    room = box_width - first_indent
    if len(text) * size <= _WORTH_A_LOOK * room and "\n" not in text:
        if len(text) * (_WIDEST * size + max(spacing, 0.0)) <= room and "\t" not in text:
            return 1
        if width(text, size, latin=latin, east_asian=east_asian, bold=bold, spacing=spacing, flow=flow) <= room:
            return 1
    return len(
        break_lines(
            text, size, box_width, latin=latin, east_asian=east_asian, bold=bold, spacing=spacing,
            first_indent=first_indent, flow=flow, keep_units=keep_units,
        )
    )  # fmt: skip


class _Measured(NamedTuple):
    """A paragraph and, in 1/1000 em, the room before each character and the gap before those at *borders*."""

    text: str
    before: list[float]
    borders: frozenset[int]
    gap: float


def _break_paragraph(measured: _Measured, room: float, first_room: float, hang: bool, keep_units: bool) -> list[str]:
    text = measured.text
    lines: list[str] = []
    start, line_room = 0, first_room
    while True:
        end = _overflow(measured, start, line_room)
        if hang and start < end < len(text) and text[end] in HANGING:
            end += 1
        if end >= len(text):
            lines.append(text[start:])
            return lines
        stop = _last_break(text, start, end, keep_units)
        lines.append(text[start:stop].rstrip(" \u3000\t"))
        start = stop
        while start < len(text) and is_space(text[start]):
            start += 1
        if start >= len(text):
            return lines
        line_room = room


def _overflow(measured: _Measured, start: int, room: float) -> int:
    """The index of the first character that does not fit a line begun at ``start``; spaces always fit."""
    text, before, borders, gap = measured
    limit = before[start] + (gap if start in borders else 0.0) + room + _TOLERANCE
    index = bisect_right(before, limit, start + 1) - 1
    while index < len(text) and is_space(text[index]):
        index += 1
    return index


def _last_break(text: str, start: int, end: int, keep_units: bool) -> int:
    """The best break at or before ``end``, the first character that no longer fits a line begun at ``start``."""
    for allowed in (_may_break_kindly, _may_break) if keep_units else (_may_break,):
        for index in range(end, start, -1):
            if allowed(text, index):
                return index
    index = max(end, start + 1)
    while index > start + 1 and is_zero_width(text[index]):
        index -= 1
    while index < len(text) and is_zero_width(text[index]):
        index += 1
    return index


def _may_break(text: str, index: int) -> bool:
    """May a line end before ``text[index]``?"""
    before, after = text[index - 1], text[index]
    if is_space(after):
        return False
    if is_space(before):
        return after not in NOT_AT_START or _only_latin(after)
    if after in NOT_AT_START or before in NOT_AT_END or is_zero_width(after) or before in "\u2060\u200d":
        return False
    if before in PAIRED and after == before:
        return False
    if _ideographic(before) or _ideographic(after):
        return True
    return before in "-–" and after.isalnum() and index > 1 and text[index - 2].isalnum()


def _only_latin(char: str) -> bool:
    return char < "\u2000"


def _ideographic(char: str) -> bool:
    return is_wide(char) or char in CONTEXTUAL


def _may_break_kindly(text: str, index: int) -> bool:
    if not _may_break(text, index):
        return False
    before, after = text[index - 1], text[index]
    if before.isdigit() and before.isascii() and after in _UNIT_STARTS:
        return False
    if before == "-" and after.isdigit():
        return False
    return not (before in "万百千" and after in "亿万" and index > 1 and text[index - 2].isascii())
