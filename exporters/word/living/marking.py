"""Whole paragraphs and rows put in or taken out, with revision marks or without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from exporters.word.anchors import PREFIX, value_key
from exporters.word.living.atoms import R
from exporters.word.living.found import Found, Region
from exporters.word.living.lines import TBL, TC, TR, P
from exporters.word.living.runs import (
    DEL,
    INS,
    Pen,
    drop_control,
    inserted,
    isolate,
    mark_paragraph,
    name_control,
    new_control,
    put_after,
    remove,
    strike,
)
from exporters.word.living.runs import struck as under_deletion
from exporters.word.names import W
from exporters.word.xmlparts import Element

if TYPE_CHECKING:
    from exporters.word.living.lifting import Lifter

_SDT = f"{W}sdt"
_HUSK = frozenset((R, f"{W}bookmarkStart", f"{W}bookmarkEnd"))


def mark_inserted(pen: Pen, element: Element) -> None:
    """Put revision marks on a paragraph or row that was just put in."""
    if pen.tracks:
        _mark(pen, element, INS)


def carry_notes(pen: Pen, region: Region, ours: Region, lifter: Lifter) -> None:
    """Let a paragraph refer to as many notes as that of the new render does: the last ones come or go."""
    here, new = region.notes, ours.notes
    for mark in here[len(new) :]:
        strike(pen, isolate(mark.node))
    last = isolate(here[-1].node) if here else None
    for mark in new[len(here) :]:
        source = mark.node.getparent()
        assert source is not None
        made = inserted(pen, lifter.lift(source))
        if last is None:
            region.pieces[-1][0].element.append(made)
        else:
            put_after(last, [made])
        last = made


def take_over_field_end(element: Element) -> None:
    """Let an entry that was put behind the last one of its contents have the end of the field."""
    before = element.getprevious()
    if before is None or before.tag != P:
        return
    for run in loose_field_runs(before):
        if is_end(run):
            element.append(run)


def take_out(pen: Pen, found: Found) -> None:
    """Take an item out of the document, or put marks of deletion on it."""
    for element in found.elements:
        if pen.tracks:
            _mark(pen, element, DEL)
        else:
            _carry_fields(element)
            _detach(element)


def flatten_fields(paragraph: Element) -> None:
    """Leave of the fields within a paragraph what they show: LibreOffice cannot write revisions around them."""
    loose = loose_field_runs(paragraph)
    for run in list(paragraph.iter(R)):
        if run not in loose and (run.find(f"{W}fldChar") is not None or run.find(f"{W}instrText") is not None):
            remove(run)


def _detach(element: Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tag == P and element.find(f"{W}pPr/{W}sectPr") is not None:
        _empty(element)
        return
    _keep_marks(element)
    parent.remove(element)
    if parent.tag == TBL and parent.find(TR) is None:
        remove(parent)
    elif parent.tag == TC and not parent.findall(P):
        parent.append(parent.makeelement(P))


def _empty(paragraph: Element) -> None:
    """Leave a paragraph that ends a section, without its words."""
    for child in list(paragraph):
        if child.tag != f"{W}pPr":
            paragraph.remove(child)


def _keep_marks(element: Element) -> None:
    """Let anchors and ranges of comments that begin or end elsewhere outlive the element."""
    for start, end in (("bookmarkStart", "bookmarkEnd"), ("commentRangeStart", "commentRangeEnd")):
        begun = {one.get(f"{W}id"): one for one in element.iter(f"{W}{start}")}
        ended = {one.get(f"{W}id"): one for one in element.iter(f"{W}{end}")}
        for number in begun.keys() ^ ended.keys():
            mark = begun.get(number)
            element.addnext(mark if mark is not None else ended[number])


def _mark(pen: Pen, element: Element, tag: str) -> None:
    if element.tag == TR:
        properties = element.find(f"{W}trPr")
        if properties is None:
            properties = element.makeelement(f"{W}trPr")
            before = element.find(f"{W}tblPrEx")
            if before is not None:
                before.addnext(properties)
            else:
                element.insert(0, properties)
        change = properties.find(f"{W}trPrChange")
        mark = pen.mark(element, tag)
        if change is not None:
            change.addprevious(mark)
        else:
            properties.append(mark)
    for paragraph in [element] if element.tag == P else list(element.iter(P)):
        _mark_runs(pen, paragraph, tag)
        before = paragraph.getprevious()
        if paragraph.find(f"{W}pPr/{W}sectPr") is not None:
            continue
        if before is not None and before.tag == P and any(is_end(run) for run in loose_field_runs(paragraph)):
            # What ends a field must outlive the paragraph: it joins the one before.
            mark_paragraph(pen, before, tag)
        elif element.tag == P and (joined := _joined_in_cell(paragraph, tag)) is not None:
            mark_paragraph(pen, joined, tag)
        else:
            mark_paragraph(pen, paragraph, tag)


def _joined_in_cell(paragraph: Element, tag: str) -> Element | None:
    """Return the paragraph that the last one of a cell joins, which has no end of its own that could come or go."""
    parent, following = paragraph.getparent(), paragraph.getnext()
    if parent is None or parent.tag != TC or following is not None:
        return None
    marked = f"{W}pPr/{W}rPr/{tag}"
    return next((one for one in paragraph.itersiblings(P, preceding=True) if one.find(marked) is None), None)


def _mark_runs(pen: Pen, paragraph: Element, tag: str) -> None:
    for control in list(paragraph.iter(_SDT)):
        alias = control.find(f"{W}sdtPr/{W}alias")
        if alias is not None and next(control.iterancestors(P), None) is paragraph:
            before = control.getprevious()
            if before is None or before.tag != f"{W}bookmarkStart":
                start, end = pen.book(control, alias.get(f"{W}val", ""))
                control.addprevious(start)
                control.addnext(end)
            drop_control(control)
    for run in list(paragraph.iter(R)):
        parent = run.getparent()
        if parent is None or parent.tag == DEL or next(run.iterancestors(P), None) is not paragraph:
            continue
        if _crosses(run, paragraph):
            continue
        place = run.makeelement(R)
        run.addprevious(place)
        if tag == DEL:
            if parent.tag == INS and parent.get(f"{W}author") == "briefpack":
                parent.remove(run)
            else:
                place.addprevious(under_deletion(pen, run))
        elif parent.tag != INS:
            mark = pen.mark(run, INS)
            place.addprevious(mark)
            mark.append(run)
        remove(place)


def _crosses(run: Element, paragraph: Element) -> bool:
    """Return whether a run belongs to a field that runs beyond the paragraph."""
    return run in loose_field_runs(paragraph)


def loose_field_runs(paragraph: Element) -> list[Element]:
    """Return the runs of fields that begin here and end elsewhere, or the other way round."""
    begun: list[list[Element]] = []
    loose: list[Element] = []
    for run in paragraph.iter(R):
        mark = run.find(f"{W}fldChar")
        kind = mark.get(f"{W}fldCharType") if mark is not None else ""
        if kind == "begin":
            begun.append([run])
        elif kind == "end":
            if begun:
                begun.pop()
            else:
                loose.append(run)
        elif begun and (kind == "separate" or run.find(f"{W}instrText") is not None):
            begun[-1].append(run)
    return [run for runs in begun for run in runs] + loose


def is_end(run: Element) -> bool:
    mark = run.find(f"{W}fldChar")
    return mark is not None and mark.get(f"{W}fldCharType") == "end"


def _carry_fields(paragraph: Element) -> None:
    """Move the ends of a longer field out of a paragraph that goes, into its neighbours."""
    loose = loose_field_runs(paragraph) if paragraph.tag == P else []
    before, after = paragraph.getprevious(), paragraph.getnext()
    at = 0
    for run in loose:
        if is_end(run):
            if before is not None and before.tag == P:
                before.append(run)
        elif after is not None and after.tag == P:
            properties = after.find(f"{W}pPr")
            after.insert(at + (properties is not None), run)
            at += 1


def without_loose_fields(paragraph: Element) -> None:
    """Take the ends of a longer field out of a copy (of an entry of the contents)."""
    for run in loose_field_runs(paragraph):
        remove(run)


def restore_controls(root: Element, digests: Mapping[str, str]) -> bool:
    """Give values back their controls, and controls their aliases, where no revision is open; say whether any did."""
    values = sum(one.get(f"{W}name", "").startswith(PREFIX) for one in root.iter(f"{W}bookmarkStart"))
    if values == sum(1 for _ in root.iter(f"{W}alias")):
        return False
    changed = _unwrap_leftovers(root)
    ends = {one.get(f"{W}id", ""): one for one in root.iter(f"{W}bookmarkEnd")}
    for start in list(root.iter(f"{W}bookmarkStart")):
        name = start.get(f"{W}name", "")
        key = value_key(name, digests) if name.startswith(PREFIX) else None
        end = ends.get(start.get(f"{W}id", ""))
        if key is not None and end is not None and end.getparent() is not None:
            changed |= _restore(start, end, key)
    return changed


def _unwrap_leftovers(root: Element) -> bool:
    """Take away what LibreOffice leaves of controls without anything between them: one nameless control around the
    values of all, with empty ones inside."""
    changed = False
    for control in list(root.iter(_SDT)):
        properties, content = control.find(f"{W}sdtPr"), control.find(f"{W}sdtContent")
        if properties is None or content is None or any(one.tag != f"{W}rPr" for one in properties):
            continue
        marks = [one.get(f"{W}name", "") for one in content.iter(f"{W}bookmarkStart")]
        if marks and all(one.tag in _HUSK and not [part for part in one if part.tag != f"{W}rPr"] for one in content):
            for run in content.findall(R):
                content.remove(run)
        elif sum(name.startswith(PREFIX) for name in marks) < 2 or content.find(f"{W}p") is not None:
            continue
        drop_control(control)
        changed = True
    return changed


def _restore(start: Element, end: Element, key: str) -> bool:
    content = start.getparent()
    control = content.getparent() if content is not None and content.tag == f"{W}sdtContent" else start.getnext()
    while control is not None and control.tag == f"{W}bookmarkStart":
        control = control.getnext()
    if control is not None and control.tag == _SDT:
        properties = control.find(f"{W}sdtPr")
        open_revisions = next(control.iter(INS, DEL), None) is not None
        if properties is None or properties.find(f"{W}alias") is not None or open_revisions:
            return False
        name_control(properties, key)
        return True
    if end.getparent() is not content:
        return False
    between: list[Element] = []
    for one in start.itersiblings():
        if one is end:
            break
        between.append(one)
    runs = [one for one in between if one.tag == R]
    if any(one.tag in {INS, DEL} for one in between):
        return False
    if runs and all(one.tag in {R, f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}proofErr"} for one in between):
        place = runs[0].makeelement(R)
        runs[0].addprevious(place)
        place.addprevious(new_control(start, key, runs))
        remove(place)
        return True
    if not runs:
        remove(start)
        remove(end)
        return True
    return False
