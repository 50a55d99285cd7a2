"""Which items stand in the parts of a document: generated paragraphs and rows, found again by their bookmarks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from exporters.package.moulds import Hollow
from exporters.snapshot import Slot, SlotKind, Unmade
from exporters.word.anchors import plain_name
from exporters.word.living.atoms import (
    CONTENTS_PREFIX,
    ITEM_PREFIX,
    Anchor,
    Atom,
    Kind,
    Walker,
    prose_of,
    text_of,
)
from exporters.word.living.lines import CHART, DRAWING, TC, TR, Between, Line, Node, P, Part, line_of
from exporters.word.xmlparts import Element

_NAME = re.compile(rf"^{ITEM_PREFIX}(?P<family>r?[0-9]+)(?P<suffix>.*)$")
ENTRY = "contents:"
"""What the ids of entries of the contents begin with."""
BODY, MARGINS, CONTENTS = "body", "margins", "contents"
# Looked up as plain names, for there are some hundred thousand atoms.
_TEXT, _NOTE = Kind.TEXT, Kind.NOTE


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
    pieces: list[tuple[Line, Sequence[Atom]]]
    is_note: bool = False
    """Whether it stands in a note, to which its item refers."""

    @property
    def atoms(self) -> list[Atom]:
        found: list[Atom] = []
        for number, (line, atoms) in enumerate(self.pieces):
            if number:
                found.append(Atom(Kind.PARAGRAPH, None, home=line))
            found += atoms
        return found

    @property
    def paragraph(self) -> Element:
        return self.pieces[0][0].element

    @property
    def notes(self) -> list[Atom]:
        """Return the references to notes, in order."""
        return [atom for _, atoms in self.pieces for atom in atoms if atom.kind is Kind.NOTE]


@dataclass(slots=True)
class Found:
    """An item of a story: a row, a paragraph, or an entry of the contents."""

    id: str
    node: Node
    """The row, or the first paragraph."""
    _regions: list[Region] = field(default_factory=list)
    _values: list[Atom] = field(default_factory=list)
    _inside: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    """What stands behind it that was not generated with it."""
    charts: list[tuple[str, Node]] = field(default_factory=list)
    drawings: list[tuple[str, Node]] = field(default_factory=list)
    """The properties of drawings, which hold their alternative texts."""
    unit: str = ""
    unread: tuple[Rows, int] | None = None
    """The rows that it stands in, and which of their items it is, as long as these were not read."""

    @property
    def regions(self) -> list[Region]:
        self._read()
        return self._regions

    @property
    def values(self) -> list[Atom]:
        """Values in it that stand outside all regions."""
        self._read()
        return self._values

    @property
    def inside(self) -> list[str]:
        """What stands in it beside its regions and may be a person's: words in cells, comments, pictures."""
        self._read()
        return self._inside

    @property
    def unread_families(self) -> set[str]:
        """Which paragraphs of the template those in it are, as long as it is unread."""
        rows, number = self.unread or (None, 0)
        return rows.families(number) if rows is not None else set()

    def _read(self) -> None:
        if self.unread is not None:
            self.unread[0].read()

    def become(self, twin: Found) -> None:
        """Take over what was read of the same item."""
        self._regions, self._values, self._inside, self.unread = twin.regions, twin.values, twin.inside, None

    @property
    def is_row(self) -> bool:
        return self.node.tag == TR

    @property
    def element(self) -> Element:
        return self.node.element

    @property
    def nodes(self) -> list[Node]:
        """The row, or every paragraph of it, in order."""
        if self.is_row:
            return [self.node]
        return [line.node for region in self.regions if not region.is_note for line, _ in region.pieces]

    @property
    def elements(self) -> list[Element]:
        """The elements of its nodes."""
        return [node.element for node in self.nodes]


