"""Widths of text and heights of lines, in points."""

from __future__ import annotations

from exporters.metrics.characters import ALL_WIDE, CONTEXTUAL, HAS_CONTEXTUAL, HAS_WIDE, is_wide
from exporters.metrics.families import EM, TALLEST, advances, family_of, vertical_metrics

#: What Word and LibreOffice put between Han and Latin letters or digits unless the paragraph forbids it, in em.
AUTO_SPACE = 0.2


def character_widths(text: str, *, latin: str = "", east_asian: str = "", bold: bool = False) -> list[int]:
    """The advance of each character in 1/1000 em, marks shared by both scripts resolved by their context."""
    chinese = HAS_WIDE(text) is not None
    table = advances(latin, east_asian, bold, chinese)
    widths = [table[char] for char in text]
    if chinese and HAS_CONTEXTUAL(text) and not ALL_WIDE(text):
        _resolve_shared(text, widths, advances(latin, east_asian, bold, False))
    return widths


def _resolve_shared(text: str, widths: list[int], latin_table: dict[str, int]) -> None:
    """A shared mark between two Latin neighbours ("it’s", "5—6") is Latin even in a Chinese sentence."""
    for index, char in enumerate(text):
        if char in CONTEXTUAL and _latin_at(text, index, -1) and _latin_at(text, index, 1):
            widths[index] = latin_table[char]


def _latin_at(text: str, index: int, step: int) -> bool:
    index += step
    while 0 <= index < len(text):
        char = text[index]
        if char.isalnum():
            return not is_wide(char)
        if is_wide(char):
            return False
        index += step
    return False


def width(
    text: str,
    size: float,
    *,
    latin: str = "",
    east_asian: str = "",
    bold: bool = False,
    spacing: float = 0.0,
    auto_space: bool = False,
) -> float:
    """The width of ``text`` on one line, in points.

    ``size`` is the font size and ``spacing`` the extra room after each character, both in points. Fonts are given by
    the names a document uses. ``auto_space`` adds what Word puts between Han and Latin (a slide has none).
    """
    count = len(text)
    if ALL_WIDE(text):
        return count * (size + spacing)
    if HAS_CONTEXTUAL(text) and not text.isascii() and HAS_WIDE(text):
        total = sum(character_widths(text, latin=latin, east_asian=east_asian, bold=bold))
    else:
        total = sum(map(advances(latin, east_asian, bold, False).__getitem__, text))
    if auto_space:
        total += round(AUTO_SPACE * EM) * script_changes(text)
    return total * size / EM + count * spacing


def script_changes(text: str) -> int:
    """How many times Han meets a Latin letter or digit, where Word and LibreOffice put a thin space."""
    changes, before = 0, 0
    for char in text:
        kind = script(char)
        if kind and before and kind != before:
            changes += 1
        before = kind
    return changes


def script(char: str) -> int:
    """1 for a Latin letter or digit, 2 for a Han or kana character, 0 for anything else."""
    if not char.isalnum() or char in CONTEXTUAL:
        return 0
    return 2 if is_wide(char) and char < "\uff00" else 1 if char < "\u2000" else 0


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
