"""Text fits its box before delivery; what is left out stands in the notes. The shipped templates under stress."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import pytest
from deck_samples import DATA, PROGRESS, Office, box, opened, rendered, shipped
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markupsafe import escape
from msgspec import to_builtins
from msgspec.structs import replace
from pptx import Presentation
from pptx.util import Pt

from exporters.deck.boxes import read_box
from exporters.deck.compiling import compile_deck
from exporters.deck.fitting import Fitter
from exporters.deck.textboxes import Ancestry, box_style
from exporters.metrics import Paragraph, height
from exporters.model import Dataset, validated
from exporters.package import Package, lint

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
LONG = "以高水平制度型开放与现代化产业体系带动全域高质量发展先行示范综合改革试验区暨临空经济示范新城"
CLAUSES = (
    "聚焦“万亿制造”计划，全力做大工业投资，重点引进行业领军企业，推动设立一批区域总部、研发中心和生产基地，并建成投产"
)


@cache
def stressed() -> Dataset:
    """Names of 40 characters and more, 12 initiatives of 60, 30 targets in one district, none in another."""
    found = to_builtins(DATA)
    places = found["places"] = [dict(place) for place in found["places"]]
    for place in places:
        if place["id"] == "nansha":
            place["name"] = {"zh": LONG, "en": "The " + "Very " * 12 + "Long District of Nansha"}
            place["short"] = {"zh": LONG[:40], "en": "Very " * 8 + "Long Nansha"}
    people = found["people"] = [dict(person) for person in found["people"]]
    people[0]["name"] = {"zh": "阿卜杜勒·买买提·" * 5, "en": "Abdul Mehmet " * 6}
    nansha = [one for one in found["targets"] if one["place"] == "nansha"]
    more = [{**one, "id": f"{one['id']}-{n}"} for n in range(7) for one in nansha]
    found["targets"] = [*(one for one in found["targets"] if one["place"] != "liwan"), *more[:26]]
    doing = [
        {"id": f"nansha.more-{n}", "place": "nansha", "theme": {"zh": "产业", "en": "Industry"},
         "text": {"zh": f"{n}．{CLAUSES}", "en": f"{n}. " + "Strengthen the cluster of cars and chips, " * 4}}
        for n in range(12)
    ]  # fmt: skip
    found["initiatives"] = [*(one for one in found["initiatives"] if one["place"] != "nansha"), *doing]
    return validated(Dataset, found)


def overflows(data: bytes) -> list[str]:
    """Measure every text box of a deck: (slide, shape) of those whose text is taller than they are."""
    package = Package.open(data)
    presentation = etree.fromstring(package.read("ppt/presentation.xml"))
    found = []
    slides = sorted(n for n in package.names() if n.startswith("ppt/slides/slide"))
    for part in slides:
        ancestry = Ancestry.of(package, part, presentation)
        for shape in etree.fromstring(package.read(part)).iter(f"{P}sp"):
            style = box_style(shape, ancestry)
            if style is not None and not _fits(shape, style):
                name = next(shape.iter(f"{P}cNvPr")).get("name")
                found.append(f"{part}: {name}: {''.join(shape.itertext())}")
    return found


def _fits(shape: Any, style: Any) -> bool:
    scale = next((int(one.get("fontScale", "100000")) / 1e5 for one in shape.iter(f"{A}normAutofit")), 1.0)
    paragraphs = []
    for paragraph in shape.iter(f"{A}p"):
        properties = paragraph.find(f"{A}pPr")
        level = style.levels[int(properties.get("lvl", "0")) if properties is not None else 0]
        spacing = properties.find(f"{A}lnSpc/{A}spcPct") if properties is not None else None
        runs = [(run.findtext(f"{A}t") or "", run.find(f"{A}rPr")) for run in paragraph.iter(f"{A}r", f"{A}fld")]
        text = "".join(text for text, _ in runs)
        sizes = [int(form.get("sz", "0")) / 100 for text, form in runs if form is not None and text]
        # The share of large and small runs is averaged: what counts is the width of the line.
        size = max(max(sizes, default=0) or level["size"], 1.0)
        if len(set(sizes)) > 1:
            widths = [(len(text), int(form.get("sz", "0")) / 100 or level["size"]) for text, form in runs if text]
            size = sum(n * s for n, s in widths) / max(sum(n for n, _ in widths), 1)
        line = int(spacing.get("val")) / 1e5 if spacing is not None else level["line"]
        east = level["latin"] if text.isascii() else level["east_asian"]
        paragraphs.append(
            Paragraph(text, size * scale, level["latin"], east, line_spacing=line, before=level["before"],
                      indent=level["left"], first_indent=level["indent"], flow="slide")
        )  # fmt: skip
    return height(paragraphs, style.width) <= style.height * 1.02


def smallest(data: bytes) -> float:
    prs = Presentation(io.BytesIO(data))
    sizes = [16.0]
    for slide in prs.slides:
        for run in slide._element.iter(f"{A}r"):
            form = run.find(f"{A}rPr")
            if form is not None and form.get("sz") and (run.findtext(f"{A}t") or "").strip():
                body = next(run.iterancestors(f"{P}txBody", f"{A}txBody"))
                scale = next((int(one.get("fontScale", "100000")) for one in body.iter(f"{A}normAutofit")), 100_000)
                sizes.append(int(form.get("sz")) * scale / 1e7)
    return min(sizes)


# --- the rule ---------------------------------------------------------------------------------------------------------


def test_a_long_text_is_cut_at_a_clause_and_stands_whole_in_the_notes() -> None:
    office = Office()
    slide = office.slide("{{ pack.title }}", notes="备注")
    box(slide, "{{ pack.subtitle }}", width=4, height=0.8)
    data = replace(DATA, subtitle=replace(DATA.subtitle, zh=CLAUSES))
    shown = opened(office.save(), data).slides[0]
    text = shown.shapes[1].text_frame.text
    assert text != CLAUSES
    assert CLAUSES.startswith(text.rstrip("…”"))
    assert shown.notes_slide.notes_text_frame.text == f"备注\n{CLAUSES}"


def _told_at_length() -> Dataset:
    return replace(DATA, subtitle=replace(DATA.subtitle, zh=CLAUSES))


def test_a_template_without_notes_gets_a_page_of_them_where_something_is_left_out() -> None:
    office = Office()
    office.slide("{{ pack.title }}", "{{ pack.subtitle|fit }}")
    office.slide("{% slide for d in districts %}{{ d.name }}{% slide endfor %}", "{{ d.name }}")
    data = rendered(office.save(), _told_at_length())
    first, *others = Presentation(io.BytesIO(data)).slides
    assert first.notes_slide.notes_text_frame.text == CLAUSES
    assert len(others) == 11
    assert not any(slide.has_notes_slide for slide in others)
    assert not lint(data)


def test_lines_that_are_left_out_are_lines_of_the_notes() -> None:
    office = Office()
    office.slide("{{ pack.title }}", "{{ pack.subtitle|fit }}")
    data = _told_at_length()
    assert data.subtitle is not None
    lines = replace(data.subtitle, zh=f"{CLAUSES}\n{LONG}")
    first = Presentation(io.BytesIO(rendered(office.save(), replace(data, subtitle=lines)))).slides[0]
    assert [one.text for one in first.notes_slide.notes_text_frame.paragraphs] == [CLAUSES, LONG]


def test_notes_that_lost_their_text_box_get_one_where_something_is_left_out() -> None:
    office = Office()
    slide = office.slide("{{ pack.title }}", "{{ pack.subtitle|fit }}", notes="备注")
    body = slide.notes_slide.notes_placeholder._element
    body.getparent().remove(body)
    data = rendered(office.save(), _told_at_length())
    assert CLAUSES in Presentation(io.BytesIO(data)).slides[0].notes_slide.notes_text_frame.text
    assert not lint(data)


def test_what_fits_is_left_alone_and_not_repeated_in_the_notes() -> None:
    office = Office()
    office.slide("{{ pack.title }}", "{{ pack.title }}", notes="备注")
    shown = opened(office.save()).slides[0]
    assert shown.shapes[1].text_frame.text == "广州2023年高质量发展目标"
    assert shown.notes_slide.notes_text_frame.text == "备注"


def test_a_box_that_may_shrink_gets_a_smaller_size() -> None:
    office = Office()
    slide = office.slide("x")
    shape = box(slide, "{{ pack.title }}", width=2.4, height=0.75)
    shape.text_frame.paragraphs[0].runs[0].font.size = Pt(32)
    from pptx.enum.text import MSO_AUTO_SIZE

    shape.text_frame.auto_size = MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
    data = rendered(office.save())
    shown = Presentation(io.BytesIO(data)).slides[0].shapes[1]
    assert 16 <= shown.text_frame.paragraphs[0].runs[0].font.size.pt < 32
    assert shown.text_frame.text == "广州2023年高质量发展目标"
    assert overflows(data) == []


def test_fit_of_one_value_knows_its_box() -> None:
    office = Office()
    slide = office.slide("x", notes="备注")
    box(slide, "要点：{{ pack.subtitle|fit(1) }}", width=4, height=2)
    data = replace(DATA, subtitle=replace(DATA.subtitle, zh=CLAUSES))
    shown = opened(office.save(), data).slides[0]
    assert 4 < len(shown.shapes[1].text_frame.text) < 18
    assert CLAUSES in shown.notes_slide.notes_text_frame.text


def test_a_value_is_not_cut_within_a_sign_that_xml_spells_out() -> None:
    office = Office()
    for number in range(2, 12):
        slide = office.slide("x", notes="{{ pack.subtitle }}")
        box(slide, "{{ pack.subtitle|fit(1) }}", width=0.2 * number, height=2)
    said = "'R&D' & \"chips\" <5 nm> & the city's ''own'' fabs && foundries"
    data = replace(DATA, subtitle=replace(DATA.subtitle, zh=said))
    for slide in opened(office.save(), data).slides:
        text = slide.shapes[1].text_frame.text
        assert text.endswith("…")
        assert said.startswith(text[:-1])
        assert slide.notes_slide.notes_text_frame.text == said, "the whole text stands in the notes already"


@cache
def filled() -> list[dict[str, Any]]:
    """Boxes of one run, with and without text and conditions of their own, and of two runs of different size."""
    office = Office()
    slide = office.slide("x")
    box(slide, "{{ pack.title }}", width=2, height=0.5)
    box(slide, "100%：{{ pack.title }}／{% if pack.subtitle %}%s{{ pack.subtitle }}{% endif %}", width=3, height=0.8)
    shape = box(slide, "{{ pack.title }}", width=2.5, height=0.6)
    run = shape.text_frame.paragraphs[0].add_run()
    run.text, run.font.size = "{{ pack.subtitle }}", Pt(30)
    compiled = compile_deck(Package.open(office.save()), "deck.pptx")
    return [one for one in compiled.meta["boxes"] if "filling" in one]


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from('广州W№‰%&<"1 　.'), max_size=24), min_size=2, max_size=2))
def test_a_box_filled_from_its_values_is_what_a_look_at_its_xml_gives(texts: list[str]) -> None:
    boxes = [read_box(one) for one in filled()]
    assert len(boxes) == 3
    looked_at = [replace(one, runs=()) for one in boxes]
    for number, one in enumerate(boxes):
        assert one.filling is not None
        values = tuple(str(escape(text)) for text in texts)[: len(one.filling.xml) - 1]
        body = one.filling.body(values)
        seen = [Fitter(boxes), Fitter(looked_at)]
        assert seen[0].fill(values, number) == seen[1].fit_box(body, number)
        assert seen[0].with_rest("") == seen[1].with_rest("")
        if one.filling.fits(values):
            assert seen[1].fit_box(body, number) == body


def test_a_list_says_how_many_it_leaves_out() -> None:
    office = Office()
    slide = office.slide("{%slide for district in covered %}{{ district.name }}{%slide endfor %}")
    loop = "{% for t in district.targets %}\n{{ t.label }}\n{% endfor %}\n{{ '另有#项，见备注'|more }}"
    box(slide, loop, width=6, height=1.6)
    prs = opened(office.save())
    frames = [slide.shapes[1].text_frame for slide in prs.slides]
    lines = [frame.text.split("\n") for frame in frames]
    assert len(lines[4]) == 4
    assert all("另有" not in line for line in lines[4])
    assert lines[1][-1] == f"另有{18 - len(lines[1]) + 1}项，见备注"
    assert overflows(rendered(office.save())) == []


# --- the shipped templates ---

EDITIONS = [(name, lang) for name in ("standard", "gbt9704") for lang in ("zh", "en")]


@pytest.mark.parametrize(("name", "lang"), EDITIONS)
def test_shipped_decks_fit_and_are_whole(name: str, lang: str) -> None:
    for data in (DATA, PROGRESS):
        made = rendered(shipped(lang, name), data, lang)
        assert lint(made) == []
        assert overflows(made) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_long_many_and_none(lang: str) -> None:
    made = rendered(shipped(lang), stressed(), lang)
    assert lint(made) == []
    assert overflows(made) == []
    assert smallest(made) >= 15.99
    prs = Presentation(io.BytesIO(made))
    nansha = next(slide for slide in prs.slides if "nansha.headline" in {shape.name for shape in slide.shapes})
    notes = nansha.notes_slide.notes_text_frame.text
    for view in stressed().initiatives_of["nansha"]:
        assert view.text.in_(lang).strip() in notes
    assert notes.count("10%") >= 8
    points = next(shape for shape in nansha.shapes if shape.name == "nansha.initiatives").text_frame.text.split("\n")
    assert len(points) == 5
    assert "8" in points[0]


@pytest.mark.parametrize(("name", "lang"), EDITIONS)
def test_exactly_one_slide_for_each_district(name: str, lang: str) -> None:
    prs = Presentation(io.BytesIO(rendered(shipped(lang, name), DATA, lang)))
    owners = [slide.shapes.title.name.split(".")[0] for slide in prs.slides]
    districts = [place.id for place in DATA.districts]
    assert [owner for owner in owners if owner in districts] == districts
    for slide in prs.slides:
        if slide.shapes.title.name.split(".")[0] in districts:
            assert sum(shape.has_chart for shape in slide.shapes) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_target_stands_in_its_district_notes(lang: str) -> None:
    from exporters.binding.scope import Scope

    scope = Scope(DATA, lang)  # type: ignore[arg-type]
    prs = Presentation(io.BytesIO(rendered(shipped(lang), DATA, lang)))
    notes = {slide.shapes.title.name.split(".")[0]: slide.notes_slide.notes_text_frame.text for slide in prs.slides}
    for district in scope.districts:
        for target in district.targets:
            assert target.text in notes[district.key], target.key
            assert target.clause in notes[district.key]


@pytest.mark.parametrize(("name", "lang"), EDITIONS)
def test_accessible(name: str, lang: str) -> None:
    prs = Presentation(io.BytesIO(rendered(shipped(lang, name), DATA, lang)))
    for slide in prs.slides:
        title = slide.shapes.title
        assert title is not None
        assert title.text_frame.text.strip()
        tops = [
            shape.top for shape in slide.shapes if shape.is_placeholder and shape.placeholder_format.type is not None
        ]
        assert tops
        for shape in slide.shapes:
            mark = next(shape._element.iter(f"{P}cNvPr"))
            if shape.has_chart or shape.has_table or shape.shape_type == 13:
                assert mark.get("descr"), shape.name
        for run in slide._element.iter(f"{A}rPr"):
            assert run.get("lang") == ("zh-CN" if lang == "zh" else "en-GB")


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("name", "lang"), EDITIONS)
def test_contrast_of_text_colours(name: str, lang: str) -> None:
    """Ink, the accent, the night and the muted grey carry text on white and on the pale panel; rules do not."""
    package = Package.open(shipped(lang, name))
    theme = etree.fromstring(package.read("ppt/theme/theme1.xml"))
    scheme = {etree.QName(one).localname: one[0].get("val") for one in theme.find(f".//{A}clrScheme")}
    for ground in (scheme["lt1"], scheme["lt2"]):
        for colour in ("dk1", "dk2", "accent1", "accent5"):
            assert _contrast(scheme[colour], ground) >= 4.5, (colour, ground)
    for colour in ("lt1", "accent4"):
        assert _contrast(scheme[colour], scheme["dk2"]) >= 4.5
    fonts = theme.findall(f".//{A}ea")
    assert all(font.get("typeface") for font in fonts)
