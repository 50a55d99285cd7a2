"""``briefpack resolve``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from exporters.cli.options import folder_argument
from exporters.cli.report import json_option, print_json


@click.command("resolve", short_help="Settle a conflict.")
@folder_argument
@click.argument("key")
@click.option("--mine", "choice", flag_value="mine", help="Keep what stands in the file.")
@click.option("--data", "choice", flag_value="data", help="Write what the data says.")
@json_option
def command(folder: Path, key: str, choice: str | None, as_json: bool) -> None:
    """Settle the conflict of KEY (as `briefpack status` names it) in all files of the pack in DIR."""
    from exporters.runs.settling import resolve as settle

    if choice is None:
        raise click.UsageError("say --mine (keep what stands in the file) or --data (write what the data says)")
    settled = settle(folder, key, "mine" if choice == "mine" else "data")
    code = 3 if settled.open else 0
    if as_json:
        answer = {"key": key, "choice": choice, "files": settled.files, "open": settled.open}
        print_json({"ok": True, "exit_code": code, **answer})
    else:
        done = "yours stays" if choice == "mine" else "the data was taken"
        click.echo(f"{key}: {done} in {', '.join(settled.files)}")
        if settled.open:
            where = ", ".join(settled.open)
            click.echo(f"{key} was deleted elsewhere in {where} and stays open there; --mine lets it stay deleted")
    sys.exit(code)
