"""What is asked of a program's tree, and done to it, before its code is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from jinja2.idtracking import VAR_LOAD_PARAMETER, Symbols
from jinja2.nodes import (
    Assign,
    AssignBlock,
    Const,
    Expr,
    Filter,
    For,
    Getattr,
    If,
    Name,
    Node,
    Not,
    Template,
)

from exporters.binding.turns import is_number

#: Filters that are called for what they do (``set _ = 3|_end``) and return nothing.
SILENT = frozenset(("_asked", "_done", "_end", "_inside", "_own"))
#: Filters that name a turn of a loop and do nothing else: where no name is asked for, they are not called.
NAMING = frozenset(("_anchor", "_fresh"))
#: Captured blocks whose names begin so go back into the stream and nowhere else: they stay what the program streams.
HELD = "_held"


def either_way(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield *nodes*; what is said if something holds and what is said if it does not hold are one question."""
    before: Node | None = None
    for node in nodes:
        if isinstance(node, If) and isinstance(before, If) and _excludes(before, node):
            before.else_ = node.body
            continue
        if before is not None:
            yield before
        before = node
    if before is not None:
        yield before


def _excludes(first: If, second: If) -> bool:
    """Return whether *second* asks whether that of *first* does not hold, which *first* leaves as it was."""
    if first.elif_ or first.else_ or second.elif_ or second.else_ or second.test != Not(first.test):
        return False
    return assigned(first.body).isdisjoint(name.name for name in second.find_all(Name) if name.ctx == "load")


def assigned(body: Iterable[Node]) -> set[str]:
    """Return the names that are set in a loop's or a condition's body."""
    found: set[str] = set()
    for top in body:
        kinds = (Assign, AssignBlock)
        for node in (*([top] if isinstance(top, kinds) else ()), *top.find_all(kinds)):
            found.update(name.name for name in (node.target, *node.target.find_all(Name)) if isinstance(name, Name))
    return found


def drop_unread(program: Template) -> bool:
    """Take out what sets a name for parts of a document that nothing in the program reads; return whether any was."""
    read = {name.name for name in program.find_all(Name) if name.ctx == "load"}
    dropped = False
    for node in (program, *program.find_all((For, If, AssignBlock))):
        for body in (getattr(node, name, None) for name in ("body", "else_")):
            kept = [one for one in body or () if not _is_unread(one, read)]
            if body and len(kept) < len(body):
                body[:], dropped = kept, True
    return dropped


def _is_unread(node: Node, read: set[str]) -> bool:
    if not isinstance(node, Assign) or not isinstance(node.target, Name) or node.target.name in read:
        return False
    return isinstance(node.node, Filter) and node.node.name in NAMING


def is_given(symbols: Symbols, ref: str) -> bool:
    """Return whether a variable is what a loop hands out, which nothing can set anew."""
    load = symbols.find_load(ref)
    return load is not None and load[0] == VAR_LOAD_PARAMETER


def is_public(name: str) -> bool:
    """Return whether a view may be asked for *name* without the sandbox's look at it."""
    return name.isidentifier() and not name.startswith("_") and name != "names"


def is_length(node: Node) -> bool:
    """Return whether an expression asks how long a list or text is."""
    if not isinstance(node, Filter) or node.name not in {"count", "length"}:
        return False
    return node.node is not None and not node.args and not node.kwargs


def is_there(node: Node) -> bool:
    """Return whether an expression always has a value: a constant, a length, what a loop counts."""
    if is_length(node):
        return True
    loops = isinstance(node, Getattr) and isinstance(node.node, Name) and node.node.name == "loop"
    return loops or is_number(node) or (isinstance(node, Const) and node.value is not None)


def silent_call(node: Node) -> Filter | None:
    """Return the call that a node makes only for what it does; None where it is no such node."""
    if isinstance(node, Assign) and isinstance(node.target, Name) and node.target.name == "_":
        call = node.node
        return call if isinstance(call, Filter) and call.name in SILENT else None
    return None


def is_held(node: Node) -> bool:
    """Return whether an expression is a captured block that goes back into the stream as it is."""
    return isinstance(node, Name) and node.name.startswith(HELD)


def filtered(node: Filter) -> Expr:
    """Return what a filter is given."""
    assert node.node is not None
    return node.node


def constant(node: Expr) -> Any:
    """Return a value that stands in the program as it is."""
    assert isinstance(node, Const)
    return node.value
