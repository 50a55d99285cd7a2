"""What every reader yields: plain data (dicts, lists, raw texts) and the way from a path back to its place."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from exporters.errors import Fault
from exporters.model import Path

MAX_DEPTH = 32
"""Deeper nesting than any dataset has; a bound against files made to exhaust the reader."""


_LONGEST = 500


class Spot(Struct, frozen=True):
    """A place in a file as a person sees it; ``order`` sorts faults as the file runs."""

    where: str
    excerpt: str = ""
    order: tuple[int, ...] = ()


class Misfit(Struct, frozen=True):
    """A fault before it knows its file."""

    spot: Spot
    code: str
    message: str
    hint: str = ""

    def in_file(self, file: str) -> Fault:
        # A message may quote what was typed, which may be a whole book.
        message = self.message if len(self.message) <= _LONGEST else f"{self.message[:_LONGEST]}…"
        return Fault(self.code, message, file, self.spot.where, self.hint[:_LONGEST], excerpt=self.spot.excerpt)


class Document(Struct, frozen=True):
    """A file as read: its data, what was wrong already while reading, and where each path stands.

    Scalars are the raw text of the file, so that numbers stay exact and the model's field type alone decides what
    they mean; ``locate`` answers for the deepest part of a path that exists, and is called for faults only.
    """

    data: Any
    locate: Callable[[Path], Spot]
    misfits: list[Misfit] = field(default_factory=list)


def in_order(misfits: Iterable[Misfit]) -> list[Misfit]:
    """Return the misfits as the file runs, each that reads the same only once."""
    distinct = {(one.spot.where, one.code, one.message): one for one in reversed(list(misfits))}
    return sorted(distinct.values(), key=lambda one: (one.spot.order, one.message))


MAX_REPORTED = 100
"""Faults of one kind of check; who has more has one cause for them, and each takes time to place."""


def and_more(count: int) -> Misfit:
    """Return the last line of a list of faults of which *count* are left out."""
    return Misfit(Spot("", "", (sys.maxsize,)), "more", f"{count:,} more faults are not listed")


class UnreadableError(Exception):
    """The file cannot be read any further; carries what was found until then."""

    def __init__(self, *misfits: Misfit) -> None:
        super().__init__(misfits)
        self.misfits = list(misfits)


class SourceText:
    """The text of a YAML or JSON file, with its lines."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [0], -1
        while (at := self.text.find("\n", at + 1)) >= 0:
            starts.append(at + 1)
        return starts

    def line_of(self, offset: int) -> int:
        """Return the line (from 1) that holds the character at *offset*."""
        return bisect_right(self._starts, offset)

    def line(self, number: int) -> str:
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[self._starts[number - 1] : end].rstrip("\r\n")

    def spot(self, offset: int) -> Spot:
        number = self.line_of(offset)
        return Spot(f"line {number}", self.line(number).strip()[:200], (number, offset))
