"""``briefpack batch``."""

from __future__ import annotations

import datetime as dt
import glob
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import to_builtins
from msgspec.structs import replace

from exporters.cli.notifying import changed, notify, notify_option
from exporters.cli.options import as_of_option, cache_folder, only_option, source_date_epoch
from exporters.cli.report import counted, fault_json, json_option, print_fault, print_json

if TYPE_CHECKING:
    from exporters.runs.batch import Planned, Report
    from exporters.runs.engines import Engine


@click.command("batch", short_help="Build many packs.")
@click.argument("patterns", metavar="PATTERN...", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", required=True, help="Folder of all packs.")
@click.option("--templates", "sets", multiple=True, default=("standard",), metavar="SET_OR_DIR", show_default=True,
              help="Template set; several make a pack each.")  # fmt: skip
@click.option("--lang", "langs", multiple=True, type=click.Choice(["zh", "en"]), default=("zh",), show_default=True,
              help="Language; several make a pack each.")  # fmt: skip
@only_option
@as_of_option
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True, help="Workers.")
@click.option("--jobs", type=click.IntRange(1, 512), default=None, help="Processes of the local engine [one a core].")
@click.option("--address", metavar="TLS://HOST:PORT", default=None, help="The cluster's scheduler, for dask.")
@click.option("--tls", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="FOLDER", default=None,
              help="ca.pem, cert.pem and key.pem of the cluster.")  # fmt: skip
@click.option("--fresh", is_flag=True, help="Start every pack over, with backups.")
@click.option("--dry-run", is_flag=True, help="Say which packs are due, and build none.")
@notify_option
@json_option
def command(
    patterns: tuple[str, ...],
    out: Path,
    sets: tuple[str, ...],
    langs: tuple[str, ...],
    only: tuple[str, ...],
    as_of: dt.date | None,
    engine: str,
    jobs: int | None,
    address: str | None,
    tls: Path | None,
    fresh: bool,
    dry_run: bool,
    notify_cmd: str | None,
    as_json: bool,
) -> None:
    """Build a pack for every dataset that a PATTERN names ('data/*.yaml', a folder, a file) into a folder of its own.

    Packs of which nothing has changed cost milliseconds, so an interrupted run simply goes on when it is called again.
    Ends with 1 where a pack failed, 4 where one was refused, 3 where conflicts are left.
    """
    from exporters.runs import batch
    from exporters.runs.lock import held
    from exporters.runs.planning import Request

    request = Request(only=only, as_of=as_of, epoch=source_date_epoch(), fresh=fresh, cache=cache_folder())
    wanted = batch.packs(_datasets(patterns), out, request, langs, sets)
    if dry_run:
        planned = list(batch.plan(wanted))
        _print_plan(planned, as_json)
        click.get_current_context().exit(1 if any(one.faults for one in planned) else 0)
    out.mkdir(parents=True, exist_ok=True)
    reports: list[Report] = []
    with held(out / ".batch.lock", out), _shown(len(wanted), quiet=as_json) as told:
        try:
            for report in batch.run(wanted, _engine(engine, jobs, address, tls, len(wanted))):
                reports.append(report)
                told(report)
        except KeyboardInterrupt:
            left = len(wanted) - len(reports)
            click.echo(f"stopped; {left} packs left, the same command goes on with them", err=True)
            click.get_current_context().exit(130)
    reports.sort(key=lambda report: str(report.pack.out))
    summary = _summary(reports)
    _write_page(out, reports)
    if as_json:
        print_json(summary)
    else:
        _print_summary(reports, summary)
    if notify_cmd and any(changed(report.results) for report in reports):
        notify(notify_cmd, summary)
    click.get_current_context().exit(summary["exit_code"])


def _write_page(out: Path, reports: list[Report]) -> None:
    from exporters.runs.disk import fault_of
    from exporters.runs.listing import write_page

    try:
        write_page(out, reports)
    except OSError as error:
        print_fault(replace(fault_of(error), severity="warning"))


