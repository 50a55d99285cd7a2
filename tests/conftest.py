"""Under ``BRIEFPACK_CI`` a test that skips because a tool is absent has failed: there nothing may be left out.

Only tests marked ``outside`` (they compare with files that are no part of the project) may skip everywhere.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.editors import office  # noqa: F401 - a fixture

STRICT = bool(os.environ.get("BRIEFPACK_CI"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _strict((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _strict((yield))


def _strict(report):
    excused = hasattr(report, "wasxfail") or "outside" in getattr(report, "keywords", ())
    if STRICT and report.outcome == "skipped" and not excused:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"nothing may skip here: {reason}"
    return report


def pytest_addoption(parser):
    parser.addoption("--accept", action="store_true", help="write golden files anew instead of comparing with them")


@pytest.fixture
def golden(request):
    """Compare a text with tests/golden/NAME; with --accept, make it the golden one, to be reviewed in the diff."""

    def compare(name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / name
        if request.config.getoption("--accept"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.exists(), f"{path.name} is new: look at it and run pytest --accept"
        assert text.splitlines() == path.read_text("utf-8").splitlines()

    return compare
