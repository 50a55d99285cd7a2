"""What can be known of a template's expressions without data: their names and types, and the keys of values."""

from __future__ import annotations

import datetime as dt
import sys
import typing
from contextvars import ContextVar
from decimal import Decimal
from functools import cache, lru_cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, get_args, get_origin

from jinja2 import TemplateSyntaxError, nodes

from exporters.binding import filters
from exporters.binding.environment import BLOCK, VALUE, sandbox
from exporters.binding.examining import EXAMINATION
from exporters.binding.names import TOP
from exporters.binding.program import Program
from exporters.binding.tags import scan
from exporters.binding.views import Absent, Lookup, View
from exporters.errors import Fault, TemplateError, nearest
from exporters.model import forbidden_character

_OF_LISTS = frozenset(("selectattr", "rejectattr", "map", "sum", "groupby", "batch", "slice", "sort", "unique"))
_SHOWING = frozenset(("_control", "_quoted", "_text", "_v", "_x"))
"""Filters of the formats that are given what a page shows."""
LOOP = ("index", "index0", "first", "last", "length", "revindex", "revindex0", "previtem", "nextitem", "depth")
Types = dict[str, Any]
CODES: ContextVar[typing.Mapping[str, typing.Collection[str]]] = ContextVar("codes", default=MappingProxyType({}))
"""Codes that exist in the data that templates are being checked with; a format's ``compile`` need not know of them."""
UNKNOWN = Any


@cache
def fields(view: type[View]) -> dict[str, Any]:
    """Return the type of each public name of a view."""
    from exporters.binding import scope, views

    found: dict[str, Any] = {}
    space = vars(scope) | vars(views)
    for name in sorted(view.names):
        getter = view.readers.get(name)
        if getter is None:
            found[name] = str
            continue
        own = vars(sys.modules[getter.__module__])
        found[name] = typing.get_type_hints(getter, own | space).get("return", UNKNOWN)
    return found


@lru_cache(maxsize=4096)
def key_of(expression: str, *, of_lists: bool = False) -> tuple[str, str] | None:
    """Return (expression of the record, field path) of a value's expression, or None where it names no record.

    ``t.text|dash`` gives ``("t", "text")``: the value's key is the record's key, a dot and the field. One of several
    records that is there (``(a or b).text``) is a record too; *of_lists*: so is the pack, for what is made of one of
    the lists at the top (``targets|length``).
    """
    try:
        tree = sandbox().parse("\ufdd0(" + expression + ")\ufdd1")
    except (TemplateSyntaxError, RecursionError):
        return None
    output = tree.body[0]
    if not isinstance(output, nodes.Output):
        return None
    node = output.nodes[0]
    while isinstance(node, nodes.Filter) and node.node is not None:
        node = node.node
    if of_lists and isinstance(node, nodes.Name) and node is not output.nodes[0]:
        return ("pack", node.name) if get_origin(TOP.get(node.name)) is list else None
    if not isinstance(node, nodes.Getattr):
        return None
    try:
        owner = _source(node.node)
    except RecursionError:
        return None
    return (owner, node.attr) if owner else None


@lru_cache(maxsize=4096)
def path_of(expression: str) -> tuple[str, list[str]] | None:
    """Return (name, attributes) of an expression that only follows attributes (``t.place.short``), else None."""
    try:
        tree = sandbox().parse("\ufdd0(" + expression + ")\ufdd1")
    except (TemplateSyntaxError, RecursionError):
        return None
    output = tree.body[0]
    node = output.nodes[0] if isinstance(output, nodes.Output) else None
    attributes: list[str] = []
    while isinstance(node, nodes.Getattr):
        attributes.insert(0, node.attr)
        node = node.node
    if not attributes or not isinstance(node, nodes.Name) or node.name == "loop":
        return None
    return node.name, attributes


def fields_of(expression: str) -> frozenset[tuple[str, str]] | None:
    """Return (name, attribute) of all that an expression asks for, or None where it asks for a name as such."""
    try:
        tree = sandbox().parse("\ufdd0(" + expression + ")\ufdd1")
    except (TemplateSyntaxError, RecursionError):
        return None
    asked = [(node.node.name, node.attr) for node in tree.find_all(nodes.Getattr) if isinstance(node.node, nodes.Name)]
    return frozenset(asked) if len(asked) == sum(1 for _ in tree.find_all(nodes.Name)) else None


