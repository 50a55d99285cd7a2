"""A template's rows -> the program that gives their values, and what the renderer needs to write them."""

from __future__ import annotations

from typing import Any

from exporters.binding.program import Weaver
from exporters.workbook.cells import Cell
from exporters.workbook.formula.evaluate import unknown_functions
from exporters.workbook.heights import capacity_of, line_points
from exporters.workbook.markup import ROW
from exporters.workbook.reading import FormulaDraft, SheetDraft
from exporters.workbook.references import letters
from exporters.workbook.structure import Unit
from exporters.workbook.xmltree import escape

PLAIN = '<t xml:space="preserve">'


def rows_source(sheet: SheetDraft, weaver: Weaver) -> str:
    """Return the program text of a sheet's rows."""
    pieces: list[str] = []
    still: list[int] = []

    def flush() -> None:
        if still:
            pieces.append(weaver.values((), f"_rows({still[0]},{still[-1]})"))
            still.clear()

    for step in sheet.steps:
        if step.tag is not None:
            flush()
            pieces.append(weaver.tag(step.tag))
            continue
        prelude, expressions = unit_values(sheet, step.unit, weaver)
        if expressions:
            flush()
            pieces.append(prelude + weaver.values(expressions, f"_row({step.unit})"))
        else:
            still.append(step.unit)
    flush()
    return "".join(pieces)


def layout_source(sheet: SheetDraft, weaver: Weaver) -> str:
    """Return the program text that tells which units come in which order, without any value."""
    pieces: list[str] = []
    for step in sheet.steps:
        if step.tag is None:
            pieces.append(weaver.raw(f"{step.unit},"))
            continue
        bounded = step.loop in sheet.bounded and step.loop >= 0
        if bounded and step.tag.kind == "close":
            pieces.append(weaver.raw(f"e{step.loop},"))
        pieces.append(weaver.tag(step.tag))
        if bounded and step.tag.kind == "open":
            pieces.append(weaver.raw(f"b{step.loop},"))
    return "".join(pieces)


def unit_values(sheet: SheetDraft, number: int, weaver: Weaver) -> tuple[str, list[tuple[str, str]]]:
    """Return the statements before a row and the (expression, place) of each value in it, in the order of slots."""
    prelude: list[str] = []
    expressions: list[tuple[str, str]] = []
    for cell in sheet.units[number].row.cells:
        if not cell.tagged or cell.empty:
            continue
        single = cell.single
        if single is not None:
            expressions.append((single.body, cell.place))
            continue
        name = f"_c{cell.column}"
        prelude.append(
            weaver.statement(f"set {name}", cell.place) + _mixed(cell, weaver) + weaver.statement("endset", cell.place)
        )
        expressions.append((name, cell.place))
    for draft in sheet.formulas:
        if draft.unit == number:
            expressions += draft.slots
    return "".join(prelude), expressions


def _mixed(cell: Cell, weaver: Weaver) -> str:
    """Return the program text of a cell's text; every stretch keeps the format of its own run."""
    rich = any(cell.runs)
    pieces: list[str] = []
    for piece in cell.pieces:
        if piece.tag is not None and piece.tag.kind != "value":
            pieces.append(weaver.tag(piece.tag))
            continue
        shown = weaver.value(piece.tag.body, cell.place) if piece.tag is not None else weaver.raw(escape(piece.text))
        pieces.append(f"<r>{cell.runs[piece.run]}{PLAIN}{shown}</t></r>" if rich else shown)
    return "".join(pieces)


