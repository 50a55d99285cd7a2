"""The same edits of a workbook under four ways of making it again: what a person did, and what the data moved.

``briefpack`` merges. The others are what scripts do with the usual libraries: ``XlsxWriter`` writes the file afresh;
``cells`` (openpyxl) opens the edited file and writes each value into the cell in which the old file had it; ``rows``
(openpyxl), a careful script, looks for the row by the name in it and for the column by its header. The workbook is a
table of four districts; the editor is openpyxl, for a text box zipfile. XlsxWriter (peers.txt) is asked through the
Python of ``--peer``; without it that way is left out.

    python benchmarks/edits_workbook.py [--peer PYTHON] [--json]
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import tempfile
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
from editing import merged, renders, show
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.table import Table

HEADERS = ["key", "区", "增速", "备注"]
TOP, FIRST, LAST = 2, 3, 6
"""The rows of the headers, of the first and of the last district."""
NEW = 0.77
_PEER = """
import json, sys, xlsxwriter
headers, rows, out = json.loads(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
book = xlsxwriter.Workbook(out)
sheet = book.add_worksheet("目标")
columns = [{"header": name} for name in headers]
sheet.add_table(1, 0, 1 + len(rows), len(headers) - 1, {"name": "Targets", "columns": columns, "data": rows})
book.close()
"""
_BOX = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:absoluteAnchor><xdr:pos x="0" y="0"/>'
    '<xdr:ext cx="900000" cy="400000"/><xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="box"/><xdr:cNvSpPr txBox="1"/>'
    '</xdr:nvSpPr><xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="400000"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>自己的框</a:t>'
    "</a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/></xdr:absoluteAnchor></xdr:wsDr>"
)
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def template() -> bytes:
    """Return briefpack's template: a table with a row for each district."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title, sheet["B1"] = "目标", "各区目标"
    tags = ["{% for d in districts %}{{ d.key }}", "{{ d.name }}", "{{ d.target.gdp_growth.ratio }}", "{% endfor %}"]
    for column, (header, tag) in enumerate(zip(HEADERS, tags, strict=True), 1):
        sheet.cell(TOP, column, header)
        sheet.cell(FIRST, column, tag)
    sheet.add_table(Table(displayName="Targets", ref=f"A{TOP}:D{FIRST}"))
    sheet.column_dimensions["A"].hidden = True
    return saved(book)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- edits -----------------------------------------------------------------------------------------------------------


def sort(book: Any) -> None:
    sheet = book["目标"]
    rows = [[cell.value for cell in row] for row in sheet[f"A{FIRST}:D{LAST}"]]
    for row, values in zip(sheet[f"A{FIRST}:D{LAST}"], reversed(rows), strict=True):
        for cell, value in zip(row, values, strict=True):
            cell.value = value


def column(book: Any) -> None:
    sheet = book["目标"]
    sheet.insert_cols(3)
    for row, text in enumerate(["排名", "一", "二", "三", "四"], TOP):
        sheet.cell(row, 3, text)
    sheet.tables.pop("Targets")
    sheet.add_table(Table(displayName="Targets", ref=f"A{TOP}:E{LAST}"))


def colour(book: Any) -> None:
    book["目标"]["C4"].fill = PatternFill("solid", fgColor="FFFF00")


def note(book: Any) -> None:
    book["目标"]["C4"].comment = Comment("请核对", "张")


def remark(book: Any) -> None:
    book["目标"]["D4"] = "已核对"


def total(book: Any) -> None:
    sheet = book["目标"]
    sheet.cell(LAST + 2, 2, "平均")
    sheet.cell(LAST + 2, 3, f"=AVERAGE(C{FIRST}:C{LAST})")


def own_sheet(book: Any) -> None:
    sheet = book.create_sheet("测算")
    sheet["A1"] = "=目标!C3*100"


def rename(book: Any) -> None:
    book["目标"].title = "各区"


def chart(book: Any) -> None:
    sheet = book["目标"]
    made = BarChart()
    made.add_data(Reference(sheet, range_string=f"目标!$C${FIRST}:$C${LAST}"))
    sheet.add_chart(made, "G2")


def overtype(book: Any) -> None:
    book["目标"]["C3"] = 0.5


def text_box(content: bytes) -> bytes:
    """A text box, as Excel writes it; openpyxl, the editor of all other edits, cannot make one."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(out, "w") as new:
        sheet = next(name for name in old.namelist() if name.startswith("xl/worksheets/sheet"))
        rels = sheet.replace("worksheets/", "worksheets/_rels/") + ".rels"
        for name in old.namelist():
            text = old.read(name).decode() if name.endswith((".xml", ".rels")) else None
            if name == sheet and text is not None:
                tables = text.index("<tableParts")
                text = f'{text[:tables]}<drawing xmlns:r="{_RELATIONSHIPS}" r:id="rIdBox"/>{text[tables:]}'
            elif name == rels and text is not None:
                link = f'<Relationship Id="rIdBox" Type="{_RELATIONSHIPS}/drawing" Target="/xl/drawings/box.xml"/>'
                text = text.replace("</Relationships>", link + "</Relationships>")
            elif name == "[Content_Types].xml" and text is not None:
                kind = "application/vnd.openxmlformats-officedocument.drawing+xml"
                link = f'<Override PartName="/xl/drawings/box.xml" ContentType="{kind}"/>'
                text = text.replace("</Types>", link + "</Types>")
            new.writestr(name, old.read(name) if text is None else text)
        new.writestr("xl/drawings/box.xml", _BOX)
    return out.getvalue()


def edited(content: bytes, edit: Callable[[Any], None]) -> bytes:
    if edit is text_box:
        return text_box(content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book)
    return saved(book)


# --- what stays ------------------------------------------------------------------------------------------------------


def table(book: Any) -> Any:
    return next((sheet for sheet in book.worksheets if sheet.title in {"目标", "各区"}), book.worksheets[0])


def row_of(sheet: Any, name: str) -> int:
    names = {sheet.cell(row, 2).value: row for row in range(FIRST, LAST + 1)}
    return names.get(name, 0)


def column_of(sheet: Any, header: str) -> int:
    heads = {sheet.cell(TOP, at).value: at for at in range(1, sheet.max_column + 1)}
    return heads.get(header, 0)


def cell_of(book: Any, name: str, header: str) -> Any:
    sheet = table(book)
    row, at = row_of(sheet, name), column_of(sheet, header)
    return sheet.cell(row, at) if row and at else None


EDITS: dict[str, tuple[Callable[[Any], Any], Callable[[Any, bytes], bool]]] = {
    "rows sorted": (sort, lambda book, _: row_of(table(book), NAMES[3]) == FIRST),
    "a column put in": (column, lambda book, _: value_of(book, NAMES[1], "排名") == "二"),
    "a cell coloured": (colour, lambda book, _: cell_of(book, NAMES[1], "增速").fill.fgColor.rgb == "00FFFF00"),
    "a note on a cell": (note, lambda book, _: bool(cell_of(book, NAMES[1], "增速").comment)),
    "a remark in a column of the table": (remark, lambda book, _: value_of(book, NAMES[1], "备注") == "已核对"),
    "a row with an average under the table": (total, lambda book, _: "AVERAGE" in str(table(book).cell(8, 3).value)),
    "a sheet of one's own with a formula": (own_sheet, lambda book, _: "测算" in book.sheetnames),
    "a sheet renamed": (rename, lambda book, _: "各区" in book.sheetnames),
    "a chart of one's own": (chart, lambda book, _: bool(table(book)._charts)),
    "a text box": (text_box, lambda _, content: _says(content, "自己的框")),
    "a figure typed over that the data moves too": (overtype, lambda book, _: value_of(book, NAMES[0], "增速") == 0.5),
}
NAMES: list[str] = []


def value_of(book: Any, name: str, header: str) -> Any:
    cell = cell_of(book, name, header)
    return None if cell is None else cell.value


def _says(content: bytes, text: str) -> bool:
    with ZipFile(io.BytesIO(content)) as package:
        return any(text.encode() in package.read(name) for name in package.namelist())


def outcome(made: tuple[bytes, str], stays: Callable[[Any, bytes], bool]) -> dict[str, Any]:
    content, said = made
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {"edit": stays(book, content), "data": value_of(book, NAMES[0], "增速") == NEW, "note": said}


# --- ways ------------------------------------------------------------------------------------------------------------


def rows_in(content: bytes) -> list[list[Any]]:
    sheet = table(openpyxl.load_workbook(io.BytesIO(content)))
    return [[cell.value for cell in row] for row in sheet[f"A{FIRST}:D{LAST}"]]


def by_xlsxwriter(python: str, ours: bytes) -> tuple[bytes, str]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "made.xlsx")
        values = json.dumps(HEADERS), json.dumps(rows_in(ours))
        subprocess.run([python, "-c", _PEER, *values, str(out)], check=True, timeout=60)
        return out.read_bytes(), ""


def by_cells(theirs: bytes, ours: bytes) -> tuple[bytes, str]:
    book = openpyxl.load_workbook(io.BytesIO(theirs))
    for row, values in enumerate(rows_in(ours), FIRST):
        for at, value in enumerate(values[:3], 1):
            table(book).cell(row, at, value)
    return saved(book), ""


def by_rows(theirs: bytes, ours: bytes) -> tuple[bytes, str]:
    book = openpyxl.load_workbook(io.BytesIO(theirs))
    for values in rows_in(ours):
        cell = cell_of(book, values[1], "增速")
        if cell is not None:
            cell.value = copy(values[2])
    return saved(book), ""


def main() -> None:
    from exporters import workbook

    parser = argparse.ArgumentParser(description="The same edits under four ways of making a workbook again.")
    parser.add_argument("--peer", default="", help="a Python that has XlsxWriter")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    base, ours = renders(workbook, template(), "t.xlsx")
    NAMES[:] = [row[1] for row in rows_in(base)]
    rows: dict[str, dict[str, Any]] = {}
    for name, (edit, stays) in EDITS.items():
        theirs = edited(base, edit)
        rows[name] = {"briefpack": outcome(merged(workbook, "b.xlsx", base, theirs, ours), stays)}
        if options.peer:
            rows[name]["XlsxWriter"] = outcome(by_xlsxwriter(options.peer, ours), stays)
        rows[name]["cells"] = outcome(by_cells(theirs, ours), stays)
        rows[name]["rows"] = outcome(by_rows(theirs, ours), stays)
    show(rows, options.json)


if __name__ == "__main__":
    main()
