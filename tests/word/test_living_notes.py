"""Notes that LibreOffice 7.4 moves on by one where a comment stands in a table behind the first: put back."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from exporters.load import load
from exporters.merge import Overrides
from exporters.model import Dataset
from exporters.snapshot import SetSlot, SlotKind
from exporters.word.living.notes import put_back
from tests.editors import LibreOffice
from tests.word.living_steps import W, body, plan_of, regenerate, text, tree, write
from tests.word.test_living_docx import edited
from tests.word.test_living_guangzhou import ROOT, Briefing, altered
from tests.word.word_samples import add_notes, add_xml, note_reference, p, render, small, template


@pytest.fixture(scope="module")
def make() -> Briefing:
    return Briefing("standard/zh")


@pytest.fixture(scope="module")
def guangzhou() -> Dataset:
    return load(ROOT / "data" / "guangzhou-2023.yaml")


@pytest.fixture(scope="module")
def base(make: Briefing, guangzhou: Dataset) -> bytes:
    return make(guangzhou)


def notes_of(data: bytes) -> list[str]:
    """Return the words of the notes in the order of their references."""
    notes = tree(data, "word/footnotes.xml").iter(f"{W}footnote")
    words = {note.get(f"{W}id"): "".join(one.text or "" for one in note.iter(f"{W}t")) for note in notes}
    return [words[mark.get(f"{W}id")] for mark in tree(data).iter(f"{W}footnoteReference")]


def moved_on(times: int) -> Any:
    """Do what LibreOffice does, so many times."""

    def edit(document: Any) -> None:
        part = next(one.target_part for one in document.part.rels.values() if one.reltype.endswith("/footnotes"))
        root = etree.fromstring(part.blob)
        notes = {note.get(f"{W}id"): list(note) for note in root.iter(f"{W}footnote")}
        order = [mark.get(f"{W}id") for mark in document.element.body.iter(f"{W}footnoteReference")]
        for at, number in enumerate(order):
            note = next(one for one in root.iter(f"{W}footnote") if one.get(f"{W}id") == number)
            note[:] = copy.deepcopy(notes[order[max(0, at - times)]])
        part._blob = etree.tostring(root)

    return edit


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("case", [{}, {"move": "nansha"}, {"drop": "zengcheng"}, {"drop": "liwan", "new": "huangpu"}])
def test_moved_on_and_put_back(
    make: Briefing, guangzhou: Dataset, base: bytes, times: int, case: dict[str, str]
) -> None:
    theirs = edited(base, moved_on(times))
    assert notes_of(theirs)[:2] == [notes_of(base)[0]] * 2 and notes_of(theirs) != notes_of(base)
    ours = make(altered(guangzhou, **case))
    result, plan = regenerate(base, theirs, ours)
    assert (plan.conflicts, plan.kept, plan.vanished) == ((), (), 0)
    assert notes_of(result) == notes_of(ours) and text(result) == text(ours)


def test_what_a_person_wrote_in_a_note_comes_back_with_it(base: bytes) -> None:
    def edit(document: Any) -> None:
        part = next(one.target_part for one in document.part.rels.values() if one.reltype.endswith("/footnotes"))
        root = etree.fromstring(part.blob)
        list(root.iter(f"{W}t"))[-8].text += "（已核）"
        part._blob = etree.tostring(root)

    written = edited(base, edit)
    result, plan = regenerate(base, edited(written, moved_on(1)), base)
    assert notes_of(result) == notes_of(written) and not plan.conflicts
    assert [one.reason for one in plan.kept] == ["edited"]


def test_a_note_written_anew_stays_though_another_one_is_lost_for_ever(
    make: Briefing, guangzhou: Dataset, base: bytes
) -> None:
    def edit(document: Any) -> None:
        marks = list(document.element.body.iter(f"{W}footnoteReference"))
        part = next(one.target_part for one in document.part.rels.values() if one.reltype.endswith("/footnotes"))
        root = etree.fromstring(part.blob)
        lost = {marks[1].get(f"{W}id"), marks[-1].get(f"{W}id")}
        for note in (one for one in root.iter(f"{W}footnote") if one.get(f"{W}id") in lost):
            for words in note.iter(f"{W}t"):
                words.text = ""
        part._blob = etree.tostring(root)
        paragraph = next(marks[1].iterancestors(f"{W}p"))
        paragraph.append(copy.deepcopy(paragraph.find(f"{W}r")))

    ours = make(altered(guangzhou, drop="liwan"))
    result, plan = regenerate(base, edited(base, edit), ours)
    # The data has no more that note, and a person wrote into its paragraph.
    assert plan.conflicts and notes_of(result)[1].strip() == "" and notes_of(result)[-1] == notes_of(ours)[-1]
    assert plan_of(ours, result, ours, Overrides.of(plan.conflicts)).edits == ()


def test_a_persons_copy_of_a_note_is_no_fault(base: bytes) -> None:
    def edit(document: Any) -> None:
        paragraph = next(document.element.body.iter(f"{W}footnoteReference")).getparent().getparent()
        paragraph.addnext(copy.deepcopy(paragraph))

    theirs = edited(base, edit)
    plan = plan_of(base, theirs, base)
    assert not [one for one in plan.edits if isinstance(one, SetSlot) and one.kind is SlotKind.LOST]


def test_a_note_that_came_with_a_section_may_have_the_next_ones_number(make: Briefing, tmp_path: Path) -> None:
    def edit(document: Any) -> None:
        # LibreOffice loses the bookmarks around the paragraphs of notes, and calls the others copies.
        part = next(one.target_part for one in document.part.rels.values() if one.reltype.endswith("/footnotes"))
        root = etree.fromstring(part.blob)
        for mark in list(root.iter(f"{W}bookmarkStart")):
            name = mark.get(f"{W}name")
            mark.set(f"{W}name", f"{name}_Copy_1")
            if name.startswith("_bp_"):
                mark.getparent().remove(mark)
        part._blob = etree.tostring(root)

    sample, renamed = ROOT / "data" / "sample-progress.yaml", tmp_path / "renamed.yaml"
    renamed.write_text(sample.read_text("utf-8").replace("xilan", "xilanx"), "utf-8")
    base, ours = make(load(sample)), make(load(renamed))
    result, plan = regenerate(base, edited(base, edit), ours, track="2026-11-23T08:00:00Z")
    assert plan.edits and len(notes_of(result)) == len(notes_of(ours)) + 1


def _remark(document: Any, cells: list[str]) -> None:
    for name in cells:
        remark = document.createInstance("com.sun.star.text.textfield.Annotation")
        remark.Author, remark.Content = "王", "请核实"
        cell = document.TextTables.getByIndex(1).getCellByName(name)
        cell.insertTextContent(cell.createTextCursor(), remark, False)


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("cells", [["A3"], ["A3", "C4"], ["A3", "B3", "C4"]])
def test_comments_in_a_table(
    make: Briefing, guangzhou: Dataset, base: bytes, cells: list[str], office: LibreOffice, tmp_path: Path
) -> None:
    path = write(tmp_path / "briefing.docx", base)
    office.edit(path, _remark, cells)
    office.resave(path)
    theirs = path.read_bytes()
    assert notes_of(theirs) != notes_of(base)
    result, plan = regenerate(base, theirs, base)
    assert (plan.conflicts, plan.kept, plan.vanished) == ((), (), 0)
    assert notes_of(result) == notes_of(base) and body(result) == body(theirs)
    result, plan = regenerate(base, theirs, make(altered(guangzhou, move="nansha", drop="liwan", new="huangpu")))
    assert not plan.conflicts and not plan.kept


def test_a_note_beyond_a_thousand_is_its_paragraphs_own() -> None:
    count = 250

    def build(document: Any) -> None:
        add_notes(document, "footnote", *(p("{{ city.name }}") for _ in range(count)))
        inner = "".join(
            f"<w:p><w:r><w:t>{{{{ city.name }}}}</w:t></w:r>{note_reference('footnote', at)}</w:p>"
            for at in range(1, count + 1)
        )
        add_xml(document, p("{{ city.name }}"), inner)

    done = render(template(build), small())
    notes = {one.get(f"{W}id"): one for one in done.xml("word/footnotes.xml").iter(f"{W}footnote")}
    first = next(done.xml().iter(f"{W}footnoteReference")).get(f"{W}id")
    for words in notes[first].iter(f"{W}t"):
        words.text = ""
    assert put_back(done.xml(), "footnote", notes) == [notes[first]]