def unit_record(sheet: SheetDraft, number: int, wrapping: dict[int, float]) -> dict[str, Any] | None:
    """Return what writes a unit; None for a gap. Cells are ``[kind, ...]`` lists, see ``rowwriter``.

    *wrapping* gives the font size of each cell style that wraps its text.
    """
    unit = sheet.units[number]
    if unit.row.gap:
        return None
    formulas = [draft for draft in sheet.formulas if draft.unit == number]
    by_column = {draft.column: place for place, draft in enumerate(formulas)}
    cells: list[list[Any]] = []
    values: dict[int, list[Any]] = {}
    slot = 0
    for cell in unit.row.cells:
        opening = cell.opening()
        if cell.column in by_column:
            cells.append(["f", opening, by_column[cell.column]])
            values[cell.column] = ["f", by_column[cell.column]]
        elif not cell.tagged:
            _literal(cells, opening + cell.xml)
            values[cell.column] = ["k", cell.literal]
        elif cell.empty:
            _literal(cells, opening + "/>")
        elif cell.single is not None:
            run = next(piece.run for piece in cell.pieces if piece.tag is not None)
            cells.append(["v", opening, slot, cell.style, cell.runs[run] if cell.runs else ""])
            values[cell.column] = ["v", slot]
            slot += 1
        else:
            cells.append(["r" if any(cell.runs) else "t", opening, slot])
            values[cell.column] = ["t", slot]
            slot += 1
    records = []
    for draft in formulas:
        records.append(_formula(draft, slot, sheet))
        slot += len(draft.slots)
    return {
        "open": f'<row r="{ROW}"{unit.row.attributes}>',
        "cells": cells,
        "values": {str(column): value for column, value in values.items()},
        "formulas": records,
        "blank": _blank(unit),
        "wraps": _wraps(sheet, unit, values, wrapping),
    }


def _wraps(
    sheet: SheetDraft, unit: Unit, values: dict[int, list[Any]], wrapping: dict[int, float]
) -> list[list[float]]:
    """Return [slot, digits in a line, points of a line] of the cells that can make the row higher."""
    if ' ht="' in unit.row.attributes:
        return []
    found: list[list[float]] = []
    for cell in unit.row.cells:
        kind, slot = values.get(cell.column, ["", 0])
        size = wrapping.get(int(cell.style or 0))
        if size is None or kind not in {"v", "t"} or (cell.column, cell.row) in sheet.merged:
            continue
        width = sheet.widths.get(cell.column, sheet.default_width)
        found.append([slot, round(capacity_of(width, size), 2), round(line_points(size), 2)])
    return found


def _literal(cells: list[list[Any]], xml: str) -> None:
    if cells and cells[-1][0] == "x":
        cells[-1][1] += xml
    else:
        cells.append(["x", xml])


def _blank(unit: Unit) -> str:
    """Return the row without any content, for a table or a range that would otherwise be left without a row."""
    cells = "".join(cell.opening() + "/>" for cell in unit.row.cells)
    return f'<row r="{ROW}"{unit.row.attributes}>{cells}</row>'


def _formula(draft: FormulaDraft, first_slot: int, sheet: SheetDraft) -> dict[str, Any]:
    array = ""
    if draft.array is not None:
        left, right = (letters(column) + ROW for column in draft.array)
        array = f' t="array" ref="{left}"' if left == right else f' t="array" ref="{left}:{right}"'
    pieces: list[Any] = []
    for piece in draft.formula.pieces:
        if isinstance(piece, str):
            pieces.append(escape(piece))
        elif isinstance(piece, int):
            number = draft.numbers[piece]
            found = draft.formula.references[piece]
            pieces.append(number if number >= 0 else escape(_written(found.sheet)))
        else:
            pieces.append(["v", first_slot + piece[1]])
    lost = -1 in draft.numbers
    unknown = ["array formula"] if draft.array else sorted(set(unknown_functions(draft.formula.tree)))
    return {
        "column": draft.column,
        "f": f"<f{array}>",
        "pieces": pieces,
        "references": draft.numbers,
        "tree": ["?", ""] if lost or unknown else _shifted(draft.formula.tree, first_slot),
        "deferred": draft.deferred,
    }


def _written(sheet: str) -> str:
    from exporters.workbook.references import quoted_sheet

    return f"{quoted_sheet(sheet)}!#REF!"


def _shifted(tree: list[Any], by: int) -> list[Any]:
    """Return the tree with its value slots counted over the whole row."""
    if tree[0] == "v":
        return ["v", tree[1] + by]
    return [_shifted(part, by) if isinstance(part, list) and part and isinstance(part[0], str) else
            [_shifted(item, by) for item in part] if isinstance(part, list) and tree[0] == "f" else part
            for part in tree]  # fmt: skip


def warnings(sheet: SheetDraft) -> list[tuple[str, str]]:
    """Return (place, what) for each formula whose value only an office can work out."""
    found: list[tuple[str, str]] = []
    for draft in sheet.formulas:
        what = ["an array formula"] if draft.array else sorted(set(unknown_functions(draft.formula.tree)))
        found += [(draft.place, name) for name in what]
    return found
