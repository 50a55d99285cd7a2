"""Writing a text into paragraphs: it is there afterwards, and what did not change is untouched."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from exporters.charts.drawingml import A
from exporters.deck.living.texts import paragraphs_of, set_text, text_of

words = st.sampled_from(["GDP", "增长", "10%", "9.5%", "以上", "。", "，", " ", "\n", "南沙", "x"])
texts = st.lists(words, max_size=10).map("".join)
lines = st.lists(st.lists(texts.map(lambda text: text.replace("\n", "")), max_size=4), min_size=1, max_size=4)


def body(content: list[list[str]], breaks: bool = False) -> etree._Element:
    """A text body of paragraphs (or of one with line breaks) made of runs, each of a size of its own."""
    root = etree.Element(f"{A}txBody")
    paragraph = None
    size = 1000
    for line in content:
        if paragraph is None or not breaks:
            paragraph = etree.SubElement(root, f"{A}p")
        else:
            etree.SubElement(paragraph, f"{A}br")
        for text in line:
            run = etree.SubElement(paragraph, f"{A}r")
            etree.SubElement(run, f"{A}rPr", sz=str(size))
            etree.SubElement(run, f"{A}t").text = text
            size += 100
    return root


@given(lines, texts, st.booleans())
def test_the_text_is_there_afterwards(content: list[list[str]], new: str, breaks: bool) -> None:
    root = body(content, breaks)
    set_text(paragraphs_of(root), new)
    assert text_of(paragraphs_of(root)) == new
    for paragraph in root:
        tags = [child.tag for child in paragraph]
        assert f"{A}endParaRPr" not in tags[:-1]
        assert f"{A}pPr" not in tags[1:]


@given(lines, st.booleans())
def test_the_same_text_changes_nothing(content: list[list[str]], breaks: bool) -> None:
    root = body(content, breaks)
    before = etree.tostring(root)
    set_text(paragraphs_of(root), text_of(paragraphs_of(root)))
    assert etree.tostring(root) == before


def sizes(root: etree._Element) -> list[list[tuple[str, str]]]:
    return [
        [(run.findtext(f"{A}t") or "", run.find(f"{A}rPr").get("sz")) for run in paragraph.findall(f"{A}r")]
        for paragraph in root
    ]


def test_each_stretch_keeps_the_run_it_stands_in() -> None:
    root = body([["南沙力争", "10%", "以上，", "居首"], ["第二行"]])
    set_text(paragraphs_of(root), "南沙力争12.5%以上，领先居首\n第二行")
    assert sizes(root) == [
        [("南沙力争", "1000"), ("12.5%", "1100"), ("以上，领先", "1200"), ("居首", "1300")],
        [("第二行", "1400")],
    ]


def test_lines_come_and_go_between_others() -> None:
    root = body([["标题"], ["一"], ["三"]])
    set_text(paragraphs_of(root), "标题\n一\n二\n三\n四")
    assert sizes(root) == [[("标题", "1000")], [("一", "1100")], [("二", "1200")], [("三", "1200")], [("四", "1200")]]
    set_text(paragraphs_of(root), "标题\n三")
    assert sizes(root) == [[("标题", "1000")], [("三", "1200")]]


def test_an_emptied_line_keeps_its_size() -> None:
    root = body([["10%"]])
    set_text(paragraphs_of(root), "")
    assert root[0].find(f"{A}endParaRPr").get("sz") == "1000"
    set_text(paragraphs_of(root), "9%")
    assert sizes(root) == [[("9%", "1000")]]


def test_a_new_line_ends_as_in_the_new_render() -> None:
    for like, ends in ((body([["甲"], ["乙"]], breaks=True), 1), (body([["甲"], ["乙"]]), 2)):
        root = body([["南沙增长10%，", "固投增长9%"]])
        set_text(paragraphs_of(root), "南沙增长10%，居首，\n固投增长9%", paragraphs_of(like))
        assert text_of(paragraphs_of(root)) == "南沙增长10%，居首，\n固投增长9%"
        assert len(paragraphs_of(root)) == ends
