"""What the operators of formulas do with values: arithmetic, comparison, joining; element by element over arrays."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from exporters.workbook.formula import numeric
from exporters.workbook.formula.values import (
    DIV0,
    NA,
    Area,
    Error,
    ErrorValueError,
    Scalar,
    Value,
    folded,
    intersection,
    number,
    ordering,
    text,
)

Context = Any
Node = Callable[[Context], Value]


def _divided(one: float, other: float) -> float:
    if other == 0:
        raise ErrorValueError(DIV0)
    return one / other


def _near(one: float, other: float) -> bool:
    # Offices call numbers equal that differ only in their last bits (0.1 + 0.2 = 0.3).
    return one == other or abs(one - other) < abs(one) * _CLOSE


def _added(one: float, other: float) -> float:
    found = one + other
    return 0.0 if found and abs(found) < abs(one) * _CLOSE and _near(one, -other) else found


def _taken(one: float, other: float) -> float:
    return _added(one, -other)


_CLOSE = 2.0**-48
_CALCULATE: dict[str, Callable[[float, float], float]] = {
    "+": _added, "-": _taken, "*": operator.mul, "/": _divided, "^": numeric.power,
}  # fmt: skip
_RELATE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


def is_empty(node: Node) -> Node:
    """``x=""``, the most frequent question of all."""

    def ask(context: Context) -> Value:
        value = node(context)
        if value is None or value == "":
            return True
        if isinstance(value, Area):
            return _equal(intersection(value, context), "")
        if isinstance(value, Error):
            raise ErrorValueError(value)
        return False

    return ask


def joined(parts: Sequence[str | Node]) -> Node:
    """``a & "|" & b``: texts as they stand, and what gives the others."""

    def join(context: Context) -> Value:
        texts: list[str] = []
        for part in parts:
            value = part if type(part) is str else part(context)  # type: ignore[operator]
            if isinstance(value, Area):
                value = intersection(value, context)
            texts.append(value if type(value) is str else text(value))
        return "".join(texts)

    return join


def binary(sign: str, left: Node, right: Node, array: bool) -> Node:
    combine = _combining(sign)

    def plain(context: Context) -> Value:
        one, other = left(context), right(context)
        if isinstance(one, Area):
            one = intersection(one, context)
        if isinstance(other, Area):
            other = intersection(other, context)
        return combine(one, other)

    def broadcast(context: Context) -> Value:
        one, other = left(context), right(context)
        if isinstance(one, Area) or isinstance(other, Area):
            return _broadcast(combine, one, other)
        return combine(one, other)

    return broadcast if array else plain


def _combining(sign: str) -> Callable[[Scalar, Scalar], Scalar]:
    if sign == "&":
        return _joined
    if sign in {"=", "<>"}:
        wanted = sign == "="
        return lambda one, other: _equal(one, other) is wanted
    if sign in _RELATE:
        relate = _RELATE[sign]

        def compare(one: Scalar, other: Scalar) -> Scalar:
            first, second = ordering(_beside(one, other)), ordering(_beside(other, one))
            if first[0] == second[0] == 0 and _near(first[1], second[1]):  # type: ignore[arg-type]
                return sign in {"<=", ">="}
            return relate(first, second)

        return compare
    calculate = _CALCULATE[sign]

    def combine(one: Scalar, other: Scalar) -> Scalar:
        if type(one) is float and type(other) is float:
            return calculate(one, other)
        return calculate(number(one), number(other))

    return combine


def _joined(one: Scalar, other: Scalar) -> Scalar:
    return (one if type(one) is str else text(one)) + (other if type(other) is str else text(other))


def _beside(value: Scalar, other: Scalar) -> Scalar:
    """Return what an empty cell counts as beside another value."""
    if isinstance(value, Error):
        raise ErrorValueError(value)
    if value is None:
        return "" if isinstance(other, str) else False if isinstance(other, bool) else 0.0
    return value


def _equal(one: Scalar, other: Scalar) -> bool:
    if type(one) is str and type(other) is str:
        return one == other or one.casefold() == other.casefold()
    first, second = folded(_beside(one, other)), folded(_beside(other, one))
    return _near(first, second) if type(first) is float and type(second) is float else first == second


def _broadcast(combine: Callable[[Scalar, Scalar], Scalar], one: Value, other: Value) -> Area:
    first = one if isinstance(one, Area) else Area([[one]])
    second = other if isinstance(other, Area) else Area([[other]])
    width, height = max(first.width, second.width), max(first.height, second.height)

    def at(area: Area, column: int, row: int) -> Scalar:
        column, row = (0 if area.width == 1 else column), (0 if area.height == 1 else row)
        if column >= area.width or row >= area.height:
            return NA
        return area.columns[column][row]

    def cell(column: int, row: int) -> Scalar:
        try:
            return combine(at(first, column, row), at(second, column, row))
        except ErrorValueError as error:
            return error.error

    return Area([[cell(column, row) for row in range(height)] for column in range(width)])
