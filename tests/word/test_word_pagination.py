"""From heights to pages: the rules of an editor's layout, one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exporters.word.counting import Mark
from exporters.word.pagination import Item, Pager


def pages(items: list[Item], capacity: float = 100.0, **options: float) -> list[int]:
    pager = Pager(capacity, **options)  # type: ignore[arg-type]
    marks = [Mark(0, "", "", page=-1) for _ in items]
    for item, mark in zip(items, marks, strict=True):
        pager.waiting.append((item, [mark]))
    pager.place(last=True)
    return [mark.page for mark in marks]


def after(*items: Item) -> tuple[int, float]:
    """Return the page that the items end on, and the height used there."""
    pager = Pager(100.0, waiting=[(item, ()) for item in items])
    pager.place(last=True)
    return pager.page, pager.used


def lines(count: int, **more: object) -> Item:
    return Item(count, 10.0, **more)  # type: ignore[arg-type]


def row(height: float = 10.0, **more: object) -> Item:
    return Item(1, height, table=1, **more)  # type: ignore[arg-type]


def test_ten_lines_fill_a_page_exactly() -> None:
    assert pages([lines(1)] * 11) == [0] * 10 + [1]


def test_a_paragraph_goes_on_over_the_page_without_widow_or_orphan() -> None:
    assert pages([lines(9), lines(4), lines(1)]) == [0, 1, 1]
    assert pages([lines(8), lines(4), lines(8), lines(1)]) == [0, 0, 1, 2]
    assert pages([lines(7), lines(4), lines(8), lines(1)]) == [0, 0, 1, 2]


def test_a_heading_stays_with_the_next() -> None:
    assert pages([lines(9), lines(1, keep_next=True), lines(2)]) == [0, 1, 1]
    assert pages([lines(7), lines(1, keep_next=True), lines(2)]) == [0, 0, 0]


def test_spaces_between_paragraphs_are_the_larger_one_or_their_sum() -> None:
    between = [lines(4, after=10.0), lines(4, before=10.0), lines(1)]
    assert pages(between) == [0, 0, 0]
    assert pages(between, adds=True) == [0, 0, 1]


def test_space_before_at_a_page_top_counts_on_the_first_page_only() -> None:
    assert after(lines(5, before=50.0)) == (0, 100.0)
    assert after(lines(5, before=50.0), lines(1, before=50.0)) == (1, 10.0)


def test_rows_do_not_split_and_the_header_row_is_repeated() -> None:
    assert after(row(20.0, head=True, keep_next=True), *[row(30.0)] * 3) == (1, 20.0 + 30.0)


def test_the_same_table_again_begins_with_its_own_header() -> None:
    table = row(20.0, head=True, keep_next=True), row(20.0)
    assert after(*table, *table, row(30.0)) == (1, 50.0)


def test_footnotes_take_room_on_the_page_of_their_reference() -> None:
    assert pages([lines(1, notes=30.0), lines(6), lines(1)], separator=5.0) == [0, 0, 1]


def test_a_footnote_stands_on_the_page_of_its_paragraph_s_last_line() -> None:
    # Five lines do not fit above the note, so two stay and three go with it.
    assert pages([lines(8), lines(5, notes=30.0), lines(3), lines(1)], separator=5.0) == [0, 0, 1, 2]
    # Three lines are not split: they need the note's room where they begin.
    assert pages([lines(6), lines(3, notes=30.0)], separator=5.0) == [0, 1]


def test_kept_rows_go_to_the_next_page_together() -> None:
    table = [row(keep_next=True), row(keep_next=True), row(keep_next=True)]
    assert pages([lines(7), *table, lines(1)]) == [0, 1, 1, 1, 1]
    assert pages([lines(6), *table, lines(1)]) == [0, 0, 0, 0, 0]
    assert pages([lines(7), row(), row(), row(), lines(1)]) == [0, 0, 0, 0, 1]


def test_the_rule_below_a_table_counts_for_what_follows() -> None:
    rows = [row(10.0, below=1.0)] * 9
    assert pages([*rows, lines(1)]) == [0] * 9 + [1]


ITEMS = st.builds(
    Item,
    lines=st.integers(1, 14), line=st.just(10.0), before=st.sampled_from([0.0, 5.0]), after=st.sampled_from([0.0, 5.0]),
    keep_next=st.booleans(), keep_lines=st.booleans(), widow=st.booleans(), notes=st.sampled_from([0.0, 12.0]),
)  # fmt: skip


@given(st.lists(ITEMS, max_size=40))
def test_every_item_gets_one_page_and_pages_never_fall(items: list[Item]) -> None:
    found = pages(items, separator=3.0)
    assert len(found) == len(items)
    assert found == sorted(found)


@given(st.lists(ITEMS, max_size=25))
def test_no_more_pages_than_one_for_each_line_and_at_least_what_the_text_needs(items: list[Item]) -> None:
    found = pages(items)
    total = sum(item.height for item in items)
    assert not found or found[-1] + 1 <= 2 * sum(item.lines for item in items)
    assert not found or found[-1] >= int((total - items[-1].height) / 100.0) - 1


@given(st.lists(ITEMS, max_size=40), st.integers(1, 5))
def test_it_does_not_matter_how_many_items_wait_when_they_are_placed(items: list[Item], each: int) -> None:
    pager, marks = Pager(100.0, 3.0), [Mark(0, "", "", page=-1) for _ in items]
    for at, (item, mark) in enumerate(zip(items, marks, strict=True)):
        pager.waiting.append((item, [mark]))
        if at % each == 0:
            pager.place()
    pager.place(last=True)
    assert [mark.page for mark in marks] == pages(items, separator=3.0)
