"""A document -> a dataset, or everything that is wrong with it at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from exporters.model import BUILTIN_UNITS, EMPTY, Dataset, Path, Period, Problem, check, check_sources, validated

from .document import MAX_REPORTED, Document, Misfit, and_more
from .faults import misfit, missing_fields
from .known import nearest_name
from .shape import ID_FIELDS, LISTS, record_at

_NAMED_LIST = {"place": "places", "indicator": "indicators", "unit": "units", "source": "sources", "target": "targets"}
_NAMING = (("place",), ("parent",), ("indicator",), ("unit",), ("source",), ("target",), ("evidence", "source"))
"""Where records name other records."""
_ANY = Period(start=dt.date.min, end=dt.date.max)

TextsOf = Callable[[Dataset], tuple[Mapping[str, str], list[Problem]]]


def validate(document: Document, texts_of: TextsOf) -> tuple[Dataset | None, list[Misfit]]:
    """Return the dataset and no misfit, or None and every misfit, in the order of the file.

    *texts_of* gives the stored texts of the dataset's sources, and what is wrong with them. Where some records
    are invalid, the rules between records are still checked on the others.
    """
    misfits = list(document.misfits)
    data = document.data
    if not isinstance(data, dict):
        what = "a list" if isinstance(data, list) else "nothing but a comment" if data is None else "a single text"
        message = f"the file holds {what}; a dataset is a mapping that starts with its id, title and period"
        return None, [*misfits, Misfit(document.locate(()), "wrong-root", message)]
    if "briefpack" in data and data["briefpack"] in ("1", 1.0):
        data = {**data, "briefpack": 1}
    dataset: Dataset | None
    try:
        dataset = validated(Dataset, data)
        problems = _all_rules(dataset, texts_of)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        misfits += _translated(errors[:MAX_REPORTED], document)
        if len(errors) > MAX_REPORTED:
            misfits.append(and_more(len(errors) - MAX_REPORTED))
        problems = _rules_of_the_rest(data, {one["loc"] for one in errors}, texts_of)
        dataset = None
    if len(problems) > MAX_REPORTED:
        misfits.append(and_more(len(problems) - MAX_REPORTED))
    for problem in problems[:MAX_REPORTED]:
        hint = problem.hint
        if not hint and problem.code.startswith("unknown-"):
            hint = nearest_name(_value_at(data, problem.path), problem.path, data)
        if problem.related is not None:
            hint = f"the first is on {document.locate(problem.related).where}"
        misfits.append(Misfit(document.locate(problem.path), problem.code, problem.message, hint))
    if misfits:
        return None, misfits
    return dataset, []


def _translated(errors: Iterable[Any], document: Document) -> Iterator[Misfit]:
    missing: dict[Path, list[str]] = {}
    found = list(errors)
    # A list whose only item is at fault counts as empty too.
    faulty = {error["loc"][:end] for error in found for end in range(len(error["loc"]))}
    for error in found:
        path: Path = error["loc"]
        if error["type"] == "too_short" and path in faulty:
            continue
        if error["type"] == "missing":
            missing.setdefault(path[:-1], []).append(str(path[-1]))
        else:
            yield misfit(error, document.locate(path), document.data)
    for path, names in missing.items():
        yield missing_fields(path, names, document.locate((*path, names[0])))


def _all_rules(dataset: Dataset, texts_of: TextsOf) -> list[Problem]:
    texts, problems = texts_of(dataset)
    return [*check(dataset), *problems, *check_sources(dataset, texts)]


def _rules_of_the_rest(data: dict[str, Any], bad: Iterable[Path], texts_of: TextsOf) -> list[Problem]:
    """Check the rules between records on those records that are valid by themselves, without knock-on problems."""
    bad = set(bad)
    bad_items = {path[:2] for path in bad if len(path) > 1}
    kept: dict[str, list[int]] = {}
    city = data.get("city")
    fields: dict[str, Any] = {"id": "", "city": city if isinstance(city, str) else ""}
    for name in LISTS:
        items = data.get(name)
        items = items if isinstance(items, list) else []
        kept[name] = [index for index in range(len(items)) if (name, index) not in bad_items]
        kind = record_at((name,))
        assert kind is not None
        fields[name] = tuple(validated(kind, items[index]) for index in kept[name])
    dataset = Dataset(title=EMPTY, period=_ANY, **fields)
    lost = _lost(data, bad_items)
    lost_groups = {
        group
        for name, index in bad_items
        if name == "targets" and isinstance(group := _value_at(data, (name, index, "group")), str)
    }

    def original(path: Path) -> Path:
        if len(path) > 1 and isinstance(path[0], str) and isinstance(path[1], int):
            return (path[0], kept[path[0]][path[1]], *path[2:])
        return path

    problems = [*_duplicate_ids(data), *_unknown_in(data, bad_items, bad, lost)]
    for problem in _all_rules(dataset, texts_of):
        path = original(problem.path)
        if problem.code == "duplicate-id" or _is_knock_on(problem, data, path, lost, lost_groups):
            continue
        related = original(problem.related) if problem.related is not None else None
        problems.append(Problem(path, problem.code, problem.message, problem.hint, related))
    return problems


def _duplicate_ids(data: dict[str, Any]) -> Iterator[Problem]:
    """Find ids that stand twice, in valid and invalid records alike."""
    seen: dict[tuple[str, str], Path] = {}
    for name in LISTS:
        field = ID_FIELDS[name]
        space = name if field == "code" else ""
        for index, record in enumerate(data[name] if isinstance(data.get(name), list) else ()):
            identity = record.get(field) if isinstance(record, dict) else None
            if not isinstance(identity, str):
                continue
            path = (name, index, field)
            first = seen.setdefault((space, identity), path)
            if first is not path:
                yield Problem(path, "duplicate-id", f"{field} {identity!r} is used twice", related=first)


def _unknown_in(
    data: dict[str, Any], bad_items: Iterable[Path], bad: set[Path], lost: Mapping[str, set[Any] | None]
) -> Iterator[Problem]:
    """Find names in invalid records that nothing in the dataset bears, beside what makes the records invalid."""
    known: dict[str, set[Any]] = {"units": set(BUILTIN_UNITS)}
    for listed in _NAMED_LIST.values():
        records = data[listed] if isinstance(data.get(listed), list) else []
        ids = (one.get(ID_FIELDS[listed]) for one in records if isinstance(one, dict))
        known.setdefault(listed, set()).update(one for one in ids if isinstance(one, str))
    for name, index in sorted((path for path in bad_items if isinstance(path[1], int)), key=str):
        for steps in _NAMING:
            path: Path = (name, index, *steps)
            kind = "place" if steps == ("parent",) else str(steps[-1])
            listed, value = _NAMED_LIST[kind], _value_at(data, path)
            readable = isinstance(value, str) and path not in bad and lost[listed] is not None
            if readable and known[listed] and value not in known[listed]:
                yield Problem(path, f"unknown-{kind}", f"unknown {kind} {value!r}")


def _lost(data: dict[str, Any], bad_items: Iterable[Path]) -> dict[str, set[Any] | None]:
    """Return the ids that invalid records carry, by list; None for a list of which nothing could be read."""
    lost: dict[str, set[Any] | None] = {
        name: set() if isinstance(data.get(name, []), list) else None for name in _NAMED_LIST.values()
    }
    for name, index in bad_items:
        if not isinstance(index, int):
            continue
        ids = lost.get(str(name))
        if ids is None:
            continue
        record = data[str(name)][index]
        identity = record.get(ID_FIELDS[str(name)]) if isinstance(record, dict) else None
        if isinstance(identity, str):
            ids.add(identity)
        else:
            lost[str(name)] = None
    return lost


def _is_knock_on(
    problem: Problem, data: dict[str, Any], path: Path, lost: Mapping[str, set[Any] | None], lost_groups: set[str]
) -> bool:
    """Tell whether the problem only follows from a record that is reported already."""
    if problem.code.startswith("unknown-"):
        listed = _NAMED_LIST.get(problem.code.removeprefix("unknown-"), "")
        if listed not in data and listed != "units":
            return True
        ids = lost.get(listed, set())
        value = _value_at(data, path)
        return ids is None or not isinstance(value, str) or value in ids
    if problem.code == "group":
        return _value_at(data, path) in lost_groups
    return False


def _value_at(data: Any, path: Path) -> Any:
    for step in path:
        if isinstance(data, dict):
            data = data.get(str(step))
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data
