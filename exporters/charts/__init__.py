"""Charts whose data an office binds in the data sheet behind them (Edit Data in Office), for Word and PowerPoint.

``compile_chart`` turns a chart part and its embedded workbook into program text; a ``ChartMaker`` turns what that
program gives into the parts of each instance. Part names and relationships are the caller's, helped by ``ChartWriter``.

In a format's compiler, for the n-th chart frame that it meets::

    found = compile_chart(package, part, weaver, faults, "slide 4, shape 'Growth'")   # None: carry the part as it is
    frame.text = weaver.raw(opening(f"chart:{n}") + found.source + closing())         # inside its loops, conditions
    frame_chart.set(r_id, weaver.value(str(n), place, "_chart"))             # a filter that counts ids
    meta["charts"].append({**found.meta, "relationships": chart_meta(package, part)})

and in its renderer::

    program.bind({**FILTERS, ...})
    maker, parts = ChartMaker(meta, template, epoch), ChartWriter(template, meta["relationships"], "ppt")
    parts.write(writer, number, maker.make("".join(the route's text)))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporters.charts.compiling import ChartProgram, compile_chart, is_chart_tagged
    from exporters.charts.making import FILTERS, ChartMaker, ChartParts
    from exporters.charts.writing import ChartWriter, chart_meta

# Names are resolved at first use: compiling needs lxml, which a build from the cache must not import.
_HOMES = {
    "FILTERS": "making",
    "ChartMaker": "making",
    "ChartParts": "making",
    "ChartProgram": "compiling",
    "ChartWriter": "writing",
    "chart_meta": "writing",
    "compile_chart": "compiling",
    "is_chart_tagged": "compiling",
}

__all__ = [
    "FILTERS",
    "ChartMaker",
    "ChartParts",
    "ChartProgram",
    "ChartWriter",
    "chart_meta",
    "compile_chart",
    "is_chart_tagged",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
