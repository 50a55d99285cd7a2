"""What people wrote into a briefing of their own, brought into another one of the pack: paragraphs, tables and rows
beside what they stand beside, the template's own paragraphs as they reworded them or without those they took out."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from typing import BinaryIO, NamedTuple

from lxml import etree

from exporters.package import Package, rt
from exporters.package.described import own_properties
from exporters.snapshot import Twin
from exporters.word.anchors import plain_name
from exporters.word.living.atoms import ITEM_PREFIX, Walker, prose_of
from exporters.word.living.document import Document
from exporters.word.living.lifting import Lifter, Luggage
from exporters.word.living.lines import PARSER, TBL, TR, P, text_within
from exporters.word.living.objects import objects
from exporters.word.living.runs import AUTHOR, Pen, remove
from exporters.word.living.saving import save
from exporters.word.names import R, W
from exporters.word.xmlparts import Element

_COMMENTS = (f"{W}commentRangeStart", f"{W}commentRangeEnd", f"{W}commentReference")
_PICTURES = f"{R}embed"
_MARGINS = (f"{W}hdr", f"{W}ftr")
_CALLED = ("string", "descr", "title", "name")
"""Attributes that say what a picture shows, or is called; the text of a watermark."""
_ENOUGH = 3
"""So many paragraphs of the template's own, all said otherwise, are said in another language."""
_START, _END, _NAME = (f"{W}{name}" for name in ("bookmarkStart", "bookmarkEnd", "name"))
_SDT, _GALLERY = f"{W}sdt", f"{W}sdtPr/{W}docPartObj"


def adopt(
    target: Package,
    source: Package,
    base: Package,
    twins: Mapping[str, Twin],
    out: BinaryIO,
    *,
    epoch: int | None = None,
) -> list[str]:
    """Write *target* with the paragraphs, tables and rows of *source* that neither it nor *base* has, unless there are
    none; return what of them has no place there and stands in no line of text: comments, and pictures in sentences."""
    adopter = _Adopter(Document(target), Document(source), Document(base), twins)
    adopter.run()
    adopter.luggage.parts |= own_properties(target, source, base)
    if adopter.changed or adopter.luggage.parts:
        roots = {adopter.target.body.root} if adopter.changed else set()
        save(adopter.target, roots | adopter.lifter.touched, adopter.luggage, {}, out, epoch)
    return adopter.left


class _Block(NamedTuple):
    """A paragraph or table of a body. ``sign`` tells one that was not generated from others; ``items`` are the handles
    of what was generated in it."""

    element: Element
    sign: str
    items: Sequence[str]


