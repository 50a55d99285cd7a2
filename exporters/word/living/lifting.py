"""Paragraphs and rows of a new render made at home in the edited file: ids, notes, pictures, charts, styles."""

from __future__ import annotations

import copy
import posixpath
from collections import Counter
from typing import Any

from lxml import etree

from exporters.package import Package, Relationships, ct, relative_target, rt
from exporters.package.relationships import rels_name
from exporters.word.anchors import PREFIX, plain_name, value_bookmark, value_key
from exporters.word.living.atoms import is_fallback
from exporters.word.living.document import Document
from exporters.word.living.found import Found, family_of
from exporters.word.living.lines import TC
from exporters.word.living.merged import span_of
from exporters.word.living.runs import Pen, attributes, remove
from exporters.word.names import W14, WP, R, W
from exporters.word.xmlparts import Element

_STYLED = (f"{W}pStyle", f"{W}rStyle", f"{W}tblStyle")
_PPR = f"{W}pPr"
_NOTES = {f"{W}footnoteReference": ("footnotes", rt.FOOTNOTES, ct.WORD_FOOTNOTES),
          f"{W}endnoteReference": ("endnotes", rt.ENDNOTES, ct.WORD_ENDNOTES)}  # fmt: skip
_NAME = f"{W}name"
_ENOUGH = 20
"""So many paragraphs tell how most of their brothers look."""
_SHARED = frozenset((rt.HEADER, rt.FOOTER))


class Luggage:
    """What a patched package holds beyond the edited one: new parts, and the relationships that lead to them."""

    def __init__(self, target: Document) -> None:
        self.relationships: Relationships = target.relationships
        self.types = target.package.content_types
        self.parts: dict[str, bytes] = {}
        self._taken = {name.casefold() for name in target.package.names()}

    def free_name(self, name: str) -> str:
        """Return a part name like *name* that nobody has."""
        stem, extension = posixpath.splitext(name)
        stem = stem.rstrip("0123456789")
        number = 1
        while f"{stem}{number}{extension}".casefold() in self._taken:
            number += 1
        found = f"{stem}{number}{extension}"
        self._taken.add(found.casefold())
        return found

    def add(self, name: str, data: bytes, content_type: str) -> None:
        self.parts[name] = data
        self._taken.add(name.casefold())
        if self.types.of(name) != content_type:
            self.types = self.types.with_override(name, content_type)

    def relate(self, main: str, kind: str, part: str) -> str:
        self.relationships, rel_id = self.relationships.adding(kind, relative_target(main, part))
        return rel_id

    def copy(self, package: Package, part: str) -> str:
        """Copy a part of *package* with everything that it leads to; return its new name."""
        part = package.stored_name(part)
        name = self.free_name(part)
        own = package.relationships(part)
        moved = Relationships(name)
        for item in own:
            target = item.target
            if not item.external and own.target(item) in package:
                target = relative_target(name, self.copy(package, own.target(item)))
            moved = Relationships(name, (*moved.items, type(item)(item.id, item.type, target, item.external)))
        self.parts[name] = package.read(part)
        if len(moved):
            self.parts[rels_name(name)] = moved.xml()
        kind = package.content_types.of(part) or ""
        if kind and self.types.of(name) != kind:
            self.types = self.types.with_override(name, kind)
        return name


_NAMES = etree.XPath("//w:bookmarkStart/@w:name", namespaces={"w": W[1:-1]}, smart_strings=False)


def _bookmarks(root: Element) -> list[str]:
    found: Any = _NAMES(root)
    return [*found]


