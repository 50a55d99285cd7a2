"""Checks of charts in all three formats: axes, series and cached values."""

from __future__ import annotations

from lxml import etree

from exporters.package import ct
from exporters.package.check.chart_data import Values, check_chart_data
from exporters.package.check.formulas import Names, formula_faults
from exporters.package.check.probe import C, Probe, duplicates, integer

_AXES = (f"{C}catAx", f"{C}valAx", f"{C}dateAx", f"{C}serAx")
_CACHES = (f"{C}strCache", f"{C}numCache", f"{C}strLit", f"{C}numLit")


def check(probe: Probe, names: Names | None = None, book: Values | None = None) -> None:
    """Check every chart part. *names* and *book* are those of the workbook where the package is one."""
    for part in probe.parts_of(ct.CHART):
        root = probe.tree(part)
        if root is not None:
            _check_axes(probe, part, root)
            _check_series(probe, part, root, names)
            _check_caches(probe, part, root)
            check_chart_data(probe, part, root, book)


def _value(element: etree._Element, name: str) -> str | None:
    found = element.find(f"{C}{name}")
    return found.get("val") if found is not None else None


def _check_axes(probe: Probe, part: str, root: etree._Element) -> None:
    for plot in root.iter(f"{C}plotArea"):
        ids = [_value(axis, "axId") or "" for axis in plot if axis.tag in _AXES]
        for found in duplicates(ids):
            probe.add("duplicate-axis-id", f"two axes have the id {found}", part)
        used: set[str] = set()
        for group in plot:
            if group.tag in _AXES:
                crossing = _value(group, "crossAx")
                if crossing not in ids:
                    probe.add("unknown-axis", f"an axis crosses axis {crossing}, which does not exist", part)
                continue
            for item in group.findall(f"{C}axId"):
                found = item.get("val", "")
                used.add(found)
                if found not in ids:
                    probe.add("unknown-axis", f"the plot uses axis {found}, which does not exist", part)
        for found in sorted(set(ids) - used):
            probe.add("unused-axis", f"no plot uses axis {found}", part)


def _check_series(probe: Probe, part: str, root: etree._Element, names: Names | None) -> None:
    series = list(root.iter(f"{C}ser"))
    for name in ("idx", "order"):
        for found in duplicates(_value(item, name) or "" for item in series):
            probe.add(f"duplicate-series-{name}", f"two series have the {name} {found}", part)
    for formula in root.iter(f"{C}f"):
        for code, message in formula_faults(formula.text or "", names):
            probe.add(code, f"{message}: {formula.text}", part)


def _check_caches(probe: Probe, part: str, root: etree._Element) -> None:
    for cache in root.iter(*_CACHES):
        _check_points(probe, part, cache, integer(_value(cache, "ptCount")))
    for cache in root.iter(f"{C}multiLvlStrCache"):
        count = integer(_value(cache, "ptCount"))
        for level in cache.findall(f"{C}lvl"):
            _check_points(probe, part, level, count)


def _check_points(probe: Probe, part: str, cache: etree._Element, count: int | None) -> None:
    """Blank cells have no point, so fewer points than the count are in order; more, or beyond it, are not."""
    places = [point.get("idx", "") for point in cache.findall(f"{C}pt")]
    if count is None:
        if places:
            probe.add("cache-count", "cached values have no count", part)
        return
    for found in duplicates(places):
        probe.add("cache-index", f"two cached values have the index {found}", part)
    for place in places:
        number = integer(place)
        if number is None or not 0 <= number < count:
            probe.add("cache-index", f"a cached value has the index {place}; the count is {count}", part)
