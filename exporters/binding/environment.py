"""Jinja2's sandbox, narrowed to what a template needs, with the compiler's own delimiters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from jinja2 import StrictUndefined
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.nodes import Const, Expr, Filter, Getattr, Impossible, TemplateData
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from exporters.binding import filters
from exporters.binding.views import Absent, Lookup, View

# Noncharacters: no XML text may need them, and the model refuses them in data, so nothing can be taken for a tag.
VALUE = ("\ufdd0", "\ufdd1")
BLOCK = ("\ufdd2", "\ufdd3")
COMMENT = ("\ufdd4", "\ufdd5")
ROUTE = ("\ufdd6", "\ufdd7")
TOKEN = ("\ufdd8", "\ufdd9")

MAX_REPEATED = 1_000_000
MAX_BITS = 4096
KEPT_FILTERS = (
    "abs", "batch", "capitalize", "count", "d", "default", "first", "float", "groupby", "int", "join", "last", "length",
    "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "select", "selectattr",
    "slice", "sort", "string", "sum", "title", "trim", "truncate", "unique", "upper",
)  # fmt: skip
_KEPT_TESTS = (
    "defined", "divisibleby", "eq", "equalto", "even", "false", "ge", "greaterthan", "gt", "in", "le", "lessthan", "lt",
    "ne", "none", "number", "odd", "sequence", "string", "true", "undefined", "==", "!=", ">", ">=", "<", "<=",
)  # fmt: skip


def _repeated(items: Any, times: Any) -> int:
    return int(len(items) * times) if isinstance(items, (str, list)) and isinstance(times, int) else 0


#: Filters whose result is text of the part already: the generated code does not escape it once more. What they return
#: is a ``str``, and a plain one only where it needs no escaping.
FINISHED = frozenset((
    "_text", "_cell", "_fill", "_fit", "_rest", "_shape", "_slide", "_v", "_x", "_begin", "_row", "_rows", "_end",
    "_control", "_field", "_mark", "_unmark", "_raw", "_id", "_note", "_seq", "_seq_near", "_page",
    "_toc", "_table", "_chart",
))  # fmt: skip


class Generator(CodeGenerator):
    """Writes what a finished filter returns straight into the stream, and nothing of it into the code.

    A filter may know of the very file that is being written; its code may be kept for the next one.
    """

    def _output_child_to_const(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        if not isinstance(node, (TemplateData, Const)):
            raise Impossible
        return super()._output_child_to_const(node, frame, finalize)

    def visit_Getattr(self, node: Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        """Ask a view directly for a public name; all else goes through :meth:`Sandbox.getattr`."""
        if node.attr.startswith("_") or node.attr == "names" or not node.attr.isidentifier():
            super().visit_Getattr(node, frame)
            return
        # The condition is worked out first; what it has found is used at once, so one name serves all.
        self.write(f"(found.{node.attr} if type(found := ")
        self.visit(node.node, frame)
        self.write(f") in environment.direct else environment.getattr(found, {node.attr!r}))")

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if isinstance(node, Filter) and node.name in FINISHED:
            self.write("(")
        else:
            super()._output_child_pre(node, frame, finalize)


def direct_kinds() -> frozenset[type[Any]]:
    """Return every kind of view but the absent one, which has no fields; and what Jinja2 itself hands out."""
    found: set[type[Any]] = {LoopContext}
    waiting = [View]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found.add(kind)
            waiting.append(kind)
    return frozenset(found - {View, Absent})


class Sandbox(ImmutableSandboxedEnvironment):
    """Views give only their public names; everything else goes through Jinja2's own sandbox rules."""

    code_generator_class = Generator
    direct = direct_kinds()
    """The classes whose public names the generated code may ask for itself; none does anything beyond telling."""
    intercepted_binops = frozenset(("*", "**", "%", "+"))

    def getattr(self, obj: Any, attribute: str) -> Any:
        if obj is None:
            return None
        if isinstance(obj, Lookup):
            return obj.find(attribute)
        if isinstance(obj, View):
            if attribute in obj.names:
                return getattr(obj, attribute)
            if isinstance(obj, Absent):
                return None
            return self.undefined(obj=obj, name=attribute)
        found = super().getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute) if callable(found) else found

    def call(self, *_arguments: Any, **_named: Any) -> Any:
        """Refuse every call: a template has filters."""
        raise SecurityError("a template cannot call anything; use a filter")

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, View) and isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(obj, Lookup):
            return obj.find(str(argument))
        if obj is None:
            return None
        if isinstance(obj, list) and isinstance(argument, int):
            return obj[argument] if argument in range(-len(obj), len(obj)) else None
        return super().getitem(obj, argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "*":
            if _repeated(left, right) > MAX_REPEATED or _repeated(right, left) > MAX_REPEATED:
                raise SecurityError(f"a text or list repeated beyond {MAX_REPEATED} items")
        elif operator == "**" and (not isinstance(right, int) or abs(right) > 64):
            raise SecurityError("an exponent beyond 64")
        elif operator == "%" and isinstance(left, str):
            raise SecurityError("text formatting with %; use a filter")
        elif operator == "+" and _repeated(left, 1) > MAX_REPEATED:
            raise SecurityError(f"a text or list grown beyond {MAX_REPEATED} items")
        if isinstance(left, float) and isinstance(right, Decimal):
            left = Decimal(str(left))
        elif isinstance(left, Decimal) and isinstance(right, float):
            right = Decimal(str(right))
        result = super().call_binop(context, operator, left, right)
        if type(result) is int:
            if result.bit_length() > MAX_BITS:
                raise SecurityError("a number of more than a thousand digits")
        elif isinstance(result, (str, list)):
            return self.made(result)
        return result

    @staticmethod
    def made(value: Any) -> Any:
        """Return what an expression made; a bound program counts it here."""
        return value


def text(value: Any) -> str:
    """Return a value as escaped text; nothing for a value that is not there."""
    if type(value) is str:
        # Most texts hold letters and digits only; asking for that is cheaper than escaping.
        return value if value.isalnum() else _escaped(value)
    if value is None or isinstance(value, Absent):
        return Markup("")
    if isinstance(value, (list, tuple, dict)):
        raise SecurityError("a list stands where a text is expected; go through it with {% for %}, or use “join”")
    return escape(value)


def _escaped(value: str) -> str:
    if "&" in value or "<" in value or ">" in value or '"' in value or "'" in value:
        return escape(value)
    return value


@cache
def sandbox() -> Sandbox:
    """Return the one environment of this process (it keeps no state of a template)."""
    env = Sandbox(
        variable_start_string=VALUE[0],
        variable_end_string=VALUE[1],
        block_start_string=BLOCK[0],
        block_end_string=BLOCK[1],
        comment_start_string=COMMENT[0],
        comment_end_string=COMMENT[1],
        autoescape=True,
        optimized=False,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        cache_size=0,
    )
    env.filters = {name: env.filters[name] for name in KEPT_FILTERS} | filters.FILTERS | {"_text": text}
    env.tests = {name: env.tests[name] for name in _KEPT_TESTS}
    env.globals = {}
    return env


def with_filters(extra: Mapping[str, Callable[..., Any]]) -> Sandbox:
    """Return the environment overlaid with a format's own filters."""
    env = sandbox().overlay()
    env.filters = {**env.filters, **extra}
    assert isinstance(env, Sandbox)
    return env
