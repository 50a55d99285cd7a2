"""A copy comes back by mail after others have edited the file itself: what both wrote is in the result, or is told."""

from __future__ import annotations

import shutil
from copy import deepcopy
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
import yaml
from docx.oxml.ns import qn
from msgspec.structs import replace

from exporters.errors import BriefpackError, RefusedError
from exporters.runs.build import Outcome, execute
from exporters.runs.planning import plan
from tests.e2e import changes
from tests.e2e.edited import SAMPLE, Edited, build, said, typed_behind

_OWN = ("寄回的列", "列中的字", "列外的字")
STANDARD = Path(__file__).parents[2] / "templates" / "standard"


def newer(data: changes.Data) -> None:
    changes.target(data, "dongyu.fai-level")["value"] = 430


def data() -> changes.Data:
    found = yaml.safe_load(SAMPLE)
    newer(found)
    return found


def with_copy(edited: Edited, *copies: Path) -> Outcome:
    file = str(edited.folder.with_suffix(".json"))
    return execute(plan(replace(edited.request, dataset=file, out=edited.folder, epoch=0, copies=copies)))


def alone(edited: Edited, kind: str) -> Edited:
    """Return the pack as one that is built for one of its files only."""
    return Edited(edited.folder, replace(edited.request, only=(kind,)))


def paragraph(document, start: str):
    return next(one for one in document.paragraphs if said(one).startswith(start))


def words(path: Path) -> list[str]:
    return [said(one) for one in docx.Document(path).paragraphs]


def typed(path: Path, key: str, text: str) -> None:
    """Type over every place of a value."""
    document = docx.Document(path)
    for control in document.element.iter(qn("w:sdt")):
        alias = control.find(f"{qn('w:sdtPr')}/{qn('w:alias')}")
        if alias is not None and alias.get(qn("w:val")) == key:
            next(control.iter(qn("w:t"))).text = text
    document.save(path)


@pytest.fixture(scope="module")
def typed_into(sample: Edited, tmp_path_factory: pytest.TempPathFactory) -> Edited:
    """The pack after the data has moved and others have typed into the new files; read it, never change it."""
    edited = Edited(Path(shutil.copytree(sample.folder, tmp_path_factory.mktemp("typed") / "pack")), sample.request)
    edited.rebuilt(newer)
    document = docx.Document(edited / "word")
    typed_behind(paragraph(document, "经济增速："), "后来的人写的一段")
    paragraph(document, "投资：").add_run("后来补的一句。")
    document.save(edited / "word")
    edited.rebuilt(newer)
    return edited


@pytest.fixture
def edited(typed_into: Edited, tmp_path: Path) -> Edited:
    """Return a copy of it that may be changed."""
    folder = Path(shutil.copytree(typed_into.folder, tmp_path / "pack"))
    shutil.copy(typed_into.folder.with_suffix(".json"), folder.with_suffix(".json"))
    return Edited(folder, typed_into.request)


@pytest.fixture
def mailed(sample: Edited, tmp_path: Path) -> Path:
    """Return copies of the first files."""
    return Path(shutil.copytree(sample.folder, tmp_path / "mail", ignore=shutil.ignore_patterns(".briefpack")))


def test_the_edits_of_both_are_in_the_briefing(edited: Edited, mailed: Path):
    copy = mailed / "briefing.docx"
    document = docx.Document(copy)
    paragraph(document, "任务：").add_run("寄回的一句。")
    typed_behind(paragraph(document, "缺口："), "寄回的一段")
    document.save(copy)
    outcome = with_copy(edited, copy)
    lines = words(edited / "word")
    assert "后来的人写的一段" in lines
    assert any(line.startswith("投资：") and line.endswith("后来补的一句。") for line in lines)
    assert any(line.startswith("任务：") and line.endswith("寄回的一句。") for line in lines)
    assert any("430亿元" in line for line in lines)
    before = next(at for at, line in enumerate(lines) if line.startswith("缺口："))
    assert lines[before + 1] == "寄回的一段"
    assert outcome.manifest.conflicts == ()
    again = build(data(), edited.folder, edited.request)
    assert set(again.results.values()) == {"unchanged"}
    twice = with_copy(edited, copy)
    assert set(twice.results.values()) == {"unchanged"}
    assert words(edited / "word") == lines


