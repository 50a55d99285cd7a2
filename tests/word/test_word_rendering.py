"""Tags wherever Word lets one type: what comes out, and that nothing else changes."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace
from word_samples import (
    DECLARED,
    W,
    add_notes,
    add_part,
    add_xml,
    body,
    field,
    note_reference,
    p,
    render,
    small,
    table,
    template,
)

COMMENTS = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
COMMENTS_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"


def texts(*xml: str) -> list[str]:
    return [text for text in render(template(body(*xml)), small()).texts() if text]


def test_values_conditions_and_loops_over_characters() -> None:
    assert texts(
        p("{{ pack.title }}：{% for d in districts %}{{ d.name }}{% if not loop.last %}、{% endif %}{% endfor %}。")
    ) == ["甲市目标：乙区、丙区、丁区。"]


def test_loops_over_paragraphs_blocks_and_nested() -> None:
    found = texts(
        p("{% for d in districts %}"), p("{{ d.name }}"), p("{% if d.targets %}"),
        p("{% for t in d.targets %}"), p("{{ t.label }} {{ t.text }}"), p("{% endfor %}"),
        p("{% else %}"), p("没有目标"), p("{% endif %}"), p("{% endfor %}"),
    )  # fmt: skip
    assert found == ["乙区", "生产总值 7.5%以上", "固投 20%以上", "丙区", "生产总值 8%以上", "丁区", "没有目标"]


def test_loops_over_table_rows_in_a_loop_over_blocks() -> None:
    found = texts(
        p("{%p for d in districts %}"),
        table(["指标", "目标"], ["{%tr for t in d.targets %}{{ t.label }}", "{{ t.text }}{%tr endfor %}"], head=True),
        p("{%p endfor %}"),
    )
    assert found == [
        "指标",
        "目标",
        "生产总值",
        "7.5%以上",
        "固投",
        "20%以上",
        "指标",
        "目标",
        "生产总值",
        "8%以上",
        "指标",
        "目标",
    ]


def test_a_table_whose_rows_may_all_be_missing_goes_with_them() -> None:
    done = render(
        template(body(p("前"), table(["{%tr for t in missing %}{{ t.name }}{%tr endfor %}"]), p("后"))), small()
    )
    assert not list(done.xml().iter(f"{W}tbl"))


def test_a_tag_split_over_runs_keeps_the_format_of_its_first_character() -> None:
    runs = "".join(
        f'<w:r><w:rPr>{bold}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
        for text, bold in (("见{", ""), ("{ pack", "<w:b/>"), (".title ", ""), ("}}吧", "<w:i/>"))
    )
    done = render(template(body(f"<w:p>{runs}</w:p>")), small())
    assert [text for text in done.texts() if text] == ["见甲市目标吧"]
    shown = {"".join(run.itertext(f"{W}t")): run for run in done.xml().iter(f"{W}r")}
    assert shown["甲市目标"].find(f"{W}rPr/{W}b") is None
    assert shown["吧"].find(f"{W}rPr/{W}i") is not None


def test_headers_footers_and_properties() -> None:
    def build(document) -> None:
        document.sections[0].header.paragraphs[0].text = "{{ pack.title }}"
        document.sections[0].footer.paragraphs[0].text = "{% for d in districts %}{{ d.short }} {% endfor %}"
        document.core_properties.title = "{{ pack.title }}"
        document.core_properties.author = "{{ city.name }}办"
        document.add_paragraph("x")

    done = render(template(build), small(), properties={"briefpack": "small:1:ff"}, epoch=1_700_000_000)
    assert done.texts("word/header1.xml") == ["甲市目标"]
    assert done.texts("word/footer1.xml") == ["乙区 丙区 丁区 "]
    core = done.package.read("docProps/core.xml").decode()
    assert "甲市目标" in core and "甲市办" in core and "2023-11-14T22:13:20Z" in core
    assert "small:1:ff" in done.package.read("docProps/custom.xml").decode()


def test_footnotes_in_a_loop_are_real_ones_and_static_ones_stay() -> None:
    def build(document) -> None:
        add_notes(document, "footnote", p("固定的注"), p("{{ t.label }}：{{ t.clause }}"))
        add_xml(
            document,
            f"<w:p><w:r><w:t>甲</w:t></w:r>{note_reference('footnote', 1)}</w:p>",
            p("{%p for t in targets %}"),
            f"<w:p><w:r><w:t>{{{{ t.text }}}}</w:t></w:r>{note_reference('footnote', 2)}</w:p>",
            p("{%p endfor %}"),
        )

    done = render(template(build), small())
    notes = {
        note.get(f"{W}id"): "".join(note.itertext(f"{W}t"))
        for note in done.xml("word/footnotes.xml").iter(f"{W}footnote")
    }
    referred = [one.get(f"{W}id") for one in done.xml().iter(f"{W}footnoteReference")]
    assert [notes[number] for number in referred] == [
        "固定的注", "生产总值：增长6%", "生产总值：增长7.5%", "固投：增长20%", "生产总值：增长8%"
    ]  # fmt: skip
    assert len(notes) == 2 + len(referred)


def test_one_note_referred_to_from_two_places_sees_each_scope() -> None:
    def build(document) -> None:
        add_notes(document, "footnote", p("{{ s.title }}在{{ x }}"))
        loop = "{%% for s in %s.sources %%}"
        one = f"<w:p><w:r><w:t>{{% set x = '甲' %}}{loop % 'city'}</w:t></w:r>{note_reference('footnote', 1)}"
        other = f"<w:p><w:r><w:t>{{% set x = '乙' %}}{loop % 'districts[0]'}</w:t></w:r>{note_reference('footnote', 1)}"
        end = "<w:r><w:t>{% endfor %}</w:t></w:r></w:p>"
        add_xml(document, one + end, other + end)

    done = render(template(build), small())
    found = [text for text in done.texts("word/footnotes.xml") if text]
    assert found == ["大会报道在甲", "大会报道在乙"]


def test_endnotes_and_comments() -> None:
    def build(document) -> None:
        add_notes(document, "endnote", p("{{ d.name }}尾注"))
        comment = f'<w:comment w:id="0" w:author="人" w:date="2023-01-01T00:00:00Z" w:initials="r">{p("核对{{ d.name }}")}</w:comment>'
        add_part(
            document, "/word/comments.xml", COMMENTS, COMMENTS_REL, f"<w:comments {DECLARED}>{comment}</w:comments>"
        )
        add_xml(
            document,
            p("{%p for d in districts %}"),
            '<w:p><w:commentRangeStart w:id="0"/><w:r><w:t>{{ d.name }}</w:t></w:r><w:commentRangeEnd w:id="0"/>'
            f'<w:r><w:commentReference w:id="0"/></w:r>{note_reference("endnote", 1)}</w:p>',
            p("{%p endfor %}"),
        )

    done = render(template(build), small())
    assert [text for text in done.texts("word/endnotes.xml") if text] == ["乙区尾注", "丙区尾注", "丁区尾注"]
    assert done.texts("word/comments.xml") == ["核对乙区", "核对丙区", "核对丁区"]
    assert not list(done.xml("word/comments.xml").iter(f"{W}sdt")), "LibreOffice loads no document with such a comment"


TEXT_BOX = """<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline>
<wp:extent cx="914400" cy="914400"/><wp:docPr id="7" name="Box"/><a:graphic>
<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr/><wps:spPr/>
<wps:txbx><w:txbxContent>%s</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>
</mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>%s</w:txbxContent></v:textbox></v:shape></w:pict>
</mc:Fallback></mc:AlternateContent></w:r></w:p>"""


def test_text_boxes_and_their_copies_for_old_programs() -> None:
    inner = p("{% for d in districts %}{{ d.name }} {% endfor %}")
    done = render(template(body(TEXT_BOX % (inner, inner))), small())
    assert [text for text in done.texts() if text] == ["乙区 丙区 丁区 "] * 2
    fallback = next(done.xml().iter("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"))
    assert not list(fallback.iter(f"{W}sdt", f"{W}bookmarkStart"))


def test_drawings_in_loops_get_ids_of_their_own() -> None:
    done = render(
        template(body(p("{%p for d in districts %}"), TEXT_BOX % (p("{{ d.n }}"), p("")), p("{%p endfor %}"))), small()
    )
    ids = [
        one.get("id")
        for one in done.xml().iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")
    ]
    assert len(ids) == 3 and len(set(ids)) == 3


def test_values_in_hyperlinks_and_fields_have_no_control() -> None:
    link = '<w:hyperlink w:anchor="x"><w:r><w:t>{{ pack.title }}</w:t></w:r></w:hyperlink>'
    own = '<w:bookmarkStart w:id="3" w:name="x"/><w:bookmarkEnd w:id="3"/>'
    done = render(template(body(f"<w:p>{own}{link}{field('TITLE', '{{ pack.title }}')}</w:p>")), small())
    assert not list(done.xml().iter(f"{W}sdt"))
    assert [text for text in done.texts() if text] == ["甲市目标甲市目标"]


def test_every_value_with_a_key_has_a_control_and_every_paragraph_a_name() -> None:
    done = render(
        template(body(
            p("{%p for d in districts %}"), p("{{ d.name }}"), p("固定"),
            table(["{%tr for t in d.targets %}{{ t.text }}", "{{ t.value|percent }}{%tr endfor %}"]), p("{%p endfor %}"),
        )),
        small(),
    )  # fmt: skip
    controls = done.aliases()
    assert controls["a.name"] == "乙区"
    assert controls["a.gdp-growth.text"] == "7.5%以上"
    assert controls["a.gdp-growth.value|percent"] == "7.5%"
    names = [name for name in done.bookmarks() if name.startswith("_bp_")]
    assert len(names) == len(set(names)) == 3 + 3 + 3 * 3
    assert all(len(name) <= 40 for name in done.bookmarks())
    again = render(template(body(p("{%p for d in districts %}"), p("{{ d.name }}"), p("{%p endfor %}"))), small())
    assert set(again.bookmarks()) < {*done.bookmarks(), *again.bookmarks()}


def test_names_follow_the_record_not_its_place_in_the_list() -> None:
    data = template(body(p("{%p for d in districts %}"), p("{{ d.name }}"), p("{%p endfor %}")))
    both = render(data, small())
    places = [place for place in small().places if place.id != "a"]
    fewer = render(data, replace(small(), places=tuple(places), targets=(), people=()))

    def names(done) -> list[str]:
        return [name for name in done.bookmarks() if name.startswith("_bp_")]

    assert names(fewer) == names(both)[1:]


def test_a_record_met_twice_in_one_loop_keeps_names_unique() -> None:
    done = render(template(body(p("{%p for x in [city, city] %}"), p("{{ x.name }}"), p("{%p endfor %}"))), small())
    assert max(Counter(done.bookmarks()).values()) == 1


@pytest.mark.parametrize("text", ["一\n二", "a\tb", " 前后有空格 ", "<b>&amp;\"'", "\U0001f600𠀀"])
def test_text_comes_through_as_it_is(text: str) -> None:
    data = small(title={"zh": text, "en": "x"})
    assert render(template(body(p("{{ pack.title }}"))), data).texts()[0] == text


def test_bookmarks_of_the_author_in_loops_and_what_refers_to_them() -> None:
    number, reference = field(r"SEQ 表 \* ARABIC", "1"), field(r"REF _Ref1 \h", "表 1")
    caption = (
        '<w:p><w:bookmarkStart w:id="5" w:name="_Ref1"/><w:r><w:t xml:space="preserve">表 </w:t></w:r>'
        f'{number}<w:bookmarkEnd w:id="5"/><w:r><w:t> {{{{ d.name }}}}</w:t></w:r></w:p>'
    )
    see = f'<w:p><w:r><w:t xml:space="preserve">见</w:t></w:r>{reference}</w:p>'
    done = render(template(body(p("{%p for d in districts %}"), see, caption, p("{%p endfor %}"))), small())
    shown = [text for text in done.texts() if text]
    assert shown == ["见表 1", "表 1 乙区", "见表 2", "表 2 丙区", "见表 3", "表 3 丁区"]
    names = [name for name in done.bookmarks() if name.startswith("_Ref1")]
    codes = [code.text.split()[1] for code in done.xml().iter(f"{W}instrText") if code.text.split()[0] == "REF"]
    assert codes == names and len(set(names)) == 3


def test_the_reader_is_never_asked_to_update_fields() -> None:
    def build(document) -> None:
        document.settings.element.append(document.settings.element.makeelement(f"{W}updateFields", {f"{W}val": "true"}))
        document.add_paragraph("x")

    assert b"updateFields" not in render(template(build), small()).package.read("word/settings.xml")


def test_a_dotx_template_becomes_a_document() -> None:
    import io
    import zipfile

    data = template(body(p("{{ pack.title }}")))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(b"wordprocessingml.document.main", b"wordprocessingml.template.main")
            target.writestr(name, content)
    types = render(out.getvalue(), small()).package.read("[Content_Types].xml")
    assert b"wordprocessingml.document.main+xml" in types
