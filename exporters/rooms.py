"""How a room offers what :class:`exporters.registry.Exporter` asks for: an operation is imported when it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def offering(room: str, operations: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of the package *room*; *operations* says in which of its modules each one stands."""

    def found(name: str) -> Any:
        if name not in operations:
            raise AttributeError(f"{room} offers no {name!r}")
        module, _, function = operations[name].rpartition(".")
        return getattr(import_module(f"{room}.{module}"), function)

    return found