def test_slides_and_sheets_of_the_copy_are_placed_once(edited: Edited, mailed: Path):
    deck = pptx.Presentation(mailed / "deck.pptx")
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    slide.shapes.add_textbox(0, 0, 900_000, 900_000).text_frame.text = "寄回的幻灯片"
    listing = deck.slides._sldIdLst
    listing.insert(1, listing[-1])
    deck.slides[2].shapes.add_textbox(0, 0, 900_000, 900_000).text_frame.text = "寄回的文本框"
    deck.save(mailed / "deck.pptx")
    book = openpyxl.load_workbook(mailed / "targets.xlsx")
    own = book.create_sheet("寄回的表")
    own["A1"], own["A2"] = "寄回的字", "=SUM('目标'!G5:G6)*7"
    book.save(mailed / "targets.xlsx")
    outcome = with_copy(edited, mailed / "deck.pptx", mailed / "targets.xlsx")
    assert outcome.exit_code == 0
    slides = pptx.Presentation(edited / "deck").slides
    texts = [[one.text_frame.text for one in slide.shapes if one.has_text_frame] for slide in slides]
    assert "寄回的幻灯片" in texts[1] and "寄回的文本框" in texts[2]
    found = openpyxl.load_workbook(edited / "workbook")
    assert found["寄回的表"]["A1"].value == "寄回的字"
    assert found["寄回的表"]["A2"].value.replace("'", "") == "=SUM(目标!G5:G6)*7"
    twice = with_copy(edited, mailed / "deck.pptx", mailed / "targets.xlsx")
    assert set(twice.results.values()) == {"unchanged"}
    assert len(pptx.Presentation(edited / "deck").slides) == len(slides)


def test_cells_of_the_copy_stand_beside_the_column_that_it_has_besides(edited: Edited, mailed: Path):
    copy = mailed / "targets.xlsx"
    book = openpyxl.load_workbook(copy)
    sheet = next(one for one in book.worksheets if "targets" in one.tables)
    table = sheet.tables["targets"]
    left, head, right, last = openpyxl.utils.range_boundaries(table.ref)
    sheet.cell(head, right + 1).value = "寄回的列"
    sheet.cell(head + 1, right + 1).value = "列中的字"
    table.ref = table.autoFilter.ref = f"{sheet.cell(head, left).coordinate}:{sheet.cell(last, right + 1).coordinate}"
    table.tableColumns.append(openpyxl.worksheet.table.TableColumn(id=right + 50, name="寄回的列"))
    sheet.cell(head + 1, right + 4).value = "列外的字"
    book.save(copy)
    for result in ("merged", "unchanged"):
        assert with_copy(edited, copy).results["targets.xlsx"] == result
        found = next(one for one in openpyxl.load_workbook(edited / "workbook") if "targets" in one.tables)
        own = {cell.value: cell.column for row in found.iter_rows() for cell in row if cell.value in _OWN}
        assert own == {"寄回的列": right + 1, "列中的字": right + 1, "列外的字": right + 4}


def test_what_both_changed_is_told_with_both_texts(edited: Edited, mailed: Path):
    key = "yunting.gdp-level.text"
    typed(mailed / "briefing.docx", key, "超4350亿元")
    typed(edited / "word", key, "超4300亿元")
    outcome = with_copy(edited, mailed / "briefing.docx")
    assert "超4350亿元" not in "".join(words(edited / "word"))
    assert any("超4350亿元" in one["theirs"] for one in outcome.manifest.conflicts)


