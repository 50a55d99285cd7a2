"""An edited briefing, read for the merge."""

from __future__ import annotations

import re

from exporters.package import Package
from exporters.package.custom import read_properties
from exporters.snapshot import Snapshot
from exporters.word.anchors import LONGEST_ALIAS, PREFIX, read_digests, shortened, value_key
from exporters.word.living.atoms import NOTE_MARKS, Kind, Walker, is_fallback, text_of
from exporters.word.living.document import Document, read_document
from exporters.word.names import W

_VALUE = re.compile(rf'w:name="({PREFIX}[^"]+)"'.encode())


def read(package: Package) -> Snapshot:
    """Return the items and bound values of a document as people left it."""
    return read_document(package)


def keys(package: Package) -> set[str]:
    """Return the keys of the values that bookmarks name: LibreOffice drops the names of the controls around them."""
    digests = read_digests(read_properties(package).items())
    names = {name for part in package.names() if part.endswith(".xml") for name in _VALUE.findall(package.read(part))}
    return {key for name in names if (key := value_key(name.decode("utf-8", "replace"), digests)) is not None}


def whole_keys(package: Package) -> dict[str, str]:
    """Return the keys that are longer than Word lets a control be named, by what stands there for them."""
    digests = read_digests(read_properties(package).items())
    return {shortened(key)[0]: key for key in digests.values() if len(key) > LONGEST_ALIAS}


def lines(package: Package) -> list[str]:
    """Return every visible line in order: the body, then headers and footers, then notes. What an office counts anew
    (the number of a page) is left out: nobody typed it."""
    document = Document(package)
    found: list[str] = []
    roots = [story.root for _, story in document.stories]
    for tag, kind in NOTE_MARKS.items():
        for mark in document.body.root.iter(tag):
            note = document.notes.get((kind, mark.get(f"{W}id", "")))
            if note is not None:
                roots.append(note)
    for root in roots:
        walker = Walker(document.digests)
        for paragraph in root.iter(f"{W}p"):
            if not is_fallback(paragraph):
                atoms = [atom for atom in walker.paragraph(paragraph) if atom.kind is not Kind.FIELD]
                found += text_of(atoms).split("\n")
    return [line for line in found if line.strip()]
