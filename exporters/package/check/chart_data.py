"""A chart's cached values against the cells that its formulas name, in its own or its embedded workbook."""

from __future__ import annotations

import re

from lxml import etree

from exporters.errors import PackageError
from exporters.package import rt
from exporters.package.check.cells import Range, cell_name, item_text, parse_cell, parse_range
from exporters.package.check.probe import C, Probe, R, S, integer
from exporters.package.reader import Package

_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!:\[\]]+))!(\$?[A-Za-z]+\$?\d+(?::\$?[A-Za-z]+\$?\d+)?)")
#: A formula's cell without a cached value: what it will show is not known here.
_UNKNOWN = None


class Values:
    """The values of a workbook's cells by sheet, read when asked for."""

    def __init__(self, probe: Probe, main: str) -> None:
        self._probe = probe
        self._sheets: dict[str, str] = {}
        self._cells: dict[str, dict[tuple[int, int], str | None]] = {}
        root = probe.tree(main)
        relationships = probe.package.relationships(main)
        for entry in [] if root is None else root.iterfind(f"{S}sheets/{S}sheet"):
            rel_id = entry.get(f"{R}id", "")
            part = probe.target(main, relationships[rel_id]) if rel_id in relationships else None
            if part is not None:
                self._sheets[entry.get("name", "").lower()] = part
        shared = probe.targets(main, rt.SHARED_STRINGS)
        strings = probe.tree(shared[0]) if shared else None
        self._strings = [] if strings is None else [item_text(item) for item in strings.iterfind(f"{S}si")]

    def sheet(self, name: str) -> dict[tuple[int, int], str | None] | None:
        """Return a sheet's values by (column, row); None where there is no such sheet."""
        part = self._sheets.get(name.lower())
        if part is None:
            return None
        if part not in self._cells:
            self._cells[part] = self._read(part)
        return self._cells[part]

    def _read(self, part: str) -> dict[tuple[int, int], str | None]:
        root = self._probe.tree(part)
        found: dict[tuple[int, int], str | None] = {}
        for cell in [] if root is None else root.iterfind(f"{S}sheetData/{S}row/{S}c"):
            place = parse_cell(cell.get("r", ""))
            if place is not None:
                found[place] = self._value(cell)
        return found

    def _value(self, cell: etree._Element) -> str | None:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            item = cell.find(f"{S}is")
            return item_text(item) if item is not None else ""
        value = cell.findtext(f"{S}v") or ""
        if kind == "s":
            index = integer(value)
            return self._strings[index] if index is not None and 0 <= index < len(self._strings) else ""
        if not value and cell.find(f"{S}f") is not None:
            return _UNKNOWN
        return value


def check_chart_data(probe: Probe, part: str, root: etree._Element, book: Values | None) -> None:
    """Compare each cache in a chart with the cells it was taken from; *book* is the chart's own workbook."""
    values = book if book is not None else _embedded(probe, part, root)
    if values is None:
        return
    for kind, cache_name in (("strRef", "strCache"), ("numRef", "numCache")):
        for reference in root.iter(f"{C}{kind}"):
            cache = reference.find(f"{C}{cache_name}")
            formula = (reference.findtext(f"{C}f") or "").strip()
            match = _REFERENCE.fullmatch(formula)
            if cache is None or match is None:
                continue
            sheet = match[1].replace("''", "'") if match[1] else match[2]
            cells = values.sheet(sheet)
            area = parse_range(match[3])
            if cells is None:
                probe.add("chart-unknown-sheet", f"the chart's workbook has no sheet '{sheet}'", part)
            elif any(value and ("{{" in value or "{%" in value) for value in cells.values()):
                continue  # a template's chart: its cells will be filled, its cache stands in
            elif area is not None and 1 in (area.right - area.left + 1, area.bottom - area.top + 1):
                _compare(probe, part, formula, cache, cells, area)


def _embedded(probe: Probe, part: str, root: etree._Element) -> Values | None:
    link = root.find(f"{C}externalData")
    rel_id = link.get(f"{R}id", "") if link is not None else ""
    relationships = probe.package.relationships(part)
    target = probe.target(part, relationships[rel_id]) if rel_id in relationships else None
    if target is None:
        return None
    try:
        package = Package.open(probe.package.read(target), name=target)
        return Values(Probe(package), package.main_part())
    except PackageError:
        return None  # the embedded package is checked for itself, and its faults are told there


def _compare(
    probe: Probe,
    part: str,
    formula: str,
    cache: etree._Element,
    cells: dict[tuple[int, int], str | None],
    area: Range,
) -> None:
    places = [(column, row) for row in range(area.top, area.bottom + 1) for column in range(area.left, area.right + 1)]
    count = cache.find(f"{C}ptCount")
    if count is not None and integer(count.get("val")) != len(places):
        probe.add("chart-cache-size", f"{formula} has {len(places)} cells; {count.get('val')} are cached", part)
        return
    cached = {integer(point.get("idx")): point.findtext(f"{C}v") or "" for point in cache.iterfind(f"{C}pt")}
    for index, place in enumerate(places):
        there = cells.get(place, "")
        if index not in cached and cache.tag == f"{C}numCache" and not _is_number(there):
            continue  # a text among numbers has no point
        if there is not _UNKNOWN and not _equal(cached.get(index, ""), there):
            probe.add(
                "chart-cache-differs",
                f"the chart shows '{cached.get(index, '')}' and its cell says '{there}'",
                part,
                f"{formula}, cell {cell_name(*place)}",
            )


def _is_number(text: str | None) -> bool:
    try:
        float(text or "")
    except ValueError:
        return False
    return True


def _equal(shown: str, there: str) -> bool:
    if shown == there:
        return True
    try:
        first, second = float(shown), float(there)
    except ValueError:
        return False
    return abs(first - second) <= 1e-12 * max(abs(first), abs(second))
