"""``briefpack init``."""

from __future__ import annotations

from pathlib import Path

import click

from exporters.cli.report import json_option, print_json


@click.command("init", short_help="Start a project.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def command(folder: Path, as_json: bool) -> None:
    """Start a project in DIR: the sample dataset, the template sets to edit in Office, a short README."""
    from exporters.runs.project import start

    made = start(folder)
    if as_json:
        print_json({"ok": True, "exit_code": 0, "folder": str(folder), "files": made})
        return
    for name in made:
        click.echo(f"  created  {folder / name}")
    click.echo(f"Next: cd {folder} && briefpack build {made[0]} --templates templates/standard")
