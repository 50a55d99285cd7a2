"""Checks of a Word document: notes, bookmarks, content controls, fields, styles and numbering."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from exporters.package import ct, rt
from exporters.package.check.probe import MC, W14, WP, Probe, W, duplicates, integer
from exporters.package.check.word_stories import check_note_separators, check_story, check_style_circles
from exporters.package.check.word_tables import check_tables

_NOTES = (
    (rt.FOOTNOTES, "footnote"),
    (rt.ENDNOTES, "endnote"),
)
_STYLED = {f"{W}pStyle": "paragraph", f"{W}rStyle": "character", f"{W}tblStyle": "table"}
_LONGEST_BOOKMARK = 40
#: Styles that Word makes itself when text asks for them; python-docx counts on it.
_MADE = frozenset(("CommentReference", "CommentText", "CommentSubject", "BalloonText"))


def check(probe: Probe, main: str) -> None:
    stories = [
        main,
        *probe.parts_of(ct.WORD_HEADER, ct.WORD_FOOTER, ct.WORD_FOOTNOTES, ct.WORD_ENDNOTES, ct.WORD_COMMENTS),
    ]
    roots = {part: root for part in stories if (root := probe.tree(part)) is not None}
    for part, root in roots.items():
        check_tables(probe, part, root)
        _check_fields(probe, part, root)
        _check_drawings(probe, part, root)
        check_story(probe, part, root, paragraph_place)
    _check_bookmarks(probe, roots)
    _check_controls(probe, roots)
    _check_notes(probe, main, roots)
    _check_comments(probe, main, roots)
    _check_styles(probe, main, roots)
    _check_numbering(probe, main, roots)
    body = roots[main].find(f"{W}body") if main in roots else None
    if body is not None:
        for place, child in enumerate(body):
            if child.tag == f"{W}sectPr" and place != len(body) - 1:
                probe.add("section-not-last", "text follows the last section's properties", main)


def _elements(root: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """Yield elements in document order, those of compatibility fallbacks left out."""
    for element in root.iter(*tags):
        if not any(parent.tag == f"{MC}Fallback" for parent in element.iterancestors()):
            yield element


def paragraph_place(element: etree._Element) -> str:
    """Return "paragraph N: its first words", counted over the whole story."""
    paragraph = element
    while paragraph.tag != f"{W}p":
        above = paragraph.getparent()
        if above is None:
            return ""
        paragraph = above
    paragraphs = paragraph.getroottree().iter(f"{W}p")
    number = next(count for count, other in enumerate(paragraphs, 1) if other is paragraph)
    words = "".join(text.text or "" for text in paragraph.iter(f"{W}t"))[:30]
    return f"paragraph {number} '{words}'" if words else f"paragraph {number}"


def _check_fields(probe: Probe, part: str, root: etree._Element) -> None:
    depth = 0
    for mark in _elements(root, f"{W}fldChar"):
        kind = mark.get(f"{W}fldCharType")
        depth += {"begin": 1, "end": -1}.get(kind or "", 0)
        if depth < 0 or (kind == "separate" and depth == 0):
            probe.add("field-unbalanced", "a field ends that did not begin", part, paragraph_place(mark))
            return
    if depth:
        probe.add("field-unbalanced", f"{depth} field(s) begin and never end", part)


def _check_drawings(probe: Probe, part: str, root: etree._Element) -> None:
    ids = [item.get("id", "") for item in _elements(root, f"{WP}docPr")]
    for found in duplicates(ids):
        probe.add("duplicate-drawing-id", f"two drawings have the id {found}", part, severity="warning")
    for found in duplicates(
        item.get(f"{W14}paraId", "") for item in _elements(root, f"{W}p", f"{W}tr") if item.get(f"{W14}paraId")
    ):
        probe.add("duplicate-paragraph-id", f"two paragraphs have the id {found}", part)


def _check_bookmarks(probe: Probe, roots: dict[str, etree._Element]) -> None:
    names: dict[str, str] = {}
    ids: set[str] = set()
    anchors: list[tuple[str, etree._Element]] = []
    for part, root in roots.items():
        ends = {item.get(f"{W}id", "") for item in _elements(root, f"{W}bookmarkEnd")}
        started: set[str] = set()
        for item in _elements(root, f"{W}bookmarkStart"):
            found, name = item.get(f"{W}id", ""), item.get(f"{W}name", "")
            place = f"bookmark '{name}'"
            if found in ids:
                probe.add("duplicate-bookmark-id", f"two bookmarks have the id {found}", part, place)
            if name.casefold() in names:
                probe.add("duplicate-bookmark-name", "two bookmarks have this name", part, place)
            if not name or len(name) > _LONGEST_BOOKMARK:
                probe.add("bad-bookmark-name", f"a name has 1 to {_LONGEST_BOOKMARK} characters", part, place)
            if found not in ends:
                probe.add("bookmark-unbalanced", "the bookmark begins and never ends", part, place)
            ids.add(found)
            started.add(found)
            names[name.casefold()] = part
        for found in sorted(ends - started):
            probe.add("bookmark-unbalanced", f"a bookmark with the id {found} ends and never began", part)
        anchors += ((part, item) for item in _elements(root, f"{W}hyperlink") if item.get(f"{W}anchor"))
    for part, item in anchors:
        anchor = item.get(f"{W}anchor", "")
        if anchor.casefold() not in names and anchor != "_top":
            probe.add(
                "unknown-anchor",
                f"a link leads to the bookmark '{anchor}', which does not exist",
                part,
                paragraph_place(item),
                severity="warning",
            )


def _check_controls(probe: Probe, roots: dict[str, etree._Element]) -> None:
    seen: set[str] = set()
    for part, root in roots.items():
        for item in _elements(root, f"{W}sdt"):
            found = item.find(f"{W}sdtPr/{W}id")
            number = found.get(f"{W}val", "") if found is not None else ""
            if number and number in seen:
                probe.add(
                    "duplicate-control-id", f"two content controls have the id {number}", part, paragraph_place(item)
                )
            seen.add(number)
            if item.find(f"{W}sdtContent") is None:
                probe.add("empty-control", "a content control has no content", part, paragraph_place(item))


def _check_notes(probe: Probe, main: str, roots: dict[str, etree._Element]) -> None:
    by_kind: dict[str, list[str]] = {}
    for rel_type, kind in _NOTES:
        parts = probe.targets(main, rel_type)
        known: list[str] = []
        for part in parts:
            root = probe.tree(part)
            if root is not None:
                known += [item.get(f"{W}id", "") for item in root.iter(f"{W}{kind}")]
        by_kind[kind] = known
        for found in duplicates(known):
            probe.add(f"duplicate-{kind}-id", f"two {kind}s have the id {found}", parts[0])
        for part, root in roots.items():
            for item in _elements(root, f"{W}{kind}Reference"):
                found = item.get(f"{W}id", "")
                if found not in known:
                    probe.add(f"unknown-{kind}", f"there is no {kind} with the id {found}", part, paragraph_place(item))
    check_note_separators(probe, main, by_kind)


def _check_comments(probe: Probe, main: str, roots: dict[str, etree._Element]) -> None:
    known: list[str] = []
    for part in probe.targets(main, rt.COMMENTS):
        root = probe.tree(part)
        known += [] if root is None else [item.get(f"{W}id", "") for item in root.iter(f"{W}comment")]
        for found in duplicates(known):
            probe.add("duplicate-comment-id", f"two comments have the id {found}", part)
    for part, root in roots.items():
        starts = [item.get(f"{W}id", "") for item in _elements(root, f"{W}commentRangeStart")]
        ends = [item.get(f"{W}id", "") for item in _elements(root, f"{W}commentRangeEnd")]
        for found in sorted(set(starts) ^ set(ends)):
            probe.add("comment-unbalanced", f"the range of comment {found} has one end only", part)
        for item in _elements(root, f"{W}commentReference"):
            if item.get(f"{W}id", "") not in known:
                probe.add(
                    "unknown-comment",
                    f"there is no comment with the id {item.get(f'{W}id')}",
                    part,
                    paragraph_place(item),
                )


def _check_styles(probe: Probe, main: str, roots: dict[str, etree._Element]) -> None:
    parts = probe.targets(main, rt.STYLES)
    root = probe.tree(parts[0]) if parts else None
    if root is None:
        return
    styles = list(root.iter(f"{W}style"))
    known = {style.get(f"{W}styleId", "") for style in styles}
    for found in duplicates(style.get(f"{W}styleId", "") for style in styles):
        probe.add("duplicate-style-id", f"two styles have the id '{found}'", parts[0])
    check_style_circles(probe, parts[0], styles)
    told: set[tuple[str, str]] = set()
    for part, story in [*roots.items(), (parts[0], root)]:
        for item in _elements(story, *_STYLED, f"{W}basedOn", f"{W}next", f"{W}link"):
            found = item.get(f"{W}val", "")
            if found not in known and found not in _MADE and (part, found) not in told:
                told.add((part, found))
                probe.add(
                    "unknown-style",
                    f"there is no style with the id '{found}'",
                    part,
                    paragraph_place(item),
                    severity="warning",
                )


def _check_numbering(probe: Probe, main: str, roots: dict[str, etree._Element]) -> None:
    parts = probe.targets(main, rt.NUMBERING)
    root = probe.tree(parts[0]) if parts else None
    known = {"0"}
    if root is not None:
        abstract = [item.get(f"{W}abstractNumId", "") for item in root.findall(f"{W}abstractNum")]
        for found in duplicates(abstract):
            probe.add("duplicate-numbering-id", f"two abstract lists have the id {found}", parts[0])
        for item in root.findall(f"{W}num"):
            number = item.get(f"{W}numId", "")
            if number in known:
                probe.add("duplicate-numbering-id", f"two lists have the id {number}", parts[0])
            known.add(number)
            base = item.find(f"{W}abstractNumId")
            if base is None or base.get(f"{W}val") not in abstract:
                probe.add("unknown-numbering", f"list {number} has no abstract list", parts[0])
    told: set[str] = set()
    styles = ((part, tree) for part in probe.targets(main, rt.STYLES) if (tree := probe.tree(part)) is not None)
    for part, story in (*roots.items(), *styles):
        for item in _elements(story, f"{W}numId"):
            found = item.get(f"{W}val", "")
            if integer(found) is not None and found not in known and found not in told:
                told.add(found)
                probe.add("unknown-numbering", f"there is no list with the id {found}", part, paragraph_place(item))
