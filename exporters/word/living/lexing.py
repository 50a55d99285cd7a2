"""The paragraphs of a document part read from its text, in the forms in which offices write most of them.

Every byte has to fit one of these forms, or stand in a paragraph that can be read alone, as a tree: then that is done.
Where a form is not known here nothing is taken, and the caller reads the tree of the whole part. Tables of one mould
are read once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from lxml import etree
from msgspec import Struct, field

from exporters.package.xmltext import PROLOG, plain
from exporters.word.anchors import PREFIX, plain_name
from exporters.word.living.atoms import (
    ANCHORS,
    CONTENTS_PREFIX,
    ITEM_PREFIX,
    LINK,
    NOTE_MARKS,
    TOC,
    Anchor,
    Atom,
    Kind,
    Walker,
)
from exporters.word.living.found import Read, Rows, RowsMould
from exporters.word.living.lines import CHART, DRAWING, PARSER, TBL, TC, TR, Between, Line, Node, P, Part, take, unbound
from exporters.word.living.stories import scan
from exporters.word.living.tables import HEAD, Cut, cut, has_moulds, hollow, mould_of
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
_NONE = dict.fromkeys((P, TR, CHART, DRAWING), 0)
_BODY = f"{W}body"
_AROUND = {TBL: _BODY, TR: TBL}
"""What tables and rows are known as a whole in."""
_ENDS = {TBL: b"</w:tbl>", TR: b"</w:tr>"}
_Whole = tuple[Rows, int]
"""Rows that need not be read, and where they end."""
# Looked up as plain names, for there are some hundred thousand atoms.
_PLAIN, _CONTROL = Kind.TEXT, Kind.CONTROL


class Texts(dict[bytes, str]):
    """What bytes stand for; most words of a briefing stand in it many times."""

    def __missing__(self, raw: bytes) -> str:
        found = self[raw] = plain(raw)
        return found


class Known(Struct):
    """What is known by its text, of this briefing or of another edition of it."""

    texts: Texts = field(default_factory=Texts)
    _cuts: dict[bytes, Cut | None] = field(default_factory=dict)
    tables: dict[tuple[bytes, tuple[int, ...]], RowsMould | None] = field(default_factory=dict)

    def cut(self, rows: bytes) -> Cut | None:
        """Take the texts out of rows; what another edition holds octet for octet is not cut again."""
        if rows not in self._cuts:
            self._cuts[rows] = cut(rows)
        return self._cuts[rows]


def lex(part: Part, digests: Mapping[str, str], known: Known) -> list[Read] | None:
    """Return the paragraphs of a document, and the anchors between them; None where it has a form not known here.

    What is known is well-formed but perhaps for the attributes of what shows nothing.
    """
    head = _HEAD.match(part.data)
    if head is None or part.data.count(_NAMESPACE) != 1:
        return None
    try:
        return _Lexer(part, head[1], digests, known).body(head.end())
    except etree.XMLSyntaxError:
        return None


_GOES_ON = re.compile(rb"""<w:vMerge(?! w:val="restart")""")


class _Lexer:
    def __init__(
        self,
        part: Part,
        shell: bytes,
        digests: Mapping[str, str],
        known: Known,
        block: int = -1,
        counts: Mapping[str, int] = _NONE,
    ) -> None:
        self._part, self._data, self._shell = part, part.data, shell
        self._digests = digests
        self._walker = Walker(digests)
        self._block, self.counts = block, dict(counts)
        """Which block of the body is read, and how many elements were met in it, by their tags."""
        self._starts: list[int] = []
        self._known, self._texts = known, known.texts
        self.usual = True
        """Whether no paragraph was read as a tree of its own."""

    def body(self, start: int) -> list[Read] | None:
        """Return what stands in the body, which begins at *start*."""
        found: list[Read] = []
        whole = self._whole if has_moulds(self._data) else _never
        at = self._blocks(start, len(self._data), found, [Node(None, _BODY)], whole)
        if at < 0 or self._data[at:].rstrip() != _TAIL:
            return None
        self._part.shell, self._part.starts = self._shell, [*self._starts, at]
        return found

    def rows(self, start: int, end: int) -> list[Read] | None:
        """Return what stands in rows of a table, without looking for their mould."""
        found: list[Read] = []
        around = [Node(None, TBL)]
        return found if self._blocks(start, end, found, around, _never) == end else None

    def _blocks(
        self, at: int, end: int, found: list[Read], around: list[Node], whole: Callable[[int, str], _Whole | None]
    ) -> int:
        """Read blocks up to *end*, or to what is none; return where that is, -1 where a form is not known.

        *whole* gives a table, or a row of one, that need not be read.
        """
        depth, in_body = len(around), around[0].tag == _BODY
        data, match = self._data, _BLOCK.match
        rows: tuple[Node, ...] = ()
        while at < end and (block := match(data, at)) is not None:
            at = block.end()
            form = block.lastindex
            if in_body and len(around) == 1:
                self._block, self.counts = self._block + 1, dict(_NONE)
                self._starts.append(block.start())
            if form == _PARAGRAPH:
                line = Line(self._node(P), around[-1], self._digests, rows)
                inside, stop = at, at if block[2] else data.find(_CLOSED, at)
                if stop < 0:
                    return -1
                if not block[2]:
                    at = stop + len(_CLOSED)
                if self._walker.in_field or not self._pieces(line, inside, stop):
                    self._alone(line, block.start(), at)
                found.append(line)
            elif form == _NEXT_CELL:
                if around[-1].tag != TC:
                    return -1
                around[-1] = Node(None, TC)
            elif form == _OPEN:
                tag = W + block[4].decode()
                known = whole(block.start(), tag) if around[-1].tag == _AROUND.get(tag) else None
                if known is not None:
                    rows_read, at = known
                    found.append(rows_read)
                elif tag == TR:
                    around.append(self._node(TR))
                    rows = (around[-1], *rows)
                else:
                    around.append(Node(None, tag))
            elif form == _CLOSE:
                closed = around.pop()
                if not around or closed.tag != W + block[5].decode():
                    return -1
                if closed.tag == TR:
                    rows = rows[1:]
            elif form in (_BEGIN, _STOP):
                name = block[7].decode() if form == _BEGIN else ""
                if not around[-1].tag.startswith(_CONTROLS) and (form == _STOP or name.startswith(ITEM_PREFIX)):
                    found.append(Between((block[6] or block[8]).decode(), plain_name(name)))
        return at if len(around) == depth else -1

    def _whole(self, start: int, tag: str) -> _Whole | None:
        """Return the rows of a table, or one row, whose mould is known, and where they end; None where they are to be
        read."""
        head = HEAD.match(self._data, start) if tag == TBL else None
        if self._walker.in_field or (tag == TBL and head is None):
            return None
        end = self._data.find(_ENDS[tag], start)
        first, end = (start, end + len(_ENDS[tag])) if head is None else (head.end(), end)
        taken = self._known.cut(self._data[first:end]) if end > first else None
        if taken is None:
            return None
        form, texts = taken
        if form not in self._known.tables:
            self._known.tables[form] = self._mould(hollow(self._data[first:end]))
        mould = self._known.tables[form]
        if mould is None:
            return None
        block, before = self._block, self.counts
        self.counts = {one: number + mould.counts[one] for one, number in before.items()}
        scanned = partial(scan, self._part, digests=self._digests, notes={})

        def lines() -> list[Read]:
            found = _Lexer(self._part, self._shell, self._digests, self._known, block, before).rows(first, end)
            assert found is not None
            return found

        def node(tag: str, number: int) -> Node:
            return Node(self._part, tag, block, before[tag] + number)

        behind = end + len(_ENDS[TBL]) if head is not None else end
        return Rows(mould, [self._texts[one] for one in texts], node, lines, scanned), behind

    def _mould(self, text: bytes) -> RowsMould | None:
        if _GOES_ON.search(text):
            # What cells say that are merged into those above follows from the rows around them.
            return None
        part = Part(text)
        lexer = _Lexer(part, self._shell, self._digests, self._known)
        lines = lexer.rows(0, len(text))
        return mould_of(part, lines, lexer.counts, self._digests) if lines is not None and lexer.usual else None

    def _node(self, tag: str, seen: etree._Element | None = None) -> Node:
        number = self.counts[tag]
        self.counts[tag] = number + 1
        return Node(self._part, tag, self._block, number, seen)

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
            elif code and LINK.match(text[code]):
                atoms.append(Atom(_PLAIN, None, text[result], "", (), line))
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
        self.usual = False
        shell = etree.fromstring(self._shell + self._data[start:end] + b"</w:document>", PARSER)
        element = shell[0]
        line.shown = [self._node(str(one.tag), one) for one in element.iter(CHART, DRAWING)]
        take(line, element, self._walker)
        unbound(line.atoms, line)


def _never(_start: int, _tag: str) -> None:
    return None
