"""Edits of slides that a person makes without a thought for names: what survives and what is updated."""

from __future__ import annotations

import copy
import io
from typing import Any

import pytest
from living_decks import (
    content_of,
    data,
    edited,
    merged,
    notes_of,
    numbers_of,
    render,
    shape_of,
    slide_of,
    table_of,
    text_of,
    walk,
)
from msgspec import to_builtins
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.util import Inches

from exporters.model import Dataset, validated
from exporters.runs.living import Merged

BIG = "d00001.gdp-growth.text"
PROSE = "d00001.prose"
CHART = "d00001.growth-chart"
TABLE = "d00001.targets"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@pytest.fixture(scope="module")
def base() -> bytes:
    return render(data())


@pytest.fixture(scope="module")
def moved() -> bytes:
    return render(data(d00001_gdp_growth="11"), 2)


def keys(result: Merged) -> set[tuple[str, str]]:
    return {(one.key, one.reason) for one in result.plan.conflicts}


def replace_all(prs: Any, old: str, new: str) -> None:
    for slide in prs.slides:
        for node in slide._element.iter(f"{A}t"):
            node.text = (node.text or "").replace(old, new)


def drop_slide(prs: Any, index: int) -> None:
    entries = prs.slides._sldIdLst
    prs.part.drop_rel(entries[index].rId)
    entries.remove(entries[index])


def index_of(prs: Any, key: str) -> int:
    slide = slide_of(prs, key)
    return next(at for at, one in enumerate(prs.slides) if one.slide_id == slide.slide_id)


def test_names_are_those_of_the_template(base: bytes) -> None:
    prs = Presentation(io.BytesIO(base))
    for key in (BIG, PROSE, CHART, TABLE):
        assert shape_of(prs, key) is not None


def test_words_replaced_on_every_slide(base: bytes, moved: bytes) -> None:
    result = merged(base, edited(base, lambda prs: replace_all(prs, "GDP目标", "GDP预期目标")), moved)
    prs = content_of(result)
    assert keys(result) == set()
    assert "GDP预期目标" in text_of(prs, PROSE) and "11%" in text_of(prs, PROSE)


def test_a_figure_that_stands_for_something_else_now_is_not_moved(base: bytes, moved: bytes) -> None:
    result = merged(base, edited(base, lambda prs: replace_all(prs, "GDP目标", "经济总量目标")), moved)
    assert {key for key, _ in keys(result)} == {PROSE}
    assert "11%" not in text_of(content_of(result), PROSE)


def test_two_slides_made_into_one() -> None:
    def join(prs: Any) -> None:
        first, second = index_of(prs, "d00001.prose"), index_of(prs, "d00002.prose")
        box = copy.deepcopy(shape_of(prs, "d00002.prose")._element)
        prs.slides[first].shapes._spTree.append(box)
        drop_slide(prs, second)

    base = render(data(9))
    ours = render(data(9, d00001_gdp_growth="11", d00002_gdp_growth="12"), 2)
    result = merged(base, edited(base, join), ours)
    prs = content_of(result)
    assert "11%" in text_of(prs, PROSE)
    assert "12%" in next(one for one in slide_of(prs, PROSE).shapes if one.name == "d00002.prose").text_frame.text
    assert {reason for _, reason in keys(result)} <= {"deleted-changed"}


def test_a_hidden_slide_stays_hidden_and_follows(base: bytes, moved: bytes) -> None:
    def hide(prs: Any) -> None:
        slide_of(prs, BIG)._element.set("show", "0")

    result = merged(base, edited(base, hide), moved)
    prs = content_of(result)
    assert slide_of(prs, BIG)._element.get("show") == "0"
    assert text_of(prs, BIG).startswith("11%")
    assert keys(result) == set()


def retype_in_new_box(prs: Any) -> None:
    slide = slide_of(prs, BIG)
    old = shape_of(prs, BIG)
    box = slide.shapes.add_textbox(old.left, old.top, old.width, old.height)
    box.text_frame.text = old.text_frame.text
    old._element.getparent().remove(old._element)


