"""Outside programs: found where they are, one clear message where they are not, ended whole when they take too long."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from preview_samples import docx, make_pack

from exporters.errors import BriefpackError, MissingToolError, PackageError
from exporters.preview import office, pages, tools

posix = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts stand in for programs")


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine on which nothing is installed; returns an empty folder that is its whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for tool in (office.LIBREOFFICE, pages.PDFTOPPM):
        monkeypatch.delenv(tool.variable, raising=False)
        monkeypatch.setattr(tools, "_expanded", lambda _pattern: [])
    return folder


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def fault(*asked, **more):
    with pytest.raises(MissingToolError) as caught:
        tools.require(*asked, **more)
    assert len(caught.value.faults) == 1
    return caught.value.faults[0]


LINES = [
    ("debian", "ID=debian\n", "sudo apt install libreoffice-writer libreoffice-calc libreoffice-impress"),
    ("ubuntu-like", 'ID=zorin\nID_LIKE="ubuntu debian"\n', "sudo apt install"),
    ("rocky", 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', "sudo dnf install libreoffice-writer"),
    ("suse", 'ID="opensuse-leap"\n', "sudo zypper install"),
    ("arch", "ID=arch\n", "sudo pacman -S libreoffice-fresh"),
    ("alpine", "ID=alpine\n", "sudo apk add libreoffice"),
    ("unknown", "ID=own\n", "sudo apt install"),
]


@pytest.mark.parametrize(("release", "line"), [case[1:] for case in LINES], ids=[case[0] for case in LINES])
def test_the_install_line_is_that_of_the_distribution(bare, monkeypatch, tmp_path, release, line):
    monkeypatch.setattr(tools.sys, "platform", "linux")
    (tmp_path / "os-release").write_text(release)
    monkeypatch.setattr(tools, "OS_RELEASE", tmp_path / "os-release")
    assert line in fault(office.LIBREOFFICE).hint


def test_both_missing_come_in_one_message_with_one_line(bare, monkeypatch, tmp_path):
    monkeypatch.setattr(tools.sys, "platform", "linux")
    monkeypatch.setattr(tools, "OS_RELEASE", tmp_path / "none")
    found = fault(office.LIBREOFFICE, pages.PDFTOPPM, hint="--no-pdf")
    assert found.message == "LibreOffice and poppler are needed for this and not found on this machine"
    assert "fonts-noto-cjk poppler-utils;" in found.hint
    assert "BRIEFPACK_SOFFICE" in found.hint
    assert found.hint.endswith("--no-pdf")


def test_mac_has_a_line_too(bare, monkeypatch):
    monkeypatch.setattr(tools.sys, "platform", "darwin")
    found = fault(office.LIBREOFFICE, pages.PDFTOPPM)
    assert "brew install --cask libreoffice && brew install poppler" in found.hint


def test_the_variable_names_the_program_or_its_folder(bare, monkeypatch, tmp_path):
    own = program(tmp_path / "own office" / "soffice", "exit 0")
    for value in (own, own.parent):
        monkeypatch.setenv("BRIEFPACK_SOFFICE", str(value))
        assert tools.find(office.LIBREOFFICE) == own
    monkeypatch.setenv("BRIEFPACK_SOFFICE", str(tmp_path / "nowhere"))
    found = fault(office.LIBREOFFICE)
    assert "BRIEFPACK_SOFFICE" in found.message
    assert found.file == str(tmp_path / "nowhere")


@posix
def test_the_path_comes_before_the_usual_places(bare, tmp_path, monkeypatch):
    usual = program(tmp_path / "opt" / "libreoffice9" / "soffice", "exit 0")
    monkeypatch.setattr(tools, "_expanded", lambda _pattern: [usual])
    assert tools.find(office.LIBREOFFICE) == usual
    mine = program(bare / "soffice", "exit 0")
    assert tools.find(office.LIBREOFFICE) == mine


def test_usual_places_take_the_newest_version_first(tmp_path):
    for version in ("24.2", "24.8"):
        program(tmp_path / f"libreoffice{version}" / "soffice", "exit 0")
    found = tools._expanded(str(tmp_path / "libreoffice*" / "soffice"))
    assert [path.parent.name for path in found] == ["libreoffice24.8", "libreoffice24.2"]


def alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def gone(number: int) -> bool:
    for _ in range(50):
        if not alive(number):
            return True
        time.sleep(0.05)
    return False


linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")


@linux
def test_a_program_that_takes_too_long_is_ended_with_its_children(tmp_path):
    slow = program(tmp_path / "slow", f"sleep 60 & echo $! >{tmp_path}/child; wait")
    started = time.monotonic()
    with pytest.raises(BriefpackError, match=r"not done after 0\.5 seconds"):
        tools.run([slow], timeout=0.5, title="LibreOffice")
    assert time.monotonic() - started < 5
    assert gone(int((tmp_path / "child").read_text()))


@linux
def test_an_interrupt_ends_the_children_too(tmp_path):
    slow = program(tmp_path / "slow", f"sleep 60 & echo $! >{tmp_path}/child; wait")
    script = f"from exporters.preview.tools import run; run(['{slow}'], timeout=60, title='x')"
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
    while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text():
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.wait(10)
    assert gone(int((tmp_path / "child").read_text()))


@posix
def test_an_office_that_makes_nothing_is_quoted(bare, tmp_path):
    program(bare / "soffice", "echo 'Error: no export filter' >&2")
    (tmp_path / "a.docx").write_bytes(docx(1))
    with pytest.raises(BriefpackError) as caught:
        office.to_pdf([tmp_path / "a.docx"], tmp_path / "out")
    found = caught.value.faults[0]
    assert found.file.endswith("a.docx")
    assert "no export filter" in found.message
    assert "libreoffice" in found.hint


@posix
def test_a_file_is_guarded_before_the_office_sees_it(bare, tmp_path):
    program(bare / "soffice", f"touch {tmp_path}/seen")
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(PackageError):
        office.to_pdf([tmp_path / "a.docx"], tmp_path / "out")
    assert not (tmp_path / "seen").exists()


@posix
def test_the_command_says_what_is_missing_and_how_to_do_without(tmp_path):
    pack, empty = make_pack(tmp_path / "pack"), tmp_path / "empty"
    empty.mkdir()
    places = "BRIEFPACK_SOFFICE", "BRIEFPACK_POPPLER"
    environment = {name: value for name, value in os.environ.items() if name not in places} | {"PATH": str(empty)}

    def briefpack(*more):
        # The usual places are not empty on every machine that runs this; the PATH is.
        script = (
            "from exporters.cli import main\nfrom exporters.preview import tools\n"
            "tools._expanded = lambda pattern: []\nmain()"
        )
        command = [sys.executable, "-c", script, "preview", str(pack), *more]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    done = briefpack()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    for part in ("LibreOffice and poppler", "install", "--no-pdf"):
        assert part in done.stderr
    assert not (pack / "preview").exists()
    done = briefpack("--json")
    assert json.loads(done.stdout)["faults"][0]["code"] == "missing-tool"
    done = briefpack("--no-pdf")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (pack / "preview").iterdir()] == ["index.html"]
