"""``briefpack schema``."""

from __future__ import annotations

import click

from exporters.cli.report import print_json


@click.command("schema", short_help="Print the JSON Schema of datasets.")
def command() -> None:
    """Print the JSON Schema of datasets, for editors that complete and check YAML or JSON."""
    from exporters.load.schema import dataset_schema

    print_json(dataset_schema())
