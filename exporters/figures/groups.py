"""Statements of one indicator brought together: level with growth, base with stretch, milestones with their total."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from exporters.model import Dataset, Kind, Measure, Role, Target

GROWTH = frozenset((Measure.GROWTH_YOY, Measure.CHANGE_PP, Measure.MULTIPLE_GROWTH, Measure.MULTIPLE))


@dataclass(slots=True)
class Group:
    """The statements that belong in one row. ``base`` is the one that names the row."""

    base: Target
    level: Target | None = None
    growth: Target | None = None
    stretch: Target | None = None
    milestones: list[Target] = field(default_factory=list)
    others: list[Target] = field(default_factory=list)

    def members(self) -> list[Target]:
        """Return all statements: level, growth, stretch, then milestones in order of time, then the rest."""
        named = [target for target in (self.level, self.growth, self.stretch) if target is not None]
        return [*named, *self.milestones, *self.others]


def groups(targets: Iterable[Target]) -> list[Group]:
    """Return *targets* gathered into rows, in order of their first statement; nothing is left out."""
    together: dict[tuple[str, str], list[Target]] = {}
    for target in targets:
        together.setdefault((target.group or target.id, target.indicator), []).append(target)
    return [_group(members) for members in together.values()]


def _group(members: Sequence[Target]) -> Group:
    base = next((target for target in members if target.role is Role.BASE), members[0])
    group = Group(base)
    for target in members:
        growing = target.measure in GROWTH
        if target.role is Role.MILESTONE:
            group.milestones.append(target)
        elif target.role is Role.STRETCH and group.stretch is None:
            group.stretch = target
        elif target.role is Role.BASE and growing and group.growth is None:
            group.growth = target
        elif target.role is Role.BASE and not growing and group.level is None:
            group.level = target
        else:
            group.others.append(target)
    group.milestones.sort(key=lambda target: target.period.end)
    return group


def strongest(dataset: Dataset, rows: Sequence[Group], most: int = 6) -> list[Group]:
    """Return the rows a leader should see first: indicators before deliverables before portfolios, then by rank."""
    order = {Kind.INDICATOR: 0, Kind.DELIVERABLE: 1, Kind.PORTFOLIO: 2}

    def importance(pair: tuple[int, Group]) -> tuple[int, int, int]:
        place, group = pair
        return order[group.base.kind], dataset.indicator_by_code[group.base.indicator].rank, place

    return [group for _, group in sorted(enumerate(rows), key=importance)][:most]
