"""A chart of a template -> program text and what the maker must know. Its tags stand in its data sheet and titles."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lxml import etree
from msgspec import Struct

from exporters.binding.program import Weaver
from exporters.binding.tags import may_hold_tag, scan
from exporters.binding.weave import Dialect, Located, TreeWeaver, remove
from exporters.charts.drawingml import DRAWINGML, A, C
from exporters.charts.marks import BODY, CELL, ROW, SLOT
from exporters.charts.ranges import name_ranges
from exporters.charts.references import Range, column_letters, parse_range
from exporters.charts.sheet import (
    Cell,
    Row,
    S,
    parse,
    read_rows,
    shared_strings,
    shared_strings_part,
    sheet_parts,
    without_tags,
)
from exporters.errors import Fault
from exporters.package import Package, rt

C15 = "{http://schemas.microsoft.com/office/drawing/2012/chart}"
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NUMERIC = frozenset(("val", "yVal", "bubbleSize", "plus", "minus"))
_REFERENCES = (f"{C}strRef", f"{C}numRef", f"{C}multiLvlStrRef", f"{C}f", f"{C15}datalabelsRange")
_WRAPPED = frozenset((f"{C}strRef", f"{C}numRef", f"{C}multiLvlStrRef"))
_GRID = Dialect(
    paragraph="p", run="r", run_properties="rPr", text="t", table="tbl", row="tr", cell="tc",
    silent=frozenset(), empty_paragraph="", containers=frozenset(("tc",)), heads=frozenset(), keeps_space=False,
)  # fmt: skip


class ChartProgram(Struct, frozen=True):
    """A compiled chart: put ``source`` behind a route of its own where the chart's frame stands.

    ``meta`` holds JSON values only and makes a :class:`~exporters.charts.making.ChartMaker`.
    """

    source: str
    meta: dict[str, Any]


def is_chart_tagged(package: Package, part: str) -> bool:
    """Return whether a chart's XML or its data sheet holds a tag; where none does, it is carried as it is."""
    if may_hold_tag(_texts(parse(package.read(part)))):
        return True
    book = _workbook(package, part)
    if book is None:
        return False
    strings = shared_strings(book)
    return any(
        cell.tagged
        for sheet in sheet_parts(book).values()
        for row in read_rows(parse(book.read(sheet)), strings)
        for cell in row.cells
    )


def compile_chart(package: Package, part: str, weaver: Weaver, faults: list[Fault], place: str) -> ChartProgram | None:
    """Compile the chart in *part*; None where no tag touches it.

    *place* names the chart as a person sees it (``slide 4, shape 'Growth'``) and begins the place of each fault.
    Values and loops of the data sheet, the titles and the chart's attributes see the names around the frame.
    """
    if not is_chart_tagged(package, part):
        return None
    found: list[Fault] = []
    program = _compile(package, part, weaver, found, place)
    # A tag that is not well formed stays in its text, where a second look meets it again.
    faults.extend(dict.fromkeys(found))
    return program


def _compile(package: Package, part: str, weaver: Weaver, faults: list[Fault], place: str) -> ChartProgram | None:
    root = parse(package.read(part))
    book = _workbook(package, part)
    if book is None:
        message = "the chart holds tags but has no data sheet of its own"
        hint = "insert it in PowerPoint and use Edit Data: LibreOffice saves a deck's charts without their sheets"
        faults.append(Fault("no-data-sheet", message, where=place, hint=hint))
        return None
    sheets = sheet_parts(book)
    strings = shared_strings(book)
    name_ranges(root, next(iter(sheets)), read_rows(parse(book.read(next(iter(sheets.values())))), strings))
    references = _take_references(root, weaver)
    if not references:
        hint = "choose its rows and columns in Office (Select Data)"
        faults.append(Fault("no-data-range", "the chart shows nothing of its data sheet", where=place, hint=hint))
        return None
    named = next((item[0].sheet_name for item in references if item[0].sheet_name in sheets), None)
    sheet = sheets[named] if named else next(iter(sheets.values()))
    for name, other in sheets.items():
        if other != sheet and any(c.tagged for row in read_rows(parse(book.read(other)), strings) for c in row.cells):
            message = f"the tags on the sheet “{name}” are not used: the chart's data is on another sheet"
            faults.append(Fault("other-sheet", message, where=place))
    sheet_root = parse(book.read(sheet))
    rows = read_rows(sheet_root, strings)
    numeric = [item[0] for item in references if item[1] in _NUMERIC]
    grid, row_meta = _weave_grid(rows, numeric, weaver, faults, place)
    TreeWeaver(DRAWINGML, weaver, faults).weave(root, lambda element: _chart_place(element, place))
    head, tail = _around_rows(sheet_root)
    dropped = {sheet: [head, tail]}
    strings_part = shared_strings_part(book)
    if strings_part is not None and any(may_hold_tag(text) for text in strings):
        dropped[strings_part] = [without_tags(book.read(strings_part)).decode()]
    meta: dict[str, Any] = {
        "part": part,
        "book": _workbook_part(package, part),
        "sheet": sheet,
        "rows": row_meta,
        "numbers": [row.number for row in rows],
        "references": [[*item[0], *item[1:]] for item in references],
        "tables": _tables(book, sheet, rows),
        "texts": dropped,
    }
    return ChartProgram(grid + BODY + _HEADER + etree.tostring(root, encoding="unicode"), meta)


