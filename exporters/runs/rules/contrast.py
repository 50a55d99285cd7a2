"""Contrast of text and ground (WCAG 2.2, 1.4.3), where both colours are known."""

from __future__ import annotations

from collections.abc import Iterator

from exporters.errors import Fault
from exporters.outline import Outline

LEAST = 4.5
LEAST_LARGE = 3.0


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (RRGGBB), from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrasts(outline: Outline, _lang: str) -> Iterator[Fault]:
    told: set[tuple[str, str, str]] = set()
    for run in outline.runs:
        known = (run.where, run.colour, run.background)
        if not run.text.strip() or not run.colour or not run.background or known in told:
            continue
        found, least = contrast(run.colour, run.background), LEAST_LARGE if run.large else LEAST
        if found < least:
            told.add(known)
            message = f"text in #{run.colour} on #{run.background} has a contrast of {found:.1f}:1"
            hint = f"at least {least:g}:1 can be read by all: make one darker or lighter"
            yield Fault("low-contrast", message, "", run.where, hint, "warning")


RULES = (contrasts,)
