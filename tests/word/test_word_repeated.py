"""What carries an id or a name of its own has another one at each turn of a loop."""

from __future__ import annotations

from collections import Counter

from word_samples import DECLARED, NS, W, add_notes, add_part, add_xml, body, note_reference, p, render, small, template

V = "{" + NS["v"] + "}"
HEADER = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
HEADER_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/header"
DATE = 'w:author="人" w:date="2023-01-01T00:00:00Z"'


def control(number: int, text: str) -> str:
    inner = f"<w:r><w:t>{text}</w:t></w:r>"
    return f'<w:sdt><w:sdtPr><w:id w:val="{number}"/></w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>'


def build(document) -> None:
    add_notes(document, "footnote", f"<w:p>{control(7, '注{{ d.name }}')}</w:p>")
    header = p("{% for d in districts %}") + f"<w:p>{control(8, '{{ d.name }}')}</w:p>" + p("{% endfor %}")
    add_part(document, "/word/header9.xml", HEADER, HEADER_REL, f"<w:hdr {DECLARED}>{header}</w:hdr>")
    add_xml(
        document,
        f'<w:p><w:ins w:id="2000" {DATE}><w:r><w:t>一次</w:t></w:r></w:ins></w:p>',
        p("{% for d in districts %}"),
        f"<w:sdt><w:sdtPr><w:id w:val='5'/></w:sdtPr><w:sdtContent>{p('{{ d.name }}')}</w:sdtContent></w:sdt>",
        f"<w:p>{control(6, '全年')}{note_reference('footnote', 1)}</w:p>",
        f'<w:p><w:ins w:id="1" {DATE}><w:r><w:t>新</w:t></w:r></w:ins>'
        f'<w:del w:id="2" {DATE}><w:r><w:delText>旧</w:delText></w:r></w:del>'
        '<w:permStart w:id="3" w:edGrp="everyone"/><w:r><w:t>可改</w:t></w:r><w:permEnd w:id="3"/></w:p>',
        '<w:p><w:bookmarkStart w:id="4" w:name="here"/><w:r><w:t>此处</w:t></w:r><w:bookmarkEnd w:id="4"/>'
        '<w:fldSimple w:instr=" REF here \\h "><w:r><w:t>此处</w:t></w:r></w:fldSimple>'
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK \\l "here" </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>去</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        "</w:p>",
        '<w:p><w:r><w:pict><v:rect id="box" style="width:9pt;height:9pt"/></w:pict></w:r></w:p>',
        p("{% for i in d.targets %}{{ i.key }}{% endfor %}"),
        p("{% endfor %}"),
    )


def test_ids_in_a_loop_are_those_of_their_turn() -> None:
    done = render(template(build), small())
    for part in ("word/document.xml", "word/footnotes.xml", "word/header9.xml"):
        root = done.xml(part)
        ids = Counter(one.get(f"{W}val") for one in root.iter(f"{W}id"))
        ids.update(
            (one.tag, one.get(f"{W}id") or one.get("id"))
            for one in root.iter(f"{W}ins", f"{W}del", f"{W}permStart", f"{W}permEnd", f"{V}rect")
        )
        assert not [name for name, count in ids.items() if count > 1], part
    root = done.xml()
    assert len(list(root.iter(f"{V}rect"))) == 3
    starts, ends = ([one.get(f"{W}id") for one in root.iter(f"{W}perm{name}")] for name in ("Start", "End"))
    assert starts == ends


def test_fields_in_a_loop_mean_the_bookmark_of_their_turn() -> None:
    done = render(template(build), small())
    names = [name for name in done.bookmarks() if name.startswith("here")]
    root = done.xml()
    assert len(set(names)) == 3
    assert [one.get(f"{W}instr").split()[1] for one in root.iter(f"{W}fldSimple")] == names
    assert [one.text.split('"')[1] for one in root.iter(f"{W}instrText")] == names


def test_the_long_id_of_a_move_leaves_names_room_for_keys() -> None:
    start = f'<w:moveFromRangeStart w:id="169089652" w:name="move169089652" {DATE}/>'
    moved = f'<w:moveFrom w:id="1" {DATE}><w:r><w:t>移</w:t></w:r></w:moveFrom>'
    long = [
        {"id": "abcdefghijklmnopqrstuv", "title": {"zh": "报告", "en": "Report"}},
        {"id": "report", "title": {"zh": "报道", "en": "Report"}},
    ]
    xml = [
        f'<w:p>{start}{moved}<w:moveFromRangeEnd w:id="169089652"/></w:p>',
        p("{% for s in sources %}{{ s.title }}{% endfor %}"),
    ]
    names = render(template(body(*xml)), small(sources=long)).bookmarks()
    assert 35 < max(map(len, names)) <= 40, names
