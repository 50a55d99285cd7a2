"""A progress bar for long builds on a terminal; nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporters.runs.planning import Plan

LONG = 2_000
"""Target statements from which a build takes long enough to be watched."""


@contextmanager
def shown(plan: Plan, *, quiet: bool) -> Iterator[Callable[[str, int], None]]:
    """Yield what a build tells its progress to; it is drawn on standard error where that is a terminal."""
    if quiet or len(plan.dataset.targets) < LONG or not sys.stderr.isatty():
        yield lambda _name, _size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    due = [step.filename for step in plan.steps if step.job is not None]
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[size]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=len(due), size="")

        def told(name: str, size: int) -> None:
            bars.update(task, description=name, completed=due.index(name), size=f"{size / 1e6:,.1f} MB")

        yield told
        bars.update(task, completed=len(due))
