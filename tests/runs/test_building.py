"""Plan, then execute: what a build decides for each file of a pack, and that it does exactly that."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
import stub_room
from click.testing import CliRunner
from test_publishing import files

from exporters import resources
from exporters.binding.scope import Scope
from exporters.cli.app import app
from exporters.errors import BriefpackError, RefusedError, TemplateError
from exporters.package import PackageWriter
from exporters.runs import planning
from exporters.runs.build import execute
from exporters.runs.counting import Statements
from exporters.runs.inputs import find_dataset, find_templates
from exporters.runs.planning import Request, plan


@pytest.fixture
def request_for(tmp_path, monkeypatch):
    """Return a function that makes the request of a build by stub exporters."""

    def make(_texts: dict[str, str] | None = None, **changes) -> Request:
        texts = _texts or {"one": "<doc/>"}
        folder = stub_room.install(monkeypatch, tmp_path / "mine", **texts)
        basis = {"out": tmp_path / "pack", "templates": str(folder), "only": tuple(texts)}
        return Request(**(basis | changes))

    return make


def build(request: Request):
    return execute(plan(request))


def manifest(out: Path) -> dict:
    return json.loads((out / "manifest.json").read_text("utf-8"))


def test_first_build(request_for):
    request = request_for()
    outcome = build(request)
    found = manifest(request.out)
    assert outcome.results == {"one.docx": "created"}
    assert sorted(path.name for path in request.out.iterdir()) == [".briefpack", "manifest.json", "one.docx"]
    assert found["format"] == 1
    assert found["dataset"]["id"] == "guangzhou-2023"
    assert found["counts"]["districts"] == 11
    record = found["files"]["one.docx"]
    assert record["statements"] == found["counts"]["targets"]
    assert record["generation"] == 1
    assert record["bytes"] == (request.out / "one.docx").stat().st_size
    assert found["conflicts"] == []


def test_a_statement_counts_where_a_key_or_a_paragraph_states_it(tmp_path, cache):
    """The slides show the strongest statements by key; the notes, without keys, say the others."""
    made = plan(Request(out=tmp_path / "pack", only=("deck",), cache=cache))
    [step] = made.steps
    execute(made)
    statements = Statements(Scope(made.dataset, "zh", made.as_of))

    def count(change=lambda _name, data: data) -> int:
        with zipfile.ZipFile(tmp_path / "pack" / "deck.pptx") as package:
            out = io.BytesIO()
            with PackageWriter(out) as writer:
                for name in package.namelist():
                    writer.add(name, change(name, package.read(name)))
        return statements.count(out.getvalue(), step.job.package, step.job.room)

    def without_notes(name, data):
        return re.sub(rb"<a:t>[^<]*</a:t>", b"<a:t/>", data) if "/notesSlides/" in name else data

    def without_one(_name, data):
        """Drop the paragraph of a statement that no slide shows."""
        return re.sub("<a:p>(?:(?!</a:p>).)*项目动工：.*?</a:p>".encode(), b"<a:p/>", data)

    assert count() == 73
    assert count(without_one) == 72
    assert 20 < count(without_notes) < 72


def test_a_second_build_writes_nothing(request_for):
    request = request_for()
    build(request)
    before = {path: path.stat().st_mtime_ns for path in request.out.iterdir() if path.is_file()}
    outcome = build(request)
    assert outcome.results == {"one.docx": "unchanged"}
    assert outcome.backup is None
    assert {path: path.stat().st_mtime_ns for path in request.out.iterdir() if path.is_file()} == before


def test_an_installed_tool_does_not_even_render_what_nothing_changed(request_for, monkeypatch):
    request = request_for(dataset=str(find_dataset(None)))
    build(request)
    monkeypatch.setattr(resources, "is_checkout", lambda: False)
    assert [step.action for step in plan(request).steps] == ["keep"]


def test_other_inputs_rebuild_and_count_the_generation(request_for, tmp_path):
    request = request_for()
    build(request)
    english = Request(**{name: getattr(request, name) for name in Request.__slots__} | {"lang": "en"})
    outcome = build(english)
    assert outcome.results == {"one.docx": "updated"}
    assert outcome.backup is not None
    assert sorted(path.name for path in outcome.backup.iterdir()) == ["manifest.json", "one.docx"]
    assert manifest(request.out)["files"]["one.docx"]["generation"] == 2


def test_two_folders_get_the_same_bytes(request_for, tmp_path):
    build(request_for(out=tmp_path / "a"))
    build(request_for(out=tmp_path / "deeper" / "b"))
    first, second = files(tmp_path / "a"), files(tmp_path / "deeper" / "b")
    own = {name for name in first if not name.startswith(".briefpack/")}
    assert own == {"one.docx", "manifest.json"}
    assert {name: first[name] for name in own} == {name: second[name] for name in own}


def test_what_cannot_be_read_any_more_is_left_and_the_new_version_stands_beside_it(request_for):
    request = request_for()
    build(request)
    (request.out / "one.docx").write_bytes(b"by hand")
    outcome = build(request)
    assert (outcome.exit_code, outcome.results) == (4, {"one.docx": "refused"})
    assert (request.out / "one.docx").read_bytes() == b"by hand"
    assert (request.out / "one.new.docx").read_bytes()[:2] == b"PK"


def test_a_file_from_elsewhere_is_left(request_for):
    request = request_for()
    request.out.mkdir()
    (request.out / "one.docx").write_bytes(b"someone's own")
    outcome = build(request)
    assert outcome.exit_code == 4
    assert (request.out / "one.docx").read_bytes() == b"someone's own"


def test_fresh_starts_over_and_keeps_a_backup(request_for):
    request = request_for(fresh=True)
    request.out.mkdir()
    (request.out / "one.docx").write_bytes(b"by hand")
    outcome = build(request)
    assert outcome.backup is not None
    assert (outcome.backup / "one.docx").read_bytes() == b"by hand"
    assert manifest(request.out)["files"]["one.docx"]["generation"] == 1


def test_another_dataset_does_not_take_over_a_pack(request_for):
    build(request_for())
    with pytest.raises(RefusedError, match="guangzhou-2023"):
        plan(request_for(dataset="sample-progress"))


@pytest.mark.parametrize("content", ["{", "[]", "3", '{"format": 99}', '{"format": 1}', '{"format": "1"}', "\ud800"])
def test_a_manifest_that_cannot_be_understood_is_refused(request_for, content):
    request = request_for()
    build(request)
    (request.out / "manifest.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(RefusedError, match="manifest"):
        plan(request)


@pytest.fixture(scope="module")
def small_pack(tmp_path_factory, cache):
    """Return the request of a built briefing, and the manifest as it was written."""
    request = Request(out=tmp_path_factory.mktemp("small"), only=("word",), cache=cache)
    execute(plan(request))
    return request, (request.out / "manifest.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("files", "briefing.docx", "bytes"), "12", "files.briefing.docx.bytes should be a valid integer"),
        (
            ("files", "briefing.docx", "generation"),
            0,
            "files.briefing.docx.generation should be greater than or equal to 1",
        ),
        (("files", "briefing.docx", "sha256"), "abc", "files.briefing.docx.sha256"),
        (("files", "briefing.docx", "edited"), "no", "files.briefing.docx.edited should be a valid boolean"),
        (("files", "briefing.docx", "exporter"), "wrod", "files.briefing.docx.exporter should be one of"),
        (("files", "briefing.docx"), None, "files.briefing.docx"),
        (("files",), [], "files should be a valid dictionary"),
        (("files", "../elsewhere.docx"), {}, "files.../elsewhere.docx"),
        (("as_of",), "tomorrow", "as_of"),
        (("as_of",), 5, "as_of"),
        (("lang",), "fr", "lang should be 'zh' or 'en'"),
        (("conflicts",), [{"key": 1}], "conflicts.0.file"),
        (("counts", "targets"), -1, "counts.targets"),
        (("dataset",), "guangzhou", "dataset"),
        (("tool", "version"), 1, "tool.version should be a valid string"),
    ],
)
def test_a_manifest_that_was_tampered_with_gives_one_message_with_the_place(small_pack, place, value, said):
    request, content = small_pack
    inner = found = json.loads(content)
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    (request.out / "manifest.json").write_text(json.dumps(found))
    with pytest.raises(RefusedError) as caught:
        plan(request)
    [fault] = caught.value.faults
    assert said in fault.message
    for command in ("status", "history", "verify", "preview"):
        done = CliRunner().invoke(app, [command, str(request.out)])
        assert (done.exit_code, done.stderr.count("\n")) == (1, 1), (command, done.output, done.exception)
        assert said in done.stderr


def test_a_pack_of_a_set_of_one_file_is_built_again_without_saying_so(tmp_path):
    from docx import Document

    (tmp_path / "mine").mkdir()
    template = Document()
    template.add_paragraph("{{ pack.title }}")
    template.save(tmp_path / "mine" / "briefing.docx")
    asked = ["build", "--templates", str(tmp_path / "mine"), "--out", str(tmp_path / "pack")]
    first = CliRunner().invoke(app, asked)
    assert (first.exit_code, "there is no deck.pptx in it (--only word" in first.stderr) == (1, True)
    assert CliRunner().invoke(app, [*asked, "--only", "word"]).exit_code == 0
    assert CliRunner().invoke(app, asked).exit_code == 0
    (tmp_path / "mine" / "briefing.docx").rename(tmp_path / "mine" / "briefing2.docx")
    assert CliRunner().invoke(app, asked).exit_code == 1
    assert sorted(manifest(tmp_path / "pack")["files"]) == ["briefing.docx"]


def test_only_keeps_the_record_of_the_other_files(request_for):
    texts = {"one": "<doc/>", "two": "<doc/>"}
    request = request_for(texts)
    build(request)
    outcome = build(request_for(texts, only=("two",), lang="en"))
    assert outcome.results == {"two.docx": "updated"}
    records = manifest(request.out)["files"]
    assert [records[name]["generation"] for name in ("one.docx", "two.docx")] == [1, 2]


def test_a_render_that_fails_half_way_leaves_the_old_pack(request_for):
    request = request_for({"one": "<doc/>", "two": "<doc/>"})
    build(request)
    before = files(request.out)
    with pytest.raises(TemplateError) as caught:
        build(request_for({"one": "<doc> </doc>", "two": "BURST"}))
    assert [(fault.where, fault.file.endswith("mine/two.docx")) for fault in caught.value.faults] == [
        ("paragraph 7", True)
    ]
    assert files(request.out) == before


def test_a_first_build_that_fails_leaves_no_folder(request_for, tmp_path):
    with pytest.raises(TemplateError):
        build(request_for({"one": "BURST"}, out=tmp_path / "new" / "pack"))
    assert not (tmp_path / "new").exists()


def test_faults_of_data_and_of_every_template_come_at_once(request_for, tmp_path):
    data = tmp_path / "bad.yaml"
    data.write_text("briefpack: 1\nid: x\nnonsense: 1\n")
    with pytest.raises(BriefpackError) as caught:
        plan(request_for({"one": "BAD", "two": "BAD"}, dataset=str(data)))
    codes = [fault.code for fault in caught.value.faults]
    assert codes.count("bad") == 4
    assert "unknown-field" in codes
    assert caught.value.exit_code == 1
    assert not (tmp_path / "pack").exists()


def test_the_time_of_files_comes_from_the_data_or_from_outside(request_for):
    assert plan(request_for()).epoch == 1_675_209_600
    assert plan(request_for(epoch=86_400)).epoch == 86_400


def test_equal_contents_have_equal_hashes_whatever_the_file_format(tmp_path):
    from exporters.load import load

    path = find_dataset(None)
    copy = tmp_path / "copy.yaml"
    copy.write_text("# another comment\n" + path.read_text("utf-8"), "utf-8")
    assert planning.content_hash(load(path)) == planning.content_hash(load(copy))


@pytest.mark.parametrize(
    ("asked", "hint"), [("guangzou-2023", "guangzhou-2023"), ("sample-progres", "sample-progress"), ("zzz", "shipped")]
)
def test_a_dataset_by_a_wrong_name(asked, hint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BriefpackError, match=hint):
        find_dataset(asked)


def test_templates_by_name_folder_and_wrong_name(request_for, tmp_path):
    request = request_for()
    assert find_templates(request.templates, "zh", ("one",)).files[0].shown.endswith("mine/one.docx")
    with pytest.raises(TemplateError, match="no such template set"):
        find_templates("standrad", "zh", ("one",))
    (tmp_path / "mine" / "one.docx").rename(tmp_path / "mine" / "onne.docx")
    with pytest.raises(TemplateError, match=r"did you mean 'onne\.docx'"):
        find_templates(request.templates, "zh", ("one",))


def test_a_set_without_the_edition_names_those_it_has(request_for, tmp_path):
    request_for()
    folder = tmp_path / "mine"
    (folder / "en").mkdir()
    (folder / "one.docx").rename(folder / "en" / "one.docx")
    with pytest.raises(TemplateError, match="it has en"):
        find_templates(str(folder), "zh", ("one",))
