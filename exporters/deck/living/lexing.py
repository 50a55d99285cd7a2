"""A slide read from its text, in the forms in which offices write most shapes.

A shape in another form is read alone, as a tree; where the slide itself has a form not known here nothing is taken,
and the caller reads the tree of the whole slide. Slides of one mould are read once.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree
from msgspec import Struct

from exporters.charts.drawingml import A, P
from exporters.deck.living.shapes import SHAPES, Seen, parse
from exporters.package.moulds import Cutter, Hollow
from exporters.package.xmltext import PROLOG, plain

_ATTRIBUTES = rb'(?: [\w:]+="[^"<\t\n\r]*")*'
_HEAD = re.compile(PROLOG + rb"(<p:sld" + _ATTRIBUTES + rb' ?>)<p:cSld(?: name="([^"<\t\n]*)")? ?>')
_SPACES = tuple(f'xmlns:{prefix}="{space[1:-1]}"'.encode() for prefix, space in (("a", A), ("p", P)))
_NEXT = re.compile(rb"<p:(sp|graphicFrame|pic|cxnSp|grpSp)(?: [^<>]*)?>|</p:grpSp>()")
_PLACE = rb'(?:<a:xfrm[^<>]*><a:off x="(-?\d+)" y="(-?\d+)"/><a:ext cx="(-?\d+)" cy="(-?\d+)"/>)?(?!<a:xfrm)'
# Groups that give nothing back: what is skipped ends where it ends.
_GROUP = re.compile(
    rb"<p:grpSp>(?><p:nvGrpSpPr>.*?</p:nvGrpSpPr>)<p:grpSpPr[^<>]*(?:(?<=/)>|(?<!/)>" + _PLACE + rb")", re.DOTALL
)
_SHAPE = re.compile(
    # 1 the attributes of its name, 2 of its placeholder
    rb"<p:sp(?: [^<>]*)?><p:nvSpPr><p:cNvPr(" + _ATTRIBUTES + rb") ?(?>/>|>.*?</p:cNvPr>)"
    rb"(?><p:cNvSpPr[^<>]*(?:(?<=/)>|(?<!/)>.*?</p:cNvSpPr>))"
    rb"<p:nvPr[^<>]*(?:(?<=/)>|(?<!/)>(?:<p:ph(" + _ATTRIBUTES + rb") ?/>)?</p:nvPr>)</p:nvSpPr>"
    # 3 to 6 its place
    rb"<p:spPr[^<>]*(?:(?<=/)>|(?<!/)>" + _PLACE + rb"(?>.*?</p:spPr>))(?><p:style>.*?</p:style>)?"
    # 7 the paragraphs of its text
    rb"(?:<p:txBody>(?><a:bodyPr[^<>]*(?:(?<=/)>|(?<!/)>.*?</a:bodyPr>))"
    rb"(?><a:lstStyle/>|<a:lstStyle>.*?</a:lstStyle>)?((?>.*?</p:txBody>)))?</p:sp>",
    re.DOTALL,
)
_FORM = rb"(?><a:rPr[^<>]*(?:(?<=/)>|(?<!/)>.*?</a:rPr>))?"
_PIECES = re.compile(
    # 1 a text, 2 a paragraph, 3 the end of a line
    rb"<a:r>" + _FORM + rb"<a:t>([^<]*)</a:t></a:r>|(<a:p/?>)|(<a:br/>|<a:br>" + _FORM + rb"</a:br>)"
    # what says nothing
    rb"|</a:p>|<a:(?:pPr|endParaRPr)[^<>]*/>|<a:(pPr|endParaRPr|fld)(?: [^<>]*)?>.*?</a:\4>"
    rb"|<a:r>" + _FORM + rb"<a:t/></a:r>|</p:txBody>"
    # 5 anything else
    rb"|([\s\S])",
    re.DOTALL,
).findall
_ATTRIBUTE = re.compile(rb' ([\w:]+)="([^"]*)"').findall
_COLOUR = re.compile(rb'<a:srgbClr(?: [\w:]+="[^"<]*")*? val="([^"<]*)"').findall


class Words(NamedTuple):
    """What the text of a slide tells: the name that it was given, its shapes in order, the colours that it names."""

    name: str
    shapes: list[Seen]
    colours: set[str]


_CUTTER = Cutter(("<a:t>", "</a:t>"), (' name="', '"'), (' descr="', '"'))


class SlideMould(Struct):
    """What the slides of one mould tell, with holes in it."""

    words: Words
    name: Hollow
    shapes: list[tuple[Seen, Hollow, Hollow | None, Hollow]]
    """Each with its name, its text and its alternative text."""

    @classmethod
    def of(cls, words: Words) -> SlideMould:
        shapes = [
            (one, Hollow.of(one.name), None if one.text is None else Hollow.of(one.text), Hollow.of(one.alternative))
            for one in words.shapes
        ]
        return cls(words, Hollow.of(words.name), shapes)

    def filled(self, texts: list[str]) -> Words:
        """Return what the slide with these texts tells."""
        shapes = [
            Seen(
                seen.tag,
                name.filled(texts),
                seen.holder,
                seen.box,
                None if text is None else text.filled(texts),
                seen.frame,
                alternative.filled(texts),
            )
            for seen, name, text, alternative in self.shapes
        ]
        return Words(self.name.filled(texts), shapes, self.words.colours)


def read_slide(data: bytes, known: dict[bytes, SlideMould], known_shapes: dict[bytes, Seen]) -> Words | None:
    """Return what a slide tells; None where it has a form not known here. Moulds and shapes are read once."""
    # The cells of tables are read from their elements.
    cut = _CUTTER.cut(data) if b"<a:tbl" not in data else None
    if cut is None:
        return lex(data, known_shapes)
    mould, texts = cut
    found = known.get(mould)
    if found is None:
        words = lex(_CUTTER.hollow(mould), known_shapes)
        if words is None:
            return None
        found = known[mould] = SlideMould.of(words)
    return found.filled(texts)


def lex(data: bytes, known_shapes: dict[bytes, Seen]) -> Words | None:
    """Return what a slide tells; None where it has a form not known here.

    Shapes of which *known_shapes* tells are not read; all others are added to it.
    """
    head = _HEAD.match(data)
    known = head is not None and all(data.count(one) == 1 == data.count(one[8:]) for one in _SPACES)
    if head is None or not known or b"<!" in data or b"AlternateContent" in data:
        return None
    try:
        shapes = _shapes(data, head[1], head.end(), known_shapes)
    except (ValueError, etree.XMLSyntaxError):
        return None
    colours = _COLOUR(data)
    if shapes is None or len(colours) != data.count(b"<a:srgbClr"):
        return None
    return Words(plain(head[2] or b""), shapes, {plain(one).lower() for one in colours})


def _shapes(data: bytes, shell: bytes, at: int, known: dict[bytes, Seen]) -> list[Seen] | None:
    found: list[Seen] = []
    groups: list[tuple[int, ...]] = []
    while (start := _NEXT.search(data, at)) is not None:
        kind, at = start[1], start.end()
        if kind == b"grpSp":
            group = _GROUP.match(data, start.start())
            if group is None:
                return None
            groups.append(_numbers(group, 1))
            at = group.end()
        elif kind is None:
            if not groups:
                return None
            groups.pop()
        else:
            end = b"</p:%s>" % kind
            at = data.index(end, at) + len(end)
            text = data[start.start() : at]
            seen = known.get(text)
            if seen is None:
                shape = _SHAPE.fullmatch(text)
                seen = (_seen(shape) if shape is not None else None) or _alone(shell, text)
                if seen is None:
                    return None
                known[text] = seen
            if groups and seen.box:
                seen = seen._replace(box=seen.box + tuple(number for group in reversed(groups) for number in group))
            found.append(seen)
    return found


def _alone(shell: bytes, text: bytes) -> Seen | None:
    """Read a shape as a tree of its own; None where there are others in it."""
    root = parse(shell + text + b"</p:sld>")
    return Seen.of(root[0]) if len(list(root.iter(*SHAPES))) == 1 else None


def _seen(shape: re.Match[bytes]) -> Seen | None:
    attributes = dict(_ATTRIBUTE(shape[1]))
    holder = None
    if shape[2] is not None:
        own = dict(_ATTRIBUTE(shape[2]))
        holder = plain(own.get(b"type", b"obj")), plain(own.get(b"idx", b"0"))
    lines: list[str] = []
    for text, begun, broken, _, other in _PIECES(shape[7] or b""):
        if text:
            lines[-1] += plain(text)
        elif begun:
            lines.append("")
        elif broken:
            lines[-1] += "\n"
        elif other:
            return None
    name, text = plain(attributes.get(b"name", b"")), "\n".join(lines) if lines else None
    return Seen(f"{P}sp", name, holder, _numbers(shape, 3), text)


def _numbers(found: re.Match[bytes], first: int) -> tuple[int, ...]:
    numbers = found.groups()[first - 1 : first + 3]
    return () if numbers[0] is None else tuple(map(int, numbers))
