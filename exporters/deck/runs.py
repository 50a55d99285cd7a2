"""Runs of one format brought back together after each tag had a run of its own: less to write, easier to edit."""

from __future__ import annotations

from itertools import pairwise

from lxml import etree

from exporters.binding.program import Weaver
from exporters.charts.drawingml import A

Element = etree._Element


def join_runs(root: Element, weaver: Weaver) -> None:
    """Join neighbouring runs of equal format in every paragraph below *root*.

    Statements between and beside them move into the text. They are joined only where those statements close again
    inside, so that no run can begin under a condition and end outside it.
    """
    for paragraph in root.iter(f"{A}p"):
        runs = paragraph.findall(f"{A}r")
        at = 0
        while at < len(runs):
            at += _join_first(_group(runs, at), weaver)


def _join_first(group: list[Element], weaver: Weaver) -> int:
    """Join as many runs of *group* from its beginning as possible, and return how many they were."""
    for count in range(len(group), 0, -1):
        inner = _between(group[:count])
        lead, trail = _before(group[0]), group[count - 1].tail or ""
        for first, last in ((lead, trail), (lead, ""), ("", trail), ("", "")):
            if weaver.balanced(first + inner + last):
                if count > 1 or first or last:
                    _join(group[:count], first + inner + last, bool(first), bool(last))
                return count
    return 1


def _before(run: Element) -> str:
    previous, parent = run.getprevious(), run.getparent()
    return (previous.tail if previous is not None else parent.text if parent is not None else "") or ""


def _group(runs: list[Element], start: int) -> list[Element]:
    """Return the run at *start* and those directly behind it that are set alike."""
    group = [runs[start]]
    form = _form(runs[start])
    if form is None:
        return group
    for run in runs[start + 1 :]:
        if group[-1].getnext() is not run or _form(run) != form:
            break
        group.append(run)
    return group


def _form(run: Element) -> bytes | None:
    """Return a run's properties as text; None where it holds more than one text."""
    children = [child for child in run if child.tag != f"{A}rPr"]
    if len(children) != 1 or children[0].tag != f"{A}t":
        return None
    properties = run.find(f"{A}rPr")
    return b"" if properties is None else etree.tostring(properties, method="c14n", with_tail=False)


def _between(group: list[Element]) -> str:
    """Return all that the runs show and what stands between them, in order."""
    pieces = [_text(group[0])]
    for before, run in pairwise(group):
        pieces += [before.tail or "", _text(run)]
    return "".join(pieces)


def _text(run: Element) -> str:
    return run.findtext(f"{A}t") or ""


def _join(group: list[Element], text: str, lead: bool, trail: bool) -> None:
    first, last = group[0], group[-1]
    target, parent, previous = first.find(f"{A}t"), first.getparent(), first.getprevious()
    assert parent is not None
    if target is None:
        target = etree.SubElement(first, f"{A}t")
    target.text = text
    if lead and previous is not None:
        previous.tail = None
    elif lead:
        parent.text = None
    first.tail = None if trail else last.tail
    for run in group[1:]:
        run.tail = None
        parent.remove(run)
