"""A series that a person put into a chart: with the data's new numbers where the categories are the same."""

from __future__ import annotations

import json

import pytest

from exporters.merge.series import with_own_series

OWN = {"tx": ["我的"], "cat": ["投资 7%", "产值 8%"], "val": ["1", "2"]}


def chart(*series: tuple[str, list[str], list[str]], own: bool = False) -> str:
    found = [{"tx": [name], "cat": names, "val": values} for name, names, values in series]
    return json.dumps([*found, OWN] if own else found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


OLD = ("海珠", ["投资 7%", "产值 8%"], ["7", "8"])
NEW = ("海珠", ["投资 7.5%", "产值 8%"], ["7.5", "8"])


def test_the_data_moves_under_a_series_of_ones_own():
    found = json.loads(with_own_series(chart(OLD), chart(OLD, own=True), chart(NEW)))
    assert found == [json.loads(chart(NEW))[0], {**OWN, "cat": NEW[1]}]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (chart(("海珠", OLD[1], ["9", "8"]), own=True), chart(NEW)),
        (chart(OLD, own=True), chart(("海珠", ["产值 8%", "投资 7.5%"], ["8", "7.5"]))),
        (chart(OLD, own=True), chart(("海珠", ["投资 7%", "产值 8%", "零售 9%"], ["7", "8", "9"]))),
        (chart(OLD, own=True), chart(NEW, ("我的", NEW[1], ["3", "4"]))),
        (chart(OLD), chart(NEW)),
    ],
    ids=["also typed over", "another order", "one category more", "a series of that name", "none"],
)
def test_all_else_is_a_conflict(theirs: str, ours: str):
    assert with_own_series(chart(OLD), theirs, ours) == ""
