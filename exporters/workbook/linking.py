"""What formulas and charts of a template look at: which rows move with them, what must be kept, what comes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from exporters.workbook.formula.parse import AREA, COLUMNS, Reference
from exporters.workbook.formula.parse import ROWS as WHOLE_ROWS
from exporters.workbook.reading import BookDraft, FormulaDraft, SheetDraft

OWN, STATIC, LOOP = "own", "static", "loop"
"""How a reference stands to its formula: the same row, rows of the same turn of a loop, or rows apart from it."""


class Link(Struct):
    """A reference with what is known of it. ``sheet`` is the target's number; ``named`` whether its name is written."""

    reference: Reference
    host: int
    sheet: int
    named: bool
    way: str
    loop: int = -1
    anchor: tuple[int, int] = (0, 0)
    """For what stands outside the rows (a conditional format): the rows that its formula is written for."""

    def record(self) -> list[Any]:
        """Return what the renderer needs, as JSON."""
        found = self.reference
        dollars = sum(1 << number for number, fixed in enumerate(found.fixed) if fixed)
        return [
            -1 if self.sheet == self.host else self.sheet, found.left, found.top, found.right, found.bottom,
            found.kind, dollars, int(found.grows) + int(found.lists), int(self.named), self.way, self.loop,
            *self.anchor,
        ]  # fmt: skip


class Links(Struct):
    """All references of a template, by number."""

    book: BookDraft
    all: list[Link] = field(default_factory=list)

    def add(self, reference: Reference, host: SheetDraft, unit: int | None, anchor: tuple[int, int] = (0, 0)) -> int:
        """Note a reference of a formula in *unit* of *host* (None: outside the rows); return its number.

        A sheet that does not exist gives -1: the reference then stays as it is written.
        """
        target = self.book.sheet_named(reference.sheet) if reference.sheet else host
        if target is None:
            return -1
        link = Link(reference, host.index, target.index, bool(reference.sheet), STATIC, anchor=anchor)
        if anchor[0]:
            found = host.units_between(*anchor)
            unit = found[0] if found else None
        if unit is not None and target is host and reference.kind != COLUMNS:
            self._own_sheet(link, host, unit)
        self.all.append(link)
        return len(self.all) - 1

    def _own_sheet(self, link: Link, host: SheetDraft, unit: int) -> None:
        within = host.units_between(link.reference.top, link.reference.bottom)
        if not within:
            return
        own = host.units[unit]
        found = link.reference
        if found.kind == AREA and found.fixed[1] and found.fixed[3] and own.loops:
            # A range held by dollar signs is all rows of the loop, as for a share of the total.
            return
        if link.anchor[0] and link.anchor[0] <= found.top and found.bottom <= link.anchor[1]:
            link.way = OWN if found.top == found.bottom == link.anchor[0] else STATIC
            return
        if len(within) == 1 and within[0] == unit and own.row.height == 1:
            link.way = OWN
            return
        common = _common(own.loops, host.units[within[0]].loops, host.units[within[-1]].loops)
        if common:
            link.way, link.loop = LOOP, common[-1]
            host.bounded.add(common[-1])

    def keep(self, number: int, late: bool = False, unit: int | None = None) -> None:
        """Note that the values behind a reference are needed, and that its rows may not vanish altogether.

        *late* values are read once all sheets are written. *unit* is that of the formula that looks at them.
        """
        link = self.all[number]
        if link.way == OWN:
            return
        target, found = self.book.sheets[link.sheet], link.reference
        used = {cell.column for row in target.rows for cell in row.cells}
        for column in used:
            if found.left <= column <= found.right:
                target.readers.setdefault(column, set()).add(-1 if late else link.host)
        if link.way == STATIC and found.kind not in {WHOLE_ROWS, COLUMNS}:
            self.need(target, found.top, found.bottom)
        if link.way == LOOP and unit is not None and (within := target.units_between(found.top, found.bottom)):
            target.needed_in.setdefault(link.loop, set()).add((within[0], within[-1], unit))

    def need(self, target: SheetDraft, top: int, bottom: int) -> None:
        """Note that at least one row of a stretch that may vanish has to stay."""
        within = target.units_between(top, bottom)
        if within and not any(target.units[number].certain for number in within):
            target.needed.add((within[0], within[-1]))


