"""What a template can name: read-only views of the records, worded in one language.

Every public attribute of a view is a name that templates may use; its docstring is what ``briefpack template names``
prints. Values are worked out at first use and kept, because three exporters ask for the same ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from hashlib import blake2b
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from exporters import figures, wording
from exporters.binding.kept import kept
from exporters.figures import Group
from exporters.model import Event, Flag, Indicator, Initiative, Measure, Person, Place, Source, Target

if TYPE_CHECKING:
    from exporters.binding.scope import Scope

V = TypeVar("V")


class View:
    """A record as templates see it. ``key`` identifies the record in all three files."""

    names: ClassVar[frozenset[str]] = frozenset()
    _shared: ClassVar[frozenset[str]] = frozenset()
    """Names whose values depend on ``_common`` alone: what records have in common need be worked out only once."""
    _common: object = None
    key: str

    def __init_subclass__(cls) -> None:
        own = {name for name in vars(cls) if not name.startswith("_") and name != "names"}
        cls.names = cls.names.union(own, {"key"})

    def __init__(self, scope: Scope, key: str) -> None:
        self._scope = scope
        self.key = key

    def __str__(self) -> str:
        called = type(self).__name__.removesuffix("View").lower()
        raise TypeError(f"a whole {called} stands where a text is expected; name one of its fields")

    @kept
    def anchor(self) -> str:
        """Ten letters and digits that stand for the key where an Office name may hold no other characters."""
        return blake2b(self.key.encode(), digest_size=5).hexdigest()


class Absent(View):
    """A record that the data does not hold: false, prints nothing, and still has the key it would have."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return ""


class Lookup(Generic[V]):
    """Views by code; a code may be written with ``-`` or ``_`` (``district.target.gdp_growth``)."""

    def __init__(self, owner: str, found: dict[str, V]) -> None:
        self._owner, self._found = owner, found

    def __str__(self) -> str:
        raise TypeError("a list by code stands where a text is expected; name a code and a field")

    def find(self, code: str) -> V | Absent:
        """Return the view of *code*, or one that is absent and knows its key."""
        found = self._found.get(code)
        if found is None:
            code = code.replace("_", "-")
            found = self._found.get(code)
        return found if found is not None else Absent(f"{self._owner}.{code}")

    @property
    def owner(self) -> str:
        """The key of the record that looks up, or the name of the list."""
        return self._owner

    def codes(self) -> list[str]:
        """Return the codes that are known."""
        return list(self._found)


class SourceView(View):
    """A source of statements."""

    def __init__(self, scope: Scope, source: Source, number: int) -> None:
        super().__init__(scope, source.id)
        self._source = source
        self._number = number

    @property
    def n(self) -> int:
        """Its number in the list of sources, from 1."""
        return self._number

    @kept
    def title(self) -> str:
        """Its title."""
        return self._source.title.in_(self._scope.lang)

    @kept
    def outlet(self) -> str:
        """Who published it."""
        return self._source.outlet.in_(self._scope.lang)

    @kept
    def published(self) -> str:
        """The day of publication, in words."""
        return wording.date(self._source.published, self._scope.lang) if self._source.published else ""

    @kept
    def occasion(self) -> str:
        """The occasion that it reports."""
        return self._source.occasion.in_(self._scope.lang)

    @kept
    def address(self) -> str:
        """Its address on the web, as text."""
        return self._source.address

    @kept
    def brief(self) -> str:
        """Its number, and the occasion, the outlet or the title, whichever is known first: [1] 广州市高质量发展大会."""
        return f"[{self.n}] {self.occasion or self.outlet or self.title}"

    @kept
    def citation(self) -> str:
        """Outlet, title, occasion and day in one line, as far as they are known."""
        zh = self._scope.lang == "zh"
        title = f"《{self.title}》" if zh else f"“{self.title}”"
        parts = [part for part in (self.outlet, title, self.occasion, self.published) if part]
        return ("，" if zh else ", ").join(parts)