class Lifter:
    """Makes copies of *ours* that can stand in *target*."""

    def __init__(self, target: Document, ours: Document, pen: Pen, luggage: Luggage) -> None:
        self._target, self._ours, self._pen, self._luggage = target, ours, pen, luggage
        body = target.body.root
        self._names = {name.casefold() for root in target.roots.values() for name in _bookmarks(root)}
        drawings = [one.get("id", "") for root in target.roots.values() for one in root.iter(f"{WP}docPr")]
        self._drawing = max((int(one) for one in drawings if one.isdecimal()), default=0)
        self._styles = _style_map(ours, target)
        self._forms = _forms(target)
        self._copied: dict[str, str] = {}
        numbers = [(kind, int(one)) for kind, one in target.notes if one.lstrip("-").isdecimal()]
        self._note_ids = {
            kind: max((one for group, one in numbers if group == kind), default=1) for kind in ("footnotes", "endnotes")
        }
        self.touched: set[Element] = {body}

    def lift(self, element: Element) -> Element:
        """Return a copy of an element of *ours*, ready to be put into the target's body."""
        made = copy.deepcopy(element)
        made.tail = None
        self.settle(made)
        return made

    def settle(self, made: Element) -> None:
        """Give a copied tree ids, relationships and styles of the target."""
        for one in made.iter():
            for name in (f"{W14}paraId", f"{W14}textId"):
                if name in one.attrib:
                    del one.attrib[name]
        self._bookmarks(made)
        for one in list(made.iter(f"{WP}docPr")):
            if not is_fallback(one):
                self._drawing += 1
                one.set("id", str(self._drawing))
        for one in list(made.iter(*_STYLED)):
            self._style(one)
        for one in [one for one in made.iter() if isinstance(one.tag, str)]:
            for attribute, value in attributes(one).items():
                if attribute.startswith(R):
                    self._relation(one, attribute, value)
        for one in list(made.iter(*_NOTES)):
            self._note(one)
        for paragraph in made.iter(f"{W}p"):
            self._form(paragraph)

    def _bookmarks(self, made: Element) -> None:
        numbers: dict[str, str] = {}
        for mark in list(made.iter(f"{W}bookmarkStart")):
            name = mark.get(f"{W}name", "").casefold()
            # An editor may have numbered the ids anew, and left the names as they were.
            while name.startswith(PREFIX) and name in self._names:
                key = value_key(mark.get(f"{W}name", ""), self._ours.digests)
                name = value_bookmark(key or "", int(self._pen.number()))
                mark.set(f"{W}name", name)
                name = name.casefold()
            if name in self._names:
                numbers[mark.get(f"{W}id", "")] = ""
                remove(mark)
                continue
            self._names.add(name)
            numbers[mark.get(f"{W}id", "")] = number = self._pen.number()
            mark.set(f"{W}id", number)
        for mark in list(made.iter(f"{W}bookmarkEnd")):
            number = numbers.get(mark.get(f"{W}id", ""), "")
            if number:
                mark.set(f"{W}id", number)
            else:
                remove(mark)

    def _style(self, one: Element) -> None:
        found = self._styles.get(one.get(f"{W}val", ""))
        if found is None:
            remove(one)
        else:
            one.set(f"{W}val", found)

    def _relation(self, element: Element, name: str, rel_id: str) -> None:
        own = self._ours.relationships
        if rel_id not in own:
            return
        item = own[rel_id]
        if rel_id not in self._copied:
            if item.external:
                self._luggage.relationships, made = self._luggage.relationships.adding(
                    item.type, item.target, external=True
                )
            else:
                made = self._internal(item.type, own.target(item))
            if item.type == rt.CHART:
                # Every frame has a chart of its own.
                element.set(name, made)
                return
            self._copied[rel_id] = made
        element.set(name, self._copied[rel_id])

    def _internal(self, kind: str, part: str) -> str:
        package, target = self._ours.package, self._target.package
        if kind != rt.CHART and part in target and part in package and target.read(part) == package.read(part):
            return self._luggage.relate(self._target.main, kind, target.stored_name(part))
        if kind in _SHARED:
            same = self._target.relationships.of_type(kind)
            if same:
                return same[0].id
        return self._luggage.relate(self._target.main, kind, self._luggage.copy(package, part))

    def _note(self, reference: Element) -> None:
        kind, relation, content_type = _NOTES[str(reference.tag)]
        note = self._ours.notes.get((kind, reference.get(f"{W}id", "")))
        if note is None:
            return
        root = self._note_root(kind, relation, content_type)
        self._note_ids[kind] += 1
        number = str(self._note_ids[kind])
        made = copy.deepcopy(note)
        made.tail = None
        made.set(f"{W}id", number)
        self.settle(made)
        root.append(made)
        self.touched.add(root)
        reference.set(f"{W}id", number)

    def refill(self, note: Element, source: Element) -> None:
        """Give a note of the target the words of *source*, a note of *ours*."""
        made = copy.deepcopy(source)
        self.settle(made)
        note[:] = list(made)
        self.touched.add(note.getroottree().getroot())

    def _note_root(self, kind: str, relation: str, content_type: str) -> Element:
        part = self._target.note_parts.get(kind)
        if part is not None:
            return self._target.roots[part]
        source = self._ours.note_parts[kind]
        root = copy.deepcopy(self._ours.root(source))
        for note in list(root):
            if note.get(f"{W}type", "normal") == "normal":
                root.remove(note)
        name = source if source not in self._target.package else self._luggage.free_name(source)
        self._target.note_parts[kind] = name
        self._target.roots[name] = root
        self._luggage.add(name, b"", content_type)
        self._luggage.relate(self._target.main, relation, name)
        return root

    def _form(self, paragraph: Element) -> None:
        """Give a paragraph the properties that its brothers have in the target: an editor may have renumbered lists."""
        form = self._forms.get(_family(paragraph))
        if form is None:
            return
        own = paragraph.find(_PPR)
        made = copy.deepcopy(form)
        section = own.find(f"{W}sectPr") if own is not None else None
        if section is not None:
            made.append(section)
        if own is not None:
            paragraph.replace(own, made)
        elif len(made):
            paragraph.insert(0, made)

    def align(self, row: Element, brother: Found | None) -> None:
        """Let the cells of a lifted *row* follow the columns that *brother*, a row of the target, has by now."""
        if brother is None:
            return
        own = {family: cell for cell in row.findall(TC) for family in _families(cell)}
        cells = brother.element.findall(TC)
        known = [{family for family in _families(cell) if family in own} for cell in cells]
        if not any(known) or (all(known) and [*map(span_of, cells)] == [*map(span_of, row.findall(TC))]):
            return
        made: list[Element] = []
        for cell, families in zip(cells, known, strict=True):
            found = next((own[family] for family in sorted(families)), None)
            if found is None:
                made.append(_empty_cell(cell))
            elif found not in made:
                _take_width(found, cell)
                made.append(found)
        for cell in row.findall(TC):
            row.remove(cell)
        row.extend(made)