class _Adopter:
    def __init__(self, target: Document, source: Document, base: Document, twins: Mapping[str, Twin]) -> None:
        self.target, self._source, self._base, self._twins = target, source, base, twins
        self.luggage = Luggage(target)
        numbers = (one.get(f"{W}id", "") for root in target.roots.values() for one in root.iter())
        pen = Pen("", max((int(number) + 1 for number in numbers if number.isdecimal()), default=1))
        self.lifter = Lifter(target, source, pen, self.luggage)
        self.changed = False
        self.left: list[str] = []
        self._old, self._now = _blocks(base), _blocks(source)
        self._there = _blocks(target)
        self._signs = {block.element: block for block in self._there}
        self._free = Counter(block.sign for block in self._there if not block.items)
        self._placed: set[Element] = set()
        self._brought: set[Element] = set()

    def run(self) -> None:
        before = Counter(block.sign for block in self._old if not block.items)
        for gone, own, at in self._hunks():
            out = {element: block.sign for block in gone if (element := self._same(block, at)) is not None}
            taken = Counter(out.values())
            for number, block in own:
                # What the target says already was brought before; the template's own was moved, or copied.
                is_there = taken[block.sign] < 1 if block.sign in before else self._free[block.sign] > 0
                if is_there:
                    self._free[block.sign] -= 1
                else:
                    self._place(number, block, next(iter(out), None))
            for element in out:
                remove(element)
                self.changed = True
        self._rows()
        self._told()

    def _hunks(self) -> Iterator[tuple[list[_Block], list[tuple[int, _Block]], int]]:
        """Yield what of the template's own was taken out, what was put in, and where, in numbers of blocks."""
        old = [self._token(block, of_base=True) for block in self._old]
        now = [self._token(block, of_base=False) for block in self._now]
        for kind, first, last, start, stop in SequenceMatcher(None, old, now, autojunk=False).get_opcodes():
            if kind != "equal":
                gone = [block for block in self._old[first:last] if not block.items]
                own = [(at, self._now[at]) for at in range(start, stop) if not self._now[at].items]
                yield gone, own, start

    def _token(self, block: _Block, *, of_base: bool) -> str:
        if not block.items:
            return block.sign
        known = block.items if of_base else [self._twins[at].base for at in block.items if at in self._twins]
        return f"\0{min(known)}" if known else "\0"

    # --- blocks --------------------------------------------------------------------------------------------------

    def _anchor(self, at: int) -> Element | None:
        """Return the block of the target that what stands before number *at* in the source is there."""
        return self._nearest(reversed(self._now[:at]))

    def _nearest(self, blocks: Iterable[_Block]) -> Element | None:
        for block in blocks:
            places = (self._twins[one].target for one in block.items if one in self._twins)
            for place in places:
                found = self.target.item(place) if place else None
                if found is not None and (top := _top(found.elements[-1])) is not None:
                    return top
        return None

    def _same(self, block: _Block, at: int) -> Element | None:
        """Return a paragraph of the template's own in the target; of several alike the one in the same place."""
        alike = [one for one in self._there if not one.items and one.sign == block.sign]
        alike = [one for one in alike if one.element.getparent() is not None]
        if not alike and self._is_translated:
            alike = self._in_place_of(block)
        if len(alike) > 1:
            near = set(self._between(self._anchor(at)))
            alike = [one for one in alike if one.element in near]
        if len(alike) != 1 or alike[0].element.find(f"{W}pPr/{W}sectPr") is not None:
            return None
        return alike[0].element

    @cached_property
    def _is_translated(self) -> bool:
        """Whether the target says nothing of the template's own as the base does: it is in another language."""
        before, there = ({one.sign for one in blocks if not one.items} for blocks in (self._old, self._there))
        return len(before) >= _ENOUGH and before.isdisjoint(there)

    def _in_place_of(self, block: _Block) -> list[_Block]:
        """Return what stands in the target where *block* stands in the base: between the same generated blocks, of as
        many."""
        targets = {twin.base: twin.target for twin in self._twins.values() if twin.target}
        for around, gap in _gaps(self._old):
            if block in gap:
                known = {(side, targets[at]) for side, at in around if at in targets}
                for other, there in _gaps(self._there):
                    if len(there) == len(gap) and known & other:
                        return [there[gap.index(block)]]
        return []

    def _between(self, anchor: Element | None) -> Iterator[Element]:
        """Yield the blocks behind *anchor* up to the next one that was generated."""
        body = self.target.body.root[0]
        following = anchor.itersiblings() if anchor is not None else iter(body)
        for one in following:
            known = self._signs.get(one)
            if known is not None and known.items:
                return
            yield one

    def _place(self, number: int, block: _Block, instead: Element | None) -> None:
        """Put a copy in the place of what it stands *instead* of, else behind the nearest thing before it that the
        target has, past what stands between them there."""
        anchor = self._anchor(number)
        made = self._lifted(block.element)
        self._brought.add(block.element)
        self._placed.add(made)
        self.changed = True
        if instead is not None:
            instead.addprevious(made)
            return
        passed = {one.sign for one in self._preceding(number)}
        after = anchor
        for one in self._between(anchor):
            known = self._signs.get(one)
            if one in self._placed or (known is not None and known.sign in passed):
                after = one
        following = self._nearest(self._now[number:]) if after is None else None
        last = self.target.body.root.find(f"{W}body/{W}sectPr")
        if after is not None:
            after.addnext(made)
        elif following is not None:
            following.addprevious(made)
        elif last is not None:
            last.addprevious(made)

    def _preceding(self, number: int) -> Iterator[_Block]:
        for block in reversed(self._now[:number]):
            if block.items:
                return
            yield block

    def _lifted(self, element: Element) -> Element:
        made = self.lifter.lift(element)
        # What a copy was generated as says nothing in another template.
        named = {one.get(f"{W}id") for one in made.iter(_START) if one.get(_NAME, "").startswith(ITEM_PREFIX)}
        for one in [one for one in made.iter(_START, _END) if one.get(f"{W}id") in named]:
            remove(one)
        for one in [*made.iter(*_COMMENTS), *made.iter(f"{W}sectPr")]:
            parent = one.getparent()
            if parent is not None:
                parent.remove(one)
        for one in list(made.iter(f"{W}numPr")):
            parent = one.getparent()
            if parent is not None and not self._is_listed(one):
                parent.remove(one)
        return made

    def _is_listed(self, mark: Element) -> bool:
        """Whether the target has the list that a paragraph of the source belongs to."""
        found = mark.find(f"{W}numId")
        number = found.get(f"{W}val", "") if found is not None else ""
        own, other = _list_of(self._source, number), _list_of(self.target, number)
        return own is not None and own == other

    # --- rows ----------------------------------------------------------------------------------------------------

    def _rows(self) -> None:
        """Bring rows that people put into generated tables."""
        for block in self._now:
            if block.element.tag != TBL or not block.items:
                continue
            known = {row: at for at in block.items if (row := self._row(self._source, at)) is not None}
            known = {row: at for row, at in known.items() if not _is_copy(row)}
            base = next((self._twins[at].base for at in block.items if at in self._twins), "")
            first = self._row(self._base, base) if base else None
            if first is None:
                continue
            said = {text_within(row) for row in first.itersiblings(TR)} | {
                text_within(row) for row in first.itersiblings(TR, preceding=True)
            }
            after: Element | None = None
            for row in block.element.findall(TR):
                if row in known:
                    twin = self._twins.get(known[row])
                    after = self._row(self.target, twin.target) if twin is not None and twin.target else after
                elif after is not None and (text := text_within(row)).strip() and text not in said:
                    after = self._put_row(row, after)

    def _put_row(self, row: Element, after: Element) -> Element:
        table = after.getparent()
        cells = f"{W}tc"
        assert table is not None
        if len(row.findall(cells)) != len(after.findall(cells)):
            return after
        self._brought.add(row)
        if text_within(row) in {text_within(one) for one in table.findall(TR)}:
            return after
        made = self._lifted(row)
        after.addnext(made)
        self.changed = True
        return made

    def _row(self, document: Document, at: str) -> Element | None:
        found = document.item(at)
        return found.element if found is not None and found.is_row else None

    # --- what is no text -----------------------------------------------------------------------------------------

    def _told(self) -> None:
        known = {*_remarks(self._base), *_remarks(self.target)}
        self.left += (f"comment: {text}" for text in _remarks(self._source) if text not in known)
        shown = {*_in_margins(self._base), *_in_margins(self.target)}
        self.left += (f"in a header or footer: {name}" for name in _in_margins(self._source) if name not in shown)
        here = {digest for document in (self._base, self.target) for digest in _pictures(document, document.body.root)}
        left = [one for one in _outer(self._source) if self._brought.isdisjoint((one, *one.iterancestors()))]
        for paragraph in left:
            if any(digest not in here for digest in _pictures(self._source, paragraph)):
                self.left.append(f"picture in: {text_within(paragraph)}")
        self._told_objects(left)

    def _told_objects(self, left: Sequence[Element]) -> None:
        """Tell of the objects that people put into paragraphs which the template has in its own way."""
        base, there = (
            Counter(found for paragraph in _outer(one) for found in objects(one, paragraph))
            for one in (self._base, self.target)
        )
        held = [(paragraph, [*objects(self._source, paragraph)]) for paragraph in left]
        own = Counter(one for _, found in held for one in found) - (base | there)
        if not own:
            return
        known = {(text_within(p), one) for p in _outer(self._base) for one in objects(self._base, p)}
        for paragraph, found in held:
            for one in found:
                if own[one] > 0 and (text := text_within(paragraph), one) not in known:
                    own[one] -= 1
                    self.left.append(f"{one} in: {text}")


