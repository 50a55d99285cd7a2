"""Footnotes, endnotes and comments: what a loop refers to is written anew for each turn, in the reference's scope."""

from __future__ import annotations

from copy import deepcopy

from msgspec import Struct, field

from exporters.binding.environment import TOKEN
from exporters.binding.program import Weaver, closing, opening
from exporters.binding.weave import Places, before
from exporters.word.names import DIALECT, W
from exporters.word.xmlparts import Element, clean, parse, serialise

_MARK = "\ufdde"


class Kind(Struct, frozen=True):
    """One of the three kinds: what its part calls a note, and how text refers to it."""

    name: str
    note: str
    reference: str
    others: tuple[str, ...] = ()
    """Further elements that carry the note's id (a comment's range)."""


KINDS = (
    Kind("footnotes", f"{W}footnote", f"{W}footnoteReference"),
    Kind("endnotes", f"{W}endnote", f"{W}endnoteReference"),
    Kind("comments", f"{W}comment", f"{W}commentReference", (f"{W}commentRangeStart", f"{W}commentRangeEnd")),
)


class Notes(Struct):
    """The notes of one part while the document is compiled."""

    kind: Kind
    part: str
    root: Element
    by_id: dict[str, Element] = field(default_factory=dict)
    dynamic: dict[Element, Element] = field(default_factory=dict)
    """The notes that are written anew, by their references."""
    first: int = 1
    """The first id that is free for new notes."""
    texts: dict[Element, str] = field(default_factory=dict)
    _places: dict[Element, Places] = field(default_factory=dict)
    rest: tuple[str, str] = ("", "")
    """What stands before the new notes (static ones included) and behind them."""

    @classmethod
    def read(cls, kind: Kind, part: str, data: bytes) -> Notes:
        notes = cls(kind, part, parse(data))
        clean(notes.root)
        notes.by_id = {note.get(f"{W}id", ""): note for note in notes.root.iter(kind.note)}
        numbers = [int(found) for found in notes.by_id if found.lstrip("-").isdecimal()]
        notes.first = max((*numbers, 0)) + 1
        return notes

    def place(self, element: Element) -> str:
        """Return an element's place as a person counts it: ``footnote 2, paragraph 1``."""
        note = next((one for one in (element, *element.iterancestors()) if one.tag == self.kind.note), None)
        if note is None:
            return self.kind.name
        if note not in self._places:
            own = [one for one in self.root.iter(self.kind.note) if one.get(f"{W}type") is None]
            number = own.index(note) + 1 if note in own else 0
            self._places[note] = Places(note, DIALECT, f"{self.kind.name[:-1]} {number}, ")
        return self._places[note](element)

    def refer(self, reference: Element, repeated: bool) -> tuple[Element, Element] | None:
        """Take the note of a reference that must be written anew: in a loop, or with tags of its own.

        Return the note and the one that it was copied from, where an earlier reference has taken it already.
        """
        note = self.by_id.get(reference.get(f"{W}id", ""))
        if note is None:
            return None
        if not repeated and not _is_woven(note):
            return None
        own = note
        if any(one is note for one in self.dynamic.values()):
            own = deepcopy(note)
            self.root.append(own)
        self.dynamic[reference] = own
        return own, note

    def cut(self, controls: bool) -> None:
        """Make the part's text, with the notes that are written anew taken out of it."""
        for note in self.dynamic.values():
            before(note, _MARK)
            note.tail = _MARK + (note.tail or "")
        pieces = serialise(self.root, controls=controls).split(_MARK)
        order = {note: number for number, note in enumerate(self.root.iter(self.kind.note))}
        references = sorted(self.dynamic, key=lambda one: order[self.dynamic[one]])
        self.texts = dict(zip(references, pieces[1::2], strict=True))
        whole = "".join(pieces[::2])
        end = whole.rindex("</") if "</" in whole else len(whole)
        self.rest = (whole[:end], whole[end:])

    def insert(self, weaver: Weaver, reference: Element, variable: str) -> None:
        """Put the note where its reference stands; *variable* holds its id."""
        number, value = reference.get(f"{W}id", ""), weaver.value(variable, "", "_raw")
        note = self.texts[reference].replace(f'id="{number}"', f'id="{value}"', 1)
        before(reference, weaver.raw(opening(self.part) + note + closing()))


def _is_woven(note: Element) -> bool:
    """Return whether a note holds tags (as tokens of the weaver)."""
    texts = (str(text) for text in note.itertext())
    return any(TOKEN[0] in text for text in texts)