class FlagView(View):
    """A reason to look twice at a statement."""

    def __init__(self, scope: Scope, owner: str, flag: Flag) -> None:
        super().__init__(scope, f"{owner}.flag-{flag.code.replace('_', '-')}")
        self._flag = flag

    @property
    def code(self) -> str:
        """Its code, such as looks_high."""
        return str(self._flag.code)

    @kept
    def label(self) -> str:
        """Its short wording."""
        return wording.label(self._flag.code, self._scope.lang)

    @kept
    def note(self) -> str:
        """What readers should know; the label where no note is given."""
        return self._flag.note.in_(self._scope.lang) or self.label


class ActualView(View):
    """The newest actual value of a target."""

    def __init__(self, scope: Scope, target: Target, progress: figures.Progress) -> None:
        super().__init__(scope, progress.observation.id)
        self._target, self._progress = target, progress

    @property
    def value(self) -> Decimal:
        """The actual value, in the target's unit."""
        return self._progress.observation.value

    @kept
    def number(self) -> Decimal | None:
        """The actual value in the unit of the target's ``number``."""
        return self._scope.tabular(self._target, self.value)

    @kept
    def text(self) -> str:
        """The actual value with its unit."""
        return self._scope.amount(self._target, self.value)

    @kept
    def date(self) -> str:
        """The day that it stands for, in words."""
        return wording.date(self._progress.observation.date, self._scope.lang)

    @property
    def day(self) -> dt.date:
        """The day that it stands for, as a date."""
        return self._progress.observation.date

    @property
    def rate(self) -> Decimal | None:
        """Actual over target, as a ratio (0.52); none for growth rates at or below zero."""
        return self._progress.rate

    @kept
    def rate_text(self) -> str:
        """Actual over target as a percentage with one decimal."""
        return "" if self.rate is None else f"{self.rate * 100:.1f}%"

    @property
    def elapsed(self) -> Decimal:
        """The share of the target's period that had passed by then (0.4959)."""
        return self._progress.elapsed

    @property
    def status(self) -> str:
        """met, on_track or behind."""
        return self._progress.status

    @kept
    def note(self) -> str:
        """What the data says about it."""
        return self._progress.observation.note.in_(self._scope.lang)


