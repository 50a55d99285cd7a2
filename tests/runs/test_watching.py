"""Watching, with the events of a real file system: what is saved is built once, and nothing stops the watching."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("watchfiles")

from exporters.runs.watching import changes

ROOT = Path(__file__).parents[2]


@pytest.fixture
def watched(tmp_path):
    """Yield two files and the queue of what is told of them."""
    data, template = tmp_path / "data.yaml", tmp_path / "briefing.docx"
    data.write_text("a")
    template.write_bytes(b"1")
    told: queue.Queue[list[str]] = queue.Queue()
    over = threading.Event()

    def watch() -> None:
        for changed in changes([data, template], over.is_set):
            told.put([path.name for path in changed])

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    # Until a change is seen, nobody is watching yet; what it told is taken away again, late news too.
    for number in range(50):
        data.write_text(f"begin {number}")
        with suppress(queue.Empty):
            assert told.get(timeout=1) == ["data.yaml"]
            break
    with suppress(queue.Empty):
        while told.get(timeout=1.5):
            pass
    yield data, template, told
    over.set()
    thread.join(10)
    assert not thread.is_alive()


def test_only_changes_of_the_files_themselves_count(watched):
    data, template, told = watched
    for name in ("~$iefing.docx", "~WRD0001.tmp", ".~lock.briefing.docx#", ".data.yaml.swp", "data.yaml~", "4913"):
        data.with_name(name).write_bytes(b"part")
    data.write_text(data.read_text())
    with pytest.raises(queue.Empty):
        told.get(timeout=1.2)
    # As Word saves: the new file under another name, then moved into place.
    part = template.with_name("~WRD0002.tmp")
    part.write_bytes(b"2")
    part.replace(template)
    assert told.get(timeout=10) == ["briefing.docx"]


def test_what_is_saved_in_steps_is_told_once_and_whole(watched):
    data, template, told = watched
    for attempt in range(10):
        longest = last = 0.0
        for step in range(6):
            data.write_text(f"step {attempt}.{step}")
            if step == 3:
                template.write_bytes(b"%d" % attempt)
            now = time.monotonic()
            longest, last = max(longest, now - (last or now)), now
            time.sleep(0.15)
        said = told.get(timeout=10)
        if longest < 0.4:
            break
        # The machine stood still in between: to the watching that was the end of a save.
        with suppress(queue.Empty):
            while told.get(timeout=1.5):
                pass
    assert said == ["briefing.docx", "data.yaml"]
    # Gone or empty for a moment, as between two steps of a save, is no change.
    saved = data.read_text()
    data.unlink()
    time.sleep(1)
    data.write_text("")
    time.sleep(1)
    data.write_text(saved)
    with pytest.raises(queue.Empty):
        told.get(timeout=1.2)


def test_what_is_saved_before_the_watching_begins_is_told(tmp_path):
    data = tmp_path / "data.yaml"
    data.write_text("a")
    end = time.monotonic() + 10
    told = changes([data], lambda: time.monotonic() > end)
    data.write_text("b")
    assert next(told, None) == [data]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_broken_file_in_between_is_told_and_the_next_good_one_is_built(tmp_path, cache):
    data = tmp_path / "gz.yaml"
    shutil.copyfile(ROOT / "data" / "guangzhou-2023.yaml", data)
    good = data.read_text("utf-8")
    out = tmp_path / "pack"
    words = [sys.executable, "-m", "exporters", "watch", str(data), "--out", str(out), "--only", "word"]
    env = os.environ | {"BRIEFPACK_CACHE": str(cache), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        words, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        try:
            assert "watching" in process.stdout.readline()
            assert "created" in process.stdout.readline()
            time.sleep(1)
            first = (out / "briefing.docx").read_bytes()

            data.write_text(good.replace("    value: 10\n", "    value: ten\n", 1), "utf-8")
            assert process.stdout.readline() == "changed: gz.yaml\n"
            said = process.stdout.readline()
            assert said.startswith("error: "), said
            assert "gz.yaml" in said and "line" in said
            assert process.stdout.readline() == "  the pack stays as it was\n"
            assert (out / "briefing.docx").read_bytes() == first

            data.write_text(good.replace("    value: 10\n", "    value: 11\n", 1), "utf-8")
            assert process.stdout.readline() == "changed: gz.yaml\n"
            assert "updated" in process.stdout.readline()
            assert (out / "briefing.docx").read_bytes() != first
        finally:
            process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "stopped\n"
    assert process.returncode == 0
