"""A dataset that was read before: the same one again, and only where nothing that it came from has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from dataset_strategies import datasets
from hypothesis import HealthCheck, given, settings
from load_samples import GUANGZHOU, PROGRESS, SMALL
from msgspec import to_builtins
from msgspec.json import decode
from msgspec.structs import replace

import exporters.load.kept
from exporters.cache import Store
from exporters.errors import DataError
from exporters.load import load
from exporters.model import BUILTIN_UNITS, Dataset, Text, Unit, validated


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def written(folder: Path, text: str, name: str = "small.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def entries(folder: Path) -> list[Path]:
    return sorted((folder / "cache").glob("*.dataset"))


@pytest.mark.parametrize("source", [GUANGZHOU, PROGRESS], ids=["guangzhou", "progress"])
def test_the_second_time_nothing_is_read_anew(source: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load(source, store=store)
    monkeypatch.setattr(exporters.load, "read_raw", lambda *_: pytest.fail("read anew"))
    again = load(source, store=store)
    assert again == first
    assert again.canonical == first.canonical
    assert again.targets_of == first.targets_of


def test_other_bytes_are_read_anew(tmp_path: Path, store: Store) -> None:
    path = written(tmp_path, SMALL)
    assert load(path, store=store).targets[0].value == 6.5
    written(tmp_path, SMALL.replace("6.5", "7.5"))
    assert load(path, store=store).targets[0].value == 7.5
    assert len(entries(tmp_path)) == 2


def test_faults_are_told_each_time_and_nothing_is_kept(tmp_path: Path, store: Store) -> None:
    path = written(tmp_path, SMALL.replace("GDP\n    measure", "GPD\n    measure"))
    for _ in range(2):
        with pytest.raises(DataError, match="unknown indicator 'GPD'"):
            load(path, store=store)
    assert entries(tmp_path) == []


def test_a_stored_text_that_changes_is_checked_again(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SMALL.replace("title: 'Plan: 2026'", "title: 'Plan: 2026'\n    file: plan.txt")
    path = written(tmp_path, text.replace("source: plan,", "source: plan, start: 2, end: 10,"))
    load(path, store=store)
    written(tmp_path, "计划增长6.5%以上。", "plan.txt")
    load(path, store=store)
    written(tmp_path, "计划增长7.5%以上。", "plan.txt")
    with pytest.raises(DataError, match="the clause does not stand in this source"):
        load(path, store=store)
    (tmp_path / "plan.txt").unlink()
    load(path, store=store)
    (tmp_path / "plan.txt").mkdir()
    load(path, store=store)
    monkeypatch.setattr("exporters.load.source_texts.Path.is_file", lambda _: True)
    with pytest.raises(DataError, match="cannot be read"):
        load(path, store=store)


def test_what_only_larger_limits_let_in_is_read_anew(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, SMALL)
    with monkeypatch.context() as larger:
        larger.setattr("exporters.load.kept.FACTOR", 1000)
        load(path, store=store)
    load(path, store=store)
    assert len(entries(tmp_path)) == 2


def test_what_was_tampered_with_is_never_loaded(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, SMALL)
    load(path, store=store)
    (entry,) = entries(tmp_path)
    entry.write_bytes(entry.read_bytes().replace("东区".encode(), "西区".encode()))
    monkeypatch.setattr(exporters.load.kept.msgpack, "decode", lambda *_, **__: pytest.fail("loaded"))
    assert load(path, store=store).places[1].name.zh == "东区"


def test_a_copy_with_other_records_says_what_they_say() -> None:
    dataset = load(PROGRESS)
    before = dataset.canonical
    changed = replace(dataset, title=Text(zh="另一个"))
    assert changed.canonical != before
    assert dataset.canonical == before


@given(dataset=datasets())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_dataset_comes_back_from_its_canonical_bytes(dataset: Dataset) -> None:
    again = validated(Dataset, to_builtins(dataset))
    kept = decode(again.canonical, type=Dataset)
    assert kept == again == dataset
    assert kept.canonical == again.canonical
    assert replace(again, id="other").id == "other"


@pytest.mark.parametrize("typed", ["", {}, {"zh": ""}, {"zh": "", "en": ""}])
def test_equal_datasets_have_equal_canonical_bytes(tmp_path: Path, typed: object) -> None:
    data = to_builtins(load(written(tmp_path, SMALL)))
    assert validated(Dataset, data | {"note": typed}).canonical == validated(Dataset, data).canonical


def test_the_constants_are_records_that_would_be_found_right() -> None:
    assert all(validated(Unit, to_builtins(unit)) == unit for unit in BUILTIN_UNITS.values())
