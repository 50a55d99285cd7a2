"""Edits as Word writes them, raw: revision ids, proofing marks, smart tags, a person's own tracked changes, groups.

Each is merged twice, clean and tracked: accepting all revisions gives the clean merge, rejecting all gives what
rejecting the person's own revisions in the edited file gives, whatever of these stands around the values.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from exporters.load import load
from exporters.model import Dataset
from tests.editors import LibreOffice, dispatch
from tests.word.living_steps import W, faults, patched, plan_of, regenerate, settled, text, write
from tests.word.test_living_docx import edited
from tests.word.test_living_guangzhou import DATE, ROOT, Briefing, _without_margins, altered

MARK = "【我加的】"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_WHO = {f"{W}author": "王", f"{W}date": "2026-01-01T00:00:00Z"}
_NUMBERS = iter(range(90_000, 99_000))


@pytest.fixture(scope="module")
def guangzhou() -> Dataset:
    return load(ROOT / "data" / "guangzhou-2023.yaml")


@pytest.fixture(scope="module")
def base() -> bytes:
    return Briefing("standard/zh")(load(ROOT / "data" / "guangzhou-2023.yaml"))


@pytest.fixture(scope="module")
def ours(guangzhou: Dataset) -> bytes:
    moved = altered(altered(guangzhou, move="yuexiu"), move="nansha", drop="liwan", new="huangpu")
    return Briefing("standard/zh")(moved)


def made(tag: str, *children: Any, **attributes: str) -> Any:
    element = etree.Element(f"{W}{tag}", {f"{W}{name}": value for name, value in attributes.items()})
    element.extend(children)
    return element


def run(words: str) -> Any:
    node = made("t")
    node.text = words
    node.set(_SPACE, "preserve")
    return made("r", node)


def revision(tag: str, *children: Any) -> Any:
    element = made(tag, *children, id=str(next(_NUMBERS)))
    element.attrib.update(_WHO)
    return element


def bound(document: Any, number: int) -> Any:
    """Return a generated paragraph of running text with values in it."""
    found: list[Any] = []
    for paragraph in document.element.body.iter(f"{W}p"):
        names = [mark.get(f"{W}name") for mark in paragraph.iter(f"{W}bookmarkStart")]
        loose = next(paragraph.iterancestors(f"{W}tc"), None) is None
        if loose and any(name.startswith("_bv") for name in names) and len("".join(paragraph.itertext())) > 20:
            found.append(paragraph)
    return found[number]


def contents(paragraph: Any) -> list[Any]:
    return [child for child in paragraph if child.tag != f"{W}pPr"]


def without_bookmarks(element: Any) -> Any:
    twin = copy.deepcopy(element)
    for mark in list(twin.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd")):
        mark.getparent().remove(mark)
    return twin


def split_runs(document: Any) -> None:
    """Revision ids and proofing marks cut every run in two."""
    for one in list(document.element.body.iter(f"{W}r")):
        texts = one.findall(f"{W}t")
        if len(texts) == 1 and len(texts[0].text or "") > 3:
            twin, words = copy.deepcopy(one), texts[0].text
            half = len(words) // 2
            texts[0].text, twin.find(f"{W}t").text = words[:half], words[half:]
            one.set(f"{W}rsidR", "00A1B2C3")
            one.addprevious(made("proofErr", type="spellStart"))
            one.addnext(twin)
            one.addnext(made("proofErr", type="spellEnd"))


def smart_tags(document: Any) -> None:
    for number in range(4):
        for one in [child for child in bound(document, number) if child.tag == f"{W}r"][:2]:
            tag = made("smartTag", uri="urn:x", element="place")
            one.addprevious(tag)
            tag.append(one)


def tracked_words(document: Any) -> None:
    next(child for child in bound(document, 0) if child.tag == f"{W}sdt").addnext(revision("ins", run("甲")))
    one = next(child for child in bound(document, 3) if child.tag == f"{W}r" and child.find(f"{W}t") is not None)
    mark = revision("del")
    one.addprevious(mark)
    mark.append(one)
    for node in one.findall(f"{W}t"):
        node.tag = f"{W}delText"


def tracked_paragraph(document: Any) -> None:
    properties = made("pPr", made("rPr", revision("ins")))
    bound(document, 5).addnext(made("p", properties, revision("ins", run("乙"))))


def tracked_move(document: Any) -> None:
    source = bound(document, 2)
    moved = without_bookmarks(source)
    bound(document, 6).addnext(moved)
    for paragraph, tag in ((source, "moveFrom"), (moved, "moveTo")):
        for one in list(paragraph.iter(f"{W}r")):
            mark = revision(tag)
            one.addprevious(mark)
            mark.append(one)


def tracked_format(document: Any) -> None:
    for number in range(4):
        for one in bound(document, number).iter(f"{W}r"):
            properties = one.find(f"{W}rPr")
            if properties is None:
                properties = made("rPr")
                one.insert(0, properties)
            properties.append(revision("rPrChange", made("rPr")))


def tracked_row(document: Any) -> None:
    rows = [one for one in document.element.body.iter(f"{W}tr") if one.find(f".//{W}sdt") is not None]
    twin = without_bookmarks(rows[5])
    for control in list(twin.iter(f"{W}sdt")):
        control.getparent().remove(control)
    twin.find(f".//{W}p").append(revision("ins", run("丙")))
    properties = twin.find(f"{W}trPr")
    properties.append(revision("ins"))
    rows[6].addprevious(twin)


def moved(document: Any) -> None:
    bound(document, 8).addnext(bound(document, 2))


def split_paragraph(document: Any) -> None:
    paragraph = bound(document, 4)
    pieces = contents(paragraph)
    paragraph.addnext(made("p", copy.deepcopy(paragraph.find(f"{W}pPr")), *pieces[len(pieces) // 2 :]))


def pasted(document: Any) -> None:
    last = document.element.body[-2]
    for number in (5, 4, 3):
        last.addnext(without_bookmarks(bound(document, number)))


def in_a_block(document: Any) -> None:
    paragraph = bound(document, 4)
    content = made("sdtContent")
    paragraph.addprevious(made("sdt", made("sdtPr"), content))
    content.append(paragraph)


def linked(document: Any) -> None:
    """A value made a link: its control cannot stand there and goes."""
    paragraph = bound(document, 3)
    control = next(child for child in paragraph if child.tag == f"{W}sdt")
    control.addprevious(made("hyperlink", *control.find(f"{W}sdtContent"), anchor="x1"))
    paragraph.remove(control)


EDITS = (
    split_runs, smart_tags, tracked_words, tracked_paragraph, tracked_move, tracked_format, tracked_row, moved,
    split_paragraph, pasted, in_a_block, linked,
)  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_clean_and_tracked(base: bytes, ours: bytes, edit: Callable[[Any], None]) -> None:
    def by_hand(document: Any) -> None:
        edit(document)
        bound(document, 1).append(run(MARK))

    theirs = edited(base, by_hand)
    clean, plan = regenerate(base, theirs, ours)
    assert not plan.conflicts and not plan.vanished
    assert text(clean).count(MARK) == 1 and text(clean).count("11%以上") >= 3
    for word in "甲乙丙":
        assert text(clean).count(word) == text(theirs).count(word)
    tracked = patched(theirs, plan, ours, DATE)
    assert faults(tracked, theirs) == []
    assert settled(tracked, accept=True) == settled(clean, accept=True)
    assert settled(tracked, accept=False) == settled(theirs, accept=False)
    again = plan_of(ours, tracked, ours)
    assert again.edits == () and not again.conflicts


def _settle(document: Any, command: str) -> None:
    dispatch(document, command)


@pytest.mark.office
@pytest.mark.slow
def test_settled_in_libreoffice_with_a_persons_own(
    base: bytes, ours: bytes, office: LibreOffice, tmp_path: Path
) -> None:
    def by_hand(document: Any) -> None:
        for edit in (tracked_words, tracked_paragraph, tracked_format, tracked_row):
            edit(document)

    theirs = edited(base, by_hand)
    clean, plan = regenerate(base, theirs, ours)
    tracked = patched(theirs, plan, ours, DATE)
    lines: dict[tuple[str, str], list[str]] = {}
    for name, data in (("clean", clean), ("theirs", theirs), ("tracked", tracked)):
        for command in ("Accept", "Reject"):
            path = write(tmp_path / f"{name}-{command}.docx", data)
            office.edit(path, _settle, f".uno:{command}AllTrackedChanges")
            lines[name, command] = _without_margins(path.read_bytes())
    assert lines["tracked", "Accept"] == lines["clean", "Accept"]
    assert lines["tracked", "Reject"] == lines["theirs", "Reject"]
    assert lines["theirs", "Accept"] != lines["theirs", "Reject"]
