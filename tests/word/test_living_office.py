"""Living briefings edited in a real LibreOffice: each scenario asserts what survived and what updated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exporters.merge import Overrides
from tests.editors import LibreOffice, dispatch
from tests.word.living_samples import FIRST, Maker, changed
from tests.word.living_steps import W, comments, plan_of, regenerate, text, tree, write

pytestmark = [pytest.mark.office, pytest.mark.slow]

MOVED = changed(city={"gdp-growth": "6.5", "fai-level": "8800"}, anhe={"gdp-growth": "7.5", "fai-level": "800"})
NEW = changed(changning={"gdp-growth": "10", "fai-level": "88"})


@pytest.fixture(scope="module")
def make() -> Maker:
    return Maker()


@pytest.fixture(scope="module")
def base(make: Maker) -> bytes:
    return make(FIRST)


@pytest.fixture
def edit(base: bytes, office: LibreOffice, tmp_path: Path) -> Callable[..., bytes]:
    """Edit the base (or *data*) in the office, save it, open and save it once more."""

    def run(function: Callable[..., Any], *arguments: Any, data: bytes | None = None) -> bytes:
        path = write(tmp_path / "edited.docx", data or base)
        office.edit(path, function, *arguments)
        office.resave(path)
        return path.read_bytes()

    return run


def _nothing(document: Any) -> None:
    pass


def _replace(document: Any, old: str, new: str, at: int = 0) -> None:
    search = document.createSearchDescriptor()
    search.SearchString = old
    found = document.findAll(search).getByIndex(at)
    found.String = new


def _retype(document: Any, old: str, new: str, at: int = 0) -> None:
    """Select words, delete them and type others, as at the keyboard."""
    search = document.createSearchDescriptor()
    search.SearchString = old
    document.CurrentController.select(document.findAll(search).getByIndex(at))
    dispatch(document, ".uno:Delete")
    dispatch(document, ".uno:InsertText", Text=new)


def _append(document: Any, words: str, new: str) -> None:
    search = document.createSearchDescriptor()
    search.SearchString = words
    cursor = document.Text.createTextCursorByRange(document.findFirst(search))
    cursor.gotoEndOfParagraph(False)
    document.Text.insertString(cursor, new, False)


def _cut_paragraph(document: Any, words: str, at: int, to: str) -> None:
    """Cut (or, with nowhere to put it, delete) a paragraph and paste it before another."""
    search = document.createSearchDescriptor()
    search.SearchString = words
    document.CurrentController.select(document.findAll(search).getByIndex(at))
    dispatch(document, ".uno:GoToStartOfPara")
    dispatch(document, ".uno:EndOfParaSel")
    dispatch(document, ".uno:CharRightSel")
    if not to:
        dispatch(document, ".uno:Delete")
        return
    dispatch(document, ".uno:Cut")
    search.SearchString = to
    document.CurrentController.select(document.findFirst(search))
    dispatch(document, ".uno:GoToStartOfPara")
    dispatch(document, ".uno:Paste")


def _copy_paragraph(document: Any, words: str) -> None:
    search = document.createSearchDescriptor()
    search.SearchString = words
    cursor = document.Text.createTextCursorByRange(document.findFirst(search))
    cursor.gotoStartOfParagraph(False)
    cursor.gotoEndOfParagraph(True)
    document.CurrentController.select(cursor)
    dispatch(document, ".uno:Copy")
    cursor = document.Text.createTextCursor()
    cursor.gotoEnd(False)
    document.Text.insertControlCharacter(cursor, 0, False)
    document.CurrentController.select(cursor)
    dispatch(document, ".uno:Paste")


def _split(document: Any, words: str) -> None:
    search = document.createSearchDescriptor()
    search.SearchString = words
    document.Text.insertControlCharacter(document.findFirst(search).End, 0, False)


def _join(document: Any, words: str) -> None:
    search = document.createSearchDescriptor()
    search.SearchString = words
    cursor = document.Text.createTextCursorByRange(document.findFirst(search))
    cursor.gotoEndOfParagraph(False)
    cursor.goRight(1, True)
    cursor.String = ""


def _table(document: Any) -> None:
    table = document.TextTables.getByIndex(0)
    table.Columns.insertByIndex(3, 1)
    table.Rows.insertByIndex(table.Rows.Count, 1)
    for name, words in (("D1", "备注"), ("D2", "甲"), ("D4", "丙"), ("A5", "合计"), ("D5", "丁")):
        table.getCellByName(name).String = words


def _dress(document: Any) -> None:
    search = document.createSearchDescriptor()
    search.SearchString = "730亿元"
    found = document.findAll(search).getByIndex(1)
    found.CharWeight = 150.0
    found.CharColor = 0xC00000
    remark = document.createInstance("com.sun.star.text.textfield.Annotation")
    remark.Author, remark.Content = "王", "请核实"
    document.Text.insertTextContent(found.End, remark, False)


def rows(data: bytes) -> list[list[str]]:
    table = next(tree(data).iter(f"{W}tbl"))
    return [["".join(node.text or "" for node in cell.iter(f"{W}t")) for cell in row.iter(f"{W}tc")]
            for row in table.iter(f"{W}tr")]  # fmt: skip


def test_saving_alone_is_no_edit(make: Maker, base: bytes, edit: Callable[..., bytes]) -> None:
    theirs = edit(_nothing)
    plan = plan_of(base, theirs, base)
    assert (plan.edits, plan.conflicts, plan.kept, plan.vanished) == ((), (), (), 0)
    assert text(theirs) == text(base)
    for ours in (make(MOVED), make(NEW), make(changed(bailin=None))):
        result, plan = regenerate(base, theirs, ours)
        assert not plan.conflicts and text(result) == text(ours)


def test_1_a_sentence_appended_while_a_number_moves(make: Maker, base: bytes, edit: Callable[..., bytes]) -> None:
    result, plan = regenerate(base, edit(_append, "全市地区", "请各部门核对。"), make(MOVED))
    assert "全市地区生产总值增长6.5%以上，固定资产投资8800亿元。" in text(result)
    assert "均已提出目标。请各部门核对。" in text(result) and not plan.conflicts


def test_2_words_around_a_value_reworded(make: Maker, base: bytes, edit: Callable[..., bytes]) -> None:
    theirs = edit(_retype, "全市地区生产总值增长", "今年，全市经济总量预计增长")
    result, plan = regenerate(base, theirs, make(MOVED))
    assert "今年，全市经济总量预计增长6.5%以上，固定资产投资8800亿元。" in text(result) and not plan.conflicts


@pytest.mark.parametrize("type_over", [_replace, _retype])
def test_3_both_change_one_number(
    make: Maker, base: bytes, edit: Callable[..., bytes], type_over: Callable[..., None]
) -> None:
    theirs = edit(type_over, "6%以上", "7%左右")
    ours = make(MOVED)
    result, plan = regenerate(base, theirs, ours)
    assert [(one.key, one.theirs, one.ours) for one in plan.conflicts] == [
        ("city.gdp-growth.text", "7%左右", "6.5%以上")
    ]
    assert "全市地区生产总值增长7%左右" in text(result) and len(comments(result)) == 1
    # The comment stays one when the file comes back from the office.
    back = edit(_nothing, data=result)
    later = make(changed(city={"gdp-growth": "6.8", "fai-level": "8800"}))
    plan = plan_of(ours, back, later, Overrides.of(plan.conflicts))
    from tests.word.living_steps import patched

    assert [found[-1] for found in comments(patched(back, plan, later))] == ["⟳ 6.8%以上"]


def test_4_the_same_change_on_both_sides(make: Maker, base: bytes, edit: Callable[..., bytes]) -> None:
    result, plan = regenerate(base, edit(_replace, "6%以上", "6.5%以上"), make(MOVED))
    assert not plan.conflicts and "全市地区生产总值增长6.5%以上" in text(result)


def test_5_a_value_that_the_data_leaves_alone(make: Maker, base: bytes, edit: Callable[..., bytes]) -> None:
    result, plan = regenerate(base, edit(_retype, "7.5%以上", "8%以上", 1), make(MOVED))
    assert not plan.conflicts and [one.theirs for one in plan.kept] == ["8%以上"]
    assert "安和区今年地区生产总值力争增长8%以上，固定资产投资800亿元。" in text(result)


def test_6_a_deleted_paragraph_stays_deleted(make: Maker, base: bytes, edit: Callable[..., bytes]) -> None:
    theirs = edit(_cut_paragraph, "今年地区", 1, "")
    result, plan = regenerate(base, theirs, make(MOVED))
    assert not plan.conflicts and "柏林区今年" not in text(result)
    result, plan = regenerate(base, theirs, make(changed(bailin={"gdp-growth": "9", "fai-level": "512.5"})))
    assert "柏林区今年" not in text(result) and [one.reason for one in plan.conflicts] == ["deleted-changed"]


def test_7_moved(make: Maker, base: bytes, edit: Callable[..., bytes]) -> None:
    theirs = edit(_cut_paragraph, "今年地区", 0, "全市地区")
    result, plan = regenerate(base, theirs, make(MOVED))
    lines = text(result).split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("安和区今年"))
    assert lines[at] == "安和区今年地区生产总值力争增长7.5%以上，固定资产投资800亿元。请抓好落实。"
    assert lines[at + 1].startswith("全市地区生产总值增长6.5%以上") and not plan.conflicts


def test_7_copied(make: Maker, base: bytes, edit: Callable[..., bytes]) -> None:
    result, plan = regenerate(base, edit(_copy_paragraph, "全市地区"), make(MOVED))
    assert text(result).count("全市地区生产总值增长6.5%以上，固定资产投资8800亿元。") == 2 and not plan.conflicts


def test_7_split_and_joined(make: Maker, base: bytes, edit: Callable[..., bytes]) -> None:
    result, plan = regenerate(base, edit(_split, "个区。"), make(MOVED))
    assert "个区。\n安和区、" in text(result) and "生产总值增长6.5%以上" in text(result) and not plan.conflicts
    result, plan = regenerate(base, edit(_join, "建设安和区产业园"), make(MOVED))
    assert "建设安和区产业园整治安和区河道" in text(result) and not plan.conflicts


def test_8_a_row_and_a_column_by_hand_while_the_data_adds_a_row(
    make: Maker, base: bytes, edit: Callable[..., bytes]
) -> None:
    result, plan = regenerate(base, edit(_table), make(NEW))
    found = rows(result)
    assert [len(row) for row in found] == [4] * 6
    assert [row[0] for row in found] == ["区", "安和区", "柏林区", "长宁区", "东山区", "合计"]
    assert found[3] == ["长宁区", "10%以上", "88亿元", ""] and found[4][3] == "丙" and not plan.conflicts


def test_9_formatting_and_comments(make: Maker, base: bytes, edit: Callable[..., bytes]) -> None:
    result, plan = regenerate(base, edit(_dress), make(MOVED))
    goal = next(one for one in tree(result).iter(f"{W}p") if "800亿元。请抓好落实" in "".join(one.itertext()))
    run = next(one for one in goal.iter(f"{W}r") if "800" in "".join(one.itertext()))
    assert run.find(f"{W}rPr/{W}b") is not None and run.find(f"{W}rPr/{W}color").get(f"{W}val").upper() == "C00000"
    assert comments(result) == [["请核实"]] and not plan.conflicts
    assert len(list(goal.iter(f"{W}footnoteReference"))) == 1


def test_a_document_that_went_through_odt(make: Maker, base: bytes, office: LibreOffice, tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", base)
    office.resave(path, to=tmp_path / "a.odt")
    office.resave(tmp_path / "a.odt", to=path)
    assert not plan_of(base, path.read_bytes(), base).lost_too_much
    result, plan = regenerate(base, path.read_bytes(), make(MOVED))
    assert "全市地区生产总值增长6.5%以上" in text(result) and not plan.conflicts


def test_15_five_cycles(make: Maker, base: bytes, edit: Callable[..., bytes]) -> None:
    current, before = base, base
    for cycle in range(1, 6):
        theirs = edit(_append, "全市地区", f"第{cycle}次批注。", data=current)
        figures = {"gdp-growth": f"{6 + cycle / 10}", "fai-level": "8800"}
        more = {"changning": {"gdp-growth": "10", "fai-level": str(80 + cycle)}} if cycle > 2 else {}
        ours = make(changed(city=figures, **more))
        current, plan = regenerate(before, theirs, ours)
        assert not plan.conflicts
        before = ours
    found = text(current)
    assert "第1次批注。第2次批注。第3次批注。第4次批注。第5次批注。" in found
    assert "全市地区生产总值增长6.5%以上" in found and "固定资产投资85亿元" in found
    assert found.count("长宁区今年") == 1 and found.count(" 来源：长宁区大会报道。") == 1
