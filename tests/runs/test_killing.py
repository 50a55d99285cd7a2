"""Kill -9 at any moment: old or new, never between, and the next run ends where it would have without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(("scenario", "most", "kills"), [("steps", 12, 16), ("moments", 8, 3), ("batch", 8, 8)])
def test_a_kill_at_any_moment_costs_nothing(tmp_path, scenario, most, kills):
    """A sample of the steps of a build over a pack with a conflict, random moments, and batches.

    ``python tests/runs/killing.py steps FOLDER 500`` kills at every step.
    """
    script = Path(__file__).with_name("killing.py")
    words = [sys.executable, str(script), scenario, str(tmp_path), str(most)]
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["broken"] == []
    assert found["killed"] >= kills, found
