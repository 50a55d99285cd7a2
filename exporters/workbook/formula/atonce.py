"""Formulas worked out for many rows at once, where all they are made of can be: a matrix of look-ups, above all.

A node that can carries ``at_once``: a function of the rows that gives its value in each of them. What comes to an error
there raises it, and is worked out row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any, TypeVar

from exporters.workbook.formula.lookup import find, positions
from exporters.workbook.formula.operators import Node
from exporters.workbook.formula.values import Area, Error, UnknownError, Value, text

N = TypeVar("N", bound=Callable[[Any], Any])
AtOnce = Callable[[Any], Sequence[Value]]
_WILD = frozenset("*?~")


def able(node: N, at_once: AtOnce) -> N:
    """Return *node*, which from now on can be worked out for many rows at once."""
    node.at_once = at_once  # type: ignore[attr-defined]
    return node


def at_once(node: Node) -> AtOnce | None:
    """Return what works *node* out for many rows, if anything does."""
    return getattr(node, "at_once", None)


def able_to_join(node: Node, parts: Sequence[str | Node]) -> Node:
    """Return *node*, which joins *parts*, able to do it for many rows if they are."""
    ways = [part if isinstance(part, str) else at_once(part) for part in parts]
    if None in ways:
        return node

    def joined(rows: Any) -> Sequence[Value]:
        columns = [repeat(way) if isinstance(way, str) else map(_text, way(rows)) for way in ways if way is not None]
        return list(map("".join, zip(*columns, strict=False)))

    return able(node, joined)


def _text(value: Value) -> str:
    if isinstance(value, Area):
        raise UnknownError
    return text(value)


def able_to_look_up(node: Node, among: Node, sought: Node, keys: Node, otherwise: Node) -> Node:
    """Return *node*, which is IFERROR(INDEX(among, MATCH(sought, keys, 0)), otherwise), likewise."""
    ways = [at_once(one) for one in (among, sought, keys, otherwise)]
    if None in ways:
        return node

    def looked_up(rows: Any) -> Sequence[Value]:
        values, wanted, areas, others = [way(rows) for way in ways if way is not None]
        area, found = areas[0], values[0]
        if not isinstance(area, Area) or not isinstance(found, Area) or found.width != 1:
            raise UnknownError
        texts = [one for one in wanted if type(one) is str]
        if len(texts) == len(wanted) and _WILD.isdisjoint("".join(texts)):
            known = positions(area)
            places = [known.get(one, -1) for one in map(str.casefold, texts)]
        else:
            places = [find(one, area) for one in wanted if not isinstance(one, Area)]
        column, height = found.columns[0], found.height
        shown = [column[at] if 0 <= at < height else other for at, other in zip(places, others, strict=True)]
        return [other if isinstance(one, Error) else one for one, other in zip(shown, others, strict=True)]

    return able(node, looked_up)
