"""Carrying what people did to a file into its next generation."""

from __future__ import annotations

import io
from collections.abc import Container, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from exporters.collector import collector_paused
from exporters.errors import Fault, RefusedError
from exporters.merge import (
    Overrides,
    arrangements,
    canonical,
    content_of,
    counterparts,
    following,
    in_order_of,
    line_key,
    merge,
    moved_sections,
    named_as,
    of_sections_gone,
    upgrade,
)
from exporters.package import EditedPackage, Package
from exporters.package.reaching import linked_books
from exporters.runs.stamp import PROPERTY, Stamp
from exporters.snapshot import Conflict, Kept, Plan, Snapshot

if TYPE_CHECKING:
    from exporters.registry import Exporter


def edited_from(room: Exporter, base: Package, theirs: Package) -> EditedPackage:
    """Return *theirs* as what was edited from *base*, put right where an editor has spoilt it unseen: ids that a
    replacing everywhere has reached, figures that it has made text."""
    edited = EditedPackage(theirs, base)
    mended: Any = getattr(room, "mended", None)
    return mended(edited) if mended is not None else edited


_ORDER = "the order of sections, paragraphs and rows"
_SHOWN = 5
"""So many of the values that follow nothing any more are told by their words."""


class Merged(Struct, frozen=True):
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
    anew: bool = False,
    track: str = "",
    epoch: int | None = None,
) -> Merged:
    """Merge three states of one file and return the fourth.

    ``base`` is the pristine render that *theirs* was edited from, ``ours`` the new pristine render. ``track`` is the
    moment (ISO 8601) that tracked changes carry; without it they are not tracked. *anew*: *theirs* is no longer the
    file that stands there, so it is written in any case. Raises RefusedError, with nothing written, where more than a
    fifth of the anchors is gone.
    """
    theirs = edited_from(room, base, theirs)
    if template_changed:
        plan, content = upgraded(room, file, (theirs, ours), stamp, open_conflicts, epoch)
        return Merged(content, plan)
    edited = theirs
    # The readings are held until the patch is written: it goes on with what they were opened as.
    theirs, readings, conflicts, disordered = laid_out(room, theirs, ours, open_conflicts)
    theirs, readings = arranged(room, theirs, ours, readings, epoch)
    before, _, new = readings
    plan = planned(room, theirs, readings, conflicts)
    plan = replace(plan, disordered=plan.disordered or disordered)
    if plan.lost_too_much:
        raise RefusedError(lost(plan, file, room, base))
    known = {(one.key, one.item, one.group) for one in conflicts}
    # A conflict that is over leaves a note behind in the file, which the patch takes away.
    same = known == {(one.key, one.item, one.group) for one in plan.conflicts}
    as_it_was = theirs is edited and not anew and not theirs.mended
    if same and as_it_was and not plan.edits and says_the_same(before, new):
        return Merged(None, plan)
    untracked: Any = getattr(room, "untracked", None)
    if track and untracked is not None:
        places = room.whereabouts(theirs, readings[1])
        told = dict.fromkeys(places.get(edit.at, edit.key) for edit in untracked(plan))
        turned = () if theirs is edited else (_ORDER,)
        plan = replace(plan, untracked=(*turned, *told))
    return Merged(patched(room, theirs, plan, ours, stamp, track=track, epoch=epoch), plan)


Readings = tuple[Snapshot, Snapshot, Snapshot]
"""What base, theirs and ours hold."""


def relaid(room: Exporter, theirs: EditedPackage, ours: Package, *, restyled: bool = False) -> Any:
    """Return *theirs* as it is with as much of what has no key as *ours* has (``Relaid``), which comes of another
    template where it is *restyled*; None where everything of that format has a key."""
    found: Any = getattr(room, "relaid", None)
    return found(theirs, ours, restyled=restyled) if found is not None else None


def laid_out(
    room: Exporter,
    theirs: EditedPackage,
    ours: Package,
    open_conflicts: Sequence[Conflict],
    *,
    restyled: bool = False,
) -> tuple[EditedPackage, Readings, tuple[Conflict, ...], bool]:
    """Return *theirs* with as much of what has no key as *ours* has; what its base, it, and *ours* hold then; the open
    conflicts by the names that they have there, with what people wrote in what is gone; and whether any of it keeps an
    order that the data does not have any more."""
    conflicts, disordered = [*open_conflicts], False
    # Held until all is read: what it was opened as is found by that.
    found = relaid(room, theirs, ours, restyled=restyled)
    if found is not None:
        theirs, disordered = found.package, found.disordered
        conflicts = [_renamed(one, found.renamed) for one in conflicts]
        conflicts += map(_uncarried, found.told)
        conflicts = _once(conflicts)
    return theirs, (room.read(theirs.base), room.read(theirs), room.read(ours)), tuple(conflicts), disordered


def _renamed(conflict: Conflict, names: Any) -> Conflict:
    item = names(conflict.item) if conflict.item else conflict.item
    if item == conflict.item:
        return conflict
    key = (
        item.removeprefix(conflict.item.removesuffix(conflict.key))
        if conflict.item.endswith(conflict.key)
        else conflict.key
    )
    return replace(conflict, item=item, key=key)


