"""Controls that Word has filled with words of its own, because somebody emptied them."""

from __future__ import annotations

import copy

from lxml import etree

from exporters.word.living.lines import PARSER
from exporters.word.names import W
from exporters.word.xmlparts import Element

_PROMPT = f"{W}showingPlcHdr"
_OF_PROMPTS = (_PROMPT, f"{W}placeholder")


def without_prompts(data: bytes) -> bytes:
    """Return a part in which the controls of values that show Word's prompt hold nothing, as their author meant it."""
    if b"showingPlcHdr" not in data:
        return data
    root = etree.fromstring(data, PARSER)
    for mark in list(root.iter(_PROMPT)):
        properties = mark.getparent()
        control = properties.getparent() if properties is not None else None
        alias = properties.find(f"{W}alias") if properties is not None else None
        # A form that people put in has names of their own; a value's key has a dot.
        if control is not None and properties is not None and alias is not None and "." in alias.get(f"{W}val", ""):
            _empty(control, properties)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _empty(control: Element, properties: Element) -> None:
    for tag in _OF_PROMPTS:
        for one in properties.findall(tag):
            properties.remove(one)
    content = control.find(f"{W}sdtContent")
    if content is None:
        return
    run = content.makeelement(f"{W}r")
    own = properties.find(f"{W}rPr")
    if own is not None:
        run.append(copy.deepcopy(own))
    content[:] = [run]
