"""``briefpack verify``."""

from __future__ import annotations

from pathlib import Path

import click
from msgspec import to_builtins

from exporters.cli.options import folder_argument
from exporters.cli.report import json_option, print_json


@click.command("verify", short_help="Prove every number of a pack.")
@folder_argument
@click.option("--sources", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="FOLDER",
              help="The sources' texts: each clause is then looked up at its span.")  # fmt: skip
@json_option
def command(folder: Path, sources: Path | None, as_json: bool) -> None:
    """Read the files of the pack in DIR as they are now: each number is the same everywhere, has a record and evidence.

    Numbers typed over and numbers that belong to no record are listed. Ends with 1 where something is not proven.
    """
    from exporters.runs.pack import Pack
    from exporters.runs.verifying import verify

    found = verify(Pack.open(folder), sources)
    code = 0 if found.proven else 1
    if as_json:
        value = {"ok": found.proven, "exit_code": code, "values": found.values, "targets": found.targets}
        print_json(value | {"spans": found.spans, "findings": [to_builtins(finding) for finding in found.findings]})
    else:
        for finding in found.findings:
            place = ", ".join(part for part in (finding.file, finding.where) if part)
            mark = click.style("not proven" if finding.error else "note", fg="red" if finding.error else "yellow")
            key = f"{finding.key} " if finding.key else ""
            click.echo(f"{mark}  {place + ': ' if place else ''}{key}{finding.message}")
        spans = f", {found.spans} clauses found at their spans" if sources else ""
        verdict = "not proven, see above" if code else "proven"
        click.echo(f"{found.values} bound values, {found.targets} statements{spans}: {verdict}")
    click.get_current_context().exit(code)
