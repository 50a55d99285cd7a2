"""What one run of a template may cost: output, repetitions and time, so that a hostile template ends with a fault.

The defaults are far beyond any pack (10,000 districts need about 100 million characters and a million repetitions).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from jinja2.exceptions import SecurityError
from jinja2.nodes import Expr, Filter, For, Node

from exporters.binding.environment import Generator

MAX_CHARACTERS = 2 << 30
"""Characters that one program may write."""
MAX_REPETITIONS = 20_000_000
"""Items that all loops of one program may go through."""
MAX_SECONDS = 600.0
"""CPU time of one program, in seconds."""
MAX_LENGTH = 50_000_000
"""Characters or items that one filter may make."""
EACH = "_each"


class BoundedGenerator(Generator):
    """Counts the items of a loop where the loop begins: nothing is paid for each repetition."""

    def pull_dependencies(self, body: Iterable[Node]) -> None:
        body = list(body)
        for top in body:
            for node in [*([top] if isinstance(top, For) else []), *top.find_all(For)]:
                if not (isinstance(node.iter, Filter) and node.iter.name == EACH):
                    counted = Filter(node.iter, EACH, [], [], None, None, lineno=node.iter.lineno)
                    node.iter = cast(Expr, counted.set_environment(self.environment))
        super().pull_dependencies(body)


class Budget:
    """What is left of a run's bounds. A bound program has one; :meth:`start` begins a new run."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self._items = self._characters = 0
        self._checked = MAX_REPETITIONS // 100
        self._end = time.process_time() + MAX_SECONDS

    def each(self, items: Any) -> Any:
        """Return *items*, counted; what has no length is gone through first."""
        try:
            count = len(items)
        except TypeError:
            items = list(items)
            count = len(items)
        # One more, so that loops over nothing count too.
        self._items += count + 1
        if self._items > self._checked:
            if self._items > MAX_REPETITIONS:
                raise SecurityError(f"loops that repeat more than {MAX_REPETITIONS:,} times")
            self._checked = self._items + MAX_REPETITIONS // 100
            self._look()
        return items

    def spend(self, text: str) -> None:
        """Count a piece of output."""
        self._characters += len(text)
        if self._characters > MAX_CHARACTERS:
            raise SecurityError(f"more than {MAX_CHARACTERS:,} characters of output")
        self._look()

    def _look(self) -> None:
        if time.process_time() > self._end:
            raise SecurityError(f"more than {MAX_SECONDS:.0f} seconds of work")

    def filters(self, known: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
        """Return the filters that this budget adds to, or puts in place of, the *known* ones."""
        return {EACH: self.each, "batch": _batch(known["batch"]), "slice": _slice(known["slice"]),
                "replace": _replace(known["replace"]), "join": _join(known["join"])}  # fmt: skip


def _refuse(name: str, length: int) -> None:
    if length > MAX_LENGTH:
        raise SecurityError(f"the filter “{name}” would make more than {MAX_LENGTH:,} characters or items")


def _batch(inner: Callable[..., Any]) -> Callable[..., Any]:
    def batch(value: Any, linecount: int, fill_with: Any = None) -> Any:
        _refuse("batch", linecount)
        return inner(value, linecount, fill_with)

    return batch


def _slice(inner: Callable[..., Any]) -> Callable[..., Any]:
    def sliced(value: Any, slices: int, fill_with: Any = None) -> Any:
        _refuse("slice", slices)
        return inner(value, slices, fill_with)

    return sliced


def _replace(inner: Callable[..., Any]) -> Callable[..., Any]:
    from jinja2 import pass_eval_context

    @pass_eval_context
    def replace(context: Any, text: Any, old: str, new: str, count: int | None = None) -> Any:
        plain = str(text)
        found = plain.count(str(old))
        times = found if count is None else min(found, count)
        _refuse("replace", len(plain) + times * len(str(new)))
        return inner(context, text, old, new, count)

    return replace


def _join(inner: Callable[..., Any]) -> Callable[..., Any]:
    from jinja2 import pass_eval_context

    @pass_eval_context
    def join(context: Any, value: Any, d: str = "", attribute: str | int | None = None) -> Any:
        items = list(value)
        _refuse("join", len(items) * (len(str(d)) + 1))
        if attribute is None:
            _refuse("join", sum(len(item) for item in items if isinstance(item, str)))
        return inner(context, items, d, attribute)

    return join
