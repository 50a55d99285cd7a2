"""Laws of reading and writing: what is written comes back equal, and no bytes bring a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from dataset_strategies import datasets
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from load_samples import GUANGZHOU, PROGRESS, SMALL
from msgspec.structs import replace

from exporters.errors import DataError
from exporters.load import dump, encode, load
from exporters.model import Dataset, Text

SUFFIXES = (".yaml", ".json", ".xlsx")
lenient = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("datasets")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("source", [GUANGZHOU, PROGRESS], ids=["guangzhou", "progress"])
def test_the_shipped_datasets_come_back_equal(folder: Path, source: Path, suffix: str) -> None:
    path = folder / f"{source.stem}{suffix}"
    dataset = load(source)
    dump(dataset, path)
    assert load(path) == dataset
    assert encode(load(path), path) == path.read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(dataset=datasets())
@lenient
def test_any_dataset_comes_back_equal(folder: Path, suffix: str, dataset: Dataset) -> None:
    path = folder / f"any{suffix}"
    dump(dataset, path)
    assert load(path) == dataset


@pytest.mark.parametrize("said", ["增长:?", ":?", "a:?b", "a: ?", "a?:", "?a", "a:", ":a", "a::?"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_signs_of_yaml_in_a_text_come_back(folder: Path, suffix: str, said: str) -> None:
    path = folder / f"signs{suffix}"
    dataset = load(PROGRESS)
    dump(replace(dataset, title=Text(zh=said, en=said)), path)
    assert load(path).title == Text(zh=said, en=said)


@given(raw=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
@example(raw=b"&a [*a]")
@example(raw=b"a: !!python/object/apply:os.system [x]")
@example(raw="a: \ufeff".encode())
@pytest.mark.parametrize("suffix", SUFFIXES)
@lenient
def test_no_bytes_bring_a_traceback(folder: Path, suffix: str, raw: bytes) -> None:
    path = folder / f"noise{suffix}"
    path.write_bytes(raw)
    with pytest.raises(DataError):
        load(path)


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_dataset_is_read_or_refused(folder: Path, data: st.DataObject) -> None:
    """Cut, doubled or replaced pieces of a good file: a dataset or faults, each with a place, never a traceback."""
    start = data.draw(st.integers(0, len(SMALL)))
    end = data.draw(st.integers(start, min(len(SMALL), start + 40)))
    piece = data.draw(
        st.one_of(
            st.just(""), st.sampled_from(["- ", "{", "]", "\t", "\n\n", "null", "'", "*x", ": "]), st.text(max_size=5)
        )
    )
    path = folder / "damaged.yaml"
    path.write_bytes((SMALL[:start] + piece + SMALL[end:]).encode("utf-8", "replace"))
    try:
        load(path)
    except DataError as error:
        assert error.faults
        assert all(fault.file and fault.message for fault in error.faults)
