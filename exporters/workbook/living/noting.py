"""What a plan says in cell notes: open conflicts, and rows that the data no longer holds; each once."""

from __future__ import annotations

from collections.abc import Iterator

from exporters.package import ct, rt
from exporters.snapshot import MarkStale, Plan
from exporters.workbook.living import messages
from exporters.workbook.living.book import Book, SheetEntry, Table
from exporters.workbook.living.naming import SHEET, Naming
from exporters.workbook.living.notes import SheetNotes
from exporters.workbook.living.packing import Changes
from exporters.workbook.living.shifting import Shifts
from exporters.workbook.references import parse_cell

_COMMENTS = "xl/comments{}.xml"
_VML = "xl/drawings/vmlDrawing{}.vml"


class Noting:
    """Writes the notes of one patch."""

    def __init__(self, book: Book, ours: Book, plan: Plan, shifts: Shifts, changes: Changes) -> None:
        self._book, self._ours, self._plan = book, ours, plan
        self._shifts, self._changes = shifts, changes
        self._notes: dict[str, SheetNotes] = {}

    def write(self) -> dict[str, str]:
        """Change the parts of notes; returns the relationship to a new VML part by sheet part."""
        for part, column, row, key, text in self._said():
            notes = self._of(part)
            notes.put(column, notes.shift.row(row), key, text)
        current = self._current_keys()
        said = {conflict.key for conflict in self._plan.conflicts}
        drawings: dict[str, str] = {}
        for entry in self._book.entries:
            known = entry.part in self._notes or self._book.target(entry.part, rt.COMMENTS)
            if not known and not self._shifts.of(entry.name):
                continue
            notes = self._of(entry.part)
            for key in notes.keys:
                record = key.removeprefix(messages.STALE)
                if record in current if record != key else key not in said:
                    notes.remove(key)
            if notes.changed:
                drawing = self._write(entry, notes)
                if drawing:
                    drawings[entry.part] = drawing
        return drawings

    def _of(self, part: str) -> SheetNotes:
        found = self._notes.get(part)
        if found is None:
            name = next(entry.name for entry in self._book.entries if entry.part == part)
            found = self._notes[part] = SheetNotes.of(self._book, part, self._shifts.of(name))
        return found

    def _said(self) -> Iterator[tuple[str, int, int, str, str]]:
        """Yield (sheet part, column, row of before, key, text) of every note that there is to be."""
        language = messages.language(self._book)
        stale = {edit.at: edit for edit in self._plan.edits if isinstance(edit, MarkStale)}
        sheets = {edit.at for edit in stale.values() if edit.id.startswith(SHEET)}
        for edit in stale.values():
            place = self._place(edit.at)
            if place is not None and (edit.at in sheets or place[0] not in sheets):
                text = messages.stale_sheet(language) if edit.at in sheets else messages.stale(language)
                yield (*place, messages.STALE + edit.id, text)
        for one in self._plan.conflicts:
            place = self._place(one.at) if one.at and one.at not in stale else None
            if place is not None:
                dropped = one.reason == "changed-dropped" and one.at.rpartition("!")[2].isdecimal()
                text = messages.conflict(language, one.base, one.theirs, one.ours)
                yield (*place, one.key, messages.stale(language) if dropped else text)

    def _current_keys(self) -> frozenset[str]:
        keys: set[str] = set()
        for table in self._ours.areas:
            if table.key_column:
                sheet = self._ours.sheet(table.sheet)
                rows = range(table.top, table.bottom + 1)
                keys |= {self._ours.text_at(sheet, table.key_column, row).strip() for row in rows}
        naming = Naming.of(self._ours)
        return frozenset({*keys, *naming.tables.values(), *(SHEET + key for key in naming.keys.values())})

    def _place(self, at: str) -> tuple[str, int, int] | None:
        """Return (sheet part, column, row) of a cell, of the first cell of a row that people see, or of a table."""
        parts = {entry.part for entry in self._book.entries}
        part, _, address = at.rpartition("!")
        found = parse_cell(address)
        if found is not None and part in parts:
            return (part, *found)
        if address.isdecimal() and part in parts:
            row = int(address)
            table = next((one for one in self._book.areas if one.sheet == part and one.top <= row <= one.bottom), None)
            return part, self._first_column(table) if table is not None else 1, row
        table = next((one for one in self._book.areas if one.part == at), None)
        if table is not None:
            return table.sheet, self._first_column(table), table.area.top
        return (at, 1, 1) if at in parts else None

    def _first_column(self, table: Table) -> int:
        hidden = self._book.hidden_columns(table.sheet)
        shown = (one.number for one in table.columns if one.number != table.key_column and one.number not in hidden)
        return next(shown, table.area.left)

    def _write(self, entry: SheetEntry, notes: SheetNotes) -> str:
        """Write a sheet's notes; return the relationship of its VML part where that is new."""
        if notes.part:
            self._changes.set(notes.part, notes.comments())
        elif notes.adds:
            name = self._changes.free_name(_COMMENTS)
            self._changes.add(name, notes.comments(), content_type=ct.SHEET_COMMENTS)
            self._changes.link(entry.part, name, rt.COMMENTS)
        if notes.vml_part:
            self._changes.set(notes.vml_part, notes.drawing())
        elif notes.adds:
            name = self._changes.free_name(_VML)
            self._changes.add(name, notes.drawing(), default=ct.VML_DRAWING)
            return self._changes.link(entry.part, name, rt.VML_DRAWING)
        return ""
