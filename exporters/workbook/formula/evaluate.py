"""A formula's tree -> a function that works out its value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isnan
from typing import Any

from exporters.workbook.formula import lookup, numeric, textual
from exporters.workbook.formula.atonce import able, able_to_join, able_to_look_up
from exporters.workbook.formula.operators import Context, Node, binary, is_empty, joined
from exporters.workbook.formula.parse import Tree
from exporters.workbook.formula.values import (
    DIV0,
    NA,
    NAME,
    NUM,
    REF,
    VALUE,
    Area,
    Error,
    ErrorValueError,
    Scalar,
    UnknownError,
    Value,
    folded,
    intersection,
    number,
    truth,
)

__all__ = ["KNOWN", "Context", "Node", "build", "intersection", "result", "unknown_functions"]

# What a formula is evaluated with (``Context``) is the caller's; only its row and column are asked of it here.
_EAGER: dict[str, Callable[..., Any]] = {**numeric.FUNCTIONS, **textual.FUNCTIONS, **lookup.FUNCTIONS}
_LAZY = frozenset(
    ("IF", "IFS", "IFERROR", "IFNA", "ISERROR", "ISNA", "ISERR", "AND", "OR", "NOT", "XOR", "CHOOSE", "SWITCH", "ROW",
     "COLUMN", "TRUE", "FALSE", "N")
)  # fmt: skip
_ARRAYS = frozenset(("SUMPRODUCT",))
# Of what stands in cells they take the numbers alone; of what is written into the formula also texts that spell one.
_OF_CELLS = frozenset(
    ("SUM", "AVERAGE", "COUNT", "COUNTA", "MAX", "MIN", "MEDIAN", "PRODUCT", "SMALL", "LARGE", "RANK", "RANK.EQ",
     "PERCENTILE", "PERCENTILE.INC", "QUARTILE", "QUARTILE.INC", "VAR", "VAR.S", "VAR.P", "STDEV", "STDEV.S",
     "STDEV.P", "SUBTOTAL", "AND", "OR", "XOR")
)  # fmt: skip
KNOWN = frozenset(_EAGER) | _LAZY
_ERRORS = {error.code: error for error in (NA, VALUE, REF, DIV0, NUM, NAME)}
_MAX_TEXT = 32_767


def unknown_functions(tree: Tree) -> Iterator[str]:
    """Yield what of a formula is not worked out here: names of functions, and other text."""
    if tree[0] == "?":
        yield tree[1]
    elif tree[0] == "f":
        if tree[1] not in KNOWN:
            yield f"{tree[1]}()"
        for argument in tree[2]:
            yield from unknown_functions(argument)
    elif tree[0] in {"u", "o", "%"}:
        for part in tree[1:]:
            if isinstance(part, list):
                yield from unknown_functions(part)


def build(tree: Tree, references: Sequence[Node], slots: Callable[[int], Node], array: bool = False) -> Node:
    """Return a function of the context for *tree*; *references* and *slots* give what the tree's leaves stand for."""
    return _Builder(references, slots).build(tree, array)


def result(node: Node, context: Context) -> Scalar:
    """Work out a formula's own value: an empty cell counts as 0, errors are values; raise UnknownError."""
    try:
        found = node(context)
        value: Scalar = intersection(found, context) if isinstance(found, Area) else found
    except ErrorValueError as error:
        return error.error
    except (OverflowError, ValueError):
        return NUM
    except RecursionError:
        raise UnknownError("too deep") from None
    if value is None:
        return 0.0
    if type(value) is float and (isnan(value) or value in {float("inf"), float("-inf")}):
        return NUM
    if type(value) is str and len(value) > _MAX_TEXT:
        return VALUE
    return value


