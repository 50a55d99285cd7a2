"""What the names and the structured references of a template's formulas stand for."""

from __future__ import annotations

from exporters.package import Package, rt
from exporters.workbook.formula.named import definitions, structured
from exporters.workbook.formula.tokens import Token
from exporters.workbook.living.book import Table, read_table
from exporters.workbook.living.spans import utf8
from exporters.workbook.references import letters, quoted_sheet
from exporters.workbook.xmltree import Element, S


class Meanings:
    """The names that a workbook defines, and its tables."""

    def __init__(self, root: Element) -> None:
        named = root.iterfind(f"{S}definedNames/{S}definedName")
        steady = ((one.get("name", ""), one.text or "") for one in named if one.get("localSheetId") is None)
        self._names = definitions((name, text) for name, text in steady if "{" not in text)
        self._tables: dict[str, Table] = {}

    def read_tables(self, package: Package, part: str, sheet: str) -> None:
        """Take in the tables of a sheet."""
        relationships = package.relationships(part)
        for item in relationships.of_type(rt.TABLE):
            target = relationships.target(item)
            found = read_table(target, sheet, utf8(package.read(target))) if target in package else None
            if found is not None:
                self._tables[found.name.casefold()] = found

    def of(self, token: Token, sheet: str, row: int) -> str | None:
        """Return what a name or a structured reference in a *row* of *sheet* stands for; None where it is not known."""
        if token.kind == "name":
            return self._names.get(token.text.casefold())
        found = structured(token.text)
        if found is None:
            return None
        name, wanted, alone = found
        if name:
            table = self._tables.get(name.casefold())
        else:
            own = (one for one in self._tables.values() if one.sheet == sheet)
            table = next((one for one in own if one.area.top <= row <= one.area.bottom), None)
        if table is None or (alone and table.sheet != sheet):
            return None
        column = next((one for one in table.columns if one.name.casefold() == wanted.casefold()), None)
        if column is not None:
            left = right = letters(column.number)
        elif wanted.casefold() in {"", "#data"} and not alone:
            left, right = letters(table.area.left), letters(table.area.right)
        else:
            return None
        prefix = quoted_sheet(table.sheet) + "!"
        return f"{prefix}${left}{row}" if alone else f"{prefix}${left}${table.top}:${right}${table.bottom}"
