"""Edits of single fields: the diff a reviewer sees, and nothing else in the file moved."""

from __future__ import annotations

import difflib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from dataset_strategies import datasets, numbers, words
from hypothesis import HealthCheck, given, settings
from load_samples import GUANGZHOU, PROGRESS, SMALL, written
from openpyxl import load_workbook

from exporters.errors import DataError
from exporters.load import dump, load
from exporters.load.edits import AppendRecord, Edit, RemoveField, SetField, apply_edits
from exporters.model import Dataset, Text

OBSERVATION = {"id": "east.h1", "target": "east.gdp-growth", "date": "2026-06-30", "value": Decimal("6.8")}
LATER = OBSERVATION | {"id": "x", "date": "2026-07-31"}


def diff(old: bytes, new: bytes) -> list[str]:
    lines = difflib.unified_diff(old.decode().splitlines(), new.decode().splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def edited(folder: Path, text: str, *edits: Edit, name: str = "small.yaml") -> list[str]:
    """Return the diff that the edits make, after checking that the result is still a dataset."""
    path = written(folder, text, name)
    new = apply_edits(path, edits)
    assert path.read_bytes() == text.encode()
    load(written(folder, new, f"new-{name}"))
    return diff(text.encode(), new)


ONE_LINE: dict[str, tuple[Edit, list[str]]] = {
    "number": (SetField("east.gdp-growth", ("value",), Decimal("7.0")), ["-    value: 6.5", "+    value: 7.0"]),
    "enum": (SetField("east.gdp-growth", ("comparator",), "gt"), ["-    comparator: gte", "+    comparator: gt"]),
    "in flow, comment kept": (
        SetField("", ("title", "en"), "A, b"),
        ["-title: {zh: 小城, en: Small}  # both languages", '+title: {zh: 小城, en: "A, b"}  # both languages'],
    ),
    "quotes kept": (
        SetField("plan", ("title", "zh"), "It's: so"),
        ["-    title: 'Plan: 2026'", "+    title: 'It''s: so'"],
    ),
    "plain text that needs quotes": (SetField("town", ("name",), "null"), ["-    name: 小城", '+    name: "null"']),
    "a second language": (
        SetField("town", ("name", "en"), "Town"),
        ["-    name: 小城", "+    name: {zh: 小城, en: Town}"],
    ),
    "inside a flow mapping": (
        SetField("east.gdp-growth", ("period", "label"), Text(zh="全年")),
        [
            "-    period: {start: 2026-01-01, end: 2026-12-31}",
            "+    period: {label: 全年, start: 2026-01-01, end: 2026-12-31}",
        ],
    ),
    "a flag": (SetField("east.gdp-growth", ("flags", 0, "code"), "other"), ["+    flags: [other]"]),
    "a field of an indicator": (SetField("GDP", ("rank",), 3), ["+    rank: 3"]),
    "removed": (RemoveField("east", ("code",)), ["-    code: 440199"]),
    "removed from flow": (
        RemoveField("east", ("name", "en")),
        ["-    name: {zh: 东区, en: East}", "+    name: {zh: 东区}"],
    ),
    "nothing to remove": (RemoveField("east", ("short",)), []),
    "equal": (SetField("east.gdp-growth", ("value",), Decimal("6.5")), []),
}


@pytest.mark.parametrize("name", list(ONE_LINE))
def test_one_value_gives_one_line(tmp_path: Path, name: str) -> None:
    edit, lines = ONE_LINE[name]
    assert edited(tmp_path, SMALL, edit) == lines


def test_a_new_field_stands_where_the_model_has_it(tmp_path: Path) -> None:
    lines = edited(
        tmp_path,
        SMALL,
        SetField("east.gdp-growth", ("upper",), Decimal(8)),
        SetField("east.gdp-growth", ("comparator",), "between"),
    )
    assert lines == ["-    comparator: gte", "+    comparator: between", "+    upper: 8"]
    text = apply_edits(tmp_path / "small.yaml", [SetField("east.gdp-growth", ("ref",), "E1")]).decode()
    assert "  - id: east.gdp-growth\n    ref: E1\n    place: east\n" in text


def test_a_text_that_stands_in_lines_of_its_own_stays_in_lines(tmp_path: Path) -> None:
    block = "    comparator: gte\n    comparator_word:\n      zh: 以上\n      en: at least\n"
    edit = SetField("east.gdp-growth", ("comparator_word",), {"zh": "不低于"})

    assert edited(tmp_path, SMALL.replace("    comparator: gte\n", block), edit) == [
        "-      zh: 以上", "-      en: at least", "+      zh: 不低于",
    ]  # fmt: skip


def test_records_are_appended_in_the_style_of_the_file(tmp_path: Path) -> None:
    assert edited(tmp_path, SMALL, AppendRecord("observations", OBSERVATION)) == [
        "+",
        "+observations:",
        "+  - id: east.h1",
        "+    target: east.gdp-growth",
        "+    date: 2026-06-30",
        "+    value: 6.8",
    ]
    text = (
        SMALL
        + "\n# actual values\nobservations:\n- {id: o, target: east.gdp-growth, date: 2026-03-31, value: 6}\n# end\n"
    )
    two = [AppendRecord("observations", OBSERVATION), AppendRecord("observations", LATER)]
    assert edited(tmp_path, text, *two, SetField("x", ("value",), 9)) == [
        "+- {id: east.h1, target: east.gdp-growth, date: 2026-06-30, value: 6.8}",
        "+- {id: x, target: east.gdp-growth, date: 2026-07-31, value: 9}",
    ]
    assert edited(tmp_path, SMALL + "observations: []\n", two[0])[0] == "-observations: []"
    assert edited(tmp_path, SMALL + "observations:\n", *two)[0] == "+  - id: east.h1"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_marks_stay(tmp_path: Path, mark: bytes) -> None:
    raw = mark + SMALL.replace("\n", "\r\n").encode()
    path = written(tmp_path, raw)
    edits = [SetField("east.gdp-growth", ("value",), 7), AppendRecord("observations", OBSERVATION)]
    new = apply_edits(path, edits)
    assert new.startswith(raw[: raw.index(b"6.5")])
    assert new.count(b"\r\n") == new.count(b"\n") == raw.count(b"\n") + 6


def test_awkward_yaml(tmp_path: Path) -> None:
    text = SMALL.replace("    name: 小城\n", "    name: >-  # folded\n      小\n      城\n\n    # about the level\n")
    text = text.replace("indicators:\n", "as_of:   # not yet\n\nindicators:\n")
    assert edited(tmp_path, text, SetField("town", ("name", "zh"), "城")) == [
        "-    name: >-  # folded",
        "-      小",
        "-      城",
        "+    name: 城",
    ]
    assert edited(tmp_path, text, SetField("", ("as_of",), "2026-07-01")) == [
        "-as_of:   # not yet",
        "+as_of: 2026-07-01   # not yet",
    ]
    assert edited(tmp_path, text, SetField("town", ("note",), "n"))[0] == "+    note: n"
    assert edited(tmp_path, SMALL.rstrip("\n"), SetField("east.gdp-growth", ("note",), "n"))[-1] == "+    note: n"


def test_json_keeps_its_layout(tmp_path: Path) -> None:
    path = tmp_path / "small.json"
    dump(load(written(tmp_path, SMALL)), path)
    text = path.read_text(encoding="utf-8")
    name = path.name
    one = edited(tmp_path, text, SetField("east.gdp-growth", ("value",), Decimal("7.0")), name=name)
    assert one == ['-      "value": 6.5,', '+      "value": 7.0,']
    assert edited(tmp_path, text, SetField("town", ("name", "en"), "T"), name=name) == [
        '-      "name": "小城",',
        '+      "name": {"zh": "小城", "en": "T"},',
    ]
    assert edited(tmp_path, text, SetField("GDP", ("rank",), 3), name=name)[-1] == '+      "rank": 3'
    assert edited(tmp_path, text, RemoveField("east", ("code",)), name=name) == ['-      "code": "440199",']
    added = edited(tmp_path, text, AppendRecord("observations", OBSERVATION), name=name)
    assert '+  "observations": [' in added
    assert '+      "id": "east.h1",' in added
    both = [AppendRecord("observations", OBSERVATION), AppendRecord("observations", LATER)]
    edited(tmp_path, text, *both, SetField("x", ("value",), 1), SetField("x", ("note",), "n"), name=name)
    small = '{"a": 1}'
    assert small == written(tmp_path, small, "b.json").read_text()


def test_a_workbook_keeps_all_other_parts(tmp_path: Path) -> None:
    path = tmp_path / "small.xlsx"
    dump(load(written(tmp_path, SMALL)), path)
    book = load_workbook(path)
    book["targets"]["F2"].number_format = "0.00"
    book["places"]["B2"].comment = None
    book.save(path)
    from exporters.package import Package

    edits = [
        SetField("east.gdp-growth", ("value",), Decimal("7.25")),
        SetField("east.gdp-growth", ("note", "en"), "=x"),
        AppendRecord("observations", OBSERVATION),
    ]
    new = apply_edits(path, edits)
    old_parts, new_parts = Package.open(path.read_bytes()), Package.open(new)
    assert old_parts.names() == new_parts.names()
    changed = [name for name in old_parts.names() if old_parts.read(name) != new_parts.read(name)]
    assert len(changed) == 2
    dataset = load(written(tmp_path, new, "new.xlsx"))
    assert (dataset.targets[0].value, dataset.targets[0].note.en) == (Decimal("7.25"), "=x")
    assert dataset.observations[0].value == Decimal("6.8")
    assert load_workbook(tmp_path / "new.xlsx")["targets"]["F2"].number_format == "0.00"
    removed = apply_edits(path, [RemoveField("east", ("code",))])
    assert load(written(tmp_path, removed, "new.xlsx")).places[1].code == ""


@pytest.mark.parametrize("suffix", [".yaml", ".json", ".xlsx"])
def test_what_does_not_exist_is_named(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"small{suffix}"
    dump(load(written(tmp_path, SMALL, "s.yaml")), path)
    edits = [SetField("east.gdp-grwth", ("value",), 1), SetField("east", ("nmae",), "x"), AppendRecord("target", {})]
    with pytest.raises(DataError) as caught:
        apply_edits(path, edits)
    assert [str(fault).removeprefix(f"{path}: ") for fault in caught.value.faults] == [
        "there is no record 'east.gdp-grwth' (did you mean 'east.gdp-growth'?)",
        "'east' has no field 'nmae' (did you mean 'name'?)",
        "a dataset has no list 'target' (did you mean 'targets'?)",
    ]


@pytest.mark.parametrize("source", [GUANGZHOU, PROGRESS], ids=["guangzhou", "progress"])
def test_every_target_of_the_shipped_data_can_be_edited(tmp_path: Path, source: Path) -> None:
    """One line in the diff for each value, in one go and with every comment in its place."""
    dataset = load(source)
    valued = [target for target in dataset.targets if target.value is not None and target.upper is None]
    edits = [SetField(target.id, ("value",), (target.value or Decimal(0)) + 1) for target in valued]
    raw = source.read_bytes()
    new = apply_edits(source, edits)
    lines = diff(raw, new)
    assert len([line for line in lines if line.startswith("+    value: ")]) == len(valued)
    after = load(written(tmp_path, new, "new.yaml"))
    assert [target.value for target in after.targets if target.value is not None and target.upper is None] == [
        edit.value for edit in edits
    ]
    back = [SetField(target.id, ("value",), target.value) for target in valued]
    assert apply_edits(tmp_path / "new.yaml", back) == raw


@pytest.mark.parametrize("suffix", [".yaml", ".json", ".xlsx"])
@given(dataset=datasets(), text=words, number=numbers)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_an_edit_is_what_comes_back(tmp_path: Path, suffix: str, dataset: Dataset, text: str, number: Decimal) -> None:
    path = tmp_path / f"any{suffix}"
    dump(dataset, path)
    edits: list[Edit] = [
        SetField("east", ("note", "en"), text or "x"),
        SetField("p", ("posts", 0, "title", "zh"), text or "x"),
    ]
    edits += [SetField(target.id, ("note", "zh"), text or "y") for target in dataset.targets]
    observation = {"target": dataset.targets[0].id, "date": "2026-06-30", "value": number} if dataset.targets else {}
    if observation:
        edits += [AppendRecord("observations", {"id": "new.1", **observation, "note": text or "z"})]
        edits += [
            AppendRecord("observations", {"id": "new.2", **observation, "date": "2026-07-31"}),
            SetField("new.2", ("note", "en"), text or "x"),
        ]
    edits.append(RemoveField("source", ("published",)))
    path.write_bytes(apply_edits(path, edits))
    after = load(path)
    assert after.place_by_id["east"].note.en == (text or "x")
    assert after.people[0].posts[0].title.zh == (text or "x")
    assert after.people[0].posts[0].title.en == dataset.people[0].posts[0].title.en
    assert after.sources[0].published is None
    values: list[Any] = [target.value for target in after.targets]
    assert values == [target.value for target in dataset.targets]
    if observation:
        assert after.observations[:-2] == dataset.observations
        assert [found.value for found in after.observations[-2:]] == [number, number]
        assert after.observations[-1].note.en == (text or "x")
        assert after.observations[-2].note.zh == (text or "z")


@pytest.mark.parametrize("name", ["a-file/d.yaml", "no-folder/d.yaml", f"{'a' * 249}.yaml"])
def test_where_no_file_can_be_is_said_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    dataset = load(written(tmp_path, SMALL, "small.yaml"))
    (tmp_path / "a-file").touch()
    with pytest.raises(DataError, match="cannot be written"):
        dump(dataset, tmp_path / name)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a-file", "small.yaml"]


def test_a_ring_of_links_is_written_over(tmp_path: Path) -> None:
    dataset = load(written(tmp_path, SMALL, "small.yaml"))
    (tmp_path / "a.yaml").symlink_to("b.yaml")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    dump(dataset, tmp_path / "a.yaml")
    assert load(tmp_path / "b.yaml") == dataset
