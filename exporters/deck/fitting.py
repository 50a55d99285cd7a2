"""Filters that keep text inside its box: PowerPoint applies autofit only after an edit, so it is done here.

A box that may shrink its text (``normAutofit``) gets the scale that PowerPoint itself would store, down to the smallest
size that reads; what still does not fit is shortened by rule, and its whole text goes to the notes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from exporters.binding.environment import text as as_text
from exporters.deck.boxes import AS_LEVEL, SEAM, Box, Level, level_of, own_of, plain, read_box, run_width, single_line
from exporters.metrics import Paragraph, count_lines, shorten, width

#: No text is made smaller than this (points), unless the template itself sets it smaller.
SMALLEST = 16.0
_STEPS = tuple(range(95, 20, -5))
#: Begins a paragraph that is shown only where the box had to leave something out.
MORE = "\ufdde"
COUNT = "#"

_PARAGRAPH = re.compile(r"<a:p>(.*?)</a:p>|<a:p/>", re.DOTALL)
_TEXT = re.compile(r"<a:t>([^<]*)</a:t>|<a:br(?:/>|>.*?</a:br>)")
_PROPERTIES = re.compile(r"<a:pPr[ />].*?(?:/>|</a:pPr>)", re.DOTALL)
_RUN = re.compile(r"<a:(?:r|fld)[ >](.*?)<a:t>([^<]*)</a:t>|<a:br(?:/>|>.*?</a:br>)", re.DOTALL)
_SIZE = re.compile(r'<a:rPr[^>]*? sz="(\d+)"')
_BOLD = re.compile(r'<a:rPr[^>]* b="(1|true)"')


class _Piece(NamedTuple):
    """A paragraph of the rendered text: its XML, its text, how it is set, its width where it fits one line."""

    xml: str
    text: str
    shape: Paragraph
    wide: float
    more: bool


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _piece(xml: str, inner: str, box: Box) -> _Piece:
    properties = _PROPERTIES.search(inner) if "<a:pPr" in inner else None
    own = own_of(properties[0]) if properties else AS_LEVEL
    level = level_of(box.levels, own)
    texts: list[str] = []
    wide, largest, heavy = 0.0, 0.0, level.bold
    for found in _RUN.finditer(inner):
        if found[1] is None:
            texts.append("\n")
            wide = float("inf")
            continue
        size, bold = level.size, level.bold
        if "<a:rPr" in found[1]:
            said = _SIZE.search(found[1])
            size = int(said[1]) / 100 if said else size
            bold = bold or _BOLD.search(found[1]) is not None
        texts.append(found[2])
        wide += run_width(found[2], size, level.latin, level.east_asian, bold) + (SEAM * size if wide else 0.0)
        largest, heavy = max(largest, size), heavy or bold
    text = plain("".join(texts))
    shape = Paragraph(
        text.replace(MORE, ""),
        largest or level.size,
        level.latin,
        # Latin text alone has the Latin font's line height, which is lower.
        level.latin if text.isascii() and level.latin else level.east_asian,
        heavy,
        0.0,
        level.line,
        level.before,
        level.after,
        level.left,
        level.indent,
        "slide",
    )
    return _Piece(xml, text, shape, wide, MORE in text)


class Fitter:
    """The filters of one rendering. What was shortened on a slide is kept until its notes are written."""

    def __init__(self, boxes: Sequence[dict[str, Any]]) -> None:
        self._boxes = [read_box(box) for box in boxes]
        self._left_out: list[str] = []

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"fit": self.fit, "more": more, "_fit": self.fit_box, "_rest": self.with_rest}

    def start_slide(self) -> None:
        self._left_out.clear()

    # --- one value ---------------------------------------------------------------------------------------------

    def fit(self, value: Any, lines: int = 1, box: int = -1, taken: str = "") -> str:
        """Return a value shortened by rule to so many lines of its own box; *taken* is what its line holds besides."""
        text = plain(as_text(value))
        if box < 0 or not text:
            return text
        found = self._boxes[box]
        level = found.levels[0]
        room = found.width - level.left - level.indent
        if not taken and lines and run_width(text, level.size, level.latin, level.east_asian, level.bold) <= room:
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

    def fit_box(self, body: str, box: int) -> str:
        """Return a text body's content so that it fits; *body* is its XML behind ``<p:txBody>``."""
        found = self._boxes[box]
        if MORE not in body and found.holds(body):
            return body
        body = str(body)
        start = body.find("<a:p>")
        if start < 0:
            return Markup(body)
        head, text = body[:start], body[start:]
        pieces = [_piece(match[0], match[1] or "", found) for match in _PARAGRAPH.finditer(text)]
        shown = [piece for piece in pieces if not piece.more]
        if _height(shown, found, 100) <= found.height:
            return Markup(body if len(shown) == len(pieces) else head + _joined(shown))
        if found.shrinks:
            for scale in _STEPS:
                if min(piece.shape.size for piece in shown) * scale < SMALLEST * 100:
                    break
                if _height(shown, found, scale) <= found.height:
                    return Markup(_scaled(head, scale) + _joined(shown))
        kept, left_out = _shortened(pieces, shown, found)
        self._left_out += left_out
        return Markup(head + "".join(kept))

    # --- the notes ---------------------------------------------------------------------------------------------

    def with_rest(self, body: str) -> str:
        """Return the notes' text body with what was shortened on the slide and does not stand in them already."""
        body = str(body)
        missing = [text for text in dict.fromkeys(self._left_out) if _escaped(text) not in body.replace("&#34;", '"')]
        return Markup(body + "".join(f"<a:p><a:r><a:t>{_escaped(text)}</a:t></a:r></a:p>" for text in missing))


