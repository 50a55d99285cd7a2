"""Runs cut, copied and marked: the small steps of editing WordprocessingML, with or without revision marks."""

from __future__ import annotations

import copy
import re

from msgspec import Struct, field

from exporters.word.anchors import digests_of, value_bookmark
from exporters.word.living.atoms import R, T
from exporters.word.names import W15, W
from exporters.word.xmlparts import Element

AUTHOR = "briefpack"
_RPR, _PPR = f"{W}rPr", f"{W}pPr"
INS, DEL = f"{W}ins", f"{W}del"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_SIGN = re.compile(r"([\n\t])")
_SIGNS = {"\n": f"{W}br", "\t": f"{W}tab"}


class Pen(Struct):
    """How changes are written: ``date`` is that of the tracked changes; empty, they are not tracked.

    It gives out the ids of revisions and bookmarks, above all that the document holds.
    """

    date: str = ""
    next_id: int = 1
    digests: dict[str, str] = field(default_factory=dict)
    """Keys of values that their bookmarks cannot spell, by what stands there for them."""

    @property
    def tracks(self) -> bool:
        return bool(self.date)

    def number(self) -> str:
        self.next_id += 1
        return str(self.next_id - 1)

    def mark(self, near: Element, tag: str) -> Element:
        """Make a revision mark."""
        return near.makeelement(tag, {f"{W}id": self.number(), f"{W}author": AUTHOR, f"{W}date": self.date})

    def book(self, near: Element, key: str) -> tuple[Element, Element]:
        """Make the two ends of a value's bookmark."""
        self.digests |= digests_of(key)
        at = self.number()
        start = near.makeelement(f"{W}bookmarkStart", {f"{W}id": at, f"{W}name": value_bookmark(key, int(at))})
        return start, near.makeelement(f"{W}bookmarkEnd", {f"{W}id": at})


