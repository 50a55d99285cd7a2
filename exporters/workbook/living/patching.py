"""A plan carried out on an edited workbook: only the cells it names change, everything else keeps its bytes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO

from msgspec.structs import replace

from exporters.package import ct, rt
from exporters.package.custom import CUSTOM, custom_part, with_properties
from exporters.package.described import described_parts
from exporters.snapshot import InsertGroup, InsertItem, Plan, RemoveItem, SetSlot
from exporters.workbook.formula.parse import shared
from exporters.workbook.living.book import KEPT, Book, Table, plain_number, readable
from exporters.workbook.living.caches import renew
from exporters.workbook.living.cells import Cell
from exporters.workbook.living.cellxml import NOTHING, Content
from exporters.workbook.living.charting import ALTERNATIVE, REFERENCES, described, retargeted
from exporters.workbook.living.formulas import FORMULA, from_header
from exporters.workbook.living.handing import Handing
from exporters.workbook.living.leaving import Leaving
from exporters.workbook.living.lifting import Lifting
from exporters.workbook.living.margins import NAMES, margin, retold
from exporters.workbook.living.naming import CELLS, SHEET, Naming
from exporters.workbook.living.noting import Noting
from exporters.workbook.living.packing import Changes
from exporters.workbook.living.placing import TableRows, content_like
from exporters.workbook.living.related import Related
from exporters.workbook.living.shifting import Insertion, Shift, Shifts
from exporters.workbook.living.spans import parse, utf8
from exporters.workbook.living.styles import DATE, PERCENT
from exporters.workbook.living.tabs import TAB, rename
from exporters.workbook.living.texts import Run, retyped, runs_of
from exporters.workbook.living.translating import Translation
from exporters.workbook.living.writing import SheetEdit
from exporters.workbook.references import parse_cell

if TYPE_CHECKING:
    from exporters.package.reader import Package


def patch(
    target: Package,
    plan: Plan,
    ours: Package,
    out: BinaryIO,
    *,
    properties: Mapping[str, str] = {},
    track: str = "",
    epoch: int | None = None,
) -> None:
    """Workbooks know no tracked changes: *track* changes nothing."""
    with readable(target):
        _Patch(target, plan, ours).write(out, properties, epoch)


class _Patch:
    def __init__(self, target: Package, plan: Plan, ours: Package) -> None:
        self._book, self._plan = KEPT.take(target) or Book(target), plan
        self._ours = KEPT.find(ours) or Book(ours, self._book)
        self._changes = Changes(target)
        self._entries = {entry.part: entry for entry in self._book.entries}
        self._edits: dict[str, SheetEdit] = {}
        self._insertions: dict[str, dict[int, Insertion]] = defaultdict(dict)
        self._row_tables: dict[str, TableRows] = {}
        self._own_rows: dict[str, TableRows] = {}
        self._filled: set[str] = set()
        self._naming = Naming.of(self._book)
        self._translation = Translation(self._ours, self._book)
        self._lifting = Lifting(self._book, self._ours, self._translation, self._changes)
        self._leaving = Leaving(self._book)
        self._handing = Handing(self._book, self._ours)
        self._charts: dict[str, str] = {}
        self._tabs: dict[str, str] = {}
        self._descriptions: dict[str, dict[str, str]] = defaultdict(dict)
        self._style_pairs: dict[str, dict[int, Counter[int]]] = {}

    def write(self, out: BinaryIO, properties: Mapping[str, str], epoch: int | None) -> None:
        sets = [one for one in self._plan.edits if isinstance(one, SetSlot)]
        for slot in sets:
            self._set(slot)
        for one in self._plan.edits:
            if isinstance(one, InsertGroup):
                if one.id.startswith(SHEET):
                    self._lifting.add(one.source)
            elif isinstance(one, InsertItem):
                self._insert(one)
            elif isinstance(one, RemoveItem):
                self._clear(one)
        gone = self._leaving.rows()
        for column, row, part in self._leaving.emptied():
            self._edit(part).contents[column, row] = NOTHING
        for part, rows in gone.items():
            for column, row, content, style in self._handing.on(part, rows):
                self._edit(part).contents.setdefault((column, row), content)
                self._edit(part).styles.setdefault((column, row), style)
        shifts = Shifts(
            {
                self._entries[part].name: Shift(self._insertions[part].values(), gone.get(part, ()))
                for part in {**self._insertions, **gone}
            }
        )
        for part, data in Related(self._book, shifts).parts():
            self._changes.set(part, data)
        for part, source in self._charts.items():
            if source in self._ours.package:
                data = utf8(self._book.package.read(part))
                self._changes.set(part, retargeted(data, self._ours, source, self._translation, shifts))
        for part, texts in self._descriptions.items():
            data = self._changes.parts.get(part) or utf8(self._book.package.read(part))
            self._changes.set(part, described(data, texts))
        for part, rel_id in Noting(self._book, self._ours, self._plan, shifts, self._changes).write().items():
            self._edit(part).legacy_drawing = rel_id
        if shifts:
            for part in self._entries:
                self._edit(part)
        for part, edit in self._edits.items():
            data = edit.write(shifts)
            if data != edit.sheet.data:
                self._changes.set(part, data)
        self._lifting.write(shifts)
        if self._book.styles.changed:
            self._changes.set(self._book.target(self._book.part, rt.STYLES), self._book.styles.result())
        sets = [one for one in self._plan.edits if isinstance(one, SetSlot)]
        for part, data in described_parts(self._book.package, sets, self._ours.package).items():
            self._changes.set(part, data)
        self._drop_chain(bool(shifts or self._lifting.entries))
        renew(self._book, self._changes, self._edits.values(), self._lifting.entries)
        if self._tabs:
            rename(self._book, self._changes, self._tabs)
        self._write_properties(properties)
        self._changes.write(out, epoch)

    def _edit(self, part: str) -> SheetEdit:
        found = self._edits.get(part)
        if found is None:
            found = self._edits[part] = SheetEdit(self._book, self._entries[part])
        return found

    def _place(self, at: str) -> tuple[str, int, int] | None:
        part, _, address = at.rpartition("!")
        found = parse_cell(address)
        return (part, *found) if found is not None and part in self._entries else None

    # --- values --------------------------------------------------------------------------------------------------

    def _set(self, slot: SetSlot) -> None:
        if slot.at.endswith(f"!{REFERENCES}"):
            self._charts[slot.at.rpartition("!")[0]] = slot.source.rpartition("!")[0]
            return
        holder, _, name = slot.at.rpartition("!")
        if name in NAMES and holder in self._entries:
            self._edit(holder).margins[name] = self._margin(holder, name, slot)
            return
        if name == TAB:
            self._tabs[holder] = slot.new
            return
        if name.startswith(ALTERNATIVE):
            self._descriptions[holder][name.removeprefix(ALTERNATIVE)] = slot.new
            return
        place = self._place(slot.at)
        if place is None:
            return
        part, column, row = place
        edit = self._edit(part)
        cell = edit.sheet.cell(column, row)
        source = self._source(slot.source)
        style = cell.style if cell is not None else self._style_of_empty(part, column, row)
        format_now = self._book.styles.format(style)
        content = self._content(slot, cell, source, part, format_now.kind)
        if source is not None and (content.formula or content.kind == "n"):
            wanted = self._ours.styles.format(source.style)
            # 730 and 6.5% need different formats; any other difference is a person's own taste.
            if wanted.kind != format_now.kind and {wanted.kind, format_now.kind} & {PERCENT, DATE}:
                edit.styles[column, row] = self._book.styles.with_format(style, wanted.code)
        if cell is None:
            edit.styles.setdefault((column, row), style)
        edit.contents[column, row] = content

    def _margin(self, part: str, name: str, slot: SetSlot) -> str:
        own = margin(self._book.sheet(part), name)
        there = slot.source.rpartition("!")[0]
        source = margin(self._ours.sheet(there), name) if there else None
        return retold(own.text if own is not None else "", slot.new, source.text if source is not None else "")

    def _clear(self, item: RemoveItem) -> None:
        """Take out a row that the data dropped and nobody touched; empty such a cell beside the tables: its format
        stays."""
        part, _, number = item.at.rpartition("!")
        if number.isdecimal() and part in self._entries:
            self._leaving.add(part, int(number))
            return
        place = self._place(item.at)
        if place is not None:
            part, column, row = place
            self._edit(part).contents[column, row] = NOTHING

    def _content(self, slot: SetSlot, cell: Cell | None, source: Cell | None, part: str, kind: str) -> Content:
        new = slot.new
        if not new:
            return NOTHING
        if source is not None and source.formula is not None:
            return Content(formula=self._translation.refit(source, slot.source.rpartition("!")[0], cell, part))
        if source is not None and self._ours.text(source) == new:
            if source.kind in {"n", "b", "e"}:
                return content_like(self._ours, source, self._book)
        elif new.startswith(FORMULA) and len(new) > 1 and cell is not None and not slot.source:
            # Carried onto a new template: a formula that a person typed. The data's own texts never are one.
            table = self._table_at(part, cell.row)
            formula = new[1:] if table is None else from_header(new[1:], table, cell.row)
            return Content(formula=formula)
        elif not slot.source and (cell is None or cell.kind == "n"):
            # Carried onto a new template: what a person typed as a number stays one.
            number = self._book.serial(new) if kind == DATE else new
            if _is_number(number) and plain_number(number) == number:
                return Content("n", number)
        return self._text(part, cell, new)

    def _text(self, part: str, cell: Cell | None, new: str) -> Content:
        runs: list[Run] = []
        if cell is not None and cell.kind == "s" and cell.value and cell.value.isdecimal():
            items = self._book.string_items
            if int(cell.value) < len(items):
                runs = runs_of(items[int(cell.value)], self._book.strings_data)
        elif cell is not None and cell.kind == "inlineStr":
            sheet = self._book.sheet(part)
            at = sheet.base(cell)
            alone = _alone(sheet.data[at + cell.start : at + cell.end])
            inline = next((one for one in parse(alone).walk() if one.name == "is"), None)
            if inline is not None:
                runs = runs_of(inline, alone)
        return Content("inlineStr", runs=tuple(retyped(runs, new) if runs else [Run(new)]))

    def _source(self, at: str) -> Cell | None:
        part, _, address = at.rpartition("!")
        found = parse_cell(address)
        if found is None or all(entry.part != part for entry in self._ours.entries):
            return None
        return self._ours.sheet(part).cell(*found)

    def _table_at(self, part: str, row: int) -> Table | None:
        return next((one for one in self._book.areas if one.sheet == part and one.top <= row <= one.bottom), None)

    def _style_of_empty(self, part: str, column: int, row: int) -> int:
        table = self._table_at(part, row)
        if table is not None and table.area.left <= column <= table.area.right:
            rows = self._own_rows.get(table.part)
            if rows is None:
                rows = TableRows(self._book, table, self._ours, table, self._translation)
                self._own_rows[table.part] = rows
            return rows.style(column, row)
        found = self._book.sheet(part).rows.get(row)
        style = found.attributes.get("s", "") if found is not None else ""
        return int(style) if style.isdecimal() else 0

    # --- new rows ------------------------------------------------------------------------------------------------

    def _insert(self, item: InsertItem) -> None:
        if item.group in self._entries:
            self._fill_cell(item)
            return
        part, _, number = item.source.rpartition("!")
        rows = self._rows(item.group, part, int(number)) if number.isdecimal() else None
        if rows is None:
            return
        table, source = rows.table, int(number)
        edit = self._edit(table.sheet)
        blank = rows.blank_row()
        if blank and table.part not in self._filled:
            self._filled.add(table.part)
            for column, (content, style) in rows.contents(source, blank).items():
                edit.contents[column, blank] = content
                edit.styles[column, blank] = style
            return
        after, like = self._position(item, rows, source)
        after = self._handing.behind(rows, after, source)
        edit.rows[after].append(rows.new_row(source, like))
        known = self._insertions[table.sheet].get(after)
        count = known.count + 1 if known is not None else 1
        # Rows of a person's own below all records are in no range that the render made.
        last = table.bottom if after < rows.last_record else after
        if known is not None:
            table = known.table
        else:
            top, bottom = rows.stretch(after) if table.is_range else (table.top, last)
            table = replace(table, top=top, bottom=bottom)
        self._insertions[table.sheet][after] = Insertion(after, count, table)

    def _rows(self, group: str, part: str, number: int) -> TableRows | None:
        found = self._row_tables.get(group)
        if found is None:
            table = next((one for one in self._book.areas if one.part == group), None)
            near = (one for one in self._ours.areas if one.sheet == part and one.top <= number <= one.bottom)
            ours = next(near, None)
            if table is None or ours is None:
                return None
            found = self._row_tables[group] = TableRows(self._book, table, self._ours, ours, self._translation)
        return found

    def _position(self, item: InsertItem, rows: TableRows, source: int) -> tuple[int, int]:
        """Return (row to stand behind, row to look like): beside the row that stands beside it in the new render."""
        table = rows.table
        before, behind = rows.neighbours(source)
        choices = [(before, before), (behind - 1, behind)] if before or behind else []
        for handle, step in ((item.after, 0), (item.before, 1)):
            number = handle.rpartition("!")[2]
            if number.isdecimal():
                choices.append((int(number) - step, int(number)))
        for after, like in choices:
            if table.top <= like <= table.bottom:
                return (table.bottom, like) if self._splits_another(table, after) else (after, like)
        return table.bottom, table.bottom

    def _splits_another(self, table: Table, after: int) -> bool:
        """Whether a row behind *after* would cut another table of the sheet in two."""
        others = (one for one in self._book.tables if one.sheet == table.sheet and one.part != table.part)
        return any(one.area.top <= after < one.area.bottom for one in others)

    def _fill_cell(self, item: InsertItem) -> None:
        """Put a new text or formula beside the tables where the new render has it, if that cell is free."""
        entry = self._entries[item.group]
        sheet = self._book.sheet(entry.part)
        start = f"{CELLS}{self._naming.sheets[entry.part]}!"
        places = self._naming.places(entry.part)
        place = places.of_home(item.id.removeprefix(start)) if item.id.startswith(start) else None
        source = self._source(item.source)
        if place is None or source is None:
            return
        cell = sheet.cell(*place)
        if cell is not None and not cell.blank:
            return
        above = sheet.cell(place[0], place[1] - 1)
        edit = self._edit(entry.part)
        edit.contents[place] = content_like(self._ours, source, self._book)
        if source.formula is not None:
            edit.contents[place] = Content(formula=self._beside(item.source, source, edit, place))
        edit.styles[place] = self._style_like(entry.part, item.source.rpartition("!")[0], source, above)

    def _style_like(self, part: str, ours_part: str, source: Cell, above: Cell | None) -> int:
        """Return the format that cells of the edited sheet have where the new render has the format of *source*."""
        known = self._style_pairs.get(part)
        if known is None:
            known = self._style_pairs[part] = defaultdict(Counter)
            sheet = self._book.sheet(part)
            moved = self._book.alignments.get(part)
            for cell in self._ours.sheet(ours_part).cells():
                twin = sheet.cell(*(moved.theirs(cell.column, cell.row) if moved else (cell.column, cell.row)))
                if twin is not None:
                    known[cell.style][twin.style] += 1
        counts = known.get(source.style)
        if counts:
            return max(counts, key=lambda style: (counts[style], -style))
        return above.style if above is not None else 0

    def _beside(self, at: str, source: Cell, edit: SheetEdit, place: tuple[int, int]) -> str:
        """Return a new cell's formula: it goes on with the one above where it does so in the new render."""
        ours = self._ours.sheet(at.rpartition("!")[0])
        model = ours.cell(source.column, source.row - 1)
        before = shared(ours.formula(model), 1, 0) if model is not None and model.formula is not None else ""
        if before == ours.formula(source):
            column, row = place
            set_now, above = edit.contents.get((column, row - 1)), edit.sheet.cell(column, row - 1)
            if set_now is None and above is not None and above.formula is not None:
                return shared(edit.sheet.formula(above), 1, 0)
            if set_now is not None and set_now.formula:
                return shared(set_now.formula, 1, 0)
        return self._translation.refit(source, ours.part, None, edit.entry.part)

    # --- the rest ------------------------------------------------------------------------------------------------

    def _drop_chain(self, shifted: bool) -> None:
        chain = self._book.target(self._book.part, rt.CALC_CHAIN)
        if chain and (shifted or any(edit.formulas_gone for edit in self._edits.values())):
            # Excel makes it anew; one that lists a cell without a formula makes Excel repair the file.
            self._changes.drop(chain, self._book.part)

    def _write_properties(self, properties: Mapping[str, str]) -> None:
        if not properties:
            return
        part = custom_part(self._book.package)
        if part:
            self._changes.set(part, with_properties(self._book.package.read(part), properties))
        else:
            self._changes.add(CUSTOM, with_properties(b"", properties), content_type=ct.CUSTOM_PROPERTIES)
            self._changes.link("", CUSTOM, rt.CUSTOM_PROPERTIES)


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


def _alone(cell: bytes) -> bytes:
    """Return a cell's XML so that it can be read by itself."""
    declared = dict.fromkeys(re.findall(rb"[<\s]([\w.-]+):", cell))
    spaces = b"".join(b' xmlns:%s="%s"' % (one, one) for one in declared if one not in (b"xml", b"xmlns"))
    return b"<a" + spaces + b">" + cell + b"</a>"
