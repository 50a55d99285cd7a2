"""A briefing read from its text says what its tree says, handles and elements included."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import islice
from zipfile import ZipFile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exporters.load import load
from exporters.package import Package
from exporters.word.living import document
from exporters.word.living.atoms import Atom
from exporters.word.living.found import Rows
from exporters.word.living.items import item_of
from exporters.word.living.lexing import Known, lex
from exporters.word.living.lines import Part, lines_of
from exporters.word.living.stories import scan
from tests.word.test_living_guangzhou import ROOT, Briefing

MAIN = "word/document.xml"
BODY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document xmlns:w="http://schemas.openxmlformats.org/'
    'wordprocessingml/2006/main" xmlns:r="r"><w:body>{}</w:body></w:document>'
)


def read(monkeypatch: pytest.MonkeyPatch, data: bytes, *, lexed: bool) -> document.Document:
    with monkeypatch.context() as patch:
        if not lexed:
            patch.setattr(document, "lex", lambda *_: None)
        return document.Document(Package.open(data, name="briefing.docx"))


def deep(atoms: list[Atom]) -> Iterator[Atom]:
    for atom in atoms:
        yield atom
        yield from deep(list(atom.inner))


def assert_same(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """One snapshot both ways; and every atom leads to the element that it was read from."""
    first, second = (read(monkeypatch, data, lexed=lexed) for lexed in (True, False))
    assert lex(Part(first.package.read(first.main)), first.digests, Known()) is not None
    assert first.snapshot() == second.snapshot()
    assert document.Document(Package.open(data, name="briefing.docx"), first).snapshot() == second.snapshot()
    for (_, one), (_, other) in zip(first.stories, second.stories, strict=True):
        for found, twin in zip((*one.items, *one.entries), (*other.items, *other.entries), strict=True):
            assert path_of(found.element) == path_of(twin.element)
            shown = ((*found.charts, *found.drawings), (*twin.charts, *twin.drawings))
            for (_, node), (_, same) in zip(*shown, strict=True):
                assert path_of(node.element) == path_of(same.element)
            for region, like in zip(found.regions, twin.regions, strict=True):
                for atom, known in zip(deep(region.atoms), deep(like.atoms), strict=True):
                    ends = [(atom.node, known.node), (atom.start, known.start), (atom.end, known.end)]
                    assert all((a is None) == (b is None) for a, b in ends)
                    assert all(path_of(a) == path_of(b) for a, b in ends if a is not None)


def assert_same_apart(data: bytes) -> None:
    """Blocks that are read alone hold what they hold in the tree, and have their neighbours."""
    apart, whole = (document.Document(Package.open(data, name="briefing.docx")) for _ in range(2))
    apart.body.part.set_apart()
    assert apart.body.part.is_apart
    for found, twin in zip(apart.body.items, whole.body.items, strict=True):
        assert texts([found.element]) == texts([twin.element])
        for before in (False, True):
            beside = (one for one, _ in apart.body.part.siblings(found.element, preceding=before))
            assert texts(islice(beside, 3)) == texts(islice(twin.element.itersiblings(preceding=before), 3))
    assert "root" not in vars(apart.body.part)


def texts(elements) -> list[bytes]:
    return [etree.tostring(one, with_tail=False) for one in elements]


def path_of(element) -> str:
    return element.getroottree().getpath(element)


@pytest.mark.parametrize("name", ["standard/zh", "standard/en", "gbt9704/zh"])
@pytest.mark.parametrize("data", ["guangzhou-2023.yaml"])
def test_the_shipped_briefings(name, data, monkeypatch) -> None:
    content = Briefing(name)(load(ROOT / "data" / data))
    assert_same(monkeypatch, content)
    assert_same_apart(content)
    opened = docx.Document(io.BytesIO(content))
    for number, paragraph in enumerate(opened.paragraphs):
        if number % 7 == 3:
            paragraph.add_run("手写 & <补>")
    for number, control in enumerate(list(opened.element.iter(docx.oxml.ns.qn("w:sdt")))):
        text = next(control.iter(docx.oxml.ns.qn("w:t")))
        if number % 5 == 2:
            text.text = "约99%"
        elif number % 11 == 2:
            text.text = ""
    out = io.BytesIO()
    opened.save(out)
    assert_same(monkeypatch, out.getvalue())


RUN = '<w:r w:rsidR="00AB">{}<w:t xml:space="preserve">{}</w:t></w:r>'
TEXT = st.sampled_from(["增长", " 7.5% &amp; 以上", "a&#65;&lt;b\r\nc", "x", ""])
NAMES = st.sampled_from(["_bp_3_ab", "_bp_4_cd", "_Toc_3_ab", "_GoBack", "_bp_r2_ab", "_bp_5_ab_Copy_1"])
NUMBERS = st.integers(1, 5)


@st.composite
def piece(draw) -> str:
    text, name, number = draw(TEXT), draw(NAMES), draw(NUMBERS)
    run = RUN.format(draw(st.sampled_from(["", "<w:rPr><w:b/></w:rPr>", "<w:rPr/>"])), text)
    control = "<w:sdt><w:sdtPr>{}<w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    named = control.format('<w:alias w:val="anhe.gdp.value"/>', run)
    field = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    code = f"<w:r><w:instrText>{draw(st.sampled_from([' PAGE ', ' TOC ', ' SEQ T ', ' HYPERLINK &quot;a&quot; ']))}</w:instrText></w:r>"
    mark = f'<w:bookmarkStart w:id="{number}" w:name="{{}}"/>'
    end = f'<w:bookmarkEnd w:id="{number}"/>'
    return draw(st.sampled_from([
        run, named, control.format("", run), mark.format(name), end, "<w:r><w:tab/></w:r>", "<w:proofErr/>",
        mark.format("_bv1_anhe_gdp_value") + named + end, mark.format("_bv2_anhe_gdp_value") + run + end,
        mark.format("_bv3_anhe_gdp_value"), field[0] + code + field[1] + run + field[2], field[0] + code, field[2],
        f"<w:del>{run}</w:del>", f"<w:ins>{run}</w:ins>", "<w:!-->", f'<w:hyperlink w:anchor="{name}">{run}</w:hyperlink>',
        '<w:r><w:footnoteReference w:id="2"/></w:r>', "<w:pPr><w:pStyle w:val=\"T\"/><w:rPr><w:ins/></w:rPr></w:pPr>",
        "<w:pPr><w:pPrChange><w:pPr/></w:pPrChange></w:pPr>", "<![CDATA[<w:p>]]>", "<!-- <w:p/> -->",
    ]).filter(lambda one: "!-->" not in one or one.startswith("<!--")))  # fmt: skip


PARAGRAPH = st.lists(piece(), max_size=6).map(lambda pieces: f"<w:p>{''.join(pieces)}</w:p>") | st.just("<w:p/>")
BLOCKS = st.lists(PARAGRAPH | piece().filter(lambda one: one.startswith("<w:bookmark")), max_size=5).map("".join)
CELL = BLOCKS.map(lambda inside: f'<w:tc><w:tcPr><w:tcW w:w="1"/></w:tcPr>{inside}</w:tc>')
ROW = st.lists(CELL, max_size=3).map(lambda cells: f"<w:tr><w:trPr/>{''.join(cells)}</w:tr>")
TABLE = st.lists(ROW, max_size=2).map(lambda rows: f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>")


@st.composite
def alike(draw) -> str:
    """Tables and rows that briefings hold for each record."""
    bound = (
        '<w:bookmarkStart w:id="{0}" w:name="_bp_{1}"/>{2}<w:bookmarkStart w:id="{0}9" w:name="_bv{0}_{1}"/><w:sdt>'
        '<w:sdtPr><w:alias w:val="{1}.v"/></w:sdtPr><w:sdtContent>{2}</w:sdtContent></w:sdt>'
        '<w:bookmarkEnd w:id="{0}9"/><w:bookmarkEnd w:id="{0}"/>'
    )
    words = st.sampled_from(["增长 &amp; ", " ", "&#32;x", "10%"])
    cells = draw(st.sampled_from([["r2_", "3_"], ["3_", ""], ["", "r2_"], ["", ""], ["r2_", ""]]))
    tables = []
    for number in range(draw(st.integers(1, 3))):
        rows = []
        for row in range(draw(st.integers(1, 2))):
            own = [
                bound.format(f"{1 + number}{row}{at}", f"{name}{number}", RUN.format("", draw(words))) if name
                else RUN.format("", draw(words))
                for at, name in enumerate(cells)
            ]  # fmt: skip
            rows.append("<w:tr>" + "".join(f"<w:tc><w:p>{one}</w:p></w:tc>" for one in own) + "</w:tr>")
        tables.append(f'<w:tbl><w:tblPr><w:tblCaption w:val="{number}"/></w:tblPr>{"".join(rows)}</w:tbl>')
    return draw(st.sampled_from(["", "<w:p/>"])).join(tables)


CONTROL = BLOCKS.map(lambda inside: f"<w:sdt><w:sdtPr><w:id/></w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>")
DOCUMENT = st.lists(BLOCKS | TABLE | alike() | CONTROL, max_size=4).map(
    lambda blocks: BODY.format("".join(blocks)).encode()
)


@given(DOCUMENT)
@settings(max_examples=150, deadline=None)
def test_what_is_taken_is_what_the_tree_says(data) -> None:
    part = Part(data)
    known = Known()
    for _ in range(2):
        lines = lex(part, {}, known)
        if lines is None:
            return
        tree = scan(Part(data), lines_of(Part(data).root, {}), {}, {})
        assert list(map(item, scan(part, lines, {}, {}).items)) == list(map(item, tree.items))
        assert json.dumps(list(map(shown, flat(lines)))) == json.dumps(list(map(shown, lines_of(Part(data).root, {}))))


def item(found) -> object:
    return item_of("", found), path_of(found.element), found.unit


def flat(lines) -> Iterator[object]:
    """Yield the paragraphs of rows that are known by their mould as well."""
    for line in lines:
        yield from line.lines() if isinstance(line, Rows) else [line]


def shown(line) -> object:
    """Return what a line says, without its elements."""
    if not hasattr(line, "atoms"):
        return line.number, line.name
    anchors = [(one.at, one.number, one.name) for one in line.anchors]
    container = line.container.tag if line.container is not None else ""
    place = path_of(line.element), container, [path_of(row.element) for row in line.rows]
    return (
        [(one.kind, one.text, one.key, len(one.inner)) for one in deep(line.atoms)],
        anchors,
        place,
        line.link,
        [*line.names],
        line.in_contents,
    )


@pytest.mark.parametrize(
    "body",
    [
        "<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>a</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>",
        "<w:ins><w:p/></w:ins>",
        "<w:p><w:r></w:p>",
        '<w:p xmlns:w="urn:other"/><w:p xmlns:x="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>',
        "<w:tbl></w:tr>",
        "<w:p>",
    ],
)
def test_what_is_not_known_is_left_to_the_tree(body) -> None:
    assert lex(Part(BODY.format(body).encode()), {}, Known()) is None


def test_a_broken_document_is_refused_as_ever(monkeypatch) -> None:
    content = io.BytesIO()
    base = Briefing("standard/zh")(load(ROOT / "data" / "guangzhou-2023.yaml"))
    with ZipFile(io.BytesIO(base)) as old, ZipFile(content, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"</w:p>", b"</w:q>", 1) if name == MAIN else data)
    with pytest.raises(SyntaxError):
        document.Document(Package.open(content.getvalue(), name="briefing.docx"))
