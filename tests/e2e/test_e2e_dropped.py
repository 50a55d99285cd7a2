"""The data drops what people wrote into: it stays, and is told."""

from __future__ import annotations

import io
import struct
import zlib

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.text.paragraph import Paragraph
from msgspec.structs import replace

from exporters.runs import pulling
from exporters.runs.pack import Pack
from exporters.runs.review import status
from exporters.runs.settling import resolve
from exporters.runs.verifying import verify
from tests.e2e import changes
from tests.e2e.edited import Edited, said, typed_behind


def progress(document):
    """Return the table of actual values."""
    return next(one for one in document.tables if one.rows[0].cells[0].text == "地区")


def words(path) -> str:
    return "\n".join(one.text or "" for one in docx.Document(path).element.iter(qn("w:t")))


def picture() -> io.BytesIO:
    """Return a picture of one white point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")
    )


def column(document) -> None:
    """Put in a column with a remark for each row."""
    for number, row in enumerate(progress(document)._tbl.tr_lst):
        cell = OxmlElement("w:tc")
        row.append(cell)
        paragraph = OxmlElement("w:p")
        cell.append(paragraph)
        Paragraph(paragraph, document).add_run(f"核对{number}")


def second_paragraph(document) -> None:
    typed_behind(progress(document).rows[-1].cells[1].paragraphs[-1], "格内批语")


def comment(document) -> None:
    run = next(one for one in progress(document).rows[-1]._tr.iter(qn("w:r")))
    document.add_comment(docx.text.run.Run(run, document.paragraphs[0]), "请核实此行", author="Li")


def drawing(document) -> None:
    progress(document).rows[-1].cells[1].paragraphs[0].add_run().add_picture(picture(), Cm(1))


@pytest.mark.parametrize(
    ("edit", "left"),
    [(column, "核对26"), (second_paragraph, "格内批语"), (comment, "commentReference"), (drawing, "a:blip ")],
)
def test_a_row_that_a_person_wrote_into_stays_and_is_told(edit, left: str, edited: Edited):
    document = docx.Document(edited / "word")
    edit(document)
    document.save(edited / "word")
    assert edited.rebuilt(changes.few_actuals).exit_code == 3
    xml = docx.Document(edited / "word").element.xml
    assert left in xml
    told = [one for one in edited.rebuilt(changes.few_actuals).manifest.conflicts if one["file"] == "briefing.docx"]
    assert told


def test_a_row_whose_form_changes_with_the_rows_around_it_is_the_same_row(edited: Edited):
    """The template holds the last rows of a table together: which form a row takes follows from its neighbours."""
    document = docx.Document(edited / "word")
    column(document)
    document.save(edited / "word")
    before = [row.cells[0].text + row.cells[1].text for row in progress(document).rows]

    def last_gone(data: changes.Data) -> None:
        data["observations"] = [one for one in data["observations"] if not one["target"].startswith("beilu.")]
        next(one for one in data["observations"] if one["target"] == "xilan.retail-growth")["value"] = 1.2

    outcome = edited.rebuilt(last_gone)
    rows = [
        "|".join(said(one.paragraphs[0]) for one in row.cells) for row in progress(docx.Document(edited / "word")).rows
    ]
    assert len(rows) == len(before)
    # The one that the data dropped stays, since a cell of it is a person's.
    assert [one["key"] for one in outcome.manifest.conflicts if one["file"] == "briefing.docx"] == ["_bp_r9_63ad996a04"]
    assert rows[-2] == "西澜|社会消费品零售总额增速|6%以上|1.2%|20.0%|落后|核对25"


def test_rows_that_nobody_touched_go(edited: Edited):
    document = docx.Document(edited / "word")
    comment(document)
    document.save(edited / "word")
    before = len(progress(docx.Document(edited / "word")).rows)
    outcome = edited.rebuilt(changes.few_actuals)
    rows = progress(docx.Document(edited / "word")).rows
    assert len([one for one in outcome.manifest.conflicts if one["file"] == "briefing.docx"]) == 1
    assert 3 < len(rows) < before - 10


def test_a_paragraph_with_a_comment_stays(edited: Edited):
    document = docx.Document(edited / "word")
    place = next(one for one in document.paragraphs if said(one).startswith("东屿区委书记"))
    document.add_comment(docx.text.run.Run(next(place._p.iter(qn("w:r"))), place), "核实", author="Li")
    document.save(edited / "word")
    assert edited.rebuilt(changes.no_leader).exit_code == 3
    assert "东屿区委书记" in words(edited / "word").replace("\n", "")


@pytest.mark.parametrize("track", [False, True])
def test_what_the_data_empties_comes_back_with_it(track: bool, edited: Edited):
    """The line under the title holds one value and nothing else."""
    document = docx.Document(edited / "word")
    document.paragraphs[0].insert_paragraph_before("手写的一行")
    document.save(edited / "word")
    line = "示例数据，城市、人物与数字均为虚构"
    assert line in words(edited / "word")
    edited.rebuilt(changes.no_office)
    assert line not in words(edited / "word")
    edited = replace(edited, request=replace(edited.request, track_changes=track))
    edited.rebuilt()
    lines = [said(one) for one in docx.Document(edited / "word").paragraphs]
    assert lines[3] == line


def more(data: changes.Data) -> None:
    for one in data["targets"]:
        if isinstance(one.get("value"), int | float) and not one.get("upper") and not one.get("stretch"):
            one["value"] += 1


def test_a_column_that_a_person_took_out_is_one_conflict_and_settled_as_one(edited: Edited):
    document = docx.Document(edited / "word")
    for row in progress(document).rows:
        row._tr.remove(row._tr.findall(qn("w:tc"))[2])
    document.save(edited / "word")
    book = openpyxl.load_workbook(edited / "workbook")
    sheet, table = book["目标"], book["目标"].tables["targets"]
    _, top, last, bottom = openpyxl.utils.range_boundaries(table.ref)
    sheet.delete_cols(next(cell.column for cell in sheet[top] if cell.value == "目标值"))
    table.ref = table.autoFilter.ref = f"A{top}:{openpyxl.utils.get_column_letter(last - 1)}{bottom}"
    table.tableColumns = [one for one in table.tableColumns if one.name != "目标值"]
    book.save(edited / "workbook")
    outcome = edited.rebuilt(more)
    told = {one["key"] for one in outcome.manifest.conflicts}
    # A table's last row is one of its own in the template.
    assert "targets!目标值" in told and 1 < len(told) <= 3
    for key in told:
        resolve(edited.folder, key, "mine")
    assert edited.rebuilt(more).manifest.conflicts == ()


def test_a_section_and_a_slide_that_stay_are_told_once_each_as_what_they_are(edited: Edited):
    document = docx.Document(edited / "word")
    next(one for one in document.paragraphs if said(one).startswith("南汀区提出")).add_run("人写的话。")
    document.save(edited / "word")
    deck = pptx.Presentation(edited / "deck")
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    next(one for one in shapes if one.name == "nanting.headline").text_frame.paragraphs[0].runs[
        -1
    ].text += "（人写的话）"
    deck.save(edited / "deck")
    outcome = edited.rebuilt(changes.no_district)
    told = {one["file"]: one for one in outcome.manifest.conflicts}
    assert {one["reason"] for one in told.values()} == {"changed-dropped"} and len(told) == 2
    findings = [one for one in verify(Pack.open(edited.folder)).findings if one.error]
    assert {(one.file, one.kind, one.key) for one in findings} == {
        (name, "stale", one["key"]) for name, one in told.items()
    }
    assert len(findings) == 2 and all("may stand twice" in one.message for one in findings)
    (remark,) = (one.text for one in docx.Document(edited / "word").comments)
    assert remark.endswith("no longer in the data; its numbers may stand twice")
    # What is told as a conflict is told as nobody's own lines.
    for file in status(edited.folder).files:
        assert not any("60个" in one.theirs for one in file.plan.kept)
    for one in told.values():
        resolve(edited.folder, one["key"], "data")
    assert edited.rebuilt(changes.no_district).exit_code == 0
    assert "南汀" not in words(edited / "word")
    assert not any(one.error for one in verify(Pack.open(edited.folder)).findings)


def progress_rows(deck) -> list[list[str]]:
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.name == "pack.progress"]
    return [[cell.text for cell in row.cells] for table in tables for row in table.rows]


def remarked(edited: Edited) -> None:
    """Write into a row of the deck's progress."""
    deck = pptx.Presentation(edited / "deck")
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.name == "pack.progress"]
    row = next(row for table in tables for row in table.rows if [*row.cells][2].text == "7%以上")
    row.cells[1].text_frame.add_paragraph().text = "格内批语"
    deck.save(edited / "deck")


