"""Which items stand in the parts of a document: generated paragraphs and rows, found again by their bookmarks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from exporters.word.anchors import plain_name
from exporters.word.living.atoms import (
    CONTENTS_PREFIX,
    ITEM_PREFIX,
    Anchor,
    Atom,
    Kind,
    Walker,
    is_fallback,
    prose_of,
    text_of,
)
from exporters.word.names import MC, WP, C, W
from exporters.word.xmlparts import Element

_NAME = re.compile(rf"^{ITEM_PREFIX}(?P<family>r?[0-9]+)(?P<suffix>.*)$")
CHART, DRAWING = f"{C}chart", f"{WP}docPr"
P, TR, TC, TBL = f"{W}p", f"{W}tr", f"{W}tc", f"{W}tbl"
_BEGIN, _END = f"{W}bookmarkStart", f"{W}bookmarkEnd"
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

    @property
    def notes(self) -> list[Element]:
        """Return the references to notes, in order."""
        return [atom.node for _, atoms in self.pieces for atom in atoms if atom.kind is Kind.NOTE]


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
    drawings: list[tuple[str, Element]] = field(default_factory=list)
    """The properties of drawings, which hold their alternative texts."""
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
    drawings: list[Element] = field(default_factory=list)
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
        self._before: list[Anchor] = []
        """Anchors between paragraphs, for the next one."""
        self._last: Found | None = None
        self._entries: list[tuple[Element, str, list[Atom]]] = []
        self._shown: dict[Element | None, list[Element]] = {}
        """Charts, and properties of drawings, by paragraph."""

    def story(self) -> Story:
        root = self._story.root
        fallbacks = root.find(f".//{MC}Fallback") is not None
        for shown in root.iter(CHART, DRAWING):
            self._shown.setdefault(_own_paragraph(shown), []).append(shown)
        for element in root.iter(P, _BEGIN, _END):
            if element.tag != P:
                parent = element.getparent()
                if parent is not None and parent.tag in _BLOCKS:
                    self._between(element)
            elif not (fallbacks and is_fallback(element)):
                self._paragraph(element)
        self._list_entries()
        self._units()
        return self._story

    # --- paragraphs --------------------------------------------------------------------------------------------------

    def _between(self, mark: Element) -> None:
        """Note an anchor that stands between paragraphs (where Word and others may move it)."""
        number, name = mark.get(f"{W}id", ""), mark.get(f"{W}name", "")
        if mark.tag == _END:
            self._open = {container: going for container, going in self._open.items() if going[0] != number}
        elif name.startswith(ITEM_PREFIX):
            self._before.append(Anchor(0, mark, number, plain_name(name)))

    def _paragraph(self, paragraph: Element) -> None:
        atoms = self._walker.paragraph(paragraph)
        anchors = [*self._before, *self._walker.anchors] if self._before else self._walker.anchors
        self._before = []
        if self._walker.in_contents:
            link = next(paragraph.iter(f"{W}hyperlink"), None)
            if link is not None and link.get(f"{W}anchor"):
                self._entries.append((paragraph, link.get(f"{W}anchor", ""), atoms))
            return
        starts: list[Anchor] = []
        ended: list[str] = []
        for anchor in anchors:
            if not anchor.name:
                ended.append(anchor.number)
            elif anchor.name.startswith(CONTENTS_PREFIX):
                for mark in paragraph.iter(_BEGIN):
                    self._story.names.setdefault(mark.get(f"{W}name", ""), anchor.name)
            elif family := family_of(anchor.name):
                if family.startswith("r"):
                    self._row(paragraph, anchor.name)
                else:
                    starts.append(anchor)
        row = self._row_of(paragraph)
        if not starts and not self._open:
            self._unbound(paragraph, row, atoms)
            first = None
        else:
            first = self._cut(paragraph, row, atoms, starts, ended)
        if paragraph in self._shown:
            self._show(paragraph, row, first)

    def _cut(
        self, paragraph: Element, row: Found | None, atoms: list[Atom], starts: list[Anchor], ended: list[str]
    ) -> Region | None:
        """Cut a paragraph at the items that begin in it: each has all up to the next. Return the first region."""
        container = paragraph.getparent()
        if len(starts) > 1:
            # Two anchors at one place: the first is what is left of a paragraph whose text was deleted.
            stops = [*(one.at for one in starts[1:]), len(atoms)]
            shown = [one for one, stop in zip(starts, stops, strict=True) if _shows(atoms[one.at : stop])]
            starts = shown or starts[-1:]
        going = self._open.pop(container, None)
        first = None
        if going is not None:
            number, region = going
            here = atoms[: starts[0].at] if starts else atoms
            goes_on = not starts and number not in ended
            if goes_on or _shows(here):
                region.pieces.append((paragraph, here))
                self._bound(region, row, here)
                first = region
                if goes_on:
                    self._open[container] = going
            elif not starts:
                self._unbound(paragraph, row, here)
        elif not starts:
            self._unbound(paragraph, row, atoms)
        for order, anchor in enumerate(starts, 1):
            begin = anchor.at if order > 1 or going is not None else 0
            piece = atoms[begin : starts[order].at] if order < len(starts) else atoms[begin:] if begin else atoms
            region = Region(anchor.name, [(paragraph, piece)])
            if order == len(starts) and anchor.number not in ended:
                self._open[container] = (anchor.number, region)
            self._bound(region, row, piece)
            first = first or region
        return first

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
        if owner is not None and self._notes:
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
        for number, atom in enumerate([one for one in piece if one.kind is Kind.NOTE]):
            note = self._notes.get((atom.text, atom.key))
            if note is None:
                continue
            for index, paragraph in enumerate(note.iter(P)):
                atoms = Walker(self._digests).paragraph(paragraph)
                name = f"{region.name}~{number}" + (f".{index}" if index else "")
                if index == 0 or _shows(atoms):
                    owner.regions.append(Region(name, [(paragraph, atoms)], is_note=True))

    def _show(self, paragraph: Element, row: Found | None, region: Region | None) -> None:
        owner = row or (self._last if region is not None else None)
        for tag, kind in ((CHART, "chart"), (DRAWING, "drawing")):
            elements = [one for one in self._shown[paragraph] if one.tag == tag]
            if owner is None:
                (self._story.charts if tag == CHART else self._story.drawings).extend(elements)
                continue
            name = region.name if region else owner.id
            named = ((f"{name}#{kind}{number}", one) for number, one in enumerate(elements))
            (owner.charts if tag == CHART else owner.drawings).extend(named)

    # --- rows, contents, sections ------------------------------------------------------------------------------------

    def _row(self, paragraph: Element, name: str) -> None:
        row = next(paragraph.iterancestors(TR), None)
        if row is not None and row not in self._rows:
            self._rows[row] = Found(name, row)
            self._story.items.append(self._rows[row])

    def _row_of(self, paragraph: Element) -> Found | None:
        return next((self._rows[row] for row in paragraph.iterancestors(TR) if row in self._rows), None)

    def _list_entries(self) -> None:
        names = self._story.names
        for paragraph, anchor, atoms in self._entries:
            name = plain_name(anchor)
            if not name.startswith(CONTENTS_PREFIX):
                name = names.get(anchor, "")
            if name:
                region = Region(name, [(paragraph, atoms)])
                self._story.entries.append(Found(f"{ENTRY}{name}", paragraph, [region]))

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
    return any(one.kind is not Kind.TEXT or one.text for one in atoms)


def _own_paragraph(element: Element) -> Element | None:
    return next(element.iterancestors(P), None)


def visible(region: Region) -> str:
    """Return the text of a region, values included, paragraphs divided by line ends."""
    return "\n".join(text_of(atoms) for _, atoms in region.pieces)
