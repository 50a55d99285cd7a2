"""The data of a chart part, read and written apart from its looks.

What a person may change in an office (colours, titles, order of drawing) is not data; what a series is called, its
categories and its values are.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from lxml import etree

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
Element = etree._Element
Point = tuple[str | None, bool]
"""A cached point as it stands (None where it is missing), and whether it is a number."""
Series = dict[str, list[Point]]
"""The points of a series by their role."""

_V, _PT, _COUNT = f"{C}v", f"{C}pt", f"{C}ptCount"
_NUMERIC = (f"{C}numCache", f"{C}numLit")
_CACHES = (f"{C}strCache", f"{C}strLit", f"{C}lvl", *_NUMERIC)
_ROLES = {f"{C}{role}": role for role in ("tx", "cat", "val", "xVal", "yVal", "bubbleSize")}
_SERIES_ORDER = (
    "idx", "order", "tx", "spPr", "invertIfNegative", "pictureOptions", "marker", "explosion", "dPt", "dLbls",
    "trendline", "errBars", "cat", "xVal", "val", "yVal", "smooth", "bubbleSize", "bubble3D", "shape", "extLst",
)  # fmt: skip


def chart_data(chart: Element) -> str:
    """Return the series of a chart as canonical JSON: ``[{"tx": [...], "cat": [...], "val": [...]}, ...]``."""
    return spelt(series_of(chart))


def series_of(chart: Element) -> list[Series]:
    """Return what stands in the caches of a chart."""
    return [{_ROLES[str(node.tag)]: _cached(node) for node in one.iterchildren(*_ROLES)} for one in _series(chart)]


def spelt(series: Iterable[Series]) -> str:
    """Return series as canonical JSON; a number is spelt one way. LibreOffice drops categories of which none is named:
    they say nothing either way."""
    found = [
        {role: [_spelt(*point) for point in points] for role, points in one.items() if role != "cat" or _any(points)}
        for one in series
    ]
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _any(points: Iterable[Point]) -> bool:
    return any(text is not None for text, _ in points)


def in_words(text: str) -> str:
    """Return the data of a chart (:func:`chart_data`) as people read it; any other text as it is."""
    if not text.startswith("[{"):
        return text
    try:
        series = json.loads(text)
    except ValueError:
        return text
    lines: list[str] = []
    for one in series:
        if "sheet" in one:
            # First, for the rest may be what it was.
            lines.insert(0, f"its data sheet: {', '.join(one['sheet'])}")
            continue
        values = one.get("val") or one.get("yVal") or []
        names = one.get("cat") or one.get("xVal") or []
        values = ["–" if value is None else value for value in values]
        pairs = [f"{name} {value}" for name, value in zip(names, values, strict=False)] if names else values
        lines.append(f"{''.join(map(str, one.get('tx') or []))}: {', '.join(pairs)}".lstrip(": "))
    return "; ".join(lines)


def carry_data(source: Element, target: Element, wanted: str = "") -> None:
    """Write the data of *source* into *target*; the looks of *target* stay.

    Series are known by their names, the others by their order. One more is copied whole, one less is taken out, unless
    *wanted* (:func:`chart_data`), which *target* is to say, has it: it is a person's, and keeps its values as literals,
    since the workbook behind the chart is the one of *source*. The look of a single point that *source* does not have
    is a person's: it stays with its category.
    """
    new, old = _series(source), _series(target)
    names = {_name(one) for one in new}
    asked = {"".join(piece or "" for piece in one.get("tx", ())) for one in json.loads(wanted)} if wanted else set()
    own = [one for one in old if _name(one) in asked - names]
    old = [one for one in old if one not in own]
    places = _homes(new, old)
    kept = {id(one) for one in places if one is not None}
    for one, other in zip(new, places, strict=True):
        if other is not None:
            _move_points(one, other)
            for role in _ROLES:
                _replace(one.find(role), other.find(role), other)
            _carry_labels(one, other)
    for other in old:
        parent = other.getparent()
        if id(other) not in kept and parent is not None:
            parent.remove(other)
    last: Element | None = None
    for one, other in zip(new, places, strict=True):
        if other is None and old:
            other = copy.deepcopy(one)
            _place(other, one, last, target)
            _number(other, target)
        last = other
    for one in own:
        _cut_off(one, new[0])


def _cut_off(series: Element, like: Element) -> None:
    """Let a series say what it says without a workbook, over the categories of another."""
    for role in _ROLES:
        holder = series.find(role)
        if holder is None:
            continue
        if role == f"{C}tx":
            name = _name(series)
            holder[:] = []
            etree.SubElement(holder, _V).text = name
        elif role == f"{C}cat":
            _replace(like.find(role), holder, series)
        else:
            for reference in holder.findall(f"{C}numRef"):
                cache = reference.find(f"{C}numCache")
                if cache is not None:
                    cache.tag = f"{C}numLit"
                    holder.replace(reference, cache)


def _place(made: Element, source: Element, last: Element | None, chart: Element) -> None:
    """Put a new series behind *last*, or at the beginning of the plot of its kind (a line among the lines)."""
    plot = source.getparent()
    kind = plot.tag if plot is not None else ""
    alike = [one for one in _series(chart) if (parent := one.getparent()) is not None and parent.tag == kind]
    if last is not None and (last in alike or not alike):
        last.addnext(made)
    else:
        (alike or _series(chart))[0].addprevious(made)


def _homes(new: list[Element], old: list[Element]) -> list[Element | None]:
    """Return the series of the target that each series of the source goes to; None for a new one."""
    names = [_name(one) for one in old]
    found: list[Element | None] = []
    for one in new:
        name = _name(one)
        same = name and names.count(name) == 1 and sum(_name(other) == name for other in new) == 1
        found.append(old[names.index(name)] if same else None)
    taken = {id(one) for one in found if one is not None}
    free = [one for one in old if id(one) not in taken]
    return [one if one is not None else (free.pop(0) if free else None) for one in found]


def _name(series: Element) -> str:
    role = series.find(f"{C}tx")
    return "".join(point or "" for point in _points(role)) if role is not None else ""


def _number(series: Element, chart: Element) -> None:
    """Give a copied series an index and an order of its own."""
    for name in ("idx", "order"):
        used = {mark.get("val") for one in _series(chart) if one is not series for mark in one.findall(f"{C}{name}")}
        own = series.find(f"{C}{name}")
        if own is not None and own.get("val") in used:
            own.set("val", str(max(int(value) for value in used if value) + 1))


def _move_points(new: Element, old: Element) -> None:
    """Let the look that a person gave a point follow its category."""
    before, after = new.find(f"{C}cat"), old.find(f"{C}cat")
    if before is None or after is None:
        return
    now, then = _points(before), _points(after)
    for tag in (f"{C}dPt", f"{C}dLbls/{C}dLbl"):
        own = {_index(one) for one in new.findall(tag)}
        standing = {_index(one) for one in old.findall(tag) if _index(one) in own}
        for point in old.findall(tag):
            at = _index(point)
            if at in own or at >= len(then) or then.count(then[at]) != 1:
                continue
            place = now.index(then[at]) if now.count(then[at]) == 1 else -1
            mark = point.find(f"{C}idx")
            parent = point.getparent()
            if place >= 0 and place not in standing and mark is not None:
                mark.set("val", str(place))
                standing.add(place)
            elif parent is not None:
                parent.remove(point)


def _index(point: Element) -> int:
    mark = point.find(f"{C}idx")
    return int(mark.get("val", "0")) if mark is not None else 0


def _carry_labels(new: Element, old: Element) -> None:
    """Carry the texts of data labels that are taken from cells."""
    source, target = new.find(".//{*}datalabelsRange"), old.find(".//{*}datalabelsRange")
    parent = target.getparent() if target is not None else None
    if source is not None and target is not None and parent is not None:
        parent.replace(target, copy.deepcopy(source))


def _series(chart: Element) -> list[Element]:
    return list(chart.iter(f"{C}ser"))


def _replace(new: Element | None, old: Element | None, series: Element) -> None:
    if old is not None and new is None:
        series.remove(old)
    elif old is not None and new is not None:
        made = copy.deepcopy(new)
        made.tail = old.tail
        series.replace(old, made)
    elif new is not None:
        rank = {f"{C}{name}": at for at, name in enumerate(_SERIES_ORDER)}
        own = rank[str(new.tag)]
        before = [child for child in series if rank.get(str(child.tag), len(rank)) < own]
        if before:
            before[-1].addnext(copy.deepcopy(new))
        else:
            series.insert(0, copy.deepcopy(new))


def _points(role: Element) -> list[str | None]:
    """Return the points of one role; a missing point is null, a number is spelt one way."""
    return [_spelt(*point) for point in _cached(role)]


def _cached(role: Element) -> list[Point]:
    """Return the cached points of one role, level by level."""
    direct = next(role.iterchildren(_V), None)
    if direct is not None:
        return [(direct.text or "", False)]
    found: list[Point] = []
    for cache in role.iter(*_CACHES):
        numeric = cache.tag in _NUMERIC
        points: dict[int, str] = {}
        total = -1
        for one in cache.iterchildren(_PT, _COUNT):
            if one.tag == _COUNT:
                total = int(one.get("val", "0"))
            else:
                value = next(one.iterchildren(_V), None)
                points[int(one.get("idx", "0"))] = (value.text or "") if value is not None else ""
        total = total if total >= 0 else max(points, default=-1) + 1
        found += [(points.get(at), numeric) for at in range(total)]
    return found


def _spelt(text: str | None, numeric: bool) -> str | None:
    return text if text is None or not numeric else spelt_number(text)


def spelt_number(text: str) -> str:
    """Return a number as it stands in a file spelt one way; any other text as it is."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    # Editors write back binary fractions: 7.5 may return as 7.5000000000000004.
    short = Decimal(f"{number:.12g}")
    return "0" if not short else f"{short.normalize():f}"
