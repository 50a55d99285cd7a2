"""``briefpack status``."""

from __future__ import annotations

from pathlib import Path

import click

from exporters.cli.options import folder_argument
from exporters.cli.report import json_option
from exporters.cli.reviewing import show


@click.command("status", short_help="What people edited, and open conflicts.")
@folder_argument
@json_option
def command(folder: Path, as_json: bool) -> None:
    """Say what people did to each file of the pack in DIR since it was built, and which conflicts are open."""
    from exporters.runs import review

    found = review.status(folder)
    show(found, as_json, [])
    click.get_current_context().exit(found.exit_code)
