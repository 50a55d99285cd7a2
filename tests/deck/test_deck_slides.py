"""Slides repeated and chosen by slide tags; shapes, notes, tables and charts on them."""

from __future__ import annotations

import io
import zipfile

import pytest
from deck_samples import DATA, Office, box, chart, faults, opened, rendered, texts
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pptx import Presentation
from pptx.util import Inches

from exporters.model import Dataset
from exporters.package import Package, lint

NAMES = [place.name.zh for place in DATA.districts]
LOOP = [["", "{{ district.short }}"], ["{% for t in district.growth %}{{ t.short }}", "{{ t.value }}{% endfor %}"]]


def test_one_slide_for_each_district() -> None:
    office = Office()
    office.slide("{{ pack.title }}")
    office.slide("{{ district.name }}", "{%slide for district in districts %}{%slide endfor %}")
    office.slide("末页")
    assert texts(opened(office.save())) == [["广州2023年高质量发展目标"], *([name] for name in NAMES), ["末页"]]


def test_a_range_of_slides_and_a_condition() -> None:
    office = Office()
    office.slide("{%slide for district in covered %}{{ district.name }}")
    office.slide(
        "{%slide if district.short == '南沙' %}{{ district.short }}有四项{%slide endif %}", "{%slide endfor %}"
    )
    found = [slide[0] for slide in texts(opened(office.save()))]
    assert found == ["越秀区", "海珠区", "天河区", "黄埔区", "南沙区", "南沙有四项"]


def test_either_slide_by_else() -> None:
    office = Office()
    office.slide("{%slide for district in districts %}{%slide if district.targets %}{{ district.short }}有目标")
    office.slide("{%slide else %}{{ district.short }}未载{%slide endif %}{%slide endfor %}")
    found = [slide[0] for slide in texts(opened(office.save()))]
    assert [text[-2:] for text in found] == ["目标"] * 6 + ["未载"] * 2 + ["目标", "未载", "目标"]


def test_slide_tags_may_stand_in_the_notes() -> None:
    office = Office()
    office.slide(
        "{{ district.name }}", notes="{%slide for district in missing %}{%slide endfor %}备注：{{ district.short }}"
    )
    prs = opened(office.save())
    assert [slide.notes_slide.notes_text_frame.text for slide in prs.slides] == [
        "备注：番禺",
        "备注：花都",
        "备注：从化",
    ]


def test_a_named_value_of_a_slide() -> None:
    office = Office()
    office.slide(
        "{{ first.base.text }}",
        "{%slide for district in covered %}{%slide set first = district.top[0] %}{%slide endfor %}",
    )
    found = [slide[0] for slide in texts(opened(office.save()))]
    assert found == ["4.5%", "7%以上", "超6500亿元", "7%以上", "10%以上"]


def test_a_shape_may_be_conditional() -> None:
    office = Office()
    office.slide(
        "{%slide for district in districts %}{{ district.name }}{%slide endfor %}",
        "{%shape if district.leader %}{{ district.leader.name }}{%shape endif %}",
    )
    found = texts(opened(office.save()))
    assert [len(slide) for slide in found] == [2] * 6 + [1, 1, 2, 1, 2]


def test_a_group_is_conditional_by_its_alternative_text() -> None:
    office = Office()
    slide = office.slide("{%slide for district in districts %}{{ district.name }}{%slide endfor %}")
    group = slide.shapes.add_group_shape()
    inner = group.shapes.add_textbox(Inches(1), Inches(2), Inches(2), Inches(1))
    inner.text_frame.text = "{{ district.top[0].base.text }}"
    mark = group._element.nvGrpSpPr.cNvPr
    mark.set("descr", "{%shape if district.top %}首要目标{%shape endif %}")
    prs = opened(office.save())
    shown = [[s for s in slide.shapes if s.shape_type == 6] for slide in prs.slides]
    assert [len(groups) for groups in shown] == [1] * 6 + [0, 0, 1, 0, 1]
    assert shown[0][0]._element.nvGrpSpPr.cNvPr.get("descr") == "首要目标"


