"""How each value of a template is written: its run in a control, the control in a bookmark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from exporters.word.anchors import LONGEST_ALIAS, LONGEST_FIELD, LONGEST_SPELT, spelt_field


class Form(Struct):
    """The XML around the numbers, names and words of one value, and what stands behind its record's key."""

    start: str
    named: str
    aliased: str
    begun: str
    ended: str
    closed: str
    tail: str
    """What stands behind the record's key: ``.text``."""
    child: str
    """What stands behind the key of the record above where there is no record: ``.level``."""
    flow: bool
    """Whether the page counts the words."""
    dash: str
    """What stands for nothing."""
    tail_spelt: str = ""
    """The tail as bookmarks spell it; empty where a digest stands for the whole key."""
    room: int = 0
    """So many characters are left for the record's key."""
    longest: int = 0
    """So long may that key be for the alias to hold it and the tail, or any field that a bookmark can spell."""

    def __post_init__(self) -> None:
        self.tail_spelt = spelt_field(self.tail)
        self.room = LONGEST_SPELT - len(self.tail_spelt)
        self.longest = LONGEST_ALIAS - max(len(self.tail), LONGEST_FIELD)


def forms_of(plans: Iterable[list[Any]]) -> list[Form]:
    """Return the forms that a compiled template notes."""
    return [Form(*plan) for plan in plans]
