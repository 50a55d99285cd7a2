"""``briefpack convert``."""

from __future__ import annotations

from pathlib import Path

import click

from exporters.cli.report import json_option, print_json


@click.command("convert", short_help="Write a dataset in another format.")
@click.argument("dataset", metavar="DATASET")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def command(dataset: str, file: Path, as_json: bool) -> None:
    """Write DATASET as FILE: .yaml, .json, or .xlsx with one sheet for each kind of record.

    The new file says the same, record for record, but for comments. A file that exists is not written over.
    """
    from exporters.errors import Fault, RefusedError
    from exporters.load import dump, load
    from exporters.runs.inputs import find_dataset

    if file.exists():
        raise RefusedError(Fault("exists", "it exists already", str(file), hint="choose another name"))
    source = find_dataset(dataset)
    dump(load(source), file)
    if as_json:
        print_json({"ok": True, "exit_code": 0, "dataset": str(source), "file": str(file)})
    else:
        click.echo(f"  created  {file}")
