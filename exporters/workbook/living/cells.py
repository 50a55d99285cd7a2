"""Rows and cells of a worksheet with their places in its bytes: rows count from the beginning of the part, what is in
them from the beginning of the row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from exporters.workbook.references import letters


class Formula(Struct):
    """A formula as it is written; followers of a shared formula have no text of their own."""

    text: str
    attributes: dict[str, str]
    start: int
    end: int = -1

    @property
    def kind(self) -> str:
        return self.attributes.get("t", "normal")


class Cell(Struct):
    """A cell; ``value`` is what stands in ``v``, ``inline`` the text of an inline string. Attributes are shared."""

    column: int
    row: int
    attributes: dict[str, str]
    start: int
    end: int = -1
    value: str | None = None
    inline: str | None = None
    formula: Formula | None = None

    @property
    def kind(self) -> str:
        return self.attributes.get("t", "n")

    @property
    def style(self) -> int:
        return style_of(self.attributes)

    @property
    def address(self) -> str:
        return f"{letters(self.column)}{self.row}"

    @property
    def blank(self) -> bool:
        """Whether nothing but a format stands in it."""
        return self.formula is None and not self.value and not self.inline


def style_of(attributes: Mapping[str, str]) -> int:
    """Return the format that the attributes of a cell name."""
    found = attributes.get("s", "0")
    return int(found) if found.isdecimal() else 0


class Row(Struct):
    """A row element."""

    number: int
    attributes: dict[str, str]
    start: int
    opened: int
    closed: int = -1
    end: int = -1
    cells: Mapping[int, Cell] = field(default_factory=dict)

    @property
    def formulas(self) -> Sequence[int]:
        """The columns of the cells with formulas."""
        form = getattr(self.cells, "form", None)
        if form is not None:
            known: Sequence[int] = form.formulas
            return known
        return [column for column, cell in self.cells.items() if cell.formula is not None]

    def style(self, column: int) -> int | None:
        """Return the format of a cell; None where there is none."""
        form = getattr(self.cells, "form", self.cells).get(column)
        return style_of(form.attributes) if form is not None else None
