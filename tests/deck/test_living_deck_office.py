"""Living decks: edits by a real LibreOffice, which renames placeholders and slides, and drops charts' workbooks."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from living_decks import (
    MARK,
    cells_of,
    content_of,
    data,
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
    with_column,
)
from pptx import Presentation

from exporters import deck
from exporters.merge import merge
from tests.editors import LibreOffice

pytestmark = pytest.mark.office

BIG, PROSE, CHART = "d00001.gdp-growth.text", "d00001.prose", "d00001.growth-chart"
TARGETS = "d00001.targets"
Office = Callable[..., bytes]


@pytest.fixture(scope="module")
def base() -> bytes:
    return render(data())


@pytest.fixture(scope="module")
def ours() -> bytes:
    return render(data(d00001_gdp_growth="11.5"), 2)


@pytest.fixture
def by_hand(office: LibreOffice, tmp_path: Path) -> Office:
    """Return what LibreOffice saves after an edit; ``times`` opens and saves it again before."""

    def run(content: bytes, function: Callable[..., Any], *arguments: Any, times: int = 0) -> bytes:
        path = tmp_path / "deck.pptx"
        path.write_bytes(content)
        office.resave(path, times)
        office.edit(path, function, *arguments)
        return path.read_bytes()

    return run


def nothing(document: Any) -> None:
    pass


def retype(document: Any, name: str, old: str, new: str) -> int:
    """Type over *old* inside every shape of a name."""
    pages = document.DrawPages
    count = 0
    for number in range(pages.Count):
        page = pages.getByIndex(number)
        for at in range(page.Count):
            shape = page.getByIndex(at)
            if shape.Name == name and old in shape.String:
                cursor = shape.createTextCursor()
                cursor.gotoStart(False)
                cursor.goRight(shape.String.index(old), False)
                cursor.goRight(len(old), True)
                cursor.String = new
                count += 1
    return count


@pytest.mark.parametrize("times", [0, 1])
def test_saving_alone_is_no_edit(base: bytes, by_hand: Office, times: int) -> None:
    found = deck.read(opened(base))
    plan = merge(found, deck.read(opened(by_hand(base, nothing, times=times))), found)
    assert (plan.edits, plan.conflicts, plan.kept, plan.vanished) == ((), (), (), 0)


def test_saved_and_regenerated(base: bytes, ours: bytes, by_hand: Office, tmp_path: Path) -> None:
    theirs = by_hand(base, nothing)
    result = merged(base, theirs, ours)
    prs = content_of(result)
    assert result.plan.conflicts == ()
    assert text_of(prs, BIG) == "11.5%以上"
    assert table_of(prs, TARGETS)[1][1] == "11.5%以上"
    assert table_of(prs, "pack.all")[1][1] == "11.5%以上"
    assert "11.5%" in notes_of(slide_of(prs, BIG))
    names, values = numbers_of(prs, CHART)
    assert values[0] == 11.5
    assert [row[:2] for row in cells_of(prs, CHART)[1:]] == [list(pair) for pair in zip(names, values, strict=True)]
    assert sdk_faults(theirs, tmp_path) != "" or sdk_faults(result.content or b"", tmp_path) == ""


def test_1_2_words_around_values(base: bytes, ours: bytes, by_hand: Office) -> None:
    theirs = by_hand(base, retype, PROSE, "GDP目标", "今年GDP力保")
    theirs = by_hand(theirs, retype, PROSE, "投资7.9%。", "投资7.9%。另请留意。")
    result = merged(base, theirs, ours)
    assert text_of(content_of(result), PROSE) == "宁丰1区今年GDP力保11.5%以上。投资7.9%。另请留意。"
    assert result.plan.conflicts == ()


def test_3_both_changed_one_number(base: bytes, ours: bytes, by_hand: Office) -> None:
    theirs = by_hand(base, retype, BIG, "9.6%", "10%")
    result = merged(base, theirs, ours)
    assert [one.key for one in result.plan.conflicts] == [BIG]
    assert text_of(content_of(result), BIG) == "10%以上"
    line = f"{MARK} conflict {BIG}: yours “10%以上”, data “11.5%以上”"
    assert notes_of(slide_of(content_of(result), BIG)).split("\n")[0] == line
    # Opened and saved in LibreOffice, the line is still the same, and there is still one.
    saved = by_hand(result.content or b"", nothing)
    again = merged(ours, saved, render(data(d00001_gdp_growth="11.5", d00002_gdp_growth="9"), 3), result.plan.conflicts)
    lines = notes_of(slide_of(content_of(again), BIG)).split("\n")
    assert [one for one in lines if MARK in one] == [line]


def test_4_5_kept_and_silent(base: bytes, ours: bytes, by_hand: Office) -> None:
    same = by_hand(base, retype, BIG, "9.6%", "11.5%")
    assert merged(base, same, ours).plan.conflicts == ()
    theirs = by_hand(base, retype, BIG, "9.6%", "10%")
    kept = merged(base, theirs, render(data(d00002_gdp_growth="9"), 2))
    assert [one.key for one in kept.plan.kept] == [BIG]
    assert text_of(content_of(kept), BIG) == "10%以上"


def remove(document: Any, name: str) -> None:
    pages = document.DrawPages
    for number in range(pages.Count):
        page = pages.getByIndex(number)
        for at in reversed(range(page.Count)):
            if page.getByIndex(at).Name == name:
                page.remove(page.getByIndex(at))


@pytest.mark.parametrize("moved", [False, True])
def test_6_a_deleted_shape_stays_deleted(base: bytes, ours: bytes, by_hand: Office, moved: bool) -> None:
    new = ours if moved else render(data(d00002_gdp_growth="9"), 2)
    result = merged(base, by_hand(base, remove, BIG), new)
    prs = content_of(result)
    assert all(one.name != BIG for slide in prs.slides for one in walk(slide.shapes))
    assert [one.reason for one in result.plan.conflicts] == (["deleted-changed"] if moved else [])


def copied(document: Any, index: int, to: int) -> None:
    """Copy a slide and move the copy up in the slide sorter."""
    pages = document.DrawPages
    document.duplicate(pages.getByIndex(index))
    at = index + 1
    dispatch(document, ".uno:DiaMode")  # noqa: F821 - given inside the office
    controller = document.CurrentController
    while at > to:
        controller.setCurrentPage(pages.getByIndex(at))
        dispatch(document, ".uno:MovePageUp")  # noqa: F821
        at -= 1


@pytest.mark.parametrize("to", [1, 2])
def test_7_every_copy_of_a_slide_updates(base: bytes, ours: bytes, by_hand: Office, to: int) -> None:
    theirs = by_hand(base, copied, 1, to)
    names = [{one.name for one in slide.shapes} for slide in Presentation(io.BytesIO(theirs)).slides]
    assert any(name.startswith(f"{PROSE} ") for name in names[to])
    result = merged(base, theirs, ours)
    prs = content_of(result)
    assert len(prs.slides) == 10
    assert result.plan.conflicts == ()
    for index in (1, 2):
        slide = prs.slides[index]
        texts = [one.text_frame.text for one in walk(slide.shapes) if one.has_text_frame]
        assert "宁丰1区GDP目标11.5%以上。投资7.9%。" in texts
        assert "11.5%以上" in texts
        chart = next(one.chart for one in slide.shapes if one.has_chart)
        assert next(iter(chart.plots[0].series)).values[0] == 11.5
        assert "11.5%" in notes_of(slide)


def handle(document: Any) -> list[int]:
    """Move, resize, recolour and group, and add a slide with a box."""
    pages = document.DrawPages
    page = pages.getByIndex(1)
    shapes = {page.getByIndex(at).Name: page.getByIndex(at) for at in range(page.Count)}
    big, prose, chart = shapes["d00001.gdp-growth.text"], shapes["d00001.prose"], shapes["d00001.growth-chart"]
    point, size = big.Position, big.Size
    point.X, point.Y, size.Width = 1000, 2000, 7000
    big.setPosition(point)
    big.setSize(size)
    big.FillStyle = uno.Enum("com.sun.star.drawing.FillStyle", "SOLID")  # noqa: F821 - given inside the office
    big.FillColor = 0xC00000
    if chart.Model is None:
        chart.EmbeddedObject.changeState(1)  # running: a chart is not always loaded with its slide
    chart.Model.getFirstDiagram().getCoordinateSystems()[0].getChartTypes()[0].getDataSeries()[0].Color = 0x00C000
    collection = context.ServiceManager.createInstance("com.sun.star.drawing.ShapeCollection")  # noqa: F821
    collection.add(prose)
    collection.add(big)
    page.group(collection).Name = "My group"
    added = pages.insertNewByIndex(0)
    box = document.createInstance("com.sun.star.drawing.TextShape")
    added.add(box)
    size.Width, size.Height = 8000, 2000
    box.setSize(size)
    box.String = "手写的一页"
    return [big.Position.X, big.Position.Y]


def test_10_moved_resized_recoloured_grouped_and_a_slide_added(base: bytes, ours: bytes, by_hand: Office) -> None:
    theirs = by_hand(base, handle)
    result = merged(base, theirs, ours)
    prs = content_of(result)
    assert result.plan.conflicts == ()
    big = shape_of(prs, BIG)
    assert (abs(big.left - 360000) < 1000, abs(big.top - 720000) < 1000) == (True, True)
    assert str(big.fill.fore_color.rgb) == "C00000"
    assert big.text_frame.text == "11.5%以上"
    group = next(one for one in slide_of(prs, BIG).shapes if one.name == "My group")
    assert {one.name for one in group.shapes} == {BIG, PROSE}
    assert "11.5%以上" in text_of(prs, PROSE)
    texts = [one.text_frame.text for slide in prs.slides for one in slide.shapes if one.has_text_frame]
    assert texts.count("手写的一页") == 1
    assert len(prs.slides) == 10
    series = shape_of(prs, CHART).chart.plots[0].series[0]
    assert str(series.format.fill.fore_color.rgb) == "00C000"
    assert numbers_of(prs, CHART)[1][0] == 11.5
    assert cells_of(prs, CHART)[1][1] == 11.5


def retitle(document: Any, index: int, text: str) -> None:
    page = document.DrawPages.getByIndex(index)
    for at in range(page.Count):
        if page.getByIndex(at).supportsService("com.sun.star.presentation.TitleTextShape"):
            page.getByIndex(at).String = text


def test_a_title_changed_by_hand_is_known_though_its_name_is_gone(base: bytes, by_hand: Office) -> None:
    theirs = by_hand(base, retitle, 2, "我改的标题")
    later = render(data(4), 2)
    result = merged(base, theirs, later)
    assert [(one.key, one.theirs) for one in result.plan.kept] == [("d00001.name", "我改的标题")]
    assert result.plan.conflicts == ()
    assert content_of(result).slides[2].shapes.title.text_frame.text == "我改的标题"


def test_a_new_district_in_a_deck_that_libreoffice_saved(base: bytes, by_hand: Office, tmp_path: Path) -> None:
    """Its layouts have lost their names and placeholders, so the new slides bring theirs along."""
    theirs = by_hand(base, nothing)
    result = merged(base, theirs, render(data(4), 2))
    prs = content_of(result)
    assert len(prs.slides) == 11
    slide = slide_of(prs, "d00004.prose")
    assert slide.shapes.title.text_frame.text.endswith("4区")
    assert prs.slides.index(slide) == 7
    title = slide.shapes.title
    assert title.width > 0
    assert numbers_of(prs, "d00004.growth-chart")[1] == [row[1] for row in cells_of(prs, "d00004.growth-chart")[1:]]
    # What LibreOffice wrote opens again in it, and the new slide comes back as it was.
    again = merge(
        *(deck.read(opened(one)) for one in (render(data(4)), by_hand(result.content or b"", nothing), render(data(4))))
    )
    assert (again.edits, again.conflicts, again.vanished) == ((), (), 0)


def test_a_dropped_district_is_marked(base: bytes, by_hand: Office) -> None:
    theirs = by_hand(base, retype, "d00002.prose", "投资", "固投")
    less = render(data(drop="d00002"), 2)
    result = merged(base, theirs, less)
    prs = content_of(result)
    assert len(prs.slides) == 9
    lines = notes_of(slide_of(prs, "d00002.prose")).split("\n")
    assert sum("stale" in line for line in lines) == 1
    assert "固投" in text_of(prs, "d00002.prose")
    assert len(table_of(prs, "pack.all")) == 3
    assert "changed-dropped" in {one.reason for one in result.plan.conflicts}


def number(document: Any, name: str, value: float) -> None:
    """Type a number into a chart's data."""
    pages = document.DrawPages
    for index in range(pages.Count):
        page = pages.getByIndex(index)
        for at in range(page.Count):
            shape = page.getByIndex(at)
            if shape.Name == name:
                if shape.Model is None:
                    shape.EmbeddedObject.changeState(1)
                rows = [list(row) for row in shape.Model.getData().getData()]
                rows[0][0] = value
                shape.Model.getData().setData(tuple(tuple(row) for row in rows))


