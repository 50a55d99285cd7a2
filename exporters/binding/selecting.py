"""Jinja2's selection and mapping by an attribute, with a shorter way for what templates ask of lists of records."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from functools import partial
from types import GeneratorType
from typing import Any

from jinja2 import pass_context

from exporters.binding.missing import MISSING

_TESTS: dict[Any, Callable[[Any, Any], Any]] = {
    "equalto": operator.eq, "eq": operator.eq, "==": operator.eq, "ne": operator.ne, "!=": operator.ne,
    "gt": operator.gt, ">": operator.gt, "ge": operator.ge, ">=": operator.ge, "lt": operator.lt, "<": operator.lt,
    "le": operator.le, "<=": operator.le,
    "in": lambda value, among: value in among,
}  # fmt: skip

_LISTS = frozenset((list, GeneratorType))


def by_attribute(inner: Callable[..., Any], kinds: frozenset[type[Any]], wanted: bool) -> Callable[..., Any]:
    """Return the filter *inner* (``selectattr``, or ``rejectattr`` where not *wanted*), quicker for views of *kinds*.

    The long way looks up the test and its calling form anew for each record.
    """

    @pass_context
    def selected(context: Any, value: Any, *args: Any, **options: Any) -> Any:
        if value.__class__ in _LISTS and not options:
            if value == []:
                return []
            asked = partial(_asked, context, value, kinds=kinds)
            if len(args) == 3 and str(args[1]) in _TESTS:
                name, test, other = args[0], _TESTS[str(args[1])], args[2]
                return (one for one, found in asked(name) if bool(test(found, other)) is wanted)
            if len(args) == 1:
                return (one for one, found in asked(args[0]) if bool(found) is wanted)
        return inner(context, value, *args, **options)

    return selected


def attributes(inner: Callable[..., Any], kinds: frozenset[type[Any]]) -> Callable[..., Any]:
    """Return the filter *inner* (``map``), quicker where it asks views of *kinds* for an attribute."""

    @pass_context
    def mapped(context: Any, value: Any, *args: Any, **options: Any) -> Any:
        if value.__class__ in _LISTS and not args and options.keys() == {"attribute"}:
            return (found for _, found in _asked(context, value, options["attribute"], kinds))
        return inner(context, value, *args, **options)

    return mapped


def _asked(context: Any, items: Iterable[Any], path: Any, kinds: frozenset[type[Any]]) -> Iterable[tuple[Any, Any]]:
    """Return each item with its attribute; a *path* has a dot between names, as for Jinja2's own filters."""
    take = context.environment.getitem
    found = items = items if isinstance(items, list) else list(items)
    for name in path.split(".") if isinstance(path, str) else [path]:
        # Mostly all are views, and are asked at once.
        if all(kind in kinds and name in getattr(kind, "names", ()) for kind in set(map(type, found))):
            found = list(map(operator.attrgetter(name), found))
        else:
            asked = int(name) if isinstance(name, str) and name.isdigit() else name
            found = [take(one, asked) for one in found]
    return zip(items, found, strict=True)


def in_order(inner: Callable[..., Any], kinds: frozenset[type[Any]]) -> Callable[..., Any]:
    """Return the filter *inner* (``sort``), which puts what lacks the attribute to sort by behind all that has it."""

    @pass_context
    def ordered(context: Any, value: Any, *args: Any, **options: Any) -> Any:
        name, reverse = options.get("attribute"), options.get("reverse", False)
        plain = value.__class__ in _LISTS and not args and options.keys() <= {"attribute", "reverse"}
        if not plain or not isinstance(name, str) or "," in name:
            return inner(context.environment, value, *args, **options)
        pairs = list(_asked(context, value, name, kinds))
        known = [pair for pair in pairs if pair[1].__class__ not in MISSING]
        known.sort(key=_rank, reverse=reverse)
        return [item for item, _ in known] + [item for item, found in pairs if found.__class__ in MISSING]

    return ordered


def _rank(pair: tuple[Any, Any]) -> Any:
    return pair[1].lower() if isinstance(pair[1], str) else pair[1]
