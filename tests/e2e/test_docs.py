"""docs/templates.md works as written: its examples are typed into new files, checked, built, proven and read back."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import docx
import openpyxl
import pytest
from pptx import Presentation

from exporters.runs.inputs import find_dataset
from exporters.runs.names import catalogue

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "templates.md").read_text("utf-8")
SAMPLE = str(find_dataset(None))
FILES = ("briefing.docx", "deck.pptx", "targets.xlsx")


@pytest.fixture(scope="module")
def typed():
    """Return what types a page's examples into a folder's new templates."""
    return runpy.run_path(str(ROOT / "tools" / "docs_templates.py"))["write"]


@pytest.fixture
def built(shell, typed) -> Path:
    """Return a pack made as the section “A new template in ten minutes” says, in an empty folder."""
    assert shell("init", "mypack").returncode == 0
    shell.folder /= "mypack"
    typed(shell.folder / "mine", PAGE)
    commands = re.findall(r"^briefpack ((?:check|build) .*--templates mine.*)$", PAGE, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["check", "build"]
    for command in commands:
        done = shell(*command.split())
        assert done.returncode == 0, done.stderr + done.stdout
    return shell.folder / "out" / "guangzhou-2023"


def test_the_examples_give_a_sound_and_proven_pack(shell, built):
    done = shell("lint", *(str(built / name) for name in FILES))
    assert done.returncode == 0, done.stderr
    done = shell("verify", str(built))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_examples_show_what_the_page_promises(built):
    districts = 11
    briefing = docx.Document(str(built / "briefing.docx"))
    headings = [one for one in briefing.paragraphs if one.style.name == "Heading 1"]
    assert len(headings) == districts
    assert len(briefing.tables) == districts - 3
    deck = Presentation(str(built / "deck.pptx"))
    assert len(deck.slides) == 2 + districts
    chart = next(shape.chart for shape in deck.slides[1].shapes if shape.has_chart)
    assert chart.plots[0].categories[0] == "Nansha"
    assert chart.plots[0].series[0].values[0] == 10
    book = openpyxl.load_workbook(built / "targets.xlsx")
    assert book.sheetnames[:3] == ["Targets", "GDP", "Liwan"]
    assert len(book.sheetnames) == 2 + districts
    sheet = book["Targets"]
    assert sheet["A3"].value == "key"
    assert sheet.tables["Targets"].ref == "A3:F76"
    assert sheet.cell(78, 4).value == "=COUNT(D4:D76)"
    assert "`=COUNT(D4:D76)`" in PAGE
    assert openpyxl.load_workbook(built / "targets.xlsx", data_only=True)["Targets"].cell(78, 4).value == 73


def test_the_faults_are_those_that_the_tool_prints(shell, typed):
    faulty = PAGE.replace("Title          {{ pack.title }}", "Title          {{ pack.titel }}")
    faulty = faulty.replace("{{ d.name }}{%slide endfor %}", "{{ d.name }}").replace(
        "|dash }}{% endif %}", "|dahs }}{% endif %}"
    )
    typed(shell.folder / "mine", faulty)
    done = shell("check", SAMPLE, "--templates", "mine", "--lang", "en")
    assert done.returncode == 1
    shown = re.search(r"^```faults\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert shown is not None
    assert (done.stdout + done.stderr).strip() == shown[1].strip()


def test_boxes_and_notes_whose_loops_are_empty_stay_sound(shell):
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "{%slide for d in missing %}{{ d.name }}"
    slide.placeholders[
        1
    ].text = "{% for t in d.targets %}\n{{ t.text }}\n{% endfor %}\n{{ '# more in the notes'|more }}"
    notes = "{% for t in d.targets %}\n{{ t.text }}\n{% endfor %}\n{%slide endfor %}"
    slide.notes_slide.notes_text_frame.text = notes
    (shell.folder / "mine").mkdir()
    show.save(str(shell.folder / "mine" / "deck.pptx"))
    done = shell("build", "--templates", "mine", "--only", "deck", "--out", "pack")
    assert done.returncode == 0, done.stderr
    done = shell("lint", "pack/deck.pptx")
    assert done.returncode == 0, done.stderr


def test_every_name_stands_on_the_page():
    groups, filters = catalogue(None, "en")
    names = [one["name"] for group in groups for one in group["names"]] + [one["name"] for one in filters]
    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_the_table_of_names_is_up_to_date(tmp_path):
    page = tmp_path / "templates.md"
    page.write_text(PAGE, "utf-8")
    command = [sys.executable, str(ROOT / "tools" / "docs_templates.py"), "--names", "--check", "--page", str(page)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_typed_text_stays_when_the_example_is_built_again(shell, built):
    path = built / "briefing.docx"
    briefing = docx.Document(str(path))
    briefing.paragraphs[1].add_run(" Checked by the office.")
    briefing.save(str(path))
    data = shell.folder / "guangzhou-2023.yaml"
    text = data.read_text("utf-8")
    data.write_text(text.replace("Targets, measures and sources", "Targets and sources"), "utf-8")
    done = shell("build", data.name, "--templates", "mine", "--lang", "en")
    assert done.returncode == 0, done.stderr + done.stdout
    body = "".join(docx.Document(str(path)).element.body.itertext())
    assert "Targets and sources" in body
    assert "Checked by the office." in body


@pytest.mark.parametrize("page", ["README.md", "docs/templates.md", "docs/operating.md", "docs/living.md"])
def test_links_lead_somewhere_and_commands_exist(page, shell):
    path = ROOT / page
    text = path.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []
    known = set(re.findall(r"^  ([a-z]+)  ", shell("--help").stdout, re.MULTILINE))
    used = set(re.findall(r"(?:`|^)briefpack ([a-z]+)", text, re.MULTILINE))
    assert used <= known
    if page == "README.md":
        assert known <= used | set(re.findall(r"`([a-z]+)(?:`| [A-Z])", text))
