"""Cell notes of one sheet: people's are kept, ours say what the data and a person disagree on, once each."""

from __future__ import annotations

import re

from msgspec import Struct, field

from exporters.package import rt
from exporters.package.xstrings import spelled
from exporters.workbook.living.book import Book
from exporters.workbook.living.merged import merges
from exporters.workbook.living.shifting import Shift, moved_area
from exporters.workbook.living.spans import Span, Splices, escaped, parse, prefix_of, string_text, utf8
from exporters.workbook.references import letters, parse_cell

AUTHOR = "briefpack"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHAPE_ID = re.compile(rb'id="_x0000_s([0-9]+)"')
_ID_BLOCK = re.compile(rb'<o:idmap\b[^>]*\bdata="([0-9, ]+)"')
_BLOCK = 1024
_ROWS_OF_ANCHOR = (2, 6)
_EMPTY_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="{block}"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel" '
    'style="position:absolute;margin-left:60pt;margin-top:2pt;width:200pt;height:90pt;z-index:{order};'
    'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 2, {right}, 31, {bottom}, 1</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


class Note(Struct):
    """A note as the sheet will hold it; ``row`` is the row of afterwards."""

    column: int
    row: int
    span: Span
    key: str = ""
    text: str = ""


class SheetNotes(Struct):
    """The notes of one sheet, to be changed and written back."""

    book: Book
    sheet: str
    shift: Shift
    part: str = ""
    vml_part: str = ""
    _data: bytes = b""
    _vml: bytes = b""
    _root: Span | None = None
    _notes: list[Note] = field(default_factory=list)
    _gone: list[Note] = field(default_factory=list)
    _added: list[tuple[int, int, str]] = field(default_factory=list)

    @classmethod
    def of(cls, book: Book, sheet: str, shift: Shift) -> SheetNotes:
        notes = cls(book, sheet, shift, book.target(sheet, rt.COMMENTS), _legacy_drawing(book, sheet))
        if notes.part:
            notes._data = utf8(book.package.read(notes.part))
            notes._root = parse(notes._data)
            notes._read()
        if notes.vml_part:
            notes._vml = utf8(book.package.read(notes.vml_part))
        return notes

    def _read(self) -> None:
        assert self._root is not None
        authors = [one.text for holder in self._root.all("authors") for one in holder.all("author")]
        for holder in self._root.all("commentList"):
            for one in holder.all("comment"):
                place = parse_cell(one.get("ref"))
                if place is None:
                    continue
                number = one.get("authorId", "0")
                body = one.child("text")
                text = string_text(body) if body is not None else ""
                known = number.isdecimal() and int(number) < len(authors) and authors[int(number)] == AUTHOR
                key = _key_of(text) if known or is_ours(text) else ""
                note = Note(place[0], self.shift.row(place[1]), one, key, text)
                self._notes.append(note)
                if place[1] in self.shift.gone:
                    self._gone.append(note)

    @property
    def keys(self) -> list[str]:
        """The keys of our notes, in order."""
        return [note.key for note in self._notes if note.key]

    def put(self, column: int, row: int, key: str, text: str) -> None:
        """Say *text* at a cell, once for a key; beside it where a person's note stands or it is merged into another."""
        text = f"{text}\n[{key}]"
        same = [note for note in self._notes if note.key == key and (note.column, note.row) == (column, row)]
        near = same or [note for note in self._notes if note.key == key and note.row == row and note.column > column]
        if near and near[0].text == text:
            return
        for note in near:
            self._drop(note)
        taken = {(note.column, note.row) for note in self._notes if note not in self._gone}
        taken |= {(one, other) for one, other, _ in self._added}
        while (column, row) in taken or self._is_covered(column, row):
            column += 1
        self._added.append((column, row, text))

    def _is_covered(self, column: int, row: int) -> bool:
        for area in merges(self.book.sheet(self.sheet)):
            top, bottom = self.shift.rows(area.top, area.bottom)
            if area.left <= column <= area.right and top <= row <= bottom and (column, row) != (area.left, top):
                return True
        return False

    def _drop(self, note: Note) -> None:
        if note not in self._gone:
            self._gone.append(note)

    def remove(self, key: str, keep: frozenset[tuple[int, int]] = frozenset()) -> None:
        """Take our notes with that key away."""
        for note in self._notes:
            if note.key == key and (note.column, note.row) not in keep:
                self._drop(note)

    @property
    def adds(self) -> bool:
        """Whether a note is new."""
        return bool(self._added)

    @property
    def changed(self) -> bool:
        return bool(self._added or self._gone or (self.shift and (self.part or self.vml_part)))

    def comments(self) -> bytes:
        """Return the comments part."""
        data = self._data
        if not data:
            data = (
                f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{MAIN}">'
                "<authors></authors><commentList></commentList></comments>"
            ).encode()
        root = self._root if self._root is not None else parse(data)
        splices, prefix = Splices(data), prefix_of(data, root)
        author = self._author(root, splices, prefix)
        for note in self._notes:
            if note in self._gone:
                splices.replace(note.span.start, note.span.end, b"")
            elif self.shift:
                splices.attribute(note.span, "ref", moved_area(note.span.get("ref"), self.shift))
        added = "".join(
            f'<{prefix}comment ref="{letters(column)}{row}" authorId="{author}"><{prefix}text>'
            f'<{prefix}r><{prefix}t xml:space="preserve">{escaped(spelled(text))}</{prefix}t></{prefix}r>'
            f"</{prefix}text></{prefix}comment>"
            for column, row, text in self._added
        )
        holder = root.child("commentList")
        if added and holder is not None:
            splices.append(holder, added)
        return splices.result()

    def _author(self, root: Span, splices: Splices, prefix: str) -> int:
        holder = root.child("authors")
        if holder is None or not self._added:
            return 0
        authors = [one.text for one in holder.all("author")]
        if AUTHOR not in authors:
            splices.append(holder, f"<{prefix}author>{AUTHOR}</{prefix}author>")
            return len(authors)
        return authors.index(AUTHOR)

    def drawing(self) -> bytes:
        """Return the VML part. Old Excel wrote VML that is no XML: such a part is only added to."""
        vml = self._vml or _EMPTY_VML.format(block=self._free_block()).encode()
        splices = Splices(vml)
        try:
            root = parse(vml)
        except ValueError:
            root = None
        if root is not None:
            self._move_shapes(root, splices)
        vml = splices.result()
        end = vml.rindex(b"</")
        first = max([int(found) for found in _SHAPE_ID.findall(vml)], default=self._first_id(vml))
        shapes = "".join(
            _SHAPE.format(
                number=first + step,
                order=step,
                left=column,
                top=max(row - 2, 0),
                right=column + 3,
                bottom=max(row - 2, 0) + 5,
                row=row - 1,
                column=column - 1,
            )
            for step, (column, row, _) in enumerate(self._added, 1)
        )
        return vml[:end] + shapes.encode() + vml[end:]

    def _move_shapes(self, root: Span, splices: Splices) -> None:
        gone = {(note.span.get("ref"), note.column) for note in self._gone}
        for shape in root.all("shape"):
            data = shape.child("ClientData")
            row, column = (data.child("Row"), data.child("Column")) if data is not None else (None, None)
            if data is None:
                continue
            if row is not None and column is not None and row.text.strip().isdecimal():
                number, at = int(row.text) + 1, int(column.text) + 1
                if (f"{letters(at)}{number}", at) in gone:
                    splices.replace(shape.start, shape.end, b"")
                    continue
                if self.shift:
                    splices.text(row, str(self.shift.row(number) - 1))
            anchor = data.child("Anchor")
            if self.shift and anchor is not None:
                splices.text(anchor, self._moved_anchor(anchor.text))

    def _moved_anchor(self, text: str) -> str:
        numbers = text.split(",")
        rows = [numbers[place].strip() for place in _ROWS_OF_ANCHOR if place < len(numbers)]
        if len(rows) == len(_ROWS_OF_ANCHOR) and all(map(str.isdecimal, rows)):
            moved = self.shift.frame(*(int(row) + 1 for row in rows))
            for place, row in zip(_ROWS_OF_ANCHOR, moved, strict=True):
                numbers[place] = f" {row - 1}"
        return ",".join(numbers)

    def _first_id(self, vml: bytes) -> int:
        found = _ID_BLOCK.search(vml)
        return int(found[1].split(b",")[0]) * _BLOCK if found is not None else _BLOCK

    def _free_block(self) -> int:
        taken = {0}
        for name in self.book.package.names():
            if name.lower().endswith(".vml"):
                for found in _ID_BLOCK.findall(self.book.package.read(name)):
                    taken |= {int(one) for one in found.split(b",")}
        # Parts made in the same run count from their sheet's place, which no other sheet has.
        parts = [entry.part for entry in self.book.entries]
        return max(taken) + 1 + parts.index(self.sheet)


