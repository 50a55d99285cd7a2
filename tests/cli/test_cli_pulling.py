"""What people type into any of the three files comes back into the data, in its own style, and then nothing is left."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from pptx import Presentation

from exporters.cli.app import app
from exporters.runs.inputs import find_dataset

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SAMPLE = Path(str(find_dataset(None))).read_text("utf-8")
Edit = Callable[[], None]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """Return a folder that holds a pack ``p`` of ``d.yaml``, both untouched."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "d.yaml").write_text(SAMPLE, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIEFPACK_CACHE", str(cache))
        patch.chdir(folder)
        done = CliRunner().invoke(app, ["build", "d.yaml", "--out", "p"])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def run(tmp_path: Path, cache: Path, built: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what runs a command beside the pack ``p`` of ``d.yaml``, both ready."""
    monkeypatch.setenv("BRIEFPACK_CACHE", str(cache))
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)

    def call(*args: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, args, prog_name="briefpack")
        assert done.exit_code == code, done.output
        return done.output

    return call


def word(key: str, text: str) -> Edit:
    """Type *text* over a value wherever the briefing has it."""

    def edit() -> None:
        document = docx.Document("p/briefing.docx")
        names = [one for one in document.element.body.iter(f"{W}alias") if one.get(f"{W}val") == key]
        assert names
        for alias in names:
            first, *others = alias.getparent().getparent().iter(f"{W}t")
            first.text = text
            for one in others:
                one.text = ""
        document.save("p/briefing.docx")

    return edit


def deck(old: str, text: str) -> Edit:
    """Type *text* over the shapes that say *old*."""

    def walk(shapes: Any) -> Any:
        for shape in shapes:
            yield from walk(shape.shapes) if shape.shape_type == 6 else (shape,)

    def edit() -> None:
        prs = Presentation("p/deck.pptx")
        found = [
            one
            for slide in prs.slides
            for one in walk(slide.shapes)
            if one.has_text_frame and one.text_frame.text == old
        ]
        assert found
        for shape in found:
            first, *others = shape.text_frame.paragraphs[0].runs
            first.text = text
            for one in others:
                one.text = ""
        prs.save("p/deck.pptx")

    return edit


def headline(old: str, new: str) -> Edit:
    """Type *new* over *old* within the headlines of slides."""

    def edit() -> None:
        prs = Presentation("p/deck.pptx")
        shapes = (shape for slide in prs.slides for shape in slide.shapes if shape.name.endswith(".headline"))
        lines = [one for shape in shapes for one in shape.text_frame.paragraphs]
        (runs,) = [one.runs for one in lines if old in "".join(run.text for run in one.runs)]
        at = "".join(run.text for run in runs).index(old)
        end = at + len(old)
        words = new
        for run in runs:
            text = run.text
            if at < len(text) and end > 0:
                run.text = text[: max(at, 0)] + words + text[max(end, 0) :]
                words = ""
            at, end = at - len(text), end - len(text)
        prs.save("p/deck.pptx")

    return edit


def sheet(key: str, **cells: Any) -> Edit:
    """Type into the row of a target, by header."""

    def edit() -> None:
        book = openpyxl.load_workbook("p/targets.xlsx")
        own = book["目标"]
        headers = {own.cell(4, column).value: column for column in range(1, 40)}
        row = next(row for row in range(5, 200) if own.cell(row, 1).value == key)
        for header, value in cells.items():
            own.cell(row, headers[header]).value = value
        book.save("p/targets.xlsx")

    return edit


def changed() -> list[str]:
    """Return the lines of the data file that went and came."""
    lines = difflib.ndiff(SAMPLE.splitlines(), Path("d.yaml").read_text("utf-8").splitlines())
    return [re.sub(r"\s+", " ", line) for line in lines if line[0] in "+-"]


FAI, GDP, STRETCH = "tianhe.fai-level", "yuexiu.gdp-growth", "haizhu.gdp-growth"


@pytest.mark.parametrize(
    ("edits", "lines"),
    [
        ([word(f"{FAI}.text", "超750亿元")], ["- value: 730", "+ value: 750"]),
        ([word(f"{FAI}.text", "超0.08万亿元")],
         ["- value: 730", "- unit: CNY_100M", "+ value: 0.08", "+ unit: CNY_TRILLION"]),
        ([word(f"{GDP}.text", "4.5%—5%")], ["- comparator: eq", "+ comparator: between", "+ upper: 5"]),
        ([deck("超730亿元", "超750亿元")], ["- value: 730", "+ value: 750"]),
        ([deck("增长10%以上", "增长10.5%以上")], ["- value: 10", "+ value: 10.5"]),
        ([headline("增城GDP增长7%，", "增城GDP增长7.2%，")], ["- value: 7", "+ value: 7.2"]),
        ([headline("南沙10%以上居首", "南沙12%以上居首")], ["- value: 10", "+ value: 12"]),
        ([sheet(FAI, 目标值=750)], ["- value: 730", "+ value: 750"]),
        ([sheet(GDP, 目标值=0.05, 上限=0.055)],
         ["- comparator: eq", "- value: 4.5", "+ comparator: between", "+ value: 5", "+ upper: 5.5"]),
        ([sheet(GDP, 关系="≥")], ["- comparator: eq", "+ comparator: gte"]),
        ([sheet(STRETCH, 力争值=0.08)], ["- value: 7.5", "+ value: 8"]),
        ([sheet(FAI, 目标值=750), word(f"{FAI}.text", "超750亿元"), deck("超730亿元", "超750亿元")],
         ["- value: 730", "+ value: 750"]),
    ],
)  # fmt: skip
def test_it_comes_back_and_nothing_is_left(run: Any, edits: list[Edit], lines: list[str]) -> None:
    for edit in edits:
        edit()
    run("pull", "d.yaml", "p", "--dry-run")
    assert changed() == []
    run("pull", "d.yaml", "p")
    assert sorted(changed()) == sorted(lines)
    run("build", "d.yaml", "--out", "p")
    files = {path: path.read_bytes() for path in Path("p").glob("[a-z]*.*")}
    assert json.loads(run("diff", "d.yaml", "p", "--json"))["conflicts"] == []
    run("build", "d.yaml", "--out", "p")
    assert {path: path.read_bytes() for path in files} == files
    run("verify", "p")


@pytest.mark.parametrize(
    ("old", "new", "typed"),
    [
        # A median is no single value; a reworded sentence is a person's own; two statements say the same.
        ("的中位数是20%", "的中位数是25%", "“25%”"),
        ("增长7%，固投增长25%", "增长7.2%，投资预计增长25%", "“增城GDP增长7.2%,投资预计增长25%”"),
        ("外贸进出口各1万亿元", "外贸进出口各1.1万亿元", "“1.1万亿元”"),
    ],
)
def test_a_figure_of_a_headline_that_is_no_single_value_is_refused_with_its_place(
    run: Any, old: str, new: str, typed: str
) -> None:
    headline(old, new)()
    told = run("pull", "d.yaml", "p", code=1)
    assert changed() == []
    assert typed in told and ".headline" in told and "slide " in told


def test_a_headline_reworded_around_its_figures_is_nothing_to_pull(run: Any) -> None:
    headline("增城GDP增长7%，固投增长25%", "增城预计GDP增长7%，投资增长25%")()
    assert "nothing to pull" in run("pull", "d.yaml", "p")


@pytest.mark.parametrize(
    "edits",
    [
        [sheet(FAI, 目标值=760), word(f"{FAI}.text", "超750亿元")],
        [deck("超730亿元", "超740亿元"), word(f"{FAI}.text", "超750亿元")],
    ],
)
def test_two_files_that_say_different_things_are_refused_with_both_places(run: Any, edits: list[Edit]) -> None:
    for edit in edits:
        edit()
    told = run("pull", "d.yaml", "p", code=1)
    assert changed() == []
    assert all(part in told for part in ("typed differently", "超750亿元", "briefing.docx"))


def test_what_is_no_plain_figure_is_refused_with_its_place(run: Any) -> None:
    word(f"{FAI}.text", "七百多亿")()
    assert "七百多亿" in run("pull", "d.yaml", "p", code=1)
    assert changed() == []


@pytest.mark.parametrize(
    ("cells", "alone"), [({"目标值": "750亿元"}, "750"), ({"实际值": "310亿元", "实际日期": "2023-06-30"}, "310")]
)
def test_a_number_s_cell_takes_no_unit(run: Any, cells: dict[str, str], alone: str) -> None:
    """Formulas reckon with the cell, and the next build would tell of the text as a conflict."""
    sheet(FAI, **cells)()
    assert f"a number alone stands here, “{alone}” (type it so)" in run("pull", "d.yaml", "p", code=1)
    assert changed() == []


def test_a_percentage_typed_as_text_is_its_number(run: Any) -> None:
    sheet(GDP, 目标值="5.5%")()
    run("pull", "d.yaml", "p")
    assert changed() == ["- value: 4.5", "+ value: 5.5"]
    assert "conflict" not in run("build", "d.yaml", "--out", "p")


@pytest.mark.parametrize("day", [dt.date(2023, 6, 30), "2023-06-30"])
def test_an_actual_value_with_its_day_becomes_an_observation(run: Any, day: Any) -> None:
    sheet(FAI, 实际值=310, 实际日期=day, 备注="快报数")()
    run("pull", "d.yaml", "p")
    assert [line for line in changed() if len(line) > 2] == [
        "+ observations:", f"+ - id: {FAI}.20230630", f"+ target: {FAI}", "+ date: 2023-06-30", "+ value: 310",
        "+ note: {zh: 快报数}",
    ]  # fmt: skip
    run("build", "d.yaml", "--out", "p")
    run("verify", "p")


def test_a_remark_alone_stays_in_the_workbook(run: Any) -> None:
    sheet(FAI, 备注="待核")()
    run("pull", "d.yaml", "p")
    assert changed() == []


def test_into_a_workbook_of_data(run: Any) -> None:
    run("convert", "d.yaml", "d.xlsx")
    sheet(GDP, 目标值=0.05, 上限=0.055)()
    word(f"{FAI}.text", "超750亿元")()
    run("pull", "d.xlsx", "p")
    run("build", "d.xlsx", "--out", "p")
    run("verify", "p")
    files = {path: path.read_bytes() for path in Path("p").glob("[a-z]*.*")}
    run("build", "d.xlsx", "--out", "p")
    assert {path: path.read_bytes() for path in files} == files
    document = "".join(one.text or "" for one in docx.Document("p/briefing.docx").element.body.iter(f"{W}t"))
    assert "5%—5.5%" in document


def test_two_people_pull_one_after_the_other(run: Any) -> None:
    """What the second typed over what the first has moved meanwhile is told; all else of theirs is taken."""
    shutil.copytree("p", "q")
    word("nansha.gdp-growth.text", "11%以上")()
    run("pull", "d.yaml", "p")
    shutil.move("p", "first")
    shutil.move("q", "p")
    word("nansha.gdp-growth.text", "12%以上")()
    word("huangpu.fai-level.text", "2600 亿元")()
    assert "the data has moved to “11%以上” since" in run("pull", "d.yaml", "p", code=1)
    said = "".join(
        one for one in difflib.ndiff(SAMPLE.splitlines(), Path("d.yaml").read_text().splitlines()) if one[0] == "+"
    )
    assert re.findall(r"value: (\d+)", said) == ["11", "2600"]
    told = json.loads(run("build", "d.yaml", "--out", "p", "--json", code=3))["conflicts"]
    assert {(one["key"], one["theirs"], one["ours"]) for one in told} == {
        ("nansha.gdp-growth.text", "12%以上", "11%以上")
    }
    run("build", "d.yaml", "--out", "first")


def test_what_excel_worked_out_is_read_with_the_digits_that_it_shows(run: Any) -> None:
    def edit() -> None:
        book = openpyxl.load_workbook("p/targets.xlsx")
        sheet = book["目标"]
        column = {cell.value: cell.column for cell in sheet[4]}
        row = next(cell.row for cell in sheet["A"] if cell.value == "huangpu.gdp-growth")
        sheet.cell(row, column["目标值"]).value = 0.07 * 1.1
        book.save("p/targets.xlsx")

    edit()
    assert "0.07700000000000001" not in run("pull", "d.yaml", "p")
    assert "value: 7.7\n" in Path("d.yaml").read_text("utf-8")


def test_what_was_typed_in_the_unit_of_another_language_is_not_taken_before_it_is_settled(run: Any) -> None:
    def cell(key: str, header: str, value: float | None = None) -> Any:
        book = openpyxl.load_workbook("p/targets.xlsx")
        sheet = book.worksheets[1]
        column = {one.value: one.column for one in sheet[4]}[header]
        found = sheet.cell(next(one.row for one in sheet["A"] if one.value == key), column)
        if value is not None:
            found.value = value
            book.save("p/targets.xlsx")
        return found.value

    run("build", "d.yaml", "--out", "p", "--lang", "en", "--only", "workbook")
    assert cell("haizhu.fai-level", "Target", 55) == 55
    run("build", "d.yaml", "--out", "p", "--lang", "zh", "--only", "workbook", code=3)
    assert cell("haizhu.fai-level", "目标值") == 55
    said = run("pull", "d.yaml", "p", code=1)
    assert "another unit" in said and "briefpack resolve" in said
    assert Path("d.yaml").read_text("utf-8") == SAMPLE
    (key,) = (one["key"] for one in json.loads(run("status", "p", "--json", code=3))["conflicts"])
    run("resolve", "p", key, "--mine")
    assert cell("haizhu.fai-level", "目标值", 550) == 550
    run("pull", "d.yaml", "p")
    assert "value: 550\n" in Path("d.yaml").read_text("utf-8")
