"""Edits that a person makes without a thought for anchors: each scenario asserts what survived and what was updated."""

from __future__ import annotations

import copy
import io
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from msgspec import to_builtins

from exporters.merge import Overrides
from exporters.model import Dataset, validated
from exporters.package import Package
from exporters.snapshot import Plan
from tests.word.living_samples import FIRST, Maker, changed, dataset
from tests.word.living_steps import W, body, comments, patched, plan_of, regenerate, sets, settled, text
from tests.word.test_living_docx import control, edited, of, retype

MOVED = changed(city={"gdp-growth": "6.5", "fai-level": "8800"}, anhe={"gdp-growth": "9", "fai-level": "800"})
NEW = changed(changning={"gdp-growth": "10", "fai-level": "88"})
DATE = "2026-11-23T08:00:00Z"
ANHE = "anhe.gdp-growth.text"


@pytest.fixture(scope="module")
def make() -> Maker:
    return Maker()


@pytest.fixture(scope="module")
def base(make: Maker) -> bytes:
    return make(FIRST)


@pytest.fixture(scope="module")
def moved(make: Maker) -> bytes:
    return make(MOVED)


def clean(plan: Plan) -> None:
    assert not plan.conflicts, plan.conflicts
    assert not plan.lost_too_much


def replace_all(document: Any, old: str, new: str) -> int:
    """Find and replace within runs, values and notes' texts of the body included."""
    found = [node for node in document.element.body.iter(f"{W}t") if old in (node.text or "")]
    for node in found:
        node.text = node.text.replace(old, new)
    return len(found)


def row_of(document: Any, words: str, table: int = 0) -> Any:
    rows = document.tables[table]._tbl.tr_lst
    return next(row for row in rows if words in "".join(node.text or "" for node in row.iter(f"{W}t")))


def rows(data: bytes, table: int = 0) -> list[list[str]]:
    found = list(docx.Document(io.BytesIO(data)).element.body.iter(f"{W}tbl"))[table]
    return [
        ["".join(node.text or "" for node in cell.iter(f"{W}t")) for cell in row.iter(f"{W}tc")]
        for row in found.iter(f"{W}tr")
    ]


def section(document: Any, name: str) -> list[Any]:
    """Return the blocks of a district's section, its heading first."""
    blocks = list(document.element.body)
    start = next(
        at for at, one in enumerate(blocks) if one.tag == f"{W}p" and _style(one) == "Heading2" and name in _words(one)
    )
    end = next(
        at for at, one in enumerate(blocks) if at > start and (_style(one) == "Heading2" or _words(one) == "完。")
    )
    return blocks[start:end]


def _style(block: Any) -> str:
    mark = block.find(f"{W}pPr/{W}pStyle")
    return mark.get(f"{W}val") if mark is not None else ""


def _words(block: Any) -> str:
    return "".join(node.text or "" for node in block.iter(f"{W}t"))


def test_words_replaced_in_the_whole_document(make: Maker, base: bytes, moved: bytes) -> None:
    theirs = edited(base, lambda document: replace_all(document, "力争增长", "努力增长"))
    result, plan = regenerate(base, theirs, moved)
    clean(plan)
    assert "安和区今年地区生产总值努力增长9%以上，固定资产投资800亿元。" in text(result)
    assert "力争增长" not in text(result)


def test_a_figure_replaced_in_the_whole_document(make: Maker, base: bytes, moved: bytes) -> None:
    theirs = edited(base, lambda document: replace_all(document, "7.5%", "7.6%"))
    _, plan = regenerate(base, theirs, base)
    clean(plan)
    assert {(one.key, one.theirs) for one in plan.kept} == {(ANHE, "7.6%以上")}
    result, plan = regenerate(base, theirs, moved)
    assert {(one.key, one.theirs, one.ours) for one in plan.conflicts} == {(ANHE, "7.6%以上", "9%以上")}
    assert text(result).count("7.6%以上") == 3
    assert "安和区今年地区生产总值力争增长7.6%以上，固定资产投资800亿元" in text(result)


