"""The page of licences names what the lock file names."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from licences import PAGE, page, pins
    finally:
        sys.path.pop(0)
    named = [line.split(" | ")[:2] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")][1:]
    locked = pins((ROOT / "requirements.lock").read_text("utf-8"))
    assert [(name.removeprefix("| "), version) for name, version in named] == [
        (name, version) for name, version, _ in locked
    ]
    assert len(page().splitlines()) == len(PAGE.read_text("utf-8").splitlines()), "make licences"
    assert "not stated" not in page()
