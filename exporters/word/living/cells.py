"""Paragraphs that are put into the cells of a row, or taken out of them, while the row itself stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from exporters.word.anchors import plain_name
from exporters.word.living.atoms import START
from exporters.word.living.found import Found, family_of
from exporters.word.living.lines import TC, TR, P, text_within
from exporters.word.names import W
from exporters.word.xmlparts import Element

_END = f"{W}bookmarkEnd"


def put_in(made: Element, source: Found, row: Found, target: Found) -> None:
    """Put *made*, the copy of the paragraph *source* of *row*, into the same row of the edited file: before the one
    that it stands before, so that what people wrote behind the one before stays with that."""
    standing = {_name(one): one for one in target.element.iter(P) if _name(one)}
    place = source.element
    ahead = next((standing[name] for name in _names(place.itersiblings(P)) if name in standing), None)
    behind = next((standing[name] for name in _names(place.itersiblings(P, preceding=True)) if name in standing), None)
    if ahead is not None:
        ahead.addprevious(made)
    elif behind is not None:
        _last_of(behind, target).addnext(made)
    else:
        _fill(_cell(source, row, target), made)


def keep_anchor(row: Element, going: Iterable[Element]) -> list[Element]:
    """Take the bookmark that tells which row it is out of paragraphs that go; :func:`give_anchor` puts it back."""
    found: list[Element] = []
    for paragraph in going:
        marks = {one.get(f"{W}id"): one for one in paragraph.iter(START) if _family(one).startswith("r")}
        ends = [one for one in paragraph.iter(_END) if one.get(f"{W}id") in marks]
        if next(paragraph.iterancestors(TR), None) is row:
            found += [*marks.values(), *ends]
    for one in found:
        parent = one.getparent()
        if parent is not None:
            parent.remove(one)
    return found


def give_anchor(row: Element, marks: list[Element], going: Iterable[Element]) -> None:
    """Put the bookmark of a row into its first paragraph that stays, if any does."""
    gone = set(going)
    paragraphs = list(row.iter(P))
    home = next((one for one in paragraphs if one not in gone), paragraphs[0])
    for mark in reversed(marks):
        home.insert(home.find(f"{W}pPr") is not None, mark)


def _family(mark: Element) -> str:
    return family_of(plain_name(mark.get(f"{W}name", "")))


def _name(paragraph: Element) -> str:
    """Return the name of a generated paragraph."""
    for mark in paragraph.iter(START):
        family = _family(mark)
        if family and not family.startswith("r"):
            return plain_name(mark.get(f"{W}name", ""))
    return ""


def _names(paragraphs: Iterable[Element]) -> Iterator[str]:
    return (name for one in paragraphs if (name := _name(one)))


def _last_of(paragraph: Element, row: Found) -> Element:
    """Return the last paragraph of what became of one: somebody may have split it."""
    pieces = ([line.element for line, _ in region.pieces] for region in row.regions if not region.is_note)
    return next((one[-1] for one in pieces if paragraph in one), paragraph)


def _cell(source: Found, row: Found, target: Found) -> Element:
    """Return the cell of *target* that shows what that of *source* shows, though nothing generated is left in it."""
    cells, own = target.element.findall(TC), row.element.findall(TC)
    at = own.index(next(source.element.iterancestors(TC)))
    if len(cells) != len(own):
        family = family_of(source.id)
        rows = (*target.element.itersiblings(TR, preceding=True), *target.element.itersiblings(TR))
        likes = (one.findall(TC) for one in rows)
        places = (
            number
            for like in likes
            if len(like) == len(cells)
            for number, cell in enumerate(like)
            if any(_family(mark) == family for mark in cell.iter(START))
        )
        at = next(places, len(cells) - 1)
    return cells[at]


def _fill(cell: Element, made: Element) -> None:
    """Put a paragraph into a cell: in the place of the empty one that every cell has, or behind all others."""
    last = cell.findall(P)[-1]
    last.addnext(made)
    if not text_within(last) and not [one for one in last if one.tag != f"{W}pPr"]:
        cell.remove(last)
