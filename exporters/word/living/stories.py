"""Which items stand in the parts of a document: generated paragraphs and rows, found again by their bookmarks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from exporters.word.anchors import plain_name
from exporters.word.living.atoms import (
    CONTENTS_PREFIX,
    ITEM_PREFIX,
    Atom,
    Kind,
    Walker,
    is_fallback,
    prose_of,
    text_of,
)
from exporters.word.names import MC, C, W
from exporters.word.xmlparts import Element

_NAME = re.compile(rf"^{ITEM_PREFIX}(?P<family>r?[0-9]+)(?P<suffix>.*)$")
P, TR, TC, TBL = f"{W}p", f"{W}tr", f"{W}tc", f"{W}tbl"
_BLOCKS = frozenset(
    f"{W}{name}" for name in ("body", "tc", "tr", "tbl", "txbxContent", "hdr", "ftr", "footnote", "endnote")
)
ENTRY = "contents:"
"""What the ids of entries of the contents begin with."""
BODY, MARGINS, CONTENTS = "body", "margins", "contents"


def family_of(name: str) -> str:
    """Return which paragraph or row of the template a bookmark's name speaks of: ``12``, ``r3``."""
    found = _NAME.match(name)
    return found["family"] if found else ""


def suffix_of(name: str) -> list[str]:
    """Return the anchors of the records whose loops made it, outermost first."""
    found = _NAME.match(name)
    return found["suffix"].strip("_").split("_") if found and found["suffix"] else []


@dataclass(slots=True)
class Region:
    """A bookmarked paragraph, or what became of it: a part of one, or several."""

    name: str
    pieces: list[tuple[Element, list[Atom]]]
    is_note: bool = False
    """Whether it stands in a note, to which its item refers."""

    @property
    def atoms(self) -> list[Atom]:
        found: list[Atom] = []
        for number, (paragraph, atoms) in enumerate(self.pieces):
            if number:
                found.append(Atom(Kind.PARAGRAPH, paragraph))
            found += atoms
        return found

    @property
    def paragraph(self) -> Element:
        return self.pieces[0][0]


@dataclass(slots=True)
class Found:
    """An item of a story: a row, a paragraph, or an entry of the contents."""

    id: str
    element: Element
    regions: list[Region] = field(default_factory=list)
    values: list[Atom] = field(default_factory=list)
    """Values in it that stand outside all regions."""
    beside: list[str] = field(default_factory=list)
    """What stands behind it that was not generated with it."""
    charts: list[tuple[str, Element]] = field(default_factory=list)
    unit: str = ""

    @property
    def is_row(self) -> bool:
        return self.element.tag == TR

    @property
    def elements(self) -> list[Element]:
        """Return the row, or every paragraph of it, in order."""
        if self.is_row:
            return [self.element]
        return [paragraph for region in self.regions if not region.is_note for paragraph, _ in region.pieces]


@dataclass(slots=True)
class Story:
    """What one part holds."""

    root: Element
    items: list[Found] = field(default_factory=list)
    entries: list[Found] = field(default_factory=list)
    loose: list[Atom] = field(default_factory=list)
    charts: list[Element] = field(default_factory=list)
    """Charts outside all items."""
    fields: list[tuple[str, Atom]] = field(default_factory=list)
    """Fields outside all items, by the words around them."""
    names: dict[str, str] = field(default_factory=dict)
    """For each bookmark: the name under which its heading is listed in the generated contents."""


def scan(root: Element, digests: Mapping[str, str], notes: Mapping[tuple[str, str], Element]) -> Story:
    """Read a part; *notes* gives the foot- and endnotes by kind and id: they belong to the item that refers to them."""
    return _Scanner(root, digests, notes).story()


