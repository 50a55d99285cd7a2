"""Widths of text and heights of lines, in points."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from exporters.metrics.characters import (
    contextual_positions,
    has_other,
    has_wide,
    is_wide,
    may_have_contextual,
    other_runs,
    script_borders,
)
from exporters.metrics.families import EM, TALLEST, advances, family_of, vertical_metrics

Flow = Literal["plain", "tight", "word", "slide"]


class FlowRule(Struct, frozen=True):
    """What a program does to a line on its own: room between scripts (em) and marks past the edge."""

    gap: float
    gap_at_marks: bool
    hang: bool


#: How far a shared mark looks for the letter or digit that decides its script.
_NEAR = 8
#: Measured in LibreOffice 7.4: Writer puts 0.2 em between Han and Latin letters or digits, Impress 0.24 em wherever the
#: font changes; "tight" is Word with that room switched off. A slide's hanging marks are not counted on:
#: text that fits without them fits with them.
FLOWS: dict[str, FlowRule] = {
    "plain": FlowRule(0.0, False, False),
    "tight": FlowRule(0.0, False, True),
    "word": FlowRule(0.2, False, True),
    "slide": FlowRule(0.25, True, False),
}


def character_widths(text: str, *, latin: str = "", east_asian: str = "", bold: bool = False) -> list[float]:
    """The advance of each character in 1/1000 em, marks shared by both scripts resolved by their context."""
    chinese = has_wide(text)
    table = advances(latin, east_asian, bold, chinese)
    if not chinese:
        return list(map(table.__getitem__, text))
    widths: list[float] = [EM] * len(text)
    for run in other_runs(text):
        start, end = run.span()
        widths[start:end] = map(table.__getitem__, run[0])
    if may_have_contextual(text):
        _resolve_shared(text, widths, advances(latin, east_asian, bold, False))
    return widths


def _resolve_shared(text: str, widths: list[float], latin_table: dict[str, int]) -> None:
    """A shared mark between two Latin neighbours ("it’s", "5—6") is Latin even in a Chinese sentence."""
    for index in contextual_positions(text):
        if _latin_at(text, index, -1) and _latin_at(text, index, 1):
            widths[index] = latin_table[text[index]]


def _latin_at(text: str, index: int, step: int) -> bool:
    for near in range(index + step, index + step * (_NEAR + 1), step):
        if not 0 <= near < len(text) or is_wide(text[near]):
            return False
        if text[near].isalnum():
            return True
    return False


def width(
    text: str,
    size: float,
    *,
    latin: str = "",
    east_asian: str = "",
    bold: bool = False,
    spacing: float = 0.0,
    flow: Flow = "plain",
) -> float:
    """The width of ``text`` on one line, in points.

    ``size`` is the font size and ``spacing`` the extra room after each character, both in points. Fonts are given by
    the names a document uses. ``flow`` adds the room that Word or a slide puts between Han and Latin.
    """
    count = len(text)
    if not has_other(text):
        return count * (size + spacing)
    if may_have_contextual(text) and not text.isascii() and has_wide(text):
        total = sum(character_widths(text, latin=latin, east_asian=east_asian, bold=bold))
    else:
        total = sum(map(advances(latin, east_asian, bold, False).__getitem__, text))
    rule = FLOWS[flow]
    if rule.gap and not text.isascii():
        total += round(rule.gap * EM) * len(script_borders(text, rule.gap_at_marks))
    return total * size / EM + count * spacing


def script_changes(text: str, at_marks: bool) -> list[int]:
    """Where Han meets Latin: the index of the character after each gap.

    ``at_marks``: punctuation and symbols count as the script whose font they take, as on a slide.
    """
    if text.isascii() or not has_other(text):
        return []
    return script_borders(text, at_marks)


def line_height(size: float, family: str = "", spacing: float | str = "single", *, bold: bool = False) -> float:
    """The height of a line in points.

    ``spacing``: "single", a number below 6 as a multiple of single, or "exact 28.95" / "at least 20" in points.
    Single spacing is ascent + descent + line gap: hhea, as LibreOffice takes it, or OS/2 win, as Word takes it,
    whichever is larger.
    """
    if isinstance(spacing, str):
        kind, _, amount = spacing.rpartition(" ")
        if kind == "exact":
            return float(amount)
        if kind == "at least":
            return max(float(amount), line_height(size, family, bold=bold))
        if spacing != "single":
            raise ValueError(f"line spacing {spacing!r}: write single, a multiple, 'exact PT' or 'at least PT'")
        multiple = 1.0
    else:
        multiple = spacing
    ascent, descent, gap, win_ascent, win_descent = vertical_metrics(family_of(family, TALLEST), bold)
    return max(ascent + descent + gap, win_ascent + win_descent) * multiple * size / EM
