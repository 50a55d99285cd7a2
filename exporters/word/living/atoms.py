"""The contents of one paragraph as a flat list of atoms: pieces of text, bound values, fields, anchors.

Text counts as it reads with all revisions accepted: what people deleted under tracking is not there, what they
inserted is. Atoms keep hold of their elements, so that what was read can be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Protocol

from msgspec import Struct

from exporters.snapshot import MARK
from exporters.word.anchors import PREFIX, plain_name, value_key
from exporters.word.names import MC, W
from exporters.word.xmlparts import Element

ITEM_PREFIX = "_bp_"
CONTENTS_PREFIX = "_Toc_"
ANCHORS = (ITEM_PREFIX, CONTENTS_PREFIX)

_THROUGH = frozenset(
    f"{W}{name}"
    for name in ("ins", "moveTo", "hyperlink", "smartTag", "customXml", "sdtContent", "dir", "bdo", "ruby", "rubyBase")
)
_GONE = frozenset((f"{W}del", f"{W}moveFrom"))
_SIGNS = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
NOTE_MARKS = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes"}
TOC = re.compile(r"^\s*TOC\b", re.IGNORECASE)
LINK = re.compile(r"^\s*HYPERLINK\b", re.IGNORECASE)
"""Matches the instruction of a field that is read as the text that it shows: editors make a link of it."""

R, T, BR, SDT = f"{W}r", f"{W}t", f"{W}br", f"{W}sdt"
START, END = f"{W}bookmarkStart", f"{W}bookmarkEnd"
_FIELD_CHAR, _INSTRUCTION = f"{W}fldChar", f"{W}instrText"
_CONTENT, _PROPERTIES, _ALIAS, _VAL = f"{W}sdtContent", f"{W}sdtPr", f"{W}alias", f"{W}val"
_NAME, _ID = f"{W}name", f"{W}id"
_SIMPLE_FIELD, _INSTRUCTIONS = f"{W}fldSimple", f"{W}instr"
_PAGE_BREAKS = frozenset(("page", "column"))


class Kind(IntEnum):
    """What an atom is."""

    TEXT = 0
    """A ``w:t``."""
    SIGN = 1
    """A tab, line break or hyphen."""
    CONTROL = 2
    """A content control with an alias."""
    BOOKED = 3
    """A value whose control is gone, or lost its alias in an editor: it is known by its bookmark."""
    FIELD = 4
    NOTE = 5
    PARAGRAPH = 6
    """The end of a paragraph within an item that a person split."""


class Home(Protocol):
    """A paragraph that was read without its elements."""

    @property
    def element(self) -> Element: ...

    def settle(self) -> None:
        """Give all atoms of the paragraph their elements."""


class Atom:
    """One piece. ``key`` is a value's key or a note's id; ``inner`` the pieces inside it.

    Its element, and the two ends of a value's bookmark, are looked for in the tree when they are asked for, where the
    paragraph (``home``) was read without them.
    """

    __slots__ = ("_end", "_node", "_start", "home", "inner", "key", "kind", "text")

    def __init__(
        self,
        kind: Kind,
        node: Element | None,
        text: str = "",
        key: str = "",
        inner: Sequence[Atom] = (),
        home: Home | None = None,
    ) -> None:
        self.kind, self.text, self.key, self.inner, self.home = kind, text, key, inner, home
        self._node = node
        self._start: Element | None = None
        self._end: Element | None = None

    @property
    def node(self) -> Element:
        if self._node is None:
            self._settle()
        assert self._node is not None
        return self._node

    @property
    def start(self) -> Element | None:
        if self._node is None:
            self._settle()
        return self._start

    @property
    def end(self) -> Element | None:
        if self._node is None:
            self._settle()
        return self._end

    def book(self, start: Element, end: Element) -> None:
        """Set the two ends of a value's bookmark."""
        self._start, self._end = start, end

    def _settle(self) -> None:
        assert self.home is not None
        if self.kind is Kind.PARAGRAPH:
            self._node = self.home.element
        else:
            self.home.settle()

    def become(self, found: Atom) -> None:
        """Take the elements of the same atom, read from the tree; what has some keeps them."""
        if self._node is None:
            self._node, self._start, self._end = found.node, found.start, found.end

    def forget(self, home: Home) -> None:
        """Let go of the elements: they are not those of the document."""
        self.home, self._node, self._start, self._end = home, None, None, None


class Anchor(Struct):
    """Where a bookmark begins, or (without a name) ends: before the atom number ``at`` of its paragraph."""

    at: int
    number: str
    name: str = ""

    @property
    def is_listed(self) -> bool:
        """Whether it is that of a heading that the contents list."""
        return self.name.startswith(CONTENTS_PREFIX)


