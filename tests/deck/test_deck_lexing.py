"""A slide read from its text says what its tree says."""

from __future__ import annotations

import io

import pptx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters import deck as room
from exporters.binding.scope import Scope
from exporters.deck.living import deck as living
from exporters.deck.living.deck import Deck
from exporters.deck.living.lexing import SlideMould, lex, read_slide
from exporters.deck.living.reading import snapshot
from exporters.deck.living.shapes import SHAPES, Seen, parse
from exporters.load import load
from exporters.package import Package
from tests.word.test_living_guangzhou import ROOT

SLIDE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<p:sld xmlns:a="http://schemas.openxmlformats.org/drawingml/'
    '2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="r"><p:cSld name="a.b">'
    "<p:spTree><p:nvGrpSpPr/><p:grpSpPr/>{}</p:spTree></p:cSld></p:sld>"
)


def assert_same(monkeypatch: pytest.MonkeyPatch, data: bytes, like: Deck | None = None) -> Deck:
    deck = Deck(Package.open(data, name="deck.pptx"), like)
    assert all(lex(deck.package.read(slide.part), {}) for slide in deck.slides)
    found = snapshot(deck)
    with monkeypatch.context() as patch:
        patch.setattr(living, "read_slide", lambda *_: None)
        assert found == snapshot(Deck(Package.open(data, name="deck.pptx")))
    return deck


def test_a_shipped_deck(monkeypatch) -> None:
    template = Package.open(ROOT / "templates" / "standard" / "zh" / "deck.pptx")
    data, out = load(ROOT / "data" / "guangzhou-2023.yaml"), io.BytesIO()
    room.render(room.compile(template, "deck.pptx"), template, Scope(data, "zh", data.as_of), out)
    base = assert_same(monkeypatch, out.getvalue())
    opened = pptx.Presentation(io.BytesIO(out.getvalue()))
    for number, slide in enumerate(opened.slides):
        for shape in [one for one in slide.shapes if one.has_text_frame][:number]:
            shape.left = 12_345
            shape.text_frame.paragraphs[-1].add_run().text = "手写 & <补>\v第二行"
        if slide.has_notes_slide:
            slide.notes_slide.notes_text_frame.text += "\n记下 & 不忘"
    out = io.BytesIO()
    opened.save(out)
    assert_same(monkeypatch, out.getvalue(), base)


TEXT = st.sampled_from(["增长", " 7.5% &amp; 以上", "a&#65;&lt;b\r\nc", ""])
PLACE = '<a:off x="1" y="-2"/><a:ext cx="3" cy="4"/>'
PROPERTIES = st.sampled_from([
    "<p:spPr/>",
    '<p:spPr bwMode="auto"><a:noFill/></p:spPr>',
    f"<p:spPr><a:xfrm>{PLACE}</a:xfrm><a:ln><a:solidFill><a:srgbClr val='00FF00'/></a:solidFill></a:ln></p:spPr>",
    f'<p:spPr><a:xfrm rot="90">{PLACE}</a:xfrm><a:solidFill><a:srgbClr val="12ABCD"/></a:solidFill></p:spPr>',
    "<p:spPr><a:xfrm/></p:spPr>",
])  # fmt: skip
FORM = st.sampled_from(["", "<a:rPr/>", '<a:rPr lang="zh"><a:latin typeface="x"/></a:rPr>', "<a:rPr><x/></a:rPr>"])


@st.composite
def paragraph(draw) -> str:
    pieces = []
    for _ in range(draw(st.integers(0, 3))):
        form, text = draw(FORM), draw(TEXT)
        pieces.append(draw(st.sampled_from([
            f"<a:r>{form}<a:t>{text}</a:t></a:r>", f"<a:r>{form}<a:t/></a:r>", "<a:br/>", f"<a:br>{form}</a:br>",
            f'<a:fld type="slidenum">{form}<a:t>{text}</a:t></a:fld>', f"<a:r>{form}<!-- --><a:t>{text}</a:t></a:r>",
            f"<a:r>{form}<a:odd/><a:t>{text}</a:t></a:r>",
        ])))  # fmt: skip
    begun = draw(st.sampled_from(["", '<a:pPr lvl="1"/>', "<a:pPr><a:lnSpc/></a:pPr>"]))
    return draw(st.just(f"<a:p>{begun}{''.join(pieces)}<a:endParaRPr/></a:p>") | st.just("<a:p/>"))


BODY = st.lists(paragraph(), max_size=3).map(
    lambda lines: f'<p:txBody><a:bodyPr wrap="none"><a:noAutofit/></a:bodyPr><a:lstStyle/>{"".join(lines)}</p:txBody>'
)


@st.composite
def shape(draw) -> str:
    mark = draw(
        st.sampled_from(['<p:cNvPr id="2" name="a.b &amp;"/>', '<p:cNvPr id="2" name="x"><a:extLst/></p:cNvPr>'])
    )
    holder = draw(st.sampled_from(["<p:nvPr/>", '<p:nvPr><p:ph type="title"/></p:nvPr>', "<p:nvPr><p:odd/></p:nvPr>"]))
    body = draw(st.just("") | BODY)
    own = f"<p:nvSpPr>{mark}<p:cNvSpPr/>{holder}</p:nvSpPr>{draw(PROPERTIES)}{body}"
    return draw(st.sampled_from([f"<p:sp>{own}</p:sp>", f"<p:pic>{own.replace('Sp', 'Pic')}</p:pic>"]))


@st.composite
def group(draw) -> str:
    place = draw(st.sampled_from(["<p:grpSpPr/>", f"<p:grpSpPr><a:xfrm>{PLACE}</a:xfrm></p:grpSpPr>"]))
    return f"<p:grpSp><p:nvGrpSpPr/>{place}{''.join(draw(st.lists(shape(), max_size=3)))}</p:grpSp>"


@given(st.lists(shape() | group(), max_size=4).map(lambda shapes: SLIDE.format("".join(shapes)).encode()))
@settings(max_examples=150, deadline=None)
def test_what_is_taken_is_what_the_tree_says(data) -> None:
    known: dict[bytes, Seen] = {}
    moulds: dict[bytes, SlideMould] = {}
    other = data.replace("增长".encode(), "增&#38;长 &lt;".encode())
    for text in (data, data, other):
        found, root = read_slide(text, moulds, known), parse(text)
        if found is not None:
            assert found.name == "a.b"
            assert [one._replace(frame=None) for one in found.shapes] == [
                Seen.of(one)._replace(frame=None) for one in root.iter(*SHAPES)
            ]
            assert found.colours == {one.get("val", "").lower() for one in root.iter("{*}srgbClr")}


@pytest.mark.parametrize(
    "inside",
    [
        "<mc:AlternateContent/>",
        "<!-- <p:sp/> -->",
        "<p:sp>",
        '<p:sp xmlns:p="urn:other"/>',
        "<p:graphicFrame><p:pic/></p:graphicFrame>",
        '<p:grpSp useBgFill="1"/>',
    ],
)
def test_what_is_not_known_is_left_to_the_tree(inside) -> None:
    data = SLIDE.format(inside).encode()
    assert lex(data, {}) is None
    assert read_slide(data, {}, {}) is None