def test_slides_and_cells_take_the_edits_too(edited: Edited, mailed: Path):
    deck = pptx.Presentation(mailed / "deck.pptx")
    body = next(
        one for slide in deck.slides for one in slide.shapes if one.has_text_frame and len(one.text_frame.text) > 40
    )
    old = body.text_frame.text
    run = body.text_frame.paragraphs[0].runs[0]
    run.text = "寄回：" + run.text
    deck.save(mailed / "deck.pptx")
    book = openpyxl.load_workbook(mailed / "targets.xlsx")
    sheet = book["目标"]
    note = next(cell.column for cell in sheet[4] if cell.value == "备注")
    sheet.cell(6, note).value = "寄回的备注"
    book.save(mailed / "targets.xlsx")
    outcome = with_copy(edited, mailed / "deck.pptx", mailed / "targets.xlsx")
    texts = [
        one.text_frame.text
        for slide in pptx.Presentation(edited / "deck").slides
        for one in slide.shapes
        if one.has_text_frame
    ]
    assert "寄回：" + old in texts
    assert openpyxl.load_workbook(edited / "workbook")["目标"].cell(6, note).value == "寄回的备注"
    assert outcome.exit_code == 0


def test_a_copy_is_taken_in_again_after_the_data_moved(edited: Edited, mailed: Path):
    deck = pptx.Presentation(mailed / "deck.pptx")
    shapes = (one for slide in deck.slides for one in slide.shapes if one.has_text_frame)
    title = next(one for one in shapes if one.text_frame.text.startswith("东屿") and "7%" in one.text_frame.text)
    title.text_frame.paragraphs[0].runs[-1].text += "（寄回）"
    deck.save(mailed / "deck.pptx")
    book = openpyxl.load_workbook(mailed / "targets.xlsx")
    sheet = book["目标"]
    ids = {cell.value: cell.row for cell in sheet["A"]}
    beside, gone = sheet.max_column + 2, sheet.max_column + 3
    sheet.cell(ids["xilan.gdp-growth"], beside).value = "寄回的一格"
    sheet.cell(ids["nanting.industrial-investment-level"], gone).value = "行已不在"
    book.save(mailed / "targets.xlsx")

    def moved(data: changes.Data) -> None:
        newer(data)
        changes.keep(data, lambda one: not one["id"].startswith("nanting.industrial-investment"))
        changes.target(data, "dongyu.gdp-growth")["value"] = 9

    edited.rebuilt(moved)
    copies = mailed / "deck.pptx", mailed / "targets.xlsx"
    outcome = with_copy(edited, *copies)
    assert [one["theirs"] for one in outcome.manifest.conflicts] == ["行已不在"]
    twice = with_copy(edited, *copies)
    assert set(twice.results.values()) == {"unchanged"}
    slides = pptx.Presentation(edited / "deck").slides
    said = [one.text_frame.text for slide in slides for one in slide.shapes if one.has_text_frame]
    assert "".join(said).count("（寄回）") == 1
    sheet = openpyxl.load_workbook(edited / "workbook")["目标"]
    (cell,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == "寄回的一格")
    assert sheet.cell(cell.row, 1).value == "xilan.gdp-growth"


def retitled(path: Path, old: str, new: str) -> None:
    deck = pptx.Presentation(path)
    shapes = (one for slide in deck.slides for one in slide.shapes if one.name == "dongyu.headline")
    run = next(run for one in shapes for run in one.text_frame.paragraphs[0].runs if old in run.text)
    run.text = run.text.replace(old, new)
    deck.save(path)


def typed_target(path: Path, key: str, value: float) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["目标"]
    column = next(cell.column for cell in sheet[4] if cell.value == "目标值")
    next(row for row in sheet.iter_rows() if row[0].value == key)[column - 1].value = value
    book.save(path)


def headline(path: Path) -> str:
    return next(
        one.text_frame.text
        for slide in pptx.Presentation(path).slides
        for one in slide.shapes
        if one.name == "dongyu.headline"
    ).replace("\v", "")


def grown(data: changes.Data) -> None:
    newer(data)
    changes.target(data, "dongyu.gdp-growth")["value"] = 8
    changes.target(data, "dongyu.fai-growth")["value"] = 13