def _workbook_part(package: Package, part: str) -> str | None:
    relationships = package.relationships(part)
    for item in relationships.of_type(rt.PACKAGE):
        target = relationships.target(item)
        if not item.external and target in package:
            return package.stored_name(target)
    return None


def _workbook(package: Package, part: str) -> Package | None:
    found = _workbook_part(package, part)
    return Package.open(package.read(found), name=f"{package.file}, {found}") if found else None


def _texts(root: etree._Element) -> str:
    attributes = (str(value) for element in root.iter(etree.Element) for value in element.attrib.values())
    return "\n".join((*map(str, root.itertext()), *attributes))


def _chart_place(element: etree._Element, place: str) -> str:
    axes = {f"{C}catAx": "category axis title", f"{C}valAx": "value axis title", f"{C}dateAx": "date axis title"}
    for parent in element.iterancestors():
        if parent.tag in axes:
            return f"{place}, {axes[str(parent.tag)]}"
        if parent.tag == f"{C}dLbl":
            return f"{place}, data label"
    return f"{place}, chart title" if element.tag == f"{A}p" else place


# --- references ----------------------------------------------------------------------------------------------------

Reference = tuple[Range, str, str, str, str]


def _take_references(root: etree._Element, weaver: Weaver) -> list[Reference]:
    """Put a slot in the place of each reference to the sheet and return what each refers to."""
    found: list[Reference] = []
    for element in list(root.iter(*_REFERENCES)):
        parent = element.getparent()
        if parent is None or parent.tag in _WRAPPED:
            continue
        formula = element.text if element.tag == f"{C}f" else element.findtext("{*}f")
        area = parse_range(formula or "")
        if area is None:
            continue
        code = element.findtext(f"{C}numCache/{C}formatCode") or ""
        form = etree.QName(element).localname
        role = etree.QName(parent).localname
        if form == "multiLvlStrRef" and min(area.last - area.first, area.bottom - area.top) == 0:
            form = "strRef"
        slot = weaver.raw(f"{SLOT}{len(found)}{SLOT}")
        found.append((area, role, form, code, f"{element.prefix}:" if element.prefix else ""))
        if element.tag in _WRAPPED:
            remove(element, slot)
        else:
            for child in list(element):
                if etree.QName(child).localname in {"f", "dlblRangeCache"}:
                    element.remove(child)
            element.text = slot
    return found


# --- the data sheet -------------------------------------------------------------------------------------------------


def _weave_grid(
    rows: list[Row], numeric: Collection[Range], weaver: Weaver, faults: list[Fault], place: str
) -> tuple[str, dict[str, Any]]:
    """Weave the sheet's rows as a table, and return their program text and what each row is made of."""
    root = etree.Element("root")
    table = etree.SubElement(root, "tbl")
    names: dict[etree._Element, str] = {}
    single: set[etree._Element] = set()
    numbers: dict[etree._Element, int] = {}
    for row in rows:
        line = etree.SubElement(table, "tr")
        numbers[line] = row.number
        for cell in row.cells:
            if cell.tagged:
                paragraph = etree.SubElement(etree.SubElement(line, "tc"), "p")
                etree.SubElement(etree.SubElement(paragraph, "r"), "t").text = cell.text
                names[paragraph] = f"{place}, data sheet cell {column_letters(cell.column)}{row.number}"
                if _is_single_value(cell.text):
                    single.add(paragraph)

    def emit(item: Located) -> None:
        text = next(item.run.iter("t"))
        name = "_cell" if item.paragraph in single else "_text"
        text.text = weaver.value(item.tag.body, item.tag.place, name)

    def placed(element: etree._Element) -> str:
        return next((names[one] for one in (element, *element.iterancestors()) if one in names), place)

    lines = list(table)
    TreeWeaver(_GRID, weaver, faults, emit).weave(root, placed)
    _refuse_moving_formulas(rows, table, lines, faults, place)
    kept = {numbers[line] for line in table}
    meta = {str(row.number): _row_meta(row, numeric) for row in rows if row.number in kept}
    return _grid_text(root, numbers), meta


