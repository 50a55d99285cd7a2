"""A template's rows -> the program that gives their values, and what the renderer needs to write them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from exporters.binding import expressions
from exporters.binding.program import Weaver
from exporters.binding.views import TargetView
from exporters.workbook.cells import Cell
from exporters.workbook.formula.evaluate import unknown_functions
from exporters.workbook.heights import capacity_of, line_points
from exporters.workbook.markup import ROW
from exporters.workbook.reading import FormulaDraft, SheetDraft
from exporters.workbook.references import letters
from exporters.workbook.rowmarks import names_in
from exporters.workbook.structure import Unit
from exporters.workbook.xmltree import escape

_WORTHWHILE = 4
"""So many values that records have in common are worth looking for those that do."""
PLAIN = '<t xml:space="preserve">'


def rows_source(sheet: SheetDraft, weaver: Weaver, whole: bool = False) -> str:
    """Return the program text of a sheet's rows.

    A value that is a plain path (``t.place.short``) is taken from its record by the renderer, which is quicker than
    the template's own machinery; the program then gives the record only. With *whole* every expression is in the
    text, for checking names and types.
    """
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
        found = unit_values(sheet, step.unit)
        if found.any:
            flush()
            pieces += [_captured(cell, weaver) for cell in found.mixed if whole or cell not in found.alike]
            if found.common and not whole:
                pieces.append(_once(found, step.unit, weaver))
            pieces.append(weaver.values(found.expressions if whole else found.given, f"_row({step.unit})"))
        else:
            still.append(step.unit)
    flush()
    return "".join(pieces)


def layout_source(sheet: SheetDraft, weaver: Weaver) -> str:
    """Return the program text that tells which units come in which order, without any value."""
    pieces: list[str] = []
    marked = {loop for loops in sheet.marked for loop in loops}
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
        if step.loop in marked and step.tag.kind == "open":
            pieces.append(weaver.values([(names_in(step.tag), step.tag.place)], f"_of({step.loop})"))
    return "".join(pieces)


class UnitValues(Struct):
    """The values of one row. ``expressions`` are all of them with their places; ``given`` are those that the program
    gives, and the records of the others; ``common`` are those that it gives once for all records that have alike what
    they follow from; ``taken`` are (number of the record in ``given``, path) of the others.

    Slots count ``given``, then ``common``, then ``taken``; ``slots`` leads from an expression's number to its slot.
    """

    expressions: list[tuple[str, str]] = field(default_factory=list)
    mixed: list[Cell] = field(default_factory=list)
    given: list[tuple[str, str]] = field(default_factory=list)
    common: list[tuple[str, str]] = field(default_factory=list)
    alike: list[Cell] = field(default_factory=list)
    """Those of ``mixed`` that stand in ``common``."""
    root: str = ""
    """The record that ``common`` follows from."""
    taken: list[tuple[int, list[str]]] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    shared: int = 0
    """How many of ``taken``, the first ones, follow from what records have in common."""

    @property
    def any(self) -> bool:
        return bool(self.expressions)


def unit_values(sheet: SheetDraft, number: int) -> UnitValues:
    """Return the values of a row, cell by cell, those in formulas last."""
    found = UnitValues()
    mixed: dict[int, Cell] = {}
    for cell in sheet.units[number].row.cells:
        if not cell.tagged or cell.empty:
            continue
        single = cell.single
        if single is None:
            mixed[len(found.expressions)] = cell
        found.expressions.append((single.body if single is not None else f"_c{cell.column}", cell.place))
    for draft in sheet.formulas:
        if draft.unit == number:
            found.expressions += draft.slots
    found.mixed = list(mixed.values())
    # What many records have in common comes first, so that the renderer can take it as one (see ``View._shared``).
    paths = [expressions.path_of(text) for text, _ in found.expressions]
    roots = list(dict.fromkeys(path[0] for path in paths if path is not None))
    shared = [path is not None and path[1][0] in TargetView._shared for path in paths]
    if len(roots) == 1 and sum(shared) >= _WORTHWHILE:
        found.root, found.shared = roots[0], sum(shared)
    places: dict[str, int] = {}
    slots: dict[int, tuple[int, int]] = {}
    for which, ((text, place), path) in enumerate(zip(found.expressions, paths, strict=True)):
        if path is not None:
            if path[0] not in places:
                places[path[0]] = len(found.given)
                found.given.append((path[0], place))
        elif found.root and _follows([text] if which not in mixed else _asked(mixed[which]), found.root):
            slots[which] = 1, len(found.common)
            found.common.append((text, place))
            found.alike += [mixed[which]] if which in mixed else []
        else:
            slots[which] = 0, len(found.given)
            found.given.append((text, place))
    for which in sorted(range(len(paths)), key=lambda which: not shared[which]):
        path = paths[which]
        if path is not None:
            slots[which] = 2, len(found.taken)
            found.taken.append((places[path[0]], path[1]))
    before = 0, len(found.given), len(found.given) + len(found.common)
    found.slots = [before[kind] + at for kind, at in (slots[which] for which in range(len(paths)))]
    return found


def _asked(cell: Cell) -> list[str]:
    """Return the expressions of values and conditions in a cell's text; what else it holds as it stands."""
    tags = [piece.tag for piece in cell.pieces if piece.tag is not None and piece.tag.body not in {"else", "endif"}]
    return [tag.body.removeprefix(tag.keyword) if tag.keyword in {"if", "elif"} else tag.body for tag in tags]


