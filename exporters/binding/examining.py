"""What a check keeps of a template while it is compiled, so that faults can show the text around them."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporters.binding.program import Program


@dataclass(slots=True)
class Examination:
    """The texts that hold tags, by place, and the programs made of them, sound or not."""

    texts: dict[str, str] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)


EXAMINATION: ContextVar[Examination | None] = ContextVar("examination", default=None)
"""The one under way; none while a pack is built."""
