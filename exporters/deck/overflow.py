"""Texts of a finished deck that their boxes cannot hold: cut short by the rendering, or beyond the box or the slide."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree
from msgspec.structs import replace

from exporters.charts.drawingml import A, P
from exporters.deck.boxes import read_box, single_line
from exporters.deck.fitting import needed_height
from exporters.deck.living.deck import Deck, Slide
from exporters.deck.living.shapes import Element, Shape, name_of, table_of
from exporters.deck.living.texts import paragraphs_of, text_of
from exporters.deck.textboxes import EMU, Ancestry, BoxStyle, box_style, cell_style
from exporters.errors import Fault
from exporters.metrics import width
from exporters.package import Package

_TOLERANCE = 1.02
_CUT = "…"
_SHOWN = 24


def overflows(package: Package) -> list[Fault]:
    """Return a warning for each text that does not fit, by slide and shape."""
    deck = Deck(package)
    size = deck.tree(deck.main).find(f"{P}sldSz")
    right, bottom = (int(size.get(name, "0")) if size is not None else 0 for name in ("cx", "cy"))
    found: dict[tuple[str, str], list[Fault]] = {}
    for number, slide in enumerate(deck.slides, 1):
        ancestry = Ancestry.of(package, slide.part, deck.tree(deck.main))
        for shape in slide.shapes:
            where = f"slide {number} of the pack, shape '{name_of(shape)}'"
            table = table_of(shape) if shape.tag == f"{P}graphicFrame" else None
            faults: Iterator[Fault] = iter(())
            if table is not None:
                faults = _table(shape, table, ancestry, bottom, where)
            elif shape.tag == f"{P}sp":
                faults = _box(shape, slide, ancestry, right, where)
            for fault in faults:
                # The slides of a loop have one shape of the template in common: its name ends alike.
                found.setdefault((name_of(shape).rpartition(".")[2], fault.code), []).append(fault)
    return [_first(faults) for faults in found.values()]


def _first(faults: list[Fault]) -> Fault:
    more = len(faults) - 1
    return replace(faults[0], message=f"{faults[0].message}; so on {more} more") if more else faults[0]


def _box(shape: Element, slide: Slide, ancestry: Ancestry, right: int, where: str) -> Iterator[Fault]:
    body = shape.find(f"{P}txBody")
    if body is None or not "".join(map(str, body.itertext())).strip():
        return
    unwrapped = body.find(f"{A}bodyPr[@wrap='none']") is not None
    style = box_style(_wrapped(shape) if unwrapped else shape, ancestry)
    if style is None:
        return
    text = text_of(paragraphs_of(body))
    if unwrapped:
        yield from _one_line(shape, style, text, right, where)
        return
    height = _needed(body, style)
    # A box that grows with its text does so only when somebody edits it; a line more is what offices differ by.
    room = style.height * _TOLERANCE + 1 + (_line(style) if style.autofit == "shape" else 0)
    if height > room:
        message = f"{_quoted(text)} needs {height:.0f} points of the box's {style.height:.0f}"
        hint = "make the box higher or the text smaller, or let it shrink (Format Shape, Shrink text on overflow)"
        yield Fault("text-overflow", message, where=where, hint=hint, severity="warning")
        return
    notes = slide.said.text.split("\n")
    for line in text.split("\n"):
        stem = line.rstrip()[: -len(_CUT)].rstrip() if line.rstrip().endswith(_CUT) else ""
        if stem and any(one.startswith(stem) and len(one) > len(stem) for one in notes):
            message = f"{_quoted(line)} was cut: the whole text stands in the notes only"
            hint = "give it more room, or a {{ …|more }} line that says that there is more"
            yield Fault("text-cut", message, where=where, hint=hint, severity="advice")


def _wrapped(shape: Element) -> Element:
    made = deepcopy(shape)
    for body in made.iter(f"{A}bodyPr"):
        body.set("wrap", "square")
    return made


def _line(style: BoxStyle) -> float:
    level = read_box(style.to_json()).levels[0]
    return single_line(level.size, level.latin, level.east_asian, level.line, level.bold)


def _one_line(shape: Element, style: BoxStyle, text: str, right: int, where: str) -> Iterator[Fault]:
    """Text that does not wrap leaves its box unseen, but not the slide."""
    level, box = read_box(style.to_json()).levels[0], Shape.of(shape).box
    sizes = [int(one.get("sz", "0")) / 100 for one in shape.iter(f"{A}rPr") if one.get("sz")]
    size = max(sizes, default=level.size)
    wide = max(width(line, size, latin=level.latin, east_asian=level.east_asian, bold=level.bold)
               for line in text.split("\n"))  # fmt: skip
    if box and right and box[0] / EMU + wide > right / EMU:
        message = f"{_quoted(text)} does not wrap and reaches beyond the slide"
        hint = "let the text wrap in its shape (Format Shape, Text Box)"
        yield Fault("text-overflow", message, where=where, hint=hint, severity="warning")


def _table(shape: Element, table: Element, ancestry: Ancestry, bottom: int, where: str) -> Iterator[Fault]:
    box = Shape.of(shape).box
    if not box or not bottom:
        return
    height = 0.0
    for row in table.findall(f"{A}tr"):
        least = int(row.get("h", "0")) / EMU
        for cell in row.findall(f"{A}tc"):
            style, body = cell_style(cell, ancestry), cell.find(f"{A}txBody")
            if style is not None and body is not None and not cell.get("rowSpan") and not cell.get("vMerge"):
                properties = cell.find(f"{A}tcPr")
                margins = sum(int((properties.get(name) if properties is not None else None) or 45720)
                              for name in ("marT", "marB")) / EMU  # fmt: skip
                least = max(least, _needed(body, style) + margins)
        height += least
    beyond = box[1] / EMU + height - bottom / EMU
    if beyond > 1:
        message = f"the table reaches {beyond:.0f} points beyond the slide"
        hint = "fewer rows on a slide ({%slide for part in rows|batch(8) %}), or smaller text"
        yield Fault("text-overflow", message, where=where, hint=hint, severity="warning")


def _needed(body: Element, style: BoxStyle) -> float:
    xml = "".join(etree.tostring(one, encoding="unicode", with_tail=False) for one in body.findall(f"{A}p"))
    return needed_height(_plain(xml), read_box(style.to_json()))


def _plain(xml: str) -> str:
    """Return paragraphs as the renderer writes them: no declarations of namespaces."""
    at = xml.find(" xmlns:")
    while at >= 0:
        end = xml.index('"', xml.index('"', at) + 1) + 1
        xml = xml[:at] + xml[end:]
        at = xml.find(" xmlns:")
    return xml


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}”"
