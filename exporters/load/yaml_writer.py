"""Plain data -> YAML as a person would write it: a block per record, short texts in one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .shape import LISTS
from .yaml_reader import ABSENT

WIDTH = 120
# A plain scalar may not start with an indicator of YAML (clause 5.3 of YAML 1.2); letters, digits, Han and CJK
# punctuation never are one. A minus sign is, unless a digit follows.
_PLAIN_START = re.compile(r"[0-9A-Za-z_/(\u00c0-\u024f\u2018-\u201d\u3001-\u9fff\uff01-\uff5e]|[-+.][0-9]")
_NOT_PLAIN = re.compile(r":(?:\s|$)|\s#|^\s|\s$|^(?:---|\.\.\.)")
# libyaml takes the colon of “增长:?” between braces for that of a key.
_NOT_PLAIN_IN_FLOW = re.compile(r"[,\[\]{}]|:\?|:$")
# What is written as it is; everything else is escaped, so that nothing invisible hides in a file.
_SHOWN = re.compile(
    "[\x20-\x7e\xa1-\xac\xae-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\ud7ff"
    "\ue000-\ufdcf\ufdf0-\ufefe\uff00-\uffef\U00010000-\U0010ffff]*"
)
_ESCAPES = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def yaml_text(data: dict[str, Any]) -> str:
    """Return a whole dataset, a blank line before each list of records."""
    lines: list[str] = []
    for name, value in data.items():
        if name in LISTS:
            lines.append("")
        lines += entry_lines(name, value, "")
    return "\n".join(lines) + "\n"


def entry_lines(name: str, value: Any, indent: str) -> Iterator[str]:
    """Yield the lines of ``name: value`` at *indent*."""
    head = f"{indent}{scalar(name)}:"
    if not isinstance(value, dict | list) or not value:
        yield f"{head} {flow(value)}"
        return
    short = flow(value)
    is_records = isinstance(value, list) and indent == ""
    if not is_records and len(head) + 1 + len(short) <= WIDTH and _is_shallow(value):
        yield f"{head} {short}"
        return
    yield head
    if isinstance(value, dict):
        for key, item in value.items():
            yield from entry_lines(key, item, indent + "  ")
    else:
        for item in value:
            yield from item_lines(item, indent + "  ")


def item_lines(item: Any, indent: str) -> Iterator[str]:
    """Yield the lines of one item of a list, its dash at *indent*."""
    if not isinstance(item, dict) or not item:
        yield f"{indent}- {flow(item)}"
        return
    mark = f"{indent}- "
    for key, value in item.items():
        for line in entry_lines(key, value, indent + "  "):
            yield mark + line[len(mark) :] if mark.strip() else line
            mark = " " * len(mark)


def flow(value: Any) -> str:
    """Return a value in one line: ``{zh: 广州, en: Guangzhou}``."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key, in_flow=True)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value, in_flow=True)


def scalar(value: str | Decimal | int | bool, *, in_flow: bool = False) -> str:
    """Return one scalar, quoted only where it must be."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _plain_text(value)
    return text if _is_plain(text, in_flow=in_flow) else _double_quoted(text)


def quoted(value: str | Decimal | int | bool, mark: str) -> str:
    """Return one scalar between the quotation marks that stood there before, if they can hold it."""
    text = scalar(value) if isinstance(value, bool) else _plain_text(value)
    if mark == "'" and _SHOWN.fullmatch(text) is not None:
        return "'" + text.replace("'", "''") + "'"
    return _double_quoted(text)


def _plain_text(value: str | Decimal | int) -> str:
    # Readers of YAML 1.1 take 2E+1 for a text.
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _double_quoted(text: str) -> str:
    return '"' + "".join(map(_shown, text)) + '"'


@lru_cache(maxsize=4096)
def _is_plain(text: str, *, in_flow: bool) -> bool:
    return (
        text not in ABSENT
        and _PLAIN_START.match(text) is not None
        and _NOT_PLAIN.search(text) is None
        and not (in_flow and _NOT_PLAIN_IN_FLOW.search(text))
        and _SHOWN.fullmatch(text) is not None
    )


def _shown(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if _SHOWN.fullmatch(character):
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _is_shallow(value: dict[str, Any] | list[Any]) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    return not any(isinstance(item, list) for item in inner)
