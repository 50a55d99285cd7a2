"""The office changes its templates under files that people edited: nothing of theirs goes without a word."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest
import yaml
from msgspec.structs import replace
from openpyxl.worksheet.table import TableColumn
from PIL import Image

from exporters.runs.build import Outcome
from tests.e2e import changes
from tests.e2e.edited import FILES, SAMPLE, Edited, build, said
from tests.editors import LibreOffice

STANDARD = Path(__file__).parents[2] / "templates" / "standard"


def picture(colour: str) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    out.seek(0)
    return out


def longer_figures(data: changes.Data) -> None:
    for key, value in (("gdp-level", 6300.5), ("fai-growth", 12.5), ("retail-level", 2400.5)):
        changes.target(data, f"yunting.{key}")["value"] = value


def unchanged(document: Any) -> None:
    """Open and save, as everybody does who looks at a file."""


def paragraph(document: Any, start: str) -> Any:
    return next(one for one in document.paragraphs if said(one).startswith(start))


def edit_word(path: Path) -> None:
    document = docx.Document(path)
    last = [one for one in document.paragraphs if one.style.name == "Heading 1"][-1]
    last.insert_paragraph_before("自己的一节", style="Heading 1")
    last.insert_paragraph_before("自己的一段")
    last.insert_paragraph_before().add_run().add_picture(picture("red"))
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "自己的表"
    last._p.addprevious(table._tbl)
    paragraph(document, "各区按行政区划").runs[0].text = "改写的一段。"
    gone = paragraph(document, "投资：")
    gone._p.getparent().remove(gone._p)
    document.save(path)


def edit_deck(path: Path) -> None:
    deck = pptx.Presentation(path)
    own = deck.slides.add_slide(deck.slide_layouts[0])
    own.shapes.add_textbox(0, 0, 900_000, 900_000).text_frame.text = "自己的幻灯片"
    own.notes_slide.notes_text_frame.text = "自己的备注"
    listing = deck.slides._sldIdLst
    listing.insert(2, listing[-1])
    deck.slides[1].shapes.add_textbox(0, 0, 900_000, 900_000).text_frame.text = "自己的文本框"
    deck.part.drop_rel(listing[-1].rId)
    listing.remove(listing[-1])
    deck.slides[1].shapes.add_picture(picture("green"), 0, 0, 900_000, 900_000)
    deck.save(path)


def edit_workbook(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet, table = book["目标"], book["目标"].tables["targets"]
    _, top, right, bottom = openpyxl.utils.range_boundaries(table.ref)
    value = next(cell.column_letter for cell in sheet[top] if cell.value == "目标值")
    sheet.cell(top, right + 1).value = "自己的列"
    for row in range(top + 1, bottom + 1):
        sheet.cell(row, right + 1).value = f"={value}{row}*7"
    table.ref = f"A{top}:{openpyxl.utils.get_column_letter(right + 1)}{bottom}"
    table.autoFilter.ref = table.ref
    table.tableColumns.append(TableColumn(id=right + 1, name="自己的列"))
    own = book.create_sheet("自己的表")
    own["A1"] = f"=SUM('目标'!{value}{top + 1}:{value}{bottom})+8"
    book["总览"]["Q2"] = "=1+0.5"
    book.save(path)


def new_word(path: Path) -> None:
    """Another section stands last, and words differ."""
    document = docx.Document(path)
    for one in document.paragraphs:
        for run in one.runs:
            run.text = run.text.replace("任务：", "各区任务：") if "任务：" in run.text else run.text
    heading = next(one for one in document.paragraphs if one.text.startswith("附：数据说明"))
    heading.insert_paragraph_before("新的一节", style="Heading 1")
    heading.insert_paragraph_before("共{{ districts|length }}个区。")
    document.save(path)


def new_deck(path: Path) -> None:
    """A slide less, another one in front."""
    deck = pptx.Presentation(path)
    listing = deck.slides._sldIdLst
    deck.part.drop_rel(listing[3].rId)
    listing.remove(listing[3])
    listing.insert(1, listing[3])
    deck.save(path)


def new_workbook(path: Path) -> None:
    """Two columns have changed places, a sheet is another one's neighbour."""
    book = openpyxl.load_workbook(path)
    sheet = book["目标"]
    table = sheet.tables["targets"]
    left, top, _, bottom = openpyxl.utils.range_boundaries(table.ref)
    names = [one.name for one in table.tableColumns]
    first, second = names.index("目标值"), names.index("单位")
    for row in range(top, bottom + 1):
        one, other = sheet.cell(row, left + first), sheet.cell(row, left + second)
        one.value, other.value = other.value, one.value
    one, other = table.tableColumns[first], table.tableColumns[second]
    one.name, other.name = other.name, one.name
    book.move_sheet("来源", -3)
    book.save(path)


