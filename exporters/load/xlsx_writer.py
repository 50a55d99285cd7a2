"""Plain data -> a workbook with a sheet per list of records, the same bytes for the same data."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from io import BytesIO
from typing import Any

from exporters.model import Path
from exporters.package import ContentTypes, PackageWriter, Relationship, Relationships
from exporters.package.xmltext import attribute
from exporters.package.xstrings import spelled

from .columns import ROOT, SHEETS, column_name, column_order, column_path, letters, required_columns
from .plain import flat

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
HEADER_STYLE, TEXT_STYLE, QUOTED_STYLE = 1, 2, 3
"""Cell styles: bold; text; text that Excel must never take for a formula."""
_PLAIN_XF = 'fontId="0" fillId="0" borderId="0"'
_STYLES = "".join(
    (
        f'{_DECLARATION}<styleSheet xmlns="{_MAIN}">',
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>',
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>',
        '<fills count="2"><fill><patternFill patternType="none"/></fill>',
        '<fill><patternFill patternType="gray125"/></fill></fills>',
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>',
        f'<cellStyleXfs count="1"><xf numFmtId="0" {_PLAIN_XF}/></cellStyleXfs>',
        f'<cellXfs count="4"><xf numFmtId="0" {_PLAIN_XF} xfId="0"/>',
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>',
        f'<xf numFmtId="49" {_PLAIN_XF} xfId="0" applyNumberFormat="1"/>',
        f'<xf numFmtId="49" {_PLAIN_XF} xfId="0" applyNumberFormat="1" quotePrefix="1"/></cellXfs>',
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    )
)

Value = str | Decimal | int | bool


def xlsx_bytes(data: dict[str, Any]) -> bytes:
    """Return a workbook that holds *data* (plain, without short forms); empty lists get their sheet too."""
    sheets: dict[str, list[Any]] = {ROOT: [{name: value for name, value in data.items() if name not in SHEETS}]}
    sheets |= {name: data.get(name, []) for name in SHEETS if name != ROOT}
    out = BytesIO()
    types = {"xl/workbook.xml": f"{_TYPES}.sheet.main+xml", "xl/styles.xml": f"{_TYPES}.styles+xml"}
    parts = [f"xl/worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    types |= dict.fromkeys(parts, f"{_TYPES}.worksheet+xml")
    defaults = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}
    links = [Relationship(f"rId{n}", f"{_OFFICE}/worksheet", part[3:]) for n, part in enumerate(parts, start=1)]
    links.append(Relationship(f"rId{len(parts) + 1}", f"{_OFFICE}/styles", "styles.xml"))
    with PackageWriter(out) as writer:
        writer.add("[Content_Types].xml", ContentTypes(defaults, types).xml())
        root = Relationship("rId1", f"{_OFFICE}/officeDocument", "xl/workbook.xml")
        writer.add("_rels/.rels", Relationships("", [root]).xml())
        writer.add("xl/workbook.xml", _workbook(list(sheets)).encode())
        writer.add("xl/_rels/workbook.xml.rels", Relationships("xl/workbook.xml", links).xml())
        writer.add("xl/styles.xml", _STYLES.encode())
        for part, (name, records) in zip(parts, sheets.items(), strict=True):
            writer.add(part, _sheet(name, [dict(flat(record)) for record in records]).encode())
    return out.getvalue()


def _workbook(names: list[str]) -> str:
    sheets = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, start=1))
    return f'{_DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _sheet(name: str, records: list[dict[str, Value]]) -> str:
    paths: dict[str, Path] = {column: column_path(name, column) for record in records for column in record}
    used = set(paths.values())
    for column in required_columns(name) if name != ROOT else ():
        if column_path(name, column) not in used:
            paths[column] = column_path(name, column)
    columns = sorted(paths, key=lambda column: column_order(name, paths[column]))
    heads = [column_name(paths[column]) for column in columns]
    rows = [_row(1, dict(enumerate(heads, start=1)), HEADER_STYLE)]
    for number, record in enumerate(records, start=2):
        cells = {place: record[column] for place, column in enumerate(columns, start=1) if column in record}
        rows.append(_row(number, cells))
    widths = "".join(_column(place, column, records) for place, column in enumerate(columns, start=1))
    return "".join(
        (
            f'{_DECLARATION}<worksheet xmlns="{_MAIN}">',
            f'<dimension ref="A1:{letters(max(len(columns), 1))}{len(records) + 1}"/>',
            '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" ',
            'state="frozen"/></sheetView></sheetViews>',
            f"<cols>{widths}</cols>" if widths else "",
            f"<sheetData>{''.join(rows)}</sheetData></worksheet>",
        )
    )


def _column(place: int, column: str, records: list[dict[str, Value]]) -> str:
    values = [record[column] for record in records if column in record]
    width = min(max([_width(column), *(_width(str(value)) for value in values[:200])]) + 2, 60)
    # New cells of a text column stay text, so that a day or a code typed there is not turned into a number.
    style = "" if any(isinstance(value, Decimal | int) for value in values) else f' style="{TEXT_STYLE}"'
    return f'<col min="{place}" max="{place}" width="{width}" customWidth="1"{style}/>'


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text[:60])


def _row(number: int, cells: dict[int, Value], style: int | None = None) -> str:
    inner = "".join(cell_xml(f"{letters(place)}{number}", value, style) for place, value in cells.items())
    return f'<row r="{number}">{inner}</row>'


def cell_xml(reference: str, value: Value, style: int | None = None) -> str:
    """Return a cell: a number for a number, a text for a text, whatever the text looks like."""
    shown = f' s="{style}"' if style else ""
    if isinstance(value, bool):
        return f'<c r="{reference}"{shown} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Decimal | int):
        return f'<c r="{reference}"{shown}><v>{value}</v></c>'
    if style is None:
        style = QUOTED_STYLE if value[:1] in tuple("=+-@") else TEXT_STYLE
    text = f'<t xml:space="preserve">{attribute(spelled(value))}</t>'
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is>{text}</is></c>'
