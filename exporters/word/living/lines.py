"""The paragraphs of a part in order, as the merge reads them: from its tree, or from its text (:mod:`lexing`).

A briefing holds some hundred thousand elements and a merge writes into few of them. So a paragraph that was read from
the text knows no element until one is asked for: the tree is made, and the paragraph read again from it, only then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from lxml import etree
from msgspec import Struct

from exporters.word.anchors import plain_name
from exporters.word.living.atoms import END, ITEM_PREFIX, START, Anchor, Atom, Walker, is_fallback, read, text_of
from exporters.word.names import MC, WP, C, W
from exporters.word.xmlparts import Element

CHART, DRAWING = f"{C}chart", f"{WP}docPr"
P, TR, TC, TBL = f"{W}p", f"{W}tr", f"{W}tc", f"{W}tbl"
_COMMENT = f"{W}commentReference"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_NUMBERED = (P, TR, CHART, DRAWING)
_BLOCKS = frozenset(
    f"{W}{name}" for name in ("body", "tc", "tr", "tbl", "txbxContent", "hdr", "ftr", "footnote", "endnote")
)


class Part:
    """A part: its bytes, and its tree from the moment that somebody asks for it.

    Of a part that is :meth:`apart`, only the blocks are read that somebody asks for.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.shell = b""
        """The start tag of its root, and ``starts``, where each block of its body begins, and the last one ends."""
        self.starts: list[int] = []
        self._tops: dict[int, Element] = {}
        self._elements: dict[int, dict[str, list[Element]]] = {}
        self._places: dict[Element, int] = {}
        self.is_apart = False

    @cached_property
    def root(self) -> Element:
        return etree.fromstring(self.data, PARSER)

    @cached_property
    def has_merged(self) -> bool:
        """Whether it holds cells that are merged downwards."""
        return b"vMerge" in self.data

    def set_apart(self) -> None:
        """Let each block of the body be a tree of its own, to be looked at only."""
        self.is_apart = bool(self.starts) and "root" not in self.__dict__

    def _top(self, block: int) -> Element:
        if not self._tops and not self.is_apart:
            # Numbered before anything is put in or taken out.
            self._tops = dict(enumerate(self.root[0]))
        found = self._tops.get(block)
        if found is None:
            inside = self.data[self.starts[block] : self.starts[block + 1]]
            alone = etree.fromstring(b"%s<w:body>%s</w:body></w:document>" % (self.shell, inside), PARSER)
            found = self._tops[block] = alone[0][0]
            self._places[found] = block
        return found

    def element(self, block: int, tag: str, number: int) -> Element:
        """Return the element that was, when it was first asked for one in that *block* of the body, the one of that
        number among those of its tag there."""
        found = self._elements.get(block)
        if found is None:
            found = self._elements[block] = {one: [] for one in _NUMBERED}
            for element in self._top(block).iter(*_NUMBERED):
                found[str(element.tag)].append(element)
        return found[tag][number]

    def siblings(self, element: Element, *, preceding: bool = False) -> Iterator[tuple[Element, int]]:
        """Yield the elements behind, or before, one of the same parent, each with its block where it is one apart."""
        block = self._places.get(element)
        if block is None:
            yield from ((one, -1) for one in element.itersiblings(preceding=preceding))
            return
        for number in range(block - 1, -1, -1) if preceding else range(block + 1, len(self.starts) - 1):
            yield self._top(number), number


class Node:
    """An element of a part, to be found in its tree when it is asked for: by its block of the body, and its number
    among those of its tag there."""

    __slots__ = ("_element", "_part", "_seen", "block", "number", "tag")

    def __init__(
        self, part: Part | None, tag: str, block: int = -1, number: int = -1, seen: Element | None = None
    ) -> None:
        self._part, self.tag, self.block, self.number = part, tag, block, number
        self._element: Element | None = None
        self._seen = seen

    @classmethod
    def of(cls, element: Element) -> Node:
        node = cls(None, str(element.tag))
        node._element = element
        return node

    @property
    def seen(self) -> Element:
        """The element, or one like it, to be looked at only."""
        return self._seen if self._seen is not None else self.element

    @property
    def element(self) -> Element:
        if self._element is None:
            assert self._part is not None
            self._element = self._part.element(self.block, self.tag, self.number)
        return self._element


