"""Cell formats of a workbook: what kind of number a cell shows, and formats put behind the others."""

from __future__ import annotations

import re

from msgspec import Struct

from exporters.workbook.living.spans import Span, Splices, escaped, parse, prefix_of, with_attribute

# Built-in number formats (ECMA-376 part 1, clause 18.8.30) whose kind matters here.
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "yyyy/m/d",
    22: "yyyy/m/d h:mm", 31: 'yyyy"年"m"月"d"日"', 49: "@",
}  # fmt: skip
_FIRST_OWN = 164
_NO_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_PIECES = {"fontId": ("fonts", "font"), "fillId": ("fills", "fill"), "borderId": ("borders", "border")}
NUMBER, PERCENT, DATE = "number", "percent", "date"


class NumberFormat(Struct, frozen=True):
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
        self._adopted: dict[int, int] = {}
        self._lists: dict[str, list[bytes]] = {}
        self._more: dict[str, list[bytes]] = {}
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

    def shrinks(self, style: int) -> bool:
        """Return whether a cell format makes what is too wide for its cell smaller (shrink to fit)."""
        alignment = self._xfs[style].child("alignment") if 0 <= style < len(self._xfs) else None
        return alignment is not None and alignment.get("shrinkToFit") in {"1", "true"}

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

    # --- formats of another workbook -----------------------------------------------------------------------------

    def adopted(self, other: Styles, style: int) -> int:
        """Return the cell format that looks as *style* of another workbook does; it is made where there is none."""
        if other._data == self._data or not 0 <= style < len(other._xfs):
            return style
        known = self._adopted.get(style)
        if known is None:
            known = self._adopted[style] = self._adopt(other, other._xfs[style])
        return known

    def _adopt(self, other: Styles, xf: Span) -> int:
        tag = with_attribute(other._data[xf.start : xf.opened], "numFmtId", str(self._format_id(other._code(xf))))
        for name, (holder, item) in _PIECES.items():
            if xf.get(name).isdecimal():
                piece = other._piece(holder, item, int(xf.get(name)))
                tag = with_attribute(tag, name, str(self._index(holder, item, piece)))
        whole = with_attribute(tag, "xfId", "0") + other._data[xf.opened : xf.end]
        return self._index("cellXfs", "xf", whole)

    def adopted_difference(self, other: Styles, number: str) -> str:
        """Return the differential format (of a rule or a table) that is *number* in another workbook."""
        if other._data == self._data or not number.isdecimal():
            return number
        return str(self._index("dxfs", "dxf", other._piece("dxfs", "dxf", int(number))))

    def _code(self, xf: Span) -> str:
        return self._formats.get(int(xf.get("numFmtId", "0") or "0"), "General")

    def _piece(self, holder: str, item: str, number: int) -> bytes:
        pieces = self._pieces(holder, item)
        return pieces[number] if number < len(pieces) else b""

    def _pieces(self, holder: str, item: str) -> list[bytes]:
        found = self._lists.get(holder)
        if found is None:
            span = self._root.child(holder) if self._root is not None else None
            items = span.all(item) if span is not None else ()
            found = self._lists[holder] = [self._data[one.start : one.end] for one in items]
        return found

    def _index(self, holder: str, item: str, piece: bytes) -> int:
        """Return the place of a piece of a list of the part; it is put behind the others where it is new."""
        pieces = self._pieces(holder, item)
        added = self._more.setdefault(holder, [])
        if holder == "cellXfs" and piece not in pieces:
            if piece not in self._added:
                self._added.append(piece)
            return len(self._xfs) + self._added.index(piece)
        if piece in pieces:
            return pieces.index(piece)
        if piece and piece not in added:
            added.append(piece)
        return len(pieces) + added.index(piece) if piece else 0

    @property
    def changed(self) -> bool:
        return bool(self._added or any(self._more.values()))

    def result(self) -> bytes:
        """Return the part with the added formats."""
        if self._root is None or not self.changed:
            return self._data
        splices = Splices(self._data)
        for name, added in {**self._more, "cellXfs": self._added}.items():
            holder = self._root.child(name)
            if added and holder is not None:
                splices.attribute(holder, "count", str(len(holder.children) + len(added)))
                splices.append(holder, b"".join(map(self._qualified, added)))
        if self._new_formats:
            self._add_formats(splices)
        return splices.result()

    def _qualified(self, piece: bytes) -> bytes:
        """Return a piece of another part so that its names mean the same where this part writes them with a prefix."""
        if self._root is None or not prefix_of(self._data, self._root) or b":" in piece.split(None, 1)[0]:
            return piece
        end = re.match(rb"<[\w]+", piece)
        return piece[: end.end()] + f' xmlns="{self._root.space}"'.encode() + piece[end.end() :] if end else piece

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