class TargetView(View):
    """One target statement. A statement that the data does not hold is false in an ``if`` and prints nothing."""

    _shared = frozenset((
        "sub_place", "indicator", "label", "full_label", "short", "word", "modality", "number_unit", "unit",
        "unit_code",
        "comparator", "measure", "measure_code", "role", "role_code", "kind", "kind_code", "period", "period_start",
        "period_end", "source",
    ))  # fmt: skip

    @property
    def _common(self) -> object:  # type: ignore[override]
        target = self._target
        period, sub = target.period, target.sub_place
        return (
            target.indicator, target.measure, target.unit, target.comparator, target.role, target.kind, target.modality,
            target.modality_word, target.evidence.source, period.start, period.end, period.label.zh, period.label.en,
            sub.zh, sub.en,
        )  # fmt: skip

    def __init__(self, scope: Scope, target: Target) -> None:
        super().__init__(scope, target.id)
        self._target = target

    @property
    def ref(self) -> str:
        """The office's own reference."""
        return self._target.ref

    @property
    def place(self) -> PlaceView:
        """The place that it is for."""
        return self._scope.place(self._target.place)

    @property
    def sub_place(self) -> str:
        """The part of the place that it is limited to, if any."""
        return self._target.sub_place.in_(self._scope.lang)

    @property
    def indicator(self) -> str:
        """The indicator's code."""
        return self._target.indicator

    @property
    def label(self) -> str:
        """The indicator's full name."""
        return self._scope.label(self._target.indicator)

    @property
    def full_label(self) -> str:
        """The indicator's full name, with the part of the place that the statement is limited to."""
        sub = self._target.sub_place
        if not sub.zh and not sub.en:
            return self._scope.label(self._target.indicator)
        return f"{self.label}（{self.sub_place}）" if self._scope.lang == "zh" else f"{self.label} ({self.sub_place})"

    @kept
    def short(self) -> str:
        """The indicator's short name."""
        record = self._scope.indicator(self._target.indicator)
        return (record.short or record.label).in_(self._scope.lang)

    @kept
    def text(self) -> str:
        """The figure with its comparator: 10%以上, 超730亿元, at least 10%."""
        return self._scope.figure(self._target)

    @kept
    def phrase(self) -> str:
        """The figure with its verb: 增长10%以上, up at least 10%."""
        return self._scope.phrase(self._target, self.text)

    @kept
    def _pieces(self) -> tuple[str, str, str]:
        return self._scope.pieces(self._target, self.phrase)

    @property
    def lead(self) -> str:
        """What the phrase says before its number: 增长, 超, up at least."""
        return self._pieces[0]

    @property
    def amount(self) -> str:
        """The number with its unit, without verb and comparator: 10%, 730亿元, CNY 73 bn."""
        return self._pieces[1]

    @property
    def tail(self) -> str:
        """What the phrase says behind its number: 以上, 左右."""
        return self._pieces[2]

    @property
    def word(self) -> str:
        """The word of strength as the source has it (力争, 确保); in English its equivalent."""
        target = self._target
        if self._scope.lang == "zh" and target.modality_word:
            return target.modality_word
        return wording.label(target.modality, self._scope.lang)

    @property
    def modality(self) -> str:
        """The strength's code: ensure, strive, plan ..."""
        return self._target.modality._value_

    @property
    def value(self) -> Decimal | None:
        """The number in the source's unit."""
        return self._target.value

    @property
    def upper(self) -> Decimal | None:
        """The upper number of a range."""
        return self._target.upper

    @kept
    def ratio(self) -> Decimal | None:
        """The number as a spreadsheet holds it: a percentage as 0.065, any other number as it is."""
        value = self._target.value
        return value.scaleb(-2) if value is not None and self._target.unit == "PERCENT" else value

    @property
    def number(self) -> Decimal | None:
        """The number as a table of all targets holds it: 0.065 for 6.5%, money in 亿元 (English: billions), counts in
        ones; ``number_unit`` is its unit."""
        return self._scope.tabular(self._target, self._target.value)

    @property
    def number_upper(self) -> Decimal | None:
        """The upper number of a range, in the unit of ``number``."""
        upper = self._target.upper
        return None if upper is None else self._scope.tabular(self._target, upper)

    @property
    def number_unit(self) -> str:
        """The unit of ``number``: 亿元, %, 个; in English CNY bn, %, projects."""
        return self._scope.tabular_label(self._target)

    @property
    def comparison(self) -> str:
        """What finds it among the targets of all places: place, indicator and measure (nansha|GDP|growth_yoy); empty
        for stretch targets, milestones and parts of a place."""
        return self._scope.comparison(self._target)

    @property
    def stretch(self) -> TargetView | None:
        """What is striven for beyond it, if anything; none for a target that is itself a stretch."""
        return self._scope.stretch(self._target)

    @property
    def unit(self) -> str:
        """The unit as it is written behind the number: 亿元, %."""
        return self._scope.unit_label(self._target)

    @property
    def unit_code(self) -> str:
        """The unit's code: CNY_100M, PERCENT."""
        return self._target.unit or ""

    @property
    def comparator(self) -> str:
        """The comparator's sign: ≥, >, ≈, =."""
        return wording.SYMBOL[self._target.comparator]

    @property
    def measure(self) -> str:
        """The measure in words: 增速, level."""
        return self._scope.term(self._target.measure)

    @property
    def measure_code(self) -> str:
        """The measure's code: growth_yoy, level."""
        return self._target.measure._value_

    @property
    def role(self) -> str:
        """The role in words: 基本目标, 力争目标, 节点目标."""
        return self._scope.term(self._target.role)

    @property
    def role_code(self) -> str:
        """base, stretch or milestone."""
        return self._target.role._value_

    @property
    def kind(self) -> str:
        """The kind in words: 经济指标, 任务成果, 项目盘子."""
        return self._scope.term(self._target.kind)

    @property
    def kind_code(self) -> str:
        """indicator, deliverable or portfolio."""
        return self._target.kind._value_

    @property
    def group(self) -> str:
        """The group that ties statements of one indicator."""
        return self._target.group

    @property
    def period(self) -> str:
        """The reference period in words."""
        return self._scope.period(self._target.period)

    @property
    def period_start(self) -> dt.date:
        """The first day of the reference period."""
        return self._target.period.start

    @property
    def period_end(self) -> dt.date:
        """The last day of the reference period."""
        return self._target.period.end

    @property
    def clause(self) -> str:
        """The clause of the source that carries the figure; empty where only the figure is known."""
        return self._target.evidence.clause

    @property
    def start(self) -> int | None:
        """Where the clause starts in the source's text (code points)."""
        return self._target.evidence.start

    @property
    def end(self) -> int | None:
        """Where the clause ends in the source's text (code points, exclusive)."""
        return self._target.evidence.end

    @property
    def source(self) -> SourceView:
        """The source."""
        return self._scope.source(self._target.evidence.source)

    @kept
    def flags(self) -> list[FlagView]:
        """Reasons to look twice at it."""
        return [FlagView(self._scope, self.key, flag) for flag in self._target.flags]

    @property
    def flag_code(self) -> str:
        """The code of its first flag, such as looks_high; empty where it has none."""
        return str(self._target.flags[0].code) if self._target.flags else ""

    @property
    def flag_text(self) -> str:
        """All its flags' notes in one line; empty where there are none."""
        if not self._target.flags:
            return ""
        return ("；" if self._scope.lang == "zh" else "; ").join(flag.note for flag in self.flags)

    @property
    def note(self) -> str:
        """The data's note on it."""
        return self._target.note.in_(self._scope.lang)

    @property
    def actual(self) -> ActualView | None:
        """The newest actual value, if one is known."""
        return self._actual if self.key in self._scope.observations else None

    @kept
    def _actual(self) -> ActualView | None:
        observation = self._scope.observations.get(self.key)
        progress = figures.progress(self._target, observation) if observation else None
        return ActualView(self._scope, self._target, progress) if progress else None