def arranged(
    room: Exporter, theirs: EditedPackage, ours: Package, readings: Readings, epoch: int | None
) -> tuple[EditedPackage, Readings]:
    """Return *theirs* in the order that the data has by now, as far as no person gave it another, and what it holds."""
    before, now, new = readings[0], readings[1], named_as(readings[0], readings[2])
    wanted = arrangements(before, now, new)
    out = io.BytesIO()
    if not wanted or not room.arrange(theirs, wanted, ours, out, epoch=epoch):
        return theirs, (before, now, new)
    theirs = EditedPackage(Package.written(out.getvalue(), name=theirs.file), theirs.base)
    now = room.read(theirs)
    return theirs, (in_order_of(before, now, new), now, new)


def planned(room: Exporter, theirs: Package, readings: Readings, open_conflicts: Sequence[Conflict]) -> Plan:
    """Return what to do to *theirs*."""
    before, now, new = readings
    plan = counted(room, theirs, before, now, merge(before, now, new, Overrides.of(open_conflicts)))
    stranded: Any = getattr(room, "stranded", None)
    texts = stranded(theirs, plan) if stranded is not None else ()
    told = (*map(_uncarried, texts), *_still_uncarried(room, theirs, open_conflicts))
    return replace(plan, conflicts=(*plan.conflicts, *_once(told)))


def counted(room: Exporter, theirs: Package, before: Snapshot, now: Snapshot, plan: Plan) -> Plan:
    """Return a plan in which what stood in sections that somebody took out whole counts as no loss."""
    if not plan.lost_too_much:
        return plan
    return replace(plan, vanished=plan.vanished - of_sections_gone(before, now, room.lines(theirs)))


def lost(plan: Plan, file: str, room: Exporter, base: Package) -> Fault:
    """Return why a file, edited from *base*, is left alone that lost too many anchors, and where the first stood."""
    message = f"{plan.vanished} of {plan.anchors} bound values are gone: edits cannot be told from losses"
    if file.endswith(".xlsx"):
        message += "; rows are known by the hidden columns of their table, 键 or key"
    hint = "the new version is beside it; undo what took them out and build again, or --fresh starts over without edits"
    return Fault("anchors", message, file, room.whereabouts(base, room.read(base)).get(plan.lost_at, ""), hint)


def left_apart(plan: Plan, file: str) -> tuple[Fault, ...]:
    """Return the warnings of what an edited file keeps, where the data says otherwise by now: an order of its own,
    and copies of values that are gone."""
    told: list[Fault] = []
    if plan.disordered:
        message = (
            "the data has another order by now; what people rearranged, or what hangs together here, keeps its own"
        )
        hint = "move what should move; or build the file anew with --fresh"
        told.append(Fault("order", message, file, hint=hint, severity="warning"))
    if plan.adrift:
        said = [f"“{one}”" for one in dict.fromkeys(plan.adrift)]
        more = f" and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
        message = f"copied here, and said by the data no more: {', '.join(said[:_SHOWN])}{more}"
        hint = "they stay and follow nothing; take out what is not true any more"
        told.append(Fault("adrift", message, file, hint=hint, severity="warning"))
    return tuple(told)


def linked(package: Package, file: str) -> tuple[Fault, ...]:
    """Return the warning that a file takes values from other workbooks: nothing is fetched from them here."""
    books = linked_books(package)
    if not books:
        return ()
    message = f"formulas take values from {', '.join(books)[:200]}: what that last gave stands, nothing is fetched"
    hint = "readers may not have that file: write the values themselves, or break the link (Data, Edit Links)"
    return (Fault("linked-book", message, file, hint=hint, severity="warning"),)


def new_look(file: str, plan: Plan, *, tracked: bool) -> Fault:
    """Return the warning that of an edited file, whose template is another one by now, only the words were carried;
    *tracked*: its changes should have been tracked."""
    message = "the template is another one by now: what people typed and added is carried into it, or told; colours, "
    message += "formats, sizes, order, animations and copies of slides that they made are the template's"
    if plan.turned:
        more = f" and {len(plan.turned) - _SHOWN} more" if len(plan.turned) > _SHOWN else ""
        message += f"; moved by hand, and where the template has it again: {', '.join(plan.turned[:_SHOWN])}{more}"
    if tracked:
        message += "; nothing of this is tracked"
    return Fault("new-template", message, file, hint="restore brings the earlier file back", severity="warning")


