"""New contents of cells, written as XML."""

from __future__ import annotations

from msgspec import Struct

from exporters.workbook.living.spans import escaped, start_tag_end, with_attribute
from exporters.workbook.living.texts import Run, item_xml

_DROPPED = ("cm", "vm", "ph")


class Content(Struct, frozen=True):
    """What a cell shall hold: a number, a truth value or an error (``kind`` n, b, e), or text in runs (``inlineStr``),
    or a shared string by its number (``s``), or a formula; nothing where all are empty."""

    kind: str = "n"
    value: str = ""
    runs: tuple[Run, ...] = ()
    formula: str = ""

    def inside(self, prefix: str) -> str:
        if self.formula:
            return f"<{prefix}f>{escaped(self.formula)}</{prefix}f>"
        if self.kind == "inlineStr":
            return f"<{prefix}is>{item_xml(list(self.runs), prefix)}</{prefix}is>"
        return f"<{prefix}v>{escaped(self.value)}</{prefix}v>" if self.value else ""

    @property
    def type(self) -> str | None:
        """The cell's ``t``; None for a number or nothing."""
        return None if self.formula or self.kind == "n" else self.kind


NOTHING = Content()


def new_cell(address: str, style: int, content: Content, prefix: str) -> bytes:
    """Return a cell that was not there."""
    attributes = f' s="{style}"' if style else ""
    if content.type is not None:
        attributes += f' t="{content.type}"'
    inside = content.inside(prefix)
    end = f">{inside}</{prefix}c>" if inside else "/>"
    return f'<{prefix}c r="{address}"{attributes}{end}'.encode()


def changed_cell(data: bytes, start: int, address: str, style: int | None, content: Content, prefix: str) -> bytes:
    """Return the cell at *start* with a new content; its attributes stay but for those that say what it held."""
    tag = data[start : start_tag_end(data, start)]
    tag = with_attribute(with_attribute(tag, "r", address), "t", content.type)
    for name in _DROPPED:
        tag = with_attribute(tag, name, None)
    if style is not None:
        tag = with_attribute(tag, "s", str(style))
    inside = content.inside(prefix)
    head = tag[:-2].rstrip() if tag.endswith(b"/>") else tag[:-1]
    return head + (f">{inside}</{prefix}c>".encode() if inside else b"/>")
