"""Target against actual value at a date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from exporters.model import Comparator, Measure, Observation, Target

Status = Literal["met", "on_track", "behind"]
_CUMULATIVE = frozenset((Measure.LEVEL, Measure.COUNT, Measure.INCREMENT, Measure.FLOW))
_LOWER = frozenset((Comparator.LTE, Comparator.LT))
_FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a target has come.

    ``rate`` is actual / target (a ratio, four places; None where a ratio has no meaning, as for growth rates below
    zero and for upper limits, where more is not further); ``gap`` is actual - target in the target's unit; ``elapsed``
    the share of the period that has passed.
    """

    observation: Observation
    rate: Decimal | None
    gap: Decimal
    elapsed: Decimal
    status: Status


def latest(observations: Iterable[Observation]) -> dict[str, Observation]:
    """Return the newest observation of each target id."""
    found: dict[str, Observation] = {}
    for observation in observations:
        known = found.get(observation.target)
        if known is None or observation.date >= known.date:
            found[observation.target] = observation
    return found


def progress(target: Target, observation: Observation) -> Progress | None:
    """Return the progress of *target* at the observation's date; None where the target has no value."""
    if target.value is None:
        return None
    aim, actual = target.value, observation.value
    start, end = target.period.start, target.period.end
    passed = Decimal((observation.date - start).days + 1) / Decimal((end - start).days + 1)
    elapsed = min(max(passed, Decimal(0)), Decimal(1)).quantize(_FOUR_PLACES, ROUND_HALF_EVEN)
    grows = aim > 0 and target.comparator not in _LOWER
    rate = (actual / aim).quantize(_FOUR_PLACES, ROUND_HALF_EVEN) if grows else None
    met = actual <= aim if target.comparator in _LOWER else actual >= aim
    if target.comparator in {Comparator.GT, Comparator.LT} and actual == aim:
        met = False
    # A total grows through the year, so it is on track when it keeps pace; a rate is compared as it stands.
    keeps_pace = target.measure in _CUMULATIVE and target.comparator not in _LOWER and actual >= aim * passed
    status: Status = "met" if met else "on_track" if keeps_pace else "behind"
    return Progress(observation, rate, actual - aim, elapsed, status)
