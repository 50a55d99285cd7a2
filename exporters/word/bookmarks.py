"""Bookmarks: hidden ones on everything generated, and the author's own where loops repeat them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from exporters.binding.program import Weaver
from exporters.binding.weave import after, before
from exporters.word.names import WP, V, W
from exporters.word.scopes import Around, Scopes, suffix_of
from exporters.word.xmlparts import Element, drop_paragraph_ids, is_fallback

_PARAGRAPH = f"{W}p"
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"
_REVISIONS = tuple(
    f"{W}{name}"
    for name in (
        "ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge", "rPrChange", "pPrChange", "sectPrChange",
        "numberingChange", "tblPrChange", "tblPrExChange", "tblGridChange", "trPrChange", "tcPrChange",
    )
)  # fmt: skip
_RANGES = {f"{W}{name}Start": f"{W}{name}End" for name in ("perm", "moveFromRange", "moveToRange")}
_REFERENCE = re.compile(r'^(\s*(?:(?:REF|PAGEREF|NOTEREF)\s+|HYPERLINK\s+\\l\s+"?))([^\s"]+)', re.IGNORECASE)


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
            code.text = self._renamed(code.text or "", code, scopes)
        for code in root.iter(f"{W}fldSimple"):
            code.set(f"{W}instr", self._renamed(code.get(f"{W}instr", ""), code, scopes))

    def _renamed(self, code: str, element: Element, scopes: Scopes) -> str:
        """Return a field's code so that it means the bookmark of its own turn."""
        found = _REFERENCE.match(code)
        if found is None or not self.refers(found[2], element, scopes):
            return code
        return code[: found.end()] + self.value(suffix_of(self._own[found[2]])) + code[found.end() :]

    def refers(self, name: str, element: Element, scopes: Scopes) -> bool:
        """Return whether *name* at *element* means the bookmark that the same turn of the same loop makes."""
        around = self._own.get(name)
        loops = [one.suffix for one in around or () if one.suffix]
        return bool(loops) and loops == [one.suffix for one in scopes.of(element) if one.suffix][: len(loops)]

    def free_ids(self, root: Element, scopes: Scopes) -> None:
        """Make unique what a loop may write more than once: ids of drawings, paragraphs, content controls, revisions,
        ranges of permissions and moves, and shapes of VML."""
        ends = {(one.tag, one.get(f"{W}id", "")): one for one in root.iter(*_RANGES.values())}
        for element in root.iter(_PARAGRAPH, f"{W}tr", f"{WP}docPr", f"{W}sdtPr", *_REVISIONS, *_RANGES, f"{V}*", _OLE):
            if not any(one.keyword == "for" for one in scopes.of(element)):
                continue
            if element.tag in _RANGES:
                self._free_range(element, ends.get((_RANGES[element.tag], element.get(f"{W}id", ""))))
            elif element.tag in _REVISIONS:
                element.set(f"{W}id", self._weaver.value("0", "", "_id"))
            elif element.tag == f"{W}sdtPr":
                for own in element.findall(f"{W}id"):
                    element.remove(own)
            elif element.tag == f"{WP}docPr":
                if not is_fallback(element):
                    element.set("id", self._weaver.value("0", "", "_id"))
            elif element.tag in {_PARAGRAPH, f"{W}tr"}:
                drop_paragraph_ids(element)
            else:
                self._free_shape(element, scopes.suffix(element))

    def _free_range(self, start: Element, end: Element | None) -> None:
        self._variables += 1
        variable = f"_i{self._variables}"
        before(start, self._weaver.statement(f"set {variable} = 0|_id", ""))
        for one in (start, end):
            if one is not None:
                one.set(f"{W}id", self.value(variable))

    def _free_shape(self, element: Element, suffix: str) -> None:
        """Give a shape of VML, and the object that it shows, a name of this turn; in a loop over characters, none."""
        name = "ShapeID" if element.tag == _OLE else "id"
        if name in element.attrib and element.tag != f"{V}shapetype":
            if suffix:
                element.set(name, element.get(name, "") + self.value(suffix))
            else:
                del element.attrib[name]
