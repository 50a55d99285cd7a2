"""``briefpack history``."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import to_builtins

from exporters.cli.options import folder_argument
from exporters.cli.report import json_option, print_json


@click.command("history", short_help="The pack's runs, and what each changed.")
@folder_argument
@click.option("--most", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many runs.")
@json_option
def command(folder: Path, most: int, as_json: bool) -> None:
    """List the runs that changed the pack in DIR, newest first: when, from which data (the beginning of its
    digest, as in the manifest), why, what moved."""
    from exporters.runs.memory import Memory
    from exporters.runs.moves import Move
    from exporters.runs.review import opened

    opened(folder)
    with Memory(folder) as memory:
        runs = memory.ledger.history(most)
    if as_json:
        print_json({"ok": True, "exit_code": 0, "runs": [to_builtins(run) for run in runs]})
        return
    for run in runs:
        done = ", ".join(f"{name} {what}" for name, what in run.summary.get("results", {}).items())
        because = ", ".join(run.summary.get("because", []))
        why = f"  ({because})" if because else ""
        click.echo(f"{run.started}  {run.command}  {run.dataset} {run.inputs[:12]}  {done}{why}")
        for move in run.summary.get("moved", []):
            click.echo(f"    {Move(**move)}")
