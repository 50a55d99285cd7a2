"""What people lay over the cells of a sheet and no cell says: links, choices and limits of what may be typed,
conditional formats, words in headers and footers."""

from __future__ import annotations

from exporters.workbook.living.book import Book
from exporters.workbook.living.margins import margins
from exporters.workbook.living.shapes import shaped
from exporters.workbook.living.spans import Span

_SHOWN = 60
_LOOKS = frozenset(("colorScale", "dataBar", "iconSet"))
"""Conditional formats that only show how large a number is."""


def laid_over(book: Book, part: str) -> dict[tuple[str, ...], str]:
    """Return in words what is laid over a sheet, by what it is wherever it stands."""
    found: dict[tuple[str, ...], str] = {}
    links = {one.id: one.target for one in book.package.relationships(part) if one.external}
    sheet = book.sheet(part)
    for one in sheet.root.walk():
        if one.name == "hyperlink":
            target = next((links[value] for value in one.attributes.values() if value in links), "")
            if target:
                found.setdefault(("link", target.rstrip("/")), f"link at {one.get('ref')} to {target}")
        elif one.name == "dataValidation" and (told := _rule(one, ("formula1",))):
            words = f"choices or limits at {_place(one)}: {_texts(one)}"
            found.setdefault(("validation", one.get("type"), *told), words)
        elif one.name == "cfRule" and one.parent is not None and one.get("type") not in _LOOKS:
            words = f"conditional format at {_place(one.parent)}: {_texts(one)}"
            found.setdefault(("format", *_rule(one, ("formula", "f"))), words)
    for item in margins(sheet, ""):
        for slot in item.slots:
            found.setdefault(("margin", slot.text), f"header or footer: {slot.text}")
    return found


def _rule(span: Span, names: tuple[str, ...]) -> list[str]:
    """Return the formulas of a rule, alike wherever it stands and however its texts are spaced."""
    return [shaped(one.text)[0].skeleton for one in span.walk() if one.name in names and one.text]


def _texts(span: Span) -> str:
    texts = ("".join(one.text.split("\n")) for one in span.walk() if one.name in {"formula", "formula1", "f"})
    return ", ".join(text for text in texts if text)[:_SHOWN]


def _place(span: Span) -> str:
    inner = span.child("sqref")
    return span.get("sqref") or (inner.text if inner is not None else "")
