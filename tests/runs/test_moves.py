"""What new data moves is told in words, by every run, once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from exporters.cli.app import app

DATA = Path(__file__).parents[2] / "data" / "guangzhou-2023.yaml"


@pytest.fixture
def project(tmp_path, monkeypatch, cache):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIEFPACK_CACHE", str(cache))
    (tmp_path / "data").mkdir()
    for name in ("gz", "other"):
        text = DATA.read_text("utf-8").replace("id: guangzhou-2023", f"id: {name}", 1)
        (tmp_path / "data" / f"{name}.yaml").write_text(text, "utf-8")
    return tmp_path


def run(*words: str):
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done


def nansha_nine(path: Path) -> None:
    text = path.read_text("utf-8")
    at = text.index("value: ", text.index("id: nansha.gdp-growth"))
    path.write_text(f"{text[:at]}value: 9{text[text.index(chr(10), at) :]}", "utf-8")


def test_a_batch_says_what_moved_to_people_to_programs_and_on_its_page(project):
    run("batch", "data", "--out", "out", "--only", "word", "--jobs", "1")
    nansha_nine(project / "data" / "gz.yaml")
    done = run("batch", "data", "--out", "out", "--only", "word", "--jobs", "1", "--notify-cmd", "cat > told.json")
    assert "  gz: 南沙区 GDP: 10%以上 -> 9%以上" in done.stdout
    assert done.stdout.endswith("2 packs: 1 built, 1 unchanged\n")
    move = {"key": "nansha.gdp-growth.text", "what": "南沙区 GDP", "old": "10%以上", "new": "9%以上"}
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line.get("moved") for line in lines if line["status"] == "built"] == [[move]]
    told = json.loads((project / "told.json").read_text("utf-8"))
    assert [pack["moved"] for pack in told["packs"]] == [[move]]
    assert "南沙区 GDP: 10%以上 → 9%以上" in (project / "out" / "index.html").read_text("utf-8")


def test_history_says_which_data_changed_what(project):
    run("build", "data/gz.yaml", "--out", "gz", "--only", "word")
    nansha_nine(project / "data" / "gz.yaml")
    assert (
        "  moved  南沙区 GDP: 10%以上 -> 9%以上\n"
        in run("build", "data/gz.yaml", "--out", "gz", "--only", "word").stdout
    )
    run("build", "data/gz.yaml", "--out", "gz", "--only", "word")
    sha = json.loads((project / "gz" / "manifest.json").read_text("utf-8"))["dataset"]["sha256"]
    newest, moved, first = run("history", "gz").stdout.splitlines()
    assert f"build  gz {sha[:12]}  briefing.docx updated  (data)" in newest
    assert moved == "    南沙区 GDP: 10%以上 -> 9%以上"
    assert first.endswith("briefing.docx created  (new)")
    assert "南沙区 GDP: 10%以上 -> 9%以上" in run("explain", "nansha.gdp-growth", "--in", "gz").stdout


def test_what_is_new_what_is_gone_and_what_else_changed(project):
    from exporters.binding.scope import Scope
    from exporters.load import load
    from exporters.runs.moves import moves

    path = project / "data" / "gz.yaml"
    old = load(path)
    target = next(one for one in old.targets if one.id == "nansha.gdp-growth")
    gone = replace(old, targets=tuple(one for one in old.targets if one is not target))
    assert [str(move) for move in moves(Scope(old), Scope(gone))] == ["南沙区 GDP: 10%以上 -> gone"]
    assert [str(move) for move in moves(Scope(gone), Scope(old))] == ["南沙区 GDP: new -> 10%以上"]
    titled = replace(old, title={"zh": "别的", "en": "Other"})
    assert [str(move) for move in moves(Scope(old), Scope(titled))] == ["pack title: changed"]
    assert moves(Scope(old), Scope(old)) == ()
    english = [str(move) for move in moves(Scope(old, "en"), Scope(gone, "en"))]
    assert english == ["Nansha District GDP: at least 10% -> gone"]