@pytest.mark.parametrize(
    ("in_file", "in_copy", "found"),
    [
        (("", ""), ("居各区之首", "稳居各区之首"), "东屿确保GDP增长8%以上、力争增长7.5%，增速稳居各区之首，力争固投增长13%"),
        (("7.5%", "9.5%"), ("增速居", "增幅居"), "东屿确保GDP增长8%以上、力争增长9.5%，增幅居各区之首，力争固投增长13%"),
        (("增速居", "增幅居"), ("7.5%", "9.5%"), "东屿确保GDP增长8%以上、力争增长9.5%，增幅居各区之首，力争固投增长13%"),
    ],
)  # fmt: skip
def test_words_of_the_copy_take_the_figures_of_the_file(edited: Edited, mailed: Path, in_file, in_copy, found):
    copy, edited = mailed / "deck.pptx", alone(edited, "deck")
    retitled(copy, *in_copy)
    edited.rebuilt(grown)
    if in_file[0]:
        retitled(edited / "deck", *in_file)
        edited.rebuilt(grown)
    outcome = with_copy(edited, copy)
    assert (headline(edited / "deck"), outcome.manifest.conflicts) == (found, ())
    assert set(with_copy(edited, copy).results.values()) == {"unchanged"}


def reworded(path: Path, old: str, new: str) -> None:
    document = docx.Document(path)
    texts = paragraph(document, "经济增速：")._p.iter(qn("w:t"))
    one = next(one for one in texts if old in (one.text or ""))
    one.text = one.text.replace(old, new)
    document.save(path)


@pytest.mark.parametrize(
    ("in_file", "in_copy", "found"),
    [
        (("", ""), ("居首", "稳居第一"), "经济增速：东屿以8%以上稳居第一，4个区的中位数为5.75%，"),
        (("5.75%", "5.8%"), ("居首", "稳居第一"), "经济增速：东屿以8%以上稳居第一，4个区的中位数为5.8%，"),
        (("居首", "稳居第一"), ("5.75%", "5.8%"), "经济增速：东屿以8%以上稳居第一，4个区的中位数为5.8%，"),
        (("居首", "稳居第一"), ("居首", "领先"), ""),
        (("居首", "稳居第一"), ("7%", "7.7%"), "经济增速：东屿以7.7%以上稳居第一，"),
    ],
)
def test_a_sentence_of_the_briefing_takes_what_each_side_changed(edited: Edited, mailed: Path, in_file, in_copy, found):
    copy, edited = mailed / "briefing.docx", alone(edited, "word")
    reworded(copy, *in_copy)
    edited.rebuilt(grown)
    if in_file[0]:
        reworded(edited / "word", *in_file)
        edited.rebuilt(grown)
    outcome = with_copy(edited, copy)
    line = next(one for one in words(edited / "word") if one.startswith("经济增速："))
    told = outcome.manifest.conflicts
    if found:
        # A figure that both changed is open by itself.
        both = [("7%以上", "7.7%以上", "8%以上")] if "7.7%" in found else []
        assert line.startswith(found) and [(one["base"], one["theirs"], one["ours"]) for one in told] == both
    else:
        (told,) = told
        assert line.startswith("经济增速：东屿以8%以上稳居第一") and told["base"].startswith(
            "经济增速：东屿以7%以上居首，"
        )
        assert told["theirs"] == told["base"].replace(*in_copy)
    assert set(with_copy(edited, copy).results.values()) == {"unchanged"}


@pytest.mark.parametrize(
    ("in_file", "in_copy", "found"),
    [
        (("xilan.gdp-growth", 5.9), ("beilu.gdp-growth", 5.8), (5.9, 5.8)),
        (("xilan.gdp-growth", 5.9), ("xilan.gdp-growth", "=G16-2"), (5.9, 0.05)),
        (None, ("xilan.gdp-growth", "=G16-2"), ("=G16-2", 0.05)),
    ],
)
def test_a_cell_takes_what_one_side_typed(edited: Edited, mailed: Path, in_file, in_copy, found):
    copy, edited = mailed / "targets.xlsx", alone(edited, "workbook")
    typed_target(copy, *in_copy)
    edited.rebuilt(grown)
    if in_file is not None:
        typed_target(edited / "workbook", *in_file)
        edited.rebuilt(grown)
    outcome = with_copy(edited, copy)
    sheet = openpyxl.load_workbook(edited / "workbook")["目标"]
    column = next(cell.column for cell in sheet[4] if cell.value == "目标值")
    rows = {row[0].value: row[column - 1].value for row in sheet.iter_rows(min_row=5)}
    assert (rows["xilan.gdp-growth"], rows["beilu.gdp-growth"], rows["dongyu.gdp-growth"]) == (*found, 0.08)
    both = in_file is not None and in_file[0] == in_copy[0]
    assert len(outcome.manifest.conflicts) == both
    assert set(with_copy(edited, copy).results.values()) == {"unchanged"}


