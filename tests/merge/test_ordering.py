"""The laws of order: the data's is taken where no person made another one, and nobody's things are moved apart."""

import random
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from exporters.merge import arrangements
from exporters.merge.ordering import in_order_of, order_of
from exporters.snapshot import UNKNOWN, Arrangement, Group, Item, Snapshot

Placed = TypeVar("Placed", Group, Item)
names = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


def slides(order: list[str]) -> Snapshot:
    """A file of groups; what stands in capitals is a person's own."""
    groups = [
        Group(one if one.islower() else f"{UNKNOWN}{one}", f"at-{one}", (Item(f"{one}.1", one),)) for one in order
    ]
    return Snapshot("deck", tuple(groups))


def sections(order: list[str], inner: list[int]) -> Snapshot:
    """One body: a unit of items for each name, with a heading before and a closing line behind all of them."""
    items = [Item(f"{name}{number}", f"{name}{number}", unit=name) for name in order for number in inner]
    return Snapshot("word", (Group("body", "body", (Item("top", "top"), *items, Item("end", "end"))),))


def carried_out(snapshot: Snapshot, plan: list[Arrangement]) -> Snapshot:
    """Arrange a snapshot as a format would its file; a person's own groups move with those before them."""
    groups = list(snapshot.groups)
    for one in plan:
        if not one.group:
            groups = moved(groups, one)
        else:
            groups = [
                replace(group, items=tuple(moved(list(group.items), one))) if group.at == one.group else group
                for group in groups
            ]
    return replace(snapshot, groups=tuple(groups))


def moved(things: list[Placed], plan: Arrangement) -> list[Placed]:
    at = {thing.at: number for number, thing in enumerate(things)}
    starts = [at[stretch[0]] for stretch in plan.stretches]
    stops = [*starts[1:], at[plan.stretches[-1][-1]] + 1]
    assert starts == sorted(starts)
    pieces = [things[start:stop] for start, stop in zip(starts, stops, strict=True)]
    return [*things[: starts[0]], *(thing for number in plan.order for thing in pieces[number]), *things[stops[-1] :]]


def ids(snapshot: Snapshot) -> list[str]:
    return [group.at.removeprefix("at-") for group in snapshot.groups]


@given(names, st.randoms())
def test_an_untouched_file_takes_the_order_of_the_data(order: list[str], chance: random.Random):
    new = chance.sample(order, len(order))
    base, ours = slides(order), slides(new)
    assert ids(carried_out(base, arrangements(base, base, ours))) == new


@given(names, names, st.randoms())
def test_what_stands_in_both_takes_the_order_of_the_data(before: list[str], new: list[str], chance: random.Random):
    base, ours = slides(before), slides(new)
    common = [one for one in before if one in new and chance.random() < 0.8]
    result = ids(carried_out(slides(common), arrangements(base, slides(common), ours)))
    assert result == [one for one in new if one in common]


@given(names, st.randoms())
def test_a_person_keeps_an_order_of_their_own(order: list[str], chance: random.Random):
    theirs = slides(chance.sample(order, len(order)))
    assert arrangements(slides(order), theirs, slides(order)) == []


@given(names, st.randoms())
def test_a_person_s_things_stay_behind_what_they_stood_behind(order: list[str], chance: random.Random):
    theirs = [one for name in order for one in ([name, name.upper()] if chance.random() < 0.4 else [name])]
    if theirs and theirs[-1].isupper():
        theirs.pop()
    new = chance.sample(order, len(order))
    result = ids(carried_out(slides(theirs), arrangements(slides(order), slides(theirs), slides(new))))
    assert [one for one in result if one.islower()] == new
    for one in result:
        if one.isupper():
            assert result[result.index(one) - 1] == one.lower()


@given(names, st.permutations([1, 2, 3]), st.randoms())
def test_units_and_what_is_in_them_move(order: list[str], inner: list[int], chance: random.Random):
    new = chance.sample(order, len(order))
    base, ours = sections(order, [1, 2, 3]), sections(new, inner)
    result = carried_out(base, arrangements(base, base, ours))
    assert order_of(result) == order_of(ours)


@given(names, st.randoms(), st.integers(0, 7), st.integers(0, 7))
def test_what_a_person_rearranged_stays_and_a_second_run_changes_nothing(
    order: list[str], chance: random.Random, one: int, other: int
):
    new, theirs = chance.sample(order, len(order)), list(order)
    if order:
        theirs.insert(other % len(order), theirs.pop(one % len(order)))
    base, now, ours = slides(order), slides(theirs), slides(new)
    result = carried_out(now, arrangements(base, now, ours))
    assert sorted(ids(result)) == sorted(order)
    assert arrangements(ours, result, ours) == []
    if theirs != order and len(order) == 2:
        assert ids(result) in (theirs, new)


def test_only_what_hangs_together_is_moved():
    """A person moved one section; the data turned two others, and then those around it."""
    base, theirs = slides(list("abcde")), slides(list("bacde"))
    assert ids(carried_out(theirs, arrangements(base, theirs, slides(list("abced"))))) == list("baced")
    assert ids(carried_out(theirs, arrangements(base, theirs, slides(list("edcba"))))) == list("bacde")


def test_a_copy_keeps_both_where_they_are():
    base, theirs = slides(list("abc")), slides(list("abac"))
    assert arrangements(base, theirs, slides(list("cba"))) == []


def test_what_was_arranged_is_nobody_s_doing():
    base, ours = sections(["a", "b"], [1]), sections(["b", "a"], [1])
    assert order_of(in_order_of(base, ours, ours)) == order_of(ours)
    assert in_order_of(base, base, ours) == base
