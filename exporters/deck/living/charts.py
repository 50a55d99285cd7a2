"""Charts on slides: their numbers and titles."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from exporters.charts.data import carry_data, chart_data
from exporters.charts.drawingml import A, C, R
from exporters.deck.living.deck import Deck
from exporters.deck.living.packing import Changes
from exporters.deck.living.shapes import Element
from exporters.package import rt

_AXES = (f"{C}catAx", f"{C}valAx", f"{C}dateAx", f"{C}serAx")
_BEHIND_DATA = (f"{C}printSettings", f"{C}userShapes", f"{C}extLst")


def numbers_of(chart: Element) -> str:
    """Return a chart's categories, series names and values as canonical JSON."""
    return chart_data(chart)


def titles_of(chart: Element) -> Iterator[tuple[str, Element]]:
    """Yield (name, text body) of the titles that hold words of their own: ``title``, ``axis-1`` ..."""
    title = chart.find(f"{C}chart/{C}title/{C}tx/{C}rich")
    if title is not None:
        yield "title", title
    axes = [axis for plot in chart.iter(f"{C}plotArea") for axis in plot if axis.tag in _AXES]
    for number, axis in enumerate(axes, 1):
        body = axis.find(f"{C}title/{C}tx/{C}rich")
        if body is not None and body.find(f"{A}p") is not None:
            yield f"axis-{number}", body


def renew(edited: Deck, part: str, ours: Deck, source: str, changes: Changes) -> None:
    """Give a chart the numbers of another, and the workbook behind them; its looks stay.

    LibreOffice leaves a chart without its workbook: it gets one again, so that Edit Data works.
    """
    chart = edited.tree(part)
    carry_data(ours.tree(source), chart)
    book = ours.related(source, rt.PACKAGE)
    if not book:
        return
    own = edited.related(part, rt.PACKAGE)
    if own:
        changes.set(own, ours.package.read(book))
        return
    name = changes.free_name("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx")
    changes.carry(ours.package, book, name)
    rel_id = changes.link(part, name, rt.PACKAGE)
    link = chart.find(f"{C}externalData")
    if link is None:
        link = chart.makeelement(f"{C}externalData", {})
        update = etree.SubElement(link, f"{C}autoUpdate")
        update.set("val", "0")
        behind = next((child for child in chart if child.tag in _BEHIND_DATA), None)
        if behind is not None:
            behind.addprevious(link)
        else:
            chart.append(link)
    link.set(f"{R}id", rel_id)
