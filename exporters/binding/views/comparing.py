"""Statements of several districts side by side, and the pack as a whole."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from itertools import takewhile
from typing import TYPE_CHECKING

from exporters import figures, wording
from exporters.binding.kept import kept
from exporters.binding.views.base import View
from exporters.model import Indicator, Measure, Target

if TYPE_CHECKING:
    from exporters.binding.scope import Scope
    from exporters.binding.views.statements import TargetView


def _together(views: list[TargetView]) -> str:
    """Return what statements of one number say; the bare number where their words differ."""
    texts = {view.text for view in views}
    return views[0].bare if len(texts) > 1 else "".join(texts)


class IndicatorView(View):
    """An indicator across all districts."""

    def __init__(self, scope: Scope, indicator: Indicator) -> None:
        super().__init__(scope, "indicator." + indicator.code.lower().replace("_", "-"))
        self._indicator = indicator

    @property
    def code(self) -> str:
        """Its code."""
        return self._indicator.code

    @kept
    def label(self) -> str:
        """Its full name."""
        return self._indicator.label.in_(self._scope.lang)

    @kept
    def short(self) -> str:
        """Its short name."""
        return (self._indicator.short or self._indicator.label).in_(self._scope.lang)

    @kept
    def note(self) -> str:
        """The data's note on it."""
        return self._indicator.note.in_(self._scope.lang)

    @kept
    def growth(self) -> list[TargetView]:
        """The districts' growth targets in per cent, largest first."""
        stated = self._stated(Measure.GROWTH_YOY)
        return self._scope.ranked(target for target in stated if target.unit == "PERCENT")

    def _stated(self, measure: Measure) -> Collection[Target]:
        found = self._scope.compared.get((self._indicator.code, measure))
        return found.districts.values() if found else ()

    @kept
    def growth_first(self) -> list[TargetView]:
        """Those of the growth targets that are largest: several where districts state the same number."""
        largest = self.growth[0].value if self.growth else None
        return list(takewhile(lambda view: view.value == largest, self.growth))

    @kept
    def growth_first_text(self) -> str:
        """The largest growth target; the bare number where those who state it word it differently."""
        return _together(self.growth_first)

    @kept
    def level(self) -> list[TargetView]:
        """The districts' targets in absolute terms, largest first."""
        return self._scope.ranked(self._stated(Measure.LEVEL))

    @kept
    def median_growth(self) -> Decimal | None:
        """The median of the districts' growth targets, in per cent."""
        # They are in order: the median of all is that of the one or two in the middle.
        middle = self.growth[max(len(self.growth) - 1, 0) // 2 : len(self.growth) // 2 + 1]
        return figures.median([value for view in middle if (value := view.value) is not None])

    @kept
    def city_growth(self) -> TargetView | None:
        """The city's own growth target."""
        return self._scope.city_target(self._indicator.code, Measure.GROWTH_YOY)

    @kept
    def city_level(self) -> TargetView | None:
        """The city's own target in absolute terms."""
        return self._scope.city_target(self._indicator.code, Measure.LEVEL)


class ComparisonView(View):
    """One indicator in one measure that at least two districts state."""

    def __init__(self, scope: Scope, comparison: figures.Comparison) -> None:
        self._first = first = next(iter(comparison.districts.values()))
        self._comparison = comparison
        super().__init__(scope, f"comparison.{first.indicator.lower().replace('_', '-')}-{first.measure.value}")

    @property
    def code(self) -> str:
        """What follows the place in a target's ``comparison``: GDP|growth_yoy."""
        return f"{self._first.indicator}|{self._first.measure.value}"

    @kept
    def label(self) -> str:
        """The indicator's full name."""
        return self._scope.indicator(self._first.indicator).label.in_(self._scope.lang)

    @kept
    def short(self) -> str:
        """The indicator's short name."""
        record = self._scope.indicator(self._first.indicator)
        return (record.short or record.label).in_(self._scope.lang)

    @property
    def measure(self) -> str:
        """The measure in words: 增速, 总量."""
        return wording.label(self._first.measure, self._scope.lang)

    @property
    def measure_code(self) -> str:
        """The measure's code: growth_yoy, ratio."""
        return self._first.measure.value

    @property
    def is_rate(self) -> bool:
        """Whether its numbers are percentages."""
        return self._first.unit == "PERCENT"

    @property
    def unit(self) -> str:
        """The unit of its numbers in tables: 亿元, %."""
        return self._scope.tabular_label(self._first)

    @kept
    def targets(self) -> list[TargetView]:
        """The districts' targets, largest first."""
        return self._scope.ranked(self._comparison.districts.values())

    @kept
    def highest(self) -> list[TargetView]:
        """Those of the districts' targets that are largest: several where districts state the same number."""
        return self._extremes[0]

    @kept
    def highest_text(self) -> str:
        """The largest target; the bare number where those who state it word it differently."""
        return _together(self.highest)

    @kept
    def lowest(self) -> list[TargetView]:
        """Those of the districts' targets that are smallest: several where districts state the same number."""
        return self._extremes[1]

    @kept
    def lowest_text(self) -> str:
        """The smallest target; the bare number where those who state it word it differently."""
        return _together(self.lowest)

    @kept
    def _extremes(self) -> tuple[list[TargetView], list[TargetView]]:
        highest, lowest = figures.extremes(self._scope.dataset, self._comparison.districts.values())
        view = self._scope.target
        return [view(target.id) for target in highest], [view(target.id) for target in lowest]

    @property
    def city(self) -> TargetView | None:
        """The city's own target."""
        return self._scope.city_target(self._first.indicator, self._first.measure)


class PackView(View):
    """The pack itself."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope, "pack")

    @kept
    def id(self) -> str:
        """The dataset's id."""
        return self._scope.dataset.id

    @kept
    def title(self) -> str:
        """The pack's title."""
        return self._scope.dataset.title.in_(self._scope.lang)

    @kept
    def subtitle(self) -> str:
        """The pack's subtitle."""
        return self._scope.dataset.subtitle.in_(self._scope.lang)

    @kept
    def office(self) -> str:
        """The office that puts its name under the pack."""
        office = self._scope.dataset.office
        return office.name.in_(self._scope.lang) if office else ""

    @kept
    def contact(self) -> str:
        """How to reach that office."""
        office = self._scope.dataset.office
        return office.contact.in_(self._scope.lang) if office else ""

    @kept
    def date(self) -> str:
        """The day that the data stands for, in words."""
        return wording.date(self._scope.as_of, self._scope.lang) if self._scope.as_of else ""

    @kept
    def year(self) -> str:
        """The year of the pack's period."""
        return str(self._scope.dataset.period.end.year)

    @kept
    def period(self) -> str:
        """The pack's reference period, in words."""
        return self._scope.period(self._scope.dataset.period)

    @kept
    def note(self) -> str:
        """The data's note on the whole pack."""
        return self._scope.dataset.note.in_(self._scope.lang)

    @property
    def lang(self) -> str:
        """zh or en."""
        return self._scope.lang

    @kept
    def locale(self) -> str:
        """The document language: zh-CN or en-GB."""
        return "zh-CN" if self._scope.lang == "zh" else "en-GB"

    @kept
    def target_count(self) -> int:
        """How many target statements the pack holds."""
        return len(self._scope.dataset.targets)

    @kept
    def district_count(self) -> int:
        """How many districts the city has."""
        return len(self._scope.districts)

    @kept
    def observed_count(self) -> int:
        """How many statements have an actual value."""
        return len(self._scope.observations)

    @kept
    def observed_date(self) -> str:
        """The newest day of an actual value, in words; empty where there is none."""
        days = [observation.date for observation in self._scope.observations.values()]
        return wording.date(max(days), self._scope.lang) if days else ""
