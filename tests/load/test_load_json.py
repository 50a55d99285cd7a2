"""JSON datasets: the same data, exact numbers, and line numbers in what is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from load_samples import SMALL, said, small_data, written

from exporters.load import load


def pretty(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)


def test_json_and_yaml_give_the_same_dataset(tmp_path: Path) -> None:
    from_json = load(written(tmp_path, pretty(small_data()), "small.json"))
    assert from_json == load(written(tmp_path, SMALL))
    assert from_json == load(written(tmp_path, json.dumps(small_data()), "line.json"))


def test_numbers_stay_exact(tmp_path: Path) -> None:
    text = pretty(small_data()).replace("6.5,", "0.100000000000000,")
    assert str(load(written(tmp_path, text, "a.json")).targets[0].value) == "0.100000000000000"
    text = pretty(small_data()).replace("6.5,", "123456789012345678,")
    assert "lose precision" in said(written(tmp_path, text, "b.json"))[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"city": "town"', '"city": "tow"', "line 12: unknown place 'tow' (did you mean 'town'?)"),
        ('"value": 6.5', '"value": NaN', "line 52: value: must be a finite number"),
        ('"value": 6.5', '"value": true', "line 52: value: true is not a number such as 6.5"),
        ('"unit": "PERCENT"', '"unit": "PP", "unit": "PP"', "line 53: 'unit' is given twice in one record"),
        (
            '"level": "city"',
            '"level": "city",',
            "line 17: a comma behind the last one, column 19 (take it away)",
        ),
        ('"id": "small",', '"id"： "small",', "line 3: the full-width '：' stands where JSON wants ':'"),
        (
            '"id": "small",',
            '"id": "small", // why',
            "line 3: JSON has no comments (write the dataset as .yaml to keep comments)",
        ),
        ('"name": "小城"', '"name": "\\ud800"', "line 16: name.zh: a lone surrogate cannot stand in an Office file"),
        ('"name": "小城"', '"name": null', "line 16: a place needs 'name'"),
        (
            '"name": "小城"',
            '"name": "小\\u0007城"',
            "line 16: name.zh: character U+0007 at position 2 cannot stand in an Office file (delete it)",
        ),
    ],
)
def test_a_fault_is_said_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = pretty(small_data())
    assert old in text
    assert message in said(written(tmp_path, text.replace(old, new, 1), "small.json"))


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, "{", "[1,]", "nul", '{"a": "\\x"}', '"x"', "7", "[]"]
)
def test_what_is_no_dataset_is_said_not_thrown(tmp_path: Path, text: str) -> None:
    assert len(said(written(tmp_path, text, "x.json"))) == 1
