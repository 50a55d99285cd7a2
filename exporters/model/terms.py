"""The closed vocabularies of a target statement."""

from __future__ import annotations

from enum import StrEnum


class Measure(StrEnum):
    """What kind of figure a target's value is."""

    LEVEL = "level"
    GROWTH_YOY = "growth_yoy"
    CHANGE_PP = "change_pp"
    RATIO = "ratio"
    MULTIPLE = "multiple"
    MULTIPLE_GROWTH = "multiple_growth"
    COUNT = "count"
    INCREMENT = "increment"
    FLOW = "flow"
    RANK = "rank"
    QUALITATIVE = "qualitative"


class Comparator(StrEnum):
    """How the actual value must stand to the target's value.

    ``gte``/``lte`` include the number (以上, 以下, 以内); ``gt``/``lt`` exclude it (超, 突破, 低于).
    """

    EQ = "eq"
    APPROX = "approx"
    GTE = "gte"
    GT = "gt"
    LTE = "lte"
    LT = "lt"
    BETWEEN = "between"
    IN_STEP_WITH = "in_step_with"
    NONE = "none"


class Modality(StrEnum):
    """How firmly the speaker commits (the word itself stands in ``modality_word``)."""

    NONE = "none"
    ENSURE = "ensure"
    TARGET = "target"
    PLAN = "plan"
    ACHIEVE = "achieve"
    PUSH = "push"
    EXPECT = "expect"
    STRIVE = "strive"


class Role(StrEnum):
    """The part that one statement plays in its group."""

    BASE = "base"
    STRETCH = "stretch"
    MILESTONE = "milestone"


class Kind(StrEnum):
    """An economic indicator, something to deliver, or a portfolio of works in hand."""

    INDICATOR = "indicator"
    DELIVERABLE = "deliverable"
    PORTFOLIO = "portfolio"


class Level(StrEnum):
    """Administrative level of a place."""

    COUNTRY = "country"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    COUNTY = "county"
    TOWN = "town"


class Coverage(StrEnum):
    """Where the statements of a place come from."""

    FULL = "full"
    OTHER_SOURCE = "other_source"
    NONE = "none"


class FlagCode(StrEnum):
    """Why a reader should look twice at a record."""

    LOOKS_HIGH = "looks_high"
    LOOKS_LOW = "looks_low"
    SHARED_CLAUSE = "shared_clause"
    SAME_FIGURE = "same_figure"
    BROKEN_LINE = "broken_line"
    YEAR_INFERRED = "year_inferred"
    UNVERIFIED = "unverified"
    INVENTED = "invented"
    OTHER = "other"