def test_a_text_box_replaced_by_a_new_one(base: bytes, moved: bytes) -> None:
    theirs = edited(base, retype_in_new_box)
    result = merged(base, theirs, moved)
    assert keys(result) == {(BIG, "deleted-changed")}
    prs = content_of(result)
    assert BIG not in [one.name for slide in prs.slides for one in walk(slide.shapes)]
    assert merged(base, theirs, base).plan.conflicts == ()


def test_a_chart_recoloured_and_retitled_then_the_data_moves(base: bytes, moved: bytes) -> None:
    def dress(prs: Any) -> None:
        chart = shape_of(prs, CHART).chart
        fill = chart.plots[0].series[0].format.fill
        fill.solid()
        fill.fore_color.rgb = RGBColor(0xFE, 0x10, 0x10)
        chart.chart_title.text_frame.text = "自拟标题"

    result = merged(base, edited(base, dress), moved)
    prs = content_of(result)
    chart = shape_of(prs, CHART).chart
    assert chart.chart_title.text_frame.text == "自拟标题"
    assert chart.plots[0].series[0].format.fill.fore_color.rgb == RGBColor(0xFE, 0x10, 0x10)
    assert 11 in [round(value, 2) for value in numbers_of(prs, CHART)[1]]
    assert keys(result) == set()


def test_notes_written_by_hand(base: bytes, moved: bytes) -> None:
    def write(prs: Any) -> None:
        slide_of(prs, BIG).notes_slide.notes_text_frame.add_paragraph().text = "讲到这里停一下。"

    result = merged(base, edited(base, write), moved)
    notes = notes_of(slide_of(content_of(result), BIG))
    assert "讲到这里停一下。" in notes and "11%" in notes
    assert keys(result) == set()


def type_into(key: str, words: str) -> Any:
    def edit(prs: Any) -> None:
        shape_of(prs, key).text_frame.paragraphs[0].runs[0].text = words

    return edit


@pytest.mark.parametrize("typed", ["7", "about 7%", "一半"])
def test_a_figure_retyped(base: bytes, moved: bytes, typed: str) -> None:
    theirs = edited(base, type_into(BIG, typed))
    assert merged(base, theirs, base).plan.conflicts == ()
    result = merged(base, theirs, moved)
    assert keys(result) == {(BIG, "both-changed")}
    assert text_of(content_of(result), BIG) == typed
    again = merged(moved, result.content or b"", moved, result.plan.conflicts)
    assert again.content is None and keys(again) == {(BIG, "both-changed")}


def test_full_width_digits_are_no_edit(base: bytes, moved: bytes) -> None:
    old = text_of(Presentation(io.BytesIO(base)), BIG)
    wide = old.translate({ord(one): chr(ord(one) + 0xFEE0) for one in "0123456789%."})
    assert wide != old
    result = merged(base, edited(base, type_into(BIG, wide)), moved)
    assert keys(result) == set()
    assert text_of(content_of(result), BIG).startswith("11%")


def test_a_figure_emptied(base: bytes, moved: bytes) -> None:
    result = merged(base, edited(base, type_into(BIG, "")), moved)
    assert keys(result) <= {(BIG, "both-changed"), (BIG, "deleted-changed")}
    assert text_of(content_of(result), BIG) == "" and keys(result)


def test_rows_sorted_and_a_column_taken_out(base: bytes, moved: bytes) -> None:
    def sort(prs: Any) -> None:
        table = shape_of(prs, TABLE)._element.graphic.graphicData.tbl
        rows = table.tr_lst
        for row in reversed(rows[1:]):
            table.append(row)
        table.tblGrid.remove(table.tblGrid[2])
        for row in rows:
            row.remove(row.tc_lst[2])

    result = merged(base, edited(base, sort), moved)
    found = table_of(content_of(result), TABLE)
    assert all(len(row) == 2 for row in found)
    assert any("11%" in row[1] for row in found)
    assert found[-1] != found[1] and "11%" in found[-1][1]
    assert all(reason == "deleted-changed" for _, reason in keys(result))


