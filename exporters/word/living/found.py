"""What is found in the parts of a document: items with their regions, rows of one mould, and the story of a part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, field

from exporters.package.moulds import Hollow
from exporters.snapshot import Slot, SlotKind, Unmade
from exporters.word.living.atoms import ITEM_PREFIX, Atom, Kind
from exporters.word.living.lines import TR, Between, Line, Node, Part
from exporters.word.xmlparts import Element

_NAME = re.compile(rf"^{ITEM_PREFIX}(?P<family>r?[0-9]+)(?P<suffix>.*)$")
ENTRY = "contents:"
"""What the ids of entries of the contents begin with."""
BODY, MARGINS, CONTENTS = "body", "margins", "contents"


def family_of(name: str) -> str:
    """Return which paragraph or row of the template a bookmark's name speaks of: ``12``, ``r3``."""
    found = _NAME.match(name)
    return found["family"] if found else ""


def ending_of(name: str) -> str:
    """Return what a bookmark's name says behind its family: the same for a row and its cells."""
    found = _NAME.match(name)
    return found["suffix"] if found else ""


def suffix_of(name: str) -> list[str]:
    """Return the anchors of the records whose loops made it, outermost first."""
    found = _NAME.match(name)
    return found["suffix"].strip("_").split("_") if found and found["suffix"] else []


class Region(Struct):
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


class Found(Struct):
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
    def families(self) -> set[str]:
        """Which paragraphs of the template those in it are."""
        return self.unread_families or {family_of(region.name) for region in self._regions}

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

    def take_in(self, other: Found) -> None:
        """Take over what an item holds that belongs to this one."""
        self._regions += other.regions
        self._values += other.values
        self._inside += other.inside
        self.beside += other.beside
        self.charts += other.charts
        self.drawings += other.drawings

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


class ItemMould(Struct):
    """An item of rows with holes: its id, which of their elements it is, its slots, what else stands in it."""

    id: Hollow
    tag: str
    number: int
    slots: list[tuple[Hollow, Hollow, str, SlotKind]]
    inside: list[Hollow]
    holes: list[int] = field(default_factory=list)
    """The texts of its rows that it says."""
    sign: object = None
    """What those say alike that have the same texts, from wherever they are taken."""
    families: set[str] = field(default_factory=set)
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


class RowsMould(Struct):
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


class Story(Struct):
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
