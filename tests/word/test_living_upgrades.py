"""A new template under an edited briefing: edits are carried to where their words stand now, or told with their text."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from exporters import word
from exporters.package import Package
from exporters.runs.living import Merged, regenerate
from exporters.runs.stamp import Stamp
from exporters.snapshot import Conflict
from tests.word.living_samples import FIRST, Maker, changed, template
from tests.word.living_steps import body, text
from tests.word.test_living_docx import edited, of, retype

KEY = "anhe.gdp-growth.text"


def said(paragraph: Any) -> str:
    return "".join(node.text or "" for node in paragraph._p.iter(qn("w:t")))


def picture() -> bytes:
    """Return a PNG of one red dot."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\xff\0\0")),
        (b"IEND", b""),
    )
    pieces = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(pieces)


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
        document.sections[0].header.add_paragraph("内部材料")
        document.sections[0].footer.add_paragraph("自己的一段。")

    ours = new(FIRST)
    result = upgraded(base, edited(base, edit), ours)
    told = {one.theirs for one in result.plan.conflicts}
    assert told == {"内部材料", "自己的一段。"}
    assert {one.reason for one in result.plan.conflicts} == {"not-carried"}
    content = result.content or b""
    again = upgraded(ours, content, ours, result.plan.conflicts, changed=False)
    assert again.content is None and {one.theirs for one in again.plan.conflicts} == told
    # Typed in again by its author, it is settled.
    typed = edited(content, lambda document: document.add_paragraph("自己的一段。"))
    later = upgraded(ours, typed, ours, result.plan.conflicts, changed=False)
    assert {one.theirs for one in later.plan.conflicts} == told - {"自己的一段。"}


def test_own_blocks_stand_in_the_new_template_beside_what_they_stood_beside(base: bytes, new: Maker) -> None:
    gone = []

    def edit(document: Any) -> None:
        of(document, "以下分区说明").runs[0].text = "以下说明各区情况，并附责任单位与完成时限一览。"
        paragraph = of(document, "请抓好落实")
        paragraph.insert_paragraph_before("自己的一段。").runs[0].bold = True
        table = document.add_table(1, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "自己的", "表格"
        paragraph._p.addprevious(table._tbl)
        paragraph.insert_paragraph_before().add_run().add_picture(io.BytesIO(picture()))
        first = next(one for one in document.paragraphs if said(one).startswith("全市地区"))
        gone.append(said(first))
        first._p.getparent().remove(first._p)
        document.add_comment(of(document, "以下说明").runs[0], text="批注的话", author="王")

    result = upgraded(base, edited(base, edit), new(FIRST))
    document = docx.Document(io.BytesIO(result.content or b""))
    lines = [said(one) for one in document.paragraphs]
    assert "以下说明各区情况，并附责任单位与完成时限一览。" in lines and not any("以下分区说明" in one for one in lines)
    at = lines.index("自己的一段。")
    assert "请各区抓好落实。" in lines[at + 1 :][1] and document.paragraphs[at].runs[0].bold
    own = document.paragraphs[at]._p.getnext()
    assert own.tag.endswith("}tbl") and "表格" in "".join(own.itertext())
    assert len(document.inline_shapes) == 1
    # What was deleted stays deleted; what the template says anew is there.
    assert gone[0] not in lines and any(one.startswith("共") for one in lines)
    assert [one.theirs for one in result.plan.conflicts] == ["comment: 批注的话"]
    again = upgraded(new(FIRST), result.content or b"", new(FIRST), result.plan.conflicts, changed=False)
    assert again.content is None


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