def _common(*loops: Sequence[int]) -> tuple[int, ...]:
    shared: list[int] = []
    for steps in zip(*loops, strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    return tuple(shared)


def link_formulas(book: BookDraft, links: Links) -> None:
    """Link the references of all cell formulas."""
    for sheet in book.sheets:
        for draft in sheet.formulas:
            units = ((found, None if found.apart else draft.unit) for found in draft.formula.references)
            draft.numbers = [links.add(found, sheet, unit) for found, unit in units]


def mark_changes(book: BookDraft, links: Links) -> None:
    """Mark the sheets whose formulas look at sheets that change."""
    looks = {
        sheet.index: {links.all[number].sheet for draft in sheet.formulas for number in draft.numbers if number >= 0}
        for sheet in book.sheets
    }
    changed = True
    while changed:
        changed = False
        for sheet in book.sheets:
            if not sheet.changes and any(book.sheets[target].changes for target in looks[sheet.index]):
                sheet.changes = changed = True


def keep_values(book: BookDraft, links: Links) -> None:
    """Note the columns that formulas of changing sheets read."""
    for sheet in book.sheets:
        if sheet.changes:
            for draft in sheet.formulas:
                for number in draft.numbers:
                    if number >= 0:
                        links.keep(number, draft.deferred, draft.unit)


def order(book: BookDraft, links: Links) -> list[int]:
    """Return the order in which sheets are written: what is looked at comes first, as far as that is possible."""
    looks: dict[int, set[int]] = {sheet.index: set() for sheet in book.sheets}
    weight: dict[int, int] = {sheet.index: 0 for sheet in book.sheets}
    for sheet in book.sheets:
        for draft in sheet.formulas:
            found = {links.all[number].sheet for number in draft.numbers if number >= 0} - {sheet.index}
            looks[sheet.index] |= found
            weight[sheet.index] += bool(found) * (1000 if sheet.units[draft.unit].loops else 1)
    found_order: list[int] = []
    left = [sheet.index for sheet in book.sheets]
    while left:
        ready = [index for index in left if not looks[index] & set(left)]
        # Sheets that look at each other: first the one of which the fewest values have to wait.
        chosen = ready[0] if ready else min(left, key=lambda index: (weight[index], index))
        found_order.append(chosen)
        left.remove(chosen)
    return found_order


def mark_deferred(book: BookDraft, links: Links, ranks: Sequence[int]) -> None:
    """Mark the formulas whose values are known only once later rows or sheets are written."""
    rank = {index: number for number, index in enumerate(ranks)}
    waiting: dict[int, set[tuple[int, int]]] = {sheet.index: set() for sheet in book.sheets}
    changed = True
    while changed:
        changed = False
        for sheet in book.sheets:
            for draft in sheet.formulas:
                found = [links.all[number] for number in draft.numbers if number >= 0]
                if not draft.deferred and any(_waits(link, sheet, draft, rank, waiting, book) for link in found):
                    draft.deferred = changed = True
                    waiting[sheet.index].add((draft.unit, draft.column))


def _waits(
    link: Link,
    sheet: SheetDraft,
    draft: FormulaDraft,
    rank: dict[int, int],
    waiting: dict[int, set[tuple[int, int]]],
    book: BookDraft,
) -> bool:
    found = link.reference
    target = book.sheets[link.sheet]
    within = target.units_between(found.top, found.bottom)
    if link.way == OWN:
        within = range(draft.unit, draft.unit + 1)
    elif target is sheet:
        if found.kind == COLUMNS or (within and within[-1] >= draft.unit):
            return True
    elif target.changes and rank[target.index] > rank[sheet.index]:
        return True
    return any(unit in within and found.left <= column <= found.right for unit, column in waiting[target.index])


def is_unsteady(sheet: SheetDraft) -> bool:
    """Whether many values of a sheet have to wait, so that its rows are held back until they are known."""
    return any(draft.deferred and sheet.units[draft.unit].loops for draft in sheet.formulas)
