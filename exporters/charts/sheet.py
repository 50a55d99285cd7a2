"""The data sheet of a chart's embedded workbook, as the office typed it. Used when a template is compiled."""

from __future__ import annotations

from lxml import etree
from msgspec import Struct, field

from exporters.binding.tags import may_hold_tag
from exporters.charts.references import split_cell
from exporters.package import Package, rt

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


class Cell(Struct):
    """One cell: ``kind`` is the file's (n, s for any text, b, e), ``text`` its value as text."""

    name: str
    column: int
    style: str
    kind: str
    text: str
    formula: bool = False

    @property
    def tagged(self) -> bool:
        return self.kind == "s" and may_hold_tag(self.text)


class Row(Struct):
    """A row that the file holds, with its attributes but the number."""

    number: int
    attributes: dict[str, str]
    cells: list[Cell] = field(default_factory=list)


def parse(data: bytes) -> etree._Element:
    return etree.fromstring(data, _PARSER)


def sheet_parts(book: Package) -> dict[str, str]:
    """Return the parts of a workbook's sheets by name, in order."""
    main = book.main_part()
    relationships = book.relationships(main)
    found: dict[str, str] = {}
    for item in parse(book.read(main)).iter(f"{S}sheet"):
        rel_id = item.get(_R_ID, "")
        if rel_id in relationships:
            found[item.get("name", "")] = book.stored_name(relationships.target(rel_id))
    return found


def shared_strings_part(book: Package) -> str | None:
    found = book.relationships(book.main_part()).target_of_type(rt.SHARED_STRINGS)
    return book.stored_name(found) if found and found in book else None


def shared_strings(book: Package) -> list[str]:
    """Return the workbook's shared strings, rich text as plain text."""
    part = shared_strings_part(book)
    if part is None:
        return []
    return [_text(item) for item in parse(book.read(part)).findall(f"{S}si")]


def without_tags(data: bytes) -> bytes:
    """Return a shared-string part in which every string that holds a tag is empty, so that no tag stays behind."""
    root = parse(data)
    for item in root.findall(f"{S}si"):
        if may_hold_tag(_text(item)):
            for child in list(item):
                item.remove(child)
            etree.SubElement(item, f"{S}t")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _text(item: etree._Element) -> str:
    return "".join(
        piece.text or ""
        for piece in item.iter(f"{S}t")
        if not any(parent.tag == f"{S}rPh" for parent in piece.iterancestors())
    )


def read_rows(root: etree._Element, strings: list[str]) -> list[Row]:
    """Return the rows of a worksheet that hold anything."""
    rows: list[Row] = []
    number = 0
    for element in root.iter(f"{S}row"):
        number = int(element.get("r") or number + 1)
        kept = {str(name): str(value) for name, value in element.attrib.items() if name not in {"r", "spans"}}
        row = Row(number, {name: value for name, value in kept.items() if not name.startswith("{")})
        column = 0
        for item in element.findall(f"{S}c"):
            reference = item.get("r")
            column = split_cell(reference)[0] if reference else column + 1
            cell = _cell(item, column, strings)
            if cell is not None:
                row.cells.append(cell)
        if row.cells:
            rows.append(row)
    return rows


def _cell(item: etree._Element, column: int, strings: list[str]) -> Cell | None:
    name = item.get("r", "")
    style = item.get("s", "")
    kind = item.get("t", "n")
    formula = item.find(f"{S}f") is not None
    if kind == "inlineStr":
        inline = item.find(f"{S}is")
        text = _text(inline) if inline is not None else ""
        return Cell(name, column, style, "s", text) if text else None
    value = item.findtext(f"{S}v")
    if value is None:
        return None
    if kind == "s":
        index = int(value)
        text = strings[index] if index < len(strings) else ""
        return Cell(name, column, style, "s", text) if text else None
    return Cell(name, column, style, "s" if kind == "str" else kind, value, formula)
