"""The contents of one paragraph as a flat list of atoms: pieces of text, bound values, fields, anchors.

Text counts as it reads with all revisions accepted: what people deleted under tracking is not there, what they
inserted is. Atoms keep hold of their elements, so that what was read can be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from exporters.snapshot import MARK
from exporters.word.anchors import PREFIX, plain_name, value_key
from exporters.word.names import MC, W
from exporters.word.xmlparts import Element

ITEM_PREFIX = "_bp_"
CONTENTS_PREFIX = "_Toc_"

_THROUGH = frozenset(
    f"{W}{name}"
    for name in ("ins", "moveTo", "hyperlink", "smartTag", "customXml", "sdtContent", "dir", "bdo", "ruby", "rubyBase")
)
_GONE = frozenset((f"{W}del", f"{W}moveFrom"))
_SIGNS = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
NOTE_MARKS = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes"}
_TOC = re.compile(r"^\s*TOC\b", re.IGNORECASE)

R, T, BR, SDT = f"{W}r", f"{W}t", f"{W}br", f"{W}sdt"
_START, _END, _FIELD_CHAR, _INSTRUCTION = f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}fldChar", f"{W}instrText"
_CONTENT, _PROPERTIES, _ALIAS, _VAL = f"{W}sdtContent", f"{W}sdtPr", f"{W}alias", f"{W}val"
_NAME, _ID = f"{W}name", f"{W}id"
_SIMPLE_FIELD = f"{W}fldSimple"
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
    START = 5
    END = 6
    NOTE = 7
    PARAGRAPH = 8
    """The end of a paragraph within an item that a person split."""


@dataclass(slots=True)
class Atom:
    """One piece. ``key`` is a value's key, an anchor's name or a note's id; ``inner`` the pieces inside it."""

    kind: Kind
    node: Element
    text: str = ""
    key: str = ""
    inner: Sequence[Atom] = ()
    start: Element | None = None
    end: Element | None = None
    """The two ends of a value's bookmark."""


def leaves(atoms: Iterable[Atom]) -> Iterator[Atom]:
    """Yield the pieces of text in *atoms*, those inside values and fields included."""
    for atom in atoms:
        if atom.kind <= Kind.SIGN:
            yield atom
        elif atom.inner:
            yield from leaves(atom.inner)


def text_of(atoms: Sequence[Atom]) -> str:
    """Return the visible text of *atoms*, values included."""
    if len(atoms) == 1 and not atoms[0].inner:
        return atoms[0].text if atoms[0].kind <= Kind.SIGN else ""
    return "".join(atom.text for atom in leaves(atoms))


def prose_of(atoms: Iterable[Atom]) -> str:
    """Return the text of *atoms* with a mark in the place of each value, and nothing in that of a field."""
    pieces: list[str] = []
    for atom in atoms:
        if atom.kind <= Kind.SIGN:
            pieces.append(atom.text)
        elif atom.kind in {Kind.CONTROL, Kind.BOOKED}:
            pieces.append(f"{MARK}{atom.key}{MARK}")
        elif atom.kind is Kind.PARAGRAPH:
            pieces.append("\n")
    return "".join(pieces)


class Walker:
    """Reads the paragraphs of one part, in order; fields may run over several (a table of contents does).

    *digests* gives the keys of values whose bookmarks do not spell them.
    """

    def __init__(self, digests: Mapping[str, str]) -> None:
        self._digests = digests
        self._codes: list[str] = []
        self.in_contents = False
        """Whether the paragraph just read belongs to a table of contents."""

    def paragraph(self, paragraph: Element) -> list[Atom]:
        """Return the atoms of the next paragraph."""
        self.in_contents = self._inside()
        reader = _Reader(self._digests, self.in_contents)
        codes = list(self._codes)
        reader.walk(paragraph, reader.atoms)
        for kind, code in reader.marks:
            if kind == "begin":
                codes.append("")
            elif kind == "code" and codes:
                codes[-1] += code
                self.in_contents |= bool(_TOC.match(codes[-1]))
            elif kind == "end" and codes:
                codes.pop()
        self._codes = codes
        if self.in_contents and not reader.expand:
            reader = _Reader(self._digests, True)
            reader.walk(paragraph, reader.atoms)
        return reader.atoms

    def _inside(self) -> bool:
        return any(_TOC.match(code) for code in self._codes)