def upgraded(
    room: Exporter,
    file: str,
    packages: tuple[EditedPackage, Package],
    stamp: Stamp,
    open_conflicts: Sequence[Conflict],
    epoch: int | None,
) -> tuple[Plan, bytes]:
    """Return what a new template makes of an edited file (*packages*: theirs, ours), and how it went.

    Raises RefusedError where formulas of the edited file take values from other workbooks, which it alone knows, and
    where more than a fifth of its anchors is gone.
    """
    theirs, ours = packages
    if linked_books(theirs):
        message = "its template is another one by now, which has no place for values from other workbooks"
        hint = "break the link (Data, Edit Links) and build again"
        raise RefusedError(Fault("linked-book", message, file, hint=hint))
    theirs, readings, open_conflicts, _ = laid_out(room, theirs, ours, open_conflicts, restyled=True)
    base = theirs.base
    plan, told = upgrade(*readings, Overrides.of(open_conflicts))
    plan = counted(room, theirs, *readings[:2], plan)
    if plan.lost_too_much:
        raise RefusedError(lost(plan, file, room, base))
    content = patched(room, ours, plan, ours, stamp, epoch=epoch)
    result = carried = Package.written(content, name=file)
    more, left = with_own(room, carried, theirs, base, readings[:2], one_template=False, epoch=epoch)
    if more is not None:
        content, result = more, Package.written(more, name=file)
        copied = following(readings[0], room.read(result), readings[2])
        plan = replace(plan, adrift=copied.adrift)
        if copied.edits:
            content = patched(room, result, copied, ours, stamp, epoch=epoch)
            result = Package.written(content, name=file)
    own = _own_lines(room, theirs, (base, carried), told)
    lines = room.lines(result)
    there, said = set(lines), _joined(lines)
    brought = tuple(Kept(line_key(line), "", line, "added") for line in own if line in there)
    missing = dict.fromkeys((*(line for line in own if line not in there), *left))
    uncarried = {one.key: one for one in map(_uncarried, missing)}
    still = [one for one in open_conflicts if _is_uncarried(one, said) and one.theirs not in told]
    conflicts = (*plan.conflicts, *uncarried.values(), *(one for one in still if one.key not in uncarried))
    turned = tuple(moved_sections(*readings[:2]))
    return replace(plan, conflicts=conflicts, kept=(*plan.kept, *brought), turned=turned), content


def with_own(
    room: Exporter,
    target: Package,
    source: Package,
    base: Package,
    readings: tuple[Snapshot, Snapshot],
    *,
    one_template: bool,
    epoch: int | None,
) -> tuple[bytes | None, list[str]]:
    """Return *target* with what people put into *source* of their own (None where it lacks nothing of it), and what
    of it has no place there and stands in no line of text.

    *base* is what *source* was edited from, *readings* what both hold.
    """
    out = io.BytesIO()
    twins = counterparts(*readings, room.read(target), one_template=one_template)
    left = room.adopt(target, source, base, twins, out, epoch=epoch)
    return out.getvalue() or None, left


def _still_uncarried(room: Exporter, file: Package, open_conflicts: Sequence[Conflict]) -> list[Conflict]:
    """Return what earlier templates had no place for, until somebody puts it into the file or settles it."""
    if all(one.reason != "not-carried" for one in open_conflicts):
        return []
    said = _joined(room.lines(file))
    return [one for one in open_conflicts if _is_uncarried(one, said)]


def _once(conflicts: Iterable[Conflict]) -> list[Conflict]:
    return [*{(one.key, one.item, one.group): one for one in conflicts}.values()]


def _uncarried(text: str) -> Conflict:
    return Conflict(line_key(text), "not-carried", "", text, "")


def _is_uncarried(conflict: Conflict, said: str) -> bool:
    return conflict.reason == "not-carried" and (
        not conflict.theirs or _joined(conflict.theirs.split("\n")) not in said
    )


def _joined(lines: Iterable[str]) -> str:
    """Return a text that holds that of other lines where it has them one behind the other."""
    return "".join(f"\n{line}\n" for line in lines if line.strip())


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


def says_the_same(base: Snapshot, ours: Snapshot) -> bool:
    """Whether two renders say the same; where their contents stand in the file does not matter."""
    first = [(group, item, slot.key, slot.text) for group, item, slot in base.slots()]
    return first == [(group, item, slot.key, slot.text) for group, item, slot in ours.slots()]


def with_own_lines(room: Exporter, plan: Plan, base: Package, theirs: Package, now: Snapshot) -> Plan:
    """Return *plan* with what a person wrote into *theirs*, of which *now* tells what is bound, beside the edits of
    what is bound."""
    places = {one.at for one in plan.kept} | {one.at for one in plan.conflicts}
    edited = (item for group in now.groups for item in group.items if any(slot.at in places for slot in item.slots))
    told = {line for item in edited for line in content_of(item).split("\n")}
    # What the data dropped as a whole stands in no render any more.
    told |= {line for one in plan.conflicts for line in one.theirs.split("\n")}
    own = _own_lines(room, theirs, (base,), told)
    return replace(plan, kept=(*plan.kept, *(Kept(line_key(line), "", line, "added") for line in own)))


def _own_lines(room: Exporter, theirs: Package, others: Iterable[Package], told: Container[str]) -> list[str]:
    """Return the lines of *theirs* that no other file has, and that are not *told* yet."""
    known = {canonical(line) for other in others for line in room.lines(other)}
    found = dict.fromkeys(line for line in room.lines(theirs) if line.strip())
    return [line for line in found if canonical(line) not in known and line not in told]
