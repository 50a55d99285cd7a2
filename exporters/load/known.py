"""What people call things, and what a dataset calls them: 东屿 is dongyu, ≥ is gte, % is PERCENT."""

from __future__ import annotations

import typing
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from exporters.errors import nearest
from exporters.model import BUILTIN_UNITS, Comparator, Path, Record
from exporters.wording import SYMBOL, label
from exporters.wording.reading import COMPARATORS

from .shape import ID_FIELDS, fields_of, record_at

_LISTS = {
    "place": "places", "parent": "places", "city": "places", "unit": "units", "indicator": "indicators",
    "source": "sources", "target": "targets",
}  # fmt: skip


def nearest_name(value: object, path: Path, data: Any) -> str:
    """Return the hint that names what *value* at *path* most likely means, or an empty string.

    *data* is the dataset as typed, faults and all.
    """
    typed = unicodedata.normalize("NFKC", str(value)).strip()
    names = {said: meant for said, meant in _names(path, data) if said and meant != value}
    return nearest(typed, names, names)


def _names(path: Path, data: Any) -> Iterator[tuple[str, str]]:
    name = str(path[-1])
    owner = record_at(path[:-1])
    if owner is not None and (kind := _terms_of(owner, name)):
        yield from ((term, term) for term in kind)
        if kind is Comparator:
            yield from ((sign, term) for term, sign in SYMBOL.items())
            yield from COMPARATORS.items()
        else:
            yield from ((label(term, lang), term) for term in kind for lang in ("zh", "en"))
    elif name in _LISTS:
        if name == "unit":
            yield from ((said, unit.code) for unit in BUILTIN_UNITS.values() for said in (unit.label.zh, unit.code))
        listed = data.get(_LISTS[name]) if isinstance(data, dict) else None
        for record in filter(_is_record, listed if isinstance(listed, list) else ()):
            identity = record.get(ID_FIELDS[_LISTS[name]])
            for field in ("name", "short", "label", "title"):
                said = record.get(field)
                yield from ((str(text), str(identity)) for text in (said.values() if _is_record(said) else (said,)))
            yield str(identity), str(identity)


def _is_record(value: object) -> bool:
    return isinstance(value, dict)


def _terms_of(owner: type[Record], name: str) -> type[StrEnum] | None:
    field = fields_of(owner).get(name)
    kinds = (field.type, *typing.get_args(field.type)) if field else ()
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, StrEnum)), None)