def _is_single_value(text: str) -> bool:
    """Return whether a cell shows one value and nothing else, so that a number in it stays a number."""
    faults: list[Fault] = []
    tags = scan(text, "", faults)
    rest = text
    for tag in reversed(tags):
        rest = rest[: tag.start] + rest[tag.end :]
    return sum(tag.kind == "value" for tag in tags) == 1 and not rest.strip()


def _refuse_moving_formulas(
    rows: list[Row], table: etree._Element, lines: list[etree._Element], faults: list[Fault], place: str
) -> None:
    """A formula in or below a repeated row would point at the wrong cells; one above stays as it is."""
    statements = [line for line in lines if line.getparent() is None or line.tail]
    first = min((lines.index(line) for line in statements), default=len(lines))
    if table.text:
        first = 0
    for row in rows[first:]:
        for cell in row.cells:
            if cell.formula:
                where = f"{place}, data sheet cell {column_letters(cell.column)}{row.number}"
                message = "a formula stands in or below a repeated row"
                faults.append(Fault("moving-formula", message, where=where, hint="put it above, or bind its value"))


def _row_meta(row: Row, numeric: Collection[Range]) -> list[Any]:
    attributes = "".join(f' {name}="{value}"' for name, value in row.attributes.items())
    cells = [
        [cell.column, cell.style, _kind(cell, row.number, numeric), "" if cell.tagged else _escaped(cell.text)]
        for cell in row.cells
    ]
    return [attributes, cells]


def _kind(cell: Cell, row: int, numeric: Collection[Range]) -> str:
    """``v`` a bound number, ``t`` a bound text, ``n``/``s``/``b``/``e`` a constant."""
    if not cell.tagged:
        return cell.kind
    inside = any(area.holds(cell.column, row) for area in numeric)
    return "v" if inside else "t"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _grid_text(root: etree._Element, numbers: dict[etree._Element, int]) -> str:
    pieces: list[str] = []

    def walk(element: etree._Element) -> None:
        if element.tag == "tr":
            pieces.append(f"{ROW}{numbers[element]}")
        elif element.tag == "tc":
            pieces.append(CELL)
        pieces.append(_escaped(element.text or ""))
        for child in element:
            walk(child)
            pieces.append(_escaped(child.tail or ""))

    walk(root)
    return "".join(pieces)


def _around_rows(root: etree._Element) -> tuple[str, str]:
    """Return a worksheet's XML before and behind its rows; the dimension is a slot."""
    for dimension in root.findall(f"{S}dimension"):
        dimension.set("ref", SLOT)
    data = root.find(f"{S}sheetData")
    if data is None:
        data = etree.SubElement(root, f"{S}sheetData")
    for row in list(data):
        data.remove(row)
    data.text = SLOT * 2
    head, tail = etree.tostring(root, encoding="unicode").split(SLOT * 2)
    return _HEADER + head, tail


# --- tables over the data --------------------------------------------------------------------------------------------


def _tables(book: Package, sheet: str, rows: list[Row]) -> list[list[Any]]:
    """Return [part, XML pieces, range] of each table on the sheet: Office puts one over a chart's data."""
    relationships = book.relationships(sheet)
    found: list[list[Any]] = []
    for item in relationships.of_type(rt.TABLE):
        part = book.stored_name(relationships.target(item))
        root = parse(book.read(part))
        area = parse_range(root.get("ref", ""))
        if area is None:
            continue
        for element in (root, *root.findall(f"{S}autoFilter")):
            element.set("ref", f"{SLOT}0{SLOT}")
        header = next((row for row in rows if row.number == area.top), None)
        tagged = {cell.column for cell in header.cells if cell.tagged} if header else set()
        for offset, column in enumerate(root.iter(f"{S}tableColumn")):
            if area.first + offset in tagged:
                column.set("name", f"{SLOT}{area.first + offset}{SLOT}")
        text = _HEADER + etree.tostring(root, encoding="unicode")
        found.append([part, text.split(SLOT), list(area[1:])])
    return found
