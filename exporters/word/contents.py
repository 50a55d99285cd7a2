"""The table of contents of a template: where it stands, what it lists, and how its entries look.

A template holds an ordinary TOC field, as Word inserts it. Its entries are written anew from the finished headings,
each in the form of the template's own entry of that level.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct, field

from exporters.binding.weave import before
from exporters.word.geometry import Styles
from exporters.word.names import W
from exporters.word.xmlparts import Element, xml_of

_TOC = re.compile(r"^\s*TOC\b(.*)$", re.IGNORECASE | re.DOTALL)


class Contents(Struct):
    """One TOC field of the body: its paragraphs, and what the renderer must know."""

    code: str
    paragraphs: list[Element]
    levels: tuple[int, int] = (1, 3)
    outline: bool = False
    """Whether paragraphs count by an outline level of their own (\\u)."""
    styles: dict[str, int] = field(default_factory=dict)
    """Further styles by name that are listed, with their levels (\\t)."""
    sequence: str = ""
    """The name of the sequence whose captions are listed (\\c); empty for headings."""

    @classmethod
    def of(cls, code: str, paragraphs: list[Element]) -> Contents:
        found = _TOC.match(code)
        assert found is not None
        switches = found[1]
        made = cls(code, paragraphs)
        if listed := re.search(r'\\c\s+"?([^"\\]+)"?', switches, re.IGNORECASE):
            made.sequence = listed[1].strip()
        if span := re.search(r'\\o\s*"?(\d)-(\d)', switches, re.IGNORECASE):
            made.levels = (int(span[1]), int(span[2]))
        made.outline = bool(re.search(r"\\u", switches, re.IGNORECASE))
        if more := re.search(r'\\t\s+"([^"]+)"', switches, re.IGNORECASE):
            words = re.split("[,;，；]", more[1])
            made.styles = {name.strip(): int(level) for name, level in zip(words[::2], words[1::2], strict=False)}
        return made

    def level_of(self, paragraph: Element, styles: Styles) -> int:
        """Return the level at which a paragraph is listed, or 0."""
        if self.sequence:
            return 0
        name = styles.name_of(paragraph)
        if name in self.styles:
            return self.styles[name]
        heading = re.fullmatch(r"heading (\d)", name.lower())
        level = int(heading[1]) if heading else styles.outline_level(paragraph) if self.outline else 0
        return level if self.levels[0] <= level <= self.levels[1] else 0

    def meta(self, styles: Styles) -> dict[str, Any]:
        """Return what the renderer needs: the instruction, and for each level the form of an entry."""
        forms: dict[str, Any] = {}
        for paragraph in self.paragraphs:
            level = styles.contents_level(paragraph) or (1 if self.sequence else 0)
            if level and str(level) not in forms:
                forms[str(level)] = {"properties": xml_of(paragraph.find(f"{W}pPr")), "run": _run_form(paragraph)}
        levels = [1] if self.sequence else range(self.levels[0], self.levels[1] + 1)
        for level in levels:
            if str(level) not in forms:
                style = styles.id_of("table of figures" if self.sequence else f"toc {level}")
                properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
                forms[str(level)] = {"properties": properties, "run": ""}
        return {"code": self.code, "forms": forms, "sequence": self.sequence}


def find(body: Element) -> list[Contents]:
    """Return the TOC fields whose paragraphs are neighbours in one container."""
    found: list[Contents] = []
    code, depth, own = "", 0, 0
    began: Element | None = None
    listening = False
    members: list[Element] = []
    for paragraph in body.iter(f"{W}p"):
        if began is not None and (not members or members[-1] is not paragraph):
            members.append(paragraph)
        for child in paragraph.iter(f"{W}fldChar", f"{W}instrText"):
            if child.tag == f"{W}instrText":
                if listening:
                    code += child.text or ""
                continue
            kind = child.get(f"{W}fldCharType")
            if kind == "begin":
                depth += 1
                if began is None:
                    began, code, own, listening, members = paragraph, "", depth, True, [paragraph]
            elif kind == "separate" and depth == own:
                listening = False
            elif kind == "end":
                if depth == own and began is not None:
                    if _TOC.match(code) and len({one.getparent() for one in members}) == 1:
                        found.append(Contents.of(code, members))
                    began, listening = None, False
                depth -= 1
    return found


def take_out(one: Contents) -> None:
    """Take the field's paragraphs out of the tree."""
    for paragraph in one.paragraphs:
        parent = paragraph.getparent()
        assert parent is not None
        if paragraph.tail:
            before(paragraph, paragraph.tail)
            paragraph.tail = None
        parent.remove(paragraph)


def _run_form(paragraph: Element) -> str:
    """Return the properties of the first run of an entry that shows text."""
    for run in paragraph.iter(f"{W}r"):
        if run.find(f"{W}t") is not None:
            return xml_of(run.find(f"{W}rPr"))
    return ""