def test_a_section_pasted_from_another_pack(make: Maker, base: bytes, moved: bytes) -> None:
    other = make(dataset({"city": FIRST["city"], "yuanfang": {"gdp-growth": "3", "fai-level": "1"}}))

    def paste(document: Any) -> None:
        blocks = section(docx.Document(io.BytesIO(other)), "yuanfang")
        place = section(document, "柏林")[0]
        for block in blocks:
            for mark in list(block.iter(f"{W}footnoteReference")):
                mark.getparent().remove(mark)
            place.addprevious(copy.deepcopy(block))

    result, plan = regenerate(base, edited(base, paste), moved)
    clean(plan)
    assert "yuanfang区今年地区生产总值力争增长3%以上" in text(result)
    assert "安和区今年地区生产总值力争增长9%以上" in text(result)


def test_a_section_moved_to_the_top(make: Maker, base: bytes) -> None:
    def move(document: Any) -> None:
        blocks = section(document, "东山")
        place = section(document, "安和")[0]
        for block in blocks:
            place.addprevious(block)

    ours = make(changed(dongshan={"gdp-growth": "1", "fai-level": "2"}, changning=NEW["changning"]))
    result, plan = regenerate(base, edited(base, move), ours)
    clean(plan)
    names = [_words(one) for one in docx.Document(io.BytesIO(result)).element.body if _style(one) == "Heading2"]
    # The new one stands beside the neighbour that it has in the data, wherever that was moved to.
    assert names in (["长宁区", "东山区", "安和区", "柏林区"], ["东山区", "安和区", "柏林区", "长宁区"])
    assert "东山区今年地区生产总值力争增长1%以上，固定资产投资2亿元" in text(result)


def test_a_heading_renamed(make: Maker, base: bytes, moved: bytes) -> None:
    def rename(document: Any) -> None:
        of_heading = next(one for one in document.element.body if _style(one) == "Heading2" and "安和" in _words(one))
        next(of_heading.iter(f"{W}t")).text = "安和新区"

    result, plan = regenerate(base, edited(base, rename), moved)
    clean(plan)
    assert "安和新区" in body(result)
    assert "安和区今年地区生产总值力争增长9%以上" in text(result)


def test_rows_sorted_by_hand(make: Maker, base: bytes, moved: bytes) -> None:
    def sort(document: Any) -> None:
        table = document.tables[0]._tbl
        for row in reversed(table.tr_lst[1:]):
            table.append(row)

    result, plan = regenerate(base, edited(base, sort), moved)
    clean(plan)
    assert rows(result)[1:] == [
        ["东山区", "5.5%以上", "410亿元"],
        ["柏林区", "8%以上", "512.5亿元"],
        ["安和区", "9%以上", "800亿元"],
    ]


def test_a_table_split_in_two(make: Maker, base: bytes) -> None:
    def split(document: Any) -> None:
        table = document.tables[0]._tbl
        second = copy.deepcopy(table)
        for row in second.tr_lst[:3]:
            second.remove(row)
        for row in table.tr_lst[3:]:
            table.remove(row)
        table.addnext(second)
        table.addnext(parse_xml(f"<w:p {nsdecls('w')}><w:r><w:t>（续表）</w:t></w:r></w:p>"))

    ours = make(changed(dongshan={"gdp-growth": "1", "fai-level": "2"}, changning=NEW["changning"]))
    result, plan = regenerate(base, edited(base, split), ours)
    clean(plan)
    assert "（续表）" in body(result)
    both = [*rows(result, 0), *rows(result, 1)]
    assert ["长宁区", "10%以上", "88亿元"] in both and ["东山区", "1%以上", "2亿元"] in both


