"""Checks of Word tables: every cell ends with a paragraph, every row fills the grid."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from exporters.package.check.probe import Probe, W, integer

#: Elements that wrap rows, cells or blocks without being one.
_WRAPPERS = {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}del", f"{W}smartTag"}


def check_tables(probe: Probe, part: str, root: etree._Element) -> None:
    for number, table in enumerate(root.iter(f"{W}tbl"), 1):
        _check_table(probe, part, table, f"table {number}")


def _unwrapped(parent: etree._Element) -> Iterator[etree._Element]:
    for child in parent:
        if child.tag in _WRAPPERS:
            yield from _unwrapped(child)
        elif isinstance(child.tag, str):
            yield child


def _check_table(probe: Probe, part: str, table: etree._Element, place: str) -> None:
    rows = [row for row in _unwrapped(table) if row.tag == f"{W}tr"]
    grid = table.find(f"{W}tblGrid")
    if not rows:
        probe.add("table-without-rows", "the table has no rows", part, place)
    if grid is None:
        probe.add("table-without-grid", "the table has no grid of columns", part, place)
    columns = len(grid.findall(f"{W}gridCol")) if grid is not None else 0
    merging: set[int] = set()
    for row_number, row in enumerate(rows, 1):
        here = f"{place}, row {row_number}"
        cells = [cell for cell in _unwrapped(row) if cell.tag == f"{W}tc"]
        if not cells:
            probe.add("row-without-cells", "the row has no cells", part, here)
            continue
        column = _number(row, f"{W}trPr/{W}gridBefore")
        merged: set[int] = set()
        for cell_number, cell in enumerate(cells, 1):
            _check_cell(probe, part, cell, f"{here}, cell {cell_number}")
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None:
                if merge.get(f"{W}val", "continue") == "continue" and column not in merging:
                    probe.add(
                        "merge-without-start",
                        "the cell continues a vertical merge that did not begin",
                        part,
                        f"{here}, cell {cell_number}",
                    )
                merged.add(column)
            column += _number(cell, f"{W}tcPr/{W}gridSpan", 1)
        merging = merged
        column += _number(row, f"{W}trPr/{W}gridAfter")
        if grid is not None and column != columns:
            probe.add("ragged-table", f"the row fills {column} of the grid's {columns} columns", part, here)


def _number(element: etree._Element, path: str, default: int = 0) -> int:
    found = element.find(path)
    value = integer(found.get(f"{W}val")) if found is not None else None
    return default if value is None else value


def _check_cell(probe: Probe, part: str, cell: etree._Element, place: str) -> None:
    blocks = [block for block in _unwrapped(cell) if block.tag in (f"{W}p", f"{W}tbl", f"{W}altChunk")]
    if not blocks or blocks[-1].tag != f"{W}p":
        probe.add("cell-without-paragraph", "the cell does not end with a paragraph", part, place)
