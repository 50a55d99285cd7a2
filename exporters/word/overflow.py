"""Texts of a finished document that are cut off: in rows and boxes of a fixed height, in lines that are too low."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from exporters.binding.program import Weaver
from exporters.binding.weave import Places
from exporters.errors import Fault
from exporters.metrics import width
from exporters.package import Package
from exporters.word.blocks import Blocks
from exporters.word.geometry import Styles, sections, table_style, twips
from exporters.word.measuring import ParagraphBlock
from exporters.word.names import DIALECT, A, W
from exporters.word.scopes import Scopes
from exporters.word.xmlparts import Element, is_fallback, parse

_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_EMU = 12700
# A line more or less is what fonts and offices differ by.
_TOLERANCE, _LEAST = 1.05, 2.0
_INSETS = (("lIns", 91440), ("rIns", 91440), ("tIns", 45720), ("bIns", 45720))
_SHOWN = 24
_FIGURE = frozenset("0123456789.,+-–%‰ ")


def overflows(package: Package) -> list[Fault]:
    """Return a warning for each kind of place whose text does not fit, with the first such place."""
    main = package.main_part()
    root = parse(package.read(main))
    found: dict[tuple[str, ...], list[Fault]] = {}
    for kind, fault in _Measures(package, main, root).faults():
        found.setdefault(kind, []).append(fault)
    return [_first(faults) for faults in found.values()]


def _first(faults: list[Fault]) -> Fault:
    more = len(faults) - 1
    return replace(faults[0], message=f"{faults[0].message}; so on {more} more") if more else faults[0]


class _Measures:
    def __init__(self, package: Package, main: str, root: Element) -> None:
        self._root, self._places = root, Places(root, DIALECT)
        self._styles = Styles(package, main)
        scopes = Scopes(Weaver())
        scopes.walk(root)
        self._blocks = Blocks(Weaver(), self._styles, scopes, set(), sections(root)[0])

    def faults(self) -> Iterator[tuple[tuple[str, ...], Fault]]:
        """Yield each text that does not fit, with what is the same for all that stand in the same place of a loop."""
        for row in self._root.iter(f"{W}tr"):
            yield from self._row(row)
        for shape in self._root.iter(f"{_WPS}wsp"):
            if not is_fallback(shape):
                yield from self._box(shape)
        for paragraph in self._root.iter(f"{W}p"):
            yield from self._low_lines(paragraph)

    def _row(self, row: Element) -> Iterator[tuple[tuple[str, ...], Fault]]:
        height = row.find(f"{W}trPr/{W}trHeight")
        exact = height is not None and height.get(f"{W}hRule") == "exact"
        room = (twips(height.get(f"{W}val")) or 0.0) if height is not None else 0.0
        for number, cell in enumerate(row.iterfind(f"{W}tc")):
            if cell.find(f"{W}tcPr/{W}vMerge") is not None or cell.find(f".//{W}tbl") is not None:
                continue
            wide, margins = self._blocks.cell_width(cell, 0), self._blocks.margins(cell)
            paragraphs = cell.findall(f"{W}p")
            text = _text(cell)
            kind = (str(number), f"{wide:.0f}", f"{room:.0f}")
            needed = self._height(paragraphs, wide) + sum(margins[2:]) if exact else 0.0
            if exact and needed > room * _TOLERANCE + _LEAST:
                message = f"{_quoted(text)} needs {needed:.0f} points of the row's exact height of {room:.0f}"
                hint = "let the row grow (Table Properties, Row, Row height is: At least)"
                yield ("row", *kind), self._fault(message, cell, hint)
            elif text and not set(text) - _FIGURE and self._is_broken(paragraphs, text, wide):
                message = f"the number {text} is wider than its cell and will be broken"
                yield ("number", *kind), self._fault(message, cell, "make the column wider, or its text smaller")

    def _box(self, shape: Element) -> Iterator[tuple[tuple[str, ...], Fault]]:
        content, body = shape.find(f"{_WPS}txbx/{W}txbxContent"), shape.find(f"{_WPS}bodyPr")
        extent = shape.find(f"{_WPS}spPr/{A}xfrm/{A}ext")
        grows = body is None or body.find(f"{A}spAutoFit") is not None or (body.get("vert") or "horz") != "horz"
        if content is None or extent is None or grows or content.find(f".//{W}tbl") is not None:
            return
        left, right, top, bottom = (int(body.get(name, usual)) / _EMU for name, usual in _INSETS)  # type: ignore[union-attr]
        wide, room = int(extent.get("cx", "0")) / _EMU - left - right, int(extent.get("cy", "0")) / _EMU - top - bottom
        paragraphs = content.findall(f"{W}p")
        needed = self._height(paragraphs, max(wide, 1.0))
        if needed > room * _TOLERANCE + _LEAST:
            message = f"{_quoted(_text(content))} needs {needed:.0f} points of the text box's {room:.0f}"
            hint = "make the box higher, or let it grow (Format Shape, Resize shape to fit text)"
            yield ("box", f"{wide:.0f}", f"{room:.0f}"), self._fault(message, content, hint)

    def _low_lines(self, paragraph: Element) -> Iterator[tuple[tuple[str, ...], Fault]]:
        text = _text(paragraph)
        style = _style_around(paragraph)
        form = self._styles.paragraph(paragraph, style) if text else None
        if form is None or form.rule != "exact" or is_fallback(paragraph):
            return
        sizes = [self._styles.run(paragraph, run, style).size for run in paragraph.iter(f"{W}r") if _text(run)]
        if max(sizes, default=0.0) > form.line * _TOLERANCE:
            message = f"{_quoted(text)} is {max(sizes):g} points high in lines of exactly {form.line:g}: it is cut off"
            hint = "set the line spacing to At least (Paragraph, Line spacing)"
            yield ("line", form.style, f"{form.line}"), self._fault(message, paragraph, hint)

    def _height(self, paragraphs: list[Element], wide: float) -> float:
        """Return the height of paragraphs; the space after the last may be cut."""
        blocks = [self._block(one, wide) for one in paragraphs]
        return sum(block.height(()) for block in blocks) - (blocks[-1].after if blocks else 0.0)

    def _block(self, paragraph: Element, wide: float) -> ParagraphBlock:
        form = self._styles.paragraph(paragraph, _style_around(paragraph))
        return ParagraphBlock.of(self._blocks.paragraph(paragraph, form, wide))

    def _is_broken(self, paragraphs: list[Element], text: str, wide: float) -> bool:
        if len(paragraphs) > 1:
            return False
        block = self._block(paragraphs[0], wide)
        needed = width(
            text.strip(), block.size, latin=block.latin, east_asian=block.east_asian, bold=block.bold,
            spacing=block.spacing,
        )  # fmt: skip
        return needed > block.width * _TOLERANCE + _LEAST

    def _fault(self, message: str, element: Element, hint: str) -> Fault:
        paragraph = element if element.tag == f"{W}p" else element.find(f".//{W}p")
        where = self._places(paragraph) if paragraph is not None else "document"
        return Fault("text-overflow", message, where=f"{where} of the pack", hint=hint, severity="warning")


def _text(element: Element) -> str:
    return "".join(one.text or "" for one in element.iter(f"{W}t"))


def _style_around(element: Element) -> str:
    table = next(element.iterancestors(f"{W}tbl"), None)
    return table_style(table) if table is not None else ""


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}”"
