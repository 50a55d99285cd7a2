"""Rows that people put into a sheet or took out of it: found by what stands in all others, or not at all."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.workbook.living.alignment import Axis
from exporters.workbook.references import LAST_ROW


def axis(base: str, theirs: str) -> Axis:
    """Return the axis of sheets whose rows hold single letters; a space is an empty row."""
    rows = ({at: Counter({one: 2}) for at, one in enumerate(text, 1) if one != " "} for text in (base, theirs))
    return Axis(*rows, LAST_ROW)


@pytest.mark.parametrize(
    ("base", "theirs", "found"),
    [
        ("abcd", "abcd", [1, 2, 3, 4]),
        ("abcd", "amcd", [1, 2, 3, 4]),  # retyped in its place
        ("abcd", "ambcd", [1, 0, 2, 3, 4]),
        ("abcd", "mabcd", [0, 1, 2, 3, 4]),
        ("ab cd", "ab  cd", [1, 2, 3, 0, 4, 5]),
        ("ab cd", "abm cd", [1, 2, 0, 3, 4, 5]),  # the empty row is the empty row
        ("ab  cd", "abm m cd", [1, 2, 0, 3, 0, 4, 5, 6]),
        ("abcd", "acd", [1, 3, 4]),
        ("abcd", "bmcd", [2, 0, 3, 4]),
        ("abcd", "dabc", [4, 1, 2, 3]),  # moved
        ("axxxb", "axxb", [1, 0, 0, 5]),  # which of them went nothing tells
        ("axxxb", "axxxb", [1, 2, 3, 4, 5]),
        ("axxb", "axmxb", [1, 2, 0, 3, 4]),
        ("abab", "abab", [1, 2, 3, 4]),
    ],
)
def test_rows_are_known_again(base: str, theirs: str, found: list[int]) -> None:
    rows = axis(base, theirs)
    assert [rows.base(number) for number in range(1, len(theirs) + 1)] == found
    for number, one in enumerate(found, 1):
        if one:
            assert rows.theirs(one) == number
    assert rows.base(LAST_ROW) == rows.theirs(LAST_ROW) == LAST_ROW


def test_rows_behind_the_last_go_on_counting() -> None:
    rows = axis("abc", "abmc")
    assert rows.base(9) == 8 and rows.theirs(8) == 9


def test_of_a_row_that_is_gone_the_next_one_is_told() -> None:
    rows = axis("abcd", "ad")
    assert rows.theirs(2) == 0 and rows.near(2, 1) == 2 and rows.near(3, -1) == 1


@settings(max_examples=300, deadline=None)
@given(st.text("abcdex ", max_size=9), st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=3))
def test_no_row_is_taken_for_one_that_says_something_else(base: str, edits: list[tuple[int, bool]]) -> None:
    """Whatever rows come and go: a row that is known again and was not retyped says what it said."""
    theirs = base
    for at, put in edits:
        theirs = theirs[:at] + "m" + theirs[at:] if put else theirs[:at] + theirs[at + 1 :]
    rows = axis(base, theirs)
    for number, one in enumerate(theirs, 1):
        there = rows.base(number)
        if there:
            assert rows.theirs(there) == number
            if "m" not in theirs and len(set(base)) == len(base):
                assert one == " " or there > len(base) or base[there - 1] == one
