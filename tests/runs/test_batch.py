"""Batches: what is due is built, what is not costs nothing, one bad pack does not stop the others."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import stub_room
from click.testing import CliRunner

from exporters.cli.app import app
from exporters.errors import BriefpackError
from exporters.runs import batch
from exporters.runs.engines import InProcess
from exporters.runs.planning import Request

DATA = Path(__file__).parents[2] / "data" / "guangzhou-2023.yaml"


@pytest.fixture
def datasets(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    text = DATA.read_text("utf-8")
    for number in range(3):
        (folder / f"gz-{number}.yaml").write_text(text.replace("id: guangzhou-2023", f"id: gz-{number}", 1), "utf-8")
    return folder


@pytest.fixture
def wanted(tmp_path, monkeypatch, datasets):
    folder = stub_room.install(monkeypatch, tmp_path / "mine", one="<doc/>")

    def make(**changes):
        request = Request(only=("one",), **changes)
        return batch.packs(sorted(datasets.iterdir()), tmp_path / "out", request, ["zh"], [str(folder)])

    return make


def statuses(packs) -> dict[str, str]:
    return {report.pack.out.name: report.status for report in batch.run(packs, InProcess())}


def test_all_are_built_then_nothing_is_due(wanted):
    assert statuses(wanted()) == {f"gz-{n}": "built" for n in range(3)}
    assert statuses(wanted()) == {f"gz-{n}": "unchanged" for n in range(3)}
    assert [one.due for one in batch.plan(wanted())] == [False] * 3


def test_only_what_changed_is_due(wanted, datasets):
    statuses(wanted())
    path = datasets / "gz-1.yaml"
    path.write_text(path.read_text("utf-8").replace("    value: 10\n", "    value: 11\n", 1), "utf-8")
    assert [one.pack.out.name for one in batch.plan(wanted()) if one.due] == ["gz-1"]
    assert statuses(wanted()) == {"gz-0": "unchanged", "gz-1": "built", "gz-2": "unchanged"}


@pytest.mark.parametrize("change", ["nothing", "one dataset", "one broken", "a file touched", "the template", "fresh"])
def test_a_dry_run_prints_the_plan_that_the_run_executes(wanted, datasets, tmp_path, change):
    statuses(wanted())
    if change == "one dataset":
        path = datasets / "gz-1.yaml"
        path.write_text(path.read_text("utf-8").replace("    value: 10\n", "    value: 11\n", 1), "utf-8")
    elif change == "one broken":
        (datasets / "gz-2.yaml").write_text("id: [", "utf-8")
    elif change == "a file touched":
        (wanted()[0].out / "one.docx").write_bytes(b"by hand")
    elif change == "the template":
        [template] = (tmp_path / "mine").rglob("one.docx")
        template.write_bytes(stub_room.template("<other/>"))
    packs = wanted(fresh=change == "fresh")
    planned = {one.pack.out.name: one for one in batch.plan(packs) if one.due}
    reports = {report.pack.out.name: report for report in batch.run(packs, InProcess())}
    assert planned.keys() == {name for name, report in reports.items() if report.status != "unchanged"}
    assert len(planned) == {"nothing": 0, "the template": 3, "fresh": 3}.get(change, 1)
    done = {"rebuild": "updated", "merge": "refused", "replace": "updated"}
    for name, one in planned.items():
        assert one.faults == (reports[name].faults if change == "one broken" else ())
        assert {file: done[action] for file, action in one.actions.items()} == reports[name].results


def test_a_worker_of_another_version_is_named(wanted):
    [pack, *_] = wanted()
    common = batch.Common({}, None, tool="0.0.9")
    [fault] = batch.work(common, batch.Order(pack, b"", batch.Folder(pack.out), ""))
    assert "0.0.9" in fault.message


def test_one_bad_dataset_fails_and_the_others_finish(wanted, datasets):
    (datasets / "gz-1.yaml").write_text("id: [", "utf-8")
    reports = {report.pack.out.name: report for report in batch.run(wanted(), InProcess())}
    assert {name: report.status for name, report in reports.items()} == {
        "gz-0": "built", "gz-1": "failed", "gz-2": "built",
    }  # fmt: skip
    assert reports["gz-1"].faults[0].where == "line 2" or reports["gz-1"].faults[0].where == "line 1"


def test_a_file_touched_since_is_looked_at_again(wanted):
    packs = wanted()
    statuses(packs)
    (packs[0].out / "one.docx").write_bytes(b"by hand")
    assert statuses(wanted())["gz-0"] == "refused"
    assert (packs[0].out / "one.docx").read_bytes() == b"by hand"


def test_two_packs_never_share_a_folder(tmp_path):
    paths = [tmp_path / "a" / "X.yaml", tmp_path / "b" / "x.yaml"]
    with pytest.raises(BriefpackError, match="one folder"):
        batch.packs(paths, tmp_path, Request(), ["zh"], ["standard"])
    found = batch.packs([tmp_path / "X.yaml"], tmp_path, Request(), ["zh", "en"], ["standard"])
    assert [pack.out.name for pack in found] == ["X-zh", "X-en"]


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "exporters", *words]


def hashes(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".briefpack" not in path.parts and not path.name.startswith(".")
    }


def run(words: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_kill_9_in_the_middle_then_the_same_command_completes_the_same_bytes(tmp_path, datasets, cache):
    """Coordinator and workers are killed as soon as they start, and when the first pack is told, and the next."""
    env = os.environ | {"BRIEFPACK_CACHE": str(cache), "SOURCE_DATE_EPOCH": "1700000000"}
    words = ("batch", str(datasets), "--jobs", "2", "--out")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run(command(*words, str(whole)), env).returncode == 0
    for lines in (0, 1, 2):
        with subprocess.Popen(
            command(*words, str(broken)), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:  # fmt: skip
            for _ in range(lines):
                process.stderr.readline()
            os.killpg(process.pid, signal.SIGKILL)
    done = run(command(*words, str(broken), "--json"), env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["unchanged"] > 0
    first, second = hashes(whole), hashes(broken)
    assert {name for name in first if name != "index.html"} == {name for name in second if name != "index.html"}
    assert all(first[name] == second[name] for name in first if name != "index.html")


@pytest.mark.slow
def test_engines_and_numbers_of_workers_give_the_same_bytes(tmp_path, datasets, cache):
    outs = []
    for jobs in ("1", "2"):
        out = tmp_path / f"out{jobs}"
        words = ("batch", str(datasets), "--jobs", jobs, "--out", str(out), "--only", "word,workbook")
        assert (
            run(command(*words), os.environ | {"BRIEFPACK_CACHE": str(cache), "PYTHONHASHSEED": jobs}).returncode == 0
        )
        outs.append(hashes(out))
    assert outs[0] == outs[1]


def test_notify_gets_the_summary_only_when_contents_changed(tmp_path, datasets, cache, monkeypatch):
    monkeypatch.setenv("BRIEFPACK_CACHE", str(cache))
    told = tmp_path / "told.json"
    words = ["batch", str(datasets), "--out", str(tmp_path / "out"), "--only", "word", "--jobs", "1"]
    words += ["--notify-cmd", f"cat >> {told}"]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert json.loads(told.read_text("utf-8"))["built"] == 3
    told.unlink()
    assert CliRunner().invoke(app, words).exit_code == 0
    assert not told.exists()
    # One pack tells as well.
    words = ["build", str(datasets / "gz-0.yaml"), "--out", str(tmp_path / "one"), "--only", "word"]
    for count in (1, 0):
        done = CliRunner().invoke(app, [*words, "--notify-cmd", f"cat >> {told}; echo noise", "--json"])
        assert json.loads(done.stdout)["exit_code"] == 0
        assert told.exists() == bool(count)
        if count:
            assert json.loads(told.read_text("utf-8"))["files"]["briefing.docx"]["result"] == "created"
            told.unlink()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="a terminal")
def test_on_a_terminal_there_is_a_bar_and_ctrl_c_stops_cleanly(tmp_path, datasets, cache):
    import pty

    text = (datasets / "gz-0.yaml").read_text("utf-8")
    for number in range(3, 40):
        (datasets / f"gz-{number}.yaml").write_text(text.replace("id: gz-0", f"id: gz-{number}", 1), "utf-8")
    env = os.environ | {"BRIEFPACK_CACHE": str(cache), "TERM": "xterm", "COLUMNS": "100", "LINES": "30"}
    words = command("batch", str(datasets), "--out", str(tmp_path / "out"), "--jobs", "2", "--only", "word")
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, words, env)
    shown = b""
    try:
        while b"packs/s" not in shown or b"0:0" not in shown.partition(b"packs/s")[2]:
            shown += os.read(terminal, 4096)
        os.write(terminal, b"\x03")
        with contextlib.suppress(OSError):
            while more := os.read(terminal, 4096):
                shown += more
        _, status = os.waitpid(pid, 0)
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        os.close(terminal)
    said = shown.decode("utf-8", "replace")
    assert os.waitstatus_to_exitcode(status) == 130, said
    assert "packs left, the same command goes on with them" in said
    assert "Traceback" not in said
    done = run(words, env)
    assert done.returncode == 0, done.stderr
    assert "40 packs: " in done.stdout
    assert " unchanged" in done.stdout
    # In a pipe each pack is a line of JSON.
    assert {json.loads(line)["status"] for line in done.stderr.splitlines()} == {"built", "unchanged"}