def test_cells_merged(make: Maker, base: bytes, moved: bytes) -> None:
    def merge(document: Any) -> None:
        # As Word merges: the paragraphs of both stand in the one that is left.
        left, right = document.tables[0]._tbl.tr_lst[1].tc_lst[1:]
        left.append(right.p_lst[0])
        right.getparent().remove(right)
        left.get_or_add_tcPr().append(parse_xml(f'<w:gridSpan {nsdecls("w")} w:val="2"/>'))

    result, plan = regenerate(base, edited(base, merge), moved)
    clean(plan)
    assert rows(result)[1] == ["安和区", "9%以上800亿元"]


def test_a_new_row_fills_the_grid_of_a_table_in_which_a_cell_was_split(make: Maker, base: bytes) -> None:
    def split(document: Any) -> None:
        # As Word splits: a column more in the grid, which the other rows' cells span.
        table = document.tables[0]._tbl
        table.tblGrid.append(copy.deepcopy(table.tblGrid[-1]))
        for number, row in enumerate(table.tr_lst):
            if number == 1:
                row.append(copy.deepcopy(row.tc_lst[2]))
                row.tc_lst[3].remove(row.tc_lst[3].p_lst[0])
                row.tc_lst[3].add_p()
            else:
                width = row.tc_lst[2].get_or_add_tcPr().get_or_add_tcW()
                width.addnext(parse_xml(f'<w:gridSpan {nsdecls("w")} w:val="2"/>'))

    result, _ = regenerate(base, edited(base, split), make(changed(changning=NEW["changning"])))
    spans = [[cell.grid_span for cell in row._tr.tc_lst] for row in docx.Document(io.BytesIO(result)).tables[0].rows]
    assert ["长宁区", "10%以上", "88亿元"] in rows(result)
    assert spans == [[1, 1, 2], [1, 1, 1, 1], *[[1, 1, 2]] * 3]


def test_a_column_deleted(make: Maker, base: bytes) -> None:
    def delete(document: Any) -> None:
        for row in document.tables[0]._tbl.tr_lst:
            row.remove(row.tc_lst[2])

    ours = make(changed(anhe={"gdp-growth": "9", "fai-level": "730"}, changning=NEW["changning"]))
    result, plan = regenerate(base, edited(base, delete), ours)
    clean(plan)
    assert [len(row) for row in rows(result)] == [2] * 5
    assert rows(result)[1] == ["安和区", "9%以上"] and ["长宁区", "10%以上"] in rows(result)


def test_a_deleted_column_whose_values_move_is_a_conflict(make: Maker, base: bytes, moved: bytes) -> None:
    def delete(document: Any) -> None:
        for row in document.tables[0]._tbl.tr_lst:
            row.remove(row.tc_lst[2])

    result, plan = regenerate(base, edited(base, delete), moved)
    assert {(one.key, one.reason) for one in plan.conflicts} == {("anhe.fai-level.text", "deleted-changed")}
    assert [len(row) for row in rows(result)] == [2] * 4


def test_a_note_deleted_and_one_added(make: Maker, base: bytes, moved: bytes) -> None:
    def notes(document: Any) -> None:
        mark = next(document.element.body.iter(f"{W}footnoteReference"))
        mark.getparent().getparent().remove(mark.getparent())

    result, plan = regenerate(base, edited(base, notes), moved)
    clean(plan)
    assert "9%以上" in text(result)
    assert len(list(docx.Document(io.BytesIO(result)).element.body.iter(f"{W}footnoteReference"))) == 2


def test_a_comment_of_a_person_on_a_value(make: Maker, base: bytes, moved: bytes) -> None:
    def comment(document: Any) -> None:
        paragraph = of(document, "安和区今年")
        run = paragraph.runs[0]
        document.add_comment([run], text="请核实", author="王五")

    result, plan = regenerate(base, edited(base, comment), moved)
    clean(plan)
    assert comments(result) == [["请核实"]]
    assert "9%以上" in text(result)