def test_a_chart_changed_by_hand(base: bytes, ours: bytes, by_hand: Office) -> None:
    theirs = by_hand(base, number, CHART, 1.5)
    kept = merged(base, theirs, render(data(d00002_gdp_growth="9"), 2))
    assert CHART in {one.key for one in kept.plan.kept}
    assert numbers_of(content_of(kept), CHART)[1][0] == 1.5
    result = merged(base, theirs, ours)
    assert CHART in {one.key for one in result.plan.conflicts}
    assert numbers_of(content_of(result), CHART)[1][0] == 1.5


def test_a_column_put_in_by_hand(base: bytes, by_hand: Office) -> None:
    theirs = by_hand(edited(base, with_column), nothing)
    result = merged(base, theirs, render(data(4, d00002_gdp_growth="9"), 2))
    rows = table_of(content_of(result), "pack.all")
    assert [one[1] for one in rows] == ["批注", "甲", "乙", "丙", ""]
    assert rows[2][2] == "9%以上"
    assert rows[4][0].endswith("4区")


@pytest.mark.slow
def test_15_five_cycles(base: bytes, by_hand: Office) -> None:
    content = before = base
    value = "9.6"
    for cycle in range(1, 6):
        theirs = by_hand(content, retype, PROSE, "投资7.9%。", f"投资7.9%。第{cycle}次。")
        new = render(data(3 + cycle, d00001_gdp_growth=str(10 + cycle)), cycle + 1)
        result = merged(before, theirs, new)
        assert result.plan.conflicts == ()
        content, before, value = result.content or b"", new, str(10 + cycle)
    prs = content_of(result)
    added = "".join(f"第{cycle}次。" for cycle in range(5, 0, -1))
    assert text_of(prs, PROSE) == f"宁丰1区GDP目标{value}%以上。投资7.9%。{added}"
    assert len(prs.slides) == 9 + 10
    assert numbers_of(prs, CHART)[1][0] == float(value)
