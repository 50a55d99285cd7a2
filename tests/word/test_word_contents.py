"""The table of contents: what is listed, how it looks, and that the count of pages is the one that rules imply."""

from __future__ import annotations

import re

from word_samples import W, add_notes, add_xml, body, contents, field, note_reference, p, render, small, table, template

H1, H2 = '<w:pStyle w:val="Heading1"/>', '<w:pStyle w:val="Heading2"/>'
BREAK = "<w:pageBreakBefore/>"
TOC = contents(("TOC1", "旧的"), ("TOC2", "旧的"))


def listed(*xml: str, data=None) -> list[tuple[str, str]]:
    done = render(template(body(*xml)), data or small())
    return entries(done)


def entries(done) -> list[tuple[str, str]]:
    found = []
    for link in done.xml().iter(f"{W}hyperlink"):
        texts = [text.text for text in link.iter(f"{W}t")]
        anchor = link.get(f"{W}anchor")
        assert anchor in done.bookmarks()
        assert f" PAGEREF {anchor} \\h " in [code.text for code in link.iter(f"{W}instrText")]
        found.append(("".join(texts[:-1]), texts[-1]))
    return found


def test_headings_of_loops_are_listed_with_their_pages() -> None:
    assert listed(
        p("题目"), TOC, p("一、概况", H1 + BREAK), p("{%p for d in districts %}"), p("{{ d.name }}", H2 + BREAK),
        p("{%p for t in d.targets %}"), p("{{ t.text }}"), p("{%p endfor %}"), p("{%p endfor %}"), p("附录", H1 + BREAK),
    ) == [("一、概况", "2"), ("乙区", "3"), ("丙区", "4"), ("丁区", "5"), ("附录", "6")]  # fmt: skip


def test_a_long_section_takes_the_pages_it_needs() -> None:
    lines = [
        p(f"第{number}行", '<w:spacing w:line="400" w:lineRule="exact" w:before="0" w:after="0"/>')
        for number in range(80)
    ]
    found = listed(TOC, p("甲", H1 + BREAK), *lines, p("乙", H1 + BREAK))
    height = (15840 - 2 * 1440) / 20
    needed = -(-(80 * 20 + 40) // height)
    assert found == [("甲", "2"), ("乙", str(int(2 + needed)))]


def test_a_long_list_moves_what_follows_it() -> None:
    names = [p(f"第{number}节", H1 + BREAK) for number in range(60)]
    found = listed(TOC, *names)
    first = int(found[0][1])
    assert first == 4
    assert [int(page) for _, page in found] == list(range(first, first + 60))


def test_headings_before_the_list_and_numbering_that_begins_anew() -> None:
    section = '<w:sectPr><w:pgNumType w:fmt="lowerRoman"/></w:sectPr>'
    found = listed(
        p("要点", H1), TOC, f"<w:p><w:pPr>{section}</w:pPr></w:p>",
        '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>正文</w:t></w:r></w:p>',
    )  # fmt: skip
    assert found[0] == ("要点", "i")
    assert found[1] == ("正文", "2")


def test_an_entry_looks_as_the_templates_own_of_its_level() -> None:
    done = render(template(body(TOC, p("甲", H1 + BREAK), p("乙", H2))), small())
    styles = [
        paragraph.find(f"{W}pPr/{W}pStyle").get(f"{W}val")
        for paragraph in done.xml().iter(f"{W}p")
        if paragraph.find(f"{W}hyperlink") is not None
    ]
    assert styles == ["TOC1", "TOC2"]
    codes = [code.text for code in done.xml().iter(f"{W}instrText") if "TOC" in code.text.split()]
    assert codes == [' TOC \\o "1-2" \\h ']
    assert not list(done.xml().find(f"{W}body").iter(f"{W}contentsHere"))


def test_headings_with_values_keep_their_words_and_special_characters() -> None:
    data = small(title={"zh": "甲&乙<丙>", "en": "x"})
    assert listed(TOC, p("{{ pack.title }}：{% if city %}城{% endif %}", H1 + BREAK), data=data) == [
        ("甲&乙<丙>：城", "2")
    ]


def test_what_is_set_before_the_list_is_known_behind_it() -> None:
    found = listed(p("{% set word = '词' %}"), TOC, p("{{ word }}", H1 + BREAK))
    assert found == [("词", "2")]


def test_a_loop_right_behind_the_list_does_not_swallow_it() -> None:
    found = listed(TOC, p("{%p for d in districts %}"), p("{{ d.name }}", H1 + BREAK), p("{%p endfor %}"))
    assert found == [("乙区", "2"), ("丙区", "3"), ("丁区", "4")]


def test_the_list_in_words_own_frame() -> None:
    frame = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{p('目录')}{TOC}</w:sdtContent></w:sdt>"
    )
    assert listed(frame, p("甲", H1 + BREAK)) == [("甲", "2")]


