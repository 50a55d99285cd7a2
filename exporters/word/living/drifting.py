"""Values' bookmarks that LibreOffice moved off their values, put back.

At every opening, LibreOffice 7.4 moves what is booked behind a comment to the left, by about a character for each
comment before it in the paragraph (measured), and of controls side by side it keeps some alone. So it does behind a
note. Where it puts a watermark into a header, the value ends. The words stay: a value stands where its words do, in
comparison with the paragraph as it was generated, or where its control is.
"""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher

from msgspec import Struct, field

from exporters.word.anchors import PREFIX, plain_name, value_key
from exporters.word.living.atoms import ITEM_PREFIX
from exporters.word.living.runs import drop_control, isolate, set_text
from exporters.word.names import W
from exporters.word.xmlparts import Element

_NAMELESS = re.compile(rb"<w:sdtPr(?:/>|></w:sdtPr>)")
_CUT = re.compile(
    rb"(?:(?!<w:bookmarkStart).)*?<w:bookmarkEnd[^>]*/>.*?<w:t[ >]|.*?<w:t[ >].*?<w:bookmarkEnd[^>]*/>.*?<w:t[ >]",
    re.DOTALL,
)
_LOOSE = 2
"""So many characters fewer a bookmark may move than others: the sides of a control count as characters."""
_COMMENT, _START, _END, _PARAGRAPH, _SDT = (
    f"{W}{name}" for name in ("commentReference", "bookmarkStart", "bookmarkEnd", "p", "sdt")
)
COMMENTS, PICTURES = (_COMMENT,), (f"{W}pict", f"{W}drawing")
NOTES = f"{W}footnoteReference", f"{W}endnoteReference"
CUT = (_END,)
"""The ends of bookmarks within the words of a control: what moved them may be gone by now."""
_NOTE, _VALUE = b"noteReference ", f'w:name="{PREFIX}'.encode()
_SIGNS = frozenset((*NOTES, *(f"{W}{name}" for name in ("tab", "br", "cr", "noBreakHyphen"))))
_GONE = frozenset((f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr"))


def has_values_behind_notes(body: bytes) -> bool:
    """Return whether any paragraph refers to a note and has a value behind that."""
    found = body.find(_NOTE)
    while found >= 0:
        end = body.find(b"</w:p>", found)
        if body.find(_VALUE, found, end) >= 0:
            return True
        found = body.find(_NOTE, end) if end >= 0 else -1
    return False


def has_cut_values(body: bytes) -> bool:
    """Return whether a bookmark ends within the words of a control that LibreOffice wrote."""
    if _NAMELESS.search(body) is None:
        return False
    pieces = (one.partition(b"</w:sdtContent>")[0] for one in body.split(b"<w:sdtContent>")[1:])
    return any(_CUT.match(one) for one in pieces if b"<w:bookmarkEnd" in one)


def _cuts(end: Element) -> bool:
    """Return whether the end of a bookmark stands within the words of a control, or before them all, without its
    beginning."""
    content = end.getparent()
    if content is None or content.tag != f"{W}sdtContent" or not _has_text(end.itersiblings()):
        return False
    before = list(end.itersiblings(preceding=True))
    return _has_text(before) or all(one.tag != _START for one in before)


def _has_text(elements: Iterable[Element]) -> bool:
    return any(text.text for one in elements for text in one.iter(f"{W}t"))


def put_back(
    root: Element, base: Callable[[], Iterable[Element]], digests: Mapping[str, str], beside: tuple[str, ...]
) -> bool:
    """Put the bookmarks in paragraphs of an edited part that hold what bookmarks move *beside* around their values
    again; *base* gives the parts that were generated. Return whether any had moved."""
    found = (mark for mark in root.iter(*beside) if mark.tag != _END or _cuts(mark))
    marks = (next(mark.iterancestors(_PARAGRAPH), None) for mark in found)
    commented = [_Read(one, digests) for one in dict.fromkeys(marks) if one is not None]
    booked = [one for one in commented if one.values]
    if not booked:
        return False
    origins: dict[str, Element] = {}
    wanted = {name for one in booked for name in one.items}
    for start in (start for part in base() for start in part.iter(_START)):
        name = start.get(f"{W}name", "")
        paragraph = next(start.iterancestors(_PARAGRAPH), None) if name in wanted else None
        if paragraph is not None:
            origins.setdefault(name, paragraph)
    moved = False
    for one in booked:
        origin = next((origins[name] for name in one.items if name in origins), None)
        moved |= origin is not None and _put_back(one, _Read(origin, digests))
    return moved


def _put_back(now: _Read, before: _Read) -> bool:
    """Put back what moved in one paragraph, and its own end with it."""
    moves = list(_moves(now, before))

    def farthest_but(one: _Move) -> int:
        return max((other.by for other in moves if other.is_sure and other is not one), default=0)

    # All moved about as far: what seems to stand farther off is a person's.
    near = [one for one in moves if one.is_at_control or one.is_cut or one.by <= _LOOSE + 2 * farthest_but(one)]
    if not any(one.is_sure for one in near):
        return False
    for one in near:
        now.book(one.value, one.start, one.end)
    for mark in now.ends:
        now.paragraph.append(mark)
    return True


def _moves(now: _Read, before: _Read) -> Iterator[_Move]:
    """Yield the values whose words, or whose control, stand to the right of their bookmark."""
    places = _Aligned(before.text, now.text)
    known: dict[str, list[_Stretch]] = defaultdict(list)
    for value in reversed(before.values):
        known[value.key].append(value)
    for value in now.values:
        origin = known[value.key].pop() if known[value.key] else None
        if origin is None:
            continue
        start, end = places.of(origin)
        if start is not None and end is not None and start < end > value.end:
            is_at_control = (start, end) in now.controls
            as_generated = now.text[start:end] == before.text[origin.start : origin.end]
            is_cut = as_generated and start == value.start
            if is_cut or (value.start, value.end) not in now.controls:
                yield _Move(value, start, end, is_at_control, is_at_control or as_generated, is_cut)


class _Stretch(Struct):
    """A value: from which character of its paragraph to which, and the two ends of its bookmark."""

    key: str
    start: int
    marks: list[Element]
    end: int = -1


class _Move(Struct, frozen=True):
    """A value, and where it seems to stand; sure, where that is its control, or says what was generated."""

    value: _Stretch
    start: int
    end: int
    is_at_control: bool
    is_sure: bool
    is_cut: bool
    """Whether it begins where it did, and says what was generated with what follows it."""

    @property
    def by(self) -> int:
        return self.end - self.value.end


class _Read(Struct):
    """A paragraph as characters: its text, its values and controls, and the names and ends of what it is booked as."""

    paragraph: Element
    digests: Mapping[str, str]
    text: str = ""
    values: list[_Stretch] = field(default_factory=list)
    controls: dict[tuple[int, int], Element] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    ends: list[Element] = field(default_factory=list)
    _nodes: dict[int, Element] = field(default_factory=dict)
    """Pieces of text, by their first character."""

    def __post_init__(self) -> None:
        self._walk(self.paragraph, {})
        self.values = [one for one in self.values if one.end >= 0]

    def _walk(self, parent: Element, begun: dict[str, _Stretch]) -> None:
        for child in parent:
            tag, number = child.tag, child.get(f"{W}id", "")
            if tag == f"{W}t":
                if child.text:
                    self._nodes[len(self.text)] = child
                    self.text += child.text
            elif tag in _SIGNS:
                self.text += "\n"
            elif tag == _START:
                name = child.get(f"{W}name", "")
                key = value_key(name, self.digests)
                if key is not None and name.startswith(PREFIX):
                    begun[number] = _Stretch(key, len(self.text), [child])
                    self.values.append(begun[number])
                elif name.startswith(ITEM_PREFIX):
                    self.items[plain_name(name)] = number
            elif tag == _END:
                if number in begun:
                    begun[number].end = len(self.text)
                    begun[number].marks.append(child)
                elif number in self.items.values():
                    self.ends.append(child)
            elif tag not in _GONE:
                at = len(self.text)
                self._walk(child, begun)
                if tag == _SDT and len(self.text) > at:
                    self.controls[at, len(self.text)] = child

    def book(self, value: _Stretch, start: int, end: int) -> None:
        """Put the ends of a value's bookmark around the characters from *start* to *end*, or around their control."""
        first, last = value.marks
        cut = self.controls.get((value.start, value.end))
        if cut is not None and start == value.start:
            # An office ends the control, too, where it puts a watermark.
            drop_control(cut)
        control = self.controls.get((start, end))
        begin = control if control is not None else self._run_from(start)
        self._run_from(end)
        stop = control if control is not None else self._nodes[max(at for at in self._nodes if at < end)].getparent()
        if begin is not None and stop is not None:
            begin.addprevious(first)
            stop.addnext(last)

    def _run_from(self, at: int) -> Element | None:
        """Return the run that begins with a character, cut from another where it did not."""
        before = max((one for one in self._nodes if one <= at), default=at)
        node = self._nodes.get(before)
        text = node.text or "" if node is not None else ""
        if node is None or at >= before + len(text):
            return None
        run = isolate(node)
        if at > before:
            rest = copy.deepcopy(run)
            run.addnext(rest)
            set_text(node, text[: at - before])
            node = self._nodes[at] = next(rest.iter(f"{W}t"))
            set_text(node, text[at - before :])
            return rest
        return run


class _Aligned:
    """Where the characters of one text stand in another."""

    def __init__(self, before: str, now: str) -> None:
        self._steps = SequenceMatcher(None, before, now, autojunk=False).get_opcodes()

    def of(self, value: _Stretch) -> tuple[int | None, int | None]:
        """Return where a value of the first begins and ends in the second; None for what cannot be told."""
        start = end = None
        for kind, low, high, at, to in self._steps:
            whole = kind == "equal"
            if low <= value.start < high and (whole or (kind == "replace" and value.start == low)):
                start = at + value.start - low
            if low < value.end <= high and (whole or (kind == "replace" and value.end == high)):
                end = to - (high - value.end)
        return start, end
