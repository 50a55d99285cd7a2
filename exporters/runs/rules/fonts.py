"""Fonts of Chinese text: where none is set, each office takes another, and pages break elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporters.errors import Fault
from exporters.outline import Outline

_CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_SHOWN = 20
_NAMED = 3


def east_asian_fonts(outline: Outline, lang: str) -> Iterator[Fault]:
    if not outline.fonts:
        return
    told: dict[str, str] = {}
    for run in outline.runs:
        chinese = _CHINESE.search(run.text) is not None or (lang == "zh" and "{{" in run.text)
        if chinese and not run.east_asian:
            told.setdefault(run.where, run.text)
    # Many places have one cause, the style that they share; each named would hide what else is wrong.
    places = list(told.items())
    named = places if len(places) <= _NAMED else places[:1]
    for where, text in named:
        words = " ".join(text.split())
        shown = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
        more = f" and in {len(places) - 1} more places" if len(named) < len(places) else ""
        message = f"no East Asian font is set for “{shown}”{more}"
        hint = "set one for Asian text in its style (in PowerPoint: in the theme's fonts)"
        yield Fault("no-east-asian-font", message, "", where, hint, "warning")


RULES = (east_asian_fonts,)
