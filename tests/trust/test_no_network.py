"""At run time nothing opens a connection, and outputs hold nothing of the machine that made them."""

from __future__ import annotations

import getpass
import os
import platform
import subprocess
import sys
import zipfile
from pathlib import Path

_RUN = """
import sys

def watch(event, args):
    if event.startswith("socket.") and event not in {"socket.gethostname"}:
        raise SystemExit(f"network: {event} {args}")

sys.addaudithook(watch)
from exporters.cli.app import app
out = sys.argv[1]
for arguments in (
    ["build", "--out", out], ["build", "--out", out, "--lang", "en", "--fresh"], ["verify", out], ["status", out],
    ["diff", "guangzhou-2023", out], ["explain", "nansha", "--in", out], ["history", out], ["restore", out],
    ["preview", out, "--no-pdf"], ["lint", out + "/deck.pptx"], ["check"], ["schema"], ["template", "names"],
    ["init", out + "/project"], ["schedule", "--target", "cron", "build", "guangzhou-2023"], ["batch", "data/*.yaml", "--out", out + "/packs"],
    ["pull", "data/guangzhou-2023.yaml", out, "--dry-run"], ["resolve", out, "x", "--mine"],
):
    try:
        app(arguments, standalone_mode=False)
    except SystemExit as end:
        assert isinstance(end.code, int) or end.code is None, end.code
"""


def test_no_connection_and_nothing_of_the_machine(tmp_path):
    out = tmp_path / "a-folder-of-mine"
    environment = {**os.environ, "BRIEFPACK_CACHE": "off"}
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(out)], capture_output=True, text=True, env=environment, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    private = {str(tmp_path), str(Path.home()), platform.node(), "a-folder-of-mine"}
    private |= {f">{getpass.getuser()}<"}
    assert not [one for one in private if len(one) > 3 and one in (out / "manifest.json").read_text("utf-8")]
    for file in ("briefing.docx", "deck.pptx", "targets.xlsx"):
        with zipfile.ZipFile(out / file) as package:
            for part in package.infolist():
                text = package.read(part).decode("utf-8", "replace")
                assert not [one for one in private if len(one) > 3 and one in text], (file, part.filename)
