"""Carrying what people did to a file into its next generation."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from exporters.collector import collector_paused
from exporters.errors import Fault, RefusedError
from exporters.merge import merge, upgrade
from exporters.package import Package
from exporters.runs.stamp import PROPERTY, Stamp
from exporters.snapshot import Conflict, Plan, Snapshot

if TYPE_CHECKING:
    from exporters.registry import Exporter


@dataclass(frozen=True, slots=True)
class Merged:
    """A file after the merge. ``content`` is None where the edited file stands as it is, byte for byte."""

    content: bytes | None
    plan: Plan


@collector_paused()
def regenerate(
    room: Exporter,
    file: str,
    base: Package,
    theirs: Package,
    ours: Package,
    *,
    stamp: Stamp,
    open_conflicts: Sequence[Conflict] = (),
    template_changed: bool = False,
    track: str = "",
    epoch: int | None = None,
) -> Merged:
    """Merge three states of one file and return the fourth.

    ``base`` is the pristine render that *theirs* was edited from, ``ours`` the new pristine render. ``track`` is the
    moment (ISO 8601) that tracked changes carry; without it they are not tracked. Raises RefusedError, with nothing
    written, where more than a fifth of the anchors is gone.
    """
    before, now, new = room.read(base), room.read(theirs), room.read(ours)
    if template_changed:
        plan, lost = upgrade(before, now, new)
        content = patched(room, ours, plan, ours, stamp, epoch=epoch)
        lines = _not_carried(room, base, theirs, Package.open(content, name=file))
        return Merged(content, replace(plan, conflicts=(*plan.conflicts, *lost, *lines)))
    overrides = {conflict.key: conflict.base for conflict in open_conflicts}
    plan = merge(before, now, new, overrides)
    if plan.lost_too_much:
        message = f"{plan.vanished} of {plan.anchors} bound values are gone: edits cannot be told from losses"
        raise RefusedError(Fault("anchors", message, file, hint="the new version is beside it; --fresh starts over"))
    known = {(one.key, one.item, one.group) for one in open_conflicts}
    # A conflict that is over leaves a note behind in the file, which the patch takes away.
    same = known == {(one.key, one.item, one.group) for one in plan.conflicts}
    if same and not plan.edits and _same(before, new):
        return Merged(None, plan)
    return Merged(patched(room, theirs, plan, ours, stamp, track=track, epoch=epoch), plan)


def patched(
    room: Exporter,
    target: Package,
    plan: Plan,
    ours: Package,
    stamp: Stamp,
    *,
    track: str = "",
    epoch: int | None = None,
) -> bytes:
    """Return *target* with *plan* carried out on it."""
    out = io.BytesIO()
    room.patch(target, plan, ours, out, properties={PROPERTY: str(stamp)}, track=track, epoch=epoch)
    return out.getvalue()


def _same(base: Snapshot, ours: Snapshot) -> bool:
    """Whether two renders say the same; where their contents stand in the file does not matter."""
    first = [(group, item, slot.key, slot.text) for group, item, slot in base.slots()]
    return first == [(group, item, slot.key, slot.text) for group, item, slot in ours.slots()]


def _not_carried(room: Exporter, base: Package, theirs: Package, result: Package) -> list[Conflict]:
    """Return the lines that a person wrote and that the new template has no place for."""
    known = {*room.lines(base), *room.lines(result)}
    added = [line for line in room.lines(theirs) if line.strip() and line not in known]
    return [Conflict(f"line-{number}", "not-carried", "", line, "") for number, line in enumerate(added, 1)]
