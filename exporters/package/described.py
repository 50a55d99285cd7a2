"""What describes a document in its properties (title, author, company), as the merge sees it, and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from exporters.package import rt
from exporters.package.reader import EditedPackage, Package
from exporters.snapshot import PROPERTIES, Group, Item, SetSlot, Slot, SlotKind, Snapshot

_DC = "{http://purl.org/dc/elements/1.1/}"
_CP = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
_EP = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}"
_KEYWORDS = f"{_CP}keywords"
# ECMA-376 part 2, 11.1, and part 1, 22.2; without what every office writes anew when it saves.
_NAMES: Mapping[str, tuple[str, ...]] = {
    rt.CORE_PROPERTIES: (
        f"{_DC}title", f"{_DC}subject", f"{_DC}creator", f"{_DC}description", _KEYWORDS, f"{_CP}category",
        f"{_CP}contentStatus",
    ),
    rt.EXTENDED_PROPERTIES: (f"{_EP}Manager", f"{_EP}Company"),
}  # fmt: skip
_KEYS = {tag: f"{PROPERTIES}.{tag.rpartition('}')[2].lower()}" for names in _NAMES.values() for tag in names}
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
# LibreOffice writes a space for what divides keywords.
_BETWEEN = re.compile(r"[,;，；、\s]+")


def described(package: Package) -> Group:
    """Return the properties of *package*, empty ones too; of an edited one those that say nothing are left out where
    its base says something: editors drop what they do not know."""
    said = _texts(package)
    lost = _texts(package.base).keys() - said.keys() if isinstance(package, EditedPackage) else ()
    slots = [
        Slot(key, said.get(tag, ""), f"{PROPERTIES}/{key}", SlotKind.PROSE)
        for tag, key in _KEYS.items()
        if tag not in lost
    ]
    return Group(PROPERTIES, PROPERTIES, (Item(PROPERTIES, PROPERTIES, tuple(slots)),))


def _texts(package: Package) -> dict[str, str]:
    """Return what the properties say, by their tags; those that say nothing are left out."""
    found = (element for _, root in _roots(package) for element in _elements(root))
    return {str(element.tag): text for element in found if (text := _said(element))}


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
    written = {one.tag: (_said(one), one.text or "") for _, root in _roots(ours) for one in _elements(root)}
    wanted: dict[str, str] = {}
    for tag, key in _KEYS.items():
        if key in new:
            said, exact = written.get(tag, ("", ""))
            wanted[tag] = exact if said == new[key] else new[key]
    return _with_texts(package, wanted)


def own_properties(target: Package, source: Package, base: Package) -> dict[str, bytes]:
    """Return the parts of *target*, by name, with the properties that *source* has and neither *base* nor it."""
    taken = _texts(base).keys() | _texts(target).keys()
    own = {str(one.tag): one.text or "" for _, root in _roots(source) for one in _elements(root) if _said(one)}
    return _with_texts(target, {tag: text for tag, text in own.items() if tag not in taken})


def _with_texts(package: Package, wanted: Mapping[str, str]) -> dict[str, bytes]:
    """Return the parts of *package*, by name, with properties set, by their tags."""
    found: dict[str, bytes] = {}
    for part, root in _roots(package):
        names = next(names for kind, names in _NAMES.items() if _part(package, kind) == part)
        here = {element.tag: element for element in root}
        for tag in names:
            if tag in wanted:
                made = here[tag] if tag in here else etree.SubElement(root, tag)
                made.text = wanted[tag]
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
    return [element for element in root if element.tag in _KEYS]


def _said(element: etree._Element) -> str:
    text = element.text or ""
    return _BETWEEN.sub(" ", text).strip() if element.tag == _KEYWORDS else text
