"""``briefpack resolve``."""

from __future__ import annotations

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
    files = settle(folder, key, "mine" if choice == "mine" else "data")
    if as_json:
        print_json({"ok": True, "exit_code": 0, "key": key, "choice": choice, "files": files})
    else:
        click.echo(f"{key}: {'yours stays' if choice == 'mine' else 'the data was taken'} in {', '.join(files)}")
