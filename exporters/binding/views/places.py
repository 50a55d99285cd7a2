"""Places: who leads them, what they state and what they will do."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from exporters import figures, wording
from exporters.binding.kept import kept
from exporters.binding.views.base import Lookup, View
from exporters.binding.views.statements import RowView
from exporters.model import EMPTY, Initiative, Measure, Person, Place, Post, Role

_BASE, _GROWTH = Role.BASE, Measure.GROWTH_YOY

if TYPE_CHECKING:
    from exporters.binding.scope import Scope
    from exporters.binding.views.sources import SourceView
    from exporters.binding.views.statements import TargetView


class InitiativeView(View):
    """What a place will do."""

    def __init__(self, scope: Scope, initiative: Initiative) -> None:
        # There are many of them.
        self._scope, self.key, self._initiative = scope, initiative.id, initiative

    @property
    def theme(self) -> str:
        """The theme that it stands under."""
        return self._initiative.theme.in_(self._scope.lang)

    @kept
    def text(self) -> str:
        """What will be done, in short words."""
        return self._initiative.text.in_(self._scope.lang)

    @property
    def clause(self) -> str:
        """The clause of the source that it comes from."""
        return self._initiative.evidence.clause if self._initiative.evidence else ""

    @property
    def place(self) -> PlaceView:
        """The place that will do it."""
        return self._scope.place(self._initiative.place)

    @property
    def source(self) -> SourceView | None:
        """The source that it comes from."""
        return self._scope.source(self._initiative.evidence.source) if self._initiative.evidence else None


@lru_cache(1_000)
def _mark(wording: str) -> str:
    """Return what a theme is known by; the places of a pack share their themes."""
    return blake2b(wording.encode(), digest_size=4).hexdigest()


class ThemeView(View):
    """The initiatives of one place under one theme."""

    def __init__(self, scope: Scope, key: str, name: str, initiatives: list[InitiativeView]) -> None:
        super().__init__(scope, key)
        self._name, self._initiatives = name, initiatives

    @property
    def name(self) -> str:
        """The theme."""
        return self._name

    @property
    def initiatives(self) -> list[InitiativeView]:
        """Its initiatives, in the data's order."""
        return self._initiatives

    @kept
    def text(self) -> str:
        """Its initiatives in one line."""
        return ("；" if self._scope.lang == "zh" else "; ").join(item.text for item in self._initiatives)


class LeaderView(View):
    """Who leads a place."""

    def __init__(self, scope: Scope, person: Person, post: Post) -> None:
        super().__init__(scope, person.id)
        self._person, self._post = person, post

    @property
    def name(self) -> str:
        """The person's name."""
        return self._person.name.in_(self._scope.lang)

    @property
    def title(self) -> str:
        """The short title: 南沙区委书记."""
        return self._post.title.in_(self._scope.lang)

    @property
    def full_title(self) -> str:
        """All posts as the source gives them; the short title where it gives no more."""
        return self._post.full_title.in_(self._scope.lang) or self.title