def notes_by_row(book: Book, sheet: str) -> dict[int, str]:
    """Return what people's notes on a sheet say, by row; those of a rebuild are left out."""
    found: dict[int, str] = {}
    if book.target(sheet, rt.COMMENTS):
        for note in SheetNotes.of(book, sheet, Shift())._notes:
            if not note.key:
                found[note.row] = f"{found.get(note.row, '')}{note.text}\n"
    return found


def is_ours(text: str) -> bool:
    """Whether a build put a note there: LibreOffice drops the authors of notes, but ours begin with the name."""
    return text.startswith(AUTHOR) and bool(_key_of(text))


def _key_of(text: str) -> str:
    """Return the key in the last line of one of our notes, which stands in square brackets."""
    last = text.rstrip().rpartition("\n")[2].strip()
    return last[1:-1] if last.startswith("[") and last.endswith("]") else ""


def _legacy_drawing(book: Book, sheet: str) -> str:
    """Return the VML part with the shapes of a sheet's notes and controls (a sheet may have another for its header)."""
    element = book.sheet(sheet).root.child("legacyDrawing")
    if element is None:
        return ""
    rel_id = next((value for name, value in element.attributes.items() if name.endswith(" id")), "")
    relationships = book.package.relationships(sheet)
    target = relationships.target(rel_id) if rel_id in relationships else ""
    return book.package.stored_name(target) if target and target in book.package else ""