class _Builder:
    def __init__(self, references: Sequence[Node], slots: Callable[[int], Node]) -> None:
        self._references, self._slots = references, slots

    def build(self, tree: Tree, array: bool = False) -> Node:
        kind = tree[0]
        if kind in {"n", "s", "b"}:
            constant: Value = tree[1]
            return able(lambda _: constant, lambda rows: [constant] * len(rows))
        if kind == "m":
            return lambda _: None
        if kind == "e":
            return _raising(_ERRORS.get(tree[1], VALUE))
        if kind == "r":
            return self._references[tree[1]]
        if kind == "v":
            return self._slots(tree[1])
        if kind == "a":
            rows = [[_constant(item) for item in row] for row in tree[1]]
            constant_area = Area(list(zip(*rows, strict=True)))
            return lambda _: constant_area
        if kind == "o" and tree[1] == "=" and tree[3] == ["s", ""] and not array:
            return is_empty(self.build(tree[2]))
        if kind == "o" and tree[1] == "&" and not array:
            parts = [part[1] if part[0] == "s" else self.build(part) for part in _joined_parts(tree)]
            return able_to_join(joined(parts), parts)
        if kind == "o":
            return binary(tree[1], self.build(tree[2], array), self.build(tree[3], array), array)
        if kind == "%":
            inner = self.build(tree[1], array)
            return lambda context: _number(inner, context) / 100
        if kind == "u":
            return self._sign(tree, array)
        if kind == "f":
            return self._function(tree[1], tree[2])
        raise UnknownError(str(tree[1]))

    def _sign(self, tree: Tree, array: bool) -> Node:
        inner = self.build(tree[2], array)
        if tree[1] == "+":
            return inner
        if not array:
            return lambda context: -_number(inner, context)

        def negative(context: Context) -> Value:
            value = inner(context)
            if isinstance(value, Area):
                return Area([[-number(one) for one in column] for column in value.columns])
            return -number(value)

        return negative

    def _function(self, name: str, arguments: Sequence[Tree]) -> Node:
        if name not in KNOWN:
            raise UnknownError(f"{name}()")
        if name == "IFERROR" and _is_exact_look_up(arguments):
            among, match = arguments[0][2]
            values, sought, keys, otherwise = map(self.build, (among, match[2][0], match[2][1], arguments[1]))
            general = self._iferror([self.build(one) for one in arguments], arguments)
            node = _look_up(values, sought, keys, otherwise, general)
            return able_to_look_up(node, values, sought, keys, otherwise)
        nodes = [self.build(argument, name in _ARRAYS) for argument in arguments]
        if name in _OF_CELLS:
            trees = zip(arguments, nodes, strict=True)
            nodes = [_cells(node) if argument[0] == "r" else node for argument, node in trees]
        lazy = getattr(self, "_" + name.lower(), None) if name in _LAZY else None
        if lazy is not None:
            made: Node = lazy(nodes, arguments)
            return made
        function = _EAGER[name]
        _check_arity(name, function, len(nodes))
        if name == "MATCH" and len(nodes) == 3 and arguments[2] == ["n", 0.0]:
            return _exact_match(nodes[0], nodes[1])
        if name == "INDEX" and len(nodes) == 2:
            return _line_index(nodes[0], nodes[1])
        if len(nodes) == 1:
            only = nodes[0]
            return lambda context: function(only(context))
        if len(nodes) == 2:
            one, two = nodes
            return lambda context: function(one(context), two(context))
        return lambda context: function(*[node(context) for node in nodes])

    # Functions that work out only the arguments they need.

    def _if(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        if not 2 <= len(nodes) <= 3:
            raise UnknownError("IF()")
        test, then = nodes[:2]
        otherwise = nodes[2] if len(nodes) == 3 else (lambda _: False)

        def choose(context: Context) -> Value:
            condition = test(context)
            if condition is True:
                return then(context)
            if condition is False:
                return otherwise(context)
            return then(context) if truth(_single(condition, context)) else otherwise(context)

        return choose

    def _ifs(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        pairs = list(zip(nodes[::2], nodes[1::2], strict=True))

        def choose(context: Context) -> Value:
            for test, then in pairs:
                if truth(_single(test(context), context)):
                    return then(context)
            raise ErrorValueError(NA)

        return choose

    def _iferror(self, nodes: list[Node], _: Sequence[Tree], only: Error | None = None) -> Node:
        first, second = nodes

        def choose(context: Context) -> Value:
            try:
                value = first(context)
                if isinstance(value, Area):
                    value = intersection(value, context)
            except ErrorValueError as error:
                value = error.error
            if isinstance(value, Error) and (only is None or value == only):
                return second(context)
            return value

        return choose

    def _ifna(self, nodes: list[Node], trees: Sequence[Tree]) -> Node:
        return self._iferror(nodes, trees, NA)

    def _is_error(self, node: Node, test: Callable[[Error], bool]) -> Node:
        def ask(context: Context) -> Value:
            try:
                value = _single(node(context), context)
            except ErrorValueError as error:
                value = error.error
            return isinstance(value, Error) and test(value)

        return ask

    def _iserror(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        return self._is_error(nodes[0], lambda _: True)

    def _isna(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        return self._is_error(nodes[0], lambda error: error == NA)

    def _iserr(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        return self._is_error(nodes[0], lambda error: error != NA)

    def _truths(self, nodes: list[Node], context: Context) -> list[bool]:
        found: list[bool] = []
        for node in nodes:
            value = node(context)
            if value is True or value is False:
                found.append(value)
            elif isinstance(value, Area):
                found += [truth(one) for one in value if not isinstance(one, str | None)]
            else:
                found.append(truth(value))
        if not found:
            raise ErrorValueError(VALUE)
        return found

    def _and(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        return lambda context: all(self._truths(nodes, context))

    def _or(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        return lambda context: any(self._truths(nodes, context))

    def _xor(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        return lambda context: bool(sum(self._truths(nodes, context)) % 2)

    def _not(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        return lambda context: not truth(_single(nodes[0](context), context))

    def _choose(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        def pick(context: Context) -> Value:
            at = int(_number(nodes[0], context))
            if not 1 <= at < len(nodes):
                raise ErrorValueError(VALUE)
            return nodes[at](context)

        return pick

    def _switch(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        def pick(context: Context) -> Value:
            wanted = folded(_single(nodes[0](context), context))
            rest = nodes[1:]
            for at in range(0, len(rest) - 1, 2):
                if folded(_single(rest[at](context), context)) == wanted:
                    return rest[at + 1](context)
            if len(rest) % 2:
                return rest[-1](context)
            raise ErrorValueError(NA)

        return pick

    def _row(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        if not nodes:
            return lambda context: float(context.row)
        place: Callable[[Context], int] | None = getattr(nodes[0], "place", None)
        if place is not None:
            return lambda context: float(place(context))
        return lambda context: float(_placed(nodes[0](context)).top)

    def _column(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        if not nodes:
            return lambda context: float(context.column)
        left: int | None = getattr(nodes[0], "left", None)
        if left is not None:
            return lambda _: float(left)
        return lambda context: float(_placed(nodes[0](context)).left)

    def _true(self, _nodes: list[Node], _: Sequence[Tree]) -> Node:
        return lambda _: True

    def _false(self, _nodes: list[Node], _: Sequence[Tree]) -> Node:
        return lambda _: False

    def _n(self, nodes: list[Node], _: Sequence[Tree]) -> Node:
        def plain(context: Context) -> Value:
            value = _single(nodes[0](context), context)
            return number(value) if not isinstance(value, str) else 0.0

        return plain


def _cells(reference: Node) -> Node:
    """Return a reference as an area, also that to a single cell."""

    def cells(context: Context) -> Value:
        value = reference(context)
        return value if isinstance(value, Area) else Area([[value]])

    return cells


def _check_arity(name: str, function: Callable[..., Any], given: int) -> None:
    """Raise UnknownError for a wrong number of arguments: Excel does not load such a formula."""
    code = function.__code__
    most = given if code.co_flags & _TAKES_ANY else code.co_argcount
    if not code.co_argcount - len(function.__defaults__ or ()) <= given <= most:
        raise UnknownError(f"{name}()")


_TAKES_ANY = 4


def _joined_parts(tree: Tree) -> list[Tree]:
    """Return what ``&`` joins, from left to right."""
    if tree[:2] != ["o", "&"]:
        return [tree]
    return [*_joined_parts(tree[2]), tree[3]]


def _exact_match(sought: Node, among: Node) -> Node:
    find = lookup.find

    def match(context: Context) -> Value:
        area = among(context)
        if not isinstance(area, Area):
            area = Area([[area]])
        at = find(_single(sought(context), context), area)
        # Not found is given back as a value: raising it would be most of the work of a sparse table.
        return NA if at < 0 else float(at + 1)

    return match


def _is_exact_look_up(arguments: Sequence[Tree]) -> bool:
    """Whether the arguments of IFERROR are INDEX(column, MATCH(what, column, 0)) and something else."""
    if len(arguments) != 2 or arguments[0][:2] != ["f", "INDEX"] or len(arguments[0][2]) != 2:
        return False
    match = arguments[0][2][1]
    return match[:2] == ["f", "MATCH"] and len(match[2]) == 3 and match[2][2] == ["n", 0.0]


def _look_up(among: Node, sought: Node, keys: Node, otherwise: Node, general: Node) -> Node:
    """IFERROR(INDEX(column, MATCH(what, column, 0)), otherwise) in one go: what a matrix of any size is made of."""
    find = lookup.find

    def look(context: Context) -> Value:
        try:
            area, values = keys(context), among(context)
            if not isinstance(area, Area) or not isinstance(values, Area):
                return general(context)
            if len(values.columns) != 1:
                return general(context)
            at = find(_single(sought(context), context), area)
            if 0 <= at < values.height:
                value = values.columns[0][at]
                return otherwise(context) if isinstance(value, Error) else value
        except ErrorValueError:
            pass
        return otherwise(context)

    return look


def _line_index(among: Node, at: Node) -> Node:
    """INDEX of a single column by row, the shape of most look-ups; others go the general way."""
    general = lookup.FUNCTIONS["INDEX"]

    def index(context: Context) -> Value:
        area, place = among(context), at(context)
        if isinstance(place, Error):
            return place
        if type(place) is float and isinstance(area, Area) and len(area.columns) == 1 and 1 <= place <= area.height:
            return area.columns[0][int(place) - 1]
        found: Value = general(area, place)
        return found

    return index


def _placed(value: Value) -> Area:
    if isinstance(value, Area):
        return value
    raise UnknownError("ROW()")


def _raising(error: Error) -> Node:
    def fail(_: Context) -> Value:
        raise ErrorValueError(error)

    return fail


def _constant(tree: Tree) -> Scalar:
    if tree[0] == "e":
        return _ERRORS.get(tree[1], VALUE)
    value: Scalar = tree[1]
    return value


def _single(value: Value, context: Context) -> Scalar:
    return intersection(value, context) if isinstance(value, Area) else value


def _number(node: Node, context: Context) -> float:
    value = node(context)
    return value if type(value) is float else number(_single(value, context))
