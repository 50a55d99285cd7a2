"""Parts of a Word package as trees, and back to text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from exporters.word.names import MC, W14, W15, W

Element = etree._Element

HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
_ROOT_TAG = re.compile(r"<([A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*")
_ROOT_END = re.compile(r"(?:[^>\"']|\"[^\"]*\"|'[^']*')*?(?=/?>)")
_NAMESPACES = re.compile(r'\sxmlns(?::[\w.-]+)?="[^"]*"')
# What an editor leaves behind while typing; it stands between the pieces of a tag and shows nothing.
_DROPPED = (f"{W}proofErr", f"{W}lastRenderedPageBreak")
_IDS = (f"{W14}paraId", f"{W14}textId")


def parse(data: bytes) -> Element:
    """Return the root of a part."""
    return etree.fromstring(data, _PARSER)


def clean(root: Element) -> None:
    """Take out what an editor left between runs and nobody sees."""
    for element in list(root.iter(*_DROPPED)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for run in list(root.iter(f"{W}r")):
        parent = run.getparent()
        if parent is not None and not len(run) and not run.attrib:
            parent.remove(run)


def drop_paragraph_ids(element: Element) -> None:
    """Take the ids off a paragraph or row that may be written more than once."""
    for name in _IDS:
        if name in element.attrib:
            del element.attrib[name]


def prefix_of(root: Element, namespace: str, default: str) -> str:
    """Return the prefix that *root* binds to a namespace (Clark form, braces kept), or *default*."""
    uri = namespace[1:-1]
    return next((prefix for prefix, bound in root.nsmap.items() if bound == uri and prefix), default)


def serialise(root: Element, *, controls: bool = False) -> str:
    """Return the part's text. With *controls*, the namespace of their appearance is declared and may be ignored."""
    text = etree.tostring(root, encoding="unicode")
    if controls:
        text = _declare(text, root)
    return HEADER + text


def serialised(root: Element, *, controls: bool = False) -> bytes:
    """Return the part's bytes; *controls* as for :func:`serialise`."""
    data = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    if not controls:
        return HEADER.encode() + data
    end = data.index(b">") + 1
    return b"".join(((HEADER + _declare(data[:end].decode(), root)).encode(), memoryview(data)[end:]))


def _declare(text: str, root: Element) -> str:
    w15, mc = prefix_of(root, W15, ""), prefix_of(root, MC, "")
    start = _ROOT_TAG.match(text)
    assert start is not None
    end = _ROOT_END.match(text, start.end())
    assert end is not None
    attributes = end[0]
    if not w15:
        w15 = "w15"
        attributes += f' xmlns:w15="{W15[1:-1]}"'
    if not mc:
        mc = "mc"
        attributes += f' xmlns:mc="{MC[1:-1]}"'
    known = re.search(rf'\b{mc}:Ignorable="([^"]*)"', attributes)
    if known is None:
        attributes += f' {mc}:Ignorable="{w15}"'
    elif w15 not in known[1].split():
        attributes = attributes.replace(known[0], f'{mc}:Ignorable="{known[1]} {w15}"')
    return text[: start.end()] + attributes + text[end.end() :]


def xml_of(element: Element | None) -> str:
    """Return an element's XML as it stands inside its part, namespaces not declared anew, without its tail."""
    if element is None:
        return ""
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    return _NAMESPACES.sub("", text)


def parents(element: Element) -> Iterator[str]:
    """Yield the names of all elements around *element*, the nearest first."""
    for parent in element.iterancestors():
        yield str(parent.tag)


def is_fallback(element: Element) -> bool:
    """Return whether an element stands in the copy that a text box keeps for old programs."""
    return f"{MC}Fallback" in parents(element)