def test_rows_of_a_table_repeat() -> None:
    office = Office()
    slide = office.slide("{%slide for district in covered %}{{ district.name }}{%slide endfor %}")
    frame = slide.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(6), Inches(1))
    frame.name = "Targets"
    for column, text in enumerate(["指标", "目标"]):
        frame.table.cell(0, column).text = text
    frame.table.cell(1, 0).text = "{%tr for t in district.targets %}{{ t.label }}"
    frame.table.cell(1, 1).text = "{{ t.text }}{%tr endfor %}"
    prs = opened(office.save())
    tables = [next(s for s in slide.shapes if s.has_table) for slide in prs.slides]
    assert [len(shape.table.rows) - 1 for shape in tables] == [7, 18, 15, 11, 4]
    assert tables[4].table.cell(4, 1).text == "85%"
    assert [shape.name for shape in tables][-1] == "nansha.targets"


def test_each_slide_has_a_chart_of_its_own() -> None:
    office = Office()
    slide = office.slide("{%slide for district in covered %}{{ district.name }}{%slide endfor %}")
    chart(slide, LOOP, descr="{{ district.name }}增速图")
    data = rendered(office.save())
    assert lint(data) == []
    charts = [next(s for s in slide.shapes if s.has_chart) for slide in Presentation(io.BytesIO(data)).slides]
    assert len({shape.chart.part.partname for shape in charts}) == 5
    assert len({shape.chart.part.chart_workbook.xlsx_part.partname for shape in charts}) == 5
    nansha = charts[-1]
    assert nansha.name == "nansha.growth-chart"
    assert nansha._element.nvGraphicFramePr.cNvPr.get("descr") == "南沙区增速图"
    assert list(nansha.chart.plots[0].categories) == ["GDP", "固投", "工业投资", "规上工业产值"]
    assert list(nansha.chart.plots[0].series[0].values) == [10, 30, 85, 16]


def test_a_chart_that_is_not_shown_leaves_nothing_behind() -> None:
    office = Office()
    slide = office.slide("{%slide for district in districts %}{{ district.name }}{%slide endfor %}")
    chart(slide, LOOP, descr="{%shape if district.growth %}{%shape endif %}")
    data = rendered(office.save())
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert sum(name.startswith("ppt/charts/chart") for name in package.namelist()) == 8
        assert sum(name.startswith("ppt/embeddings/") for name in package.namelist()) == 8
    assert lint(data) == []


def test_an_untagged_chart_on_repeated_slides_is_copied() -> None:
    office = Office()
    slide = office.slide("{%slide for district in covered %}{{ district.name }}{%slide endfor %}")
    chart(slide, [["", "s0"], ["a", 1]])
    data = rendered(office.save())
    assert lint(data) == []
    prs = Presentation(io.BytesIO(data))
    parts = [next(s for s in slide.shapes if s.has_chart).chart.part for slide in prs.slides]
    assert len({part.partname for part in parts}) == 5
    assert len({part.blob for part in parts}) == 1


def test_what_no_tag_touches_is_carried_byte_for_byte() -> None:
    office = Office()
    office.slide("{%slide for district in districts %}{{ district.name }}{%slide endfor %}")
    chart(office.slide("不动"), [["", "s0"], ["a", 1]])
    template = office.save()
    before, after = Package.open(template), Package.open(rendered(template))
    bound = {"[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml", "ppt/presentation.xml"}
    for name in before.names():
        if name in bound or name.startswith(("ppt/slides/", "ppt/_rels/")):
            continue
        assert after.read(name) == before.read(name), name
    assert after.read("ppt/slides/slide12.xml") == before.read("ppt/slides/slide2.xml")


