"""A person's afternoon in LibreOffice with the shipped briefing and deck, then new data: all of it in one go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import docx
import pytest
import yaml
from click.testing import CliRunner

from exporters import deck, word
from exporters.cli.app import app
from exporters.package import Package
from exporters.package.check import lint
from exporters.runs.inputs import find_dataset
from tests.editors import LibreOffice, dispatch

pytestmark = [pytest.mark.office, pytest.mark.slow]
SAMPLE = Path(str(find_dataset(None))).read_text("utf-8")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIEFPACK_CACHE", str(tmp_path / "cache"))

    def call(*args: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, args, prog_name="briefpack")
        assert done.exit_code == code, done.output
        return done.output

    Path("d.yaml").write_text(SAMPLE, "utf-8")
    call("build", "d.yaml", "--out", "p", "--only", "word,deck")
    at = SAMPLE.index("id: nansha.gdp-growth")
    later = SAMPLE[:at] + SAMPLE[at:].replace("value: 10", "value: 11", 1)
    Path("later.yaml").write_text(later.replace("value: 730\n", "value: 760\n", 1), "utf-8")
    return call


def afternoon(document):
    """Bold half of a figure wherever it stands, remark on a value, copy a paragraph, put a row in, track a change."""
    search = document.createSearchDescriptor()
    search.SearchString = "730"
    found = document.findAll(search)
    for number in range(found.Count):
        part = found.getByIndex(number)
        cursor = part.Text.createTextCursorByRange(part.Start)
        cursor.goRight(1, True)
        cursor.CharWeight = 150.0
    search.SearchString = "10%以上"
    place = document.findFirst(search)
    remark = document.createInstance("com.sun.star.text.textfield.Annotation")
    remark.Author, remark.Content = "王", "请核实"
    place.Text.insertTextContent(place, remark, True)
    search.SearchString = "投资："
    place = document.findFirst(search)
    cursor = place.Text.createTextCursorByRange(place)
    cursor.gotoStartOfParagraph(False)
    cursor.gotoEndOfParagraph(True)
    document.CurrentController.select(cursor)
    dispatch(document, ".uno:Copy")
    end = document.Text.createTextCursor()
    end.gotoEnd(False)
    document.Text.insertControlCharacter(end, 0, False)
    document.CurrentController.select(end)
    dispatch(document, ".uno:Paste")
    table = document.TextTables.getByIndex(1)
    table.Rows.insertByIndex(2, 1)
    table.getCellByName("A3").String = "手工行"
    document.RecordChanges = True
    search.SearchString = "任务："
    document.findFirst(search).String = "工作："
    document.RecordChanges = False
    return found.Count


@pytest.mark.parametrize("saves", [0, 1])
def test_a_briefing_worked_on(office: LibreOffice, run: Any, saves: int) -> None:
    file = Path("p/briefing.docx")
    assert office.edit(file, afternoon) > 3
    office.resave(file, saves)
    status = json.loads(run("status", "p", "--json"))
    assert status["conflicts"] == []
    kept = status["files"]["briefing.docx"]["kept"]
    assert [one["theirs"] for one in kept if one["reason"] == "added"] == ["手工行"]
    run("build", "later.yaml", "--out", "p", "--only", "word,deck")
    run("verify", "p")
    assert lint(file) == []
    run("build", "later.yaml", "--out", "fresh", "--only", "word,deck")
    said, wanted = (word.lines(Package.open(Path(name, "briefing.docx"))) for name in ("p", "fresh"))
    said, wanted = (
        [getattr(line, "text", line) for line in lines if "页" not in str(line)] for lines in (said, wanted)
    )
    tasks = next(line for line in wanted if line.startswith("任务："))
    assert {line for line in said if line not in wanted} == {"手工行", "工作" + tasks.removeprefix("任务")}
    copied = next(line for line in wanted if line.startswith("投资："))
    assert (said.count(copied), wanted.count(copied)) == (2, 1)
    assert {line for line in wanted if line not in said} == {tasks}
    assert [one.text for one in docx.Document(str(file)).comments] == ["请核实"]
    before = file.read_bytes()
    run("build", "later.yaml", "--out", "p", "--only", "word,deck")
    assert file.read_bytes() == before


def talk(document):
    """Copy a slide, hide one, put one in, delete one, write into notes."""
    pages = document.DrawPages
    pages.getByIndex(6).Visible = False
    document.duplicate(pages.getByIndex(13))
    pages.remove(pages.getByIndex(11))
    added = pages.insertNewByIndex(2)
    box = document.createInstance("com.sun.star.drawing.TextShape")
    added.add(box)
    box.String = "自己的一页"
    return pages.Count


def test_a_deck_worked_on(office: LibreOffice, run: Any) -> None:
    file = Path("p/deck.pptx")
    count = office.edit(file, talk)
    office.resave(file)
    # The slide that was deleted also shows figures of other districts, which move.
    run("build", "later.yaml", "--out", "p", "--only", "word,deck", code=3)
    (gone,) = (one["key"] for one in json.loads(run("status", "p", "--json", code=3))["conflicts"])
    assert gone.startswith("panyu.")
    run("resolve", "p", gone, "--mine")
    run("build", "later.yaml", "--out", "p", "--only", "word,deck")
    run("verify", "p")
    run("build", "later.yaml", "--out", "fresh", "--only", "word,deck")
    said, wanted = (
        [getattr(line, "text", line) for line in deck.lines(Package.open(Path(name, "deck.pptx")))]
        for name in ("p", "fresh")
    )
    assert said.count("南沙力争GDP增长11%以上，增速居各区之首，") == 2
    assert [line for line in said if line not in wanted] == ["自己的一页"]
    assert {line for line in wanted if line not in said and "番禺" not in line} == set()
    assert len([one for one in deck.read(Package.open(file)).groups if one.keeps]) == count


def twice(document):
    """Duplicate a slide, and reword what stands in the copy's placeholders."""
    pages = document.DrawPages
    made = document.duplicate(pages.getByIndex(13))
    for number in range(made.Count):
        shape = made.getByIndex(number)
        if getattr(shape, "String", "").startswith("南沙力争"):
            shape.String = shape.String.replace("增速居各区之首", "增速领跑全市")
        elif getattr(shape, "String", "").startswith("重点举措（另有"):
            shape.String = shape.String.replace("重点举措", "主要举措")


def test_the_placeholders_of_a_duplicated_slide_follow(office: LibreOffice, run: Any) -> None:
    deck_file = Path("p/deck.pptx")
    office.edit(deck_file, twice)
    assert run("verify", "p").endswith("proven\n") and "follows nothing" not in run("verify", "p")
    later = yaml.safe_load(Path("later.yaml").read_text("utf-8"))
    one = next(one for one in later["initiatives"] if one["place"] == "nansha")
    later["initiatives"].append(one | {"id": "nansha.one-more"})
    Path("more.json").write_text(json.dumps(later, default=str), "utf-8")
    run("build", "more.json", "--out", "p", "--only", "word,deck")
    said = [line.text for line in deck.texts(Package.open(deck_file))]
    for line in ("增速居各区之首，", "增速领跑全市，"):
        assert said.count(f"南沙力争GDP增长11%以上，{line}") == 1
    assert [said.count(f"{word}举措（另有5项，见备注）") for word in ("重点", "主要")] == [1, 1]
    run("verify", "p")
    before = deck_file.read_bytes()
    run("build", "more.json", "--out", "p", "--only", "word,deck")
    assert deck_file.read_bytes() == before
