"""Checks of a presentation: lists of slides and layouts, the links between them, and shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from exporters.package import ct, rt
from exporters.package.check.probe import MC, P14, A, C, P, Probe, R, duplicates, integer

_HANDOUTS = ct.NOTES_MASTER.replace("notes", "handout")
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
    _check_families(probe, main, root)
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
    sections = [item.get("id", "") for item in root.iter(f"{P14}sldId")]
    for found_id in duplicates(sections):
        probe.add("slide-in-two-sections", f"two sections hold slide id {found_id}", main)
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


def _check_families(probe: Probe, main: str, root: etree._Element) -> None:
    """A theme has one master, a layout one master that lists it, and notes need the presentation's notes master."""
    themes: dict[str, str] = {}
    for master in probe.parts_of(ct.SLIDE_MASTER, ct.NOTES_MASTER, _HANDOUTS):
        for theme in probe.targets(master, rt.THEME):
            if theme in themes:
                probe.add("shared-theme", f"it shares its theme with '{themes[theme]}'", master)
            themes.setdefault(theme, master)
    masters = probe.targets(main, rt.SLIDE_MASTER)
    for layout in probe.parts_of(ct.SLIDE_LAYOUT):
        for master in probe.targets(layout, rt.SLIDE_MASTER):
            if layout not in probe.targets(master, rt.SLIDE_LAYOUT):
                probe.add("layout-of-another-master", f"its master '{master}' does not know it", layout)
            elif master not in masters:
                probe.add("unlisted-master", f"its master '{master}' is none of the presentation's", layout)
    if any(True for _ in probe.parts_of(ct.NOTES_SLIDE)) and not probe.targets(main, rt.NOTES_MASTER):
        probe.add("no-notes-master", "slides have notes, and the presentation has no notes master", main)
    # The notes master is left out of its list by python-pptx, and PowerPoint opens that.
    listed = {item.get(f"{R}id") for item in root.iterfind(f"{P}sldMasterIdLst/{P}sldMasterId")}
    for item in probe.package.relationships(main).of_type(rt.SLIDE_MASTER):
        if item.id not in listed:
            probe.add("master-not-listed", f"the presentation does not list its slide master {item.id}", main)


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
        message = f"the shapes {', '.join(map(repr, names))} have the same id {found}"
        # LibreOffice counts the shapes of masters and layouts twice, and PowerPoint opens that.
        probe.add("duplicate-shape-id", message, part, place, severity="error" if place else "warning")
    known = set(ids)
    for found in duplicates(item.get("id", "") for item in root.iter(f"{P}cTn") if item.get("id")):
        tell("duplicate-animation-id", f"two steps of the animation have the id {found}")
    for item in root.iter(f"{P}spTgt", f"{P}bldP", f"{P}bldDgm", f"{P}bldGraphic", f"{P}bldOleChart"):
        if item.get("spid", "") not in known:
            tell("unknown-shape", f"an animation names shape id {item.get('spid')}, which does not exist")
    for item in root.iter(f"{A}stCxn", f"{A}endCxn"):
        if item.get("id", "") not in known:
            tell("unknown-shape", f"a connector names shape id {item.get('id')}, which does not exist", item)
    relationships = probe.package.relationships(part)
    for link in root.iter(f"{A}hlinkClick", f"{A}hlinkHover"):
        rel_id = link.get(f"{R}id", "")
        target = probe.target(part, relationships[rel_id]) if rel_id in relationships else None
        if "hlinksldjump" in link.get("action", "") and probe.package.content_types.of(target or "") != ct.SLIDE:
            tell("bad-link", "a link to a slide leads to no slide", link)
    for frame in root.iter(f"{C}chart"):
        rel_id = frame.get(f"{R}id", "")
        chart = probe.target(part, relationships[rel_id]) if rel_id in relationships else None
        if chart is not None:
            probe.shown[chart] = ", ".join(filter(None, (place, shape_place(frame))))
    for body in root.iter(f"{P}txBody", f"{A}txBody"):
        if body.find(f"{A}p") is None:
            tell("text-without-paragraph", "a text body has no paragraph", body)
    for table in root.iter(f"{A}tbl"):
        columns = len(table.findall(f"{A}tblGrid/{A}gridCol"))
        rows = [row.findall(f"{A}tc") for row in table.findall(f"{A}tr")]
        for place_of, message in _merge_faults(rows):
            tell("bad-cell-span", message, table, f"row {place_of}")
        for number, cells in enumerate(rows, 1):
            if len(cells) != columns:
                tell("ragged-table", f"the row has {len(cells)} cells for {columns} columns", table, f"row {number}")
            for cell in cells:
                if cell.find(f"{A}txBody") is None:
                    tell("cell-without-text", "a cell has no text body", table, f"row {number}")


def _merge_faults(rows: list[list[etree._Element]]) -> Iterator[tuple[int, str]]:
    """Yield (row, message): a cell that spans others is followed by cells marked as merged into it, and by no more."""
    covered: set[tuple[int, int]] = set()
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells, 1):
            merged = any(cell.get(name) in ("1", "true") for name in ("hMerge", "vMerge"))
            if (row, column) in covered:
                if not merged:
                    yield row, f"cell {column} is spanned by another and not marked as merged"
                continue
            if merged:
                yield row, f"cell {column} is merged into a cell that does not span it"
                continue
            wide, high = integer(cell.get("gridSpan")) or 1, integer(cell.get("rowSpan")) or 1
            if column + wide - 1 > len(cells) or row + high - 1 > len(rows):
                yield row, f"cell {column} spans more than the table has"
                wide, high = min(wide, len(cells)), min(high, len(rows))
            covered.update((row + down, column + right) for down in range(high) for right in range(wide))