@pytest.fixture
def upgraded(edited: Edited, office: LibreOffice, tmp_path: Path) -> tuple[Edited, Outcome]:
    """The three files, edited and saved by LibreOffice, on other templates."""
    for name, change in (("word", edit_word), ("deck", edit_deck), ("workbook", edit_workbook)):
        change(edited / name)
        office.edit(edited / name, unchanged)
    templates = Path(shutil.copytree(STANDARD, tmp_path / "standard"))
    for file, change in zip(FILES.values(), (new_word, new_deck, new_workbook), strict=True):
        change(templates / "zh" / file)
    found = replace(edited, request=replace(edited.request, templates=str(templates)))
    outcome = build(yaml.safe_load(SAMPLE), found.folder, found.request)
    again = build(yaml.safe_load(SAMPLE), found.folder, found.request)
    assert set(again.results.values()) == {"unchanged"}
    return found, outcome


@pytest.mark.office
@pytest.mark.slow
def test_what_people_added_stands_in_the_new_templates(upgraded: tuple[Edited, Outcome]):
    edited, outcome = upgraded
    # A slide that was deleted is there again, which is told; all else of theirs is in the files.
    (back,) = outcome.manifest.conflicts
    assert (back["file"], back["theirs"], back["ours"]) == ("deck.pptx", "", "") and "来源" in back["base"]
    assert {one.code for one in outcome.warnings} >= {"new-template"}
    along = {one.theirs for merge in outcome.merges.values() for one in merge.kept if one.reason == "added"}
    assert {"自己的一节", "自己的一段", "自己的表", "自己的幻灯片", "自己的备注", "自己的文本框", "自己的列"} <= along

    document = docx.Document(edited / "word")
    lines = [said(one) for one in document.paragraphs]
    at = lines.index("自己的一节")
    assert lines[at + 1] == "自己的一段" and document.paragraphs[at].style.name == "Heading 1"
    assert any(table.cell(0, 0).text == "自己的表" for table in document.tables)
    assert "改写的一段。" in lines and not any(one.startswith(("各区按行政区划", "投资：")) for one in lines)
    assert any(one.startswith("各区任务：") for one in lines) and "新的一节" in lines

    slides = list(pptx.Presentation(edited / "deck").slides)
    texts = [[one.text_frame.text for one in slide.shapes if one.has_text_frame] for slide in slides]
    own = next(number for number, found in enumerate(texts) if "自己的幻灯片" in found)
    assert slides[own].notes_slide.notes_text_frame.text == "自己的备注"
    beside = next(number for number, found in enumerate(texts) if "自己的文本框" in found)
    assert own == beside + 1 and any(one.shape_type == 13 for one in slides[beside].shapes)

    book = openpyxl.load_workbook(edited / "workbook")
    sheet = book["目标"]
    _, top, right, bottom = openpyxl.utils.range_boundaries(sheet.tables["targets"].ref)
    value = next(cell.column_letter for cell in sheet[top] if cell.value == "目标值")
    assert sheet.cell(top, right).value == "自己的列"
    assert sheet.cell(top + 1, right).value == f"={value}{top + 1}*7"
    assert book["自己的表"]["A1"].value.replace("'", "") == f"=SUM(目标!{value}{top + 1}:{value}{bottom})+8"
    assert book["总览"]["Q2"].value == "=1+0.5"
    for name in FILES.values():
        with zipfile.ZipFile(edited.folder / name) as package:
            assert package.testzip() is None


def test_a_conflict_is_called_alike_in_the_builds_after_a_new_template(edited: Edited):
    deck = pptx.Presentation(edited / "deck")
    for run in (run for slide in deck.slides for shape in slide.shapes if shape.has_text_frame
                for one in shape.text_frame.paragraphs for run in one.runs):  # fmt: skip
        run.text = run.text.replace("增长", "提高")
    deck.save(edited / "deck")
    request = replace(edited.request, templates="gbt9704", only=("deck",))
    outcome = replace(edited, request=request).rebuilt(longer_figures)
    assert "yunting.headline@pack.slide-3" in [one["key"] for one in outcome.manifest.conflicts]
