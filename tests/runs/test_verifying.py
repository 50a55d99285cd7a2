"""`briefpack verify` on real packs: an untouched one is proven, each number changed by hand is told."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from exporters.binding.keys import Keys
from exporters.binding.scope import Scope
from exporters.cli.app import app
from exporters.load import load
from exporters.resources import datasets
from exporters.runs.build import execute
from exporters.runs.pack import Pack
from exporters.runs.planning import plan
from exporters.runs.verifying import verify
from exporters.runs.verifying.through_keys import shortened, stated
from tests.runs import seeding
from tests.runs.seeding import PACKS, rewrite

ARTICLES = Path(__file__).parent.parent / "data"
FILES = ("briefing.docx", "deck.pptx", "targets.xlsx")


def errors(folder: Path, sources: Path | None = None):
    return [finding for finding in verify(Pack.open(folder), sources).findings if finding.error]


def told(folder: Path) -> list[tuple[str, str, str]]:
    return [(finding.file, finding.where, finding.message) for finding in errors(folder)]


@pytest.mark.parametrize("name", PACKS)
def test_an_untouched_pack_is_proven(packs, name):
    found = verify(Pack.open(packs(name)))
    assert [finding for finding in found.findings if finding.error] == []
    assert found.values > 1000
    assert found.targets > 30


def test_a_value_typed_over_in_word(pack):
    from docx import Document
    from docx.oxml.ns import qn

    document = Document(pack / "briefing.docx")
    for control in document.element.body.iter(qn("w:sdt")):
        alias = control.find(f"{qn('w:sdtPr')}/{qn('w:alias')}")
        if alias is not None and alias.get(qn("w:val")) == "nansha.gdp-growth.text":
            next(control.iter(qn("w:t"))).text = "12%以上"
            break
    document.save(pack / "briefing.docx")
    changed = [one for one in told(pack) if one[2] == "changed by hand: 10%以上 -> 12%以上"]
    assert [file for file, _, _ in changed] == ["briefing.docx"]
    assert re.fullmatch("(paragraph|table row) “.*南沙.*”", changed[0][1])


def test_a_value_typed_over_in_powerpoint(pack):
    from pptx import Presentation
    from pptx.oxml.ns import qn

    deck = Presentation(pack / "deck.pptx")
    place = ""
    for number, slide in enumerate(deck.slides, 1):
        for shape in slide.element.iter(qn("p:sp")):
            texts = list(shape.iter(qn("a:t")))
            if "nansha.gdp-growth.figure" in str(shape.nvSpPr.cNvPr.get("name")):
                place = f"slide {number}, shape nansha.gdp-growth.figure"
                texts[0].text = "增长12%以上"
                for rest in texts[1:]:
                    rest.text = ""
    deck.save(pack / "deck.pptx")
    assert place
    assert ("deck.pptx", place, "changed by hand: 增长10%以上 -> 增长12%以上") in told(pack)


def test_a_value_typed_over_in_excel(pack):
    import openpyxl

    book = openpyxl.load_workbook(pack / "targets.xlsx")
    sheet = book["目标"]
    for row in sheet.iter_rows():
        if row[0].value == "nansha.gdp-growth":
            row[6].value = 0.12
            place = f"sheet 目标, cell {row[6].coordinate}"
    book.save(pack / "targets.xlsx")
    found = told(pack)
    assert ("targets.xlsx", place, "changed by hand: 0.1 -> 0.12") in found
    assert {file for file, _, _ in found} <= {"targets.xlsx", ""}


def test_a_cell_filled_while_another_is_emptied_is_told_once(pack):
    """The number that another cell held says nothing about the one that was empty."""
    import openpyxl

    book = openpyxl.load_workbook(pack / "targets.xlsx")
    rows = {row[0].value: row for row in book["目标"].iter_rows()}
    rows["nansha.gdp-growth"][6].value = None
    rows["haizhu.gdp-growth"][20].value = 0.052
    book.save(pack / "targets.xlsx")
    place = f"cell {rows['haizhu.gdp-growth'][20].coordinate}"
    found = [message for _, where, message in told(pack) if place in where]
    assert found == ["changed by hand: nothing -> 0.052"]


def test_numbers_of_no_record_are_listed(pack):
    from docx import Document

    document = Document(pack / "briefing.docx")
    document.add_paragraph("另悉，南沙区拟新增投资123.4亿元，完成率98%；GDP增长10%以上。")
    document.save(pack / "briefing.docx")
    found = [finding for finding in verify(Pack.open(pack)).findings if finding.kind == "orphan-number"]
    assert [(finding.error, finding.message) for finding in found] == [
        (True, "“123.4亿元” belongs to no record"),
        (True, "“98%” belongs to no record"),
        (False, "“10%” is what nansha.gdp-growth states; typed by hand, it follows nothing"),
    ]
    assert all("另悉" in finding.where for finding in found)


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ("荔湾区今年增长10%。", True, "“10%” is what "),
        ("荔湾区、南沙区今年增长10 %。", False, "“10%” is what nansha.gdp-growth"),
        ("全市新增五百亿元。", True, "“500亿元” belongs to no record"),
        ("全市完成百分之九十七点五。", True, "“97.5%” belongs to no record"),
        ("另列二十三个项目。", True, "“23个” belongs to no record"),
    ],
)
def test_a_number_of_a_record_typed_by_hand_is_told_with_its_record(pack, line, error, message):
    from docx import Document

    document = Document(pack / "briefing.docx")
    document.add_paragraph(line)
    document.save(pack / "briefing.docx")
    [found] = [finding for finding in verify(Pack.open(pack)).findings if finding.kind == "orphan-number"]
    assert (found.error, found.message.startswith(message)) == (error, True), found


def test_bound_numbers_that_were_moved_split_or_copied_are_not_typed_by_hand(pack):
    import copy

    from docx import Document

    document = Document(pack / "briefing.docx")
    [first, *_] = [one for one in document.paragraphs if "增长10%以上" in one._p.xpath("string(.)")]
    first._p.addnext(copy.deepcopy(first._p))
    first.insert_paragraph_before("三个区、一个重点、两家企业。")
    document.save(pack / "briefing.docx")
    assert [finding for finding in verify(Pack.open(pack)).findings if finding.kind == "orphan-number"] == []


def test_words_without_numbers_prove_nothing_wrong(pack):
    from docx import Document

    document = Document(pack / "briefing.docx")
    document.add_paragraph("以上情况，请审阅。")
    document.save(pack / "briefing.docx")
    assert told(pack) == []


def test_a_chart_that_shows_other_numbers_than_its_cells(pack):
    with zipfile.ZipFile(pack / "deck.pptx") as package:
        part = min(name for name in package.namelist() if re.fullmatch("ppt/charts/chart[0-9]+.xml", name))
        shown = re.search(r"<c:numCache>.*?<c:v>([0-9.]+)</c:v>", package.read(part).decode(), re.DOTALL)
    rewrite(pack / "deck.pptx", part, lambda text: text.replace(shown[0], shown[0].replace(f">{shown[1]}<", ">98.7<")))
    found = [(where, message) for _, where, message in told(pack)]
    assert any("chart" in where and message.endswith("-> 98.7") for where, message in found)
    assert any("the chart shows '98.7'" in message for _, message in found)


def test_a_result_that_its_formula_does_not_give(pack):
    with zipfile.ZipFile(pack / "targets.xlsx") as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    found = re.search(r'<c r="([A-Z]+[0-9]+)"[^>]*><f>[^<]*</f><v>([0-9]+)</v>', sheet)
    new = f"{found[0][: -len(found[2]) - 4]}{int(found[2]) + 1}</v>"
    rewrite(pack / "targets.xlsx", "xl/worksheets/sheet1.xml", lambda text: text.replace(found[0], new))
    message = f"shows {int(found[2]) + 1}, its formula gives {found[2]}"
    assert ("targets.xlsx", f"sheet 总览, cell {found[1]}", message) in told(pack)


def test_the_clauses_stand_at_their_spans(pack, tmp_path):
    found = verify(Pack.open(pack), ARTICLES)
    assert (found.proven, found.spans) == (True, 60)
    sources = tmp_path / "sources"
    sources.mkdir()
    text = (ARTICLES / "article.txt").read_text("utf-8")
    assert "力争全年经济增长10%以上" in text
    (sources / "article.txt").write_text(text.replace("力争全年经济增长10%以上", "力争全年经济增长11%以上"), "utf-8")
    assert [one.key for one in errors(pack, sources)] == ["nansha.gdp-growth"]


def test_a_file_that_is_gone_and_one_that_is_broken(pack):
    (pack / "deck.pptx").unlink()
    (pack / "targets.xlsx").write_bytes(b"PK\x03\x04 broken")
    assert {(one.kind, one.file) for one in errors(pack)} == {("missing", "deck.pptx"), ("unreadable", "targets.xlsx")}


def test_the_command_has_an_exit_code_and_json(pack):
    run = CliRunner()
    assert run.invoke(app, ["verify", str(pack)]).exit_code == 0
    rewrite(pack / "deck.pptx", "ppt/slides/slide1.xml", lambda text: text.replace(">73<", ">74<", 1))
    result = run.invoke(app, ["verify", str(pack), "--json"])
    found = json.loads(result.stdout)
    assert (result.exit_code, found["ok"], found["targets"]) == (1, False, 73)
    assert found["findings"][0]["message"] == "changed by hand: 73 -> 74"
    assert found["findings"][0]["where"] == "slide 1, shape pack.target_count"


@pytest.mark.parametrize("change", [
    lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text,
    lambda text: text.replace("力争全年经济增长10%以上", "力争全年经\n济增长10%以上"),
])  # fmt: skip
def test_a_clause_stands_at_its_span_however_lines_are_broken(pack, tmp_path, change):
    sources = tmp_path / "sources"
    sources.mkdir()
    text = change((ARTICLES / "article.txt").read_text("utf-8"))
    (sources / "article.txt").write_bytes(text.encode())
    told = {one.key for one in errors(pack, sources)}
    # What stands behind a line break that was added has moved, and is told.
    assert "nansha.gdp-growth" not in told
    assert bool(told) == ("\n济" in text)


@pytest.mark.parametrize("name", PACKS)
def test_a_digit_gone_wrong_anywhere_is_caught(packs, tmp_path, name):
    """A sample; ``python -m tests.runs.seeding 20`` tries 60 in each pack."""
    assert seeding.missed(packs(name), tmp_path / "copy", seed=6, rounds=1) == []


def test_a_file_that_the_last_build_left_out_states_older_data(packs, tmp_path, cache):
    pack = Path(shutil.copytree(packs("progress"), tmp_path / "pack"))
    old = (pack / "deck.pptx").read_bytes()
    (pack / "briefing.docx").unlink()
    later = replace(PACKS["progress"], out=pack, cache=cache, as_of=dt.date(2026, 8, 1))
    execute(plan(replace(later, only=("workbook",))))
    assert {one.file for one in errors(pack) if one.kind == "outdated"} == {"deck.pptx"}
    execute(plan(replace(later, only=("deck",))))
    (pack / "deck.pptx").write_bytes(old)
    said = [one.message for one in errors(pack) if one.kind == "outdated"]
    assert said == ["it is a copy of generation 1; the pack's own is 2"]


@pytest.mark.parametrize(
    ("key", "text", "right"),
    [
        ("nansha.gdp-growth.figure", "增长10%以上", True),
        ("nansha.gdp-growth.figure", "增长12%以上", False),
        ("tianhe.gdp-level.row.strength", "目标是增长6.5%以上", True),
        ("tianhe.gdp-level.row.strength", "目标是增长7%以上", False),
        ("pack.number-full", "5", True),
    ],
)
def test_a_card_states_what_its_record_says(key: str, text: str, right: bool) -> None:
    keys = Keys(Scope(load(datasets()["guangzhou-2023"]), "zh"))
    assert keys.find(key) is None
    assert stated(text, keys.statements(key)) is right


@pytest.mark.parametrize(
    ("shown", "value", "key", "right"),
    [
        ("新增办公楼宇…", "新增办公楼宇（白鹅潭片区）", "d.office.row.short", True),
        ("新增办公楼宇…", "新增办公楼宇（2025年）", "d.office.row.short", True),
        ("新增办公楼宇（白鹅…）", "新增办公楼宇（白鹅潭片区）", "d.office.row.short", True),
        ("新增办公楼宇（“白鹅…”）", "新增办公楼宇（“白鹅潭”片区）", "d.office.row.short", True),
        ("新增办公楼宇…楼", "新增办公楼宇（白鹅潭片区）", "d.office.row.short", False),
        ("新增办公楼宇", "新增办公楼宇（白鹅潭片区）", "d.office.row.short", False),
        ("新增厂房…", "新增办公楼宇（白鹅潭片区）", "d.office.row.short", False),
        ("超…", "超730亿元", "d.fai.text", False),
        ("超73…", "超730亿元", "d.fai.text", False),
        ("…", "白鹅潭", "d.office.row.short", False),
    ],
)
def test_words_that_a_template_cut_are_the_record_s(shown: str, value: str, key: str, right: bool) -> None:
    assert shortened(shown, value, key) is right
