"""New texts in cells: the format of their characters stays where it stood."""

from __future__ import annotations

from msgspec import Struct

from exporters.package.xstrings import spelled, unspelled
from exporters.workbook.living.spans import Span, escaped


class Run(Struct, frozen=True):
    """A stretch of characters of one format; ``properties`` is their ``rPr`` as XML, empty for the cell's own."""

    text: str
    properties: str = ""


def runs_of(item: Span, data: bytes) -> list[Run]:
    """Return the runs of a string item (``si`` or ``is``)."""
    runs: list[Run] = []
    for child in item.children:
        if child.name == "t":
            runs.append(Run(unspelled(child.text)))
        elif child.name == "r":
            properties = child.child("rPr")
            xml = data[properties.start : properties.end].decode() if properties is not None else ""
            runs.append(Run(unspelled("".join(one.text for one in child.all("t"))), xml))
    return runs


def retyped(runs: list[Run], new: str) -> list[Run]:
    """Return *runs* with the text *new*: what is equal at both ends keeps its format, what is new takes the format of
    what it replaces."""
    old = "".join(run.text for run in runs)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    start, end = head, len(old) - tail
    middle = new[head : len(new) - tail]
    found: list[Run] = []
    at = 0
    placed = False
    for run in runs:
        stop = at + len(run.text)
        before = run.text[: max(0, min(start, stop) - at)]
        after = run.text[max(0, min(end, stop) - at) :] if end < stop else ""
        here = not placed and (start < stop or (start == stop and run is runs[-1]))
        text = before + (middle if here else "") + after
        placed |= here
        if text:
            found.append(Run(text, run.properties))
        at = stop
    return found or [Run(new)]


def _common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    shortest = min(len(one), len(other))
    return next((at for at in range(shortest) if one[at] != other[at]), shortest)


def item_xml(runs: list[Run], prefix: str) -> str:
    """Return what stands inside ``si`` or ``is``."""
    if len(runs) == 1 and not runs[0].properties:
        return _text(runs[0].text, prefix)
    return "".join(f"<{prefix}r>{run.properties}{_text(run.text, prefix)}</{prefix}r>" for run in runs)


def _text(text: str, prefix: str) -> str:
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<{prefix}t{space}>{escaped(spelled(text))}</{prefix}t>"
