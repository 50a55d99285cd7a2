"""Tables and rows of one mould: they differ in nothing but texts, keys, and the numbers and endings of bookmarks.

Each record of a briefing has such tables, or a row in one. The first of a mould is read with holes in these places;
what the others hold is put together from their own texts, and their paragraphs are read when somebody asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count

from exporters.package.moulds import EDGE, Hollow, hole
from exporters.word.anchors import PREFIX
from exporters.word.living.atoms import Kind
from exporters.word.living.found import ItemMould, Read, RowsMould
from exporters.word.living.items import item_of
from exporters.word.living.lines import TC, Line, Part
from exporters.word.living.stories import Scanner

HEAD = re.compile(rb"<w:tbl>(?:<w:tblPr>.*?</w:tblPr>)?(?:<w:tblGrid>.*?</w:tblGrid>)?(?=<w:tr)", re.DOTALL)
_LONGEST = 40_000
"""Bytes of rows that may have their like: a table with a row for each record has none, its rows have."""
_HOLLOW = (b"\0", b"\1", b"\2", b"\3")
"""What stands for holes in a mould."""
_EDGE = EDGE.encode()
_COPY = b"_Copy"
_NUMBER = re.compile(rb' w:id="(\d+)(?:" w:name="' + PREFIX.encode() + rb'[^"<]*)?')
_NAME = re.compile(rb'w:name="_bp_(r?[0-9]+)([^"<&\t\n]*)')
_KEY = re.compile(rb'<w:alias w:val="([^"<\t\n]+)')
_TEXT = re.compile(rb'<w:t(?: xml:space="preserve")?>([^<]+)')
Cut = tuple[tuple[bytes, tuple[int, ...]], list[bytes]]
"""A mould (its bytes, and the numbers of its bookmarks counted from the first), and the texts in its holes."""


def has_moulds(data: bytes) -> bool:
    """Whether rows of a part may be known by their moulds."""
    return not any(sign in data for sign in _HOLLOW)


def cut(rows: bytes) -> Cut | None:
    """Take the texts out of rows; None where they have no like."""
    if len(rows) > _LONGEST:
        return None
    pieces = _NUMBER.split(rows)
    ids = [int(number) for number in pieces[1::2]]
    names = _NAME.split(b"\0".join(pieces[::2]))
    texts = names[2::3]
    if _COPY in b"".join(texts):
        return None
    del names[2::3]
    keys = _KEY.split(b"\1".join(names))
    words = _TEXT.split(b"\2".join(keys[::2]))
    texts += keys[1::2]
    texts += words[1::2]
    mould = b"\3".join(words[::2])
    return ((mould, tuple([number - ids[0] for number in ids])), texts) if _EDGE not in mould else None


def hollow(rows: bytes) -> bytes:
    """Return rows with holes in the place of their texts."""
    numbers = count()
    for holes in (_NAME, _KEY, _TEXT):
        rows = holes.sub(lambda found: _up_to_text(found) + hole(next(numbers)).encode(), rows)
    return rows


def _up_to_text(found: re.Match[bytes]) -> bytes:
    assert found.lastindex is not None
    return found.string[found.start() : found.start(found.lastindex)]


def mould_of(
    part: Part, lines: Sequence[Read], counts: Mapping[str, int], digests: Mapping[str, str]
) -> RowsMould | None:
    """Return what tables hold that are read like a hollow one; None where that depends on what stands around them."""
    if not all(isinstance(line, Line) and line.container is not None and line.container.tag == TC for line in lines):
        return None
    scanner = Scanner(part, digests, {}, frozenset())
    story = scanner.story(lines)
    refers = any(atom.kind is Kind.NOTE for line in lines if isinstance(line, Line) for atom in line.atoms)
    if refers or scanner.is_open or any((story.entries, story.loose, story.fields, story.names)):
        return None
    last = next((at for at, found in enumerate(story.items) if found is scanner.last), None)
    moulds: list[ItemMould] = []
    for found in story.items:
        inside = [Hollow.of(words) for words in found.inside]
        found.inside.clear()
        slots = [(Hollow.of(one.key), Hollow.of(one.text), one.at, one.kind) for one in item_of("", found).slots]
        moulds.append(ItemMould(Hollow.of(found.id), found.node.tag, found.node.number, slots, inside))
    return RowsMould(moulds, last, counts)
