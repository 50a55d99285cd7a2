"""Text boxes as the fitting filters know them, and the quick answers: does what a box holds fit for certain?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from exporters.metrics import line_height, widest, width

_NUMBER = re.compile(r'<a:(lnSpc|spcBef|spcAft)><a:(spcPct|spcPts) val="(\d+)%?"/>')
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&"))
#: Room that may be added where two runs of different scripts meet, in em.
SEAM = 0.25
#: How many texts are remembered with their width, for each way of setting them.
_REMEMBERED = 4096
#: Between the texts of runs: a noncharacter, which no text may hold.
BETWEEN = "\ufddf"
SHOWN = re.compile(r"<a:t>([^<]*)")


class Level(Struct, frozen=True):
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


class Widths(dict[str, float]):
    """The width of a run's XML text on one line, in points, for one way of setting it; measured at first use."""

    def __init__(self, size: float, latin: str, east_asian: str, bold: bool) -> None:
        super().__init__()
        self._set = size, latin, east_asian, bold

    @cached_property
    def widest(self) -> float:
        """No character of XML text takes more, whatever stands beside it, if it is no tab."""
        size, latin, east_asian, bold = self._set
        return size * (widest(latin, east_asian, bold) / 1000 + SEAM)

    def within(self, room: float, text: str) -> bool:
        """Return whether *room* takes a text. Counting costs less than measuring what no other slide says."""
        return (len(text) * self.widest <= room and "\t" not in text) or self[text] <= room

    def __missing__(self, text: str) -> float:
        if len(self) >= _REMEMBERED:
            self.clear()
        size, latin, east_asian, bold = self._set
        found = width(plain(text), size, latin=latin, east_asian=east_asian, bold=bold, flow="slide")
        self[text] = found
        return found


#: The widths of one process, by size, fonts and weight.
widths_of = lru_cache(maxsize=1024)(Widths)


class Filling(Struct, frozen=True):
    """A body that always holds the same runs: what stands around its values."""

    xml: tuple[str, ...]
    texts: tuple[str, ...]
    """The same of what its runs show, :data:`BETWEEN` between them."""
    each: tuple[float, ...] = ()
    """What a character of each value takes at most, in points, if it is no tab."""
    spare: float = -1.0
    """The body fits where its values take no more than that; below zero where even its own text may not fit."""

    def body(self, values: Sequence[str]) -> str:
        return _between(self.xml, values)

    def runs(self, values: Sequence[str]) -> list[str]:
        """Return the text of each run."""
        return _between(self.texts, values).split(BETWEEN)

    def fits(self, values: Sequence[str]) -> bool:
        """Return whether the body fits for certain, whatever characters its *values* are made of, but for tabs."""
        return sum(len(text) * wide for text, wide in zip(values, self.each, strict=True)) <= self.spare


def _between(pieces: Sequence[str], values: Sequence[str]) -> str:
    first, *others = pieces
    return "".join((first, *(text for pair in zip(values, others, strict=True) for text in pair)))


