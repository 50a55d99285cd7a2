"""Equations, links, fields and shapes of people's own under a new template: they come along, or are told."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from exporters.charts.data import chart_data
from exporters.package import Package
from tests.word.living_samples import FIRST, Maker, template
from tests.word.test_living_docx import edited, of
from tests.word.test_living_upgrades import other_template, upgraded

_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_VALUES = (
    "<c:chartSpace xmlns:c='http://schemas.openxmlformats.org/drawingml/2006/chart'><c:chart><c:plotArea><c:barChart>"
    "<c:ser><c:tx><c:v>{name}</c:v></c:tx></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
)


def equation(letters: str) -> Any:
    return parse_xml(f"<m:oMath xmlns:m='{_MATH}'><m:r><m:t>{letters}</m:t></m:r></m:oMath>")


def field(code: str, shown: str) -> Any:
    run = f"<w:r><w:t>{shown}</w:t></w:r>"
    return parse_xml(f"<w:fldSimple {nsdecls('w')} w:instr=' {code} '>{run}</w:fldSimple>")


def spelt_field(code: str, shown: str) -> Any:
    """Return a field as Word itself writes one, its instruction in two runs, in a paragraph."""
    marks = {kind: f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")}
    first, _, rest = code.partition(" ")
    told = "".join(f"<w:r><w:instrText xml:space='preserve'>{one}</w:instrText></w:r>" for one in (f" {first} ", rest))
    shown = f"<w:r><w:t>{shown}</w:t></w:r>"
    return parse_xml(f"<w:p {nsdecls('w')}>{marks['begin']}{told}{marks['separate']}{shown}{marks['end']}</w:p>")


def chart(document: Any, name: str) -> Any:
    """Return a paragraph with a chart in it."""
    content = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    part = docx.opc.part.Part(
        docx.opc.packuri.PackURI("/word/charts/chart9.xml"), content, _VALUES.format(name=name).encode(),
        document.part.package,
    )  # fmt: skip
    relation = document.part.relate_to(part, _LINK.replace("hyperlink", "chart"))
    frame = (
        f"<w:p {nsdecls('w', 'wp', 'a', 'r')}><w:r><w:drawing><wp:inline><wp:extent cx='9' cy='9'/>"
        "<wp:docPr id='77' name='Chart 7'/><a:graphic><a:graphicData "
        "uri='http://schemas.openxmlformats.org/drawingml/2006/chart'><c:chart "
        f"xmlns:c='http://schemas.openxmlformats.org/drawingml/2006/chart' r:id='{relation}'/></a:graphicData>"
        "</a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    return parse_xml(frame)


def words(element: Any) -> str:
    return "".join(one.text for one in element.iter(qn("w:t")))


def linked(document: Any, paragraph: Any, address: str, text: str) -> None:
    relation = document.part.relate_to(address, _LINK, is_external=True)
    run = f"<w:r><w:t>{text}</w:t></w:r>"
    paragraph._p.append(parse_xml(f"<w:hyperlink {nsdecls('w', 'r')} r:id='{relation}'>{run}</w:hyperlink>"))


@pytest.fixture(scope="module")
def base() -> bytes:
    return Maker()(FIRST)


@pytest.fixture(scope="module")
def new() -> Maker:
    return Maker(other_template())


def test_in_paragraphs_of_their_own_they_come_along(base: bytes, new: Maker) -> None:
    def edit(document: Any) -> None:
        sentence = of(document, "请抓好落实")
        sentence.insert_paragraph_before()._p.append(equation("E=mc2"))
        sentence._p.addprevious(chart(document, "自己的系列"))
        sentence._p.addprevious(spelt_field('HYPERLINK "https://example.org/自己"', "只有链接"))
        linked(document, sentence.insert_paragraph_before("有词"), "https://example.org/二", "第二个")

    result = upgraded(base, edited(base, edit), new(FIRST))
    assert not result.plan.conflicts
    content = result.content or b""
    document = docx.Document(io.BytesIO(content))
    body = document.element.body
    sentence = of(document, "请各区抓好落实")._p
    before = [*sentence.itersiblings(preceding=True)][3::-1]
    assert "E=mc2" in "".join(before[0].itertext())
    [frame] = before[1].iter("{http://schemas.openxmlformats.org/drawingml/2006/chart}chart")
    shown = document.part.rels[frame.get(qn("r:id"))].target_part.blob
    assert "自己的系列" in chart_data(parse_xml(shown))
    assert [one.text for one in before[2].iter(qn("w:t"))] == ["只有链接"]
    [link] = body.iter(qn("w:hyperlink"))
    assert document.part.rels[link.get(qn("r:id"))].target_ref == "https://example.org/二"
    again = upgraded(new(FIRST), content, new(FIRST), (), changed=False)
    assert again.content is None


def test_in_sentences_of_the_template_they_are_told(base: bytes, new: Maker) -> None:
    def edit(document: Any) -> None:
        sentence = of(document, "请抓好落实")
        sentence.add_run("详见")
        sentence._p.append(field("REF _Ref77 \\h", "表 2"))
        linked(document, sentence, "https://example.org/", "网站")
        of(document, "以下分区说明")._p.append(equation("a + b"))

    result = upgraded(base, edited(base, edit), new(FIRST))
    told = {one.theirs for one in result.plan.conflicts}
    assert {one.partition(" in: ")[0] for one in told} == {
        "field REF _Ref77",
        "link https://example.org",
        "equation a+b",
    }
    assert "equation a+b in: 以下分区说明。" in told
    # They are told until somebody settles them.
    later = upgraded(new(FIRST), result.content or b"", new(FIRST), result.plan.conflicts, changed=False)
    assert {one.theirs for one in later.plan.conflicts} == told


def test_revisions_of_people_in_sentences_of_the_template_are_told(base: bytes, new: Maker) -> None:
    def edit(document: Any) -> None:
        sentence = of(document, "请抓好落实")
        run = "<w:r><w:t>加的话。</w:t></w:r>"
        gone = "<w:r><w:delText>去的话。</w:delText></w:r>"
        marks = f"w:id='{{}}' w:author='{{}}' {nsdecls('w')}"
        sentence._p.append(parse_xml(f"<w:ins {marks.format(901, '王')}>{run}</w:ins>"))
        sentence._p.append(parse_xml(f"<w:del {marks.format(902, '王')}>{gone}</w:del>"))
        own = sentence.insert_paragraph_before()
        own._p.append(parse_xml(f"<w:ins {marks.format(903, '王')}><w:r><w:t>自己的段。</w:t></w:r></w:ins>"))

    result = upgraded(base, edited(base, edit), new(FIRST))
    [told] = (one.theirs for one in result.plan.conflicts)
    assert told.startswith("+“加的话。” -“去的话。” tracked by 王, plain words by now, in: 安和区今年")
    document = docx.Document(io.BytesIO(result.content or b""))
    assert words(of(document, "请各区抓好落实")._p).endswith("请各区抓好落实。加的话。")
    # In paragraphs of their own they stay revisions.
    [kept] = document.element.body.iter(qn("w:ins"))
    assert words(kept) == "自己的段。"


def test_what_the_templates_say_themselves_is_nothing_to_tell(new: Maker) -> None:
    """A reference that is there in both, once more where somebody typed beside it, is no one's own."""

    def with_reference(data: bytes) -> bytes:
        document = docx.Document(io.BytesIO(data))
        of(document, "以下分区说明")._p.append(field("REF _Ref77 \\h", "表 2"))
        linked(document, of(document, "以下分区说明"), "https://example.org/", "网站")
        of(document, "完。").insert_paragraph_before()._p.append(equation("E=mc2"))
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    first, second = Maker(with_reference(template())), Maker(with_reference(other_template()))
    theirs = edited(first(FIRST), lambda document: of(document, "以下分区说明").add_run("自己的话。"))
    result = upgraded(first(FIRST), theirs, second(FIRST))
    assert not result.plan.conflicts
    assert Package.open(result.content or b"").read("word/document.xml").count(b"mc2") == 1
