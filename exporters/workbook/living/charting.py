"""Charts of a workbook: what they show is bound, as their references, so that they follow lists that grow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from exporters.package import rt
from exporters.snapshot import Item, Slot, SlotKind
from exporters.workbook.living.book import Book, SheetEntry
from exporters.workbook.living.formulas import references
from exporters.workbook.living.spans import Span, Splices, parse, utf8

if TYPE_CHECKING:
    from exporters.workbook.living.pointing import Pointing
    from exporters.workbook.living.shifting import Shifts
    from exporters.workbook.living.translating import Translation

REFERENCES = "references"
ALTERNATIVE = "alternative "


class Frame(Struct, frozen=True):
    """A chart on a sheet: its part, the drawing it stands in, and how that relates to it and describes it."""

    chart: str
    drawing: str
    relation: str
    description: str


def frames(book: Book, sheet: str) -> list[Frame]:
    """Return the charts of a sheet in the order of their frames."""
    drawing = book.target(sheet, rt.DRAWING)
    if not drawing:
        return []
    relationships = book.package.relationships(drawing)
    charts = {item.id for item in relationships.of_type(rt.CHART)}
    try:
        root = parse(utf8(book.package.read(drawing)))
    except ValueError:
        return []
    found: list[Frame] = []
    for rel_id, mark in _marks(root):
        if rel_id in charts and relationships.target(rel_id) in book.package:
            part = book.package.stored_name(relationships.target(rel_id))
            found.append(Frame(part, drawing, rel_id, mark.get("descr") if mark is not None else ""))
    return found


def chart_items(book: Book, entry: SheetEntry, name: str, pointing: Pointing) -> Iterator[Item]:
    """Yield an item for each chart of a sheet; *pointing* names what it shows."""
    for number, frame in enumerate(frames(book, entry.part), 1):
        try:
            root = parse(utf8(book.package.read(frame.chart)))
        except ValueError:
            continue
        key = f"{name}!chart {number}"
        texts = (pointing.name(token) for one in _formulas(root) for token in references(one.text))
        slots = [Slot(key, "; ".join(texts), f"{frame.chart}!{REFERENCES}", SlotKind.DERIVED)]
        if frame.description:
            at = f"{frame.drawing}!{ALTERNATIVE}{frame.relation}"
            slots.append(Slot(f"{key}.alternative", frame.description, at, SlotKind.DERIVED))
        yield Item(key, frame.chart, tuple(slots))


def described(data: bytes, texts: Mapping[str, str]) -> bytes:
    """Return a drawing with other alternative texts for its charts, by their relationships."""
    splices = Splices(data)
    for rel_id, mark in _marks(parse(data)):
        if mark is not None and rel_id in texts:
            splices.attribute(mark, "descr", texts[rel_id])
    return splices.result()


def _marks(root: Span) -> Iterator[tuple[str, Span | None]]:
    """Yield the relationship of every chart in a drawing, with what names and describes its frame."""
    for one in root.walk():
        rel_id = next((value for name, value in one.attributes.items() if name.endswith(" id")), "")
        if one.name == "chart" and rel_id:
            frame: Span | None = one
            while frame is not None and frame.name != "graphicFrame":
                frame = frame.parent
            yield rel_id, next((mark for mark in frame.walk() if mark.name == "cNvPr"), None) if frame else None


def retargeted(data: bytes, source: Book, source_part: str, translation: Translation, shifts: Shifts) -> bytes:
    """Return a chart whose references are those of a chart of the new render; all else of it stays.

    References into tables are found in the edited file and move with its rows; others are as the new render has them.
    """
    theirs = _formulas(parse(data))
    ours = _formulas(parse(utf8(source.package.read(source_part))))
    splices = Splices(data)
    if len(theirs) != len(ours):
        return data
    for one, other in zip(theirs, ours, strict=True):
        splices.text(one, shifts.formula(translation.formula(other.text), ""))
    return splices.result()


def _formulas(root: Span) -> list[Span]:
    return [one for one in root.walk() if one.name == "f" and one.text and not one.children]
