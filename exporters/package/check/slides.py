"""Checks of a presentation: lists of slides and layouts, the links between them, and shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from exporters.package import ct, rt
from exporters.package.check.probe import MC, P14, A, P, Probe, R, duplicates, integer

_FIRST_SLIDE_ID = 256
_FIRST_MASTER_ID = 1 << 31
_END_OF_IDS = 1 << 32


def check(probe: Probe, main: str) -> None:
    root = probe.tree(main)
    if root is None:
        return
    slides = _check_slide_list(probe, main, root)
    _check_masters(probe, main, root)
    _check_links(probe, slides)
    for number, part in enumerate(slides, 1):
        _check_shapes(probe, part, f"slide {number}")
    others = set(slides)
    for part in probe.parts_of(ct.SLIDE, ct.SLIDE_LAYOUT, ct.SLIDE_MASTER, ct.NOTES_SLIDE, ct.NOTES_MASTER):
        if part not in others:
            _check_shapes(probe, part, "")


def _check_slide_list(probe: Probe, main: str, root: etree._Element) -> list[str]:
    """Check the list of slides and return the slides' parts in order."""
    relationships = probe.package.relationships(main)
    entries = root.findall(f"{P}sldIdLst/{P}sldId")
    parts: list[str] = []
    for number, entry in enumerate(entries, 1):
        found = integer(entry.get("id"))
        if found is None or not _FIRST_SLIDE_ID <= found < _FIRST_MASTER_ID:
            probe.add(
                "bad-slide-id",
                f"the slide's id {entry.get('id')} is not between 256 and 2147483647",
                main,
                f"slide {number}",
            )
        rel_id = entry.get(f"{R}id", "")
        target = probe.target(main, relationships[rel_id]) if rel_id in relationships else None
        if target is not None:
            parts.append(target)
    for found_id in duplicates(entry.get("id", "") for entry in entries):
        probe.add("duplicate-slide-id", f"two slides have the id {found_id}", main)
    for part in duplicates(parts):
        probe.add("slide-listed-twice", f"the list of slides holds '{part}' twice", main)
    listed = set(parts)
    for part in probe.targets(main, rt.SLIDE):
        if part not in listed:
            probe.add("slide-not-listed", f"'{part}' is not in the list of slides", main, severity="warning")
    known = {entry.get("id") for entry in entries}
    for item in root.iter(f"{P14}sldId"):
        if item.get("id") not in known:
            probe.add("unknown-slide-in-section", f"a section holds slide id {item.get('id')}, which is no slide", main)
    return parts


def _check_masters(probe: Probe, main: str, root: etree._Element) -> None:
    ids: list[str] = []
    entries = [(main, item) for item in root.findall(f"{P}sldMasterIdLst/{P}sldMasterId")]
    for master in probe.targets(main, rt.SLIDE_MASTER):
        tree = probe.tree(master)
        if tree is None:
            continue
        layouts = tree.findall(f"{P}sldLayoutIdLst/{P}sldLayoutId")
        entries += ((master, item) for item in layouts)
        relationships = probe.package.relationships(master)
        listed = {
            probe.target(master, relationships[rel_id])
            for item in layouts
            if (rel_id := item.get(f"{R}id", "")) in relationships
        }
        for part in probe.targets(master, rt.SLIDE_LAYOUT):
            if part not in listed:
                probe.add("layout-not-listed", f"'{part}' is not in the master's list of layouts", master)
    for part, item in entries:
        text = item.get("id")
        if text is None:
            continue
        ids.append(text)
        found = integer(text)
        if found is None or not _FIRST_MASTER_ID <= found < _END_OF_IDS:
            probe.add("bad-layout-id", f"the id {text} is not between 2147483648 and 4294967295", part)
    for found_id in duplicates(ids):
        probe.add("duplicate-layout-id", f"two masters or layouts have the id {found_id}", main)


