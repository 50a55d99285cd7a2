"""The command as a person runs it: a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from exporters.runs.planning import Request
from tests.e2e.edited import SAMPLE, Edited, build


@dataclass
class Shell:
    """A folder and the environment in which ``briefpack`` runs there."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "exporters", *args],
            cwd=self.folder,
            env=os.environ | self.environment | environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture
def shell(tmp_path, cache) -> Shell:
    return Shell(tmp_path, {"BRIEFPACK_CACHE": str(cache)})


@pytest.fixture(scope="session")
def pack(tmp_path_factory, cache) -> Path:
    """Return the Guangzhou pack, built once; read it, never change it."""
    folder = tmp_path_factory.mktemp("guangzhou")
    done = Shell(folder, {"BRIEFPACK_CACHE": str(cache)})("build", "--out", "pack")
    assert done.returncode == 0, done.stderr
    return folder / "pack"


@pytest.fixture(scope="session")
def sample(tmp_path_factory, cache) -> Edited:
    """Return the pack of the invented sample, built once; read it, never change it."""
    folder, request = tmp_path_factory.mktemp("sample") / "pack", Request(templates="standard", lang="zh", cache=cache)
    build(yaml.safe_load(SAMPLE), folder, request)
    return Edited(folder, request)


@pytest.fixture
def edited(sample, tmp_path) -> Edited:
    """Return a copy of it that may be changed."""
    return Edited(Path(shutil.copytree(sample.folder, tmp_path / "pack")), sample.request)