class Box(Struct, frozen=True):
    """A text box of the template, in points."""

    width: float
    height: float
    shrinks: bool
    levels: tuple[Level, ...]
    runs: tuple[Widths, ...] = ()
    """Its runs, where the box always holds one paragraph of these; else empty."""
    one_line: float = -1.0
    """The room for such a paragraph on one line; below zero where not even one line fits."""
    latin_line: float = -1.0
    """The same for Latin letters alone, whose lines are lower."""
    filling: Filling | None = None
    largest: Widths | None = None
    """The widest run of a box that may hold any of its runs any number of times."""
    seam: float = 0.0
    """Room between two of them."""
    tallest: float = 0.0
    """Height of the tallest of its paragraphs on one line."""
    narrowest: float = 0.0
    """Room for the text of its most indented paragraph on one line."""
    free: float = 0.0
    """So many characters fit there whatever they are, if none is a tab."""

    def holds(self, body: str) -> bool:
        """Return whether *body* fits for certain, each paragraph on one line; False means: look closer."""
        if self.runs:
            return self.holds_runs(SHOWN.findall(body))
        if self.largest is None or "<a:p/>" in body:
            return False
        if (body.count("</a:p>") + body.count("<a:br")) * self.tallest > self.height:
            return False
        texts: list[str] = []
        for piece in str.split(body, "<a:t>")[1:]:
            text, _, rest = piece.partition("<")
            texts.append(text)
            if "</a:p>" in rest or "<a:br" in rest:
                if not self._has_line(texts):
                    return False
                texts.clear()
        return True

    def _has_line(self, texts: list[str]) -> bool:
        """Return whether one line takes the *texts* of runs, whichever of the box's own they are."""
        # Counting costs less than measuring what no other slide says.
        if sum(map(len, texts)) <= self.free and "\t" not in "".join(texts):
            return True
        widths = self.largest
        assert widths is not None
        return sum(map(widths.__getitem__, texts)) + self.seam * (len(texts) - 1) <= self.narrowest

    def holds_runs(self, texts: list[str]) -> bool:
        """Return whether the one line of a box that always holds the same runs has room for their *texts*."""
        if len(texts) != len(self.runs):
            return False
        room = self.one_line
        if room < 0 and all(map(str.isascii, texts)):
            room = self.latin_line
        *others, last = zip(self.runs, texts, strict=True)
        for widths, text in others:
            room -= widths[text]
        return last[0].within(room, last[1])


def read_box(found: dict[str, Any]) -> Box:
    """Return the box that a compiled template keeps as JSON."""
    levels = tuple(Level(**level) for level in found["levels"])
    latin, east_asian = levels[0].latin, levels[0].east_asian
    box = Box(found["width"], found["height"], found["autofit"] == "norm", levels)
    if "runs" in found:
        runs = tuple(widths_of(size, latin, east_asian, bold) for size, bold in found["runs"])
        first = level_of(levels, own_of(found["paragraph"]) if "paragraph" in found else AS_LEVEL)
        size = max(size for size, _ in found["runs"])
        line = box.height - first.before - first.after
        room = box.width - first.left - first.indent - SEAM * size * (len(runs) - 1)
        if single_line(size, first.latin, first.east_asian, first.line, first.bold) <= line:
            box = replace(box, one_line=room)
        if first.latin and single_line(size, first.latin, first.latin, first.line, first.bold) <= line:
            box = replace(box, latin_line=room)
        return replace(box, runs=runs, filling=_filling(found, runs, box.one_line))
    if "loose" in found:
        (size, bold), tallest, narrowest = found["loose"]
        widths = widths_of(size, latin, east_asian, bold)
        free = narrowest / widths.widest
        return replace(box, largest=widths, seam=SEAM * size, tallest=tallest, narrowest=narrowest, free=free)
    return box


def _filling(found: dict[str, Any], runs: tuple[Widths, ...], room: float) -> Filling | None:
    if "filling" not in found:
        return None
    xml, texts = map(tuple, found["filling"])
    spare = room - sum(len(text) * run.widest for text, run in zip("".join(texts).split(BETWEEN), runs, strict=True))
    *before, _ = accumulate(text.count(BETWEEN) for text in texts)
    return Filling(xml, texts, tuple(runs[number].widest for number in before), spare)


@lru_cache(maxsize=1024)
def single_line(size: float, latin: str, east_asian: str, line: Any, bold: bool) -> float:
    return max(line_height(size, name, line, bold=bold) for name in (latin or east_asian, east_asian))


class Own(Struct, frozen=True):
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
    said = {name: value for name, value in asdict(own).items() if name != "level" and value is not None}
    return replace(level, **said)


def plain(text: str) -> str:
    if "&" in text:
        for entity, char in _ENTITIES:
            text = text.replace(entity, char)
    return text
