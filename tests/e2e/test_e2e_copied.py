"""A slide duplicated in PowerPoint, where shapes keep their names: both follow, and `verify` proves both."""

from __future__ import annotations

import copy

import pptx

from exporters.runs.pack import Pack
from exporters.runs.pulling import pull
from exporters.runs.settling import resolve
from exporters.runs.verifying import verify
from tests.deck.living_decks import duplicate
from tests.e2e import changes
from tests.e2e.edited import Edited


def titles(edited: Edited) -> list[str]:
    slides = pptx.Presentation(edited / "deck").slides
    shapes = (shape for slide in slides for shape in slide.shapes)
    return [one.text_frame.text.replace("\v", "") for one in shapes if one.name == "dongyu.headline"]


def test_both_follow_and_nobody_typed_what_the_copy_says(edited: Edited):
    deck = pptx.Presentation(edited / "deck")
    number = next(at for at, one in enumerate(deck.slides) if any(s.name == "dongyu.headline" for s in one.shapes))
    made = duplicate(deck, number, number + 1)
    title = next(one for one in made.shapes if one.name == "dongyu.headline").text_frame
    title.paragraphs[0].runs[-1].text += "（副本）"
    deck.save(edited / "deck")
    before = titles(edited)[0]
    assert [one for one in verify(Pack.open(edited.folder)).findings if one.file == "deck.pptx"] == []
    assert edited.rebuilt(changes.figure).exit_code == 0
    now = before.replace("7%", "9%", 1)
    assert titles(edited) == [now, now + "（副本）"]
    assert [one for one in verify(Pack.open(edited.folder)).findings if one.file == "deck.pptx"] == []
    # A figure that is typed into the copy is told.
    deck = pptx.Presentation(edited / "deck")
    made = [one for slide in deck.slides for one in slide.shapes if one.name == "dongyu.headline"][1].text_frame
    made.paragraphs[0].runs[-1].text += "另增33%"
    deck.save(edited / "deck")
    assert any("33%" in one.message for one in verify(Pack.open(edited.folder)).findings)


def test_a_row_kept_when_it_went_to_another_slide_is_nothing_that_pull_takes(edited: Edited):
    """Remarks of their own hold rows on a slide that the data moves to the next one."""
    deck = pptx.Presentation(edited / "deck")
    tables = [one.table for slide in deck.slides for one in slide.shapes if one.name == "pack.progress"]
    grid = tables[1]._tbl.tblGrid
    grid.append(copy.deepcopy(grid[-1]))
    for number, row in enumerate(tables[1]._tbl.tr_lst):
        row.tc_lst[-1].addnext(copy.deepcopy(row.tc_lst[-1]))
        for text in row.tc_lst[-1].iter("{*}t"):
            text.text = f"批语{number}"
    deck.save(edited / "deck")
    kept = [one["key"] for one in edited.rebuilt(changes.figures_behind).manifest.conflicts]
    assert len(kept) > 2 and all("@" in key for key in kept)
    for key in kept:
        resolve(edited.folder, key, "mine")
    pulled = pull(edited.folder.with_suffix(".json"), edited.folder)
    assert (pulled.edits, pulled.faults) == ((), ())
