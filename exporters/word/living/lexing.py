"""The paragraphs of a document part read from its text, in the forms in which offices write most of them.

Every byte has to fit one of these forms, or stand in a paragraph that can be read alone, as a tree: then that is done.
Where a form is not known here nothing is taken, and the caller reads the tree of the whole part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from exporters.package.xmltext import PROLOG, plain
from exporters.word.anchors import PREFIX, plain_name
from exporters.word.living.atoms import (
    ANCHORS,
    CONTENTS_PREFIX,
    ITEM_PREFIX,
    NOTE_MARKS,
    TOC,
    Anchor,
    Atom,
    Kind,
    Walker,
)
from exporters.word.living.lines import CHART, DRAWING, PARSER, TC, TR, Between, Line, Node, P, Part, take, unbound
from exporters.word.names import W

_ATTRIBUTES = rb'(?: [\w:]+="[^"<]*")*'
_HEAD = re.compile(PROLOG + rb"(<w:document" + _ATTRIBUTES + rb">)<w:body>")
_NAMESPACE = W[1:-1].encode()

_START = rb'<w:bookmarkStart w:id="(\d+)" w:name="([^"<\t\n]*)"/>'
_END = rb'<w:bookmarkEnd w:id="(\d+)"/>'
_BLOCK = re.compile(
    # 1 a paragraph, 2 whether it is empty
    rb"(<w:p" + _ATTRIBUTES + rb" ?(/?)>)"
    # 3 from one cell of a row to the next
    rb"|</w:tc>(<w:tc>)(?:<w:tcPr>.*?</w:tcPr>)?"
    # 4 what other things stand in begins, 5 ends
    rb"|<w:(tbl|tr|tc|sdt|sdtContent)" + _ATTRIBUTES + rb">(?:<w:(?:tcPr|trPr)>.*?</w:(?:tcPr|trPr)>)?"
    rb"|</w:(tbl|tr|tc|sdt|sdtContent)>"
    # 6 and 7 number and name of a bookmark, 8 the number of one that ends
    rb"|" + _START + rb"|" + _END
    # 9 and 10 what shows nothing
    + rb"|<w:(tblPr|tblGrid|trPr|tcPr|sdtPr|sectPr)" + _ATTRIBUTES + rb" ?(?:/>|>.*?</w:\9>)"
    rb"|<w:(proofErr|commentRangeStart|commentRangeEnd|permStart|permEnd)" + _ATTRIBUTES + rb" ?/>",
    re.DOTALL,
)  # fmt: skip
_PARAGRAPH, _NEXT_CELL, _OPEN, _CLOSE, _BEGIN, _STOP = 1, 3, 4, 5, 7, 8

_FORM = rb"(?:<w:rPr>(?:<[^<>]*/>)*</w:rPr>|<w:rPr/>)?"
_RUN = rb"<w:r" + _ATTRIBUTES + rb">" + _FORM
_TEXT = rb'<w:t(?: xml:space="preserve")?>([^<]+)</w:t></w:r>'
_MARK = _RUN + rb'<w:fldChar w:fldCharType="%s"/></w:r>'
_PIECE = re.compile(
    # A value: 1 its bookmark's number, 2 its key, 3 its text.
    rb'<w:bookmarkStart w:id="(\d+)" w:name="' + PREFIX.encode() + rb'[^"<]*"/><w:sdt><w:sdtPr>' + _FORM
    + rb'<w:alias w:val="([^"<\t\n]+)"/>(?:<(?!w:alias)[^<>]*/>)*</w:sdtPr><w:sdtContent>'
    + _RUN + _TEXT + rb'</w:sdtContent></w:sdt><w:bookmarkEnd w:id="\1"/>'
    # 4 a piece of text
    rb"|" + _RUN + _TEXT
    # 5 and 6 number and name of another bookmark, 7 the number of one that ends
    + rb"|" + _START + rb"|" + _END
    # what shows nothing
    + rb"|<w:pPr>(?:<(?!w:pPr)[^<>]*>)*?</w:pPr>|<w:proofErr [^<>]*/>"
    # 8 the kind of a note, 9 its number
    rb"|" + _RUN + rb'<w:(footnote|endnote)Reference w:id="(-?\d+)"/></w:r>'
    # 10 the instruction of a field, 11 what it shows
    + rb"|" + _MARK % b"begin" + _RUN + rb'<w:instrText(?: xml:space="preserve")?>([^<]+)</w:instrText></w:r>'
    + _MARK % b"separate" + _RUN + _TEXT + _MARK % b"end"
    # 12 anything else
    + rb"|([\s\S])"
).findall  # fmt: skip
_CLOSED = b"</w:p>"
_TAIL = b"</w:body></w:document>"
_NAMES = re.compile(rb'<w:bookmarkStart (?:[^<>]*? )?w:name="([^"<]*)"')
_ANCHORS = tuple(prefix.encode() for prefix in ANCHORS)
_VALUES, _LISTED = PREFIX.encode(), CONTENTS_PREFIX.encode()
_NOTES = {mark.removeprefix(W).removesuffix("Reference").encode(): kind for mark, kind in NOTE_MARKS.items()}
_CONTROLS = f"{W}sdt"
# Looked up as plain names, for there are some hundred thousand atoms.
_PLAIN, _CONTROL = Kind.TEXT, Kind.CONTROL


def lex(part: Part, digests: Mapping[str, str]) -> list[Line | Between] | None:
    """Return the paragraphs of a document, and the anchors between them; None where it has a form not known here.

    What is known is well-formed but perhaps for the attributes of what shows nothing.
    """
    head = _HEAD.match(part.data)
    if head is None or part.data.count(_NAMESPACE) != 1:
        return None
    try:
        return _Lexer(part, head, digests).lines()
    except etree.XMLSyntaxError:
        return None


class _Lexer:
    def __init__(self, part: Part, head: re.Match[bytes], digests: Mapping[str, str]) -> None:
        self._part, self._data, self._at = part, part.data, head.end()
        self._shell = head[1]
        self._digests = digests
        self._walker = Walker(digests)
        self._counts = dict.fromkeys((P, TR, CHART, DRAWING), 0)
        self._texts = _Texts()

    def lines(self) -> list[Line | Between] | None:
        data, at, match = self._data, self._at, _BLOCK.match
        found: list[Line | Between] = []
        around = [Node(None, f"{W}body")]
        rows: tuple[Node, ...] = ()
        while (block := match(data, at)) is not None:
            at = block.end()
            form = block.lastindex
            if form == _PARAGRAPH:
                line = Line(self._node(P), around[-1], self._digests, rows)
                inside, end = at, at if block[2] else data.find(_CLOSED, at)
                if end < 0:
                    return None
                if not block[2]:
                    at = end + len(_CLOSED)
                if self._walker.in_field or not self._pieces(line, inside, end):
                    self._alone(line, block.start(), at)
                found.append(line)
            elif form == _NEXT_CELL:
                if around[-1].tag != TC:
                    return None
                around[-1] = Node(None, TC)
            elif form == _OPEN:
                tag = W + block[4].decode()
                if tag == TR:
                    around.append(self._node(TR))
                    rows = (around[-1], *rows)
                else:
                    around.append(Node(None, tag))
            elif form == _CLOSE:
                closed = around.pop()
                if closed.tag != W + block[5].decode():
                    return None
                if closed.tag == TR:
                    rows = rows[1:]
            elif form in (_BEGIN, _STOP):
                name = block[7].decode() if form == _BEGIN else ""
                if not around[-1].tag.startswith(_CONTROLS) and (form == _STOP or name.startswith(ITEM_PREFIX)):
                    found.append(Between((block[6] or block[8]).decode(), plain_name(name)))
        return found if len(around) == 1 and data[at:].rstrip() == _TAIL else None

    def _node(self, tag: str, seen: etree._Element | None = None) -> Node:
        number = self._counts[tag]
        self._counts[tag] = number + 1
        return Node(self._part, tag, number, seen)

    def _pieces(self, line: Line, start: int, end: int) -> bool:
        """Read a paragraph whose inside is all of known forms; return whether it is."""
        atoms: list[Atom] = []
        anchors: list[Anchor] = []
        text, heading = self._texts, False
        for _, key, shown, words, number, name, stop, kind, note, code, result, other in _PIECE(self._data, start, end):
            if key:
                inner = (Atom(_PLAIN, None, text[shown], "", (), line),)
                atoms.append(Atom(_CONTROL, None, "", text[key], inner, line))
            elif words:
                atoms.append(Atom(_PLAIN, None, text[words], "", (), line))
            elif stop:
                anchors.append(Anchor(len(atoms), stop.decode()))
            elif name.startswith(_ANCHORS):
                heading = heading or name.startswith(_LISTED)
                anchors.append(Anchor(len(atoms), number.decode(), plain_name(name.decode())))
            elif note:
                atoms.append(Atom(Kind.NOTE, None, _NOTES[kind], note.decode(), (), line))
            elif code and not TOC.match(text[code]):
                inner = (Atom(_PLAIN, None, text[result], "", (), line),)
                atoms.append(Atom(Kind.FIELD, None, "", "", inner, line))
            elif code or other or name.startswith(_VALUES):
                return False
        line.atoms, line.anchors = atoms, anchors
        if heading:
            line.names = [text[name] for name in _NAMES.findall(self._data, start, end)]
        return True

    def _alone(self, line: Line, start: int, end: int) -> None:
        """Read a paragraph as a tree of its own."""
        shell = etree.fromstring(self._shell + self._data[start:end] + b"</w:document>", PARSER)
        element = shell[0]
        line.shown = [self._node(str(one.tag), one) for one in element.iter(CHART, DRAWING)]
        take(line, element, self._walker)
        unbound(line.atoms, line)


class _Texts(dict[bytes, str]):
    """What bytes stand for; most words of a briefing stand in it many times."""

    def __missing__(self, raw: bytes) -> str:
        found = self[raw] = plain(raw)
        return found
