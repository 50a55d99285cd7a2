"""Filters that keep text inside its box: PowerPoint applies autofit only after an edit, so it is done here.

A box that may shrink its text (``normAutofit``) gets smaller sizes, down to the smallest that reads; what still does
not fit is shortened by rule, and its whole text goes to the notes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from exporters.binding.environment import text as as_text
from exporters.deck.boxes import (
    AS_LEVEL,
    SEAM,
    Box,
    Level,
    level_of,
    own_of,
    plain,
    single_line,
    widths_of,
)
from exporters.metrics import count_lines, shorten, width

#: No text is made smaller than this (points), unless the template itself sets it smaller.
SMALLEST = 16.0
_STEPS = tuple(share / 100 for share in range(95, 20, -5))
INFINITE = float("inf")
#: Begins a paragraph that is shown only where the box had to leave something out.
MORE = "\ufdde"
COUNT = "#"

_PARAGRAPH = re.compile(r"<a:p>(.*?)</a:p>|<a:p/>", re.DOTALL)
_TEXT = re.compile(r"<a:t>([^<]*)</a:t>|<a:br(?:/>|>.*?</a:br>)")
_PROPERTIES = re.compile(r"<a:pPr[ />].*?(?:/>|</a:pPr>)", re.DOTALL)
_RUN = re.compile(r"<a:(?:r|fld)[ >](.*?)<a:t>([^<]*)</a:t>|<a:br(?:/>|>.*?</a:br>)", re.DOTALL)
_RUN_HEAD = re.compile(r"<a:r>(<a:rPr[^>]*?(?:/>|>))?", re.DOTALL)
_SIZE = re.compile(r'<a:rPr[^>]*? sz="(\d+)"')
_BOLD = re.compile(r'<a:rPr[^>]* b="(1|true)"')


class _Piece(NamedTuple):
    """A paragraph of the rendered text: its XML, its text, its runs, how it is set."""

    xml: str
    text: str
    runs: tuple[tuple[str, float, bool], ...]
    """Text, size and weight; a line break has no size."""
    level: Level
    more: bool

    @property
    def latin_only(self) -> bool:
        return self.text.isascii() and bool(self.level.latin)

    def height(self, box_width: float, share: float = 1.0) -> float:
        """Return what the paragraph takes, its text at *share* of its size but never below the smallest."""
        level = self.level
        # Latin text alone has the Latin font's line height, which is lower.
        east_asian = level.latin if self.latin_only else level.east_asian
        room = box_width - level.left
        sizes = [_shrunk(size, share) for _, size, _ in self.runs if size] or [_shrunk(level.size, share)]
        heavy = level.bold or any(bold for _, _, bold in self.runs)
        wide = SEAM * max(sizes) * (len(self.runs) - 1)
        for text, size, bold in self.runs:
            wide += widths_of(_shrunk(size, share), level.latin, level.east_asian, bold)[text] if size else INFINITE
        lines = 1
        if wide > room - level.indent:
            lines = count_lines(
                self.text.replace(MORE, ""), max(sizes), room, latin=level.latin, east_asian=east_asian, bold=heavy,
                first_indent=level.indent, flow="slide",
            )  # fmt: skip
        return level.before + lines * single_line(max(sizes), level.latin, east_asian, level.line, heavy) + level.after

    def shortened(self, box_width: float, lines: int) -> str:
        """Return the text shortened by rule to so many lines."""
        level = self.level
        return shorten(
            self.text, max((size for _, size, _ in self.runs), default=level.size), box_width - level.left,
            max_lines=lines, latin=level.latin, east_asian=level.east_asian,
            bold=level.bold or any(bold for _, _, bold in self.runs), first_indent=level.indent, flow="slide",
        )  # fmt: skip

    def resized(self, share: float) -> str:
        """Return the XML with the size of every run written out."""

        def run(found: re.Match[str]) -> str:
            head = found[1] or "<a:rPr/>"
            said = _SIZE.search(head)
            size = round(_shrunk(int(said[1]) / 100 if said else self.level.size, share) * 100)
            if said:
                old, new = f' sz="{said[1]}"', f' sz="{size}"'
                return "<a:r>" + head.replace(old, new, 1)
            return f'<a:r><a:rPr sz="{size}"{head[6:]}'

        return _RUN_HEAD.sub(run, self.xml)


def _shrunk(size: float, share: float) -> float:
    return max(size * share, min(size, SMALLEST))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _piece(xml: str, inner: str, box: Box) -> _Piece:
    properties = _PROPERTIES.search(inner) if "<a:pPr" in inner else None
    level = level_of(box.levels, own_of(properties[0]) if properties else AS_LEVEL)
    runs: list[tuple[str, float, bool]] = []
    for found in _RUN.finditer(inner):
        if found[1] is None:
            runs.append(("\n", 0.0, False))
            continue
        size, bold = level.size, level.bold
        if "<a:rPr" in found[1]:
            said = _SIZE.search(found[1])
            size = int(said[1]) / 100 if said else size
            bold = bold or _BOLD.search(found[1]) is not None
        runs.append((found[2], size, bold))
    text = plain("".join(text for text, _, _ in runs))
    return _Piece(xml, text, tuple(runs), level, MORE in text)


class Fitter:
    """The filters of one rendering. What was shortened on a slide is kept until its notes are written."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._boxes = boxes
        self._left_out: list[str] = []

    def filters(self) -> dict[str, Any]:
        own = {"_fit": self.fit_box, "_fill": self.fill, "_rest": self.with_rest, "_holds": self.holds}
        return {"fit": self.fit, "more": more, **own, "_left_out": self._left_out}

    def start_slide(self) -> None:
        self._left_out.clear()

    # --- one value ---------------------------------------------------------------------------------------------

    def fit(self, value: Any, lines: int = 1, box: int = -1, taken: str = "") -> str:
        """Return a value shortened by rule to so many lines of its own box; *taken* is what its line holds besides."""
        # Of Markup, ``replace`` would escape what it puts in.
        text = plain(str(as_text(value)))
        if box < 0 or not text:
            return text
        found = self._boxes[box]
        level = found.levels[0]
        room = found.width - level.left - level.indent
        widths = widths_of(level.size, level.latin, level.east_asian, level.bold)
        if not taken and lines and widths.within(room, text):
            return text
        return self._shorten(text, level, found.width, lines, taken)

    def _shorten(self, text: str, level: Level, room: float, lines: int, taken: str) -> str:
        latin, east_asian, bold = level.latin, level.east_asian, level.bold
        used = width(taken, level.size, latin=latin, east_asian=east_asian, bold=bold) if taken else 0.0
        short = shorten(
            text, level.size, room - level.left, max_lines=max(lines, 1), first_indent=level.indent + used,
            flow="slide", latin=latin, east_asian=east_asian, bold=bold,
        )  # fmt: skip
        if short != text:
            self._left_out.append(text)
        return short

    # --- a whole box -------------------------------------------------------------------------------------------

    def fill(self, values: tuple[str, ...], box: int) -> str:
        """Return the content of a body that always holds the same runs, made of its *values* so that it fits."""
        found = self._boxes[box]
        assert found.filling is not None
        body = found.filling.body(values)
        if MORE not in body and found.holds_runs(found.filling.runs(values)):
            return body
        return self._fitted(body, found)

    def holds(self, body: str, box: int) -> bool:
        """Return whether a text body's content fits for certain; *body* is its XML behind ``<p:txBody>``."""
        return MORE not in body and self._boxes[box].holds(body)

    def fit_box(self, body: str, box: int) -> str:
        """Return a text body's content so that it fits."""
        return body if self.holds(body, box) else self._fitted(body, self._boxes[box])

    def _fitted(self, body: str, found: Box) -> str:
        start = body.find("<a:p>")
        if start < 0:
            return Markup(body)
        head, text = body[:start], body[start:]
        pieces = [_piece(match[0], match[1] or "", found) for match in _PARAGRAPH.finditer(text)]
        shown = [piece for piece in pieces if not piece.more]
        if _height(shown, found) <= found.height:
            # A body must hold a paragraph, even where only the one that is not shown was left.
            return Markup(body if len(shown) == len(pieces) else head + ("".join(one.xml for one in shown) or "<a:p/>"))
        if found.shrinks:
            for share in _STEPS:
                if _height(shown, found, share) <= found.height:
                    return Markup(head + "".join(piece.resized(share) for piece in shown))
        kept, left_out = _shortened(pieces, shown, found)
        self._left_out += left_out
        return Markup(head + "".join(kept))

    # --- the notes ---------------------------------------------------------------------------------------------

    def with_rest(self, body: str) -> str:
        """Return the notes' text body with what was shortened on the slide and does not stand in them already."""
        if not self._left_out:
            return body
        body = str(body)
        held = body.replace("&#34;", '"').replace("&#39;", "'")
        missing = [text for text in dict.fromkeys(self._left_out) if _escaped(text) not in held]
        if missing:
            body = body.removesuffix("<a:p/>")
        lines = (line for text in missing for line in text.split("\n"))
        return Markup(body + "".join(f"<a:p><a:r><a:t>{_escaped(line)}</a:t></a:r></a:p>" for line in lines))


