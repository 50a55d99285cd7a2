"""Every name that a template can use, with its type, its meaning and an example from a dataset."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Iterator
from typing import Any

from exporters.runs.inputs import find_dataset

_LONGEST = 80
_PLAIN = {"str": "text", "int": "whole number", "Decimal": "number", "date": "date", "bool": "yes or no"}


def catalogue(dataset: str | None, lang: str) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Return the names in groups (those at the top, then those of each kind of record), and the filters.

    A name without an example in *dataset* takes its example from the other shipped datasets.
    """
    from exporters import resources
    from exporters.binding import filters
    from exporters.binding.expressions import fields
    from exporters.binding.names import TOP, Names
    from exporters.binding.scope import Scope
    from exporters.binding.views import View
    from exporters.load import load

    paths = [find_dataset(dataset), *resources.datasets().values()]
    scopes = [Scope(load(path), "en" if lang == "en" else "zh") for path in dict.fromkeys(paths)]
    seen: dict[type, list[View]] = {}
    for scope in scopes:
        for value in scope.names().values():
            _collect(value, seen, 0)
    top = [
        {
            "name": name,
            "type": _type_name(kind),
            "meaning": _doc(getattr(Names, name)),
            "example": _first(scope.names().get(name) for scope in scopes),
        }
        for name, kind in TOP.items()
    ]
    groups: list[dict[str, Any]] = [{"name": "names at the top", "meaning": "", "names": top}]
    for view in _views(TOP.values(), fields):
        entries = [
            {
                "name": f"{_called(view)}.{name}",
                "type": _type_name(kind),
                "meaning": _doc(view.readers.get(name)) or "What identifies it in all three files.",
                "example": _first(getattr(one, name) for one in seen.get(view, ())),
            }
            for name, kind in fields(view).items()
        ]
        groups.append({"name": _called(view), "meaning": _doc(view), "names": entries})
    listed = [{"name": name, "meaning": _doc(function)} for name, function in sorted(filters.FILTERS.items())]
    return groups, listed


def _views(kinds: typing.Iterable[Any], fields: Any) -> list[Any]:
    """Return every view that can be reached from *kinds*, in the order in which an author meets them."""
    from exporters.binding.views import View

    found: list[Any] = []
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop(0)
        inner = [part for part in typing.get_args(kind) if part is not type(None)]
        if inner:
            waiting += inner
        elif isinstance(kind, type) and issubclass(kind, View) and kind not in found:
            found.append(kind)
            waiting += fields(kind).values()
    return found


def _collect(value: Any, seen: dict[type, list[Any]], depth: int) -> None:
    """Gather some views of each kind, so that a name with few values still finds an example."""
    from exporters.binding.views import View

    if isinstance(value, list):
        for item in value:
            _collect(item, seen, depth)
    elif isinstance(value, View) and depth < 6:
        known = seen.setdefault(type(value), [])
        if len(known) >= 400 or any(value is one for one in known):
            return
        known.append(value)
        for name in sorted(value.names):
            _collect(getattr(value, name, None), seen, depth + 1)


def _first(values: typing.Iterable[Any]) -> str:
    for value in _shown(values):
        if value:
            return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
    return ""


def _shown(values: typing.Iterable[Any]) -> Iterator[str]:
    from exporters.binding.views import Lookup, View

    for value in values:
        if isinstance(value, list):
            yield f"{len(value)} of them" if value and isinstance(value[0], View) else ", ".join(map(str, value))
        elif isinstance(value, Lookup):
            codes = value.codes()
            yield f"by code: {', '.join(codes[:3])} ..." if codes else ""
        elif isinstance(value, View):
            yield f"the {_called(type(value))} {value.key}"
        elif value is not None:
            yield str(value)


def _type_name(kind: Any) -> str:
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        return f"list of {_type_name(parts[0])}"
    if origin in (types.UnionType, typing.Union):
        return " or ".join("nothing" if part is type(None) else _type_name(part) for part in parts)
    if origin is not None and parts:
        return f"{_type_name(parts[0])} by code"
    return _PLAIN.get(getattr(kind, "__name__", ""), _called(kind))


def _called(view: Any) -> str:
    name = getattr(view, "__name__", str(view)).removesuffix("View").lower()
    return "district" if name == "place" else name


def _doc(thing: Any) -> str:
    # None has a docstring of its own from Python 3.13 on.
    return " ".join((inspect.getdoc(thing) or "").split()) if thing is not None else ""
