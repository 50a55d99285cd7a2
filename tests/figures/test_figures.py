"""What follows from the data: rows, rankings, medians, progress."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from exporters.figures import group, median, progress, together
from exporters.model import Evidence, Indicator, Observation, Period, Target, Text, validated

PLAIN = Indicator(code="GDP", label=Text(zh="生产总值"))
LESS = replace(PLAIN, lower_is_better=True)
STOCK = replace(PLAIN, stock=True)
YEAR = Period(start=dt.date(2023, 1, 1), end=dt.date(2023, 12, 31))


def target(name: str, measure: str = "level", value: str = "100", **more: object) -> Target:
    fields = {"place": "a", "indicator": "GDP", "period": YEAR, "evidence": Evidence(source="s"), "unit": "CNY_100M"}
    return validated(Target, {"id": name, "measure": measure, "value": value} | fields | more)


def test_level_growth_and_stretch_are_one_row():
    level = target("a.level", group="g")
    growth = target("a.growth", "growth_yoy", "7", unit="PERCENT", group="g")
    stretch = target("a.stretch", "growth_yoy", "7.5", unit="PERCENT", group="g", role="stretch")
    (members,) = together([level, growth, stretch])
    row = group(members)
    assert (row.level, row.growth, row.stretch) == (level, growth, stretch)
    assert row.members() == [level, growth, stretch]


def test_milestones_come_in_order_of_time_behind_their_total():
    spans = {"q2": (4, 6), "q1": (1, 3)}
    steps = [
        target(
            f"a.{name}", "flow", group="g", role="milestone",
            period=Period(start=dt.date(2023, first, 1), end=dt.date(2023, last, 28)),
        )
        for name, (first, last) in spans.items()
    ]  # fmt: skip
    (members,) = together([*steps, target("a.total", "flow", group="g")])
    row = group(members)
    assert [member.id for member in row.members()] == ["a.total", "a.q1", "a.q2"]


@given(st.lists(st.tuples(st.sampled_from("gh "), st.sampled_from(["level", "growth_yoy"])), max_size=12))
def test_nothing_is_left_out_of_the_rows(kinds):
    targets = [target(f"a.t{n}", measure, group=name.strip()) for n, (name, measure) in enumerate(kinds)]
    found = [member.id for members in together(targets) for member in group(members).members()]
    assert sorted(found) == sorted(one.id for one in targets)


def test_median_is_exact():
    assert median([]) is None
    assert median([Decimal("7"), Decimal("4.5"), Decimal("10")]) == 7
    assert median([Decimal("7"), Decimal("6.5")]) == Decimal("6.75")


@pytest.mark.parametrize(
    ("measure", "comparator", "value", "actual", "status", "rate"),
    [
        ("level", "gte", "100", "52", "on_track", "0.52"),
        ("level", "gte", "100", "40", "behind", "0.4000"),
        ("level", "gte", "100", "100", "met", "1.0000"),
        ("level", "gt", "100", "100", "on_track", "1.0000"),
        ("growth_yoy", "gte", "7", "6.9", "behind", "0.9857"),
        ("growth_yoy", "gte", "7", "7.2", "met", "1.0286"),
        ("growth_yoy", "lte", "-3", "-4", "met", None),
        ("level", "lte", "100", "80", "met", None),
        ("level", "lt", "0.32", "0.335", "behind", None),
        ("level", "gte", "200", "99.18", "on_track", "0.4959"),
        ("rank", "eq", "3", "9", "behind", None),
        ("rank", "eq", "3", "2", "met", None),
        ("rank", "lt", "4", "4", "behind", None),
        ("growth_yoy", "eq", "-3", "-4", "behind", None),
        ("growth_yoy", "gte", "-1", "-0.5", "met", None),
    ],
)
def test_progress_at_half_year(measure, comparator, value, actual, status, rate):
    aim = target("a.t", measure, value, comparator=comparator)
    seen = Observation(id="o", target="a.t", date=dt.date(2023, 6, 30), value=Decimal(actual))
    found = progress(aim, seen, PLAIN)
    assert found is not None
    assert found.status == status
    assert (None if found.rate is None else round(found.rate, 4)) == (None if rate is None else Decimal(rate))
    assert found.elapsed == Decimal("0.4959")


@pytest.mark.parametrize(
    ("measure", "comparator", "more", "actual", "status"),
    [
        ("ratio", "eq", {}, "7.5", "behind"), ("ratio", "eq", {}, "5.5", "met"), ("ratio", "approx", {}, "5", "met"),
        ("ratio", "between", {"upper": "6"}, "6", "met"), ("ratio", "between", {"upper": "6"}, "6.1", "behind"),
        ("ratio", "gte", {}, "7", "met"), ("level", "eq", {}, "3", "met"), ("level", "eq", {}, "6", "behind"),
    ],
)  # fmt: skip
def test_less_is_better_where_the_indicator_says_so(measure, comparator, more, actual, status):
    aim = target("a.t", measure, "5.5", comparator=comparator, **more)
    found = progress(aim, Observation(id="o", target="a.t", date=dt.date(2023, 6, 30), value=Decimal(actual)), LESS)
    assert found is not None
    assert found.status == status
    assert (found.rate is None) == (comparator != "gte")


def test_a_stock_does_not_add_up_through_the_year():
    aim = target("a.t", "level", "1900", unit="PERSON_10K")
    seen = Observation(id="o", target="a.t", date=dt.date(2023, 6, 30), value=Decimal(960))
    assert [progress(aim, seen, record).status for record in (PLAIN, STOCK)] == ["on_track", "behind"]


@given(st.integers(1, 365), st.integers(1, 400))
def test_what_is_exactly_on_pace_is_on_track(day, share):
    """Target and actual value in the ratio of the days: no rounding may come between."""
    aim = target("a.t", "level", str(Decimal(365) * share), comparator="gte")
    date = YEAR.start + dt.timedelta(days=day - 1)
    seen = Observation(id="o", target="a.t", date=date, value=Decimal(day) * share)
    assert progress(aim, seen, PLAIN).status in {"on_track", "met"}