def test_a_figure_of_the_copy_that_the_data_moved_is_told_as_it_reads(edited: Edited, mailed: Path):
    deck, book = mailed / "deck.pptx", mailed / "targets.xlsx"
    retitled(deck, "12%", "15%")
    typed_target(book, "dongyu.gdp-growth", 7.7)
    edited.rebuilt(grown)
    outcome = with_copy(edited, deck, book)
    said = {one["file"]: (one["base"], one["theirs"]) for one in outcome.manifest.conflicts}
    assert "13%" in headline(edited / "deck")
    assert tuple("".join(one.split("\n")) for one in said["deck.pptx"]) == tuple(
        f"东屿确保GDP增长7%以上、力争增长7.5%，增速居各区之首，力争固投增长{figure}" for figure in ("12%", "15%")
    )
    assert said["targets.xlsx"] == ("0.07", "7.7")
    # Typed in, it is told no more.
    retitled(edited / "deck", "8%", "7%")
    retitled(edited / "deck", "13%", "15%")
    again = with_copy(edited)
    assert not any(one["reason"] == "not-carried" for one in again.manifest.conflicts if one["file"] == "deck.pptx")


def copied_behind(path: Path, start: str, behind: str) -> None:
    document = docx.Document(path)
    made = deepcopy(paragraph(document, start)._p)
    for one in [*made.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"), qn("w:footnoteReference"))]:
        one.getparent().remove(one)
    paragraph(document, behind)._p.addnext(made)
    document.save(path)


def test_a_paragraph_that_was_copied_in_the_copy_follows_the_data(edited: Edited, mailed: Path):
    copy, edited = mailed / "briefing.docx", alone(edited, "word")
    copied_behind(copy, "经济增速：", "各区按行政区划")
    edited.rebuilt(grown)
    assert with_copy(edited, copy).manifest.conflicts == ()
    said = [line for line in words(edited / "word") if line.startswith("经济增速：")]
    assert len(said) == 2 and all("东屿以8%以上居首" in line for line in said)
    assert set(with_copy(edited, copy).results.values()) == {"unchanged"}


def test_a_copy_of_the_file_before_its_template_was_another(edited: Edited, mailed: Path, tmp_path: Path):
    copy = mailed / "briefing.docx"
    reworded(copy, "5.75%", "5.8%")
    document = docx.Document(copy)
    gone = paragraph(document, "各区按行政区划")
    gone._p.getparent().remove(gone._p)
    document.core_properties.title = "寄回"
    document.save(copy)
    templates = Path(shutil.copytree(STANDARD, tmp_path / "standard"))
    template = docx.Document(templates / "zh" / "briefing.docx")
    paragraph(template, "附：数据说明").insert_paragraph_before("共{{ districts|length }}个区。")
    template.save(templates / "zh" / "briefing.docx")
    edited = replace(alone(edited, "word"), request=replace(edited.request, only=("word",), templates=str(templates)))
    edited.rebuilt(grown)
    assert with_copy(edited, copy).manifest.conflicts == ()
    lines = words(edited / "word")
    assert any(line.startswith("经济增速：东屿以8%以上居首，4个区的中位数为5.8%") for line in lines)
    assert not any(line.startswith("各区按行政区划") for line in lines) and "后来的人写的一段" in lines
    again = with_copy(edited, copy)
    assert (set(again.results.values()), again.manifest.conflicts) == ({"unchanged"}, ())


def test_what_is_no_copy_is_refused(edited: Edited, mailed: Path, tmp_path: Path):
    strange = tmp_path / "strange.docx"
    docx.Document().save(strange)
    with pytest.raises(RefusedError, match="stamp"):
        with_copy(edited, strange)
    with pytest.raises(BriefpackError, match="no copy"):
        with_copy(edited, tmp_path / "note.txt")
