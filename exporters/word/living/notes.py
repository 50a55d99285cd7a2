"""Notes that LibreOffice moved or lost, put back.

Where a comment stands in a table between the first two notes of a document, LibreOffice 7.4 reads the first note
twice: each reference then shows the note before its own, and the last note is lost; more at every opening. With a
second comment in any table all notes lose their words, and one may turn up at another's reference (measured). The
hidden bookmarks inside a note, numbered as they are generated, tell which note it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain, pairwise

from exporters.word.anchors import PREFIX, plain_name
from exporters.word.living.atoms import ITEM_PREFIX, R
from exporters.word.living.found import suffix_of
from exporters.word.names import W
from exporters.word.xmlparts import Element

_START, _NAME, _ID, _P = f"{W}bookmarkStart", f"{W}name", f"{W}id", f"{W}p"
_WORDS = (f"{W}t", f"{W}delText", f"{W}instrText")
_SHOWN = (f"{W}drawing", f"{W}pict", f"{W}object", f"{W}sym")
_NUMBER = re.compile(rf"{PREFIX}([0-9a-f]+)_")
_NEAR = 100
"""How much higher than those of its paragraph's values the number of a note's first value may be."""


def may_be_astray(body: bytes, kind: str, notes: Mapping[str, Element]) -> bool:
    """Return whether :func:`put_back` may have something to do, judged by the text of the body."""
    reference = re.compile(rb'<w:%sReference(?: [\w:]+="[^"<]*")*? w:id="([^"<]*)"' % kind.removesuffix("s").encode())
    found = [number for one in reference.findall(body) if (number := one.decode()) in notes]
    names = [_first_name(notes[number], PREFIX, ITEM_PREFIX) for number in found]
    twice = any(name and name == before for before, name in pairwise(names))
    return twice or not all(_has_words(notes[number]) for number in found)


def put_back(body: Element, kind: str, notes: Mapping[str, Element]) -> list[Element]:
    """Let the references of one *kind* (``footnote``) lead to their own notes (by id) again.

    Return the notes that were lost: they are there, without a word.
    """
    marks = [mark for mark in body.iter(f"{W}{kind}Reference") if mark.get(_ID, "") in notes]
    lost = [*_moved_on(marks, notes)]
    empty = [mark for mark in marks if not _has_words(notes[mark.get(_ID, "")])]
    if empty:
        lost = [notes[mark.get(_ID, "")] for mark in marks if mark in empty or _is_astray(mark, notes)]
    for note in lost:
        _empty(note, kind)
    return lost


def _moved_on(marks: list[Element], notes: Mapping[str, Element]) -> list[Element]:
    numbers = [mark.get(_ID, "") for mark in marks]
    names = [_first_name(notes[number], PREFIX, ITEM_PREFIX) for number in numbers]
    at = next((at for at in range(1, len(marks)) if names[at] and _read_twice(names, marks, at, notes)), 0)
    if not at:
        return []
    count = 1
    while at + count < len(marks) and names[at + count] == names[at]:
        count += 1
    for mark, number in zip(marks[at:], numbers[at + count :] + numbers[at : at + count], strict=True):
        mark.set(_ID, number)
    return [notes[number] for number in numbers[at : at + count]]


def _read_twice(names: list[str], marks: list[Element], at: int, notes: Mapping[str, Element]) -> bool:
    """Return whether a reference shows the note of the one before, and is not just a person's copy of it.

    A note that came in with a section may be numbered as the next one is that was there before.
    """
    if names[at] != names[at - 1] or _is_near(marks[at], notes):
        return False
    here, before = (_first_name(next(mark.iterancestors(_P)), ITEM_PREFIX) for mark in (marks[at], marks[at - 1]))
    return bool(here) and here != before


def _first_name(element: Element, *prefixes: str) -> str:
    """Return the first bookmark with the first prefix that there is."""
    names = [plain_name(mark.get(_NAME, "")) for mark in element.iter(_START)]
    return next((name for prefix in prefixes for name in names if name.startswith(prefix)), "")


def _is_astray(mark: Element, notes: Mapping[str, Element]) -> bool:
    """Return whether a note was generated with another paragraph than that of its reference."""
    paragraph, note = next(mark.iterancestors(_P)), notes[mark.get(_ID, "")]
    records, others = (suffix_of(_first_name(one, ITEM_PREFIX)) for one in (paragraph, note))
    if records and others[: len(records)] == records:
        # One that was written anew has the numbers of another render.
        return False
    return _is_near(mark, notes) is False


def _is_near(mark: Element, notes: Mapping[str, Element]) -> bool | None:
    """Return whether the values of a note are numbered behind those of its reference's paragraph; None without any."""
    digits = [_value_digits(one) for one in (next(mark.iterancestors(_P)), notes[mark.get(_ID, "")])]
    if not all(digits):
        return None
    # They were hexadecimal ones once.
    radix = 10 if all(one.isdecimal() for one in chain(*digits)) else 16
    own, noted = ([int(one, radix) for one in found] for found in digits)
    return min(own) <= min(noted) <= max(own) + _NEAR


def _value_digits(element: Element) -> list[str]:
    found = (_NUMBER.match(mark.get(_NAME, "")) for mark in element.iter(_START))
    return [one[1] for one in found if one]


def _has_words(note: Element) -> bool:
    return any(one.tag in _SHOWN or bool(one.text and one.text.strip()) for one in note.iter(*_WORDS, *_SHOWN))


def _empty(note: Element, kind: str) -> None:
    """Leave the first paragraph of a note, and its mark."""
    first, *others = note.iter(_P)
    for paragraph in others:
        note.remove(paragraph)
    for child in list(first):
        marked = child.tag == R and child.find(f"{W}{kind}Ref") is not None
        if child.tag != f"{W}pPr" and not marked:
            first.remove(child)
