"""Cell formats of a workbook: what kind of number a cell shows, and formats put behind the others."""

from __future__ import annotations

import re
from dataclasses import dataclass

from exporters.workbook.living.spans import Span, Splices, escaped, parse, with_attribute

# Built-in number formats (ECMA-376 part 1, clause 18.8.30) whose kind matters here.
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "yyyy/m/d",
    22: "yyyy/m/d h:mm", 31: 'yyyy"年"m"月"d"日"', 49: "@",
}  # fmt: skip
_FIRST_OWN = 164
_NO_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
NUMBER, PERCENT, DATE = "number", "percent", "date"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A number format; ``kind`` is number, percent or date."""

    code: str
    kind: str


class Styles:
    """The cell formats of a styles part, and those added to it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._root = parse(data) if data else None
        self._added: list[bytes] = []
        self._formats: dict[int, str] = dict(_BUILT_IN)
        self._new_formats: dict[str, int] = {}
        self._known: dict[tuple[int, str], int] = {}
        self._xfs: list[Span] = []
        self._kinds: dict[int, NumberFormat] = {}
        if self._root is not None:
            for holder in self._root.all("numFmts"):
                for one in holder.all("numFmt"):
                    if one.get("numFmtId").isdecimal():
                        self._formats[int(one.get("numFmtId"))] = one.get("formatCode")
            holder_of_formats = self._root.child("cellXfs")
            if holder_of_formats is not None:
                self._xfs = list(holder_of_formats.all("xf"))

    def format(self, style: int) -> NumberFormat:
        """Return the number format of a cell format."""
        found = self._kinds.get(style)
        if found is None:
            number = int(self._xfs[style].get("numFmtId", "0")) if 0 <= style < len(self._xfs) else 0
            code = self._formats.get(number, "General")
            found = self._kinds[style] = NumberFormat(code, _kind(number, code))
        return found

    def with_format(self, style: int, code: str) -> int:
        """Return a cell format equal to *style* but for its number format, which is made where there is none."""
        if not 0 <= style < len(self._xfs) or self.format(style).code == code:
            return style
        known = self._known.get((style, code))
        if known is not None:
            return known
        source = self._xfs[style]
        for number, xf in enumerate(self._xfs):
            if self.format(number).code == code and _same_but_format(source, xf):
                self._known[style, code] = number
                return number
        tag = with_attribute(self._data[source.start : source.opened], "numFmtId", str(self._format_id(code)))
        tag = with_attribute(tag, "applyNumberFormat", "1")
        self._added.append(tag + self._data[source.opened : source.end])
        self._known[style, code] = len(self._xfs) + len(self._added) - 1
        return self._known[style, code]

    def _format_id(self, code: str) -> int:
        found = next((number for number, one in self._formats.items() if one == code), None)
        if found is None:
            found = max(_FIRST_OWN - 1, *self._formats) + 1
            self._formats[found] = code
            self._new_formats[code] = found
        return found

    @property
    def changed(self) -> bool:
        return bool(self._added)

    def result(self) -> bytes:
        """Return the part with the added formats."""
        if self._root is None or not self._added:
            return self._data
        splices = Splices(self._data)
        holder = self._root.child("cellXfs")
        assert holder is not None
        splices.append(holder, b"".join(self._added))
        splices.attribute(holder, "count", str(len(self._xfs) + len(self._added)))
        if self._new_formats:
            self._add_formats(splices)
        return splices.result()

    def _add_formats(self, splices: Splices) -> None:
        assert self._root is not None
        head = self._data[self._root.start + 1 : self._root.opened].split(None, 1)[0]
        prefix = head.decode().rpartition(":")[0]
        prefix = prefix + ":" if prefix else ""
        xml = "".join(
            f'<{prefix}numFmt numFmtId="{number}" formatCode="{escaped(code)}"/>'
            for code, number in self._new_formats.items()
        )
        holder = self._root.child("numFmts")
        if holder is None:
            whole = f'<{prefix}numFmts count="{len(self._new_formats)}">{xml}</{prefix}numFmts>'
            splices.insert(self._root.opened, whole)
            return
        splices.append(holder, xml)
        splices.attribute(holder, "count", str(len(list(holder.all("numFmt"))) + len(self._new_formats)))


def _same_but_format(one: Span, other: Span) -> bool:
    left, right = dict(one.attributes), dict(other.attributes)
    for name in ("numFmtId", "applyNumberFormat"):
        left.pop(name, None)
        right.pop(name, None)
    return left == right and [(c.name, c.attributes) for c in one.children] == [
        (c.name, c.attributes) for c in other.children
    ]


def _kind(number: int, code: str) -> str:
    if number in _DATES and number not in {45, 46, 47}:
        return DATE
    plain = _NO_DATE.sub("", code)
    if "%" in plain:
        return PERCENT
    if plain.lower() in {"general", "@", ""}:
        return NUMBER
    return DATE if re.search(r"[yd]|(?<![#0.?,])m+(?![#0.?,])", plain, re.IGNORECASE) else NUMBER
