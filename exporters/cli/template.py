"""``briefpack template``."""

from __future__ import annotations

import click

from exporters.cli.options import lang_option
from exporters.cli.report import json_option, print_json


@click.group("template", short_help="Help for authors of templates.")
def command() -> None:
    """Help for authors of templates."""


@command.command("names")
@click.argument("dataset", required=False)
@lang_option
@json_option
def names(dataset: str | None, lang: str, as_json: bool) -> None:
    """Print every name that a template can use: its type, its meaning, an example from DATASET (or the sample)."""
    from exporters.runs.names import catalogue

    groups, filters = catalogue(dataset, lang)
    if as_json:
        print_json({"ok": True, "exit_code": 0, "groups": groups, "filters": filters})
        return
    for group in groups:
        click.echo(f"\n{click.style(group['name'], bold=True)}{'  ' + group['meaning'] if group['meaning'] else ''}")
        for entry in group["names"]:
            _print(entry)
    click.echo(f"\n{click.style('filters', bold=True)}  {{{{ value|filter }}}}")
    for entry in filters:
        click.echo(f"  {click.style(entry['name'], fg='cyan')}  {entry['meaning']}")


def _print(entry: dict[str, str]) -> None:
    click.echo(f"  {click.style(entry['name'], fg='cyan')}  [{entry['type']}]  {entry['meaning']}")
    if entry["example"]:
        click.echo(f"      {entry['example']}")
