"""Under ``BRIEFPACK_CI`` a test that skips because a tool is absent has failed: there nothing may be left out.

Only tests marked ``outside`` (they compare with files that are no part of the project) may skip everywhere.
"""

from __future__ import annotations

import os

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
