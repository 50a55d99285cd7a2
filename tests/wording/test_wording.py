"""Figures in words: as strong and as precise as the source, in both languages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.model import (
    BUILTIN_UNITS,
    Coverage,
    Evidence,
    Level,
    Measure,
    Modality,
    Period,
    Target,
    Text,
    Unit,
    validated,
)
from exporters.wording import (
    apart,
    date,
    figure,
    label,
    period,
    phrase,
    pieces,
    plain,
    quantity,
    saying,
    steady,
    unit_of,
)

YEAR = Period(start=dt.date(2023, 1, 1), end=dt.date(2023, 12, 31))


def target(measure: str, comparator: str, value: str | None, unit: str | None, **more: object) -> Target:
    fields = {"id": "a.b", "place": "a", "indicator": "GDP", "period": YEAR, "evidence": Evidence(source="s")}
    given = fields | {"measure": measure, "comparator": comparator, "value": value, "unit": unit} | more
    return validated(Target, given)


@pytest.mark.parametrize(
    ("found", "counter", "zh", "en"),
    [
        (target("growth_yoy", "gte", "10", "PERCENT"), "", "增长10%以上", "up at least 10%"),
        (target("growth_yoy", "eq", "6.5", "PERCENT"), "", "增长6.5%", "up 6.5%"),
        (target("growth_yoy", "approx", "25", "PERCENT"), "", "增长25%左右", "up about 25%"),
        (target("growth_yoy", "lte", "-3", "PERCENT"), "", "下降3%以上", "down at least 3%"),
        (target("growth_yoy", "gte", "-1", "PERCENT"), "", "下降1%以内", "down at most 1%"),
        (target("growth_yoy", "lt", "-1", "PERCENT"), "", "下降超1%", "down over 1%"),
        (target("growth_yoy", "lte", "-3", "PERCENT", comparator_word="不低于"), "", "下降不低于3%", "down at least 3%"),
        (target("growth_yoy", "between", "-5", "PERCENT", upper="-2"), "", "下降2%—5%", "down 2% to 5%"),
        (target("growth_yoy", "between", "-2", "PERCENT", upper="3"), "", "增速-2%—3%", "growth of -2% to 3%"),
        (target("change_pp", "between", "-1", "PP", upper="-0.5"), "", "下降0.5个百分点—1个百分点",
         "down 0.5 percentage points to 1 percentage point"),
        (target("multiple_growth", "between", "1", "TIMES", upper="2"), "", "增长1倍—2倍", "up 100% to 200%"),
        (target("rank", "between", "3", "RANK", upper="5"), "", "第3—5位", "no. 3 to 5"),
        (target("rank", "lt", "4", "RANK"), "", "前3位", "top 3"),
        (target("growth_yoy", "between", "5", "PERCENT", upper="6"), "", "增长5%—6%", "up 5% to 6%"),
        (target("level", "gt", "730", "CNY_100M"), "", "超730亿元", "over CNY 73 bn"),
        (target("level", "gt", "3", "CNY_TRILLION", comparator_word="突破"), "", "突破3万亿元", "over CNY 3 tn"),
        (target("level", "gt", "1.4", "CNY_TRILLION"), "", "超1.4万亿元", "over CNY 1.4 tn"),
        (target("level", "eq", "3200", "USD_10K"), "", "3200万美元", "USD 32 m"),
        (target("increment", "eq", "20", "SQM_10K"), "", "20万平方米", "200,000 sq m"),
        (target("count", "gte", "180", "COUNT"), "个|projects", "180个以上", "at least 180 projects"),
        (target("count", "eq", "1", "COUNT"), "个|projects", "1个", "1 project"),
        (target("count", "eq", "1", "COUNT"), "家|businesses", "1家", "1 business"),
        (target("level", "lte", "1", "DAY"), "", "1天以内", "at most 1 day"),
        (target("count", "eq", "1", "PERSON"), "", "1人", "1 person"),
        (target("multiple_growth", "gte", "2", "TIMES"), "", "增长2倍以上", "up at least 200%"),
        (target("change_pp", "eq", "0.5", "PP"), "", "提高0.5个百分点", "up 0.5 percentage points"),
        (target("rank", "lte", "3", "RANK"), "", "前3位", "top 3"),
        (target("rank", "eq", "1", "RANK"), "", "第1位", "no. 1"),
        (target("ratio", "eq", "30", "PERCENT"), "", "30%", "30%"),
        (
            target("growth_yoy", "gte", "10", "PERCENT", expression=Text(zh="两位数增长", en="double-digit growth")),
            "", "两位数增长", "double-digit growth",
        ),
        (
            target("growth_yoy", "in_step_with", None, None, reference=Text(zh="经济增长", en="GDP")),
            "", "与经济增长同步", "in step with GDP",
        ),
        (
            target("qualitative", "none", None, None, expression=Text(zh="保持稳定", en="stable")),
            "", "保持稳定", "stable",
        ),
    ],
)  # fmt: skip
def test_phrases(found, counter, zh, en):
    unit = BUILTIN_UNITS[found.unit] if found.unit else None
    first, _, second = counter.partition("|")
    assert phrase(found, figure(found, unit, "zh", first), unit, "zh", first) == zh
    assert phrase(found, figure(found, unit, "en", second), unit, "en", second) == en


@pytest.mark.parametrize(
    ("comparator", "upper", "zh", "en"),
    [
        ("eq", None, "-3%", "-3%"), ("gte", None, "-3%以上", "at least -3%"), ("gt", None, "高于-3%", "over -3%"),
        ("lte", None, "-3%以下", "at most -3%"), ("lt", None, "低于-3%", "under -3%"),
        ("approx", None, "-3%左右", "about -3%"), ("between", "-1", "-3%—-1%", "-3% to -1%"),
        ("between", "2", "-3%—2%", "-3% to 2%"),
    ],
)  # fmt: skip
def test_a_figure_without_its_verb_keeps_its_sign(comparator, upper, zh, en):
    found = target("growth_yoy", comparator, "-3", "PERCENT", upper=upper)
    assert figure(found, BUILTIN_UNITS["PERCENT"], "zh") == zh
    assert figure(found, BUILTIN_UNITS["PERCENT"], "en") == en


def test_an_actual_value_is_on_the_scale_of_its_target():
    found = target("multiple_growth", "gte", "2", "TIMES")
    assert quantity(found, Decimal("1.5"), BUILTIN_UNITS["TIMES"], "en") == "150%"
    assert quantity(found, Decimal("1.5"), BUILTIN_UNITS["TIMES"], "zh") == "1.5倍"


def test_the_sources_precision_is_kept():
    for value in ("6.50", "6.5", "7", "0.10"):
        found = target("growth_yoy", "eq", value, "PERCENT")
        assert figure(found, BUILTIN_UNITS["PERCENT"], "zh") == value + "%"
    assert found.value == Decimal("0.10")


@pytest.mark.parametrize("word", ["超", "突破", "超过", "不低于"])
def test_the_sources_own_word_stands_before(word):
    found = target("level", "gt", "400", "CNY_100M", comparator_word=word)
    assert figure(found, BUILTIN_UNITS["CNY_100M"], "zh") == f"{word}400亿元"


def test_terms_of_two_vocabularies_with_one_value_have_their_own_words():
    assert label(Modality.NONE, "zh") == ""
    assert label(Coverage.NONE, "zh") == "原文未载"
    assert label(Measure.LEVEL, "en") == "level"
    assert label(Level.CITY, "en") == "city"


def test_dates_and_periods():
    day = dt.date(2023, 1, 28)
    assert (date(day, "zh"), date(day, "en")) == ("2023年1月28日", "28 January 2023")
    assert (period(YEAR, "zh"), period(YEAR, "en")) == ("2023年", "2023")
    quarter = Period(start=dt.date(2023, 4, 1), end=dt.date(2023, 6, 30))
    assert (period(quarter, "zh"), period(quarter, "en")) == ("2023年二季度", "Q2 2023")
    assert (period(quarter, "zh", 2023), period(quarter, "en", 2023)) == ("二季度", "Q2 2023")
    assert period(quarter, "zh", 2024) == "2023年二季度"
    part = Period(start=dt.date(2023, 1, 1), end=dt.date(2023, 3, 15))
    assert (period(part, "zh"), period(part, "en")) == (
        "2023年1月1日至2023年3月15日",
        "1 January 2023 to 15 March 2023",
    )
    five = Period(start=dt.date(2023, 1, 1), end=dt.date(2027, 12, 31))
    assert (period(five, "zh"), period(five, "en")) == ("2023—2027年", "2023–2027")
    odd = Period(start=dt.date(2023, 1, 15), end=dt.date(2023, 2, 1))
    assert period(odd, "en") == "15 January 2023 to 1 February 2023"


@pytest.mark.parametrize(
    ("before", "text", "said"),
    [
        ("Nansha", "GDP", " GDP"), ("GDP", "10%以上", " 10%以上"), ("10%", "aims for", " aims for"), ("(a)", "b", " b"),
        ("Nansha", "(part)", " (part)"), ("Málaga", "über", " über"), ("南沙", "GDP", "GDP"), ("GDP", "增长", "增长"),
        ("Nansha", "（2023年）", "（2023年）"), ("（Nansha）", "GDP", "GDP"), ("up at least ", "10%", "10%"), ("", "GDP", "GDP"),
        ("GDP", "", ""), ("ＧＤＰ", "10%", "10%"), ("Nansha", ", ", ", "), ("1", "2", " 2"),
    ],
)  # fmt: skip
def test_latin_neighbours_stand_apart(before, text, said):
    assert apart(before, text) == said


def test_latin_words_of_a_chinese_figure_stand_apart():
    unit = Unit(code="TEU", base="TEU", label=Text(en="containers"))
    found = target("level", "gte", "180", "TEU", comparator_word=Text(zh="at least"))
    said = figure(found, unit, "zh")
    assert said == "at least 180 containers"
    assert pieces(found, said, unit, "zh") == ("at least ", "180 containers", "")


@pytest.mark.parametrize(("code", "zh", "en"), [
    ("CNY_100M", "亿元", "CNY 100 m"), ("CNY_TRILLION", "万亿元", "CNY tn"), ("PERSON_10K", "万人", "10,000 people"),
    ("SQM", "平方米", "sq m"), ("PERCENT", "%", "%"), ("RANK", "位", ""),
])  # fmt: skip
def test_a_unit_says_how_much_one_of_it_is(code: str, zh: str, en: str) -> None:
    """A number in the source's unit stands before it: "5 people" for 5万人 would be wrong by ten thousand."""
    unit = BUILTIN_UNITS[code]
    assert (unit_of(unit, "zh"), unit_of(unit, "en")) == (zh, en)