def lags(data: changes.Data) -> None:
    """Set a target so that its row goes to another slide."""
    changes.target(data, "dongyu.gdp-growth")["value"] = 7.5


def test_a_row_whose_record_comes_back_to_its_slide_is_that_row(edited: Edited):
    before = progress_rows(pptx.Presentation(edited / "deck"))
    remarked(edited)
    assert len(edited.rebuilt(lags).manifest.conflicts) == 1
    for _ in range(2):
        edited.rebuilt(lambda _: None)
        after = progress_rows(pptx.Presentation(edited / "deck"))
        assert [row[:1] + row[2:] for row in after] == [row[:1] + row[2:] for row in before]
        assert sum("格内批语" in row[1] for row in after) == 1


def test_a_row_whose_record_moves_to_another_slide_stays_what_it_was(edited: Edited):
    """Its figures are those of the row that the other slide has by now; nobody typed what it still says."""
    remarked(edited)
    outcome = edited.rebuilt(lags)
    (told,) = outcome.manifest.conflicts
    assert (told["reason"], told["key"]) == ("changed-dropped", "pack.progress/东屿 GDP增速@pack.slide-11")
    assert [one.key for one in verify(Pack.open(edited.folder)).findings if one.error] == [told["key"]]
    found = pulling.pull(edited.folder.with_suffix(".json"), edited.folder)
    assert not found.typed and not found.faults
    resolve(edited.folder, told["key"], "data")
    assert edited.rebuilt(lags).exit_code == 0
    assert not [one for one in verify(Pack.open(edited.folder)).findings if one.error]


