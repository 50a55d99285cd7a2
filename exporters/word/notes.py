"""Footnotes, endnotes and comments: what a loop refers to is written anew for each turn, in the reference's scope."""

from __future__ import annotations

from dataclasses import dataclass, field

from exporters.binding.program import Weaver, closing, opening
from exporters.binding.tags import may_hold_tag
from exporters.binding.weave import before
from exporters.word.names import W
from exporters.word.xmlparts import Element, clean, parse, serialise

_MARK = "\ufdde"


@dataclass(frozen=True, slots=True)
class Kind:
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


@dataclass(slots=True)
class Notes:
    """The notes of one part while the document is compiled."""

    kind: Kind
    part: str
    root: Element
    by_id: dict[str, Element] = field(default_factory=dict)
    dynamic: dict[str, Element] = field(default_factory=dict)
    first: int = 1
    """The first id that is free for new notes."""
    texts: dict[str, str] = field(default_factory=dict)
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

    def refer(self, reference: Element, repeated: bool) -> Element | None:
        """Return the note of a reference when it must be written anew: in a loop, or with tags of its own."""
        number = reference.get(f"{W}id", "")
        note = self.by_id.get(number)
        if note is None or number in self.dynamic:
            return note if number in self.dynamic else None
        if repeated or may_hold_tag("".join(str(text) for text in note.itertext())):
            self.dynamic[number] = note
            return note
        return None

    def cut(self, controls: bool) -> None:
        """Make the part's text, with the notes that are written anew taken out of it."""
        for note in self.dynamic.values():
            before(note, _MARK)
            note.tail = _MARK + (note.tail or "")
        pieces = serialise(self.root, controls=controls).split(_MARK)
        self.texts = dict(zip(_in_order(self.root, self.kind.note, self.dynamic), pieces[1::2], strict=True))
        whole = "".join(pieces[::2])
        end = whole.rindex("</") if "</" in whole else len(whole)
        self.rest = (whole[:end], whole[end:])

    def insert(self, weaver: Weaver, references: dict[Element, str]) -> None:
        """Put each note that is written anew where its reference stands; *references* give the variable of its id."""
        for reference, variable in references.items():
            number = reference.get(f"{W}id", "")
            value = weaver.value(variable, "", "_raw")
            note = self.texts[number].replace(f'id="{number}"', f'id="{value}"', 1)
            before(reference, weaver.raw(opening(self.part) + note + closing()))


def _in_order(root: Element, tag: str, dynamic: dict[str, Element]) -> list[str]:
    return [number for note in root.iter(tag) if (number := note.get(f"{W}id", "")) in dynamic]