def _check_links(probe: Probe, slides: list[str]) -> None:
    _expect_one(probe, probe.parts_of(ct.SLIDE), rt.SLIDE_LAYOUT, "no-layout", "layout")
    _expect_one(probe, probe.parts_of(ct.SLIDE_LAYOUT), rt.SLIDE_MASTER, "no-master", "slide master")
    _expect_one(probe, probe.parts_of(ct.SLIDE_MASTER, ct.NOTES_MASTER), rt.THEME, "no-theme", "theme")
    _expect_one(probe, probe.parts_of(ct.NOTES_SLIDE), rt.NOTES_MASTER, "no-notes-master", "notes master")
    owners: dict[str, str] = {}
    for number, slide in enumerate(slides, 1):
        for notes in probe.targets(slide, rt.NOTES_SLIDE):
            if notes in owners:
                probe.add("shared-notes", f"it shares its notes with '{owners[notes]}'", slide, f"slide {number}")
            owners.setdefault(notes, slide)
            if slide not in probe.targets(notes, rt.SLIDE):
                probe.add("notes-of-another-slide", "its notes do not lead back to it", slide, f"slide {number}")


def _expect_one(probe: Probe, parts: Iterable[str], rel_type: str, code: str, what: str) -> None:
    for part in parts:
        count = len(probe.package.relationships(part).of_type(rel_type))
        if count != 1:
            probe.add(code, f"it has {count} relationships to a {what} instead of one", part)


def shape_place(element: etree._Element) -> str:
    """Return "shape 'Name'" for the innermost shape around *element*."""
    for parent in (element, *element.iterancestors()):
        for child in parent:
            found = child.find(f"{P}cNvPr") if isinstance(child.tag, str) else None
            if found is not None:
                return f"shape '{found.get('name', '')}'"
    return ""


def _check_shapes(probe: Probe, part: str, place: str) -> None:
    root = probe.tree(part)
    if root is None:
        return

    def tell(code: str, message: str, element: etree._Element | None = None, more: str = "") -> None:
        shape = shape_place(element) if element is not None else ""
        probe.add(code, message, part, ", ".join(filter(None, (place, shape, more))))

    shapes = [
        item
        for item in root.iter(f"{P}cNvPr")
        if not any(parent.tag == f"{MC}Fallback" for parent in item.iterancestors())
    ]
    ids = [item.get("id", "") for item in shapes]
    for found in duplicates(ids):
        names = [item.get("name", "") for item in shapes if item.get("id") == found]
        tell("duplicate-shape-id", f"the shapes {', '.join(map(repr, names))} have the same id {found}")
    known = set(ids)
    for item in root.iter(f"{P}spTgt"):
        if item.get("spid", "") not in known:
            tell("unknown-shape", f"an animation names shape id {item.get('spid')}, which does not exist")
    for item in root.iter(f"{A}stCxn", f"{A}endCxn"):
        if item.get("id", "") not in known:
            tell("unknown-shape", f"a connector names shape id {item.get('id')}, which does not exist", item)
    for body in root.iter(f"{P}txBody", f"{A}txBody"):
        if body.find(f"{A}p") is None:
            tell("text-without-paragraph", "a text body has no paragraph", body)
    for table in root.iter(f"{A}tbl"):
        columns = len(table.findall(f"{A}tblGrid/{A}gridCol"))
        for number, row in enumerate(table.findall(f"{A}tr"), 1):
            cells = row.findall(f"{A}tc")
            if len(cells) != columns:
                tell("ragged-table", f"the row has {len(cells)} cells for {columns} columns", table, f"row {number}")
            for message in _span_faults(cells):
                tell("bad-cell-span", message, table, f"row {number}")
            for cell in cells:
                if cell.find(f"{A}txBody") is None:
                    tell("cell-without-text", "a cell has no text body", table, f"row {number}")


def _span_faults(cells: list[etree._Element]) -> Iterator[str]:
    """A cell that spans n columns is followed by n - 1 cells marked as merged into it, and by no more."""
    covered = 0
    for number, cell in enumerate(cells, 1):
        merged = cell.get("hMerge") in ("1", "true")
        if merged and not covered:
            yield f"cell {number} is merged into a cell that does not span it"
        elif covered and not merged:
            yield f"cell {number} is spanned by the cell before and not marked as merged"
        covered = covered - 1 if covered else (integer(cell.get("gridSpan")) or 1) - 1
    if covered:
        yield f"the last spanning cell reaches {covered} columns beyond the table"
