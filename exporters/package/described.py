"""What describes a document in its properties (title, author, company), as the merge sees it, and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from exporters.package import rt
from exporters.package.reader import Package
from exporters.snapshot import Group, Item, SetSlot, Slot, SlotKind, Snapshot

PROPERTIES = "document"
"""The id of the group, and the beginning of the handles, of these properties."""
_DC = "{http://purl.org/dc/elements/1.1/}"
_CP = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
_EP = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}"
_KEYWORDS = f"{_CP}keywords"
# ECMA-376 part 2, 11.1, and part 1, 22.2; without what every office writes anew when it saves.
_NAMES: Mapping[str, frozenset[str]] = {
    rt.CORE_PROPERTIES: frozenset((
        f"{_DC}title", f"{_DC}subject", f"{_DC}creator", f"{_DC}description", _KEYWORDS, f"{_CP}category",
        f"{_CP}contentStatus",
    )),
    rt.EXTENDED_PROPERTIES: frozenset((f"{_EP}Manager", f"{_EP}Company")),
}  # fmt: skip
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
# LibreOffice writes a space for what divides keywords.
_BETWEEN = re.compile(r"[,;，；、\s]+")


def described(package: Package) -> Group:
    """Return the properties of *package* that say something: editors drop others."""
    slots = [
        Slot(_key(element), _said(element), f"{PROPERTIES}/{_key(element)}", SlotKind.PROSE)
        for _, root in _roots(package)
        for element in _elements(root)
        if _said(element)
    ]
    return Group(PROPERTIES, PROPERTIES, (Item(PROPERTIES, PROPERTIES, tuple(slots)),))


def is_described(at: str) -> bool:
    """Return whether a handle is that of a property."""
    return at.partition("/")[0] == PROPERTIES


def where_described(snapshot: Snapshot) -> dict[str, str]:
    """Return handle -> "document property title" of every property in *snapshot*."""
    items = (item for group in snapshot.groups if group.id == PROPERTIES for item in group.items)
    return {slot.at: f"document property {slot.key.rpartition('.')[2]}" for item in items for slot in item.slots}


def described_parts(package: Package, edits: Iterable[SetSlot], ours: Package) -> dict[str, bytes]:
    """Return the parts of *package*, by name, in which *edits* change properties to what *ours* says, or else."""
    new = {edit.key: edit.new for edit in edits if is_described(edit.at)}
    if not new:
        return {}
    written = {_key(one): (_said(one), one.text) for _, root in _roots(ours) for one in _elements(root)}
    found: dict[str, bytes] = {}
    for part, root in _roots(package):
        changed = [element for element in _elements(root) if _key(element) in new]
        for element in changed:
            text = new[_key(element)]
            said, exact = written.get(_key(element), ("", ""))
            element.text = exact if said == text else text
        if changed:
            found[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return found


def own_properties(target: Package, source: Package, base: Package) -> dict[str, bytes]:
    """Return the parts of *target*, by name, with the properties that *source* has and neither *base* nor it."""
    taken = {
        _key(one) for package in (base, target) for _, root in _roots(package) for one in _elements(root) if _said(one)
    }
    own = {
        one.tag: one for _, root in _roots(source) for one in _elements(root) if _said(one) and _key(one) not in taken
    }
    found: dict[str, bytes] = {}
    for part, root in _roots(target):
        names = next(names for kind, names in _NAMES.items() if _part(target, kind) == part)
        here = {element.tag: element for element in root}
        for tag in own.keys() & names:
            made = here[tag] if tag in here else etree.SubElement(root, tag)
            made.text = own[tag].text
            found[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return found


def _part(package: Package, kind: str) -> str:
    part = package.relationships().target_of_type(kind)
    return package.stored_name(part) if part is not None and part in package else ""


def _roots(package: Package) -> Iterator[tuple[str, etree._Element]]:
    for kind in _NAMES:
        part = _part(package, kind)
        if part:
            try:
                yield part, etree.fromstring(package.read(part), _PARSER)
            except etree.XMLSyntaxError:
                continue


def _elements(root: etree._Element) -> list[etree._Element]:
    return [element for element in root if any(element.tag in names for names in _NAMES.values())]


def _key(element: etree._Element) -> str:
    return f"{PROPERTIES}.{str(element.tag).rpartition('}')[2].lower()}"


def _said(element: etree._Element) -> str:
    text = element.text or ""
    return _BETWEEN.sub(" ", text).strip() if element.tag == _KEYWORDS else text
