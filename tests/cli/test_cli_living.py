"""A person's day with a pack: what status, diff, resolve and pull say is what a build then does."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import CliRunner
from pptx import Presentation
from pptx.util import Inches

from exporters.cli.app import app
from exporters.cli.report import apart
from exporters.resources import folder
from exporters.runs.inputs import find_dataset
from tests.runs.seeding import rewrite

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
KEY = "nansha.gdp-growth.text"
SAMPLE = Path(str(find_dataset(None))).read_text("utf-8")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture
def run(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what runs a command in an empty folder with the sample as ``d.yaml``."""
    monkeypatch.setenv("BRIEFPACK_CACHE", str(cache))
    monkeypatch.chdir(tmp_path)
    Path("d.yaml").write_text(SAMPLE, "utf-8")

    def call(*args: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, args, prog_name="briefpack")
        assert done.exit_code == code, done.output
        return done.stdout

    return call


def build(run: Any, *more: str, data: str = "d.yaml", only: str = "word", code: int = 0) -> dict[str, Any]:
    return json.loads(run("build", data, "--out", "p", "--only", only, "--json", *more, code=code))


def results(answer: dict[str, Any]) -> set[str]:
    return {one["result"] if isinstance(one, dict) else one for one in answer["files"].values()}


def moved(value: int) -> str:
    """Write the data with another figure for Nansha, and return its file."""
    at = SAMPLE.index("id: nansha.gdp-growth")
    Path(f"d{value}.yaml").write_text(SAMPLE[:at] + SAMPLE[at:].replace("value: 10", f"value: {value}", 1), "utf-8")
    return f"d{value}.yaml"


def retype(words: str) -> None:
    document = docx.Document("p/briefing.docx")
    found = [one for one in document.element.body.iter(f"{W}alias") if one.get(f"{W}val") == KEY]
    assert len(found) > 1
    for one in found:
        next(one.getparent().getparent().iter(f"{W}t")).text = words
    document.save("p/briefing.docx")


def comments() -> list[str]:
    return [one.text.split("\n")[0] for one in docx.Document("p/briefing.docx").comments]


def open_keys(run: Any, code: int = 3) -> set[str]:
    return {one["key"] for one in json.loads(run("status", "p", "--json", code=code))["conflicts"]}


def untouched(action: Any) -> Any:
    """Run *action* and see to it that no file of the pack changes."""
    before = _state()
    found = action()
    assert _state() == before
    return found


def _state() -> dict[Path, tuple[bytes, int]]:
    files = [*Path("p").glob("*.docx"), *Path("p").glob("*.pptx")]
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_a_conflict_from_its_first_build_to_pull(run: Any) -> None:
    build(run)
    retype("10%")
    assert "edit stands" in untouched(lambda: run("status", "p"))
    later = moved(12)
    foreseen = json.loads(untouched(lambda: run("diff", later, "p", "--json", code=3)))
    assert foreseen["exit_code"] == 3
    assert {one["key"] for one in foreseen["conflicts"]} == {KEY}
    build(run, data=later, code=3)
    for _ in range(3):
        untouched(lambda: build(run, data=later, code=3))
        docx.Document("p/briefing.docx").save("p/briefing.docx")
    build(run, data=later, code=3)
    assert comments() == [f"{KEY} · both-changed"]
    assert open_keys(run) == {KEY}
    run("pull", later, "p")
    assert json.loads(run("diff", later, "p", "--json"))["conflicts"] == []
    build(run, data=later)
    assert comments() == []
    assert open_keys(run, code=0) == set()
    again = json.loads(untouched(lambda: run("diff", later, "p", "--json")))
    assert [edit for file in again["files"].values() for edit in file["edits"]] == []
    untouched(lambda: build(run, data=later))


@pytest.mark.parametrize(("side", "left"), [("--mine", "9%"), ("--data", "12%以上")])
def test_a_conflict_settled(run: Any, side: str, left: str) -> None:
    build(run)
    retype("9%")
    later = moved(12)
    build(run, data=later, code=3)
    run("resolve", "p", KEY, side)
    assert open_keys(run, code=0) == set()
    build(run, data=later)
    untouched(lambda: build(run, data=later))
    assert comments() == []
    document = docx.Document("p/briefing.docx")
    found = [one for one in document.element.body.iter(f"{W}alias") if one.get(f"{W}val") == KEY]
    assert {next(one.getparent().getparent().iter(f"{W}t")).text for one in found} == {left}


