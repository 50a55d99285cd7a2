"""A file that is foreign, broken or an older copy is told by `status` and `diff` as a build tells it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import CliRunner

from exporters.cli.app import app
from exporters.runs import publish
from exporters.runs.inputs import find_dataset
from tests.runs.seeding import rewrite

SAMPLE = Path(str(find_dataset("sample-progress"))).read_text("utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "d.yaml").write_text(SAMPLE, "utf-8")
    moved = SAMPLE.replace("nanting.gdp-growth.26h1, target: nanting.gdp-growth, date: 2026-06-30, value: 4.9",
                           "nanting.gdp-growth.26h1, target: nanting.gdp-growth, date: 2026-06-30, value: 5.95")  # fmt: skip
    assert moved != SAMPLE
    (folder / "moved.yaml").write_text(moved, "utf-8")
    ran("build", folder / "d.yaml", "--out", folder / "p", "--only", "word")
    return folder


@pytest.fixture
def office(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path


def ran(*args: Any) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(one) for one in args], prog_name="briefpack")
    return done.exit_code, done.output


def noted(office: Path, text: str) -> Path:
    """Return a copy of the briefing as it was first built, with a note of somebody's own."""
    copy = office / f"{text}.docx"
    shutil.copy(office / "p/briefing.docx", copy)
    document = docx.Document(str(copy))
    document.add_paragraph(text)
    document.save(str(copy))
    return copy


@pytest.mark.parametrize("broken", [b"", b"no package"])
def test_what_a_build_would_refuse_ends_status_and_diff_with_4(office: Path, broken: bytes) -> None:
    (office / "p/briefing.docx").write_bytes(broken)
    for command in (("status", office / "p"), ("diff", office / "moved.yaml", office / "p")):
        assert ran(*command)[0] == 4
        told = json.loads(ran(*command, "--json")[1])
        assert (told["ok"], told["exit_code"]) == (False, 4)
    assert ran("build", office / "moved.yaml", "--out", office / "p", "--only", "word")[0] == 4


def test_an_older_copy_over_a_file_with_edits_is_told_with_where_they_are(office: Path) -> None:
    first, second = noted(office, "note of one"), noted(office, "note of another")
    build = ("build", office / "moved.yaml", "--out", office / "p", "--only", "word")
    shutil.copy(first, office / "p/briefing.docx")
    assert "older copy" not in ran(*build)[1]
    shutil.copy(second, office / "p/briefing.docx")
    for command in (("status", office / "p"), ("diff", office / "moved.yaml", office / "p"), build):
        code, said = ran(*command)
        assert (code, "older copy (generation 1, in the place of 2)" in said) == (0, True), said
    kept = said.partition("build found it, is ")[2].partition(": for both")[0]
    assert "note of one" in [one.text for one in docx.Document(kept).paragraphs]
    assert "older copy" not in ran(*build)[1]


def test_a_copy_over_a_file_that_nobody_had_edited_is_nothing_to_tell(office: Path) -> None:
    copy = noted(office, "note of one")
    build = ("build", office / "moved.yaml", "--out", office / "p", "--only", "word")
    ran(*build)
    shutil.copy(copy, office / "p/briefing.docx")
    assert "older copy" not in ran(*build)[1]


def test_a_briefing_behind_a_link_is_merged_where_it_is_and_stays_behind_it(office: Path) -> None:
    shared = office / "shared"
    shared.mkdir()
    real, link = shared / "our briefing.docx", office / "p/briefing.docx"
    shutil.move(noted(office, "note of one"), real)
    link.unlink()
    link.symlink_to(real)
    build = ("build", office / "moved.yaml", "--out", office / "p", "--only", "word")
    assert ran(*build)[0] == 0
    assert (link.is_symlink(), real.is_symlink()) == (True, False)
    assert "note of one" in [one.text for one in docx.Document(str(real)).paragraphs]
    assert b"5.95%" in docx.Document(str(real)).element.xml.encode()
    assert [one.name for one in shared.iterdir()] == [real.name]
    # What was replaced is in the backup, as a file of its own.
    [kept] = (office / "p/.briefpack/backup").glob("*/briefing.docx")
    assert not kept.is_symlink()
    assert b"5.95%" not in docx.Document(str(kept)).element.xml.encode()
    # It is open in an editor under its real name.
    (shared / "~$r briefing.docx").touch()
    assert ran("build", office / "d.yaml", "--out", office / "p", "--only", "word")[0] == 4


