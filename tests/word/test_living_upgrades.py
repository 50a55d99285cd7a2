"""A new template under an edited briefing: edits are carried to where their words stand now, or told with their text."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest

from exporters import word
from exporters.package import Package
from exporters.runs.living import Merged, regenerate
from exporters.runs.stamp import Stamp
from exporters.snapshot import Conflict
from tests.word.living_samples import FIRST, Maker, changed, template
from tests.word.living_steps import body, text
from tests.word.test_living_docx import edited, of, retype

KEY = "anhe.gdp-growth.text"


def other_template() -> bytes:
    """Return the template with two more paragraphs in front, and the sentence of the districts worded otherwise."""
    document = docx.Document(io.BytesIO(template()))
    first = next(one for one in document.paragraphs if one.text.startswith("全市地区"))
    first.insert_paragraph_before("本文由{{ pack.title }}的数据生成。")
    first.insert_paragraph_before("共{{ districts|length }}个区报送。")
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace("请抓好落实。", "请各区抓好落实。") if run.text else run.text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def base() -> bytes:
    return Maker()(FIRST)


@pytest.fixture(scope="module")
def new() -> Maker:
    return Maker(other_template())


def upgraded(
    base: bytes, theirs: bytes, ours: bytes, conflicts: tuple[Conflict, ...] = (), changed: bool = True
) -> Merged:
    packages = (Package.open(one, name="briefing.docx") for one in (base, theirs, ours))
    return regenerate(
        word,
        "briefing.docx",
        *packages,
        stamp=Stamp("living", 2, "00ff"),
        open_conflicts=conflicts,
        template_changed=changed,
    )


def test_without_edits_it_is_the_new_render(base: bytes, new: Maker) -> None:
    ours = new(changed(anhe={"gdp-growth": "9", "fai-level": "730"}))
    result = upgraded(base, base, ours)
    assert (result.plan.edits, result.plan.conflicts, result.plan.kept) == ((), (), ())
    assert body(result.content or b"") == body(ours)


def test_a_sentence_is_found_by_its_words_and_not_by_its_place(base: bytes, new: Maker) -> None:
    def edit(document: Any) -> None:
        of(document, "全市地区").add_run("请各部门核对。")
        of(document, "安和区今年").add_run("手写。")
        retype(document, KEY, "7.8%以上")

    result = upgraded(base, edited(base, edit), new(FIRST))
    lines = body(result.content or b"")
    assert next(line for line in lines if line.startswith("全市")).endswith("均已提出目标。请各部门核对。")
    found = [line for line in lines if "手写。" in line]
    assert len(found) == 1
    assert found[0].startswith("安和区今年") and "请各区抓好落实。" in found[0]
    assert "7.8%以上" in lines
    assert "本文由云汀市目标的数据生成。" in lines and "共3个区报送。" in lines
    assert {one.key for one in result.plan.conflicts} == set()


def test_what_has_no_place_is_told_with_its_text_until_it_is_settled(base: bytes, new: Maker) -> None:
    def edit(document: Any) -> None:
        of(document, "以下分区说明").runs[0].text = "以下说明各区情况，并附责任单位与完成时限一览。"
        document.add_paragraph("自己的一段。")

    ours = new(FIRST)
    result = upgraded(base, edited(base, edit), ours)
    told = {one.theirs for one in result.plan.conflicts}
    assert told == {"以下说明各区情况，并附责任单位与完成时限一览。", "自己的一段。"}
    assert {one.reason for one in result.plan.conflicts} == {"not-carried"}
    content = result.content or b""
    again = upgraded(ours, content, ours, result.plan.conflicts, changed=False)
    assert again.content is None and {one.theirs for one in again.plan.conflicts} == told
    # Typed in again by its author, it is settled.
    typed = edited(content, lambda document: document.add_paragraph("自己的一段。"))
    later = upgraded(ours, typed, ours, result.plan.conflicts, changed=False)
    assert {one.theirs for one in later.plan.conflicts} == told - {"自己的一段。"}


def test_a_value_changed_on_both_sides_is_a_conflict_that_stays_one(base: bytes, new: Maker) -> None:
    theirs = edited(base, lambda document: retype(document, KEY, "7.8%以上"))
    ours = new(changed(anhe={"gdp-growth": "9", "fai-level": "730"}))
    result = upgraded(base, theirs, ours)
    assert {(one.key, one.theirs, one.ours) for one in result.plan.conflicts} == {(KEY, "7.8%以上", "9%以上")}
    assert "7.8%以上" in text(result.content or b"")
    again = upgraded(ours, result.content or b"", ours, result.plan.conflicts, changed=False)
    assert {one.key for one in again.plan.conflicts} == {KEY}
    back = upgraded(
        ours,
        result.content or b"",
        Maker()(changed(anhe={"gdp-growth": "9", "fai-level": "730"})),
        result.plan.conflicts,
    )
    assert {(one.key, one.theirs, one.ours) for one in back.plan.conflicts} == {(KEY, "7.8%以上", "9%以上")}
