"""Where the handles of a workbook's snapshot lead, and which results in it are not what their formulas give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exporters.errors import Fault
from exporters.package.described import where_described
from exporters.workbook.formula.values import Error, Scalar
from exporters.workbook.living.book import Book, plain_number, readable
from exporters.workbook.living.caches import defined_names
from exporters.workbook.living.margins import NAMES
from exporters.workbook.living.recalculating import Place, Recalculation, same_result
from exporters.workbook.living.tabs import TAB
from exporters.workbook.references import letters

if TYPE_CHECKING:
    from exporters.package.reader import Package
    from exporters.snapshot import Snapshot


def whereabouts(package: Package, snapshot: Snapshot) -> dict[str, str]:
    """Return handle -> "sheet 目标, cell C5" of every slot of *snapshot*; of a row or a table, "sheet 目标, row 5"."""
    with readable(package):
        book = Book(package)
        names = {entry.part: entry.name for entry in book.entries}
        found = {table.part: f"sheet {names[table.sheet]}, row {table.area.top}" for table in book.areas}
    found |= {part: f"sheet {name}" for part, name in names.items()}
    for group in snapshot.groups:
        for item in group.items:
            for at in (item.at, *(slot.at for slot in item.slots)):
                part, _, cell = at.partition("!")
                if part in names and cell:
                    kind = f"row {cell}" if cell.isdecimal() else f"cell {cell}"
                    if cell == TAB:
                        kind = "its name"
                    if cell in NAMES:
                        kind = "header" if cell.endswith("Header") else "footer"
                    found[at] = f"sheet {names[part]}, {kind}"
                elif part not in names:
                    found[at] = "chart"
    return found | where_described(snapshot)


def results(package: Package) -> list[Fault]:
    """Return every formula whose stored result is not what it gives; those that need an office are left out.

    A workbook that was saved without any results (some libraries do that) shows nothing wrong: it is told once.
    """
    with readable(package):
        book = Book(package)
        sheets = {entry.name: book.sheet(entry.part) for entry in book.entries}
        state = Recalculation(sheets, book.tables, defined_names(book.root), book.strings)
        formulas: dict[Place, str] = {}
        for name, sheet in sheets.items():
            for cell in sheet.cells():
                if cell.formula is not None and cell.value is not None:
                    formulas[name.casefold(), cell.row, cell.column] = book.text(cell)
        if formulas and not any(formulas.values()):
            message = "it was saved without the results of its formulas; any office works them out when it opens it"
            return [Fault("no-results", message, package.file, severity="advice")]
        folded = {name.casefold(): name for name in sheets}
        found: list[Fault] = []
        for name, values in state.run(formulas).items():
            sheet = sheets[folded[name]]
            for (row, column), value in sorted(values.items()):
                kept = sheet.cell(column, row)
                shown = formulas.get((name, row, column))
                if value is None or kept is None or shown is None or same_result(kept, value):
                    continue
                message = f"shows {shown or 'nothing'}, its formula gives {_text(value)}"
                place = f"sheet {folded[name]}, cell {letters(column)}{row}"
                found.append(Fault("stale-result", message, package.file, place))
    return found


def _text(value: Scalar) -> str:
    if isinstance(value, Error):
        return value.code
    return plain_number(repr(value)) if isinstance(value, float) else str(value)