class PlaceView(View):
    """The city or one of its districts."""

    def __init__(self, scope: Scope, place: Place, number: int) -> None:
        super().__init__(scope, place.id)
        self._place, self._number = place, number

    @property
    def n(self) -> int:
        """Its position among the districts, from 1; 0 for the city."""
        return self._number

    @kept
    def name(self) -> str:
        """Its name: 南沙区, Nansha District."""
        return self._place.name.in_(self._scope.lang)

    @kept
    def short(self) -> str:
        """Its name without the generic word: 南沙, Nansha."""
        return (self._place.short or self._place.name).in_(self._scope.lang)

    @property
    def code(self) -> str:
        """Its GB/T 2260 division code."""
        return self._place.code

    @property
    def coverage(self) -> str:
        """full, other_source or none."""
        return self._place.coverage._value_

    @kept
    def coverage_text(self) -> str:
        """Its coverage in words; of a source that states no target of it, that there are no figures."""
        return wording.coverage(self._place.coverage, bool(self.targets), self._scope.lang)

    @kept
    def note(self) -> str:
        """The data's note on it."""
        return self._place.note.in_(self._scope.lang)

    @kept
    def leader(self) -> LeaderView | None:
        """Who leads it, if known."""
        found = self._scope.leaders.get(self.key)
        return LeaderView(self._scope, *found) if found else None

    @kept
    def targets(self) -> list[TargetView]:
        """All its target statements, in the data's order."""
        return self._scope.targets_of.get(self.key, [])

    @kept
    def target(self) -> Lookup[TargetView]:
        """Its statements by short id: district.target.gdp_growth for the target nansha.gdp-growth; where none is called
        so, for what it states of that indicator in that measure (GDP, growth) for the pack's period."""
        return Lookup(self.key, self._stated() | dict(zip(self._codes(), self.targets, strict=True)), self._codes)

    def _codes(self) -> list[str]:
        start = self.key + "."
        return [view.key.removeprefix(start) for view in self.targets]

    def _stated(self) -> dict[str, TargetView]:
        """Its base targets for the whole of it in the pack's period, by indicator and measure (``gdp-growth``)."""
        found: dict[str, TargetView] = {}
        days, called = self._scope._days, figures.called
        for view in self.targets:
            target = view._target
            is_whole = target.sub_place is EMPTY or not target.sub_place
            if target.role is _BASE and is_whole and (target.period.start, target.period.end) == days:
                found.setdefault(called(target.indicator, target.measure), view)
        return found

    def _forget(self) -> None:
        """Let go of all that was worked out of it; it is worked out anew when asked for."""
        # A new dictionary: one that was larger keeps its room.
        self.__dict__ = {"_scope": self._scope, "key": self.key, "_place": self._place, "_number": self._number}

    def _cited(self, what: str) -> dict[str, None]:
        """What the evidence of its statements says, each once."""
        return dict.fromkeys([getattr(view._target.evidence, what) for view in self.targets])

    @kept
    def rows(self) -> list[RowView]:
        """Its statements, one row per indicator, in the data's order."""
        records = self._scope.dataset.targets_of.get(self.key, ())
        return [RowView(self._scope, members) for members in figures.together(records)]

    @kept
    def _ranked(self) -> list[RowView]:
        weight, ranks = figures.weight, self._scope.ranks
        return sorted(self.rows, key=lambda row: weight(row.base._target, ranks))

    @kept
    def top(self) -> list[RowView]:
        """At most six rows, the most important first."""
        return self._ranked[:6]

    @kept
    def growth(self) -> list[TargetView]:
        """Its year-on-year growth targets in per cent that compare with other districts', the most important indicator
        first."""
        found: list[TargetView] = []
        for row in self._ranked:
            if row.growth is not None:
                target = row.growth._target
                rate = target.measure is _GROWTH and target.unit == "PERCENT"
                found += [row.growth] if rate and self._scope.compares(target) else []
        return found

    @kept
    def observed(self) -> list[TargetView]:
        """Its statements that have an actual value."""
        return [view for view in self.targets if view.actual]

    @kept
    def flagged(self) -> list[TargetView]:
        """Its statements that carry a flag."""
        return [view for view in self.targets if view._target.flags]

    @kept
    def initiatives(self) -> list[InitiativeView]:
        """What it will do, in the data's order."""
        return [InitiativeView(self._scope, item) for item in self._scope.dataset.initiatives_of.get(self.key, ())]

    @kept
    def themes(self) -> list[ThemeView]:
        """Its initiatives gathered by theme."""
        found: dict[str, list[InitiativeView]] = {}
        for item in self.initiatives:
            found.setdefault(item.theme, []).append(item)
        # Known by its wording, wherever it stands: others come and go. That may hold characters that a key may not.
        marks: dict[str, int] = {}
        views: list[ThemeView] = []
        for name, items in found.items():
            wording = items[0]._initiative.theme.in_("zh")
            mark = _mark(wording)
            marks[mark] = number = marks.get(mark, 0) + 1
            key = f"{self.key}.theme-{mark}" + (f"-{number}" if number > 1 else "")
            views.append(ThemeView(self._scope, key, name, items))
        return views

    @kept
    def clauses(self) -> str:
        """The clauses of the sources that carry its statements, each once, in one line."""
        found = [*filter(None, self._cited("clause"))]
        return "；".join(found) + "。" if found else ""

    @kept
    def sources(self) -> list[SourceView]:
        """The sources of its statements, in order of first use."""
        return [self._scope.source(name) for name in self._cited("source")]
