"""``briefpack restore``."""

from __future__ import annotations

from pathlib import Path

import click

from exporters.cli.options import folder_argument
from exporters.cli.report import json_option, print_json


@click.command("restore", short_help="Bring back what a build replaced.")
@folder_argument
@click.argument("backup", required=False)
@click.option("--list", "listed", is_flag=True, help="List the backups and do nothing.")
@json_option
def command(folder: Path, backup: str | None, listed: bool, as_json: bool) -> None:
    """Put the files of BACKUP (the newest by default) back in place; what stands there is backed up first."""
    from exporters.runs import settling

    if listed:
        found = {
            path.name: sorted(file.name for file in path.iterdir() if file.is_file())
            for path in settling.backups(folder)
        }
        if as_json:
            print_json({"ok": True, "exit_code": 0, "backups": found})
        else:
            for name, files in found.items():
                click.echo(f"{name}  {', '.join(files)}")
        return
    name, files = settling.restore(folder, backup)
    if as_json:
        print_json({"ok": True, "exit_code": 0, "backup": name, "files": files})
    else:
        click.echo(f"restored {', '.join(files)} from {name}")