def _blocks(document: Document) -> list[_Block]:
    """Return the paragraphs and tables of a body that say or show anything; what people copied is their own."""
    items: dict[Element, list[str]] = {}
    names: dict[str, list[Element]] = defaultdict(list)
    for letter, found in (("", document.body.items), ("c", document.body.entries)):
        for index, item in enumerate(found):
            for element in item.elements:
                top = _top(element)
                if top is not None:
                    items.setdefault(top, []).append(f"0/{letter}{index}")
                    names[item.id].append(top)
    copied = {top for tops in names.values() if len({*tops}) > 1 for top in tops if _is_copy(top)}
    items = {top: found for top, found in items.items() if top not in copied}
    found_blocks: list[_Block] = []
    for element in document.body.root[0]:
        own = items.get(element, [])
        # A table of contents that an office made anew is nobody's.
        if element.tag not in {P, TBL} and (element.tag != _SDT or (not own and element.find(_GALLERY) is not None)):
            continue
        sign = "" if own else "\n".join((_words(element), *_pictures(document, element)))
        if not own and not sign.strip():
            # An equation, a chart, a text box in a paragraph of its own.
            sign = "\n".join((*map(_words, element.iter(P)), *objects(document, element)))
        if own or sign.strip():
            found_blocks.append(_Block(element, sign, own))
    return found_blocks


