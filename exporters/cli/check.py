"""``briefpack check``."""

from __future__ import annotations

import click

from exporters.cli.options import cache_folder, lang_option, only_option, templates_option
from exporters.cli.report import fault_json, json_option, print_json


@click.command("check", short_help="List every fault of data and templates.")
@click.argument("dataset", required=False)
@templates_option
@lang_option
@only_option
@json_option
@click.option("--strict", is_flag=True, help="Let warnings too end the command with 1.")
@click.option("--sarif", "as_sarif", is_flag=True, help="Print SARIF 2.1.0, for code hosts and CI.")
@click.pass_context
def command(
    ctx: click.Context,
    dataset: str | None,
    templates: str,
    lang: str,
    only: tuple[str, ...],
    as_json: bool,
    as_sarif: bool,
    strict: bool,
) -> None:
    """List every fault of DATASET and of a template set at once, each with its place and the nearest right name.

    Errors end it with 1. Warnings are what readers will miss or cannot see: values that can be missing, text beyond its
    box, missing titles, alternative texts, header rows, fonts, contrast.
    """
    from exporters.runs.checking import check

    faults = check(dataset, templates, lang, only, cache_folder())
    bad = {"error", "warning"} if strict else {"error"}
    code = 1 if any(fault.severity in bad for fault in faults) else 0
    if as_sarif:
        from exporters.cli.sarif import sarif

        print_json(sarif(faults))
    elif as_json:
        print_json({"ok": not code, "exit_code": code, "faults": [fault_json(fault) for fault in faults]})
    else:
        from exporters.cli.listing import print_faults

        print_faults(faults)
    ctx.exit(code)
