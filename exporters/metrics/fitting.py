"""Does text fit its box, and if not, how is it shortened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from msgspec import Struct

from exporters.metrics.characters import NOT_AT_END, PAIR_OF, is_space, is_zero_width
from exporters.metrics.lines import count_lines
from exporters.metrics.measure import Flow, line_height

_TOLERANCE = 0.01
_CLAUSE_MARKS = "，；、。！？,;"
_TRAILING = _CLAUSE_MARKS + "：:—-"
#: A number with its unit and word of strength: cut inside, it would say another figure.
_FIGURE = (
    "(?:at least |at most |about |over |CNY |RMB )*[超约近逾达]?"
    "[0-9](?:[0-9.,，—–~-]*[0-9])?[%％‰]?"
    "(?:个百分点|平方公里|公里|万亿|千万|百万|[万亿千百])*[元人家个项倍名所座件次吨亩年月日]?"
    r"(?: ?(?:bn|tn|million|billion|trillion|per cent|percentage points?)\b)?"
    "(?:以上|以下|以内|左右|上下|之间)?"
)
#: A clause boundary is taken only when it keeps this share of what a plain cut would keep.
_WORTH_KEEPING = 0.6


class Box(Struct, frozen=True):
    """The room inside a shape's insets or a table cell's margins, in points."""

    width: float
    height: float


class Paragraph(Struct, frozen=True):
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
    flow: Flow = "slide"


def height(paragraphs: Iterable[Paragraph], box_width: float) -> float:
    """The height that the paragraphs take in a box of ``box_width`` points; space before the first counts."""
    total = 0.0
    for p in paragraphs:
        lines = count_lines(
            p.text, p.size, box_width - p.indent, latin=p.latin, east_asian=p.east_asian, bold=p.bold,
            spacing=p.spacing, first_indent=p.first_indent, flow=p.flow,
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
    flow: Flow = "slide",
) -> str:
    """``text`` when it takes at most ``max_lines`` lines, else its longest beginning that does, by rule.

    The cut falls after a clause where one ends late enough (its mark is dropped, no ellipsis: the clause is whole),
    else after a word or character, with ``ellipsis``. A figure is kept with its unit and word of strength or cut whole.
    A quotation or bracket that the cut leaves open is cut too, or closed where too little would be left.
    Returns the ellipsis alone, or "", when nothing else fits.
    """

    def fitting(candidate: str) -> bool:
        return (
            count_lines(
                candidate, size, box_width, latin=latin, east_asian=east_asian, bold=bold, spacing=spacing,
                first_indent=first_indent, flow=flow, keep_units=True,
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
            if clause and not _open_brackets(clause) and fitting(clause):
                return clause
    figures = [match.span() for match in _figures()(text)]
    for stop in range(low, 0, -1):
        if any(first < stop < last for first, last in figures):
            continue
        if _splits_word(text, stop) and stop > low * _WORTH_KEEPING:
            continue
        kept = _without_loose_end(text[:stop])
        for candidate in (_before_open_bracket(kept), kept):
            if len(candidate) > low * _WORTH_KEEPING or candidate == kept:
                shortened = candidate + ellipsis + _closers(candidate)
                if candidate and fitting(shortened):
                    return shortened
    return ellipsis if fitting(ellipsis) else ""


@cache
def _figures() -> Callable[[str], Iterable[re.Match[str]]]:
    return re.compile(_FIGURE).finditer


def _inside_number(text: str, index: int) -> bool:
    return 0 < index < len(text) - 1 and text[index - 1].isdigit() and text[index + 1].isdigit()


def _splits_word(text: str, index: int) -> bool:
    if index >= len(text):
        return False
    before, after = text[index - 1], text[index]
    if is_zero_width(after) or before == "\u200d":
        return True
    return before.isascii() and after.isascii() and not is_space(after) and not is_space(before)


def _open_brackets(text: str) -> list[int]:
    """The indexes of opening quotation marks and brackets that nothing closes."""
    stack: list[int] = []
    for index, char in enumerate(text):
        if char in PAIR_OF:
            stack.append(index)
        elif stack and char == PAIR_OF[text[stack[-1]]]:
            stack.pop()
    return stack


def _before_open_bracket(text: str) -> str:
    opened = _open_brackets(text)
    return _without_loose_end(text[: opened[0]]) if opened else text


def _closers(text: str) -> str:
    return "".join(PAIR_OF[text[index]] for index in reversed(_open_brackets(text)))


def _without_loose_end(text: str) -> str:
    """``text`` without the opening marks, commas and spaces it ends with."""
    end = len(text)
    while end and (text[end - 1] in NOT_AT_END or text[end - 1] in _TRAILING or text[end - 1].isspace()):
        end -= 1
    return text[:end]
