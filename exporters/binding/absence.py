"""Values that a template prints although they can be missing, and no ``if`` stands around them.

What can be missing the model's optional fields say; a value is told of only where it really is missing in the data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import NoneType
from typing import Any, get_args

from jinja2 import TemplateError as JinjaError
from jinja2 import nodes
from jinja2.nodes import Template as Tree
from msgspec import Struct

from exporters.binding.environment import sandbox, with_filters
from exporters.binding.expressions import Types, attribute_type, item_type
from exporters.binding.names import TOP
from exporters.binding.program import Program
from exporters.binding.views import Absent, Lookup, View
from exporters.errors import Fault

# What says something of its own where nothing is there, or is as well empty.
_SAFE_FILTERS = frozenset(("dash", "default", "d", "length", "count", "list", "join", "select"))
_NAMING = frozenset(("_shape", "_slide"))
"""Filters of what names a shape or a slide, which nobody reads."""
_SEEN = "_seen"
_SHOWN = 3


class _Candidate(Struct, frozen=True):
    """An expression that may give nothing: its path, the part of it that may be missing, and where it is printed."""

    path: str
    missing: str
    line: int


def absent_values(program: Program, names: Mapping[str, Any], blank: Collection[str] = ()) -> list[Fault]:
    """Return a warning for each printed value that can be missing, and is in the data behind *names* (of a scope).

    *blank* are places where nothing says that nothing is known: the cells of a list.
    """
    finder = _Finder()
    pruned = finder.block(program.syntax.body, dict(TOP), frozenset())
    if not finder.found:
        return []
    gaps = _gaps(pruned, names)
    faults: list[Fault] = []
    for number, one in enumerate(finder.found):
        where = program.place(one.line)
        if where in blank or number not in gaps:
            continue
        shown = list(gaps[number])
        more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
        missing = f"it is missing for {', '.join(shown[:_SHOWN])}{more}"
        message = f"“{one.path}” can be missing, and no {{% if %}} stands around it; {missing}"
        hint = f"{{% if {one.missing} %}} … {{% endif %}} around it, or |dash"
        faults.append(Fault("may-be-missing", message, where=where, hint=hint, severity="warning"))
    return list(dict.fromkeys(faults))


class _Finder:
    """Walks a program with the types of its names; keeps of it what is needed to try the candidates."""

    def __init__(self) -> None:
        self.found: list[_Candidate] = []
        self._names: dict[str, str] = {}

    def block(self, body: list[nodes.Node], types: Types, held: frozenset[str]) -> list[nodes.Node]:
        kept: list[nodes.Node] = []
        for node in body:
            if isinstance(node, nodes.Output):
                for part in node.nodes:
                    kept += self._output(part, types, held)
            elif isinstance(node, nodes.For):
                kept += self._loop(node, types, held)
            elif isinstance(node, nodes.If):
                kept += self._branches(node, types, held)
            elif isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
                types[node.target.name] = self._type(node.node, types)
                if not node.target.name.startswith("_"):
                    kept.append(node)
            elif isinstance(node, (nodes.AssignBlock, nodes.With, nodes.Scope)):
                kept += self.block(node.body, types, held)
        return kept

    def _loop(self, node: nodes.For, types: Types, held: frozenset[str]) -> list[nodes.Node]:
        inner = {**types, "loop": Any}
        items = item_type(self._type(node.iter, types))
        for target in [node.target] if isinstance(node.target, nodes.Name) else node.target.find_all(nodes.Name):
            inner[target.name] = items if target is node.target else Any
        more: set[str] = set()
        if isinstance(node.target, nodes.Name):
            more |= {f"{node.target.name}.{name}" for name in _selected(node.iter)}
        if node.test is not None:
            more |= _asked(node.test)
        body = self.block(node.body, inner, held | more)
        other = self.block(node.else_, dict(types), held)
        if not body and not other:
            return []
        made = nodes.For(node.target, node.iter, body, other, node.test, node.recursive, lineno=node.lineno)
        return [made]

    def _branches(self, node: nodes.If, types: Types, held: frozenset[str]) -> list[nodes.Node]:
        body = self.block(node.body, dict(types), held | _asked(node.test))
        otherwise = held | _asked(node.test, turned=True)
        branches: list[nodes.If] = []
        for branch in node.elif_:
            inside = self.block(branch.body, dict(types), otherwise | _asked(branch.test))
            branches.append(nodes.If(branch.test, inside, [], [], lineno=branch.lineno))
            otherwise |= _asked(branch.test, turned=True)
        other = self.block(node.else_, dict(types), otherwise)
        if not body and not other and not any(branch.body for branch in branches):
            return []
        return [nodes.If(node.test, body, branches, other, lineno=node.lineno)]

    def _output(self, node: nodes.Node, types: Types, held: frozenset[str]) -> Iterator[nodes.Node]:
        if isinstance(node, nodes.Tuple):
            for item in node.items:
                yield from self._output(item, types, held)
            return
        bare = _bare(node)
        if isinstance(bare, nodes.Tuple):
            yield from self._output(bare, types, held)
            return
        if bare is None:
            return
        path = _path(bare)
        missing = self._missing(bare, types, held)
        if not path or not missing or path.endswith((".key", ".anchor")):
            return
        number = len(self.found)
        self.found.append(_Candidate(path, missing, node.lineno))
        owner = _owner(bare, missing)
        told = nodes.Filter(bare, _SEEN, [nodes.Const(number), owner], [], None, None, lineno=node.lineno)
        yield nodes.Output([told], lineno=node.lineno)

    def _missing(self, node: nodes.Node, types: Types, held: frozenset[str]) -> str:
        """Return the shortest part of a path that may be missing and was not asked for; empty where there is none."""
        chain: list[nodes.Node] = []
        at: nodes.Node | None = node
        while isinstance(at, (nodes.Getattr, nodes.Getitem)):
            chain.insert(0, at)
            at = at.node
        for part in chain:
            path = _path(part)
            if _is_optional(self._type(part, types)) and path not in held:
                return path
            if path in held:
                continue
        return ""

    def _type(self, node: nodes.Node | None, types: Types) -> Any:
        if isinstance(node, nodes.Name):
            return types.get(node.name, Any)
        if isinstance(node, nodes.Getattr):
            return attribute_type(self._type(node.node, types), node.attr)
        if isinstance(node, nodes.Getitem):
            owner = self._type(node.node, types)
            if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
                return attribute_type(owner, node.arg.value)
            return owner if isinstance(node.arg, nodes.Slice) else item_type(owner)
        if isinstance(node, nodes.Filter):
            inner = self._type(node.node, types)
            if node.name in {"first", "last", "max", "min"}:
                return item_type(inner)
            kept = {"sort", "reverse", "list", "unique", "selectattr", "rejectattr", "select", "reject"}
            return inner if node.name in kept else Any
        return Any


def _bare(node: nodes.Node) -> nodes.Node | None:
    """Return an output's expression without the formats' own filters; None where a filter or a test looks after it."""
    while isinstance(node, nodes.Filter) and node.node is not None:
        if node.name == "_field" and node.args and isinstance(node.args[0], nodes.Const):
            return nodes.Getattr(node.node, node.args[0].value, "load", lineno=node.lineno)
        if node.name in _SAFE_FILTERS or node.name in _NAMING:
            return None
        node = node.node
    return node if isinstance(node, (nodes.Getattr, nodes.Getitem, nodes.Tuple)) else None


def _path(node: nodes.Node | None) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        owner = _path(node.node)
        return f"{owner}.{node.attr}" if owner else ""
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        owner = _path(node.node)
        key = node.arg.value
        return (f"{owner}.{key}" if isinstance(key, str) else f"{owner}[{key}]") if owner else ""
    return ""


def _owner(node: nodes.Node, missing: str) -> nodes.Expr:
    """Return the record of whose fields the missing one is the first that may be."""
    at: Any = node
    while _path(at) != missing:
        at = at.node
    owner: nodes.Expr = at.node
    return owner


def _is_optional(kind: Any) -> bool:
    return NoneType in get_args(kind) or Absent in get_args(kind)


def _selected(node: nodes.Node) -> Iterator[str]:
    """Yield the fields that ``selectattr`` asks of a list's items."""
    while isinstance(node, nodes.Filter) and node.node is not None:
        if node.name == "selectattr" and node.args and isinstance(node.args[0], nodes.Const):
            yield str(node.args[0].value)
        node = node.node


