"""Packs that the tests of one process share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from exporters.runs.build import execute
from exporters.runs.planning import plan
from tests.runs.seeding import PACKS


@pytest.fixture(scope="session")
def packs(tmp_path_factory, cache):
    made: dict[str, Path] = {}

    def get(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp("packs") / name
            execute(plan(replace(PACKS[name], out=made[name], cache=cache)))
        return made[name]

    return get


@pytest.fixture
def pack(packs, tmp_path):
    return Path(shutil.copytree(packs("zh"), tmp_path / "pack"))
