"""Packs that the tests of one process begin with: each is built once and copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from desk import Desk


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Desk]:
    """Return what puts a pack as it was first built (dataset, templates, language) into a folder."""
    made: dict[tuple[str, ...], Path] = {}

    def desk(folder: Path, *which: str) -> Desk:
        if which not in made:
            first = Desk(tmp_path_factory.mktemp("desk"), *which)
            first.build()
            made[which] = first.folder
        found = Desk(Path(shutil.copytree(made[which], folder, dirs_exist_ok=True)), *which)
        found.built.append(found.content)
        return found

    return desk


@pytest.fixture
def desk(desks: Callable[..., Desk], tmp_path: Path) -> Desk:
    return desks(tmp_path)
