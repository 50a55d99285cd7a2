"""A pack read back from its folder: its data as built, its files as they stand, and clear words where it is none."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import stub_room

from exporters.errors import BriefpackError
from exporters.load import load
from exporters.runs import settling
from exporters.runs.build import execute
from exporters.runs.inputs import find_dataset
from exporters.runs.pack import DATA, Pack
from exporters.runs.planning import Request, plan


@pytest.fixture
def build(tmp_path, monkeypatch):
    folder = stub_room.install(monkeypatch, tmp_path / "mine")

    def make(**changes) -> Path:
        request = Request(**({"out": tmp_path / "pack", "templates": str(folder), "only": ("one",)} | changes))
        return execute(plan(request)).out

    return make


def test_the_data_comes_back_equal_without_the_dataset_file(build):
    pack = Pack.open(build(lang="en"))
    assert pack.dataset == load(find_dataset(None))
    assert (pack.lang, str(pack.as_of)) == ("en", "2023-02-01")
    assert pack.scope.pack.title == pack.manifest.title


@pytest.mark.parametrize("name", ["guangzhou-2023", "sample-progress"])
def test_the_manifest_names_the_digest_of_the_stored_data(build, name):
    out = build(dataset=name)
    stored = json.loads((out / "manifest.json").read_text("utf-8"))["dataset"]["sha256"]
    assert hashlib.sha256((out / DATA).read_bytes()).hexdigest() == stored
    assert Pack.open(out).dataset.id == name


def test_files_as_they_stand(build):
    out = build()
    assert [file.touched for file in Pack.open(out).files] == [False]
    (out / "one.docx").write_bytes(b"by hand")
    assert [file.touched for file in Pack.open(out).files] == [True]
    (out / "one.docx").unlink()
    pack = Pack.open(out)
    assert (pack.files, pack.gone) == ((), ("one.docx",))


def test_a_new_build_replaces_the_data_and_restore_brings_it_back(build, tmp_path):
    out = build()
    text = find_dataset(None).read_text("utf-8")
    changed = tmp_path / "changed.yaml"
    changed.write_text(text.replace("value: 85\n", "value: 86\n", 1), "utf-8")
    first = Pack.open(out).dataset
    build(dataset=str(changed))
    assert Pack.open(out).dataset != first
    _, files = settling.restore(out)
    assert files == ["manifest.json", "one.docx"]
    assert Pack.open(out).dataset == first


def fault_of(folder: Path):
    with pytest.raises(BriefpackError) as caught:
        _ = Pack.open(folder).dataset
    assert caught.value.exit_code == 1
    return caught.value.faults[0]


def test_no_pack_names_those_that_are_near(build, tmp_path):
    out = build()
    assert "did you mean 'pack'" in fault_of(tmp_path / "pakc").hint
    assert str(out) in fault_of(tmp_path).hint
    assert str(out) in fault_of(tmp_path / "mine").hint
    fault = fault_of(out / "one.docx")
    assert (fault.code, fault.hint) == ("not-a-folder", f"its folder is {out}")


def test_data_missing_changed_or_of_another_version(build):
    out = build()
    stored = (out / DATA).read_bytes()
    (out / DATA).write_bytes(stored.replace(b"85", b"95", 1))
    assert fault_of(out).code == "data-changed"
    other = b'{"id": "x"}'
    (out / DATA).write_bytes(other)
    made = json.loads((out / "manifest.json").read_text("utf-8"))
    made["dataset"]["sha256"] = hashlib.sha256(other).hexdigest()
    (out / "manifest.json").write_text(json.dumps(made))
    assert fault_of(out).code == "data-unreadable"
    (out / DATA).unlink()
    fault = fault_of(out)
    assert fault.code == "no-data"
    assert "build the pack once" in fault.hint


def test_a_broken_manifest_fails_without_talk_of_refusal(build):
    out = build()
    (out / "manifest.json").write_text("{")
    assert fault_of(out).code == "manifest"
