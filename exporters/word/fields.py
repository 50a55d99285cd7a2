"""Fields whose results are known by construction: sequence numbers and references to them.

A reader sees the cached result of a field until it is updated, so the cached results must be right on delivery.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from exporters.binding.program import Weaver
from exporters.word.names import W
from exporters.word.scopes import Around, Scopes
from exporters.word.xmlparts import Element, is_fallback

_SEQ = re.compile(r'^\s*SEQ\s+("[^"]+"|\S+)(.*)$', re.IGNORECASE | re.DOTALL)
_REF = re.compile(r"^\s*REF\s+(\S+)", re.IGNORECASE)
_PAGE_REF = re.compile(r"^\s*PAGEREF\s+(\S+)", re.IGNORECASE)


class Field(Struct):
    """A complex field: its instruction and the runs from its first mark to its last."""

    code: str
    begin: Element
    runs: list[Element] = field(default_factory=list)
    results: list[Element] = field(default_factory=list)
    """The runs between the separator and the end."""
    codes: list[Element] = field(default_factory=list)
    """The runs that hold the instruction."""
    end: Element | None = None
    separated: bool = False


def complex_fields(root: Element) -> Iterator[Field]:
    """Yield the fields of a tree, inner ones before the field that they stand in."""
    stack: list[Field] = []
    for run in root.iter(f"{W}r"):
        for child in run:
            if child.tag == f"{W}fldChar":
                kind = child.get(f"{W}fldCharType")
                if kind == "begin":
                    stack.append(Field("", run))
                elif kind == "separate" and stack:
                    stack[-1].separated = True
                elif kind == "end" and stack:
                    done = stack.pop()
                    done.end = run
                    yield done
            elif child.tag == f"{W}instrText" and stack and not stack[-1].separated:
                stack[-1].code += child.text or ""
                stack[-1].codes.append(run)
        for one in stack:
            one.runs.append(run)
            if one.separated and run.find(f"{W}fldChar") is None and (not one.results or one.results[-1] is not run):
                one.results.append(run)


def join_codes(root: Element) -> None:
    """Bring an instruction that Office split over runs into one run, so that its tags are whole."""
    for one in complex_fields(root):
        if len(one.codes) > 1:
            texts = [code for run in one.codes for code in run.iter(f"{W}instrText")]
            texts[0].text = one.code
            for text in texts[1:]:
                text.text = ""


class Captions(Struct):
    """Numbers sequences and answers references to them."""

    weaver: Weaver
    values: set[Element]
    """The runs whose text is counted for the page; numbers join them."""
    order: list[tuple[str, Element, Around]] = field(default_factory=list)
    """Every sequence field of the body in document order: its name, its first run, the constructs around it."""

    def number(self, root: Element, scopes: Scopes) -> list[Field]:
        """Give each sequence field the number that it has when it is reached; return the fields."""
        numbered: list[Field] = []
        for one in complex_fields(root):
            found = _SEQ.match(one.code)
            if found is None or is_fallback(one.begin):
                continue
            name = found[1].strip('"')
            restart = re.search(r"\\r\s*(\d+)", found[2])
            call = f"_seq({int(restart[1])})" if restart else "_seq"
            self._set(one, self.weaver.value(repr(name), "", call))
            self.order.append((name, one.begin, scopes.of(one.begin)))
            numbered.append(one)
        for simple in root.iter(f"{W}fldSimple"):
            found = _SEQ.match(simple.get(f"{W}instr", ""))
            text = next(simple.iter(f"{W}t"), None)
            if found and text is not None:
                name = found[1].strip('"')
                text.text = self.weaver.value(repr(name), "", "_seq")
                self.values.update(simple.iter(f"{W}r"))
                self.order.append((name, simple, scopes.of(simple)))
        return numbered

    def _set(self, one: Field, text: str) -> None:
        run = set_result(one, text)
        if run is not None:
            self.values.add(run)

    def refer(self, root: Element, scopes: Scopes) -> None:
        """Give each reference to a caption's label and number its text, where nothing uncertain lies between."""
        places = {element: number for number, element in enumerate(root.iter())}
        bookmarks = {start.get(f"{W}name", ""): start for start in root.iter(f"{W}bookmarkStart")}
        for one in complex_fields(root):
            found = _REF.match(one.code)
            start = bookmarks.get(found[1]) if found else None
            if start is None:
                continue
            caption = _captioned(start, self.order)
            if caption is None:
                continue
            name, label, target = caption
            at, to = places[one.begin], places[target]
            low, high = sorted((at, to))
            between = [item for item in self.order if item[0] == name and low < places[item[1]] < high]
            around = scopes.of(target)
            if any(item[2] != around for item in between) or not _same_turn(around, scopes.of(one.begin)):
                continue
            ahead = len(between) + 1 if to > at else -len(between)
            self._set(one, self.weaver.value(repr(name), "", f"_seq_near({ahead}, {label!r})"))


def _same_turn(target: Around, reference: Around) -> bool:
    return target == reference[: len(target)]


def _captioned(start: Element, order: list[tuple[str, Element, Around]]) -> tuple[str, str, Element] | None:
    """Return (sequence, the text before its number, its first run) of the caption that a bookmark holds."""
    known = {id(item[1]): item for item in order}
    label = ""
    for sibling in start.itersiblings():
        if sibling.tag == f"{W}bookmarkEnd" and sibling.get(f"{W}id") == start.get(f"{W}id"):
            return None
        found = known.get(id(sibling))
        if found is not None:
            return found[0], label, found[1]
        if sibling.tag == f"{W}r":
            label += "".join(text.text or "" for text in sibling.iter(f"{W}t"))
    return None


def set_result(one: Field, text: str) -> Element | None:
    """Make *text* the cached result of a field; return the run that shows it."""
    texts = [found for run in one.results for found in run.iter(f"{W}t")]
    if not texts:
        return None
    texts[0].text = text
    for extra in texts[1:]:
        extra.text = ""
    return texts[0].getparent()


def page_reference(code: str) -> str:
    """Return the bookmark that a PAGEREF field asks for, or nothing."""
    found = _PAGE_REF.match(code)
    return found[1] if found else ""
