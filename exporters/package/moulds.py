"""Parts of one mould: they differ in nothing but some texts.

A pack holds hundreds of slides, charts and pages of notes that were made from one template. Such a mould is read once,
with holes in the place of the texts; what each part says is then put together from its own texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from exporters.package.xmltext import PROLOG, plain

_PROLOG = re.compile(PROLOG)
# A noncharacter of Unicode: no text holds it.
EDGE = "\ufdd1"
_EDGE = EDGE.encode()
# In UTF-16 every second octet of the first tag is none; in UTF-8 no octet is.
_BEGINNING = 64
_HOLE = re.compile(f"{EDGE}([0-9]+){EDGE}")


# What texts and attributes hold that read as they are written, but for entities.
_WITHIN = {"<": "[^<]", '"': '[^<"\\t\\n\\r]'}


class Cutter:
    """Takes the texts of elements (``("<a:t>", "</a:t>")``) and attributes (``(' name="', '"')``) out of parts."""

    def __init__(self, *signs: tuple[str, str]) -> None:
        self._kinds = [
            (
                f"{start}{end}".encode(),
                start.encode(),
                end.encode(),
                re.compile(f"{start}({_WITHIN[end[0]]}*){end}".encode()).split,
            )
            for start, end in signs
        ]

    def cut(self, data: bytes) -> tuple[bytes, list[str]] | None:
        """Return the mould of a part, without its XML declaration and with empty texts, and the texts: kind by kind, in
        order.

        None where that cannot be told from its bytes: in another encoding than UTF-8, with comments, with what stands
        for a hole.
        """
        mould = behind_prolog(data)
        if mould.startswith(b"<?xml") or b"\0" in mould[:_BEGINNING]:
            return None
        texts: list[str] = []
        for empty, _, _, split in self._kinds:
            pieces = split(mould)
            mould = empty.join(pieces[::2])
            texts += map(plain, pieces[1::2])
        return (mould, texts) if _EDGE not in mould and b"<!" not in mould else None

    def hollow(self, mould: bytes) -> bytes:
        """Return a part with holes in the place of the texts."""
        number = 0
        for empty, start, end, _ in self._kinds:
            first, *others = mould.split(empty)
            pieces = [first]
            for piece in others:
                pieces += start, hole(number).encode(), end, piece
                number += 1
            mould = b"".join(pieces)
        return mould


def behind_prolog(data: bytes) -> bytes:
    """Return a part without its XML declaration, which every program writes another way."""
    prolog = _PROLOG.match(data)
    return data[prolog.end() :] if prolog is not None else data


def hole(number: int) -> str:
    """Return what stands in the place of a text."""
    return f"{EDGE}{number}{EDGE}"


class Hollow(Struct):
    """A text with holes: its pieces, every second one the number of the text that belongs there."""

    pieces: list[str]
    whole: int
    """The text that it is all of; -1 where it is not just one."""

    @classmethod
    def of(cls, text: str) -> Hollow:
        pieces = _HOLE.split(text)
        whole = int(pieces[1]) if len(pieces) == 3 and not pieces[0] and not pieces[2] else -1
        return cls(pieces, whole)

    @property
    def holes(self) -> list[int]:
        """The numbers of its holes, in order."""
        return [int(number) for number in self.pieces[1::2]]

    def filled(self, texts: Sequence[str]) -> str:
        """Return what it says with *texts* in its holes."""
        if self.whole >= 0:
            return texts[self.whole]
        if len(self.pieces) == 1:
            return self.pieces[0]
        pieces = self.pieces.copy()
        pieces[1::2] = [texts[int(number)] for number in pieces[1::2]]
        return "".join(pieces)