def _datasets(patterns: tuple[str, ...]) -> list[Path]:
    from exporters.errors import BriefpackError, Fault
    from exporters.load import SUFFIXES

    found: list[Path] = []
    faults: list[Fault] = []
    for pattern in patterns:
        path = Path(pattern)
        if path.is_dir():
            names = sorted(entry for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES)
        else:
            names = [Path(name) for name in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207 - also absolute
        if not names:
            hint = f"they end in {', '.join(SUFFIXES)}"
            faults.append(Fault("no-dataset", "no dataset has this name", pattern, hint=hint))
        found += names
    if faults:
        raise BriefpackError(faults)
    return list(dict.fromkeys(found))


def _engine(name: str, jobs: int | None, address: str | None, tls: Path | None, packs: int) -> Engine:
    from exporters.runs import engines

    if name == "dask":
        if not address:
            raise click.UsageError("--engine dask needs --address of the scheduler")
        return engines.Dask(address, engines.security(tls) if tls else None)
    count = jobs or os.cpu_count() or 1
    return engines.InProcess() if packs == 1 or count == 1 else engines.Pool(min(count, packs))


@contextmanager
def _shown(total: int, *, quiet: bool) -> Iterator[Callable[[Report], None]]:
    """Yield what is told of each pack: a bar with rate and time left on a terminal, a line of JSON in a pipe."""
    if quiet:
        yield lambda _report: None
    elif not sys.stderr.isatty():
        yield lambda report: click.echo(_line(report), err=True)
    else:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            ProgressColumn,
            Task,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.text import Text

        class Rate(ProgressColumn):
            def render(self, task: Task) -> Text:
                return Text(f"{task.speed:.1f} packs/s" if task.speed else "")

        columns = (TextColumn("packs"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task("packs", total=total)
            yield lambda _report: bars.advance(task)


def _line(report: Report) -> str:
    import json

    return json.dumps(_json(report), ensure_ascii=False)


def _json(report: Report) -> dict[str, Any]:
    value: dict[str, Any] = {
        "pack": str(report.pack.out),
        "dataset": str(report.pack.dataset),
        "lang": report.pack.request.lang,
        "status": report.status,
    }
    value |= {"conflicts": report.conflicts} if report.conflicts else {}
    value |= {"moved": [to_builtins(move) for move in report.moved]} if report.moved else {}
    return value | ({"faults": [fault_json(fault) for fault in report.faults]} if report.faults else {})


def _summary(reports: list[Report]) -> dict[str, Any]:
    counts = Counter(str(report.status) for report in reports)
    code = 1 if counts["failed"] else 4 if counts["refused"] else 3 if counts["conflicts"] else 0
    names = ("built", "unchanged", "conflicts", "refused", "failed")
    shown = [_json(report) for report in reports if report.status != "unchanged"]
    return {"ok": code in {0, 3}, "exit_code": code, **{name: counts[name] for name in names}, "packs": shown}


def _print_summary(reports: list[Report], summary: dict[str, Any]) -> None:
    for report in reports:
        for line in report.moved:
            click.echo(f"  {report.pack.out.name}: {line}")
        for fault in report.faults:
            print_fault(fault)
    names = ("built", "unchanged", "conflicts", "refused", "failed")
    said = ", ".join(f"{summary[name]} {name}" for name in names if summary[name])
    click.echo(f"{counted(len(reports), 'pack')}: {said}")


def _print_plan(plan: list[Planned], as_json: bool) -> None:
    wrong = any(one.faults for one in plan)
    if as_json:
        value = [
            {"pack": str(one.pack.out), "dataset": str(one.pack.dataset), "due": one.due, "files": one.actions}
            | ({"faults": [fault_json(fault) for fault in one.faults]} if one.faults else {})
            for one in plan
        ]
        print_json({"ok": not wrong, "exit_code": int(wrong), "dry_run": True, "packs": value})
        return
    for one in plan:
        status = "fails" if one.faults else "due" if one.due else "unchanged"
        does = ", ".join(f"{action} {name}" for name, action in one.actions.items())
        click.echo(f"  {status:9} {one.pack.out}  from {one.pack.dataset}{f': {does}' if does else ''}")
        for fault in one.faults:
            print_fault(fault)
    click.echo(f"{sum(one.due for one in plan)} of {len(plan)} packs are due (nothing is written)")
