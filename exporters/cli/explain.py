"""``briefpack explain``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import to_builtins

from exporters.cli.report import json_option, print_json

if TYPE_CHECKING:
    from exporters.runs.explaining import Explanation
    from exporters.runs.pack import Pack


@click.command("explain", short_help="What proves a number.")
@click.argument("what", metavar="KEY_OR_FIGURE")
@click.option("--in", "folder", type=click.Path(path_type=Path), metavar="DIR", default=None,
              help="The pack [the one in this folder or in out/].")  # fmt: skip
@json_option
def command(what: str, folder: Path | None, as_json: bool) -> None:
    """Print the record of KEY_OR_FIGURE (nansha.gdp-growth, or a figure pasted from a page): clause, source, places."""
    from exporters.runs.explaining import explain

    pack = _pack(folder)
    found = explain(pack, what)
    if as_json:
        print_json({"ok": True, "exit_code": 0, "records": [_json(pack, one) for one in found]})
        return
    for one in found:
        source = pack.dataset.source_by_id[one.target.evidence.source]
        evidence = one.target.evidence
        click.secho(f"{one.key}  {one.label}", bold=True)
        click.echo(f"  clause   {evidence.clause or 'not printed; ' + one.target.note.in_(pack.lang)}")
        span = f", characters {evidence.start}-{evidence.end}" if evidence.start is not None else ""
        click.echo(f"  source   {source.title.in_(pack.lang)}{span}")
        if source.address:
            click.echo(f"           {source.address}")
        actual = pack.scope.target(one.key).actual
        if actual is not None:
            cited = actual.source.title if actual.source is not None else "no source is known"
            click.echo(f"  actual   {actual.text} on {actual.date}: {cited}")
        for flag in one.target.flags:
            click.echo(f"  flag     {flag.code}: {flag.note.in_(pack.lang)}")
        for stand in one.stands:
            by_hand = f" (typed by hand over {stand.typed_over or 'nothing'})" if stand.typed_over is not None else ""
            click.echo(f"  stands   {stand.file}, {stand.where}: {stand.text}{by_hand}")
        for line in one.history:
            click.echo(f"  history  {line}")


def _pack(folder: Path | None) -> Pack:
    from exporters.errors import BriefpackError, Fault
    from exporters.runs.manifest import NAME
    from exporters.runs.pack import Pack

    if folder is not None:
        return Pack.open(folder)
    near = [Path()] if Path(NAME).is_file() else sorted(path.parent for path in Path("out").glob(f"*/{NAME}"))
    if len(near) == 1:
        return Pack.open(near[0])
    hint = f"--in {near[0]}" if near else "`briefpack build` makes one"
    message = f"there are {len(near)} packs here; say which one" if near else "there is no pack here"
    raise BriefpackError(Fault("which-pack", message, hint=hint))


def _json(pack: Pack, one: Explanation) -> dict[str, Any]:
    target = to_builtins(one.target)
    source = to_builtins(pack.dataset.source_by_id[one.target.evidence.source])
    stands = [to_builtins(stand) for stand in one.stands]
    seen = pack.scope.observations.get(one.key)
    actual = to_builtins(seen)
    return {"key": one.key, "label": one.label, "target": target, "source": source, "actual": actual, "stands": stands,
            "history": list(one.history)}  # fmt: skip
