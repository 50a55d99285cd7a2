"""Checks that hold for every package: targets, content types, orphans, relationship ids, compatibility prefixes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from exporters.package import ct, rt
from exporters.package.check.probe import MC, Probe, R, duplicates
from exporters.package.check.properties import check_properties
from exporters.package.content_types import NAME as CONTENT_TYPES
from exporters.package.relationships import Relationships, rels_name, source_name, transitional

_NAME = re.compile(r"[^\W\d][\w.\-]*")
_OFFICE_RELID = "{urn:schemas-microsoft-com:office:office}relid"

#: What the target of a relationship must be.
_EXPECTED = {
    rt.SLIDE: {ct.SLIDE},
    rt.SLIDE_LAYOUT: {ct.SLIDE_LAYOUT},
    rt.SLIDE_MASTER: {ct.SLIDE_MASTER},
    rt.NOTES_SLIDE: {ct.NOTES_SLIDE},
    rt.NOTES_MASTER: {ct.NOTES_MASTER},
    rt.WORKSHEET: {ct.WORKSHEET},
    rt.SHARED_STRINGS: {ct.SHARED_STRINGS},
    rt.TABLE: {ct.TABLE},
    rt.CHART: {ct.CHART},
    rt.DRAWING: {ct.DRAWING},
    rt.THEME: {ct.THEME},
    rt.FOOTNOTES: {ct.WORD_FOOTNOTES},
    rt.ENDNOTES: {ct.WORD_ENDNOTES},
    rt.HEADER: {ct.WORD_HEADER},
    rt.FOOTER: {ct.WORD_FOOTER},
    rt.NUMBERING: {ct.WORD_NUMBERING},
    rt.SETTINGS: {ct.WORD_SETTINGS},
    rt.STYLES: {ct.WORD_STYLES, ct.SHEET_STYLES},
    rt.COMMENTS: {
        ct.WORD_COMMENTS,
        ct.SHEET_COMMENTS,
        "application/vnd.openxmlformats-officedocument.presentationml.comments+xml",
    },
}


def check(probe: Probe, allowed_orphans: frozenset[str]) -> str | None:
    """Check the package as such and return its main part, None where there is not exactly one."""
    reachable = _check_relationships(probe)
    _check_content_types(probe)
    check_properties(probe)
    _check_pictures(probe)
    for part in probe.package.names():
        if part == CONTENT_TYPES or part in allowed_orphans:
            continue
        if part.endswith(".rels"):
            source = source_name(part)
            if source and source not in probe.package:
                probe.add("orphan-part", "it holds the relationships of a part that does not exist", part)
        elif part not in reachable:
            probe.add("orphan-part", "no relationship leads to it", part)
    for part in probe.package.names():
        if _is_xml(probe, part):
            root = probe.tree(part)
            if root is not None:
                _check_references(probe, part, root)
    return _main_part(probe)


def _is_xml(probe: Probe, part: str) -> bool:
    if part == CONTENT_TYPES or part.endswith(".rels"):
        return False
    kind = probe.package.content_types.of(part) or ""
    return kind.endswith("xml") or kind == ct.VML_DRAWING


def _main_part(probe: Probe) -> str | None:
    items = probe.package.relationships().of_type(rt.OFFICE_DOCUMENT)
    if len(items) != 1:
        probe.add("no-main-part", f"the package names {len(items)} main parts instead of one", "_rels/.rels")
        return None
    return probe.target("", items[0])


def _sources(probe: Probe) -> Iterator[str]:
    yield ""
    for part in probe.package.names():
        if part != CONTENT_TYPES and not part.endswith(".rels") and rels_name(part) in probe.package:
            yield part


def _check_relationships(probe: Probe) -> set[str]:
    """Check each relationship and return the parts that are reachable from the package."""
    leads: dict[str, list[str]] = {}
    for source in _sources(probe):
        relationships = probe.package.relationships(source)
        _check_ids(probe, relationships)
        leads[source] = []
        for item in relationships:
            if item.external:
                continue
            target = probe.target(source, item)
            if target is None:
                probe.add(
                    "missing-target",
                    f"relationship {item.id} leads to '{item.target}', which is not in the package",
                    source or "package",
                )
                continue
            leads[source].append(target)
            expected = _EXPECTED.get(transitional(item.type))
            found = probe.package.content_types.of(target)
            if expected and found and found not in expected:
                probe.add(
                    "wrong-target-type",
                    f"relationship {item.id} ({item.type.rpartition('/')[2]}) leads to a part of type {found}",
                    source or "package",
                )
    reachable: set[str] = set()
    waiting = [""]
    while waiting:
        for target in leads.get(waiting.pop(), ()):
            if target not in reachable:
                reachable.add(target)
                waiting.append(target)
    return reachable


def _check_ids(probe: Probe, relationships: Relationships) -> None:
    source = relationships.source or "package"
    for rel_id in duplicates(item.id for item in relationships):
        probe.add("duplicate-relationship-id", f"two relationships have the id {rel_id}", source)
    for item in relationships:
        if not _NAME.fullmatch(item.id):
            probe.add("bad-relationship-id", f"{item.id!r} is no legal relationship id", source)
        if not item.type or not item.target:
            probe.add("empty-relationship", f"relationship {item.id} has no type or no target", source)


def _check_content_types(probe: Probe) -> None:
    types = probe.package.content_types
    for part in probe.package.names():
        if part != CONTENT_TYPES and not types.of(part):
            probe.add("no-content-type", "it has no content type", part)
    for part in types.overrides:
        if part not in probe.package:
            probe.add("override-without-part", f"it lists '{part}', which is not in the package", CONTENT_TYPES)
    for part in duplicates(part.casefold() for part in types.overrides):
        probe.add("duplicate-content-type", f"it lists '{part}' twice", CONTENT_TYPES)
    root = probe.tree(CONTENT_TYPES)
    listed = [] if root is None else [item.get("PartName") or item.get("Extension") or "" for item in root]
    for name in duplicates(listed):
        probe.add("duplicate-content-type", f"it lists '{name}' twice", CONTENT_TYPES)


#: How a picture of a type begins.
_PICTURES = {"image/png": b"\x89PNG\r\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8", "image/bmp": b"BM"}


def _check_pictures(probe: Probe) -> None:
    for part in probe.package.names():
        kind = (probe.package.content_types.of(part) or "").lower().replace("image/jpg", "image/jpeg")
        if not kind.startswith("image/"):
            continue
        data = probe.package.read(part)
        if not data:
            probe.add("empty-picture", "the picture holds nothing", part)
        elif kind in _PICTURES and not data.startswith(_PICTURES[kind]):
            others = [other for other, start in _PICTURES.items() if data.startswith(start)]
            what = f"is {others[0]}" if others else "is no such picture"
            probe.add("wrong-picture", f"it is listed as {kind} and {what}", part, severity="warning")


def _check_references(probe: Probe, part: str, root: etree._Element) -> None:
    relationships = probe.package.relationships(part)
    for element in root.iter(etree.Element):
        for key in element.attrib:
            name = str(key)
            value = element.get(name, "")
            if name.startswith(R) or name == _OFFICE_RELID:
                if value and value not in relationships:
                    tag = etree.QName(element).localname
                    probe.add(
                        "unknown-relationship-id",
                        f"{tag} names relationship {value}, which the part does not have",
                        part,
                    )
            elif name == f"{MC}Ignorable":
                _check_prefixes(probe, part, element, value)
        if element.tag == f"{MC}Choice":
            _check_prefixes(probe, part, element, element.get("Requires", ""))


def _check_prefixes(probe: Probe, part: str, element: etree._Element, prefixes: str) -> None:
    for prefix in prefixes.split():
        if prefix not in element.nsmap:
            probe.add(
                "undeclared-prefix",
                f"markup compatibility names the prefix '{prefix}', which is not declared",
                part,
                hint="Office refuses the file",
            )
