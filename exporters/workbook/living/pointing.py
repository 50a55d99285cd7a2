"""What references lead to, in words that hold when rows and columns move: by table, header and record."""

from __future__ import annotations

from exporters.workbook.formula.tokens import Token
from exporters.workbook.living.book import Book, Table
from exporters.workbook.living.naming import Naming
from exporters.workbook.living.shapes import Reference, shaped
from exporters.workbook.references import Range, parse_range


class Pointing:
    """Names for the cells of one workbook, the same in each of its editions."""

    def __init__(self, book: Book, naming: Naming) -> None:
        self._book, self._naming = book, naming
        self._parts = {entry.name.casefold(): entry.part for entry in book.entries}
        self._areas: dict[str, list[Table]] = {}
        for table in book.areas:
            self._areas.setdefault(table.sheet, []).append(table)
        self._known: dict[tuple[str, tuple[int, int, int, int]], str] = {}

    def name(self, token: Token, part: str = "") -> str:
        """Return what a reference leads to: columns and records; *part* is the sheet that it stands on."""
        area = parse_range(token.area)
        part = self._parts.get(token.sheet.casefold(), "") if token.sheet else part
        if area is None or not part:
            return token.text
        for table in self._areas.get(part, ()):
            if table.key_column and inside(area, table.area):
                columns = [one.name for one in table.columns if area.left <= one.number <= area.right]
                return f"{self._naming.sheets[part]}[{','.join(columns)}] {self._rows(table, area)}"
        return self._around(part, area)

    def formula(self, text: str, part: str) -> str:
        """Return a formula of the sheet *part* with names for its references, alike however it is spaced.

        Of a table only its sheet is told: which rows and columns there follow by themselves or do not, by the editor.
        """
        shape, numbers = shaped(text)

        def written(reference: Reference) -> str:
            where = self._parts.get(reference.sheet, "") if reference.sheet else part
            if not where or not reference.is_plain:
                return reference.token.text
            area = reference.area(numbers)
            found = self._known.get((where, area))
            if found is None:
                found = self._known[where, area] = self._roughly(where, Range(*area))
            return found

        return shape.named(written)

    def _roughly(self, part: str, area: Range) -> str:
        corner = Range(area.left, area.top, area.left, area.top)
        if any(table.key_column and inside(corner, table.area) for table in self._areas.get(part, ())):
            return f"{self._naming.sheets[part]}[]"
        return self._around(part, area)

    def _around(self, part: str, area: Range) -> str:
        places = self._naming.places(part)
        corners = dict.fromkeys((places.name(area.left, area.top), places.name(area.right, area.bottom)))
        return f"{self._naming.sheets[part]}!{':'.join(corners)}"

    def _rows(self, table: Table, area: Range) -> str:
        if area.top <= table.top and area.bottom == table.bottom:
            return "all"
        return ":".join(self._key(table, row) for row in (area.top, area.bottom))

    def _key(self, table: Table, row: int) -> str:
        return self._book.text(self._book.sheet(table.sheet).cell(table.key_column, row)).strip()


def inside(area: Range, whole: Range) -> bool:
    """Whether a range lies in another."""
    return (
        whole.left <= area.left and area.right <= whole.right and whole.top <= area.top and area.bottom <= whole.bottom
    )
