"""Jinja2's selection and mapping by an attribute, with a shorter way for what templates ask of lists of records."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from types import GeneratorType
from typing import Any

from jinja2 import pass_context

_TESTS: dict[Any, Callable[[Any, Any], Any]] = {
    "equalto": operator.eq, "eq": operator.eq, "==": operator.eq, "ne": operator.ne, "!=": operator.ne,
    "in": lambda value, among: value in among,
}  # fmt: skip


def by_attribute(inner: Callable[..., Any], kinds: frozenset[type], wanted: bool) -> Callable[..., Any]:
    """Return the filter *inner* (``selectattr``, or ``rejectattr`` where not *wanted*), quicker for views of *kinds*.

    The long way looks up the test and its calling form anew for each record.
    """

    @pass_context
    def selected(context: Any, value: Any, *args: Any, **options: Any) -> Any:
        if value.__class__ is list or value.__class__ is GeneratorType:
            if len(args) == 3 and not options and str(args[1]) in _TESTS:
                test, other = _TESTS[str(args[1])], args[2]
                return (one for one, found in _asked(context, value, args[0], kinds) if bool(test(found, other)) is wanted)
            if len(args) == 1 and not options:
                return (one for one, found in _asked(context, value, args[0], kinds) if bool(found) is wanted)
        return inner(context, value, *args, **options)

    return selected


def attributes(inner: Callable[..., Any], kinds: frozenset[type]) -> Callable[..., Any]:
    """Return the filter *inner* (``map``), quicker where it asks views of *kinds* for an attribute."""

    @pass_context
    def mapped(context: Any, value: Any, *args: Any, **options: Any) -> Any:
        if not args and len(options) == 1 and (value.__class__ is list or value.__class__ is GeneratorType):
            name = options.get("attribute")
            if name.__class__ is str:
                return (found for _, found in _asked(context, value, name, kinds))
        return inner(context, value, *args, **options)

    return mapped


def _asked(context: Any, items: Any, path: Any, kinds: frozenset[type]) -> Iterator[tuple[Any, Any]]:
    """Yield each item with its attribute; a *path* has a dot between names, as for Jinja2's own filters."""
    take = context.environment.getitem
    names = [int(name) if name.isdigit() else name for name in path.split(".")] if isinstance(path, str) else [path]
    for item in items:
        found = item
        for name in names:
            if found.__class__ in kinds and name in found.names:
                found = getattr(found, name)
            else:
                found = take(found, name)
        yield item, found
