"""``briefpack build``."""

from __future__ import annotations

import datetime as dt
import gc
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import to_builtins
from msgspec.structs import replace

from exporters.cli.notifying import changed, notify, notify_option
from exporters.cli.options import (
    as_of_option,
    only_option,
    pack_lang_option,
    pack_request,
    pack_templates_option,
)
from exporters.cli.report import (
    CAME_BACK,
    UNCARRIED,
    apart,
    counted,
    fault_json,
    in_places,
    json_option,
    print_fault,
    print_json,
)
from exporters.collector import collector_paused

if TYPE_CHECKING:
    from exporters.errors import Fault
    from exporters.runs.build import Outcome
    from exporters.runs.planning import Plan, Request
    from exporters.snapshot import Plan as Merge

_SHOWN_FLAGS = 5
_SHOWN_MOVES = 20
_PRESSING = {"looks_high", "looks_low", "unverified"}
"""Flags that say a figure may be wrong; they are shown before those that explain one."""


@click.command("build", short_help="Build the pack.")
@click.argument("dataset", required=False)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the pack [out/<dataset id>].")
@pack_templates_option
@pack_lang_option
@only_option
@as_of_option
@click.option("--track-changes", is_flag=True, help="Updates of the briefing arrive as Word revisions.")
@click.option(
    "--with",
    "copies",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="Take the edits of a copy that came back (any name) into its file.",
)
@click.option("--fresh", is_flag=True, help="Start over; what stands there goes to a backup.")
@click.option("--dry-run", is_flag=True, help="Say what would happen to each file, and write nothing.")
@notify_option
@json_option
def command(
    dataset: str | None,
    out: Path | None,
    templates: str | None,
    lang: str | None,
    only: tuple[str, ...],
    as_of: dt.date | None,
    track_changes: bool,
    copies: tuple[Path, ...],
    fresh: bool,
    dry_run: bool,
    notify_cmd: str | None,
    as_json: bool,
) -> None:
    """Build the pack of DATASET (a file, or a shipped dataset's name; without it the Guangzhou sample)."""
    request = pack_request(dataset, out, templates, lang, only, as_of)
    request = replace(request, fresh=fresh, track_changes=track_changes, copies=copies)
    if fresh and copies:
        raise click.UsageError("--fresh throws edits away, --with takes them in: choose one")
    # A short build ends before its garbage matters, and looking for it takes a twentieth of the time.
    with collector_paused():
        exit_code = _run(request, dry_run, notify_cmd, as_json)
    click.get_current_context().exit(exit_code)


def _run(request: Request, dry_run: bool, notify_cmd: str | None, as_json: bool) -> int:
    from exporters.cli.progress import LONG, shown
    from exporters.load import doubts
    from exporters.runs.inputs import find_dataset
    from exporters.runs.planning import plan

    decided = plan(request)
    if not as_json and (kept := _as_the_pack(request, decided.request)):
        click.echo(f"as the pack was built before: {kept}")
    odd = doubts(find_dataset(decided.request.dataset), decided.dataset)
    for fault in odd if not as_json else ():
        print_fault(fault)
    if len(decided.dataset.targets) >= LONG:
        gc.enable()
    if dry_run:
        _print_plan(decided, odd, as_json)
        return 0
    from exporters.runs.build import execute

    with shown(decided, quiet=as_json) as progress:
        outcome = execute(decided, progress)
    if as_json:
        print_json(_outcome_json(outcome, odd))
    else:
        _print_outcome(outcome)
        for fault in (*outcome.refused, *outcome.warnings):
            print_fault(fault)
    if notify_cmd and changed(outcome.results):
        notify(notify_cmd, _outcome_json(outcome, odd))
    return outcome.exit_code


def _as_the_pack(asked: Request, request: Request) -> str:
    """Return what a build took from the pack, as the options that would say so."""
    pairs = (("--lang", asked.lang, request.lang), ("--templates", asked.templates, request.templates))
    return " ".join(f"{name} {now}" for name, before, now in pairs if before != now)


def _print_plan(plan: Plan, odd: Sequence[Fault], as_json: bool) -> None:
    if as_json:
        files = {step.filename: {"action": step.action, "template": step.template.shown} for step in plan.steps}
        value = {"ok": True, "exit_code": 0, "dry_run": True, "dataset": plan.dataset.id, "out": str(plan.out)}
        print_json(value | {"files": files, "warnings": [fault_json(fault) for fault in odd]})
        return
    click.echo(f"{plan.dataset.id} -> {plan.out} (nothing is written)")
    for step in plan.steps:
        click.echo(f"  {step.action:8} {step.filename}  from {step.template.shown}")


def _and_more(names: Sequence[str]) -> str:
    return f" and {len(names) - _SHOWN_FLAGS} more" if len(names) > _SHOWN_FLAGS else ""


