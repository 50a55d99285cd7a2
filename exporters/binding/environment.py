"""Jinja2's sandbox, narrowed to what a template needs, with the compiler's own delimiters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from exporters.binding import filters
from exporters.binding.generating import Generator, Inlined, from_octets, octets
from exporters.binding.missing import COMPARED, MISSING, forgiving, said
from exporters.binding.selecting import attributes, by_attribute, in_order
from exporters.binding.turns import Turns
from exporters.binding.views import Absent, Lookup, View

# Noncharacters: no XML text may need them, and the model refuses them in data, so nothing can be taken for a tag.
VALUE = ("\ufdd0", "\ufdd1")
BLOCK = ("\ufdd2", "\ufdd3")
COMMENT = ("\ufdd4", "\ufdd5")
TOKEN = ("\ufdd8", "\ufdd9")

_DAY = frozenset(("year", "month", "day"))

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


def direct_kinds() -> frozenset[type[Any]]:
    """Return every kind of view but the absent one, which has no fields; and what Jinja2 itself hands out."""
    found: set[type[Any]] = {Turns}
    waiting = [View]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found.add(kind)
            waiting.append(kind)
    return frozenset(found - {View, Absent})


class Sandbox(ImmutableSandboxedEnvironment):
    """Views give only their public names; everything else goes through Jinja2's own sandbox rules."""

    code_generator_class = Generator
    inlined = Inlined()
    octets = staticmethod(octets)
    from_octets = staticmethod(from_octets)
    turns = Turns
    direct = direct_kinds()
    """The classes whose public names the generated code may ask for itself; none does anything beyond telling."""
    compared = COMPARED
    missing = MISSING
    said = staticmethod(said)
    intercepted_binops = frozenset(("*", "/", "//", "**", "%", "+", "-"))
    intercepted_unops = frozenset(("+", "-"))

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
        if obj.__class__ is date and attribute in _DAY:
            return getattr(obj, attribute)
        found = super().getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute) if callable(found) else found

    def call(self, *_arguments: Any, **_named: Any) -> Any:
        """Refuse every call: a template has filters."""
        raise SecurityError("a template cannot call anything; use a filter")

    def getitem(self, obj: Any, argument: Any) -> Any:
        if obj.__class__ in MISSING:
            return None
        if isinstance(obj, View) and isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(obj, Lookup):
            return obj.find(str(argument))
        if isinstance(obj, list) and isinstance(argument, int):
            return obj[argument] if argument in range(-len(obj), len(obj)) else None
        return super().getitem(obj, argument)

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        return None if arg.__class__ in MISSING else super().call_unop(context, operator, arg)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if left.__class__ in MISSING or right.__class__ in MISSING:
            return None
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
    if type(value) is int:
        return str(value)
    return escape(said(value))


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
    for name, wanted in (("selectattr", True), ("rejectattr", False)):
        env.filters[name] = by_attribute(env.filters[name], env.direct, wanted)
    env.filters["map"] = attributes(env.filters["map"], env.direct)
    env.filters["sort"] = in_order(env.filters["sort"], env.direct)
    # Jinja2's own looks first whether anything is asynchronous here.
    env.filters["list"] = list
    env.filters = forgiving(env.filters)
    env.tests = {name: env.tests[name] for name in _KEPT_TESTS}
    env.globals = {}
    return env


def with_filters(extra: Mapping[str, Callable[..., Any]], inlined: Inlined | None = None) -> Sandbox:
    """Return the environment overlaid with a format's own filters; some may be *inlined*."""
    env = sandbox().overlay()
    assert isinstance(env, Sandbox)
    env.filters = {**env.filters, **extra}
    if inlined is not None:
        env.inlined = inlined
    return env
