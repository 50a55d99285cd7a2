"""A full disk, a read-only folder, a file open in an editor: what stood there stands, one message says why."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exporters.runs.build import execute
from exporters.runs.planning import Request, plan

ROOT = Path(__file__).parents[2]
NAMES = ("briefing.docx", "deck.pptx", "targets.xlsx", "manifest.json")
LATER = "1600000000"


@pytest.fixture
def briefpack(cache):
    """Return a function that runs a command in a process of its own, in which files may grow to *largest* bytes."""

    def run(*words: str, epoch: str = "1500000000", largest: int = 0) -> subprocess.CompletedProcess[str]:
        def limit() -> None:
            if largest:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

        env = os.environ | {"SOURCE_DATE_EPOCH": epoch, "PYTHONPATH": str(ROOT), "BRIEFPACK_CACHE": str(cache)}
        words = (sys.executable, "-m", "exporters", *words)
        return subprocess.run(
            words, env=env, capture_output=True, text=True, timeout=120, check=False, preexec_fn=limit
        )

    return run


def digests(out: Path) -> dict[str, str]:
    return {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in NAMES if (out / name).exists()}


@pytest.fixture
def disk(tmp_path):
    """Yield a folder and a function that takes all room but some bytes; a tiny real disk where that may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if subprocess.run(words, capture_output=True, timeout=20, check=False).returncode:
        yield folder, lambda room: {"largest": room // 6}
        return

    def leave(room: int) -> dict[str, int]:
        (folder / "fill").unlink(missing_ok=True)
        free = shutil.disk_usage(folder).free
        (folder / "fill").write_bytes(b"0" * max(0, free - room))
        return {}

    try:
        yield folder, leave
    finally:
        subprocess.run(["umount", str(folder)], timeout=20, check=True)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="mounts and limits of POSIX")
def test_on_a_full_disk_the_old_pack_stays_and_the_next_run_completes(disk, tmp_path, briefpack):
    folder, leave = disk
    out, whole = folder / "pack", tmp_path / "whole"
    for where in (out, whole):
        assert briefpack("build", "--out", str(where)).returncode == 0
    before = digests(out)
    assert briefpack("build", "--out", str(whole), epoch=LATER).returncode == 0
    after = digests(whole)
    failed = 0
    for room in (0, 100_000, 280_000, 420_000, 500_000, 560_000, 600_000):
        done = briefpack("build", "--out", str(out), epoch=LATER, **leave(room))
        if done.returncode == 0:
            break
        failed += 1
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1, done.stderr
        assert "full" in done.stderr or "may not be written" in done.stderr, done.stderr
        # The ledger alone may fail after the one moment at which a build takes place.
        assert digests(out) == (after if "ledger" in done.stderr else before)
        assert not list((out / ".briefpack").glob("backup/*/*")) or "ledger" in done.stderr
    assert failed >= 3
    (folder / "fill").unlink(missing_ok=True)
    assert briefpack("build", "--out", str(out), epoch=LATER).returncode == 0
    assert digests(out) == after
    assert briefpack("verify", str(out)).returncode == 0


@pytest.mark.slow
def test_no_room_at_any_flush_changes_nothing(tmp_path, monkeypatch, cache):
    """The disk is full at the first, second, ... wait for it, until a build gets through."""
    out = tmp_path / "pack"
    execute(plan(Request(out=out, cache=cache, epoch=1)))
    before = digests(out)
    flush = os.fsync
    for failing in range(1, 40):
        count = 0

        def full(handle, failing=failing):
            nonlocal count
            count += 1
            if count == failing:
                raise OSError(errno.ENOSPC, "No space left on device")
            flush(handle)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            try:
                execute(plan(Request(out=out, cache=cache, epoch=2)))
            except OSError as error:
                assert error.filename == str(out)
                assert digests(out) == before
            else:
                break
    assert failing > 8
    assert digests(out).keys() == before.keys()
    assert digests(out) != before
    assert json.loads((out / "manifest.json").read_text())["files"]["deck.pptx"]["sha256"] == digests(out)["deck.pptx"]


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_read_only_folder_is_said_and_can_be_read(tmp_path, briefpack):
    out = tmp_path / "pack"
    assert briefpack("build", "--out", str(out)).returncode == 0
    before = digests(out)
    mounted = not subprocess.run(
        ["mount", "--bind", str(out), str(out)], capture_output=True, timeout=20, check=False
    ).returncode
    if mounted:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(out)], timeout=20, check=True)
    else:
        for path in (out / ".briefpack", out):
            path.chmod(0o555)
    try:
        done = briefpack("build", "--out", str(out), epoch=LATER)
        assert done.returncode == 1
        assert "read-only" in done.stderr or "permission denied" in done.stderr, done.stderr
        assert "--out" not in done.stderr  # some commands have no such option
        assert digests(out) == before
        for command in ("status", "history", "verify"):
            assert briefpack(command, str(out)).returncode == 0
    finally:
        if mounted:
            subprocess.run(["umount", str(out)], timeout=20, check=True)
        for path in (out, out / ".briefpack"):
            path.chmod(0o755)
    assert briefpack("build", "--out", str(out), epoch=LATER).returncode == 0
    assert digests(out) != before


def test_a_file_open_in_an_editor_is_left_and_the_others_are_built(tmp_path, briefpack):
    out = tmp_path / "pack"
    assert briefpack("build", "--out", str(out)).returncode == 0
    before = digests(out)
    for lock in ("~$iefing.docx", "~$briefing.docx", ".~lock.briefing.docx#"):
        (out / lock).write_bytes(b"")
        done = briefpack("build", "--out", str(out), epoch=LATER)
        assert done.returncode == 4
        assert "open in an editor" in done.stderr
        assert done.stderr.count("\n") == 1
        now = digests(out)
        assert now["briefing.docx"] == before["briefing.docx"]
        assert now["deck.pptx"] != before["deck.pptx"]
        assert (out / "briefing.new.docx").exists()
        (out / lock).unlink()
    assert briefpack("build", "--out", str(out), epoch=LATER).returncode == 0
    assert digests(out)["briefing.docx"] != before["briefing.docx"]
    assert digests(out)["deck.pptx"] == now["deck.pptx"]


def test_two_runs_at_once_give_one_message(tmp_path, cache):
    """The second plans while the first is at work, and comes to write when the first has ended."""
    out = tmp_path / "pack"
    first = plan(Request(out=out, cache=cache, epoch=1))
    second = plan(Request(out=out, cache=cache, epoch=2))
    execute(first)
    before = digests(out)
    with pytest.raises(Exception, match="another run of briefpack has changed this pack") as caught:
        execute(second)
    assert caught.value.exit_code == 1
    assert digests(out) == before
    execute(plan(Request(out=out, cache=cache, epoch=2)))
    assert digests(out) != before
