"""What is installed from the wheel works in an empty folder, far from the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Return a folder into which the project was installed, without its dependencies (the tests' own serve)."""
    folder = tmp_path_factory.mktemp("site")
    install = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps"]
    subprocess.run([*install, "--no-build-isolation", "--target", str(folder), str(ROOT)], check=True)
    return folder


@pytest.fixture
def installed(site, tmp_path):
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(site), "BRIEFPACK_CACHE": str(tmp_path / "cache")}
        command = [sys.executable, "-P", "-m", "exporters", *args]
        work = tmp_path / "empty"
        work.mkdir(exist_ok=True)
        return subprocess.run(command, cwd=work, env=environment, capture_output=True, encoding="utf-8", check=False)

    return run


def test_the_wheel_holds_what_it_needs_and_no_more(site):
    shipped = site / "exporters" / "_shipped"
    assert (shipped / "data" / "guangzhou-2023.yaml").is_file()
    names = {path.name for path in (shipped / "templates").iterdir()}
    assert {"standard", "gbt9704"} <= names
    assert "source" not in names
    assert not (site / "tests").exists()


def test_build_in_an_empty_folder(installed, tmp_path):
    done = installed("build")
    assert done.returncode == 0, done.stderr
    made = tmp_path / "empty" / "out" / "guangzhou-2023"
    assert {"briefing.docx", "deck.pptx", "targets.xlsx", "manifest.json"} <= {path.name for path in made.iterdir()}
    again = json.loads(installed("build", "--json").stdout)
    assert {one["result"] for one in again["files"].values()} == {"unchanged"}


def test_a_project_made_by_init_builds(installed, tmp_path):
    assert installed("init", ".").returncode == 0
    check = installed("check", "guangzhou-2023.yaml", "--templates", "templates/standard")
    assert check.returncode == 0, check.stdout + check.stderr
    done = installed("build", "guangzhou-2023.yaml", "--templates", "templates/standard")
    assert done.returncode == 0, done.stderr


def test_two_wheels_of_one_version_share_no_compiled_templates(site, tmp_path):
    """A program that one state of the code has written fails in another, or says something else."""

    def state(folder: Path) -> str:
        command = [sys.executable, "-P", "-c", "from exporters.resources import fingerprint; print(fingerprint())"]
        environment = os.environ | {"PYTHONPATH": str(folder)}
        return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True).stdout

    other = Path(shutil.copytree(site, tmp_path / "other", copy_function=shutil.copyfile))
    assert state(other) == state(site)
    (record,) = other.glob("briefpack-*.dist-info/RECORD")
    text = record.read_text("utf-8")
    at = text.index("exporters/word/inlining.py,sha256=") + len("exporters/word/inlining.py,sha256=")
    record.write_text(f"{text[:at]}{'A' * 43}{text[at + 43 :]}", "utf-8")
    assert state(other) != state(site)


@pytest.mark.parametrize("args", [("schema",), ("template", "names", "--json")])
def test_what_is_printed_is_json(installed, args):
    assert json.loads(installed(*args).stdout)