def more(value: Any) -> str:
    """Mark a paragraph that is shown only where its box had to leave something out; # becomes how many paragraphs."""
    return Markup(MORE + as_text(value))


def _joined(pieces: Sequence[_Piece]) -> str:
    return "".join(piece.xml for piece in pieces)


def _height(pieces: Sequence[_Piece], box: Box, scale: int) -> float:
    share = scale / 100
    return sum(_paragraph_height(piece, box.width, share) for piece in pieces)


def _paragraph_height(piece: _Piece, box_width: float, share: float) -> float:
    """Return what a paragraph takes, its text at *share* of its size."""
    p = piece.shape
    size = p.size * share
    room = box_width - p.indent
    lines = 1
    if piece.wide * share > room - p.first_indent:
        lines = count_lines(
            p.text, size, room, latin=p.latin, east_asian=p.east_asian, bold=p.bold, first_indent=p.first_indent,
            flow="slide",
        )  # fmt: skip
    return p.before + lines * single_line(size, p.latin, p.east_asian, p.line_spacing, p.bold) + p.after


def _scaled(head: str, scale: int) -> str:
    return re.sub(r"<a:normAutofit[^>]*/>", f'<a:normAutofit fontScale="{scale * 1000}"/>', head)


def _shortened(pieces: Sequence[_Piece], shown: Sequence[_Piece], box: Box) -> tuple[list[str], list[str]]:
    """Return the paragraphs' XML that fits, and the texts that were shortened or left out."""
    notice = next((piece for piece in pieces if piece.more), None)
    if notice is not None:
        for keep in range(len(shown) - 1, 0, -1):
            if _height([*shown[:keep], notice], box, 100) <= box.height:
                gone = [piece.text for piece in shown[keep:] if piece.text.strip()]
                word = notice.xml.replace(MORE, "").replace(COUNT, str(len(gone)))
                return [piece.xml for piece in shown[:keep]] + [word], gone
    keep = len(shown) - 1
    while keep > 0 and _height(shown[:keep], box, 100) >= box.height:
        keep -= 1
    piece = shown[keep]
    shape = piece.shape
    line = single_line(shape.size, shape.latin, shape.east_asian, shape.line_spacing, shape.bold)
    room = box.height - _height(shown[:keep], box, 100) - shape.before - shape.after
    lines = max(int(room / line + 1e-6), 1)
    if keep and room < line:
        return [part.xml for part in shown[:keep]], [part.text for part in shown[keep:] if part.text.strip()]
    short = shorten(
        shape.text, shape.size, box.width - shape.indent, max_lines=lines, latin=shape.latin,
        east_asian=shape.east_asian, bold=shape.bold, first_indent=shape.first_indent, flow="slide",
    )  # fmt: skip
    gone = [part.text for part in shown[keep:] if part.text.strip()]
    return [*(part.xml for part in shown[:keep]), _cut(piece.xml, shape.text, short)], gone


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