def test_counts_sections_and_links() -> None:
    office = Office()
    first = office.slide("首页")
    office.slide("{%slide for district in covered %}{{ district.name }}{%slide endfor %}")
    last = office.slide("末页")
    link = box(first, "到末页")
    link.click_action.target_slide = last
    root = office.prs.part._element
    ids = [item.get("id") for item in root.sldIdLst]
    extension = _sections([("头", ids[:1]), ("区", ids[1:2]), ("尾", ids[2:])])
    root.append(extension)
    data = rendered(office.save())
    assert lint(data) == []
    prs = Presentation(io.BytesIO(data))
    assert (
        next(s for s in prs.slides[0].shapes if s.name == "Box 1").click_action.target_slide.shapes.title.text == "末页"
    )
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert b"<Slides>7</Slides>" in package.read("docProps/app.xml")
        presentation = package.read("ppt/presentation.xml").decode()
    assert [part.count("<p14:sldId ") for part in presentation.split("<p14:section ")[1:]] == [1, 5, 1]


def test_a_tag_in_the_name_of_a_section_is_refused() -> None:
    office = Office()
    office.slide("{{ pack.title }}")
    root = office.prs.part._element
    root.append(_sections([("{{ city.name }}", [item.get("id") for item in root.sldIdLst])]))
    (fault,) = faults(office.save())
    assert (fault.where, fault.mark) == ("section '{{ city.name }}'", "{{ city.name }}")


def _sections(sections: list[tuple[str, list[str]]]) -> object:
    from pptx.oxml import parse_xml

    body = "".join(
        f'<p14:section name="{name}" id="{{0000000{n}-0000-0000-0000-000000000000}}"><p14:sldIdLst>'
        + "".join(f'<p14:sldId id="{one}"/>' for one in ids)
        + "</p14:sldIdLst></p14:section>"
        for n, (name, ids) in enumerate(sections)
    )
    return parse_xml(
        '<p:extLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:ext '
        'uri="{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"><p14:sectionLst '
        f'xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">{body}</p14:sectionLst></p:ext></p:extLst>'
    )


def test_properties_and_dates() -> None:
    office = Office()
    office.slide("{{ pack.title }}")
    office.prs.core_properties.title = "{{ pack.title }}"
    data = rendered(office.save(), epoch=1675209600, properties={"briefpack": "guangzhou-2023:1:ab<c"})
    prs = Presentation(io.BytesIO(data))
    assert prs.core_properties.title == "广州2023年高质量发展目标"
    assert str(prs.core_properties.modified)[:19] == "2023-02-01 00:00:00"
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert "guangzhou-2023:1:ab&lt;c" in package.read("docProps/custom.xml").decode()
        assert {info.date_time for info in package.infolist()} == {(2023, 2, 1, 0, 0, 0)}


def test_names_of_bound_shapes_are_keys() -> None:
    office = Office()
    slide = office.slide(
        "{%slide for district in covered %}{{ district.name }}·{{ district.leader.name }}{%slide endfor %}"
    )
    box(slide, "{{ district.target.gdp_growth.text }}", name="Big figure")
    box(
        slide,
        "{{ district.target.gdp_growth.lead }}{{ district.target.gdp_growth.amount }}",
        name="Split figure",
        top=3,
    )
    box(slide, "{% for t in district.targets %}{{ t.text }}{% endfor %}", name="All of them", top=4)
    box(slide, "{{ district.name }}", name="A", top=5)
    box(slide, "{{ district.name }}", name="B", top=6)
    box(slide, "不动", name="Fixed", top=7)
    last = opened(office.save()).slides[4]
    assert [shape.name for shape in last.shapes] == [
        "nansha.title-1", "nansha.gdp-growth.text", "nansha.gdp-growth.split-figure", "nansha.all-of-them",
        "nansha.name", "nansha.name~2", "Fixed",
    ]  # fmt: skip


def test_a_record_that_is_not_there_has_the_key_of_its_owners_field() -> None:
    office = Office()
    slide = office.slide("{%slide for d in districts %}{{ d.name }}{%slide endfor %}", "{{ d.leader.name }}")
    box(slide, "{{ d.leader.title }}", top=3)
    box(slide, "{{ d.target.gdp_growth.stretch.text }}", top=4)
    slides = [[*one.shapes] for one in opened(office.save()).slides]
    names = {title.text_frame.text: [one.name for one in others] for title, *others in slides}
    assert names["番禺区"] == ["panyu.leader.name", "panyu.leader.title", "panyu.gdp-growth.stretch.text"]
    assert names["南沙区"] == ["nansha.leader.name", "nansha.leader.title", "nansha.gdp-growth.stretch.text"]


