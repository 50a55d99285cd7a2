"""What stands side by side: one statement of each place, for one period, in units that can be set against each other."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import to_builtins

from exporters.binding.scope import Scope
from exporters.figures import comparisons
from exporters.model import Dataset, validated

YEAR = {"start": dt.date(2026, 1, 1), "end": dt.date(2026, 12, 31)}
PLAN = {"start": dt.date(2026, 1, 1), "end": dt.date(2030, 12, 31)}
PLACES = ("a", "b", "c")


def statement(name: str, place: str, value: str = "5", **more: object) -> dict[str, object]:
    fields = {
        "indicator": "GDP",
        "measure": "growth_yoy",
        "unit": "PERCENT",
        "period": YEAR,
        "evidence": {"source": "s"},
    }
    return {"id": name, "place": place, "value": value, **(fields | more)}


def dataset(*targets: dict[str, object]) -> Dataset:
    names = {"city": "市", "a": "甲区", "b": "乙区", "c": "丙区"}
    places = [
        {"id": key, "name": {"zh": name, "en": key.upper()}, "level": "city" if key == "city" else "district",
         "parent": None if key == "city" else "city"}
        for key, name in names.items()
    ]  # fmt: skip
    return validated(Dataset, {
        "id": "d", "title": "题", "period": YEAR, "city": "city", "places": places,
        "indicators": [{"code": "GDP", "label": "生产总值"}], "sources": [{"id": "s", "title": "文"}], "targets": targets,
    })  # fmt: skip


def test_a_part_of_a_place_another_period_and_a_second_statement_do_not_compare():
    data = dataset(
        statement("a.gdp", "a", "5"), statement("a.park", "a", "15", sub_place="新城"),
        statement("b.plan", "b", "9", period=PLAN), statement("b.gdp", "b", "6"), statement("b.again", "b", "7"),
        statement("c.stretch", "c", "8", role="stretch", group="g"), statement("c.gdp", "c", "4", group="g"),
        statement("city.plan", "city", "8", period=PLAN), statement("city.gdp", "city", "5.5"),
    )  # fmt: skip
    scope = Scope(data)
    growth = scope.names()["indicator"].find("GDP")
    assert [view.key for view in growth.growth] == ["b.gdp", "a.gdp", "c.gdp"]
    assert growth.median_growth == 5
    assert growth.city_growth.key == "city.gdp"
    assert {view.key: view.comparison for view in scope.names()["targets"] if view.comparison} == {
        "a.gdp": "a|GDP|growth_yoy", "b.gdp": "b|GDP|growth_yoy", "c.gdp": "c|GDP|growth_yoy",
        "city.gdp": "city|GDP|growth_yoy",
    }  # fmt: skip
    (comparison,) = scope.comparisons
    assert [view.key for view in comparison.targets] == [view.key for view in growth.growth]
    assert [view.key for view in scope.districts[0].growth] == ["a.gdp"]


def test_what_only_a_plan_states_compares_within_the_plan():
    data = dataset(
        statement("a.plan", "a", "9", period=PLAN), statement("b.plan", "b", "8", period=PLAN),
        statement("city.gdp", "city", "5.5"),
    )  # fmt: skip
    found = comparisons(data)["GDP", "growth_yoy"]
    assert [target.id for target in found.districts.values()] == ["a.plan", "b.plan"]
    assert found.city is None


@pytest.mark.parametrize(
    ("first", "second", "measure"), [("PERCENT", "PERMILLE", "ratio"), ("CNY_100M", "USD_100M", "level")]
)
def test_units_that_cannot_be_set_against_each_other_stand_apart(first, second, measure):
    data = dataset(
        statement("a.x", "a", "20", unit=first, measure=measure),
        statement("b.x", "b", "30", unit=second, measure=measure), statement("c.x", "c", "10", unit=first, measure=measure),
        statement("city.x", "city", "40", unit=second, measure=measure),
    )  # fmt: skip
    found = comparisons(data)["GDP", measure]
    assert [target.id for target in found.districts.values()] == ["a.x", "c.x"]
    assert found.city is None
    assert Scope(data).target("b.x").comparison == ""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_numbers_of_one_comparison_are_in_one_unit(lang):
    data = dataset(
        statement("a.x", "a", "90", unit="SQM_10K", measure="level"),
        statement("b.x", "b", "950000", unit="SQM", measure="level"),
    )  # fmt: skip
    first, second = Scope(data, lang).comparisons[0].targets
    assert (first.key, second.key) == ("b.x", "a.x")
    assert first.number > second.number
    assert first.number_unit == second.number_unit


statements = st.builds(
    lambda place, value, more: (place, value, more),
    st.sampled_from((*PLACES, "city")), st.sampled_from(["4", "5", "6.5"]),
    st.fixed_dictionaries({}, optional={
        "period": st.sampled_from([YEAR, PLAN]), "sub_place": st.sampled_from(["", "园"]),
        "unit": st.sampled_from(["PERCENT", "PERMILLE"]),
    }),
)  # fmt: skip


@given(st.lists(statements, max_size=10))
def test_a_ranking_is_its_table(made):
    """The three files count, rank and look up the same statements: one of each place, no two found by one key."""
    data = dataset(*(statement(f"t{n}", place, value, **more) for n, (place, value, more) in enumerate(made)))
    scope = Scope(data)
    keys = [view.comparison for view in scope.names()["targets"] if view.comparison]
    assert len(keys) == len(set(keys))
    for one in scope.comparisons:
        table = {view.place.key: view.value for view in one.targets}
        assert len(table) == len(one.targets) > 1
        assert {f"{place}|{one.code}" for place in table} <= set(keys)
        assert len({(view.period, view.unit_code) for view in (*one.targets, *filter(None, [one.city]))}) == 1
        top, low = max(table.values()), min(table.values())
        assert {view.place.key for view in one.highest} == {place for place, value in table.items() if value == top}
        assert {view.place.key for view in one.lowest} == {place for place, value in table.items() if value == low}


def test_those_who_state_the_same_number_stand_first_together():
    data = dataset(
        statement("a.gdp", "a", "7", comparator="gte"), statement("b.gdp", "b", "7.0", comparator="gte"),
        statement("c.gdp", "c", "6"),
    )  # fmt: skip
    growth = Scope(data).names()["indicator"].find("GDP")
    assert [view.key for view in growth.growth_first] == ["a.gdp", "b.gdp"]
    alike = dataset(statement("a.gdp", "a", "7", comparator="gte"), statement("b.gdp", "b", "7"))
    for lang in ("zh", "en"):
        growth = Scope(alike, lang).names()["indicator"].find("GDP")
        assert [view.place.key for view in growth.growth_first] == ["a", "b"]
        # One says 7%以上, one 7%: what both state is the number.
        assert growth.growth_first_text == "7%"
        assert Scope(alike, lang).comparisons[0].highest_text == "7%"
    assert growth.median_growth == Decimal(7)


def test_only_a_day_that_was_asked_for_holds_later_values_back():
    seen = [
        {"id": f"o{day.month}", "target": "a.gdp", "date": day, "value": "5"}
        for day in (dt.date(2026, 6, 30), dt.date(2026, 9, 30))
    ]
    data = dataset(statement("a.gdp", "a"))
    data = validated(Dataset, to_builtins(data) | {"as_of": dt.date(2026, 7, 20), "observations": seen})
    # The day asked for may be the data's own.
    for asked, newest in ((None, "o9"), (dt.date(2026, 7, 19), "o6"), (data.as_of, "o6"), (dt.date(2026, 9, 30), "o9")):
        assert Scope(data, as_of=asked).observations["a.gdp"].id == newest
    assert Scope(data).pack.date == Scope(data, as_of=data.as_of).pack.date
