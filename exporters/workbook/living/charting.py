"""Charts of a workbook: what they show is bound, as their references, so that they follow lists that grow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from exporters.package import rt
from exporters.snapshot import Item, Slot, SlotKind
from exporters.workbook.formula.tokens import Token
from exporters.workbook.living.book import Book, SheetEntry, Table
from exporters.workbook.living.formulas import references
from exporters.workbook.living.spans import Span, Splices, parse, utf8
from exporters.workbook.references import Range, parse_range

if TYPE_CHECKING:
    from exporters.workbook.living.shifting import Shifts
    from exporters.workbook.living.translating import Translation

REFERENCES = "references"


def chart_parts(book: Book, sheet: str) -> list[str]:
    """Return the charts of a sheet in the order of their frames."""
    drawing = book.target(sheet, rt.DRAWING)
    if not drawing:
        return []
    relationships = book.package.relationships(drawing)
    charts = {item.id for item in relationships.of_type(rt.CHART)}
    try:
        root = parse(utf8(book.package.read(drawing)))
    except ValueError:
        return []
    found: list[str] = []
    for one in root.walk():
        rel_id = next((value for name, value in one.attributes.items() if name.endswith(" id")), "")
        if one.name == "chart" and rel_id in charts and relationships.target(rel_id) in book.package:
            found.append(book.package.stored_name(relationships.target(rel_id)))
    return found


def chart_items(book: Book, entry: SheetEntry, name: str, names: dict[str, str]) -> Iterator[Item]:
    """Yield an item for each chart of a sheet; *names* gives what each sheet (folded) is known by."""
    for number, part in enumerate(chart_parts(book, entry.part), 1):
        try:
            root = parse(utf8(book.package.read(part)))
        except ValueError:
            continue
        texts = (_named(book, token, names) for one in _formulas(root) for token in references(one.text))
        slot = Slot(f"{name}!chart {number}", "; ".join(texts), f"{part}!{REFERENCES}", SlotKind.DERIVED)
        yield Item(f"{name}!chart {number}", part, (slot,))


def retargeted(data: bytes, source: Book, source_part: str, translation: Translation, shifts: Shifts) -> bytes:
    """Return a chart whose references are those of a chart of the new render; all else of it stays.

    References into tables are found in the edited file and move with its rows; others are as the new render has them.
    """
    theirs = _formulas(parse(data))
    ours = _formulas(parse(utf8(source.package.read(source_part))))
    splices = Splices(data)
    if len(theirs) != len(ours):
        return data
    for one, other in zip(theirs, ours, strict=True):
        splices.text(one, shifts.formula(translation.formula(other.text), ""))
    return splices.result()


def _formulas(root: Span) -> list[Span]:
    return [one for one in root.walk() if one.name == "f" and one.text and not one.children]


def _named(book: Book, token: Token, names: dict[str, str]) -> str:
    """Return a reference in a form that holds when rows and columns move: by table, header and record."""
    sheet = names.get(token.sheet.casefold(), token.sheet)
    area = parse_range(token.area)
    part = next((one.part for one in book.entries if one.name.casefold() == token.sheet.casefold()), "")
    table = next((one for one in book.areas if area is not None and one.sheet == part and _inside(area, one)), None)
    if area is None or table is None:
        return f"{sheet}!{token.area.replace('$', '')}"
    columns = [one.name for one in table.columns if area.left <= one.number <= area.right]
    if area.top <= table.top and area.bottom == table.bottom:
        rows = "all"
    else:
        keys = (book.text(book.sheet(part).cell(table.key_column, row)) for row in (area.top, area.bottom))
        rows = ":".join(keys)
    return f"{sheet}[{','.join(columns)}] {rows}"


def _inside(area: Range, table: Table) -> bool:
    whole = table.area
    return table.key_column > 0 and (
        whole.left <= area.left and area.right <= whole.right and whole.top <= area.top and area.bottom <= whole.bottom
    )
