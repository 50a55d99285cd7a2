"""What people typed over bound values in the files of a pack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from exporters.binding.keys import Keys
from exporters.binding.views import TargetView
from exporters.errors import Fault, PackageError, RefusedError
from exporters.merge import Overrides, Texts, aligned, canonical, known, may_be_of_units
from exporters.package import EDITED, Package
from exporters.registry import EXPORTERS
from exporters.runs import rows
from exporters.runs.inputs import find_templates
from exporters.runs.living import edited_from
from exporters.runs.memory import Memory
from exporters.runs.pack import Pack, PackFile
from exporters.runs.sentences import spoken
from exporters.runs.stamp import read_stamp
from exporters.snapshot import Slot, SlotKind, Snapshot

# What ends the keys of speaker notes: they quote the sources.
_NOTES = "notes"


class Typed(Struct, frozen=True):
    """A bound value that a person typed over. ``field`` may lead on from the record (``actual.ratio``)."""

    file: str
    where: str
    record: str
    field: str
    base: str
    theirs: str

    @property
    def place(self) -> str:
        return f"{self.where}, {self.record}.{self.field}" if self.where else f"{self.record}.{self.field}"


_Changed = tuple[str, str, str, Slot]
"""Group, item, old text and slot of a value that is not what it was."""


class Reader:
    """Reads the edited files of a pack; ``faults`` then holds the files and rows of which nothing is taken."""

    def __init__(self, pack: Pack, templates: str | None) -> None:
        self._pack, self._templates = pack, templates
        self._keys = Keys(pack.scope)
        self.faults: list[Fault] = []

    def typed(self) -> Iterator[Typed]:
        """Yield every value that was typed over.

        Where a person made copies of a value, and they say different things, all of them are there.
        """
        with Memory(self._pack.folder) as memory:
            for file in self._pack.files:
                if file.touched:
                    try:
                        yield from self._of(file, memory)
                    except (RefusedError, PackageError) as error:
                        # What stands in the other files is no less typed for that.
                        self.faults += error.faults

    def _of(self, file: PackFile, memory: Memory) -> Iterator[Typed]:
        room = EXPORTERS[file.record.exporter].room()
        edited = Package.open(file.path, name=str(file.path), limits=EDITED)
        origin = memory.base_of(file.name, read_stamp(edited), self._pack.manifest.dataset)
        pristine = Package.open(origin.content)
        edited = edited_from(room, pristine, edited)
        base, now = room.read(pristine), room.read(edited)
        places = room.whereabouts(edited, now)
        still_open = memory.open_conflicts(file.name, origin, self._pack.manifest)
        now, base = aligned(base, Overrides.of(still_open).recalled(base, now)), known(base)
        if now.format == "deck":
            now = _without_loose_rows(base, now)
        changed = list(_changed(base, now))
        headers: Mapping[str, Mapping[str, str]] = {}
        if now.format == "workbook":
            headers = self._columns()
            apart = rows.misnamed(
                rows.RowNames(self._pack.scope, self._keys), ((item, old, slot.text) for _, item, old, slot in changed)
            )
            if apart:
                self.faults.append(replace(rows.fault(str(file.path), apart), severity="error"))
            changed = [one for one in changed if one[1] not in apart]
            unsure = {(one.item, one.key.partition("@")[0]) for one in still_open if may_be_of_units(one)}
            changed = [one for one in changed if not self._in_doubt(file, one, unsure, places)]
        if now.format == "deck":
            for where, *said in self._said(base, now, places):
                yield Typed(str(file.path), where, *said)
        for group, item, old, slot in changed:
            where = places.get(slot.at, "")
            table = _family(group) if headers else group
            if table not in headers:
                record, field = self._bound(slot.key, old)
                yield Typed(str(file.path), where, record, field, old, slot.text)
                continue
            header = slot.key.removeprefix(f"{item}.")
            field = headers[table].get(header, "")
            if field:
                yield Typed(str(file.path), f"{where}, column {header}", item, field, old, slot.text)

    def _in_doubt(
        self, file: PackFile, changed: _Changed, unsure: Collection[tuple[str, str]], places: Mapping[str, str]
    ) -> bool:
        """Tell of a number that may have been meant in another unit, and say whether it is one."""
        _, item, _, slot = changed
        if (item, slot.key) not in unsure:
            return False
        message = f"“{slot.text}” may have been typed for another unit than its row counts in now"
        hint = "settle it with `briefpack resolve`, then pull again; nothing of it was taken"
        self.faults.append(Fault("pull", message, str(file.path), places.get(slot.at, slot.key), hint=hint))
        return True

    def _said(
        self, base: Snapshot, now: Snapshot, places: Mapping[str, str]
    ) -> Iterator[tuple[str, str, str, str, str]]:
        """Yield place, record, field, old and typed text of what was typed over in the texts of slides."""
        before = Texts(base)
        targets: list[TargetView] = self._pack.scope.names()["targets"]
        for group, item, slot in now.slots():
            record, _, name = slot.key.rpartition(".")
            old = before.find(group, item, slot.key) if slot.kind is SlotKind.PROSE and name != _NOTES else None
            if old is None or canonical(old.text) == canonical(slot.text):
                continue
            where = places.get(slot.at, "")
            found = self._keys.find(slot.key)
            if found is not None and str(self._keys.value(found)) == old.text:
                yield where, found.view.key, found.field, old.text, slot.text
                continue
            own = [one for one in targets if one.place.key == record] or self._keys.statements(slot.key)
            for one in spoken(old.text, slot.text, own, targets):
                if one.target is None:
                    yield where, record, name, one.old, one.new
                else:
                    yield where, one.target.key, "text", one.old, one.new

    def _bound(self, key: str, text: str) -> tuple[str, str]:
        """Return the record and the field behind a key; of a shape that the template calls by a name of its own, the
        field of its record that said *text*."""
        found = self._keys.find(key)
        if found is not None:
            return found.view.key, found.field
        record, _, name = key.rpartition(".")
        for field in ("text", "phrase"):
            found = self._keys.find(f"{record}.{field}")
            if found is not None and found.target is not None and str(self._keys.value(found)) == text:
                return record, field
        return record, name

    def _columns(self) -> Mapping[str, Mapping[str, str]]:
        from exporters.workbook.columns import columns

        pack = self._pack
        edition = find_templates(self._templates or pack.manifest.templates, pack.lang, ("workbook",))
        return columns(Package.open(edition.files[0].content, name=edition.files[0].shown))


def _changed(base: Snapshot, now: Snapshot) -> Iterator[_Changed]:
    """Yield every value that is not what it was; of copies that differ, of each."""
    before, count = Texts(base), _counted(base)
    copies = {key: found for key, found in _counted(now).items() if len(found) > len(count.get(key, ()))}
    for group, item, slot in now.slots():
        if slot.kind is not SlotKind.VALUE:
            continue
        old = before.find(group, item, slot.key)
        if old is None:
            continue
        differ = len(set(copies.get(slot.key, ()))) > 1
        if canonical(old.text) != canonical(slot.text) or differ:
            yield group, item, old.text, slot


def _without_loose_rows(base: Snapshot, now: Snapshot) -> Snapshot:
    """Return *now* without the cells of rows that stand in another table by now: such a row is a copy, or what somebody
    kept when the row itself went there, and not what was typed over it."""
    rows = (item for group in base.groups for item in group.items if item.sort.startswith("row"))
    keys = {slot.key for item in rows for slot in item.slots}
    return replace(now, loose=tuple(slot for slot in now.loose if slot.key not in keys))


def _counted(snapshot: Snapshot) -> dict[str, list[str]]:
    """Return the texts of each key, as often as it stands there."""
    found: dict[str, list[str]] = defaultdict(list)
    for _, _, slot in snapshot.slots():
        found[slot.key].append(canonical(slot.text))
    return found


def _family(group: str) -> str:
    from exporters.workbook.living.naming import family

    return family(group)
