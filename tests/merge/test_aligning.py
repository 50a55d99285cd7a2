"""Names that an editor took are found out by comparing with the base, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from exporters.merge import Overrides, aligned, merge
from exporters.snapshot import Group, Item, SetSlot, Slot, SlotKind, Snapshot


def item(name: str, text: str, sort: str = "placeholder", box: tuple[int, ...] = (), at: str = "") -> Item:
    at = at or f"{name}/{text}"
    return Item(name, at, (Slot(name, text, at),), sort=sort, box=box)


def deck(*groups: tuple[str, list[Item]]) -> Snapshot:
    return Snapshot(
        "deck", tuple(Group(name, f"slide {at}", tuple(items), True) for at, (name, items) in enumerate(groups))
    )


def slide(record: str, value: str) -> tuple[str, list[Item]]:
    return f"{record}.slide", [
        item(f"{record}.title", f"{record} title", "title"),
        item(f"{record}.source", "same source", box=(0, 90, 10, 10)),
        item(f"{record}.value", value, "text"),
    ]


BASE = deck(slide("a", "7%"), slide("b", "8%"))


def nameless(groups: Snapshot) -> Snapshot:
    """What LibreOffice leaves: slides and placeholders without names."""
    return replace(
        groups,
        groups=tuple(
            Group(
                f"?{number}",
                group.at,
                tuple(
                    one
                    if one.sort == "text"
                    else item(f"?{at}", one.slots[0].text, one.sort, one.box, f"{number}#{at}")
                    for at, one in enumerate(group.items)
                ),
                True,
            )
            for number, group in enumerate(groups.groups)
        ),
    )


def names(found: Snapshot) -> list[tuple[str, list[str]]]:
    return [(group.id, [one.id for one in group.items]) for group in found.groups]


def test_slides_and_placeholders_get_their_names_back() -> None:
    assert names(aligned(BASE, nameless(BASE))) == names(BASE)


def test_in_another_order_with_copies_and_a_slide_of_their_own() -> None:
    own = ("x", [item("?0", "my own words", "title")])
    theirs = nameless(deck(own, slide("b", "8%"), slide("a", "7%"), slide("b", "8%")))
    assert [name for name, _ in names(aligned(BASE, theirs))] == ["b.slide", "a.slide", "b.slide"]


def test_two_equally_likely_slides_stay_unknown() -> None:
    base = deck(("a.slide", [item("a.t", "same")]), ("b.slide", [item("b.t", "same")]))
    theirs = deck(("?1", [item("?0", "same")]))
    assert names(aligned(base, theirs)) == []


def test_a_changed_placeholder_is_known_by_its_place_or_as_the_only_one() -> None:
    theirs = nameless(deck(("", [
        item("", "another title", "title"),
        item("", "another source", box=(500, 400, 10, 10)),
        item("a.value", "7%", "text"),
    ])))  # fmt: skip
    assert names(aligned(BASE, theirs)) == [("a.slide", ["a.title", "a.source", "a.value"])]


def test_a_bound_shape_on_a_slide_of_their_own_is_loose_and_updates() -> None:
    copy = Item("a.value", "copy", (Slot("a.value", "7%", "copy"),), sort="text")
    theirs = replace(BASE, groups=(*BASE.groups, Group("?9", "slide 9", (copy, item("?1", "mine", "title")), True)))
    ours = deck(slide("a", "9%"), slide("b", "8%"))
    plan = merge(BASE, theirs, ours)
    assert {edit.at for edit in plan.edits if isinstance(edit, SetSlot)} == {"a.value/7%", "copy"}


def test_what_has_no_sorts_is_left_alone() -> None:
    plain = Snapshot("word", (Group("body", "body", (Item("p", "p", (Slot("k", "t", "p"),)),)),))
    assert aligned(plain, plain) is plain


def row(name: str, words: tuple[str, ...], at: str) -> Item:
    slots = tuple(Slot(f"{name}.{column}", text, f"{at}/{column}") for column, text in enumerate(words))
    return Item(name, at, slots, sort="row t")


def counted(rows: Iterable[tuple[str, ...]]) -> Snapshot:
    """A table whose rows go by their first text and how often it has been there."""
    used: Counter[str] = Counter()
    items = []
    for number, words in enumerate(rows):
        used[words[0]] += 1
        name = f"t/{words[0]}" + (f"~{used[words[0]]}" if used[words[0]] > 1 else "")
        items.append(row(name, words, f"r{number}"))
    return deck(("a.slide", items))


words = st.tuples(st.sampled_from("ab"), *[st.sampled_from("1234")] * 3)


@given(st.lists(words, unique=True, min_size=1, max_size=6), st.randoms(), st.lists(words, max_size=2))
def test_rows_that_begin_alike_are_known_by_all_they_say(base, random, own) -> None:
    """Whichever rows a person takes out, moves or puts in, none goes by the name of another one."""
    theirs = [one for one in base if random.random() < 0.8] + own
    random.shuffle(theirs)
    names = {tuple(slot.text for slot in item.slots): item.id for item in counted(base).groups[0].items}
    found = aligned(counted(base), counted(theirs))
    called = [(tuple(slot.text for slot in item.slots), item.id) for group in found.groups for item in group.items]
    for said in names.keys() & {*theirs}:
        # One that was copied is so called in both places.
        assert [name for words, name in called if words == said] == [names[said]] * theirs.count(said)


@pytest.mark.parametrize("own", [[], [("own", "", "", "")]])
@pytest.mark.parametrize("taken_out", [[], ["d"]])
def test_a_row_whose_name_was_retyped_is_known_beside_rows_that_come_and_go(own, taken_out) -> None:
    rows = [(name, name * 2, name * 3, name * 4) for name in "abcdef"]
    theirs = [("c (note)", *words[1:]) if words[0] == "c" else words for words in rows if words[0] not in taken_out]
    theirs[2:2] = own
    found = aligned(counted(rows), counted(theirs)).groups[0].items
    assert {item.id: item.slots[0].text for item in found}["t/c"] == "c (note)"


def test_a_copy_of_a_row_changes_the_names_of_both_and_both_are_known() -> None:
    """What its first text told from the others goes by two of them once it stands there twice."""
    rows = [row(f"t/{name}", (name, name * 2, name * 3), name) for name in "abc"]
    twice = [row("t/b bb", ("b", "bb", "bbb"), "b1"), rows[0], row("t/b bb~2", ("b", "bb", "bbb"), "b2"), rows[2]]
    found = aligned(deck(("a.slide", rows)), deck(("a.slide", twice))).groups[0].items
    assert [item.id for item in found] == ["t/b", "t/a", "t/b", "t/c"]


def slides(*tables: list[tuple[str, ...]]) -> Snapshot:
    """A table that goes on from slide to slide; the handles of its rows are what they say."""
    found = []
    for number, rows in enumerate(tables):
        [group] = counted(rows).groups
        items = [replace(item, at=f"{number}/{'/'.join(words)}") for item, words in zip(group.items, rows, strict=True)]
        found.append((f"{number}.slide", items))
    return deck(*found)


def test_rows_that_go_to_the_next_slide_leave_nothing_to_those_that_take_their_name() -> None:
    base = slides([("a", "b", "25", "22"), ("a", "b", "60", "22")], [("a", "b", "10", "9")])
    ours = slides([("a", "b", "10", "1")], [("a", "b", "25", "1"), ("a", "b", "60", "1")])
    noted = [replace(base.groups[0].items[0], slots=(*base.groups[0].items[0].slots, Slot("t/a.note", "mine", "note")))]
    theirs = replace(base, groups=(replace(base.groups[0], items=(*noted, base.groups[0].items[1])), base.groups[1]))
    first = merge(base, theirs, ours)
    assert [edit for edit in first.edits if isinstance(edit, SetSlot) and edit.at.startswith("0/a/b/25")] == []
    assert [one.theirs for one in first.conflicts] == ["a\nb\n25\n22\nmine"]
    # The row stays open, whichever number it has by now.
    rows = [replace(one, id=f"t/a~{number}") for number, one in enumerate((*noted,), 2)]
    rows = [replace(one, slots=tuple(replace(s, key=s.key.replace("t/a", one.id)) for s in one.slots)) for one in rows]
    after = replace(ours, groups=(replace(ours.groups[0], items=(*ours.groups[0].items, *rows)), ours.groups[1]))
    again = merge(ours, after, ours, Overrides.of(first.conflicts))
    assert (again.edits, [one.key for one in again.conflicts]) == ((), [one.key for one in first.conflicts])


def test_a_copy_of_what_says_several_things_follows_the_one_that_it_was_copied_from() -> None:
    def state(first: str, second: str, *own: str) -> Snapshot:
        found = deck(
            ("a.slide", [item("pack.title", first, "title"), item("a.x", "a", "text")]),
            ("b.slide", [item("pack.title", second, "title"), item("b.x", "b", "text")]),
        )
        mine = Group("?3", "own", tuple(item("pack.title", text, "text", at="copy") for text in own), True)
        return replace(found, groups=(*found.groups, mine)) if own else found

    base = state("of 31", "of 26")
    plan = merge(base, state("of 31", "of 26", "of 26"), state("of 32", "of 27"))
    assert [edit.new for edit in plan.edits if isinstance(edit, SetSlot) and edit.at == "copy"] == ["of 27"]
    # Which of two it is, nothing tells: it is left, and told.
    base = state("of 26", "of 26")
    plan = merge(base, state("of 26", "of 26", "of 26"), state("of 32", "of 27"))
    assert [edit for edit in plan.edits if isinstance(edit, SetSlot) and edit.at == "copy"] == []
    assert plan.adrift == ("of 26",)


def test_what_a_copy_of_a_slide_lacks_is_not_deleted_though_an_editor_lost_its_alternative_text() -> None:
    def chart(value: str, *more: Slot) -> Item:
        return Item("a.chart", f"a.chart/{value}", (Slot("a.chart", value, "", SlotKind.CHART), *more), sort="chart")

    alternative = Slot("a.chart.alternative", "a bar", "", SlotKind.DERIVED)
    name, items = slide("a", "7%")
    base, ours = (deck((name, [*items, chart(value, alternative)])) for value in ("7", "9"))
    theirs = deck((name, [*items, chart("7")]), (name, [replace(one, at=f"copy {one.at}") for one in items]))
    plan = merge(base, theirs, ours)
    assert [type(one) for one in plan.edits] == [SetSlot]
    assert not plan.conflicts
