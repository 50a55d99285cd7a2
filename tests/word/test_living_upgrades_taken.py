"""A new template under a briefing that people copied in, took things out of, or typed into: what stands once stands once,
what follows the data goes on following it."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.oxml.ns import nsdecls, qn
from msgspec.structs import replace

from exporters import word
from exporters.errors import RefusedError
from exporters.package import Package
from exporters.runs.living import Merged, new_look, regenerate
from exporters.runs.stamp import Stamp
from tests.word.living_samples import FIRST, Maker, changed, template
from tests.word.living_steps import body
from tests.word.test_living_docx import control, edited, of, retype
from tests.word.test_living_upgrades import KEY, other_template, upgraded

MOVED = changed(anhe={"gdp-growth": "9", "fai-level": "730"}, bailin={"gdp-growth": "8.5", "fai-level": "512.5"})


@pytest.fixture(scope="module")
def base() -> bytes:
    return Maker()(FIRST)


@pytest.fixture(scope="module")
def new() -> Maker:
    return Maker(other_template())


def section(document: Any, name: str) -> list[Any]:
    """Return the blocks of a district's section."""
    blocks = list(document.element.body)
    words = ["".join(node.text or "" for node in one.iter(qn("w:t"))) for one in blocks]
    start = words.index(name)
    ends = (at for at in range(start + 1, len(blocks)) if words[at] in {"安和区", "柏林区", "东山区", "完。"})
    return blocks[start : next(ends)]


def without(document: Any, *names: str) -> None:
    for one in [block for name in names for block in section(document, name)]:
        one.getparent().remove(one)


def with_phrases(data: bytes) -> bytes:
    """Return a template whose sentence says growth with its word."""
    document = docx.Document(io.BytesIO(data))
    of(document, "力争增长").runs[0].text = "{{ d.name }}今年地区生产总值"
    of(document, "今年地区").runs[1].text = "{{ d.target.gdp_growth.phrase }}"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_replaced_everywhere_stays_so_and_its_figures_follow() -> None:
    def edit(document: Any) -> None:
        for node in document.element.body.iter(qn("w:t")):
            node.text = (node.text or "").replace("增长", "提高")

    before, ours = Maker(with_phrases(template()))(FIRST), Maker(with_phrases(other_template()))(MOVED)
    result = upgraded(before, edited(before, edit), ours)
    assert result.plan.conflicts == ()
    assert any("提高9%以上" in line for line in body(result.content or b""))
    assert upgraded(ours, result.content or b"", ours, changed=False).content is None


