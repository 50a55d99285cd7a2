"""Prose in another spelling is nobody's edit: it follows the data, and keeps its spelling where the data rests."""

from __future__ import annotations

import pytest

from exporters.merge.prose import merge_prose
from exporters.merge.values import Merged, canonical, merge_value

BASE = "GDP增长7%，居首。投资730亿元。"


@pytest.mark.parametrize(
    ("theirs", "ours", "merged"),
    [
        ("GDP增长７％，居首。投资730亿元。", "GDP增长8%，居首。投资730亿元。", "GDP增长8%，居首。投资730亿元。"),
        ("GDP增长７％，居首。投资７30亿元。", "GDP增长8%，居首。投资730亿元。", "GDP增长8%，居首。投资７30亿元。"),
        ("GDP增长７％，居首。投资 730 亿元。", "GDP增长7%，居首。投资750亿元。", "GDP增长７％，居首。投资750亿元。"),
        (
            "GDP增长７％，居首。我的话。投资730亿元。",
            "GDP增长8%，居首。投资750亿元。",
            "GDP增长8%，居首。我的话。投资750亿元。",
        ),
        ("GDP增长７％，居首。投资730亿元。", "投资750亿元。", "投资750亿元。"),
    ],
)
def test_a_sentence_in_another_spelling_follows(theirs: str, ours: str, merged: str) -> None:
    found = merge_prose(BASE, theirs, ours)
    assert found == Merged(merged)
    assert merge_prose(ours, found.text, ours) == found


def test_another_figure_in_another_width_is_an_edit() -> None:
    found = merge_prose(BASE, "GDP增长９％，居首。投资730亿元。", "GDP增长8%，居首。投资750亿元。")
    assert found.conflict and "GDP增长９％，居首。" in found.text


@pytest.mark.parametrize(
    "typed", ["5.5%-6%", "5.5% – 6%", "5.5～6%", "5.5%至6%", "5.5%到6%", "5.5% to 6%", "５.5％——6％"]
)
def test_a_range_with_another_sign_follows(typed: str) -> None:
    assert merge_value("5.5%—6%", typed, "5.5%—6.5%") == Merged("5.5%—6.5%")


def test_what_is_no_range_keeps_its_signs() -> None:
    assert canonical("-3%") != canonical("—3%")
    assert canonical("6%、7%") != canonical("6%—7%")
