"""The data of a chart part, read and written apart from its looks.

What a person may change in an office (colours, titles, order of drawing) is not data; what a series is called, its
categories and its values are.
"""

from __future__ import annotations

import copy
import json
from decimal import Decimal, InvalidOperation

from lxml import etree

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
Element = etree._Element

_ROLES = ("tx", "cat", "val", "xVal", "yVal", "bubbleSize")
_SERIES_ORDER = (
    "idx", "order", "tx", "spPr", "invertIfNegative", "pictureOptions", "marker", "explosion", "dPt", "dLbls",
    "trendline", "errBars", "cat", "xVal", "val", "yVal", "smooth", "bubbleSize", "bubble3D", "shape", "extLst",
)  # fmt: skip


def chart_data(chart: Element) -> str:
    """Return the series of a chart as canonical JSON: ``[{"tx": [...], "cat": [...], "val": [...]}, ...]``."""
    found = [
        {role: _points(node) for role in _ROLES if (node := one.find(f"{C}{role}")) is not None}
        for one in _series(chart)
    ]
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def carry_data(source: Element, target: Element) -> None:
    """Write the data of *source* into *target*, series by series; the looks of *target* stay.

    A series more is copied whole, one less is taken out.
    """
    new, old = _series(source), _series(target)
    for one, other in zip(new, old, strict=False):
        for role in _ROLES:
            _replace(one.find(f"{C}{role}"), other.find(f"{C}{role}"), other)
    for one in old[len(new) :]:
        parent = one.getparent()
        if parent is not None:
            parent.remove(one)
    for one in new[len(old) :]:
        if old:
            last = _series(target)[-1]
            last.addnext(copy.deepcopy(one))


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
    """Return the cached points of one role, level by level; a missing point is null, a number is spelt one way."""
    direct = role.find(f"{C}v")
    if direct is not None:
        return [direct.text or ""]
    found: list[str | None] = []
    for cache in role.iter(f"{C}strCache", f"{C}numCache", f"{C}strLit", f"{C}numLit", f"{C}lvl"):
        numeric = cache.tag in {f"{C}numCache", f"{C}numLit"}
        points = {int(one.get("idx", "0")): one.findtext(f"{C}v") or "" for one in cache.findall(f"{C}pt")}
        count = cache.find(f"{C}ptCount")
        total = int(count.get("val", "0")) if count is not None else max(points, default=-1) + 1
        found += [_spelt(points.get(at), numeric) for at in range(total)]
    return found


def _spelt(text: str | None, numeric: bool) -> str | None:
    if text is None or not numeric:
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    # Editors write back binary fractions: 7.5 may return as 7.5000000000000004.
    short = Decimal(f"{number:.12g}")
    return "0" if not short else f"{short.normalize():f}"
