"""Edits of single records, written into the file that people keep: all else in it stays byte for byte.

A one-value edit gives a one-line diff, so that what comes back from a pack can be reviewed like any other change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any

from msgspec import Struct

from exporters.errors import DataError, Fault, nearest
from exporters.model import Path

from . import read_bytes, read_raw
from .changes import Change, shortened
from .document import Document, UnreadableError
from .plain import flat, plain_value
from .shape import ID_FIELDS, LISTS, fields_of, record_at


class SetField(Struct, frozen=True):
    """Give a field of a record a value. *record* is its id or code, empty for the dataset itself."""

    record: str
    field: Path
    value: Any


class RemoveField(Struct, frozen=True):
    """Take a field of a record away; nothing happens where it is not given."""

    record: str
    field: Path


class AppendRecord(Struct, frozen=True):
    """Put a record at the end of one of the dataset's lists."""

    list: str
    record: Mapping[str, Any]


Edit = SetField | RemoveField | AppendRecord


def apply_edits(path: FilePath, edits: Iterable[Edit], content: bytes | None = None) -> bytes:
    """Return the new bytes of *path*, or of *content* that was read from it, with *edits* made in their order.

    The file itself is not touched.

    Raises DataError where the file cannot be read, or an edit names a record or a field that does not exist.
    """
    pending = list(edits)
    raw = read_bytes(path) if content is None else content
    try:
        document = read_raw(raw, path)
        changes = resolve(document, pending, str(path))
        if not changes:
            return raw
        edited = _writer(path.suffix.lower())(raw, changes)
        _confirm(read_raw(edited, path), changes, str(path))
    except UnreadableError as error:
        raise DataError(one.in_file(str(path)) for one in error.misfits) from None
    return edited


def _confirm(document: Document, changes: Sequence[Change], file: str) -> None:
    """Read the edited file as anyone will, and refuse it if a change is not in it."""
    last = {change.path: change for change in changes if not change.appends}
    faults = []
    for change in last.values():
        found, wanted = _raw_at(document.data, change.path), _raw(change.value, change.path)
        if found != wanted and not _same_number(found, wanted):
            place = document.locate(change.path)
            message = f"the edit of {'.'.join(map(str, change.path))} could not be written here"
            faults.append(Fault("edit-failed", message, file, place.where, excerpt=place.excerpt))
    if document.misfits or faults:
        raise DataError([*(one.in_file(file) for one in document.misfits), *faults])


def _raw_at(data: Any, path: Path) -> Any:
    """Return what stands at *path* as typed at its shortest; None where nothing does."""
    for depth, step in enumerate(path):
        if isinstance(data, dict):
            data = data.get(str(step))
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        elif data is None or shortened(path[:depth], {str(step): data}) != data:
            return None
    return _raw(data, path)


def _raw(value: Any, path: Path) -> Any:
    if isinstance(value, dict):
        return shortened(path, {name: _raw(item, (*path, name)) for name, item in value.items()})
    if isinstance(value, list):
        return [_raw(item, (*path, place)) for place, item in enumerate(value)]
    return value if value is None or isinstance(value, bool) else str(value)


def _same_number(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, bool):
        return bool(found == str(wanted).lower())
    try:
        return Decimal(found) == Decimal(wanted)
    except (TypeError, ValueError, ArithmeticError):
        return False


def _writer(suffix: str) -> Callable[[bytes, Sequence[Change]], bytes]:
    if suffix == ".xlsx":
        from .xlsx_edits import edit_xlsx

        return edit_xlsx
    if suffix == ".json":
        from .json_edits import edit_json

        return edit_json
    from .yaml_edits import edit_yaml

    return edit_yaml


def resolve(document: Document, edits: Sequence[Edit], file: str) -> list[Change]:
    """Find the record and the field of every edit; report all that cannot be found at once."""
    places = _records(document.data)
    changes: list[Change] = []
    faults: list[Fault] = []
    for edit in edits:
        if isinstance(edit, AppendRecord):
            if edit.list not in LISTS:
                faults.append(_fault(file, f"a dataset has no list {edit.list!r}", nearest(edit.list, LISTS)))
                continue
            record = plain_value(dict(edit.record))
            assert isinstance(record, dict)
            unknown = [name for name, _ in flat(record) if not _field_exists((edit.list,), (name.split(".")[0],))]
            if unknown:
                faults.append(_fault(file, f"unknown field {unknown[0]!r} in a new record of {edit.list}", ""))
            changes.append(Change((edit.list,), record, appends=True))
            identity = record.get(ID_FIELDS[edit.list])
            if isinstance(identity, str):
                count = len(document.data.get(edit.list) or ())
                added = sum(change.appends and change.path == (edit.list,) for change in changes)
                places[identity] = (edit.list, count + added - 1)
            continue
        place = places.get(edit.record) if edit.record else ()
        if place is None:
            faults.append(_fault(file, f"there is no record {edit.record!r}", nearest(edit.record, places)))
        elif not _field_exists(place, edit.field):
            name = ".".join(map(str, edit.field))
            kind = record_at(place)
            fields = list(fields_of(kind)) if kind else []
            faults.append(_fault(file, f"{edit.record!r} has no field {name!r}", nearest(str(edit.field[0]), fields)))
        else:
            value = plain_value(edit.value) if isinstance(edit, SetField) else None
            changes.append(Change((*place, *edit.field), value))
    if faults:
        raise DataError(faults)
    return changes


def _fault(file: str, message: str, hint: str) -> Fault:
    return Fault("unknown-name", message, file, hint=hint)


def _records(data: Any) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for name in sorted(LISTS, key=lambda name: ID_FIELDS[name] == "code"):
        records = data.get(name) if isinstance(data, dict) else None
        for index, record in enumerate(records if isinstance(records, list) else ()):
            identity = record.get(ID_FIELDS[name]) if isinstance(record, dict) else None
            if isinstance(identity, str):
                found.setdefault(identity, (name, index))
    return found


def _field_exists(place: Path, field: Path) -> bool:
    if not field:
        return False
    kind = record_at((*place, *field[:-1]))
    return isinstance(field[-1], int) or (kind is not None and field[-1] in fields_of(kind))