def attributes(element: Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def text_nodes(near: Element, text: str, tag: str = T) -> list[Element]:
    """Return the children of a run that show *text*."""
    found: list[Element] = []
    for piece in _SIGN.split(text):
        if piece in _SIGNS:
            found.append(near.makeelement(_SIGNS[piece]))
        elif piece:
            node = near.makeelement(tag)
            set_text(node, piece)
            found.append(node)
    return found


def set_text(node: Element, text: str) -> None:
    node.text = text
    if text != text.strip() or "  " in text:
        node.set(_SPACE, "preserve")


def like(run: Element, text: str) -> Element:
    """Return a run of *text* in the format of *run*."""
    made = run.makeelement(R)
    properties = run.find(_RPR)
    if properties is not None:
        kept = copy.deepcopy(properties)
        for tag in (INS, DEL, f"{W}rPrChange"):
            for one in kept.findall(tag):
                kept.remove(one)
        made.append(kept)
    made.extend(text_nodes(run, text))
    return made


def isolate(node: Element) -> Element:
    """Cut the run of *node* so that it holds nothing else; return that run."""
    run = node.getparent()
    assert run is not None
    children = [child for child in run if child.tag != _RPR]
    at = children.index(node)
    for part, before in ((children[:at], True), (children[at + 1 :], False)):
        if part:
            twin = run.makeelement(R, attributes(run))
            properties = run.find(_RPR)
            if properties is not None:
                twin.append(copy.deepcopy(properties))
            twin.extend(part)
            if before:
                run.addprevious(twin)
            else:
                run.addnext(twin)
    return run


def is_own(run: Element) -> bool:
    """Return whether a run was inserted by an earlier tracked delivery that nobody has accepted or rejected."""
    parent = run.getparent()
    return parent is not None and parent.tag == INS and parent.get(f"{W}author") == AUTHOR


def strike(pen: Pen, run: Element) -> None:
    """Delete a run: out of the tree, or under a revision mark."""
    parent = run.getparent()
    if parent is None:
        return
    if not pen.tracks or is_own(run):
        strike_out(run)
    elif parent.tag != DEL:
        place = run.makeelement(R)
        run.addprevious(place)
        place.addprevious(struck(pen, run))
        remove(place)


def strike_out(run: Element) -> None:
    """Take a run out of the tree, and a revision mark that holds nothing else."""
    parent = run.getparent()
    if parent is not None:
        parent.remove(run)
        if parent.tag == INS and not len(parent):
            remove(parent)


def struck(pen: Pen, run: Element) -> Element:
    """Return *run* under a mark of deletion."""
    mark = pen.mark(run, DEL)
    mark.append(run)
    for node in run.findall(T):
        node.tag = f"{W}delText"
    for node in run.findall(f"{W}instrText"):
        node.tag = f"{W}delInstrText"
    return mark


def inserted(pen: Pen, run: Element) -> Element:
    """Return *run*, under a revision mark where changes are tracked."""
    if not pen.tracks:
        return run
    mark = pen.mark(run, INS)
    mark.append(run)
    return mark


def put_after(place: Element, made: list[Element]) -> None:
    """Put elements behind *place*, outside of a person's own revision mark around it."""
    parent = place.getparent()
    assert parent is not None
    if parent.tag == INS and any(one.tag == INS for one in made):
        rest = list(place.itersiblings())
        if rest:
            twin = parent.makeelement(INS, attributes(parent))
            twin.extend(rest)
            parent.addnext(twin)
        place = parent
    for one in reversed(made):
        place.addnext(one)


def remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def drop_control(control: Element) -> list[Element]:
    """Put the contents of a content control in its place; return its runs. An empty one would ask to be filled in."""
    content = control.find(f"{W}sdtContent")
    children = list(content) if content is not None else []
    for child in children:
        control.addprevious(child)
    remove(control)
    return [run for child in children for run in ([child] if child.tag == R else list(child.iter(R)))]


def enrich(control: Element) -> None:
    """Make a plain-text control a rich one: LibreOffice ignores revisions in the former."""
    plain = control.find(f"{W}sdtPr/{W}text")
    if plain is not None:
        remove(plain)


def new_control(near: Element, key: str, children: list[Element]) -> Element:
    """Make a control around *children*."""
    control = near.makeelement(f"{W}sdt")
    properties = near.makeelement(f"{W}sdtPr")
    name_control(properties, key)
    content = near.makeelement(f"{W}sdtContent")
    content.extend(children)
    control.extend([properties, content])
    return control


def name_control(properties: Element, key: str) -> None:
    """Give a control its alias and let it look like plain text."""
    alias = properties.makeelement(f"{W}alias", {f"{W}val": key})
    run = properties.find(f"{W}rPr")
    if run is not None:
        run.addnext(alias)
    else:
        properties.insert(0, alias)
    if properties.find(f"{W15}appearance") is None:
        alias.addnext(properties.makeelement(f"{W15}appearance", {f"{W15}val": "hidden"}))


def paragraph_properties(paragraph: Element) -> Element:
    """Return a paragraph's properties, made where there are none."""
    found = paragraph.find(_PPR)
    if found is None:
        found = paragraph.makeelement(_PPR)
        paragraph.insert(0, found)
    return found


def mark_paragraph(pen: Pen, paragraph: Element, tag: str) -> None:
    """Put a revision mark on the end of a paragraph."""
    properties = paragraph_properties(paragraph)
    run = properties.find(_RPR)
    if run is None:
        run = properties.makeelement(_RPR)
        after = [properties.find(f"{W}{name}") for name in ("sectPr", "pPrChange")]
        first = next((one for one in after if one is not None), None)
        if first is None:
            properties.append(run)
        else:
            first.addprevious(run)
    # Revision marks are the first things in it: ins, then del.
    before = run.find(INS)
    if tag == DEL and before is not None:
        before.addnext(pen.mark(run, tag))
    else:
        run.insert(0, pen.mark(run, tag))