class _Reader:
    def __init__(self, digests: Mapping[str, str], expand: bool) -> None:
        self._digests = digests
        self.expand = expand
        self.atoms: list[Atom] = []
        self.marks: list[tuple[str, str]] = []
        self._fields: list[tuple[list[Atom], int]] = []
        self._separated: list[bool] = []
        self._hidden = 0
        """How many fields have begun whose instruction is not over."""
        self._open: dict[str, tuple[list[Atom], int, Element, str]] = {}

    def walk(self, parent: Element, atoms: list[Atom], gone: bool = False) -> None:
        for child in parent:
            tag = child.tag
            if tag == R:
                if not gone:
                    self._run(child, atoms)
            elif tag == SDT:
                self._control(child, atoms, gone)
            elif tag in _THROUGH:
                self.walk(child, atoms, gone)
            elif tag in _GONE:
                self.walk(child, atoms, True)
            elif tag == _START:
                self._start(child, atoms)
            elif tag == _END:
                self._end(child, atoms)
            elif tag == _SIMPLE_FIELD and not gone:
                inner: list[Atom] = []
                self.walk(child, inner)
                atoms += inner if self.expand else [Atom(Kind.FIELD, child, inner=inner)]

    def _run(self, run: Element, atoms: list[Atom]) -> None:
        for child in run:
            tag = child.tag
            if tag == T:
                if not self._hidden:
                    atoms.append(Atom(Kind.TEXT, child, child.text or ""))
            elif tag in _SIGNS or (tag == BR and child.get(f"{W}type") not in _PAGE_BREAKS):
                if not self._hidden:
                    atoms.append(Atom(Kind.SIGN, child, _SIGNS.get(str(tag), "\n")))
            elif tag in NOTE_MARKS:
                atoms.append(Atom(Kind.NOTE, child, key=child.get(f"{W}id", ""), text=NOTE_MARKS[str(tag)]))
            elif tag == _FIELD_CHAR:
                self._field(child, atoms)
            elif tag == _INSTRUCTION:
                self.marks.append(("code", child.text or ""))

    def _field(self, mark: Element, atoms: list[Atom]) -> None:
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            self.marks.append(("begin", ""))
            self._fields.append((atoms, len(atoms)))
            self._separated.append(False)
            self._hidden += 1
        elif kind == "separate" and self._separated and not self._separated[-1]:
            self._separated[-1] = True
            self._hidden -= 1
        elif kind == "end":
            self.marks.append(("end", ""))
            if not self._fields:
                return
            self._hidden -= not self._separated.pop()
            where, start = self._fields.pop()
            if not self.expand and where is atoms:
                starts, rest, ends = _sorted(atoms[start:])
                atoms[start:] = [*starts, Atom(Kind.FIELD, mark, inner=rest), *ends]

    def _control(self, control: Element, atoms: list[Atom], gone: bool) -> None:
        alias = None
        start = len(atoms)
        for child in control:
            if child.tag == _CONTENT:
                self.walk(child, atoms, gone)
            elif child.tag == _PROPERTIES:
                alias = child.find(_ALIAS)
        inner = atoms[start:]
        if alias is None or gone or not inner or any(one.kind is Kind.CONTROL for one in inner):
            return
        # Editors drop an empty control; so for us it is not there at all.
        if not text_of(inner):
            return
        starts, inner, ends = _sorted(inner)
        key = alias.get(_VAL, "")
        atoms[start:] = [*starts, Atom(Kind.CONTROL, control, key=key, inner=inner), *ends]

    def _start(self, mark: Element, atoms: list[Atom]) -> None:
        name, number = mark.get(_NAME, ""), mark.get(_ID, "")
        if name.startswith(PREFIX):
            key = value_key(name, self._digests)
            if key is not None:
                self._open[number] = (atoms, len(atoms), mark, key)
        elif name.startswith((ITEM_PREFIX, CONTENTS_PREFIX)):
            atoms.append(Atom(Kind.START, mark, key=plain_name(name)))

    def _end(self, mark: Element, atoms: list[Atom]) -> None:
        number = mark.get(_ID, "")
        if number in self._open:
            where, start, begin, key = self._open.pop(number)
            if where is not atoms:
                return
            starts, inner, ends = _sorted(atoms[start:])
            controls = [one for one in inner if one.kind is Kind.CONTROL]
            if len(controls) == 1:
                controls[0].start, controls[0].end = begin, mark
            elif text_of(inner) and all(one.kind <= Kind.SIGN for one in inner):
                booked = Atom(Kind.BOOKED, begin, key=key, inner=inner, start=begin, end=mark)
                atoms[start:] = [*starts, booked, *ends]
        else:
            # The name is looked up by the caller: an item may begin in a paragraph before this one.
            atoms.append(Atom(Kind.END, mark, key=number))


def _sorted(atoms: list[Atom]) -> tuple[list[Atom], list[Atom], list[Atom]]:
    """Return the anchors that begin in a stretch, its contents, and the anchors that end in it."""
    if all(one.kind is not Kind.START and one.kind is not Kind.END for one in atoms):
        return [], atoms, []
    starts = [one for one in atoms if one.kind is Kind.START]
    ends = [one for one in atoms if one.kind is Kind.END]
    return starts, [one for one in atoms if one.kind is not Kind.START and one.kind is not Kind.END], ends


def is_fallback(element: Element) -> bool:
    """Return whether an element stands in the copy that a text box keeps for old programs."""
    return any(parent.tag == f"{MC}Fallback" for parent in element.iterancestors())
