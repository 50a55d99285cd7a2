"""Functions over numbers: totals, averages, ranks, rounding."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

from exporters.workbook.formula.criteria import matching
from exporters.workbook.formula.values import (
    DIV0,
    NA,
    NUM,
    VALUE,
    Area,
    Error,
    ErrorValueError,
    Scalar,
    UnknownError,
    Value,
    number,
)


def numbers(values: Iterable[Value]) -> list[float]:
    """Return all numbers of a function's arguments: in areas only true numbers count, else what spells one."""
    found: list[float] = []
    for value in values:
        if isinstance(value, Area):
            found += value.numbers()
        else:
            found.append(number(value))
    return found


def _one(value: Value) -> float:
    return number(scalar(value))


def scalar(value: Value) -> Scalar:
    """Return a single value; an area of one cell is its value."""
    if isinstance(value, Area):
        if value.height == 1 and value.width == 1:
            return value.columns[0][0]
        raise ErrorValueError(VALUE)
    return value


def _sum(*values: Value) -> float:
    return _added(numbers(values))


def _added(found: Sequence[float]) -> float:
    # Whole numbers add up exactly; for others a correctly rounded sum is the nearest to what any office gives.
    return math.fsum(found) + 0.0


def _average(*values: Value) -> float:
    found = numbers(values)
    if not found:
        raise ErrorValueError(DIV0)
    return _added(found) / len(found)


def _count(*values: Value) -> float:
    total = 0
    for value in values:
        if isinstance(value, Area):
            total += sum(1 for one in value if type(one) is float)
        else:
            total += type(value) is float or isinstance(value, bool)
    return float(total)


def _counta(*values: Value) -> float:
    return float(sum(sum(1 for one in value if one is not None) if isinstance(value, Area) else 1 for value in values))


def _countblank(area: Value) -> float:
    cells = area if isinstance(area, Area) else Area([[area]])
    return float(sum(1 for one in cells if one is None or one == ""))


def _max(*values: Value) -> float:
    return max(numbers(values), default=0.0)


def _min(*values: Value) -> float:
    return min(numbers(values), default=0.0)


def _median(*values: Value) -> float:
    ordered = sorted(numbers(values))
    if not ordered:
        raise ErrorValueError(NUM)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _product(*values: Value) -> float:
    return math.prod(numbers(values))


def _ordered(area: Value) -> list[float]:
    if not isinstance(area, Area):
        return [number(area)]
    found = area.indexes.get("ordered")
    if found is None:
        found = area.indexes["ordered"] = sorted(area.numbers())
    assert isinstance(found, list)
    return found


def _small(area: Value, place: Value) -> float:
    ordered, at = _ordered(area), math.ceil(_one(place))
    if not 1 <= at <= len(ordered):
        raise ErrorValueError(NUM)
    return ordered[at - 1]


def _large(area: Value, place: Value) -> float:
    ordered, at = _ordered(area), math.ceil(_one(place))
    if not 1 <= at <= len(ordered):
        raise ErrorValueError(NUM)
    return ordered[-at]


def _rank(value: Value, area: Value, ascending: Value = 0.0) -> float:
    import bisect

    ordered, wanted = _ordered(area), _one(value)
    at = bisect.bisect_left(ordered, wanted)
    if at == len(ordered) or ordered[at] != wanted:
        raise ErrorValueError(NA)
    if _one(ascending):
        return float(at + 1)
    return float(len(ordered) - bisect.bisect_right(ordered, wanted) + 1)


def _percentile(area: Value, share: Value) -> float:
    ordered, part = _ordered(area), _one(share)
    if not ordered or not 0 <= part <= 1:
        raise ErrorValueError(NUM)
    at = part * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def _quartile(area: Value, quarter: Value) -> float:
    return _percentile(area, math.floor(_one(quarter)) / 4)


def _spread(found: list[float], over: int) -> float:
    if over < 1:
        raise ErrorValueError(DIV0)
    middle = math.fsum(found) / len(found)
    return math.fsum((one - middle) ** 2 for one in found) / over


def _var(*values: Value) -> float:
    found = numbers(values)
    return _spread(found, len(found) - 1)


def _varp(*values: Value) -> float:
    found = numbers(values)
    return _spread(found, len(found))


def _rounded(value: Value, places: Value, mode: str) -> float:
    exact, digits = Decimal(repr(_one(value))), int(_one(places))
    if exact and digits > 20 - exact.adjusted():
        return float(exact)
    return float(exact.quantize(Decimal(1).scaleb(-digits), mode)) + 0.0


def _mod(value: Value, by: Value) -> float:
    divisor = _one(by)
    if not divisor:
        raise ErrorValueError(DIV0)
    return math.fmod(_one(value), divisor) + (divisor if math.fmod(_one(value), divisor) * divisor < 0 else 0.0)


def _root(value: Value) -> float:
    found = _one(value)
    if found < 0:
        raise ErrorValueError(NUM)
    return math.sqrt(found)


def _chosen(area: Value, pairs: Sequence[Value]) -> list[float]:
    """Return the numbers of *area* at the places where all criteria are met."""
    if not isinstance(area, Area) or len(pairs) % 2 or not pairs:
        raise UnknownError
    line = area.line()
    areas = [(one, scalar(pairs[at + 1])) for at, one in enumerate(pairs) if not at % 2]
    found = [line[at] for at in matching(_areas(areas)) if at < len(line)]
    error = next((one for one in found if isinstance(one, Error)), None)
    if error is not None:
        raise ErrorValueError(error)
    return [one for one in found if type(one) is float]


