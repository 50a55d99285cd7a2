"""Target against actual value at a date."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from msgspec import Struct

from exporters.model import Comparator, Indicator, Measure, Observation, Target

Status = Literal["met", "on_track", "behind"]
_CUMULATIVE = frozenset((Measure.LEVEL, Measure.COUNT, Measure.INCREMENT, Measure.FLOW))
_LIMITS = frozenset((Comparator.LTE, Comparator.LT))
_FOUR_PLACES = Decimal("0.0001")


class Progress(Struct, frozen=True):
    """How far a target has come.

    ``rate`` is actual / target (a ratio, not rounded; None where a ratio has no meaning, as for growth rates below
    zero and where less is better, so that more is not further); ``gap`` is actual - target in the target's unit;
    ``elapsed`` the share of the period that has passed. A statement without a number has no rate, no gap and no status.
    """

    observation: Observation
    rate: Decimal | None
    gap: Decimal | None
    elapsed: Decimal
    status: Status | None


def latest(observations: Iterable[Observation]) -> dict[str, Observation]:
    """Return the newest observation of each target id."""
    found: dict[str, Observation] = {}
    for observation in observations:
        known = found.get(observation.target)
        if known is None or observation.date >= known.date:
            found[observation.target] = observation
    return found


def lower_is_better(target: Target, indicator: Indicator) -> bool:
    """Whether less of a target is better: an upper limit, a rank, and where the indicator and no comparator says so."""
    if target.comparator in {Comparator.GTE, Comparator.GT}:
        return target.measure is Measure.RANK
    return target.comparator in _LIMITS or indicator.lower_is_better or target.measure is Measure.RANK


def progress(target: Target, observation: Observation, indicator: Indicator) -> Progress:
    """Return the progress of *target* at the observation's date."""
    aim, actual = target.value, observation.value
    start, end = target.period.start, target.period.end
    day, days = (observation.date - start).days + 1, (end - start).days + 1
    elapsed = min(max(Decimal(day) / days, Decimal(0)), Decimal(1)).quantize(_FOUR_PLACES, ROUND_HALF_EVEN)
    if aim is None:
        return Progress(observation, None, None, elapsed, None)
    lower = lower_is_better(target, indicator)
    limit = target.upper if lower and target.upper is not None else aim
    met = actual <= limit if lower else actual >= limit
    if target.comparator in {Comparator.GT, Comparator.LT} and actual == limit:
        met = False
    # A total grows through the year, so it is on track when it keeps pace; a rate or a stock is compared as it stands.
    adds_up = target.measure in _CUMULATIVE and not lower and not indicator.stock
    keeps_pace = adds_up and actual * days >= aim * day
    status: Status = "met" if met else "on_track" if keeps_pace else "behind"
    return Progress(observation, None if lower or aim <= 0 else actual / aim, actual - aim, elapsed, status)
