"""``briefpack lint``."""

from __future__ import annotations

from pathlib import Path

import click

from exporters.cli.report import fault_json, json_option, print_fault, print_json


@click.command("lint", short_help="Check the inner relations of Office files.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@json_option
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Check the inner relations of Office files: what no schema says and Office nevertheless insists on.

    Ids that lead nowhere, parts without a content type, table headers unlike their cells, and more of that kind.
    """
    from exporters.package import lint

    found = {str(path): lint(path, str(path)) for path in files}
    faults = [fault for each in found.values() for fault in each]
    code = 1 if any(fault.severity == "error" for fault in faults) else 0
    if as_json:
        listed = {name: [fault_json(fault) for fault in each] for name, each in found.items()}
        print_json({"ok": not code, "exit_code": code, "files": listed})
    else:
        for fault in faults:
            print_fault(fault)
        for name, each in found.items():
            if not each:
                click.echo(f"{name}: sound")
    ctx.exit(code)
