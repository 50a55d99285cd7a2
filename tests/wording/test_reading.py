"""What is written can be read back; what is not plain is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.model import BUILTIN_UNITS, Comparator, Evidence, Period, Target, validated
from exporters.wording import figure, phrase
from exporters.wording.reading import AmbiguousError, read_figure

YEAR = Period(start=dt.date(2023, 1, 1), end=dt.date(2023, 12, 31))


def target(measure="growth_yoy", comparator="gte", value="10", unit="PERCENT", **more) -> Target:
    fields = {"id": "a.b", "place": "a", "indicator": "GDP", "period": YEAR, "evidence": Evidence(source="s")}
    given = fields | {"measure": measure, "comparator": comparator, "value": value, "unit": unit} | more
    return validated(Target, given)


def read(text: str, like: Target, lang="zh", counter=""):
    return read_figure(text, like, BUILTIN_UNITS, lang, counter)


@pytest.mark.parametrize(
    ("text", "like", "comparator", "value", "unit"),
    [
        ("7.5%以上", target(), "gte", "7.5", "PERCENT"),
        ("超 730 亿元", target("level", "eq", "1", "CNY_100M"), "gt", "730", "CNY_100M"),
        ("突破1.4万亿元", target("level", "eq", "1", "CNY_100M"), "gt", "1.4", "CNY_TRILLION"),
        ("１２％", target(), "eq", "12", "PERCENT"),
        ("增长9%", target(), "eq", "9", "PERCENT"),
        ("下降3%以内", target(), "gte", "-3", "PERCENT"),
        ("下降3%以上", target(), "lte", "-3", "PERCENT"),
        ("-3%以上", target(), "gte", "-3", "PERCENT"),
        ("1,200亿元", target("level", "eq", "1", "CNY_100M"), "eq", "1200", "CNY_100M"),
        ("不低于6%", target(), "gte", "6", "PERCENT"),
        ("25%左右", target(), "approx", "25", "PERCENT"),
        ("10%及以上", target(), "gte", "10", "PERCENT"),
        ("逾730亿元", target("level", "eq", "1", "CNY_100M"), "gt", "730", "CNY_100M"),
        ("不足3%", target(), "lt", "3", "PERCENT"),
    ],
)
def test_read(text, like, comparator, value, unit):
    found = read(text, like)
    assert (found.comparator, found.value, found.unit) == (comparator, Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("no less than 10 per cent", "gte"),
        ("No fewer than 10%", "gte"),
        ("10 percent or more", "gte"),
        ("up no more than 10%", "lte"),
        ("less than 10 Percent", "lt"),
        ("down less than 10%", "gt"),
        ("approximately 10%", "approx"),
        ("exceeding 10%", "gt"),
    ],
)
def test_read_in_english(text, comparator):
    found = read(text, target(), "en")
    assert (found.comparator, abs(found.value), found.unit) == (comparator, 10, "PERCENT")


def test_percentage_points_are_no_per_cent():
    with pytest.raises(AmbiguousError):
        read("10 percentage points", target(), "en")


@pytest.mark.parametrize("text", ["大约翻一番", "10", "10%或12%", "10亿元", "超10%以上", "十个点", "", "10%，力争12%"])
def test_what_is_not_plain_is_refused(text):
    with pytest.raises(AmbiguousError):
        read(text, target())


def test_a_range():
    found = read("5%—6%", target())
    assert (found.comparator, found.value, found.upper) == (Comparator.BETWEEN, 5, 6)
    assert read("5% to 6%", target(), "en").upper == 6
    for text in ("5%-6%", "5% - 6%", "5%~6%", "5—6%"):
        assert (read(text, target()).value, read(text, target()).upper) == (5, 6)


@pytest.mark.parametrize("text", ["下降-3%", "下降2%—-5%"])
def test_a_fall_with_a_minus_sign_is_refused(text):
    with pytest.raises(AmbiguousError, match="minus"):
        read(text, target())


values = st.decimals("0.01", "99999", places=2)
kinds = st.sampled_from(
    [
        ("growth_yoy", "PERCENT", "", ""), ("level", "CNY_100M", "", ""), ("level", "CNY_TRILLION", "", ""),
        ("count", "COUNT", "个", "projects"), ("flow", "SQM_10K", "", ""), ("change_pp", "PP", "", ""), ("level", "DAY", "", ""),
        ("multiple_growth", "TIMES", "", ""),
    ]
)  # fmt: skip


signed = st.one_of(values, values.map(lambda value: -value))
comparators = st.sampled_from(["eq", "gte", "gt", "lte", "lt", "approx"])
languages = st.sampled_from(["zh", "en"])


@given(signed, kinds, comparators, languages)
def test_what_is_written_reads_back_equal(value, kind, comparator, lang):
    measure, unit, zh, en = kind
    like = target(measure, comparator, value, unit)
    counter = zh if lang == "zh" else en
    said = figure(like, BUILTIN_UNITS[unit], lang, counter)
    for text in (said, phrase(like, said, BUILTIN_UNITS[unit], lang, counter)):
        found = read(text, like, lang, counter)
        assert (found.comparator, found.value, found.unit) == (like.comparator, like.value, like.unit), text


@given(signed, values, kinds, languages)
def test_a_range_reads_back_equal(value, width, kind, lang):
    measure, unit, zh, en = kind
    like = target(measure, "between", value, unit, upper=value + width)
    counter = zh if lang == "zh" else en
    said = figure(like, BUILTIN_UNITS[unit], lang, counter)
    for text in (said, phrase(like, said, BUILTIN_UNITS[unit], lang, counter)):
        found = read(text, like, lang, counter)
        assert (found.comparator, found.value, found.upper) == (like.comparator, like.value, like.upper), text


@given(st.integers(2, 99), st.integers(1, 9), st.sampled_from(["eq", "lte", "lt", "between"]), languages)
def test_a_rank_reads_back_equal(value, width, comparator, lang):
    upper = value + width if comparator == "between" else None
    like = target("rank", comparator, str(value), "RANK", upper=upper)
    found = read(figure(like, BUILTIN_UNITS["RANK"], lang), like, lang)
    # 前3位 is before the fourth.
    same = ("lte", value - 1, None) if comparator == "lt" else (comparator, value, upper)
    assert (found.comparator, found.value, found.upper) == same


@given(signed, st.one_of(st.none(), values), st.sampled_from(["growth_yoy", "change_pp"]), comparators)
def test_both_editions_and_both_forms_say_the_same(value, width, measure, comparator):
    unit = {"growth_yoy": "PERCENT", "change_pp": "PP"}[measure]
    more = {} if width is None else {"upper": value + width}
    like = target(measure, comparator if width is None else "between", value, unit, **more)
    read_back = set()
    for lang in ("zh", "en"):
        said = figure(like, BUILTIN_UNITS[unit], lang)
        for text in (said, phrase(like, said, BUILTIN_UNITS[unit], lang)):
            found = read(text, like, lang)
            read_back.add((found.comparator, found.value, found.upper))
    assert read_back == {(like.comparator, like.value, like.upper)}
