"""Sanity of spreadsheet formulas: enough of the grammar to tell what Excel refuses to load (ECMA-376 part 1, 18.17)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

_LONGEST = 8192
_TOKEN = re.compile(
    r"""
    (?P<string>"(?:[^"]|"")*")
  | (?P<sheet>(?:'(?:[^']|'')+'|(?:\[\d+\])?[^\W\d][\w.\\]*(?::[^\W\d][\w.\\]*)?|\[\d+\])!)
  | (?P<error>\#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA))
  | (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?(?![\w:])|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<function>[^\W\d][\w.]*\()
  | (?P<table>(?:[^\W\d][\w.\\]*)?\[)
  | (?P<name>\$?[^\W\d]\$?[\w.\\$?]*\#?|\$?\d+(?=:)|(?<=:)\$?\d+)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<array>\{[^{}]*\})
  | (?P<comma>,)
  | (?P<operator><=|>=|<>|[-+*/^&=<>:@%])
  | (?P<space>\s+)
    """,
    re.VERBOSE,
)
_OPERANDS = {"string", "error", "number", "name", "array", "close", "table"}
_FULL_WIDTH = str.maketrans({"，": ",", "（": "(", "）": ")", "；": ";", "：": ":", "“": '"', "”": '"'})

#: Functions newer than the file format; a file must write them with this prefix or Excel shows #NAME?.
_PREFIXED = frozenset(
    """CONCAT IFS LET LAMBDA MAXIFS MINIFS RANDARRAY SEQUENCE SORTBY SWITCH TEXTJOIN UNIQUE XLOOKUP XMATCH
    TEXTSPLIT TEXTBEFORE TEXTAFTER VSTACK HSTACK TAKE DROP CHOOSECOLS CHOOSEROWS TOCOL TOROW BYROW BYCOL MAP
    REDUCE SCAN MAKEARRAY ISFORMULA FORMULATEXT SHEET SHEETS NUMBERVALUE UNICHAR UNICODE DAYS IFNA XOR
    PERCENTILE.INC PERCENTILE.EXC QUARTILE.INC QUARTILE.EXC RANK.EQ RANK.AVG STDEV.S STDEV.P VAR.S VAR.P
    MODE.SNGL FILTER SORT""".split()  # noqa: SIM905 - a table of words
)


class Names(Struct, frozen=True):
    """What formulas of a workbook may name; sheet and table names folded to lower case."""

    sheets: Collection[str] = ()
    tables: Mapping[str, Collection[str]] | None = None
    others: int | None = None
    """How many other workbooks formulas may name, by number."""


def formula_faults(formula: str, names: Names | None = None) -> Iterator[tuple[str, str]]:
    """Yield (code, message) for each thing wrong with a formula as a file holds it (without "=")."""
    text = formula.strip()
    if not text:
        yield "formula-empty", "the formula is empty"
        return
    if len(text) > _LONGEST:
        yield "formula-too-long", f"the formula has {len(text):,} characters; Excel takes {_LONGEST:,}"
    if text[0] == "=":
        yield "formula-equals-sign", "the formula begins with an equals sign"
        return
    yield from _walk(text, names or Names())


def _walk(text: str, names: Names) -> Iterator[tuple[str, str]]:
    at = 0
    depth = 0
    operand = dangling = False
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            yield _stray(text, at)
            return
        kind = match.lastgroup or ""
        token = match.group()
        at = match.end()
        if kind == "space":
            continue
        if kind == "sheet":
            yield from _sheet_fault(token[:-1], names)
            continue
        if kind == "table":
            end = _bracket_end(text, at - 1)
            if end < 0:
                yield "formula-brackets", "a square bracket is not closed"
                return
            yield from _table_fault(token[:-1], text[at:end], names)
            at = end + 1
        elif kind == "error" and token == "#REF!":
            yield "formula-lost-reference", "the formula holds #REF!"
        elif kind in ("function", "open"):
            if kind == "function" and token[:-1].upper() in _PREFIXED:
                yield "formula-prefix", f"{token[:-1]} must be written as _xlfn.{token[:-1].upper()}"
            depth += 1
        elif kind == "close":
            depth -= 1
            if dangling:
                yield "formula-operator", "a parenthesis closes after an operator"
                return
            if depth < 0:
                yield "formula-parentheses", "a parenthesis is closed that was not opened"
                return
        elif kind == "operator" and not operand and token not in "+-@":
            yield "formula-operator", f"nothing stands before the operator {token}"
            return
        operand = (operand and token == "%") if kind == "operator" else kind in _OPERANDS
        dangling = kind == "operator" and not operand
    if depth:
        yield "formula-parentheses", f"{depth} parenthesis(es) are not closed"
    elif not operand:
        yield "formula-operator", "the formula ends with an operator"


def _stray(text: str, at: int) -> tuple[str, str]:
    stray = text[at]
    if stray in "\"'":
        return "formula-quotes", "a quotation mark is not closed"
    if stray == ";":
        return "formula-separator", "arguments are separated by semicolons; a file always uses commas"
    if stray in "{}":
        return "formula-brackets", "a curly bracket is not closed"
    if stray == "]":
        return "formula-brackets", "a square bracket is closed that was not opened"
    if stray.translate(_FULL_WIDTH) != stray:
        return "formula-full-width", f"it holds the full-width character {stray}"
    return "formula-character", f"the character {stray!r} has no meaning in a formula"


def _bracket_end(text: str, at: int) -> int:
    """Return where the square bracket that opens at *at* closes; an apostrophe escapes the next character."""
    depth = 0
    while at < len(text):
        if text[at] == "'":
            at += 1
        elif text[at] == "[":
            depth += 1
        elif text[at] == "]":
            depth -= 1
            if not depth:
                return at
        at += 1
    return -1


def _sheet_fault(token: str, names: Names) -> Iterator[tuple[str, str]]:
    if not names.sheets:
        return
    plain = token[1:-1].replace("''", "'") if token[0] == "'" else token
    if "[" in plain:
        number = plain[1 : plain.find("]")]
        if plain[0] == "[" and number.isdecimal() and names.others is not None and int(number) > names.others:
            yield "formula-unknown-workbook", f"there is no other workbook with the number {number}"
        return
    for sheet in plain.split(":"):
        if sheet.lower() not in names.sheets:
            yield "formula-unknown-sheet", f"there is no sheet '{sheet}'"


def _table_fault(table: str, inside: str, names: Names) -> Iterator[tuple[str, str]]:
    if not table or names.tables is None:
        return
    columns = names.tables.get(table.lower())
    if columns is None:
        yield "formula-unknown-table", f"there is no table '{table}'"
        return
    for piece in re.findall(r"\[((?:[^\[\]']|'.)*)\]", inside) or [inside]:
        column = re.sub(r"'(.)", r"\1", piece).removeprefix("@").strip()
        if column and column[0] != "#" and column.lower() not in columns:
            yield "formula-unknown-column", f"table '{table}' has no column '{column}'"