class _Scanner:
    def __init__(self, root: Element, digests: Mapping[str, str], notes: Mapping[tuple[str, str], Element]) -> None:
        self._digests, self._notes = digests, notes
        self._walker = Walker(digests)
        self._story = Story(root)
        self._rows: dict[Element, Found] = {}
        self._open: dict[Element | None, tuple[str, Region]] = {}
        """By container: the bookmark id and the region that run on into the next paragraph."""
        self._before: list[Atom] = []
        """Anchors between paragraphs, for the next one."""
        self._last: Found | None = None
        self._entries: list[tuple[Element, str, list[Atom]]] = []

    def story(self) -> Story:
        root = self._story.root
        fallbacks = root.find(f".//{MC}Fallback") is not None
        has_charts = root.find(f".//{C}chart") is not None
        for element in root.iter(P, f"{W}bookmarkStart", f"{W}bookmarkEnd"):
            if element.tag != P:
                self._between(element)
            elif not (fallbacks and is_fallback(element)):
                self._paragraph(element, has_charts)
        self._list_entries()
        self._units()
        return self._story

    # --- paragraphs --------------------------------------------------------------------------------------------------

    def _between(self, mark: Element) -> None:
        """Note an anchor that stands between paragraphs (where Word and others may move it)."""
        parent = mark.getparent()
        if parent is None or parent.tag not in _BLOCKS:
            return
        if mark.tag == f"{W}bookmarkEnd":
            number = mark.get(f"{W}id", "")
            self._open = {container: going for container, going in self._open.items() if going[0] != number}
        elif mark.get(f"{W}name", "").startswith(ITEM_PREFIX):
            self._before.append(Atom(Kind.START, mark, key=plain_name(mark.get(f"{W}name", ""))))

    def _paragraph(self, paragraph: Element, has_charts: bool) -> None:
        atoms = [*self._before, *self._walker.paragraph(paragraph)]
        self._before = []
        if self._walker.in_contents:
            link = next(paragraph.iter(f"{W}hyperlink"), None)
            if link is not None and link.get(f"{W}anchor"):
                self._entries.append((paragraph, link.get(f"{W}anchor", ""), atoms))
            return
        self._headings(paragraph, atoms)
        for atom in atoms:
            if atom.kind is Kind.START and family_of(atom.key).startswith("r"):
                self._row(paragraph, atom.key)
        row = self._row_of(paragraph)
        segments = list(self._segments(paragraph, atoms))
        for region, piece in segments:
            if region is None:
                self._unbound(paragraph, row, piece)
            else:
                self._bound(region, row, piece)
        if has_charts:
            self._charts(paragraph, row, next((region for region, _ in segments if region), None))

    def _headings(self, paragraph: Element, atoms: list[Atom]) -> None:
        own = next((one.key for one in atoms if one.kind is Kind.START and one.key.startswith(CONTENTS_PREFIX)), "")
        if own:
            for mark in paragraph.iter(f"{W}bookmarkStart"):
                self._story.names[mark.get(f"{W}name", "")] = own

    def _segments(self, paragraph: Element, atoms: list[Atom]) -> Iterator[tuple[Region | None, list[Atom]]]:
        """Cut a paragraph at the items that begin in it; each has all of it up to the next."""
        container = paragraph.getparent()
        starts: list[tuple[int, Atom]] = []
        for at, atom in enumerate(atoms):
            if atom.kind is not Kind.START or not family_of(atom.key) or family_of(atom.key).startswith("r"):
                continue
            starts.append((at, atom))
        if len(starts) > 1:
            # Two anchors at one place: the first is what is left of a paragraph whose text was deleted.
            starts = [one for one, after in zip(starts, [*starts[1:], (len(atoms), None)], strict=True)
                      if _shows(atoms[one[0] : after[0]])] or starts[-1:]  # fmt: skip
        going = self._open.pop(container, None)
        first = starts[0][0] if starts else len(atoms)
        if going is not None:
            number, region = going
            here = atoms[:first]
            if _shows(here) or (not starts and not _ends(here, number)):
                piece = [one for one in here if one.kind not in {Kind.START, Kind.END}]
                region.pieces.append((paragraph, piece))
                yield region, piece
                if not starts and not _ends(here, number):
                    self._open[container] = going
            elif not starts:
                yield None, here
        elif not starts:
            yield None, atoms
            return
        for order, (at, atom) in enumerate(starts):
            begin = 0 if order == 0 and going is None else at
            stop = starts[order + 1][0] if order + 1 < len(starts) else len(atoms)
            piece = [one for one in atoms[begin:stop] if one.kind not in {Kind.START, Kind.END}]
            region = Region(atom.key, [(paragraph, piece)])
            number = atom.node.get(f"{W}id", "")
            if order + 1 == len(starts) and not _ends(atoms, number):
                self._open[container] = (number, region)
            yield region, piece

    def _bound(self, region: Region, row: Found | None, piece: list[Atom]) -> None:
        owner = row
        if len(region.pieces) > 1:
            owner = self._last
        elif owner is None:
            owner = Found(region.name, region.paragraph, [region])
            self._story.items.append(owner)
        else:
            owner.regions.append(region)
        self._last = owner
        if owner is not None:
            self._follow_notes(owner, region, piece)

    def _unbound(self, paragraph: Element, row: Found | None, piece: list[Atom]) -> None:
        values = [one for one in piece if one.kind in {Kind.CONTROL, Kind.BOOKED}]
        if row is not None:
            row.values += values
            self._last = row
            return
        self._story.loose += values
        words = prose_of(piece).strip()
        self._story.fields += ((f"{words}#field", one) for one in piece if one.kind is Kind.FIELD)
        if words and self._last is not None and paragraph.getparent() is not None:
            container = paragraph.getparent()
            if container is not None and container.tag != TC:
                self._last.beside.append(words)
        for atom in piece:
            note = self._notes.get((atom.text, atom.key)) if atom.kind is Kind.NOTE else None
            if note is not None:
                self._story.loose += [
                    one for inner in note.iter(P) for one in Walker(self._digests).paragraph(inner)
                    if one.kind in {Kind.CONTROL, Kind.BOOKED}
                ]  # fmt: skip

    def _follow_notes(self, owner: Found, region: Region, piece: list[Atom]) -> None:
        """Read the notes of a paragraph. They go by its name: LibreOffice loses bookmarks in notes."""
        for number, atom in enumerate(one for one in piece if one.kind is Kind.NOTE):
            note = self._notes.get((atom.text, atom.key))
            if note is None:
                continue
            for index, paragraph in enumerate(note.iter(P)):
                atoms = Walker(self._digests).paragraph(paragraph)
                rest = [one for one in atoms if one.kind not in {Kind.START, Kind.END}]
                name = f"{region.name}~{number}" + (f".{index}" if index else "")
                if index == 0 or _shows(rest):
                    owner.regions.append(Region(name, [(paragraph, rest)], is_note=True))

    def _charts(self, paragraph: Element, row: Found | None, region: Region | None) -> None:
        charts = [one for one in paragraph.iter(f"{C}chart") if _own_paragraph(one) is paragraph]
        owner = row or (self._last if region is not None else None)
        for number, chart in enumerate(charts):
            if owner is None:
                self._story.charts.append(chart)
            else:
                owner.charts.append((f"{region.name if region else owner.id}#chart{number}", chart))

    # --- rows, contents, sections ------------------------------------------------------------------------------------

    def _row(self, paragraph: Element, name: str) -> None:
        row = next((parent for parent in paragraph.iterancestors() if parent.tag == TR), None)
        if row is not None and row not in self._rows:
            self._rows[row] = Found(name, row)
            self._story.items.append(self._rows[row])

    def _row_of(self, paragraph: Element) -> Found | None:
        if not self._rows:
            return None
        for parent in paragraph.iterancestors():
            if parent.tag == TR and parent in self._rows:
                return self._rows[parent]
        return None

    def _list_entries(self) -> None:
        names = self._story.names
        for paragraph, anchor, atoms in self._entries:
            name = plain_name(anchor)
            if not name.startswith(CONTENTS_PREFIX):
                name = names.get(anchor, "")
            if name:
                piece = [one for one in atoms if one.kind not in {Kind.START, Kind.END}]
                self._story.entries.append(Found(f"{ENTRY}{name}", paragraph, [Region(name, [(paragraph, piece)])]))

    def _units(self) -> None:
        """Give the items of a section (a run of paragraphs and rows of one record) a common unit."""
        runs: list[tuple[str, list[Found]]] = []
        for item in self._story.items:
            record = (suffix_of(item.id) or [""])[0]
            if not runs or runs[-1][0] != record:
                runs.append((record, []))
            runs[-1][1].append(item)
        seen: dict[str, int] = {}
        for record, items in runs:
            if record and not all(item.is_row for item in items):
                seen[record] = seen.get(record, 0) + 1
                for item in items:
                    item.unit = f"{record}/{seen[record]}"


def _shows(atoms: list[Atom]) -> bool:
    return any(one.kind not in {Kind.START, Kind.END} and (one.kind is not Kind.TEXT or one.text) for one in atoms)


def _ends(atoms: list[Atom], number: str) -> bool:
    return any(one.kind is Kind.END and one.key == number for one in atoms)


def _own_paragraph(element: Element) -> Element | None:
    return next((parent for parent in element.iterancestors() if parent.tag == P), None)


def visible(region: Region) -> str:
    """Return the text of a region, values included, paragraphs divided by line ends."""
    return "\n".join(text_of(atoms) for _, atoms in region.pieces)
