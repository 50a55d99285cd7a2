"""Checks of the stories of a Word document: their blocks, sections, ranges, links, revisions; circles of styles."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from exporters.package import rt
from exporters.package.check.probe import C, Probe, R, W, duplicates, integer, local

Place = Callable[[etree._Element], str]

_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
#: What holds blocks and must end with a paragraph.
_HOLDERS = ("hdr", "ftr", "footnote", "endnote", "comment", "txbxContent")
_WRAPPERS = frozenset((f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}del"))
_BLOCKS = frozenset((f"{W}p", f"{W}tbl", f"{W}altChunk"))
#: Ranges with two ends beside bookmarks and comments.
_RANGES = ("perm{}", "moveFromRange{}", "moveToRange{}", "customXmlInsRange{}", "customXmlDelRange{}")
_DEEPEST_LIST = 8


def check_story(probe: Probe, part: str, root: etree._Element, place: Place) -> None:
    _check_blocks(probe, part, root, place)
    _check_sections(probe, part, root, place)
    _check_ranges(probe, part, root)
    for link in root.iter(f"{W}hyperlink"):
        if any(above.tag == f"{W}hyperlink" for above in link.iterancestors()):
            probe.add("nested-link", "a link stands inside a link", part, place(link))
    for deleted in root.iter(f"{W}del"):
        if deleted.find(f"{W}r/{W}t") is not None:
            message = "deleted text is written as text that stands (w:t for w:delText)"
            probe.add("deleted-text", message, part, place(deleted))
    for level in root.iter(f"{W}ilvl"):
        found = integer(level.get(f"{W}val"))
        if found is None or not 0 <= found <= _DEEPEST_LIST:
            message = f"list level {level.get(f'{W}val')} does not exist; 0 to {_DEEPEST_LIST} do"
            probe.add("unknown-list-level", message, part, place(level))
    for extent in root.iter(f"{_WP}extent"):
        if any((integer(extent.get(side)) or 0) < 0 for side in ("cx", "cy")):
            probe.add("bad-size", "a drawing is less than nothing wide or high", part, place(extent))
    relationships = probe.package.relationships(part)
    for frame in root.iter(f"{C}chart"):
        rel_id = frame.get(f"{R}id", "")
        chart = probe.target(part, relationships[rel_id]) if rel_id in relationships else None
        if chart is not None:
            probe.shown[chart] = place(frame)


def _check_blocks(probe: Probe, part: str, root: etree._Element, place: Place) -> None:
    for holder in root.iter(*(f"{W}{name}" for name in _HOLDERS)):
        blocks = list(_blocks(holder))
        if not blocks or blocks[-1].tag != f"{W}p":
            what = {"hdr": "header", "ftr": "footer", "txbxContent": "text box"}.get(local(holder), local(holder))
            message = f"the {what} does not end with a paragraph"
            number = holder.get(f"{W}id", "")
            probe.add("story-without-paragraph", message, part, f"{what} {number}" if number else place(holder))


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    for child in parent:
        if child.tag in _WRAPPERS:
            yield from _blocks(child)
        elif child.tag in _BLOCKS:
            yield child


def _check_sections(probe: Probe, part: str, root: etree._Element, place: Place) -> None:
    for number, section in enumerate(root.iter(f"{W}sectPr"), 1):
        for kind in ("header", "footer"):
            types = [item.get(f"{W}type", "default") for item in section.findall(f"{W}{kind}Reference")]
            for found in duplicates(types):
                probe.add(f"duplicate-{kind}", f"section {number} has two {found} {kind}s", part, place(section))


def _check_ranges(probe: Probe, part: str, root: etree._Element) -> None:
    for name in _RANGES:
        starts = {item.get(f"{W}id", "") for item in root.iter(W + name.format("Start"))}
        ends = {item.get(f"{W}id", "") for item in root.iter(W + name.format("End"))}
        for found in sorted(starts ^ ends):
            probe.add("range-unbalanced", f"the range {name.format('')} {found} has one end only", part)


def check_style_circles(probe: Probe, part: str, styles: list[etree._Element]) -> None:
    """Tell of styles that are based on themselves over some way."""
    above: dict[str, str] = {}
    for style in styles:
        base = style.find(f"{W}basedOn")
        if base is not None:
            above[style.get(f"{W}styleId", "")] = base.get(f"{W}val", "")
    told: set[str] = set()
    for start in above:
        way: list[str] = []
        at = start
        while at in above and at not in way:
            way.append(at)
            at = above[at]
        if at in way and at not in told:
            told.update(way)
            probe.add("style-circle", f"the style '{at}' is based on itself", part, f"style {at}")


def check_note_separators(probe: Probe, main: str, known: dict[str, list[str]]) -> None:
    """The settings name the notes that separate text and notes; Word refuses a document that lacks them."""
    for part in probe.targets(main, rt.SETTINGS):
        root = probe.tree(part)
        for kind, ids in known.items() if root is not None else ():
            for item in root.iterfind(f"{W}{kind}Pr/{W}{kind}"):  # type: ignore[union-attr]
                found = item.get(f"{W}id", "")
                if found not in ids:
                    probe.add(f"unknown-{kind}", f"the settings name the {kind} {found}, which does not exist", part)