def _source(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return "" if node.name == "loop" else node.name
    if isinstance(node, nodes.Getattr):
        owner = _source(node.node)
        return f"{owner}.{node.attr}" if owner else ""
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        owner = _source(node.node)
        return f"{owner}[{node.arg.value!r}]" if owner else ""
    if isinstance(node, nodes.Or):
        first, second = _source(node.left), _source(node.right)
        return f"({first} or {second})" if first and second else ""
    return ""


def check(
    program: Program,
    codes: typing.Mapping[str, typing.Collection[str]] | None = None,
    *,
    names: Types | None = None,
    filters: typing.Collection[str] = (),
) -> list[Fault]:
    """Return every name, attribute and filter that a program uses and that does not exist, with the nearest right one.

    ``codes`` may give the codes that exist behind a look-up (``{"indicator": [...]}``), known only with data; without
    it those of :data:`CODES` count. ``names`` (with their types) and ``filters`` are what the format adds to those of
    every template.
    """
    examination = EXAMINATION.get()
    if examination is not None:
        examination.programs.append(program)
    checker = _Checker(program, CODES.get() if codes is None else codes, filters)
    try:
        checker.block(program.syntax.body, {**TOP, **(names or {})})
    except RecursionError:
        message = "brackets, names or conditions lie too deep inside each other"
        checker.faults.append(Fault("too-deep", message, hint="shorten the tag, or use {% set %}"))
    return checker.faults


def check_tags(texts: typing.Mapping[str, str], names: Types | None = None) -> list[Fault]:
    """Return the unknown names of a template whose structure is broken, tag by tag; *texts* are its texts by place.

    *names* are what the format adds to those of every template. A loop's name counts from its tag on, whether the loop
    is closed or not; filters are not looked at.
    """
    types: Types = {**TOP, **(names or {}), "loop": UNKNOWN}
    faults: list[Fault] = []
    for place, text in texts.items():
        for tag in scan(text, place, []):
            head = {"for": "endfor", "if": "endif"}.get(tag.keyword, "")
            if tag.kind == "value":
                source = f"{VALUE[0]}({tag.body}){VALUE[1]}"
            elif head or tag.kind == "set":
                end = f"{BLOCK[0]} {head} {BLOCK[1]}" if head else ""
                source = f"{BLOCK[0]} {tag.body} {BLOCK[1]}{end}"
            elif tag.keyword == "elif":
                source = f"{VALUE[0]}({tag.body.removeprefix('elif')}){VALUE[1]}"
            else:
                continue
            program = Program(source, (1,), (place,))
            checker = _Checker(program, CODES.get(), ANY)
            try:
                body = program.syntax.body
            except TemplateError:
                continue
            checker.block(body, types)
            if tag.keyword == "for":
                # The names that a loop gives are known only inside it; here they stay.
                for node in body:
                    if isinstance(node, nodes.For) and isinstance(node.target, nodes.Name):
                        types[node.target.name] = item_type(checker.typed(node.iter, types))
                    elif isinstance(node, nodes.For):
                        types.update((name.name, UNKNOWN) for name in node.target.find_all(nodes.Name))
            faults += checker.faults
    return list(dict.fromkeys(faults))


class _AnyFilter(tuple[str, ...]):
    """Holds the name of every filter."""

    def __contains__(self, _: object) -> bool:
        return True


ANY = _AnyFilter()


class _Checker:
    def __init__(
        self,
        program: Program,
        codes: typing.Mapping[str, typing.Collection[str]],
        own_filters: typing.Collection[str] = (),
    ) -> None:
        self.program, self.codes, self.own_filters = program, codes, own_filters
        self.faults: list[Fault] = []

    def fault(self, node: nodes.Node, code: str, message: str, hint: str) -> Any:
        fault = Fault(code, message, where=self.program.place(node.lineno), hint=hint)
        if fault not in self.faults:
            self.faults.append(fault)
        return UNKNOWN

    def doubt(self, node: nodes.Node, code: str, message: str, hint: str) -> None:
        """Note what is no fault of the template, for who examines it."""
        examination = EXAMINATION.get()
        if examination is not None:
            fault = Fault(code, message, where=self.program.place(node.lineno), hint=hint, severity="warning")
            examination.doubts.append(fault)

    def block(self, body: typing.Sequence[nodes.Node], types: Types) -> None:
        for node in body:
            if isinstance(node, nodes.Output):
                for part in node.nodes:
                    self.typed(part, types)
            elif isinstance(node, nodes.For):
                self.loop(node, types)
            elif isinstance(node, nodes.If):
                self.typed(node.test, types)
                self.block(node.body, dict(types))
                for branch in node.elif_:
                    self.typed(branch.test, types)
                    self.block(branch.body, dict(types))
                self.block(node.else_, dict(types))
            elif isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
                types[node.target.name] = self.typed(node.node, types)
            elif isinstance(node, (nodes.AssignBlock, nodes.With, nodes.Scope)):
                if isinstance(node, nodes.AssignBlock) and isinstance(node.target, nodes.Name):
                    types[node.target.name] = str
                self.block(node.body, types)

    def loop(self, node: nodes.For, types: Types) -> None:
        listed = self.typed(node.iter, types)
        if self._is_plain(listed):
            path = _source(node.iter)
            message = f"“{path}” is no list" if path else "this is no list to go through"
            self.fault(node, "wrong-type", message, "a loop goes through a list: districts, targets, d.rows")
        items = item_type(listed)
        inner = dict(types)
        inner["loop"] = UNKNOWN
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = items
        else:
            for target in node.target.find_all(nodes.Name):
                inner[target.name] = UNKNOWN
        if node.test is not None:
            self.typed(node.test, inner)
        self.block(node.body, inner)
        self.block(node.else_, dict(types))

    @staticmethod
    def _is_plain(kind: Any) -> bool:
        kind = _present(kind)
        return kind in {str, int, bool, Decimal, dt.date} or (isinstance(kind, type) and issubclass(kind, View))

    def shown(self, node: nodes.Node, kind: Any) -> Any:
        """Note where what a page is to show has no words."""
        kind = _there(kind)
        if get_origin(kind) is Lookup:
            message, hint = "a list by code stands where a text is expected", "name a code and a field"
        elif get_origin(kind) is list:
            message, hint = "a list stands where a text is expected", "go through it with {% for %}, or use “join”"
        elif isinstance(kind, type) and issubclass(kind, View) and kind is not Absent:
            message, hint = f"a whole {_called(kind)} stands where a text is expected", "name one of its fields"
        else:
            return UNKNOWN
        return self.fault(node, "wrong-type", message, hint)

    def typed(self, node: nodes.Node | None, types: Types) -> Any:
        """Return the type of an expression, adding faults on the way."""
        if isinstance(node, nodes.Name):
            if node.name in types:
                return types[node.name]
            return self.fault(node, "unknown-name", f"unknown name “{node.name}”", nearest(node.name, types))
        if isinstance(node, nodes.Getattr):
            return self.attribute(node, self.typed(node.node, types), node.attr, types)
        if isinstance(node, nodes.Getitem):
            owner = self.typed(node.node, types)
            if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
                return self.attribute(node, owner, node.arg.value, types)
            self.typed(node.arg, types)
            return owner if isinstance(node.arg, nodes.Slice) else item_type(owner)
        if isinstance(node, nodes.Filter):
            return self.filtered(node, types)
        if isinstance(node, nodes.CondExpr):
            self.typed(node.test, types)
            self.typed(node.expr2, types)
            return self.typed(node.expr1, types)
        if isinstance(node, nodes.Const):
            if isinstance(node.value, str) and (found := forbidden_character(node.value)):
                return self.fault(node, "control-character", f"{found[1]} cannot stand in an Office file", "delete it")
            return type(node.value)
        if isinstance(node, nodes.Test) and node.name not in sandbox().tests:
            hint = nearest(node.name, sandbox().tests) or "known are defined, none, odd, even and comparisons"
            self.fault(node, "unknown-test", f"unknown test “{node.name}”", hint)
        if isinstance(node, nodes.Call) and not isinstance(node.node, nodes.Name):
            return self.fault(node, "call", "a template cannot call anything", "use a filter")
        if node is not None:
            for child in node.iter_child_nodes():
                self.typed(child, types)
        return UNKNOWN

    def filtered(self, node: nodes.Filter, types: Types) -> Any:
        inner = self.typed(node.node, types)
        for arg in (*node.args, *(pair.value for pair in node.kwargs)):
            self.typed(arg, types)
        if node.name == "_field" and node.args and isinstance(node.args[0], nodes.Const):
            # A format's way to take a field from its record itself.
            return self.shown(node, self.attribute(node, inner, node.args[0].value, types))
        if node.name in _SHOWING:
            return self.shown(node, inner)
        if node.name.startswith("_"):
            return UNKNOWN
        known = [*sandbox().filters, *self.own_filters]
        if node.name not in known and node.name not in self.own_filters:
            choices = [name for name in known if not name.startswith("_")]
            hint = nearest(node.name, choices) or "see `briefpack template names`"
            return self.fault(node, "unknown-filter", f"unknown filter “{node.name}”", hint)
        if node.name in _OF_LISTS and self._is_plain(inner):
            path = _source(node.node) if node.node is not None else ""
            message = (
                f"the filter “{node.name}” takes a list; “{path}” is none"
                if path
                else (f"the filter “{node.name}” takes a list")
            )
            return self.fault(node, "wrong-type", message, "take the filter away, or give it a list")
        if node.name in {"first", "last", "max", "min"}:
            return item_type(inner)
        if node.name in {"sort", "reverse", "list", "unique", "selectattr", "rejectattr", "dash", "default"}:
            return inner
        return UNKNOWN if node.name not in filters.FILTERS else str

    def attribute(self, node: nodes.Node, owner: Any, name: str, types: Types) -> Any:
        owner = _present(owner)
        if get_origin(owner) is Lookup:
            lookup = _source(node.node) if isinstance(node, (nodes.Getattr, nodes.Getitem)) else ""
            known = self.codes.get(lookup)
            if known is not None and name not in known and name.replace("_", "-") not in known:
                message = f"the data has no {lookup} “{name}”: it prints nothing"
                self.doubt(node, "unknown-code", message, nearest(name, known))
            return get_args(owner)[0]
        if isinstance(owner, type) and issubclass(owner, View):
            found = fields(owner)  # type: ignore[arg-type]
            if name in found:
                return found[name]
            return self.fault(node, "unknown-name", f"a {_called(owner)} has no “{name}”", nearest(name, found))
        if get_origin(owner) is list:
            hint = "go through it with {% for %}, or take one with [0]"
            return self.fault(node, "wrong-type", f"“{name}” is asked of a list", hint)
        if owner in {str, int, bool}:
            return self.fault(node, "wrong-type", f"“{name}” is asked of a plain value", "take it away")
        return UNKNOWN


def _called(view: type[View]) -> str:
    return view.__name__.removesuffix("View").lower()


def _present(kind: Any) -> Any:
    return _without(kind, {NoneType})


def _there(kind: Any) -> Any:
    return _without(kind, {NoneType, Absent})


def _without(kind: Any, missing: typing.Collection[Any]) -> Any:
    """Return a type without those of what is not there."""
    if get_origin(kind) not in {UnionType, typing.Union}:
        return kind
    rest = [arg for arg in get_args(kind) if arg not in missing]
    return rest[0] if len(rest) == 1 else UNKNOWN


def attribute_type(owner: Any, name: str) -> Any:
    """Return the type of an attribute, with ``None`` or :class:`Absent` in it where it may be missing."""
    owner = _there(owner)
    if get_origin(owner) is Lookup:
        return get_args(owner)[0] | Absent
    if isinstance(owner, type) and issubclass(owner, View):
        return fields(owner).get(name, UNKNOWN)  # type: ignore[arg-type]
    return UNKNOWN


def item_type(kind: Any) -> Any:
    """Return the type of a list's items."""
    kind = _present(kind)
    return get_args(kind)[0] if get_origin(kind) is list else UNKNOWN
