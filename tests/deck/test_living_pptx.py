"""Living decks: edits by python-pptx, one scenario after the other."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from living_decks import (
    MARK,
    cells_of,
    content_of,
    data,
    duplicate,
    edited,
    merged,
    notes_of,
    numbers_of,
    opened,
    render,
    sdk_faults,
    shape_of,
    slide_of,
    table_of,
    text_of,
    walk,
)
from msgspec.structs import replace
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Emu, Inches

from exporters import deck
from exporters.errors import RefusedError
from exporters.merge import merge
from exporters.package.check import lint
from exporters.snapshot import MarkStale

BIG, PROSE, CHART = "d00001.gdp-growth.text", "d00001.prose", "d00001.growth-chart"
TARGETS = "d00001.targets"
RED = RGBColor(0xC0, 0, 0)
KEPT = "手写的一句话。"


def set_text(prs: Any, key: str, text: str) -> None:
    shape_of(prs, key).text_frame.paragraphs[0].runs[0].text = text


def move_district(prs: Any) -> None:
    """Move a box of one of a district's two slides."""
    shape = shape_of(prs, "d00002.prose")
    shape.left, shape.top, shape.width, shape.height = 111111, shape.top, shape.width, shape.height


# --- 1, 2: words around values ----------------------------------------------------------------------------------------


