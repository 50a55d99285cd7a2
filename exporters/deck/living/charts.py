"""Charts on slides: their numbers and titles."""

from __future__ import annotations

from collections.abc import Iterator

from exporters.charts.data import chart_data
from exporters.charts.drawingml import A, C
from exporters.deck.living.deck import Element

_AXES = (f"{C}catAx", f"{C}valAx", f"{C}dateAx", f"{C}serAx")


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
