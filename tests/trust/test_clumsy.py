"""The command line in the hands of somebody in a hurry or with bad intentions: never a traceback, always a place."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import small
from click.testing import CliRunner

from exporters.cli.app import COMMANDS, app

ROOT = Path(__file__).parents[2]
ODD = b"\xe5\xb9\xbf\xff\xfe"
"""A name that is no UTF-8."""


def run(*arguments: object) -> tuple[int, str]:
    """Run a command; whatever it is given, it ends with an exit code of the contract and a message."""
    found = CliRunner().invoke(app, [os.fspath(one) if isinstance(one, Path) else str(one) for one in arguments])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    assert "internal" not in found.output, found.output
    assert "Traceback" not in found.output
    assert found.exit_code in range(5)
    assert found.exit_code == 0 or found.output.strip(), "an error says something"
    return found.exit_code, found.output


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    small.dataset(folder)
    small.templates(folder / "set")
    assert run("build", folder / "small.json", "--templates", folder / "set", "--out", folder / "pack")[0] == 0
    return folder


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def odd(folder: Path, kind: str) -> Path:
    """Make something that is no usual file and return its path."""
    path = folder / f"odd.{kind}"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            os.chdir(folder)
            server.bind(path.name)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "dangling":
        path.symlink_to("nowhere")
    elif kind == "empty":
        path.touch()
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(2 << 30)
    elif kind == "unreadable":
        path.write_text("x")
        path.chmod(0)
    elif kind == "noise":
        path.write_bytes(bytes(range(256)) * 9)
    elif kind == "bytes":
        path = folder / os.fsdecode(ODD)
        path.write_bytes(ODD)
    elif kind == "long":
        path = folder / ("a" * 5000)
    elif kind == "missing":
        pass
    elif kind == "inside-a-file":
        (folder / "file").write_text("x")
        path = folder / "file" / "x"
    return path


KINDS = ("folder", "pipe", "device", "socket", "loop", "dangling", "empty", "huge", "unreadable", "noise", "bytes", "long",
         "missing", "inside-a-file")  # fmt: skip
root = os.name != "posix" or os.geteuid() == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", ["yaml", "json", "xlsx", ""])
def test_as_a_dataset(project: Path, tmp_path: Path, kind: str, suffix: str) -> None:
    path = odd(tmp_path, kind)
    if suffix and os.path.lexists(path):
        path = path.rename(path.with_name(f"{os.fsdecode(os.fsencode(path.name))}.{suffix}"))
        if kind == "loop":
            path.unlink()
            path.symlink_to(path)
    code, told = run("build", path, "--templates", project / "set", "--out", tmp_path / "out")
    assert code == 1
    assert len(told) < 6000
    assert not (tmp_path / "out").exists()
    for arguments in (("check", path, "--templates", project / "set"), ("template", "names", path), ("pull", path, project / "pack"),
                      ("diff", path, project / "pack"), ("convert", path, tmp_path / "other.yaml")):  # fmt: skip
        assert run(*arguments)[0] in {1, 2}
    run("batch", path, "--out", tmp_path / "packs")


@pytest.mark.parametrize("kind", KINDS)
def test_as_a_template(project: Path, tmp_path: Path, kind: str) -> None:
    small.templates(tmp_path / "set")
    path = tmp_path / "set" / "briefing.docx"
    path.unlink()
    made = odd(tmp_path, kind)
    if os.path.lexists(made):
        made.rename(path)
        if kind == "loop":
            path.unlink()
            path.symlink_to(path)
    code, _ = run("build", project / "small.json", "--templates", tmp_path / "set", "--out", tmp_path / "out")
    assert code == 1
    assert not (tmp_path / "out").exists()
    assert run("check", project / "small.json", "--templates", tmp_path / "set")[0] == 1
    assert run("check", project / "small.json", "--templates", path)[0] == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name", ["deck.pptx", "manifest.json", ".briefpack", ".briefpack/ledger.sqlite", ".briefpack/data.json"]
)
def test_in_a_pack(project: Path, tmp_path: Path, kind: str, name: str) -> None:
    """Something odd stands where the pack keeps a file: it is still there afterwards, or in a backup."""
    out = tmp_path / "pack"
    shutil.copytree(project / "pack", out)
    path = out / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    made = odd(tmp_path, kind)
    if os.path.lexists(made):
        made.rename(path)
    before = path.lstat() if os.path.lexists(path) else None
    for arguments in (("status", out), ("verify", out), ("explain", "east.gdp-growth", "--in", out), ("history", out),
                      ("restore", out, "--list"), ("resolve", out, "x", "--mine"), ("preview", out, "--no-pdf"),
                      ("pull", project / "small.json", out, "--dry-run"), ("lint", out / "deck.pptx"),
                      ("diff", project / "small.json", out, "--templates", project / "set")):  # fmt: skip
        run(*arguments)
    if (
        name in {"deck.pptx", "manifest.json"}
        and before is not None
        and kind not in {"empty", "noise", "dangling", "loop", "long"}
    ):
        run("build", project / "small.json", "--templates", project / "set", "--out", out)
        assert path.lstat().st_ino == before.st_ino, "what stood there was not replaced"
    else:
        run("build", project / "small.json", "--templates", project / "set", "--out", out)


@pytest.mark.parametrize("kind", KINDS)
def test_as_the_folder_of_a_pack(project: Path, tmp_path: Path, kind: str) -> None:
    path = odd(tmp_path, kind)
    for command in ("status", "verify", "history", "restore", "preview"):
        assert run(command, path)[0] in {1, 2, 4}
    if kind not in {"folder", "missing", "dangling"}:
        assert run("build", project / "small.json", "--templates", project / "set", "--out", path)[0] in {1, 4}
        assert run("init", path)[0] in {1, 4}
        assert run("schedule", "--out", path, "--target", "cron", project / "small.json")[0] in range(5)


@pytest.mark.parametrize("kind", KINDS)
def test_lint_of_anything(tmp_path: Path, kind: str) -> None:
    assert run("lint", odd(tmp_path, kind))[0] == 1


def test_a_pack_behind_a_link_is_a_pack(project: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    for _ in range(2):
        assert run("build", project / "small.json", "--templates", project / "set", "--out", tmp_path / "out")[0] == 0
    assert (tmp_path / "real" / "deck.pptx").is_file()
    assert (tmp_path / "out").is_symlink()


def test_a_file_of_a_pack_behind_a_link_leads_nobody_out(project: Path, tmp_path: Path) -> None:
    """What a link in the folder leads to is not written through."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "deck.pptx").symlink_to(victim)
    run("build", project / "small.json", "--templates", project / "set", "--out", tmp_path / "out")
    assert victim.read_text() == "mine"