def test_page_references_know_what_has_been_passed() -> None:
    mark = '<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:bookmarkStart w:id="8" w:name="here"/><w:r><w:t>此处</w:t></w:r>'
    mark += '<w:bookmarkEnd w:id="8"/></w:p>'
    see = f"<w:p><w:r><w:t>见第</w:t></w:r>{field('PAGEREF here', '?')}<w:r><w:t>页</w:t></w:r></w:p>"
    done = render(template(body(see, TOC, p("甲", H1 + BREAK), mark, see)), small())
    assert [text for text in done.texts() if text.startswith("见")] == ["见第3页", "见第3页"]


def test_captions_are_listed_where_the_template_asks() -> None:
    number = field("SEQ 表 \\* ARABIC", "1")
    caption = f"<w:p>{BREAK and '<w:pPr><w:pageBreakBefore/></w:pPr>'}<w:r><w:t>表 </w:t></w:r>{number}<w:r><w:t>　{{{{ d.name }}}}</w:t></w:r></w:p>"
    toc = TOC.replace('TOC \\o "1-2" \\h', 'TOC \\h \\c "表"')
    found = listed(toc, p("{%p for d in districts %}"), caption, p("{%p endfor %}"))
    assert found == [("表 1　乙区", "2"), ("表 2　丙区", "3"), ("表 3　丁区", "4")]


def test_rows_and_notes_are_counted_with_loops_and_conditions_inside() -> None:
    def build(document) -> None:
        add_notes(document, "footnote", p("{{ s.title }}" + "注" * 200))
        row = [
            "{%tr for t in targets %}{{ t.label }}{% if t.word %}{{ t.word }}{% endif %}",
            "{{ t.text }}{%tr endfor %}",
        ]
        refer = "<w:p><w:r><w:t>{% for s in sources %}</w:t></w:r>" + note_reference("footnote", 1)
        refer += "<w:r><w:t>{% endfor %}</w:t></w:r></w:p>"
        nested = f"<w:tc><w:tcPr><w:tcW w:w='4000' w:type='dxa'/></w:tcPr>{p('{%p for d in districts %}')}{p('{{ d.name }}')}"
        nested += f"{p('{%p endfor %}')}</w:tc>"
        other = f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w='4000'/></w:tblGrid><w:tr>{nested}</w:tr></w:tbl>"
        add_xml(
            document,
            TOC,
            p("甲", H1 + BREAK),
            table(["a", "b"], row, head=True),
            refer,
            other,
            p("x"),
            p("乙", H1 + BREAK),
        )

    assert entries(render(template(build), small())) == [("甲", "2"), ("乙", "3")]


def test_a_paragraph_in_a_control_of_a_cell_is_counted_for_itself() -> None:
    inside = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('{{ t.label }}' + '长' * 9)}</w:sdtContent></w:sdt>{p('{{ t.text }}')}"
    rows = [[p("{%tr for t in targets %}") + inside, "{{ t.text }}" + "长" * 9 + "{%tr endfor %}"]]
    found = listed(TOC, p("甲", H1 + BREAK), table(*rows), p("乙", H1 + BREAK))
    assert found == [("甲", "2"), ("乙", "3")]


def test_a_document_without_list_counts_nothing() -> None:
    done = render(template(body(p("甲", H1))), small())
    assert not re.search("_Toc_", done.package.read("word/document.xml").decode())
