"""What one run of a template may cost: output, repetitions, time, and what its expressions make on the way.

A hostile template so ends with a fault at its place. The bounds grow with the data and lie far beyond any pack: 10,000
districts need about 100 million characters and a million repetitions. ``BRIEFPACK_LIMITS`` (see
:data:`exporters.files.FACTOR`) raises them all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, cast

from jinja2 import pass_context, pass_environment, pass_eval_context
from jinja2.compiler import Frame
from jinja2.exceptions import SecurityError
from jinja2.filters import make_attrgetter
from jinja2.nodes import Concat, Const, Filter, For, List, Node

from exporters.binding.environment import KEPT_FILTERS, MAX_REPEATED
from exporters.binding.generating import Generator
from exporters.binding.missing import MISSING, said, worded
from exporters.binding.turns import NUMBERED, number_turns, numbered
from exporters.files import FACTOR

MAX_CHARACTERS, CHARACTERS_PER_TARGET = 128_000_000 * FACTOR, 20_000 * FACTOR
"""Characters that one program may write, and for each target of the data."""
MAX_REPETITIONS, REPETITIONS_PER_TARGET = 5_000_000 * FACTOR, 200 * FACTOR
"""Items that all loops of one program may go through, and for each target of the data."""
MAX_SECONDS, SECONDS_PER_TARGET = 60.0 * FACTOR, 0.006 * FACTOR
"""CPU time of one program in seconds, and for each target of the data."""
MAX_LENGTH = 10_000_000 * FACTOR
"""Characters or items that one expression may make."""
MAX_MADE = 200_000_000 * FACTOR
"""Characters and items that all expressions of one program may make."""
EACH = "_each"
_LOOK_EVERY = 10_000
_MOST_DIGITS = 30
_SELDOM = 1 << 20
_UNIT_OF = {"value": "unit", "upper": "unit", "number": "number_unit"}
"""The fields of a statement that hold a number, and the field that says what one of it is."""


class BoundedGenerator(Generator):
    """Counts the items of a loop where the loop begins, and what ``~`` and lists in brackets come to."""

    def pull_dependencies(self, body: Iterable[Node]) -> None:
        body = list(body)
        for top in body:
            for node in [*([top] if isinstance(top, For) else []), *top.find_all(For)]:
                if not (isinstance(node.iter, Filter) and node.iter.name in {EACH, NUMBERED}):
                    node.iter = Filter(node.iter, EACH, [], [], None, None, lineno=node.iter.lineno)
                    number_turns(node)
                    node.set_environment(self.environment)
        super().pull_dependencies(body)

    def visit_Concat(self, node: Concat, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        self.write("environment.made(")
        super().visit_Concat(node, frame)
        self.write(")")

    def visit_List(self, node: List, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        if all(isinstance(item, Const) for item in node.items):
            # Such a list is no longer than the template.
            super().visit_List(node, frame)
            return
        self.write("environment.made(")
        super().visit_List(node, frame)
        self.write(")")


class Budget:
    """What is left of a run's bounds. A bound program has one; :meth:`start` begins a new run."""

    def __init__(self) -> None:
        self.start()

    def start(self, targets: int = 0) -> None:
        """Begin a run over data with that many targets."""
        self._items = self._characters = self._seen = self._made = 0
        self._checked = _LOOK_EVERY
        self._most_items = MAX_REPETITIONS + targets * REPETITIONS_PER_TARGET
        self._most_characters = MAX_CHARACTERS + targets * CHARACTERS_PER_TARGET
        self._seconds = MAX_SECONDS + targets * SECONDS_PER_TARGET
        self._end = time.process_time() + self._seconds

    def each(self, items: Any) -> Any:
        """Return *items*, counted; what has no length is gone through first."""
        try:
            count = len(items)
        except TypeError:
            items = [] if items.__class__ in MISSING else list(items)
            count = len(items)
        # One more, so that loops over nothing count too.
        self._items += count + 1
        if self._items > self._checked:
            if self._items > self._most_items:
                raise SecurityError(f"loops that repeat more than {self._most_items:,} times")
            self._checked = self._items + _LOOK_EVERY
            self._look()
            if count > _LOOK_EVERY:
                return _Watched(items, self._look)
        return items

    def spend(self, text: str) -> None:
        """Count a piece of output."""
        self._characters += len(text)
        if self._characters > self._most_characters:
            raise SecurityError(f"more than {self._most_characters:,} characters of output")
        # The clock costs more than writing a little text.
        if self._characters > self._seen + _SELDOM:
            self._seen = self._characters
            self._look()

    def made(self, value: Any) -> Any:
        """Return what an expression made, counted."""
        if isinstance(value, str):
            self._charge(len(value))
        elif isinstance(value, list):
            if value:
                self._charge(_size(value))
        elif isinstance(value, Iterator):
            return self._counted(value)
        return value

    def _charge(self, size: int) -> None:
        if size > MAX_LENGTH:
            raise SecurityError(f"an expression that makes more than {MAX_LENGTH:,} characters or items")
        self._made += size
        if self._made > MAX_MADE:
            raise SecurityError(f"expressions that make more than {MAX_MADE:,} characters and items in all")

    def _counted(self, items: Iterator[Any]) -> Iterator[Any]:
        for number, item in enumerate(items, 1):
            if number % _LOOK_EVERY == 0:
                self._charge(_LOOK_EVERY)
                self._look()
            yield item

    def _look(self) -> None:
        if time.process_time() > self._end:
            raise SecurityError(f"more than {self._seconds:.0f} seconds of work")

    def filters(self, known: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
        """Return the filters that this budget adds to, or puts in place of, the *known* ones."""
        wary = {name: inner(known[name]) for name, inner in _WARY.items()}
        return {EACH: self.each, NUMBERED: numbered} | {
            name: self._counting(wary.get(name) or known[name]) for name in KEPT_FILTERS if name not in _SMALL
        }

    def _counting(self, inner: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*arguments: Any, **named: Any) -> Any:
            return self.made(inner(*arguments, **named))

        # How Jinja2 marks filters that take its context.
        if hasattr(inner, "jinja_pass_arg"):
            counting.jinja_pass_arg = inner.jinja_pass_arg  # type: ignore[attr-defined]
        return counting


_SMALL = frozenset(("count", "d", "default", "first", "float", "last", "length", "max", "min"))
"""Filters that give what they were given, a part of it, or a number."""


class _Watched(list[Any]):
    """Many items to go through, with a look at the clock every thousand."""

    def __init__(self, items: Collection[Any], look: Callable[[], None]) -> None:
        super().__init__(items)
        self._look = look

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self), 1000):
            self._look()
            yield from self[start : start + 1000]


