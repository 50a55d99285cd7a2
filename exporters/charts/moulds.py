"""Charts of one mould: they differ in nothing but their cached points."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from exporters.charts.data import Element, Series, series_of, spelt
from exporters.package.moulds import Cutter, Hollow

POINTS = Cutter(("<c:v>", "</c:v>"))


class ChartMould(Struct):
    """What the charts of one mould hold, with holes in the place of the points."""

    series: list[dict[str, list[tuple[Hollow | None, bool]]]]

    @classmethod
    def of(cls, chart: Element) -> ChartMould:
        """Read a hollow chart."""
        return cls([
            {role: [(Hollow.of(text) if text is not None else None, numeric) for text, numeric in points]
             for role, points in one.items()}
            for one in series_of(chart)
        ])  # fmt: skip

    def data(self, texts: Sequence[str]) -> str:
        """Return the data of the chart with these points, as ``chart_data`` does."""
        return spelt(self._filled(texts))

    def names(self, texts: Sequence[str]) -> list[list[str | None]]:
        """Return what each series is called."""
        return [[text for text, _ in one.get("tx", ())] for one in self._filled(texts)]

    def _filled(self, texts: Sequence[str]) -> list[Series]:
        return [
            {role: [(point.filled(texts) if point is not None else None, numeric) for point, numeric in points]
             for role, points in one.items()}
            for one in self.series
        ]  # fmt: skip