def _areas(pairs: Sequence[tuple[Value, Scalar]]) -> list[tuple[Area, Scalar]]:
    return [(area if isinstance(area, Area) else Area([[area]]), criterion) for area, criterion in pairs]


def _sumifs(area: Value, *pairs: Value) -> float:
    return _added(_chosen(area, pairs))


def _averageifs(area: Value, *pairs: Value) -> float:
    found = _chosen(area, pairs)
    if not found:
        raise ErrorValueError(DIV0)
    return _added(found) / len(found)


def _countifs(*pairs: Value) -> float:
    if len(pairs) % 2 or not pairs:
        raise UnknownError
    areas = [(one, scalar(pairs[at + 1])) for at, one in enumerate(pairs) if not at % 2]
    return float(len(matching(_areas(areas))))


def _sumif(area: Value, criterion: Value, summed: Value | None = None) -> float:
    return _sumifs(area if summed is None else summed, area, criterion)


def _averageif(area: Value, criterion: Value, averaged: Value | None = None) -> float:
    return _averageifs(area if averaged is None else averaged, area, criterion)


def _sumproduct(*values: Value) -> float:
    areas = [value if isinstance(value, Area) else Area([[value]]) for value in values]
    if any((area.height, area.width) != (areas[0].height, areas[0].width) for area in areas):
        raise ErrorValueError(VALUE)
    total: list[float] = []
    for row in zip(*areas, strict=True):
        error = next((one for one in row if isinstance(one, Error)), None)
        if error is not None:
            raise ErrorValueError(error)
        total.append(math.prod(one if type(one) is float else 0.0 for one in row))
    return _added(total)


def _subtotal(kind: Value, *areas: Value) -> float:
    number = int(_one(kind))
    found = _SUBTOTALS.get(number % 100)
    if found is None:
        raise ErrorValueError(VALUE)
    shown = (one.shown[number > _ALL_HIDDEN] if isinstance(one, Area) and one.shown else one for one in areas)
    return float(found(*shown))


def _plain(function: Callable[[float], float]) -> Callable[[Value], float]:
    return lambda value: function(_one(value))


def _round_in(mode: str) -> Callable[..., float]:
    return lambda value, places=0.0: _rounded(value, places, mode)


def _power(base: Value, exponent: Value) -> float:
    return power(_one(base), _one(exponent))


def power(base: float, exponent: float) -> float:
    """Return base ^ exponent, or the error that Excel gives."""
    if base == 0 and exponent == 0:
        raise ErrorValueError(NUM)
    try:
        found = base**exponent
    except ZeroDivisionError:
        raise ErrorValueError(DIV0) from None
    except OverflowError:
        raise ErrorValueError(NUM) from None
    if isinstance(found, complex):
        raise ErrorValueError(NUM)
    return float(found)


def _root_of(function: Callable[..., float]) -> Callable[..., float]:
    return lambda *values: math.sqrt(function(*values))


_ALL_HIDDEN = 100
"""Kinds of subtotals above it leave out all hidden rows, the others those that a filter hides."""
_SUBTOTALS: dict[int, Callable[..., float]] = {
    1: _average, 2: _count, 3: _counta, 4: _max, 5: _min, 6: _product, 7: _root_of(_var), 8: _root_of(_varp), 9: _sum,
    10: _var, 11: _varp,
}  # fmt: skip

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": _sum, "AVERAGE": _average, "COUNT": _count, "COUNTA": _counta, "COUNTBLANK": _countblank, "MAX": _max,
    "MIN": _min, "MEDIAN": _median, "PRODUCT": _product, "SMALL": _small, "LARGE": _large, "RANK": _rank,
    "RANK.EQ": _rank, "PERCENTILE": _percentile, "PERCENTILE.INC": _percentile, "QUARTILE": _quartile,
    "QUARTILE.INC": _quartile, "VAR": _var, "VAR.S": _var, "VAR.P": _varp, "STDEV": _root_of(_var),
    "STDEV.S": _root_of(_var), "STDEV.P": _root_of(_varp), "ROUND": _round_in(ROUND_HALF_UP),
    "ROUNDUP": _round_in(ROUND_UP), "ROUNDDOWN": _round_in(ROUND_DOWN), "TRUNC": _round_in(ROUND_DOWN),
    "INT": _plain(lambda value: float(math.floor(value))), "ABS": _plain(abs), "SQRT": _root,
    "SIGN": _plain(lambda value: float((value > 0) - (value < 0))), "MOD": _mod, "POWER": _power,
    "SUMIF": _sumif, "SUMIFS": _sumifs, "COUNTIF": _countifs, "COUNTIFS": _countifs, "AVERAGEIF": _averageif,
    "AVERAGEIFS": _averageifs, "MAXIFS": lambda area, *pairs: max(_chosen(area, pairs), default=0.0),
    "MINIFS": lambda area, *pairs: min(_chosen(area, pairs), default=0.0), "SUMPRODUCT": _sumproduct,
    "SUBTOTAL": _subtotal,
}  # fmt: skip
