"""Charts on slides: their numbers and titles."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from exporters.charts.data import carry_data, chart_data
from exporters.charts.drawingml import A, C, R
from exporters.charts.moulds import POINTS, ChartMould
from exporters.deck.living.deck import Deck, Titles
from exporters.deck.living.packing import Changes
from exporters.deck.living.shapes import DECLARATION, Element, parse
from exporters.deck.living.texts import paragraphs_of, text_of
from exporters.package import rt
from exporters.package.moulds import behind_prolog

_AXES = (f"{C}catAx", f"{C}valAx", f"{C}dateAx", f"{C}serAx")
_BEHIND_DATA = (f"{C}printSettings", f"{C}userShapes", f"{C}extLst")


def read_chart(deck: Deck, part: str) -> tuple[str, Titles]:
    """Return a chart's categories, series names and values as canonical JSON, and its titles."""
    cut = POINTS.cut(deck.package.read(part))
    if cut is None:
        return chart_data(deck.tree(part)), _titles(deck.tree(part))
    mould, points = cut
    found = deck.known.charts.get(mould)
    if found is None:
        root = parse(POINTS.hollow(mould))
        found = deck.known.charts[mould] = ChartMould.of(root), _titles(root)
    deck.points[part] = found[0], points
    return found[0].data(points), found[1]


def _titles(chart: Element) -> Titles:
    return tuple((name, text_of(paragraphs_of(body))) for name, body in titles_of(chart))


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


def renew(edited: Deck, part: str, ours: Deck, source: str, changes: Changes, wanted: str) -> None:
    """Give a chart the numbers of another, and the workbook behind them; its looks stay, and the series of people's own
    that are *wanted* (see ``carry_data``).

    LibreOffice leaves a chart without its workbook: it gets one again, so that Edit Data works.
    """
    if _differ_in_points(edited, part, ours, source):
        edited.written[part] = DECLARATION + behind_prolog(ours.package.read(source))
    else:
        carry_data(ours.tree(source), edited.tree(part), wanted)
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
    chart = edited.tree(part)
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


def _differ_in_points(edited: Deck, part: str, ours: Deck, source: str) -> bool:
    """Whether two charts are known to differ in no more than their points: those of one are all that there is to
    carry."""
    old, new = edited.points.get(part), ours.points.get(source)
    if part in edited.trees or old is None or new is None or old[0] is not new[0]:
        return False
    return old[0].names(old[1]) == new[0].names(new[1])
