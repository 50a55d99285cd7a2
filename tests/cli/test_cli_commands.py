"""The command from outside: exit codes, what is printed where, JSON."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from exporters import __version__
from exporters.cli.app import COMMANDS, app
from exporters.cli.report import apart, counted
from exporters.cli.reviewing import show
from exporters.runs.inputs import find_dataset
from exporters.runs.review import FileReview
from exporters.snapshot import Conflict, Plan

ROOT = Path(__file__).resolve().parents[2]


def run(*args: str):
    return CliRunner().invoke(app, args, prog_name="briefpack")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: briefpack {name}")


def test_help_lists_every_command_with_what_it_does():
    result = run("--help")
    assert all(f"  {name} " in result.stdout and line in result.stdout for name, (_, line) in COMMANDS.items())


def test_help_imports_no_library_but_click():
    code = (
        "import sys\nfrom exporters.cli.app import app\n"
        "try:\n    app(['build', '--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'pydantic', 'jinja2', 'lxml', 'rich', 'yaml', 'docx', 'pptx', 'openpyxl'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_dataset_that_was_read_before_needs_no_reader(tmp_path):
    code = (
        "import sys\nfrom exporters.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'yaml', 'importlib.metadata', 'exporters.load.validate', 'exporters.snapshot'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    found = []
    for number in range(2):
        command = [sys.executable, "-c", code, "build", "--out", str(tmp_path / f"{number}")]
        environment = os.environ | {"BRIEFPACK_CACHE": str(tmp_path / "cache")}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        found.append(done.stderr.strip())
    assert "yaml" in found[0]
    assert found[1] == "[]"
    packs = [{path.name: path.read_bytes() for path in (tmp_path / f"{number}").glob("[!.]*.*")} for number in range(2)]
    assert packs[0] == packs[1]


def test_version():
    assert run("--version").stdout == f"briefpack {__version__}\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["buidl"], "Did you mean 'build'?"),
        (["zzzz"], "No such command 'zzzz'."),
        (["build", "--fehsr"], "No such option"),
        (["build", "--lang", "fr"], "'fr' is not one of"),
        (["build", "--only", "word,dek"], "did you mean 'deck'?"),
        (["build", "--only", ","], "choose from word, deck, workbook"),
        (["build", "--as-of", "2023-02-30"], "no day of the calendar"),
        (["build", "a.yaml", "b.yaml"], "unexpected extra argument"),
        (["build", "", "--out", "pack"], "is a variable not set?"),
        (["build", "--out="], "is a variable not set?"),
        (["status", ""], "is a variable not set?"),
        (["lint"], "Missing argument"),
        (["init"], "Missing argument"),
        (["template", "nmaes"], "No such command"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_is_right(args, said):
    result = run(*args)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_wrong_source_date_epoch_is_wrong_use(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    result = run("build")
    assert result.exit_code == 2
    assert "yesterday" in result.stderr


def bad_dataset(folder: Path) -> Path:
    path = folder / "bad.yaml"
    text = find_dataset(None).read_text("utf-8")
    text = text.replace("level: city", "levle: city", 1).replace("city: guangzhou", "city: guangzho", 1)
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("command", ["build", "check"])
def test_bad_data_ends_with_1_all_faults_and_nothing_written(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = bad_dataset(tmp_path)
    result = run(command, path.name)
    assert result.exit_code == 1
    said = result.stdout + result.stderr
    assert "levle" in said
    assert "did you mean 'level'?" in said
    assert "line " in said
    assert "Traceback" not in said
    assert [entry.name for entry in tmp_path.iterdir()] == ["bad.yaml"]


def test_faults_of_a_build_are_one_a_line_on_standard_error(tmp_path):
    result = run("build", str(bad_dataset(tmp_path)), "--out", str(tmp_path / "out"))
    lines = result.stderr.splitlines()
    assert result.stdout == ""
    assert len([line for line in lines if line.startswith("error: ")]) >= 2
    assert not (tmp_path / "out").exists()


def test_faults_as_json(tmp_path):
    result = run("build", str(bad_dataset(tmp_path)), "--json")
    found = json.loads(result.stdout)
    assert result.stderr == ""
    assert found["ok"] is False
    assert found["exit_code"] == result.exit_code == 1
    assert all(fault["message"] and fault["code"] for fault in found["faults"])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["build", "guangzhou-2032"], "did you mean 'guangzhou-2023'?"),
        (["build", "nowhere.yaml"], "there is no such file"),
        (["build", "--templates", "no/such/folder"], "no such template set or folder"),
    ],
)
def test_a_wrong_name_gets_the_nearest(args, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*args)
    assert result.exit_code == 1
    assert said in result.stderr


def test_what_the_data_may_not_mean_is_a_warning_of_a_build_in_json_too(tmp_path):
    text = (ROOT / "data" / "sample-progress.yaml").read_text("utf-8")
    path = tmp_path / "late.yaml"
    path.write_text(re.sub(r"(?m)^as_of: .*", "as_of: 2020-01-31", text), "utf-8")
    for more in ([], ["--dry-run"]):
        found = json.loads(run("build", str(path), "--out", str(tmp_path / "out"), "--json", *more).stdout)
        assert {one["code"] for one in found["warnings"]} == {"late-day"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["resolve", ".", "a.b", "--mine", "--data"], "say --mine"),
        (["schedule", "--target", "cron", "--at", "25:00"], "'25:00' is no time of day; write it as 06:30"),
        (["schedule", "--target", "cron", "--days", "mom"], "'mom' is no day"),
    ],
)
def test_wrong_use_ends_with_2(words, said):
    result = run(*words)
    assert (result.exit_code, said in result.output) == (2, True)


def test_a_plan_says_of_what_is_the_same_that_it_is_compared(tmp_path):
    assert run("build", "--out", str(tmp_path), "--only", "workbook").exit_code == 0
    assert "compare  targets.xlsx" in run("build", "--out", str(tmp_path), "--only", "workbook", "--dry-run").stdout
    assert (
        "rebuild  targets.xlsx"
        in run("build", "--lang", "en", "--out", str(tmp_path), "--only", "workbook", "--dry-run").stdout
    )


def test_schema_is_a_json_schema():
    found = json.loads(run("schema").stdout)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {"city", "targets", "sources"} <= set(found["properties"])


def test_template_names_have_type_meaning_and_example():
    found = json.loads(run("template", "names", "--json").stdout)
    assert found["groups"][0]["name"] == "names at the top"
    entries = {entry["name"]: entry for group in found["groups"] for entry in group["names"]}
    assert all(entry["type"] and entry["meaning"] for entry in entries.values())
    assert entries["target.text"]["example"]
    assert entries["district.name"]["example"] == "荔湾区" or entries["district.name"]["example"].endswith("市")
    with_example = [entry for entry in entries.values() if entry["example"]]
    assert len(with_example) > 0.9 * len(entries)
    text = run("template", "names").stdout
    assert all(name in text for name in entries)


def test_template_names_in_english():
    found = json.loads(run("template", "names", "--lang", "en", "--json").stdout)
    entries = {entry["name"]: entry["example"] for group in found["groups"] for entry in group["names"]}
    assert "District" in entries["district.name"] or entries["district.name"] == "Guangzhou"


def test_lint(tmp_path):
    import io

    from stub_office import sound

    good, bad = tmp_path / "good.docx", tmp_path / "bad.docx"
    good.write_bytes(sound())
    bad.write_bytes(io.BytesIO(b"not a package").getvalue())
    assert run("lint", str(good)).exit_code == 0
    result = run("lint", str(good), str(bad))
    assert result.exit_code == 1
    assert "bad.docx" in result.stderr
    found = json.loads(run("lint", str(good), str(bad), "--json").stdout)
    assert found["files"][str(good)] == []
    assert found["files"][str(bad)]


@pytest.mark.parametrize("suffix", [".xlsx", ".json", ".yaml"])
def test_convert_gives_an_equal_dataset_and_writes_over_none(tmp_path, suffix):
    from exporters.load import load

    target = tmp_path / f"guangzhou{suffix}"
    assert run("convert", "guangzhou-2023", str(target)).stdout == f"  created  {target}\n"
    assert load(target) == load(find_dataset(None))
    before = target.read_bytes()
    again = run("convert", "sample-progress", str(target))
    assert again.exit_code == 4
    assert "it exists already" in again.stderr
    assert target.read_bytes() == before


def test_convert_names_the_formats_it_knows(tmp_path):
    result = run("convert", "guangzhou-2023", str(tmp_path / "data.csv"))
    assert result.exit_code == 1
    assert "datasets are .yaml, .yml, .json, .xlsx" in result.stderr
    assert not any(tmp_path.iterdir())


def test_init_makes_a_project_and_refuses_to_write_over_one(tmp_path):
    project = tmp_path / "project"
    result = run("init", str(project))
    assert result.exit_code == 0, result.stderr
    names = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert {"guangzhou-2023.yaml", "README.md", "schema.json"} <= names
    assert len((project / "README.md").read_text("utf-8").splitlines()) <= 10
    (project / "README.md").write_text("mine")
    again = run("init", str(project))
    assert again.exit_code == 4
    assert (project / "README.md").read_text() == "mine"


def test_no_traceback_for_an_error_inside(monkeypatch, tmp_path):
    def broken(_request):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("exporters.runs.planning.plan", broken)
    monkeypatch.delenv("BRIEFPACK_TRACEBACK", raising=False)
    result = run("build")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: an error inside briefpack {__version__}: ZeroDivisionError: oops")


def test_python_m_exporters_is_the_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "exporters", "schema"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert json.loads(done.stdout)


@pytest.mark.skipif(os.name != "posix", reason="POSIX locale names")
def test_a_terminal_without_chinese_gets_no_traceback(tmp_path):
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "exporters", "template", "names"]
    done = subprocess.run(command, capture_output=True, env=environment, cwd=tmp_path, check=False)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    done = subprocess.run([*command, "--json"], capture_output=True, env=environment, cwd=tmp_path, check=False)
    assert json.loads(done.stdout)["ok"] is True


def test_the_import_law_holds():
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent)) or "lint-imports"
    done = subprocess.run([command, "--no-cache"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout


def test_what_was_deleted_is_shown_from_its_beginning_and_what_was_changed_where_it_differs():
    text = "缺口：中洲1个区原文未载，不作推测，也不以其他来源的数字代替，读者请以正式公布的为准。2026年1月15日。"
    assert apart("", text)[1].startswith("“缺口：中洲1个区")
    assert apart(text, "", text)[0].startswith("“缺口：中洲1个区")
    assert apart(text, text[:-1] + "（修订）") == [
        "“缺口：中洲1个区原文未载，不作…2026年1月15日。”",
        "“缺口：中洲1个区原文未载，不作…2026年1月15日（修订）”",
    ]
    row = '东屿\n地区生产总值\n=\n7\n=IF(#="","未填",IF(#<=#,"已达到","落后"))'
    assert apart(row, row + "\n人工备注") == ["“东屿 地区生产总值 = 7”", "“东屿 地区生产总值 = 7 人工备注”"]
    assert len(set(apart(row, row.replace("落后", "未达到")))) == 2


def test_a_conflict_is_told_at_its_own_place_though_another_of_its_key_stands_before(capsys):
    conflicts = tuple(
        Conflict("east.gdp", "both-changed", "8%", theirs, "9%", at)
        for theirs, at in (("7%", "a"), ("8.5%", "b"), ("8.5%", "c"))
    )
    file = FileReview("briefing.docx", "edited", Plan(conflicts=conflicts), places={"a": "first", "b": "second"})
    show(SimpleNamespace(files=(file,), moved=(), conflicts=(), folder=Path("out")), False, [])
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("    conflict")]
    assert ["(first)" in told[0], "(second)" in told[1], "in 2 places" in told[1]] == [True] * 3


def test_one_of_a_kind_is_no_plural():
    assert [counted(count, "district") for count in (0, 1, 2)] == ["0 districts", "1 district", "2 districts"]
