"""Conflicts made visible: one comment each, by author "briefpack", taken away when the conflict is settled."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree
from msgspec import Struct

from exporters.package import ct, rt
from exporters.snapshot import MARK, Conflict
from exporters.word.living.atoms import R
from exporters.word.living.document import Document
from exporters.word.living.lifting import Luggage
from exporters.word.living.runs import AUTHOR, remove, set_text
from exporters.word.names import W
from exporters.word.xmlparts import Element

_START, _END, _REFERENCE = f"{W}commentRangeStart", f"{W}commentRangeEnd", f"{W}commentReference"
_COMMENT = f"{W}comment"
_SIGNS = {"base": "⟲", "theirs": "✎", "ours": "⟳"}
_GONE = "数据中已无此项，其编号可能与别处重复 / no longer in the data; its numbers may stand twice"


class Spot(Struct, frozen=True):
    """What a comment stands on: from one element to another, of one parent or not."""

    first: Element
    last: Element


class Remarks:
    """The comments of one document."""

    def __init__(self, target: Document, luggage: Luggage, date: str) -> None:
        self._target, self._luggage, self._date = target, luggage, date
        part = target.relationships.target_of_type(rt.COMMENTS)
        self._part = target.package.stored_name(part) if part and part in target.package else ""
        self._root: Element | None = None
        if self._part:
            self._root = target.roots.get(self._part)
            if self._root is None:
                self._root = target.roots[self._part] = etree.fromstring(target.package.read(self._part))
        self._own: dict[str, list[Element]] = {}
        for comment in self._comments():
            if comment.get(f"{W}author") == AUTHOR:
                self._own.setdefault(_lines(comment)[0], []).append(comment)
        self.changed: set[Element] = set()

    def show(self, conflicts: Iterable[tuple[Conflict, Spot | None]]) -> None:
        """Let there be one comment for each conflict that has a spot, the first one, and none of what is settled."""
        kept: set[Element] = set()
        said: set[tuple[str, ...]] = set()
        marks = self._marks()
        for conflict, spot in conflicts:
            texts = tuple(_texts(conflict))
            if texts in said:
                # One value stands in many places: once is enough.
                continue
            if spot is not None:
                said.add(texts)
            known = [one for one in self._own.get(_title(conflict), []) if one not in kept]
            here = next((one for one in known if spot is not None and self._stands_in(one, spot, marks)), None)
            found = here if here is not None else next(iter(known), None)
            if found is not None:
                kept.add(found)
                self._write(found, conflict)
            elif spot is not None:
                kept.add(self._add(conflict, spot))
        for comments in self._own.values():
            for comment in comments:
                if comment not in kept:
                    self._remove(comment, marks)

    def _comments(self) -> list[Element]:
        return [] if self._root is None else list(self._root.iter(_COMMENT))

    def _marks(self) -> dict[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        if self._own:
            for root in self._target.roots.values():
                for mark in root.iter(_START, _END, _REFERENCE):
                    found.setdefault(mark.get(f"{W}id", ""), []).append(mark)
        return found

    def _stands_in(self, comment: Element, spot: Spot, marks: dict[str, list[Element]]) -> bool:
        paragraph = _paragraph(spot.first)
        return any(_paragraph(mark) is paragraph for mark in marks.get(comment.get(f"{W}id", ""), ()))

    def _write(self, comment: Element, conflict: Conflict) -> None:
        wanted = _texts(conflict)
        if _lines(comment) == wanted:
            return
        for paragraph in list(comment):
            comment.remove(paragraph)
        comment.extend(_paragraphs(comment, wanted))
        self._touch(comment)

    def _add(self, conflict: Conflict, spot: Spot) -> Element:
        root = self._need_root()
        taken = [int(one.get(f"{W}id", "0")) for one in self._comments() if one.get(f"{W}id", "").isdecimal()]
        number = str(max(taken, default=-1) + 1)
        comment = root.makeelement(_COMMENT, {f"{W}id": number, f"{W}author": AUTHOR, f"{W}initials": "bp"})
        if self._date:
            comment.set(f"{W}date", self._date)
        comment.extend(_paragraphs(comment, _texts(conflict)))
        root.append(comment)
        self._touch(comment)
        first, last = _outside(spot.first), _outside(spot.last)
        first.addprevious(first.makeelement(_START, {f"{W}id": number}))
        run = last.makeelement(R)
        run.append(run.makeelement(_REFERENCE, {f"{W}id": number}))
        last.addnext(run)
        last.addnext(last.makeelement(_END, {f"{W}id": number}))
        self._touch(first)
        return comment

    def _remove(self, comment: Element, marks: dict[str, list[Element]]) -> None:
        self._touch(comment)
        remove(comment)
        for mark in marks.get(comment.get(f"{W}id", ""), ()):
            self._touch(mark)
            parent = mark.getparent()
            remove(mark)
            if parent is not None and parent.tag == R and not [one for one in parent if one.tag != f"{W}rPr"]:
                remove(parent)

    def _touch(self, element: Element) -> None:
        self.changed.add(element.getroottree().getroot())

    def _need_root(self) -> Element:
        if self._root is None:
            target = self._target
            name = "word/comments.xml"
            if name in target.package:
                name = self._luggage.free_name(name)
            self._root = target.roots[name] = etree.Element(f"{W}comments", nsmap={"w": W[1:-1]})
            self._luggage.add(name, b"", ct.WORD_COMMENTS)
            self._luggage.relate(target.main, rt.COMMENTS, name)
        return self._root


def _title(conflict: Conflict) -> str:
    return f"{conflict.key} · {conflict.reason}"


def _texts(conflict: Conflict) -> list[str]:
    """Return the lines of a comment: which value, then what it was, what stands here, what the data says."""
    return [
        _title(conflict),
        *(f"{sign} {_readable(getattr(conflict, name)) or '—'}" for name, sign in _SIGNS.items()),
        *([_GONE] if conflict.reason == "changed-dropped" and not conflict.ours else ()),
    ]


def _readable(text: str) -> str:
    pieces = text.split(MARK)
    pieces[1::2] = [f"[{key}]" for key in pieces[1::2]]
    return "".join(pieces).replace("\n", " ")


def _lines(comment: Element) -> list[str]:
    found = ["".join(text.text or "" for text in paragraph.iter(f"{W}t")) for paragraph in comment.iter(f"{W}p")]
    return found or [""]


def _paragraphs(near: Element, lines: list[str]) -> list[Element]:
    found: list[Element] = []
    for line in lines:
        paragraph = near.makeelement(f"{W}p")
        run = near.makeelement(R)
        text = near.makeelement(f"{W}t")
        set_text(text, line)
        run.append(text)
        paragraph.append(run)
        found.append(paragraph)
    return found


def _paragraph(element: Element) -> Element | None:
    return element if element.tag == f"{W}p" else next(element.iterancestors(f"{W}p"), None)


def _outside(element: Element) -> Element:
    """Return the child of the paragraph that holds *element*: a range does not begin inside a control or a link."""
    while (parent := element.getparent()) is not None and parent.tag != f"{W}p":
        element = parent
    return element
