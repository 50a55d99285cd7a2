"""Columns of a dataset in a workbook: ``posts.1.title.zh`` and the path that it stands for."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from exporters.errors import nearest
from exporters.model import Dataset, Path, Record

from .shape import LISTS, SHORT_FORMS, fields_of, is_list, record_at, record_in

ROOT = "dataset"
"""The sheet with the dataset's own fields; every other sheet bears the name of a list."""
SHEETS = (ROOT, *LISTS)


class ColumnError(ValueError):
    """The column's name stands for no field; ``hint`` holds the nearest right name."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@lru_cache(maxsize=1024)
def column_path(sheet: str, name: str) -> Path:
    """Return the path inside a record of *sheet* that a column stands for; raise ColumnError if there is none."""
    kind: type[Record] | None = Dataset if sheet == ROOT else record_at((sheet,))
    path: list[str | int] = []
    in_list = False
    for part in name.strip().split("."):
        if in_list:
            if not part.isdecimal() or not 1 <= int(part) <= 99:
                raise ColumnError(f"column {name!r}: {path[-1]} is a list", f"name it {path[-1]}.1.…")
            path.append(int(part) - 1)
            in_list = False
            continue
        fields = fields_of(kind) if kind else {}
        choices = [field for field in fields if sheet != ROOT or field not in LISTS]
        if part not in choices:
            hint = nearest(part, choices) or (f"columns here are {', '.join(choices)}" if choices else "")
            raise ColumnError(f"unknown column {name!r}", hint)
        path.append(part)
        in_list = is_list(fields[part].type)
        kind = record_in(fields[part].type)
    if in_list or (kind is not None and kind not in SHORT_FORMS):
        inner = ", ".join(fields_of(kind)) if kind else ""
        raise ColumnError(f"column {name!r} stands for a whole record", f"give each field a column: {inner}")
    return (*path, SHORT_FORMS[kind]) if kind is not None else tuple(path)


def column_name(path: Path) -> str:
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in path)


def required_columns(sheet: str) -> list[str]:
    """Return the columns without which no record of *sheet* is whole."""
    kind = record_at((sheet,))
    fields = fields_of(kind) if kind else {}
    return [name for name, field in fields.items() if field.required and _stands_alone(field.type)]


def _stands_alone(annotation: Any) -> bool:
    return not is_list(annotation) and record_in(annotation) in (None, *SHORT_FORMS)


def column_order(sheet: str, path: Path) -> tuple[int, ...]:
    """Return a key that sorts columns as the model orders its fields."""
    kind: type[Record] | None = Dataset if sheet == ROOT else record_at((sheet,))
    order: list[int] = []
    for step in path:
        if isinstance(step, int):
            order.append(step)
            continue
        fields = fields_of(kind) if kind else {}
        order.append(list(fields).index(step))
        kind = record_in(fields[step].type)
    return tuple(order)


def letters(number: int) -> str:
    """Return a column's letters: 1 is A, 27 is AA."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