def more(value: Any, fitted: bool = False) -> str:
    """Mark a paragraph that is shown only where its box had to leave something out; # becomes how many paragraphs.

    Where nothing is ever left out (*fitted* is false: a table, the notes, a box that grows), it is never shown.
    """
    return Markup(MORE + as_text(value)) if fitted else Markup("")


def needed_height(paragraphs: str, box: Box) -> float:
    """Return the height in points that paragraphs (XML) take in a box's width, their text at its own size."""
    return _height([_piece(found[0], found[1] or "", box) for found in _PARAGRAPH.finditer(paragraphs)], box)


def _height(pieces: Sequence[_Piece], box: Box, share: float = 1.0) -> float:
    return sum(piece.height(box.width, share) for piece in pieces)


def _shortened(pieces: Sequence[_Piece], shown: Sequence[_Piece], box: Box) -> tuple[list[str], list[str]]:
    """Return the paragraphs' XML that fits, and the texts that were shortened or left out."""
    notice = next((piece for piece in pieces if piece.more), None)
    if notice is not None:
        for keep in range(len(shown) - 1, 0, -1):
            if _height([*shown[:keep], notice], box) <= box.height:
                gone = [piece.text for piece in shown[keep:] if piece.text.strip()]
                word = notice.xml.replace(MORE, "").replace(COUNT, str(len(gone)))
                return [piece.xml for piece in shown[:keep]] + [word], gone
    keep = len(shown) - 1
    while keep > 0 and _height(shown[:keep], box) >= box.height:
        keep -= 1
    piece = shown[keep]
    gone = [part.text for part in shown[keep:] if part.text.strip()]
    kept = [part.xml for part in shown[:keep]]
    empty = piece._replace(text="", runs=tuple(("", size, bold) for _, size, bold in piece.runs if size))
    line = empty.height(box.width) - piece.level.before - piece.level.after
    room = box.height - _height(shown[:keep], box) - piece.level.before - piece.level.after
    if keep and room < line:
        return kept, gone
    short = piece.shortened(box.width, max(int(room / line + 1e-6), 1))
    return [*kept, _cut(piece.xml, piece.text, short)], gone


def _cut(xml: str, text: str, short: str) -> str:
    """Return a paragraph's XML whose runs show *short* instead of *text*; emptied runs go."""
    same = 0
    while same < min(len(text), len(short)) and text[same] == short[same]:
        same += 1
    left, added = same, short[same:]

    def cut(found: re.Match[str]) -> str:
        nonlocal left, added
        if found[1] is None:
            left -= 1
            return found[0] if left >= 0 else ""
        run = plain(found[1])
        kept, left = run[: max(left, 0)], left - len(run)
        if left <= 0 and added:
            kept, added = kept + added, ""
        return f"<a:t>{_escaped(kept)}</a:t>"

    return re.sub(r"<a:r>(?:(?!</a:r>).)*<a:t></a:t></a:r>", "", _TEXT.sub(cut, xml), flags=re.DOTALL)
