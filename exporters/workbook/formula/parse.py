"""A formula's text -> pieces to write it again with moved references, and a tree to work it out.

Everything is lists, texts and numbers, so that it can be kept as JSON with the compiled template. A tree is one of

    ["n", number]  ["s", text]  ["b", true]  ["e", "#N/A"]      constants
    ["r", i]       reference number i of the formula
    ["v", i]       value number i of its row (a tag inside a text)
    ["u", "-", x]  ["%", x]  ["o", "+", x, y]                    operators
    ["f", "SUM", [x, ...]]                                       a function
    ["a", [[x, ...], ...]]  ["m"]                                an array constant, an argument left out
    ["?", text]                                                  what is not worked out here (names, tables, links)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct, field

from exporters.workbook.formula.tokens import Token, tokens
from exporters.workbook.references import LAST_COLUMN, LAST_ROW, parse_range

Tree = list[Any]

CELL, AREA, COLUMNS, ROWS = "cell", "area", "columns", "rows"

# A cell of repeated rows, given to one of these from outside the loop, stands for all of its rows.
AGGREGATES = frozenset((
    "SUM", "AVERAGE", "COUNT", "COUNTA", "COUNTBLANK", "MAX", "MIN", "MEDIAN", "PRODUCT", "SUMIF", "SUMIFS", "COUNTIF",
    "COUNTIFS", "AVERAGEIF", "AVERAGEIFS", "MAXIFS", "MINIFS", "INDEX", "MATCH", "LOOKUP", "VLOOKUP", "XLOOKUP",
    "LARGE", "SMALL", "RANK", "RANK.EQ", "SUBTOTAL", "SUMPRODUCT", "TEXTJOIN", "CONCAT", "ROWS", "STDEV", "STDEV.S",
    "STDEV.P", "VAR", "VAR.S", "VAR.P", "QUARTILE", "PERCENTILE", "AND", "OR",
))  # fmt: skip
VARIADIC = frozenset(("SUM", "AVERAGE", "COUNT", "COUNTA", "MAX", "MIN", "MEDIAN", "PRODUCT", "AND", "OR"))
_LEVELS = (("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",))


class Reference(Struct):
    """A reference as the template writes it. ``sheet`` is the name written before it, empty for the formula's own;
    ``fixed`` holds the dollar signs (left, top, right, bottom)."""

    sheet: str
    left: int
    top: int
    right: int
    bottom: int
    kind: str
    fixed: tuple[bool, bool, bool, bool]
    grows: bool = False
    lists: bool = False
    """Whether several ranges could stand in its place (an argument of SUM and its like)."""
    apart: bool = False
    """Whether it stands in what a name is defined as: it is not written, and looks at the same cells from anywhere."""


class Formula(Struct):
    """A formula in pieces: texts, numbers of references, and ``["v", i]`` for values put into a text."""

    pieces: list[Any] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    tree: Tree = field(default_factory=lambda: ["?", ""])


def parse(
    text: str,
    value_slots: Callable[[str], list[Any] | None] | None = None,
    meaning: Callable[[Token], str | None] | None = None,
) -> Formula:
    """Read a formula (without "="). *value_slots* gives the parts of a text constant that holds tags: texts and
    slot numbers; None where it holds none. *meaning* gives what a name or a structured reference stands for; what
    that looks at comes behind the references that are written."""
    return _Parser(text, value_slots or (lambda _: None), meaning or (lambda _: None)).formula()


class _NotUnderstoodError(Exception):
    """The rest of the formula is beyond this grammar; its text is kept, its value is not worked out."""


class _Parser:
    def __init__(
        self, text: str, value_slots: Callable[[str], list[Any] | None], meaning: Callable[[Token], str | None]
    ) -> None:
        self._meaning = meaning
        self._all = list(tokens(text))
        self._tokens: list[tuple[Token, int]] = []
        self._at = 0
        self._formula = Formula()
        self._values: dict[int, list[Any]] = {}
        for number, token in enumerate(self._all):
            self._collect(number, token, value_slots)

    def _collect(self, number: int, token: Token, value_slots: Callable[[str], list[Any] | None]) -> None:
        pieces = self._formula.pieces
        if token.kind == "ref" and token.area != "#REF!" and "[" not in token.sheet and ":" not in token.sheet:
            pieces.append(len(self._formula.references))
            self._tokens.append((token, len(self._formula.references)))
            self._formula.references.append(_reference(token))
            return
        slots = value_slots(token.text[1:-1].replace('""', '"')) if token.kind == "text" else None
        if slots is not None:
            self._values[number] = slots
            _text(pieces, '"')
            for part in slots:
                if isinstance(part, int):
                    pieces.append(["v", part])
                else:
                    _text(pieces, part.replace('"', '""'))
            _text(pieces, '"')
        else:
            _text(pieces, token.text)
        if token.kind != "space":
            self._tokens.append((token, number))

    def formula(self) -> Formula:
        try:
            tree = self._binary(0)
            if self._at < len(self._tokens):
                raise _NotUnderstoodError
        except (_NotUnderstoodError, RecursionError):
            tree = ["?", "".join(token.text for token in self._all)]
        self._formula.tree = tree
        return self._formula

    def _peek(self) -> Token | None:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else None

    def _take(self, kind: str) -> bool:
        token = self._peek()
        if token is not None and token.kind == kind:
            self._at += 1
            return True
        return False

    def _binary(self, level: int) -> Tree:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while (token := self._peek()) is not None and token.kind == "operator" and token.text in _LEVELS[level]:
            self._at += 1
            left = ["o", token.text, left, self._binary(level + 1)]
        return left

    def _unary(self) -> Tree:
        token = self._peek()
        if token is not None and token.kind == "operator" and token.text in "+-":
            self._at += 1
            return ["u", token.text, self._unary()]
        value = self._operand()
        while (token := self._peek()) is not None and token.kind == "operator" and token.text == "%":
            self._at += 1
            value = ["%", value]
        return value

    def _operand(self) -> Tree:
        if self._at >= len(self._tokens):
            raise _NotUnderstoodError
        token, number = self._tokens[self._at]
        self._at += 1
        if token.kind == "ref":
            return ["e", "#REF!"] if token.area == "#REF!" and not token.sheet else self._referred(token, number)
        if token.kind == "number":
            return ["n", float(token.text)]
        if token.kind == "text":
            return self._text(token, number)
        if token.kind == "error":
            return ["e", token.text]
        if token.kind == "function":
            return self._function(token.text[:-1].upper().removeprefix("_XLFN.").removeprefix("_XLWS."))
        if token.kind == "name" and token.text.upper() in {"TRUE", "FALSE"}:
            return ["b", token.text.upper() == "TRUE"]
        if token.kind == "open":
            inside = self._binary(0)
            if not self._take("close"):
                raise _NotUnderstoodError
            return inside
        if token.kind == "array":
            return _array(token.text)
        if token.kind in {"name", "table"}:
            return self._meant(token)
        raise _NotUnderstoodError

    def _meant(self, token: Token) -> Tree:
        text = self._meaning(token)
        if text is None:
            return ["?", token.text]
        found = parse(text, None, self._meaning if token.kind == "name" else None)
        references = self._formula.references
        tree = _renumbered(found.tree, len(references))
        for one in found.references:
            one.apart = token.kind == "name"
        references += found.references
        return tree

    def _referred(self, token: Token, number: int) -> Tree:
        if token.area == "#REF!" or "[" in token.sheet or ":" in token.sheet:
            return ["?", token.text]
        return ["r", number]

    def _text(self, token: Token, number: int) -> Tree:
        slots = self._values.get(number)
        if slots is None:
            return ["s", token.text[1:-1].replace('""', '"')]
        tree: Tree = ["s", ""]
        for part in slots:
            tree = ["o", "&", tree, ["v", part] if isinstance(part, int) else ["s", part]]
        return tree

    def _function(self, name: str) -> Tree:
        arguments: list[Tree] = []
        if self._take("close"):
            return ["f", name, arguments]
        while True:
            token = self._peek()
            if token is not None and token.kind in {"comma", "close"}:
                arguments.append(["m"])
            else:
                arguments.append(self._binary(0))
            if self._take("comma"):
                continue
            if self._take("close"):
                break
            raise _NotUnderstoodError
        if name in AGGREGATES:
            for argument in arguments:
                if argument[0] == "r" and not self._formula.references[argument[1]].apart:
                    self._formula.references[argument[1]].grows = True
                    self._formula.references[argument[1]].lists = name in VARIADIC
        return ["f", name, arguments]


def _renumbered(tree: Tree, by: int) -> Tree:
    if tree[:1] == ["r"]:
        return ["r", tree[1] + by]
    return [_renumbered(one, by) if isinstance(one, list) else one for one in tree]


def _text(pieces: list[Any], text: str) -> None:
    if pieces and isinstance(pieces[-1], str):
        pieces[-1] += text
    else:
        pieces.append(text)


def _reference(token: Token) -> Reference:
    area = parse_range(token.area)
    assert area is not None
    first, colon, last = token.area.partition(":")
    last = last or first
    if not any(character.isdecimal() for character in first):
        fixed = (first[0] == "$", True, last[0] == "$", True)
        return Reference(token.sheet, area.left, 1, area.right, LAST_ROW, COLUMNS, fixed)
    if not any(character.isalpha() for character in first):
        fixed = (True, first[0] == "$", True, last[0] == "$")
        return Reference(token.sheet, 1, area.top, LAST_COLUMN, area.bottom, ROWS, fixed)
    fixed = (first[0] == "$", "$" in first[1:], last[0] == "$", "$" in last[1:])
    return Reference(token.sheet, *area, AREA if colon else CELL, fixed, bool(colon))


def _array(text: str) -> Tree:
    rows: list[list[Tree]] = [[]]
    sign = 1.0
    for token in tokens(text[1:-1]):
        if token.kind == "text":
            rows[-1].append(["s", token.text[1:-1].replace('""', '"')])
        elif token.kind == "number":
            rows[-1].append(["n", sign * float(token.text)])
            sign = 1.0
        elif token.kind == "error":
            rows[-1].append(["e", token.text])
        elif token.kind == "name":
            rows[-1].append(["b", token.text.upper() == "TRUE"])
        elif token.text == "-":
            sign = -1.0
        elif token.kind == "unknown" and token.text == ";":
            rows.append([])
    return ["a", rows]


def shared(text: str, down: int, right: int) -> str:
    """Return a shared formula's text for a cell so many rows *down* and columns *right* of its first cell."""
    if not down and not right:
        return text
    return "".join(_moved(token, down, right) if token.kind == "ref" else token.text for token in tokens(text))


def _moved(token: Token, down: int, right: int) -> str:
    from exporters.workbook.references import letters

    if token.area == "#REF!":
        return token.text
    found = _reference(token)
    columns = [found.left + (0 if found.fixed[0] else right), found.right + (0 if found.fixed[2] else right)]
    rows = [found.top + (0 if found.fixed[1] else down), found.bottom + (0 if found.fixed[3] else down)]
    if min(columns) < 1 or min(rows) < 1 or max(columns) > LAST_COLUMN or max(rows) > LAST_ROW:
        return "#REF!"
    prefix = token.text[: len(token.text) - len(token.area)]
    ends = []
    for side in (0, 1):
        column = "" if found.kind == ROWS else ("$" if found.fixed[2 * side] else "") + letters(columns[side])
        row = "" if found.kind == COLUMNS else ("$" if found.fixed[2 * side + 1] else "") + str(rows[side])
        ends.append(column + row)
    return prefix + (ends[0] if found.kind == CELL else ":".join(ends))
