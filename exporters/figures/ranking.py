"""Comparison across districts: which statements stand side by side, their order and their median."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter

from msgspec import Struct

from exporters.model import EMPTY, Dataset, Measure, Role, Target

_NOTHING = Decimal(0)
Compared = tuple[str, Measure]
"""Indicator and measure: what a comparison is of."""


class Comparison(Struct, frozen=True):
    """What the districts state of one indicator in one measure, one statement of each by its id, and the city's.

    All are base targets for the whole of their place, of one period, in units of one base.
    """

    districts: Mapping[str, Target]
    city: Target | None


def comparisons(dataset: Dataset) -> dict[Compared, Comparison]:
    """Return what compares, by indicator and measure.

    Statements of several periods, or in units that cannot be set against each other, do not stand side by side: those
    of the pack's own period do, else those that most districts state. Of two for one place the first stands.
    """
    units, pack, base_role = dataset.unit_by_code, (dataset.period.start, dataset.period.end), Role.BASE
    bases = {code: unit.base for code, unit in units.items()} | {None: ""}
    found: dict[Compared, dict[tuple[object, ...], dict[str, Target]]] = {}
    for place in (*(district.id for district in dataset.districts), dataset.city):
        for target in dataset.targets_of.get(place, ()):
            if target.role is not base_role or target.value is None:
                continue
            if target.sub_place is not EMPTY and target.sub_place:
                continue
            compared = target.indicator, target.measure
            alike = found.get(compared)
            if alike is None:
                alike = found[compared] = {}
            period = target.period
            kind = period.start, period.end, bases[target.unit]
            stated = alike.get(kind)
            if stated is None:
                stated = alike[kind] = {}
            stated.setdefault(place, target)

    def weight(item: tuple[tuple[object, ...], dict[str, Target]]) -> tuple[bool, bool, int]:
        districts = len(item[1]) - (dataset.city in item[1])
        return districts > 0, item[0][:2] == pack, districts

    return {compared: _comparison(dataset.city, max(alike.items(), key=weight)[1]) for compared, alike in found.items()}


def _comparison(city: str, stated: dict[str, Target]) -> Comparison:
    own = stated.pop(city, None)
    return Comparison(stated, own)


def ranked(dataset: Dataset, targets: Iterable[Target]) -> list[Target]:
    """Return the targets that have a value, largest first by value in the base unit; ties keep their order."""
    stated = [target for target in targets if target.value is not None]
    sized = sorted(zip(_sizes(dataset, stated), stated, strict=True), key=itemgetter(0), reverse=True)
    return [target for _, target in sized]


def extremes(dataset: Dataset, targets: Collection[Target]) -> tuple[list[Target], list[Target]]:
    """Return those of the targets that state the largest value, and those that state the smallest."""
    if not targets:
        return [], []
    sizes = _sizes(dataset, targets)
    highest, lowest = max(sizes), min(sizes)
    sized = list(zip(targets, sizes, strict=True))
    return [target for target, own in sized if own == highest], [target for target, own in sized if own == lowest]


def _sizes(dataset: Dataset, targets: Iterable[Target]) -> list[Decimal]:
    """Return the values of targets in the base unit; nothing counts as 0."""
    powers = {code: unit.multiplier for code, unit in dataset.unit_by_code.items()} | {None: 0}
    values = [(target.value or _NOTHING, powers[target.unit]) for target in targets]
    return [value.scaleb(power) if power else value for value, power in values]


def median(values: Sequence[Decimal]) -> Decimal | None:
    """Return the median, exact; None for no values."""
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
