"""Under ``BRIEFPACK_CI`` a test that skips because a tool is absent has failed: there nothing may be left out.

Only tests marked ``outside`` (they compare with files that are no part of the project) may skip everywhere.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from hypothesis import settings

from exporters.resources import fingerprint
from tests.editors import office  # noqa: F401 - a fixture

STRICT = bool(os.environ.get("BRIEFPACK_CI"))

# A run in the background of a script ignores interrupts, and so would every program that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No test may hold up the others: one that waits for ever is interrupted where it waits, and says where that was. Where
# the time goes inside C, the process ends (`faulthandler_timeout` in pyproject.toml).
LONGEST_S = 180.0


class TooLongError(BaseException):
    """Not an Exception: nothing that a test tries or repeats may take it for a failing example."""


def _too_long(*_: object) -> None:
    raise TooLongError(f"the test is not done after {LONGEST_S:.0f} s")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    return (yield from _bounded())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    return (yield from _bounded())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    return (yield from _bounded())


def _bounded():
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return (yield)
    previous = signal.signal(signal.SIGALRM, _too_long)
    # Again and again after the first time, since cleaning up may wait as well.
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S, 10)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


# How long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """Return a folder for compiled templates that all tests of a run share, in whatever process they run.

    A process that began when the code was another has its own: programs of one state fail in another.
    """
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "compiled" / fingerprint()


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


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Give a test that drives an office suite or a browser a second try: they crash or lag now and then under load."""
    from _pytest.runner import runtestprotocol

    if item.get_closest_marker("office") is None and "browser" not in item.path.name:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    if any(report.failed for report in reports):
        item._initrequest()  # type: ignore[attr-defined]
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