def test_1_an_appended_sentence_and_a_new_number_are_both_there(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        run = shape_of(prs, PROSE).text_frame.paragraphs[0].add_run()
        run.text, run.font.bold = KEPT, True

    result = content_of(merged(base, edited(base, edit), ours))
    assert text_of(result, PROSE) == "宁丰1区GDP目标11.5%以上。投资7.9%。" + KEPT
    runs = shape_of(result, PROSE).text_frame.paragraphs[0].runs
    assert [run.text for run in runs if run.font.bold] == [KEPT]


def test_2_reworded_around_a_value(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        set_text(prs, PROSE, "宁丰1区今年力保GDP增长9.6%以上。投资7.9%。")

    result = merged(base, edited(base, edit), ours)
    assert text_of(content_of(result), PROSE) == "宁丰1区今年力保GDP增长11.5%以上。投资7.9%。"
    assert result.plan.conflicts == ()


def test_the_changed_stretch_takes_the_run_it_stands_in(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        paragraph = shape_of(prs, PROSE).text_frame.paragraphs[0]
        whole = paragraph.runs[0].text
        at = whole.index("9.6%")
        paragraph.runs[0].text = whole[:at]
        for text, colour in (("9.6%", RED), (whole[at + 4 :], None)):
            run = paragraph.add_run()
            run.text = text
            if colour is not None:
                run.font.color.rgb = colour
        paragraph.runs[0].hyperlink.address = "https://example.com/"

    result = content_of(merged(base, edited(base, edit), ours))
    runs = shape_of(result, PROSE).text_frame.paragraphs[0].runs
    assert [run.text for run in runs] == ["宁丰1区GDP目标", "11.5%", "以上。投资7.9%。"]
    assert runs[1].font.color.rgb == RED
    assert runs[0].hyperlink.address == "https://example.com/"


# --- 3, 4, 5, 6: conflicts --------------------------------------------------------------------------------------------


def test_3_both_changed_one_number(base: bytes, ours: bytes, tmp_path: Path) -> None:
    theirs = edited(base, lambda prs: set_text(prs, BIG, "10%以上"))
    result = merged(base, theirs, ours)
    prs = content_of(result)
    assert [one.key for one in result.plan.conflicts] == [BIG]
    assert text_of(prs, BIG) == "10%以上"
    lines = notes_of(slide_of(prs, BIG)).split("\n")
    assert lines[0] == f"{MARK} conflict {BIG}: yours “10%以上”, data “11.5%以上”"
    assert sum(MARK in line for line in lines) == 1
    assert sdk_faults(result.content or b"", tmp_path) == ""
    # Left open, it recurs on the next data, once; the line tells the newest value.
    later = render(data(d00001_gdp_growth="12"), 3)
    again = merged(ours, result.content or b"", later, result.plan.conflicts)
    lines = notes_of(slide_of(content_of(again), BIG)).split("\n")
    assert [line for line in lines if MARK in line] == [f"{MARK} conflict {BIG}: yours “10%以上”, data “12%以上”"]
    # Settled by hand, the line goes.
    settled = edited(again.content or b"", lambda prs: set_text(prs, BIG, "12%以上"))
    last = merged(later, settled, later, ())
    if last.content is None:
        last = merged(later, settled, render(data(d00001_gdp_growth="12", d00002_gdp_growth="9"), 4))
    assert MARK not in notes_of(slide_of(content_of(last), BIG))
    assert "地区生产总值" in notes_of(slide_of(content_of(last), BIG))


def test_conflicts_on_a_slide_without_notes(base: bytes) -> None:
    theirs = edited(base, lambda prs: set_text(prs, "pack.all", "x") if False else retitle(prs))
    later = data()
    later = replace(later, title=replace(later.title, zh="另一个标题"))
    result = merged(base, theirs, render(later, 2))
    prs = content_of(result)
    assert text_of(prs, "pack.title") == "手改的标题"
    assert f"{MARK} conflict pack.title" in notes_of(prs.slides[0])


def retitle(prs: Any) -> None:
    set_text(prs, "pack.title", "手改的标题")


def test_4_the_same_change_is_silent(base: bytes, ours: bytes) -> None:
    result = merged(base, edited(base, lambda prs: set_text(prs, BIG, "11.5%以上")), ours)
    assert result.plan.conflicts == ()
    assert text_of(content_of(result), BIG) == "11.5%以上"
    assert MARK not in notes_of(slide_of(content_of(result), BIG))


def test_5_a_value_changed_by_hand_stays_until_the_data_moves(base: bytes, ours: bytes) -> None:
    theirs = edited(base, lambda prs: set_text(prs, BIG, "10%以上"))
    other = render(data(d00002_gdp_growth="9"), 2)
    result = merged(base, theirs, other)
    assert [one.key for one in result.plan.kept] == [BIG]
    assert result.plan.conflicts == ()
    assert text_of(content_of(result), BIG) == "10%以上"
    later = merged(other, result.content or b"", render(data(d00001_gdp_growth="11.5", d00002_gdp_growth="9"), 3))
    assert [one.key for one in later.plan.conflicts] == [BIG]


@pytest.mark.parametrize("moved", [False, True])
def test_6_a_deleted_shape_stays_deleted(base: bytes, ours: bytes, moved: bool) -> None:
    def edit(prs: Any) -> None:
        element = shape_of(prs, BIG)._element
        element.getparent().remove(element)

    new = ours if moved else render(data(d00002_gdp_growth="9"), 2)
    result = merged(base, edited(base, edit), new)
    prs = content_of(result)
    assert all(one.name != BIG for slide in prs.slides for one in walk(slide.shapes))
    assert [one.reason for one in result.plan.conflicts] == (["deleted-changed"] if moved else [])
    marked = [index for index, slide in enumerate(prs.slides) if MARK in notes_of(slide)]
    assert marked == ([1] if moved else [])


def test_6_a_deleted_slide_stays_deleted(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        entry = prs.slides._sldIdLst[2]
        prs.part.drop_rel(entry.rId)
        prs.slides._sldIdLst.remove(entry)

    result = merged(base, edited(base, edit), ours)
    assert result.plan.conflicts == ()
    assert len(content_of(result).slides) == 8


def test_a_third_of_the_slides_taken_out_stays_out(base: bytes, ours: bytes) -> None:
    """More than a fifth of all values goes with them; the other slides say that no editor lost their names."""

    def edit(prs: Any) -> None:
        for entry in list(prs.slides._sldIdLst)[1:4]:
            prs.part.drop_rel(entry.rId)
            prs.slides._sldIdLst.remove(entry)

    result = merged(base, edited(base, edit), ours)
    assert result.plan.vanished == 0
    assert len(content_of(result).slides) == 6


def test_slides_whose_names_alone_are_gone_are_no_slides_taken_out(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        for slide in list(prs.slides)[1:4]:
            slide._element.cSld.attrib.pop("name", None)
            for shape in walk(slide.shapes):
                shape.name = "x"

    with pytest.raises(RefusedError, match="bound values are gone"):
        merged(base, edited(base, edit), ours)


# --- 7, 10: copies, geometry, order -----------------------------------------------------------------------------------


@pytest.mark.parametrize("to", [1, 2, 8])
def test_7_every_copy_of_a_slide_updates(base: bytes, ours: bytes, to: int) -> None:
    result = content_of(merged(base, edited(base, lambda prs: duplicate(prs, 1, to)), ours))
    assert len(result.slides) == 10
    for number in (0, 1):
        assert text_of(result, BIG, number) == "11.5%以上"
        assert "11.5%以上" in text_of(result, PROSE, number)
        assert table_of(result, TARGETS, number)[1][1] == "11.5%以上"
        assert "11.5%" in notes_of(slide_of(result, BIG, number))
    assert all(MARK not in notes_of(slide) for slide in result.slides)


def test_7_a_conflict_on_one_copy_leaves_the_others_following(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        duplicate(prs, 1, 2)
        shape = next(one for one in walk(prs.slides[2].shapes) if one.name == BIG)
        shape.text_frame.paragraphs[0].runs[0].text = "手写"

    first = merged(base, edited(base, edit), ours)
    assert [one.theirs for one in first.plan.conflicts] == ["手写"]
    assert first.content is not None
    second = merged(ours, first.content, render(data(d00001_gdp_growth="12"), 3), first.plan.conflicts)
    assert [one.theirs for one in second.plan.conflicts] == ["手写"]
    assert [text_of(content_of(second), BIG, number) for number in (0, 1)] == ["12%以上", "手写"]


def test_7_a_shape_copied_on_its_slide_and_to_a_new_one(base: bytes, ours: bytes) -> None:
    import copy

    def edit(prs: Any) -> None:
        shape = shape_of(prs, BIG)
        shape._element.getparent().append(copy.deepcopy(shape._element))
        made = prs.slides.add_slide(prs.slide_layouts[6])
        made.shapes._spTree.append(copy.deepcopy(shape._element))

    result = content_of(merged(base, edited(base, edit), ours))
    texts = [one.text_frame.text for slide in result.slides for one in walk(slide.shapes) if one.name == BIG]
    assert texts == ["11.5%以上"] * 3


def test_10_moved_resized_recoloured_grouped(base: bytes, ours: bytes, tmp_path: Path) -> None:
    def edit(prs: Any) -> None:
        big = shape_of(prs, BIG)
        big.left, big.top, big.width = Emu(111111), Emu(222222), Emu(3333333)
        big.fill.solid()
        big.fill.fore_color.rgb = RED
        slide = slide_of(prs, PROSE)
        slide.shapes.add_group_shape([shape_of(prs, PROSE)]).name = "My group"
        slide.shapes.add_textbox(Inches(1), Inches(7), Inches(2), Inches(1)).text_frame.text = KEPT

    theirs = edited(base, edit)
    result = merged(base, theirs, ours)
    prs = content_of(result)
    big = shape_of(prs, BIG)
    assert (big.left, big.top, big.width, big.fill.fore_color.rgb) == (111111, 222222, 3333333, RED)
    assert big.text_frame.text == "11.5%以上"
    group = next(one for one in slide_of(prs, PROSE).shapes if one.name == "My group")
    assert "11.5%以上" in group.shapes[0].text_frame.text
    assert any(one.has_text_frame and one.text_frame.text == KEPT for one in slide_of(prs, BIG).shapes)
    assert sdk_faults(result.content or b"", tmp_path) == ""


def test_10_slides_added_and_reordered(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        made = prs.slides.add_slide(prs.slide_layouts[5])
        made.shapes.title.text = KEPT
        entries = prs.slides._sldIdLst
        order = [entries[at] for at in (9, 3, 4, 1, 2, 0, 5, 6, 7, 8)]
        for entry in order:
            entries.remove(entry)
            entries.append(entry)

    theirs = edited(base, edit)
    result = content_of(merged(base, theirs, ours))
    before = Presentation(__import__("io").BytesIO(theirs))
    titles = [slide.shapes.title.text_frame.text for slide in result.slides]
    assert titles == [slide.shapes.title.text_frame.text for slide in before.slides]
    assert titles[0] == KEPT
    assert text_of(result, BIG) == "11.5%以上"


def test_only_what_changes_is_written(base: bytes, ours: bytes) -> None:
    result = merged(base, edited(base, lambda prs: None), ours)
    before, after = opened(edited(base, lambda prs: None)), opened(result.content or b"")
    changed = {name for name in after.names() if before.read(name) != after.read(name)}
    assert {name.rpartition("/")[0] for name in changed} <= {
        "docProps", "ppt/slides", "ppt/notesSlides", "ppt/charts", "ppt/embeddings",
    }  # fmt: skip
    assert len([name for name in changed if name.startswith("ppt/slides/")]) == 2


# --- records that come and go -----------------------------------------------------------------------------------------


def test_a_new_district_gets_its_slides_beside_its_neighbours(base: bytes, tmp_path: Path) -> None:
    def edit(prs: Any) -> None:
        made = prs.slides.add_slide(prs.slide_layouts[5])
        made.shapes.title.text = KEPT
        shape_of(prs, BIG).left = Emu(111111)

    ours = render(data(5), 2)
    result = merged(base, edited(base, edit), ours)
    prs = content_of(result)
    titles = [slide.shapes.title.text_frame.text for slide in prs.slides]
    new = [slide.shapes.title.text_frame.text for slide in Presentation(__import__("io").BytesIO(ours)).slides]
    assert titles == [*new, KEPT]
    assert text_of(prs, "pack.subtitle-2").endswith("共13页")
    assert numbers_of(prs, "d00005.growth-chart")[1] == [row[1] for row in cells_of(prs, "d00005.growth-chart")[1:]]
    assert "地区生产总值" in notes_of(slide_of(prs, "d00004.prose"))
    assert shape_of(prs, BIG).left == 111111
    assert slide_of(prs, "d00004.prose").slide_layout.name == slide_of(prs, PROSE).slide_layout.name
    assert sdk_faults(result.content or b"", tmp_path) == ""


def test_a_dropped_district_is_marked_and_kept_and_told_again_when_it_comes_back(base: bytes, tmp_path: Path) -> None:
    less = render(data(drop="d00002"), 2)
    theirs = edited(base, move_district)
    result = merged(base, theirs, less)
    prs = content_of(result)
    assert len(prs.slides) == 9
    for key in ("d00002.prose", "d00002.content-placeholder-2"):
        lines = notes_of(slide_of(prs, key)).split("\n")
        assert lines[0].startswith(f"{MARK} stale slide d00002.slide-")
        assert sum(MARK in line for line in lines) == 1
    assert len(table_of(prs, "pack.all")) == 3
    assert sdk_faults(result.content or b"", tmp_path) == ""
    back = merged(less, result.content or b"", render(data(d00002_gdp_growth="9"), 3))
    prs = content_of(back)
    assert len(prs.slides) == 9
    assert "stale" not in notes_of(slide_of(prs, "d00002.prose"))
    assert "d00002.gdp-growth.text" in {one.key for one in back.plan.conflicts}


def test_a_dropped_district_that_nobody_touched_goes_and_comes_back(base: bytes, tmp_path: Path) -> None:
    less, more = render(data(drop="d00002"), 2), render(data(d00002_gdp_growth="9"), 3)
    gone = merged(base, base, less).content or b""
    assert deck.lines(opened(gone)) == deck.lines(opened(less))
    assert len(opened(gone).names()) == len(opened(less).names())
    assert sdk_faults(gone, tmp_path) == ""
    back = merged(less, gone, more)
    assert deck.lines(opened(back.content or b"")) == deck.lines(opened(more))
    assert back.plan.conflicts == ()


def test_slides_of_one_district_go_together_or_not_at_all(base: bytes) -> None:
    result = merged(base, edited(base, move_district), render(data(drop="d00002"), 2))
    assert len(content_of(result).slides) == 9
    assert [type(one) for one in result.plan.edits if getattr(one, "id", "").startswith("d00002.slide")] == [
        MarkStale
    ] * 2


def test_links_to_a_slide_that_goes_go_with_it(base: bytes, tmp_path: Path) -> None:
    def edit(prs: Any) -> None:
        box = prs.slides[0].shapes.add_textbox(0, 0, 914400, 914400)
        box.click_action.target_slide = slide_of(prs, "d00002.prose")

    content = merged(base, edited(base, edit), render(data(drop="d00002"), 2)).content or b""
    assert len(Presentation(io.BytesIO(content)).slides) == 7
    assert sdk_faults(content, tmp_path) == ""
    assert lint(content) == []


# --- 12, 13, 15 -------------------------------------------------------------------------------------------------------


def test_12_nothing_to_do_writes_nothing(base: bytes) -> None:
    assert merged(base, base, render(data(), 2)).content is None
    assert merged(base, edited(base, lambda prs: set_text(prs, BIG, "10%以上")), render(data(), 2)).content is None


def test_13_stripped_names_are_refused(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        for slide in prs.slides:
            slide._element.cSld.attrib.pop("name", None)
            for shape in walk(slide.shapes):
                shape.name = "x"

    with pytest.raises(RefusedError):
        merged(base, edited(base, edit), ours)


def test_13_a_foreign_file_has_no_stamp_and_no_items() -> None:
    import io

    prs = Presentation()
    prs.slides.add_slide(prs.slide_layouts[0]).shapes.title.text = "x"
    out = io.BytesIO()
    prs.save(out)
    found = deck.read(opened(out.getvalue()))
    assert found.stamp == ""
    assert merge(found, found, found).edits == ()


def test_15_five_cycles(base: bytes) -> None:
    content = base
    before = base
    for cycle in range(1, 6):

        def edit(prs: Any, cycle: int = cycle) -> None:
            run = shape_of(prs, PROSE).text_frame.paragraphs[-1].add_run()
            run.text = f"第{cycle}次补充。"
            shape_of(prs, BIG).left = Emu(100000 + cycle)
            made = prs.slides.add_slide(prs.slide_layouts[5])
            made.shapes.title.text = f"手加{cycle}"

        new = render(data(3 + cycle, d00001_gdp_growth=str(10 + cycle)), cycle + 1)
        result = merged(before, edited(content, edit), new)
        assert result.plan.conflicts == ()
        content, before = result.content or b"", new
    prs = Presentation(__import__("io").BytesIO(content))
    added = "".join(f"第{cycle}次补充。" for cycle in range(1, 6))
    assert text_of(prs, PROSE) == f"宁丰1区GDP目标15%以上。投资7.9%。{added}"
    assert text_of(prs, BIG) == "15%以上"
    assert shape_of(prs, BIG).left == 100005
    titles = [slide.shapes.title.text_frame.text for slide in prs.slides]
    assert [title for title in titles if title.startswith("手加")] == [f"手加{cycle}" for cycle in range(1, 6)]
    assert len(titles) == 9 + 10 + 5


# --- names of one's own in the selection pane --------------------------------------------------------------------------


def test_shapes_that_a_person_named_follow_the_data_under_their_names(base: bytes, ours: bytes) -> None:
    """Known by its id, and its words or its place."""

    def edit(prs: Any) -> None:
        for number, key in enumerate((BIG, PROSE, CHART)):
            shape_of(prs, key).name = f"我的框 {number}"
        shape_of(prs, "我的框 1").left += Emu(900_000)

    result = merged(base, edited(base, edit), ours)
    assert result.plan.conflicts == () and result.plan.kept == ()
    prs = content_of(result)
    assert text_of(prs, "我的框 0") == text_of(opened_deck(ours), BIG)
    assert text_of(prs, "我的框 1") == text_of(opened_deck(ours), PROSE)
    assert numbers_of(prs, "我的框 2") == numbers_of(opened_deck(ours), CHART)
    again = merged(ours, result.content, ours)
    assert again.plan.conflicts == () and again.plan.kept == ()


def test_a_box_of_ones_own_in_the_place_of_a_deleted_one_is_not_that_one(base: bytes, ours: bytes) -> None:
    def edit(prs: Any) -> None:
        gone = shape_of(prs, BIG)
        own = gone._parent.add_textbox(gone.left, gone.top, gone.width, gone.height)
        own.name, own.text_frame.text = "我的框", "99%"
        gone._element.getparent().remove(gone._element)

    result = merged(base, edited(base, edit), ours)
    assert text_of(content_of(result), "我的框") == "99%"
    assert [one.reason for one in result.plan.conflicts] == ["deleted-changed"]


def opened_deck(content: bytes) -> Any:
    return Presentation(io.BytesIO(content))
