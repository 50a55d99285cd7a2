"""What proves a number: its record, its clause, its source, where it stands in a pack and how it has moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from exporters.binding.keys import Keys
from exporters.binding.views import TargetView
from exporters.errors import BriefpackError, Fault, nearest
from exporters.model import Target
from exporters.runs.memory import Memory
from exporters.runs.moves import Move
from exporters.runs.numbers import claims, figures, numbers, plain, typed
from exporters.runs.pack import Pack
from exporters.runs.verifying.findings import Finding
from exporters.runs.verifying.reading import Read, read_all
from exporters.runs.verifying.through_keys import Before, same
from exporters.snapshot import SlotKind

_Owners = tuple[str, str]


class Stand(Struct, frozen=True):
    """Where a record's values stand in a pack's files."""

    file: str
    where: str
    key: str
    text: str
    typed_over: str | None = None
    """What was generated there, where a person has changed it."""


class Explanation(Struct, frozen=True):
    """A record, or the record of a value, with everything that proves it."""

    key: str
    label: str
    target: Target
    stands: tuple[Stand, ...]
    history: tuple[str, ...]


def explain(pack: Pack, asked: str) -> list[Explanation]:
    """Return what is known of a record's or value's key, or of a figure as it stands on a page.

    Raises BriefpackError for what is neither, with the nearest key, and for a file that cannot be read.
    """
    findings: list[Finding] = []
    read = list(read_all(pack, findings))
    if unread := {one.file: one.message for one in findings if one.file not in {here.file.name for here in read}}:
        raise BriefpackError(Fault("unreadable", message) for message in unread.values())
    whole = next((one.whole_keys[asked] for one in read if asked in one.whole_keys), asked)
    views = {view.key: view for view in pack.scope.names()["targets"]}
    stands = [(stand, owners) for one in read for stand, owners in _stands(one)]
    keys = Keys(pack.scope)
    chosen = _by_key(keys, whole, views) or [*_pasted(whole, views), *_typed(whole, stands, views)]
    if not chosen:
        raise BriefpackError(_unknown(pack, keys, asked, whole, read, stands, views))
    return [
        Explanation(
            key, f"{views[key].place.name} {views[key].label} {views[key].text}", pack.dataset.target_by_id[key],
            tuple(stand for stand, owners in stands if key in owners), tuple(_history(pack, key)),
        )
        for key in dict.fromkeys(chosen)
    ]  # fmt: skip


def _by_key(keys: Keys, asked: str, views: Mapping[str, TargetView]) -> list[str]:
    """Return the statements that a key is of: its own, that of the actual value, or those of a template's name."""
    if asked in views:
        return [asked]
    of_actual = {view.actual.key: key for key, view in views.items() if view.actual}
    found = keys.find(asked)
    if observed := next((key for key in (asked, found.view.key if found else "") if key in of_actual), ""):
        return [of_actual[observed]]
    if found is not None:
        return [found.view.key] if found.target is not None else []
    return [view.key for view in keys.statements(asked) if view.key in views]


def _unknown(
    pack: Pack,
    keys: Keys,
    asked: str,
    whole: str,
    read: Sequence[Read],
    stands: Iterable[tuple[Stand, _Owners]],
    views: Mapping[str, TargetView],
) -> Fault:
    """Say of what no statement proves what else is known of it."""
    found = keys.find(whole)
    said = keys.value(found) if found is not None else None
    if said is None:
        said = next((stand.text for stand, _ in stands if stand.key == asked), None)
    if said is not None:
        message = f"{whole} belongs to no target statement; it reads {said}"
        hint = "its record is all that it has" if found is not None else ""
        return Fault("no-statement", message, str(pack.folder), hint=hint)
    for one in read:
        for line in typed(one.base_texts, one.texts):
            old = next((old for old, new in line.changed if plain(new) == plain(asked)), "")
            if old or plain(asked) in map(plain, line.new):
                message = f"{asked!r} was typed by hand" + (f" over {old}" if old else "")
                return Fault("typed", message, str(one.file.path), line.line.where, "no statement of the data says it")
    hint = nearest(asked, views) or "give a target's id, a value's key, or a figure as it is printed"
    return Fault("unknown-key", f"nothing here is known as {asked!r}", str(pack.folder), hint=hint)


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


def _stands(one: Read) -> Iterator[tuple[Stand, _Owners]]:
    """Yield every value of a file and the keys of the records that it may be of, with what a person typed over."""
    before = Before(one.base)
    for group, item, slot in one.snapshot.slots():
        made = before.take(group, item, slot)
        # Of a row in a workbook only the cells that state numbers: the others are the record itself.
        told = numbers(slot.text) and not slot.text.startswith("=") if one.snapshot.format == "workbook" else slot.text
        if slot.kind is SlotKind.VALUE and told:
            by_hand = made if made is not None and not same(one, made, slot) else None
            record = slot.key.partition("|")[0].rpartition(".")[0]
            yield Stand(one.file.name, one.where(slot), slot.key, slot.text, by_hand), (record, item)


def _typed(asked: str, stands: Iterable[tuple[Stand, _Owners]], views: Mapping[str, TargetView]) -> list[str]:
    """Return the statements over whose values a person typed what is asked for."""
    return [
        next(owner for owner in owners if owner in views)
        for stand, owners in stands
        if stand.typed_over is not None
        and plain(asked) in {plain(stand.text), *map(plain, claims(stand.text))}
        and not views.keys().isdisjoint(owners)
    ]


def _history(pack: Pack, key: str) -> Iterator[str]:
    with Memory(pack.folder) as memory:
        for run in memory.ledger.history(1000):
            for move in run.summary.get("moved", []):
                if move["key"].startswith(key + "."):
                    yield f"{run.started}  {Move(**move)}"
