"""Loops and conditions over the rows of a sheet: which rows they hold, and which rows they take away with them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from exporters.binding.tags import Tag
from exporters.errors import Fault
from exporters.workbook.cells import Cell


class TemplateRow(Struct):
    """A row of the template; ``height`` counts the rows without any content that follow it as one."""

    number: int
    attributes: str = ""
    cells: list[Cell] = field(default_factory=list)
    height: int = 1
    gap: bool = False

    @property
    def tags(self) -> list[Tag]:
        return [tag for cell in self.cells for tag in cell.row_tags]

    @property
    def only_tags(self) -> bool:
        """Whether the row holds tags of rows or sheets and nothing else, so that it goes with them."""
        tagged = [cell for cell in self.cells if cell.tagged]
        return bool(tagged) and all(cell.empty for cell in self.cells)


class Step(Struct):
    """One step through a sheet: a statement, or a unit of rows. ``loop`` numbers the loop that a statement opens or
    closes (-1: a condition)."""

    tag: Tag | None = None
    unit: int = -1
    loop: int = -1


class Unit(Struct):
    """A stretch of rows that is written as one: a row, or a gap without content."""

    row: TemplateRow
    loops: tuple[int, ...] = ()
    """The loops around it, outermost first."""
    certain: bool = True
    """Whether it is always there at least once."""


def flow(rows: Sequence[TemplateRow], faults: list[Fault]) -> tuple[list[Step], list[Unit]]:
    """Return the order in which a sheet's rows and statements come; loops that do not fit are added to *faults*."""
    steps: list[Step] = []
    units: list[Unit] = []
    stack: list[tuple[Tag, int]] = []
    loops = 0

    def close(tag: Tag) -> None:
        opened = stack[-1] if stack else None
        if opened is None:
            faults.append(Fault("unopened", f"{{% {tag.body} %}} without a beginning", where=tag.place))
        elif tag.keyword != "end" + opened[0].keyword:
            message = f"{{% {tag.keyword} %}} meets {{% {opened[0].body} %}}, which is still open"
            faults.append(Fault("crossing", message, where=tag.place, hint=f"opened at {opened[0].place}"))
            stack.pop()
        else:
            stack.pop()
            steps.append(Step(tag, loop=opened[1]))

    def add(tag: Tag) -> None:
        nonlocal loops
        if tag.kind == "open":
            number = -1
            if tag.keyword == "for":
                number, loops = loops, loops + 1
            stack.append((tag, number))
            steps.append(Step(tag, loop=number))
        elif tag.kind == "close":
            close(tag)
        elif tag.kind == "middle":
            _middle(tag, stack, faults)
            steps.append(Step(tag))
        else:
            steps.append(Step(tag))

    for row in rows:
        tags = row.tags
        if row.only_tags:
            for tag in tags:
                add(tag)
            continue
        _order(tags, faults)
        for tag in tags:
            if tag.kind == "middle" and not _leads(row, tag):
                hint = "it must stand at the beginning of the row, or have a row of its own"
                message = f"{{% {tag.body} %}} stands behind values of its row"
                faults.append(Fault("crossing", message, where=tag.place, hint=hint))
            elif tag.kind != "close":
                add(tag)
        inside = tuple(number for _, number in stack if number >= 0)
        units.append(Unit(row, inside, not stack))
        steps.append(Step(unit=len(units) - 1))
        for tag in tags:
            if tag.kind == "close":
                add(tag)
    for tag, _ in stack:
        hint = f"it needs {{% end{tag.keyword} %}}"
        faults.append(Fault("unclosed", f"{{% {tag.body} %}} is not closed", where=tag.place, hint=hint))
    return steps, units


def _leads(row: TemplateRow, tag: Tag) -> bool:
    """Return whether *tag* stands before everything that its row shows."""
    for cell in row.cells:
        if tag in cell.row_tags:
            first = min((piece.tag.start for piece in cell.pieces if piece.tag is not None), default=tag.start)
            return tag.start <= first
        if not cell.empty:
            return False
    return False


def _middle(tag: Tag, stack: list[tuple[Tag, int]], faults: list[Fault]) -> None:
    if not stack:
        faults.append(Fault("unopened", f"{{% {tag.keyword} %}} without a beginning", where=tag.place))
    elif stack[-1][0].keyword == "for" and tag.keyword == "elif":
        hint = f"the loop begins at {stack[-1][0].place}"
        faults.append(Fault("crossing", "{% elif %} inside {% for %}", where=tag.place, hint=hint))


def _order(tags: Sequence[Tag], faults: list[Fault]) -> None:
    """A row that shows values can stand inside a loop, not at the end of one and the beginning of another."""
    depth = 0
    closed_earlier = False
    for tag in tags:
        if tag.kind == "open":
            if closed_earlier:
                hint = "put the end of the first into a row of its own"
                message = f"{{% {tag.body} %}} begins in a row where another construct ends"
                faults.append(Fault("crossing", message, where=tag.place, hint=hint))
            depth += 1
        elif tag.kind == "close":
            closed_earlier |= depth == 0
            depth = max(depth - 1, 0)