@pytest.mark.parametrize("arguments", [
    (), ("--help",), ("biuld",), ("build", "--templates"), ("build", "--only", "wrod"), ("build", "--lang", "fr"),
    ("build", "--as-of", "yesterday"), ("build", "--templates", "standrad"), ("build", "gaungzhou-2023"), ("build", ""),
    ("build", "\u202e"), ("build", "x\ny"), ("check", "--lang", ""), ("explain", "x"), ("explain", ""), ("explain", "\udcff"),
    ("resolve", ".", ""), ("restore", ".", "../.."), ("restore", ".", "/etc"), ("history", ".", "--most", "-1"),
    ("init", ""), ("lint",), ("lint", ""), ("schedule", "--target", "crn"), ("batch",), ("batch", "["), ("batch", "**"),
    ("template",), ("template", "nmaes"), ("preview", "."), ("watch", "--help"), ("--version",), ("diff", "x", "y"),
    ("pull", "x", "y"), ("schema",), ("verify", ".", "--sources", "nowhere"), ("build", "a" * 9000), ("batch", "a" * 9000),
    ("explain", "x", "--in", "a" * 9000), ("build", "--out", "a" * 9000), ("init", "a" * 9000), ("build", "-"),
], ids=lambda one: " ".join(one)[:40].encode("ascii", "backslashreplace").decode())  # fmt: skip
def test_slips(arguments: Sequence[str]) -> None:
    assert run(*arguments)[0] in range(5)


