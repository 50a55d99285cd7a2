"""How a review of a pack (its hand edits, what would change, its conflicts) is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import to_builtins

from exporters.cli.report import CAME_BACK, UNCARRIED, apart, fault_json, in_places, print_fault, print_json

if TYPE_CHECKING:
    from exporters.runs.review import FileReview, Review
    from exporters.snapshot import Conflict, Kept

_Told = TypeVar("_Told", "Conflict", "Kept")
_WORDS = {
    "both-changed": "you and the data changed it",
    "deleted-changed": "you deleted it, the data changed it",
    "changed-dropped": "you changed it, the data dropped it",
    "not-carried": UNCARRIED,
}


def show(found: Review, as_json: bool, updated: list[tuple[str, str, str]], most: int = 10_000) -> None:
    """Print a review, at most *most* lines of one kind; *updated* are the values that a build would write anew."""
    if as_json:
        print_json(
            {
                "ok": found.exit_code != 4,
                "exit_code": found.exit_code,
                "folder": str(found.folder),
                "dataset": found.manifest.dataset,
                "moved": [{"key": key, "old": old, "new": new} for key, old, new in updated],
                "records": [to_builtins(move) for move in found.moved],
                "files": {file.file: _file_json(file) for file in found.files},
                "conflicts": [{"file": file, **_conflict_json(one)} for file, one in found.conflicts],
            }
        )
        return
    _some((f"moved     {move}" for move in found.moved), most, "records more moved")
    for file in found.files:
        click.echo(f"{file.state:9} {file.file}{_counts(file)}")
        for fault in (*([file.fault] if file.fault else []), *file.warnings):
            print_fault(fault)
        _some(_kept(file), most, "edits more stand: `briefpack status` has all")
        for conflict, at, places in _alike(file.plan.conflicts):
            _show_conflict(file.file, conflict, places, _place(file, at))
    shown = {(file.file, conflict.key) for file in found.files for conflict in file.plan.conflicts}
    for name, conflict in found.conflicts:
        if (name, conflict.key) not in shown:
            _show_conflict(name, conflict, 1)
    if found.conflicts:
        click.echo(f"settle with: briefpack resolve {found.folder} KEY --mine|--data")


def _some(lines: Iterable[str], most: int, rest: str) -> None:
    found = list(lines)
    for line in found[:most]:
        click.echo(line)
    if len(found) > most:
        click.echo(f"    and {len(found) - most} {rest}")


def _kept(file: FileReview) -> Iterator[str]:
    for kept, at, places in _alike(file.plan.kept):
        before, now = apart(kept.base, kept.theirs)
        if kept.reason == "added":
            yield f"    own text     {now}{in_places(places)}"
            continue
        now = "deleted" if kept.reason == "deleted" else now
        yield f"    edit stands  {kept.key}{_place(file, at)}: {before} -> {now}{in_places(places)}"


def _alike(found: Iterable[_Told]) -> Iterator[tuple[_Told, str, int]]:
    """Yield what reads the same once, with its first place and in how many it stands."""
    places: dict[object, list[_Told]] = defaultdict(list)
    for one in found:
        places[one.key, one.reason, one.base, one.theirs, getattr(one, "ours", "")].append(one)
    for alike in places.values():
        yield alike[0], alike[0].at, len(alike)


def _place(file: FileReview, at: str) -> str:
    """Return where the first of its places is, as people see it."""
    place = file.places.get(at, "") if at else ""
    return f" ({place})" if place else ""


def _show_conflict(file: str, conflict: Conflict, places: int, place: str = "") -> None:
    words = CAME_BACK if conflict.reason == "not-carried" and not conflict.theirs else _WORDS[conflict.reason]
    click.echo(f"    conflict  {file}  {conflict.key}{place}: {words}{in_places(places)}")
    base, theirs, ours = apart(conflict.base, conflict.theirs, conflict.ours)
    click.echo(f"        was {base}, yours {theirs}, data {ours}")


def _counts(file: FileReview) -> str:
    from exporters.snapshot import InsertGroup, InsertItem, MarkStale, RemoveGroup, RemoveItem, ReplaceGroup, SetSlot

    words = (
        (SetSlot, "updated"), (InsertItem, "added"), (InsertGroup, "slides added"),
        (ReplaceGroup, "slides replaced"), (RemoveGroup, "slides removed"), (RemoveItem, "removed"),
        (MarkStale, "marked stale"),
    )  # fmt: skip
    counts = [(sum(isinstance(edit, kind) for edit in file.plan.edits), word) for kind, word in words]
    text = ", ".join(f"{count} {word}" for count, word in counts if count)
    return f"  ({text})" if text else ""


def _file_json(file: FileReview) -> dict[str, Any]:
    return {
        "state": file.state,
        "edits": [{"kind": type(edit).__name__, **to_builtins(edit)} for edit in file.plan.edits],
        "kept": [{**to_builtins(kept), "place": file.places.get(kept.at, "")} for kept in file.plan.kept],
        "conflicts": [
            {**_conflict_json(conflict), "place": file.places.get(conflict.at, "")} for conflict in file.plan.conflicts
        ],
        "fault": fault_json(file.fault) if file.fault else None,
        "warnings": [fault_json(fault) for fault in file.warnings],
    }


def _conflict_json(conflict: Conflict) -> dict[str, str]:
    return {name: getattr(conflict, name) for name in ("key", "reason", "base", "theirs", "ours", "item", "group")}