@dataclass(slots=True)
class ItemMould:
    """An item of rows with holes: its id, which of their elements it is, its slots, what else stands in it."""

    id: Hollow
    tag: str
    number: int
    slots: list[tuple[Hollow, Hollow, str, SlotKind]]
    inside: list[Hollow]
    holes: list[int] = field(init=False)
    """The texts of its rows that it says."""
    sign: object = field(init=False)
    """What those say alike that have the same texts, from wherever they are taken."""
    families: set[str] = field(init=False)
    """Which paragraphs of the template its own are."""

    def __post_init__(self) -> None:
        texts = [self.id, *(text for key, shown, _, _ in self.slots for text in (key, shown)), *self.inside]
        self.holes = list(dict.fromkeys(number for text in texts for number in text.holes))
        places = {number: place for place, number in enumerate(self.holes)}
        shapes = [tuple(text.pieces[::2]) + tuple(places[number] for number in text.holes) for text in texts]
        self.families = {family_of(key.pieces[0]) for key, _, _, kind in self.slots if kind is SlotKind.PROSE}
        self.sign = (*shapes, *(kind for *_, kind in self.slots))

    def filled(self, texts: Sequence[str], at: str) -> list[Slot]:
        slots = [Slot(key.filled(texts), text.filled(texts), at + place, kind) for key, text, place, kind in self.slots]
        inside = [words for one in self.inside if (words := one.filled(texts).strip())]
        if inside:
            slots.append(Slot(f"{self.id.filled(texts)}!", "\n".join(inside), "", SlotKind.FOREIGN))
        return slots


class _Unmade(Unmade):
    """The slots of an item of rows that were not read."""

    __slots__ = ("_at", "_beside", "_mould", "_texts")

    def __init__(self, at: str, mould: ItemMould, texts: Sequence[str], beside: Slot | None) -> None:
        said = tuple([texts[hole] for hole in mould.holes])
        super().__init__((mould.sign, said, beside.text if beside is not None else None))
        self._at, self._mould, self._texts, self._beside = at, mould, texts, beside

    @property
    def anchors(self) -> int:
        return len({key.filled(self._texts) for key, _, _, kind in self._mould.slots if not kind.silent})

    @property
    def keys(self) -> list[str]:
        own = [key.filled(self._texts) for key, *_ in self._mould.slots]
        return [*own, *(slot.key for slot in self._others)]

    @property
    def _others(self) -> list[Slot]:
        texts, mould = self._texts, self._mould
        inside = "\n".join(words for one in mould.inside if (words := one.filled(texts).strip()))
        own = [Slot(f"{mould.id.filled(texts)}!", inside, "", SlotKind.FOREIGN)] if inside else []
        return [*own, self._beside] if self._beside is not None else own

    def _make(self) -> Sequence[Slot]:
        texts, at = self._texts, self._at
        slots = [
            Slot(key.filled(texts), text.filled(texts), at + place, kind)
            for key, text, place, kind in self._mould.slots
        ]
        return (*slots, *self._others)


@dataclass(slots=True)
class RowsMould:
    """What the rows of one mould hold."""

    items: list[ItemMould]
    last: int | None
    """Which item what stands behind them is beside."""
    counts: Mapping[str, int]
    """How many elements are in them, by their tags."""


class Rows:
    """Rows of a table that are known by their mould, until somebody asks for what stands in them."""

    def __init__(
        self,
        mould: RowsMould,
        texts: Sequence[str],
        node: Callable[[str, int], Node],
        lines: Callable[[], Iterable[Read]],
        story: Callable[[Iterable[Read]], Story],
    ) -> None:
        self.lines, self._story = lines, story
        self._texts, self._moulds = texts, mould.items
        self.items = [
            Found(one.id.filled(texts), node(one.tag, one.number), unread=(self, number))
            for number, one in enumerate(mould.items)
        ]
        self.last = self.items[mould.last] if mould.last is not None else None

    def slots(self, at: str, number: int, beside: Slot | None) -> Unmade:
        """Return the slots of an item; *beside* is what stands behind it."""
        return _Unmade(at, self._moulds[number], self._texts, beside)

    def families(self, number: int) -> set[str]:
        """Return which paragraphs of the template those of an item are."""
        return self._moulds[number].families

    def values(self, number: int) -> list[str]:
        """Return the keys of the values of an item."""
        slots = self._moulds[number].slots
        return [key.filled(self._texts) for key, _, _, kind in slots if kind is SlotKind.VALUE]

    def read(self) -> None:
        """Read all items."""
        for found, twin in zip(self.items, self._story(self.lines()).items, strict=True):
            found.become(twin)


Read = Line | Between | Rows


@dataclass(slots=True)
class Story:
    """What one part holds."""

    part: Part
    items: list[Found] = field(default_factory=list)
    entries: list[Found] = field(default_factory=list)
    loose: list[Atom] = field(default_factory=list)
    charts: list[Node] = field(default_factory=list)
    """Charts outside all items."""
    drawings: list[Node] = field(default_factory=list)
    fields: list[tuple[str, Atom]] = field(default_factory=list)
    """Fields outside all items, by the words around them."""
    names: dict[str, str] = field(default_factory=dict)
    """For each bookmark: the name under which its heading is listed in the generated contents."""

    @property
    def root(self) -> Element:
        return self.part.root


