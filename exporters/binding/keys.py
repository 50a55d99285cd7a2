"""From a value's key back to its record: what the key stands for, and how it reads now."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import TemplateError as JinjaError
from msgspec import Struct

from exporters.binding.environment import sandbox
from exporters.binding.scope import Scope
from exporters.binding.views import PackView, RowView, TargetView, View


class Found(Struct, frozen=True):
    """The record of a key, the field, and the filters that shape the value (``percent(1)``; mostly none)."""

    view: View
    field: str
    filters: str = ""

    @property
    def target(self) -> TargetView | None:
        """The target statement that the value belongs to, if it is one."""
        return self.view if isinstance(self.view, TargetView) else None


class Keys:
    """All keys of one scope."""

    def __init__(self, scope: Scope) -> None:
        self._names = scope.names()
        self._views: dict[str, View] = {}
        for view in _records(scope):
            self._views.setdefault(view.key, view)

    def find(self, key: str) -> Found | None:
        """Return what *key* (``record.field`` or ``record.field|filters``) stands for; None for an unknown one."""
        path, _, filters = key.partition("|")
        record, _, name = path.rpartition(".")
        view = self._views.get(record) or self._led_to(record)
        known = view is not None and (name in view.names or (isinstance(view, PackView) and name in self._names))
        return Found(view, name, filters) if view is not None and known else None

    def _led_to(self, path: str) -> View | None:
        """Return the record that a field of another one leads to (``nansha.gdp-growth.stretch``)."""
        owner, _, name = path.rpartition(".")
        view = self._views.get(owner)
        found = getattr(view, name, None) if view is not None and name in view.names else None
        return found if isinstance(found, View) else None

    def statements(self, key: str) -> list[TargetView]:
        """Return the statements behind a name that a template made for a part of a record (``…gdp-growth.figure``)."""
        view = self._views.get(key.partition("|")[0].rpartition(".")[0])
        if isinstance(view, RowView):
            return [*view.targets]
        return [view, *([view.stretch] if view.stretch else [])] if isinstance(view, TargetView) else []

    def records(self) -> list[str]:
        """Return the keys of all records."""
        return list(self._views)

    def value(self, found: Found) -> Any:
        """Return the value that a template would print; None where a filter belongs to one format only."""
        source = f"record.{found.field}" + (f"|{found.filters}" if found.filters else "")
        try:
            # Of the pack are the lists at the top as well.
            return _expression(source)(record=found.view if found.field in found.view.names else self._names)
        except (JinjaError, TypeError, ValueError, ArithmeticError):
            return None


@lru_cache(maxsize=1024)
def _expression(source: str) -> Any:
    return sandbox().compile_expression(source)


def _records(scope: Scope) -> list[View]:
    places = [scope.city, *scope.districts]
    found: list[View] = [scope.pack, *places, *scope.sources]
    names = scope.names()
    for view in names["targets"]:
        found += [view, *view.flags]
        if view.actual is not None:
            found.append(view.actual)
    for place in places:
        found += [place.leader] if place.leader is not None else []
        found += [*place.rows, *place.themes, *place.initiatives]
    return [*found, *names["indicators"], *names["events"]]
