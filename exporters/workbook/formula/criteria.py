"""Criteria of COUNTIFS, SUMIFS and their kind. Equality goes through an index, so that many lookups stay linear."""

from __future__ import annotations

import operator
import re
from array import array
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from exporters.workbook.formula.values import VALUE, Area, ErrorValueError, Scalar, number_in, ordering

_CRITERION = re.compile(r"(<=|>=|<>|=|<|>)?(.*)", re.DOTALL)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_BLANK = ("blank",)
_FEW = 200
_NUMERIC = frozenset("0123456789+-. ")


def wildcard(pattern: str) -> re.Pattern[str] | None:
    """Return the expression for a text with ``*`` or ``?`` (``~`` takes their meaning away); None where it has none."""
    if not any(mark in pattern for mark in "*?~"):
        return None
    pieces: list[str] = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "~":
            pieces.append(re.escape(next(letters, "~")))
        else:
            pieces.append({"*": ".*", "?": "."}.get(letter) or re.escape(letter))
    return re.compile("".join(pieces), re.IGNORECASE | re.DOTALL)


def _same(value: Scalar) -> object:
    """Return what a cell is matched by: numbers and texts that spell them are one."""
    if type(value) is str:
        found = number_in(value) if value[:1] in _NUMERIC else None
        return value.casefold() if found is None else found
    if value is None:
        return _BLANK
    return (value,) if isinstance(value, bool) else value


def _split(criterion: Scalar) -> tuple[str, Scalar]:
    if not isinstance(criterion, str):
        return "=", 0.0 if criterion is None else criterion
    found = _CRITERION.fullmatch(criterion)
    assert found is not None
    rest = found[2]
    value = number_in(rest)
    if value is not None:
        return found[1] or "=", value
    if rest.upper() in {"TRUE", "FALSE"}:
        return found[1] or "=", rest.upper() == "TRUE"
    return found[1] or "=", rest


def _exact(criterion: Scalar) -> tuple[object] | None:
    """Return the key that an equality asks for, or None where cells must be looked at one by one."""
    sign, wanted = _split(criterion)
    if sign != "=" or (isinstance(wanted, str) and (not wanted or wildcard(wanted))):
        return None
    return (_same(wanted),)


def _test(criterion: Scalar) -> Callable[[Scalar], bool]:
    sign, wanted = _split(criterion)
    explicit = isinstance(criterion, str) and criterion[:1] in {"=", "<", ">"}
    if sign in {"=", "<>"}:
        if isinstance(wanted, str) and not wanted:
            blanks = {None} if explicit else {None, ""}
            return (lambda value: value in blanks) if sign == "=" else (lambda value: value not in blanks)
        pattern = wildcard(wanted) if isinstance(wanted, str) else None
        if pattern is not None:
            match = pattern.fullmatch
            if sign == "=":
                return lambda value: isinstance(value, str) and match(value) is not None
            return lambda value: not (isinstance(value, str) and match(value) is not None)
        key = _same(wanted)
        return (lambda value: _same(value) == key) if sign == "=" else lambda value: _same(value) != key
    compare = _COMPARE[sign]
    kind, bound = ordering(wanted)

    def within(value: Scalar) -> bool:
        if value is None or not isinstance(value, (float, str, bool)):
            return False
        other, key = ordering(value)
        return other == kind and compare(key, bound)

    return within


def matching(pairs: Sequence[tuple[Area, Scalar]]) -> Sequence[int]:
    """Return the positions (row by row, from 0) of the cells that meet all criteria of areas of one size."""
    first = pairs[0][0]
    if any((area.height, area.width) != (first.height, first.width) for area, _ in pairs):
        raise ErrorValueError(VALUE)
    exact = [(area, key) for area, criterion in pairs if (key := _exact(criterion)) is not None]
    rest = [(area, _test(criterion)) for area, criterion in pairs if _exact(criterion) is None]
    found: Sequence[int]
    if exact:
        found = _meeting(exact)
    else:
        area, test = rest.pop(0)
        found = [at for at, value in zip(count(), area, strict=False) if test(value)]
    for area, test in rest:
        line = area.line()
        found = [at for at in found if test(line[at])]
    return found


def _meeting(exact: Sequence[tuple[Area, tuple[object]]]) -> Sequence[int]:
    """Return the positions that meet all equalities. One column's index is most often enough, and serves others too."""
    each: list[Sequence[int]] = [_index([area]).get(key, ()) for area, key in exact]
    shortest = min(range(len(each)), key=lambda at: len(each[at]))
    if len(each) > 1 and len(each[shortest]) > _FEW:
        return _index([area for area, _ in exact]).get(tuple(key[0] for _, key in exact), ())
    found = each[shortest]
    for at, (area, key) in enumerate(exact):
        if at != shortest:
            line = _all_same(area)
            found = [place for place in found if line[place] == key[0]]
    return found


def _index(areas: list[Area]) -> dict[tuple[object, ...], array[int]]:
    key = ("criteria", *areas)
    known = areas[0].indexes.get(key)
    if known is None:
        found: dict[tuple[object, ...], array[int]] = {}
        for at, values in enumerate(zip(*map(_all_same, areas), strict=True)):
            places = found.get(values)
            if places is None:
                found[values] = array("I", (at,))
            else:
                places.append(at)
        areas[0].indexes[key] = known = found
    assert isinstance(known, dict)
    return known


def _all_same(area: Area) -> list[object]:
    """Return what each cell of an area is matched by; texts recur, and each is looked into once."""
    known = area.indexes.get("same")
    if known is None:
        line = area.line()
        texts = {value: _same(value) for value in set(line) if type(value) is str}
        known = area.indexes["same"] = [texts[value] if type(value) is str else _same(value) for value in line]
    assert isinstance(known, list)
    return known