@pytest.mark.parametrize("options", [(), ("--fresh",)])
@pytest.mark.parametrize("there", [True, False])
def test_a_link_that_leads_to_no_file_of_the_pack_is_refused(office: Path, there: bool, options: tuple[str]) -> None:
    victim, link = office / "victim", office / "p/briefing.docx"
    if there:
        victim.write_text("mine")
    link.unlink()
    link.symlink_to(victim)
    assert ran("build", office / "moved.yaml", "--out", office / "p", "--only", "word", *options)[0] == 4
    assert link.is_symlink()
    assert (victim.read_text() if victim.exists() else None) == ("mine" if there else None)


def test_a_run_that_died_behind_a_link_is_finished_there(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, link = office / "real.docx", office / "p/briefing.docx"
    shutil.move(link, real)
    link.symlink_to(real)

    class KilledError(BaseException):
        pass

    def killed(source: Path, target: Path) -> None:
        shutil.copy2(source, target.resolve())
        raise KilledError

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(publish, "move_behind", killed)
        ran("build", office / "moved.yaml", "--out", office / "p", "--only", "word")
    code, said = ran("status", office / "p")
    assert (code, said.splitlines()) == (0, ["untouched briefing.docx"])
    assert link.is_symlink()


def test_restore_says_where_to_copy_what_was_behind_a_link(office: Path) -> None:
    ran("build", office / "moved.yaml", "--out", office / "p", "--only", "word")
    shutil.move(office / "p/briefing.docx", office / "real.docx")
    (office / "p/briefing.docx").symlink_to(office / "real.docx")
    code, said = ran("restore", office / "p")
    assert (code, "it is a link" in said, (office / "p/briefing.docx").is_symlink()) == (4, True, True)


@pytest.mark.parametrize("at", ["", ".briefpack", ".briefpack/staging", ".briefpack/objects", ".briefpack/backup"])
@pytest.mark.parametrize("what", ["a file", "a link that leads to nothing (nowhere)"])
def test_what_stands_in_the_way_of_a_folder_is_named(office: Path, at: str, what: str) -> None:
    out = office / "p"
    if (out / at).is_dir():
        shutil.rmtree(out / at)
    if what == "a file":
        (out / at).write_text("mine")
    else:
        (out / at).symlink_to("nowhere")
    held = {path: path.read_bytes() for path in out.glob("*.*") if path.is_file()}
    code, said = ran("build", office / "moved.yaml", "--out", out, "--only", "word", "--fresh")
    assert (code, said.count("\n")) == (1, 1)
    assert f"{out / at}: this is {what}; a folder is needed here".rstrip("/") in said
    assert {path: path.read_bytes() for path in out.glob("*.*") if path.is_file()} == held
    assert (out / at).is_symlink() or (out / at).read_text() == "mine"


@pytest.mark.parametrize("words", [
    ("build", "d.yaml", "--dry-run", "--out"), ("batch", "d.yaml", "--out"), ("init",),
])  # fmt: skip
def test_a_folder_under_something_else_is_named_as_that(
    office: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office)
    Path("link").symlink_to("nowhere")
    for name, what in (("d.yaml", "a file"), ("link", "a link that leads to nothing (nowhere)")):
        code, said = ran(*words, f"{name}/x")
        assert (code, f"{name}: this is {what}; a folder is needed here" in said) == (1, True), said


def test_a_note_that_a_copy_has_in_a_sentence_of_the_templates_is_told(office: Path) -> None:
    copy = office / "copy.docx"
    shutil.copy(office / "p/briefing.docx", copy)
    note = "<w:footnote w:id='777'><w:p><w:r><w:t>a note of one's own</w:t></w:r></w:p></w:footnote></w:footnotes>"
    rewrite(copy, "word/footnotes.xml", lambda text: text.replace("</w:footnotes>", note))
    reference = "缺口：</w:t></w:r><w:r><w:footnoteReference w:id='777'/></w:r>"
    rewrite(copy, "word/document.xml", lambda text: text.replace("缺口：</w:t></w:r>", reference, 1))
    build = ("build", office / "d.yaml", "--out", office / "p", "--only", "word")
    code, said = ran(*build, "--with", copy)
    assert (code, "a note of one's own" in said) == (3, True), said
    assert ran(*build)[0] == 3
