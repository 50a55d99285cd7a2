"""Values' bookmarks that LibreOffice moved off their values, put back.

At every opening, LibreOffice 7.4 moves the bookmarks behind a comment in a table's cell one character to the left for
each comment (measured). The controls stay in place, though without their names: they tell where the values are.
"""

from __future__ import annotations

from dataclasses import dataclass

from exporters.word.anchors import PREFIX
from exporters.word.names import W
from exporters.word.xmlparts import Element

_SIGNS = frozenset(f"{W}{name}" for name in ("tab", "br", "cr", "noBreakHyphen", "footnoteReference"))
_GONE = frozenset((f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr"))


@dataclass(slots=True)
class _Stretch:
    """From which character of a paragraph to which; ``marks`` are a control, or the two ends of a bookmark."""

    start: int
    end: int
    marks: list[Element]


def put_back(paragraph: Element) -> bool:
    """Put the bookmarks of a paragraph around their values again; return whether any had moved."""
    comment = next(paragraph.iter(f"{W}commentReference"), None)
    if comment is None:
        return False
    places = _Places()
    places.walk(paragraph)
    values = [one for one in places.values.values() if len(one.marks) == 2]
    controls = places.controls
    if len(values) != len(controls) or not all(map(_is_of, values, controls)):
        return False
    moved = [pair for pair in zip(values, controls, strict=True) if pair[0].end != pair[1].end]
    for value, control in moved:
        start, end = value.marks
        control.marks[0].addprevious(start)
        control.marks[0].addnext(end)
    return bool(moved)


def _is_of(value: _Stretch, control: _Stretch) -> bool:
    """Return whether a bookmark would be around a control, were it moved to the right again."""
    by = control.end - value.end
    return by >= 0 and value.start == max(control.start - by, 0)


class _Places:
    """Counts the characters of a paragraph."""

    def __init__(self) -> None:
        self._at = 0
        self.values: dict[str, _Stretch] = {}
        self.controls: list[_Stretch] = []

    def walk(self, parent: Element) -> None:
        for child in parent:
            tag, number = child.tag, child.get(f"{W}id", "")
            if tag == f"{W}t":
                self._at += len(child.text or "")
            elif tag in _SIGNS:
                self._at += 1
            elif tag == f"{W}bookmarkStart" and child.get(f"{W}name", "").startswith(PREFIX):
                self.values[number] = _Stretch(self._at, self._at, [child])
            elif tag == f"{W}bookmarkEnd" and number in self.values:
                self.values[number].end = self._at
                self.values[number].marks.append(child)
            elif tag not in _GONE:
                start = self._at
                self.walk(child)
                if tag == f"{W}sdt" and self._at > start:
                    self.controls.append(_Stretch(start, self._at, [child]))
