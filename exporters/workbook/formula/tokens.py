"""A formula's text in tokens (ECMA-376 part 1, clause 18.17.2), as a file holds it: without "=", with commas.

LibreOffice leaves the quotes out around a sheet's name that begins with a digit; Excel writes and reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_TOKEN = re.compile(
    r"""
    (?P<text>"(?:[^"]|"")*")
  | (?P<error>\#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA))
  | (?P<ref>
        (?:(?P<sheet>'(?:[^']|'')+'|(?:\[\d+\])?[\w.\\]+(?::[\w.\\]+)?|\[\d+\])!)?
        (?:
            (?P<cells>\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}(?::\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6})?)(?![\w.(!])
          | (?P<columns>\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3})(?![\w.(!])
          | (?P<rows>\$?[1-9]\d{0,6}:\$?[1-9]\d{0,6})(?![\w.(!])
          | (?P<lost>\#REF!)
        )
    )
  | (?P<function>[^\W\d][\w.]*\()
  | (?P<name>(?:'(?:[^']|'')+'!|\[\d+\][\w.]*!|[\w.]+!)?[^\W\d\\][\w.\\?]*)
  | (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<array>\{[^{}]*\})
  | (?P<open>\()
  | (?P<close>\))
  | (?P<comma>,)
  | (?P<operator><=|>=|<>|[-+*/^&=<>%@\#:])
  | (?P<space>\s+)
    """,
    re.VERBOSE,
)
# [1] before a sheet's name stands for another workbook.
_STRUCTURED = re.compile(r"[^\W\d][\w.\\]*\[|\[(?!\d+\])")


class Token(Struct, frozen=True):
    """One token; ``kind`` is text, error, ref, number, function, name, table, array, open, close, comma, operator,
    space or unknown. For a ref, ``sheet`` is the name before the exclamation mark (without quotes), if any."""

    kind: str
    text: str
    sheet: str = ""
    area: str = ""


def tokens(formula: str) -> Iterator[Token]:
    """Yield the tokens of *formula*; their texts together are the formula again."""
    at = 0
    while at < len(formula):
        structured = _STRUCTURED.match(formula, at)
        if structured is not None:
            end = _bracket_end(formula, structured.end() - 1)
            yield Token("table", formula[at:end])
            at = end
            continue
        found = _TOKEN.match(formula, at)
        if found is None:
            yield Token("unknown", formula[at])
            at += 1
            continue
        at = found.end()
        kind = _kind(found)
        if kind == "ref":
            area = found["cells"] or found["columns"] or found["rows"] or found["lost"]
            yield Token("ref", found[0], _unquoted(found["sheet"] or ""), area)
        else:
            yield Token(kind, found[0])


def _kind(found: re.Match[str]) -> str:
    for kind in ("text", "error", "ref", "number", "function", "name", "array", "open", "close", "comma", "operator"):
        if found[kind] is not None:
            return kind
    return "space"


def _bracket_end(formula: str, at: int) -> int:
    depth = 0
    while at < len(formula):
        if formula[at] == "'":
            at += 1
        elif formula[at] == "[":
            depth += 1
        elif formula[at] == "]":
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    return len(formula)


def _unquoted(sheet: str) -> str:
    return sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
