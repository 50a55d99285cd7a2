"""Text of DrawingML paragraphs, read plainly, and changed so that all formatting around the change stays.

Paragraphs and line breaks are both a line's end. Fields (slide numbers, dates) are the editor's own and hold no text
here.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from lxml import etree

from exporters.charts.drawingml import A

Element = etree._Element
_TOKEN = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?%?|[A-Za-z]+|\n|.", re.DOTALL)
_RUN, _BREAK, _TEXT = f"{A}r", f"{A}br", f"{A}t"
_PROPERTIES, _RUN_PROPERTIES, _END = f"{A}pPr", f"{A}rPr", f"{A}endParaRPr"


def paragraphs_of(body: Element) -> list[Element]:
    return body.findall(f"{A}p")


def text_of(paragraphs: Sequence[Element]) -> str:
    """Return the text of *paragraphs*, lines joined by newlines."""
    return "\n".join([_line(paragraph) for paragraph in paragraphs])


def _line(paragraph: Element) -> str:
    return "".join([_words(one) if one.tag == _RUN else "\n" for one in paragraph.iterchildren(_RUN, _BREAK)])


def _words(run: Element) -> str:
    text = next(run.iterchildren(_TEXT), None)
    return (text.text or "") if text is not None else ""


class _Unit(NamedTuple):
    """One character: where its run, line break or (for a paragraph's end) following paragraph is."""

    char: str
    kind: str
    """r a character of a run, b a line break, p the end of a paragraph"""
    owner: Element
    offset: int = 0


def set_text(paragraphs: Sequence[Element], new: str, like: Sequence[Element] = ()) -> None:
    """Make the text of *paragraphs* (at least one, siblings in order) *new*, touching only what differs.

    New lines end as those that stand there; where there is only one, as those of *like*.
    """
    writer = _Writer(list(paragraphs), like)
    old = "".join(unit.char for unit in writer.units)
    for start, stop, text in reversed(list(_changes(old, new))):
        writer.replace(start, stop, text)
    writer.tidy()


def _changes(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, new text) of the stretches to replace: whole lines first, then words within lines."""
    first, second = old.split("\n"), new.split("\n")
    starts = [0]
    for line in first:
        starts.append(starts[-1] + len(line) + 1)
    for kind, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "replace" and b - a == d - c:
            for step in range(b - a):
                yield from _within(starts[a + step], first[a + step], second[c + step])
        elif kind == "replace":
            yield from _within(starts[a], "\n".join(first[a:b]), "\n".join(second[c:d]))
        elif kind == "insert" and a < len(first):
            yield starts[a], starts[a], "\n".join(second[c:d]) + "\n"
        elif kind == "insert":
            yield len(old), len(old), "\n" + "\n".join(second[c:d])
        elif kind == "delete":
            whole = b < len(first)
            yield (starts[a], starts[b], "") if whole else (max(starts[a] - 1, 0), len(old), "")


def _within(at: int, old: str, new: str) -> Iterator[tuple[int, int, str]]:
    first, second = _TOKEN.findall(old), _TOKEN.findall(new)
    places = [at]
    for token in first:
        places.append(places[-1] + len(token))
    for kind, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind != "equal":
            yield places[a], places[b], "".join(second[c:d])


class _Writer:
    """Replaces stretches of text from the last to the first, so that places before them stay valid."""

    def __init__(self, paragraphs: list[Element], like: Sequence[Element]) -> None:
        self._first = paragraphs[0]
        self.units: list[_Unit] = []
        self._touched: list[Element] = []
        for number, paragraph in enumerate(paragraphs):
            if number:
                self.units.append(_Unit("\n", "p", paragraph))
            for child in paragraph:
                if child.tag == _RUN:
                    text = _words(child)
                    self.units += (_Unit(char, "r", child, at) for at, char in enumerate(text))
                elif child.tag == _BREAK:
                    self.units.append(_Unit("\n", "b", child))
        ends = {unit.kind for unit in self.units if unit.kind != "r"}
        self._breaks_lines = ends == {"b"} if ends else len(like) == 1 and like[0].find(_BREAK) is not None

    def replace(self, start: int, stop: int, text: str) -> None:
        gone = self.units[start:stop]
        anchor = next((unit for unit in gone if unit.kind == "r"), None)
        for unit in reversed(gone):
            self._delete(unit)
        if not text:
            return
        if anchor is not None:
            self._insert(anchor.owner, anchor.offset, text)
            return
        before = self.units[start - 1] if start else None
        after = self.units[stop] if stop < len(self.units) else None
        if after is not None and after.kind == "r" and (before is None or before.kind != "r" or text.endswith("\n")):
            self._insert(after.owner, after.offset, text)
        elif before is not None and before.kind == "r":
            self._insert(before.owner, before.offset + 1, text)
        else:
            self._insert(self._new_run(before), 0, text)

    def _delete(self, unit: _Unit) -> None:
        if unit.kind == "r":
            holder = _text(unit.owner)
            holder.text = (holder.text or "")[: unit.offset] + (holder.text or "")[unit.offset + 1 :]
            self._touched.append(unit.owner)
        elif unit.kind == "b":
            _detach(unit.owner)
        else:
            self._join(unit.owner)

    def _join(self, paragraph: Element) -> None:
        """Put a paragraph's content behind that of the paragraph before it."""
        before = paragraph.getprevious()
        if before is None or before.tag != paragraph.tag:
            return
        content = [child for child in paragraph if child.tag not in {_PROPERTIES, _END}]
        end = before.find(_END)
        for child in content:
            if end is not None:
                end.addprevious(child)
            else:
                before.append(child)
        _detach(paragraph)

    def _insert(self, run: Element, offset: int, text: str) -> None:
        first, *rest = text.split("\n")
        holder = _text(run)
        value = holder.text or ""
        if not rest:
            holder.text = value[:offset] + first + value[offset:]
            return
        # The tail of the run becomes a run of its own behind the last new line.
        holder.text = value[:offset] + first
        tail = copy.deepcopy(run)
        tail.tail = None
        _text(tail).text = value[offset:]
        run.addnext(tail)
        self._touched += (run, tail)
        last = run
        for line in rest:
            last = self._new_line(last, line)

    def _new_line(self, run: Element, text: str) -> Element:
        """End the line behind *run* and begin another with *text*; what followed the run follows it."""
        made = copy.deepcopy(run)
        made.tail = None
        _text(made).text = text
        self._touched.append(made)
        if self._breaks_lines:
            mark = run.makeelement(_BREAK, {})
            properties = run.find(_RUN_PROPERTIES)
            if properties is not None:
                mark.append(copy.deepcopy(properties))
            run.addnext(mark)
            mark.addnext(made)
            return made
        paragraph = run.getparent()
        assert paragraph is not None
        following = paragraph.makeelement(paragraph.tag, {})
        properties = paragraph.find(_PROPERTIES)
        if properties is not None:
            following.append(copy.deepcopy(properties))
        following.append(made)
        for child in list(run.itersiblings()):
            following.append(child)
        end = following.find(_END)
        if end is not None:
            paragraph.append(copy.deepcopy(end))
        paragraph.addnext(following)
        return made

    def _new_run(self, before: _Unit | None) -> Element:
        """Return a new, empty run on an empty line: behind a line break, or in an empty paragraph."""
        paragraph = self._first
        if before is not None and before.kind == "p":
            paragraph = before.owner
        elif before is not None:
            parent = before.owner.getparent()
            paragraph = parent if parent is not None else paragraph
        run = paragraph.makeelement(_RUN, {})
        properties = self._look(paragraph)
        if properties is not None:
            properties.tag = _RUN_PROPERTIES
            run.append(properties)
        run.append(run.makeelement(_TEXT, {}))
        self._touched.append(run)
        if before is not None and before.kind == "b":
            before.owner.addnext(run)
            return run
        place = paragraph.find(_PROPERTIES)
        if place is not None:
            place.addnext(run)
        else:
            paragraph.insert(0, run)
        return run

    def _look(self, paragraph: Element) -> Element | None:
        """Return a copy of the properties that text typed into an empty line would take."""
        found = paragraph.find(_END)
        body = paragraph.getparent()
        if found is None and body is not None:
            found = body.find(f".//{_RUN}/{_RUN_PROPERTIES}")
        if found is None:
            return None
        made = copy.deepcopy(found)
        made.tail = None
        return made

    def tidy(self) -> None:
        """Take out runs that have become empty; an empty line keeps the look of its last text."""
        for run in self._touched:
            paragraph = run.getparent()
            if paragraph is None or _text(run).text:
                continue
            properties = run.find(_RUN_PROPERTIES)
            alone = not any(child is not run and child.tag in {_RUN, f"{A}fld", _BREAK} for child in paragraph)
            if alone and paragraph.find(_END) is None and properties is not None:
                end = copy.deepcopy(properties)
                end.tag, end.tail = _END, None
                paragraph.append(end)
            _detach(run)


def _text(run: Element) -> Element:
    found = run.find(_TEXT)
    if found is None:
        found = etree.SubElement(run, _TEXT)
    return found


def _detach(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