def _family(paragraph: Element) -> str:
    for mark in paragraph.iter(f"{W}bookmarkStart"):
        family = family_of(plain_name(mark.get(f"{W}name", "")))
        if family and not family.startswith("r"):
            return family
    return ""


def _families(cell: Element) -> list[str]:
    return [family for paragraph in cell.iter(f"{W}p") if (family := _family(paragraph))]


def _forms(target: Document) -> dict[str, Element]:
    """Return the paragraph properties that most paragraphs of a family have."""
    counts: dict[str, Counter[bytes]] = {}
    looked: Counter[str] = Counter()
    first: dict[tuple[str, bytes], Element] = {}
    for _, story in target.stories:
        for item in story.items:
            if item.unread is not None and all(looked[one] >= _ENOUGH for one in item.unread_families):
                continue
            for region in item.regions:
                family = family_of(region.name)
                if looked[family] < _ENOUGH:
                    looked[family] += 1
                    properties = _plain_properties(region.paragraph)
                    text = etree.tostring(properties)
                    counts.setdefault(family, Counter())[text] += 1
                    first.setdefault((family, text), properties)
    return {family: first[family, counter.most_common(1)[0][0]] for family, counter in counts.items()}


def _plain_properties(paragraph: Element) -> Element:
    own = paragraph.find(_PPR)
    made = copy.deepcopy(own) if own is not None else paragraph.makeelement(_PPR)
    made.tail = None
    for tag in (f"{W}sectPr", f"{W}pPrChange"):
        for one in made.findall(tag):
            made.remove(one)
    for run in made.findall(f"{W}rPr"):
        for tag in (f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo", f"{W}rPrChange"):
            for one in run.findall(tag):
                run.remove(one)
    return made


def _style_map(ours: Document, target: Document) -> dict[str, str]:
    """Return, for each style id of *ours*, the id that the style of that name has in the target."""
    theirs = {name: style for style, name in _styles(target).items()}
    return {style: theirs[name] for style, name in _styles(ours).items() if name in theirs}


def _styles(document: Document) -> dict[str, str]:
    part = document.relationships.target_of_type(rt.STYLES)
    if part is None or part not in document.package:
        return {}
    root = etree.fromstring(document.package.read(part))
    found: dict[str, str] = {}
    for style in root.iter(f"{W}style"):
        name = style.find(f"{W}name")
        kind = style.get(f"{W}type", "")
        if name is not None:
            found[style.get(f"{W}styleId", "")] = f"{kind}:{name.get(f'{W}val', '').lower()}"
    return found


def _empty_cell(cell: Element) -> Element:
    made = cell.makeelement(TC)
    properties = cell.find(f"{W}tcPr")
    if properties is not None:
        made.append(copy.deepcopy(properties))
    paragraph = made.makeelement(f"{W}p")
    first = cell.find(f"{W}p")
    if first is not None and first.find(_PPR) is not None:
        paragraph.append(_plain_properties(first))
    made.append(paragraph)
    return made


def _take_width(cell: Element, other: Element) -> None:
    width = other.find(f"{W}tcPr/{W}tcW")
    own = cell.find(f"{W}tcPr/{W}tcW")
    if width is not None and own is not None:
        own.attrib.clear()
        own.attrib.update(width.attrib)
    if own is not None and span_of(cell) != span_of(other):
        for one in cell.findall(f"{W}tcPr/{W}gridSpan"):
            remove(one)
        own.addnext(own.makeelement(f"{W}gridSpan", {f"{W}val": span_of(other)}))
