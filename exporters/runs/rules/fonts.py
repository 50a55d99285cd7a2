"""Fonts of Chinese text: where none is set, each office takes another, and pages break elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporters.errors import Fault
from exporters.outline import Outline

_CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_SHOWN = 20


def east_asian_fonts(outline: Outline, lang: str) -> Iterator[Fault]:
    if not outline.fonts:
        return
    told: set[str] = set()
    for run in outline.runs:
        chinese = _CHINESE.search(run.text) is not None or (lang == "zh" and "{{" in run.text)
        if chinese and not run.east_asian and run.where not in told:
            told.add(run.where)
            words = " ".join(run.text.split())
            shown = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
            message = f"no East Asian font is set for “{shown}”"
            hint = "set one for Asian text in its style (in PowerPoint: in the theme's fonts)"
            yield Fault("no-east-asian-font", message, "", run.where, hint, "warning")


RULES = (east_asian_fonts,)
