"""``briefpack diff``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from exporters.cli.options import (
    as_of_option,
    folder_argument,
    only_option,
    pack_lang_option,
    pack_request,
    pack_templates_option,
)
from exporters.cli.report import json_option
from exporters.cli.reviewing import show

if TYPE_CHECKING:
    import datetime as dt


_SHOWN = 12
"""Lines of one kind that a screen has room for."""


@click.command("diff", short_help="What a build would change.")
@click.argument("dataset")
@folder_argument
@pack_templates_option
@pack_lang_option
@only_option
@as_of_option
@json_option
def command(
    dataset: str,
    folder: Path,
    templates: str | None,
    lang: str | None,
    only: tuple[str, ...],
    as_of: dt.date | None,
    as_json: bool,
) -> None:
    """Say what a build of DATASET would change in the pack in DIR: what moves, which edits stand, what conflicts."""
    from exporters.runs import review

    found = review.diff(pack_request(dataset, folder, templates, lang, only, as_of))
    show(found, as_json, list(review.updated(found)), most=_SHOWN)
    click.get_current_context().exit(found.exit_code)
