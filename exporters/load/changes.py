"""A change of one field, ready to be written, and the forms in which people type what it holds."""

from __future__ import annotations

from msgspec import Struct

from exporters.model import Path

from .plain import Plain
from .shape import SHORT_FORMS, fields_of, record_at


class Change(Struct, frozen=True):
    """An edit with its record found: the path in the document, and the new plain value (None removes)."""

    path: Path
    value: Plain | None
    appends: bool = False


def nested(path: Path, value: Plain, at: Path, before: str | None = None) -> Plain:
    """Wrap *value* so that it stands at *path* below *at*; *before* is the plain value that stood at *at*."""
    for depth in reversed(range(len(path))):
        step = path[depth]
        value = [value] if isinstance(step, int) else {step: value}
        kind = record_at(at)
        if depth == 0 and before is not None and kind in SHORT_FORMS and isinstance(value, dict):
            value = {SHORT_FORMS[kind]: before, **value}
        value = shortened((*at, *path[:depth]), value)
    return value


def shortened(path: Path, value: Plain) -> Plain:
    """Return a text known in Chinese only, or a flag without a note, as the plain value that people type."""
    kind = record_at(path)
    if kind in SHORT_FORMS and isinstance(value, dict) and list(value) == [SHORT_FORMS[kind]]:
        short: Plain = value[SHORT_FORMS[kind]]
        return short
    return value


def field_order(path: Path) -> list[str]:
    """Return the fields of the record at *path* in the order of the model."""
    kind = record_at(path)
    return list(fields_of(kind)) if kind else []
