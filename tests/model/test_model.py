"""What the model lets in, and what it says of the rest."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from msgspec.json import decode
from pydantic import ValidationError

from exporters.model import (
    Dataset,
    Evidence,
    Period,
    Text,
    check,
    check_sources,
    doubts,
    forbidden_character,
    validated,
)

YEAR = {"start": "2023-01-01", "end": "2023-12-31"}


def target(**changes: object) -> dict[str, object]:
    return {
        "id": "a.gdp-growth", "place": "a", "indicator": "GDP", "measure": "growth_yoy", "value": "7",
        "unit": "PERCENT", "period": YEAR, "evidence": {"source": "s", "clause": "增长7%"},
    } | changes  # fmt: skip


IN_WORDS = {"value": None, "measure": "qualitative", "comparator": "in_step_with", "expression": "与经济增长同步"}


def places(*more: dict[str, object]) -> list[dict[str, object]]:
    return [
        {"id": "c", "name": "城", "level": "city"}, {"id": "a", "name": "甲", "level": "district", "parent": "c"},
        *({"level": "district", "parent": "c"} | one for one in more),
    ]  # fmt: skip


def observed(name: str, day: str, value: str = "7") -> dict[str, object]:
    return {"id": name, "target": "a.gdp-growth", "date": day, "value": value}


def dataset(*targets: dict[str, object], **changes: object) -> Dataset:
    fields: dict[str, object] = {
        "id": "d", "title": "t", "period": YEAR, "city": "c",
        "places": [
            {"id": "c", "name": "城", "level": "city"},
            {"id": "a", "name": "甲", "level": "district", "parent": "c", "code": "440103"},
        ],
        "indicators": [{"code": "GDP", "label": {"zh": "地区生产总值", "en": "GDP"}}],
        "sources": [{"id": "s", "title": "文"}],
        "targets": list(targets),
    }  # fmt: skip
    return validated(Dataset, fields | changes)


def test_records_are_frozen_and_exact():
    found = dataset(target(value="6.50")).targets[0]
    assert found.value == Decimal("6.50")
    assert str(found.value) == "6.50"
    with pytest.raises(AttributeError):
        found.value = Decimal(1)  # type: ignore[misc]


@pytest.mark.parametrize(
    "changes",
    [
        {"value": None}, {"unit": None}, {"comparator": "between"}, {"upper": "9"},
        {"comparator": "between", "value": "9", "upper": "5"}, {"value": "NaN"}, {"value": "Infinity"},
        {"value": "1234567890123456.7"}, {"comparator": "in_step_with"}, {"measure": "qualitative"}, {"colour": "red"},
        {"note": "a\u0007b"}, {"note": "a\u202eb"}, {"note": "\ufdd0"}, {"evidence": {"source": "s", "start": 3}},
        {"evidence": {"source": "s", "start": 3, "end": 3}}, {"period": {"start": "2023-02-01", "end": "2023-01-01"}},
        {"id": "With Space"}, {"id": "x" * 49},
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused(changes):
    with pytest.raises(ValidationError):
        dataset(target(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"comparator": "between", "value": "5", "upper": "6"},
        {"comparator": "lte"},
        {"measure": "multiple", "expression": "翻一番", "value": "2", "unit": "TIMES"},
        {"expression": "持平", "value": "0"},
        {"measure": "level", "value": "32", "unit": "USD_100M"},
        {"period": {"start": "2023-01-01", "end": "2027-12-31"}},
        {"comparator": "in_step_with", "reference": "经济增长", "value": None, "unit": None},
        {"measure": "qualitative", "value": None, "unit": None, "comparator": "none", "expression": "稳步提升"},
    ],
)
def test_what_announcements_hold_fits(changes):
    found = dataset(target(**changes))
    assert check(found) == []
    assert decode(found.canonical, type=Dataset) == found


@pytest.mark.parametrize(
    ("build", "code", "hint"),
    [
        (lambda: dataset(target(unit="PERCNT")), "unknown-unit", "did you mean 'PERCENT'?"),
        (lambda: dataset(target(indicator="GDPP")), "unknown-indicator", "did you mean 'GDP'?"),
        (lambda: dataset(target(place="b")), "unknown-place", ""),
        (lambda: dataset(target(), target()), "duplicate-id", ""),
        (lambda: dataset(target(id="a")), "duplicate-id", ""),
        (lambda: dataset(target(role="stretch")), "group", ""),
        (lambda: dataset(target(group="g"), target(id="a.x", group="g")), "group", ""),
        (lambda: dataset(city="x"), "unknown-place", ""),
        (
            lambda: dataset(target(), observations=[observed("o1", "2023-06-30"), observed("o2", "2023-06-30", "8")]),
            "observed-twice",
            "",
        ),
        (lambda: dataset(places=places({"id": "b", "name": "甲"})), "same-name", ""),
        (lambda: dataset(places=places({"id": "b", "name": "乙区", "short": "甲"})), "same-name", ""),
        (lambda: dataset(places=places({"id": "b", "name": "城区", "short": "城"})), "same-name", ""),
    ],
)
def test_rules_between_records(build, code, hint):
    problems = check(build())
    assert code in [problem.code for problem in problems]
    assert hint in [problem.hint for problem in problems] or not hint


def test_names_of_places_that_stand_in_no_list_may_be_the_same():
    town = {"id": "t", "name": "甲", "level": "town", "parent": "a"}
    assert [problem.code for problem in check(dataset(target(), places=places(town)))] == []


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"observations": [("o", "2024-03-01")]}, "late-day", "later than the data's day (2024-01-31)"),
        ({"observations": [("o", "2022-12-31")]}, "early-day", "before the target's period"),
        ({"observations": [("o", "2023-06-30")]}, "", ""),
        (
            {"observations": [("o", "2023-06-30")], "own": IN_WORDS | {"unit": None}},
            "no-unit",
            "will stand without a unit",
        ),
        ({"observations": [("o", "2023-06-30")], "own": IN_WORDS}, "", ""),
        ({"town": 2}, "not-shown", "will not show its 2 statements"),
        ({"town": 0}, "", ""),
    ],
)
def test_what_may_not_be_meant_is_a_doubt(changes, code, said):
    observations = [observed(name, day) for name, day in changes.get("observations", ())]
    town = {"id": "t", "name": "镇", "level": "town", "parent": "a"}
    own = [target(id=f"t.x{number}", place="t") for number in range(changes.get("town", 0))]
    data = dataset(
        target(**changes.get("own", {})), *own, places=places(town), observations=observations, as_of="2024-01-31"
    )
    assert check(data) == []
    found = doubts(data)
    assert [problem.code for problem in found] == ([code] if code else [])
    assert said in "".join(problem.message for problem in found)


def test_a_span_must_hold_its_clause_even_over_a_line_break():
    text = "力争实\n\n现两位数增长"
    good = dataset(target(evidence={"source": "s", "clause": "力争实现两位数增长", "start": 0, "end": 11}))
    assert check_sources(good, {"s": text}) == []
    bad = dataset(target(evidence={"source": "s", "clause": "两位数增长", "start": 0, "end": 5}))
    (problem,) = check_sources(bad, {"s": text})
    assert problem.path == ("targets", 0, "evidence", "clause")


def test_texts_fall_back_to_the_other_language():
    assert Text(zh="甲").in_("en") == "甲"
    assert Text(zh="甲", en="A").in_("en") == "A"
    assert not Text()


def test_forbidden_characters_are_found_where_they_stand():
    assert forbidden_character("ab\u0000") == (2, "U+0000")
    assert forbidden_character("𠮷野家\n\t繁體") is None


def test_period_and_evidence_are_values():
    assert validated(Period, YEAR) == Period(start=dt.date(2023, 1, 1), end=dt.date(2023, 12, 31))
    assert Evidence(source="s") == Evidence(source="s")
