"""The records of a dataset: places, people, indicators, targets, observations, initiatives, sources."""

from typing import Annotated, ClassVar

from .forms import Limits, Record
from .scalars import PLAIN_WHOLE, Day, Number, Switch
from .terms import Comparator, Coverage, FlagCode, Kind, Level, Measure, Modality, Role
from .text import EMPTY, Id, PlainText, Said, Text
from .units import UnitCode

Natural = Annotated[int, Limits(ge=0), PLAIN_WHOLE]
IndicatorCode = Annotated[str, Limits(pattern=r"^[A-Z][A-Z0-9_]{0,47}$")]


class Source(Record, frozen=True, kw_only=True):
    """Where statements come from: an article, a report, a bulletin."""

    id: Id
    title: Said
    outlet: Text = EMPTY
    published: Day | None = None
    occasion: Text = EMPTY
    address: PlainText = ""
    file: PlainText = ""
    """Name of the stored text that spans refer to, if the office keeps one."""
    sha256: Annotated[str, Limits(pattern=r"^([0-9a-f]{64})?$")] = ""


class Evidence(Record, frozen=True, kw_only=True):
    """The clause that carries a statement.

    ``start``/``end`` are code-point offsets (end exclusive) into the source's text with its line breaks kept;
    ``clause`` is that span with the line breaks removed.
    """

    source: Id
    clause: PlainText = ""
    start: Natural | None = None
    end: Natural | None = None

    def __post_init__(self) -> None:
        if (self.start is None) != (self.end is None):
            raise ValueError("a span needs both start and end")
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError(f"the span's end {self.end} must lie behind its start {self.start}")


class Flag(Record, frozen=True, kw_only=True):
    """A reason to look twice, with a note that readers see."""

    short_form: ClassVar[str] = "code"
    code: FlagCode
    note: Text = EMPTY


class Period(Record, frozen=True, kw_only=True):
    """The reference period of a statement; both days belong to it."""

    label: Text = EMPTY
    start: Day
    end: Day

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"the period ends {self.end} before it starts {self.start}")


class Place(Record, frozen=True, kw_only=True):
    """A city, a district, or a part of one."""

    id: Id
    name: Said
    short: Text = EMPTY
    """The name without its generic word (南沙 for 南沙区); the name itself where not given."""
    code: Annotated[str, Limits(pattern=r"^([0-9]{6}([0-9]{3}){0,2})?$")] = ""
    """GB/T 2260 division code (or its longer forms for towns and villages)."""
    level: Level
    parent: Id | None = None
    coverage: Coverage = Coverage.FULL
    note: Text = EMPTY


class Post(Record, frozen=True, kw_only=True):
    """An office that a person holds; ``title`` is the short form used beside the name."""

    place: Id
    title: Said
    full_title: Text = EMPTY


class Person(Record, frozen=True, kw_only=True):
    """A leader, and the posts held at the time of the source."""

    id: Id
    name: Said
    posts: Annotated[tuple[Post, ...], Limits(min_length=1)]
    evidence: Evidence | None = None


class Event(Record, frozen=True, kw_only=True):
    """A conference at which targets were announced."""

    id: Id
    name: Said
    level: Level
    date: Day
    time: Text = EMPTY
    host: Text = EMPTY
    source: Id | None = None


class Indicator(Record, frozen=True, kw_only=True):
    """What a target measures."""

    code: IndicatorCode
    label: Said
    short: Text = EMPTY
    measure: Measure = Measure.LEVEL
    """The measure in which it is usually stated."""
    counter: Text = EMPTY
    """The Chinese measure word of a count (个, 家), or the English noun."""
    rank: Natural = 100
    """Place in the order of importance, smallest first."""
    lower_is_better: Switch = False
    """Less is better, as of unemployment: a target without a comparator is an upper limit."""
    stock: Switch = False
    """It stands at a day, as residents and firms do, and does not add up through the year: an actual value is compared
    with the target as it stands."""
    note: Text = EMPTY


class Target(Record, frozen=True, kw_only=True):
    """One target statement: a figure, how it binds, for whom, until when, and the clause that says so."""

    id: Id
    ref: PlainText = ""
    """The office's own reference for the statement, such as N1."""
    place: Id
    sub_place: Text = EMPTY
    """A part of the place that the statement is limited to (康鹭片区)."""
    indicator: IndicatorCode
    indicator_raw: PlainText = ""
    """The indicator as the source words it."""
    measure: Measure
    comparator: Comparator = Comparator.EQ
    comparator_word: Text = EMPTY
    """The source's own word for the comparator (超, 突破, 以上)."""
    value: Number | None = None
    upper: Number | None = None
    """The upper value of a range."""
    unit: UnitCode | None = None
    reference: Text = EMPTY
    """What the value keeps step with, for ``in_step_with``."""
    expression: Text = EMPTY
    """The source's fixed expression where it prints no number (两位数增长, 持平, 翻一番); shown in its place."""
    modality: Modality = Modality.NONE
    modality_word: PlainText = ""
    role: Role = Role.BASE
    kind: Kind = Kind.INDICATOR
    group: PlainText = ""
    """Ties level and growth, base and stretch, milestones and total of one indicator of one place."""
    period: Period
    evidence: Evidence
    flags: tuple[Flag, ...] = ()
    note: Text = EMPTY

    def __post_init__(self) -> None:
        if self.measure is Measure.QUALITATIVE:
            if self.value is not None:
                raise ValueError("a qualitative target has no value")
            if not self.expression:
                raise ValueError("a qualitative target needs an expression")
            return
        if self.comparator is Comparator.IN_STEP_WITH:
            if not self.reference:
                raise ValueError("comparator in_step_with needs a reference")
            return
        if self.value is None:
            raise ValueError(f"a target of measure {self.measure} needs a value")
        if self.unit is None:
            raise ValueError(f"a target of measure {self.measure} needs a unit")
        if (self.comparator is Comparator.BETWEEN) != (self.upper is not None):
            raise ValueError("comparator between and an upper value belong together")
        if self.upper is not None and self.upper < self.value:
            raise ValueError(f"the upper value {self.upper} is below the value {self.value}")


class Observation(Record, frozen=True, kw_only=True):
    """An actual value of a target's indicator at a date, in the target's own measure and unit."""

    id: Id
    target: Id
    date: Day
    value: Number
    source: Id | None = None
    note: Text = EMPTY


class Initiative(Record, frozen=True, kw_only=True):
    """What a place will do, in the office's own short words, under a theme."""

    id: Id
    place: Id
    theme: Said
    text: Said
    evidence: Evidence | None = None


class Office(Record, frozen=True, kw_only=True):
    """Who puts its name under the pack."""

    name: Said
    contact: Text = EMPTY
