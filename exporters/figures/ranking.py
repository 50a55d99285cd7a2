"""Comparison across districts: rankings and medians of one indicator in one measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from exporters.model import Dataset, Measure, Role, Target


def ranked(dataset: Dataset, targets: Iterable[Target]) -> list[Target]:
    """Return the targets that have a value, largest first by value in the base unit; ties keep their order."""
    units = dataset.unit_by_code

    def size(target: Target) -> Decimal:
        value = target.value if target.value is not None else Decimal(0)
        return units[target.unit].scaled(value) if target.unit else value

    return sorted((target for target in targets if target.value is not None), key=size, reverse=True)


def comparable(targets: Iterable[Target], indicator: str, measure: Measure) -> list[Target]:
    """Return the base targets of one indicator and measure."""
    return [
        target
        for target in targets
        if target.indicator == indicator and target.measure is measure and target.role is Role.BASE
    ]


def median(values: Sequence[Decimal]) -> Decimal | None:
    """Return the median, exact; None for no values."""
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
