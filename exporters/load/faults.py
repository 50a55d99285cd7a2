"""Validation errors in words that a person can act on, with the nearest right name."""

from __future__ import annotations

import re
from typing import Any

from exporters.errors import nearest
from exporters.model import Path, Record, Text

from .document import Misfit, Spot
from .known import nearest_name
from .shape import fields_of, record_at

_PATTERNS = {
    r"^[a-z0-9]([a-z0-9._-]{0,46}[a-z0-9])?$": "an id holds a-z, 0-9, '.', '_' and '-', at most 48 of them",
    r"^[A-Z][A-Z0-9_]{0,47}$": "an indicator's code holds capitals, digits and '_', at most 48 of them",
    r"^[A-Z][A-Z0-9_]{0,31}$": "a unit's code holds capitals, digits and '_', at most 32 of them",
    r"^([0-9]{6}([0-9]{3}){0,2})?$": "a division code has 6, 9 or 12 digits",
    r"^([0-9a-f]{64})?$": "a SHA-256 has 64 digits of 0-9 and a-f",
}
_MEANT = {"string_type": "a text", "tuple_type": "a list", "list_type": "a list", "enum": "one word"}


def missing_fields(path: Path, names: list[str], spot: Spot) -> Misfit:
    """Say which required fields the record at *path* lacks, all in one."""
    shown = ", ".join(map(repr, names[:-1])) + (" and " if len(names) > 1 else "") + repr(names[-1])
    return Misfit(spot, "missing-field", f"{_a(record_at(path))} needs {shown}")


def misfit(error: Any, spot: Spot, data: Any) -> Misfit:
    """Translate one pydantic error; *spot* is where its path stands in the file.

    *data* is the dataset as typed: the names that it holds may be what is meant.
    """
    code, message, hint = _words(error, data)
    return Misfit(spot, code, message, hint)


def _words(error: Any, data: Any) -> tuple[str, str, str]:
    path: Path = error["loc"]
    kind: str = error["type"]
    value = error["input"]
    context = error.get("ctx", {})
    field = _field_name(path)
    if kind == "extra_forbidden":
        owner = record_at(path[:-1])
        names = list(fields_of(owner)) if owner else []
        if value is not None and isinstance(path[-1], int):
            return "wrong-type", f"{_shown(value)} stands where no list is expected", ""
        hint = nearest(str(path[-1]), names) or f"{_a(owner)} has {', '.join(names)}"
        return "unknown-field", f"unknown field {str(path[-1])!r}", hint
    if kind in ("enum", "literal_error") and isinstance(value, (str, int)) and not isinstance(value, bool):
        choices = re.findall(r"'([^']*)'", context["expected"]) or [context["expected"]]
        shown = ", ".join(choices)
        return (
            "unknown-value",
            f"{field}: unknown value {value!r}",
            (nearest_name(value, path, data) or f"one of {shown}"),
        )
    if kind == "string_pattern_mismatch":
        rule = _PATTERNS.get(context["pattern"], context["pattern"])
        return "malformed", f"{field}: {value!r} is not allowed", nearest_name(value, path, data) or rule
    if kind == "string_too_long":
        return (
            "too-long",
            f"{field}: {len(value):,} characters; at most {context['max_length']:,} fit an Excel cell",
            "",
        )
    if kind == "string_unicode":
        return "control-character", f"{field}: a lone surrogate cannot stand in an Office file", ""
    if kind == "value_error":
        return _value_error(field, str(context["error"]))
    if kind in ("greater_than_equal", "less_than_equal"):
        word, bound = ("least", context["ge"]) if kind.startswith("g") else ("most", context["le"])
        return "out-of-range", f"{field}: {value} is out of range, it must be at {word} {bound}", ""
    if kind == "too_short":
        return "missing-field", f"{field} needs at least {context['min_length']} of them", ""
    if kind.startswith(("date_", "datetime_")) or kind == "date_parsing":
        return "malformed", f"{field}: {value!r} is no day of the calendar", ""
    meant = _MEANT.get(kind) or _meant_model(path, kind)
    if meant:
        return "wrong-type", f"{field}: expected {meant}, found {_shown(value)}", _type_hint(kind, value)
    return "invalid", f"{field}: {error['msg']}", ""


def _value_error(field: str, message: str) -> tuple[str, str, str]:
    if "cannot stand in an Office file" in message:
        return "control-character", f"{field}: {message}", "delete it"
    if "lose precision" in message:
        return "precision", f"{field} {message}", "round it, or state it in a larger unit"
    body, _, hint = message.partition("; ")
    return "malformed", f"{field}: {body}" if field else body, hint


def _meant_model(path: Path, kind: str) -> str:
    if kind not in ("model_type", "model_attributes_type", "dict_type"):
        return ""
    owner = record_at(path)
    if owner is Text:
        return "a text, or {zh: ..., en: ...}"
    return f"{_a(owner)} with its fields" if owner else "a mapping"


def _type_hint(kind: str, value: Any) -> str:
    if kind in ("tuple_type", "list_type") and isinstance(value, dict):
        return "put '- ' before each record"
    return ""


def _field_name(path: Path) -> str:
    parts = [str(step) for step in path if isinstance(step, str)]
    if len(path) == 2 and isinstance(path[1], int):
        return f"an item of {path[0]}"
    return ".".join(parts[1:]) if len(path) > 1 and isinstance(path[1], int) else ".".join(parts)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping with " + ", ".join(map(str, list(value)[:4])) if value else "an empty mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value if len(str(value)) <= 40 else str(value)[:40] + "…")


def _a(kind: type[Record] | None) -> str:
    if kind is None:
        return "this record"
    name = kind.__name__.lower()
    return f"an {name}" if name[0] in "aeio" else f"a {name}"