def _size(items: list[Any]) -> int:
    """Return how many characters and items a list holds, those of inner lists included, as far as it matters."""
    if not any(issubclass(kind, (str, list, tuple)) for kind in set(map(type, items))):
        return len(items)
    size, waiting = 0, [items]
    while waiting and size <= MAX_REPEATED:
        inner = waiting.pop()
        size += len(inner)
        for item in inner[: MAX_REPEATED + 1]:
            if isinstance(item, (list, tuple)):
                waiting.append(cast("list[Any]", item))
            elif isinstance(item, str):
                size += len(item)
            if size > MAX_LENGTH:
                return size
    return size if size <= MAX_REPEATED or not waiting else MAX_LENGTH + 1


def _refuse(name: str, length: float) -> None:
    if length > MAX_LENGTH:
        raise SecurityError(f"the filter “{name}” would make more than {MAX_LENGTH:,} characters or items")


def _batch(inner: Callable[..., Any]) -> Callable[..., Any]:
    def batch(value: Any, linecount: int, fill_with: Any = None) -> Any:
        _refuse("batch", linecount)
        return inner(value, linecount, fill_with)

    return batch


def _slice(inner: Callable[..., Any]) -> Callable[..., Any]:
    @pass_eval_context
    def sliced(context: Any, value: Any, slices: int, fill_with: Any = None) -> Any:
        _refuse("slice", slices)
        return inner(context, value, slices, fill_with)

    return sliced


def _replace(inner: Callable[..., Any]) -> Callable[..., Any]:
    @pass_eval_context
    def replace(context: Any, text: Any, old: str, new: str, count: int | None = None) -> Any:
        plain = worded(text)
        found = plain.count(worded(old))
        times = found if count is None else min(found, count)
        _refuse("replace", len(plain) + times * len(worded(new)))
        return inner(context, text, old, new, count)

    return replace


def _join(inner: Callable[..., Any]) -> Callable[..., Any]:
    @pass_eval_context
    def join(context: Any, value: Any, d: str = "", attribute: str | int | None = None) -> Any:
        items = [] if value.__class__ in MISSING else list(value)
        if attribute is not None:
            items = list(map(make_attrgetter(context.environment, attribute), items))
        items = [said(item) for item in items if item.__class__ not in MISSING]
        _refuse("join", len(items) * (len(worded(d)) + 1) + _size(items))
        return inner(context, items, d)

    return join


def _round(inner: Callable[..., Any]) -> Callable[..., Any]:
    def rounded(value: Any, precision: int = 0, method: Any = "common") -> Any:
        if not isinstance(precision, int) or abs(precision) > _MOST_DIGITS:
            raise SecurityError(f"rounding to more than {_MOST_DIGITS} digits")
        return inner(value, precision, method)

    return rounded


def _sum(inner: Callable[..., Any]) -> Callable[..., Any]:
    @pass_environment
    def summed(environment: Any, items: Any, attribute: str | int | None = None, start: Any = 0) -> Any:
        if not hasattr(start, "real"):
            raise SecurityError("a sum of what is no number")
        if attribute in _UNIT_OF:
            items = list(items)
            units = dict.fromkeys(str(getattr(item, _UNIT_OF[attribute], "")) for item in items)
            if len(units) > 1:
                raise SecurityError(f"a sum of different units: {', '.join(units)}; choose one with “selectattr”")
        return inner(environment, items, attribute, start)

    return summed


def _map(inner: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    def mapped(context: Any, items: Any, *names: Any, **named: Any) -> Any:
        if names and str(names[0]).startswith("_"):
            raise SecurityError("names do not begin with “_”")
        return inner(context, items, *names, **named)

    return mapped


_WARY: dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "batch": _batch, "slice": _slice, "replace": _replace, "join": _join, "round": _round, "sum": _sum, "map": _map,
}  # fmt: skip
