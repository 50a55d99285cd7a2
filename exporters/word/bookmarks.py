"""Bookmarks: hidden ones on everything generated, and the author's own where loops repeat them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from exporters.binding.program import Weaver
from exporters.binding.weave import after, before
from exporters.word.names import WP, W
from exporters.word.scopes import Around, Scopes, suffix_of
from exporters.word.xmlparts import Element, drop_paragraph_ids, is_fallback

_REFERENCE = re.compile(r"^(\s*(?:REF|PAGEREF|NOTEREF)\s+)(\S+)", re.IGNORECASE)


class Bookmarks:
    """Numbers paragraphs and rows over all parts and puts their bookmarks in."""

    def __init__(self, weaver: Weaver) -> None:
        self._weaver = weaver
        self._paragraphs = 0
        self._rows = 0
        self._marks = 0
        self._variables = 0
        self._own: dict[str, Around] = {}
        """The author's bookmarks that stand in loops, with the constructs around them."""

    def number(self) -> int:
        self._paragraphs += 1
        return self._paragraphs

    def value(self, expression: str) -> str:
        return self._weaver.value(expression, "", "_raw")

    def enclose(self, paragraph: Element, names: Iterable[tuple[str, str]]) -> None:
        """Put bookmarks around the contents of a paragraph; a name is a text and the variable that follows it."""
        starts: list[str] = []
        ends: list[str] = []
        for name, suffix in names:
            self._marks += 1
            starts.append(self._weaver.value(repr(name), "", f"_mark({self._marks}, {suffix or repr('')})"))
            ends.append(self._weaver.value(str(self._marks), "", "_unmark"))
        start, end = "".join(starts), "".join(reversed(ends))
        properties = paragraph.find(f"{W}pPr")
        if len(paragraph) and paragraph[-1] is not properties:
            paragraph[-1].tail = (paragraph[-1].tail or "") + end
        elif properties is not None:
            properties.tail = (properties.tail or "") + end
        else:
            paragraph.text = (paragraph.text or "") + end
        if properties is not None:
            after(properties, start)
        else:
            paragraph.text = start + (paragraph.text or "")

    def row_number(self) -> int:
        self._rows += 1
        return self._rows

    def repeat_own(self, root: Element, scopes: Scopes) -> None:
        """Give the author's bookmarks in loops, and what refers to them from the same loop, names of their own."""
        for start in root.iter(f"{W}bookmarkStart"):
            suffix = scopes.suffix(start)
            if not suffix:
                continue
            name = start.get(f"{W}name", "")
            self._own[name] = scopes.of(start)
            self._variables += 1
            variable = f"_i{self._variables}"
            number = start.get(f"{W}id", "")
            before(start, self._weaver.statement(f"set {variable} = 0|_id", ""))
            start.set(f"{W}id", self.value(variable))
            start.set(f"{W}name", name + self.value(suffix))
            end = next((one for one in root.iter(f"{W}bookmarkEnd") if one.get(f"{W}id") == number), None)
            if end is not None:
                end.set(f"{W}id", self.value(variable))
        if not self._own:
            return
        for link in root.iter(f"{W}hyperlink"):
            name = link.get(f"{W}anchor", "")
            if self.refers(name, link, scopes):
                link.set(f"{W}anchor", name + self.value(suffix_of(self._own[name])))
        for code in root.iter(f"{W}instrText"):
            found = _REFERENCE.match(code.text or "")
            if found and self.refers(found[2], code, scopes):
                rest = (code.text or "")[found.end() :]
                suffix = self.value(suffix_of(self._own[found[2]]))
                code.text = f"{found[1]}{found[2]}{suffix}{rest}"

    def refers(self, name: str, element: Element, scopes: Scopes) -> bool:
        """Return whether *name* at *element* means the bookmark that the same turn of the same loop makes."""
        around = self._own.get(name)
        loops = [one.suffix for one in around or () if one.suffix]
        return bool(loops) and loops == [one.suffix for one in scopes.of(element) if one.suffix][: len(loops)]

    def free_ids(self, root: Element, scopes: Scopes) -> None:
        """Make unique what may be written more than once: drawing ids, paragraph ids."""
        for element in root.iter(f"{W}p", f"{W}tr", f"{WP}docPr"):
            if not any(one.keyword == "for" for one in scopes.of(element)):
                continue
            if element.tag == f"{WP}docPr":
                if not is_fallback(element):
                    element.set("id", self._weaver.value("0", "", "_id"))
            else:
                drop_paragraph_ids(element)
