"""Text boxes as the fitting filters know them, and the quick answers: does what a box holds fit for certain?"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from exporters.metrics import line_height, width

_NUMBER = re.compile(r'<a:(lnSpc|spcBef|spcAft)><a:(spcPct|spcPts) val="(\d+)%?"/>')
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&"))
#: Room that may be added where two runs of different scripts meet, in em.
SEAM = 0.25
_SHOWN = re.compile(r"<a:t>([^<]*)")


class Level(NamedTuple):
    """How paragraphs of one level are set, unless they say otherwise themselves."""

    size: float
    bold: bool
    latin: str
    east_asian: str
    line: Any
    before: float
    after: float
    left: float
    indent: float


class Box(NamedTuple):
    """A text box of the template, in points."""

    width: float
    height: float
    shrinks: bool
    levels: tuple[Level, ...]
    runs: tuple[tuple[float, bool], ...] = ()
    """Size and weight of the runs, where the box always holds one paragraph of these; else empty."""
    one_line: float = -1.0
    """The room for such a paragraph on one line; below zero where not even one line fits."""
    largest: tuple[float, bool] = (0.0, False)
    """Size and weight of the widest run of a box whose paragraphs hold one run each; else zero."""
    tallest: float = 0.0
    """Height of the tallest of its paragraphs on one line."""
    narrowest: float = 0.0
    """Room for the text of its most indented paragraph on one line."""

    def holds(self, body: str) -> bool:
        """Return whether *body* fits for certain, each paragraph on one line; False means: look closer."""
        first = self.levels[0]
        latin, east_asian = first.latin, first.east_asian
        if self.runs:
            texts = _SHOWN.findall(body)
            if len(texts) != len(self.runs):
                return False
            room = self.one_line
            for text, (size, bold) in zip(texts, self.runs, strict=True):
                room -= run_width(text, size, latin, east_asian, bold)
            return room >= 0
        size, bold = self.largest
        if not size:
            return False
        texts = _SHOWN.findall(body)
        if len(texts) * self.tallest > self.height or body.count("<a:p>") > len(texts):
            return False
        room = self.narrowest
        return all(run_width(text, size, latin, east_asian, bold) <= room for text in texts)


def read_box(found: dict[str, Any]) -> Box:
    """Return the box that a compiled template keeps as JSON."""
    levels = tuple(Level(**level) for level in found["levels"])
    runs = tuple((size, bold) for size, bold in found.get("runs", ()))
    width, height = found["width"], found["height"]
    one_line = -1.0
    if runs:
        first = level_of(levels, own_of(found["paragraph"]) if "paragraph" in found else AS_LEVEL)
        size = max(size for size, _ in runs)
        needed = first.before + single_line(size, first.latin, first.east_asian, first.line, first.bold) + first.after
        if needed <= height:
            one_line = width - first.left - first.indent - SEAM * size * (len(runs) - 1)
    largest, tallest, narrowest = found.get("loose", ((0.0, False), 0.0, 0.0))
    shrinks = found["autofit"] == "norm"
    return Box(width, height, shrinks, levels, runs, one_line, (largest[0], largest[1]), tallest, narrowest)


@lru_cache(maxsize=1024)
def single_line(size: float, latin: str, east_asian: str, line: Any, bold: bool) -> float:
    return max(line_height(size, name, line, bold=bold) for name in (latin or east_asian, east_asian))


@lru_cache(maxsize=16_384)
def run_width(text: str, size: float, latin: str, east_asian: str, bold: bool) -> float:
    """Return the width of a run's XML text on one line."""
    return width(plain(text), size, latin=latin, east_asian=east_asian, bold=bold, flow="slide")


class Own(NamedTuple):
    """What a paragraph's own properties change: level, and room in points (None: as the level has it)."""

    level: int
    line: Any
    before: float | None
    after: float | None
    left: float | None
    indent: float | None


AS_LEVEL = Own(0, None, None, None, None, None)


@lru_cache(maxsize=1024)
def own_of(properties: str) -> Own:
    def emu(name: str) -> float | None:
        found = re.search(rf' {name}="(-?\d+)"', properties)
        return int(found[1]) / 12700 if found else None

    level = re.search(r' lvl="(\d)"', properties)
    room: dict[str, Any] = {}
    for tag, kind, value in _NUMBER.findall(properties):
        number = int(value)
        if tag == "lnSpc":
            room[tag] = number / 100_000 if kind == "spcPct" else f"exact {number / 100:g}"
        else:
            room[tag] = number / 100 if kind == "spcPts" else None
    return Own(
        int(level[1]) if level else 0,
        room.get("lnSpc"),
        room.get("spcBef"),
        room.get("spcAft"),
        emu("marL"),
        emu("indent"),
    )


@lru_cache(maxsize=1024)
def level_of(levels: tuple[Level, ...], own: Own) -> Level:
    """Return how a paragraph is set: as its level, but for what it says itself."""
    level = levels[min(own.level, len(levels) - 1)]
    said = {name: value for name, value in own._asdict().items() if name != "level" and value is not None}
    return level._replace(**said)


def plain(text: str) -> str:
    if "&" in text:
        for entity, char in _ENTITIES:
            text = text.replace(entity, char)
    return text
