"""What proves a number: its record, its clause, its source, where it stands in a pack and how it has moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exporters.binding.keys import Found, Keys
from exporters.binding.views import TargetView
from exporters.errors import BriefpackError, Fault, nearest
from exporters.model import Target
from exporters.package import EDITED, Package
from exporters.registry import EXPORTERS
from exporters.runs.memory import Memory
from exporters.runs.moves import Move
from exporters.runs.numbers import claims, figures, numbers, plain
from exporters.runs.pack import Pack
from exporters.snapshot import SlotKind


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a record's values stand in a pack's files."""

    file: str
    where: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A record, or the record of a value, with everything that proves it."""

    key: str
    label: str
    target: Target
    stands: tuple[Stand, ...]
    history: tuple[str, ...]


def explain(pack: Pack, asked: str) -> list[Explanation]:
    """Return what is known of a record's or value's key, or of a figure as it stands on a page.

    Raises BriefpackError for what is neither, with the nearest key.
    """
    keys = Keys(pack.scope)
    views = {view.key: view for view in pack.scope.names()["targets"]}
    of_actual = {view.actual.key: key for key, view in views.items() if view.actual}
    found: Found | None = keys.find(asked)
    if asked in views:
        chosen = [asked]
    elif observed := next((key for key in (asked, found.view.key if found else "") if key in of_actual), ""):
        chosen = [of_actual[observed]]
    elif found is not None and found.target is not None:
        chosen = [found.view.key]
    else:
        chosen = _pasted(asked, views)
    if not chosen and found is not None:
        message = f"{asked} belongs to no target statement; it reads {keys.value(found)}"
        raise BriefpackError(Fault("no-statement", message, str(pack.folder), hint="its record is all that it has"))
    if not chosen:
        hint = nearest(asked, views) or "give a target's id, a value's key, or a figure as it is printed"
        raise BriefpackError(Fault("unknown-key", f"nothing here is known as {asked!r}", str(pack.folder), hint=hint))
    stands = _stands(pack, set(chosen))
    return [
        Explanation(
            key, f"{views[key].place.name} {views[key].label} {views[key].text}", pack.dataset.target_by_id[key],
            tuple(stands[key]), tuple(_history(pack, key)),
        )
        for key in chosen
    ]  # fmt: skip


def _pasted(asked: str, views: Mapping[str, TargetView]) -> list[str]:
    """Return the statements that a figure, a sentence or a cell's number may come from, the surest first."""
    said = plain(asked)
    exact = [key for key, view in views.items() if said in {plain(view.text), plain(view.phrase)}]
    amounts = [key for key, view in views.items() if said == plain(view.amount)]
    actual = [key for key, view in views.items() if view.actual and said == plain(view.actual.text)]
    found = list(dict.fromkeys(exact + amounts + actual))
    if found:
        return found
    alone = numbers(asked)
    if len(alone) == 1 and plain(asked).replace("%", "") == alone[0]:
        return [key for key, view in views.items() if alone[0] in _as_cells_hold_it(view)]
    told, bare = {plain(claim) for claim in claims(asked)}, set(figures(asked))
    return [key for key, view in views.items() if told & {plain(view.text), plain(view.phrase)}] or [
        key for key, view in views.items() if bare & {plain(view.amount)}
    ]


def _as_cells_hold_it(view: TargetView) -> set[str]:
    values = (view.value, view.upper, view.ratio, view.number, view.number_upper)
    return {number for value in values if value is not None for number in numbers(f"{value:f}")}


def _stands(pack: Pack, wanted: set[str]) -> dict[str, list[Stand]]:
    found: dict[str, list[Stand]] = defaultdict(list)
    for file in pack.files:
        room = EXPORTERS[file.record.exporter].room()
        package = Package.open(file.path, name=str(file.path), limits=EDITED)
        snapshot = room.read(package)
        places = room.whereabouts(package, snapshot)
        for _, item, slot in snapshot.slots():
            record = slot.key.partition("|")[0].rpartition(".")[0]
            key = record if record in wanted else item if item in wanted else ""
            # Of a row in a workbook only the cells that state numbers: the others are the record itself.
            told = numbers(slot.text) and not slot.text.startswith("=") if snapshot.format == "workbook" else slot.text
            if key and slot.kind is SlotKind.VALUE and told:
                found[key].append(Stand(file.name, places.get(slot.at, ""), slot.key, slot.text))
    return found


def _history(pack: Pack, key: str) -> Iterator[str]:
    with Memory(pack.folder) as memory:
        for run in memory.ledger.history(1000):
            for move in run.summary.get("moved", []):
                if move["key"].startswith(key + "."):
                    yield f"{run.started}  {Move(**move)}"