# Looked up as plain names, for there are some hundred thousand atoms.
_PLAIN, _SIGN, _CONTROL, _BOOKED, _PARAGRAPH = Kind.TEXT, Kind.SIGN, Kind.CONTROL, Kind.BOOKED, Kind.PARAGRAPH


def leaves(atoms: Iterable[Atom]) -> Iterator[Atom]:
    """Yield the pieces of text in *atoms*, those inside values and fields included."""
    for atom in atoms:
        if atom.kind <= _SIGN:
            yield atom
        elif atom.inner:
            yield from leaves(atom.inner)


def text_of(atoms: Sequence[Atom]) -> str:
    """Return the visible text of *atoms*, values included."""
    if len(atoms) == 1 and not atoms[0].inner:
        return atoms[0].text if atoms[0].kind <= _SIGN else ""
    return "".join(atom.text for atom in leaves(atoms))


def prose_of(atoms: Iterable[Atom]) -> str:
    """Return the text of *atoms* with a mark in the place of each value, and nothing in that of a field."""
    pieces: list[str] = []
    for atom in atoms:
        kind = atom.kind
        if kind is _PLAIN or kind is _SIGN:
            pieces.append(atom.text)
        elif kind is _CONTROL or kind is _BOOKED:
            pieces.append(f"{MARK}{atom.key}{MARK}")
        elif kind is _PARAGRAPH:
            pieces.append("\n")
    return "".join(pieces)


class Walker:
    """Reads the paragraphs of one part, in order; fields may run over several (a table of contents does).

    *digests* gives the keys of values whose bookmarks do not spell them.
    """

    def __init__(self, digests: Mapping[str, str]) -> None:
        self._digests = digests
        self._codes: list[str] = []
        self.anchors: list[Anchor] = []
        """The anchors of items and headings in the paragraph just read, in order."""
        self.in_contents = False
        """Whether the paragraph just read belongs to a table of contents."""
        self.expanded = False
        """Whether the fields in it were read as the text that they show."""

    @property
    def in_field(self) -> bool:
        """Whether a field has begun and not ended."""
        return bool(self._codes)

    def paragraph(self, paragraph: Element) -> list[Atom]:
        """Return the atoms of the next paragraph."""
        self.in_contents = bool(self._codes) and any(TOC.match(code) for code in self._codes)
        reader = read(paragraph, self._digests, self.in_contents)
        if reader.marks:
            self._follow(reader.marks)
            if self.in_contents and not reader.expand:
                reader = read(paragraph, self._digests, expand=True)
        self.anchors, self.expanded = reader.anchors, reader.expand
        return reader.atoms

    def _follow(self, marks: Iterable[tuple[str, str]]) -> None:
        """Follow the fields that begin and end in a paragraph."""
        codes = list(self._codes)
        for kind, code in marks:
            if kind == "begin":
                codes.append("")
            elif kind == "code" and codes:
                codes[-1] += code
                self.in_contents |= bool(TOC.match(codes[-1]))
            elif kind == "end" and codes:
                codes.pop()
        self._codes = codes


def read(paragraph: Element, digests: Mapping[str, str], expand: bool) -> Reader:
    """Read one paragraph; with *expand*, fields as the text that they show."""
    reader = Reader(digests, expand)
    reader.walk(paragraph, reader.atoms)
    return reader


