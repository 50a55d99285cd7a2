"""Living briefings edited with python-docx: each scenario asserts what survived and what updated."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.shared import RGBColor

from exporters.merge import Overrides
from exporters.snapshot import InsertItem, RemoveItem
from tests.word.living_samples import FIRST, Maker, changed, template, with_tables
from tests.word.living_steps import (
    W,
    body,
    comments,
    parts_apart,
    patched,
    plan_of,
    regenerate,
    sets,
    settled,
    snapshot,
    text,
    tree,
)

MOVED = changed(city={"gdp-growth": "6.5", "fai-level": "8800"}, anhe={"gdp-growth": "7.5", "fai-level": "800"})
NEW = changed(changning={"gdp-growth": "10", "fai-level": "88"})


@pytest.fixture(scope="module")
def make() -> Maker:
    return Maker()


@pytest.fixture(scope="module")
def base(make: Maker) -> bytes:
    return make(FIRST)


def edited(data: bytes, edit: Callable[[Any], None]) -> bytes:
    document = docx.Document(io.BytesIO(data))
    edit(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def of(document: Any, words: str) -> Any:
    """Return the paragraph of the body that shows *words*, values included."""
    return next(
        one for one in document.paragraphs if words in "".join(node.text or "" for node in one._p.iter(f"{W}t"))
    )


def control(document: Any, key: str, at: int = 0) -> Any:
    return [
        one.getparent().getparent() for one in document.element.body.iter(f"{W}alias") if one.get(f"{W}val") == key
    ][at]


def retype(document: Any, key: str, words: str, at: int = 0) -> None:
    nodes = list(control(document, key, at).iter(f"{W}t"))
    nodes[0].text = words


def test_a_fresh_render_reads_back_and_nothing_changes_it(base: bytes) -> None:
    plan = plan_of(base, base, base)
    assert (plan.edits, plan.conflicts, plan.kept, plan.vanished) == ((), (), (), 0)
    assert plan.anchors > 50
    assert parts_apart(base, patched(base, plan, base)) == {"docProps/custom.xml"}


def test_untouched_file_becomes_the_new_render(make: Maker, base: bytes) -> None:
    for ours in (make(MOVED), make(NEW), make(changed(bailin=None)), make(changed(anhe=None, dongshan=None))):
        result, plan = regenerate(base, base, ours)
        assert not plan.conflicts
        assert body(result) == body(ours)
        assert text(result) == text(ours)


def test_1_a_sentence_appended_while_a_number_moves(make: Maker, base: bytes) -> None:
    theirs = edited(base, lambda document: of(document, "全市地区").add_run("请各部门核对。"))
    result, plan = regenerate(base, theirs, make(MOVED))
    intro = next(line for line in body(result) if line.startswith("全市"))
    assert intro.startswith("全市地区生产总值增长6.5%以上，") and intro.endswith("均已提出目标。请各部门核对。")
    assert not plan.conflicts


def test_2_words_around_a_value_reworded(make: Maker, base: bytes) -> None:
    def reword(document: Any) -> None:
        node = next(one for one in of(document, "全市地区")._p.iter(f"{W}t") if one.text == "全市地区生产总值增长")
        node.text = "今年，全市经济总量预计增长"

    result, plan = regenerate(base, edited(base, reword), make(MOVED))
    assert any(line.startswith("今年，全市经济总量预计增长6.5%以上，固定资产投资8800亿元。") for line in body(result))
    assert not plan.conflicts


def test_3_both_change_one_number(make: Maker, base: bytes) -> None:
    theirs = edited(base, lambda document: retype(document, "city.gdp-growth.text", "7%左右"))
    ours = make(MOVED)
    result, plan = regenerate(base, theirs, ours)
    assert [(one.key, one.theirs, one.ours) for one in plan.conflicts] == [
        ("city.gdp-growth.text", "7%左右", "6.5%以上")
    ]
    assert "全市地区生产总值增长7%左右" in text(result)
    assert comments(result) == [["city.gdp-growth.text · both-changed", "⟲ 6%以上", "✎ 7%左右", "⟳ 6.5%以上"]]
    # Once, not twice; the newest data stands in it.
    later = make(changed(city={"gdp-growth": "6.8", "fai-level": "8800"}))
    again = plan_of(ours, result, later, Overrides.of(plan.conflicts))
    second = patched(result, again, later)
    assert comments(second) == [["city.gdp-growth.text · both-changed", "⟲ 6%以上", "✎ 7%左右", "⟳ 6.8%以上"]]
    # Settled: the comment goes, and with it every mark of it.
    settled = edited(second, lambda document: retype(document, "city.gdp-growth.text", "6.8%以上"))
    third = patched(settled, plan_of(later, settled, later), later)
    assert comments(third) == []
    assert not list(tree(third).iter(f"{W}commentReference", f"{W}commentRangeStart", f"{W}commentRangeEnd"))


def test_4_the_same_change_on_both_sides(make: Maker, base: bytes) -> None:
    theirs = edited(base, lambda document: retype(document, "city.gdp-growth.text", "6.5%以上"))
    result, plan = regenerate(base, theirs, make(MOVED))
    assert not plan.conflicts and "city.gdp-growth.text" not in sets(plan)
    assert "全市地区生产总值增长6.5%以上" in text(result)


def test_5_a_value_changed_by_hand_that_the_data_leaves_alone(make: Maker, base: bytes) -> None:
    theirs = edited(base, lambda document: retype(document, "anhe.gdp-growth.text", "8%以上", 1))
    result, plan = regenerate(base, theirs, make(MOVED))
    assert not plan.conflicts and [one.theirs for one in plan.kept] == ["8%以上"]
    assert "安和区今年地区生产总值力争增长8%以上，固定资产投资800亿元。" in text(result)
    ours = make(changed(anhe={"gdp-growth": "9", "fai-level": "800"}))
    later, plan = regenerate(make(MOVED), result, ours)
    assert [one.key for one in plan.conflicts] == ["anhe.gdp-growth.text"]
    assert "安和区今年地区生产总值力争增长8%以上" in text(later)


def test_6_a_deleted_paragraph_stays_deleted(make: Maker, base: bytes) -> None:
    def delete(document: Any) -> None:
        paragraph = of(document, "柏林区今年")._p
        paragraph.getparent().remove(paragraph)

    theirs = edited(base, delete)
    result, plan = regenerate(base, theirs, make(MOVED))
    assert not plan.conflicts and "柏林区今年" not in text(result)
    moved = make(changed(bailin={"gdp-growth": "9", "fai-level": "512.5"}))
    result, plan = regenerate(base, theirs, moved)
    assert "柏林区今年" not in text(result)
    assert [one.reason for one in plan.conflicts] == ["deleted-changed"]
    assert len(comments(result)) == 1


def test_7_moved_copied_and_split(make: Maker, base: bytes) -> None:
    def move(document: Any) -> None:
        goal = of(document, "安和区今年")._p
        of(document, "全市地区")._p.addprevious(goal)
        twin = copy.deepcopy(of(document, "全市地区")._p)
        for mark in twin.xpath(".//w:bookmarkStart | .//w:bookmarkEnd"):
            mark.getparent().remove(mark)
        document.element.body.insert(len(document.element.body) - 1, twin)

    result, plan = regenerate(base, edited(base, move), make(MOVED))
    lines = text(result).split("\n")
    assert sum("全市地区生产总值增长6.5%以上" in line for line in lines) == 2
    assert any("安和区今年地区生产总值力争增长7.5%以上，固定资产投资800亿元" in line for line in lines[:10])
    assert not plan.conflicts


def test_8_a_row_and_a_column_by_hand_while_the_data_adds_a_row(make: Maker, base: bytes) -> None:
    def table(document: Any) -> None:
        matrix = document.tables[0]
        matrix.add_column(1_000_000)
        for row, words in zip(matrix.rows, ("备注", "甲", "乙", "丙"), strict=True):
            row.cells[3].text = words
        row = matrix.add_row()
        for cell, words in zip(row.cells, ("合计", "—", "—", "丁"), strict=True):
            cell.text = words
        matrix.columns[0].cells[0].text = "行政区"

    result, plan = regenerate(base, edited(base, table), make(NEW))
    rows = [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(result)).tables[0].rows]
    shown = [["".join(node.text for node in cell._tc.iter(f"{W}t")) for cell in row.cells]
             for row in docx.Document(io.BytesIO(result)).tables[0].rows]  # fmt: skip
    assert [len(row) for row in rows] == [4] * 6
    assert shown[0] == ["行政区", "生产总值", "投资", "备注"]
    assert [row[0] for row in shown] == ["行政区", "安和区", "柏林区", "长宁区", "东山区", "合计"]
    assert shown[3] == ["长宁区", "10%以上", "88亿元", ""]
    assert shown[4][3] == "丙" and not plan.conflicts


def test_9_formatting_and_what_stands_around_values(make: Maker, base: bytes) -> None:
    def dress(document: Any) -> None:
        run = docx.text.run.Run(next(control(document, "anhe.fai-level.text", 1).iter(f"{W}r")), None)
        run.bold = True
        run.font.color.rgb = RGBColor(0xC0, 0, 0)
        paragraph = of(document, "安和区今年")
        document.add_comment(paragraph.runs[0], text="请核实", author="王")
        picture = io.BytesIO(_PIXEL)
        paragraph.add_run().add_picture(picture)

    theirs = edited(base, dress)
    result, plan = regenerate(base, theirs, make(MOVED))
    document = docx.Document(io.BytesIO(result))
    run = next(control(document, "anhe.fai-level.text", 1).iter(f"{W}r"))
    assert run.find(f"{W}t").text == "800亿元"
    assert run.find(f"{W}rPr/{W}b") is not None and run.find(f"{W}rPr/{W}color").get(f"{W}val") == "C00000"
    assert comments(result) == [["请核实"]]
    goal = of(document, "安和区今年")
    assert len(list(goal._p.iter(f"{W}drawing"))) == 1 and len(list(goal._p.iter(f"{W}footnoteReference"))) == 1
    assert not plan.conflicts
    changed_parts = parts_apart(theirs, result)
    assert changed_parts == {"word/document.xml", "docProps/custom.xml"}


def test_12_a_second_regeneration_has_nothing_to_do(make: Maker, base: bytes) -> None:
    ours = make(NEW)
    result, _ = regenerate(base, base, ours)
    plan = plan_of(ours, result, ours)
    assert (plan.edits, plan.conflicts, plan.kept, plan.vanished) == ((), (), (), 0)


def strip(document: Any) -> None:
    """Take out every control, as other formats on the way do."""
    for sdt in list(document.element.body.iter(f"{W}sdt")):
        for run in sdt.find(f"{W}sdtContent"):
            sdt.addprevious(run)
        sdt.getparent().remove(sdt)


def test_13_stripped_anchors_are_seen(base: bytes) -> None:
    def bare(document: Any) -> None:
        strip(document)
        for mark in document.element.body.xpath(".//w:bookmarkStart | .//w:bookmarkEnd"):
            mark.getparent().remove(mark)

    assert plan_of(base, edited(base, bare), base).lost_too_much


def test_values_are_known_without_their_controls(make: Maker, base: bytes) -> None:
    theirs = edited(base, strip)
    assert plan_of(base, theirs, base).vanished == 0
    result, plan = regenerate(base, theirs, make(MOVED))
    assert text(result) == text(make(MOVED)) and not plan.conflicts
    assert len(list(tree(result).iter(f"{W}alias"))) == len(list(tree(base).iter(f"{W}alias")))


def test_15_five_cycles(make: Maker, base: bytes) -> None:
    current, before = base, base
    for cycle in range(1, 6):
        theirs = edited(current, lambda document, n=cycle: of(document, "全市地区").add_run(f"第{n}次批注。"))
        figures = {"gdp-growth": f"{6 + cycle / 10}", "fai-level": "8800"}
        more = {"changning": {"gdp-growth": "10", "fai-level": str(80 + cycle)}} if cycle > 2 else {}
        ours = make(changed(city=figures, **more))
        current, plan = regenerate(before, theirs, ours)
        assert not plan.conflicts
        before = ours
    intro = next(line for line in body(current) if line.startswith("全市"))
    assert intro.startswith("全市地区生产总值增长6.5%以上")
    assert intro.endswith("第1次批注。第2次批注。第3次批注。第4次批注。第5次批注。")
    assert "固定资产投资85亿元" in text(current) and text(current).count("长宁区今年") == 1


def test_a_new_district_lands_between_its_neighbours(make: Maker, base: bytes) -> None:
    def note(document: Any) -> None:
        table = document.tables[2]._tbl
        paragraph = document.add_paragraph("柏林区补充说明：以区里报送为准。")
        table.addnext(paragraph._p)

    result, plan = regenerate(base, edited(base, note), make(NEW))
    lines = text(result).split("\n")
    own = lines.index("柏林区补充说明：以区里报送为准。")
    assert lines[own + 1] == "长宁区" and lines[own + 2].startswith("长宁区今年地区生产总值力争增长10%以上")
    assert " 来源：长宁区大会报道。" in lines
    assert lines[:5] == text(make(NEW)).split("\n")[:5] and lines[3].startswith("长宁区\t")
    assert len([one for one in plan.edits if isinstance(one, InsertItem)]) > 5
    notes = [one.get(f"{W}id") for one in tree(result, "word/footnotes.xml").iter(f"{W}footnote")]
    assert len(notes) == len(set(notes)) == 6


def test_a_touched_section_of_a_dropped_district_stays_whole(make: Maker, base: bytes) -> None:
    theirs = edited(base, lambda document: of(document, "建设柏林区产业园").add_run("（已开工）"))
    result, plan = regenerate(base, theirs, make(changed(bailin=None)))
    assert [one.reason for one in plan.conflicts] == ["changed-dropped"]
    lines = text(result).split("\n")
    assert "建设柏林区产业园（已开工）" in lines and "柏林区\t1" in lines
    assert any(line.startswith("柏林区今年") for line in lines)
    assert {edit.id[:6] for edit in plan.edits if isinstance(edit, RemoveItem)} == {"_bp_r1", "conten"}
    untouched, plan = regenerate(base, base, make(changed(bailin=None)))
    assert "柏林区" not in text(untouched)


def test_the_stamp_comes_back_when_an_editor_lost_it(make: Maker, base: bytes) -> None:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/custom.xml":
                continue
            if name == "_rels/.rels":
                data = (
                    b"".join(one + b"/>" for one in data.split(b"/>")[:-1] if b"custom-properties" not in one)
                    + b"</Relationships>"
                )
            if name == "[Content_Types].xml":
                kind = b"application/vnd.openxmlformats-officedocument.custom-properties+xml"
                entry = b'<Override PartName="/docProps/custom.xml" ContentType="' + kind + b'"/>'
                assert entry in data
                data = data.replace(entry, b"")
            new.writestr(name, data)
    assert snapshot(out.getvalue()).stamp == ""
    regenerate(base, out.getvalue(), make(MOVED))


_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005000"
    "1ffa4a5d3a00000000049454e44ae426082"
)


@pytest.mark.parametrize("track", ["", "2023-03-01T00:00:00Z"])
def test_a_control_in_several_runs_goes_whole_although_its_value_moves(track: str) -> None:
    """Word splits the text of a control as soon as somebody types in it."""
    document = docx.Document(io.BytesIO(template()))
    of(document, "完。").insert_paragraph_before(
        "领先的是{% for t in indicator.GDP.growth_first[:1] %}{{ t.place.name }}，增长{{ t.text }}{% endfor %}。"
    )
    out = io.BytesIO()
    document.save(out)
    make = Maker(out.getvalue())
    base = make(FIRST)

    def split(document: Any) -> None:
        for run in [run for one in document.element.iter(f"{W}sdt") for run in one.iter(f"{W}r")]:
            words = run.find(f"{W}t")
            if words is not None and len(words.text) > 1:
                twin = copy.deepcopy(run)
                twin.find(f"{W}t").text, words.text = words.text[1:], words.text[:1]
                run.addnext(twin)

    theirs = edited(base, split)
    ours = make(changed(anhe={"gdp-growth": "30"}, bailin={"gdp-growth": "3.5"}))
    assert (line := next(one for one in body(ours) if "领先" in one)) != next(
        one for one in body(base) if "领先" in one
    )
    data, plan = regenerate(base, theirs, ours, track)
    assert line in body(data) and not plan.conflicts
    if track:
        assert settled(data, accept=False) == settled(theirs, accept=False)


def test_a_figure_deleted_in_word_is_gone_and_word_s_prompt_is_nobody_s_text(make: Maker, base: bytes) -> None:
    prompt = "单击或点击此处输入文字。"

    def delete(document: Any) -> None:
        found = control(document, "anhe.gdp-growth.text", 1)
        properties = found.find(f"{W}sdtPr")
        properties.find(f"{W}alias").addnext(properties.makeelement(f"{W}showingPlcHdr"))
        run = next(found.iter(f"{W}r"))
        run.find(f"{W}t").text = prompt

    theirs = edited(base, delete)
    plan = plan_of(base, theirs, base)
    assert not plan.edits and not plan.conflicts and prompt not in "".join(one.theirs for one in plan.kept)
    data, plan = regenerate(base, theirs, make(changed(anhe={"gdp-growth": "9", "fai-level": "800"})))
    assert [(one.key, one.reason, one.theirs) for one in plan.conflicts] == [
        ("anhe.gdp-growth.text", "deleted-changed", "")
    ]
    assert prompt not in text(data) and any("增长，固定资产投资800亿元" in one for one in body(data))
    assert not list(tree(data).iter(f"{W}showingPlcHdr"))


def test_rows_three_loops_deep_belong_to_the_section_around_them() -> None:
    loops = "{% for t in d.targets %}{% for o in d.targets %}{% for i in d.initiatives %}"
    closed = "{{ o.text }}{{ i.text }}{% endfor %}{% endfor %}{% endfor %}"
    make = Maker(with_tables([[loops + "{{ t.text }}", closed]]))
    base = make(FIRST)
    section = [item for item in snapshot(base).groups[0].items if item.unit.endswith("/2")]
    rows = [item for item in section if "_bp_r" in item.id]
    assert rows and len({item.unit for item in section}) == len(FIRST) - 1
    theirs = edited(base, lambda document: of(document, "安和区分项完").add_run("另有一项。"))
    data, plan = regenerate(base, theirs, make(changed(anhe=None)))
    (told,) = plan.conflicts
    assert told.reason == "changed-dropped" and "安和区分项如下" in told.theirs and "另有一项" in told.theirs
    assert any("安和区分项如下" in one for one in body(data))


def test_a_deleted_section_stays_deleted_although_its_number_moves() -> None:
    document = docx.Document(io.BytesIO(template()))
    heading = next(one for one in document.paragraphs if one.style.name == "Heading 2")
    heading.text = "（{{ d.n|chinese }}）{{ d.name }}"
    out = io.BytesIO()
    document.save(out)
    make = Maker(out.getvalue())
    base = make(FIRST)

    def delete(document: Any) -> None:
        headings = [one._p for one in document.paragraphs if one.style.name == "Heading 2"]
        at = headings[1]
        while at is not headings[2]:
            following = at.getnext()
            at.getparent().remove(at)
            at = following

    theirs = edited(base, delete)
    ours = make(changed(anhe=None))
    data, plan = regenerate(base, theirs, ours)
    assert not plan.conflicts
    assert [one for one in body(data) if one.startswith("（") and "\t" not in one] == ["（二）东山区"]
    _, plan = regenerate(ours, data, make(changed(anhe=None, bailin={"gdp-growth": "9", "fai-level": "5"})))
    assert {one.reason for one in plan.conflicts} == {"deleted-changed"}
