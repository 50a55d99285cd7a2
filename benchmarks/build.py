"""What one command costs as a whole process, imports included, against importing the three usual libraries.

Each row is the median CPU time (user and system) of several runs that take turns, so that a slow minute of the machine
falls on all of them; ``ratio`` is against ``import docx, pptx, openpyxl``. The cache (templates, data) is filled by
a run that is not counted. ``build`` makes the shipped Guangzhou pack in a new folder, ``rebuild`` finds it unchanged.

    python benchmarks/build.py [--runs 7] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = "libraries"


def cpu(command: list[str], env: dict[str, str]) -> float:
    """Run *command* and return the CPU time of its process in seconds."""
    child = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr is not None
    said = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}\n{said}")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="briefpack-build-") as name:
        rows = measure(Path(name), options.runs)
    if options.json:
        print(json.dumps({"runs": options.runs, "rows": rows}, indent=2))
        return
    print(f"{'':12}{'cpu s':>8}{'ratio':>8}")
    for row in rows:
        print(f"{row['command']:12}{row['cpu_s']:8.3f}{row['ratio']:8.2f}")


def measure(work: Path, runs: int) -> list[dict[str, object]]:
    """Return a row for each command."""
    env = os.environ | {"BRIEFPACK_CACHE": str(work / "cache"), "PYTHONPATH": str(ROOT)}
    briefpack = [sys.executable, "-m", "exporters"]
    out = work / "pack"

    def anew() -> None:
        shutil.rmtree(out, ignore_errors=True)

    def nothing() -> None:
        pass

    build = [*briefpack, "build", "--out", str(out)]
    commands: dict[str, tuple[list[str], Callable[[], None]]] = {
        REFERENCE: ([sys.executable, "-c", "import docx, pptx, openpyxl"], nothing),
        "python": ([sys.executable, "-c", "pass"], nothing),
        "--help": ([*briefpack, "--help"], nothing),
        "build --help": ([*briefpack, "build", "--help"], nothing),
        "build": (build, anew),
        "rebuild": (build, nothing),
    }
    found: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, (command, prepare) in commands.items():
            prepare()
            spent = cpu(command, env)
            if turn:
                found[name].append(spent)
    medians = {name: statistics.median(times) for name, times in found.items()}
    return [
        {"command": name, "cpu_s": round(value, 4), "ratio": round(value / medians[REFERENCE], 3)}
        for name, value in medians.items()
    ]


if __name__ == "__main__":
    main()
