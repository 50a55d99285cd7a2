"""What must hold between the records of a dataset; reported all at once, each with its path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from exporters.errors import nearest

from .dataset import Dataset
from .records import Evidence, Target
from .terms import Coverage, Role

Path = tuple[str | int, ...]


class Problem(Struct, frozen=True):
    """A rule that is broken: the path into the dataset (``("targets", 3, "unit")``), and what is wrong.

    ``related`` is the path of the other record that takes part, such as the first bearer of a duplicate id.
    """

    path: Path
    code: str
    message: str
    hint: str = ""
    related: Path | None = None


def check(dataset: Dataset) -> list[Problem]:
    """Return every broken rule of *dataset*, in file order of its record lists."""
    return [
        *_unique(dataset),
        *_references(dataset),
        *_groups(dataset),
        *_coverage(dataset),
        *_names(dataset),
        *_observed_twice(dataset),
    ]


def doubts(dataset: Dataset) -> list[Problem]:
    """Return what a dataset may hold and its writer may not have meant: what no file will show, odd actual values."""
    return [*_outside(dataset), *_odd_values(dataset)]


def check_sources(dataset: Dataset, texts: Mapping[str, str]) -> list[Problem]:
    """Return every evidence span that does not hold its clause, for the sources whose text is given by id."""
    problems = []
    for path, evidence in _evidence(dataset):
        text = texts.get(evidence.source)
        if text is None or evidence.start is None or evidence.end is None:
            continue
        # Spans count code points of the text as it was; lines may since have been broken or ended in another way.
        spellings = (text, text.replace("\r\n", "\n"), text.replace("\r", "").replace("\n", ""))
        clause = "".join(evidence.clause.split())
        if not any(_stands_at(one, evidence.start, evidence.end, clause) for one in spellings):
            known = clause in "".join(text.split())
            hint = "the clause stands elsewhere in it" if known else "the clause does not stand in this source"
            found = " ".join(text[evidence.start : evidence.end].split())
            message = f"the span {evidence.start}-{evidence.end} holds “{found[:40]}”, not the clause"
            problems.append(Problem((*path, "clause"), "span-mismatch", message, hint))
    return problems


def _stands_at(text: str, start: int, end: int, clause: str) -> bool:
    """Whether a clause (without white space) stands from *start* to *end*, or a line break later for each inside."""
    piece = "".join(text[start:end].split())
    missing = len(clause) - len(piece)
    if not clause.startswith(piece) or missing > text.count("\n", start, end):
        return False
    return "".join(text[end : end + 2 * missing].split()).startswith(clause[len(piece) :])


def _unique(dataset: Dataset) -> Iterator[Problem]:
    seen: dict[str, Path] = {}
    for kind in ("places", "people", "events", "sources", "targets", "observations", "initiatives"):
        for index, record in enumerate(getattr(dataset, kind)):
            path: Path = (kind, index, "id")
            if record.id in seen:
                yield Problem(path, "duplicate-id", f"id {record.id!r} is used twice", related=seen[record.id])
            else:
                seen[record.id] = path
    for kind in ("indicators", "units"):
        codes: dict[str, Path] = {}
        for index, record in enumerate(getattr(dataset, kind)):
            path = (kind, index, "code")
            if record.code in codes:
                yield Problem(path, "duplicate-id", f"code {record.code!r} is used twice", related=codes[record.code])
            codes.setdefault(record.code, path)


def _references(dataset: Dataset) -> Iterator[Problem]:
    places, indicators, sources = dataset.place_by_id, dataset.indicator_by_code, dataset.source_by_id

    def known(path: Path, kind: str, value: str | None, choices: Iterable[str]) -> Iterator[Problem]:
        if value is not None and value not in choices:
            yield Problem(path, f"unknown-{kind}", f"unknown {kind} {value!r}", nearest(value, choices))

    yield from known(("city",), "place", dataset.city, places)
    for index, place in enumerate(dataset.places):
        yield from known(("places", index, "parent"), "place", place.parent, places)
        seen = {place.id}
        parent = place.parent
        while parent in places:
            if parent in seen:
                yield Problem(("places", index, "parent"), "place-cycle", f"{place.id!r} lies within itself")
                break
            seen.add(parent)
            parent = places[parent].parent
    for index, person in enumerate(dataset.people):
        for number, post in enumerate(person.posts):
            yield from known(("people", index, "posts", number, "place"), "place", post.place, places)
    for index, event in enumerate(dataset.events):
        yield from known(("events", index, "source"), "source", event.source, sources)
    for path, evidence in _evidence(dataset):
        yield from known((*path, "source"), "source", evidence.source, sources)
    for index, target in enumerate(dataset.targets):
        here = ("targets", index)
        yield from known((*here, "place"), "place", target.place, places)
        yield from known((*here, "indicator"), "indicator", target.indicator, indicators)
        yield from known((*here, "unit"), "unit", target.unit, dataset.unit_by_code)
    for index, observation in enumerate(dataset.observations):
        yield from known(("observations", index, "target"), "target", observation.target, dataset.target_by_id)
        yield from known(("observations", index, "source"), "source", observation.source, sources)
    for index, initiative in enumerate(dataset.initiatives):
        yield from known(("initiatives", index, "place"), "place", initiative.place, places)


def _evidence(dataset: Dataset) -> Iterator[tuple[Path, Evidence]]:
    for kind in ("people", "targets", "initiatives"):
        for index, record in enumerate(getattr(dataset, kind)):
            if record.evidence is not None:
                yield (kind, index, "evidence"), record.evidence


def _groups(dataset: Dataset) -> Iterator[Problem]:
    groups: dict[str, list[tuple[int, Target]]] = {}
    for index, target in enumerate(dataset.targets):
        if target.group:
            groups.setdefault(target.group, []).append((index, target))
        elif target.role is not Role.BASE:
            message = f"a {target.role} target needs the group of the base it belongs to"
            yield Problem(("targets", index, "group"), "group", message)
    for name, members in groups.items():
        first = members[0][1]
        slots: set[tuple[object, ...]] = set()
        for index, target in members:
            if target.place != first.place:
                yield Problem(
                    ("targets", index, "group"),
                    "group",
                    f"group {name!r} is of place {first.place!r}, this target of {target.place!r}",
                )
            slot = (target.indicator, target.measure, target.role, target.period.start, target.period.end)
            if slot in slots:
                yield Problem(
                    ("targets", index, "group"),
                    "group",
                    f"group {name!r} has {target.indicator} {target.measure} as {target.role} twice for one period",
                )
            slots.add(slot)
        if all(target.role is not Role.BASE for _, target in members):
            hint = nearest(name, [other for other in groups if other != name])
            yield Problem(("targets", members[0][0], "group"), "group", f"group {name!r} has no base target", hint)


def _coverage(dataset: Dataset) -> Iterator[Problem]:
    for index, place in enumerate(dataset.places):
        count = len(dataset.targets_of.get(place.id, ()))
        if place.coverage is Coverage.NONE and count:
            yield Problem(
                ("places", index, "coverage"), "coverage", f"coverage is none, yet {count} targets name {place.id!r}"
            )


def _names(dataset: Dataset) -> Iterator[Problem]:
    """Files find a place by its short name as people do: the city and its districts each need their own."""
    for lang in ("zh", "en"):
        seen: dict[str, str] = {}
        own = {place.id for place in dataset.districts} | {dataset.city}
        for index, place in enumerate(dataset.places):
            if place.id not in own:
                continue
            short = (place.short or place.name).in_(lang)
            other = seen.setdefault(short, place.id)
            if other != place.id:
                message = f"{short!r} is the short name of {other!r} and of {place.id!r}"
                path: Path = ("places", index, "short" if place.short else "name")
                yield Problem(path, "same-name", message, "files tell places apart by it: give one another")


def _observed_twice(dataset: Dataset) -> Iterator[Problem]:
    seen: dict[tuple[str, object], int] = {}
    for index, observation in enumerate(dataset.observations):
        first = seen.setdefault((observation.target, observation.date), index)
        if first != index:
            message = f"{observation.target!r} has two actual values of {observation.date}"
            yield Problem(("observations", index, "date"), "observed-twice", message, related=("observations", first))


def _outside(dataset: Dataset) -> Iterator[Problem]:
    shown = {place.id for place in dataset.districts} | {dataset.city}
    for index, place in enumerate(dataset.places):
        targets, initiatives = (
            len(of.get(place.id, ())) for of in (dataset.targets_of, dataset.initiatives_of)
        )  # fmt: skip
        if place.id in shown or not targets + initiatives:
            continue
        said = " and ".join(
            f"{count} {name}{'s' if count > 1 else ''}"
            for count, name in ((targets, "statement"), (initiatives, "initiative"))
            if count
        )
        message = f"{place.id!r} is neither the city nor a district of it: briefing and deck will not show its {said}"
        hint = f"give it the parent {dataset.city!r}, or state them of its district with a sub_place"
        yield Problem(("places", index, "parent" if place.parent else "id"), "not-shown", message, hint)


def _odd_values(dataset: Dataset) -> Iterator[Problem]:
    targets = dataset.target_by_id
    for index, observation in enumerate(dataset.observations):
        path: Path = ("observations", index, "date")
        target = targets.get(observation.target)
        if dataset.as_of is not None and observation.date > dataset.as_of:
            message = f"the actual value {observation.id!r} is of {observation.date}, later than the data's day"
            yield Problem(path, "late-day", f"{message} ({dataset.as_of})", "change as_of, or the day")
        elif target is not None and observation.date < target.period.start:
            message = f"the actual value {observation.id!r} is of {observation.date}, before the target's period"
            yield Problem(path, "early-day", f"{message} ({target.period.start} to {target.period.end})")
        if target is not None and not target.unit:
            message = f"the actual value {observation.id!r} will stand without a unit, for {target.id!r} names none"
            yield Problem(("observations", index, "value"), "no-unit", message, "give the statement its unit")
