"""Values that plain paths lead to (``t.place.short``), taken from many records without the template's machinery.

The sandbox's rules hold: of a view only its public names can be read, anything else goes through the sandbox itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from exporters.binding.environment import sandbox
from exporters.binding.views import Absent, View


def taken(records: Sequence[Any], paths: Iterable[Sequence[str]]) -> list[Sequence[Any]]:
    """Return for each path its value of each record. What paths begin with alike is asked for once."""
    found: dict[tuple[str, ...], Sequence[Any]] = {(): records}
    columns: list[Sequence[Any]] = []
    for path in paths:
        for end in range(1, len(path) + 1):
            way = tuple(path[:end])
            if way not in found:
                found[way] = _step(found[way[:-1]], way[-1])
        columns.append(found[tuple(path)])
    return columns


def _step(records: Sequence[Any], name: str) -> list[Any]:
    readers = {kind: _reader(kind, name) for kind in set(map(type, records))}
    if len(readers) == 1:
        return list(map(readers[type(records[0])], records))
    return [readers[type(record)](record) for record in records]


def _reader(kind: type, name: str) -> Callable[[Any], Any]:
    if issubclass(kind, View) and not issubclass(kind, Absent) and name in kind.names:
        return attrgetter(name)
    read = sandbox().getattr
    return lambda record: read(record, name)
