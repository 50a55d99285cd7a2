"""``briefpack watch``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from exporters.cli.options import (
    as_of_option,
    only_option,
    pack_lang_option,
    pack_request,
    pack_templates_option,
)
from exporters.cli.report import print_fault


@click.command("watch", short_help="Build again at every change of data or templates.")
@click.argument("dataset", required=False)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the pack [out/<dataset id>].")
@pack_templates_option
@pack_lang_option
@only_option
@as_of_option
def command(
    dataset: str | None,
    out: Path | None,
    templates: str | None,
    lang: str | None,
    only: tuple[str, ...],
    as_of: dt.date | None,
) -> None:
    """Build the pack of DATASET, then again within a second of quiet after each change, until Ctrl-C."""
    from exporters.runs.inputs import find_dataset, find_templates
    from exporters.runs.planning import as_the_pack, gathering, read
    from exporters.runs.watching import changes

    request = pack_request(dataset, out, templates, lang, only, as_of)
    data = find_dataset(dataset)
    known = None
    with gathering([]):  # the first build tells what is wrong with the data
        known = read(request)
    wanted = as_the_pack(request, known)
    edition = find_templates(wanted.templates, wanted.lang, only)
    click.echo(f"watching {data} and the templates of {edition.name}; Ctrl-C ends")
    # What is saved while the first build works counts too.
    saved = changes([data, *edition.paths])
    _build(request)
    try:
        for changed in saved:
            click.echo(f"changed: {', '.join(path.name for path in changed)}")
            _build(request)
    except KeyboardInterrupt:
        click.echo("stopped")


def _build(request: object) -> None:
    from exporters.collector import swept
    from exporters.errors import BriefpackError
    from exporters.runs.build import execute
    from exporters.runs.disk import fault_of
    from exporters.runs.planning import Request, plan

    assert isinstance(request, Request)
    swept()
    try:
        outcome = execute(plan(request))
    except (BriefpackError, OSError) as error:
        for fault in error.faults if isinstance(error, BriefpackError) else (fault_of(error),):
            print_fault(fault)
        click.echo("  the pack stays as it was")
        return
    for name, result in outcome.results.items():
        click.echo(f"  {result:9}  {outcome.out / name}")
    for fault in (*outcome.refused, *outcome.warnings):
        print_fault(fault)
    if outcome.manifest.conflicts:
        click.echo(f"  {len(outcome.manifest.conflicts)} conflicts: briefpack status {outcome.out}")
