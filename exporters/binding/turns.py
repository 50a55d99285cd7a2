"""What a template knows as ``loop``: Jinja2's own, with shorter ways through lists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from jinja2.nodes import Compare, Const, Expr, Filter, For, Getattr, Name, Node, Operand, Tuple
from jinja2.runtime import LoopContext
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer, NodeVisitor

NUMBERED = "_numbered"
_TURN, _LEFT = "_turn", "_left"
_COUNTED: dict[str, Callable[[], Expr]] = {
    "first": lambda: Compare(Name(_TURN, "load"), [Operand("eq", Const(1))]),
    "index": lambda: Name(_TURN, "load"),
    "last": lambda: Compare(Name(_LEFT, "load"), [Operand("eq", Const(1))]),
    "revindex": lambda: Name(_LEFT, "load"),
}
"""What a loop tells of its turns by two numbers alone."""


def numbered(items: Collection[Any]) -> Iterator[tuple[int, int, Any]]:
    """Return each of *items* behind the number of its turn, from 1, and that of the turns that are left with it."""
    count = len(items)
    return zip(range(1, count + 1), range(count, 0, -1), items, strict=True)


def number_turns(loop: For) -> None:
    """Let a loop whose body asks of ``loop`` no more than numbers go through its items with those."""
    seen = _Asked()
    for node in loop.body:
        seen.visit(node)
    if loop.recursive or loop.test is not None or not seen.counts or seen.others:
        return
    change = _Counting()
    loop.body = [change.visit(node) for node in loop.body]
    loop.iter = Filter(loop.iter, NUMBERED, [], [], None, None, lineno=loop.iter.lineno)
    loop.target = Tuple([Name(_TURN, "store"), Name(_LEFT, "store"), loop.target], "store", lineno=loop.lineno)


def item_of(loop: For) -> str:
    """Return what a loop calls its items; nothing where it takes them apart."""
    target = loop.target
    if isinstance(loop.iter, Filter) and loop.iter.name == NUMBERED and isinstance(target, Tuple):
        target = target.items[-1]
    return target.name if isinstance(target, Name) else ""


def is_number(node: Node) -> bool:
    """Return whether an expression is one of the numbers that a loop goes with."""
    return isinstance(node, Name) and node.name in {_TURN, _LEFT}


class _Asked(NodeVisitor):
    """Sees whether a loop's body asks for what is counted, and whether it asks for anything else of its loop."""

    counts = others = False

    def visit_Getattr(self, node: Getattr) -> None:  # noqa: N802 - Jinja2's name
        if node.attr in _COUNTED and _is_loop(node.node):
            self.counts = True
        else:
            self.generic_visit(node)

    def visit_Name(self, node: Name) -> None:  # noqa: N802 - Jinja2's name
        self.others |= _is_loop(node)

    def visit_For(self, node: For) -> None:  # noqa: N802 - Jinja2's name
        # What is inside asks of the loop there.
        self.visit(node.iter)
        for other in node.else_:
            self.visit(other)


class _Counting(NodeTransformer):
    def visit_Getattr(self, node: Getattr) -> Node:  # noqa: N802 - Jinja2's name
        if _is_loop(node.node):
            return _COUNTED[node.attr]().set_lineno(node.lineno)
        found: Node = self.generic_visit(node)
        return found

    def visit_For(self, node: For) -> Node:  # noqa: N802 - Jinja2's name
        node.iter = self.visit(node.iter)
        node.else_ = [self.visit(other) for other in node.else_]
        return node


def _is_loop(node: Node) -> bool:
    return isinstance(node, Name) and node.name == "loop"


class Turns(LoopContext):
    """The turns of one loop. Jinja2's own looks an item ahead to know the last turn; a list knows its length."""

    _items: list[Any] | None = None

    def __iter__(self) -> Iterator[tuple[Any, LoopContext]]:  # type: ignore[override]
        return self._through(self._iterable) if isinstance(self._iterable, list) else self

    def _through(self, items: list[Any]) -> Iterator[tuple[Any, LoopContext]]:
        self._items, self._length = items, len(items)
        for self.index0, item in enumerate(items):
            yield item, self

    @property
    def last(self) -> bool:
        """Whether this is the last turn."""
        return super().last if self._items is None else self.index0 + 1 == self._length

    @property
    def previtem(self) -> Any:
        """The item of the turn before; undefined in the first one."""
        if self._items is not None and self.index0:
            return self._items[self.index0 - 1]
        return super().previtem

    def _peek_next(self) -> Any:
        if self._items is None:
            return super()._peek_next()
        return missing if self.last else self._items[self.index0 + 1]
