"""What the names and the structured references of a template's formulas stand for."""

from __future__ import annotations

from exporters.package import Package, rt
from exporters.workbook.formula.named import area_of, definitions
from exporters.workbook.formula.tokens import Token
from exporters.workbook.living.book import Table, read_table
from exporters.workbook.living.spans import utf8
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
        return area_of(token.text, self._tables, sheet, row)
