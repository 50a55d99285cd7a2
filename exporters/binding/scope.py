"""The names at the top of a template, made from one dataset in one language."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from exporters import figures, wording
from exporters.binding.names import Names
from exporters.binding.views import (
    ComparisonView,
    IndicatorView,
    PackView,
    PlaceView,
    SourceView,
    TargetView,
)
from exporters.model import (
    Dataset,
    Indicator,
    Lang,
    Measure,
    Observation,
    Period,
    Person,
    Post,
    Role,
    Target,
    Unit,
)

_MANY = 2000
"""So many districts fill the memory; fewer may keep what they have worked out for the next exporter."""


class Scope:
    """All views of one dataset; each record has exactly one view, so what it has worked out is shared.

    *as_of* is a day that was asked for: it is printed as the pack's, and later actual values are held back. Without it
    the data's own day is printed and nothing is held back: people add actual values to a file without changing its day.
    """

    def __init__(self, dataset: Dataset, lang: Lang = "zh", as_of: dt.date | None = None) -> None:
        self.dataset = dataset
        self.lang: Lang = lang
        self.as_of = as_of or dataset.as_of
        self._until = as_of
        self._days = dataset.period.start, dataset.period.end
        self.pack = PackView(self)
        self._units = dataset.unit_by_code
        self._words: dict[tuple[str, str | None], str] = {}
        self._tabular_units: dict[tuple[str, str | None], tuple[int, str]] = {}
        self._labels: dict[str, str] = {}
        self._periods: dict[tuple[dt.date, dt.date, str, str], str] = {}
        self._terms: dict[StrEnum, str] = {}
        self._grouped = lang == "en"
        self._sayings: dict[tuple[object, ...], wording.Saying | None] = {}
        """What statements say around their number, by all that it depends on."""

    def period(self, period: Period) -> str:
        """Return a period in words; periods recur, and a record's own hash would cost more than the words."""
        key = (period.start, period.end, period.label.zh, period.label.en)
        known = self._periods.get(key)
        if known is None:
            known = self._periods[key] = self._period(period)
        return known

    @cached_property
    def _targets(self) -> dict[str, TargetView]:
        views = [TargetView(self, target) for target in self.dataset.targets]
        return {view.key: view for view in views}

    @cached_property
    def targets_of(self) -> dict[str, list[TargetView]]:
        """The targets of each place by its id, in the data's order."""
        found: dict[str, list[TargetView]] = {}
        for view in self._targets.values():
            found.setdefault(view._target.place, []).append(view)
        return found

    def _period(self, period: Period) -> str:
        return wording.period(period, self.lang, self.dataset.period.end.year)

    @cached_property
    def observations(self) -> dict[str, Observation]:
        until = self._until
        seen = (item for item in self.dataset.observations if until is None or item.date <= until)
        return figures.latest(seen)

    @cached_property
    def leaders(self) -> dict[str, tuple[Person, Post]]:
        """Who leads a place, and by which post."""
        found: dict[str, tuple[Person, Post]] = {}
        for person in self.dataset.people:
            for post in person.posts:
                found.setdefault(post.place, (person, post))
        return found

    @cached_property
    def districts(self) -> list[PlaceView]:
        return [PlaceView(self, place, number) for number, place in enumerate(self.dataset.districts, 1)]

    @cached_property
    def city(self) -> PlaceView:
        return PlaceView(self, self.dataset.place_by_id[self.dataset.city], 0)

    @cached_property
    def _places(self) -> dict[str, PlaceView]:
        known = {view.key: view for view in (self.city, *self.districts)}
        others = (place for place in self.dataset.places if place.id not in known)
        return known | {place.id: PlaceView(self, place, 0) for place in others}

    @cached_property
    def sources(self) -> list[SourceView]:
        return [SourceView(self, source, number) for number, source in enumerate(self.dataset.sources, 1)]

    @cached_property
    def _sources(self) -> dict[str, SourceView]:
        return {view.key: view for view in self.sources}

    @cached_property
    def compared(self) -> dict[figures.Compared, figures.Comparison]:
        """What compares across the districts, by indicator and measure."""
        return figures.comparisons(self.dataset)

    @cached_property
    def citations(self) -> tuple[Counter[str], Counter[str | None]]:
        """How many target statements and how many actual values come from each source."""
        stated = Counter(target.evidence.source for target in self.dataset.targets)
        return stated, Counter(observation.source for observation in self.observations.values())

    def place(self, place_id: str) -> PlaceView:
        return self._places[place_id]

    def source(self, source_id: str) -> SourceView:
        return self._sources[source_id]

    def target(self, target_id: str) -> TargetView:
        return self._targets[target_id]

    def done(self, record: Any) -> str:
        """Let a place forget its rows and lists: those of thousands fill the memory.

        Called behind each district's own section and slides.
        """
        if isinstance(record, PlaceView) and len(self.districts) >= _MANY:
            record._forget()
        return ""

    def indicator(self, code: str) -> Indicator:
        return self.dataset.indicator_by_code[code]

    def label(self, code: str) -> str:
        """Return the full name of an indicator."""
        known = self._labels.get(code)
        if known is None:
            known = self._labels[code] = self.dataset.indicator_by_code[code].label.in_(self.lang)
        return known

    def term(self, term: StrEnum) -> str:
        """Return the word for a measure, a role or a kind (their values differ from each other)."""
        known = self._terms.get(term)
        if known is None:
            known = self._terms[term] = wording.label(term, self.lang)
        return known

    def ranked(self, targets: Iterable[Target]) -> list[TargetView]:
        """Return the views of targets, largest value first."""
        known = self._targets
        return [known[target.id] for target in figures.ranked(self.dataset, targets)]

    def city_target(self, indicator: str, measure: Measure) -> TargetView | None:
        found = self.compared.get((indicator, measure))
        return self.target(found.city.id) if found and found.city else None

    def _unit(self, target: Target) -> Unit | None:
        return self._units[target.unit] if target.unit else None

    def _counted(self, target: Target) -> str:
        """Return the word for what a target counts, where its unit leaves that open."""
        if target.unit not in {"COUNT", "COUNT_10K"}:
            return ""
        return self.dataset.indicator_by_code[target.indicator].counter.in_(self.lang)

    def said(self, target: Target) -> tuple[str, str]:
        """Return what a target says, without its verb and with it."""
        known = self._saying(target)
        if known is not None and target.value is not None:
            verb, before, unit, behind = known
            figure = f"{before}{wording.plain(target.value, self._grouped)}{unit}{behind}"
            return figure, verb + figure
        measured, counter = self._unit(target), self._counted(target)
        figure = wording.figure(target, measured, self.lang, counter)
        return figure, wording.phrase(target, figure, measured, self.lang, counter)

    def pieces(self, target: Target, phrase: str) -> tuple[str, str, str]:
        """Return in three what a target says with its verb."""
        known = self._saying(target)
        if known is not None and target.value is not None:
            verb, before, unit, behind = known
            return verb + before, f"{wording.plain(target.value, self._grouped)}{unit}", behind
        return wording.pieces(target, phrase, self._unit(target), self.lang, self._counted(target))

    def _saying(self, target: Target) -> wording.Saying | None:
        """Return what a target says around its number, if that is the same around others; records of a kind recur."""
        if not wording.steady(target):
            return None
        said = target.comparator_word
        word = said.zh if self.lang == "zh" else said.en
        kind = target.comparator, target.measure, target.unit, target.indicator, word
        try:
            return self._sayings[kind]
        except KeyError:
            found = wording.saying(target, self._unit(target), self.lang, self._counted(target))
            self._sayings[kind] = found
            return found

    def quantity(self, target: Target, value: Decimal) -> str:
        """Return a value of a target, its own or an actual one, with its unit."""
        return wording.quantity(target, value, self._unit(target), self.lang, self._counted(target))

    def tabular(self, target: Target, value: Decimal | None) -> Decimal | None:
        """Return a value of a target in the unit that tables of all targets use."""
        return None if value is None else figures.shifted(value, self._tabular(target)[0])

    def tabular_power(self, target: Target) -> int:
        """Return the power of ten by which ``tabular`` multiplies."""
        return self._tabular(target)[0]

    def tabular_label(self, target: Target) -> str:
        return self._tabular(target)[1]

    def _tabular(self, target: Target) -> tuple[int, str]:
        known = self._tabular_units.get((target.indicator, target.unit))
        if known is None:
            unit = self._unit(target)
            known = (0, "")
            if unit is not None:
                largest = self._largest_units[target.indicator, unit.base]
                units = self.dataset.unit_by_code
                known = figures.tabular_unit(unit, units, self.lang, self._counted(target), largest)
            self._tabular_units[target.indicator, target.unit] = known
        return known

    @cached_property
    def _largest_units(self) -> dict[tuple[str, str], Unit]:
        """The largest unit in which an indicator is stated, of those with one base."""
        found: dict[tuple[str, str], Unit] = {}
        for indicator, code in dict.fromkeys((target.indicator, target.unit) for target in self.dataset.targets):
            if code:
                unit = self._units[code]
                known = found.setdefault((indicator, unit.base), unit)
                if unit.multiplier > known.multiplier:
                    found[indicator, unit.base] = unit
        return found

    def compares(self, target: Target) -> bool:
        """Whether a target is what its place has in a comparison."""
        found = self.compared.get((target.indicator, target.measure))
        return found is not None and (found.districts.get(target.place) or found.city) is target

    def comparison(self, target: Target) -> str:
        """Return the key by which the statement of a place that compares is found; empty for all its others."""
        if not self.compares(target):
            return ""
        return f"{target.place}|{target.indicator}|{target.measure._value_}"

    def stretch(self, target: Target) -> TargetView | None:
        """Return what is striven for beyond a base target."""
        if not self._stretches or target.role is not Role.BASE:
            return None
        found = self._stretches.get((target.place, target.group, target.indicator, target.measure))
        return self.target(found) if found else None

    @cached_property
    def _stretches(self) -> dict[tuple[str, str, str, Measure], str]:
        stretch = Role.STRETCH
        return {
            (target.place, target.group, target.indicator, target.measure): target.id
            for target in self.dataset.targets
            if target.role is stretch
        }

    @cached_property
    def ranks(self) -> dict[str, int]:
        """How important each indicator is by its code, the most important first."""
        return {code: record.rank for code, record in self.dataset.indicator_by_code.items()}

    @cached_property
    def comparisons(self) -> list[ComparisonView]:
        """What at least two districts state, the most important indicator first."""
        order = {measure: number for number, measure in enumerate(Measure)}
        found = [
            (self.ranks[code], order[measure], one)
            for (code, measure), one in self.compared.items()
            if len(one.districts) > 1
        ]
        found.sort(key=lambda item: item[:2])
        return [ComparisonView(self, one) for _, _, one in found]

    def unit_label(self, target: Target) -> str:
        known = self._words.get((target.indicator, target.unit))
        if known is None:
            unit = self._unit(target)
            text = "" if unit is None else wording.unit_of(unit, self.lang, self._counted(target))
            known = self._words[target.indicator, target.unit] = text
        return known

    def names(self) -> Names:
        """Return the names at the top of every template."""
        return self._names

    @cached_property
    def _names(self) -> Names:
        return Names(self)

    @cached_property
    def indicators(self) -> dict[str, IndicatorView]:
        ordered = sorted(self.dataset.indicators, key=lambda record: record.rank)
        return {record.code: IndicatorView(self, record) for record in ordered}
