"""SpreadsheetML as a tree, while a template is compiled."""

from __future__ import annotations

from typing import Any

from lxml import etree

from exporters.errors import Fault, TemplateError

Element = etree._Element
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
S = f"{{{MAIN}}}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def parse(data: bytes, part: str, file: str) -> Element:
    """Read a part; broken XML is refused with the part's name."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        message = f"the part is not well-formed XML: {' '.join(str(error.msg).split())}"
        raise TemplateError(Fault("broken-xml", message, file, part)) from None
    return _unprefixed(root) if root.prefix and etree.QName(root).namespace == MAIN else root


def _unprefixed(root: Element) -> Element:
    """Return a copy whose main namespace has no prefix: rows are written as text, without one."""
    spaces: dict[Any, Any] = {prefix: uri for prefix, uri in root.nsmap.items() if uri != MAIN and prefix is not None}
    spaces[None] = MAIN
    top = etree.Element(root.tag, dict(plain_attributes(root)), nsmap=spaces)

    def copy(source: Element, target: Element) -> None:
        target.text = source.text
        for child in source:
            if not isinstance(child.tag, str):
                continue
            made = etree.SubElement(target, child.tag, dict(plain_attributes(child)))
            made.tail = child.tail
            copy(child, made)

    copy(root, top)
    return top


def plain_attributes(element: Element) -> list[tuple[str, str]]:
    """Return an element's attributes as plain texts."""
    return [(str(name), str(value)) for name, value in element.attrib.items()]


def with_ignorable(root: Element, prefix: str, space: str) -> Element:
    """Return a root whose elements may bear attributes of another namespace, which offices that do not know it pass
    over (ISO/IEC 29500-3, 7.2)."""
    spaces: dict[Any, Any] = {**root.nsmap, prefix: space}
    if _MC not in spaces.values():
        spaces["mc"] = _MC
    made = etree.Element(root.tag, dict(plain_attributes(root)), nsmap=spaces)
    made.text = root.text
    made.extend(list(root))
    made.set(f"{{{_MC}}}Ignorable", f"{root.get(f'{{{_MC}}}Ignorable', '')} {prefix}".strip())
    return made


def text_of(root: Element) -> str:
    """Return a tree as a part's text."""
    return HEADER + etree.tostring(root, encoding="unicode")


def escape(value: str) -> str:
    """Escape text for element content and attributes."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def plain_xml(element: Element) -> str:
    """Return an element of the main namespace without namespace declarations, to be put where that is the default."""
    if not isinstance(element.tag, str):
        return ""
    if not element.tag.startswith(S):
        return etree.tostring(element, encoding="unicode", with_tail=False)
    name = element.tag[len(S) :]
    attributes = "".join(
        f' {"xml:space" if key == XML_SPACE else key}="{escape(value)}"' for key, value in plain_attributes(element)
    )
    inside = escape(element.text or "") + "".join(plain_xml(child) + escape(child.tail or "") for child in element)
    return f"<{name}{attributes}>{inside}</{name}>" if inside else f"<{name}{attributes}/>"


def item_runs(item: Element) -> list[tuple[str, str]]:
    """Return (text, run properties as XML) of a string item; plain text has none. Phonetic runs are left out."""
    runs: list[tuple[str, str]] = []
    for child in item:
        if child.tag == f"{S}t":
            runs.append((child.text or "", ""))
        elif child.tag == f"{S}r":
            properties = child.find(f"{S}rPr")
            runs.append((child.findtext(f"{S}t") or "", plain_xml(properties) if properties is not None else ""))
    return runs
