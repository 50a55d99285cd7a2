"""The parts around the sheets: content types, relationships, the workbook itself, styles, properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from exporters.package import ContentTypes, Package, PackageWriter, Relationship, Relationships, ct, relative_target, rt
from exporters.package.relationships import rels_name
from exporters.package.xmltext import attribute
from exporters.workbook.custom import custom_properties
from exporters.workbook.filling import Filler
from exporters.workbook.sheetnames import SHEET_KEY
from exporters.workbook.state import Book, WrittenSheet

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CONTENT_TYPES = "[Content_Types].xml"
_ROOT_RELS = "_rels/.rels"
CUSTOM = "docProps/custom.xml"


class BookParts:
    """Names, lists and relationships of the finished package."""

    def __init__(self, meta: dict[str, Any], template: Package, book: Book) -> None:
        self._meta, self._template, self._book = meta, template, book
        self._taken = {name.casefold() for name in template.names()}
        self._names: dict[tuple[int, int, str], str] = {}
        self._tables: dict[int, int] = {}
        for number, copies in enumerate(book.sheets):
            for at, copy in enumerate(copies):
                if at:
                    copy.part = self._free(copy.part)
                    for part, _, _, _ in meta["sheets"][number]["attached"]:
                        self._names[number, at, part] = self._free(part)
        self._positions = {id(copy): at for copies in book.sheets for at, copy in enumerate(copies)}
        self._renamed = any(len(copies) != 1 for copies in book.sheets)

    def _free(self, part: str) -> str:
        stem, dot, ending = part.rpartition(".")
        base = stem.rstrip("0123456789")
        number = int(stem[len(base) :] or 1)
        while True:
            number += 1
            name = f"{base}{number}{dot}{ending}"
            if name.casefold() not in self._taken:
                self._taken.add(name.casefold())
                return name

    def name_of(self, host: WrittenSheet, part: str) -> str:
        """Return the name of a part that belongs to a written sheet."""
        return self._names.get((host.index, self._positions[id(host)], part), part)

    def table_number(self, host: WrittenSheet) -> int:
        """Return a table id that no other table of the workbook has."""
        number = self._tables.get(0, 100_000) + 1
        self._tables[0] = number
        return number

    # --- lists ---------------------------------------------------------------------------------------------------

    def _gone(self) -> set[str]:
        """Return the parts of the template that the package does without."""
        gone = {self._meta["chain"]} - {""}
        for sheet, copies in zip(self._meta["sheets"], self._book.sheets, strict=True):
            if not copies:
                gone |= {sheet["part"], *(part for part, _, _, _ in sheet["attached"])}
        return gone

    def write_head(self, writer: PackageWriter, properties: Mapping[str, str]) -> None:
        """Write content types, the package's relationships and the custom properties."""
        types = self._template.content_types
        overrides = {part: kind for part, kind in types.overrides.items() if part not in self._gone()}
        main = self._meta["main"]
        if overrides.get(main) == ct.WORKBOOK_TEMPLATE:
            overrides[main] = ct.WORKBOOK
        for (number, at, part), name in self._names.items():
            kind = types.of(part)
            if kind is not None and part in types.overrides:
                overrides[name] = kind
            overrides[self._book.sheets[number][at].part] = ct.WORKSHEET
        custom = self._meta["custom"]
        for copies in self._book.sheets:
            for copy in copies[1:]:
                overrides[copy.part] = ct.WORKSHEET
        root = self._template.relationships()
        if properties and not custom:
            overrides[CUSTOM] = ct.CUSTOM_PROPERTIES
            root, _ = root.adding(rt.CUSTOM_PROPERTIES, CUSTOM)
        if overrides == dict(types.overrides):
            writer.add_raw(self._template.raw(_CONTENT_TYPES))
        else:
            writer.add(_CONTENT_TYPES, ContentTypes(types.defaults, overrides).xml())
        if properties:
            if custom:
                writer.add_raw(self._template.raw(_ROOT_RELS))
            else:
                writer.add(_ROOT_RELS, root.xml())
            old = self._template.read(custom) if custom else b""
            writer.add(custom or CUSTOM, custom_properties(old, properties))

    # --- the workbook --------------------------------------------------------------------------------------------

    def write_book(self, writer: PackageWriter, text: str, names: Sequence[str], filler: Filler) -> None:
        """Write the workbook part and its relationships; *names* are the texts of the defined names."""
        from exporters.workbook.markup import NAMES_MARK, SHEETS_MARK

        ids = self._write_relationships(writer)
        if self._same_book(names, filler):
            writer.add_raw(self._template.raw(self._meta["main"]))
            return
        text = text.replace(SHEETS_MARK, self._entries(ids))
        listed = self._defined_names(names, filler)
        text = text.replace(NAMES_MARK, f"<definedNames>{listed}</definedNames>" if listed else "")
        writer.add(self._meta["main"], self._active(text).encode())

    @property
    def _bound(self) -> bool:
        """Whether anything on the sheets depends on data: only then they have to be found again."""
        return any(sheet["changes"] for sheet in self._meta["sheets"])

    def _same_book(self, names: Sequence[str], filler: Filler) -> bool:
        """Return whether the workbook part comes out as the template has it."""
        sheets = zip(self._meta["sheets"], self._book.sheets, strict=True)
        renamed = any([copy.name for copy in found] != [sheet["name"]] for sheet, found in sheets)
        if self._bound or self._meta["book_changes"] or renamed:
            return False
        return all(filler.unchanged(text, copies[0]) for text in names for copies in self._book.sheets)

    def _write_relationships(self, writer: PackageWriter) -> dict[int, str]:
        """Write the workbook's relationships; return the id of each written sheet's one."""
        main = self._meta["main"]
        gone = self._gone()
        items = [
            Relationship(rel, kind, target if external else relative_target(main, target), external)
            for rel, kind, target, external in self._meta["relations"]
            if external or target not in gone
        ]
        found = Relationships(main, items)
        ids: dict[int, str] = {}
        first = {sheet["entry"][f"{_R}id"]: number for number, sheet in enumerate(self._meta["sheets"])}
        for rel, number in first.items():
            for at, copy in enumerate(self._book.sheets[number]):
                if not at:
                    ids[id(copy)] = rel
        next_id = int(found.next_id()[3:])
        more: list[Relationship] = []
        for copies in self._book.sheets:
            for copy in copies[1:]:
                ids[id(copy)] = f"rId{next_id}"
                more.append(Relationship(f"rId{next_id}", rt.WORKSHEET, relative_target(main, copy.part)))
                next_id += 1
        changed = bool(more) or bool(gone)
        name = rels_name(main)
        if changed:
            writer.add(name, Relationships(main, (*items, *more)).xml())
        return ids

    def _entries(self, ids: dict[int, str]) -> str:
        pieces: list[str] = []
        used = {int(sheet["entry"].get("sheetId", 0)) for sheet in self._meta["sheets"]}
        next_id = max(used, default=0) + 1
        for sheet, copies in zip(self._meta["sheets"], self._book.sheets, strict=True):
            for at, copy in enumerate(copies):
                number = sheet["entry"].get("sheetId", "1")
                if at:
                    number, next_id = str(next_id), next_id + 1
                state = sheet["entry"].get("state")
                shown = f' state="{state}"' if state else ""
                name, relation = attribute(copy.name), ids[id(copy)]
                pieces.append(f'<sheet name="{name}" sheetId="{number}"{shown} r:id="{relation}"/>')
        return "".join(pieces)

    def _position(self, index: int) -> int:
        """Return the place of the first sheet that came of sheet *index* of the template."""
        return sum(len(copies) for copies in self._book.sheets[:index])

    def _defined_names(self, texts: Sequence[str], filler: Filler) -> str:
        pieces: list[str] = []
        hosts = [copy for copies in self._book.sheets for copy in copies]
        for (attributes, local), text in zip(self._meta["records"].get("w", []), texts, strict=True):
            shown = "".join(f' {name}="{attribute(value)}"' for name, value in attributes.items())
            if local < 0:
                pieces.append(f"<definedName{shown}>{filler.fill(text, hosts[0])}</definedName>")
                continue
            for at, copy in enumerate(self._book.sheets[local]):
                place = self._position(local) + at
                filled = filler.fill(text, copy)
                pieces.append(f'<definedName{shown} localSheetId="{place}">{filled}</definedName>')
        for place, copy in enumerate(hosts if self._bound else ()):
            quoted = attribute('"' + copy.key.replace('"', '""') + '"')
            local = f'hidden="1" localSheetId="{place}"'
            pieces.append(f'<definedName name="{SHEET_KEY}" {local}>{quoted}</definedName>')
        return "".join(pieces)

    def _active(self, text: str) -> str:
        old = self._meta["active"]
        new = min(self._position(old), max(sum(map(len, self._book.sheets)) - 1, 0))
        return text.replace(f'activeTab="{old}"', f'activeTab="{new}"', 1) if self._renamed else text

    # --- all others ----------------------------------------------------------------------------------------------

    def write_rest(self, writer: PackageWriter, twins: Mapping[tuple[int, str], int]) -> None:
        """Write the relationships of repeated sheets, styles and shared strings, and carry over what is left."""
        for number, copies in enumerate(self._book.sheets):
            for at, copy in enumerate(copies[1:], 1):
                self._write_copy(writer, number, at, copy)
        strings, text = self._meta["strings"]
        if text:
            writer.add(strings, text.encode())
        styles = self._meta["styles"]
        if twins and styles:
            writer.add(styles, with_twins(self._template.read(styles).decode(), twins).encode())
        gone = self._gone()
        gone |= {rels_name(part) for part in gone}
        for name in self._template.names():
            if name not in writer and name not in gone:
                writer.add_raw(self._template.raw(name))

    def _write_copy(self, writer: PackageWriter, number: int, at: int, copy: WrittenSheet) -> None:
        sheet = self._meta["sheets"][number]
        self._write_rels(writer, copy.part, sheet["relations"], number, at)
        if copy.part not in writer:
            writer.add_raw(self._template.raw(sheet["part"]), copy.part)
        for part, relations, _, _ in sheet["attached"]:
            name = self._names[number, at, part]
            self._write_rels(writer, name, relations, number, at)
            if name not in writer:
                writer.add_raw(self._template.raw(part), name)

    def _write_rels(
        self, writer: PackageWriter, part: str, relations: Sequence[Sequence[Any]], number: int, at: int
    ) -> None:
        if not relations:
            return
        items = [
            Relationship(rel, kind, target, True)
            if external
            else Relationship(rel, kind, relative_target(part, self._names.get((number, at, target), target)))
            for rel, kind, target, external in relations
        ]
        writer.add(rels_name(part), Relationships(part, items).xml())


