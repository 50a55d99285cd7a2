"""What the rules look at in a workbook: pictures and charts, tables, the colours of cells; and the cells of lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exporters.binding.tags import may_hold_tag
from exporters.outline import Outline, Picture, Run, Table
from exporters.package import Package, rt
from exporters.package.themes import theme_colours, with_lightness
from exporters.workbook.reading import BookDraft, SheetDraft, read_book
from exporters.workbook.references import letters, parse_range
from exporters.workbook.xmltree import Element, R, S
from exporters.workbook.xmltree import parse as parse_xml

_XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
_WHITE, _BLACK = "FFFFFF", "000000"
_THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
_LARGE, _LARGE_BOLD = 18.0, 14.0


def outline(package: Package) -> Outline:
    """Return the outline of a workbook; Excel knows neither a document's language nor a font for Chinese alone."""
    book = read_book(package, package.file, [])
    found = Outline(fonts=False)
    looks = _looks(book)
    for sheet in book.sheets:
        if sheet.root is None:
            continue
        relationships = package.relationships(sheet.part)
        for item in relationships.of_type(rt.DRAWING):
            target = relationships.target(item)
            if target in package:
                found.pictures += _pictures(book, sheet, package.stored_name(target))
        for item in relationships.of_type(rt.TABLE):
            target = relationships.target(item)
            if target in package:
                _table(book, sheet, package.stored_name(target), found)
        if sheet.entry.get("state", "visible") == "visible":
            found.runs += _runs(book, sheet, looks)
    return found


def _pictures(book: BookDraft, sheet: SheetDraft, part: str) -> Iterator[Picture]:
    package = book.package
    relationships = package.relationships(part)
    root = parse_xml(package.read(part), part, book.file)
    for kind in ("pic", "graphicFrame"):
        for shape in root.iter(f"{_XDR}{kind}"):
            mark = next(shape.iter(f"{_XDR}cNvPr"), None)
            chart = next(shape.iter(f"{_C}chart"), None)
            if mark is None or (kind == "graphicFrame" and chart is None):
                continue
            where = f"{sheet.place}, {'picture' if chart is None else 'chart'} '{mark.get('name', '')}'"
            decorative = any(one.get("val") in {"1", "true"} for one in shape.iter(_DECORATIVE))
            bound = True
            if chart is not None and chart.get(f"{R}id", "") in relationships:
                target = relationships.target(chart.get(f"{R}id", ""))
                bound = target not in package or _refers(book, package.stored_name(target))
            yield Picture(where, mark.get("descr", ""), chart is not None, bound, decorative)


def _refers(book: BookDraft, part: str) -> bool:
    """Whether a chart takes its values from cells; typed numbers and lost references are none."""
    root = parse_xml(book.package.read(part), part, book.file)
    formulas = [(one.text or "").strip() for one in root.iter(f"{_C}f")]
    values = [one for series in root.iter(f"{_C}ser") for one in series.iter(f"{_C}numRef")]
    return bool(values) and all(one and "#REF!" not in one for one in formulas)


def _table(book: BookDraft, sheet: SheetDraft, part: str, found: Outline) -> None:
    root = parse_xml(book.package.read(part), part, book.file)
    where = f"{sheet.place}, table {root.get('displayName')}"
    found.tables.append(Table(where, root.get("headerRowCount", "1") != "0"))
    area = parse_range(root.get("ref", ""))
    if area is not None:
        for row in sheet.rows:
            if area.top < row.number <= area.bottom:
                for cell in row.cells:
                    if area.left <= cell.column <= area.right:
                        found.blank.add(cell.place)


def _looks(book: BookDraft) -> list[tuple[str, str, bool]]:
    """Return (colour, ground, large) of each cell style; colours of themes stay unknown."""
    package = book.package
    relationships = package.relationships(book.main)
    part = relationships.target_of_type(rt.STYLES)
    if part is None or part not in package:
        return []
    root = parse_xml(package.read(part), part, book.file)
    theme = relationships.target_of_type(rt.THEME)
    known = theme_colours(package.read(theme)) if theme is not None and theme in package else {}
    fonts = root.findall(f"{S}fonts/{S}font")
    fills = root.findall(f"{S}fills/{S}fill")
    found = []
    for item in root.iterfind(f"{S}cellXfs/{S}xf"):
        font, fill = _at(fonts, item.get("fontId")), _at(fills, item.get("fillId"))
        size = font.find(f"{S}sz") if font is not None else None
        bold = font is not None and font.find(f"{S}b") is not None
        points = float(size.get("val", "11")) if size is not None else 11.0
        large = points >= _LARGE or (bold and points >= _LARGE_BOLD)
        found.append((_colour(font, known), _ground(fill, known), large))
    return found


def _at(items: list[Element], index: str | None) -> Element | None:
    number = int(index or 0)
    return items[number] if number < len(items) else None


def _colour(font: Element | None, theme: dict[str, str]) -> str:
    colour = font.find(f"{S}color") if font is not None else None
    return _BLACK if colour is None else _rgb(colour, theme)


def _ground(fill: Element | None, theme: dict[str, str]) -> str:
    pattern = fill.find(f"{S}patternFill") if fill is not None else None
    if pattern is None:
        return _WHITE if fill is None or len(fill) == 0 else ""
    kind = pattern.get("patternType", "none")
    if kind == "none":
        return _WHITE
    colour = pattern.find(f"{S}fgColor")
    return _rgb(colour, theme) if kind == "solid" and colour is not None else ""


def _rgb(colour: Element, theme: dict[str, str]) -> str:
    number = colour.get("theme")
    if number is None:
        return colour.get("rgb", "")[-6:].upper()
    found = theme.get(_THEME[int(number)], "") if number.isdecimal() and int(number) < len(_THEME) else ""
    tint = float(colour.get("tint") or 0)
    return with_lightness(found, 1 - abs(tint), max(tint, 0.0)) if found and tint else found


def _runs(book: BookDraft, sheet: SheetDraft, looks: list[tuple[str, str, bool]]) -> Iterator[Run]:
    assert sheet.root is not None
    hidden = {number for column in sheet.root.iterfind(f"{S}cols/{S}col") if column.get("hidden") in {"1", "true"}
              for number in range(int(column.get("min", "1")), min(int(column.get("max", "1")), 702) + 1)}  # fmt: skip
    for row in sheet.root.iterfind(f"{S}sheetData/{S}row"):
        if row.get("hidden") in {"1", "true"}:
            continue
        for cell in row.iterfind(f"{S}c"):
            style = int(cell.get("s") or 0)
            text = _text(book, cell)
            address = cell.get("r", "")
            area = parse_range(address)
            if not text.strip() or style >= len(looks) or area is None or area.left in hidden:
                continue
            colour, ground, large = looks[style]
            yield Run(f"{sheet.place}, cell {letters(area.left)}{area.top}", text, "", colour, ground, large)


def _text(book: BookDraft, cell: Any) -> str:
    value = cell.findtext(f"{S}v") or ""
    if cell.get("t") == "s" and value.isdecimal() and int(value) < len(book.strings):
        return "".join(str(one) for one in book.strings[int(value)].itertext())
    if cell.get("t") == "inlineStr":
        return "".join(str(one) for one in cell.itertext())
    return value if not may_hold_tag(value) else "x"
