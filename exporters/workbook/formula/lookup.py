"""Functions that look something up. An exact look-up is a dictionary made once for each column."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from exporters.workbook.formula.criteria import wildcard
from exporters.workbook.formula.numeric import scalar
from exporters.workbook.formula.values import (
    NA,
    REF,
    VALUE,
    Area,
    Error,
    ErrorValueError,
    Scalar,
    UnknownError,
    Value,
    folded,
    number,
    ordering,
    truth,
)


def _area(value: Value) -> Area:
    return value if isinstance(value, Area) else Area([[value]])


def position(sought: Scalar, area: Area) -> int:
    """Return where *sought* first stands in a column or row, from 0; raise #N/A where it does not."""
    at = find(sought, area)
    if at < 0:
        raise ErrorValueError(NA)
    return at


def find(sought: Scalar, area: Area) -> int:
    """Return where *sought* first stands in a column or row, from 0; -1 where it does not."""
    if type(sought) is str:
        if ("*" in sought or "?" in sought or "~" in sought) and (pattern := wildcard(sought)) is not None:
            for at, value in enumerate(area.line()):
                if isinstance(value, str) and pattern.fullmatch(value):
                    return at
            return -1
        return positions(area).get(sought.casefold(), -1)
    if isinstance(sought, Error):
        raise ErrorValueError(sought)
    return positions(area).get(folded(0.0 if sought is None else sought), -1)


def positions(area: Area) -> dict[object, int]:
    """Return where each value of an area first stands; worked out once."""
    found = area.positions
    if found is None:
        found = area.positions = {}
        for at, value in enumerate(area.line()):
            if value is not None:
                key = folded(value)
                # Most texts fold to themselves: no second one is kept.
                found.setdefault(value if key == value and type(value) is str else key, at)
    return found


def _sorted_position(sought: Scalar, line: Sequence[Scalar], descending: bool) -> int:
    """Return the last place of a sorted line that is not beyond *sought*, from 0."""
    if isinstance(sought, Error):
        raise ErrorValueError(sought)
    kind, wanted = ordering(sought)
    places = [(at, ordering(value)) for at, value in enumerate(line) if not isinstance(value, Error | None)]
    places = [(at, key) for at, key in places if key[0] == kind]
    if descending:
        held = [at for at, key in places if key[1] >= wanted]  # type: ignore[operator]
        if not held:
            raise ErrorValueError(NA)
        return held[-1]
    at = bisect_right([key[1] for _, key in places], wanted)
    if not at:
        raise ErrorValueError(NA)
    return places[at - 1][0]


def _match(sought: Value, area: Value, kind: Value = 1.0) -> float:
    found, way = _area(area), number(scalar(kind))
    if found.width > 1 and found.height > 1:
        raise ErrorValueError(NA)
    if way == 0:
        return float(position(scalar(sought), found) + 1)
    return float(_sorted_position(scalar(sought), found.line(), way < 0) + 1)


def _index(area: Value, row: Value, column: Value | None = None) -> Value:
    found = _area(area)
    down = int(number(scalar(row)))
    right = int(number(scalar(column))) if column is not None else 0
    if column is None and found.height == 1 and found.width > 1:
        down, right = 1, down
    elif column is None and found.width == 1:
        right = 1
    if not 0 <= down <= found.height or not 0 <= right <= found.width:
        raise ErrorValueError(REF)
    if down and right:
        return found.columns[right - 1][down - 1]
    if down:
        return Area([[values[down - 1]] for values in found.columns])
    return Area([found.columns[right - 1]]) if right else found


def _vlookup(sought: Value, area: Value, column: Value, near: Value = True) -> Scalar:
    found, at = _area(area), int(number(scalar(column)))
    if at < 1:
        raise ErrorValueError(VALUE)
    if at > found.width:
        raise ErrorValueError(REF)
    first = found.indexes.get("first")
    if not isinstance(first, Area):
        first = found.indexes["first"] = Area([found.columns[0]])
    near_wanted = truth(scalar(near))
    row = _sorted_position(scalar(sought), first.line(), False) if near_wanted else position(scalar(sought), first)
    return found.columns[at - 1][row]


def _hlookup(sought: Value, area: Value, row: Value, near: Value = True) -> Scalar:
    found, at = _area(area), int(number(scalar(row)))
    if not 1 <= at <= found.height:
        raise ErrorValueError(REF if at > found.height else VALUE)
    first = Area([[column[0]] for column in found.columns])
    near_wanted = truth(scalar(near))
    line = _sorted_position(scalar(sought), first.line(), False) if near_wanted else position(scalar(sought), first)
    return found.columns[line][at - 1]


def _xlookup(
    sought: Value, area: Value, result: Value, missing: Value | None = None, mode: Value = 0.0, way: Value = 1.0
) -> Value:
    if number(scalar(mode)) != 0 or number(scalar(way)) != 1:
        raise UnknownError
    found, results = _area(area), _area(result)
    try:
        at = position(scalar(sought), found)
    except ErrorValueError as error:
        if missing is None or error.error is not NA:
            raise
        return missing
    if found.width == 1:
        line = [column[at] for column in results.columns]
        return line[0] if len(line) == 1 else Area([[value] for value in line])
    return Area([results.columns[at]]) if results.height > 1 else results.columns[at][0]


def _lookup(sought: Value, area: Value, result: Value | None = None) -> Scalar:
    line = _area(area).line()
    return _area(result if result is not None else area).line()[_sorted_position(scalar(sought), line, False)]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "MATCH": _match, "INDEX": _index, "VLOOKUP": _vlookup, "HLOOKUP": _hlookup, "XLOOKUP": _xlookup, "LOOKUP": _lookup,
    "ROWS": lambda area: float(_area(area).height), "COLUMNS": lambda area: float(_area(area).width),
}  # fmt: skip
