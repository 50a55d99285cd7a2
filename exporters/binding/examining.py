"""What a check keeps of a template while it is compiled, so that faults can show the text around them."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from exporters.binding.program import Program
    from exporters.errors import Fault


class Examination(Struct):
    """The texts that hold tags, by place, the programs made of them, sound or not, and what may not be meant."""

    texts: dict[str, str] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=dict)
    """The names, with their types, that the format adds to those of every template."""

    def saw(self, place: str, text: str) -> None:
        """Take note of a text that stands at *place*; the paragraphs of a shape share theirs."""
        known = self.texts.setdefault(place, text)
        if text not in known:
            self.texts[place] = f"{known}\n{text}"


EXAMINATION: ContextVar[Examination | None] = ContextVar("examination", default=None)
"""The one under way; none while a pack is built."""