def _gaps(blocks: Sequence[_Block]) -> Iterator[tuple[set[tuple[str, str]], list[_Block]]]:
    """Yield what of the template's own stands together, with the handles of what was generated before and behind it."""
    around: set[tuple[str, str]] = set()
    gap: list[_Block] = []
    for block in blocks:
        if not block.items:
            gap.append(block)
            continue
        if gap:
            yield around | {("behind", at) for at in block.items}, gap
        around, gap = {("before", at) for at in block.items}, []
    if gap:
        yield around, gap


def _outer(document: Document) -> Iterator[Element]:
    """Yield the paragraphs of a body that stand in no other one's text box."""
    return (one for one in document.body.root.iter(P) if next(one.iterancestors(P), None) is None)


def _is_copy(element: Element) -> bool:
    """Whether an office says that a block, or a row, is a copy of what was generated."""
    names = [name for one in element.iter(_START) if (name := one.get(_NAME, "")).startswith(ITEM_PREFIX)]
    return bool(names) and all(name != plain_name(name) for name in names)


def _words(element: Element) -> str:
    """Return the text of a block but for its fields, which say what is counted anew (the number of a table), and its
    values, which follow the data."""
    paragraphs = [element] if element.tag == P else list(element.iter(P))
    return "\n".join(prose_of(Walker({}).paragraph(one)) for one in paragraphs)


def _top(element: Element) -> Element | None:
    """Return the block of the body that an element stands in; None where it stands deeper than in a table."""
    up: Element | None = element
    while up is not None:
        parent = up.getparent()
        if parent is not None and parent.tag == f"{W}body":
            return up
        up = parent
    return None


def _pictures(document: Document, element: Element) -> list[str]:
    """Return the digests of the pictures in an element."""
    package, own = document.package, document.relationships
    ids = [str(one.get(_PICTURES)) for one in element.iter() if one.get(_PICTURES)]
    parts = [own.target(rel_id) for rel_id in ids if rel_id in own and not own[rel_id].external]
    return [hashlib.sha256(package.read(package.stored_name(one))).hexdigest() for one in parts if one in package]


def _in_margins(document: Document) -> dict[str, None]:
    """Return what the pictures and watermarks in headers and footers are called, or say."""
    roots = (root for root in document.roots.values() if root.tag in _MARGINS)
    shapes = (shape for root in roots for shape in root.iter(f"{W}pict", f"{W}drawing"))
    return dict.fromkeys(
        next((text for one in shape.iter() for name in _CALLED if (text := one.get(name))), "picture")
        for shape in shapes
    )


def _remarks(document: Document) -> list[str]:
    """Return what people's comments say."""
    part = document.relationships.target_of_type(rt.COMMENTS)
    if part is None or part not in document.package:
        return []
    root = etree.fromstring(document.package.read(document.package.stored_name(part)), PARSER)
    return [text_within(one) for one in root.iter(f"{W}comment") if one.get(f"{W}author") != AUTHOR]


def _list_of(document: Document, number: str) -> bytes | None:
    """Return what a list of a document looks like."""
    part = document.relationships.target_of_type(rt.NUMBERING)
    if part is None or part not in document.package:
        return None
    root = etree.fromstring(document.package.read(document.package.stored_name(part)), PARSER)
    marks = (one.find(f"{W}abstractNumId") for one in root.iter(f"{W}num") if one.get(f"{W}numId") == number)
    wanted = next((one.get(f"{W}val") for one in marks if one is not None), None)
    lists = (one for one in root.iter(f"{W}abstractNum") if one.get(f"{W}abstractNumId") == wanted)
    levels = next((one.findall(f"{W}lvl") for one in lists), None)
    return b"".join(etree.tostring(one, method="c14n") for one in levels) if levels is not None else None
