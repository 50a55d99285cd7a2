"""What all checks share: parsed parts, names of elements, and the list of faults."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree

from exporters.errors import Fault, PackageError, Severity
from exporters.package.names import unquoted
from exporters.package.reader import Package
from exporters.package.relationships import Relationship

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
P14: Final = "{http://schemas.microsoft.com/office/powerpoint/2010/main}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
S: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"

_STRICT_ROOT: Final = b"http://purl.oclc.org/ooxml/"
#: Strict namespaces and their transitional twins, so that each check knows one spelling.
_TWINS: Final = tuple(
    (_STRICT_ROOT + strict.encode(), b"http://schemas.openxmlformats.org/" + usual.encode())
    for strict, usual in (
        ("wordprocessingml/main", "wordprocessingml/2006/main"),
        ("presentationml/main", "presentationml/2006/main"),
        ("spreadsheetml/main", "spreadsheetml/2006/main"),
        ("drawingml/main", "drawingml/2006/main"),
        ("drawingml/chart", "drawingml/2006/chart"),
        ("drawingml/wordprocessingDrawing", "drawingml/2006/wordprocessingDrawing"),
        ("officeDocument/relationships", "officeDocument/2006/relationships"),
    )
)
_CACHE_BYTES: Final = 32 << 20
#: What libxml2 tells programmers to do about its own limits (256 levels, 10 million characters).
_FOR_PROGRAMMERS: Final = re.compile(r",? (?:try|use) XML_PARSE_HUGE(?: option)?")


def _plainly(message: str) -> str:
    return " ".join(_FOR_PROGRAMMERS.sub("", message).split())


class Probe:
    """A package under examination. Each part is parsed once as long as all fit into a bounded cache."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.faults: list[Fault] = []
        self.shown: dict[str, str] = {}
        """Where people see a part that is not shown by itself: the slide and shape of a chart."""
        self._trees: dict[str, etree._Element | None] = {}
        self._held = 0
        self._broken: set[str] = set()
        self._parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

    def add(
        self, code: str, message: str, part: str, place: str = "", *, hint: str = "", severity: Severity = "error"
    ) -> None:
        where = ", ".join(filter(None, (f"part {part}", self.shown.get(part, ""), place)))
        self.faults.append(Fault(code, message, self.package.file, where, hint, severity))

    def tree(self, part: str) -> etree._Element | None:
        """Return a part's root element; None, with a fault told once, where it is missing or not XML."""
        if part in self._trees:
            return self._trees[part]
        root: etree._Element | None = None
        data = b""
        try:
            data = self.package.read(part)
            if _STRICT_ROOT in data:
                for strict, usual in _TWINS:
                    data = data.replace(strict, usual)
            root = etree.fromstring(data, self._parser)
        except KeyError:
            return None
        except PackageError as error:
            self._tell_broken(part, error.faults[0].message)
        except etree.XMLSyntaxError as error:
            self._tell_broken(part, f"it is not well-formed XML: {_plainly(error.msg)}")
        if self._held > _CACHE_BYTES:
            self._trees.clear()
            self._held = 0
        self._trees[part] = root
        self._held += len(data)
        return root

    def _tell_broken(self, part: str, message: str) -> None:
        if part not in self._broken:
            self._broken.add(part)
            self.add("broken-xml", message, part)

    def parts_of(self, *content_types: str) -> Iterator[str]:
        """Yield the parts with one of the content types, in file order."""
        for part in self.package.names():
            if self.package.content_types.of(part) in content_types:
                yield part

    def target(self, source: str, item: Relationship) -> str | None:
        """Return the part that an internal relationship leads to, as the file spells it; None where missing."""
        if item.external:
            return None
        name = self.package.relationships(source).target(item)
        for spelling in (name, unquoted(name)):
            if spelling in self.package:
                return self.package.stored_name(spelling)
        return None

    def targets(self, source: str, rel_type: str) -> list[str]:
        """Return the existing parts that *source* reaches by a type of relationship."""
        found = (self.target(source, item) for item in self.package.relationships(source).of_type(rel_type))
        return [part for part in found if part is not None]


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def duplicates(values: Iterable[str]) -> list[str]:
    """Return the values that occur more than once, in the order of their second occurrence."""
    seen: set[str] = set()
    told: dict[str, None] = {}
    for value in values:
        if value in seen:
            told[value] = None
        seen.add(value)
    return list(told)


def integer(text: str | None) -> int | None:
    """Return *text* as a whole number; None where it is none."""
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None