class RowView(View):
    """The statements of one indicator of one place in one row: level, growth, stretch, milestones."""

    def __init__(self, scope: Scope, group: Group) -> None:
        super().__init__(scope, group.base.id + ".row")
        self._group = group

    def _view(self, target: Target | None) -> TargetView | None:
        return self._scope.target(target.id) if target is not None else None

    @kept
    def base(self) -> TargetView:
        """The statement that names the row."""
        return self._scope.target(self._group.base.id)

    @kept
    def label(self) -> str:
        """The indicator's full name, with the part of the place that it is limited to."""
        return self.base.full_label

    @property
    def short(self) -> str:
        """The indicator's short name."""
        return self.base.short

    @property
    def word(self) -> str:
        """The base statement's word of strength."""
        return self.base.word

    @property
    def kind_code(self) -> str:
        """indicator, deliverable or portfolio."""
        return self.base.kind_code

    @kept
    def level(self) -> TargetView | None:
        """The statement in absolute terms, if any."""
        return self._view(self._group.level)

    @kept
    def growth(self) -> TargetView | None:
        """The statement of growth or change, if any."""
        return self._view(self._group.growth)

    @kept
    def stretch(self) -> TargetView | None:
        """What is striven for beyond the base, if anything."""
        return self._view(self._group.stretch)

    @kept
    def milestones(self) -> list[TargetView]:
        """Steps on the way to the total, in order of time."""
        return [self._scope.target(target.id) for target in self._group.milestones]

    @kept
    def targets(self) -> list[TargetView]:
        """All statements of the row."""
        return [self._scope.target(target.id) for target in self._group.members()]


class InitiativeView(View):
    """What a place will do."""

    def __init__(self, scope: Scope, initiative: Initiative) -> None:
        super().__init__(scope, initiative.id)
        self._initiative = initiative

    @kept
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

    def __init__(self, scope: Scope, person: Person, place: str) -> None:
        super().__init__(scope, person.id)
        self._person = person
        self._post = next(post for post in person.posts if post.place == place)

    @kept
    def name(self) -> str:
        """The person's name."""
        return self._person.name.in_(self._scope.lang)

    @kept
    def title(self) -> str:
        """The short title: 南沙区委书记."""
        return self._post.title.in_(self._scope.lang)

    @kept
    def full_title(self) -> str:
        """All posts as the source gives them; the short title where it gives no more."""
        return self._post.full_title.in_(self._scope.lang) or self.title


