"""A sheet's text on its way into the package."""

from __future__ import annotations

import re
from collections.abc import Callable

from exporters.package import DeflateSegment, Segment
from exporters.workbook import markup

_MARK = markup.MARK.encode()
_LATE = re.compile(f"{markup.MARK}{markup.DEFERRED}([0-9]+){markup.END}".encode())


class Sink:
    """A sheet's text on its way into the package. Where values are waited for, it stands open.

    A sheet that waits for many values keeps its text; one that waits for a few is deflated in stretches.
    """

    def __init__(self, held: bool) -> None:
        self._keeps_text = held
        self._parts: list[DeflateSegment | Segment | bytes | int] = []

    @property
    def waits(self) -> bool:
        return self._keeps_text or any(isinstance(part, int) for part in self._parts)

    def write(self, text: str) -> None:
        """Add what surrounds the rows."""
        self._add(text.encode())

    def write_rows(self, rows: bytes, marked: bool) -> None:
        """Add rows; *marked* ones may hold marks of values that are not known yet."""
        if not marked or _MARK not in rows:
            self._add(rows)
            return
        last = 0
        for found in _LATE.finditer(rows):
            self._add(rows[last : found.start()])
            if self._parts and isinstance(self._parts[-1], DeflateSegment):
                # A sealed segment gives back its compressor's memory, a quarter of a megabyte.
                self._parts[-1] = self._parts[-1].seal()
            self._parts.append(int(found[1]))
            last = found.end()
        self._add(rows[last:])

    def _add(self, text: bytes) -> None:
        if not text:
            return
        if self._keeps_text:
            self._parts.append(text)
            return
        if not self._parts or not isinstance(self._parts[-1], DeflateSegment):
            self._parts.append(DeflateSegment())
        segment = self._parts[-1]
        assert isinstance(segment, DeflateSegment)
        segment.write(text)

    def finished(self, late_body: Callable[[int], str]) -> list[Segment | DeflateSegment]:
        """Return the whole sheet as segments."""
        found: list[Segment | DeflateSegment] = []
        open_text: DeflateSegment | None = None
        for part in self._parts:
            if isinstance(part, DeflateSegment | Segment):
                if open_text is not None:
                    found[-1] = open_text.seal()
                found.append(part)
                open_text = None
                continue
            if open_text is None:
                open_text = DeflateSegment()
                found.append(open_text)
            open_text.write(late_body(part).encode() if isinstance(part, int) else part)
        return found