def _outcome_json(outcome: Outcome, odd: Sequence[Fault]) -> dict[str, Any]:
    made = outcome.manifest
    files = {
        name: {
            "result": result,
            "path": str(outcome.out / name),
            "bytes": made.files[name].bytes,
            "sha256": made.files[name].sha256,
            "statements": made.files[name].statements,
        }
        for name, result in outcome.results.items()
        if name in made.files
    }
    return {
        "ok": outcome.exit_code in {0, 3},
        "exit_code": outcome.exit_code,
        "dataset": made.dataset,
        "lang": made.lang,
        "templates": made.templates,
        "out": str(outcome.out),
        "files": files,
        "counts": dict(made.counts),
        "flags": [dict(flag) for flag in made.flags],
        "conflicts": [dict(conflict) for conflict in made.conflicts],
        "moved": [to_builtins(move) for move in outcome.moved],
        "refused": [fault_json(fault) for fault in outcome.refused],
        "warnings": [fault_json(fault) for fault in (*odd, *outcome.warnings)],
        "untracked": {name: list(plan.untracked) for name, plan in outcome.merges.items() if plan.untracked},
        "backup": str(outcome.backup) if outcome.backup else None,
    }


def _print_merges(merges: Mapping[str, Merge]) -> None:
    from exporters.snapshot import MarkStale

    for name, merge in merges.items():
        added = sum(kept.reason == "added" for kept in merge.kept)
        along = f", {counted(added, 'line')} of people's own taken along" if added else ""
        kept = counted(len(merge.kept) - added, "hand edit")
        click.echo(f"  {name}: {len(merge.edits)} updated, {kept} kept{along}")
        if merge.untracked:
            told = f"{', '.join(merge.untracked[:_SHOWN_FLAGS])}{_and_more(merge.untracked)}"
            click.echo(f"  {name}: updated at once, since no revision can carry it: {told}")
        # A sheet that the template repeats is called by its record.
        stale = [edit.id.rpartition(":")[2] for edit in merge.edits if isinstance(edit, MarkStale)]
        if stale:
            told = f"{', '.join(stale[:_SHOWN_FLAGS])}{_and_more(stale)}"
            click.echo(f"  {name}: no longer in the data, marked, not deleted: {told}")


def _print_outcome(outcome: Outcome) -> None:
    made, counts = outcome.manifest, outcome.manifest.counts
    districts, targets = counted(counts["districts"], "district"), counted(counts["targets"], "target statement")
    click.echo(f"{made.title}: {districts}, {targets}")
    for name, result in outcome.results.items():
        if name not in made.files:
            click.echo(f"  {result:9}  {outcome.out / name}")
            continue
        record = made.files[name]
        size = f"{record.bytes / 1000:,.0f} kB"
        click.echo(f"  {result:9}  {outcome.out / name}  {size}, {counted(record.statements, 'statement')}")
    if outcome.backup and any(result in {"updated", "merged"} for result in outcome.results.values()):
        click.echo(f"  replaced files are kept in {outcome.backup}")
    for move in outcome.moved[:_SHOWN_MOVES]:
        click.echo(f"  moved  {move}")
    if len(outcome.moved) > _SHOWN_MOVES:
        click.echo(f"  and {counted(len(outcome.moved) - _SHOWN_MOVES, 'more move')}: briefpack history {outcome.out}")
    if outcome.merges:
        _print_merges(outcome.merges)
    names = ("file", "key", "reason", "base", "theirs", "ours")
    conflicts = Counter(tuple(one[name] for name in names) for one in made.conflicts)
    for (file, key, reason, base, theirs, ours), places in list(conflicts.items())[:_SHOWN_FLAGS]:
        yours, new = apart(theirs, ours)
        said = f"yours {yours}, the data's {new}"
        if reason == "not-carried":
            said = f"{yours}: {UNCARRIED}" if theirs else f"{apart(base)[0]}: {CAME_BACK}"
        click.echo(f"  conflict  {file} {key}: {said}{in_places(places)}")
    if len(conflicts) > _SHOWN_FLAGS:
        click.echo(f"  and {counted(len(conflicts) - _SHOWN_FLAGS, 'more conflict')}: briefpack status {outcome.out}")
    if silent := counts["districts_without_source"]:
        have = "has" if silent == 1 else "have"
        click.echo(f"  {counted(silent, 'district')} {have} no source, and the pack says so")
    # What is only invented is said once; there is nothing in it to look at.
    flags = [flag for flag in made.flags if flag["code"] != "invented"]
    if invented := len(made.flags) - len(flags):
        click.echo(f"  {counted(invented, 'figure')} {'is' if invented == 1 else 'are'} invented, and the pack says so")
    if flags:
        click.echo(f"  worth a look: {counted(len(flags), 'flag')}")
        for flag in sorted(flags, key=lambda flag: flag["code"] not in _PRESSING)[:_SHOWN_FLAGS]:
            click.echo(f"    {flag['target']}: {flag['note'] or flag['code']}")
        if len(flags) > _SHOWN_FLAGS:
            click.echo(f"    and {len(flags) - _SHOWN_FLAGS} more in {outcome.out / 'manifest.json'}")
