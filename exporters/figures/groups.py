"""Statements of one indicator brought together: level with growth, base with stretch, milestones with their total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from msgspec import Struct

from exporters.model import EMPTY, Kind, Measure, Role, Target

GROWTH = frozenset((Measure.GROWTH_YOY, Measure.CHANGE_PP, Measure.MULTIPLE_GROWTH, Measure.MULTIPLE))
_BASE, _STRETCH, _MILESTONE = Role.BASE, Role.STRETCH, Role.MILESTONE
_IMPORTANCE = {Kind.INDICATOR: 0, Kind.DELIVERABLE: 1, Kind.PORTFOLIO: 2}


class Group(Struct):
    """The statements that belong in one row. ``base`` is the one that names the row."""

    base: Target
    level: Target | None = None
    growth: Target | None = None
    stretch: Target | None = None
    milestones: Sequence[Target] = ()
    others: Sequence[Target] = ()

    def members(self) -> list[Target]:
        """Return all statements: level, growth, stretch, then milestones in order of time, then the rest."""
        named = [target for target in (self.level, self.growth, self.stretch) if target is not None]
        return [*named, *self.milestones, *self.others]


@cache
def called(indicator: str, measure: Measure) -> str:
    """Return what a statement of an indicator in a measure is called where its id does not say: ``gdp-growth``."""
    word = "growth" if measure is Measure.GROWTH_YOY else measure.value
    return f"{indicator}-{word}".lower().replace("_", "-")


def together(targets: Iterable[Target]) -> Iterable[list[Target]]:
    """Return *targets* as they belong into rows, in order of their first statement; nothing is left out."""
    found: dict[tuple[str, str], list[Target]] = {}
    for target in targets:
        key = target.group or target.id, target.indicator
        if key in found:
            found[key].append(target)
        else:
            found[key] = [target]
    return found.values()


def group(members: Sequence[Target]) -> Group:
    """Return what each of the statements of one row is in it."""
    found = Group(next((target for target in members if target.role is _BASE), members[0]))
    milestones: list[Target] = []
    others: list[Target] = []
    for target in members:
        role = target.role
        if role is _BASE and target.measure in GROWTH and found.growth is None:
            found.growth = target
        elif role is _BASE and target.measure not in GROWTH and found.level is None:
            found.level = target
        elif role is _MILESTONE:
            milestones.append(target)
        elif role is _STRETCH and found.stretch is None:
            found.stretch = target
        else:
            others.append(target)
    found.milestones = sorted(milestones, key=lambda target: target.period.end)
    found.others = others
    return found


def weight(target: Target, ranks: Mapping[str, int]) -> tuple[int, bool, int]:
    """Return what to sort rows by as a leader should see them, by the statement that names the row.

    Indicators come before deliverables before portfolios, then by rank; what a statement limits to a part of the place
    comes behind what stands for the whole of it. *ranks* are those of the indicators.
    """
    part = target.sub_place
    # Most have no part at all; to ask a text whether it is one costs much more.
    return _IMPORTANCE[target.kind], part is not EMPTY and bool(part), ranks[target.indicator]