def with_twins(styles: str, twins: Mapping[tuple[int, str], int]) -> str:
    """Return the styles part with the cell formats that were asked for added at the end of its list."""
    start = styles.index("<cellXfs")
    end = styles.index("</cellXfs>", start)
    head_end = styles.index(">", start) + 1
    formats = _split_formats(styles[head_end:end])
    made = [_twin(formats[style] if style < len(formats) else "<xf/>", kind) for style, kind in twins]
    count = len(formats) + len(made)
    return f'{styles[:start]}<cellXfs count="{count}">{styles[head_end:end]}{"".join(made)}{styles[end:]}'


def _split_formats(text: str) -> list[str]:
    found: list[str] = []
    at = text.find("<xf")
    while at >= 0:
        close = text.index(">", at)
        end = close + 1 if text[close - 1] == "/" else text.index("</xf>", close) + len("</xf>")
        found.append(text[at:end])
        at = text.find("<xf", end)
    return found


_CHANGES: dict[str, Callable[[str], str]] = {
    "quote": lambda head: _with(head, "quotePrefix", "1"),
    "day": lambda head: _with(_with(head, "numFmtId", "14"), "applyNumberFormat", "1"),
}


def _twin(style: str, kind: str) -> str:
    close = style.index(">")
    end = close - 1 if style[close - 1] == "/" else close
    return _CHANGES[kind](style[:end]) + style[end:]


def _with(head: str, name: str, value: str) -> str:
    """Return an element's start with one attribute set."""
    at = head.find(f' {name}="')
    if at < 0:
        return f'{head} {name}="{value}"'
    end = head.index('"', at + len(name) + 3)
    return f'{head[:at]} {name}="{value}"{head[end + 1 :]}'