def test_the_comment_of_a_conflict_is_one_after_many_runs(make: Maker, base: bytes, moved: bytes) -> None:
    theirs = edited(base, lambda document: retype(document, "city.gdp-growth.text", "7%左右"))
    plan = plan_of(base, theirs, moved)
    result = patched(theirs, plan, moved)
    for _ in range(4):
        later = plan_of(moved, result, moved, Overrides.of(plan.conflicts))
        assert [one.key for one in later.conflicts] == ["city.gdp-growth.text"]
        assert later.edits == ()
        result = patched(edited(result, lambda _: None), later, moved)
        assert len(comments(result)) == 1
    resolved = plan_of(moved, result, moved)
    assert comments(patched(result, resolved, moved)) == []


def test_a_header_written_by_hand(make: Maker, base: bytes, moved: bytes) -> None:
    def header(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "内部资料"

    result, plan = regenerate(base, edited(base, header), moved)
    clean(plan)
    assert docx.Document(io.BytesIO(result)).sections[0].header.paragraphs[0].text == "内部资料"


@pytest.mark.parametrize("typed", ["7.5", "7.5%", "约7.5%以上"])
def test_a_value_retyped_in_part(make: Maker, base: bytes, moved: bytes, typed: str) -> None:
    theirs = edited(base, lambda document: retype(document, ANHE, typed))
    _, plan = regenerate(base, theirs, base)
    clean(plan)
    result, plan = regenerate(base, theirs, moved)
    assert [(one.key, one.theirs, one.ours) for one in plan.conflicts] == [(ANHE, typed, "9%以上")]
    assert typed in text(result)


def test_full_width_digits_are_no_edit(make: Maker, base: bytes, moved: bytes) -> None:
    theirs = edited(base, lambda document: retype(document, ANHE, "７.５％以上"))
    result, plan = regenerate(base, theirs, moved)
    clean(plan)
    assert "７" not in text(result)
    _, plan = regenerate(base, theirs, base)
    assert plan.kept == ()


def delete_value(document: Any) -> None:
    for at in (0, 0, 0):
        one = control(document, ANHE, at)
        one.getparent().remove(one)


def test_a_value_deleted(make: Maker, base: bytes, moved: bytes) -> None:
    theirs = edited(base, delete_value)
    result, plan = regenerate(base, theirs, base)
    clean(plan)
    assert "7.5%" not in text(result)
    result, plan = regenerate(base, theirs, moved)
    assert {(one.key, one.reason) for one in plan.conflicts} == {(ANHE, "deleted-changed")}
    assert "9%以上" not in text(result)


def test_a_value_emptied_in_its_control(make: Maker, base: bytes, moved: bytes) -> None:
    theirs = edited(base, lambda document: retype(document, ANHE, "", 1))
    result, plan = regenerate(base, theirs, moved)
    assert {one.key for one in plan.conflicts} <= {ANHE}
    assert "安和区今年地区生产总值力争增长，" in text(result) or plan.conflicts


def track(document: Any) -> None:
    """Change "固定资产投资" to "投资" and a value to 8%, with tracking on."""
    w = nsdecls("w")
    who = f'{w} w:author="王五" w:date="2026-11-01T08:00:00Z"'
    node = next(
        one for one in of(document, "安和区今年")._p.iter(f"{W}t") if (one.text or "").startswith("，固定资产投资")
    )
    run = node.getparent()
    node.text = "，"
    run.addnext(parse_xml(f'<w:ins {who} w:id="901"><w:r><w:t>投资约</w:t></w:r></w:ins>'))
    run.addnext(parse_xml(f'<w:del {who} w:id="902"><w:r><w:delText>固定资产投资</w:delText></w:r></w:del>'))


def test_tracked_edits_of_a_person(make: Maker, base: bytes, moved: bytes) -> None:
    result, plan = regenerate(base, edited(base, track), moved)
    clean(plan)
    root = docx.Document(io.BytesIO(result)).element.body
    assert {one.get(f"{W}author") for one in root.iter(f"{W}ins", f"{W}del")} == {"王五"}
    assert any("力争增长9%以上，投资约800亿元" in line for line in settled(result, accept=True))
    assert any("力争增长9%以上，固定资产投资800亿元" in line for line in settled(result, accept=False))


def track_value(document: Any) -> None:
    """Retype a value with tracking on, as Word does within a control."""
    who = f'{nsdecls("w")} w:author="王五" w:date="2026-11-01T08:00:00Z"'
    run = next(control(document, ANHE, 1).iter(f"{W}r"))
    made = parse_xml(f'<w:del {who} w:id="903"><w:r><w:delText>{_words(run)}</w:delText></w:r></w:del>')
    run.addnext(parse_xml(f'<w:ins {who} w:id="904"><w:r><w:t>8%</w:t></w:r></w:ins>'))
    run.addnext(made)
    run.getparent().remove(run)


def test_a_value_retyped_with_tracking_on(make: Maker, base: bytes, moved: bytes) -> None:
    theirs = edited(base, track_value)
    _, plan = regenerate(base, theirs, base)
    clean(plan)
    assert "8%" in {one.theirs for one in plan.kept}
    result, plan = regenerate(base, theirs, moved)
    assert [(one.theirs, one.ours) for one in plan.conflicts] == [("8%", "9%以上")]
    assert any("力争增长7.5%以上" in line for line in settled(result, accept=False))


def test_tracked_on_top_of_tracked(make: Maker, base: bytes, moved: bytes) -> None:
    theirs = edited(base, track)
    tracked, plan = regenerate(base, theirs, moved, track=DATE)
    clean(plan)
    plain, _ = regenerate(base, theirs, moved)
    assert settled(tracked, accept=True) == settled(plain, accept=True)


@pytest.mark.parametrize("accept", [True, False])
def test_a_tracked_delivery_settled_then_built_again(make: Maker, base: bytes, moved: bytes, accept: bool) -> None:
    tracked, _ = regenerate(base, base, moved, track=DATE)

    def settle(document: Any) -> None:
        keep, drop = ("ins", "del") if accept else ("del", "ins")
        for one in list(document.element.body.iter(f"{W}{drop}")):
            one.getparent().remove(one)
        for one in list(document.element.body.iter(f"{W}{keep}")):
            for node in one.iter(f"{W}delText"):
                node.tag = f"{W}t"
            for child in list(one):
                one.addprevious(child)
            one.getparent().remove(one)

    theirs = edited(tracked, settle)
    result, plan = regenerate(moved, theirs, moved)
    clean(plan)
    assert ("9%以上" in text(result)) is accept
    assert bool(plan.kept) is not accept
    later = make(changed(city=MOVED["city"], anhe={"gdp-growth": "11", "fai-level": "800"}))
    _, plan = regenerate(moved, theirs, later)
    assert {one.key for one in plan.conflicts} == (set() if accept else {ANHE})


def test_all_controls_gone_as_some_editors_do(make: Maker, base: bytes, moved: bytes) -> None:
    def bare(document: Any) -> None:
        for one in list(document.element.body.iter(f"{W}sdt")):
            for child in list(one.find(f"{W}sdtContent")):
                one.addprevious(child)
            one.getparent().remove(one)
        for number, mark in enumerate(document.element.body.iter(f"{W}bookmarkStart")):
            old = mark.get(f"{W}id")
            for end in document.element.body.iter(f"{W}bookmarkEnd"):
                if end.get(f"{W}id") == old:
                    end.set(f"{W}id", f"{5000 + number}")
            mark.set(f"{W}id", f"{5000 + number}")

    result, plan = regenerate(base, edited(base, bare), moved)
    clean(plan)
    assert body(result) == body(moved)


def test_a_district_renamed_in_the_data(make: Maker, base: bytes) -> None:
    data = dataset(FIRST)
    plain = to_builtins(data)
    next(one for one in plain["places"] if one["id"] == "anhe")["name"]["zh"] = "安和新区"
    ours = make(validated(Dataset, plain))
    theirs = edited(base, lambda document: of(document, "安和区今年").add_run("手写。"))
    result, plan = regenerate(base, theirs, ours)
    clean(plan)
    assert "安和新区今年地区生产总值力争增长7.5%以上" in text(result) and "手写。" in text(result)
    assert "安和区" not in [row[0] for row in rows(result)]


def test_districts_in_another_order_in_the_data(make: Maker, base: bytes) -> None:
    order = {key: FIRST[key] for key in ("city", "dongshan", "anhe", "bailin")}
    order["anhe"] = {"gdp-growth": "9", "fai-level": "730"}
    theirs = edited(base, lambda document: of(document, "安和区今年").add_run("手写。"))
    result, plan = regenerate(base, theirs, make(order))
    clean(plan)
    assert "手写。" in text(result) and "力争增长9%以上" in text(result)
    assert sorted(row[0] for row in rows(result)[1:]) == ["东山区", "安和区", "柏林区"]


def test_an_indicator_added_to_one_district_and_an_initiative(make: Maker) -> None:
    less = {**FIRST, "anhe": {"gdp-growth": "7.5"}}
    base = make(dataset(less))
    theirs = edited(base, lambda document: of(document, "建设安和区产业园").add_run("（手写）"))
    works = {"anhe": "建设安和区产业园|整治安和区河道|新建学校"}
    ours = make(dataset(FIRST, works))
    result, plan = regenerate(base, theirs, ours)
    clean(plan)
    assert "建设安和区产业园（手写）" in body(result) and "新建学校" in body(result)
    assert ["固定资产投资", "730亿元"] in rows(result, 1)


def test_paragraphs_joined_and_a_list_turned_into_text(make: Maker, base: bytes) -> None:
    def join(document: Any) -> None:
        first, second = of(document, "建设安和区产业园"), of(document, "整治安和区河道")
        for child in [one for one in second._p if one.tag != f"{W}pPr"]:
            first._p.append(child)
        second._p.getparent().remove(second._p)
        first.style = document.styles["Normal"]

    ours = make(dataset(FIRST, {"anhe": "建设安和区产业园|治理安和区河道"}))
    result, plan = regenerate(base, edited(base, join), ours)
    assert "建设安和区产业园治理安和区河道" in body(result) or plan.conflicts
    assert not plan.lost_too_much


def test_what_a_person_put_between_the_blocks(make: Maker, base: bytes) -> None:
    def put(document: Any) -> None:
        heading = section(document, "柏林")[0]
        heading.addprevious(
            parse_xml(f"<w:p {nsdecls('w')}><w:r><w:br w:type='page'/></w:r><w:r><w:t>新的一页</w:t></w:r></w:p>")
        )
        table = document.add_table(1, 1)
        table.cell(0, 0).text = "手工表"
        heading.addprevious(table._tbl)

    result, plan = regenerate(base, edited(base, put), make(changed(bailin=None, anhe=MOVED["anhe"])))
    assert "新的一页" in text(result) and "手工表" in body(result)
    assert "9%以上" in text(result)
    assert not plan.lost_too_much


def test_ten_cycles_with_an_edit_each(make: Maker, base: bytes) -> None:
    before, theirs = base, base
    for number in range(10):
        theirs = edited(theirs, lambda document, n=number: of(document, "完。").add_run(f"第{n}次。"))
        ours = make(changed(anhe={"gdp-growth": str(number + 1), "fai-level": "730"}))
        theirs, plan = regenerate(before, theirs, ours)
        clean(plan)
        before = ours
    assert "".join(f"第{n}次。" for n in range(10)) in text(theirs)
    assert "力争增长10%以上" in text(theirs)
    assert sets(plan_of(before, theirs, before)) == {}
    assert Package.open(theirs)
