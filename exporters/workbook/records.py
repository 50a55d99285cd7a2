"""The records behind the marks of a template, collected while it is compiled."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from exporters.binding.program import Weaver
from exporters.binding.tags import scan
from exporters.errors import Fault
from exporters.workbook import markup
from exporters.workbook.formula.parse import parse
from exporters.workbook.linking import Links
from exporters.workbook.reading import SheetDraft, tags_in


class Records(Struct):
    """Marks by kind, each with what the renderer needs to fill it in."""

    links: Links
    weaver: Weaver
    faults: list[Fault]
    kinds: dict[str, list[Any]] = field(default_factory=dict)

    def mark(self, kind: str, record: Any) -> str:
        """Note a record and return its mark."""
        found = self.kinds.setdefault(kind, [])
        found.append(record)
        return markup.mark(kind, len(found) - 1)

    def ranges(self, text: str) -> str:
        """Return the mark of an sqref of the sheet itself."""
        return self.mark(markup.RANGES, text)

    def cell(self, text: str) -> str:
        """Return the mark of one cell of the sheet itself."""
        return self.mark(markup.CELL_AT, text)

    def formula(self, text: str, host: SheetDraft, place: str, anchor: tuple[int, int] = (0, 0)) -> str:
        """Return a formula with marks for its references; tags inside its texts become values."""
        slots: list[str] = []

        def slots_in(constant: str) -> list[Any] | None:
            tags = scan(constant, place, self.faults) if tags_in(constant) else []
            if not tags:
                return None
            parts: list[Any] = []
            last = 0
            for tag in tags:
                parts += [constant[last : tag.start], len(slots)]
                last = tag.end
                shown = tag.kind == "value"
                slots.append(self.weaver.value(tag.body, place, "_quoted") if shown else self.weaver.tag(tag))
            return [*parts, constant[last:]]

        found = parse(text, slots_in)
        pieces: list[str] = []
        for piece in found.pieces:
            if isinstance(piece, str):
                pieces.append(piece)
            elif isinstance(piece, int):
                reference = found.references[piece]
                number = self.links.add(reference, host, None, anchor)
                pieces.append(markup.mark(markup.REFERENCE, number) if number >= 0 else "#REF!")
            else:
                pieces.append(slots[piece[1]])
        return "".join(pieces)
