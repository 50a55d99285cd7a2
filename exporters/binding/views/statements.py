"""Target statements, what was reached of them, and the rows that they form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING

from exporters import figures, wording
from exporters.binding.kept import given, kept
from exporters.binding.views.base import View
from exporters.model import EMPTY, Comparator, Flag, Indicator, Role, Target

if TYPE_CHECKING:
    from exporters.binding.scope import Scope
    from exporters.binding.views.places import PlaceView
    from exporters.binding.views.sources import SourceView


_BASE, _MILESTONE = Role.BASE, Role.MILESTONE
_COMMON = attrgetter(
    "indicator", "measure", "unit", "comparator", "role", "kind", "modality", "modality_word", "evidence.source",
    "period", "sub_place",
)  # fmt: skip


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
        return self._scope.quantity(self._target, self.value)

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
        """Actual over target, as a ratio of four places (0.5455); none for targets at or below zero and where less is
        better."""
        rate = self._progress.rate
        return None if rate is None else wording.rounded(rate, 4)

    @kept
    def rate_text(self) -> str:
        """Actual over target as a percentage with one decimal."""
        rate = self._progress.rate
        return "" if rate is None else f"{wording.rounded(rate * 100, 1):f}%"

    @property
    def elapsed(self) -> Decimal:
        """The share of the target's period that had passed by then (0.4959)."""
        return self._progress.elapsed

    @property
    def status(self) -> str:
        """met, on_track or behind; empty where the statement has no number to judge it by."""
        return self._progress.status or ""

    @property
    def source(self) -> SourceView | None:
        """Where it comes from, if that is known."""
        source = self._progress.observation.source
        return None if source is None else self._scope.source(source)

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
        "period_end", "source", "lower_is_better", "stock",
    ))  # fmt: skip

    @property
    def _common(self) -> object:  # type: ignore[override]
        return _COMMON(self._target)

    def __init__(self, scope: Scope, target: Target) -> None:
        self._scope, self._target, self.key = scope, target, target.id

    @property
    def ref(self) -> str:
        """The office's own reference."""
        return self._target.ref

    @property
    def indicator_raw(self) -> str:
        """The indicator as the source words it."""
        return self._target.indicator_raw

    @property
    def _record(self) -> Indicator:
        return self._scope.indicator(self._target.indicator)

    @property
    def lower_is_better(self) -> bool:
        """Whether less is better though no comparator says so: ranks, and indicators that the data marks so."""
        limits = self._target.comparator in {Comparator.LTE, Comparator.LT}
        return not limits and figures.lower_is_better(self._target, self._record)

    @property
    def stock(self) -> bool:
        """Whether its indicator stands at a day, as residents do, and does not add up through the year."""
        return self._record.stock

    @property
    def place(self) -> PlaceView:
        """The place that it is for."""
        return self._scope._places[self._target.place]

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
        """The indicator's full name, with the part of the place that the statement is limited to, and with the period
        of a base or stretch target where it is not the pack's."""
        return self._limited(self._scope.label(self._target.indicator))

    def _limited(self, name: str) -> str:
        """Return a name of the indicator with what the statement is limited to: a part of the place, a period."""
        apart, part = self._apart, self._target.sub_place
        if not apart and (part is EMPTY or not part):
            return name
        limits = [*filter(None, [self.sub_place]), *([self.period] if apart else [])]
        return f"{name}（{'，'.join(limits)}）" if self._scope.lang == "zh" else f"{name} ({', '.join(limits)})"

    @property
    def _apart(self) -> bool:
        """Whether it is for another period than the pack; a milestone always is."""
        period = self._target.period
        return self._target.role is not _MILESTONE and (period.start, period.end) != self._scope._days

    @kept
    def short(self) -> str:
        """The indicator's short name."""
        record = self._scope.indicator(self._target.indicator)
        return (record.short or record.label).in_(self._scope.lang)

    @kept
    def text(self) -> str:
        """The figure with its comparator: 10%以上, 超730亿元, at least 10%; of a fall with its sign: -3%."""
        text, self.phrase = self._scope.said(self._target)
        return text

    @kept
    def phrase(self) -> str:
        """The figure with its verb: 增长10%以上, up at least 10%, 下降3%."""
        self.text, phrase = self._scope.said(self._target)
        return phrase

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

    @kept
    def bare(self) -> str:
        """The number alone with its unit, of a range the lower one: 10%, 730亿元."""
        return "" if self.value is None else self._scope.quantity(self._target, self.value)

    @property
    def tail(self) -> str:
        """What the phrase says behind its number: 以上, 左右."""
        return self._pieces[2]

    @kept
    def word(self) -> str:
        """The word of strength as the source has it (力争, 确保); in English its equivalent."""
        target, lang = self._target, self._scope.lang
        return (lang == "zh" and target.modality_word) or wording.label(target.modality, lang)

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

    @property
    def reach(self) -> Decimal | None:
        """The number, of a range the upper one: what must be passed to be above it."""
        return self.value if self.upper is None else self.upper

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
        for what compares with nothing: stretch targets, milestones, parts of a place, other periods and units."""
        return self._scope.comparison(self._target)

    @property
    def stretch(self) -> TargetView | None:
        """What is striven for beyond it, if anything; none for a target that is itself a stretch."""
        return self._scope.stretch(self._target)

    @property
    def unit(self) -> str:
        """The unit of ``value``, as the source has it: 亿元, %; in English CNY 100 m, %."""
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
        if observation is None:
            return None
        return ActualView(self._scope, self._target, figures.progress(self._target, observation, self._record))


class RowView(View):
    """The statements of one indicator of one place in one row: level, growth, stretch, milestones."""

    def __init__(self, scope: Scope, members: Sequence[Target]) -> None:
        self._scope, self._members = scope, members
        views, first = scope._targets, members[0]
        if len(members) == 1 and first.role is _BASE:
            # Most rows are one statement.
            self.base = base = views[first.id]
            self.level, self.growth = (None, base) if first.measure in figures.GROWTH else (base, None)
            self.stretch, self.milestones = None, []
        else:
            found = figures.group(members)
            self.base = base = views[found.base.id]
            self.level, self.growth, self.stretch = (
                None if one is None else views[one.id] for one in (found.level, found.growth, found.stretch)
            )
            self.milestones = [views[one.id] for one in found.milestones]
        self.key, self.word = base.key + ".row", base.word

    @given
    def base(self) -> TargetView:
        """The statement that names the row."""
        raise NotImplementedError

    @kept
    def label(self) -> str:
        """The indicator's full name, with what the statement is limited to: a part of the place, a period."""
        return self.base.full_label

    @property
    def short(self) -> str:
        """The indicator's short name, with what the statement is limited to: a part of the place, a period."""
        return self.base._limited(self.base.short)

    @given
    def word(self) -> str:
        """The base statement's word of strength."""
        raise NotImplementedError

    @property
    def kind_code(self) -> str:
        """indicator, deliverable or portfolio."""
        return self.base.kind_code

    @given
    def level(self) -> TargetView | None:
        """The statement in absolute terms, if any."""
        raise NotImplementedError

    @given
    def growth(self) -> TargetView | None:
        """The statement of growth or change, if any."""
        raise NotImplementedError

    @given
    def stretch(self) -> TargetView | None:
        """What is striven for beyond the base, if anything."""
        raise NotImplementedError

    @given
    def milestones(self) -> list[TargetView]:
        """Steps on the way to the total, in order of time."""
        raise NotImplementedError

    @kept
    def targets(self) -> list[TargetView]:
        """All statements of the row."""
        return [self._scope.target(target.id) for target in figures.group(self._members).members()]