def _follows(asked: list[str], root: str) -> bool:
    """Return whether expressions ask for nothing but what many records like *root* have in common."""
    fields = [expressions.fields_of(text) for text in asked]
    return all(
        found is not None and all(name == root and attribute in TargetView._shared for name, attribute in found)
        for found in fields
    )


def _once(found: UnitValues, unit: int, weaver: Weaver) -> str:
    """Return the program text that gives ``common`` for a record unlike all before."""
    place = found.common[0][1]
    return "".join(
        (
            weaver.statement(f"if {found.root}|_unlike({unit})", place),
            *(_captured(cell, weaver) for cell in found.alike),
            weaver.values(found.common, "_alike"),
            weaver.statement("endif", place),
        )
    )


def _captured(cell: Cell, weaver: Weaver) -> str:
    begin = weaver.statement(f"set _c{cell.column}", cell.place)
    return begin + _mixed(cell, weaver) + weaver.statement("endset", cell.place)


def _mixed(cell: Cell, weaver: Weaver) -> str:
    """Return the program text of a cell's text; every stretch keeps the format of its own run."""
    rich = any(cell.runs)
    pieces: list[str] = []
    for piece in cell.pieces:
        if piece.tag is not None and piece.tag.kind != "value":
            pieces.append(weaver.tag(piece.tag))
            continue
        shown = weaver.value(piece.tag.body, cell.place) if piece.tag is not None else weaver.raw(escape(piece.text))
        pieces.append(weaver.raw(f"<r>{cell.runs[piece.run]}{PLAIN}{shown}</t></r>") if rich else shown)
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
    places: list[str] = []
    given = unit_values(sheet, number)
    slots = iter(given.slots)
    for cell in unit.row.cells:
        opening = cell.opening()
        if cell.column in by_column:
            places.append(cell.place)
            cells.append(["f", opening, by_column[cell.column], cell.style, ""])
            values[cell.column] = ["f", by_column[cell.column]]
        elif not cell.tagged:
            _literal(cells, cell.styled() + cell.xml)
            values[cell.column] = ["k", cell.literal]
        elif cell.empty:
            _literal(cells, cell.styled() + "/>")
        elif cell.single is not None:
            run = next(piece.run for piece in cell.pieces if piece.tag is not None)
            slot = next(slots)
            places.append(cell.place)
            cells.append(["v", opening, slot, cell.style, cell.runs[run] if cell.runs else ""])
            values[cell.column] = ["v", slot]
        else:
            slot = next(slots)
            places.append(cell.place)
            cells.append(["r" if any(cell.runs) else "t", opening, slot, cell.style, ""])
            values[cell.column] = ["t", slot]
    records = [_formula(draft, [next(slots) for _ in draft.slots]) for draft in formulas]
    return {
        "open": f'<row r="{ROW}"{unit.row.attributes}>',
        "cells": cells,
        "values": {str(column): value for column, value in values.items()},
        "formulas": records,
        "blank": _blank(unit),
        "marked": bool(sheet.marked[number]),
        "wraps": _wraps(sheet, unit, values, wrapping),
        "taken": given.taken,
        "shared": given.shared,
        "given": len(given.given),
        "common": len(given.common),
        "places": places,
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
        if not width:
            continue
        found.append([slot, round(capacity_of(width, size), 2), round(line_points(size), 2)])
    return found


def _literal(cells: list[list[Any]], xml: str) -> None:
    if cells and cells[-1][0] == "x":
        cells[-1][1] += xml
    else:
        cells.append(["x", xml])


def _blank(unit: Unit) -> str:
    """Return the row without any content, for a table or a range that would otherwise be left without a row."""
    cells = "".join(cell.styled() + "/>" for cell in unit.row.cells)
    return f'<row r="{ROW}"{unit.row.attributes}>{cells}</row>'


def _formula(draft: FormulaDraft, slots: list[int]) -> dict[str, Any]:
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
            pieces.append(["v", slots[piece[1]]])
    lost = -1 in draft.numbers
    unknown = ["array formula"] if draft.array else sorted(set(unknown_functions(draft.formula.tree)))
    return {
        "column": draft.column,
        "f": f"<f{array}>",
        "pieces": pieces,
        "references": draft.numbers,
        "tree": ["?", ""] if lost or unknown else _placed(draft.formula.tree, slots),
        "deferred": draft.deferred,
    }


def _written(sheet: str) -> str:
    from exporters.workbook.references import quoted_sheet

    return f"{quoted_sheet(sheet)}!#REF!"


def _placed(tree: list[Any], slots: list[int]) -> list[Any]:
    """Return the tree with its value slots counted over the whole row."""
    if tree[0] == "v":
        return ["v", slots[tree[1]]]
    if tree[0] == "f":
        return ["f", tree[1], [_placed(argument, slots) for argument in tree[2]]]
    if tree[0] in {"o", "u", "%"}:
        return [_placed(part, slots) if isinstance(part, list) else part for part in tree]
    return tree


def warnings(sheet: SheetDraft) -> list[tuple[str, str]]:
    """Return (place, what) for each formula whose value only an office can work out."""
    found: list[tuple[str, str]] = []
    for draft in sheet.formulas:
        what = ["an array formula"] if draft.array else sorted(set(unknown_functions(draft.formula.tree)))
        found += [(draft.place, name) for name in what]
    return found
