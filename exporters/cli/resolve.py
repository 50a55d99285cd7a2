"""``briefpack resolve``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from exporters.cli.options import folder_argument
from exporters.cli.report import json_option, print_json


@click.command("resolve", short_help="Settle a conflict.")
@folder_argument
@click.argument("key")
@click.option("--mine", is_flag=True, help="Keep what stands in the file.")
@click.option("--data", is_flag=True, help="Write what the data says.")
@json_option
def command(folder: Path, key: str, mine: bool, data: bool, as_json: bool) -> None:
    """Settle the conflict of KEY (as `briefpack status` names it) in all files of the pack in DIR."""
    from exporters.merge import LINE
    from exporters.runs.settling import resolve as settle

    if mine == data:
        raise click.UsageError("say --mine (keep what stands in the file) or --data (write what the data says)")
    choice: Literal["mine", "data"] = "mine" if mine else "data"
    settled = settle(folder, key, choice)
    code = 3 if settled.open else 0
    if as_json:
        answer = {"key": key, "choice": choice, "files": settled.files, "open": settled.open}
        print_json({"ok": True, "exit_code": code, **answer})
    else:
        done = "yours stays" if mine else "the data was taken"
        if key.startswith(LINE):
            done = "told no more, nothing was written"
        click.echo(f"{key}: {done} in {', '.join(settled.files)}")
        if settled.open:
            where = ", ".join(settled.open)
            click.echo(f"{key} was deleted elsewhere in {where} and stays open there; --mine lets it stay deleted")
    sys.exit(code)
