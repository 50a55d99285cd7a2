"""A dataset -> plain data as a person would type it: nothing that is a default, texts as short as they can be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from exporters.model import Dataset, Record

from .shape import LISTS, SHORT_FORMS, fields_of

Plain = str | Decimal | int | bool | dict[str, Any] | list[Any]


def plain(dataset: Dataset, *, short: bool = True) -> dict[str, Any]:
    """Return *dataset* as dicts, lists, texts, numbers and booleans, its fields in the order of the model.

    With *short*, a text known in Chinese only is a plain string, and a flag without a note its code.
    """
    data = {"briefpack": dataset.briefpack, **_record(dataset, short)}
    return {name: data[name] for name in (*(key for key in data if key not in LISTS), *LISTS) if name in data}


def _record(record: Record, short: bool) -> dict[str, Any]:
    return {
        name: plain_value(getattr(record, name), short=short)
        for name, field in fields_of(type(record)).items()
        if field.required or getattr(record, name) != field.default
    }


def plain_value(value: Any, *, short: bool = True) -> Plain:
    """Return one value of a record in plain form."""
    if isinstance(value, Record):
        data = _record(value, short)
        alone = SHORT_FORMS.get(type(value)) if short else None
        return data[alone] if alone is not None and list(data) == [alone] else data
    if isinstance(value, tuple | list):
        return [plain_value(item, short=short) for item in value]
    if isinstance(value, Mapping):
        return {name: plain_value(item, short=short) for name, item in value.items()}
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str | bool | int | Decimal):
        return value
    raise TypeError(f"{type(value).__name__} has no plain form")


def flat(record: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str | Decimal | int | bool]]:
    """Yield the record's values under dotted names; items of lists count from 1 (``posts.1.title.zh``)."""
    for name, value in record.items():
        yield from _flat_value(f"{before}{name}", value)


def _flat_value(name: str, value: Any) -> Iterator[tuple[str, str | Decimal | int | bool]]:
    if isinstance(value, Mapping):
        yield from flat(value, f"{name}.")
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _flat_value(f"{name}.{number}", item)
    else:
        yield name, value