def _asked(test: nodes.Node, turned: bool = False) -> set[str]:
    """Return the paths that are there where *test* holds (*turned*: where it does not)."""
    if isinstance(test, nodes.Not):
        return _asked(test.node, not turned)
    if isinstance(test, nodes.And if not turned else nodes.Or):
        return _asked(test.left, turned) | _asked(test.right, turned)
    if isinstance(test, nodes.Test) and test.name in {"none", "undefined"}:
        return _parts(test.node) if turned else set()
    if turned:
        return set()
    if isinstance(test, nodes.Compare):
        found = _parts(test.expr)
        for operand in test.ops:
            found |= _parts(operand.expr)
        return found
    if isinstance(test, nodes.Test):
        return _parts(test.node)
    return _parts(test)


def _parts(node: nodes.Node) -> set[str]:
    """Return a path and all that it leads over: where ``d.leader.name`` is, ``d.leader`` is."""
    found: set[str] = set()
    while isinstance(node, nodes.Filter) and node.node is not None:
        node = node.node
    while isinstance(node, (nodes.Getattr, nodes.Getitem)):
        path = _path(node)
        if path:
            found.add(path)
        node = node.node
    return found


def _gaps(body: list[nodes.Node], names: Mapping[str, Any]) -> dict[int, dict[str, None]]:
    """Run what is left of a program; return the records for which each candidate gave nothing."""
    gaps: dict[int, dict[str, None]] = {}

    def seen(value: Any, number: int, owner: Any) -> str:
        if value is None or isinstance(value, Absent):
            gaps.setdefault(number, {})[_named(owner)] = None
        return ""

    tree = Tree(body, lineno=1)
    # The filters of formats, and those that do not exist, change nothing of what is there.
    used = {node.name for node in tree.find_all(nodes.Filter)}
    env = with_filters({**dict.fromkeys(used - {*sandbox().filters}, _as_it_is), _SEEN: seen})
    tree.set_environment(env)
    try:
        code = env.compile(tree)
        template = env.template_class.from_code(env, code, env.make_globals({}))
        for _ in template.root_render_func(template.new_context(dict(names))):
            pass
    except (JinjaError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return gaps  # a wrong name or kind of value ends the run; that is told of elsewhere
    return gaps


def _as_it_is(value: Any, *_: Any, **__: Any) -> Any:
    return value


def _named(owner: Any) -> str:
    for name in ("name", "label", "title"):
        if isinstance(owner, View) and name in owner.names:
            return str(getattr(owner, name))
    return owner.owner if isinstance(owner, Lookup) else str(getattr(owner, "key", "a record"))
