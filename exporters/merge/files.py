"""One file: three snapshots made into a plan."""

from __future__ import annotations

from exporters.merge.aligning import aligned, known, named_as
from exporters.merge.dropped import Dropped
from exporters.merge.groups import Groups
from exporters.merge.items import Items
from exporters.merge.looks import in_looks_kept, in_looks_of
from exporters.merge.ordering import order_of
from exporters.merge.overrides import Overrides
from exporters.merge.restored import with_restored
from exporters.merge.slots import Slots
from exporters.merge.threeway import ThreeWay
from exporters.merge.vanishing import anchors
from exporters.snapshot import Plan, ReplaceGroup, Snapshot


def merge(
    base: Snapshot,
    theirs: Snapshot,
    ours: Snapshot,
    overrides: Overrides | None = None,
    *,
    both_edited: bool = False,
) -> Plan:
    """Return what to do to *theirs*. *both_edited*: *ours* is no render, but what other people made of *base*.

    ``overrides`` gives the base texts of conflicts left open, so that each recurs until someone resolves it.
    """
    overrides = overrides or Overrides()
    edited = overrides.recalled(base, theirs)
    theirs = in_looks_of(base, aligned(base, edited))
    ours = in_looks_kept(base, theirs, named_as(base, ours))
    theirs = overrides.returned(base, theirs, ours)
    base, ours = known(base), known(ours)
    files = ThreeWay(base, theirs, ours, with_restored(overrides, base, theirs, ours).within(theirs), both_edited)
    slots, dropped = Slots(files), Dropped(files)
    Groups(files, Items(files, slots, dropped), dropped).merge()
    for slot in theirs.loose:
        slots.merge("", "", slot)
    vanished, wanted, first = anchors(files.base, theirs, edited)
    return Plan(
        tuple(files.edits),
        tuple(files.conflicts),
        tuple(files.kept),
        vanished,
        wanted,
        disordered=files.disordered or _is_disordered(files),
        lost_at=first,
        adrift=tuple(files.adrift),
    )


def _is_disordered(files: ThreeWay) -> bool:
    """Whether the data put into another order what stands in all three files, and theirs has not that order."""
    before, new = order_of(files.base), order_of(files.ours)
    if before == new:
        return False
    now = order_of(files.theirs)
    anew = {edit.id for edit in files.edits if isinstance(edit, ReplaceGroup)}
    common = {one for one in {*before} & {*new} & {*now} if one[0] not in anew}
    old, moved, kept = ([one for one in order if one in common] for order in (before, new, now))
    return old != moved != kept
