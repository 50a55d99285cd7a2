"""Where in a Word document something leads out of it, in a person's words."""

from __future__ import annotations

from exporters.binding.weave import Places
from exporters.errors import Fault
from exporters.package import Package, ct
from exporters.package.reaching import Place
from exporters.package.reaching import reaches as reaches_of
from exporters.word.names import DIALECT
from exporters.word.xmlparts import Element

_STORIES = {
    ct.WORD_HEADER: "header {}", ct.WORD_FOOTER: "footer {}", ct.WORD_FOOTNOTES: "footnotes",
    ct.WORD_ENDNOTES: "endnotes", ct.WORD_COMMENTS: "comments",
}  # fmt: skip


def reaches(package: Package) -> list[Fault]:
    """Return what leads out of a document, its headers, footers, notes and settings."""
    main = package.main_part()

    def placed(part: str, root: Element) -> Place:
        if part == main:
            return Places(root, DIALECT)
        story = _STORIES.get(package.content_types.of(part) or "", "")
        number = "".join(char for char in part.rpartition("/")[2] if char.isdigit())
        return Places(root, DIALECT, f"{story.format(number).strip() or f'part {part}'}, ")

    return reaches_of(package, placed)