@pytest.mark.parametrize("more", [("--lang", "en"), ("--templates", "gbt9704")])
def test_another_template_or_language(run: Any, more: tuple[str, ...]) -> None:
    build(run)
    document = docx.Document("p/briefing.docx")
    document.add_paragraph("自己的一段。")
    document.sections[0].header.add_paragraph("自己的页眉。")
    document.save("p/briefing.docx")
    retype("10.5%以上")
    answer = build(run, *more, code=3)
    told = {one["theirs"] for one in answer["conflicts"] if one["reason"] == "not-carried"}
    assert "自己的页眉。" in told and "自己的一段。" not in told
    assert docx.Document("p/briefing.docx").paragraphs[-1].text == "自己的一段。"
    assert "10.5%以上" in {_words(one) for one in docx.Document("p/briefing.docx").element.body.iter(f"{W}sdt")}
    untouched(lambda: build(run, *more, code=3))
    for key in open_keys(run):
        run("resolve", "p", key, "--mine")
    assert open_keys(run, code=0) == set()
    untouched(lambda: build(run, *more))


def _words(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(f"{W}t"))


def test_what_went_through_another_format_is_left_alone(run: Any) -> None:
    build(run)
    document = docx.Document("p/briefing.docx")
    for one in list(document.element.body.iter(f"{W}sdt")):
        for child in list(one.find(f"{W}sdtContent")):
            one.addprevious(child)
        one.getparent().remove(one)
    for one in list(document.element.body.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd")):
        one.getparent().remove(one)
    document.save("p/briefing.docx")
    mine = Path("p/briefing.docx").read_bytes()
    assert "bound values are gone" in CliRunner().invoke(app, ["status", "p"]).output
    answer = build(run, data=moved(12), code=4)
    assert answer["exit_code"] == 4
    assert Path("p/briefing.docx").read_bytes() == mine
    assert KEY in {one.get(f"{W}val") for one in docx.Document("p/briefing.new.docx").element.body.iter(f"{W}alias")}


@pytest.mark.parametrize("size", [0, 30_000])
def test_a_file_that_was_only_half_copied_is_left_alone_and_says_what_to_do(run: Any, size: int) -> None:
    build(run)
    file = Path("p/briefing.docx")
    file.write_bytes(file.read_bytes()[:size])
    answer = build(run, data=moved(12), code=4)
    assert file.stat().st_size == size
    assert all("briefing.new.docx is the new version" in one["hint"] for one in answer["refused"])
    assert docx.Document("p/briefing.new.docx").paragraphs


def test_a_slide_of_another_form_through_the_commands(run: Any) -> None:
    build(run, only="deck")
    at = SAMPLE.index("id: panyu")
    lines = (SAMPLE[:at] + SAMPLE[at:].replace("coverage: none", "coverage: full", 1)).split("\n")
    starts = [at for at, line in enumerate(lines) if line.startswith("  - id: nansha.")]
    ends = [next(i for i in range(at + 1, len(lines)) if not lines[i].startswith("    ")) for at in starts]
    copies = [
        line.replace("nansha", "panyu")
        for at, end in zip(starts, ends, strict=True)
        if any("measure:" in line for line in lines[at:end])
        for line in lines[at:end]
        if not line.startswith("    ref:")
    ]
    at = next(i for i in starts if any("measure:" in line for line in lines[i : i + 8]))
    Path("full.yaml").write_text("\n".join([*lines[:at], *copies, *lines[at:]]), "utf-8")
    shutil.copytree("p", "clean")
    answer = json.loads(run("build", "full.yaml", "--out", "clean", "--only", "deck", "--json"))
    assert answer["conflicts"] == []
    deck = Presentation("p/deck.pptx")
    slide = next(one for one in deck.slides if any(shape.name == "panyu.short" for shape in one.shapes))
    slide.shapes.add_textbox(Inches(1), Inches(1), Inches(2), Inches(1)).text_frame.text = "手写的框"
    deck.save("p/deck.pptx")
    count = len(Presentation("p/deck.pptx").slides)
    answer = build(run, data="full.yaml", only="deck", code=3)
    assert [one["reason"] for one in answer["conflicts"]] == ["changed-dropped"]
    assert len(Presentation("p/deck.pptx").slides) == count + 1
    untouched(lambda: build(run, data="full.yaml", only="deck", code=3))
    run("resolve", "p", answer["conflicts"][0]["key"], "--mine")
    build(run, data="full.yaml", only="deck")
    assert len(Presentation("p/deck.pptx").slides) == count + 1
    untouched(lambda: build(run, data="full.yaml", only="deck"))


def test_an_old_copy_that_comes_back_by_mail_merges_against_its_own_base(run: Any) -> None:
    """Two generations have passed since; what the sender typed over has not moved, what moved the sender left alone."""
    build(run)
    document = docx.Document("p/briefing.docx")
    document.add_paragraph("另发的一段。")
    document.save("mailed.docx")
    build(run, data=moved(11))
    retype("12%左右")
    build(run, data=moved(12), code=3)
    shutil.copy("mailed.docx", "p/briefing.docx")
    assert {one["key"] for one in json.loads(run("diff", "d12.yaml", "p", "--json"))["conflicts"]} == set()
    build(run, data="d12.yaml")
    document = docx.Document("p/briefing.docx")
    assert [one.text for one in document.paragraphs][-1] == "另发的一段。"
    found = [one for one in document.element.body.iter(f"{W}alias") if one.get(f"{W}val") == KEY]
    assert {_words(one.getparent().getparent()) for one in found} == {"12%以上"}
    assert open_keys(run, code=0) == set()
    untouched(lambda: build(run, data="d12.yaml"))


def test_the_bare_command_builds_a_pack_as_it_was_built_before_and_diff_says_so(run: Any) -> None:
    build(run, "--lang", "en", "--templates", "gbt9704", only="workbook")
    foreseen = json.loads(run("diff", "d.yaml", "p", "--only", "workbook", "--json"))
    assert foreseen["files"]["targets.xlsx"]["edits"] == []
    again = untouched(lambda: build(run, only="workbook"))
    assert (results(again), again["lang"], again["templates"]) == ({"unchanged"}, "en", "gbt9704")
    assert "as the pack was built before: --lang en --templates gbt9704" in run(
        "build", "d.yaml", "--out", "p", "--only", "workbook", "--dry-run"
    )
    given = json.loads(run("diff", "d.yaml", "p", "--only", "workbook", "--lang", "zh", "--json"))
    assert given["files"]["targets.xlsx"]["edits"] != []
    assert build(run, "--lang", "zh", "--templates", "standard", only="workbook")["lang"] == "zh"


def test_a_template_set_of_ones_own_is_asked_for_where_it_is_not_to_be_found(run: Any) -> None:
    shutil.copytree(folder("templates") / "standard", "mine")
    build(run, "--templates", "mine", only="workbook")
    assert build(run, only="workbook")["templates"] == "./mine"
    Path("mine").rename("gone")
    run("build", "d.yaml", "--out", "p", "--only", "workbook", code=1)
    assert build(run, "--templates", "gone", only="workbook")["templates"] == "./gone"


def test_a_folder_that_is_called_as_a_shipped_set_is_not_taken_for_it(run: Any) -> None:
    build(run, only="workbook")
    own = Path(shutil.copytree(folder("templates") / "standard", "standard")) / "zh" / "targets.xlsx"
    rewrite(own, "docProps/core.xml", lambda xml: xml.replace("</cp:coreProperties>", " </cp:coreProperties>"))
    assert (again := build(run, only="workbook"))["templates"] == "standard" and results(again) == {"unchanged"}
    assert build(run, "--templates", "standard", only="workbook")["templates"] == "./standard"
    assert results(build(run, only="workbook")) == {"unchanged"}
    Path("standard").rename("gone")
    run("build", "d.yaml", "--out", "p", "--only", "workbook", code=1)


def test_rows_that_the_data_dropped_go_unless_a_person_wrote_in_them(run: Any) -> None:
    at = SAMPLE.index("  - id: liwan.gdp-growth\n")
    Path("less.yaml").write_text(SAMPLE[:at] + SAMPLE[SAMPLE.index("  - id:", at + 1) :], "utf-8")

    def written(sheet: str, change: Callable[[str], str], code: int = 0) -> dict[str, Any]:
        shutil.rmtree("p", ignore_errors=True)
        build(run, only="workbook")
        rewrite(Path("p/targets.xlsx"), f"xl/worksheets/{sheet}.xml", change)
        run("verify", "p")
        return build(run, only="workbook", data="less.yaml", code=code)

    typed = '<row r="500"><c r="B500" t="inlineStr"><is><t>by hand</t></is></c></row></sheetData>'
    assert not written("sheet6", lambda text: text.replace("</sheetData>", typed))["conflicts"]
    run("verify", "p")

    cell = '<c r="Y71" t="inlineStr"><is><t>by hand</t></is></c>'
    told = written("sheet2", lambda text: re.sub(r'<c r="Y71"[^>]*/>', cell, text), code=3)["conflicts"]
    assert [one["key"] for one in told] == ["liwan.gdp-growth"]
    [row] = [one for one in json.loads(run("verify", "p", "--json", code=1))["findings"] if one["error"]]
    assert (row["kind"], row["key"], row["where"]) == ("stale", "liwan.gdp-growth", "sheet 目标, cell B71")
    run("resolve", "p", "liwan.gdp-growth", "--data")
    assert not build(run, only="workbook", data="less.yaml")["conflicts"]
    run("verify", "p")


def test_what_a_chart_says_is_told_in_words() -> None:
    said = '[{"cat":["固投\\n12%%","GDP"],"tx":["东屿"],"val":["12",%s]}]'
    assert apart(said % "null", said % '"7.5"', "") == [
        "“东屿: 固投 12% 12, GDP –”",
        "“东屿: 固投 12% 12, GDP 7.5”",
        "nothing",
    ]
