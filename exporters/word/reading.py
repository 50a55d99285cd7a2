"""An edited briefing, read for the merge."""

from __future__ import annotations

from exporters.package import Package
from exporters.snapshot import Snapshot
from exporters.word.living.atoms import NOTE_MARKS, Kind, Walker, is_fallback, text_of
from exporters.word.living.document import Document, read_document
from exporters.word.names import W


def read(package: Package) -> Snapshot:
    """Return the items and bound values of a document as people left it."""
    return read_document(package)


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
