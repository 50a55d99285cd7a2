"""One cell of a template: what is typed in it, split into what belongs to the cell and what belongs to its row."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from exporters.binding.tags import Tag, may_hold_tag, scan
from exporters.errors import Fault
from exporters.workbook.markup import ROW
from exporters.workbook.references import letters, parse_cell
from exporters.workbook.xmltree import Element, S, escape, item_runs, plain_xml

Literal = float | str | bool | None
_KEPT = ("cm", "vm", "ph")


class Piece(Struct):
    """A stretch of a cell's text, or a tag in it; ``run`` is the run whose format it has."""

    run: int
    text: str = ""
    tag: Tag | None = None


class Cell(Struct):
    """A cell as the template has it. ``literal`` is its value where no tag stands in it."""

    column: int
    row: int
    place: str
    style: str = ""
    kept: str = ""
    xml: str = ""
    """What follows the address and style of an untagged cell: type, value, end."""
    literal: Literal = None
    pieces: list[Piece] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    row_tags: list[Tag] = field(default_factory=list)
    sheet_tags: list[Tag] = field(default_factory=list)
    tagged: bool = False
    formula: Element | None = None

    @property
    def empty(self) -> bool:
        """Whether the cell shows nothing of its own once the tags of its row are taken out."""
        if self.formula is not None:
            return False
        if not self.tagged:
            return self.literal is None
        return all(piece.tag is None and not piece.text.strip() for piece in self.pieces)

    @property
    def single(self) -> Tag | None:
        """The value tag that is all of the cell, if it is."""
        shown = [piece for piece in self.pieces if piece.tag is not None or piece.text.strip()]
        tag = shown[0].tag if len(shown) == 1 else None
        return tag if tag is not None and tag.kind == "value" else None

    def opening(self) -> str:
        """The start of the cell's XML without its style; the row's number is put in later."""
        return f'<c r="{letters(self.column)}{ROW}"{self.kept}'

    def styled(self) -> str:
        """The start of the cell's XML with its style."""
        return self.opening() + (f' s="{self.style}"' if self.style else "")


def read_cell(
    element: Element, column: int, row: int, sheet: str, strings: Sequence[Element], faults: list[Fault]
) -> Cell:
    """Read a ``c`` element. *strings* are the workbook's shared strings."""
    address = f"{letters(column)}{row}"
    cell = Cell(column, row, f"sheet {sheet}, cell {address}", element.get("s", ""))
    cell.kept = "".join(f' {name}="{escape(element.get(name, ""))}"' for name in _KEPT if element.get(name))
    kind, value = element.get("t", "n"), element.findtext(f"{S}v")
    cell.formula = element.find(f"{S}f")
    if cell.formula is not None:
        cell.literal = _literal(kind, value)
        return cell
    item: Element | None = None
    if kind == "inlineStr":
        item = element.find(f"{S}is")
    elif kind == "s" and value is not None and value.isdecimal() and int(value) < len(strings):
        item = strings[int(value)]
    if item is not None:
        runs = item_runs(item)
        text = "".join(run for run, _ in runs)
        if may_hold_tag(text) and _split(cell, text, runs, faults):
            return cell
        cell.literal = text
    elif kind == "str" and value is not None and may_hold_tag(value) and _split(cell, value, [(value, "")], faults):
        return cell
    else:
        cell.literal = _literal(kind, value)
    attributes = f' t="{kind}"' if kind != "n" else ""
    inside = "".join(plain_xml(child) for child in element)
    cell.xml = f"{attributes}>{inside}</c>" if inside else f"{attributes}/>"
    return cell


def _literal(kind: str, value: str | None) -> Literal:
    if value is None:
        return None
    if kind == "n":
        try:
            return float(value)
        except ValueError:
            return None
    return value == "1" if kind == "b" else value


def _split(cell: Cell, text: str, runs: list[tuple[str, str]], faults: list[Fault]) -> bool:
    """Take the tags of *text* apart; return whether there are any."""
    before = len(faults)
    tags = scan(text, cell.place, faults)
    if not tags:
        return len(faults) > before
    cell.tagged = True
    cell.runs = [properties for _, properties in runs]
    ends: list[int] = []
    for run, _ in runs:
        ends.append((ends[-1] if ends else 0) + len(run))
    inside = _inside(tags)
    last = 0
    for number, tag in enumerate(tags):
        _literal_pieces(cell, text, last, tag.start, ends)
        last = tag.end
        if tag.kind == "comment":
            continue
        if tag.level == "sheet":
            cell.sheet_tags.append(tag)
        elif tag.level in {"slide", "shape"}:
            message = f"{{%{tag.level} {tag.body} %}} has no meaning in a workbook"
            faults.append(Fault("level", message, where=cell.place, hint="{%sheet for %} repeats a sheet"))
        elif tag.kind == "value" or number in inside:
            cell.pieces.append(Piece(_run_at(tag.start, ends), tag=tag))
        else:
            cell.row_tags.append(tag)
    _literal_pieces(cell, text, last, len(text), ends)
    return True


def _inside(tags: list[Tag]) -> set[int]:
    """Return the numbers of the statement tags that open and close within the cell."""
    found: set[int] = set()
    stack: list[list[int]] = []
    for number, tag in enumerate(tags):
        if tag.level in {"tr", "sheet"}:
            continue
        if tag.kind == "open":
            stack.append([number])
        elif tag.kind in {"middle", "set"} and stack:
            stack[-1].append(number)
        elif tag.kind == "close" and stack and tag.keyword == "end" + tags[stack[-1][0]].keyword:
            found.update(stack.pop(), (number,))
    # A construct that stays open takes the tags in it along only if they are whole themselves.
    return found


def _literal_pieces(cell: Cell, text: str, start: int, end: int, ends: list[int]) -> None:
    while start < end:
        run = _run_at(start, ends)
        stop = min(end, ends[run])
        cell.pieces.append(Piece(run, text[start:stop]))
        start = stop


def _run_at(position: int, ends: list[int]) -> int:
    return next((number for number, end in enumerate(ends) if position < end), len(ends) - 1)


def address_of(element: Element, row: int, last_column: int) -> tuple[int, int]:
    """Return (column, row) of a ``c`` element; a cell without an address follows the one before it."""
    found = parse_cell(element.get("r", ""))
    return found if found is not None else (last_column + 1, row)
