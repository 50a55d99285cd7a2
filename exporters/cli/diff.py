"""``briefpack diff``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from exporters.cli.options import as_of_option, cache_folder, folder_argument, source_date_epoch, templates_option
from exporters.cli.report import json_option
from exporters.cli.reviewing import show

if TYPE_CHECKING:
    import datetime as dt


_SHOWN = 12
"""Lines of one kind that a screen has room for."""


@click.command("diff", short_help="What a build would change.")
@click.argument("dataset")
@folder_argument
@templates_option
@as_of_option
@json_option
def command(dataset: str, folder: Path, templates: str, as_of: dt.date | None, as_json: bool) -> None:
    """Say what a build of DATASET would change in the pack in DIR: what moves, which edits stand, what conflicts."""
    from exporters.runs import review
    from exporters.runs.planning import Request

    request = Request(
        dataset=dataset, out=folder, templates=templates, as_of=as_of, epoch=source_date_epoch(), cache=cache_folder()
    )
    found = review.diff(request)
    show(found, as_json, list(review.updated(found)), most=_SHOWN)
    click.get_current_context().exit(3 if found.conflicts else 0)