def scan(
    part: Part,
    lines: Iterable[Read],
    digests: Mapping[str, str],
    notes: Mapping[tuple[str, str], Element],
    remarks: frozenset[str] = frozenset(),
) -> Story:
    """Find the items in the *lines* of a part; *notes* gives the foot- and endnotes by kind and id: they belong to the
    item that refers to them. *remarks* are the numbers of the comments that a rebuild wrote."""
    return Scanner(part, digests, notes, remarks).story(lines)


class Scanner:
    """Finds items; ``last`` is the one that what comes next may stand beside."""

    def __init__(
        self,
        part: Part,
        digests: Mapping[str, str],
        notes: Mapping[tuple[str, str], Element],
        remarks: frozenset[str],
    ) -> None:
        self._digests, self._notes, self._remarks = digests, notes, remarks
        self._story = Story(part)
        self._rows: dict[Node, Found] = {}
        self._open: dict[Node | None, tuple[str, Region]] = {}
        """By container: the bookmark id and the region that run on into the next paragraph."""
        self._before: list[Anchor] = []
        """Anchors between paragraphs, for the next one."""
        self.last: Found | None = None
        self._entries: list[Line] = []

    @property
    def is_open(self) -> bool:
        """Whether an anchor goes on behind what was read."""
        return bool(self._open or self._before)

    def story(self, lines: Iterable[Read]) -> Story:
        for line in lines:
            self._take(line)
        self._list_entries()
        self._units()
        return self._story

    def _take(self, line: Read) -> None:
        if isinstance(line, Line):
            self._paragraph(line)
        elif isinstance(line, Rows):
            if self.is_open:
                for inner in line.lines():
                    self._take(inner)
            else:
                self._story.items += line.items
                self.last = line.last or self.last
        elif line.name:
            self._before.append(Anchor(0, line.number, line.name))
        else:
            self._open = {container: going for container, going in self._open.items() if going[0] != line.number}

    # --- paragraphs --------------------------------------------------------------------------------------------------

    def _paragraph(self, line: Line) -> None:
        anchors = line.anchors
        if self._before:
            anchors, self._before = [*self._before, *anchors], []
        if line.in_contents:
            if line.link:
                self._entries.append(line)
            return
        starts: list[Anchor] = []
        ended: list[str] = []
        for anchor in anchors:
            if not anchor.name:
                ended.append(anchor.number)
            elif anchor.is_listed:
                for name in line.names:
                    self._story.names.setdefault(name, anchor.name)
            elif family := family_of(anchor.name):
                if family.startswith("r"):
                    self._row(line, anchor.name)
                else:
                    starts.append(anchor)
        row = self._row_of(line)
        if not starts and not self._open:
            self._unbound(line, row, line.atoms)
            first = None
        else:
            first = self._cut(line, row, starts, ended)
        if line.shown:
            self._show(line, row, first)
        owner = row or (self.last if first is not None else None)
        if owner is not None and (line.comments or line.shown):
            owner.inside.extend("comment" for number in line.comments if number not in self._remarks)
            owner.inside.extend("drawing" for node in line.shown if node.tag == DRAWING)

    def _cut(self, line: Line, row: Found | None, starts: list[Anchor], ended: list[str]) -> Region | None:
        """Cut a paragraph at the items that begin in it: each has all up to the next. Return the first region."""
        container, atoms = line.container, line.atoms
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
                region.pieces.append((line, here))
                self._bound(region, row, here)
                first = region
                if goes_on:
                    self._open[container] = going
            elif not starts:
                self._unbound(line, row, here)
        elif not starts:
            self._unbound(line, row, atoms)
        for order, anchor in enumerate(starts, 1):
            begin = anchor.at if order > 1 or going is not None else 0
            piece = atoms[begin : starts[order].at] if order < len(starts) else atoms[begin:] if begin else atoms
            region = Region(anchor.name, [(line, piece)])
            if order == len(starts) and anchor.number not in ended:
                self._open[container] = (anchor.number, region)
            self._bound(region, row, piece)
            first = first or region
        return first

    def _bound(self, region: Region, row: Found | None, piece: Sequence[Atom]) -> None:
        owner = row
        if len(region.pieces) > 1:
            owner = self.last
        elif owner is None:
            owner = Found(region.name, region.pieces[0][0].node, [region])
            self._story.items.append(owner)
        else:
            owner.regions.append(region)
        self.last = owner
        if owner is not None and self._notes:
            notes = [one for one in piece if one.kind is _NOTE]
            if notes:
                self._follow_notes(owner, region, notes)

    def _unbound(self, line: Line, row: Found | None, piece: Sequence[Atom]) -> None:
        values = [one for one in piece if one.kind in {Kind.CONTROL, Kind.BOOKED}]
        if row is not None:
            row.values.extend(values)
            if words := prose_of(piece).strip():
                row.inside.append(words)
            self.last = row
            return
        self._story.loose += values
        words = prose_of(piece).strip()
        self._story.fields += ((f"{words}#field", one) for one in piece if one.kind is Kind.FIELD)
        if words and self.last is not None and line.container is not None and line.container.tag != TC:
            self.last.beside.append(words)
        for atom in piece:
            note = self._notes.get((atom.text, atom.key)) if atom.kind is Kind.NOTE else None
            if note is not None:
                self._story.loose += [
                    one for inner in note.iter(P) for one in Walker(self._digests).paragraph(inner)
                    if one.kind in {Kind.CONTROL, Kind.BOOKED}
                ]  # fmt: skip

    def _follow_notes(self, owner: Found, region: Region, notes: Iterable[Atom]) -> None:
        """Read the notes of a paragraph. They go by its name: LibreOffice loses bookmarks in notes."""
        for number, atom in enumerate(notes):
            note = self._notes.get((atom.text, atom.key))
            if note is None:
                continue
            for index, paragraph in enumerate(note.iter(P)):
                line = line_of(paragraph, self._digests)
                name = f"{region.name}~{number}" + (f".{index}" if index else "")
                if index == 0 or _shows(line.atoms):
                    owner.regions.append(Region(name, [(line, line.atoms)], is_note=True))

    def _show(self, line: Line, row: Found | None, region: Region | None) -> None:
        owner = row or (self.last if region is not None else None)
        for tag, kind in ((CHART, "chart"), (DRAWING, "drawing")):
            nodes = [one for one in line.shown if one.tag == tag]
            if owner is None:
                (self._story.charts if tag == CHART else self._story.drawings).extend(nodes)
                continue
            name = region.name if region else owner.id
            named = ((f"{name}#{kind}{number}", one) for number, one in enumerate(nodes))
            (owner.charts if tag == CHART else owner.drawings).extend(named)

    # --- rows, contents, sections ------------------------------------------------------------------------------------

    def _row(self, line: Line, name: str) -> None:
        row = line.rows[0] if line.rows else None
        if row is not None and row not in self._rows:
            self._rows[row] = Found(name, row)
            self._story.items.append(self._rows[row])

    def _row_of(self, line: Line) -> Found | None:
        return next((self._rows[row] for row in line.rows if row in self._rows), None)

    def _list_entries(self) -> None:
        names = self._story.names
        for line in self._entries:
            name = plain_name(line.link)
            if not name.startswith(CONTENTS_PREFIX):
                name = names.get(line.link, "")
            if name:
                region = Region(name, [(line, line.atoms)])
                self._story.entries.append(Found(f"{ENTRY}{name}", line.node, [region]))

    def _units(self) -> None:
        """Give the items of a section (a run of paragraphs and rows of one record) a common unit."""
        runs: list[tuple[str, list[Found]]] = []
        for item in self._story.items:
            record = (suffix_of(item.id) or [""])[0]
            if not item.is_row:
                # Rows deep in loops go by a digest of all their records; they belong to what stands on both sides.
                before = next((at for at in range(len(runs) - 1, -1, -1) if not runs[at][1][-1].is_row), 0)
                if len(runs) - before > 1 and runs[before][0] == record:
                    runs[before][1].extend(one for _, rows in runs[before + 1 :] for one in rows)
                    del runs[before + 1 :]
            if not runs or runs[-1][0] != record:
                runs.append((record, []))
            runs[-1][1].append(item)
        seen: dict[str, int] = {}
        for record, items in runs:
            if record and not all(item.is_row for item in items):
                seen[record] = seen.get(record, 0) + 1
                for item in items:
                    item.unit = f"{record}/{seen[record]}"


def _shows(atoms: Sequence[Atom]) -> bool:
    return any(one.kind is not _TEXT or one.text for one in atoms)


def visible(region: Region) -> str:
    """Return the text of a region, values included, paragraphs divided by line ends."""
    return "\n".join(text_of(atoms) for _, atoms in region.pieces)