class Reader:
    """Reads one paragraph. A briefing holds some hundred thousand elements: each is looked at once."""

    __slots__ = ("_digests", "_fields", "_hidden", "_open", "anchors", "atoms", "expand", "marks")

    def __init__(self, digests: Mapping[str, str], expand: bool) -> None:
        self._digests = digests
        self.expand = expand
        self.atoms: list[Atom] = []
        self.anchors: list[Anchor] = []
        self.marks: list[tuple[str, str]] = []
        self._fields: list[_Field] = []
        self._hidden = 0
        """How many fields have begun whose instruction is not over."""
        self._open: dict[str, tuple[list[Atom], int, int, Element]] = {}
        """By bookmark id: where a value's bookmark begins (atoms, how many, how many anchors), and its mark."""

    def walk(self, parent: Element, atoms: list[Atom], gone: bool = False) -> None:
        for child in parent:
            tag = child.tag
            if tag == R:
                if not gone:
                    self._run(child, atoms)
            elif tag == START:
                name = child.get(_NAME, "")
                if name.startswith(PREFIX):
                    self._open[child.get(_ID, "")] = atoms, len(atoms), len(self.anchors), child
                elif name.startswith(ANCHORS):
                    self.anchors.append(Anchor(len(atoms), child.get(_ID, ""), plain_name(name)))
            elif tag == END:
                number = child.get(_ID, "")
                if number in self._open:
                    self._close(number, child, atoms)
                else:
                    self.anchors.append(Anchor(len(atoms), number))
            elif tag == SDT:
                self._control(child, atoms, gone)
            elif tag in _THROUGH:
                self.walk(child, atoms, gone)
            elif tag in _GONE:
                self.walk(child, atoms, True)
            elif tag == _SIMPLE_FIELD and not gone:
                if self.expand or LINK.match(child.get(_INSTRUCTIONS, "")):
                    self.walk(child, atoms)
                else:
                    begun = len(self.anchors)
                    inner: list[Atom] = []
                    self.walk(child, inner)
                    self._wrap(atoms, len(atoms), begun, Atom(Kind.FIELD, child, inner=inner))

    def _wrap(self, atoms: list[Atom], start: int, begun: int, made: Atom) -> None:
        """Put one atom in the place of those from *start* on; anchors inside now stand around it."""
        atoms[start:] = (made,)
        for anchor in self.anchors[begun:]:
            anchor.at = start if anchor.name else start + 1
        for number, (where, at, anchors, mark) in self._open.items():
            if where is atoms and at > start:
                # LibreOffice lets a bookmark begin before the one in front of it has ended.
                self._open[number] = where, start + 1, anchors, mark

    def _run(self, run: Element, atoms: list[Atom]) -> None:
        for child in run:
            tag = child.tag
            if tag == T:
                if not self._hidden:
                    atoms.append(Atom(_PLAIN, child, child.text or ""))
            elif tag in _SIGNS or (tag == BR and child.get(f"{W}type") not in _PAGE_BREAKS):
                if not self._hidden:
                    atoms.append(Atom(Kind.SIGN, child, _SIGNS.get(str(tag), "\n")))
            elif tag in NOTE_MARKS:
                atoms.append(Atom(Kind.NOTE, child, key=child.get(_ID, ""), text=NOTE_MARKS[str(tag)]))
            elif tag == _FIELD_CHAR:
                self._field(child, atoms)
            elif tag == _INSTRUCTION:
                self.marks.append(("code", child.text or ""))
                if self._fields and not self._fields[-1].separated:
                    self._fields[-1].code += child.text or ""

    def _field(self, mark: Element, atoms: list[Atom]) -> None:
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            self.marks.append(("begin", ""))
            self._fields.append(_Field(atoms, len(atoms), len(self.anchors)))
            self._hidden += 1
        elif kind == "separate" and self._fields and not self._fields[-1].separated:
            self._fields[-1].separated = True
            self._hidden -= 1
        elif kind == "end":
            self.marks.append(("end", ""))
            if not self._fields:
                return
            begun = self._fields.pop()
            self._hidden -= not begun.separated
            if not self.expand and begun.atoms is atoms and not LINK.match(begun.code):
                self._wrap(atoms, begun.start, begun.anchors, Atom(Kind.FIELD, mark, inner=atoms[begun.start :]))

    def _control(self, control: Element, atoms: list[Atom], gone: bool) -> None:
        key = None
        start, begun = len(atoms), len(self.anchors)
        for child in control.iterchildren(_PROPERTIES, _CONTENT):
            if child.tag == _CONTENT:
                self.walk(child, atoms, gone)
            else:
                for alias in child.iterchildren(_ALIAS):
                    key = alias.get(_VAL, "")
        if key is None or gone:
            return
        inner = atoms[start:]
        # Editors drop an empty control; so for us it is not there at all.
        if text_of(inner) and _CONTROL not in [one.kind for one in inner]:
            self._wrap(atoms, start, begun, Atom(_CONTROL, control, "", key, inner))

    def _close(self, number: str, mark: Element, atoms: list[Atom]) -> None:
        """End a value's bookmark: it belongs to the control inside, or to the plain text that is left of one."""
        where, start, begun, begin = self._open.pop(number)
        if where is not atoms:
            return
        inner = atoms[start:]
        controls = [one for one in inner if one.kind is _CONTROL]
        if len(controls) == 1:
            controls[0].book(begin, mark)
            return
        key = value_key(begin.get(_NAME, ""), self._digests)
        if key is not None and text_of(inner) and all(one.kind <= Kind.SIGN for one in inner):
            booked = Atom(Kind.BOOKED, begin, key=key, inner=inner)
            booked.book(begin, mark)
            self._wrap(atoms, start, begun, booked)


class _Field(Struct):
    """A field that has begun: behind how many atoms and anchors, and whether its instruction is over."""

    atoms: list[Atom]
    start: int
    anchors: int
    separated: bool = False
    code: str = ""


def is_fallback(element: Element) -> bool:
    """Return whether an element stands in the copy that a text box keeps for old programs."""
    return any(parent.tag == f"{MC}Fallback" for parent in element.iterancestors())