class Line(Struct, eq=False):
    """A paragraph as it was read, and where it stands."""

    node: Node
    container: Node | None
    digests: Mapping[str, str]
    rows: Sequence[Node] = ()
    """The table rows around it, the nearest first."""
    atoms: Sequence[Atom] = ()
    anchors: Sequence[Anchor] = ()
    in_contents: bool = False
    link: str = ""
    """Of an entry of the contents: the bookmark that it leads to."""
    names: Sequence[str] = ()
    """Of a heading that the contents list: the bookmarks in it."""
    shown: Sequence[Node] = ()
    """Charts, and properties of drawings."""
    comments: Sequence[str] = ()
    """The numbers of the comments on it."""
    expand: bool = False

    @property
    def element(self) -> Element:
        return self.node.element

    def settle(self) -> None:
        """Give the atoms their elements."""
        _pair(self.atoms, read(self.node.element, self.digests, self.expand).atoms)


class Between(Struct):
    """An anchor that begins, or (without a name) ends, between paragraphs, where Word and others may move it."""

    number: str
    name: str = ""


def _pair(atoms: Sequence[Atom], found: Sequence[Atom]) -> None:
    for atom, one in zip(atoms, found, strict=True):
        atom.become(one)
        _pair(atom.inner, one.inner)


def unbound(atoms: Iterable[Atom], line: Line) -> None:
    """Let atoms forget the elements that they were read from."""
    for atom in atoms:
        atom.forget(line)
        unbound(atom.inner, line)


def take(line: Line, element: Element, walker: Walker) -> None:
    """Read a paragraph into *line*."""
    line.atoms = walker.paragraph(element)
    line.anchors, line.in_contents, line.expand = walker.anchors, walker.in_contents, walker.expanded
    line.comments = [one.get(f"{W}id", "") for one in element.iter(_COMMENT)]
    if walker.in_contents:
        link = next(element.iter(f"{W}hyperlink"), None)
        line.link = link.get(f"{W}anchor", "") if link is not None else ""
    elif any(anchor.is_listed for anchor in line.anchors):
        line.names = [mark.get(f"{W}name", "") for mark in element.iter(START)]


def line_of(element: Element, digests: Mapping[str, str]) -> Line:
    """Return a paragraph that stands alone (in a note)."""
    line = Line(Node.of(element), None, digests)
    take(line, element, Walker(digests))
    return line


def lines_of(root: Element, digests: Mapping[str, str]) -> Iterable[Line | Between]:
    """Yield the paragraphs, and the anchors between them, of a tree."""
    walker = Walker(digests)
    fallbacks = root.find(f".//{MC}Fallback") is not None
    shown: dict[Element | None, list[Node]] = {}
    for one in root.iter(CHART, DRAWING):
        shown.setdefault(next(one.iterancestors(P), None), []).append(Node.of(one))
    nodes: dict[Element, Node] = {}
    for element in root.iter(P, START, END):
        parent = element.getparent()
        if element.tag != P:
            if parent is not None and parent.tag in _BLOCKS:
                name = element.get(f"{W}name", "")
                if element.tag == END:
                    yield Between(element.get(f"{W}id", ""))
                elif name.startswith(ITEM_PREFIX):
                    yield Between(element.get(f"{W}id", ""), plain_name(name))
        elif not (fallbacks and is_fallback(element)):
            rows = [nodes.setdefault(row, Node.of(row)) for row in element.iterancestors(TR)]
            container = nodes.setdefault(parent, Node.of(parent)) if parent is not None else None
            line = Line(Node.of(element), container, digests, rows, shown=shown.get(element, ()))
            take(line, element, walker)
            yield line


def text_within(element: Element) -> str:
    paragraphs = [element] if element.tag == P else list(element.iter(P))
    return "\n".join(text_of(Walker({}).paragraph(one)) for one in paragraphs)
