"""The names at the top of every template: what they mean, and what each is in one scope."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from exporters import wording
from exporters.binding.kept import kept
from exporters.binding.views import (
    ComparisonView,
    EventView,
    IndicatorView,
    InitiativeView,
    Lookup,
    PackView,
    PlaceView,
    SourceView,
    TargetView,
)
from exporters.model import Modality

if TYPE_CHECKING:
    from exporters.binding.scope import Scope

_STRENGTH = attrgetter("modality", "modality_word")


class Names(Mapping[str, Any]):
    """The names at the top of a template by what they are called; each is worked out when it is asked for.

    In a large pack a list that no tag names would take as much as many slides.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __getitem__(self, name: str) -> Any:
        if name not in TOP:
            raise KeyError(name)
        return getattr(self, name)

    def __contains__(self, name: object) -> bool:
        return name in TOP

    def __iter__(self) -> Iterator[str]:
        return iter(TOP)

    def __len__(self) -> int:
        return len(TOP)

    @kept
    def pack(self) -> PackView:
        """The pack itself: title, date, period, counts."""
        return self._scope.pack

    @kept
    def city(self) -> PlaceView:
        """The city that the pack is about."""
        return self._scope.city

    @kept
    def districts(self) -> list[PlaceView]:
        """All districts, in the order of their division codes."""
        return self._scope.districts

    @kept
    def covered(self) -> list[PlaceView]:
        """The districts whose targets the main source prints."""
        return [view for view in self._scope.districts if view.coverage == "full"]

    @kept
    def elsewhere(self) -> list[PlaceView]:
        """The districts known from another source than the main one."""
        return [view for view in self._scope.districts if view.coverage == "other_source"]

    @kept
    def missing(self) -> list[PlaceView]:
        """The districts for which no source was found."""
        return [view for view in self._scope.districts if view.coverage == "none"]

    @kept
    def targets(self) -> list[TargetView]:
        """All target statements, in the data's order."""
        return list(self._scope._targets.values())

    @kept
    def observed(self) -> list[TargetView]:
        """The target statements that have an actual value."""
        known = self._scope.observations
        return [view for view in self._scope._targets.values() if view.key in known] if known else []

    @kept
    def flagged(self) -> list[TargetView]:
        """The target statements that carry a flag."""
        return [view for view in self._scope._targets.values() if view._target.flags]

    @kept
    def initiatives(self) -> list[InitiativeView]:
        """All initiatives: the city's, then each district's."""
        return [item for view in (self._scope.city, *self._scope.districts) for item in view.initiatives]

    @kept
    def indicators(self) -> list[IndicatorView]:
        """All indicators, the most important first."""
        return list(self._scope.indicators.values())

    @kept
    def indicator(self) -> Lookup[IndicatorView]:
        """One indicator by its code: {{ indicator.GDP.label }}."""
        return Lookup("indicator", self._scope.indicators)

    @kept
    def comparisons(self) -> list[ComparisonView]:
        """The indicators that at least two districts state in one measure, to set them side by side."""
        return self._scope.comparisons

    @kept
    def sources(self) -> list[SourceView]:
        """All sources, numbered in the data's order."""
        return self._scope.sources

    @kept
    def events(self) -> list[EventView]:
        """The conferences at which targets were announced."""
        return [EventView(self._scope, event) for event in self._scope.dataset.events]

    @kept
    def strengths(self) -> list[str]:
        """The words of strength that occur in the data, firmest first."""
        order, lang = list(Modality), self._scope.lang
        words: dict[Modality, list[str]] = {}
        for modality, word in dict.fromkeys(_STRENGTH(view._target) for view in self._scope._targets.values()):
            if modality is not Modality.NONE:
                words.setdefault(modality, []).append(word)
        found: list[str] = []
        for modality in sorted(words, key=order.index):
            own = [word for word in words[modality] if word] if lang == "zh" else []
            found += own or [wording.label(modality, lang)]
        return list(dict.fromkeys(found))


TOP: dict[str, Any] = {
    name: typing.get_type_hints(one.func)["return"] for name, one in vars(Names).items() if isinstance(one, kept)
}
"""The type of every top name, for checking a template without data."""
