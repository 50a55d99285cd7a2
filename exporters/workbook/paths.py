"""Values that a plain path leads to (``t.place.short``), taken from their record without the template's machinery.

The sandbox's rules hold: of a view only its public names can be read, anything else goes through the sandbox itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from exporters.binding.environment import sandbox
from exporters.binding.views import Absent, View

Get = Callable[[Any], Any]


def getter(record: Any, path: Sequence[str]) -> Get:
    """Return what takes the value at *path* from records of the type that *record* has."""
    first = path[0]
    plain = isinstance(record, View) and not isinstance(record, Absent) and first in record.names
    step: Get = attrgetter(first) if plain else _slow(first)
    return step if len(path) == 1 else _further(step, path[1:])


def _slow(name: str) -> Get:
    read = sandbox().getattr
    return lambda record: read(record, name)


def _further(step: Get, rest: Sequence[str]) -> Get:
    """Return *step* and then *rest*. Neighbouring rows often share the record between (a place, a source)."""
    held: Any = None
    value: Any = None
    known: type | None = None
    then: Get = _slow(rest[0])

    def take(record: Any) -> Any:
        nonlocal held, value, known, then
        between = step(record)
        if between is None:
            return None
        if between is held:
            return value
        if type(between) is not known:
            then = getter(between, rest)
            known = type(between)
        held, value = between, then(between)
        return value

    return take
