"""A process that makes one pack after the other holds no more after many than after a few."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from exporters import collector
from exporters.collector import swept
from exporters.runs.making import make
from exporters.runs.planning import Request, plan


@pytest.mark.parametrize("much", [None, 0], ids=["small-packs", "as-if-large"])
def test_what_is_made_is_let_go_of(much: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if much is not None:
        monkeypatch.setattr(collector, "_MUCH", much)
    gc.collect()
    held: list[int] = []
    for number in range(16):
        swept()
        make(plan(Request(dataset="guangzhou-2023", out=tmp_path / f"{number}", only=("workbook",))))
        held.append(len(gc.get_objects()))
    one = max(held[0], 20_000)
    assert max(held[8:]) < max(held[:8]) + one, "what earlier packs were made of is still there"
