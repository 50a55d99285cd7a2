"""Any dataset that the model allows, for property tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import strategies as st

from exporters.model import (
    BUILTIN_UNITS,
    Comparator,
    Coverage,
    Dataset,
    Event,
    Evidence,
    Flag,
    FlagCode,
    Indicator,
    Initiative,
    Kind,
    Level,
    Measure,
    Modality,
    Observation,
    Office,
    Period,
    Person,
    Place,
    Post,
    Source,
    Target,
    Text,
    Unit,
    forbidden_character,
)

characters = st.one_of(
    st.sampled_from(list("\n\t \"'\\:#-,[]{}&*!|>%@`=+~_x00D\u0020\u2028\u2029\ufeff\u200b—“”，：广州😀\u00ad1.")),
    st.characters(exclude_categories=["Cs", "Cc"]).filter(lambda one: forbidden_character(one) is None),
)
plain = st.text(characters, max_size=12)
words = st.one_of(
    plain,
    st.sampled_from(
        ["null", "~", "yes", "1_000", "0777", "=1+1", "_x0041_", "- a", "a: b", "a:?b", "a #b", "<<", "---"]
    ),
)
texts = st.builds(Text, zh=words, en=words)
said = texts.filter(bool)
days = st.dates(dt.date(1900, 3, 1), dt.date(2200, 1, 1))
numbers = st.builds(
    lambda digits, power: Decimal(digits).scaleb(power), st.integers(-(10**15) + 1, 10**15 - 1), st.integers(-20, 20)
)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start, end = sorted((draw(days), draw(days)))
    return Period(label=draw(texts), start=start, end=end)


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    span = draw(st.one_of(st.none(), st.tuples(st.integers(0, 10**6), st.integers(1, 10**4))))
    start, end = (span[0], span[0] + span[1]) if span else (None, None)
    return Evidence(source="source", clause=draw(words), start=start, end=end)


@st.composite
def targets(draw: st.DrawFn, number: int) -> Target:
    comparator = draw(st.sampled_from([Comparator.EQ, Comparator.GTE, Comparator.BETWEEN]))
    value = draw(numbers)
    return Target(
        id=f"target.{number}",
        ref=draw(words),
        place="east",
        sub_place=draw(texts),
        indicator="IND",
        indicator_raw=draw(words),
        measure=draw(st.sampled_from([Measure.LEVEL, Measure.COUNT])),
        comparator=comparator,
        comparator_word=draw(texts),
        value=value,
        upper=value if comparator is Comparator.BETWEEN else None,
        unit=draw(st.sampled_from([*BUILTIN_UNITS, "OWN"])),
        modality=draw(st.sampled_from(Modality)),
        modality_word=draw(words),
        kind=draw(st.sampled_from(Kind)),
        period=draw(periods()),
        evidence=draw(evidences()),
        flags=tuple(draw(st.lists(st.builds(Flag, code=st.sampled_from(FlagCode), note=texts), max_size=2))),
        note=draw(texts),
    )


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    found = tuple(draw(targets(number)) for number in range(draw(st.integers(0, 3))))
    observations = tuple(
        Observation(id=f"o.{target.id}", target=target.id, date=draw(days), value=draw(numbers), note=draw(texts))
        for target in found[:2]
    )
    post = st.builds(Post, place=st.just("east"), title=said, full_title=texts)
    return Dataset(
        id="any",
        title=draw(said),
        subtitle=draw(texts),
        office=draw(st.none() | st.builds(Office, name=said, contact=texts)),
        as_of=draw(st.none() | days),
        period=draw(periods()),
        city="town",
        places=(
            # Its own short name: a file with one for two places is refused.
            Place(id="town", name=draw(said), short=Text(zh="town only"), level=Level.CITY),
            Place(
                id="east",
                name=draw(said),
                short=draw(texts),
                code=draw(st.sampled_from(["", "012345"])),
                level=Level.DISTRICT,
                parent="town",
                coverage=Coverage.FULL,
                note=draw(texts),
            ),
        ),
        people=(Person(id="p", name=draw(said), posts=tuple(draw(st.lists(post, min_size=1, max_size=3)))),),
        events=(Event(id="e", name=draw(said), level=Level.CITY, date=draw(days), time=draw(texts)),),
        units=(Unit(code="OWN", base="OWN", multiplier=draw(st.integers(-12, 18)), label=draw(texts)),),
        indicators=(
            Indicator(
                code="IND",
                label=draw(said),
                counter=draw(texts),
                rank=draw(st.integers(0, 999)),
                lower_is_better=draw(st.booleans()),
                stock=draw(st.booleans()),
            ),
        ),
        sources=(
            Source(
                id="source", title=draw(said), outlet=draw(texts), published=draw(st.none() | days), address=draw(words)
            ),
        ),
        targets=found,
        observations=observations,
        initiatives=tuple(
            Initiative(
                id=f"i{number}", place="east", theme=draw(said), text=draw(said), evidence=draw(st.none() | evidences())
            )
            for number in range(draw(st.integers(0, 2)))
        ),
        note=draw(texts),
    )