def test_the_nearest_name_is_offered() -> None:
    for arguments, name in ((("biuld",), "build"), (("build", "gaungzhou-2023"), "guangzhou-2023"),
                            (("build", "--templates", "standrad"), "standard"), (("build", "--only", "wrod"), "word")):  # fmt: skip
        assert name in run(*arguments)[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command(command: str) -> None:
    assert run(command, "--help")[0] == 0


def spawned(*arguments: object, **more: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "exporters", *map(os.fsencode, map(str, arguments))]
    return subprocess.run(command, capture_output=True, check=False, cwd=ROOT, timeout=60, **more)  # type: ignore[call-overload, no-any-return]


def test_names_that_are_no_text_in_a_plain_locale(tmp_path: Path) -> None:
    """Also where standard output is ASCII."""
    path = os.fsdecode(os.fsencode(tmp_path) + b"/" + ODD + b".yaml")
    for arguments in (("build", path), ("status", path), ("lint", path), ("build", path, "--json"), ("explain", path)):
        done = spawned(*arguments, env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
        assert done.returncode in {1, 2}
        assert b"Traceback" not in done.stderr + done.stdout
        if "--json" in arguments:
            assert not json.loads(done.stdout)["ok"]


def test_chinese_names_in_a_plain_locale(tmp_path: Path) -> None:
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    plain.pop("PYTHONIOENCODING", None)
    assert "空.yaml".encode() in spawned("check", tmp_path / "空.yaml", env=plain).stdout


_TELLING = "print('on', flush=True); from exporters.cli import main; main()"


def test_an_end_by_control_c(project: Path, tmp_path: Path) -> None:
    """At whatever moment it comes: no traceback, and the folder holds a whole pack or none."""
    out = tmp_path / "out"
    for wait in (0.2, 0.5, 1.0):
        process = subprocess.Popen(
            [sys.executable, "-c", _TELLING, "build", "--out", str(out)], cwd=ROOT, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        told = b"".join(process.communicate(timeout=60))
        assert b"Traceback" not in told, told.decode(errors="replace")
        held = {path.name for path in out.iterdir() if path.suffix != ""} if out.exists() else set()
        assert {"briefing.docx", "deck.pptx", "targets.xlsx", "manifest.json"} <= held or not held & {"briefing.docx"}


def test_control_c_that_python_drops_is_heeded() -> None:
    """It drops one that comes in a callback of its own, here that of a weak reference."""
    program = (
        "import signal, time, weakref, exporters.cli as cli\n"
        "class Thing: pass\n"
        "def work():\n"
        "    thing = Thing(); seen = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))\n"
        "    del thing; time.sleep(5); print('went on')\n"
        "cli._run = work\n"
        "cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"Aborted!\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_output_onto_a_full_disk() -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "exporters", "template", "names"]
        buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, check=False, cwd=ROOT, timeout=60, env=buffered
        )
    assert done.returncode == 1
    assert done.stderr.decode().strip() == "error: the disk is full (make room and run again)"


def test_output_that_nobody_reads(project: Path) -> None:
    """``briefpack ... | head`` closes the pipe early."""
    process = subprocess.Popen([sys.executable, "-m", "exporters", "template", "names"], cwd=ROOT, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    assert b"Traceback" not in process.stderr.read()
    process.wait(timeout=60)


Writer = Callable[[], bytes]
BOMBS: dict[str, tuple[str, Writer]] = {
    "aliases": (
        "yaml",
        lambda: b"a: &a [x,x]\n" + b"".join(b"%c: &%c [%s]\n" % (n, n, b"*%c," % (n - 1) * 9) for n in range(98, 120)),
    ),
    "deep-flow": ("yaml", lambda: b"[" * 200_000),
    "deep-block": ("yaml", lambda: b"".join(b" " * n + b"a:\n" for n in range(2000))),
    "deep-dashes": ("yaml", lambda: b"- " * 200_000),
    "deep-questions": ("yaml", lambda: b"? " * 20_000),
    "many-fields": ("yaml", lambda: b"".join(b"f%d: 1\n" % n for n in range(40_000))),
    "many-records": ("yaml", lambda: b"targets:\n" + b"- {a: 1}\n" * 20_000),
    "long-key": ("yaml", lambda: b"a" * 5_000_000 + b": 1"),
    "long-text": ("yaml", lambda: b"id: " + b"a" * 5_000_000),
    "tags": ("yaml", lambda: b"a: !!python/object/apply:os.system ['false']\n" * 1000),
    "documents": ("yaml", lambda: b"---\na: 1\n" * 20_000),
    "escapes": ("yaml", lambda: b'id: "' + b"\\u0041" * 1_000_000 + b'"'),
    "deep-json": ("json", lambda: b'{"a":' * 100_000),
    "deep-json-lists": ("json", lambda: b"[" * 1_000_000),
    "deep-closed": ("json", lambda: b'{"id":' + b"[" * 900 + b"]" * 900 + b"}"),
    "long-number": ("json", lambda: b'{"id": ' + b"9" * 1_000_000 + b"}"),
    "long-exponent": ("json", lambda: b'{"targets": [{"value": 1e' + b"9" * 100_000 + b"}]}"),
    "many-keys": ("json", lambda: json.dumps({f"f{n}": n for n in range(50_000)}).encode()),
    "same-keys": ("json", lambda: b"{" + b'"a": 1,' * 200_000 + b'"a": 1}'),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_dataset_made_to_exhaust(project: Path, tmp_path: Path, name: str) -> None:
    suffix, make = BOMBS[name]
    path = tmp_path / f"bomb.{suffix}"
    path.write_bytes(make())
    start = time.process_time()
    code, told = run("build", path, "--templates", project / "set", "--out", tmp_path / "out")
    assert code == 1
    assert time.process_time() - start < 20
    assert len(told) < 60_000
    assert not (tmp_path / "out").exists()
