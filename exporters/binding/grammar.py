"""What is wrong with the words of one tag, told as the person who typed it would say it."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise

from jinja2 import Environment, TemplateSyntaxError

_WORD = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<number>\d[\d_]*(?:\.\d+)?)|(?P<name>\w+)"""
    r"""|(?P<sign>==|!=|<=|>=|//|\*\*|[-+*/%~|.,:()\[\]{}<>=])|(?P<other>\S)"""
)
_GOT = re.compile(r"got '(.+)'$")
_OPERATORS = frozenset(("and", "else", "if", "in", "is", "not", "or"))
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_ADVICE = {
    "&": "texts are joined with ~",
    "!": "the opposite of a condition is written with not",
    "?": "one of two values is written {{ a if condition else b }}",
    "$": "a name stands as it is",
    "'": "a quoted text needs its closing mark",
    '"': "a quoted text needs its closing mark",
    "、": "a text stands in quotation marks",
}
_WRITTEN = {
    "for": "a loop is written {% for d in districts %}",
    "set": "a name is given with {% set name = value %}",
    "if": "a condition is written {% if d.leader %}",
    "elif": "a condition is written {% elif d.leader %}",
}
_WHOLE = {
    "": "{{{{({})}}}}",
    "set": "{{% {} %}}",
    "if": "{{% {} %}}{{% endif %}}",
    "for": "{{% {} %}}{{% endfor %}}",
    "elif": "{{% if 1 %}}{{% {} %}}{{% endif %}}",
    "else": "{{% if 1 %}}{{% {} %}}{{% endif %}}",
    "endif": "{{% if 1 %}}{{% {} %}}",
    "endfor": "{{% for a in b %}}{{% {} %}}",
}
"""A template around a tag of each keyword; a value has none."""


@lru_cache(maxsize=4096)
def misread(body: str, keyword: str) -> tuple[str, str] | None:
    """Return what is wrong with a tag's words and how it is written, or None where it can be read.

    *body* is the expression of a value, or the whole statement that begins with *keyword*.
    """
    try:
        _jinja().parse(_WHOLE[keyword].format(body))
    except TemplateSyntaxError as error:
        return _found(body, keyword) or _where(body, str(error.message))
    except RecursionError:
        pass  # told when the whole is compiled
    return None


@cache
def _jinja() -> Environment:
    return Environment(autoescape=True)


def _where(body: str, message: str) -> tuple[str, str]:
    """Return where Jinja2 stumbled: its message names the word, and its own delimiters else."""
    got = _GOT.search(message)
    if got is None or got[1] not in body:
        return "it cannot be read", "a value is a name, a dot and a field: {{ district.name }}"
    return f"“{got[1]}” cannot stand where it does", ""


def _found(body: str, keyword: str) -> tuple[str, str] | None:
    words = [(found.lastgroup or "", found[0]) for found in _WORD.finditer(body)][bool(keyword) :]
    for kind, word in words:
        if kind == "other":
            return f"“{word}” means nothing here", _ADVICE.get(word, "a text stands in quotation marks")
    if keyword in {"endfor", "endif"}:
        return f"nothing stands behind {keyword}", f"write {{% {keyword} %}}"
    if keyword == "else":
        return "nothing stands behind else", "write {% elif … %} for another condition"
    signs = [word for kind, word in words if kind == "sign"]
    if keyword == "for" and ("name", "in") not in words:
        return "a loop needs “in” between its name and its list", _WRITTEN["for"]
    if keyword == "set" and "=" not in signs:
        return "the name is given no value", _WRITTEN["set"]
    return _unbalanced(signs) or _equals(words, keyword) or _neighbours(words, keyword)


def _unbalanced(signs: list[str]) -> tuple[str, str] | None:
    waiting: list[str] = []
    for sign in signs:
        if sign in _BRACKETS:
            waiting.append(sign)
        elif sign in _BRACKETS.values() and (not waiting or _BRACKETS[waiting.pop()] != sign):
            return f"“{sign}” closes no bracket", "take it away, or open it"
    return (f"“{waiting[-1]}” is not closed", f"it needs {_BRACKETS[waiting[-1]]}") if waiting else None


def _equals(words: list[tuple[str, str]], keyword: str) -> tuple[str, str] | None:
    # What a filter is given by name (``join(attribute='name')``) stands in brackets.
    depth = 0
    for kind, word in words[2:] if keyword == "set" else words:
        depth += (word in _BRACKETS) - (word in _BRACKETS.values()) if kind == "sign" else 0
        if word == "=" and kind == "sign" and not depth:
            return "“=” compares nothing", "equal is written =="
    return None


def _neighbours(words: list[tuple[str, str]], keyword: str) -> tuple[str, str] | None:
    """Return which two words cannot stand side by side."""
    if not words:
        return f"nothing stands behind {keyword}", _WRITTEN.get(keyword, "name a value in it")
    for (_, first), (kind, second) in pairwise(words):
        if _ends(first) and _begins(kind, second):
            message = f"“{first}” and “{second}” stand side by side"
            return message, "a dot, a comma, an operator or a | belongs between them"
        if not _ends(first) and not _begins(kind, second) and not (_is_prefix(second) or _is_empty(first, second)):
            return f"something is missing between “{first}” and “{second}”", ""
    if not _ends(words[-1][1]):
        return f"something is missing behind “{words[-1][1]}”", ""
    if not _begins(*words[0]) and not _is_prefix(words[0][1]):
        return f"something is missing before “{words[0][1]}”", ""
    return None


def _ends(word: str) -> bool:
    """Whether an expression can end with *word*."""
    return word in _BRACKETS.values() or (word not in _OPERATORS and not _is_sign(word))


def _begins(kind: str, word: str) -> bool:
    """Whether *word* begins a value of its own, which needs something between it and the value before it."""
    return kind != "sign" and word not in _OPERATORS


def _is_sign(word: str) -> bool:
    found = _WORD.fullmatch(word)
    return found is not None and found.lastgroup == "sign"


def _is_prefix(word: str) -> bool:
    return word in _BRACKETS or word in {"-", "+", "not"}


def _is_empty(first: str, second: str) -> bool:
    return _BRACKETS.get(first) == second
