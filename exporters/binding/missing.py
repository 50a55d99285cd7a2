"""What becomes of a value that is not there: nothing, in filters, comparisons and sums alike.

Left to itself Jinja2 would print ``None``, count it as 0, or end the build at the first record that lacks it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import NoneType
from typing import Any

from jinja2 import Undefined, pass_environment
from jinja2.exceptions import SecurityError
from jinja2.filters import do_float, do_int

from exporters.binding.views import Absent, Lookup, View

MISSING = frozenset((type(None), Absent))
"""The classes of what is not there: a field without value, a record that the data does not hold."""

_SAYABLE = (str, int, float, Decimal, date, NoneType, View, Lookup, Undefined)
"""What has words of its own, or its own word on why it has none."""

_OF_LISTS = (
    "batch", "count", "groupby", "join", "length", "list", "listed", "map", "reject", "rejectattr", "reverse", "select",
    "selectattr", "slice", "sort", "unique",
)  # fmt: skip
_OF_VALUES = (
    "abs", "capitalize", "chinese", "clip", "day", "inline", "lower", "number", "percent", "replace", "round", "sign",
    "string", "title", "trim", "truncate", "upper",
)  # fmt: skip


def forgiving(filters: dict[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Return *filters* so that none fails or invents anything where a value is missing.

    A missing list is an empty one, and the first of an empty list is missing; what is made of a missing text or number,
    and the sum of a missing list, is missing as well.
    """
    return (
        filters
        | {name: _given(filters[name], _some) for name in _OF_LISTS}
        | {name: _given(filters[name], _sayable) for name in _OF_VALUES}
        | {name: _one(filters[name]) for name in ("first", "last", "max", "min")}
        | {"sum": _given(filters["sum"], _there)}
        | {"default": default, "d": default, "int": whole, "float": fraction}
    )


def default(value: Any, instead: Any = "", boolean: bool = False) -> Any:
    """The value, or *instead* where it is missing; with ``true`` also where it is empty, 0 or no."""
    return instead if value.__class__ in MISSING or (boolean and not value) else value


def whole(value: Any, default: Any = None, base: int = 10) -> Any:
    """A whole number; *default* for what is none."""
    return do_int(value, default, base)


def fraction(value: Any, default: Any = None) -> Any:
    """A number with decimals; *default* for what is none."""
    return do_float(value, default)


def said(value: Any) -> Any:
    """Return a value that becomes part of a text. Neither a list has words nor yes and no: Python's are its own."""
    if not isinstance(value, _SAYABLE):
        raise SecurityError("a list stands where a text is expected; go through it with {% for %}, or use “join”")
    if value.__class__ is bool:
        raise SecurityError("yes or no stands where a text is expected; say it with {% if %}, or “'…' if …”")
    return "" if value.__class__ in MISSING else value


def worded(value: Any) -> str:
    """Return the words of a value, unescaped; none where it is missing."""
    return str(said(value))


def _ordered(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def ordered(left: Any, right: Any) -> Any:
        return left.__class__ not in MISSING and right.__class__ not in MISSING and compare(left, right)

    return ordered


def _among(value: Any, items: Any) -> bool:
    return items.__class__ not in MISSING and value in items


COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "gt": _ordered(operator.gt), "gteq": _ordered(operator.ge), "lt": _ordered(operator.lt),
    "lteq": _ordered(operator.le), "in": _among, "notin": lambda value, items: not _among(value, items),
}  # fmt: skip
"""Comparisons by Jinja2's names; what is missing is neither more nor less than anything, and nothing is in it."""


def _given(inner: Callable[..., Any], take: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return a filter that is given what *take* makes of its value, or gives back nothing where that is nothing."""

    def plain(value: Any, *others: Any, **named: Any) -> Any:
        value = take(value)
        return None if value is None else inner(value, *others, **named)

    def with_context(context: Any, value: Any, *others: Any, **named: Any) -> Any:
        value = take(value)
        return None if value is None else inner(context, value, *others, **named)

    # How Jinja2 marks filters that take its context.
    if not hasattr(inner, "jinja_pass_arg"):
        return plain
    with_context.jinja_pass_arg = inner.jinja_pass_arg  # type: ignore[attr-defined]
    return with_context


def _some(value: Any) -> Any:
    return [] if value.__class__ in MISSING else value


def _there(value: Any) -> Any:
    return None if value.__class__ in MISSING else value


def _sayable(value: Any) -> Any:
    return None if value.__class__ in MISSING else said(value)


def _one(inner: Callable[..., Any]) -> Callable[..., Any]:
    @pass_environment
    def one(environment: Any, value: Any, *others: Any, **named: Any) -> Any:
        found = inner(environment, _some(value), *others, **named)
        return None if isinstance(found, Undefined) else found

    return one
