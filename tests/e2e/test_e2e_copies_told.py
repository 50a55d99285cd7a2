"""Slides copied by hand, comments, charts and deletions: a new template or a copy by mail loses none without a word."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import pptx
import pytest
import yaml
from lxml import etree
from msgspec.structs import replace
from pptx.chart.data import CategoryChartData
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI

from exporters.runs.build import Outcome, execute
from exporters.runs.planning import plan
from tests.e2e import changes
from tests.e2e.edited import SAMPLE, Edited, build
from tests.e2e.test_e2e_upgrades import picture

STANDARD = Path(__file__).parents[2] / "templates" / "standard"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
COMMENT = (
    '<p:cmLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
    '<p:cm authorId="0" idx="1"><p:pos x="10" y="10"/><p:text>自己的批注</p:text></p:cm></p:cmLst>'
)


def shape(slides: Any, name: str) -> tuple[Any, Any]:
    """Return the first shape of a name, in groups too, and its slide."""
    for slide in slides:
        found = [one for one in slide.shapes if one.name == name]
        found += [one for group in slide.shapes if group.shape_type == 6 for one in group.shapes if one.name == name]
        if found:
            return slide, found[0]
    raise LookupError(name)


def say(found: Any, text: str) -> None:
    first, *others = found.text_frame.paragraphs[0].runs
    first.text = text
    for run in others:
        run.text = ""


def duplicated(deck: Any, slide: Any) -> Any:
    """Put a copy of a slide before it, under the same name, as PowerPoint does."""
    made = deck.slides.add_slide(slide.slide_layout)
    for one in list(made.shapes):
        one._element.getparent().remove(one._element)
    for one in slide.shapes:
        element = copy.deepcopy(one._element)
        for reference in element.iter(CHART):
            part = slide.part.related_part(reference.get(REL_ID))
            reference.set(REL_ID, made.part.relate_to(part, f"{RELATIONSHIPS}/chart"))
        made.shapes._spTree.append(element)
    made._element.cSld.set("name", slide._element.cSld.get("name"))
    made.notes_slide.notes_text_frame.text = slide.notes_slide.notes_text_frame.text
    listing = deck.slides._sldIdLst
    listing.insert(list(deck.slides).index(slide), listing[-1])
    return made


def commented(deck: Any, slide: Any) -> None:
    kind = "application/vnd.openxmlformats-officedocument.presentationml.comments+xml"
    part = Part(PackURI("/ppt/comments/comment1.xml"), kind, deck.part.package, COMMENT.encode())
    slide.part.relate_to(part, f"{RELATIONSHIPS}/comments")


def own_series(chart: Any) -> None:
    data = CategoryChartData()
    data.categories = list(chart.plots[0].categories)
    for series in chart.plots[0].series:
        data.add_series(series.name, list(series.values))
    data.add_series("自己的系列", [1.5] * len(list(data.categories)))
    chart.replace_data(data)


def edit_deck(path: Path) -> None:
    deck = pptx.Presentation(path)
    slide, _ = shape(deck.slides, "dongyu.headline")
    say(shape([duplicated(deck, slide)], "dongyu.headline")[1], "副本的标题")
    slide.notes_slide.notes_text_frame.text = "自己的讲稿"
    own_series(shape(deck.slides, "xilan.growth-chart")[1].chart)
    gone = shape(deck.slides, "nanting.initiatives")[1]._element
    gone.getparent().remove(gone)
    commented(deck, slide)
    deck.save(path)


def other_template(folder: Path) -> str:
    templates = Path(shutil.copytree(STANDARD, folder / "standard"))
    deck = pptx.Presentation(templates / "zh" / "deck.pptx")
    deck.slides[1].shapes.add_textbox(0, 0, 900_000, 300_000).text_frame.text = "新的{{ pack.target_count }}项"
    deck.save(templates / "zh" / "deck.pptx")
    return str(templates)


def told(outcome: Outcome) -> list[str]:
    return [(one["theirs"] or one["base"]).strip() for one in outcome.manifest.conflicts]


@pytest.fixture
def edited(sample: Edited, tmp_path: Path) -> Edited:
    folder = Path(shutil.copytree(sample.folder, tmp_path / "pack"))
    return Edited(folder, replace(sample.request, only=("deck",)))


def test_a_new_template_tells_what_it_has_no_place_for(edited: Edited, tmp_path: Path):
    edit_deck(edited / "deck")
    found = replace(edited, request=replace(edited.request, templates=other_template(tmp_path)))
    outcome = build(yaml.safe_load(SAMPLE), found.folder, found.request)
    texts = told(outcome)
    assert {"副本的标题", "自己的批注", "自己的讲稿"} <= set(texts)
    assert any("自己的系列" in one for one in texts) and any(one.startswith("重点举措") for one in texts)
    slides = pptx.Presentation(edited / "deck").slides
    # What one of two copies says is not written over what the other left as it was made.
    assert shape(slides, "dongyu.headline")[1].text_frame.text.strip() != "副本的标题"
    again = build(yaml.safe_load(SAMPLE), found.folder, found.request)
    assert again.results == {"deck.pptx": "unchanged"} and told(again) == texts


def test_a_new_template_is_refused_where_the_file_lost_its_anchors(edited: Edited, tmp_path: Path):
    deck = pptx.Presentation(edited / "deck")
    for slide in deck.slides:
        slide._element.cSld.attrib.pop("name", None)
        for number, mark in enumerate(slide._element.iter("{*}cNvPr")):
            mark.set("name", f"Shape {number}")
        for text in slide._element.iter("{*}t"):
            text.text = "新文字"
    deck.save(edited / "deck")
    before = (edited / "deck").read_bytes()
    request = replace(edited.request, templates=other_template(tmp_path))
    outcome = build(yaml.safe_load(SAMPLE), edited.folder, request)
    assert outcome.exit_code == 4 and (edited / "deck").read_bytes() == before


def with_copies(edited: Edited, *copies: Path) -> Outcome:
    file = str(edited.folder.with_suffix(".json"))
    return execute(plan(replace(edited.request, dataset=file, out=edited.folder, epoch=0, copies=copies)))


def test_what_a_slide_copied_in_a_mailed_deck_says_is_told(edited: Edited, tmp_path: Path):
    mailed = Path(shutil.copy(edited / "deck", tmp_path / "mailed.pptx"))
    edit_deck(mailed)
    edited.rebuilt(lambda data: changes.target(data, "yunting.gdp-level").update(value=4300))
    outcome = with_copies(edited, mailed)
    assert {"副本的标题", "自己的批注", "自己的讲稿"} <= set(told(outcome))
    headline = shape(pptx.Presentation(edited / "deck").slides, "dongyu.headline")[1]
    assert headline.text_frame.text.strip() != "副本的标题"


def test_what_two_copies_add_at_one_place_is_taken_in_once(edited: Edited, tmp_path: Path):
    mailed = []
    for words in ("甲补", "乙补"):
        mailed.append(Path(shutil.copy(edited / "deck", tmp_path / f"{words}.pptx")))
        deck = pptx.Presentation(mailed[-1])
        shape(deck.slides, "dongyu.source")[1].text_frame.paragraphs[0].runs[-1].text += words
        deck.save(mailed[-1])
    edited.rebuilt(lambda data: None)
    with_copies(edited, *mailed)
    text = shape(pptx.Presentation(edited / "deck").slides, "dongyu.source")[1].text_frame.text
    assert text.count("甲补") == text.count("乙补") == 1
    again = with_copies(edited, *mailed)
    assert again.results == {"deck.pptx": "unchanged"}
    assert shape(pptx.Presentation(edited / "deck").slides, "dongyu.source")[1].text_frame.text == text


SECTIONS = (
    '<p:ext xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}"><p14:sectionLst'
    ' xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"><p14:section name="自己的节"'
    ' id="{{6F1C1A6E-7A5E-4E7D-9A1D-0A0B0C0D0E01}}"><p14:sldIdLst>{}</p14:sldIdLst></p14:section></p14:sectionLst></p:ext>'
)


def edit_around(path: Path) -> None:
    """Name a section, describe a box, hide a slide, and put words and a picture on a master and a layout."""
    deck = pptx.Presentation(path)
    listed = "".join(f'<p14:sldId id="{one.get("id")}"/>' for one in deck.slides._sldIdLst)
    root = deck.part._element
    extensions = root.find("{*}extLst")
    if extensions is None:
        extensions = etree.SubElement(root, root.tag.replace("presentation", "extLst"))
    extensions.append(etree.fromstring(SECTIONS.format(listed)))
    slide, found = shape(deck.slides, "dongyu.headline")
    found._element.xpath(".//p:cNvPr")[0].set("descr", "自己的说明")
    slide._element.set("show", "0")
    master, layout = deck.slide_master, deck.slide_layouts[0]
    words = slide.shapes.add_textbox(0, 0, 900_000, 300_000)
    words.text_frame.text = "母版上的字"
    master.shapes._spTree.append(words._element)
    _, relation = layout.part.get_or_add_image_part(picture("red"))
    mark = copy.deepcopy(slide.shapes.add_picture(picture("red"), 0, 0)._element)
    slide.shapes._spTree.remove(slide.shapes[-1]._element)
    mark.xpath(".//p:cNvPr")[0].set("name", "自己的标志")
    mark.xpath(".//a:blip")[0].set(f"{{{RELATIONSHIPS}}}embed", relation)
    layout.shapes._spTree.append(mark)
    deck.save(path)


@pytest.mark.parametrize("way", ["template", "language", "mail"])
def test_what_stands_around_and_behind_slides_is_told_and_a_hidden_one_stays_hidden(
    edited: Edited, tmp_path: Path, way: str
):
    path = Path(shutil.copy(edited / "deck", tmp_path / "mailed.pptx")) if way == "mail" else edited / "deck"
    edit_around(path)
    templates = other_template(tmp_path) if way == "template" else edited.request.templates
    request = replace(edited.request, templates=templates, lang="en" if way == "language" else "zh")
    found = replace(edited, request=request)
    outcome = build(yaml.safe_load(SAMPLE), found.folder, found.request) if way != "mail" else None
    if outcome is None:
        edited.rebuilt(changes.figure)
        outcome = with_copies(edited, path)
    assert {"自己的节", "自己的说明", "母版上的字", "自己的标志"} <= set(told(outcome))
    slides = pptx.Presentation(edited / "deck").slides
    hidden = [one for one in slides if one._element.get("show") == "0"]
    assert hidden == [shape(slides, "dongyu.headline")[0]]