def test_a_name_that_a_box_makes_itself_means_nothing_around_it() -> None:
    office = Office()
    office.slide("{%slide for d in districts[:1] %}{{ d.name }}", "{% for d in missing %}{{ d.short }}{% endfor %}")
    office.slide("{%slide endfor %}", "{% set city = districts[1] %}{{ city.short }}")
    office.slide("{% for d in missing %}{{ d.short }}{% endfor %}", "{{ city.short }}")
    slides = opened(office.save()).slides
    assert [[shape.name for shape in slide.shapes] for slide in slides] == [
        ["liwan.name", "liwan.box-1"], ["liwan.box-1"], ["pack.title-1", "guangzhou.short"],
    ]  # fmt: skip
    assert slides[0].shapes[1].text_frame.text == "番禺花都从化"


@pytest.mark.parametrize(
    ("title", "text", "place", "message"),
    [
        ("{{ district.name }}", "x", "slide 1, shape 'Title 1'", "unknown name “district”"),
        (
            "{%slide for d in districts %}{{ d.nane }}{%slide endfor %}",
            "x",
            "slide 1, shape 'Title 1'",
            "has no “nane”",
        ),
        ("{%slide for d in districts %}", "x", "slide 1, shape 'Title 1'", "is not closed"),
        ("x", "{%slide endfor %}", "slide 1, shape 'Box 1'", "without a beginning"),
        ("x", "{%slide if missing %}{%slide endfor %}", "slide 1, shape 'Box 1'", "still open"),
        ("x", "{{ pack.title|fitt(2) }}", "slide 1, shape 'Box 1'", "unknown filter"),
        ("x", "{%shape for d in districts %}x{%shape endfor %}", "slide 1, shape 'Box 1'", "not possible"),
        ("x", "{%sheet for d in districts %}x{%sheet endfor %}", "slide 1, shape 'Box 1'", "sheet tag"),
        ("x", "{{ pack.title", "slide 1, shape 'Box 1'", "not closed"),
    ],
)
def test_faults_name_slide_and_shape(title: str, text: str, place: str, message: str) -> None:
    office = Office()
    office.slide(title, text)
    found = faults(office.save())
    assert found
    assert found[0].file == "deck.pptx"
    assert found[0].where == place
    assert any(message in fault.message for fault in found)


def test_all_faults_at_once() -> None:
    office = Office()
    office.slide("{{ a }}", "{{ pack.titel }}", notes="{{ b }}")
    assert [fault.where for fault in faults(office.save())] == [
        "slide 1, shape 'Title 1'",
        "slide 1, shape 'Box 1'",
        "slide 1, notes",
    ]


def test_same_input_same_bytes() -> None:
    office = Office()
    slide = office.slide(
        "{%slide for district in districts %}{{ district.name }}{%slide endfor %}", notes="{{ district.note }}"
    )
    chart(slide, LOOP)
    template = office.save()
    assert rendered(template, epoch=0) == rendered(template, epoch=0)


_TEXT = st.text(
    st.characters(
        min_codepoint=32, exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp"), exclude_characters="\ufffe\uffff"
    ),
    min_size=1,
    max_size=12,
).map(lambda text: text.strip() or "x")
_OFFICE = Office()
_OFFICE.slide("{{ pack.title }}", "{{ pack.title }}与{{ pack.subtitle }}", notes="{{ pack.title }}")
_TEMPLATE = _OFFICE.save()


@settings(max_examples=25, deadline=None)
@given(_TEXT, _TEXT)
def test_any_text_comes_back_equal(title: str, subtitle: str) -> None:
    update = {
        "title": replace(DATA.title, zh=title),
        "subtitle": replace(DATA.subtitle, zh=subtitle),
    }
    data: Dataset = replace(DATA, **update)
    slide = opened(_TEMPLATE, data).slides[0]
    assert slide.shapes.title.text == title
    assert slide.notes_slide.notes_text_frame.text == title
    assert slide.shapes[1].text_frame.text == f"{title}与{subtitle}"
