"""An edited deck as the merge sees it.

A slide is a group of its own; a bound shape, a row of a bound table, a chart and the speaker notes are its
items. A shape is known by its name, a slide by its own; what LibreOffice renames (slides, placeholders, copies) comes
as unknown, with what the merge needs to find out (``exporters.merge.aligning``): its sort, its words and its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from exporters.charts.drawingml import A, P
from exporters.charts.typed import DataSheets
from exporters.deck.living.charts import read_chart, titles_of
from exporters.deck.living.deck import Deck, Slide, unmarked
from exporters.deck.living.names import key_of, may_be_bound
from exporters.deck.living.renaming import renamed
from exporters.deck.living.shapes import SHAPE, Element, Seen, child_of, table_of
from exporters.deck.living.tables import HEADER, cell_text, rows_of
from exporters.deck.living.texts import paragraphs_of, text_of
from exporters.package import EditedPackage
from exporters.package.custom import read_properties
from exporters.package.described import described
from exporters.package.kept import Kept
from exporters.snapshot import UNKNOWN, Group, Item, Slot, SlotKind, Snapshot

if TYPE_CHECKING:
    from exporters.package import Package

FORMAT = "deck"
STAMP = "briefpack"
_TITLES = ("title", "ctrTitle")
_COUNTED = ("sldNum",)
# A figure or a name, without words around it that a person would reword.
_SENTENCE = re.compile(r"[。！？；，、：\n]|[.!?;,:]\s")
_LONGEST_VALUE = 16
# The number of a slide, or what editors write in its place.
_COUNT = re.compile(r"[\d\s]|‹#›|<#>|<number>")

KEPT: Kept[Deck] = Kept()


def read(package: Package) -> Snapshot:
    """Return what the deck holds.

    Handles: ``part`` (slide), ``part#3`` (shape), ``part#3/r2/c1``, ``part#3/alternative``, ``part#notes``.
    """
    deck = Deck(package, KEPT.any())
    base = package.base if isinstance(package, EditedPackage) else None
    return KEPT.hold(deck, snapshot(deck, (KEPT.find(base) or Deck(base, deck)) if base is not None else None))


def snapshot(deck: Deck, base: Deck | None = None) -> Snapshot:
    """Return what an opened deck holds, which was edited from *base*."""
    groups: list[Group] = []
    origins = {slide.key: slide for slide in base.slides} if base is not None else {}
    sheets = DataSheets(deck.package) if isinstance(deck.package, EditedPackage) else None
    for number, slide in enumerate(deck.slides, 1):
        name = slide.key or f"{UNKNOWN}{number}"
        items = list(_items(slide, name, renamed(slide, origins[name]) if name in origins else {}, sheets))
        groups.append(Group(name, slide.part, tuple(items), keeps=True, record=name.rpartition(".")[0]))
    groups.append(described(deck.package))
    return Snapshot(FORMAT, tuple(groups), (), read_properties(deck.package).get(STAMP, ""))


def _items(slide: Slide, name: str, known: Mapping[int, str], sheets: DataSheets | None) -> Iterator[Item]:
    words: list[str] = []
    for number, shape in enumerate(slide.words.shapes):
        at, sort, text = f"{slide.part}#{number}", _sort(shape), shape.text or ""
        words.append(text if sort != "page" else _COUNT.sub("", text))
        key = key_of(shape.name) or known.get(number, "")
        if not sort or (not key and shape.holder is None and not may_be_bound(shape.name)):
            continue
        key = key or f"{UNKNOWN}{number}"
        box = slide.box_of(shape)
        if sort == "table":
            yield from _rows(shape.frame, key, at)
        elif sort == "chart":
            slots = tuple(_chart(slide, shape, key, at, sheets))
            if slots:
                yield Item(key, at, slots, sort=sort, box=box, removable=True)
        else:
            kind = SlotKind.DERIVED if sort == "page" else kind_of(text)
            yield Item(key, at, (Slot(key, text, at, kind),), sort=sort, box=box, removable=sort == "text")
    key, at = f"{name}.notes", f"{slide.part}#notes"
    yield Item(key, at, (Slot(key, slide.said.text, at, SlotKind.PROSE),), sort="notes")
    # How many shapes stand on the slide, what they say, bound or not, what reviewers say, and colours: as much of it as
    # every editor keeps.
    key, text = f"{name}.beside", "\n".join((*sorted(words), *slide.remarks, *slide.colours))
    yield Item(key, slide.part, (Slot(key, text, "", SlotKind.FOREIGN),), sort="beside")


def _sort(shape: Seen) -> str:
    """Return what a shape is for the merge: title, page, placeholder, text, chart, table; empty for all others."""
    if shape.frame is not None:
        data = child_of(shape.frame, f"{A}graphic", f"{A}graphicData")
        kind = data.get("uri", "").rpartition("/")[2] if data is not None else ""
        return kind if kind in {"chart", "table"} else ""
    if shape.tag != SHAPE or shape.text is None:
        return ""
    if shape.holder is None:
        return "text"
    kind = shape.holder[0]
    return "title" if kind in _TITLES else "page" if kind in _COUNTED else "placeholder"


def _rows(frame: Element | None, key: str, at: str) -> Iterator[Item]:
    table = table_of(frame) if frame is not None else None
    if table is None:
        return
    for number, row in enumerate(rows_of(table)):
        name = f"{key}/{row.id}"
        slots = []
        for place, (column, cell) in enumerate(row.cells.items()):
            text = cell_text(cell)
            slots.append(Slot(f"{name}.{column}", text, f"{at}/r{number}/c{place}", kind_of(text)))
        removable = row.id != HEADER
        yield Item(name, f"{at}/r{number}", tuple(slots), sort=f"row {key}", removable=removable)


def _chart(slide: Slide, shape: Seen, key: str, at: str, sheets: DataSheets | None) -> Iterator[Slot]:
    part = slide.chart_part(shape.frame) if shape.frame is not None else ""
    if not part:
        return
    if shape.alternative:
        yield Slot(f"{key}.alternative", shape.alternative, f"{at}/alternative", SlotKind.DERIVED)
    data, titles = read_chart(slide.deck, part)
    data = sheets.beside(part, data) if sheets is not None else data
    yield Slot(key, data, f"{at}/chart", SlotKind.CHART)
    for name, text in titles:
        yield Slot(f"{key}.{name}", text, f"{at}/chart/{name}", SlotKind.PROSE)


def kind_of(text: str) -> SlotKind:
    """Return how a text is merged: a short figure or name as a whole, all else by the sentence."""
    return SlotKind.PROSE if len(text) > _LONGEST_VALUE or _SENTENCE.search(text) else SlotKind.VALUE


def lines(package: Package) -> list[str]:
    """Return every line that people see, slide by slide: shapes and tables in drawing order, then the notes."""
    deck = Deck(package)
    found: list[str] = []
    for slide in deck.slides:
        for shape in slide.shapes:
            for body in (*shape.iter(f"{P}txBody"), *shape.iter(f"{A}txBody")):
                found += text_of(paragraphs_of(body)).split("\n")
            part = slide.chart_part(shape) if shape.tag == f"{P}graphicFrame" else ""
            if part:
                found += (text_of(paragraphs_of(body)) for _, body in titles_of(deck.tree(part)))
        notes = slide.notes_body
        if notes is not None:
            found += text_of(unmarked(notes)).split("\n")
    return [line for line in found if line.strip()]
