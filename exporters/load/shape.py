"""The shape of a dataset as people type it, read off the model: which fields a record has, and where texts stand."""

from __future__ import annotations

import types
import typing
from functools import cache
from typing import Any

from msgspec import structs

from exporters.model import Dataset, Flag, Path, Record, Text


@cache
def fields_of(kind: type[Record]) -> dict[str, structs.FieldInfo]:
    """Return the fields of a kind of record by name, in their order."""
    return {one.name: one for one in structs.fields(kind)}



def is_list(annotation: Any) -> bool:
    plain = annotation.__origin__ if typing.get_origin(annotation) is typing.Annotated else annotation
    return typing.get_origin(plain) is tuple


LISTS = tuple(name for name, field in fields_of(Dataset).items() if is_list(field.type))
"""The lists of records, in the order of the model."""

ID_FIELDS = {name: "code" if name in ("indicators", "units") else "id" for name in LISTS}
"""The field that names a record, by list."""

SHORT_FORMS: dict[type[Record], str] = {kind: kind.short_form for kind in (Text, Flag)}
"""Records that may be typed as one plain value, and the field that this value is."""


def record_at(path: Path, root: type[Record] = Dataset) -> type[Record] | None:
    """Return the record type that stands at *path*, or None where a plain value or nothing does."""
    kind: type[Record] | None = root
    for step in path:
        if isinstance(step, int):
            continue
        if kind is None or step not in fields_of(kind):
            return None
        kind = record_in(fields_of(kind)[step].type)
    return kind


def record_in(annotation: Any) -> type[Record] | None:
    """Return the record type inside an annotation such as ``tuple[Flag, ...]`` or ``Evidence | None``."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, tuple, typing.Annotated):
        return next(filter(None, map(record_in, typing.get_args(annotation))), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, Record) else None
