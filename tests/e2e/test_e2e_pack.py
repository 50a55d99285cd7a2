"""The Guangzhou pack through the command: files, manifest, same bytes, faults, edits."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import yaml

from exporters.package import lint
from exporters.registry import EXPORTERS
from exporters.runs.inputs import find_dataset

NAMES = sorted(entry.filename for entry in EXPORTERS.values())


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir()) if path.is_file()
    }


def test_the_files_of_the_contract(pack):
    assert sorted(hashes(pack)) == sorted([*NAMES, "manifest.json"])


def test_every_file_is_sound(pack):
    faults = [str(fault) for name in NAMES for fault in lint(pack / name)]
    assert faults == []


def test_the_manifest_tells_the_truth(pack):
    found = json.loads((pack / "manifest.json").read_text("utf-8"))
    data = yaml.safe_load(find_dataset(None).read_text("utf-8"))
    assert found["dataset"]["id"] == data["id"]
    assert found["counts"]["targets"] == len(data["targets"])
    assert found["counts"]["districts"] == sum(place.get("parent") == data["city"] for place in data["places"])
    assert {name: one["sha256"] for name, one in found["files"].items()} == {
        name: sha for name, sha in hashes(pack).items() if name != "manifest.json"
    }
    assert all(len(one["template_sha256"]) == 64 for one in found["files"].values())


@pytest.mark.parametrize("name", ["briefing.docx", "deck.pptx", "targets.xlsx"])
def test_every_statement_stands_in_every_file(pack, name):
    found = json.loads((pack / "manifest.json").read_text("utf-8"))
    assert found["files"][name]["statements"] == found["counts"]["targets"]


def test_nothing_of_this_machine_is_in_the_manifest(pack):
    assert str(Path.home()) not in (pack / "manifest.json").read_text("utf-8")
    assert str(pack.parent) not in (pack / "manifest.json").read_text("utf-8")


@pytest.mark.slow
def test_same_inputs_same_bytes(shell):
    settings = [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "BRIEFPACK_CACHE": "off"},
        {"PYTHONHASHSEED": "77", "TZ": "America/Lima"},
    ]
    for number, setting in enumerate(settings):
        done = shell("build", "--out", f"deep/{number}", SOURCE_DATE_EPOCH="1700000000", **setting)
        assert done.returncode == 0, done.stderr
    assert hashes(shell.folder / "deep" / "0") == hashes(shell.folder / "deep" / "1")


@pytest.mark.slow
@pytest.mark.parametrize(("templates", "lang"), [("standard", "en"), ("gbt9704", "zh"), ("gbt9704", "en")])
def test_every_shipped_edition_builds_and_is_sound(shell, templates, lang):
    done = shell("build", "--templates", templates, "--lang", lang, "--out", "pack", "--json")
    assert done.returncode == 0, done.stdout
    assert [str(fault) for name in NAMES for fault in lint(shell.folder / "pack" / name)] == []


def test_only_the_files_asked_for(shell):
    done = shell("build", "--only", "workbook", "--out", "pack")
    assert done.returncode == 0, done.stderr
    assert sorted(hashes(shell.folder / "pack")) == ["manifest.json", "targets.xlsx"]


def test_the_default_folder_is_named_by_the_dataset(shell):
    done = shell("build", "--only", "workbook")
    assert done.returncode == 0, done.stderr
    assert (shell.folder / "out" / "guangzhou-2023" / "targets.xlsx").is_file()


def test_dry_run_writes_nothing(shell):
    done = shell("build", "--dry-run", "--json")
    found = json.loads(done.stdout)
    assert {one["action"] for one in found["files"].values()} == {"create"}
    assert list(shell.folder.iterdir()) == []


def test_json_is_all_that_is_printed(shell):
    done = shell("build", "--only", "workbook", "--out", "pack", "--json")
    found = json.loads(done.stdout)
    assert done.stderr == ""
    assert found["ok"] is True
    assert found["files"]["targets.xlsx"]["sha256"] == hashes(shell.folder / "pack")["targets.xlsx"]


def test_bad_data_leaves_the_old_pack_as_it_was(shell, pack):
    shutil.copytree(pack, shell.folder / "pack")
    before = hashes(shell.folder / "pack")
    bad = shell.folder / "bad.yaml"
    text = find_dataset(None).read_text("utf-8")
    bad.write_text(text.replace("comparator: gte", "comparator: gtte").replace("level: city", "level: citty"), "utf-8")
    done = shell("build", "bad.yaml", "--out", "pack")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert sum("did you mean 'gte'?" in line for line in lines) == text.count("comparator: gte")
    assert any("did you mean 'city'?" in line for line in lines)
    assert all("bad.yaml, line " in line for line in lines if line.startswith("error:"))
    assert hashes(shell.folder / "pack") == before


def test_a_template_that_is_no_package_is_named(shell):
    folder = shell.folder / "mine"
    folder.mkdir()
    (folder / "targets.xlsx").write_bytes(b"not a workbook")
    done = shell("build", "--templates", "mine", "--only", "workbook", "--out", "pack")
    assert done.returncode == 1
    assert "mine/targets.xlsx" in done.stderr
    assert not (shell.folder / "pack").exists()


def test_a_missing_template_is_named_with_what_can_be_built(shell):
    assert shell("init", "project").returncode == 0
    mine = shell.folder / "project" / "templates" / "standard"
    (mine / "zh" / "deck.pptx").unlink()
    done = shell("build", "--templates", str(mine), "--out", "pack")
    assert done.returncode == 1
    assert "there is no deck.pptx in it" in done.stderr
    assert "--only word,workbook" in done.stderr


def test_a_second_build_keeps_bytes_and_times(shell, pack):
    shutil.copytree(pack, shell.folder / "pack")
    before = {path.name: path.stat().st_mtime_ns for path in (shell.folder / "pack").iterdir() if path.is_file()}
    done = shell("build", "--out", "pack", "--json")
    assert done.returncode == 0, done.stdout
    assert {one["result"] for one in json.loads(done.stdout)["files"].values()} == {"unchanged"}
    after = {path.name: path.stat().st_mtime_ns for path in (shell.folder / "pack").iterdir() if path.is_file()}
    assert after == before
