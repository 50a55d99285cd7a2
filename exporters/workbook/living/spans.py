"""XML with the place of every element in its bytes, so that a part is changed where it must be and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from exporters.package.xstrings import unspelled

_START_TAG = re.compile(rb"""<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>""")


@dataclass(slots=True)
class Span:
    """An element: ``start`` to ``opened`` is its start tag, ``closed`` to ``end`` its end tag (both at the end where
    it is empty). ``name`` is without its namespace, which is ``space``."""

    space: str
    name: str
    attributes: dict[str, str]
    start: int
    opened: int
    parent: Span | None = field(default=None, compare=False, repr=False)
    closed: int = -1
    end: int = -1
    text: str = ""
    children: list[Span] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether it is written as one tag."""
        return self.closed == self.opened == self.end

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def child(self, name: str) -> Span | None:
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> Iterator[Span]:
        """Yield the children of that name."""
        return (child for child in self.children if child.name == name)

    def walk(self) -> Iterator[Span]:
        """Yield this element and all in it, in order."""
        stack = [self]
        while stack:
            one = stack.pop()
            yield one
            stack.extend(reversed(one.children))


def utf8(data: bytes) -> bytes:
    """Return a part's bytes as UTF-8 without a byte order mark; offsets mean bytes of that."""
    if data[:3] == b"\xef\xbb\xbf":
        return data[3:]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16")
    else:
        head = data[:200].lower()
        found = re.search(rb"""encoding=["']([\w.-]+)["']""", head) if head.startswith(b"<?xml") else None
        if found is None or found[1] in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
            return data
        text = data.decode(found[1].decode("ascii"))
    return re.sub(r"""(<\?xml[^>]*encoding=["'])[\w.-]+""", r"\1UTF-8", text, count=1).encode()


def start_tag_end(data: bytes, start: int) -> int:
    """Return where the start tag at *start* ends."""
    found = _START_TAG.match(data, start)
    assert found is not None, "expat has read it as a tag"
    return found.end()


def opening(tag: bytes) -> bytes:
    """Return a start tag as one that something follows in: ``<row/>`` as ``<row>``."""
    return tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag


def parse(data: bytes) -> Span:
    """Read a part that is UTF-8. Raises ValueError where it is not XML or holds a DTD."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    root: list[Span] = []
    stack: list[Span] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        at = parser.CurrentByteIndex
        parent = stack[-1] if stack else None
        span = Span(space, local, attributes, at, start_tag_end(data, at), parent)
        (parent.children if parent is not None else root).append(span)
        stack.append(span)

    def end(_: str) -> None:
        span = stack.pop()
        if data[span.opened - 2 : span.opened] == b"/>":
            span.closed = span.end = span.opened
        else:
            span.closed = parser.CurrentByteIndex
            span.end = data.index(b">", span.closed) + 1

    def text(piece: str) -> None:
        stack[-1].text += piece

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse_dtd
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ValueError(f"the part is not well-formed XML: {error}") from None
    return root[0]


def refuse_dtd(*_: object) -> None:
    raise ValueError("the XML holds a DTD")


def prefix_of(data: bytes, span: Span) -> str:
    """Return the prefix, with its colon, that an element is written with."""
    tag = data[span.start + 1 : span.opened].decode()
    name = re.match(r"[^\s/>]+", tag)
    assert name is not None
    head, colon, _ = name[0].partition(":")
    return head + colon if colon else ""


def escaped(text: str) -> str:
    """Escape text for content and attributes between double quotes."""
    if "&" in text or "<" in text or ">" in text or '"' in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text


def with_attribute(tag: bytes, name: str, value: str | None) -> bytes:
    """Return a start tag with an attribute set, or taken out where *value* is None; the rest keeps its bytes."""
    found = re.search(rb"""\s""" + name.encode() + rb"""\s*=\s*("[^"]*"|'[^']*')""", tag)
    if value is None:
        return tag if found is None else tag[: found.start()] + tag[found.end() :]
    new = f'"{escaped(value)}"'.encode()
    if found is not None:
        return tag[: found.start(1)] + new + tag[found.end(1) :]
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + b" " + name.encode() + b"=" + new + tag[end:]


def string_text(item: Span) -> str:
    """Return the text of a string item; phonetic runs are not part of it."""
    pieces: list[str] = []
    for child in item.children:
        if child.name == "t":
            pieces.append(child.text)
        elif child.name == "r":
            pieces += (one.text for one in child.all("t"))
    return unspelled("".join(pieces))


class Splices:
    """Changes to one part by offset, applied all at once."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._changes: list[tuple[int, int, int, bytes]] = []
        self._tags: dict[int, tuple[int, bytes]] = {}

    def __bool__(self) -> bool:
        return bool(self._changes or self._tags)

    def replace(self, start: int, end: int, new: bytes | str) -> None:
        self._changes.append((start, end, len(self._changes), new.encode() if isinstance(new, str) else new))

    def insert(self, at: int, new: bytes | str) -> None:
        self.replace(at, at, new)

    def attribute(self, span: Span, name: str, value: str | None) -> None:
        """Set an attribute of an element's start tag; several of one tag may be set one after the other."""
        end, tag = self._tags.get(span.start, (span.opened, self.data[span.start : span.opened]))
        self._tags[span.start] = end, with_attribute(tag, name, value)

    def text(self, span: Span, new: str) -> None:
        """Replace the content of an element that holds only text."""
        if span.empty:
            name = re.match(rb"<([^\s/>]+)", self.data[span.start : span.opened])
            assert name is not None
            tag = self.data[span.start : span.opened - 2].rstrip() + b">"
            self.replace(span.start, span.end, tag + escaped(new).encode() + b"</" + name[1] + b">")
        else:
            self.replace(span.opened, span.closed, escaped(new))

    def append(self, span: Span, new: bytes | str) -> None:
        """Put XML behind the last child of an element."""
        new = new.encode() if isinstance(new, str) else new
        if span.empty:
            end, tag = self._tags.pop(span.start, (span.opened, self.data[span.start : span.opened]))
            name = re.match(rb"<([^\s/>]+)", tag)
            assert name is not None
            self.replace(span.start, end, tag[:-2].rstrip() + b">" + new + b"</" + name[1] + b">")
        else:
            self.insert(span.closed, new)

    def result(self) -> bytes:
        """Return the changed part. Insertions at one offset keep their order; a change within a replaced stretch is
        dropped with it."""
        changes = self._changes + [(start, end, -1, tag) for start, (end, tag) in self._tags.items()]
        pieces: list[bytes] = []
        at = 0
        for start, end, _, new in sorted(changes, key=lambda change: (change[0], change[1] != change[0], change[2])):
            if start < at:
                continue
            pieces += (self.data[at:start], new)
            at = end
        pieces.append(self.data[at:])
        return b"".join(pieces)
