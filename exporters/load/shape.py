"""The shape of a dataset as people type it, read off the model: which fields a record has, and where texts stand."""

from __future__ import annotations

import types
import typing
from typing import Any

from pydantic import BaseModel

from exporters.model import Dataset, Flag, Path, Text

LISTS = tuple(name for name, field in Dataset.model_fields.items() if typing.get_origin(field.annotation) is tuple)
"""The lists of records, in the order of the model."""

ID_FIELDS = {name: "code" if name in ("indicators", "units") else "id" for name in LISTS}
"""The field that names a record, by list."""

SHORT_FORMS: dict[type[BaseModel], str] = {Text: "zh", Flag: "code"}
"""Records that may be typed as one plain value, and the field that this value is."""


def model_at(path: Path, root: type[BaseModel] = Dataset) -> type[BaseModel] | None:
    """Return the record type that stands at *path*, or None where a plain value or nothing does."""
    model: Any = root
    for step in path:
        if isinstance(step, int):
            continue
        fields = getattr(model, "model_fields", {})
        if step not in fields:
            return None
        model = record_in(fields[step].annotation)
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def record_in(annotation: Any) -> type[BaseModel] | None:
    """Return the record type inside an annotation such as ``tuple[Flag, ...]`` or ``Evidence | None``."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, tuple, typing.Annotated):
        return next(filter(None, map(record_in, typing.get_args(annotation))), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def is_list(annotation: Any) -> bool:
    return typing.get_origin(annotation) is tuple
