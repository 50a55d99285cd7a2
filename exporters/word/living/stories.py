"""Which items stand in the parts of a document: generated paragraphs and rows, found again by their bookmarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from exporters.word.anchors import plain_name
from exporters.word.living.atoms import CONTENTS_PREFIX, ITEM_PREFIX, Anchor, Atom, Kind, Walker, prose_of, text_of
from exporters.word.living.found import ENTRY, Found, Read, Region, Rows, Story, ending_of, family_of, suffix_of
from exporters.word.living.lines import CHART, DRAWING, TC, Line, Node, P, Part, line_of
from exporters.word.living.merged import goes_on
from exporters.word.xmlparts import Element

# Looked up as plain names, for there are some hundred thousand atoms.
_TEXT, _NOTE = Kind.TEXT, Kind.NOTE


def scan(
    part: Part,
    lines: Iterable[Read],
    digests: Mapping[str, str],
    notes: Mapping[tuple[str, str], Element],
    remarks: frozenset[str] = frozenset(),
) -> Story:
    """Find the items in the *lines* of a part; *notes* gives the foot- and endnotes by kind and id: they belong to the
    item that refers to them. *remarks* are the numbers of the comments that a rebuild wrote."""
    return Scanner(part, digests, notes, remarks).story(lines)


class Scanner:
    """Finds items; ``last`` is the one that what comes next may stand beside."""

    def __init__(
        self,
        part: Part,
        digests: Mapping[str, str],
        notes: Mapping[tuple[str, str], Element],
        remarks: frozenset[str],
    ) -> None:
        self._digests, self._notes, self._remarks = digests, notes, remarks
        self._story = Story(part)
        self._rows: dict[Node, Found] = {}
        self._open: dict[Node | None, tuple[str, Region]] = {}
        """By container: the bookmark id and the region that run on into the next paragraph."""
        self._before: list[Anchor] = []
        """Anchors between paragraphs, for the next one."""
        self.last: Found | None = None
        self._entries: list[Line] = []

    @property
    def is_open(self) -> bool:
        """Whether an anchor goes on behind what was read."""
        return bool(self._open or self._before)

    def story(self, lines: Iterable[Read]) -> Story:
        for line in lines:
            self._take(line)
        self._list_entries()
        self._put_together()
        self._units()
        return self._story

    def _take(self, line: Read) -> None:
        if isinstance(line, Line):
            self._paragraph(line)
        elif isinstance(line, Rows):
            if self.is_open:
                for inner in line.lines():
                    self._take(inner)
            else:
                self._story.items += line.items
                self.last = line.last or self.last
        elif line.name:
            self._before.append(Anchor(0, line.number, line.name))
        else:
            self._open = {container: going for container, going in self._open.items() if going[0] != line.number}

    # --- paragraphs --------------------------------------------------------------------------------------------------

    def _paragraph(self, line: Line) -> None:
        anchors = line.anchors
        if self._before:
            anchors, self._before = [*self._before, *anchors], []
        if line.in_contents:
            if line.link:
                self._entries.append(line)
            return
        starts: list[Anchor] = []
        ended: list[str] = []
        for anchor in anchors:
            if not anchor.name:
                ended.append(anchor.number)
            elif anchor.is_listed:
                for name in line.names:
                    self._story.names.setdefault(name, anchor.name)
            elif family := family_of(anchor.name):
                if family.startswith("r"):
                    self._row(line, anchor.name)
                else:
                    starts.append(anchor)
        row = self._row_of(line)
        if not starts and not self._open:
            self._unbound(line, row, line.atoms)
            first = None
        else:
            first = self._cut(line, row, starts, ended)
        if line.shown:
            self._show(line, row, first)
        owner = row or (self.last if first is not None else None)
        if owner is not None and (line.comments or line.shown):
            owner.inside.extend("comment" for number in line.comments if number not in self._remarks)
            owner.inside.extend("drawing" for node in line.shown if node.tag == DRAWING)

    def _cut(self, line: Line, row: Found | None, starts: list[Anchor], ended: list[str]) -> Region | None:
        """Cut a paragraph at the items that begin in it: each has all up to the next. Return the first region."""
        container, atoms = line.container, line.atoms
        if len(starts) > 1:
            # Two anchors at one place: the first is what is left of a paragraph whose text was deleted.
            stops = [*(one.at for one in starts[1:]), len(atoms)]
            shown = [one for one, stop in zip(starts, stops, strict=True) if _shows(atoms[one.at : stop])]
            starts = shown or starts[-1:]
        going = self._open.pop(container, None)
        if going is not None and starts and starts[0].name == going[1].name and going[0] not in ended:
            # Split in LibreOffice, which begins the bookmark anew there where it has lost its end to a note.
            going = starts.pop(0).number, going[1]
        first = None
        if going is not None:
            number, region = going
            here = atoms[: starts[0].at] if starts else atoms
            goes_on = not starts and number not in ended
            if goes_on or _shows(here):
                region.pieces.append((line, here))
                self._bound(region, row, here)
                first = region
                if goes_on:
                    self._open[container] = going
            elif not starts:
                self._unbound(line, row, here)
        elif not starts:
            self._unbound(line, row, atoms)
        for order, anchor in enumerate(starts, 1):
            begin = anchor.at if order > 1 or going is not None else 0
            piece = atoms[begin : starts[order].at] if order < len(starts) else atoms[begin:] if begin else atoms
            region = Region(anchor.name, [(line, piece)])
            if order == len(starts) and anchor.number not in ended:
                self._open[container] = (anchor.number, region)
            self._bound(region, row, piece)
            first = first or region
        return first

    def _bound(self, region: Region, row: Found | None, piece: Sequence[Atom]) -> None:
        owner = row
        if len(region.pieces) > 1:
            owner = self.last
        elif owner is None:
            owner = Found(region.name, region.pieces[0][0].node, [region])
            self._story.items.append(owner)
        else:
            owner.regions.append(region)
        self.last = owner
        if owner is not None and self._notes:
            notes = [one for one in piece if one.kind is _NOTE]
            if notes:
                self._follow_notes(owner, region, notes)

    def _unbound(self, line: Line, row: Found | None, piece: Sequence[Atom]) -> None:
        values = [one for one in piece if one.kind in {Kind.CONTROL, Kind.BOOKED}]
        if row is not None:
            row.values.extend(values)
            if words := prose_of(piece).strip():
                row.inside.append(words)
            self.last = row
            return
        self._story.loose += values
        words = prose_of(piece).strip()
        self._story.fields += ((f"{words}#field", one) for one in piece if one.kind is Kind.FIELD)
        if words and self.last is not None and line.container is not None and line.container.tag != TC:
            self.last.beside.append(words)
        for atom in piece:
            note = self._notes.get((atom.text, atom.key)) if atom.kind is Kind.NOTE else None
            if note is not None:
                self._story.loose += [
                    one for inner in note.iter(P) for one in Walker(self._digests).paragraph(inner)
                    if one.kind in {Kind.CONTROL, Kind.BOOKED}
                ]  # fmt: skip

    def _follow_notes(self, owner: Found, region: Region, notes: Iterable[Atom]) -> None:
        """Read the notes of a paragraph. They go by its name: LibreOffice loses bookmarks in notes."""
        for number, atom in enumerate(notes):
            note = self._notes.get((atom.text, atom.key))
            if note is None:
                continue
            for index, paragraph in enumerate(note.iter(P)):
                line = line_of(paragraph, self._digests)
                name = f"{region.name}~{number}" + (f".{index}" if index else "")
                if index == 0 or _shows(line.atoms):
                    owner.regions.append(Region(name, [(line, line.atoms)], is_note=True))

    def _show(self, line: Line, row: Found | None, region: Region | None) -> None:
        owner = row or (self.last if region is not None else None)
        for tag, kind in ((CHART, "chart"), (DRAWING, "drawing")):
            nodes = [one for one in line.shown if one.tag == tag]
            if owner is None:
                (self._story.charts if tag == CHART else self._story.drawings).extend(nodes)
                continue
            name = region.name if region else owner.id
            named = ((f"{name}#{kind}{number}", one) for number, one in enumerate(nodes))
            (owner.charts if tag == CHART else owner.drawings).extend(named)

    # --- rows, contents, sections ------------------------------------------------------------------------------------

    def _row(self, line: Line, name: str) -> None:
        row = line.rows[0] if line.rows else None
        if row is not None and row not in self._rows:
            self._rows[row] = found = Found(name, row)
            items = self._story.items
            start = len(items)
            while start and _stands_in(items[start - 1], row):
                start -= 1
            # What a loop within the row wrote may stand before the paragraph that says which row it is.
            before, items[start:] = items[start:], [found]
            for item in before:
                if item.is_row:
                    items.append(item)
                else:
                    found.take_in(item)

    def _put_together(self) -> None:
        """Make one item of the cells of a row whose name went with its first cell, merged into the one above."""
        if not self._story.part.has_merged:
            return
        parted: dict[Node, list[Found]] = {}
        for item in self._story.items:
            line = item.regions[0].pieces[0][0] if item.unread is None and not item.is_row and item.regions else None
            if line is not None and line.rows and line.rows[0] not in self._rows:
                parted.setdefault(line.rows[0], []).append(item)
        parted = {row: cells for row, cells in parted.items() if goes_on(row.element)}
        if not parted:
            return
        named = [item for item in self._story.items if item.is_row]
        families = {one: family_of(item.id) for item in named for one in item.families}
        taken = {item.id for item in named}
        whole: dict[int, Found | None] = {}
        for row, cells in parted.items():
            ids = {f"{ITEM_PREFIX}{families.get(family_of(one.id), '')}{ending_of(one.id)}" for one in cells}
            name = ids.pop()
            if ids or not family_of(name) or name in taken:
                continue
            self._rows[row] = found = Found(name, row)
            for one in cells:
                found.take_in(one)
            whole |= {id(cells[0]): found, **{id(one): None for one in cells[1:]}}
        items = (whole.get(id(item), item) for item in self._story.items)
        self._story.items = [item for item in items if item is not None]

    def _row_of(self, line: Line) -> Found | None:
        return next((self._rows[row] for row in line.rows if row in self._rows), None)

    def _list_entries(self) -> None:
        names = self._story.names
        for line in self._entries:
            name = plain_name(line.link)
            if not name.startswith(CONTENTS_PREFIX):
                name = names.get(line.link, "")
            if name:
                region = Region(name, [(line, line.atoms)])
                self._story.entries.append(Found(f"{ENTRY}{name}", line.node, [region]))

    def _units(self) -> None:
        """Give the items of a section (a run of paragraphs and rows of one record) a common unit."""
        runs: list[tuple[str, list[Found]]] = []
        for item in self._story.items:
            record = (suffix_of(item.id) or [""])[0]
            if not item.is_row:
                # Rows deep in loops go by a digest of all their records; they belong to what stands on both sides.
                before = next((at for at in range(len(runs) - 1, -1, -1) if not _rows_alone(runs[at][1])), 0)
                if len(runs) - before > 1 and runs[before][0] == record:
                    runs[before][1].extend(one for _, rows in runs[before + 1 :] for one in rows)
                    del runs[before + 1 :]
            if not runs or runs[-1][0] != record:
                runs.append((record, []))
            runs[-1][1].append(item)
        seen: dict[str, int] = {}
        for record, items in runs:
            if record and not _rows_alone(items):
                seen[record] = seen.get(record, 0) + 1
                for item in items:
                    item.unit = f"{record}/{seen[record]}"


def _rows_alone(items: Sequence[Found]) -> bool:
    return all(item.is_row for item in items)


def _stands_in(item: Found, row: Node) -> bool:
    return item.unread is None and bool(item.regions) and row in item.regions[0].pieces[0][0].rows


def _shows(atoms: Sequence[Atom]) -> bool:
    return any(one.kind is not _TEXT or one.text for one in atoms)


def visible(region: Region) -> str:
    """Return the text of a region, values included, paragraphs divided by line ends."""
    return "\n".join(text_of(atoms) for _, atoms in region.pieces)
