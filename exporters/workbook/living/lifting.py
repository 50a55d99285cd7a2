"""Whole sheets of the new render put into an edited workbook: a repeated sheet's new turns."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import cached_property, partial

from msgspec import Struct, field

from exporters.package import Relationship, Relationships, ct, relative_target, rt
from exporters.package.relationships import rels_name
from exporters.workbook.formula.tokens import Token, tokens
from exporters.workbook.living.book import Book, SheetEntry
from exporters.workbook.living.cells import Cell
from exporters.workbook.living.cellxml import new_cell
from exporters.workbook.living.formulas import FORMULA
from exporters.workbook.living.packing import Changes
from exporters.workbook.living.placing import content_like
from exporters.workbook.living.sheet import Sheet
from exporters.workbook.living.shifting import Shifts
from exporters.workbook.living.spans import (
    Span,
    Splices,
    escaped,
    parse,
    prefix_of,
    start_tag_end,
    utf8,
    with_attribute,
)
from exporters.workbook.living.translating import Translation
from exporters.workbook.references import quoted_sheet
from exporters.workbook.sheetnames import legal_name

_FORMULAS = frozenset(("f", "formula", "formula1", "formula2", "calculatedColumnFormula", "totalsRowFormula"))
_FORMATS = frozenset(("dxfId", "headerRowDxfId", "dataDxfId", "totalsRowDxfId", "headerRowBorderDxfId",
                      "tableBorderDxfId", "totalsRowBorderDxfId"))  # fmt: skip
_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")
_RELATION = re.compile(r"""\s([\w.-]+):id\s*=""")


class _New(Struct):
    """A sheet to be lifted: where it comes from, what it is called in the edited workbook."""

    source: SheetEntry
    entry: SheetEntry
    relation: str = ""


class Lifting(Struct, dict=True):
    """The sheets of one patch that are new."""

    book: Book
    ours: Book
    translation: Translation
    changes: Changes
    names: Collection[str] = ()
    """Names of the whole workbook that come along."""
    broken: list[str] = field(default_factory=list)
    """The formulas that lead to what the edited workbook has not."""
    _new: list[_New] = field(default_factory=list)
    _tables: dict[str, str] = field(default_factory=dict)
    _ids: list[int] = field(default_factory=list)

    def add(self, part: str) -> None:
        """Note a sheet of the new render that is to be lifted."""
        source = next((one for one in self.ours.entries if one.part == part), None)
        if source is None or any(one.source is source for one in self._new):
            return
        taken = {one.name.casefold() for one in self.book.entries} | {one.entry.name.casefold() for one in self._new}
        taken |= {one.get("name").casefold() for one in self._listed()}
        used = [int(one.get("sheetId")) for one in self._listed() if one.get("sheetId").isdecimal()]
        number = max(used, default=0) + 1 + len(self._new)
        name = self._free(part)
        self.changes.parts[name] = b""  # so that no other part takes the name
        self._new.append(_New(source, SheetEntry(legal_name(source.name, taken), name, str(number))))

    @property
    def entries(self) -> list[SheetEntry]:
        """The lifted sheets as they are in the edited workbook."""
        return [one.entry for one in self._new]

    def write(self, shifts: Shifts) -> None:
        """Write the new sheets with all that hangs on them, and list them beside their neighbours."""
        if not self._new and not self.names:
            return
        retold = partial(self._retold, shifts)
        for one in self._new:
            self._copy(one.source.part, one.entry.part, retold)
            one.relation = self.changes.link(self.book.part, one.entry.part, rt.WORKSHEET)
        self._list(retold)

    # --- formulas ------------------------------------------------------------------------------------------------

    def _retold(self, shifts: Shifts, formula: str) -> str:
        """Return a formula of the new render for the edited workbook: sheets renamed there, tables moved there."""
        moved = shifts.formula(self.translation.formula(formula), "")
        names = {one.source.name.casefold(): one.entry.name for one in self._new if one.source.name != one.entry.name}
        pieces: list[str] = []
        for token in tokens(moved):
            text = token.text
            if token.kind == "ref" and token.sheet.casefold() in names:
                text = f"{quoted_sheet(names[token.sheet.casefold()])}!{token.area}"
            elif token.kind == "table" and text.partition("[")[0].casefold() in self._tables:
                table, bracket, rest = text.partition("[")
                text = self._tables[table.casefold()] + bracket + rest
            elif self._is_nowhere(token):
                text = "#REF!"
            pieces.append(text)
        retold = "".join(pieces)
        if "#REF!" in retold and "#REF!" not in formula:
            self.broken.append(f"{FORMULA}{formula}")
        return retold

    def leads_nowhere(self, formula: str) -> bool:
        """Return whether a formula speaks of sheets or tables that the edited workbook has not."""
        return any(self._is_nowhere(token) for token in tokens(formula))

    def _is_nowhere(self, token: Token) -> bool:
        if token.kind == "ref" and token.sheet and not token.sheet.startswith("["):
            name = token.sheet.casefold()
            new = (other.casefold() for one in self._new for other in (one.source.name, one.entry.name))
            return name not in self._known and name not in new
        if token.kind == "table" and not token.text.startswith("["):
            name = token.text.partition("[")[0].casefold()
            return name not in self._tables and f"{name}[" not in self._known
        return False

    @cached_property
    def _known(self) -> frozenset[str]:
        """The sheets of the edited workbook, and its tables with a bracket, without case."""
        sheets = (one.name.casefold() for one in self.book.entries)
        return frozenset((*sheets, *(f"{one.name.casefold()}[" for one in self.book.tables)))

    # --- parts ---------------------------------------------------------------------------------------------------

    def _free(self, part: str) -> str:
        return self.changes.free_name(re.sub(r"[0-9]*(\.\w+)$", r"{}\1", part.replace("{", "").replace("}", "")))

    def _copy(self, part: str, name: str, retold: Callable[[str], str]) -> None:
        """Copy a part of the new render under another name, with everything that it leads to."""
        package = self.ours.package
        names: dict[str, str] = {}
        relationships = package.relationships(part)
        for item in relationships:
            target = relationships.target(item) if not item.external else ""
            if target and target in package:
                stored = package.stored_name(target)
                names[item.id] = self._free(stored)
                self.changes.parts[names[item.id]] = b""
                if item.type == rt.TABLE:
                    self._name_table(stored)
        for item in relationships:
            if item.id in names:
                self._copy(package.stored_name(relationships.target(item)), names[item.id], retold)
        if list(relationships):
            items = [
                Relationship(one.id, one.type, relative_target(name, names[one.id])) if one.id in names else one
                for one in relationships
            ]
            self.changes.parts[rels_name(name)] = Relationships(name, items).xml()
        kind = package.content_types.of(part) or ""
        known = self.book.package.content_types.of(name)
        data = package.read(part)
        if kind == ct.WORKSHEET:
            data = self._sheet(self.ours.sheet(part), retold)
        elif kind in {ct.TABLE, ct.CHART}:
            data = self._other(utf8(data), retold)
        self.changes.add(name, data, content_type=kind if kind != known else "")

    def _name_table(self, part: str) -> None:
        root = parse(utf8(self.ours.package.read(part)))
        taken = {table.name.casefold() for table in self.book.tables} | {
            one.casefold() for one in self._tables.values()
        }
        name = root.get("displayName") or root.get("name")
        stem, number = re.sub(r"_[0-9]+$", "", name), 1
        chosen = name
        while chosen.casefold() in taken:
            number += 1
            chosen = f"{stem}_{number}"
        self._tables[name.casefold()] = chosen

    def _sheet(self, sheet: Sheet, retold: Callable[[str], str]) -> bytes:
        splices = Splices(sheet.data)
        style = partial(self.book.styles.adopted, self.ours.styles)
        for row in sheet.rows.values():
            own = row.attributes.get("s", "")
            if own.isdecimal() and style(int(own)) != int(own):
                tag = with_attribute(sheet.data[row.start : row.opened], "s", str(style(int(own))))
                splices.replace(row.start, row.opened, tag)
            for cell in row.cells.values():
                self._cell(sheet, cell, style(cell.style), splices, retold)
        for span in sheet.root.walk():
            if span.name == "col" and span.get("style").isdecimal():
                splices.attribute(span, "style", str(style(int(span.get("style")))))
            elif span.name == "sheetView" and span.get("tabSelected"):
                splices.attribute(span, "tabSelected", None)
            elif span.name == "hyperlink" and span.get("location"):
                splices.attribute(span, "location", retold(span.get("location")))
            self._element(span, splices, retold)
        return splices.result()

    def _cell(self, sheet: Sheet, cell: Cell, style: int, splices: Splices, retold: Callable[[str], str]) -> None:
        at = sheet.base(cell)
        if cell.kind == "s" or (cell.formula is None and self.ours.epoch != self.book.epoch):
            content = content_like(self.ours, cell, self.book)
            splices.replace(at + cell.start, at + cell.end, new_cell(cell.address, style, content, sheet.prefix))
            return
        start = at + cell.start
        opened = start_tag_end(sheet.data, start)
        if style != cell.style:
            splices.replace(start, opened, with_attribute(sheet.data[start:opened], "s", str(style) if style else None))
        formula = cell.formula
        if formula is None:
            return
        text = sheet.formula(cell)
        moved = retold(text)
        if moved != formula.text:
            tag = sheet.data[at + formula.start : start_tag_end(sheet.data, at + formula.start)]
            if formula.kind == "shared":
                for name in ("t", "ref", "si"):
                    tag = with_attribute(tag, name, None)
            tag = tag.removesuffix(b"/>").rstrip(b">").rstrip() + b">"
            new = tag + escaped(moved).encode() + f"</{sheet.prefix}f>".encode()
            splices.replace(at + formula.start, at + formula.end, new)

    def _other(self, data: bytes, retold: Callable[[str], str]) -> bytes:
        """Return a table or a chart for the edited workbook."""
        root, splices = parse(data), Splices(data)
        if root.name == "table":
            number = max([*(table.number for table in self.book.tables), *self._ids], default=0) + 1
            self._ids.append(number)
            splices.attribute(root, "id", str(number))
            name = self._tables[(root.get("displayName") or root.get("name")).casefold()]
            for attribute in ("name", "displayName"):
                splices.attribute(root, attribute, name)
        for span in root.walk():
            self._element(span, splices, retold)
        return splices.result()

    def _element(self, span: Span, splices: Splices, retold: Callable[[str], str]) -> None:
        if span.name in _FORMULAS and span.text and not span.children:
            moved = retold(span.text)
            if moved != span.text:
                splices.text(span, moved)
        for name in _FORMATS & span.attributes.keys():
            splices.attribute(span, name, str(self.book.styles.adopted_difference(self.ours.styles, span.get(name))))

    # --- the workbook --------------------------------------------------------------------------------------------

    def _listed(self) -> list[Span]:
        holder = self.book.root.child("sheets")
        return list(holder.all("sheet")) if holder is not None else []

    def _order(self) -> list[int | _New]:
        """Return the workbook's sheets in order: old ones by number, new ones behind what they follow in the new
        render."""
        order: list[int | _New] = list(range(len(self._listed())))
        known: dict[str, int | _New] = {}
        for number, part in enumerate(self.book.listed):
            if part:
                known.setdefault(self.translation.names_there[part], number)
        sources = {one.source.part: one for one in self._new}
        names = [(part, self.translation.names_here[part]) for part in self.ours.listed if part]
        for at, (part, name) in enumerate(names):
            new = sources.get(part)
            if new is None:
                continue
            before = next((known[one] for _, one in reversed(names[:at]) if one in known), None)
            behind = next((known[one] for _, one in names[at + 1 :] if one in known), None)
            if before is not None:
                order.insert(order.index(before) + 1, new)
            else:
                order.insert(order.index(behind) if behind is not None else len(order), new)
            known[name] = new
        return order

    def _list(self, retold: Callable[[str], str]) -> None:
        data = self.changes.parts.get(self.book.part, self.book.data)
        root, order = parse(data), self._order()
        splices, prefix = Splices(data), prefix_of(data, root)
        places = {old: at for at, old in enumerate(order) if isinstance(old, int)}
        holder = next(iter(root.all("sheets")))
        listed = list(holder.all("sheet"))
        relation = _RELATION.search(data[listed[0].start : listed[0].opened].decode())
        space = next((name.rpartition(" ")[0] for name in listed[0].attributes if name.endswith(" id")), "")
        assert relation is not None, "a listed sheet has a relationship"
        at = holder.opened
        for one in order:
            if isinstance(one, int):
                at = listed[one].end
                continue
            entry, state = one.entry, self._state(one)
            splices.insert(
                at,
                f'<{prefix}sheet name="{escaped(entry.name)}" sheetId="{entry.sheet_id}"{state} '
                f'xmlns:{relation[1]}="{space}" {relation[1]}:id="{one.relation}"/>',
            )
        for span in root.walk():
            for name in ("localSheetId",) if span.name == "definedName" else ("activeTab", "firstSheet"):
                if span.name in {"definedName", "workbookView"} and span.get(name).isdecimal():
                    old = int(span.get(name))
                    if places.get(old, old) != old:
                        splices.attribute(span, name, str(places[old]))
        self._name(root, splices, prefix, order, retold)
        self.changes.set(self.book.part, splices.result())

    def _state(self, new: _New) -> str:
        entry = next((one for one in self.ours.root.walk() if one.get("sheetId") == new.source.sheet_id), None)
        state = entry.get("state") if entry is not None else ""
        return f' state="{escaped(state)}"' if state else ""

    def _name(
        self, root: Span, splices: Splices, prefix: str, order: Sequence[int | _New], retold: Callable[[str], str]
    ) -> None:
        """Give the new sheets the names of their own that they have in the new render."""
        parts = self.ours.listed
        places = {one.source.part: at for at, one in enumerate(order) if not isinstance(one, int)}
        pieces: list[str] = []
        for holder in self.ours.root.all("definedNames"):
            for one in holder.all("definedName"):
                local = one.get("localSheetId")
                part = parts[int(local)] if local.isdecimal() and int(local) < len(parts) else ""
                if part in places or (not local and one.get("name") in self.names):
                    shown = "".join(
                        f' {name}="{escaped(str(places[part]) if name == "localSheetId" else value)}"'
                        for name, value in one.attributes.items()
                    )
                    pieces.append(f"<{prefix}definedName{shown}>{escaped(retold(one.text))}</{prefix}definedName>")
        if not pieces:
            return
        found = root.child("definedNames")
        if found is not None:
            splices.append(found, "".join(pieces))
        else:
            last = [one for one in root.children if one.name in _BEFORE_NAMES][-1]
            splices.insert(last.end, f"<{prefix}definedNames>{''.join(pieces)}</{prefix}definedNames>")