def no_rows(data: changes.Data) -> None:
    changes.keep(data, lambda one: not one["id"].startswith("xilan.retail"))


def no_section(data: changes.Data) -> None:
    changes.keep(data, lambda one: one["place"] != "xilan")
    for kind in ("places", "people", "initiatives"):
        data[kind] = [one for one in data[kind] if "xilan" not in str((one["id"], one.get("place")))]


def retail(data: changes.Data) -> None:
    changes.target(data, "xilan.retail-level")["value"] = 560
    changes.target(data, "xilan.retail-growth")["value"] = 8


@pytest.mark.parametrize("dropped", [no_rows, no_section])
def test_of_what_comes_back_what_a_person_typed_alone_is_open(dropped, edited: Edited):
    edited = replace(edited, request=replace(edited.request, only=("word",)))
    document = docx.Document(edited / "word")
    # The last is that of the district's own table.
    *_, cell = (one for one in document.element.body.iter(qn("w:tc")) if said(Paragraph(one, None)) == "突破520亿元")
    next(one for one in cell.iter(qn("w:t")) if "520" in one.text).text = "突破530亿元"
    document.save(edited / "word")
    (told,) = edited.rebuilt(dropped).manifest.conflicts
    assert told["reason"] == "changed-dropped"
    (told,) = edited.rebuilt(retail).manifest.conflicts
    found = told["key"], told["base"], told["theirs"], told["ours"]
    assert found == ("xilan.retail-level.text", "突破520亿元", "突破530亿元", "突破560亿元")
    rows = (said(Paragraph(one, None)) for one in docx.Document(edited / "word").element.iter(qn("w:tr")))
    assert "社会消费品零售总额突破530亿元8%以上力争" in rows


def test_document_properties_go_with_what_the_data_drops_and_come_back_with_it(edited: Edited):
    opened = (docx.Document, "word"), (pptx.Presentation, "deck")
    for opening, kind in opened:
        file = opening(edited / kind)
        file.core_properties.category = "送审"
        file.save(edited / kind)

    def described() -> list[tuple[str, str, str]]:
        found = [opening(edited / kind).core_properties for opening, kind in opened]
        return [(one.author, one.subject, one.category) for one in found]

    before = described()
    office, subtitle = "云汀市示例办公室（虚构）", "示例数据，城市、人物与数字均为虚构"
    assert before == [(office, subtitle, "送审")] * 2

    def dropped(data: changes.Data) -> None:
        del data["office"], data["subtitle"]

    assert edited.rebuilt(dropped).exit_code == 0
    assert described() == [("briefpack", "", "送审"), ("", "", "送审")]
    assert edited.rebuilt().exit_code == 0
    assert described() == before