class EventView(View):
    """A conference at which targets were announced."""

    def __init__(self, scope: Scope, event: Event) -> None:
        super().__init__(scope, event.id)
        self._event = event

    @kept
    def name(self) -> str:
        """Its name."""
        return self._event.name.in_(self._scope.lang)

    @kept
    def date(self) -> str:
        """Its day, in words."""
        return wording.date(self._event.date, self._scope.lang)

    @kept
    def host(self) -> str:
        """Who held it."""
        return self._event.host.in_(self._scope.lang)


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
        """Its coverage in words."""
        return wording.label(self._place.coverage, self._scope.lang)

    @kept
    def note(self) -> str:
        """The data's note on it."""
        return self._place.note.in_(self._scope.lang)

    @kept
    def leader(self) -> LeaderView | None:
        """Who leads it, if known."""
        person = self._scope.leaders.get(self.key)
        return LeaderView(self._scope, person, self.key) if person else None

    @kept
    def targets(self) -> list[TargetView]:
        """All its target statements, in the data's order."""
        return [self._scope.target(target.id) for target in self._records]

    @kept
    def target(self) -> Lookup[TargetView]:
        """Its statements by short id: district.target.gdp_growth for the target nansha.gdp-growth."""
        start = self.key + "."
        return Lookup(self.key, {view.key.removeprefix(start): view for view in self.targets})

    @property
    def _records(self) -> Sequence[Target]:
        return self._scope.dataset.targets_of.get(self.key, ())

    @kept
    def _groups(self) -> list[Group]:
        return figures.groups(self._records)

    @kept
    def _ranked(self) -> list[Group]:
        return figures.strongest(self._scope.dataset, self._groups)

    @kept
    def rows(self) -> list[RowView]:
        """Its statements, one row per indicator, in the data's order."""
        return [self._scope.row(group) for group in self._groups]

    @kept
    def top(self) -> list[RowView]:
        """At most six rows, the most important first."""
        return [self._scope.row(group) for group in self._ranked[:6]]

    @kept
    def growth(self) -> list[TargetView]:
        """Its year-on-year growth targets in per cent (base, not stretch), the most important indicator first."""
        return [
            self._scope.target(group.growth.id)
            for group in self._ranked
            if group.growth and group.growth.measure is Measure.GROWTH_YOY
        ]

    @kept
    def observed(self) -> list[TargetView]:
        """Its statements that have an actual value."""
        return [view for view in self.targets if view.actual]

    @kept
    def flagged(self) -> list[TargetView]:
        """Its statements that carry a flag."""
        return [view for view in self.targets if view.flags]

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
        # Numbered by first appearance: a theme's wording may hold characters that a key may not.
        return [
            ThemeView(self._scope, f"{self.key}.theme-{number}", name, items)
            for number, (name, items) in enumerate(found.items(), 1)
        ]

    @kept
    def clauses(self) -> str:
        """The clauses of the sources that carry its statements, each once, in one line."""
        found = dict.fromkeys(clause for target in self._records if (clause := target.evidence.clause))
        return "；".join(found) + "。" if found else ""

    @kept
    def sources(self) -> list[SourceView]:
        """The sources of its statements, in order of first use."""
        return [self._scope.source(name) for name in dict.fromkeys(target.evidence.source for target in self._records)]


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

    def _ranked(self, measure: Measure) -> list[TargetView]:
        found = self._scope.comparable.get((self._indicator.code, measure), [])
        return [self._scope.target(target.id) for target in figures.ranked(self._scope.dataset, found)]

    @kept
    def growth(self) -> list[TargetView]:
        """The districts' growth targets, largest first."""
        return self._ranked(Measure.GROWTH_YOY)

    @kept
    def level(self) -> list[TargetView]:
        """The districts' targets in absolute terms, largest first."""
        return self._ranked(Measure.LEVEL)

    @kept
    def median_growth(self) -> Decimal | None:
        """The median of the districts' growth targets, in per cent."""
        return figures.median([view.value for view in self.growth if view.value is not None])

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

    def __init__(self, scope: Scope, targets: list[Target]) -> None:
        first = targets[0]
        self._first = first
        self._targets = targets
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
        return [self._scope.target(target.id) for target in figures.ranked(self._scope.dataset, self._targets)]

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