@pytest.mark.parametrize("named", [False, True], ids=["as Word copies", "as LibreOffice copies"])
def test_copies_follow_the_data_into_the_new_template(base: bytes, new: Maker, named: bool) -> None:
    def edit(document: Any) -> None:
        copied = copy.deepcopy(of(document, "安和区今年")._p)
        for one in [*copied.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"), qn("w:footnoteReference"))]:
            if not named or one.tag == qn("w:footnoteReference"):
                one.getparent().remove(one)
            elif one.tag == qn("w:bookmarkStart"):
                one.set(qn("w:name"), one.get(qn("w:name")) + "_Copy_1")
        of(document, "完。")._p.addprevious(copied)

    result = upgraded(base, edited(base, edit), new(MOVED))
    said = [line for line in body(result.content or b"") if line.startswith("安和区今年")]
    assert len(said) == 2 and all("力争增长9%以上" in line for line in said)


def test_a_copy_of_what_the_data_drops_is_told(base: bytes, new: Maker) -> None:
    def edit(document: Any) -> None:
        copied = copy.deepcopy(control(document, "bailin.gdp-growth.text"))
        line = of(document, "完。").insert_paragraph_before("参见：")
        line._p.append(copied)

    result = upgraded(base, edited(base, edit), new(changed(bailin=None)))
    assert result.plan.adrift == ("8%以上",) and "参见：8%以上" in body(result.content or b"")


def test_a_section_taken_out_whole_stays_out(base: bytes, new: Maker) -> None:
    for data, told in (
        (FIRST, set()),
        (MOVED, {"安和区今年地区生产总值力争增长7.5%以上，固定资产投资730亿元。请抓好落实。"}),
    ):
        render = new(data)
        result = upgraded(base, edited(base, lambda document: without(document, "安和区")), render)
        lines = body(result.content or b"")
        assert not any("安和区" in line for line in lines if "均已提出" not in line and line != "安和区")
        assert lines.count("安和区") == 1  # the matrix
        (conflict,) = [one for one in result.plan.conflicts if "今年" in one.base] or [None]
        assert ({*conflict.base.split("\n")} if conflict else set()) >= told and bool(conflict) == bool(told)
        again = upgraded(render, result.content or b"", render, result.plan.conflicts, changed=False)
        assert again.content is None and again.plan.conflicts == result.plan.conflicts


@pytest.mark.parametrize("settled", [None, ""])
def test_what_was_deleted_and_moved_before_the_new_template_stays_open(
    base: bytes, new: Maker, settled: str | None
) -> None:
    def edit(document: Any) -> None:
        row = document.tables[0].rows[1]._tr
        row.getparent().remove(row)

    ours = Maker()(MOVED)
    first = upgraded(base, edited(base, edit), ours, changed=False)
    [conflict] = first.plan.conflicts
    assert conflict.reason == "deleted-changed"
    if settled is not None:
        conflict = replace(conflict, base=settled)
    result = upgraded(ours, first.content or b"", new(MOVED), (conflict,))
    there = [line for line in body(result.content or b"") if line == "安和区"][1:]
    if settled is None:
        [kept] = result.plan.conflicts
        assert (kept.reason, kept.base, there) == ("deleted-changed", conflict.base, [])
        again = upgraded(new(MOVED), result.content or b"", new(MOVED), result.plan.conflicts, changed=False)
        assert again.plan.conflicts == result.plan.conflicts
    else:
        # The data was chosen: it is there again.
        assert (result.plan.conflicts, len(there)) == ((), 1)


def test_most_of_its_anchors_gone_it_is_refused(base: bytes, new: Maker) -> None:
    def strip(document: Any) -> None:
        for one in [*document.element.body.iter(qn("w:sdt"))]:
            for child in list(one.find(qn("w:sdtContent"))):
                one.addprevious(child)
            one.getparent().remove(one)
        for one in [*document.element.body.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"))]:
            one.getparent().remove(one)

    with pytest.raises(RefusedError, match="bound values are gone"):
        upgraded(base, edited(base, strip), new(FIRST))


def test_one_of_several_places_typed_over_is_found_in_the_new_template(base: bytes, new: Maker) -> None:
    places = [at for at in range(3) if "今年" in _paragraph_of(base, at)]
    theirs = edited(base, lambda document: retype(document, KEY, "7.8%", places[0]))
    result = upgraded(base, theirs, new(FIRST))
    lines = body(result.content or b"")
    assert result.plan.conflicts == ()
    assert [line for line in lines if "7.8%" in line] == [
        "安和区今年地区生产总值力争增长7.8%，固定资产投资730亿元。请各区抓好落实。"
    ]


def _paragraph_of(data: bytes, at: int) -> str:
    up = control(docx.Document(io.BytesIO(data)), KEY, at).iterancestors(qn("w:p"))
    return "".join(node.text or "" for node in next(up).iter(qn("w:t")))


def test_a_column_taken_out_is_there_again_and_told(base: bytes, new: Maker) -> None:
    def edit(document: Any) -> None:
        for row in document.tables[0].rows:
            row._tr.remove(row._tr.tc_lst[-1])

    (told,) = upgraded(base, edited(base, edit), new(FIRST)).plan.conflicts
    assert (told.reason, told.base, told.theirs) == ("not-carried", "730亿元\n512.5亿元\n410亿元", "")


def test_what_was_reworded_stands_in_the_place_of_what_it_was() -> None:
    def headed(data: bytes) -> bytes:
        """Put a preface before the contents, and the head of a chapter behind them."""
        document = docx.Document(io.BytesIO(data))
        document.paragraphs[0].insert_paragraph_before("前言：{{ pack.title }}")
        contents = document.element.body[1]
        listing = docx.oxml.parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj>"
            "</w:sdtPr><w:sdtContent/></w:sdt>"
        )
        contents.addprevious(listing)
        listing[1].append(contents)
        listing.addnext(docx.oxml.parse_xml(f"<w:p {nsdecls('w')}><w:r><w:t>第一章</w:t></w:r></w:p>"))
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    def edit(document: Any) -> None:
        of(document, "第一章").runs[0].text = "第一篇"

    before = Maker(headed(template()))(FIRST)
    result = upgraded(before, edited(before, edit), Maker(headed(other_template()))(FIRST))
    blocks = list(docx.Document(io.BytesIO(result.content or b"")).element.body)
    words = ["".join(node.text or "" for node in one.iter(qn("w:t"))) for one in blocks]
    assert words.index("第一篇") > next(at for at, one in enumerate(blocks) if one.tag == qn("w:sdt"))
    assert "第一章" not in words


def test_sections_taken_out_whole_are_no_lost_anchors(base: bytes) -> None:
    def merged(edit: Callable[[Any], None]) -> Merged:
        packages = (Package.open(one, name="briefing.docx") for one in (base, edited(base, edit), Maker()(MOVED)))
        return regenerate(word, "briefing.docx", *packages, stamp=Stamp("living", 2, "00ff"))

    result = merged(lambda document: without(document, "安和区"))
    assert {one.reason for one in result.plan.conflicts} == {"deleted-changed"}

    def as_plain_text(document: Any) -> None:
        words = "".join(node.text or "" for node in section(document, "安和区")[1].iter(qn("w:t")))
        without(document, "安和区")
        of(document, "完。").insert_paragraph_before(words)

    with pytest.raises(RefusedError, match="bound values are gone"):
        merged(as_plain_text)


def test_a_watermark_that_has_no_place_is_told(base: bytes, new: Maker) -> None:
    shape = "<v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textpath string='草稿'/></v:shape>"
    mark = f"<w:r {nsdecls('w')}><w:pict>{shape}</w:pict></w:r>"

    def edit(document: Any) -> None:
        document.sections[0].header.paragraphs[0]._p.append(docx.oxml.parse_xml(mark))

    (told,) = upgraded(base, edited(base, edit), new(FIRST)).plan.conflicts
    assert (told.reason, told.theirs) == ("not-carried", "in a header or footer: 草稿")


def test_a_section_moved_by_hand_is_named(base: bytes, new: Maker) -> None:
    def edit(document: Any) -> None:
        first = section(document, "安和区")[0]
        for block in section(document, "东山区"):
            first.addprevious(block)

    result = upgraded(base, edited(base, edit), new(FIRST))
    assert result.plan.turned == ("东山区",)
    said = new_look("briefing.docx", result.plan, tracked=True).message
    assert "where the template has it again: 东山区; nothing of this is tracked" in said
    assert upgraded(base, base, new(FIRST)).plan.turned == ()


def test_what_was_reworded_stands_in_its_place_in_another_language() -> None:
    def said(*lines: str) -> Maker:
        document = docx.Document(io.BytesIO(template()))
        of(document, "完。").insert_paragraph_before(lines[1])
        of(document, "以下分区说明。").runs[0].text, of(document, "完。").runs[0].text = lines[0], lines[2]
        out = io.BytesIO()
        document.save(out)
        return Maker(out.getvalue())

    chinese, english = said("以下分区说明。", "附注。", "完。"), said("The districts follow.", "Remarks.", "The end.")

    def reword(document: Any) -> None:
        of(document, "以下分区说明。").runs[0].text = "各区如下列出。"

    there = upgraded(chinese(FIRST), edited(chinese(FIRST), reword), english(FIRST))
    lines = body(there.content or b"")
    assert ("各区如下列出。" in lines, "The districts follow." in lines, "The end." in lines) == (True, False, True)
    back = upgraded(english(FIRST), there.content or b"", chinese(FIRST))
    lines = body(back.content or b"")
    assert (lines.count("各区如下列出。"), "以下分区说明。" in lines, "完。" in lines) == (1, False, True)
