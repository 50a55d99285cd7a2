"""The shipped datasets against the facts they were written from, row by row."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict

from exporters.load import load
from exporters.model import Coverage, Dataset, FlagCode, Modality, Role, Target, check, check_sources

ROOT = Path(__file__).parents[2]
FACTS = ROOT / "tests" / "data"
ARTICLE_ROWS = list(csv.DictReader((FACTS / "targets-from-article.csv").open(encoding="utf-8", newline="")))
OTHER_ROWS = list(csv.DictReader((FACTS / "targets-from-other-sources.csv").open(encoding="utf-8", newline="")))
ARTICLE = (FACTS / "article.txt").read_bytes().decode()
KNOWN: dict[str, Any] = json.loads((FACTS / "article.json").read_text(encoding="utf-8"))
UNITS = {"%": "PERCENT", "亿元": "CNY_100M", "倍": "TIMES"}
WORDS = {"gte": {"以上"}, "gt": {"超", "突破"}, "approx": {"左右"}}


@cache
def guangzhou() -> Dataset:
    return load(ROOT / "data" / "guangzhou-2023.yaml", sources=FACTS)


def place_of(row: dict[str, str]) -> str:
    return "guangzhou" if row["place"] == "city" else row["place"]


def by_ref() -> dict[str, Target]:
    return {target.ref: target for target in guangzhou().targets if target.ref}


@pytest.mark.parametrize("row", ARTICLE_ROWS, ids=lambda row: row["id"])
def test_every_statement_of_the_article(row: dict[str, str]) -> None:
    target = by_ref()[row["id"]]
    assert target.place == place_of(row)
    assert guangzhou().place_by_id[target.place].code == row["gb2260"]
    assert (target.indicator, target.indicator_raw) == (row["indicator_code"], row["indicator_raw"])
    assert (target.measure, target.comparator) == (row["measure"], row["comparator"])
    assert (target.value, target.unit) == (Decimal(row["value"]), row["unit"])
    assert (target.modality, target.modality_word) == (row["modality"], row["modality_raw"])
    assert (target.role, target.kind) == (row["role"], row["kind"])
    assert target.period.label.zh == row["period_label"]
    assert (str(target.period.start), str(target.period.end)) == (row["period_start"], row["period_end"])
    evidence = target.evidence
    assert (evidence.source, evidence.start, evidence.end) == ("article", int(row["start"]), int(row["end"]))
    assert evidence.clause == row["evidence"]
    assert ARTICLE[int(row["start"]) : int(row["end"])].replace("\n", "") == evidence.clause


@pytest.mark.parametrize("row", ARTICLE_ROWS, ids=lambda row: row["id"])
def test_the_words_stand_in_the_clause(row: dict[str, str]) -> None:
    target = by_ref()[row["id"]]
    word = target.comparator_word.zh
    if target.expression:
        assert target.expression.zh in row["evidence"]
    elif row["comparator"] in WORDS:
        assert word in WORDS[row["comparator"]]
        assert word in row["evidence"]
    else:
        assert not word


def test_no_statement_is_missing_or_extra() -> None:
    assert len(ARTICLE_ROWS) == 60
    assert set(by_ref()) == {row["id"] for row in ARTICLE_ROWS}
    assert len(guangzhou().targets) == len(ARTICLE_ROWS) + len(OTHER_ROWS)


def test_groups_tie_the_same_statements() -> None:
    found: dict[str, set[str]] = {}
    for target in by_ref().values():
        found.setdefault(target.group or target.ref, set()).add(target.ref)
    wanted: dict[str, set[str]] = {}
    for row in ARTICLE_ROWS:
        wanted.setdefault(row["group"], set()).add(row["id"])
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, wanted.values()))


@pytest.mark.parametrize("row", OTHER_ROWS, ids=lambda row: f"{row['place']}-{row['indicator_code']}-{row['measure']}")
def test_every_statement_of_the_other_sources(row: dict[str, str]) -> None:
    dataset = guangzhou()
    same = [
        target
        for target in dataset.targets_of[row["place"]]
        if (target.indicator, target.measure) == (row["indicator_code"], row["measure"])
    ]
    assert len(same) == 1
    target = same[0]
    assert (target.comparator, target.value, target.unit) == (
        row["comparator"],
        Decimal(row["value"]),
        UNITS[row["unit"]],
    )
    years = row["period"].split("-")
    assert (target.period.start.year, target.period.end.year) == (int(years[0]), int(years[-1]))
    source = dataset.source_by_id[target.evidence.source]
    assert source.address == row["address"]
    assert str(source.published) == row["published"]
    outlet = row["outlet"].removeprefix("copy of ")
    assert outlet in source.outlet.zh
    assert ("转载" in source.outlet.zh) == (outlet != row["outlet"])
    unverified = FlagCode.UNVERIFIED in {flag.code for flag in target.flags}
    assert unverified == row["outlet"].startswith("copy of")
    assert target.evidence.clause in row["evidence"]
    assert bool(target.evidence.clause) == bool(row["evidence"])
    assert "=" not in target.evidence.clause
    assert "…" not in target.evidence.clause
    leader, title = row["leader"].rstrip("）").split("（")
    person = next(person for person in dataset.people if person.posts[0].place == row["place"])
    assert person.name.zh == leader
    assert person.posts[0].title.zh.removeprefix(dataset.place_by_id[row["place"]].name.zh[:-1]) in title


def test_places_leaders_and_conferences() -> None:
    dataset = guangzhou()
    assert [(place.code, place.id, place.name.zh) for place in dataset.districts] == [
        (place["gb2260"], place["slug"], place["name"]) for place in KNOWN["districts"]
    ]
    coverage = {place.id: place.coverage for place in dataset.districts}
    assert [place for place, found in coverage.items() if found is Coverage.NONE] == ["panyu", "huadu", "conghua"]
    assert {place for place, found in coverage.items() if found is Coverage.OTHER_SOURCE} == {
        row["place"] for row in OTHER_ROWS
    }
    assert all(place.name.en.endswith(" District") and place.short.en for place in dataset.districts)
    people = {person.posts[0].place: person for person in dataset.people}
    for leader in KNOWN["leaders"]:
        person = people[leader["area"]]
        post = person.posts[0]
        assert (person.name.zh, post.title.zh) == (leader["name"], leader["display_title"])
        assert post.full_title.zh == leader["full_title"]
    assert [(event.name.zh, event.level.value, str(event.date)) for event in dataset.events] == [
        (event["name"], event["level"], event["date"]) for event in KNOWN["conferences"]
    ]


def test_flags() -> None:
    flagged = {target.ref: {flag.code for flag in target.flags} for target in by_ref().values() if target.flags}
    assert flagged == {
        **{ref: {FlagCode.SHARED_CLAUSE} for ref in ("C1", "C2", "C3")},
        "H2": {FlagCode.BROKEN_LINE},
        "T3": {FlagCode.SAME_FIGURE},
        "T12": {FlagCode.SAME_FIGURE},
        "Z5": {FlagCode.LOOKS_HIGH},
    }
    assert "2023" in guangzhou().note.zh


def test_ids_are_systematic() -> None:
    slugs: dict[str, str] = {}
    measures = {"growth_yoy": "growth", "multiple_growth": "multiple"}
    for target in guangzhou().targets:
        place, _, rest = target.id.partition(".")
        assert place == target.place
        if target.role is Role.STRETCH:
            rest = rest.removesuffix("-stretch")
        if target.role is Role.MILESTONE:
            assert rest[-3:] in ("-q1", "-q2")
            rest = rest[:-3]
        slug, _, measure = rest.rpartition("-")
        assert measure == measures.get(target.measure, target.measure)
        assert slugs.setdefault(target.indicator, slug) == slug


def texts(value: Any) -> Iterator[Any]:
    for name, item in asdict(value).items():
        if name in ("name", "short", "title", "label", "text", "theme", "note", "full_title") and item:
            yield item


def test_both_languages_are_there() -> None:
    dataset = guangzhou()
    records = [
        *dataset.places,
        *dataset.people,
        *dataset.events,
        *dataset.indicators,
        *dataset.sources,
        *dataset.targets,
        *dataset.initiatives,
    ]
    for record in records:
        for text in texts(record):
            assert text.zh and text.en, record
    for indicator in dataset.indicators:
        if indicator.measure == "count":
            assert indicator.counter.zh and indicator.counter.en, indicator.code


def test_initiatives_are_short_and_in_our_own_words() -> None:
    dataset = guangzhou()
    article = ARTICLE.replace("\n", "")
    for place in dataset.districts:
        count = len(dataset.initiatives_of.get(place.id, ()))
        assert 4 <= count <= 8 if place.coverage is Coverage.FULL else count == 0
    for initiative in dataset.initiatives:
        assert len(initiative.text.zh) <= 24
        assert len(initiative.text.en) <= 64
        assert initiative.text.zh not in article
        assert initiative.evidence is not None


def test_every_span_holds_its_clause() -> None:
    dataset = guangzhou()
    assert check(dataset) == []
    assert check_sources(dataset, {"article": ARTICLE}) == []
    article = dataset.source_by_id["article"]
    assert article.sha256 == hashlib.sha256((FACTS / "article.txt").read_bytes()).hexdigest()
    assert not article.outlet and article.published is None


def test_the_sample_is_labelled_as_invented() -> None:
    sample = load(ROOT / "data" / "sample-progress.yaml")
    for text in (sample.title, sample.subtitle, sample.note):
        assert "虚构" in text.zh and "invented" in text.en
    assert all(FlagCode.INVENTED in {flag.code for flag in target.flags} for target in sample.targets)
    assert 4 <= len(sample.districts) <= 5
    assert len(sample.targets) >= 30
    assert sum(str(observation.date) == "2026-06-30" for observation in sample.observations) >= 20
    assert {target.modality for target in sample.targets} >= {Modality.STRIVE, Modality.ENSURE, Modality.PLAN}


@pytest.mark.outside
@pytest.mark.skipif(not (ROOT / "../shared/facts").is_dir(), reason="the original facts are not here")
def test_the_copies_are_the_originals() -> None:
    for name in ("targets-from-article.csv", "targets-from-other-sources.csv", "article.json"):
        assert (FACTS / name).read_bytes() == (ROOT / "../shared/facts" / name).read_bytes()
    assert (FACTS / "article.txt").read_bytes() == (ROOT / "../shared/source/article.txt").read_bytes()
