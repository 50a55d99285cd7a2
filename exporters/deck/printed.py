"""Every line of a deck with its place in a person's words."""

from __future__ import annotations

from collections.abc import Iterator

from exporters.charts.drawingml import A, P
from exporters.deck.living.charts import titles_of
from exporters.deck.living.deck import Deck, Slide, unmarked
from exporters.deck.living.shapes import SHAPES, Element, Shape, mark_of, name_of
from exporters.deck.living.texts import paragraphs_of, text_of
from exporters.package import Package, rt
from exporters.package.properties import worded
from exporters.snapshot import Text


def texts(package: Package) -> list[Text]:
    """Return every line: slides with their notes, what their layouts and masters say, properties."""
    deck = Deck(package)
    found: list[Text] = []
    for number, slide in enumerate(deck.slides, 1):
        found += _slide(deck, slide, f"slide {number}")
    for part, place in _behind(deck).items():
        for shape in deck.tree(part).iter(*SHAPES):
            if Shape.of(shape).holder is None:
                found += _shape(shape, place)
    found += (Text(f"document property {name}", text) for name, text in worded(package))
    return [one for one in found if one.text.strip()]


def _slide(deck: Deck, slide: Slide, place: str) -> Iterator[Text]:
    for shape in slide.shapes:
        yield from _shape(shape, place)
        part = slide.chart_part(shape) if shape.tag == f"{P}graphicFrame" else ""
        if part:
            for name, body in titles_of(deck.tree(part)):
                yield Text(f"{place}, chart {name_of(shape)}, {name}", text_of(paragraphs_of(body)))
    notes = slide.notes_body
    if notes is not None:
        for line in text_of(unmarked(notes)).split("\n"):
            yield Text(f"{place}, speaker notes", line)


def _shape(shape: Element, place: str) -> Iterator[Text]:
    named = f"{place}, shape {name_of(shape)}"
    for body in (*shape.iter(f"{P}txBody"), *shape.iter(f"{A}txBody")):
        where = named + _cell(body)
        yield from (Text(where, line) for line in text_of(paragraphs_of(body)).split("\n"))
    mark = mark_of(shape)
    for name in ("title", "descr"):
        if mark is not None and mark.get(name):
            yield Text(f"{place}, alternative text of {name_of(shape)}", mark.get(name, ""))


def _cell(body: Element) -> str:
    cell = body.getparent()
    row = cell.getparent() if cell is not None and cell.tag == f"{A}tc" else None
    if cell is None or row is None:
        return ""
    down = 1 + sum(1 for _ in row.itersiblings(f"{A}tr", preceding=True))
    right = 1 + sum(1 for _ in cell.itersiblings(f"{A}tc", preceding=True))
    return f", row {down}, cell {right}"


def _behind(deck: Deck) -> dict[str, str]:
    """Return the layouts and masters behind the slides, with their places."""
    found: dict[str, str] = {}
    for slide in deck.slides:
        layout = deck.related(slide.part, rt.SLIDE_LAYOUT)
        master = deck.related(layout, rt.SLIDE_MASTER) if layout else ""
        if layout:
            content = deck.tree(layout).find(f"{P}cSld")
            found[layout] = f"layout {content.get('name', '') if content is not None else ''}"
        if master:
            found[master] = "slide master"
    return found
