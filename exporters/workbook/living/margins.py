"""Printed headers and footers of a sheet (ECMA-376 part 1, 18.3.1.46): what they say, apart from how it looks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporters.snapshot import Item, Slot
from exporters.workbook.living.sheet import Sheet
from exporters.workbook.living.spans import Span

MARGINS = "margins:"
"""Begins the id of the group of a sheet's headers and footers."""
NAMES = frozenset(("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"))
# Fonts, sizes, colours and styles. What stands for a page, a day or a name, and where a section begins, are words.
_LOOKS = re.compile(r'\s*&(?:"[^"]*"|[0-9]+|K[0-9A-Fa-f+-]{6}|[BIUESXYHO])\s*')
_SIZE = re.compile("&[0-9]+$")
_FIRST = re.compile(f"(?:{_LOOKS.pattern})*")
_SECTION = re.compile(r"\s*(&[LCR])\s*")


def margins(sheet: Sheet, name: str) -> Iterator[Item]:
    """Yield an item with all headers and footers of a sheet that say something; editors drop others."""
    slots = tuple(
        Slot(f"{name}!{one.name}", words, f"{sheet.part}!{one.name}")
        for one in _elements(sheet)
        if (words := words_of(one.text))
    )
    if slots:
        yield Item(MARGINS + name, sheet.part, slots)


def margin(sheet: Sheet, name: str) -> Span | None:
    """Return the header or footer of that name."""
    return next((one for one in _elements(sheet) if one.name == name), None)


def retold(text: str, words: str, source: str) -> str:
    """Return the header *text* saying *words*: in its own looks, else in those of *source*, which says them."""
    own, new = _cut(text), _cut(words)
    # Where looks change within a section, nothing tells which of the new words has which.
    plain = all(_LOOKS.search(_FIRST.sub("", piece, count=1)) is None for piece in _SECTION.split(text))
    if plain and own[1::2] == new[1::2]:
        return _dressed(text, new)
    return source if words_of(source) == words else words


def _dressed(text: str, new: list[str]) -> str:
    """Put the words *new* behind the looks that begin each section of *text*."""
    made: list[str] = []
    for at, piece in enumerate(_SECTION.split(text)):
        if at % 2:
            made.append(piece)
            continue
        looks = "".join(found.strip() for found in _LOOKS.findall(piece))
        # A size is told from a number behind it by a space.
        gap = " " if _SIZE.search(looks) and new[at] else ""
        made.append(looks + gap + new[at])
    return "".join(made)


def _cut(text: str) -> list[str]:
    """Return words and marks of sections in turn, words first."""
    return [_LOOKS.sub("", piece).strip() for piece in _SECTION.split(text)]


def words_of(text: str) -> str:
    """Return what a header or footer says."""
    return "".join(_cut(text))


def _elements(sheet: Sheet) -> Iterator[Span]:
    holder = sheet.root.child("headerFooter")
    for one in holder.children if holder is not None else ():
        if one.name in NAMES:
            yield one