def test_cells_merged(base: bytes, moved: bytes) -> None:
    def merge(prs: Any) -> None:
        table = shape_of(prs, TABLE).table
        table.cell(1, 1).merge(table.cell(1, 2))

    result = merged(base, edited(base, merge), moved)
    assert "11%" in table_of(content_of(result), TABLE)[1][1] or keys(result)


def test_titles_retyped_and_a_picture_and_a_master_changed(base: bytes, moved: bytes) -> None:
    def dress(prs: Any) -> None:
        slide = slide_of(prs, BIG)
        slide.shapes.title.text_frame.text = "我的标题"
        slide.shapes.title.text_frame.auto_size = MSO_AUTO_SIZE.NONE
        slide.shapes.add_connector(1, Inches(0), Inches(0), Inches(1), Inches(1)).name = "箭头"
        prs.slide_master.background.fill.solid()
        prs.slide_master.background.fill.fore_color.rgb = RGBColor(0xEE, 0xEE, 0xFF)

    result = merged(base, edited(base, dress), moved)
    prs = content_of(result)
    slide = slide_of(prs, BIG)
    assert slide.shapes.title.text_frame.text == "我的标题"
    assert "箭头" in [one.name for one in slide.shapes]
    assert prs.slide_master.background.fill.fore_color.rgb == RGBColor(0xEE, 0xEE, 0xFF)
    assert text_of(prs, BIG).startswith("11%")
    assert keys(result) == set()


def test_ungrouped_and_grouped_anew(base: bytes) -> None:
    def regroup(prs: Any) -> None:
        card = shape_of(prs, "d00001.retail-growth.text")
        group = card._element.getparent()
        tree = group.getparent()
        for one in list(group)[2:]:
            tree.append(one)
        tree.remove(group)
        slide = slide_of(prs, "d00001.retail-growth.text")
        wanted = [one for one in slide.shapes if one.name in {"d00001.retail-growth.text", BIG}]
        slide.shapes.add_group_shape(wanted)

    ours = render(data(d00001_gdp_growth="11", d00001_retail_growth="3"), 2)
    result = merged(base, edited(base, regroup), ours)
    prs = content_of(result)
    assert keys(result) == set()
    assert text_of(prs, "d00001.retail-growth.text").startswith("3%") and text_of(prs, BIG).startswith("11%")


def test_a_district_renamed_and_another_order_in_the_data(base: bytes) -> None:
    found = data(d00001_gdp_growth="11")
    plain = to_builtins(found)
    city, *places = plain["places"]
    places[1]["name"]["zh"] = "新名区"
    plain["places"] = [city, *reversed(places)]
    ours = render(validated(Dataset, plain), 2)
    theirs = edited(
        base, lambda prs: shape_of(prs, PROSE).text_frame.paragraphs[-1].add_run().__setattr__("text", "手写")
    )
    result = merged(base, theirs, ours)
    prs = content_of(result)
    assert keys(result) == set()
    assert "新名区" in text_of(prs, "d00002.prose")
    assert text_of(prs, PROSE).endswith("手写") and "11%" in text_of(prs, PROSE)
    assert len(list(prs.slides)) == len(list(Presentation(io.BytesIO(ours)).slides))


def test_a_run_of_cycles(base: bytes) -> None:
    before, theirs = base, base
    for number in range(5):
        theirs = edited(
            theirs,
            lambda prs, n=number: (
                shape_of(prs, PROSE).text_frame.paragraphs[-1].add_run().__setattr__("text", f"第{n}次")
            ),
        )
        ours = render(data(d00001_gdp_growth=str(20 + number)), number + 2)
        result = merged(before, theirs, ours)
        assert keys(result) == set()
        before, theirs = ours, result.content or b""
    prs = Presentation(io.BytesIO(theirs))
    assert text_of(prs, PROSE).endswith("第0次第1次第2次第3次第4次")
    assert "24%" in text_of(prs, PROSE)