@given(
    measure=st.sampled_from([one for one in Measure if one is not Measure.QUALITATIVE]),
    comparator=st.sampled_from(("eq", "approx", "gte", "gt", "lte", "lt")),
    unit=st.sampled_from(sorted(BUILTIN_UNITS)),
    word=st.sampled_from(("", "突破", "以上", "2倍于", "至少")),
    counter=st.sampled_from(("", "projects", "mu")),
    numbers=st.lists(st.sampled_from(("0", "1", "2", "4", "0.5", "7.50", "10", "100", "1000")), min_size=2, max_size=2),
    lang=st.sampled_from(("zh", "en")),
)
def test_statements_of_a_kind_say_the_same_around_every_number(measure, comparator, unit, word, counter, numbers, lang):
    known, other = (target(measure, comparator, number, unit, comparator_word=word) for number in numbers)
    around = saying(known, BUILTIN_UNITS[unit], lang, counter)
    assert steady(known) and steady(other)
    if around is not None:
        verb, before, said, behind = around
        number = plain(other.value, lang == "en")
        text = figure(other, BUILTIN_UNITS[unit], lang, counter)
        whole = phrase(other, text, BUILTIN_UNITS[unit], lang, counter)
        assert (text, whole) == (f"{before}{number}{said}{behind}", f"{verb}{before}{number}{said}{behind}")
        assert pieces(other, whole, BUILTIN_UNITS[unit], lang, counter) == (verb + before, number + said, behind)


def test_most_statements_have_something_to_say_around_their_number():
    alike = target("growth_yoy", "gte", "10", "PERCENT")
    assert saying(alike, BUILTIN_UNITS["PERCENT"], "zh") == ("增长", "", "%", "以上")
    assert saying(alike, BUILTIN_UNITS["PERCENT"], "en") == ("up ", "at least ", "%", "")
    assert not steady(target("growth_yoy", "eq", "-3", "PERCENT"))
