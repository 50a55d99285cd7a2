"""Filters whose result a reader sees."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.binding.filters import clip


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("Zengcheng", 9, "Zengcheng"),
        ("Zengcheng District", 9, "Zengchen…"),
        ("南沙", 4, "南沙"),
        ("峨山彝族自治县", 9, "峨山彝…"),
        ("Old Town", 5, "Old…"),
        (None, 5, ""),
    ],
)
def test_clip_counts_columns(text, columns, shown):
    assert clip(text, columns) == shown


@given(st.text(alphabet="ab 南沙"), st.integers(2, 12))
def test_clip_keeps_the_beginning_within_its_columns(text, columns):
    shown = clip(text, columns)
    assert text.startswith(shown.rstrip("…"))
    assert sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in shown) <= max(columns, 1)
