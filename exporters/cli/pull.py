"""``briefpack pull``."""

from __future__ import annotations

from pathlib import Path

import click

from exporters.cli.options import folder_argument
from exporters.cli.report import counted, fault_json, json_option, print_fault, print_json


@click.command("pull", short_help="Typed edits go back into the data file.")
@click.argument("dataset", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@folder_argument
@click.option("--templates", metavar="SET_OR_DIR", default=None, help="Template set [the pack's own].")
@click.option("--dry-run", is_flag=True, help="Print the change of the data file, and write nothing.")
@json_option
def command(dataset: Path, folder: Path, templates: str | None, dry_run: bool, as_json: bool) -> None:
    """Write the values that people typed over in the pack in DIR into DATASET, whose comments and order stay.

    Texts that are not plain are left where they are and named. Ends with 1 where one was left.
    """
    from exporters.runs.pulling import pull, write

    found = pull(dataset, folder, templates)
    code = 1 if found.faults else 0
    patch = found.patch()
    if not dry_run and found.edits:
        write(found)
    if as_json:
        print_json(
            {
                "ok": not code,
                "exit_code": code,
                "dataset": str(dataset),
                "edits": len(found.edits),
                "written": bool(found.edits) and not dry_run,
                "patch": patch,
                "faults": [fault_json(fault) for fault in found.faults],
            }
        )
    else:
        click.echo(patch, nl=False)
        for fault in found.faults:
            print_fault(fault)
        done = "would be made" if dry_run else "made"
        count = counted(len(found.edits), "edit")
        none = "nothing was taken" if found.faults else "nothing to pull"
        click.echo(f"{count} {done} in {dataset}" if found.edits else none)
    click.get_current_context().exit(code)
